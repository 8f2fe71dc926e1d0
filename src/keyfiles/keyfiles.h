/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_KEYFILES_H
#define IPCSCOPE_KEYFILES_H

/* Which files can have given a key: ftok.h the other way round. */

#include "host/host.h"
#include "ipcscope/collect.h"

/* How a file was found: the most telling first. */
enum key_near {
	NEAR_USED,	/* a process that uses the object has it */
	NEAR_GIVEN,	/* below a directory that was given */
	NEAR_USER,	/* below where such a process works or was started */
	NEAR_ROOT,	/* below one of the usual directories */
};

struct key_file {
	const struct str *path;
	struct host_stat st;
	enum key_near near;
	pid_t pid;		/* of NEAR_USED, NEAR_USER; else 0 */
	bool younger;		/* made after the object: it cannot be it, unless
				 * another file was there before */
};

/* A file system that was not entered. */
struct key_skipped {
	const struct str *path, *type;
};

struct key_search {
	/* To be set. */
	const struct host *host;
	uint32_t key;
	const pid_t *pids;	/* that use or made the objects that have it */
	uint32_t nr_pids;
	const char *const *dirs;	/* NULL: the usual ones */
	uint32_t nr_dirs;
	int64_t since;		/* when the last of them was made; 0: no idea */
	uint64_t most;		/* entries to be looked at */
	struct progress *progress;	/* may be NULL */

	struct arena arena;
	struct VEC(struct key_file) files;	/* the likeliest first */
	struct VEC(struct key_skipped) skipped;
	uint64_t entries;	/* looked at */
	bool stopped;		/* at @most */
	uint32_t unread;	/* directories that could not be */
	const struct str *first_unread;
	int unread_err;
};

/* Searches. /proc and /sys are not entered, nor file systems that may be slow or dead
 * (network, FUSE) unless given; symbolic links are not followed. */
void key_search_run(struct key_search *search);
void key_search_free(struct key_search *search);

#endif
