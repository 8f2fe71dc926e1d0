// SPDX-License-Identifier: GPL-2.0-or-later
/* ps for people: all processes, and one. */
#include <string.h>

#include "cli/foot.h"
#include "ipcscope/text.h"
#include "ps.h"

/* A process at hand: what it uses, and how much of that is shown. */
struct ps_one {
	const struct ps *ps;
	const struct snapshot *snap;
	uint32_t process;
	struct ps_uses uses;
	uint32_t shown[NR_CLASSES];
	uint32_t private[NR_CLASSES];
	uint32_t nr_shown, nr_private;
	uint64_t memory;	/* bytes attached that others have, too */
	struct VEC(uint32_t) rows;	/* in @uses: the first of each object shown */
};

static struct ps_one ps_load(const struct ps *ps, uint32_t process)
{
	const struct snapshot *snap = &ps->session.picture.snap;
	struct ps_one one = { .ps = ps, .snap = snap, .process = process };
	bool all = asked(ps->session.req, OPTION_ALL);
	uint32_t u;

	ps_uses(&one.uses, snap, &snap->processes.at[process]);
	for (u = 0; u < one.uses.nr; u += ps_same(&one.uses, u)) {
		const struct object *obj = &snap->objects.at[one.uses.at[u].object];
		bool private = ps_is_private(snap, obj, process);
		uint64_t size;

		if (private && !all) {
			one.private[obj->class]++;
			one.nr_private++;
		} else {
			one.shown[obj->class]++;
			one.nr_shown++;
		}
		if (one.uses.at[u].kind == EDGE_ATTACHED && !private &&
		    obj->class != CLASS_psem && object_num(snap, obj, FIELD_SIZE, &size))
			num_add(&one.memory, size);
	}
	return one;
}

/* "sem:32772[0], msg:3 (full)"; nothing if it waits for nothing. */
static void ps_put_waits(struct buf *to, const struct ps_one *one)
{
	uint32_t last = NO_INDEX;
	const struct ps_use *use;

	vec_for_each(use, &one->uses) {
		const struct object *obj = &one->snap->objects.at[use->object];

		if (use->kind != EDGE_WAITS || use->object == last)
			continue;
		buf_puts(to, last == NO_INDEX ? "" : ", ");
		last = use->object;
		render_ref(to, one->snap, obj);
		if (obj->class == CLASS_sem && use->first->sem != NO_INDEX)
			buf_printf(to, "[%u]", use->first->sem);
		if (object_state(one->snap, obj, NULL) & IS(FULL) &&
		    use->access & ACCESS_WRITE)
			buf_puts(to, " (full)");
	}
	if (last == NO_INDEX)
		buf_putc(to, '-');
}

/* "1 shm 2 pshm" */
static void ps_put_classes(struct buf *to, const uint32_t *counts, const char *between)
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

/* As many classes as there is room for, of the others how many objects. */
static void ps_put_objects(struct buf *to, const struct packed *packed, unsigned int room)
{
	struct ps_one one = ps_load(packed->context, packed->without);
	uint32_t counts[NR_CLASSES], left = 0;
	struct buf text = {};
	enum class_id class = NR_CLASSES;

	memcpy(counts, one.shown, sizeof(counts));
	for (ps_put_classes(&text, counts, " "); room && text.len > room && class--;) {
		left += counts[class];
		counts[class] = 0;
		buf_reset(&text);
		ps_put_classes(&text, counts, " ");
		if (left)
			buf_printf(&text, " +%u", left);
	}
	buf_add(to, text.data, text.len);
	buf_free(&text);
	vec_free(&one.uses);
}

static void ps_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct ps *ps = sheet->arg;
	struct ps_one one = ps_load(ps, ps->rows.at[row]);
	const struct process *proc = &sheet->snap->processes.at[one.process];

	cells_number(cells, (uint64_t)proc->pid);
	render_owner(cells->text, sheet->snap, false, proc->uid);
	cells_end(cells, NULL);
	render_name(cells->text, proc->comm);
	cells_end(cells, NULL);
	if (one.memory)
		render_size(cells->text, cells->view, one.memory);
	cells_end(cells, NULL);
	cells_packed(cells, &(const struct packed){ ps_put_objects, ps, NULL, ps->rows.at[row], 0 },
		     NULL);
	ps_put_waits(cells->text, &one);
	cells_end(cells, NULL);
	vec_free(&one.uses);
}

/* For programs those asked for, or that use anything; for people those that
 * share it or could; of --where all that fit. */
static bool ps_is_row(const struct ps *ps, uint32_t process)
{
	struct ps_one one = ps_load(ps, process);
	bool nested = format_infos[ps->session.view.format].nested;
	const pid_t *pid;

	vec_free(&one.uses);
	if (!ps_fits(ps, process))
		return false;
	vec_for_each(pid, &ps->pids) {
		if (*pid == one.snap->processes.at[process].pid)
			return true;
	}
	return !ps->pids.nr && (ps->where || one.nr_shown + (nested ? one.nr_private : 0));
}

void ps_overview(struct ps *ps, struct buf *to)
{
	static const struct column columns[] = {
		{ "PID", ALIGN_RIGHT, 0 }, { "USER", ALIGN_LEFT, 0 },
		{ "COMMAND", ALIGN_LEFT, 0 }, { "SHARED", ALIGN_RIGHT, 0 },
		{ "OBJECTS", ALIGN_LEFT, 0 }, { "WAITS ON", ALIGN_LEFT, 0 },
	};
	struct sheet sheet = {
		.name = "processes", .columns = columns,
		.nr_columns = ARRAY_SIZE(columns), .row = ps_row, .json = ps_json,
		.snap = &ps->session.picture.snap, .arg = ps,
	};
	bool foot = ps->session.foot;
	uint32_t i;

	for (i = 0; i < sheet.snap->processes.nr; i++) {
		if (ps_is_row(ps, i))
			*vec_add(&ps->rows) = i;
	}
	sheet.nr = ps->rows.nr;
	if (sheet.nr || !foot)
		render_sheet(to, &ps->session.view, &sheet);
	if (!foot)
		return;
	buf_puts(to, sheet.nr ? "\n" : "");
	foot_begin(to, &ps->session.view);
	if (sheet.nr) {
		render_count(to, sheet.nr, "process", "es");
		buf_puts(to, "; all that one has: ipcscope ps PID");
	} else {
		buf_puts(to, ps->where ? "no such process seen" : "no process seen that uses IPC");
	}
	foot_end(to, &ps->session.view);
	foot_elsewhere(to, &ps->session.view, sheet.snap);
}

/* "attached rw, open r, fd 3 +1, waits" */
static void ps_put_how(struct buf *to, const struct ps_uses *uses, uint32_t at)
{
	uint32_t end = at + ps_same(uses, at);
	uint32_t start = at;

	for (; at < end; at++) {
		const struct ps_use *use = &uses->at[at];
		const char *access = access_words[use->access];

		if (at != start)
			buf_puts(to, ", ");
		buf_puts(to, edge_names[use->kind]);
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
static void ps_put_started(struct buf *to, const struct snapshot *snap,
			   const struct process *proc)
{
	int64_t started = process_since(snap, proc);
	struct buf then = {}, now = {};
	size_t day = strlen("2026-11-21 ");

	render_time(&then, started, ' ');
	render_time(&now, snap->host.taken, ' ');
	buf_puts(to, ", started ");
	if (now.len > day && then.len > day && !memcmp(then.data, now.data, day))
		buf_puts(to, then.data + day);
	else
		buf_puts(to, then.data);
	buf_puts(to, " (");
	render_since(to, snap, started);
	buf_putc(to, ')');
	buf_free(&then);
	buf_free(&now);
}

static void ps_print_head(const struct ps *ps, struct buf *to, const struct process *proc)
{
	const struct snapshot *snap = &ps->session.picture.snap;
	struct buf line = {}, cmdline = {}, name = {};

	render_process(&line, proc);
	buf_puts(&line, " of ");
	render_owner(&line, snap, false, proc->uid);
	ps_put_started(&line, snap, proc);
	if (proc->ppid > 0) {
		buf_puts(&line, ", child of ");
		if (ps_name(ps, proc->ppid, &name))
			text_shell(&line, name.data, name.len);
		buf_printf(&line, "[%d]", (int)proc->ppid);
	}
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
			    ps->session.view.width;

		buf_puts(to, fits ? ": " : "\n");
		buf_add(to, cmdline.data, cmdline.len);
	}
	buf_puts(to, "\n\n");
	buf_free(&line);
	buf_free(&cmdline);
	buf_free(&name);
}

static void ps_use_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct ps_one *one = sheet->arg;
	const struct snapshot *snap = sheet->snap;
	uint32_t u = one->rows.at[row];
	const struct object *obj = &snap->objects.at[one->uses.at[u].object];
	bool peers = object_value(snap, obj, FIELD_PEERS).known == KNOWN_YES;

	cells_field(cells, snap, obj, FIELD_REF);
	ps_put_how(cells->text, &one->uses, u);
	cells_end(cells, NULL);
	cells_field(cells, snap, obj, FIELD_AMOUNT);
	if (!snap->partial) {
		/* Of a socket with another end those over there matter. */
		cells_users(cells, snap, obj, peers ? FIELD_PEER_USERS : FIELD_USERS,
			    one->process);
		return;
	}
	/* What the kernel tells of the other end without a look at other processes. */
	if (peers || object_value(snap, obj, FIELD_REMOTE).known == KNOWN_YES)
		render_cell(cells->text, cells->view, snap, obj,
			    peers ? FIELD_PEERS : FIELD_REMOTE);
	cells_end(cells, NULL);
}

static void ps_print_uses(struct buf *to, struct ps_one *one)
{
	const struct column columns[] = {
		{ "REF", ALIGN_LONG, 0 }, { "HOW", ALIGN_LEFT, 0 },
		{ "SIZE", ALIGN_RIGHT, 0 },
		{ one->snap->partial ? "OTHER END" : "SHARED WITH", ALIGN_LEFT, 0 },
	};
	struct sheet sheet = {
		.columns = columns, .nr_columns = ARRAY_SIZE(columns),
		.row = ps_use_row, .snap = one->snap, .arg = one,
	};
	uint32_t u;

	for (u = 0; u < one->uses.nr; u += ps_same(&one->uses, u)) {
		if (asked(one->ps->session.req, OPTION_ALL) ||
		    !ps_is_private(one->snap, &one->snap->objects.at[
				   one->uses.at[u].object], one->process))
			*vec_add(&one->rows) = u;
	}
	sheet.nr = one->rows.nr;
	render_sheet(to, &one->ps->session.view, &sheet);
}

static void ps_print_foot(struct buf *to, const struct ps_one *one)
{
	const struct view *view = &one->ps->session.view;
	int pid = one->snap->processes.at[one->process].pid;
	struct buf waits = {};

	buf_putc(to, '\n');
	foot_begin(to, view);
	render_count(to, one->nr_shown, "object", "s");
	if (one->memory) {
		buf_puts(to, ", ");
		render_size(to, view, one->memory);
		buf_puts(to, " shared");
	}
	ps_put_waits(&waits, one);
	if (strcmp(waits.data, "-") != 0)
		buf_printf(to, "; waits on %s", waits.data);
	buf_free(&waits);
	foot_end(to, view);
	if (one->nr_private) {
		foot_begin(to, view);
		buf_puts(to, "its own, not shown: ");
		ps_put_classes(to, one->private, ", ");
		buf_printf(to, ": ipcscope ps -a %d", pid);
		foot_end(to, view);
	}
	if (one->snap->partial && one->nr_shown) {
		foot_begin(to, view);
		buf_printf(to, "who shares them: ipcscope ps --shared %d", pid);
		foot_end(to, view);
	}
}

void ps_process(struct ps *ps, struct buf *to, uint32_t process)
{
	const struct snapshot *snap = &ps->session.picture.snap;
	const struct process *proc = &snap->processes.at[process];
	struct ps_one one = ps_load(ps, process);
	const struct gap *gap, *unread = NULL;

	vec_for_each(gap, &snap->gaps) {
		if (gap->pid == proc->pid && !unread)
			unread = gap;
	}
	ps_print_head(ps, to, proc);
	if (one.nr_shown)
		ps_print_uses(to, &one);
	if (unread)
		buf_printf(to, "%s? (%s of this process could not be read: %s)\n",
			   one.nr_shown ? "\n" : "", part_infos[unread->part].what,
			   strerror(unread->err));
	else if (!one.nr_shown)
		buf_puts(to, one.nr_private ?
			 "no IPC objects that others have or could have\n" :
			 "no IPC objects\n");
	ps_print_threads(ps, to, proc);
	ps_print_signals(ps, to, proc);
	if (one.nr_shown + one.nr_private && ps->session.foot)
		ps_print_foot(to, &one);
	vec_free(&one.uses);
	vec_free(&one.rows);
}
