// SPDX-License-Identifier: GPL-2.0-or-later
/* What could not be seen, in a line or two. */
#include <errno.h>

#include "ipcscope/text.h"
#include "internal.h"

/* Without these of a process its users are missing, whatever else is. */
#define PARTS_OF_USERS	(NEED(PROCS) | NEED(FDS) | NEED(MAPS))

static void warnings_put_processes(struct buf *to, uint32_t nr)
{
	num_grouped(to, nr);
	buf_puts(to, nr == 1 ? " process" : " processes");
}

void part_means(struct buf *to, enum part part, uint32_t nr)
{
	const char *means = part_infos[part].means;
	const char *gap = strstr(means, "%s");

	if (!gap) {
		buf_puts(to, means);
		return;
	}
	buf_add(to, means, (size_t)(gap - means));
	warnings_put_processes(to, nr);
	buf_puts(to, gap + 2);
}

/* Processes some part could not be read of. */
struct unread {
	uint32_t nr;
	pid_t first;
	int err;		/* of the first */
	bool others;		/* all belong to others than who looked */
};

static int warnings_compare_gaps(const void *a, const void *b)
{
	const struct gap *x = *(const struct gap *const *)a;
	const struct gap *y = *(const struct gap *const *)b;

	return COMPARE(x->pid, y->pid) ?: COMPARE(x->part, y->part);
}

static void warnings_add_unread(struct unread *unread, const struct snapshot *snap,
				const struct gap *gap)
{
	if (!unread->nr++) {
		unread->first = gap->pid;
		unread->err = gap->err;
		unread->others = true;
	}
	if ((gap->err != EACCES && gap->err != EPERM) || gap->uid == snap->host.uid)
		unread->others = false;
}

/*
 * Counts each process once: in @users if one of PARTS_OF_USERS is missing,
 * else in each of the parts it lacks.
 */
static void warnings_count_unread(const struct snapshot *snap, uint64_t parts,
				  struct unread *users, struct unread of[NR_PARTS])
{
	const struct gap **gaps = mem_zero(snap->gaps.nr, sizeof(*gaps));
	uint32_t i, end, g, nr = 0;

	for (i = 0; i < snap->gaps.nr; i++) {
		if (parts >> snap->gaps.at[i].part & 1)
			gaps[nr++] = &snap->gaps.at[i];
	}
	if (nr)
		qsort(gaps, nr, sizeof(*gaps), warnings_compare_gaps);
	for (i = 0; i < nr; i = end) {
		const struct gap *worst = NULL;

		for (end = i; end < nr && gaps[end]->pid == gaps[i]->pid; end++) {
			if (!worst && PARTS_OF_USERS >> gaps[end]->part & 1)
				worst = gaps[end];
		}
		if (worst)
			warnings_add_unread(users, snap, worst);
		for (g = i; !worst && g < end; g++) {
			if (g == i || gaps[g]->part != gaps[g - 1]->part)
				warnings_add_unread(&of[gaps[g]->part], snap, gaps[g]);
		}
	}
	free(gaps);
}

static const char *warnings_reason(int err)
{
	return err == ETIMEDOUT ? "its file system does not answer" : strerrordesc_np(err);
}

static void warnings_put_reason(struct buf *to, const struct unread *unread)
{
	buf_puts(to, " (");
	if (unread->others && unread->nr > 1)
		buf_puts(to, "other users");
	else if (unread->err == EBUSY)
		buf_puts(to, unread->nr > 1 ? "ending, and do not come to their end" :
			 "ending, and does not come to its end");
	else
		buf_puts(to, warnings_reason(unread->err) ?: "unknown error");
	buf_putc(to, ')');
}

static void warnings_put_unread_users(struct buf *to, const struct unread *users)
{
	if (users->nr == 1) {
		buf_puts(to, "pid ");
		buf_i64(to, users->first);
		buf_puts(to, " could not be read");
		warnings_put_reason(to, users);
		buf_puts(to, "; ? where that matters");
		return;
	}
	warnings_put_processes(to, users->nr);
	buf_puts(to, " could not be read");
	warnings_put_reason(to, users);
	buf_puts(to, ": users missing");
}

static void warnings_put_what(struct buf *to, const struct warning *warning)
{
	const char *desc = warning->err ? warnings_reason(warning->err) : NULL;

	if (warning->what)
		text_escape(to, warning->what->data, warning->what->len);
	if (desc) {
		buf_puts(to, warning->what ? " (" : "");
		buf_puts(to, desc);
		buf_puts(to, warning->what ? ")" : "");
	}
	if (warning->count > 1) {
		buf_puts(to, " and ");
		num_grouped(to, warning->count - 1);
		buf_puts(to, " more");
	}
}

/* What else is missing of a part, its errors one behind the other; or that this kernel
 * does not have it. Warnings with a pid were made of the gaps. */
static void warnings_put_missing(struct buf *to, const struct snapshot *snap,
				 enum part part, bool unsupported)
{
	const struct part_info *info = &part_infos[part];
	const struct warning *warning;
	bool any = false;

	vec_for_each(warning, &snap->warnings) {
		if (warning->part != part || warning->first || warning->unsupported != unsupported)
			continue;
		if (unsupported) {
			buf_puts(to, info->what);
			buf_puts(to, ": this system has none");
			return;
		}
		if (!any)
			buf_puts(to, strstr(info->means, "%s") ? info->what : info->means);
		buf_puts(to, any ? "; " : ": ");
		any = true;
		warnings_put_what(to, warning);
	}
}

struct listener {
	void (*each)(void *arg, const char *line);
	void *arg;
};

static void warnings_tell(const struct listener *listener, struct buf *line)
{
	if (line->len)
		listener->each(listener->arg, line->data);
	buf_reset(line);
}

void render_warnings(const struct snapshot *snap, uint64_t parts,
		     void (*each)(void *arg, const char *line), void *arg)
{
	const struct listener listener = { each, arg };
	struct unread of[NR_PARTS] = {}, users = {};
	struct buf line = {};
	enum part part;

	warnings_count_unread(snap, parts, &users, of);
	if (users.nr)
		warnings_put_unread_users(&line, &users);
	warnings_tell(&listener, &line);
	for (part = 0; part < NR_PARTS; part++) {
		if (!(parts >> part & 1))
			continue;
		if (of[part].nr) {
			part_means(&line, part, of[part].nr);
			buf_puts(&line, of[part].nr == 1 ? ": pid " : ": first pid ");
			buf_i64(&line, of[part].first);
			warnings_put_reason(&line, &of[part]);
		}
		warnings_tell(&listener, &line);
		warnings_put_missing(&line, snap, part, false);
		warnings_tell(&listener, &line);
		warnings_put_missing(&line, snap, part, true);
		warnings_tell(&listener, &line);
	}
	buf_free(&line);
}
