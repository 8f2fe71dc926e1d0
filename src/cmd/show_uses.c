// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has an object and who waits for it: a table for each way of using it. */
#include <string.h>

#include "ipcscope/text.h"
#include "show.h"

#define INDENT		2
#define WIDE		120	/* columns: room for when and what */
#define CMDLINE_LEAST	20
#define BESIDE_CMDLINE	80

struct uses {
	const struct show_context *show;
	const struct use_table *table;
	struct VEC(const struct edge *) edges;	/* a row each */
	uint32_t processes;
	unsigned int width;	/* of the terminal */
	bool wide;
};

/* A way of using an object, and how it is shown. */
struct use_table {
	uint32_t kinds;		/* 1 << EDGE_... */
	void (*title)(struct buf *to, const struct uses *uses);
	/* Its own cells, behind those of the process. */
	void (*cells)(struct cells *cells, const struct show_context *show,
		      const struct edge *edge);
	struct column columns[4];	/* headings of these; no heading ends */
};

static void show_uses_put_cmdline(struct buf *to, const struct uses *uses,
				       const struct process *proc)
{
	size_t room = uses->width > BESIDE_CMDLINE + CMDLINE_LEAST ?
		      uses->width - BESIDE_CMDLINE : CMDLINE_LEAST;
	const struct str *cmdline = proc->cmdline;

	if (!cmdline)
		buf_putc(to, proc->flags & PROCESS_DETAILED ? '-' : '?');
	else if (cmdline->len <= room)
		text_escape(to, cmdline->data, cmdline->len);
	else
		text_escape(to, cmdline->data, room - strlen("..."));
	if (cmdline && cmdline->len > room)
		buf_puts(to, "...");
}

static void show_uses_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct uses *uses = sheet->arg;
	const struct edge *edge = uses->edges.at[row];
	const struct process *proc = &sheet->snap->processes.at[edge->process];

	buf_i64(cells->text, proc->pid);
	if (edge->tid && edge->tid != proc->pid)
		buf_printf(cells->text, "/%d", (int)edge->tid);
	cells_end(cells, NULL);
	render_owner(cells->text, sheet->snap, false, proc->uid);
	cells_end(cells, NULL);
	cells_str(cells, proc->comm);
	uses->table->cells(cells, uses->show, edge);
	if (!uses->wide)
		return;
	render_time(cells->text, process_since(sheet->snap, proc), ' ');
	cells_end(cells, NULL);
	show_uses_put_cmdline(cells->text, uses, proc);
	cells_end(cells, NULL);
}

static void show_sheet(const struct show_context *show, const struct sheet *sheet)
{
	struct buf text = {};
	const char *line, *end;

	render_sheet(&text, show->view, sheet);
	for (line = text.data; line < text.data + text.len; line = end) {
		end = strchr(line, '\n') + 1;
		buf_pad(show->to, ' ', INDENT);
		buf_add(show->to, line, (size_t)(end - line));
	}
	buf_free(&text);
}

static void show_uses_print(const struct uses *uses)
{
	const struct show_context *show = uses->show;
	struct column columns[9] = {
		{ "PID", ALIGN_RIGHT, 0 }, { "USER", ALIGN_LEFT, 0 },
		{ "COMMAND", ALIGN_LEFT, 0 },
	};
	const struct column *own;
	struct sheet sheet = {
		.columns = columns, .nr_columns = 3, .nr = uses->edges.nr,
		.row = show_uses_row, .snap = show->snap, .arg = uses,
	};

	for (own = uses->table->columns; own < &uses->table->columns[4] && own->heading; own++)
		columns[sheet.nr_columns++] = *own;
	if (uses->wide) {
		columns[sheet.nr_columns++] = (struct column){ "STARTED", ALIGN_LEFT, 0 };
		columns[sheet.nr_columns++] = (struct column){ "COMMAND LINE", ALIGN_LEFT, 0 };
	}
	buf_putc(show->to, '\n');
	buf_pad(show->to, ' ', INDENT);
	uses->table->title(show->to, uses);
	buf_putc(show->to, '\n');
	show_sheet(show, &sheet);
}

static void show_uses_put_processes(struct buf *to, const struct uses *uses)
{
	buf_puts(to, " in ");
	render_count(to, uses->processes, "process", "es");
}

static void show_uses_attachments(struct buf *to, const struct uses *uses)
{
	struct value counted = object_value(uses->show->snap, uses->show->obj,
					    FIELD_ATTACHES);

	if (counted.known != KNOWN_YES) {
		render_count(to, uses->edges.nr, "mapping", "s");
		show_uses_put_processes(to, uses);
		return;
	}
	render_count(to, counted.num, "attachment", "s");
	if (uses->edges.nr >= counted.num)
		buf_puts(to, ", all found,");
	else
		buf_printf(to, ", %u found", uses->edges.nr);
	show_uses_put_processes(to, uses);
	if (uses->edges.nr >= counted.num)
		return;
	buf_puts(to, ", ");
	num_grouped(to, counted.num - uses->edges.nr);
	buf_puts(to, " unseen");
}

static void show_uses_put_access(struct cells *cells, uint8_t access)
{
	cells_text(cells, access ? access_words[access] : "?");
}

static void show_uses_attachment(struct cells *cells, const struct show_context *show,
				      const struct edge *edge)
{
	show_uses_put_access(cells, edge->access);
	buf_printf(cells->text, "0x%llx", (unsigned long long)edge->address);
	cells_end(cells, NULL);
	cells_size(cells, edge->offset);
	cells_size(cells, edge->length);
}

static void show_uses_descriptors(struct buf *to, const struct uses *uses)
{
	render_count(to, uses->edges.nr, "descriptor", "s");
	show_uses_put_processes(to, uses);
}

static void show_uses_descriptor(struct cells *cells, const struct show_context *show,
				      const struct edge *edge)
{
	cells_text(cells, edge_names[edge->kind]);
	show_uses_put_access(cells, edge->access);
	if (edge->fd >= 0)
		buf_i64(cells->text, edge->fd);
	cells_end(cells, NULL);
}

static void show_uses_waiting(struct buf *to, const struct uses *uses)
{
	buf_puts(to, "waiting");
}

static void show_uses_wait(struct cells *cells, const struct show_context *show,
				const struct edge *edge)
{
	struct buf *text = cells->text;

	if (show->obj->class == CLASS_sem && edge->sem == NO_INDEX)
		buf_puts(text, "semop");
	else if (show->obj->class == CLASS_sem && edge->sem_op < 0)
		buf_printf(text, "semaphore %u to reach %d (semop %d)", edge->sem,
			   -edge->sem_op, edge->sem_op);
	else if (show->obj->class == CLASS_sem)
		buf_printf(text, "semaphore %u to become 0 (semop 0)", edge->sem);
	else if (show->obj->class == CLASS_psem)
		buf_puts(text, "its value to be above 0");
	else if (show->obj->class == CLASS_fifo && edge->fd < 0)
		buf_puts(text, edge->access & ACCESS_WRITE ?
			 "a reader to open it" : "a writer to open it");
	else if (edge->kind == EDGE_WAITS && edge->access & ACCESS_WRITE)
		buf_puts(text, "room to write");
	else
		buf_puts(text, "something to read");
	cells_end(cells, NULL);
}

static void show_uses_polling(struct buf *to, const struct uses *uses)
{
	buf_puts(to, "polling it, among others perhaps");
}

static void show_uses_poll(struct cells *cells, const struct show_context *show,
				const struct edge *edge)
{
	static const char *const to[] = { "hear of its end", "read", "write", "read, write" };

	cells_text(cells, to[edge->access & (ACCESS_READ | ACCESS_WRITE)]);
	if (edge->fd >= 0)
		buf_i64(cells->text, edge->fd);
	cells_end(cells, NULL);
}

static const struct use_table use_tables[] = {
	{ 1 << EDGE_ATTACHED, show_uses_attachments, show_uses_attachment,
	  { { "ACCESS", ALIGN_LEFT, 0 }, { "ADDRESS", ALIGN_LEFT, 0 },
	    { "OFFSET", ALIGN_RIGHT, 0 }, { "SIZE", ALIGN_RIGHT, 0 } } },
	{ ~(uint32_t)(1 << EDGE_ATTACHED | 1 << EDGE_WAITS | 1 << EDGE_POLLS | 1 << EDGE_PEER),
	  show_uses_descriptors, show_uses_descriptor,
	  { { "HOW", ALIGN_LEFT, 0 }, { "ACCESS", ALIGN_LEFT, 0 },
	    { "FD", ALIGN_RIGHT, 0 } } },
	{ 1 << EDGE_WAITS, show_uses_waiting, show_uses_wait, { { "WAITS FOR", ALIGN_LEFT, 0 } } },
	{ 1 << EDGE_POLLS, show_uses_polling, show_uses_poll,
	  { { "TO", ALIGN_LEFT, 0 }, { "FD", ALIGN_RIGHT, 0 } } },
};

/* Whether there may be more users than were found. */
static void show_uses_others(const struct show_context *show)
{
	bool any = object_value(show->snap, show->obj, FIELD_USERS).known ==
		   KNOWN_YES;
	struct value attaches = object_value(show->snap, show->obj, FIELD_ATTACHES);
	struct buf text = {};

	if (attaches.known == KNOWN_YES)
		return;		/* said by the count */
	show_unseen(show, &text);
	if (!text.len && any)
		return;
	if (!text.len)
		buf_puts(&text, "none");
	if (any || object_sems(show->snap, show->obj))
		buf_putc(show->to, '\n');
	show_row(show, any ? "other users" : "users", &text);
	buf_free(&text);
}

/* ---- the semaphores of a set, or the one there is ---- */

static void show_uses_put_last_operation(struct buf *text, const struct show_context *show,
					 const struct sem *sem)
{
	uint32_t index;

	if (!sem->detailed) {
		buf_putc(text, '?');
		return;
	}
	if (!sem->pid) {
		buf_putc(text, '-');
		return;
	}
	index = snapshot_find_pid(show->snap, sem->pid);
	if (index != NO_INDEX)
		render_process(text, &show->snap->processes.at[index]);
	else
		buf_printf(text, "%d%s", (int)sem->pid,
			   show->snap->host.all_processes ? " gone" : " ?");
}

static void show_sem_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct show_context *show = sheet->arg;
	const struct sem *sem = &object_sems(show->snap, show->obj)->sem[row];
	unsigned int i;

	cells_number(cells, row);
	cells_number(cells, sem->value);
	for (i = 0; i < 2; i++) {
		if (sem->detailed)
			cells_number(cells, i ? sem->zcnt : sem->ncnt);
		else
			cells_text(cells, "?");
	}
	show_uses_put_last_operation(cells->text, show, sem);
	cells_end(cells, NULL);
}

static void show_sems(const struct show_context *show)
{
	static const struct column columns[] = {
		{ "NUM", ALIGN_RIGHT, 0 }, { "VALUE", ALIGN_RIGHT, 0 },
		{ "WAIT>0", ALIGN_RIGHT, 0 }, { "WAIT=0", ALIGN_RIGHT, 0 },
		{ "LAST OPERATION BY", ALIGN_LEFT, 0 },
	};
	const struct sems *sems = object_sems(show->snap, show->obj);
	struct sheet sheet = {
		.columns = columns, .nr_columns = ARRAY_SIZE(columns),
		.row = show_sem_row, .arg = show,
	};
	struct buf text = {};

	if (!class_field(show->kind, FIELD_VALUES))
		return;
	if (!sems || show->obj->class != CLASS_sem) {
		if (!sems)
			show_unknown(show, &text, FIELD_VALUES);
		else
			buf_u64(&text, sems->nr ? sems->sem[0].value : 0);
		show_row(show, sems || show->obj->class == CLASS_psem ?
			 "value" : "values", &text);
		buf_free(&text);
		return;
	}
	sheet.nr = sems->nr;
	buf_putc(show->to, '\n');
	show_sheet(show, &sheet);
}

void show_tables(const struct show_context *show)
{
	const struct edge *edge;
	uint32_t i, last;
	size_t t;

	show_sems(show);
	for (t = 0; t < ARRAY_SIZE(use_tables); t++) {
		struct uses uses = { .show = show, .table = &use_tables[t] };

		uses.wide = show->view->terminal && show->view->width >= WIDE;
		uses.width = show->view->width - (show->view->terminal ? INDENT : 0);
		last = NO_INDEX;
		for_each_object_edge(edge, i, show->snap, show->obj) {
			if (edge->process == NO_INDEX || !(uses.table->kinds >> edge->kind & 1))
				continue;
			*vec_add(&uses.edges) = edge;
			uses.processes += edge->process != last;
			last = edge->process;
		}
		if (uses.edges.nr)
			show_uses_print(&uses);
		vec_free(&uses.edges);
	}
	show_uses_others(show);
}
