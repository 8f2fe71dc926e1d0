// SPDX-License-Identifier: GPL-2.0-or-later
#include <time.h>

#include "ipcscope/render.h"

static void put_two(struct buf *to, char before, int num)
{
	if (before)
		buf_putc(to, before);
	buf_putc(to, (char)('0' + num / 10 % 10));
	buf_putc(to, (char)('0' + num % 10));
}

static void put_zone(struct buf *to, long seconds)
{
	long minutes = (seconds < 0 ? -seconds : seconds) / 60;

	put_two(to, seconds < 0 ? '-' : '+', (int)(minutes / 60));
	put_two(to, ':', (int)(minutes % 60));
}

void render_time(struct buf *to, int64_t when, char gap)
{
	time_t seconds = (time_t)when;
	struct tm tm;

	/* The year may be none that fits into tm_year. */
	if (!localtime_r(&seconds, &tm)) {
		buf_i64(to, when);
		return;
	}
	buf_i64(to, tm.tm_year + (int64_t)1900);
	put_two(to, '-', tm.tm_mon + 1);
	put_two(to, '-', tm.tm_mday);
	put_two(to, gap, tm.tm_hour);
	put_two(to, ':', tm.tm_min);
	put_two(to, ':', tm.tm_sec);
	if (gap == 'T')
		put_zone(to, tm.tm_gmtoff);
}
