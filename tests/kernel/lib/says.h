/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running ipcscope with log, lock and saved copies in a place of its own. */
#ifndef SANDBOX_SAYS_H
#define SANDBOX_SAYS_H

#include "run.h"

#define STATE_DIR	"/tmp/state"

extern const struct how state_how;

/* Fail unless `what` is in `text`. */
void says(const char *text, const char *what);

/*
 * Run ipcscope, and fail unless it ends with this status and says `out` on
 * stdout ("": nothing at all) and `err` on stderr; NULL: whatever.
 */
#define tool_says(status, out, err, ...) \
	expect_tool(status, out, err, (const char *const[]){ __VA_ARGS__, NULL })
void expect_tool(int status, const char *out, const char *err,
		 const char *const argv[]);

#endif
