/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_WALK_H
#define HOST_WALK_H

/* Everything below a directory, looked at with lstat(), never opened but for
 * directories, never followed. */

#include "host.h"

#define WALK_DEPTH	32

struct walk {
	const struct host *host;
	uint64_t most;		/* entries; then -E2BIG is missing */
	void *arg;
	/* Whether an entry of the directory walk->path is to be looked at;
	 * @type as of readdir(3). */
	bool (*wanted)(struct walk *walk, uint64_t ino, unsigned char type);
	/* What it is: walk->path. */
	void (*found)(struct walk *walk, const struct host_stat *st);
	/* Whether a directory is to be entered, from one of device @dev. */
	bool (*enter)(struct walk *walk, const struct host_stat *st, uint64_t dev);
	/* That walk->path could not be looked at. */
	void (*missing)(struct walk *walk, int err);

	struct buf path;	/* the caller frees it */
	uint64_t dev;		/* of the directory that is read */
	uint64_t entries;
	unsigned int depth;
};

/* A file is but found. @called: what it is called, and @path where it is: a
 * link of /proc, which is followed; NULL: the same. */
void walk_top(struct walk *walk, const char *path, const char *called);

#endif
