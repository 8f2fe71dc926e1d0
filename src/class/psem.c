// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in the file of a named semaphore, and whether it is one at all. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>

#include "inode.h"

#define MOST_THREADS	(4 * 1024 * 1024)	/* PID_MAX_LIMIT, linux/threads.h */

/* What sem_open() writes, in words of 32 bits: glibc's struct new_sem (bits/semaphore.h)
 * of 64 bits or 32, the rest 0, or musl's, whose rest is whatever was on the stack. In
 * glibc's private word FUTEX_PRIVATE_FLAG means shared. */
#define WIDE		8	/* words of a sem_t of 64 bits */
#define NARROW		4	/* and of 32 */
#define LOW_WORD	(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)	/* of 64 bits */

/* The value and, beside it in 64 bits, who waits; then the private word. */
static bool psem_is_wide(const uint32_t *sem)
{
	static const uint32_t none[WIDE - 3];

	return sem[!LOW_WORD] <= MOST_THREADS && sem[2] == FUTEX_PRIVATE_FLAG &&
	       sem[LOW_WORD] <= SEM_VALUE_MAX && !memcmp(sem + 3, none, sizeof(none));
}

/* The value above a bit that says that somebody waits, the private word, 0, who waits. */
static bool psem_is_narrow(const uint32_t *sem)
{
	return sem[1] == FUTEX_PRIVATE_FLAG && !sem[2] && sem[3] <= MOST_THREADS;
}

/* The value below a bit that says that somebody waits, who waits, 0. Of 32 bits that many
 * waiters cannot be told from a private word of glibc's. */
static bool psem_is_musl(const uint32_t *sem, size_t nr)
{
	return sem[1] <= MOST_THREADS && !sem[2] &&
	       (nr != NARROW || sem[1] != FUTEX_PRIVATE_FLAG);
}

static bool psem_value(const uint32_t *sem, size_t nr, uint32_t *value)
{
	if (nr == WIDE && psem_is_wide(sem))
		*value = sem[LOW_WORD];
	else if (nr == NARROW && psem_is_narrow(sem))
		*value = sem[0] >> 1;
	else if (psem_is_musl(sem, nr))
		*value = sem[0] & SEM_VALUE_MAX;
	else
		return false;
	return true;
}

bool psem_is_size(uint64_t size)
{
	return size == WIDE * sizeof(uint32_t) || size == NARROW * sizeof(uint32_t);
}

void psem_read_value(struct collector *col, uint32_t object,
		     const struct host_dir *dir, const char *name)
{
	uint32_t file[WIDE], value;
	struct sems *sems;
	ssize_t len;

	len = col->host->ops->peek(col->host, dir, name, file, sizeof(file));
	if (len < 0) {
		if (len != -ENOENT)
			snapshot_warn(col->snap, PART_SEMFILE, (int)-len, "/dev/shm/%s", name);
		return;
	}
	if (!psem_is_size((uint64_t)len) || !psem_value(file, (size_t)len / sizeof(file[0]), &value))
		return;
	sems = arena_alloc(&col->snap->arena, sizeof(*sems) + sizeof(sems->sem[0]));
	sems->nr = 1;
	sems->sem[0].value = value;
	object_set_sems(col->snap, object, sems);
}
