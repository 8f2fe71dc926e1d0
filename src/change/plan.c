// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan: the objects to be removed as the verdict saw them, and what the user is told before
 * anything is done. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#include "ipcscope/render.h"
#include "ipcscope/text.h"

const struct change_class *const change_classes[NR_CLASSES] = {
	[CLASS_shm]	= &change_shm,
	[CLASS_sem]	= &change_sem,
	[CLASS_msg]	= &change_msg,
	[CLASS_pshm]	= &change_pshm,
	[CLASS_psem]	= &change_psem,
	[CLASS_pmsg]	= &change_pmsg,
	[CLASS_fifo]	= &change_fifo,
	[CLASS_unix]	= &change_unix,
};

static const char *plan_never(const struct target *target, const struct snapshot *snap)
{
	return "cannot be removed: it goes with the last process that has it";
}

static const struct change_family plan_no_family = {
	.identity = IDENTITY_FILE,
};

static const struct change_class plan_no_class = {
	.family = &plan_no_family, .type = S_IFREG, .directory = "/",
	.impossible = plan_never,
};

const struct change_class *target_class(const struct target *target)
{
	const struct change_class *class = change_classes[target->class];

	return class ? class : &plan_no_class;
}

const char *const outcome_words[NR_OUTCOMES] = {
	[OUTCOME_PLANNED]	= "remove",
	[OUTCOME_REMOVED]	= "removed",
	[OUTCOME_CHANGED]	= "changed",
	[OUTCOME_GONE]		= "gone",
	[OUTCOME_SKIPPED]	= "skipped",
	[OUTCOME_REFUSED]	= "refused",
	[OUTCOME_FAILED]	= "failed",
	[OUTCOME_REPORTED]	= "report",
	[OUTCOME_STOPPED]	= "stopped",
};

void target_query(struct query *query)
{
	identity_query(query);
	query_add_field(query, FIELD_NAME);
	query_add_field(query, FIELD_NAMES);
	query_add_field(query, FIELD_PATH);
	query_add_field(query, FIELD_LINKS);
	query_add_field(query, FIELD_OWNER);
	query_add_field(query, FIELD_AMOUNT);
}

void removal_query(struct query *query)
{
	target_query(query);
	query_add_field(query, FIELD_VALUES);
	query_add_field(query, FIELD_STATE);
	query_add_field(query, FIELD_USERS);
}

bool removal_can_prove(enum class_id class)
{
	return change_classes[class] && change_classes[class]->leased;
}

void removal_init(struct removal *rm, const char *command)
{
	*rm = (struct removal){
		.command = command, .host = &live_host, .log = -1, .lock = -1,
		.ops = &live_write_ops, .save_limit = 64 << 20,
		.keep_most = 1ull << 30,
	};
}

const struct str *object_path(struct arena *arena, enum class_id class, const struct str *name)
{
	const struct target target = { .class = class };
	const char *directory = target_class(&target)->directory;

	if (!directory || !name || !name->len ||
	    name->data[0] != '/' || memchr(name->data, '\0', name->len))
		return NULL;
	return arena_printf(arena, "%s%s", directory, name->data + 1);
}

/* @text and what it holds become the arena's: most objects of a plan have the same owner, and
 * are there for the same reason. */
static const struct str *plan_take(struct removal *rm, struct buf *text)
{
	const struct str *taken = arena_str_once(&rm->arena, &rm->texts, text->data, text->len);

	buf_free(text);
	return taken;
}

static const struct str *plan_cell(struct removal *rm, const struct snapshot *snap,
				   const struct object *obj, enum field_id field)
{
	const struct view view = { .width = 80, .terminal = true };
	struct buf text = {};

	render_cell(&text, &view, snap, obj, field);
	return plan_take(rm, &text);
}

static const struct str *plan_reason(struct removal *rm, const struct finding *finding,
				     unsigned int room)
{
	struct buf text = {};

	if (finding)
		finding_why(&text, finding, room);
	return plan_take(rm, &text);
}

/* Paths of all its names; NULL. */
static const struct str *plan_names(struct removal *rm, const struct target *target,
				    const struct str *names)
{
	struct buf paths = {};
	const char *name = NULL;
	size_t len = 0;

	while (names && names_next(names, &name, &len)) {
		buf_puts(&paths, paths.len ? "/" : "");
		buf_puts(&paths, target_class(target)->directory);
		buf_add(&paths, name + 1, len - 1);
	}
	return names ? plan_take(rm, &paths) : NULL;
}

struct target *removal_add(struct removal *rm, const struct snapshot *snap,
			   uint32_t object, const struct finding *finding)
{
	const struct object *obj = &snap->objects.at[object];
	struct target *target = vec_add(&rm->targets);
	const struct change_class *class;
	uint64_t uid = 0;

	object_num(snap, obj, FIELD_UID, &uid);
	target->object = object;
	target->class = obj->class;
	target->key = obj->key;
	target->uid = (uid_t)uid;
	target->ref = plan_cell(rm, snap, obj, FIELD_REF);
	target->owner = plan_cell(rm, snap, obj, FIELD_OWNER);
	target->amount = plan_cell(rm, snap, obj, FIELD_AMOUNT);
	target->verdict = finding ? finding->verdict : VERDICT_UNKNOWN;
	target->brief = plan_reason(rm, finding, WHY_BRIEF);
	target->sentence = plan_reason(rm, finding, 0);
	class = target_class(target);
	identity_fill(target, snap, obj);
	if (class->bytes)
		object_num(snap, obj, class->bytes, &target->bytes);
	target->memory = target->bytes;
	target->path = object_path(&rm->arena, target->class,
				   object_str(snap, obj, FIELD_NAME));
	if (class->type == S_IFREG) {
		target->names = plan_names(rm, target, object_str(snap, obj, FIELD_NAMES));
		object_num(snap, obj, FIELD_LINKS, &target->links);
	}
	if (class->plan)
		class->plan(rm, target, snap, obj);
	return target;
}

void target_call(struct removal *rm, struct target *target, const struct str *name)
{
	struct buf ref = {};

	buf_puts(&ref, class_infos[target->class]->name);
	buf_putc(&ref, ':');
	text_escape(&ref, name->data, name->len);
	target->ref = plan_take(rm, &ref);
	target->path = object_path(&rm->arena, target->class, name);
}

const struct str *target_stays(struct removal *rm, struct target *target)
{
	const struct target *one;
	uint64_t left = target->links;

	vec_for_each(one, &rm->targets) {
		left -= left && one->key.space == target->key.space &&
			one->key.ns == target->key.ns && one->key.id == target->key.id &&
			one->outcome == OUTCOME_PLANNED;
		if (one == target)
			break;
	}
	/* What it takes stays, too. */
	if (left)
		target->memory = 0;
	return left ? arena_printf(&rm->arena,
				   "its contents stay under %llu more name%s (hard links)",
				   (unsigned long long)left, left > 1 ? "s" : "") : NULL;
}

const char *plan_name_impossible(const struct target *target, const struct snapshot *snap)
{
	const struct object *obj = &snap->objects.at[target->object];
	uint64_t home = snap->host.home_dev[target->class], flags = 0;

	object_num(snap, obj, FIELD_FLAGS, &flags);
	if (flags & IS(UNLINKED))
		return "has no name any more: it goes with the last process that has it";
	if (!target->path)
		return "has no path to reach it by";
	return home && obj->key.ns != home && !target->there ? "is in another namespace" : NULL;
}

const char *target_impossible(const struct target *target, const struct snapshot *snap)
{
	const char *why = target_class(target)->impossible(target, snap);

	/* 0 would be compared with, and kept, in its place. */
	if (!why && target->incomplete && !target->force)
		why = "could not be read whole (owner, group, mode, times or contents): what changes could not be told";
	return why;
}

bool target_is_unused(const struct target *target)
{
	return target_class(target)->counted && !target->incomplete && !target->sysv.nr;
}

void target_effect(struct buf *to, const struct target *target)
{
	const struct change_class *class = target_class(target);
	const uint64_t messages = class->data == COPY_MESSAGES ? target->sysv.nr :
				  target->mq.messages;

	if (class->put_effect) {
		class->put_effect(to, target);
		return;
	}
	if (messages) {
		num_grouped(to, messages);
		buf_printf(to, " %s with it; ", messages == 1 ? "message goes" : "messages go");
	}
	buf_puts(to, class->effect);
}

void target_keeping(struct buf *to, const struct removal *rm, const struct target *target)
{
	const struct change_class *class = target_class(target);

	if (rm->no_save) {
		buf_puts(to, "nothing kept: no undo");
		return;
	}
	if (!target->keep) {
		buf_puts(to, "too large to be kept (--save-limit): no undo");
		return;
	}
	buf_printf(to, "%s kept for undo", class->kept_empty && !target->sysv.nr ?
		   class->kept_empty : class->kept);
	if (class->loses_messages && target->mq.messages)
		buf_puts(to, ", messages not");
}

void removal_plan_keep(struct removal *rm)
{
	uint64_t left = rm->save_limit;
	struct target *target;

	vec_for_each(target, &rm->targets) {
		target->keep = !rm->no_save && target->bytes <= left;
		if (target->keep && target->outcome == OUTCOME_PLANNED)
			left -= target->bytes;
	}
}

/* How many and how much are to go or went, and of them how many and how much are kept. */
struct plan_kept {
	uint32_t nr, kept;
	uint64_t bytes, kept_bytes, lost_messages;
};

static struct plan_kept plan_count_kept(const struct removal *rm, bool done)
{
	const enum outcome counted = done ? OUTCOME_REMOVED : OUTCOME_PLANNED;
	const struct target *target;
	struct plan_kept sum = {};

	vec_for_each(target, &rm->targets) {
		const bool kept = done ? target->kept : target->keep;

		if (target->outcome != counted)
			continue;
		sum.nr++;
		sum.kept += kept;
		num_add(&sum.bytes, target->bytes);
		num_add(&sum.kept_bytes, kept ? target->bytes : 0);
		if (target_class(target)->loses_messages)
			num_add(&sum.lost_messages, target->mq.messages);
	}
	return sum;
}

bool removal_keeps_all(const struct removal *rm, bool done)
{
	const struct plan_kept sum = plan_count_kept(rm, done);

	return sum.kept == sum.nr && !sum.lost_messages;
}

void removal_put_keeping(struct buf *to, const struct removal *rm, bool done)
{
	const struct plan_kept sum = plan_count_kept(rm, done);
	unsigned int shift = 0;

	if (!sum.nr)
		return;
	if (rm->no_save) {
		buf_puts(to, "kept for undo: nothing (--no-save)\n");
		return;
	}
	buf_puts(to, "kept for undo: ");
	num_grouped(to, sum.kept);
	buf_puts(to, " of ");
	num_grouped(to, sum.nr);
	if (sum.bytes) {
		buf_puts(to, ", ");
		num_size(to, sum.kept_bytes);
		buf_puts(to, " of ");
		num_size(to, rm->save_limit);
	}
	if (sum.kept < sum.nr && sum.bytes < NUM_TOO_MUCH - (1ull << 30)) {
		/* Rounded up, for a limit that is enough. */
		while (shift < 30 && sum.bytes >> shift >= 10240)
			shift += 10;
		buf_puts(to, "; to keep all: --save-limit ");
		num_size(to, (sum.bytes + (1ull << shift) - 1) >> shift << shift);
	}
	if (sum.lost_messages) {
		buf_puts(to, "; not kept: ");
		num_grouped(to, sum.lost_messages);
		buf_printf(to, " message%s of POSIX queues", sum.lost_messages == 1 ? "" : "s");
	}
	buf_putc(to, '\n');
}

void target_note(struct removal *rm, struct target *target,
		 enum outcome outcome, const char *brief, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	target->outcome = outcome;
	target->note = arena_str(&rm->arena, text, strlen(text));
	target->note_brief = arena_str(&rm->arena, brief, strlen(brief));
}
