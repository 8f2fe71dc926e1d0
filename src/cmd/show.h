/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

/* One object on a screen of its own. */

#include "reading.h"

struct shown {
	struct buf *to;
	const struct view *view;
	const struct reading *reading;
	const struct snapshot *snap;
	const struct object *obj;
	const struct object_kind *kind;
};

/* The lines "label  value". */
void show_rows(const struct shown *shown);
/* Who has it, who waits for it, and the semaphores of a set. */
void show_tables(const struct shown *shown);
/* The semaphores, if it has some. */
void show_sems(const struct shown *shown);
/* Prints a table, set in by two. */
void show_table(const struct shown *shown, struct table *table);
/* One line "label  value"; nothing if there is no text. */
void show_row(const struct shown *shown, const char *label,
	      const struct buf *text);
/* "? (why)" of a field that is not known. */
void show_unknown(const struct shown *shown, struct buf *text,
		  enum field_id field);
/* Why not all users can be known; "" if they are. */
void show_unseen(const struct shown *shown, struct buf *text);

/* "3 processes", "1 process"; @plural is added behind the noun. */
void put_count(struct buf *to, uint64_t nr, const char *noun,
	       const char *plural);
/* The name of a user, or the number. */
void put_user_name(struct buf *to, const struct snapshot *snap, uid_t uid);
/* When a process was started, seconds since 1970; 0: not known. */
int64_t process_started(const struct snapshot *snap,
			const struct process *proc);
/* "26m", from @when until the picture was taken. */
void put_since(struct buf *to, const struct snapshot *snap, int64_t when);

/* The value of a field; whether it is known. */
bool show_get(const struct shown *shown, enum field_id field,
	      struct value *value);
bool show_has(const struct shown *shown, enum field_id field);
/* "8192 bytes (8K)" */
void show_bytes(struct buf *text, uint64_t bytes);
/* Somebody's bytes, escaped. */
void show_str(struct buf *text, const struct str *str);

/* What the rows say: what it is (show_what.c), and its life (show_life.c). */
typedef void show_row_fn(const struct shown *shown, struct buf *text);
show_row_fn show_name, show_key, show_owner, show_size, show_queue, show_fill, show_backlog;
show_row_fn show_creator, show_last_used, show_changed, show_made, show_namespace, show_file, show_lives, show_peers;

#endif
