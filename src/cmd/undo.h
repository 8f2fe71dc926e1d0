/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_UNDO_H
#define CMD_UNDO_H

/* Bringing back what was removed. */

#include "cli/removal_session.h"

/* Prints what was removed, a line a run, or the @objects that are kept; a status. */
int undo_list(const struct removal_session *removal, const struct saved_list *list,
	      bool objects);
void undo_json_str(struct json *json, const char *key, const char *text);

#endif
