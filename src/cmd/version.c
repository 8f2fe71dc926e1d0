// SPDX-License-Identifier: GPL-2.0-or-later
#include <gnu/libc-version.h>

#include "cli/session.h"
#include "ipcscope/record.h"

static session_fn version_print;

const struct command command_version = {
	.name	 = "version",
	.args	 = "",
	.help	 = "the version, and those of libraries",
	.details = "Shows the version of ipcscope and of the libraries it runs "
		   "with, as far as they tell.",
	.more	 = true,
	.print	 = version_print,
};

static int version_print(struct session *session)
{
	buf_printf(&session->out, "ipcscope %s\n%s, GNU C library %s\n", VERSION,
		   record_library(), gnu_get_libc_version());
	return 0;
}
