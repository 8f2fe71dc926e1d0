// SPDX-License-Identifier: GPL-2.0-or-later
/* Files and directories of the live host. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static ssize_t files_read_some(int fd, void *to, size_t size)
{
	unsigned int tries = 0;
	ssize_t len;

	do {
		len = read(fd, to, size);
	} while (len < 0 && errno == EINTR && ++tries < LIVE_TRIES);
	return len < 0 ? -errno : len;
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
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NOATIME, fd;

	*dir = (struct host_dir){ .host = host, .fd = -1 };
	for (;;) {
		fd = files_open_at(at, path, flags);
		/* The directory's atime stays, where its owner or root looks. */
		if (fd == -EPERM && flags & O_NOATIME)
			flags &= ~O_NOATIME;
		else if ((fd == -ENOTDIR || fd == -ELOOP) && flags & O_NOFOLLOW &&
			 files_is_proc_link(at, path))
			flags &= ~O_NOFOLLOW;
		else
			break;
	}
	if (fd < 0)
		return fd;
	dir->fd = fd;
	return 0;
}

void live_close_dir(struct host_dir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	dir->fd = -1;
}

int live_read_dir(struct host_dir *dir, struct buf *scratch, host_dir_fn *each, void *arg)
{
	const struct dirent64 *entry;
	ssize_t len, pos;
	char *data;
	int ret;

	buf_reset(scratch);
	data = buf_room(scratch, DENTS_ROOM);
	if (lseek(dir->fd, 0, SEEK_SET) < 0)
		return -errno;
	for (;;) {
		len = getdents64(dir->fd, data, DENTS_ROOM);
		if (len <= 0)
			return len < 0 ? -errno : 0;
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
	}
}

int live_read_fd(int fd, struct buf *buf)
{
	ssize_t len;

	buf_reset(buf);
	for (;;) {
		char *to = buf_room(buf, FILE_ROOM);

		len = files_read_some(fd, to, buf->room - buf->len - 1);
		if (len <= 0)
			break;
		buf->len += len;
	}
	buf_room(buf, 1)[0] = '\0';
	return len;
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

/* The arguments are memory of the process, and a page of it may never come. */
static int files_read_cmdline(struct helper_call *call)
{
	char path[32];
	ssize_t len;
	int fd = helper_enter(call, -(uint64_t)call->pid);

	if (fd)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)call->pid);
	fd = files_open_at(NULL, path, O_RDONLY);
	if (fd < 0)
		return fd;
	len = pread(fd, call->data, sizeof(call->data), (off_t)call->addr);
	call->size = len > 0 ? (uint64_t)len : 0;
	close(fd);
	return len < 0 ? -errno : 0;
}

static int files_ask_cmdline(pid_t pid, struct buf *buf)
{
	struct helper_call call = { .pid = pid };
	int ret;

	buf_reset(buf);
	do {
		ret = helper_ask(files_read_cmdline, &call);
		if (ret < 0)
			return ret;
		buf_add(buf, (const char *)call.data, call.size);
		call.addr += call.size;
	} while (call.size == sizeof(call.data));
	return 0;
}

int live_read_file(const struct host *host, const struct host_dir *at,
		   const char *path, struct buf *buf)
{
	unsigned long pid;
	char *rest;
	int fd, ret;

	pid = strtoul(path, &rest, 10);
	if (at && pid && !strcmp(rest, "/cmdline"))
		return files_ask_cmdline((pid_t)pid, buf);
	fd = files_open_at(at, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	ret = live_read_fd(fd, buf);
	close(fd);
	if (ret == -EPERM || (!ret && !buf->len && host_never_empty(path)))
		return -EACCES;
	return ret;
}

ssize_t live_read_link(const struct host *host, const struct host_dir *at,
		       const char *path, char *to, size_t size)
{
	ssize_t len = readlinkat(at ? at->fd : AT_FDCWD, path, to, size);

	if (len < 0)
		return -errno;
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

int live_stat(const struct host *host, const struct host_dir *at,
	      const char *path, unsigned int flags, struct host_stat *st)
{
	unsigned int mask = STATX_BASIC_STATS;
	int how = AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
	const int dir = at ? at->fd : AT_FDCWD;
	struct statx from;
	int ret;

	if (!(flags & HOST_FOLLOW))
		how |= AT_SYMLINK_NOFOLLOW;
	if (!*path)
		how |= AT_EMPTY_PATH;
	if (flags & HOST_BTIME)
		mask |= STATX_BTIME;
	ret = statx(dir, path, how, mask, &from);
	/* Where the kernel lacks the call the C library has a substitute without that. */
	if (ret && (errno == ENOSYS || errno == EINVAL))
		ret = statx(dir, path, how & ~AT_STATX_DONT_SYNC, mask, &from);
	if (ret)
		return -errno;
	live_copy_stat(&from, st);
	return 0;
}

int live_fs_magic(const struct host *host, const struct host_dir *at,
		  const char *path, uint64_t *magic)
{
	unsigned int tries = 0;
	struct statfs fs;
	int fd = files_open_at(at, path, O_PATH), ret;

	if (fd < 0)
		return fd;
	do {
		ret = fstatfs(fd, &fs) ? -errno : 0;
	} while (ret && errno == EINTR && ++tries < LIVE_TRIES);
	close(fd);
	if (!ret)
		*magic = fs.f_type;
	return ret;
}

int live_fs_space(const struct host *host, const char *path, struct host_space *space)
{
	unsigned int tries = 0;
	struct statfs fs;
	int ret;

	do {
		ret = statfs(path, &fs) ? -errno : 0;
	} while (ret && errno == EINTR && ++tries < LIVE_TRIES);
	if (ret)
		return ret;
	*space = (struct host_space){
		.bytes		= fs.f_blocks * (uint64_t)fs.f_bsize,
		.free_bytes	= fs.f_bfree * (uint64_t)fs.f_bsize,
		.inodes		= fs.f_files,
		.free_inodes	= fs.f_ffree,
	};
	return 0;
}

int host_trusts(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	return (st.st_uid && st.st_uid != geteuid()) || st.st_mode & 0022 ? -EPERM : 0;
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

ssize_t live_peek(const struct host *host, const struct host_dir *at,
		  const char *path, void *to, size_t size)
{
	int place = files_open_at(at, path, O_PATH | O_NOFOLLOW), fd;
	struct stat st;
	ssize_t len;

	if (place < 0)
		return place;
	/* Opening a FIFO or a device is no mere look, so the type must be known before; through
	 * /proc the file cannot be exchanged in between. */
	if (fstat(place, &st))
		fd = -errno;
	else
		fd = S_ISREG(st.st_mode) ?
		     live_reopen(place, O_RDONLY | O_NOATIME | O_NONBLOCK) : -EINVAL;
	close(place);
	if (fd < 0)
		return fd;
	len = files_read_some(fd, to, size);
	close(fd);
	return len;
}
