/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORD_READ_ROW_H
#define RECORD_READ_ROW_H

/* Reading values that may be anything. */

#include <jansson.h>

#include "rows.h"

/* A file being read. */
struct reader {
	FILE *from;
	struct buf text;	/* of the line */
	uint64_t line;		/* its number */
	const json_t *in;	/* its object */
	char *why;		/* what is wrong with it; 256 bytes */
	struct snapshot *snap;
	struct layout *layout;
	struct fieldset wanted[NR_CLASSES];
	bool laid_out;
	bool ended;
	uint64_t nr[NR_COUNTED];
};

/* Says what is wrong with the line; returns false. */
bool read_fail(struct reader *reader, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* One value of the JSON object @in, or all of a line: stored as it is usual if
 * it is not there. False, with read_fail(), if it is not what it must be. */
bool read_row(struct reader *reader, const json_t *in, const struct record_row *row,
	      void *line);
bool read_rows(struct reader *reader, const json_t *in, enum record_line kind, void *line);

#endif
