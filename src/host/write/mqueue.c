// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * POSIX queues: mq_overview(7). They can neither be moved nor linked: the last look is the call
 * before the removal, and a new one has its name at once, but nobody may open it until it is
 * finished.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define MOUNT	"/dev/mqueue"

/* Whether a look there does not hang; asked before the last look at a queue. */
static bool mqueue_mount_answers;

static int mqueue_open(const char *name, const struct host_stat *same)
{
	struct host_stat st;
	int fd, ret;

	mqueue_mount_answers = !host_answers(MOUNT);
	fd = mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = file_stat_at(fd, "", &st);
	/* A send or receive moves the times, and is use. */
	if (!ret && !host_same_file(&st, same, true))
		ret = -ESTALE;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

static int mqueue_attributes(int fd, struct host_mq *mq)
{
	struct mq_attr attr;

	if (mq_getattr(fd, &attr))
		return -errno;
	*mq = (struct host_mq){ attr.mq_maxmsg, attr.mq_msgsize, attr.mq_curmsgs };
	return 0;
}

/* Open, the inode keeps its number for itself. */
static int mqueue_leads_to(const char *name, const struct stat *st)
{
	struct stat now;
	int fd = mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC), ret;

	if (fd < 0)
		return errno == EAGAIN ? -EBUSY : -errno;
	ret = fstat(fd, &now) ? -errno : 0;
	close(fd);
	if (ret)
		return ret;
	return now.st_ino == st->st_ino && now.st_dev == st->st_dev ? 0 : -ESTALE;
}

static int mqueue_remove(const char *name, int fd)
{
	char path[sizeof(MOUNT) + NAME_MAX + 2];
	struct stat st, dir, now;
	int ret;

	if (fstat(fd, &st))
		return -errno;
	if (!st.st_nlink)
		return -ENOENT;
	/* Opening it again would break a lease of our own. */
	if (fcntl(fd, F_GETLEASE) != F_WRLCK) {
		ret = mqueue_leads_to(name, &st);
		if (ret)
			return ret;
	}
	/* Where the queues of this namespace are mounted, the name is told without opening it. */
	snprintf(path, sizeof(path), MOUNT "%s", name);
	if (mqueue_mount_answers && !stat(MOUNT, &dir) && dir.st_dev == st.st_dev &&
	    (lstat(path, &now) ? errno == ENOENT : now.st_ino != st.st_ino))
		return -ESTALE;
	if (mq_unlink(name))
		return -errno;
	/* What cannot be looked at any more is removed all the same. */
	return !fstat(fd, &st) && st.st_nlink ? -ENOTUNIQ : 0;
}

static int mqueue_create(const char *name, const struct host_mq *mq, uint32_t mode)
{
	struct mq_attr attr = {
		.mq_maxmsg	= mq->maxmsg,
		.mq_msgsize	= mq->msgsize,
	};
	int fd = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC,
			 host_closed_mode(mode), &attr);

	return fd < 0 ? -errno : fd;
}

static int mqueue_send(int fd, unsigned int priority, const void *data, size_t len)
{
	return mq_send(fd, data, len, priority) ? -errno : 0;
}

static int mqueue_finish(int fd, const struct object_spec *spec, unsigned int *lost)
{
	const struct host_stat *st = &spec->file;
	const struct timespec times[] = {
		{ .tv_sec = st->atime, .tv_nsec = st->atime_ns },
		{ .tv_sec = st->mtime, .tv_nsec = st->mtime_ns },
	};

	if (!spec->fresh && futimens(fd, times))
		*lost |= LOST_TIMES;
	if (fchown(fd, st->uid, st->gid))
		*lost |= LOST_OWNER;
	if (fchmod(fd, st->mode & 07777)) {
		/* Nobody could open it; but who gave it away may have lost the right. */
		if (errno != EPERM)
			return -errno;
		*lost |= LOST_MODE;
	}
	return spec->fresh && *lost ? -EPERM : 0;
}

/* Looking where its name leads takes leave to open it. */
static int mqueue_discard(const char *name, int fd)
{
	fchmod(fd, 0600);
	return mqueue_remove(name, fd);
}

/* Either way of opening it will do. */
static int mqueue_open_either(const char *name)
{
	int fd = mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno == EACCES)
		fd = mq_open(name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int mqueue_set(const char *name, const struct host_stat *same,
		      const struct host_set *set)
{
	int fd = mqueue_open_either(name), ret;
	struct host_stat st;

	if (fd < 0)
		return fd;
	ret = file_stat_at(fd, "", &st);
	if (!ret && !host_same_inode(&st, same))
		ret = -ESTALE;
	if (!ret)
		ret = file_set_attributes(fd, set);
	close(fd);
	return ret;
}

static int mqueue_look(const char *name, struct host_stat *st)
{
	int fd = mqueue_open_either(name), ret;

	if (fd < 0)
		return fd;
	ret = file_stat_at(fd, "", st);
	close(fd);
	return ret;
}

const struct mqueue_write_ops live_mqueue_write = {
	.open		= mqueue_open,
	.attributes	= mqueue_attributes,
	.remove		= mqueue_remove,
	.create		= mqueue_create,
	.send		= mqueue_send,
	.finish		= mqueue_finish,
	.discard	= mqueue_discard,
	.set		= mqueue_set,
	.look		= mqueue_look,
};
