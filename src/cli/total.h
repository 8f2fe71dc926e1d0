/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TOTAL_H
#define CMD_TOTAL_H

/* list --by: totals instead of rows. */

#include "select.h"

/* The fields of --by, none if it was not given; a status. */
int total_parse(const struct request *req, struct field_list *by);
/* What must be read for them. */
void total_query(const struct field_list *by, struct query *query);
void total_print(struct buf *to, const struct view *view,
		 const struct snapshot *snap, const struct field_list *by,
		 const struct rows *rows);

#endif
