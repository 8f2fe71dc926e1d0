// SPDX-License-Identifier: GPL-2.0-or-later
/* The tool's own files: its log, what it keeps for undo, and its lock. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "write.h"
#include "ipcscope/text.h"
#include "host/live.h"
#include "util/outfile.h"

#define MOST_TRIES	200	/* to have the lock of one that has ended */
#define ZEROS	4096	/* bytes that are left out together */

int state_dir(const char *path, size_t base)
{
	return host_answers(path) ?: outfile_make_dir(path, base);
}

static int state_open(const char *path, int flags)
{
	int fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

int state_lock(const char *path, bool wait, pid_t *holder)
{
	char text[32] = "";
	const char *at = text;
	unsigned int tries = 0;
	uint64_t pid = 0;
	bool ours;
	int fd = outfile_append(path, &ours), busy;

	*holder = 0;
	/* Another name of some other file must not lose what it holds. */
	if (fd >= 0 && !ours) {
		close(fd);
		return -EPERM;
	}
	if (fd < 0)
		return fd;
	/* A helper process of one that was killed has the lock until it notices. */
	while ((busy = flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB)) && tries++ < MOST_TRIES) {
		at = text;
		if (pread(fd, text, sizeof(text) - 1, 0) <= 0 || !num_u64(&at, &pid) ||
		    pid > INT32_MAX || !kill((pid_t)pid, 0) || errno != ESRCH)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	if (!busy) {
		snprintf(text, sizeof(text), "%d\n", getpid());
		if (!ftruncate(fd, 0))
			state_write(fd, text, strlen(text));
		return fd;
	}
	if (pid && pid <= INT32_MAX)
		*holder = (pid_t)pid;
	close(fd);
	return -EWOULDBLOCK;
}

int state_create(const char *path)
{
	return state_open(path, O_WRONLY | O_CREAT | O_EXCL);
}

int state_append(const char *path, bool *ours)
{
	return host_answers(path) ?: outfile_append(path, ours);
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

int state_read_from(int fd, uint64_t offset, uint64_t most, struct buf *buf)
{
	buf_reset(buf);
	buf_room(buf, 1)[0] = '\0';
	while (buf->len < most) {
		size_t want = most - buf->len < 65536 ? most - buf->len : 65536;
		ssize_t len = pread(fd, buf_room(buf, want + 1), want,
				    (off_t)(offset + buf->len));

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			return len < 0 ? -errno : 0;
		buf->len += len;
		buf->data[buf->len] = '\0';
	}
	return 0;
}

int state_read(const char *path, uint64_t most, struct buf *buf)
{
	int fd = state_open(path, O_RDONLY | O_NONBLOCK), ret;

	buf_reset(buf);
	if (fd < 0)
		return fd;
	ret = state_read_from(fd, 0, most, buf);
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

uint64_t state_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : (uint64_t)st.st_size;
}

uint64_t state_inode(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : (uint64_t)st.st_ino;
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

void state_syslog(int priority, const char *line)
{
	static const struct sockaddr_un log = { .sun_family = AF_UNIX, .sun_path = _PATH_LOG };
	static int fd = -1;
	static bool tried;
	struct buf text = { 0 };
	char when[32];
	time_t now = time(NULL);
	struct tm tm;

	if (!tried) {
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd >= 0 && connect(fd, (const struct sockaddr *)&log, sizeof(log))) {
			close(fd);
			fd = -1;
		}
	}
	tried = true;
	if (fd < 0)
		return;
	strftime(when, sizeof(when), "%b %e %H:%M:%S", localtime_r(&now, &tm) ?: gmtime_r(&now, &tm));
	buf_printf(&text, "<%d>%s ipcscope[%d]: %s", LOG_USER | priority, when, getpid(), line);
	send(fd, text.data, text.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	buf_free(&text);
}
