// SPDX-License-Identifier: GPL-2.0-or-later
/* What objects hold: read out before they are removed, put into new ones. */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#ifndef MSG_COPY
#define MSG_COPY	040000
#endif
#define CHUNK		(1 << 20)
#define MOST_STEPS	1000000

static int contents_read_range(int fd, uint64_t from, uint64_t to, char *room,
			       host_sink_fn *sink, void *arg)
{
	while (from < to) {
		size_t want = to - from < CHUNK ? to - from : CHUNK;
		ssize_t len = pread(fd, room, want, (off_t)from);
		int ret;

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		if (!len)
			return 0;
		ret = sink(arg, from, room, len);
		if (ret)
			return ret;
		from += len;
	}
	return 0;
}

/* Without SEEK_DATA (ENXIO: no more; else: not supported) all is data. */
static int contents_read_data(int fd, uint64_t size, host_sink_fn *sink, void *arg)
{
	char *room = mem_zero(1, CHUNK);
	uint64_t at = 0;
	int ret = 0;

	while (at < size && !ret) {
		off_t data = lseek(fd, (off_t)at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			break;
		if (data < 0)
			data = (off_t)at;
		hole = lseek(fd, data, SEEK_HOLE);
		if (hole <= data || (uint64_t)hole > size)
			hole = (off_t)size;
		ret = contents_read_range(fd, data, hole, room, sink, arg);
		at = hole;
	}
	free(room);
	return ret;
}

static int contents_read_file(int fd, host_sink_fn *sink, void *arg)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	return contents_read_data(fd, st.st_size, sink, arg);
}

/* The segment by what some process has mapped; -1 where that is not open to us, or something
 * else by now. */
static int contents_open_mapped(int id, uint64_t size, const struct segment_mapping *mapping)
{
	char path[96], name[6];
	struct stat st;
	int fd;

	if (!mapping || !mapping->pid)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", mapping->pid,
		 (unsigned long long)mapping->start, (unsigned long long)mapping->end);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	/* The inode of a segment has its id for a number, but so may a memfd's. */
	if (!fstat(fd, &st) && st.st_ino == (ino_t)(uint32_t)id && (uint64_t)st.st_size >= size &&
	    readlink(path, name, sizeof(name)) >= 5 && !memcmp(name, "/SYSV", 5))
		return fd;
	close(fd);
	return -1;
}

/* Others may write to it meanwhile: what is counted and what is written must be one copy. */
static int contents_copy(const char *data, uint64_t size, host_sink_fn *sink, void *arg)
{
	char *room = mem_zero(1, CHUNK);
	uint64_t at, len;
	int ret = 0;

	for (at = 0; at < size && !ret; at += len) {
		len = size - at < CHUNK ? size - at : CHUNK;
		memcpy(room, data + at, len);
		ret = sink(arg, at, room, len);
	}
	free(room);
	return ret;
}

/* Whatever the sink says, nothing is read twice: it would be summed twice. */
static int contents_read_segment(int id, uint64_t size, const struct segment_mapping *mapping,
				 host_sink_fn *sink, void *arg, bool *attached)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct segment_mapping mine = { .pid = getpid() };
	int fd = contents_open_mapped(id, size, mapping), ret;
	const char *data = NULL;

	*attached = fd < 0;
	if (fd < 0) {
		data = shmat(id, NULL, SHM_RDONLY);
		if (data == (void *)-1) {
			*attached = false;
			return -errno;
		}
		/* Reading a page that was never touched would fill it; by its file a hole
		 * stays one. */
		mine.start = (uintptr_t)data;
		mine.end = mine.start + (size + page - 1) / page * page;
		fd = contents_open_mapped(id, size, &mine);
	}
	ret = fd < 0 ? contents_copy(data, size, sink, arg) :
	      contents_read_data(fd, size, sink, arg);
	if (fd >= 0)
		close(fd);
	if (data)
		shmdt(data);
	return ret;
}

static ssize_t contents_peek(int id, uint32_t index, long *type, void *to, size_t room)
{
	struct {
		long type;
		char text[];
	} *msg = mem_zero(1, sizeof(*msg) + room);
	ssize_t len = msgrcv(id, msg, room, index, IPC_NOWAIT | MSG_COPY);

	if (len < 0) {
		len = -errno;
	} else {
		*type = msg->type;
		memcpy(to, msg->text, len);
	}
	free(msg);
	return len;
}

static int contents_write_segment(int id, uint64_t offset, const void *data, size_t len)
{
	char *to = shmat(id, NULL, 0);

	if (to == (void *)-1)
		return -errno;
	memcpy(to + offset, data, len);
	shmdt(to);
	return 0;
}

static int contents_write_set(int id, const uint16_t *values)
{
	return semctl(id, 0, SETALL, (union semun){ .array = (unsigned short *)values }) ?
	       -errno : 0;
}

static int contents_send(int id, long type, const void *data, size_t len)
{
	struct {
		long type;
		char text[];
	} *msg = mem_zero(1, sizeof(*msg) + len);
	int ret;

	msg->type = type;
	memcpy(msg->text, data, len);
	ret = msgsnd(id, msg, len, IPC_NOWAIT) ? -errno : 0;
	free(msg);
	return ret;
}

/* As its users do, so that whoever waits is woken. */
static int contents_step_to(sem_t *sem, int value)
{
	int now = 0, steps;

	sem_getvalue(sem, &now);
	if (abs(now - value) > MOST_STEPS / 2)
		return -E2BIG;
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

static int contents_set_psem(const struct host_place *place, const struct host_stat *same,
			     uint32_t value)
{
	int path = file_open_path(place, same, false), fd, ret;
	struct stat st;
	sem_t *sem;

	if (path < 0)
		return path;
	fd = S_ISREG(same->mode) ? file_reopen(path, O_RDWR) : -EINVAL;
	close(path);
	if (fd < 0)
		return fd;
	ret = fstat(fd, &st) ? -errno : 0;
	if (!ret && (size_t)st.st_size != sizeof(*sem))
		ret = -EBADMSG;
	if (!ret) {
		sem = mmap(NULL, sizeof(*sem), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		ret = sem == MAP_FAILED ? -errno : contents_step_to(sem, (int)value);
		if (sem != MAP_FAILED)
			munmap(sem, sizeof(*sem));
	}
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

const struct contents_ops live_contents = {
	.read_file	= contents_read_file,
	.read_segment	= contents_read_segment,
	.write_segment	= contents_write_segment,
	.write_set	= contents_write_set,
	.peek		= contents_peek,
	.send		= contents_send,
	.set_psem	= contents_set_psem,
};
