// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Removing a name without ever removing another file's: it is moved aside, and
 * only what lies there then is unlinked, if it is the right one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/live.h"
#include "internal.h"

static int open_parent(const char *path, size_t len, bool strict)
{
	const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = strict ? RESOLVE_NO_SYMLINKS :
			   RESOLVE_NO_MAGICLINKS,
	};
	char parent[4096];
	int fd;

	if (len >= sizeof(parent))
		return -ENAMETOOLONG;
	memcpy(parent, path, len);
	parent[len] = '\0';
	fd = syscall(SYS_openat2, AT_FDCWD, len ? parent : "/", &how,
		     sizeof(how));
	if (fd < 0 && errno == ENOSYS && !strict)
		fd = open(len ? parent : "/", how.flags);
	return fd < 0 ? -errno : fd;
}

int remove_place_open(const char *path, bool strict, struct host_place *place)
{
	const char *slash = strrchr(path, '/');

	place->dir = -1;
	if (*path != '/' || !slash[1] || !strcmp(slash, "/.") ||
	    !strcmp(slash, "/.."))
		return -EINVAL;
	if (strlen(slash + 1) >= sizeof(place->name))
		return -ENAMETOOLONG;
	strcpy(place->name, slash + 1);
	place->dir = open_parent(path, slash - path, strict);
	return place->dir < 0 ? place->dir : 0;
}

void remove_place_close(struct host_place *place)
{
	if (place->dir >= 0)
		close(place->dir);
	place->dir = -1;
}

int remove_stat_at(int dir, const char *name, struct host_stat *st)
{
	const struct host_dir at = { .host = &live_host, .fd = dir };

	return live_stat(&live_host, &at, name, HOST_BTIME, st);
}

int remove_place_stat(const struct host_place *place, struct host_stat *st)
{
	return remove_stat_at(place->dir, place->name, st);
}

bool host_same_inode(const struct host_stat *a, const struct host_stat *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid &&
	       (!a->btime || !b->btime || a->btime == b->btime);
}

bool host_same_file(const struct host_stat *a, const struct host_stat *b,
		    bool with_ctime)
{
	return host_same_inode(a, b) && a->size == b->size &&
	       a->mtime == b->mtime && (!with_ctime || a->ctime == b->ctime);
}

int remove_path_open(const struct host_place *place,
		     const struct host_stat *same, bool exactly)
{
	struct host_stat st;
	int fd, ret;

	fd = openat(place->dir, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = remove_stat_at(fd, "", &st);
	if (!ret && !(exactly ? host_same_file(&st, same, true) :
		      host_same_inode(&st, same)))
		ret = -ESTALE;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

int remove_reopen(int fd, int flags)
{
	char path[sizeof("/proc/self/fd/") + 10];
	int new;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	new = open(path, flags | O_NONBLOCK | O_CLOEXEC);
	return new < 0 ? -errno : new;
}

int remove_file_open(const struct host_place *place,
		     const struct host_stat *same)
{
	int path, fd;

	if (!S_ISREG(same->mode))
		return -EINVAL;
	path = remove_path_open(place, same, true);
	if (path < 0)
		return path;
	fd = remove_reopen(path, O_RDONLY | O_NOATIME);
	if (fd == -EPERM)
		fd = remove_reopen(path, O_RDONLY);
	close(path);
	return fd;
}

int remove_lease(int fd)
{
	return fcntl(fd, F_SETLEASE, F_WRLCK) ? -errno : 0;
}

static int move(const struct host_place *place, const char *from, const char *to)
{
	if (renameat2(place->dir, from, place->dir, to, RENAME_NOREPLACE))
		return -errno;
	return 0;
}

int remove_put_back(const struct host_place *place, const char *aside)
{
	return move(place, aside, place->name);
}

static bool lease_breaking(int lease)
{
	return lease >= 0 && fcntl(lease, F_GETLEASE) != F_WRLCK;
}

static int check_aside(const struct host_place *place, const char *aside,
		       const struct host_stat *same, int lease)
{
	struct host_stat st;
	int ret;

	ret = remove_stat_at(place->dir, aside, &st);
	if (ret)
		return ret;
	if (!host_same_file(&st, same, false))
		return -ESTALE;
	return lease_breaking(lease) ? -EBUSY : 0;
}

int remove_file(const struct host_place *place, const char *aside,
		const struct host_stat *same, int lease)
{
	struct host_stat st;
	int ret;

	ret = remove_place_stat(place, &st);
	if (!ret && !host_same_file(&st, same, true))
		ret = -ESTALE;
	if (!ret)
		ret = move(place, place->name, aside);
	if (ret)
		return ret;
	ret = check_aside(place, aside, same, lease);
	if (!ret)
		return unlinkat(place->dir, aside, 0) ? -errno : 0;
	return remove_put_back(place, aside) ? -ENOTUNIQ : ret;
}
