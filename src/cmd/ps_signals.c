// SPDX-License-Identifier: GPL-2.0-or-later
/* ps: the signals of a process, and the threads that differ from it. */
#include <string.h>

#include "cli/foot.h"
#include "ipcscope/json.h"
#include "ps.h"

#define MOST_THREADS	12	/* shown without --all */
#define FIRST_QUEUED	32	/* a signal from there on is queued as often as it is sent */

static const enum field_id set_fields[NR_SIGNAL_SETS] = {
	[SIGNALS_PENDING_PROCESS] = FIELD_PROCESS_PENDING_PROCESS,
	[SIGNALS_PENDING_THREAD] = FIELD_PROCESS_PENDING_THREAD,
	[SIGNALS_BLOCKED] = FIELD_PROCESS_BLOCKED,
	[SIGNALS_IGNORED] = FIELD_PROCESS_IGNORED,
	[SIGNALS_CAUGHT] = FIELD_PROCESS_CAUGHT,
};

static bool ps_asked_signals(const struct ps *ps, const struct process *proc)
{
	return proc->signals && ps->session.picture.query.parts & NEED(SIGNALS);
}

static void ps_put_set(struct buf *to, uint64_t set, const char *between)
{
	const char *gap = "";
	unsigned int number;

	for_each_signal(number, set) {
		buf_printf(to, "%s%s", gap, signal_name(number) ?: "?");
		gap = between;
	}
}

static void ps_put_pending(struct buf *to, const struct process *proc)
{
	const uint64_t all = proc->signals->set[SIGNALS_PENDING_PROCESS];
	const char *gap = "";
	uint32_t i;

	ps_put_set(to, all, ", ");
	if (all) {
		buf_puts(to, " (process)");
		gap = "; ";
	}
	for (i = 0; i < proc->threads->nr; i++) {
		const struct thread *thread = &proc->threads->at[i];

		if (!thread->pending)
			continue;
		buf_puts(to, gap);
		ps_put_set(to, thread->pending, ", ");
		buf_printf(to, " (thread %d)", (int)thread->tid);
		gap = "; ";
	}
}

/* One of the classic signals that is pending already cannot be so twice. */
static void ps_print_blocked(const struct ps *ps, struct buf *to, const struct process *proc)
{
	const uint64_t *set = proc->signals->set;
	const uint64_t once = set[SIGNALS_PENDING_PROCESS] & set[SIGNALS_BLOCKED] &
			      ((1ull << (FIRST_QUEUED - 1)) - 1);
	struct buf names = {};

	if (!once || !ps->session.foot)
		return;
	ps_put_set(&names, once, ", ");
	foot_begin(to, &ps->session.view);
	buf_printf(to, "%s: pending and blocked: to send %s again does nothing", names.data,
		   once & (once - 1) ? "them" : "it");
	foot_end(to, &ps->session.view);
	buf_free(&names);
}

void ps_print_signals(const struct ps *ps, struct buf *to, const struct process *proc)
{
	static const struct { const char *word; enum signal_set set; } lines[] = {
		{ "blocked", SIGNALS_BLOCKED }, { "ignored", SIGNALS_IGNORED },
		{ "caught", SIGNALS_CAUGHT },
	};
	const struct process_signals *signals = proc->signals;
	size_t i;

	if (!ps_asked_signals(ps, proc) ||
	    (!signals->set[SIGNALS_PENDING_PROCESS] && !signals->set[SIGNALS_PENDING_THREAD] &&
	     !asked(ps->session.req, OPTION_ALL)))
		return;
	buf_puts(to, "\nsignals  pending  ");
	ps_put_pending(to, proc);
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		buf_printf(to, "\n         %-7s  ", lines[i].word);
		ps_put_set(to, signals->set[lines[i].set], " ");
	}
	buf_puts(to, "\n         queue    ");
	buf_u64(to, signals->queued);
	if (signals->max_queued != UINT64_MAX) {
		buf_puts(to, " of ");
		buf_u64(to, signals->max_queued);
	}
	buf_puts(to, " (of all processes of its user: ulimit -i)\n");
	ps_print_blocked(ps, to, proc);
}

static bool ps_differs(const struct thread *thread)
{
	size_t i;

	for (i = 0; i < NR_THREAD_NS && !thread->ns[i]; i++)
		;
	return thread->own_fds || i < NR_THREAD_NS;
}

static void ps_thread_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct thread *thread = ((const struct thread *const *)sheet->arg)[row];
	const char *gap = "";
	size_t i;

	cells_number(cells, (uint64_t)thread->tid);
	render_name(cells->text, thread->comm);
	cells_end(cells, NULL);
	if (thread->own_fds) {
		buf_puts(cells->text, "descriptors");
		gap = ", ";
	}
	for (i = 0; i < NR_THREAD_NS; i++) {
		if (!thread->ns[i])
			continue;
		buf_printf(cells->text, "%s%s:", gap, thread_ns_infos[i].name);
		buf_u64(cells->text, thread->ns[i]);
		gap = ", ";
	}
	cells_end(cells, NULL);
}

void ps_print_threads(const struct ps *ps, struct buf *to, const struct process *proc)
{
	static const struct column columns[] = {
		{ "THREAD", ALIGN_RIGHT, 0 }, { "COMMAND", ALIGN_LEFT, 0 },
		{ "OF ITS OWN", ALIGN_LEFT, 0 },
	};
	const bool all = asked(ps->session.req, OPTION_ALL);
	struct VEC(const struct thread *) rows = {};
	struct sheet sheet = {
		.columns = columns, .nr_columns = ARRAY_SIZE(columns), .row = ps_thread_row,
		.snap = &ps->session.picture.snap,
	};
	uint32_t i, more = 0;

	for (i = 0; ps_asked_signals(ps, proc) && i < proc->threads->nr; i++) {
		const struct thread *thread = &proc->threads->at[i];

		if (ps_differs(thread) && (all || rows.nr < MOST_THREADS))
			*vec_add(&rows) = thread; /* NOLINT(bugprone-sizeof-expression) */
		else
			more += ps_differs(thread);
	}
	sheet.nr = rows.nr;
	sheet.arg = rows.at;
	if (rows.nr) {
		buf_putc(to, '\n');
		render_sheet(to, &ps->session.view, &sheet);
	}
	if (more)
		buf_printf(to, "... %u more threads: -a\n", more);
	vec_free(&rows);
}

static void ps_json_set(struct json *json, const char *key, uint64_t set)
{
	unsigned int number;

	json_open(json, key, '[');
	for_each_signal(number, set)
		json_text(json, NULL, signal_name(number) ?: "?");
	json_close(json, ']');
}

static void ps_json_thread(struct json *json, const struct thread *thread)
{
	size_t i;

	json_open(json, NULL, '{');
	json_i64(json, "tid", thread->tid);
	if (thread->comm)
		json_bytes(json, "command", thread->comm->data, thread->comm->len);
	json_bool(json, "own_descriptors", thread->own_fds);
	for (i = 0; i < NR_THREAD_NS; i++) {
		if (thread->ns[i])
			json_u64(json, thread_ns_infos[i].key, thread->ns[i]);
	}
	ps_json_set(json, "pending", thread->pending);
	ps_json_set(json, "blocked", thread->blocked);
	json_close(json, '}');
}

void ps_json_signals(const struct ps *ps, struct json *json, const struct process *proc)
{
	enum signal_set set;
	uint32_t i;

	if (!ps_asked_signals(ps, proc))
		return;
	json_open(json, "signals", '{');
	for (set = 0; set < NR_SIGNAL_SETS; set++)
		ps_json_set(json, field_info(set_fields[set])->name, proc->signals->set[set]);
	json_u64(json, "queue", proc->signals->queued);
	if (proc->signals->max_queued != UINT64_MAX)
		json_u64(json, "queue_limit", proc->signals->max_queued);
	json_close(json, '}');
	if (!ps->pids.nr || !proc->threads->compared)
		return;
	json_open(json, "threads", '[');
	for (i = 0; i < proc->threads->nr; i++)
		ps_json_thread(json, &proc->threads->at[i]);
	json_close(json, ']');
}
