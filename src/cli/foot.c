// SPDX-License-Identifier: GPL-2.0-or-later
#include "foot.h"
#include "help.h"

#include <errno.h>

#include "ipcscope/gaps.h"
#include "ipcscope/text.h"

#define NOT_SHOWN_MAX	4	/* classes counted by name */
#define SGR_DIM		"\033[2m"
#define SGR_END		"\033[m"

struct sums {
	uint32_t nr;
	bool has_bytes;
	bool memory_unknown;
	uint64_t bytes, memory;
	bool has_attaches;
	bool found_unknown;
	uint32_t attached, unattached;
	uint64_t attaches, found;
	uint32_t states[NR_STATES];
};

/* Counted in bytes, as memory is. */
static bool foot_is_memory(const struct class_info *kind)
{
	return kind->amount == FIELD_SIZE && !kind->unit;
}

/* How much of it is in memory; what is allocated where only that is told. */
static enum field_id foot_memory_field(const struct class_info *kind)
{
	return class_field(kind, FIELD_RSS) ? FIELD_RSS : FIELD_USED;
}

void foot_query(const struct selection *sel, struct query *query)
{
	/* What is found on the way, or asked of the kernel in one go. */
	const uint64_t cheap = query->parts | NEED(UNIX) | NEED(INET) | NEED(NET_NS);
	uint64_t asked = query->classes, others = 0;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (!(class_infos[class]->listed_by & ~cheap))
			others |= A_CLASS_OF(class);
		if (!foot_is_memory(class_infos[class]))
			continue;
		query->classes = asked & A_CLASS_OF(class);
		query_add_field(query, FIELD_SIZE);
		query_add_field(query, FIELD_ATTACHES);
		query_add_field(query, foot_memory_field(class_infos[class]));
	}
	query->classes = asked;
	if (sel->by_default && !sel->filters.nr)
		query->classes |= others;
}

/* Derived ones, too. */
static bool foot_num(const struct snapshot *snap, const struct object *obj,
		     enum field_id field, uint64_t *num)
{
	struct value value = object_value(snap, obj, field);

	*num = value.num;
	return value.known == KNOWN_YES;
}

static void foot_add_attaches(struct sums *sums, const struct snapshot *snap,
			      const struct object *obj)
{
	uint64_t attaches, found;

	if (!foot_num(snap, obj, FIELD_ATTACHES, &attaches))
		return;
	sums->has_attaches = true;
	sums->attaches += attaches;
	if (attaches)
		sums->attached++;
	else
		sums->unattached++;
	if (foot_num(snap, obj, FIELD_ATTACHES_FOUND, &found))
		sums->found += found;
	else
		sums->found_unknown = true;
}

static void foot_add_object(struct sums *sums, const struct snapshot *snap,
			    const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	uint64_t state = object_state(snap, obj, NULL);
	uint64_t size, num;
	enum state bit;

	sums->nr++;
	for (bit = 0; bit < NR_STATES; bit++)
		sums->states[bit] += state >> bit & 1;
	foot_add_attaches(sums, snap, obj);
	if (!foot_is_memory(kind) || !foot_num(snap, obj, FIELD_SIZE, &size))
		return;
	sums->has_bytes = true;
	num_add(&sums->bytes, size);
	if (foot_num(snap, obj, foot_memory_field(kind), &num))
		num_add(&sums->memory, num);
	else
		sums->memory_unknown = true;
}

static bool foot_is_refused(const struct picture *picture)
{
	const struct warning *warning;

	vec_for_each(warning, &picture->snap.warnings) {
		if (picture->parts >> warning->part & 1 && !warning->unsupported &&
		    (warning->err == EACCES || warning->err == EPERM))
			return picture->snap.host.uid != 0;
	}
	return false;
}

static void foot_put_user(struct buf *to, const struct picture *picture)
{
	const struct snapshot *snap = &picture->snap;
	const struct str *name = snapshot_find_name(snap, false, snap->host.uid);
	struct buf asked = {};

	if (name)
		text_escape(to, name->data, name->len);
	else if (picture->host && !picture->host->ops->id_name(picture->host, false,
							       snap->host.uid, &asked))
		text_escape(to, asked.data, asked.len);
	else
		buf_u64(to, snap->host.uid);
	buf_free(&asked);
}

static void foot_put_attaches(struct buf *to, const struct sums *sums)
{
	buf_printf(to, "; %u attached, %u not", sums->attached, sums->unattached);
	if (!sums->attaches || sums->found_unknown)
		return;
	buf_puts(to, "; ");
	if (sums->found < sums->attaches) {
		num_grouped(to, sums->found);
		buf_puts(to, " of ");
	} else {
		buf_puts(to, "all ");
	}
	num_grouped(to, sums->attaches);
	buf_printf(to, " attachment%s found", sums->attaches == 1 ? "" : "s");
}

/* What is urgent or odd. */
static void foot_put_states(struct buf *to, const struct sums *sums)
{
	const char *before = "; ";
	enum state state;

	for (state = 0; state < NR_STATES; state++) {
		if (state_infos[state].mood == MOOD_PLAIN || !sums->states[state])
			continue;
		buf_printf(to, "%s%u %s", before, sums->states[state],
			   state_infos[state].word);
		before = ", ";
	}
}

static void foot_put_sums(struct buf *to, const struct selection *sel,
			  const struct picture *picture, const struct sums *sums)
{
	const struct class_info *kind = only_kind(sel->classes);
	bool refused = foot_is_refused(picture);

	if (sums->nr)
		num_grouped(to, sums->nr);
	else
		buf_puts(to, "no");
	buf_printf(to, " %s%s", kind ? kind->noun : "object", sums->nr == 1 ? "" : "s");
	if (refused)
		buf_puts(to, " seen");
	if (sums->has_bytes) {
		buf_puts(to, ", ");
		num_size(to, sums->bytes);
	}
	if (sums->has_bytes && sums->bytes && !sums->memory_unknown) {
		buf_puts(to, ", ");
		/* A last page may be longer than what is in it. */
		num_size(to, MIN(sums->memory, sums->bytes));
		buf_puts(to, " of it in memory");
	}
	if (kind && sums->has_attaches)
		foot_put_attaches(to, sums);
	else if (kind)
		foot_put_states(to, sums);
	if (refused) {
		buf_puts(to, "; ? and unseen: not visible to ");
		foot_put_user(to, picture);
	}
}

/* "not shown: 26 pipe, 3 fifo, ... and more: ipcscope -a" */
static void foot_put_not_shown(struct buf *to, const struct selection *sel,
			       const struct snapshot *snap)
{
	uint32_t count[NR_CLASSES] = {};
	const struct object *obj;
	unsigned int shown = 0;
	enum class_id class;

	vec_for_each(obj, &snap->objects)
		count[obj->class]++;
	for (class = 0; class < NR_CLASSES && shown < NOT_SHOWN_MAX; class++) {
		if (sel->classes >> class & 1 || !count[class])
			continue;
		buf_puts(to, shown++ ? ", " : "not shown: ");
		num_grouped(to, count[class]);
		buf_printf(to, " %s", class_infos[class]->name);
	}
	buf_puts(to, shown ? " and more: ipcscope -a" : "more: ipcscope -a");
}

void foot_elsewhere(struct buf *to, const struct view *view, const struct snapshot *snap)
{
	pid_t first;
	uint32_t nr = snap->parts_read & (NEED(SYSV) | NEED(MQUEUE)) ?
		      snapshot_other_ipc_nss(snap, &first) : 0;

	if (!nr)
		return;
	foot_begin(to, view);
	buf_printf(to, "not all of %u other IPC namespace%s is shown: nsenter -i -t %d ipcscope",
		   nr, nr == 1 ? "" : "s", (int)first);
	foot_end(to, view);
}

void foot_begin(struct buf *to, const struct view *view)
{
	buf_puts(to, view->color ? SGR_DIM : "");
}

void foot_end(struct buf *to, const struct view *view)
{
	buf_puts(to, view->color ? SGR_END "\n" : "\n");
}

void foot_print(struct buf *to, const struct view *view,
		const struct selection *sel, const struct picture *picture,
		const struct rows *rows, uint32_t left)
{
	const struct snapshot *snap = &picture->snap;
	struct sums sums = {};
	const uint32_t *row;

	vec_for_each(row, rows)
		foot_add_object(&sums, snap, &snap->objects.at[*row]);
	if (rows->nr)
		buf_putc(to, '\n');
	foot_begin(to, view);
	foot_put_sums(to, sel, picture, &sums);
	if (left) {
		buf_puts(to, "; ");
		num_grouped(to, left);
		buf_puts(to, " may be left behind: ipcscope stale");
	}
	foot_end(to, view);
	foot_elsewhere(to, view, snap);
	if (!sel->by_default || sel->filters.nr)
		return;
	foot_begin(to, view);
	foot_put_not_shown(to, sel, snap);
	foot_end(to, view);
}

void foot_limit(struct buf *to, const struct view *view, uint32_t nr)
{
	if (!nr)
		return;
	foot_begin(to, view);
	buf_puts(to, "left out by --limit: ");
	num_grouped(to, nr);
	buf_puts(to, nr == 1 ? " row" : " rows");
	foot_end(to, view);
}

/* The words of the command line, as a shell wants them. */
static void foot_put_request(struct buf *to, const struct request *req)
{
	enum option_id id;
	int i;

	if (req->command != &command_list)
		buf_printf(to, " %s", req->command->name);
	for (id = 0; id < NR_OPTIONS; id++) {
		if (!asked(req, id))
			continue;
		buf_printf(to, " --%s", option_specs[id].name);
		if (!option_specs[id].arg)
			continue;
		buf_putc(to, ' ');
		text_shell(to, req->option[id].text, strlen(req->option[id].text));
	}
	for (i = 0; i < req->nr_args; i++) {
		buf_putc(to, ' ');
		text_shell(to, req->args[i], strlen(req->args[i]));
	}
}

void foot_hint(struct buf *to, const struct view *view, const struct picture *picture)
{
	if (!picture->host || !foot_is_refused(picture))
		return;
	foot_begin(to, view);
	buf_puts(to, "to see all: sudo ipcscope");
	foot_put_request(to, picture->req);
	foot_end(to, view);
}
