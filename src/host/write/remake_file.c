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

#include "internal.h"

/* Whoever owns the directory may have put something else there by now. */
static int open_made(const struct host_place *place, const char *aside,
		     mode_t mode)
{
	struct stat st;
	int fd;

	fd = openat(place->dir, aside, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && (st.st_mode & S_IFMT) == (mode & S_IFMT) &&
	    st.st_uid == geteuid() && st.st_nlink == 1)
		return fd;
	close(fd);
	return -ESTALE;
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
		const struct object_spec *made)
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
	return ret ? ret : open_made(place, aside, made->file.mode);
}

static void fd_path(int fd, char path[32])
{
	snprintf(path, 32, "/proc/self/fd/%d", fd);
}

int remake_chmod(int fd, uint32_t mode)
{
	char path[32];

	fd_path(fd, path);
	return chmod(path, mode & 07777) ? -errno : 0;
}

static void set_times(int fd, const struct host_stat *st, unsigned int *lost)
{
	const struct timespec times[] = {
		{ .tv_sec = st->atime }, { .tv_sec = st->mtime },
	};
	char path[32];

	fd_path(fd, path);
	if (utimensat(AT_FDCWD, path, times, 0))
		*lost |= LOST_TIMES;
}

/* By descriptor, never by name. Owner first: giving it away clears bits of
 * the mode. */
static int set_attributes(int fd, const struct object_spec *made,
			  unsigned int *lost)
{
	const struct host_stat *st = &made->file;

	if (fchownat(fd, "", st->uid, st->gid, AT_EMPTY_PATH))
		*lost |= LOST_OWNER;
	if (remake_chmod(fd, st->mode))
		*lost |= LOST_MODE;
	if (made->fresh)
		return *lost ? -EPERM : 0;
	set_times(fd, st, lost);
	return 0;
}

int remake_file_finish(const struct host_place *place, const char *aside,
		       int fd, const struct object_spec *made,
		       unsigned int *lost)
{
	int ret;

	if (S_ISREG(made->file.mode) && ftruncate(fd, (off_t)made->file.size))
		return -errno;
	ret = set_attributes(fd, made, lost);
	return ret ? ret : remove_put_back(place, aside);
}

int remake_file_unmake(const struct host_place *place, const char *aside)
{
	return unlinkat(place->dir, aside, 0) ? -errno : 0;
}
