// SPDX-License-Identifier: GPL-2.0-or-later
/* The tool's own files: its log, what it keeps for undo, and its lock. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "write.h"
#include "ipcscope/num.h"
#include "host/live.h"

static int state_check_dir(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if ((st.st_uid != geteuid() && st.st_uid) || st.st_mode & 0022)
		return -EPERM;
	return 0;
}

int state_dir(const char *path)
{
	struct buf made = { 0 };
	const char *slash = path;
	int ret = 0;

	while (!ret && slash) {
		slash = strchr(slash + 1, '/');
		buf_reset(&made);
		buf_add(&made, path, slash ? (size_t)(slash - path) : strlen(path));
		if (mkdir(made.data, slash ? 0755 : 0700) && errno != EEXIST)
			ret = -errno;
		/* One that may not be made may be there for all that. */
		if (ret == -EACCES || ret == -EROFS || ret == -EPERM)
			ret = access(made.data, F_OK) ? ret : 0;
	}
	buf_free(&made);
	return ret || !path ? ret : state_check_dir(path);
}

static void state_read_holder(int fd, pid_t *holder)
{
	char text[32] = "";
	const char *at = text;
	uint64_t pid = 0;

	if (pread(fd, text, sizeof(text) - 1, 0) > 0 && num_u64(&at, &pid) && pid <= INT32_MAX)
		*holder = (pid_t)pid;
}

static void state_write_holder(int fd)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%d\n", getpid());

	if (!ftruncate(fd, 0))
		state_write_at(fd, 0, text, len);
}

int state_lock(const char *path, bool wait, pid_t *holder)
{
	int fd;

	*holder = 0;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (!flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB)) {
		state_write_holder(fd);
		return fd;
	}
	state_read_holder(fd, holder);
	close(fd);
	return -EWOULDBLOCK;
}

static int state_open_state(const char *path, int flags)
{
	int fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

int state_create(const char *path)
{
	return state_open_state(path, O_WRONLY | O_CREAT | O_EXCL);
}

int state_append(const char *path)
{
	return state_open_state(path, O_RDWR | O_CREAT | O_APPEND | O_NOCTTY);
}

int state_write(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t done = write(fd, at, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		at += done;
		len -= done;
	}
	return 0;
}

int state_write_at(int fd, uint64_t offset, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t done = pwrite(fd, at, len, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		at += done;
		offset += done;
		len -= done;
	}
	return 0;
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
	int fd = state_open_state(path, O_RDONLY | O_NONBLOCK), ret = 0;

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
	int fd = state_open_state(path, O_RDONLY | O_NONBLOCK), ret;

	if (fd < 0)
		return fd;
	ret = live_write_ops.contents->read_file(fd, sink, arg);
	close(fd);
	return ret;
}

int state_stat(const char *path, uint64_t *size, int64_t *mtime)
{
	struct stat st;

	if (lstat(path, &st))
		return -errno;
	*size = st.st_size;
	*mtime = st.st_mtime;
	return 0;
}

int state_list(const char *path, host_dir_fn *each, void *arg)
{
	struct buf scratch = { 0 };
	struct host_dir dir;
	int ret;

	ret = live_open_dir(&live_host, NULL, path, &dir);
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
