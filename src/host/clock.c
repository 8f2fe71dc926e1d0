// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether CLOCK_REALTIME was set: its distance from CLOCK_BOOTTIME changes then, and
 * only then (slewing moves both, timekeeping_adjust()). Runs that may write note both
 * clocks; a note from before an object was made, at the distance that holds now, is
 * what makes its times comparable with the start of a process.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

#define NOTES_DIR	"/run/ipcscope"
#define CLOCK_FILE	"clock"
#define CLOCK_SAME	1500	/* ms: a leap second is no step */
#define MAX_NOTES	4096	/* bytes of the file that count: its end */

static int64_t clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* How far CLOCK_REALTIME is from CLOCK_BOOTTIME, in ms: whole clock ticks, so that it is the
 * same for all who measure it, and as measured while nothing came between. */
static int64_t clock_distance(void)
{
	const int64_t tick = 1000000000 / sysconf(_SC_CLK_TCK);
	int64_t least = INT64_MAX, distance = 0;
	int i;

	for (i = 0; i < 5; i++) {
		int64_t before = clock_ns(CLOCK_BOOTTIME), real = clock_ns(CLOCK_REALTIME);
		int64_t took = clock_ns(CLOCK_BOOTTIME) - before;

		if (took < least)
			distance = real - before - took / 2;
		least = took < least ? took : least;
	}
	return (distance + tick / 2) / tick * tick / 1000000;
}

/* A file that only we or root can have written, in such a directory. */
static bool clock_trusts(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (!st.st_uid || st.st_uid == geteuid()) &&
	       !(st.st_mode & 0022);
}

/* What is mounted there by whomever is none of ours; of the directory nothing is asked for which
 * a file system could wait. */
static int clock_open_dir(const char *path)
{
	const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV,
	};
	char parent[64];
	int above, dir;

	snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(path, '/') - path), path);
	above = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (above < 0)
		return -1;
	dir = syscall(SYS_openat2, above, strrchr(path, '/') + 1, &how, sizeof(how));
	if (dir < 0 && (errno == ENOSYS || errno == EPERM))
		dir = open(path, how.flags);
	close(above);
	return dir;
}

static int clock_open_note(const char *path, const char *name, int flags)
{
	int dir, fd = -1;

	if (flags & O_CREAT && mkdir(path, 0755) && errno != EEXIST)
		return -1;
	dir = clock_open_dir(path);
	if (dir >= 0 && clock_trusts(dir))
		fd = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
	if (dir >= 0)
		close(dir);
	if (fd >= 0 && !clock_trusts(fd)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int live_open_note(const char *name, int flags)
{
	char path[64];
	int fd;

	/* Of the clock everybody may read; what hangs, hangs for one user. */
	if (!strcmp(name, CLOCK_FILE) || !geteuid())
		return clock_open_note(NOTES_DIR, name, flags);
	snprintf(path, sizeof(path), "/run/user/%u/ipcscope", geteuid());
	fd = clock_open_note(path, name, flags);
	if (fd >= 0)
		return fd;
	/* Who is not logged in has no such directory: cron, a service. */
	snprintf(path, sizeof(path), "/run/lock/ipcscope-%u", geteuid());
	return clock_open_note(path, name, flags);
}

/* Since when, in ms, the notes know *@distance, which becomes that of the first of them; 0. */
static int64_t clock_since(int64_t *distance)
{
	const int64_t now = *distance;
	int64_t since = 0;
	char text[MAX_NOTES + 1], *line = text, *end;
	int fd = live_open_note(CLOCK_FILE, O_RDONLY);
	struct stat st;
	ssize_t len;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) || st.st_size < 0)
		st.st_size = 0;
	len = pread(fd, text, MAX_NOTES, st.st_size > MAX_NOTES ? st.st_size - MAX_NOTES : 0);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	if (st.st_size > MAX_NOTES && (end = strchr(text, '\n')))
		line = end + 1;
	/* "REALTIME BOOTTIME", in milliseconds, a line; the oldest of the last lines that have
	 * today's distance. */
	for (; (end = strchr(line, '\n')); line = end + 1) {
		int64_t real = strtoll(line, &line, 10), boot = strtoll(line, &line, 10);

		if (line != end || llabs(real - boot - now) > CLOCK_SAME) {
			since = 0;
		} else if (!since) {
			since = real;
			*distance = real - boot;
		}
	}
	if (!since)
		*distance = now;
	return since;
}

int64_t live_clock_boot(const struct host *host, int64_t *steady)
{
	int64_t distance = clock_distance();

	*steady = (clock_since(&distance) + 999) / 1000;
	return distance * sysconf(_SC_CLK_TCK) / 1000;
}

void live_clock_note(const struct host *host)
{
	int64_t distance = clock_distance(), boot = clock_ns(CLOCK_BOOTTIME) / 1000000;
	char line[64];
	int fd, len;

	if (clock_since(&distance))
		return;
	fd = live_open_note(CLOCK_FILE, O_WRONLY | O_CREAT | O_APPEND);
	if (fd < 0)
		return;
	len = snprintf(line, sizeof(line), "%" PRId64 " %" PRId64 "\n", boot + distance, boot);
	/* A note that is not written is missing, no more. */
	(void)!write(fd, line, (size_t)len);
	close(fd);
}
