/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_TOTAL_H
#define CLI_TOTAL_H

/* --by: totals instead of rows. */

#include "session.h"

/* Whether --by can be followed; a status. */
int total_check(const struct request *req);
/* What must be read for them. */
void total_query(const struct field_list *by, struct query *query);
void total_print(struct buf *to, const struct view *view,
		 const struct snapshot *snap, const struct field_list *by,
		 const struct rows *rows);

#endif
