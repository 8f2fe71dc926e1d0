// SPDX-License-Identifier: GPL-2.0-or-later
/* Removing POSIX queues: mq_overview(7). They can neither be moved nor linked,
 * so the last look is the call before. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

int remove_mq_open(const char *name, const struct host_stat *same)
{
	struct host_stat st;
	int fd, ret;

	fd = mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = remove_stat_at(fd, "", &st);
	/* A send or receive moves the times, and is use. */
	if (!ret && !host_same_file(&st, same, true))
		ret = -ESTALE;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

int remove_mq_attributes(int fd, struct host_mq *mq)
{
	struct mq_attr attr;

	if (mq_getattr(fd, &attr))
		return -errno;
	*mq = (struct host_mq){
		.maxmsg		= attr.mq_maxmsg,
		.msgsize	= attr.mq_msgsize,
		.messages	= attr.mq_curmsgs,
	};
	return 0;
}

/* Open, the inode keeps its number for itself. */
static int leads_to(const char *name, const struct stat *st)
{
	struct stat now;
	int fd, ret;

	fd = mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == EAGAIN ? -EBUSY : -errno;
	ret = fstat(fd, &now) ? -errno : 0;
	close(fd);
	if (ret)
		return ret;
	return now.st_ino == st->st_ino && now.st_dev == st->st_dev ? 0 :
	       -ESTALE;
}

int remove_mq(const char *name, int fd)
{
	struct stat st;
	int ret;

	if (fstat(fd, &st))
		return -errno;
	if (!st.st_nlink)
		return -ENOENT;
	/* Opening it again would break a lease of our own. */
	if (fcntl(fd, F_GETLEASE) != F_WRLCK) {
		ret = leads_to(name, &st);
		if (ret)
			return ret;
	}
	if (mq_unlink(name))
		return -errno;
	if (fstat(fd, &st))
		return -errno;
	return st.st_nlink ? -ENOTUNIQ : 0;
}
