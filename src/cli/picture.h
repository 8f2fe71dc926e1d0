/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_READING_H
#define CMD_READING_H

/* What the commands that read the picture share. */

#include "command.h"

struct field_list VEC(enum field_id);
/* Numbers of objects, in the order they are shown. */
struct rows VEC(uint32_t);

/* Where the picture comes from, and the picture. */
struct picture {
	const struct request *req;
	const struct host *host;	/* NULL: from a file */
	struct query query;
	uint32_t parts;			/* whose gaps concern the user */
	bool details;			/* of processes: command lines and so on */
	struct layout layout;
	struct snapshot snap;
	bool open;
};

/* All zero but for @req: finds out whether there is a file to read from. */
void picture_init(struct picture *picture, const struct request *req);
/* Plans @reading->query and reads; a status, messages are out. */
int picture_run(struct picture *picture);
/*
 * Leaves in @reading->parts what could matter to a list of @rows: processes
 * that could not be read do not, if the kernel's own counts prove that all was
 * found and nothing is listed by looking into processes alone.
 */
void picture_narrow(struct picture *picture, uint64_t classes,
		    const struct rows *rows);
/* Warnings on stderr, then @status, or what --strict makes of it. */
int picture_warn(const struct picture *picture, int status);
/* Whether something of @parts could not be read. */
bool picture_lacks(const struct picture *picture, uint32_t parts);
void picture_free(struct picture *picture);
/* A filter_lookup_fn; @arg is a reading. */
bool picture_lookup(void *arg, bool group, const char *name, uint32_t *id);

/* The options of how to print; a status. */
int parse_threads(const struct request *req, unsigned int *threads);
int printing_parse(const struct request *req, struct view *view);
/* Whether summaries and hints are wanted. */
bool printing_foot(const struct request *req, const struct view *view);

/* "ref,-size" one by one: @each gets them without blanks; not 0 ends. */
int list_parse(const char *list, int (*each)(void *arg, const char *word),
	       void *arg);
/* A field by its name, or a status after complaining for @option. */
int field_parse(enum option_id option, const char *name, enum field_id *field);
/* Adds the fields of a comma list; a status. */
int fields_parse(enum option_id option, const char *list,
		 struct field_list *to);

/* The class @classes has, if it is but one; else NULL. */
static inline const struct class_info *only_kind(uint64_t classes)
{
	if (!classes || classes & (classes - 1))
		return NULL;
	return class_infos[__builtin_ctzll(classes)];
}

/* What is shown of each object: columns, and fields of JSON. */
struct columns {
	struct field_list narrow;
	struct field_list wide;
	struct fieldset json[NR_CLASSES];
};
/* As -o has it, or as it is by default for @classes; a status. */
int columns_parse(const struct request *req, uint64_t classes,
		  struct columns *columns);
/* The same with other columns by default, @wide if there is room. */
int columns_parse_as(const struct request *req, uint64_t classes,
		     const char *narrow, const char *wide,
		     struct columns *columns);
/* Puts them into @view. */
void columns_view(const struct columns *columns, struct view *view);
/* What must be read for them. */
void columns_query(const struct columns *columns, const struct view *view,
		   struct query *query);
void columns_free(struct columns *columns);

/* Shown while reading, on a terminal: see progress.c. */
struct progress_meter {
	struct progress progress;
	int64_t next;		/* milliseconds */
	bool shown;
};
/* NULL if nothing is to be shown. */
struct progress *progress_meter_init(struct progress_meter *meter, const struct request *req);
void progress_meter_end(struct progress_meter *meter);
/* The line, without an end. */
void progress_line(struct buf *to, const struct progress *progress);

#endif
