/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_INODE_H
#define CLASS_INODE_H

/* What classes with an inode share. */

#include "class.h"

static inline struct object_key inode_key(const struct host_stat *st)
{
	return (struct object_key){ .space = SPACE_INODE, .ns = st->dev,
				    .id = st->ino };
}

/* How much of the descriptor's link is a name, after fd_stat(): one that the
 * file still has may end in " (deleted)" itself. */
size_t inode_name(const struct fd_entry *fd);

/* Owner, mode, sizes and times of a file, and that it is unlinked. */
void inode_fill(struct snapshot *snap, uint32_t object, const struct host_stat *st);

/* The hook called of files: the name of one that is in its usual place. */
const struct str *inode_called(const struct snapshot *snap, const struct object *obj);

/* The names of files that have several. */
struct link {
	uint32_t object;
	const struct str *name;
};

struct links VEC(struct link);

/* Gives all names to their objects, in order; frees @links. */
void inode_add_names(struct collector *col, struct links *links);

/* Whether a name of a file is one that shm_open(3) or sem_open(3) gave it, in whatever mount
 * namespace (shmfs.c). */
bool shmfs_is_elsewhere(const char *name, size_t len);
/* Whether a file of so many bytes can be a sem_t, of 64 bits or of 32 (psem.c). */
bool psem_is_size(uint64_t size);
/* The value of the semaphore that the file @name of @dir may be (psem.c). */
void psem_read_value(struct collector *col, uint32_t object,
		     const struct host_dir *dir, const char *name);

/* Unread bytes and capacity of a pipe or FIFO, by one of its ends (pipe.c). */
void pipe_look(struct collector *col, uint32_t object);

#endif
