// SPDX-License-Identifier: GPL-2.0-or-later
/* Making POSIX queues: they have their name at once, and nobody may open them
 * until they are ready. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

int remake_mq(const char *name, const struct host_mq *mq)
{
	struct mq_attr attr = {
		.mq_maxmsg	= mq->maxmsg,
		.mq_msgsize	= mq->msgsize,
	};
	int fd;

	fd = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC,
		     0, &attr);
	return fd < 0 ? -errno : fd;
}

int remake_mq_write(int fd, unsigned int priority, const void *data, size_t len)
{
	return mq_send(fd, data, len, priority) ? -errno : 0;
}

int remake_mq_finish(int fd, const struct object_spec *made, unsigned int *lost)
{
	if (fchown(fd, made->file.uid, made->file.gid))
		*lost |= LOST_OWNER;
	if (fchmod(fd, made->file.mode & 07777))
		*lost |= LOST_MODE;
	return made->fresh && *lost ? -EPERM : 0;
}

/* Looking where its name leads takes leave to open it. */
int remake_mq_unmake(const char *name, int fd)
{
	fchmod(fd, 0600);
	return remove_mq(name, fd);
}
