/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECT_KEYFILES_H
#define COLLECT_KEYFILES_H

#include "keyfiles.h"
#include "host/walk.h"

struct key_mount {
	const struct str *path, *type;
};

struct key_place {
	uint64_t dev, ino;
};

struct searching {
	struct key_search *search;
	struct walk walk;
	struct VEC(struct key_mount) mounts;	/* of this mount namespace */
	struct VEC(struct key_place) places;	/* directories entered */
	struct map index;
	enum key_near near;
	pid_t pid;
	uint64_t no_devs[2];	/* of /proc and /sys */
	uint64_t dev;		/* that trusted is of */
	bool trusted;		/* readdir tells inode numbers as stat does */
};

/* mounts.c */
void key_mounts_read(struct searching *ing);
/* Finds mount points below @dir: such a file has another number in its directory. */
void key_mounts_look(struct searching *ing, const char *dir);
/* The type of the file system that is mounted on @path itself, or NULL. */
const struct str *key_mount_on(const struct searching *ing, const char *path);
/* Of the one that @path is in. */
const struct str *key_mount_of(const struct searching *ing, const char *path);

enum {
	MOUNT_LOCAL = 1,	/* a search may enter it */
	MOUNT_PLAIN = 2,	/* its d_ino is what stat says, for all but mount points */
};
bool key_mount_is(const struct str *type, unsigned int how);

/* search.c: a candidate, if it fits. */
void key_file_found(struct searching *ing, const char *path, size_t len,
		    const struct host_stat *st);

#endif
