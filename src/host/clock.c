// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether CLOCK_REALTIME was set: its distance from CLOCK_BOOTTIME changes then, and
 * only then (slewing moves both, timekeeping_adjust()). Runs that may write note both
 * clocks; a note from before an object was made, at the distance that holds now, is
 * what makes its times comparable with the start of a process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "live.h"

#define CLOCK_DIR	"/run/ipcscope"
#define CLOCK_FILE	"clock"
#define CLOCK_SAME	1500	/* ms: a leap second is no step */
#define MAX_NOTES	4096	/* bytes of the file that count: its end */

static int64_t clock_ms(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A file that only we or root can have written, in such a directory. */
static bool clock_trusts(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (!st.st_uid || st.st_uid == geteuid()) &&
	       !(st.st_mode & 0022);
}

static int clock_open(int flags)
{
	int dir = open(CLOCK_DIR, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int fd = -1;

	if (dir >= 0 && clock_trusts(dir))
		fd = openat(dir, CLOCK_FILE, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			    0644);
	if (dir >= 0)
		close(dir);
	if (fd >= 0 && !clock_trusts(fd)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int64_t live_clock_steady(const struct host *host)
{
	int64_t distance = clock_ms(CLOCK_REALTIME) - clock_ms(CLOCK_BOOTTIME), since = 0;
	char text[MAX_NOTES + 1], *line = text, *end;
	int fd = clock_open(O_RDONLY);
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

		if (line != end || llabs(real - boot - distance) > CLOCK_SAME)
			since = 0;
		else if (!since)
			since = (real + 999) / 1000;
	}
	return since;
}

void live_clock_note(const struct host *host)
{
	int64_t real = clock_ms(CLOCK_REALTIME), boot = clock_ms(CLOCK_BOOTTIME);
	char line[64];
	int fd, len;

	if (live_clock_steady(host))
		return;
	if (mkdir(CLOCK_DIR, 0755) && errno != EEXIST)
		return;
	fd = clock_open(O_WRONLY | O_CREAT | O_APPEND);
	if (fd < 0)
		return;
	len = snprintf(line, sizeof(line), "%lld %lld\n", (long long)real, (long long)boot);
	/* A note that is not written is missing, no more. */
	(void)!write(fd, line, (size_t)len);
	close(fd);
}
