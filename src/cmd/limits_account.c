// SPDX-License-Identifier: GPL-2.0-or-later
/* limits --account: what fills /dev/shm, to the byte: what is listed there, what only
 * processes have any more, and what is left over. */
#include "limits.h"

#include <stdlib.h>
#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"

/* An object, or with NO_INDEX a sum of others. */
struct account_row {
	uint32_t object;
	const char *what;
	uint64_t bytes;
	bool known;
};

struct account_rows VEC(struct account_row);

static int limits_account_order(const void *a, const void *b)
{
	const struct account_row *x = a, *y = b;

	return COMPARE(y->bytes, x->bytes) ?: COMPARE(x->object, y->object);
}

static void limits_account_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct account_row *at = (const struct account_row *)sheet->arg + row;
	const struct object *obj = at->object == NO_INDEX ? NULL :
				   &sheet->snap->objects.at[at->object];

	if (obj)
		cells_field(cells, sheet->snap, obj, FIELD_REF);
	else
		cells_text(cells, at->what);
	if (!at->known)
		buf_putc(cells->text, '?');
	else if (cells->view->bytes)
		buf_u64(cells->text, at->bytes);
	else
		num_grouped(cells->text, at->bytes);
	cells_end(cells, NULL);
	cells_text(cells, obj ? at->what : "");
	if (obj)
		cells_users(cells, sheet->snap, obj, FIELD_USERS, NO_INDEX);
	else
		cells_text(cells, "");
}

static void limits_account_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct account_row *at = (const struct account_row *)sheet->arg + row;

	if (at->object != NO_INDEX)
		render_json_ref(json, "ref", sheet->snap, &sheet->snap->objects.at[at->object]);
	json_text(json, "what", at->what);
	if (at->known)
		json_u64(json, "bytes", at->bytes);
}

void limits_account(struct buf *to, const struct limits *limits)
{
	static const struct column columns[] = {
		{ "REF", ALIGN_LONG, 0 }, { "BYTES", ALIGN_RIGHT, 0 },
		{ "WHAT", ALIGN_LEFT, 0 }, { "USERS", ALIGN_LEFT, 0 },
	};
	const struct snapshot *snap = &limits->session.picture.snap;
	const struct limit_value *value = &snap->limits[LIMIT_SHM_BYTES];
	struct account_rows rows = {};
	const struct object *obj;
	uint64_t found = 0;
	bool whole = true;
	struct sheet sheet = {
		.name = "account", .columns = columns, .nr_columns = ARRAY_SIZE(columns),
		.row = limits_account_row, .json = limits_account_json, .snap = snap,
	};

	vec_for_each(obj, &snap->objects) {
		struct account_row row = { .object = (uint32_t)(obj - snap->objects.at) };
		uint64_t flags = 0;

		if ((obj->class != CLASS_pshm && obj->class != CLASS_psem) ||
		    obj->key.ns != snap->host.home_dev[CLASS_pshm])
			continue;
		object_num(snap, obj, FIELD_FLAGS, &flags);
		row.what = flags & IS(UNLINKED) ? "unlinked" : "listed";
		row.known = object_num(snap, obj, FIELD_USED, &row.bytes);
		whole = whole && row.known;
		num_add(&found, row.bytes);
		*vec_add(&rows) = row;
	}
	if (rows.nr)
		qsort(rows.at, rows.nr, sizeof(rows.at[0]), limits_account_order);
	*vec_add(&rows) = (struct account_row){ NO_INDEX, "found", found, whole };
	/* What statfs(2) told before may have been freed since. */
	if (found > value->used && value->has_used)
		*vec_add(&rows) = (struct account_row){ NO_INDEX, "made meanwhile",
							found - value->used, true };
	else
		*vec_add(&rows) = (struct account_row){ NO_INDEX, "not found", value->used - found,
							value->has_used };
	*vec_add(&rows) = (struct account_row){ NO_INDEX, "used", value->used, value->has_used };
	sheet.nr = rows.nr;
	sheet.arg = rows.at;
	render_sheet(to, &limits->session.view, &sheet);
	vec_free(&rows);
}
