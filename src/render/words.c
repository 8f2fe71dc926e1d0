// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes, names, numbers and times as tables and sentences have them. */
#include <stdlib.h>
#include <time.h>

#include "ipcscope/num.h"
#include "ipcscope/render.h"
#include "ipcscope/text.h"

void render_name(struct buf *to, const struct str *name)
{
	struct buf safe = {};

	if (!name) {
		buf_putc(to, '?');
		return;
	}
	text_escape(&safe, name->data, name->len);
	text_shell(to, safe.data ? safe.data : "", safe.len);
	buf_free(&safe);
}

void render_ref(struct buf *to, const struct snapshot *snap, const struct object *obj)
{
	struct buf ref = {};

	object_ref(&ref, snap, obj);
	text_shell(to, ref.data, ref.len);
	buf_free(&ref);
}

void render_process(struct buf *to, const struct process *proc)
{
	render_name(to, proc->comm);
	buf_putc(to, '[');
	buf_i64(to, proc->pid);
	buf_putc(to, ']');
}

void render_owner(struct buf *to, const struct snapshot *snap, bool group, uint32_t id)
{
	const struct str *name = snapshot_find_name(snap, group, id);

	if (name)
		text_escape(to, name->data, name->len);
	else if (id == (uint32_t)-1)
		buf_putc(to, '?');
	else
		buf_u64(to, id);
}

void render_count(struct buf *to, uint64_t nr, const char *noun, const char *plural)
{
	buf_printf(to, "%llu %s%s", (unsigned long long)nr, noun, nr == 1 ? "" : plural);
}

void render_size(struct buf *to, const struct view *view, uint64_t bytes)
{
	if (bytes == NUM_TOO_MUCH && format_is_exact(view->format))
		buf_putc(to, '?');
	else if (bytes != NUM_TOO_MUCH && (view->bytes || format_is_exact(view->format)))
		buf_u64(to, bytes);
	else
		num_size(to, bytes);
}

void render_since(struct buf *to, const struct snapshot *snap, int64_t when)
{
	int64_t now = snap->host.taken;

	num_age(to, now > when ? (uint64_t)(now - when) : 0);
}

void render_time(struct buf *to, int64_t when, char gap)
{
	time_t seconds = (time_t)when;
	struct tm tm;
	long minutes;

	/* The year may be none that fits into tm_year. */
	if (!localtime_r(&seconds, &tm)) {
		buf_i64(to, when);
		return;
	}
	minutes = labs(tm.tm_gmtoff) / 60;
	buf_printf(to, "%lld-%02d-%02d%c%02d:%02d:%02d", tm.tm_year + 1900LL,
		   tm.tm_mon + 1, tm.tm_mday, gap, tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (gap == 'T')
		buf_printf(to, "%c%02ld:%02ld", tm.tm_gmtoff < 0 ? '-' : '+',
			   minutes / 60 % 100, minutes % 60);
}
