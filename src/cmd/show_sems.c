// SPDX-License-Identifier: GPL-2.0-or-later
/* The semaphores of a set, or the one there is. */
#include "show.h"

static void put_last_operation(struct buf *text, const struct show_context *show,
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

static void sem_row(struct table *table, const struct show_context *show,
		    const struct sems *sems, uint32_t num)
{
	const struct sem *sem = &sems->sem[num];
	struct buf cell = {};
	unsigned int i;

	for (i = 0; i < 5; i++) {
		buf_reset(&cell);
		if (i == 0)
			buf_u64(&cell, num);
		else if (i == 1)
			buf_u64(&cell, sem->value);
		else if (i == 4)
			put_last_operation(&cell, show, sem);
		else if (!sem->detailed)
			buf_putc(&cell, '?');
		else
			buf_u64(&cell, i == 2 ? sem->ncnt : sem->zcnt);
		table_cell(table, cell.data, cell.len, NULL);
	}
	buf_free(&cell);
}

void show_sems(const struct show_context *show)
{
	const struct sems *sems = object_sems(show->snap, show->obj);
	struct buf text = {};
	struct table *table;
	uint32_t i;

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
	table = table_new(show->view);
	table_column(table, "NUM", ALIGN_RIGHT);
	table_column(table, "VALUE", ALIGN_RIGHT);
	table_column(table, "WAIT>0", ALIGN_RIGHT);
	table_column(table, "WAIT=0", ALIGN_RIGHT);
	table_column(table, "LAST OPERATION BY", ALIGN_LEFT);
	for (i = 0; i < sems->nr; i++)
		sem_row(table, show, sems, i);
	buf_putc(show->to, '\n');
	show_table(show, table);
	table_free(table);
}
