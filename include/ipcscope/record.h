/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_RECORD_H
#define IPCSCOPE_RECORD_H

/* A snapshot as a file: versioned NDJSON, see man 5 ipcscope-json. */

#include "ipcscope/buf.h"
#include "ipcscope/snapshot.h"

/* A header line, then a line per name, process, object, edge, gap, warning. */
void record_write(struct buf *to, const struct snapshot *snap);

/*
 * Reads one; @snap must be new and is finished. 0, or -errno with a sentence
 * that names the line in @why (safe text): -EBADMSG for one that is broken, cut
 * short or of another version. Then nothing is left in @snap to be freed.
 */
int record_read(FILE *from, struct layout *layout, struct snapshot *snap, char why[256]);

/* The same from the file @path, or stdin if it is "-"; -errno with an empty
 * @why if it cannot be opened. */
int record_load(const char *path, struct layout *layout, struct snapshot *snap,
		char why[256]);

/* record_write() into a temporary beside @path (mode 0600), synced and renamed
 * over it: @path is old or new, never half. A symbolic link stays one, and is
 * followed only if it is root's or the caller's and stands where nobody else can
 * have put it (-ELOOP); a device, a pipe that is read from, and /dev/stdout are
 * written to. 0 or -errno. */
int record_save(const char *path, const struct snapshot *snap);

/* "jansson 2.14": what it is read with, for `version`. */
const char *record_library(void);

#endif
