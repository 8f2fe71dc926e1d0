// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading out what is in an object that is to be removed. */
#include <errno.h>
#include <fcntl.h>
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

static int read_range(int fd, uint64_t from, uint64_t to, char *room,
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
static int read_data(int fd, uint64_t size, host_sink_fn *sink, void *arg)
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
		ret = read_range(fd, data, hole, room, sink, arg);
		at = hole;
	}
	free(room);
	return ret;
}

int remove_file_read(int fd, host_sink_fn *sink, void *arg)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	return read_data(fd, st.st_size, sink, arg);
}

/* The inode of a segment has its id for a number, but so may a memfd's. */
static bool is_segment(int fd, const char *path, int id, uint64_t size)
{
	struct stat st;
	char name[6];

	return !fstat(fd, &st) && st.st_ino == (ino_t)(uint32_t)id &&
	       (uint64_t)st.st_size >= size &&
	       readlink(path, name, sizeof(name)) >= 5 &&
	       !memcmp(name, "/SYSV", 5);
}

/* -EACCES where that is not open to us, or something else by now. */
static int read_by_mapping(int id, uint64_t size, const struct host_seen *seen,
			   host_sink_fn *sink, void *arg)
{
	char path[96];
	int fd, ret;

	if (!seen || !seen->pid)
		return -EACCES;
	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", seen->pid,
		 (unsigned long long)seen->start, (unsigned long long)seen->end);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -EACCES;
	ret = is_segment(fd, path, id, size) ?
	      read_data(fd, size, sink, arg) : -EACCES;
	close(fd);
	return ret;
}

static int read_attached(int id, uint64_t size, host_sink_fn *sink, void *arg)
{
	const char *data = shmat(id, NULL, SHM_RDONLY);
	uint64_t at, len;
	int ret = 0;

	if (data == (void *)-1)
		return -errno;
	for (at = 0; at < size && !ret; at += len) {
		len = size - at < CHUNK ? size - at : CHUNK;
		ret = sink(arg, at, data + at, len);
	}
	shmdt(data);
	return ret;
}

int remove_shm_read(int id, uint64_t size, const struct host_seen *seen,
		    host_sink_fn *sink, void *arg, bool *attached)
{
	int ret;

	*attached = false;
	ret = read_by_mapping(id, size, seen, sink, arg);
	if (ret != -EACCES)
		return ret;
	ret = read_attached(id, size, sink, arg);
	*attached = ret != -EACCES && ret != -EINVAL && ret != -EIDRM;
	return ret;
}

ssize_t remove_msg_peek(int id, uint32_t index, long *type, void *to,
			size_t room)
{
	struct {
		long type;
		char text[];
	} *msg = mem_zero(1, sizeof(*msg) + room);
	ssize_t len;

	len = msgrcv(id, msg, room, index, IPC_NOWAIT | MSG_COPY);
	if (len < 0) {
		len = -errno;
	} else {
		*type = msg->type;
		memcpy(to, msg->text, len);
	}
	free(msg);
	return len;
}
