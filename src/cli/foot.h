/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_FOOT_H
#define CLI_FOOT_H

/* What stands below a list, on a terminal. */

#include "session.h"

/* What the foot needs besides the table. After query_plan(). */
void foot_query(const struct selection *sel, struct query *query);
/* Sums, what is not shown, and that @left objects may be left behind. */
void foot_print(struct buf *to, const struct view *view,
		const struct selection *sel, const struct picture *picture,
		const struct rows *rows, uint32_t left);
/* What there is in other IPC namespaces, if anything. */
void foot_elsewhere(struct buf *to, const struct view *view, const struct snapshot *snap);
/* The command line with sudo before it, if that would show more. */
void foot_hint(struct buf *to, const struct view *view, const struct picture *picture);
/* That @nr rows more were left out by --limit, if any were. */
void foot_limit(struct buf *to, const struct view *view, uint32_t nr);
/* Around the text of a line that is not important. */
void foot_begin(struct buf *to, const struct view *view);
void foot_end(struct buf *to, const struct view *view);

#endif
