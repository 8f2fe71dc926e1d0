// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has an object, who waits for it, and the semaphores of a set. */
#include <stdlib.h>
#include <string.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"
#include "show.h"

#define INDENT		2
#define WIDE		120	/* columns: room for when and what */
#define CMDLINE_LEAST	20
#define BESIDE_CMDLINE	80

struct use_table {
	const struct show_context *show;
	struct view view;
	struct table *table;
	struct buf cell;
	bool wide;
	uint32_t rows;
	uint32_t processes;
	uint32_t last;		/* process */
};

static void use_begin(struct use_table *use, const struct show_context *show)
{
	static const char *const headings[] = { "USER", "COMMAND" };
	size_t i;

	*use = (struct use_table){ .show = show, .last = NO_INDEX };
	use->view = *show->view;
	use->wide = use->view.terminal && use->view.width >= WIDE;
	if (use->view.terminal)
		use->view.width -= INDENT;
	use->table = table_new(&use->view);
	table_column(use->table, "PID", ALIGN_RIGHT);
	for (i = 0; i < ARRAY_SIZE(headings); i++)
		table_column(use->table, headings[i], ALIGN_LEFT);
}

static void use_columns_end(struct use_table *use)
{
	if (!use->wide)
		return;
	table_column(use->table, "STARTED", ALIGN_LEFT);
	table_column(use->table, "COMMAND LINE", ALIGN_LEFT);
}

/* What was put together in use->cell. */
static void put_cell(struct use_table *use)
{
	table_cell(use->table, use->cell.data ? use->cell.data : "",
		   use->cell.len, NULL);
	buf_reset(&use->cell);
}

static void row_begin(struct use_table *use, const struct edge *edge)
{
	const struct process *proc =
		&use->show->snap->processes.at[edge->process];

	use->rows++;
	if (edge->process != use->last)
		use->processes++;
	use->last = edge->process;
	buf_i64(&use->cell, proc->pid);
	if (edge->tid && edge->tid != proc->pid)
		buf_printf(&use->cell, "/%d", (int)edge->tid);
	put_cell(use);
	put_user_name(&use->cell, use->show->snap, proc->uid);
	put_cell(use);
	if (proc->comm)
		text_escape(&use->cell, proc->comm->data, proc->comm->len);
	else
		buf_putc(&use->cell, '?');
	put_cell(use);
}

static void put_cmdline(struct use_table *use, const struct process *proc)
{
	size_t room = use->view.width > BESIDE_CMDLINE + CMDLINE_LEAST ?
		      use->view.width - BESIDE_CMDLINE : CMDLINE_LEAST;
	const struct str *cmdline = proc->cmdline;

	if (!cmdline)
		buf_putc(&use->cell, proc->flags & PROCESS_DETAILED ? '-' : '?');
	else if (cmdline->len <= room)
		text_escape(&use->cell, cmdline->data, cmdline->len);
	else
		text_escape(&use->cell, cmdline->data, room - strlen("..."));
	if (cmdline && cmdline->len > room)
		buf_puts(&use->cell, "...");
}

static void row_end(struct use_table *use)
{
	const struct snapshot *snap = use->show->snap;
	const struct process *proc = &snap->processes.at[use->last];

	if (!use->wide)
		return;
	render_time(&use->cell, process_started(snap, proc), ' ');
	put_cell(use);
	put_cmdline(use, proc);
	put_cell(use);
}

static void indent(struct buf *to, const struct buf *text)
{
	const char *line = text->data, *end = text->data + text->len;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((newline ? newline + 1 : end) - line);

		buf_pad(to, ' ', INDENT);
		buf_add(to, line, len);
		line += len;
	}
}

void show_table(const struct show_context *show, struct table *table)
{
	struct buf text = {};

	table_print(table, &text);
	indent(show->to, &text);
	buf_free(&text);
}

/* The title, then the table, if it has rows. */
static void use_end(struct use_table *use, const struct buf *title)
{
	if (use->rows) {
		buf_putc(use->show->to, '\n');
		buf_pad(use->show->to, ' ', INDENT);
		buf_add(use->show->to, title->data, title->len);
		buf_putc(use->show->to, '\n');
		show_table(use->show, use->table);
	}
	table_free(use->table);
	buf_free(&use->cell);
}

static void put_in_processes(struct buf *title, const struct use_table *use)
{
	buf_puts(title, " in ");
	put_count(title, use->processes, "process", "es");
}

static void attachments_title(struct buf *title, const struct use_table *use)
{
	struct value counted = object_value(use->show->snap, use->show->obj,
					    FIELD_ATTACHES);

	if (counted.known != KNOWN_YES) {
		put_count(title, use->rows, "mapping", "s");
		put_in_processes(title, use);
		return;
	}
	put_count(title, counted.num, "attachment", "s");
	if (use->rows >= counted.num) {
		buf_puts(title, ", all found,");
		put_in_processes(title, use);
		return;
	}
	buf_printf(title, ", %u found", use->rows);
	put_in_processes(title, use);
	buf_puts(title, ", ");
	num_grouped(title, counted.num - use->rows);
	buf_puts(title, " unseen");
}

static void put_access(struct use_table *use, uint8_t access)
{
	char text[5];

	access_text(access, text);
	buf_puts(&use->cell, *text ? text : "?");
	put_cell(use);
}

static void put_size_cell(struct use_table *use, uint64_t bytes)
{
	if (!bytes || use->view.bytes)
		buf_u64(&use->cell, bytes);
	else
		num_size(&use->cell, bytes);
	put_cell(use);
}

static void show_attachments(const struct show_context *show)
{
	struct buf title = {};
	struct use_table use;
	const struct edge *edge;
	uint32_t i;

	use_begin(&use, show);
	table_column(use.table, "ACCESS", ALIGN_LEFT);
	table_column(use.table, "ADDRESS", ALIGN_LEFT);
	table_column(use.table, "OFFSET", ALIGN_RIGHT);
	table_column(use.table, "SIZE", ALIGN_RIGHT);
	use_columns_end(&use);
	for_each_object_edge(edge, i, show->snap, show->obj) {
		if (edge->kind != EDGE_ATTACHED || edge->process == NO_INDEX)
			continue;
		row_begin(&use, edge);
		put_access(&use, edge->access);
		buf_printf(&use.cell, "0x%llx", (unsigned long long)edge->address);
		put_cell(&use);
		put_size_cell(&use, edge->offset);
		put_size_cell(&use, edge->length);
		row_end(&use);
	}
	attachments_title(&title, &use);
	use_end(&use, &title);
	buf_free(&title);
}

static bool is_descriptor(const struct edge *edge)
{
	return edge->process != NO_INDEX && edge->kind != EDGE_ATTACHED &&
	       edge->kind != EDGE_WAITS && edge->kind != EDGE_PEER;
}

static void show_descriptors(const struct show_context *show)
{
	struct buf title = {};
	struct use_table use;
	const struct edge *edge;
	uint32_t i;

	use_begin(&use, show);
	table_column(use.table, "HOW", ALIGN_LEFT);
	table_column(use.table, "ACCESS", ALIGN_LEFT);
	table_column(use.table, "FD", ALIGN_RIGHT);
	use_columns_end(&use);
	for_each_object_edge(edge, i, show->snap, show->obj) {
		if (!is_descriptor(edge))
			continue;
		row_begin(&use, edge);
		buf_puts(&use.cell, edge_names[edge->kind]);
		put_cell(&use);
		put_access(&use, edge->access);
		if (edge->fd >= 0)
			buf_i64(&use.cell, edge->fd);
		put_cell(&use);
		row_end(&use);
	}
	put_count(&title, use.rows, "descriptor", "s");
	put_in_processes(&title, &use);
	use_end(&use, &title);
	buf_free(&title);
}

/* "semaphore 0 to reach 1 (semop -1)" */
static void put_sem_wait(struct buf *text, const struct edge *edge)
{
	if (edge->sem == NO_INDEX) {
		buf_puts(text, "semop");
		return;
	}
	buf_printf(text, "semaphore %u to ", edge->sem);
	if (edge->sem_op < 0)
		buf_printf(text, "reach %d (semop %d)", -edge->sem_op, edge->sem_op);
	else
		buf_puts(text, "become 0 (semop 0)");
}

static void put_wait(struct buf *text, const struct show_context *show,
		     const struct edge *edge)
{
	if (show->obj->class == CLASS_sem)
		put_sem_wait(text, edge);
	else if (show->obj->class == CLASS_psem)
		buf_puts(text, "its value to be above 0");
	else if (show->obj->class == CLASS_fifo && edge->fd < 0)
		buf_puts(text, edge->access & ACCESS_WRITE ?
			 "a reader to open it" : "a writer to open it");
	else if (edge->kind == EDGE_WAITS && edge->access & ACCESS_WRITE)
		buf_puts(text, "room to write");
	else
		buf_puts(text, "something to read");
}

static void show_waiting(const struct show_context *show)
{
	static const struct buf title = {
		.data = (char *)"waiting", .len = sizeof("waiting") - 1,
	};
	struct use_table use;
	const struct edge *edge;
	uint32_t i;

	use_begin(&use, show);
	table_column(use.table, "WAITS FOR", ALIGN_LEFT);
	use_columns_end(&use);
	for_each_object_edge(edge, i, show->snap, show->obj) {
		if (edge->kind != EDGE_WAITS || edge->process == NO_INDEX)
			continue;
		row_begin(&use, edge);
		put_wait(&use.cell, show, edge);
		put_cell(&use);
		row_end(&use);
	}
	use_end(&use, &title);
}

/* Whether there may be more users than were found. */
static void show_others(const struct show_context *show)
{
	bool any = object_value(show->snap, show->obj, FIELD_USERS).known ==
		   KNOWN_YES;
	struct value attaches = object_value(show->snap, show->obj,
					     FIELD_ATTACHES);
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

void show_tables(const struct show_context *show)
{
	show_sems(show);
	show_attachments(show);
	show_descriptors(show);
	show_waiting(show);
	show_others(show);
}
