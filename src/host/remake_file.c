// SPDX-License-Identifier: GPL-2.0-or-later
/* Making files, FIFOs and paths of sockets again: under another name, which is
 * changed when all is as it was. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "remove_impl.h"

static int open_made(const struct host_place *place, const char *aside)
{
	int fd = openat(place->dir, aside, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The path stays when the socket is closed. */
static int make_socket(const struct host_place *place, const char *aside)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, ret, len;

	len = snprintf(addr.sun_path, sizeof(addr.sun_path),
		       "/proc/self/fd/%d/%s", place->dir, aside);
	if (len < 0 || (size_t)len >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ret = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	close(fd);
	return ret;
}

int remake_file(const struct host_place *place, const char *aside,
		const struct host_made *made)
{
	int fd, ret = 0;

	if (S_ISREG(made->file.mode)) {
		fd = openat(place->dir, aside, O_RDWR | O_CREAT | O_EXCL |
			    O_NOFOLLOW | O_CLOEXEC, 0600);
		return fd < 0 ? -errno : fd;
	}
	if (S_ISFIFO(made->file.mode))
		ret = mkfifoat(place->dir, aside, 0600) ? -errno : 0;
	else if (S_ISSOCK(made->file.mode))
		ret = make_socket(place, aside);
	else
		ret = -EINVAL;
	return ret ? ret : open_made(place, aside);
}

/* Owner first: giving it away clears bits of the mode. */
static void set_attributes(const struct host_place *place, const char *aside,
			   const struct host_stat *st, unsigned int *lost)
{
	const struct timespec times[] = {
		{ .tv_sec = st->atime }, { .tv_sec = st->mtime },
	};

	if (fchownat(place->dir, aside, st->uid, st->gid, AT_SYMLINK_NOFOLLOW))
		*lost |= LOST_OWNER;
	if (fchmodat(place->dir, aside, st->mode & 07777, 0))
		*lost |= LOST_MODE;
	if (utimensat(place->dir, aside, times, AT_SYMLINK_NOFOLLOW))
		*lost |= LOST_TIMES;
}

int remake_file_finish(const struct host_place *place, const char *aside,
		       int fd, const struct host_made *made,
		       unsigned int *lost)
{
	if (S_ISREG(made->file.mode) && ftruncate(fd, (off_t)made->file.size))
		return -errno;
	set_attributes(place, aside, &made->file, lost);
	return remove_put_back(place, aside);
}

int remake_file_unmake(const struct host_place *place, const char *aside)
{
	return unlinkat(place->dir, aside, 0) ? -errno : 0;
}
