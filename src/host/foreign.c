// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that are not the kernel's own: what may wait is done by the helper process. What is in the
 * cache of names needs none: RESOLVE_CACHED never waits, openat2(2), and statx(2) of what
 * it finds is not synced with a server.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#define DENTS_ROOM	(16 * 1024)
#define MOST_ENTRIES	(DENTS_ROOM / 24 * (sizeof(struct foreign_entry) + 8) + DENTS_ROOM)

/* One of a directory, with what stat() says of it. */
struct foreign_entry {
	uint64_t ino;
	struct host_stat st;
	int err;
	uint16_t len;		/* of it and its name, and to the next */
	unsigned char type;
	char name[];
};

int foreign_ask(const struct host_dir *at, const char *path, bool follow,
		int (*work)(struct helper_call *call), struct helper_call *call, struct buf *data)
{
	if (strlen(path) >= sizeof(call->path))
		return -ENAMETOOLONG;
	strcpy(call->path, path);
	call->at = AT_FDCWD;
	call->fd = at ? at->fd : 0;
	call->flags = follow ? 0 : HOST_NO_LAST_LINK;
	return helper_ask(work, call, data);
}

static int foreign_find(struct helper_call *call)
{
	int fd = lookup_place(call);

	call->size = 0;
	if (fd < 0)
		return fd;
	call->fd = fd;
	return 0;
}

int foreign_open_as(pid_t tid, const char *path)
{
	struct helper_call call = { .pid = tid };

	return foreign_ask(NULL, path, true, foreign_find, &call, NULL) ?: call.fd ?: -EMFILE;
}

int foreign_open(const struct host_dir *at, const char *path, bool follow, struct host_stat *st)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW),
		.resolve = at && at->local ? 0 : RESOLVE_CACHED,
	};
	struct helper_call call = { 0 };
	int fd, ret;

	*st = (struct host_stat){ 0 };
	fd = syscall(SYS_openat2, at ? at->fd : AT_FDCWD, path, &how, sizeof(how));
	if (fd >= 0) {
		ret = live_stat(&live_host, &(struct host_dir){ .fd = fd }, "", HOST_BTIME, st);
		if (!ret)
			return fd;
		close(fd);
		return ret;
	} else if (errno != EAGAIN && errno != ENOSYS && errno != EINVAL && errno != EPERM) {
		return -errno;
	}
	ret = foreign_ask(at, path, follow, foreign_find, &call, NULL);
	if (ret)
		return ret;
	*st = call.st;
	return call.fd ?: -EMFILE;
}

int foreign_stat(const struct host_dir *at, const char *path, unsigned int flags,
		 struct host_stat *st)
{
	const struct foreign_entry *entry = at ? at->entry : NULL;
	int fd;

	if (entry && entry->name == path) {
		*st = entry->st;
		return entry->err;
	}
	if (at && at->local && !(flags & HOST_FOLLOW) && !strchr(path, '/'))
		return live_stat(at->host, &(struct host_dir){ .fd = at->fd }, path, flags, st);
	fd = foreign_open(at, path, flags & HOST_FOLLOW, st);
	if (fd < 0)
		return fd;
	close(fd);
	if (!(flags & HOST_BTIME))
		st->btime = st->btime_ns = 0;
	return 0;
}

/* Reopens what was found, which cannot be exchanged any more. */
static int foreign_reopen(struct helper_call *call, int flags)
{
	int place = lookup_place(call), fd;

	if (place < 0)
		return place;
	/* Opening a FIFO or a device is no mere look. */
	if (flags & O_DIRECTORY ? S_ISDIR(call->st.mode) : S_ISREG(call->st.mode))
		fd = live_reopen(place, flags | O_NOATIME);
	else
		fd = flags & O_DIRECTORY ? -ENOTDIR : S_ISDIR(call->st.mode) ? -EISDIR : -EINVAL;
	/* The access time stays, where its owner or root looks; always of what is peeked at. */
	if (fd == -EPERM && (flags & O_DIRECTORY || !(call->flags & HOST_NO_LAST_LINK)))
		fd = live_reopen(place, flags);
	close(place);
	return fd;
}

static int foreign_list(struct helper_call *call)
{
	int fd = foreign_reopen(call, O_RDONLY | O_DIRECTORY);

	call->size = 0;
	if (fd < 0)
		return fd;
	call->fd = fd;
	return 0;
}

int foreign_open_dir(const struct host_dir *at, const char *path, bool follow,
		     struct host_dir *dir)
{
	struct helper_call call = { 0 };
	struct host_stat st;
	int place = foreign_open(at, path, follow, &st), fd;

	if (place < 0)
		return place;
	dir->near = S_ISDIR(st.mode) && fs_is_local(place, st.dev);
	/* Nobody but us and root can have locked it. */
	dir->local = dir->near && (!st.uid || st.uid == geteuid()) && !(st.mode & 0022);
	if (dir->near) {
		fd = live_reopen(place, O_RDONLY | O_DIRECTORY | O_NOATIME);
		if (fd == -EPERM)
			fd = live_reopen(place, O_RDONLY | O_DIRECTORY);
	} else {
		fd = foreign_ask(at, path, follow, foreign_list, &call, NULL) ?: call.fd ?: -EMFILE;
	}
	close(place);
	return fd;
}

struct listing {
	struct helper_thread thread;
	int fd;
	ssize_t len;
	char entries[];
};

static void foreign_get_by_thread(struct helper_thread *thread)
{
	struct listing *listing = (struct listing *)thread;
	const size_t room = (size_t)listing->len;
	ssize_t len;

	listing->len = 0;
	do {
		len = getdents64(listing->fd, listing->entries + listing->len,
				 room - (size_t)listing->len);
		listing->len = len < 0 ? -errno : listing->len + len;
	} while (len > 0 && (size_t)listing->len < room / 2);
	close(listing->fd);
}

/* fs/readdir.c, iterate_dir(): the wait for the lock ends by SIGKILL. */
ssize_t foreign_get_entries(const struct host_dir *dir, char *to, size_t size)
{
	struct listing *listing;
	struct host_stat st;
	ssize_t ret = live_stat(dir->host, dir, "", 0, &st);

	if (ret)
		return ret;
	listing = calloc(1, sizeof(*listing) + size);
	if (!listing)
		return -ENOMEM;
	listing->thread.work = foreign_get_by_thread;
	listing->len = (ssize_t)size;
	listing->fd = fcntl(dir->fd, F_DUPFD_CLOEXEC, 0);
	if (listing->fd < 0) {
		ret = -errno;
		free(listing);
		return ret;
	}
	ret = helper_by_thread(&listing->thread, st.dev);
	if (!ret) {
		ret = listing->len;
		memcpy(to, listing->entries, ret > 0 ? (size_t)ret : 0);
	}
	if (ret != -ETIMEDOUT)
		free(listing);
	return ret;
}

static void foreign_add_entries(struct helper_call *call, const char *dents, ssize_t len)
{
	const struct host_dir dir = { .host = &live_host, .fd = call->fd };
	const struct dirent64 *from;
	struct foreign_entry *to;
	ssize_t pos;

	for (pos = 0; pos < len; pos += from->d_reclen) {
		from = (const struct dirent64 *)(dents + pos);
		to = (struct foreign_entry *)(call->data + call->size);
		*to = (struct foreign_entry){
			.ino = from->d_ino, .type = from->d_type,
			.len = (uint16_t)((sizeof(*to) + strlen(from->d_name) + 8) & ~7u),
		};
		strcpy(to->name, from->d_name);
		if (call->flags)
			to->err = live_stat(&live_host, &dir, to->name, HOST_BTIME, &to->st);
		call->size += to->len;
	}
}

/* The next of the directory call->fd. */
static int foreign_next(struct helper_call *call)
{
	static char dents[DENTS_ROOM];
	ssize_t len;
	int err;

	call->size = 0;
	err = helper_enter(call, call->st.dev);
	if (err)
		return err;
	if (!call->addr && lseek(call->fd, 0, SEEK_SET) < 0)
		return -errno;
	call->addr = 1;
	while ((len = getdents64(call->fd, dents, sizeof(dents))) > 0) {
		foreign_add_entries(call, dents, len);
		if (call->size > HELPER_ROOM - MOST_ENTRIES)
			return 0;
	}
	call->addr = 2;		/* that was all */
	return len < 0 ? -errno : 0;
}

int foreign_read_dir(struct host_dir *dir, struct buf *scratch, host_dir_fn *each, void *arg)
{
	struct helper_call call = { .flags = dir->looks };
	size_t pos;
	int ret = live_stat(dir->host, dir, "", 0, &call.st);

	while (!ret && call.addr < 2) {
		buf_reset(scratch);
		call.fd = dir->fd;
		ret = helper_ask(foreign_next, &call, scratch);
		for (pos = 0; !ret && pos < scratch->len; ) {
			const struct foreign_entry *entry = (void *)(scratch->data + pos);

			pos += entry->len;
			if (entry->name[0] == '.' && (!entry->name[1] ||
			    (entry->name[1] == '.' && !entry->name[2])))
				continue;
			dir->entry = dir->looks ? entry : NULL;
			ret = each(arg, entry->name, entry->ino, entry->type);
		}
		dir->entry = NULL;
	}
	return ret;
}

/* As much as there is room for, from call->addr. */
static int foreign_read_part(struct helper_call *call)
{
	uint64_t from = call->addr, most = call->size;
	ssize_t len;
	int fd;

	call->size = 0;
	fd = call->pid ? helper_enter(call, -(uint64_t)call->pid) : 0;
	if (!fd)
		fd = foreign_reopen(call, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	len = pread(fd, call->data, most, (off_t)from);
	call->size = len > 0 ? (uint64_t)len : 0;
	len = len < 0 ? -errno : 0;
	close(fd);
	return (int)len;
}

/* What is on a disk of ours or in memory, or on what is mounted as our root, and nobody but we
 * and root can have locked, needs no helper: -EXDEV for all else. */
static int foreign_open_own(const struct host_dir *at, const char *path)
{
	struct statx file, root;
	struct host_stat st;
	int place = foreign_open(at, path, true, &st), fd = -EXDEV;

	if (place < 0)
		return place;
	if (S_ISREG(st.mode) && (!st.uid || st.uid == geteuid()) && !(st.mode & 0022) &&
	    ((!live_statx(place, "", AT_EMPTY_PATH, STATX_MNT_ID, &file) &&
	      !live_statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &root) &&
	      file.stx_mnt_id == root.stx_mnt_id) || fs_is_local(place, st.dev)))
		fd = live_reopen(place, O_RDONLY | O_NONBLOCK);
	close(place);
	return fd;
}

int foreign_read(const struct host_dir *at, const char *path, pid_t pid, struct buf *buf)
{
	struct helper_call call = { .pid = pid, .size = HELPER_ROOM };
	int ret = pid ? -EXDEV : foreign_open_own(at, path), fd = ret;

	buf_reset(buf);
	if (fd >= 0) {
		ret = live_read_fd(fd, buf);
		close(fd);
	}
	if (ret != -EXDEV)
		return ret;
	do {
		call.addr = buf->len;
		call.size = HELPER_ROOM;
		ret = foreign_ask(at, path, true, foreign_read_part, &call, buf);
	} while (!ret && call.size);
	buf_room(buf, 1)[0] = '\0';
	return ret;
}

int host_file_answers(const char *path)
{
	struct helper_call call = { .size = 1 };
	struct buf text = { 0 };
	int fd = foreign_open_own(NULL, path), ret = fd;

	if (fd >= 0)
		close(fd);
	if (fd == -EXDEV)
		ret = foreign_ask(NULL, path, true, foreign_read_part, &call, &text);
	buf_free(&text);
	return ret == -ETIMEDOUT ? ret : 0;
}

ssize_t live_peek(const struct host *host, const struct host_dir *at,
		  const char *path, void *to, size_t size)
{
	struct helper_call call = { .size = size };
	struct buf bytes = { 0 };
	struct host_stat st;
	int fd = foreign_open(at, path, false, &st);
	ssize_t ret;

	if (fd < 0)
		return fd;
	/* Nobody waits for a file in memory. */
	if (S_ISREG(st.mode) && fs_is_memory(st.dev)) {
		ret = live_reopen(fd, O_RDONLY | O_NOATIME | O_NONBLOCK);
		close(fd);
		if (ret < 0)
			return ret;
		fd = (int)ret;
		ret = pread(fd, to, size, 0);
		ret = ret < 0 ? -errno : ret;
		close(fd);
		return ret;
	}
	close(fd);
	ret = foreign_ask(at, path, false, foreign_read_part, &call, &bytes);
	if (!ret && bytes.len)
		memcpy(to, bytes.data, bytes.len);
	ret = ret ? ret : (ssize_t)bytes.len;
	buf_free(&bytes);
	return ret;
}
