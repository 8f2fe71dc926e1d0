// SPDX-License-Identifier: GPL-2.0-or-later
/* One value of one object as text; processes, names, numbers and times as tables and
 * sentences have them. */
#include <sys/sysmacros.h>
#include <time.h>

#include "ipcscope/text.h"
#include "internal.h"

#define FOLDED_SEMS	16	/* values shown of a set on a terminal */

struct cell {
	struct buf *to;
	const struct view *view;
	bool exact;		/* for programs: nothing is quoted */
	const struct snapshot *snap;
	const struct object *obj;
	enum field_id field;
	struct value value;
};

/* Somebody's bytes that must not pass for one of the marks. */
static void cell_str(const struct cell *cell, const struct str *str)
{
	uint32_t i;

	if ((str->len == 1 && (str->data[0] == '-' || str->data[0] == '?')) ||
	    (str->len == 2 && !memcmp(str->data, "\"\"", 2))) {
		for (i = 0; i < str->len; i++)
			buf_printf(cell->to, "\\x%02x", str->data[i]);
	} else if (!cell->exact && (cell->field == FIELD_NAME || cell->field == FIELD_PATH)) {
		render_name(cell->to, str);
	} else {
		text_escape(cell->to, str->data, str->len);
	}
}

static void cell_names(const struct cell *cell)
{
	const char *name = NULL;
	size_t len = 0;

	while (names_next(cell->value.str, &name, &len)) {
		if (name != cell->value.str->data)
			buf_putc(cell->to, ',');
		text_escape(cell->to, name, len);
	}
}

static void cell_list(const struct cell *cell)
{
	const char *word = NULL;
	size_t len = 0;

	while (list_next(cell->value.str, &word, &len)) {
		if (word != cell->value.str->data)
			buf_putc(cell->to, ',');
		text_escape(cell->to, word, len);
	}
	if (!cell->value.str->len)
		buf_putc(cell->to, '-');
}

static void cell_key(const struct cell *cell)
{
	struct value old = { .known = KNOWN_NONE };

	if (cell->field == FIELD_KEY && !cell->exact && !cell->value.num)
		old = object_value(cell->snap, cell->obj, FIELD_OLD_KEY);
	if (cell->value.num) {
		buf_puts(cell->to, "0x");
		buf_hex(cell->to, cell->value.num, 8);
	} else if (old.known == KNOWN_YES) {
		buf_printf(cell->to, "(0x%08llx)", (unsigned long long)old.num);
	} else {
		buf_putc(cell->to, '-');
	}
}

static void cell_moment(const struct cell *cell)
{
	bool is_age = fields[cell->field].type == TYPE_AGE;
	bool relative = cell->view->time == TIME_RELATIVE;
	int64_t now = cell->snap->host.taken, num = (int64_t)cell->value.num;
	int64_t when = is_age ? now - num : num;

	if (cell->value.num == (is_age ? AGE_NEVER : 0))
		buf_puts(cell->to, "never");
	else if (relative && cell->exact)
		buf_i64(cell->to, num);
	else if (relative && is_age)
		num_age(cell->to, cell->value.num);
	else if (relative && cell->field == FIELD_NEXT)
		num_age(cell->to, when > now ? (uint64_t)(when - now) : 0);
	else if (relative)
		num_age(cell->to, now > when ? (uint64_t)(now - when) : 0);
	else if (cell->view->time == TIME_ISO)
		render_time(cell->to, when, 'T');
	else
		buf_i64(cell->to, when);
}

/* For people the most urgent one. */
static void cell_states(const struct cell *cell)
{
	bool unsure;
	uint64_t bits = object_state(cell->snap, cell->obj, &unsure) &
			~cell->view->states_told;
	const char *gap = "";

	if (!bits)
		buf_putc(cell->to, unsure ? '?' : '-');
	for (; bits && (cell->exact || !*gap); bits &= bits - 1) {
		buf_puts(cell->to, gap);
		buf_puts(cell->to, state_infos[__builtin_ctzll(bits)].word);
		gap = ",";
	}
}

static void cell_sems(const struct cell *cell)
{
	const struct sems *sems = object_sems(cell->snap, cell->obj);
	bool folded = cell->view->terminal && sems->nr > FOLDED_SEMS;
	uint32_t i, shown = folded ? FOLDED_SEMS : sems->nr;

	for (i = 0; i < shown; i++) {
		buf_puts(cell->to, i ? "," : "");
		buf_u64(cell->to, sems->sem[i].value);
	}
	if (folded)
		buf_printf(cell->to, " +%u", sems->nr - shown);
	if (!sems->nr)
		buf_putc(cell->to, '-');
}

static void cell_peers(const struct cell *cell)
{
	const struct str *others = object_str(cell->snap, cell->obj, cell->field);
	const struct edge *edge;
	const char *gap = "", *word = NULL;
	size_t len = 0;
	uint32_t i;

	for_each_object_edge(edge, i, cell->snap, cell->obj) {
		if (edge->kind != EDGE_PEER)
			continue;
		buf_puts(cell->to, gap);
		gap = ",";
		(cell->exact ? object_ref : render_ref)(cell->to, cell->snap,
							&cell->snap->objects.at[edge->peer]);
	}
	while (others && list_next(others, &word, &len)) {
		buf_puts(cell->to, gap);
		gap = ",";
		text_escape(cell->to, word, len);
	}
}

/* Each process once, in order of pid: PID and COMMAND go together. */
static void cell_each_user(const struct cell *cell)
{
	const struct snapshot *snap = cell->snap;
	uint32_t i, last = NO_INDEX;
	const struct edge *edge;

	for_each_object_edge(edge, i, snap, cell->obj) {
		const struct process *proc;

		if (!edge_uses[edge->kind] || edge->process == last)
			continue;
		buf_puts(cell->to, last == NO_INDEX ? "" : ",");
		last = edge->process;
		proc = &snap->processes.at[last];
		if (cell->field == FIELD_PID)
			buf_i64(cell->to, proc->pid);
		else if (proc->comm && cell->exact)
			text_escape(cell->to, proc->comm->data, proc->comm->len);
		else
			render_name(cell->to, proc->comm);
	}
}

static void cell_process(const struct cell *cell)
{
	const enum field_id *last = class_infos[cell->obj->class]->last_use_fields;
	pid_t pid = (pid_t)cell->value.num;
	uint64_t num, when = 0;
	struct value alive;
	uint32_t index;
	size_t i;

	if (cell->field == FIELD_MADE_BY)
		object_num(cell->snap, cell->obj, FIELD_CTIME, &when);
	/* The latest use the kernel recorded; 0 if it is not known. */
	for (i = 0; i < ARRAY_SIZE(class_infos[0]->last_use_fields) && last[i] &&
	     cell->field != FIELD_MADE_BY; i++) {
		if (object_num(cell->snap, cell->obj, last[i], &num) && num > when)
			when = num;
	}
	alive = process_alive(cell->snap, pid, (int64_t)when);
	index = snapshot_find_pid(cell->snap, pid);
	if (alive.known == KNOWN_YES && alive.num && index != NO_INDEX)
		render_process(cell->to, &cell->snap->processes.at[index]);
	else
		buf_printf(cell->to, "%d %s", (int)pid, alive.known == KNOWN_YES &&
			   !alive.num ? "gone" : "?");
}

/* "value 0", "3 sem" or bytes; for programs the number alone. */
static void cell_amount(const struct cell *cell, bool known)
{
	const struct class_info *kind = class_infos[cell->obj->class];
	const char *unit = kind->unit && !cell->exact ? kind->unit : NULL;
	bool before = fields[kind->amount].type == TYPE_SEMS;
	const struct sems *sems = before ? object_sems(cell->snap, cell->obj) : NULL;

	if (unit && before)
		buf_printf(cell->to, "%s ", unit);
	if (!known || (before && (!sems || !sems->nr)))
		buf_putc(cell->to, '?');
	else if (before)
		buf_u64(cell->to, sems->sem[0].value);
	else if (kind->unit)
		buf_u64(cell->to, cell->value.num);
	else
		render_size(cell->to, cell->view, cell->value.num);
	if (unit && !before)
		buf_printf(cell->to, " %s", unit);
}

static void cell_known(const struct cell *cell)
{
	struct buf *to = cell->to;
	uint64_t num = cell->value.num;

	switch (fields[cell->field].type) {
	case TYPE_KEY:		cell_key(cell); break;
	case TYPE_SIZE:		render_size(to, cell->view, num); break;
	case TYPE_TIME:
	case TYPE_AGE:		cell_moment(cell); break;
	case TYPE_MODE:		buf_octal(to, num, 4); break;
	case TYPE_BOOL:		buf_puts(to, num ? "yes" : "no"); break;
	case TYPE_SEMS:		cell_sems(cell); break;
	case TYPE_REFS:		cell_peers(cell); break;
	case TYPE_PROC:		cell_process(cell); break;
	case TYPE_PIDS:
	case TYPE_COMMS:	cell_each_user(cell); break;
	case TYPE_WORD:		buf_puts(to, cell->value.word); break;
	case TYPE_DEV:		buf_printf(to, "%u:%u", major(num), minor(num)); break;
	case TYPE_NAMES:	cell_names(cell); break;
	case TYPE_LIST:		cell_list(cell); break;
	case TYPE_STR:
		if (cell->value.str)
			cell_str(cell, cell->value.str);
		else
			buf_puts(to, cell->value.word);
		break;
	default:
		buf_u64(to, num);
	}
}

/* A user or group that is known, but has no name. */
static bool cell_is_nameless(const struct snapshot *snap, const struct object *obj,
			     enum field_id field, uint64_t *id)
{
	const enum field_id source = fields[field].from[0];

	return fields[source].called == field && object_num(snap, obj, source, id) &&
	       *id != (uid_t)-1;
}

void render_cell(struct buf *to, const struct view *view,
		 const struct snapshot *snap, const struct object *obj, enum field_id field)
{
	struct cell cell = {
		.to = to, .view = view, .exact = format_infos[view->format].exact,
		.snap = snap, .obj = obj, .field = field,
	};
	const struct packed users = {
		.context = snap, .item = obj, .without = NO_INDEX, .field = field,
	};
	uint64_t id;

	if (fields[field].type == TYPE_USERS) {
		users_put(to, &users, 0);
		return;
	}
	if (field == FIELD_REF) {
		(cell.exact ? object_ref : render_ref)(to, snap, obj);
		return;
	}
	if (field == FIELD_STATE) {
		cell_states(&cell);
		return;
	}
	cell.value = object_value(snap, obj, field);
	if (cell.value.known == KNOWN_NOT_APPLICABLE)
		return;
	if (field == FIELD_AMOUNT && cell.value.known != KNOWN_NONE)
		cell_amount(&cell, cell.value.known == KNOWN_YES);
	else if (field == FIELD_KEY && cell.value.known == KNOWN_NONE)
		cell_key(&cell);
	else if (cell.value.known == KNOWN_YES)
		cell_known(&cell);
	else if (cell_is_nameless(snap, obj, field, &id))
		buf_u64(to, id);
	else
		buf_putc(to, cell.value.known == KNOWN_NONE ? '-' : '?');
}

static const char *const mood_colors[] = {
	[MOOD_PLAIN] = NULL, [MOOD_ODD] = COLOR_ODD, [MOOD_STUCK] = COLOR_STUCK,
};

const char *cell_color(const struct view *view, const struct snapshot *snap,
		       const struct object *obj, enum field_id field)
{
	struct value value;
	uint64_t bits, id;
	bool unsure;

	if (field == FIELD_STATE) {
		bits = object_state(snap, obj, &unsure) & ~view->states_told;
		if (!bits)
			return unsure ? COLOR_ODD : COLOR_NONE;
		return mood_colors[state_infos[__builtin_ctzll(bits)].mood];
	}
	value = object_value(snap, obj, field);
	if (value.known == KNOWN_NOT)
		return cell_is_nameless(snap, obj, field, &id) ? NULL : COLOR_ODD;
	return value.known == KNOWN_NONE || (value.known == KNOWN_YES && field == FIELD_KEY &&
					     !value.num) ? COLOR_NONE : NULL;
}

void render_name(struct buf *to, const struct str *name)
{
	struct buf safe = {};

	if (!name) {
		buf_putc(to, '?');
		return;
	}
	text_escape(&safe, name->data, name->len);
	text_shell(to, safe.data ? safe.data : "", safe.len);
	buf_free(&safe);
}

void render_ref(struct buf *to, const struct snapshot *snap, const struct object *obj)
{
	struct buf ref = {};

	object_ref(&ref, snap, obj);
	text_shell(to, ref.data, ref.len);
	buf_free(&ref);
}

void render_count(struct buf *to, uint64_t nr, const char *noun, const char *plural)
{
	buf_printf(to, "%llu %s%s", (unsigned long long)nr, noun, nr == 1 ? "" : plural);
}

void render_size(struct buf *to, const struct view *view, uint64_t bytes)
{
	if (bytes == NUM_TOO_MUCH && format_infos[view->format].exact)
		buf_putc(to, '?');
	else if (bytes != NUM_TOO_MUCH && (view->bytes || format_infos[view->format].exact))
		buf_u64(to, bytes);
	else
		num_size(to, bytes);
}

void render_since(struct buf *to, const struct snapshot *snap, int64_t when)
{
	int64_t now = snap->host.taken;

	num_age(to, now > when ? (uint64_t)(now - when) : 0);
}

void render_time(struct buf *to, int64_t when, char gap)
{
	time_t seconds = (time_t)when;
	struct tm tm;
	long minutes;

	/* The year may be none that fits into tm_year. */
	if (!localtime_r(&seconds, &tm)) {
		buf_i64(to, when);
		return;
	}
	minutes = labs(tm.tm_gmtoff) / 60;
	buf_printf(to, "%lld-%02d-%02d%c%02d:%02d:%02d", tm.tm_year + 1900LL,
		   tm.tm_mon + 1, tm.tm_mday, gap, tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (gap == 'T')
		buf_printf(to, "%c%02ld:%02ld", tm.tm_gmtoff < 0 ? '-' : '+',
			   minutes / 60 % 100, minutes % 60);
}
