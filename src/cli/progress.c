// SPDX-License-Identifier: GPL-2.0-or-later
/* How far a long run is: one line on the terminal, erased afterwards. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ipcscope/num.h"
#include "picture.h"

#define FIRST_AFTER	1000	/* milliseconds */
#define THEN_EVERY	100
#define ERASE_LINE	"\r\033[K"

static int64_t progress_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_line(struct buf *to, const struct progress *progress)
{
	buf_printf(to, "reading %s: ", progress->what);
	num_grouped(to, progress->done);
	if (progress->total) {
		buf_puts(to, " of ");
		num_grouped(to, progress->total);
	}
	if (!progress->fds)
		return;
	buf_puts(to, ", ");
	num_grouped(to, progress->fds);
	buf_puts(to, " descriptors");
}

static void progress_meter_tell(struct progress *progress)
{
	struct progress_meter *meter = (struct progress_meter *)progress;
	int64_t now = progress_now();
	struct buf line = { .to = stderr };

	if (now < meter->next)
		return;
	meter->next = now + THEN_EVERY;
	meter->shown = true;
	buf_puts(&line, ERASE_LINE);
	progress_line(&line, progress);
	buf_flush(&line);
	buf_free(&line);
}

struct progress *progress_meter_init(struct progress_meter *meter,
				     const struct request *req)
{
	const char *term = getenv("TERM");

	*meter = (struct progress_meter){ .progress.tell = progress_meter_tell };
	if (asked(req, OPTION_NO_PROGRESS) || !isatty(STDERR_FILENO) ||
	    !term || !strcmp(term, "dumb"))
		return NULL;
	meter->next = progress_now() + FIRST_AFTER;
	return &meter->progress;
}

void progress_meter_end(struct progress_meter *meter)
{
	if (!meter->shown)
		return;
	fputs(ERASE_LINE, stderr);
	fflush(stderr);
}
