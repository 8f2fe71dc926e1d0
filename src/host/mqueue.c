// SPDX-License-Identifier: GPL-2.0-or-later
/* POSIX message queues of the live host. */

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "live.h"

#define MQUEUE_MAGIC	0x19800202

/* A mount that no other process sees; it goes when @dir is closed. */
static int mqueue_open_detached(const struct host *host, struct host_dir *dir)
{
	struct host_dir mount = { .host = host };
	int fs = fsopen("mqueue", FSOPEN_CLOEXEC), ret;

	if (fs < 0)
		return -errno;
	mount.fd = fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (!mount.fd)
		mount.fd = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
				   MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	ret = mount.fd < 0 ? -errno : 0;
	close(fs);
	if (ret)
		return ret;
	/* It is a place only, like one of O_PATH. */
	ret = live_open_dir(host, &mount, ".", dir);
	close(mount.fd);
	return ret;
}

/* The last one mounted is the one that is seen. */
static int mqueue_find_mounted(const struct host *host, struct host_dir *dir)
{
	struct buf text = { 0 }, path = { 0 };
	const char *at, *end;
	uint64_t magic;
	int ret = live_read_file(host, NULL, "/proc/self/mountinfo", &text) ?: -ENOENT;

	at = ret == -ENOENT ? text.data : NULL;
	end = text.data + text.len;
	while (at && host_next_mount(&at, end, "mqueue", &path)) {
		if (!ret)
			live_close_dir(dir);
		ret = live_fs_magic(host, NULL, path.data, &magic);
		if (!ret)
			ret = magic == MQUEUE_MAGIC ? live_open_dir(host, NULL, path.data, dir) :
			      -ENOENT;
	}
	buf_free(&path);
	buf_free(&text);
	return ret;
}

int live_open_mqueues(const struct host *host, struct host_dir *dir)
{
	int ret = mqueue_open_detached(host, dir);

	if (!ret)
		return 0;
	if (ret == -ENODEV)
		return -ENOSYS;
	/* What is mounted is of our own namespace. */
	return live_is_away || mqueue_find_mounted(host, dir) ? -EPERM : 0;
}

/* What a link of /proc leads to may be anything by now. */
static int mqueue_open_through_link(const struct host_dir *dir, const char *name)
{
	int place = openat(dir->fd, name, O_PATH | O_CLOEXEC), fd;
	struct statfs fs;

	if (place < 0)
		return -errno;
	if (fstatfs(place, &fs))
		fd = -errno;
	else if (fs.f_type != MQUEUE_MAGIC)
		fd = -EINVAL;
	else
		fd = live_reopen(place, O_RDONLY | O_NONBLOCK);
	close(place);
	return fd;
}

int live_mq_attr(const struct host *host, const struct host_dir *dir,
		 const char *name, struct host_mq *mq)
{
	unsigned int tries = 0;
	struct mq_attr attr;
	int fd, ret;

	do {
		fd = openat(dir->fd, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR && ++tries < LIVE_TRIES);
	if (fd < 0)
		fd = errno == ELOOP ? mqueue_open_through_link(dir, name) : -errno;
	if (fd < 0)
		return fd;
	ret = mq_getattr(fd, &attr) ? -errno : 0;
	close(fd);
	if (!ret)
		*mq = (struct host_mq){ attr.mq_maxmsg, attr.mq_msgsize, attr.mq_curmsgs };
	return ret;
}
