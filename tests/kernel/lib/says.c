// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "says.h"

const struct how state_how = { .env = "IPCSCOPE_STATE_DIR=" STATE_DIR };

void says(const char *text, const char *what)
{
	if (!strstr(text, what))
		sandbox_fail("'%s' is not in: %s", what, text);
}

void expect_tool(int status, const char *out, const char *err,
		 const char *const argv[])
{
	struct run r;

	run_tool_how(&r, &state_how, argv);
	run_expect(&r, status);
	if (out && !*out && r.out_len)
		sandbox_fail("no output expected: %s", r.out);
	if (out)
		says(r.out, out);
	if (err)
		says(r.err, err);
	run_free(&r);
}
