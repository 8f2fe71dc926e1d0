// SPDX-License-Identifier: GPL-2.0-or-later
/* What is said of a limit: the table, JSON, and what stands below. */
#include "limits.h"

#include <string.h>

#include "cli/foot.h"
#include "ipcscope/json.h"
#include "ipcscope/text.h"

#define COLOR_FULL	"31"
#define COLOR_ODD	"33"
#define COLOR_NONE	"2"
#define HOLDERS_LEAST	24	/* columns before SET BY and WHAT give way */
#define NARROW		5	/* columns without them */
#define MOST_PROCESSES	3	/* named of a limit that many share */
#define MOST_HOLDERS	10	/* in JSON */
#define FOOT_NAMED	4	/* limits without use that are named */

static void limits_amount(struct buf *to, const struct limits *limits,
		   enum limit_id limit, uint64_t amount)
{
	if (limit_is_bytes(limit) && !limits->session.view.bytes)
		num_size(to, amount);
	else
		buf_u64(to, amount);
}

void limits_percent(struct buf *to, const struct limit_pressure *p)
{
	uint64_t tenths;

	if (limit_infos[p->limit].kind == KIND_VALUE)
		return;
	if (!p->has_max || !p->known) {
		buf_putc(to, p->has_max || !p->max_known ? '?' : '-');
		return;
	}
	tenths = limit_pressure_permille(p);
	buf_puts(to, p->estimated ? "~" : "");
	buf_u64(to, tenths / 10);
	if (tenths != 1000)
		buf_printf(to, ".%u", (unsigned int)(tenths % 10));
	buf_putc(to, '%');
}

static void limits_put_object(struct buf *to, const struct limits *limits,
			      const struct limit_pressure *p, const struct holder *holder)
{
	const struct snapshot *snap = &limits->session.picture.snap;
	const struct object *obj = &snap->objects.at[holder->index];
	const struct edge *edge = obj->nr_edges ? object_edge(snap, obj, 0) : NULL;
	bool unlinked = limit_infos[p->limit].kind == KIND_POOL;
	const char *state = p->limit == LIMIT_UNLINKED ? class_infos[obj->class]->name : "unlinked";

	/* The process that keeps what has no name any more; its REF if none does. */
	if (unlinked && edge && edge->process != NO_INDEX)
		render_process(to, &snap->processes.at[edge->process]);
	else
		render_ref(to, snap, obj);
	if (unlinked) {
		buf_putc(to, ' ');
		limits_amount(to, limits, p->limit, holder->used);
		buf_printf(to, " %s", state);
	} else if (holder->waiter != NO_INDEX) {
		buf_puts(to, ": ");
		render_process(to, &snap->processes.at[holder->waiter]);
		buf_puts(to, " waits");
	}
}

static void limits_put_holder(struct buf *to, const struct limits *limits,
		       const struct limit_pressure *p, const struct holder *holder)
{
	const struct snapshot *snap = &limits->session.picture.snap;
	enum limit_kind kind = limit_infos[p->limit].kind;

	if (holder->kind == HOLDER_OBJECT) {
		limits_put_object(to, limits, p, holder);
		return;
	}
	if (holder->kind == HOLDER_PROCESS)
		render_process(to, &snap->processes.at[holder->index]);
	else
		render_owner(to, snap, false, holder->index);
	if (holder->kind == HOLDER_USER && kind == KIND_USER) {
		/* "root: 3 queues" */
		buf_puts(to, ": ");
		render_count(to, holder->nr, class_infos[__builtin_ctzll(
			     limit_infos[p->limit].classes)]->noun, "s");
	} else if (kind != KIND_PROCESS) {
		buf_putc(to, ' ');
		limits_amount(to, limits, p->limit, holder->used);
	}
}

/* Which are told, and how many at most. */
static const struct holder *limits_told(const struct limit_pressure *p, uint32_t *nr,
					      uint32_t *most)
{
	const struct holder *first = p->holders;
	enum limit_kind kind = limit_infos[p->limit].kind;
	uint32_t i;

	*nr = p->nr_holders;
	*most = UINT32_MAX;
	if (kind == KIND_FILL || kind == KIND_SIZE || kind == KIND_PROCESS) {
		*nr = *nr ? 1 : 0;
		return first;
	}
	/* The nearest user's processes say more than the next user. */
	for (i = 0; i < *nr && first[i].kind != HOLDER_PROCESS; i++)
		;
	if (i == *nr)
		return first;
	*nr -= i;
	*most = MOST_PROCESSES;
	return first + i;
}

void limits_holders(struct buf *to, const struct limits *limits,
		    const struct limit_pressure *p, size_t room)
{
	size_t start = to->len;
	struct buf one = {};
	uint32_t nr, most, i;
	const struct holder *holders = limits_told(p, &nr, &most);

	if (nr && holders != p->holders) {
		render_owner(to, &limits->session.picture.snap, false, p->holders[0].index);
		buf_puts(to, ": ");
	}
	for (i = 0; i < nr && i < most; i++) {
		size_t rest = i + 1 < nr ? strlen(" +99") : 0;

		buf_reset(&one);
		buf_puts(&one, i ? ", " : "");
		limits_put_holder(&one, limits, p, &holders[i]);
		if (i && room && text_width(to->data + start, to->len - start) +
		    text_width(one.data, one.len) + rest > room)
			break;
		buf_add(to, one.data, one.len);
	}
	if (i < nr)
		buf_printf(to, " +%u", nr - i);
	if (!nr && limit_infos[p->limit].kind != KIND_VALUE)
		buf_putc(to, p->known ? '-' : '?');
	buf_free(&one);
}

static bool limits_shows(const struct limits *limits, const struct limit_pressure *p)
{
	return limit_infos[p->limit].kind != KIND_VALUE ||
	       limits->session.req->nr_args || asked(limits->session.req, OPTION_ALL);
}

/* "kernel.shmmni" */
static const char *limits_set_by(const struct limit_info *info)
{
	return info->by == BY_KERNEL ? "the kernel" : info->set_by;
}

static void limits_put_max(struct buf *to, const struct limits *limits,
			   const struct limit_pressure *p)
{
	if (!p->max_known)
		buf_putc(to, '?');
	else if (!p->has_max)
		buf_puts(to, "no limit");
	else
		limits_amount(to, limits, p->limit, p->max);
}

/* "-" and "?" pale and striking; @reached: how near the limit is. */
static void limits_cell(struct cells *cells, const struct limits *limits,
			const struct limit_pressure *reached)
{
	const char *text = cells->text->data + cells->at;
	const char *color = NULL;

	if (!strcmp(text, "-"))
		color = COLOR_NONE;
	else if (reached && limit_pressure_reaches(reached, limits->critical))
		color = COLOR_FULL;
	else if (!strcmp(text, "?") ||
		 (reached && limit_pressure_reaches(reached, limits->warning)))
		color = COLOR_ODD;
	cells_end(cells, color);
}

static void limits_json_put_process(struct json *json, const struct process *proc)
{
	json_i64(json, "pid", proc->pid);
	json_u64(json, "start", proc->start);
	if (proc->comm)
		json_str(json, "command", proc->comm->data, proc->comm->len);
	if (proc->uid != (uid_t)-1)
		json_u64(json, "uid", proc->uid);
}

static void limits_json_put_holder(struct json *json, const struct snapshot *snap,
		       const struct limit_pressure *p, const struct holder *holder)
{
	const struct str *name;

	json_open(json, NULL, '{');
	switch (holder->kind) {
	case HOLDER_USER:
		name = snapshot_find_name(snap, false, holder->index);
		json_u64(json, "uid", holder->index);
		if (name)
			json_str(json, "user", name->data, name->len);
		json_u64(json, "count", holder->nr);
		break;
	case HOLDER_PROCESS:
		limits_json_put_process(json, &snap->processes.at[holder->index]);
		break;
	case HOLDER_OBJECT:
		render_json_ref(json, "ref", snap, &snap->objects.at[holder->index]);
		if (holder->waiter == NO_INDEX)
			break;
		json_open(json, "waiter", '{');
		limits_json_put_process(json, &snap->processes.at[holder->waiter]);
		json_close(json, '}');
		break;
	}
	if (holder->used != NUM_TOO_MUCH)
		json_u64(json, "used", holder->used);
	if (limit_infos[p->limit].kind != KIND_POOL &&
	    limit_infos[p->limit].kind != KIND_SIZE &&
	    !limit_is_none(p->limit, holder->max))
		json_u64(json, "max", holder->max);
	json_close(json, '}');
}

static void limits_json_put_use(struct json *json, const struct limit_pressure *p)
{
	uint64_t tenths = limit_pressure_permille(p);

	if (limit_infos[p->limit].kind == KIND_VALUE)
		return;
	if (p->used != NUM_TOO_MUCH)
		json_u64(json, p->known ? "used" : "seen", p->used);
	if (p->known && p->has_max) {
		json_begin(json, "percent");
		buf_printf(json->to, "%llu.%u", (unsigned long long)(tenths / 10),
			   (unsigned int)(tenths % 10));
	}
	json_bool(json, "estimated", p->estimated);
	if (p->at_most && p->known)
		json_u64(json, "at_most", p->at_most);
	if (p->known && !p->estimated)
		json_bool(json, "full", p->full);
}

static void limits_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct limits *limits = sheet->arg;
	const struct limit_pressure *p = limits->shown.at[row];
	const struct limit_info *info = &limit_infos[p->limit];
	const struct limit_value *value = &sheet->snap->limits[p->limit];
	bool no_value, no_max;
	uint32_t i;

	json_text(json, "name", info->name);
	json_text(json, "set_by", limits_set_by(info));
	json_text(json, "what", info->what);
	json_text(json, "kind", limit_kind_words[info->kind]);
	json_text(json, "unit", limit_is_bytes(p->limit) ? "bytes" : "number");
	no_value = value->known && limit_is_none(p->limit, value->max);
	no_max = p->max_known && limit_is_none(p->limit, p->max);
	/* What means that there is no limit may be more than a parser takes. */
	if (value->known && !no_value)
		json_u64(json, "value", value->max);
	if (p->max_known && !no_max)
		json_u64(json, "max", p->max);
	if (no_value || no_max) {
		json_open(json, "none", '[');
		if (no_value)
			json_text(json, NULL, "value");
		if (no_max)
			json_text(json, NULL, "max");
		json_close(json, ']');
	}
	limits_json_put_use(json, p);
	json_open(json, "top", '[');
	for (i = 0; i < p->nr_holders && i < MOST_HOLDERS; i++)
		limits_json_put_holder(json, sheet->snap, p, &p->holders[i]);
	json_close(json, ']');
}

static void limits_put_holders(struct buf *to, const struct packed *packed,
			       unsigned int room)
{
	limits_holders(to, packed->context, packed->item, room);
}

static void limits_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct limits *limits = sheet->arg;
	const struct limit_pressure *p = limits->shown.at[row];
	const struct limit_info *info = &limit_infos[p->limit];
	const struct packed holders = { limits_put_holders, limits, p, 0, FIELD_NONE };

	buf_puts(cells->text, info->name);
	limits_cell(cells, limits, p);
	/* "~12.1K" */
	if (info->kind != KIND_VALUE) {
		buf_puts(cells->text, !p->known ? "?" : p->estimated ? "~" : "");
		if (p->known)
			limits_amount(cells->text, limits, p->limit, p->used);
	}
	limits_cell(cells, limits, NULL);
	limits_put_max(cells->text, limits, p);
	limits_cell(cells, limits, NULL);
	limits_percent(cells->text, p);
	limits_cell(cells, limits, p);
	cells_packed(cells, &holders, p->nr_holders || info->kind == KIND_VALUE ? NULL :
		     p->known ? COLOR_NONE : COLOR_ODD);
	if (!cells->wide && cells->column == sheet->nr_columns)
		return;
	cells_text(cells, limits_set_by(info));
	cells_text(cells, info->what);
}

void limits_sheet(struct buf *to, struct limits *limits)
{
	static const struct column columns[] = {
		{ "LIMIT", ALIGN_LEFT, 0 }, { "USED", ALIGN_RIGHT, 0 },
		{ "MAX", ALIGN_RIGHT, 0 }, { "USE%", ALIGN_RIGHT, 0 },
		{ "MOST USED BY", ALIGN_LEFT, HOLDERS_LEAST },
		{ "SET BY", ALIGN_LEFT, 0 }, { "WHAT", ALIGN_LEFT, 0 },
	};
	struct sheet sheet = {
		.name = "limits", .columns = columns, .nr_columns = ARRAY_SIZE(columns),
		.wide = columns, .nr_wide = ARRAY_SIZE(columns),
		.row = limits_row, .json = limits_json,
		.snap = &limits->session.picture.snap, .arg = limits,
	};
	const struct limit_pressure *p;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (limits_shows(limits, p))
			*vec_add(&limits->shown) = p;
	}
	if (limits->session.view.format == FORMAT_TABLE)
		sheet.nr_columns = NARROW;
	sheet.nr = limits->shown.nr;
	render_sheet(to, &limits->session.view, &sheet);
}

/* "no use to measure: msgmax 8K, semopm 500 and 6 more: -a" */
void limits_foot(struct buf *to, const struct limits *limits)
{
	const struct view *view = &limits->session.view;
	const struct limit_pressure *p;
	unsigned int nr = 0;

	buf_putc(to, '\n');
	vec_for_each(p, &limits->limit_pressures.all) {
		if (limits_shows(limits, p) || nr++ >= FOOT_NAMED)
			continue;
		if (nr == 1)
			foot_begin(to, view);
		buf_printf(to, "%s%s ", nr > 1 ? ", " : "no use to measure: ",
			   limit_infos[p->limit].name);
		limits_put_max(to, limits, p);
	}
	if (nr > FOOT_NAMED)
		buf_printf(to, " and %u more", nr - FOOT_NAMED);
	if (nr) {
		buf_puts(to, ": -a");
		foot_end(to, view);
	}
	foot_begin(to, view);
	buf_puts(to, "ENOSPC, EMFILE from which call? ipcscope help errors");
	foot_end(to, view);
}
