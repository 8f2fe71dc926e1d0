// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in the file of a named semaphore, and whether it is one at all. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>

#include "inode.h"

#define MOST_THREADS	(4 * 1024 * 1024)	/* PID_MAX_LIMIT, linux/threads.h */

/* What sem_open() writes: glibc's struct new_sem (bits/semaphore.h), of which the rest
 * is 0, or that of musl, whose padding is whatever was on the stack. */
struct sem_file {
	uint64_t data;		/* the value, and above it who waits */
	uint32_t private;	/* FUTEX_PRIVATE_FLAG, by which glibc means shared; musl: 0 */
	uint32_t pad[5];
};
_Static_assert(sizeof(struct sem_file) == SEM_SIZE, "not a sem_t");

/* Whether the file can be a semaphore at all. */
static bool psem_is_sem(const struct sem_file *sem)
{
	static const uint32_t none[ARRAY_SIZE(sem->pad)];
	uint32_t value = (uint32_t)sem->data, waiters = (uint32_t)(sem->data >> 32);

	if (waiters > MOST_THREADS)
		return false;
	if (!sem->private)
		return true;
	return sem->private == FUTEX_PRIVATE_FLAG && value <= SEM_VALUE_MAX &&
	       !memcmp(sem->pad, none, sizeof(none));
}

void psem_read_value(struct collector *col, uint32_t object,
		     const struct host_dir *dir, const char *name)
{
	struct sem_file file;
	struct sems *sems;
	ssize_t len;

	len = col->host->ops->peek(col->host, dir, name, &file, sizeof(file));
	if (len < 0) {
		if (len != -ENOENT)
			snapshot_warn(col->snap, PART_SEMFILE, (int)-len, "/dev/shm/%s", name);
		return;
	}
	if ((size_t)len < sizeof(file) || !psem_is_sem(&file))
		return;
	sems = arena_alloc(&col->snap->arena, sizeof(*sems) + sizeof(sems->sem[0]));
	sems->nr = 1;
	/* The topmost bit of musl's says that somebody waits. */
	sems->sem[0].value = (uint32_t)file.data & SEM_VALUE_MAX;
	object_set_sems(col->snap, object, sems);
}
