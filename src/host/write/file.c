// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files, FIFOs and paths of sockets. A name is removed without ever removing another file's: it
 * is moved aside, and only what lies there then is unlinked, if it is the right one. A new file
 * gets its name last, when it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "internal.h"

int file_stat_at(int dir, const char *name, struct host_stat *st)
{
	const struct host_dir at = { .host = &live_host, .fd = dir };

	return live_stat(&live_host, &at, name, HOST_BTIME, st);
}

static int file_open_place(const char *path, bool strict, struct host_place *place)
{
	const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = strict ? RESOLVE_NO_SYMLINKS : RESOLVE_NO_MAGICLINKS,
	};
	const char *slash = strrchr(path, '/');
	char parent[4096] = "/";
	struct host_stat st;

	place->dir = -1;
	if (*path != '/' || !slash[1] || !strcmp(slash, "/.") || !strcmp(slash, "/.."))
		return -EINVAL;
	if (strlen(slash + 1) >= sizeof(place->name) || (size_t)(slash - path) >= sizeof(parent))
		return -ENAMETOOLONG;
	strcpy(place->name, slash + 1);
	if (slash > path)
		snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
	place->dev = 0;
	if (host_answers(parent))
		return -ETIMEDOUT;
	place->dir = syscall(SYS_openat2, AT_FDCWD, parent, &how, sizeof(how));
	if (place->dir < 0 && errno == ENOSYS && !strict)
		place->dir = open(parent, how.flags);
	if (place->dir < 0)
		return -errno;
	if (!file_stat_at(place->dir, "", &st))
		place->dev = st.dev;
	return 0;
}

static void file_close_place(struct host_place *place)
{
	if (place->dir >= 0)
		close(place->dir);
	place->dir = -1;
}

static int file_stat(const struct host_place *place, struct host_stat *st)
{
	return file_stat_at(place->dir, place->name, st);
}

bool host_same_inode(const struct host_stat *a, const struct host_stat *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid &&
	       (!a->btime || !b->btime || a->btime == b->btime) &&
	       (!a->btime_ns || !b->btime_ns || a->btime_ns == b->btime_ns);
}

bool host_same_file(const struct host_stat *a, const struct host_stat *b, bool with_ctime)
{
	const bool fine = a->fine && b->fine;

	return host_same_inode(a, b) && a->size == b->size && a->mtime == b->mtime &&
	       (!fine || a->mtime_ns == b->mtime_ns) &&
	       (!with_ctime || (a->ctime == b->ctime && (!fine || a->ctime_ns == b->ctime_ns)));
}

int file_open_path(const struct host_place *place, const struct host_stat *same, bool exactly)
{
	struct host_stat st;
	int fd = openat(place->dir, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = file_stat_at(fd, "", &st);
	if (!ret && !(exactly ? host_same_file(&st, same, true) : host_same_inode(&st, same)))
		ret = -ESTALE;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

static void file_fd_path(int fd, char path[32])
{
	snprintf(path, 32, "/proc/self/fd/%d", fd);
}

int file_reopen(int fd, int flags)
{
	char path[32];
	int new;

	file_fd_path(fd, path);
	new = open(path, flags | O_NONBLOCK | O_CLOEXEC);
	return new < 0 ? -errno : new;
}

static int file_open(const struct host_place *place, const struct host_stat *same)
{
	int path, fd;

	if (!S_ISREG(same->mode))
		return -EINVAL;
	path = file_open_path(place, same, true);
	if (path < 0)
		return path;
	fd = file_reopen(path, O_RDONLY | O_NOATIME);
	if (fd == -EPERM)
		fd = file_reopen(path, O_RDONLY);
	close(path);
	return fd;
}

static int file_lease(int fd)
{
	return fcntl(fd, F_SETLEASE, F_WRLCK) ? -errno : 0;
}

static int file_move(const struct host_place *place, const char *from, const char *to)
{
	return renameat2(place->dir, from, place->dir, to, RENAME_NOREPLACE) ? -errno : 0;
}

static int file_put_back(const struct host_place *place, const char *aside)
{
	return file_move(place, aside, place->name);
}

/* @with_ctime, which the move itself changes. */
static bool file_is(const struct host_stat *st, const struct host_stat *same, bool in_use,
		    bool with_ctime)
{
	return in_use ? host_same_inode(st, same) : host_same_file(st, same, with_ctime);
}

static int file_take(const struct host_place *place, const char *aside,
		     const struct host_stat *same, bool in_use)
{
	struct host_stat st;
	int ret = file_stat(place, &st);

	if (!ret && !file_is(&st, same, in_use, true))
		ret = -ESTALE;
	if (!ret)
		ret = file_move(place, place->name, aside);
	if (ret)
		return ret;
	ret = file_stat_at(place->dir, aside, &st);
	if (!ret && !file_is(&st, same, in_use, false))
		ret = -ESTALE;
	return !ret ? 0 : file_put_back(place, aside) ? -ENOTUNIQ : ret;
}

static int file_remove(const struct host_place *place, const char *aside,
		       const struct host_stat *same, bool in_use, int lease)
{
	int ret = file_take(place, aside, same, in_use);

	if (ret)
		return ret;
	if (lease >= 0 && fcntl(lease, F_GETLEASE) != F_WRLCK)
		ret = -EBUSY;
	if (!ret && unlinkat(place->dir, aside, 0))
		ret = -errno;
	return !ret ? 0 : file_put_back(place, aside) ? -ENOTUNIQ : ret;
}

/* The path stays when the socket is closed. */
static int file_create_socket(const struct host_place *place, const char *aside)
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

static int file_create(const struct host_place *place, const char *aside,
		       const struct object_spec *spec)
{
	const mode_t mode = spec->file.mode;
	struct stat st;
	int fd, ret;

	if (S_ISREG(mode)) {
		fd = openat(place->dir, aside, O_RDWR | O_CREAT | O_EXCL |
			    O_NOFOLLOW | O_CLOEXEC, 0600);
		return fd < 0 ? -errno : fd;
	}
	if (S_ISFIFO(mode))
		ret = mkfifoat(place->dir, aside, 0600) ? -errno : 0;
	else
		ret = S_ISSOCK(mode) ? file_create_socket(place, aside) : -EINVAL;
	if (ret)
		return ret;
	fd = openat(place->dir, aside, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		ret = -errno;
		unlinkat(place->dir, aside, 0);
	} else if ((st.st_mode & S_IFMT) == (mode & S_IFMT) &&
		   st.st_uid == geteuid() && st.st_nlink == 1) {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	/* Whoever owns the directory may have put something else there by now. */
	return ret ?: -ESTALE;
}

static int file_chmod(int fd, uint32_t mode)
{
	char path[32];

	file_fd_path(fd, path);
	return chmod(path, mode & 07777) ? -errno : 0;
}

static int file_finish(const struct host_place *place, const char *aside,
		       int fd, const struct object_spec *spec, unsigned int *lost)
{
	const struct host_stat *st = &spec->file;
	const struct timespec times[] = {
		{ .tv_sec = st->atime, .tv_nsec = st->atime_ns },
		{ .tv_sec = st->mtime, .tv_nsec = st->mtime_ns },
	};
	char path[32];
	int ret;

	if (S_ISREG(st->mode) && ftruncate(fd, (off_t)st->size))
		return -errno;
	/* By descriptor, never by name. Owner first: giving it away clears bits of the mode. */
	if (fchownat(fd, "", st->uid, st->gid, AT_EMPTY_PATH))
		*lost |= LOST_OWNER;
	ret = file_chmod(fd, st->mode);
	if (ret == -EPERM)
		*lost |= LOST_MODE;
	else if (ret)
		return ret;
	if (spec->fresh && *lost)
		return -EPERM;
	file_fd_path(fd, path);
	if (!spec->fresh && utimensat(AT_FDCWD, path, times, 0))
		*lost |= LOST_TIMES;
	return file_put_back(place, aside);
}

static int file_discard(const struct host_place *place, const char *aside)
{
	return unlinkat(place->dir, aside, 0) ? -errno : 0;
}

static int file_link(const struct host_place *from, const struct host_stat *same,
		     const struct host_place *place)
{
	int fd = file_open_path(from, same, false), ret;
	char path[32];

	if (fd < 0)
		return fd;
	file_fd_path(fd, path);
	ret = linkat(AT_FDCWD, path, place->dir, place->name, AT_SYMLINK_FOLLOW) ? -errno : 0;
	close(fd);
	return ret;
}

/* Owner first: giving it away clears bits of the mode. */
int file_set_attributes(int fd, const struct host_set *set)
{
	uid_t uid = set->what & HOST_SET_OWNER ? set->uid : (uid_t)-1;
	gid_t gid = set->what & HOST_SET_GROUP ? set->gid : (gid_t)-1;

	if (set->what & (HOST_SET_OWNER | HOST_SET_GROUP) &&
	    fchownat(fd, "", uid, gid, AT_EMPTY_PATH))
		return -errno;
	return set->what & HOST_SET_MODE ? file_chmod(fd, set->mode) : 0;
}

static int file_set(const struct host_place *place, const struct host_stat *same,
		    const struct host_set *set)
{
	int fd = file_open_path(place, same, false), ret;

	if (fd < 0)
		return fd;
	ret = file_set_attributes(fd, set);
	close(fd);
	return ret;
}

static void file_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

const struct file_write_ops live_file_write = {
	.open_place	= file_open_place,
	.close_place	= file_close_place,
	.stat		= file_stat,
	.open		= file_open,
	.lease		= file_lease,
	.close		= file_close,
	.take		= file_take,
	.remove		= file_remove,
	.put_back	= file_put_back,
	.create		= file_create,
	.write		= state_write_at,
	.finish		= file_finish,
	.discard	= file_discard,
	.link		= file_link,
	.set		= file_set,
};

const struct write_ops live_write_ops = {
	.sysv		= &live_sysv_write,
	.file		= &live_file_write,
	.mqueue		= &live_mqueue_write,
	.contents	= &live_contents,
};
