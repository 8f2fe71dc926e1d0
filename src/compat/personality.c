// SPDX-License-Identifier: GPL-2.0-or-later
#include "personality.h"

#include <errno.h>
#include <stdlib.h>

void personality_version(const char *name, struct buf *to)
{
	buf_printf(to, "%s from ipcscope %s\n", name, VERSION);
}

int personality_number(const char *text, int64_t *num)
{
	char *end;

	errno = 0;
	*num = strtoll(text, &end, 10);
	if (errno)
		return -errno;
	return end == text || *end ? -EINVAL : 0;
}
