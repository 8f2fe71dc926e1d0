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

static int mqueue_make_mount(int fs)
{
	int fd;

	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	fd = fsmount(fs, FSMOUNT_CLOEXEC,
		     MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
		     MOUNT_ATTR_NOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A mount that no other process sees; it goes when @dir is closed. */
static int mqueue_open_detached(const struct host *host, struct host_dir *dir)
{
	struct host_dir mount = { .host = host };
	int fs, ret;

	fs = fsopen("mqueue", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	mount.fd = mqueue_make_mount(fs);
	close(fs);
	if (mount.fd < 0)
		return mount.fd;
	/* It is a place only, like one of O_PATH. */
	ret = live_open_dir(host, &mount, ".", dir);
	close(mount.fd);
	return ret;
}

static int mqueue_open_mounted(const struct host *host, const char *path, struct host_dir *dir)
{
	struct statfs fs;
	int ret;

	ret = live_open_dir(host, NULL, path, dir);
	if (ret)
		return ret;
	if (!fstatfs(dir->fd, &fs) && fs.f_type == MQUEUE_MAGIC)
		return 0;
	live_close_dir(dir);
	return -ENOENT;
}

/* The last one mounted is the one that is seen. */
static int mqueue_find_mounted(const struct host *host, struct host_dir *dir)
{
	struct buf text = { 0 }, path = { 0 };
	const char *at, *end;
	int ret;

	ret = live_read_file(host, NULL, "/proc/self/mountinfo", &text);
	if (ret) {
		buf_free(&text);
		return ret;
	}
	ret = -ENOENT;
	end = text.data + text.len;
	for (at = text.data; host_next_mount(&at, end, "mqueue", &path); ) {
		if (!ret)
			live_close_dir(dir);
		ret = mqueue_open_mounted(host, path.data, dir);
	}
	buf_free(&path);
	buf_free(&text);
	return ret;
}

int live_open_mqueues(const struct host *host, struct host_dir *dir)
{
	int ret;

	ret = mqueue_open_detached(host, dir);
	if (!ret)
		return 0;
	if (ret == -ENODEV)
		return -ENOSYS;
	return mqueue_find_mounted(host, dir) ? -EPERM : 0;
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

static int mqueue_open_queue(const struct host_dir *dir, const char *name)
{
	int fd;

	do {
		fd = openat(dir->fd, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0 && errno == ELOOP)
		return mqueue_open_through_link(dir, name);
	return fd < 0 ? -errno : fd;
}

int live_mq_attr(const struct host *host, const struct host_dir *dir,
		 const char *name, struct host_mq *mq)
{
	struct mq_attr attr;
	int fd, ret;

	fd = mqueue_open_queue(dir, name);
	if (fd < 0)
		return fd;
	ret = mq_getattr(fd, &attr) ? -errno : 0;
	close(fd);
	if (ret)
		return ret;
	*mq = (struct host_mq){
		.maxmsg		= attr.mq_maxmsg,
		.msgsize	= attr.mq_msgsize,
		.messages	= attr.mq_curmsgs,
	};
	return 0;
}
