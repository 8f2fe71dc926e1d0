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
	put_last_operation(cells->text, show, sem);
	cells_end(cells, NULL);
}

void show_sems(const struct show_context *show)
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
