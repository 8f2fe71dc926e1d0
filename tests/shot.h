/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SHOT_H
#define TESTS_SHOT_H

/* Recorded snapshots, and what they look like. */

#include "ipcscope/record.h"
#include "ipcscope/render.h"

struct shot {
	struct layout layout;
	struct snapshot snap;
	struct view view;
	struct fieldset all[NR_CLASSES];
	enum field_id columns[NR_FIELDS];
	enum field_id wide[NR_FIELDS];
	uint32_t *objects;
	uint32_t nr;
};

/* tests/snapshots/NAME.ndjson, as the table of mixed classes that list shows; ends the
 * program if it cannot be read. */
void shot_load(struct shot *shot, const char *name);
void shot_free(struct shot *shot);
/* Only objects of @class, with its own columns. */
void shot_class(struct shot *shot, enum class_id class);
/* What it looks like: width 0 is no terminal. The caller frees @text. */
void shot_render(struct shot *shot, enum format format, unsigned int width,
		 struct buf *text);
/* The object called @ref; ends the program if there is none. */
const struct object *shot_object(const struct shot *shot, const char *ref);

/* The whole of a file; ends the program if it cannot be read. */
void read_file(const char *path, struct buf *text);

#endif
