// SPDX-License-Identifier: GPL-2.0-or-later
#include "host.h"
#include "ipcscope/text.h"

void host_put_name(const struct host *host, bool group, uint32_t id,
		   struct buf *to)
{
	struct buf name = { 0 };

	if (host->ops->id_name(host, group, id, &name))
		buf_u64(to, id);
	else
		text_escape(to, name.data, name.len);
	buf_free(&name);
}
