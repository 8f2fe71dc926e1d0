/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

/* Where the picture of the machine comes from, and what was read. */

#include "command.h"
#include "host/host.h"
#include "ipcscope/collect.h"
#include "ipcscope/render.h"

/* Numbers of objects, in the order they are shown. */
struct rows VEC(uint32_t);

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
/* Plans picture->query and reads, in place of what was read before; a status, messages
 * are out. */
int picture_read(struct picture *picture);
/*
 * Leaves in picture->parts what could matter to a list of @rows: processes
 * that could not be read do not, if the kernel's own counts prove that all was
 * found and nothing is listed by looking into processes alone.
 */
void picture_narrow(struct picture *picture, uint64_t classes, const struct rows *rows);
/* Warnings on stderr, then @status, or what --strict makes of it. */
int picture_warn(const struct picture *picture, int status);
/* Whether something of @parts could not be read. */
bool picture_lacks(const struct picture *picture, uint32_t parts);
void picture_free(struct picture *picture);
/* A filter_lookup_fn; @arg is a picture. */
bool picture_lookup(void *arg, bool group, const char *name, uint32_t *id);

/* The class @classes has, if it is but one; else NULL. */
static inline const struct class_info *only_kind(uint64_t classes)
{
	if (!classes || classes & (classes - 1))
		return NULL;
	return class_infos[__builtin_ctzll(classes)];
}

/* Shown while reading, on a terminal. */
struct progress_meter {
	struct progress progress;
	int64_t next;		/* milliseconds */
	bool shown;
};
/* NULL if nothing is to be shown. */
struct progress *progress_meter_init(struct progress_meter *meter,
				     const struct request *req);
/* Erases the line. */
void progress_meter_end(struct progress_meter *meter);
/* The line, without an end. */
void progress_line(struct buf *to, const struct progress *progress);

/* Complains of @pid if it is that of a thread or, when it @must_be there, of nobody on the
 * live host; a status. */
int picture_check_pid(const struct picture *picture, pid_t pid, bool must_be);

#endif
