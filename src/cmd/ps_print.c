// SPDX-License-Identifier: GPL-2.0-or-later
/* ps for people: all processes, and one. */
#include <string.h>

#include "cli/foot.h"
#include "ipcscope/num.h"
#include "ipcscope/text.h"
#include "ps.h"

struct tally {
	uint32_t shown[NR_CLASSES];
	uint32_t private[NR_CLASSES];
	uint32_t nr_shown, nr_private;
};

/* Objects of the process at hand, by class. */
static struct tally count_objects(const struct ps *ps, uint32_t process)
{
	const struct snapshot *snap = &ps->picture.snap;
	bool all = asked(ps->req, OPTION_ALL);
	struct tally tally = {};
	uint32_t u;

	for (u = 0; u < ps->uses.nr; u += ps_same(ps, u)) {
		const struct object *obj =
			&snap->objects.at[ps->uses.at[u].object];

		if (!all && ps_is_private(snap, obj, process)) {
			tally.private[obj->class]++;
			tally.nr_private++;
		} else {
			tally.shown[obj->class]++;
			tally.nr_shown++;
		}
	}
	return tally;
}

/* "1 shm 2 pshm" */
static void put_classes(struct buf *to, const uint32_t *counts,
			const char *between)
{
	enum class_id class;
	bool any = false;

	for (class = 0; class < NR_CLASSES; class++) {
		if (!counts[class])
			continue;
		buf_printf(to, "%s%u %s", any ? between : "", counts[class],
			   class_infos[class]->name);
		any = true;
	}
}

static void put_memory(struct buf *to, const struct ps *ps, uint32_t process)
{
	uint64_t bytes = ps_memory(ps, process);

	if (!bytes)
		return;
	if (ps->view.bytes)
		buf_u64(to, bytes);
	else
		num_size(to, bytes);
}

static void add_cell(struct table *table, struct buf *cell)
{
	table_cell(table, cell->data ? cell->data : "", cell->len, NULL);
	buf_reset(cell);
}

static void put_comm(struct buf *to, const struct process *proc)
{
	struct buf safe = {};

	if (proc->comm)
		text_escape(&safe, proc->comm->data, proc->comm->len);
	else
		buf_putc(&safe, '?');
	text_shell(to, safe.data ? safe.data : "", safe.len);
	buf_free(&safe);
}

static void overview_row(struct ps *ps, struct table *table, uint32_t process,
			 const struct tally *tally)
{
	const struct process *proc = &ps->picture.snap.processes.at[process];
	struct buf cell = {};

	buf_i64(&cell, proc->pid);
	add_cell(table, &cell);
	put_user_name(&cell, &ps->picture.snap, proc->uid);
	add_cell(table, &cell);
	put_comm(&cell, proc);
	add_cell(table, &cell);
	put_memory(&cell, ps, process);
	add_cell(table, &cell);
	put_classes(&cell, tally->shown, " ");
	add_cell(table, &cell);
	ps_waits(ps, &cell);
	if (!cell.len)
		buf_putc(&cell, '-');
	add_cell(table, &cell);
	buf_free(&cell);
}

static void overview_foot(struct buf *to, const struct view *view, uint32_t nr)
{
	struct buf line = {};

	if (nr) {
		buf_putc(to, '\n');
		put_count(&line, nr, "process", "es");
		buf_puts(&line, "; all that one has: ipcscope ps PID");
	} else {
		buf_puts(&line, "no process seen that uses IPC");
	}
	foot_line(to, view, &line);
	buf_free(&line);
}

void ps_overview(struct ps *ps, struct buf *to)
{
	const struct snapshot *snap = &ps->picture.snap;
	struct table *table = table_new(&ps->view);
	uint32_t i, nr = 0;

	table_column(table, "PID", ALIGN_RIGHT);
	table_column(table, "USER", ALIGN_LEFT);
	table_column(table, "COMMAND", ALIGN_LEFT);
	table_column(table, "SHARED", ALIGN_RIGHT);
	table_column(table, "OBJECTS", ALIGN_LEFT);
	table_column(table, "WAITS ON", ALIGN_LEFT);
	for (i = 0; i < snap->processes.nr; i++) {
		struct tally tally;

		ps_uses(ps, &snap->processes.at[i]);
		tally = count_objects(ps, i);
		if (!tally.nr_shown)
			continue;
		overview_row(ps, table, i, &tally);
		nr++;
	}
	if (nr || !printing_foot(ps->req, &ps->view))
		table_print(table, to);
	table_free(table);
	if (printing_foot(ps->req, &ps->view))
		overview_foot(to, &ps->view, nr);
}

/* "attached rw, open r, fd 3 +1, waits" */
static void put_how(struct buf *to, const struct ps *ps, uint32_t at)
{
	uint32_t end = at + ps_same(ps, at);
	uint32_t start = at;

	for (; at < end; at++) {
		const struct ps_use *use = &ps->uses.at[at];
		char access[5];

		if (at != start)
			buf_puts(to, ", ");
		buf_puts(to, edge_names[use->kind]);
		access_text(use->access, access);
		if (use->kind != EDGE_WAITS && *access)
			buf_printf(to, " %s", access);
		if (use->first->fd >= 0 && use->kind != EDGE_WAITS) {
			buf_printf(to, ", fd %d", use->first->fd);
			if (use->count > 1)
				buf_printf(to, " +%u", use->count - 1);
		} else if (use->count > 1) {
			buf_printf(to, " x%u", use->count);
		}
	}
}

/* The time alone if it was today. */
static void put_started(struct buf *to, const struct snapshot *snap,
			const struct process *proc)
{
	int64_t started = process_started(snap, proc);
	struct buf then = {}, now = {};
	size_t day = strlen("2026-11-21 ");

	if (!started)
		return;
	render_time(&then, started, ' ');
	render_time(&now, snap->host.taken, ' ');
	buf_puts(to, ", started ");
	if (now.len > day && then.len > day && !memcmp(then.data, now.data, day))
		buf_puts(to, then.data + day);
	else
		buf_puts(to, then.data);
	buf_puts(to, " (");
	put_since(to, snap, started);
	buf_putc(to, ')');
	buf_free(&then);
	buf_free(&now);
}

static void put_parent(struct buf *to, const struct ps *ps,
		       const struct process *proc)
{
	struct buf name = {};

	if (proc->ppid <= 0)
		return;
	buf_puts(to, ", child of ");
	if (ps_name(ps, proc->ppid, &name))
		text_shell(to, name.data, name.len);
	buf_printf(to, "[%d]", (int)proc->ppid);
	buf_free(&name);
}

static void print_head(const struct ps *ps, struct buf *to,
		       const struct process *proc)
{
	const struct snapshot *snap = &ps->picture.snap;
	struct buf line = {}, cmdline = {};

	render_process(&line, proc);
	buf_puts(&line, " of ");
	put_user_name(&line, snap, proc->uid);
	put_started(&line, snap, proc);
	put_parent(&line, ps, proc);
	if (proc->unit) {
		buf_puts(&line, ", unit ");
		text_escape(&line, proc->unit->data, proc->unit->len);
	}
	if (proc->cmdline && proc->cmdline->len)
		text_escape(&cmdline, proc->cmdline->data, proc->cmdline->len);
	buf_add(to, line.data, line.len);
	if (cmdline.len) {
		bool fits = text_width(line.data, line.len) + strlen(": ") +
			    text_width(cmdline.data, cmdline.len) <=
			    ps->view.width;

		buf_puts(to, fits ? ": " : "\n");
		buf_add(to, cmdline.data, cmdline.len);
	}
	buf_puts(to, "\n\n");
	buf_free(&line);
	buf_free(&cmdline);
}

/* Of a socket with another end those over there matter. */
static enum field_id others_field(const struct snapshot *snap,
				  const struct object *obj)
{
	struct value peers = object_value(snap, obj, FIELD_PEERS);

	return peers.known == KNOWN_YES ? FIELD_PEER_USERS : FIELD_USERS;
}

/* What the kernel tells of it without a look at other processes. */
static void add_other_end(struct table *table, struct buf *cell,
			  const struct ps *ps, const struct object *obj)
{
	static const enum field_id told[] = { FIELD_PEERS, FIELD_REMOTE };
	const struct snapshot *snap = &ps->picture.snap;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(told); i++) {
		if (object_value(snap, obj, told[i]).known == KNOWN_YES) {
			render_cell(cell, &ps->view, snap, obj, told[i], 0);
			break;
		}
	}
	add_cell(table, cell);
}

static void print_uses(const struct ps *ps, struct buf *to, uint32_t process)
{
	const struct snapshot *snap = &ps->picture.snap;
	struct table *table = table_new(&ps->view);
	struct buf cell = {};
	uint32_t u;

	table_column(table, "REF", ALIGN_LONG);
	table_column(table, "HOW", ALIGN_LEFT);
	table_column(table, "SIZE", ALIGN_RIGHT);
	table_column(table, snap->partial ? "OTHER END" : "SHARED WITH",
		     ALIGN_LEFT);
	for (u = 0; u < ps->uses.nr; u += ps_same(ps, u)) {
		const struct object *obj =
			&snap->objects.at[ps->uses.at[u].object];

		if (!asked(ps->req, OPTION_ALL) &&
		    ps_is_private(snap, obj, process))
			continue;
		table_field(table, snap, obj, FIELD_REF);
		put_how(&cell, ps, u);
		add_cell(table, &cell);
		table_field(table, snap, obj, FIELD_AMOUNT);
		if (snap->partial)
			add_other_end(table, &cell, ps, obj);
		else
			table_users(table, snap, obj,
				    others_field(snap, obj), process);
	}
	table_print(table, to);
	table_free(table);
	buf_free(&cell);
}

static void print_foot(const struct ps *ps, struct buf *to, uint32_t process,
		       const struct tally *tally)
{
	const struct snapshot *snap = &ps->picture.snap;
	const struct process *proc = &snap->processes.at[process];
	struct buf line = {}, waits = {};

	put_count(&line, tally->nr_shown, "object", "s");
	if (ps_memory(ps, process)) {
		buf_puts(&line, ", ");
		put_memory(&line, ps, process);
		buf_puts(&line, " shared");
	}
	ps_waits(ps, &waits);
	if (waits.len)
		buf_printf(&line, "; waits on %s", waits.data);
	buf_putc(to, '\n');
	foot_line(to, &ps->view, &line);
	buf_reset(&line);
	if (tally->nr_private) {
		buf_puts(&line, "its own, not shown: ");
		put_classes(&line, tally->private, ", ");
		buf_printf(&line, ": ipcscope ps -a %d", (int)proc->pid);
		foot_line(to, &ps->view, &line);
	}
	if (snap->partial && tally->nr_shown) {
		buf_reset(&line);
		buf_printf(&line, "who shares them: ipcscope ps --shared %d",
			   (int)proc->pid);
		foot_line(to, &ps->view, &line);
	}
	buf_free(&line);
	buf_free(&waits);
}

static const struct gap *find_gap(const struct snapshot *snap, pid_t pid)
{
	const struct gap *gap;

	vec_for_each(gap, &snap->gaps) {
		if (gap->pid == pid)
			return gap;
	}
	return NULL;
}

void ps_process(struct ps *ps, struct buf *to, uint32_t process)
{
	const struct snapshot *snap = &ps->picture.snap;
	const struct process *proc = &snap->processes.at[process];
	const struct gap *gap = find_gap(snap, proc->pid);
	struct tally tally;

	ps_uses(ps, proc);
	tally = count_objects(ps, process);
	print_head(ps, to, proc);
	if (tally.nr_shown)
		print_uses(ps, to, process);
	if (gap)
		buf_printf(to, "%s? (%s of this process could not be read: %s)\n",
			   tally.nr_shown ? "\n" : "",
			   part_infos[gap->part].what, strerror(gap->err));
	else if (!tally.nr_shown)
		buf_puts(to, tally.nr_private ?
			 "no IPC objects that others have or could have\n" :
			 "no IPC objects\n");
	if (tally.nr_shown + tally.nr_private &&
	    printing_foot(ps->req, &ps->view))
		print_foot(ps, to, process, &tally);
}
