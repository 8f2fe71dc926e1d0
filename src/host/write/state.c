// SPDX-License-Identifier: GPL-2.0-or-later
/* The tool's own files: its log, what it keeps for undo, and its lock. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "write.h"
#include "ipcscope/text.h"
#include "host/live.h"

#define ZEROS	4096	/* bytes that are left out together */

/* Whether nobody but us and root may write to it. */
static bool state_is_private(const struct stat *st)
{
	return (st->st_uid == geteuid() || !st->st_uid) && !(st->st_mode & 0022);
}

/*
 * Whether nobody but us and root can have made @path what it is, given that the same holds of
 * all above: a directory, or a link to one, of ours or root's. In a directory that all may
 * write to, other users may have put a link, but no directory, of ours.
 */
static int state_check_level(const char *path, uid_t root, bool *shared)
{
	struct stat st, to;

	if (lstat(path, &st) || stat(path, &to))
		return -errno;
	if (!S_ISDIR(to.st_mode))
		return -ENOTDIR;
	if ((st.st_uid != geteuid() && st.st_uid && st.st_uid != root) ||
	    (to.st_uid != geteuid() && to.st_uid && to.st_uid != root) ||
	    (S_ISLNK(st.st_mode) && *shared) ||
	    (to.st_mode & 0002 && !(to.st_mode & S_ISVTX)))
		return -EPERM;
	*shared = to.st_mode & 0002;
	return 0;
}

int state_dir(const char *path)
{
	struct buf made = { 0 };
	const char *slash = path;
	bool shared = false;
	struct stat st;
	uid_t root;
	int ret = 0;

	/* In a user namespace root's directories are nobody's. */
	if (stat("/", &st))
		return -errno;
	root = st.st_uid;
	do {
		slash = strchr(slash + 1, '/');
		buf_reset(&made);
		buf_add(&made, path, slash ? (size_t)(slash - path) : strlen(path));
		if (mkdir(made.data, slash ? 0755 : 0700) && errno != EEXIST)
			ret = -errno;
		/* One that may not be made may be there for all that. */
		if (ret == -EACCES || ret == -EROFS || ret == -EPERM)
			ret = access(made.data, F_OK) ? ret : 0;
		if (!ret)
			ret = state_check_level(made.data, root, &shared);
	} while (!ret && slash);
	buf_free(&made);
	if (ret || lstat(path, &st))
		return ret ? ret : -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	return state_is_private(&st) ? 0 : -EPERM;
}

const char *state_dir_error(int err)
{
	return err == -EPERM ? "others may write to it, or to one above it" :
	       err == -ELOOP ? "it is a symbolic link" : strerror(-err);
}

static int state_open(const char *path, int flags)
{
	int fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

int state_lock(const char *path, bool wait, pid_t *holder)
{
	int fd = state_open(path, O_RDWR | O_CREAT);
	char text[32] = "";
	const char *at = text;
	uint64_t pid = 0;
	struct stat st;

	*holder = 0;
	if (fd < 0)
		return fd;
	/* Another name of some other file must not lose what it holds. */
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid()) {
		close(fd);
		return -EPERM;
	}
	if (!flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB)) {
		snprintf(text, sizeof(text), "%d\n", getpid());
		if (!ftruncate(fd, 0))
			state_write_at(fd, 0, text, strlen(text));
		return fd;
	}
	if (pread(fd, text, sizeof(text) - 1, 0) > 0 && num_u64(&at, &pid) && pid <= INT32_MAX)
		*holder = (pid_t)pid;
	close(fd);
	return -EWOULDBLOCK;
}

int state_create(const char *path)
{
	return state_open(path, O_WRONLY | O_CREAT | O_EXCL);
}

int state_append(const char *path)
{
	return state_open(path, O_RDWR | O_CREAT | O_APPEND | O_NOCTTY);
}

/* At the end of the file if @offset is -1. */
static int state_write_all(int fd, off_t offset, const char *at, size_t len)
{
	while (len) {
		ssize_t done = offset < 0 ? write(fd, at, len) : pwrite(fd, at, len, offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		at += done;
		len -= done;
		offset += offset < 0 ? 0 : done;
	}
	return 0;
}

int state_write(int fd, const void *data, size_t len)
{
	return state_write_all(fd, -1, data, len);
}

int state_write_at(int fd, uint64_t offset, const void *data, size_t len)
{
	return state_write_all(fd, (off_t)offset, data, len);
}

int state_write_sparse(int fd, uint64_t offset, const void *data, size_t len)
{
	const char *at = data;
	size_t part;
	int ret = 0;

	for (; len && !ret; len -= part, at += part, offset += part) {
		part = len < ZEROS ? len : ZEROS;
		if (*at || memcmp(at, at + 1, part - 1))
			ret = state_write_at(fd, offset, at, part);
	}
	return ret;
}

int state_resize(int fd, uint64_t size)
{
	return ftruncate(fd, (off_t)size) ? -errno : 0;
}

/* Pipes and the like have nothing to be synced. */
int state_sync(int fd)
{
	return fsync(fd) && errno != EINVAL && errno != EROFS ? -errno : 0;
}

int state_sync_all(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = syncfs(fd) ? -errno : 0;
	close(fd);
	return ret;
}

void state_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

int state_rename(const char *from, const char *to)
{
	return rename(from, to) ? -errno : 0;
}

int state_unlink(const char *path)
{
	return unlink(path) ? -errno : 0;
}

int state_read(const char *path, uint64_t offset, uint64_t most, struct buf *buf)
{
	int fd = state_open(path, O_RDONLY | O_NONBLOCK), ret = 0;

	buf_reset(buf);
	buf_room(buf, 1)[0] = '\0';
	if (fd < 0)
		return fd;
	while (buf->len < most) {
		size_t want = most - buf->len < 65536 ? most - buf->len : 65536;
		ssize_t len = pread(fd, buf_room(buf, want + 1), want,
				    (off_t)(offset + buf->len));

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0) {
			ret = len < 0 ? -errno : 0;
			break;
		}
		buf->len += len;
		buf->data[buf->len] = '\0';
	}
	close(fd);
	return ret;
}

int state_read_to(const char *path, host_sink_fn *sink, void *arg)
{
	int fd = state_open(path, O_RDONLY | O_NONBLOCK), ret;

	if (fd < 0)
		return fd;
	ret = live_write_ops.contents->read_file(fd, sink, arg);
	close(fd);
	return ret;
}

int state_stat(const char *path, struct host_stat *st)
{
	return live_stat(&live_host, NULL, path, 0, st);
}

bool state_is_ours(int fd, const char *path)
{
	struct stat file, dir;

	return !fstat(fd, &file) && S_ISREG(file.st_mode) && file.st_nlink == 1 &&
	       state_is_private(&file) && !lstat(path, &dir) && S_ISDIR(dir.st_mode) &&
	       state_is_private(&dir);
}

/* The kernel tells of setuid, setgid and file capabilities by AT_SECURE; of root it does so
 * only where a security module changes its domain. */
bool state_is_borrowed(void)
{
	return getuid() != geteuid() || getgid() != getegid() ||
	       (geteuid() && getauxval(AT_SECURE));
}

int state_list(const char *path, host_dir_fn *each, void *arg)
{
	struct buf scratch = { 0 };
	struct host_dir dir;
	int ret = live_open_dir(&live_host, NULL, path, &dir);

	if (ret)
		return ret;
	ret = live_read_dir(&dir, &scratch, each, arg);
	live_close_dir(&dir);
	buf_free(&scratch);
	return ret;
}

int state_random(uint64_t *num)
{
	return getrandom(num, sizeof(*num), 0) == sizeof(*num) ? 0 : -EIO;
}
