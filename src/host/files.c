// SPDX-License-Identifier: GPL-2.0-or-later
/* Files and directories of the live host. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "live.h"

#define DENTS_ROOM	(256 * 1024)
#define FILE_ROOM	4096

static int files_open_at(const struct host_dir *at, const char *path, int flags)
{
	unsigned int tries = 0;
	int fd;

	do {
		fd = openat(at ? at->fd : AT_FDCWD, path, flags | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR && ++tries < LIVE_TRIES);
	return fd < 0 ? -errno : fd;
}

/* Whether nothing but the kernel answers for it: not what a link of /proc leads to. */
static bool files_is_kernels(const struct host_dir *at, const char *path)
{
	static const char *const ways[] = { "/cwd/", "/root/", "/exe/", "/map_files/", "/fd/" };
	const char *out;
	size_t i;

	if (at)
		return !at->foreign;
	if (strncmp(path, "/proc", 5) || (path[5] && path[5] != '/'))
		return false;
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		out = strstr(path, ways[i]);
		/* Of the last two the next name is the link. */
		if (out && (i < 3 || strchr(out + strlen(ways[i]), '/')))
			return false;
	}
	return true;
}

/* Something else may be mounted over a file of /proc, as lxcfs(1) does: -EXDEV. */
static int files_open_kernels(const struct host_dir *at, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC), .resolve = RESOLVE_NO_XDEV,
	};
	unsigned int tries = 0;
	int fd;

	do {
		fd = at ? syscall(SYS_openat2, at->fd, path, &how, sizeof(how)) : -1;
	} while (at && fd < 0 && errno == EINTR && ++tries < LIVE_TRIES);
	if (!at || (fd < 0 && (errno == ENOSYS || errno == EPERM)))
		return files_open_at(at, path, flags);
	return fd < 0 ? -errno : fd;
}

/* Links of /proc lead where the kernel says, not where their owner does. */
static bool files_is_proc_link(const struct host_dir *at, const char *path)
{
	struct statfs fs;
	struct stat st;
	bool yes;
	int fd = files_open_at(at, path, O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return false;
	yes = !fstat(fd, &st) && S_ISLNK(st.st_mode) && !fstatfs(fd, &fs) &&
	      fs.f_type == PROC_SUPER_MAGIC;
	close(fd);
	return yes;
}

int live_open_dir(const struct host *host, const struct host_dir *at,
		  const char *path, struct host_dir *dir)
{
	bool foreign = !files_is_kernels(at, path), link = false;
	const char *name;
	int fd;

	if (!foreign) {
		fd = files_open_at(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
		link = (fd == -ENOTDIR || fd == -ELOOP) && files_is_proc_link(at, path);
		name = strrchr(path, '/');
		foreign = link && strcmp(name ? name + 1 : path, "self") != 0;
		if (link && !foreign)
			fd = files_open_at(at, path, O_RDONLY | O_DIRECTORY);
	}
	*dir = (struct host_dir){ .host = host, .foreign = foreign };
	if (foreign)
		fd = foreign_open_dir(at, path, link, dir);
	dir->fd = fd < 0 ? -1 : fd;
	return fd < 0 ? fd : 0;
}

void live_close_dir(struct host_dir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	dir->fd = -1;
}

int live_read_dir(struct host_dir *dir, struct buf *scratch, host_dir_fn *each, void *arg)
{
	const bool locks = dir->foreign && !dir->local;
	const struct dirent64 *entry;
	ssize_t len, pos;
	char *data;
	int ret;

	if (dir->foreign && !dir->near)
		return foreign_read_dir(dir, scratch, each, arg);
	buf_reset(scratch);
	data = buf_room(scratch, DENTS_ROOM);
	if (lseek(dir->fd, 0, SEEK_SET) < 0)
		return -errno;
	do {
		if (locks)
			len = foreign_get_entries(dir, data, DENTS_ROOM);
		else if ((len = getdents64(dir->fd, data, DENTS_ROOM)) < 0)
			len = -errno;
		if (len <= 0)
			return (int)len;
		for (pos = 0; pos < len; pos += entry->d_reclen) {
			const char *name;

			entry = (const struct dirent64 *)(data + pos);
			name = entry->d_name;
			if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])))
				continue;
			ret = each(arg, name, entry->d_ino, entry->d_type);
			if (ret)
				return ret;
		}
	} while (!locks || len >= DENTS_ROOM / 2);
	return 0;
}

int live_read_fd(int fd, struct buf *buf)
{
	unsigned int tries = 0;
	ssize_t len;
	int ret = 0;

	buf_reset(buf);
	do {
		char *to = buf_room(buf, FILE_ROOM);

		len = read(fd, to, buf->room - buf->len - 1);
		if (len < 0)
			ret = errno == EINTR && ++tries < LIVE_TRIES ? 0 : -errno;
		else
			buf->len += len;
	} while (len && !ret);
	buf_room(buf, 1)[0] = '\0';
	return ret;
}

bool host_never_empty(const char *path)
{
	static const char *const names[] = { "syscall", "io", "stack", "stat" };
	const char *name = strrchr(path, '/');
	size_t i;

	name = name ? name + 1 : path;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

int live_read_file(const struct host *host, const struct host_dir *at,
		   const char *path, struct buf *buf)
{
	int fd = -EXDEV, ret;

	if (files_is_kernels(at, path))
		fd = files_open_kernels(at, path, O_RDONLY | O_NONBLOCK);
	if (fd == -EXDEV) {
		ret = foreign_read(at, path, 0, buf);
	} else if (fd < 0) {
		return fd;
	} else {
		ret = live_read_fd(fd, buf);
		close(fd);
	}
	if (ret == -EPERM || (!ret && !buf->len && host_never_empty(path)))
		return -EACCES;
	return ret;
}

int live_read_locked(const struct host *host, const struct host_dir *at,
		     const char *path, pid_t pid, struct buf *buf)
{
	return foreign_read(at, path, pid, buf);
}

ssize_t live_read_link(const struct host *host, const struct host_dir *at,
		       const char *path, char *to, size_t size)
{
	ssize_t len;

	if (files_is_kernels(at, path)) {
		len = readlinkat(at ? at->fd : AT_FDCWD, path, to, size);
		len = len < 0 ? -errno : len;
	} else {
		len = foreign_read_link(at, path, to, size);
	}
	if (len < 0)
		return len;
	if ((size_t)len < size)
		to[len] = '\0';
	return len;
}

void live_copy_stat(const struct statx *from, struct host_stat *st)
{
	*st = (struct host_stat){
		.dev	= makedev(from->stx_dev_major, from->stx_dev_minor),
		.rdev	= makedev(from->stx_rdev_major, from->stx_rdev_minor),
		.ino	= from->stx_ino,
		.mode	= from->stx_mode,
		.nlink	= from->stx_nlink,
		.uid	= from->stx_uid,
		.gid	= from->stx_gid,
		.size	= from->stx_size,
		.used	= from->stx_blocks * 512,
		.atime	= from->stx_atime.tv_sec,
		.mtime	= from->stx_mtime.tv_sec,
		.ctime	= from->stx_ctime.tv_sec,
		.atime_ns = from->stx_atime.tv_nsec,
		.mtime_ns = from->stx_mtime.tv_nsec,
		.ctime_ns = from->stx_ctime.tv_nsec,
		.fine	= true,
		.btime	= from->stx_mask & STATX_BTIME ? from->stx_btime.tv_sec : 0,
		.btime_ns = from->stx_mask & STATX_BTIME ? from->stx_btime.tv_nsec : 0,
	};
}

int live_statx(int dir, const char *path, int how, unsigned int mask, struct statx *st)
{
	int ret = statx(dir, path, how | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, mask, st);

	/* Where the kernel lacks the call the C library has a substitute without that. */
	if (ret && (errno == ENOSYS || errno == EINVAL))
		ret = statx(dir, path, how | AT_NO_AUTOMOUNT, mask, st);
	return ret ? -errno : 0;
}

int live_stat(const struct host *host, const struct host_dir *at,
	      const char *path, unsigned int flags, struct host_stat *st)
{
	unsigned int mask = STATX_BASIC_STATS;
	int how = 0;
	const int dir = at ? at->fd : AT_FDCWD;
	struct statx from;
	int ret;

	if (*path && !files_is_kernels(at, path))
		return foreign_stat(at, path, flags, st);
	if (!(flags & HOST_FOLLOW))
		how |= AT_SYMLINK_NOFOLLOW;
	if (!*path)
		how |= AT_EMPTY_PATH;
	if (flags & HOST_BTIME)
		mask |= STATX_BTIME;
	ret = live_statx(dir, path, how, mask, &from);
	if (ret)
		return ret;
	live_copy_stat(&from, st);
	return 0;
}

int live_fs_magic(const struct host *host, const struct host_dir *at,
		  const char *path, uint64_t *magic)
{
	struct statfs fs;
	int ret;

	if (!at || at->foreign || strcmp(path, ".") != 0)
		return fs_find_magic(at, path, magic);
	ret = fstatfs(at->fd, &fs) ? -errno : 0;
	*magic = ret ? 0 : (uint64_t)fs.f_type;
	return ret;
}

/* @may_write: bits of the mode with which others may. */
static bool files_is_trusted(const struct host_stat *st, uint32_t may_write)
{
	return (!st->uid || st->uid == geteuid()) && !(st->mode & may_write);
}

int host_trusts(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct host_stat st, link, dir;
	char parent[4096] = ".";
	int ret = live_stat(&live_host, NULL, path, HOST_FOLLOW, &st);

	if (slash)
		snprintf(parent, sizeof(parent), "%.*s", slash > path ? (int)(slash - path) : 1,
			 path);
	ret = ret ?: live_stat(&live_host, NULL, path, 0, &link);
	ret = ret ?: live_stat(&live_host, NULL, parent, HOST_FOLLOW, &dir);
	if (ret)
		return ret;
	/* It is read after this: nobody may put another in its place. */
	return files_is_trusted(&st, 0022) && files_is_trusted(&link, 0) &&
	       files_is_trusted(&dir, dir.mode & S_ISVTX ? 0 : 0022) ? 0 : -EPERM;
}

void host_guard_outputs(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
	signal(SIGXFSZ, SIG_IGN);
}

int live_reopen(int place, int flags)
{
	char self[sizeof("/proc/self/fd/") + 10];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", place);
	return files_open_at(NULL, self, flags);
}
