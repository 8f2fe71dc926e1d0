// SPDX-License-Identifier: GPL-2.0-or-later
#include <gnu/libc-version.h>

#include "cli/hidden.h"
#include "ipcscope/record.h"

static int version_run(const struct request *req)
{
	struct buf out = { .to = stdout };

	(void)req;
	buf_printf(&out, "ipcscope %s\n%s, GNU C library %s\n", VERSION,
		   record_library(), gnu_get_libc_version());
	return output_finish(&out);
}

const struct command command_version = {
	.name	 = "version",
	.args	 = "",
	.help	 = "the version, and those of libraries",
	.details = "Shows the version of ipcscope and of the libraries it runs "
		   "with, as far as they tell.",
	.more	 = true,
	.run	 = version_run,
};
