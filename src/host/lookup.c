// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a path means to another thread: from its root, its working directory or
 * one of its descriptors, through the symbolic links as that thread would follow
 * them; path_resolution(7). Component by component, so that the file system in
 * hand is known before it is asked, and so that nothing leads out of a chroot.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "live.h"

#define MOST_LINKS	40	/* MAXSYMLINKS, include/linux/namei.h */
#define PROC_ROOT_INO	1	/* include/linux/proc_ns.h */

struct lookup {
	struct helper_call *call;
	int root;		/* O_PATH, as all here are */
	int at;			/* the directory reached, or the file */
	struct statx st;	/* of @at */
	int links;
	char rest[2 * 4096];	/* what is still to be walked, NUL-terminated */
};

static int lookup_stat(struct lookup *look, int fd, struct statx *st)
{
	int err = live_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID,
			     st);

	return err ?: helper_enter(look->call, makedev(st->stx_dev_major, st->stx_dev_minor));
}

/* Goes on from @fd, which it takes; 0 or -errno. */
static int lookup_enter(struct lookup *look, int fd)
{
	int err;

	if (fd < 0)
		return -errno;
	err = lookup_stat(look, fd, &look->st);
	if (look->at >= 0)
		close(look->at);
	look->at = fd;
	return err;
}

/* The root is its own parent. */
static int lookup_up(struct lookup *look)
{
	struct statx root;
	int err = lookup_stat(look, look->root, &root);

	if (err)
		return err;
	if (root.stx_ino == look->st.stx_ino && root.stx_mnt_id == look->st.stx_mnt_id)
		return lookup_stat(look, look->at, &look->st);
	return lookup_enter(look, openat(look->at, "..", O_PATH | O_CLOEXEC));
}

/* Puts @text, a link's, before what is still to be walked. */
static int lookup_insert(struct lookup *look, const char *text, size_t len)
{
	size_t rest = strlen(look->rest);

	if (len + 1 + rest >= sizeof(look->rest))
		return -ENAMETOOLONG;
	memmove(look->rest + len + 1, look->rest, rest + 1);
	memcpy(look->rest, text, len);
	look->rest[len] = '/';
	if (text[0] == '/')
		return lookup_enter(look, fcntl(look->root, F_DUPFD_CLOEXEC, 0));
	return 0;
}

/* The beginning of a file of @proc, NUL-terminated; "" if it cannot be read. */
static void lookup_read(int proc, const char *path, char *text, size_t room)
{
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, room - 1);

	if (fd >= 0)
		close(fd);
	text[len > 0 ? len : 0] = '\0';
}

/* The start of the process in clock ticks, of "DIR/stat"; 0 if it has none. */
static uint64_t lookup_start(int proc, const char *pid)
{
	char path[32], text[1024];
	const char *end;
	int field;

	snprintf(path, sizeof(path), "%s/stat", pid);
	lookup_read(proc, path, text, sizeof(text));
	end = strrchr(text, ')');
	for (field = 2; end && field < 22; field++)
		end = strchr(end + 1, ' ');
	return end ? strtoull(end + 1, NULL, 10) : 0;
}

uint64_t live_start_of(pid_t pid)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t start;
	char name[16];

	if (proc < 0)
		return 0;
	snprintf(name, sizeof(name), "%d", (int)pid);
	start = lookup_start(proc, name);
	close(proc);
	return start;
}

/* "self" of a /proc means who asks, and in another PID namespace that /proc has another number
 * for the thread: the one of its numbers that is the same process there. */
static int lookup_self(struct lookup *look, const char *name)
{
	char path[48], text[4096], *number, *save = NULL;
	uint64_t start;
	int self = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (self < 0)
		return -errno;
	snprintf(path, sizeof(path), "%d", look->call->pid ?: getppid());
	start = lookup_start(self, path);
	snprintf(path, sizeof(path), "%d/status", look->call->pid ?: getppid());
	lookup_read(self, path, text, sizeof(text));
	close(self);
	if (!*text || !start)
		return -ESRCH;
	number = strstr(text, !strcmp(name, "self") ? "\nNStgid:" : "\nNSpid:");
	number = number ? strtok_r(number + 1, "\n", &save) : NULL;
	number = number ? strtok_r(number, "\t ", &save) : NULL;
	while (number && (number = strtok_r(NULL, "\t ", &save))) {
		if (lookup_start(look->at, number) == start)
			return lookup_insert(look, number, strlen(number));
	}
	return -ENOENT;
}

static int lookup_link(struct lookup *look, int link, const char *name)
{
	char text[4096];
	struct statfs fs;
	ssize_t len;

	if (++look->links > MOST_LINKS)
		return -ELOOP;
	if (fstatfs(link, &fs))
		return -errno;
	if (fs.f_type == PROC_SUPER_MAGIC) {
		if (!strcmp(name, "self") || !strcmp(name, "thread-self"))
			return lookup_self(look, name);
		/* The links below a process lead to the thing itself. */
		if (look->st.stx_ino != PROC_ROOT_INO)
			return lookup_enter(look, openat(look->at, name,
							 O_PATH | O_CLOEXEC));
	}
	len = readlinkat(link, "", text, sizeof(text));
	if (len < 0)
		return -errno;
	return len ? lookup_insert(look, text, (size_t)len) : -ENOENT;
}

static int lookup_name(struct lookup *look, const char *name)
{
	struct statx st;
	int fd = openat(look->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = lookup_stat(look, fd, &st);
	if (!err && (!S_ISLNK(st.stx_mode) ||
		     (look->call->flags & HOST_NO_LAST_LINK && !*look->rest)))
		return lookup_enter(look, fd);
	if (!err)
		err = lookup_stat(look, look->at, &look->st);
	if (!err)
		err = lookup_link(look, fd, name);
	close(fd);
	return err;
}

static int lookup_walk(struct lookup *look)
{
	char name[NAME_MAX + 1];
	size_t len;
	int err = 0;

	while (!err && *look->rest) {
		len = strspn(look->rest, "/");
		memmove(look->rest, look->rest + len, strlen(look->rest + len) + 1);
		len = strcspn(look->rest, "/");
		if (!len)
			break;
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, look->rest, len);
		name[len] = '\0';
		memmove(look->rest, look->rest + len, strlen(look->rest + len) + 1);
		if (!strcmp(name, ".."))
			err = lookup_up(look);
		else if (strcmp(name, "."))
			err = lookup_name(look, name);
	}
	return err;
}

pid_t lookup_living(pid_t pid)
{
	const struct dirent *entry;
	char path[32], root[2];
	pid_t tid = 0;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks && !tid && (entry = readdir(tasks))) {
		tid = (pid_t)strtol(entry->d_name, NULL, 10);
		snprintf(path, sizeof(path), "/proc/%d/root", (int)tid);
		if (tid == pid || (tid && readlink(path, root, sizeof(root)) < 0))
			tid = 0;
	}
	if (tasks)
		closedir(tasks);
	return tid;
}

/* Where the walk begins: "/proc/PID/task/PID/WHAT", or what is our own. */
static int lookup_open(const struct helper_call *call, const char *what, const char *own)
{
	char path[64];

	/* /proc/TID leads to a thread as well as to a process. */
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)call->pid, what);
	return open(call->pid ? path : own, O_PATH | O_CLOEXEC);
}

/* Walks to what @path means to call->pid: into @look, which lookup_close() closes. */
static int lookup_begin(struct lookup *look, struct helper_call *call, const char *path)
{
	bool in_root = call->flags & HOST_IN_ROOT;
	char at[32];
	int err;

	*look = (struct lookup){ .call = call, .at = -1 };
	snprintf(look->rest, sizeof(look->rest), "%s", path);
	snprintf(at, sizeof(at), call->at == AT_FDCWD ? "cwd" : "fd/%d", call->at);
	look->root = in_root ? lookup_open(call, at, ".") : lookup_open(call, "root", "/");
	if (look->root < 0 && errno == ENOENT && call->pid) {
		call->pid = lookup_living(call->pid);
		if (call->pid)
			look->root = in_root ? lookup_open(call, at, ".") :
				     lookup_open(call, "root", "/");
		else
			errno = ENOENT;
	}
	if (look->root < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	if (call->fd && *path != '/')
		err = lookup_enter(look, fcntl(call->fd, F_DUPFD_CLOEXEC, 0));
	else
		err = lookup_enter(look, *path == '/' || in_root ?
				   fcntl(look->root, F_DUPFD_CLOEXEC, 0) :
				   lookup_open(call, at, "."));
	return err ?: lookup_walk(look);
}

static void lookup_close(struct lookup *look)
{
	if (look->at >= 0)
		close(look->at);
	if (look->root >= 0)
		close(look->root);
}

int lookup_place(struct helper_call *call)
{
	struct lookup look;
	int err = lookup_begin(&look, call, call->path), fd;

	fd = err ? err : look.at;
	if (!err) {
		live_copy_stat(&look.st, &call->st);
		look.at = -1;
	}
	lookup_close(&look);
	return fd;
}

/* Takes call->path away if it leads elsewhere from here: the kernel names what is
 * mounted in another namespace by the path it has there. */
static void lookup_name_here(struct helper_call *call, const struct statx *st)
{
	struct lookup look = { .at = -1, .root = -1 };

	call->pid = 0;
	call->at = AT_FDCWD;
	call->flags = 0;
	if (call->path[0] != '/' || lookup_begin(&look, call, call->path) ||
	    look.st.stx_ino != st->stx_ino || look.st.stx_dev_major != st->stx_dev_major ||
	    look.st.stx_dev_minor != st->stx_dev_minor)
		call->path[0] = '\0';
	lookup_close(&look);
}

static int lookup_path(struct helper_call *call)
{
	struct lookup look;
	char self[32];
	ssize_t len;
	int err = lookup_begin(&look, call, call->path);

	if (!err) {
		live_copy_stat(&look.st, &call->st);
		if (S_ISSOCK(look.st.stx_mode))
			call->st.vfs = live_vfs(look.at, call->pid, &look.st);
		snprintf(self, sizeof(self), "/proc/self/fd/%d", look.at);
		len = readlink(self, call->path, sizeof(call->path) - 1);
		call->path[len > 0 ? len : 0] = '\0';
		if (call->pid)
			lookup_name_here(call, &look.st);
	}
	call->dev = 0;
	call->size = 0;
	lookup_close(&look);
	return err;
}

int live_find_vfs(struct helper_call *call, uint64_t *vfs)
{
	struct lookup look;
	int err = lookup_begin(&look, call, call->path);

	*vfs = !err && S_ISSOCK(look.st.stx_mode) ? live_vfs(look.at, call->pid, &look.st) : 0;
	lookup_close(&look);
	return err;
}

int live_find_file(const struct host *host, pid_t tid, int at, unsigned int flags,
		   const char *path, struct buf *where, struct host_stat *st)
{
	struct helper_call call = { .pid = tid, .at = at, .flags = flags };
	int ret;

	if (strlen(path) >= sizeof(call.path))
		return -ENAMETOOLONG;
	strcpy(call.path, path);
	ret = helper_ask(lookup_path, &call, NULL);
	if (ret)
		return ret;
	buf_reset(where);
	buf_puts(where, call.path);
	*st = call.st;
	return 0;
}

static int lookup_read_link(struct helper_call *call)
{
	int place = lookup_place(call);
	ssize_t len;

	call->size = 0;
	if (place < 0)
		return place;
	len = readlinkat(place, "", call->data, HELPER_ROOM);
	call->size = len > 0 ? (uint64_t)len : 0;
	len = len < 0 ? errno == ENOENT ? -EINVAL : -errno : 0;
	close(place);
	return (int)len;
}

ssize_t foreign_read_link(const struct host_dir *at, const char *path, char *to, size_t size)
{
	struct helper_call call = { 0 };
	struct buf text = { 0 };
	ssize_t ret = foreign_ask(at, path, false, lookup_read_link, &call, &text);

	if (!ret) {
		ret = (ssize_t)(text.len < size ? text.len : size);
		memcpy(to, text.data, (size_t)ret);
	}
	buf_free(&text);
	return ret;
}
