// SPDX-License-Identifier: GPL-2.0-or-later
/* One value of one object as text. */
#include <sys/sysmacros.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"
#include "cell.h"

#define FOLDED_SEMS	16	/* values shown of a set on a terminal */

struct cell {
	struct buf *to;
	const struct view *view;
	const struct snapshot *snap;
	const struct object *obj;
	enum field_id field;
	struct value value;
};

static void put_quoted(struct buf *to, const struct view *view,
		       struct buf *text)
{
	if (format_is_exact(view->format))
		buf_add(to, text->data, text->len);
	else
		text_shell(to, text->data, text->len);
	buf_free(text);
}

static void put_ref(const struct cell *cell, const struct object *obj)
{
	struct buf ref = {};

	object_ref(&ref, cell->snap, obj);
	put_quoted(cell->to, cell->view, &ref);
}

/* Somebody's bytes that must not pass for one of the marks. */
static void put_str(const struct cell *cell, const struct str *str)
{
	struct buf safe = {};
	uint32_t i;

	if ((str->len == 1 && (str->data[0] == '-' || str->data[0] == '?')) ||
	    (str->len == 2 && !memcmp(str->data, "\"\"", 2))) {
		for (i = 0; i < str->len; i++) {
			buf_puts(cell->to, "\\x");
			buf_hex(cell->to, (unsigned char)str->data[i], 2);
		}
		return;
	}
	if (cell->field != FIELD_NAME && cell->field != FIELD_PATH) {
		text_escape(cell->to, str->data, str->len);
		return;
	}
	text_escape(&safe, str->data, str->len);
	put_quoted(cell->to, cell->view, &safe);
}

static void put_key(const struct cell *cell)
{
	struct value old = { .known = KNOWN_NONE };

	if (cell->value.num) {
		buf_puts(cell->to, "0x");
		buf_hex(cell->to, cell->value.num, 8);
		return;
	}
	if (cell->field == FIELD_KEY && !format_is_exact(cell->view->format))
		old = object_value(cell->snap, cell->obj, FIELD_OLD_KEY);
	if (old.known == KNOWN_YES) {
		buf_puts(cell->to, "(0x");
		buf_hex(cell->to, old.num, 8);
		buf_putc(cell->to, ')');
		return;
	}
	buf_putc(cell->to, '-');
}

static void put_moment(const struct cell *cell, int64_t when)
{
	if (cell->view->time == TIME_ISO)
		render_time(cell->to, when, 'T');
	else
		buf_i64(cell->to, when);
}

static void put_time(const struct cell *cell)
{
	int64_t when = (int64_t)cell->value.num;
	int64_t now = cell->snap->host.taken;

	if (!when)
		buf_puts(cell->to, "never");
	else if (cell->view->time == TIME_RELATIVE && !format_is_exact(cell->view->format))
		num_age(cell->to, now > when ? (uint64_t)(now - when) : 0);
	else
		put_moment(cell, when);
}

static void put_age(const struct cell *cell)
{
	uint64_t age = cell->value.num;

	if (age == AGE_NEVER)
		buf_puts(cell->to, "never");
	else if (cell->view->time != TIME_RELATIVE)
		put_moment(cell, cell->snap->host.taken - (int64_t)age);
	else if (format_is_exact(cell->view->format))
		buf_u64(cell->to, age);
	else
		num_age(cell->to, age);
}

static void put_states(const struct cell *cell)
{
	bool unsure, any = false;
	uint64_t bits = object_state(cell->snap, cell->obj, &unsure);
	enum state state;

	bits &= ~cell->view->states_told;
	for (state = 0; state < NR_STATES; state++) {
		if (!(bits >> state & 1))
			continue;
		if (any)
			buf_putc(cell->to, ',');
		buf_puts(cell->to, state_infos[state].word);
		any = true;
		if (!format_is_exact(cell->view->format))
			return;
	}
	if (!any)
		buf_putc(cell->to, unsure ? '?' : '-');
}

static void put_sems(const struct cell *cell)
{
	const struct sems *sems = object_sems(cell->snap, cell->obj);
	uint32_t shown = sems->nr;
	uint32_t i;

	if (cell->view->terminal && !format_is_exact(cell->view->format) &&
	    shown > FOLDED_SEMS)
		shown = FOLDED_SEMS;
	for (i = 0; i < shown; i++) {
		if (i)
			buf_putc(cell->to, ',');
		buf_u64(cell->to, sems->sem[i].value);
	}
	if (shown < sems->nr) {
		buf_puts(cell->to, " +");
		buf_u64(cell->to, sems->nr - shown);
	}
	if (!sems->nr)
		buf_putc(cell->to, '-');
}

static void put_peers(const struct cell *cell)
{
	const struct edge *edge;
	bool any = false;
	uint32_t i;

	for_each_object_edge(edge, i, cell->snap, cell->obj) {
		if (edge->kind != EDGE_PEER)
			continue;
		if (any)
			buf_putc(cell->to, ',');
		any = true;
		put_ref(cell, &cell->snap->objects.at[edge->peer]);
	}
}

/* Each process once, in order of pid: PID and COMMAND go together. */
static void put_each_user(const struct cell *cell)
{
	const struct snapshot *snap = cell->snap;
	uint32_t i, last = NO_INDEX;
	const struct edge *edge;

	for_each_object_edge(edge, i, snap, cell->obj) {
		const struct process *proc;
		struct buf name = {};

		if (!edge_is_use(edge) || edge->process == last)
			continue;
		if (last != NO_INDEX)
			buf_putc(cell->to, ',');
		last = edge->process;
		proc = &snap->processes.at[last];
		if (cell->field == FIELD_PID) {
			buf_i64(cell->to, proc->pid);
		} else if (proc->comm) {
			text_escape(&name, proc->comm->data, proc->comm->len);
			put_quoted(cell->to, cell->view, &name);
		} else {
			buf_putc(cell->to, '?');
		}
	}
}

/* The latest use the kernel recorded; 0 if it is not known. */
static int64_t last_used(const struct cell *cell)
{
	const struct class_info *kind = class_infos[cell->obj->class];
	uint64_t num, latest = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kind->last_use_fields); i++) {
		if (kind->last_use_fields[i] == FIELD_NONE)
			break;
		if (object_num(cell->snap, cell->obj, kind->last_use_fields[i], &num) &&
		    num > latest)
			latest = num;
	}
	return (int64_t)latest;
}

static void put_proc(const struct cell *cell)
{
	pid_t pid = (pid_t)cell->value.num;
	uint64_t made = 0;
	struct value alive;
	uint32_t index;

	object_num(cell->snap, cell->obj, FIELD_CTIME, &made);
	alive = process_alive(cell->snap, pid,
			      cell->field == FIELD_MADE_BY ? (int64_t)made :
			      last_used(cell));
	index = snapshot_find_pid(cell->snap, pid);
	if (alive.known == KNOWN_YES && alive.num && index != NO_INDEX) {
		render_process(cell->to, &cell->snap->processes.at[index]);
		return;
	}
	buf_i64(cell->to, pid);
	buf_puts(cell->to, alive.known == KNOWN_YES && !alive.num ?
		 " gone" : " ?");
}

/* "value 0", "3 sem" or bytes; for programs the number alone. */
static void put_amount(const struct cell *cell, bool known)
{
	const struct class_info *kind = class_infos[cell->obj->class];
	bool exact = format_is_exact(cell->view->format);
	bool before = fields[kind->amount].type == TYPE_SEMS;
	const struct sems *sems;

	if (kind->unit && before && !exact) {
		buf_puts(cell->to, kind->unit);
		buf_putc(cell->to, ' ');
	}
	sems = before ? object_sems(cell->snap, cell->obj) : NULL;
	if (!known || (before && (!sems || !sems->nr)))
		buf_putc(cell->to, '?');
	else if (before)
		buf_u64(cell->to, sems->sem[0].value);
	else if (kind->unit)
		buf_u64(cell->to, cell->value.num);
	else
		render_size(cell->to, cell->view, cell->value.num);
	if (kind->unit && !before && !exact) {
		buf_putc(cell->to, ' ');
		buf_puts(cell->to, kind->unit);
	}
}

static void put_known(const struct cell *cell)
{
	struct buf *to = cell->to;
	uint64_t num = cell->value.num;

	switch (fields[cell->field].type) {
	case TYPE_KEY:		put_key(cell); break;
	case TYPE_SIZE:		render_size(to, cell->view, num); break;
	case TYPE_TIME:		put_time(cell); break;
	case TYPE_AGE:		put_age(cell); break;
	case TYPE_MODE:		buf_octal(to, num, 4); break;
	case TYPE_BOOL:		buf_puts(to, num ? "yes" : "no"); break;
	case TYPE_SEMS:		put_sems(cell); break;
	case TYPE_REFS:		put_peers(cell); break;
	case TYPE_PROC:		put_proc(cell); break;
	case TYPE_PIDS:
	case TYPE_COMMS:	put_each_user(cell); break;
	case TYPE_WORD:		buf_puts(to, cell->value.word); break;
	case TYPE_DEV:
		buf_u64(to, major(num));
		buf_putc(to, ':');
		buf_u64(to, minor(num));
		break;
	case TYPE_STR:
		if (cell->value.str)
			put_str(cell, cell->value.str);
		else if (cell->value.word)
			buf_puts(to, cell->value.word);
		else
			put_ref(cell, cell->obj);
		break;
	default:
		buf_u64(to, num);
	}
}

void render_cell(struct buf *to, const struct view *view,
		 const struct snapshot *snap, const struct object *obj,
		 enum field_id field, unsigned int room)
{
	struct cell cell = {
		.to = to, .view = view, .snap = snap, .obj = obj,
		.field = field,
	};

	if (fields[field].type == TYPE_USERS) {
		users_put(to, snap, obj, field, NO_INDEX, room);
		return;
	}
	if (field == FIELD_STATE) {
		put_states(&cell);
		return;
	}
	cell.value = object_value(snap, obj, field);
	if (cell.value.known == KNOWN_NOT_APPLICABLE)
		return;
	if (field == FIELD_AMOUNT && cell.value.known != KNOWN_NONE)
		put_amount(&cell, cell.value.known == KNOWN_YES);
	else if (field == FIELD_KEY && cell.value.known == KNOWN_NONE)
		put_key(&cell);
	else if (cell.value.known == KNOWN_YES)
		put_known(&cell);
	else
		buf_putc(to, cell.value.known == KNOWN_NONE ? '-' : '?');
}

static const char *state_color(const struct view *view,
			       const struct snapshot *snap,
			       const struct object *obj)
{
	bool unsure;
	uint64_t bits = object_state(snap, obj, &unsure) & ~view->states_told;

	if (!bits)
		return unsure ? COLOR_ODD : COLOR_NONE;
	switch (state_infos[__builtin_ctzll(bits)].mood) {
	case MOOD_STUCK:	return COLOR_STUCK;
	case MOOD_ODD:		return COLOR_ODD;
	default:		return NULL;
	}
}

const char *cell_color(const struct view *view, const struct snapshot *snap,
		       const struct object *obj, enum field_id field)
{
	struct value value;

	if (!view->color)
		return NULL;
	if (field == FIELD_STATE)
		return state_color(view, snap, obj);
	value = object_value(snap, obj, field);
	switch (value.known) {
	case KNOWN_NONE:	return COLOR_NONE;
	case KNOWN_NOT:		return COLOR_ODD;
	case KNOWN_YES:		break;
	default:		return NULL;
	}
	if (field == FIELD_KEY && !value.num)
		return COLOR_NONE;
	return NULL;
}

enum align cell_align(const struct view *view, enum field_id field)
{
	switch (fields[field].type) {
	case TYPE_TIME:
		return view->time == TIME_ISO ? ALIGN_LEFT : ALIGN_RIGHT;
	case TYPE_NUMBER:
	case TYPE_SIZE:
	case TYPE_AMOUNT:
	case TYPE_AGE:
	case TYPE_PID:
	case TYPE_UID:
	case TYPE_GID:
		return ALIGN_RIGHT;
	default:
		return field == FIELD_REF ? ALIGN_LONG : ALIGN_LEFT;
	}
}
