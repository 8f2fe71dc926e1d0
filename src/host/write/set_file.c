// SPDX-License-Identifier: GPL-2.0-or-later
/* Setting owner, mode and value of POSIX objects and FIFOs. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define MOST_STEPS	1000000

/* Owner first: giving it away clears bits of the mode. */
static int set_fd(int fd, const struct host_set *set)
{
	uid_t uid = set->what & HOST_SET_OWNER ? set->uid : (uid_t)-1;
	gid_t gid = set->what & HOST_SET_GROUP ? set->gid : (gid_t)-1;

	if (set->what & (HOST_SET_OWNER | HOST_SET_GROUP) &&
	    fchownat(fd, "", uid, gid, AT_EMPTY_PATH))
		return -errno;
	return set->what & HOST_SET_MODE ? remake_chmod(fd, set->mode) : 0;
}

int set_file(const struct host_place *place, const struct host_stat *same,
	     const struct host_set *set)
{
	int fd = remove_path_open(place, same, false), ret;

	if (fd < 0)
		return fd;
	ret = set_fd(fd, set);
	close(fd);
	return ret;
}

/* As its users do, so that whoever waits is woken. */
static int step_to(sem_t *sem, int value)
{
	int now, steps;

	for (steps = 0; steps < MOST_STEPS; steps++) {
		if (sem_getvalue(sem, &now))
			return -errno;
		if (now == value)
			return 0;
		if ((now < value ? sem_post(sem) : sem_trywait(sem)) &&
		    errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -E2BIG;
}

static bool too_far(sem_t *sem, uint32_t value)
{
	int now = 0;

	sem_getvalue(sem, &now);
	return (now > (int)value ? now - value : value - now) > MOST_STEPS / 2;
}

static int set_value(int fd, uint32_t value)
{
	struct stat st;
	sem_t *sem;
	int ret;

	if (fstat(fd, &st))
		return -errno;
	if ((size_t)st.st_size < sizeof(*sem))
		return -EBADMSG;
	sem = mmap(NULL, sizeof(*sem), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (sem == MAP_FAILED)
		return -errno;
	ret = too_far(sem, value) ? -E2BIG : step_to(sem, (int)value);
	munmap(sem, sizeof(*sem));
	return ret;
}

int set_psem(const struct host_place *place, const struct host_stat *same,
	     uint32_t value)
{
	int path = remove_path_open(place, same, false), fd, ret;

	if (path < 0)
		return path;
	fd = S_ISREG(same->mode) ? remove_reopen(path, O_RDWR) : -EINVAL;
	close(path);
	if (fd < 0)
		return fd;
	ret = set_value(fd, value);
	close(fd);
	return ret;
}

ssize_t host_psem_image(uint32_t value, void *to, size_t room)
{
	sem_t sem;

	memset(&sem, 0, sizeof(sem));
	if (sizeof(sem) > room)
		return -E2BIG;
	if (sem_init(&sem, 1, value))
		return -errno;
	memcpy(to, &sem, sizeof(sem));
	return sizeof(sem);
}

/* Either way of opening it will do. */
static int open_queue(const char *name)
{
	int fd = mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno == EACCES)
		fd = mq_open(name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int set_mq(const char *name, const struct host_stat *same,
	   const struct host_set *set)
{
	int fd = open_queue(name), ret;
	struct host_stat st;

	if (fd < 0)
		return fd;
	ret = remove_stat_at(fd, "", &st);
	if (!ret && !host_same_inode(&st, same))
		ret = -ESTALE;
	if (!ret)
		ret = set_fd(fd, set);
	close(fd);
	return ret;
}

int set_mq_look(const char *name, struct host_stat *st)
{
	int fd = open_queue(name), ret;

	if (fd < 0)
		return fd;
	ret = remove_stat_at(fd, "", st);
	close(fd);
	return ret;
}
