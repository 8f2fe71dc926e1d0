/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

/* One object on a screen of its own. */

#include "cli/session.h"

struct show_context {
	struct buf *to;
	const struct view *view;
	const struct picture *picture;
	const struct snapshot *snap;
	const struct object *obj;
	const struct class_info *kind;
};

/* The lines "label  value". */
void show_rows(const struct show_context *show);
/* Who has it, who waits for it, and the semaphores of a set. */
void show_tables(const struct show_context *show);
/* One line "label  value"; nothing if there is no text. */
void show_row(const struct show_context *show, const char *label, const struct buf *text);
/* "? (why)" of a field that is not known. */
void show_unknown(const struct show_context *show, struct buf *text, enum field_id field);
/* Why not all users can be known; "" if they are. */
void show_unseen(const struct show_context *show, struct buf *text);

/* The value of a field; whether it is known. */
bool show_get(const struct show_context *show, enum field_id field, struct value *value);
bool show_has(const struct show_context *show, enum field_id field);
/* Somebody's bytes, escaped. */
void show_str(struct buf *text, const struct str *str);

/* What the rows say of its life: show_life.c. */
typedef void show_row_fn(const struct show_context *show, struct buf *text);
show_row_fn show_creator, show_last_used, show_namespace, show_file, show_lives, show_peers;
/* "2026-11-21 03:24:54, 26m ago" */
void show_moment(const struct show_context *show, struct buf *text, enum field_id field);

#endif
