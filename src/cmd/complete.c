// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * __complete KIND [PREFIX]: what completions offer from the living system, a
 * word a line, a tab and a description behind it. Quick and quiet.
 */
#include <string.h>

#include "cli/assign.h"
#include "cli/removal_session.h"
#include "cli/session.h"
#include "ipcscope/text.h"

static session_fn complete_print;

const struct command command_complete = {
	.name	 = "__complete",
	.args	 = "KIND [PREFIX]",
	.takes	 = { TAKES(FROM), TAKES(NO_PROGRESS) },
	.min_args = 1,
	.max_args = 2,
	.print	 = complete_print,
};

static bool complete_begins_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* Classes whose REFs can begin so. */
static uint64_t complete_classes_of(const char *prefix)
{
	size_t len = strcspn(prefix, ":");
	uint64_t classes = 0;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		const char *name = class_infos[class]->name;

		if (prefix[len] ? strlen(name) == len && complete_begins_with(prefix, name) :
		    complete_begins_with(name, prefix))
			classes |= A_CLASS_OF(class);
	}
	return classes;
}

static void complete_print_ref(struct buf *to, const struct snapshot *snap,
			       const struct object *obj, const char *prefix)
{
	struct buf ref = {};
	struct value owner;

	object_ref(&ref, snap, obj);
	if (complete_begins_with(ref.data, prefix)) {
		buf_add(to, ref.data, ref.len);
		buf_printf(to, "\t%s", class_infos[obj->class]->title);
		owner = object_value(snap, obj, FIELD_OWNER);
		if (owner.known == KNOWN_YES && owner.str) {
			buf_puts(to, " of ");
			text_escape(to, owner.str->data, owner.str->len);
		}
		buf_putc(to, '\n');
	}
	buf_free(&ref);
}

/* Of classes that cost a look into every process only the name, until it is
 * there: "pipe:". */
static uint64_t complete_print_classes(struct buf *to, uint64_t classes)
{
	uint64_t usual = classes_by_word("sysv", strlen("sysv")) |
			 classes_by_word("posix", strlen("posix"));
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (classes & ~usual & A_CLASS_OF(class))
			buf_printf(to, "%s:\t%s\n", class_infos[class]->name,
				   class_infos[class]->title);
	}
	return classes & usual;
}

static void complete_refs(struct buf *to, struct picture *picture, const char *prefix)
{
	uint64_t classes = complete_classes_of(prefix);
	const struct object *obj;

	if (!strchr(prefix, ':'))
		classes = complete_print_classes(to, classes);
	if (!classes)
		return;
	picture->query.classes = classes;
	query_add_field(&picture->query, FIELD_OWNER);
	if (picture_read(picture))
		return;
	vec_for_each(obj, &picture->snap.objects) {
		if (classes >> obj->class & 1)
			complete_print_ref(to, &picture->snap, obj, prefix);
	}
}

/* Users who own something, or use it. */
static void complete_users(struct buf *to, struct picture *picture, const char *prefix)
{
	const struct id_name *name;
	struct buf safe = {};

	picture->query.classes = classes_by_word("sysv", strlen("sysv")) |
				 classes_by_word("posix", strlen("posix"));
	query_add_field(&picture->query, FIELD_OWNER);
	query_add_field(&picture->query, FIELD_PID);
	if (picture_read(picture))
		return;
	vec_for_each(name, &picture->snap.names) {
		buf_reset(&safe);
		if (name->group || !name->name)
			continue;
		text_escape(&safe, name->name->data, name->name->len);
		if (complete_begins_with(safe.data, prefix))
			buf_printf(to, "%s\tuser %u\n", safe.data, name->id);
	}
	buf_free(&safe);
}

static void complete_pids(struct buf *to, struct picture *picture, const char *prefix)
{
	const struct process *proc;
	struct buf pid = {};

	picture->query.classes = ALL_CLASSES;
	query_add_field(&picture->query, FIELD_PID);
	if (picture_read(picture))
		return;
	vec_for_each(proc, &picture->snap.processes) {
		buf_reset(&pid);
		buf_i64(&pid, proc->pid);
		if (!proc->nr_edges || !complete_begins_with(pid.data, prefix))
			continue;
		buf_printf(to, "%s\t", pid.data);
		if (proc->comm)
			text_escape(to, proc->comm->data, proc->comm->len);
		buf_putc(to, '\n');
	}
	buf_free(&pid);
}

static void complete_made(struct buf *to, struct picture *picture, const char *prefix)
{
	assign_complete(to, true, prefix);
}

static void complete_changed(struct buf *to, struct picture *picture, const char *prefix)
{
	assign_complete(to, false, prefix);
}

/* What is kept, for undo. */
static void complete_kept(struct buf *to, struct picture *picture, const char *prefix)
{
	struct saved_list list = {};
	struct removal rm;
	const struct saved *saved;
	char why[256];

	removal_init(&rm, "undo");
	if (!removal_paths(&rm, why) && !saved_list(&rm, &list)) {
		vec_for_each(saved, &list.all) {
			if (!saved->whole || saved->lost || !complete_begins_with(saved->id, prefix))
				continue;
			buf_printf(to, "%s\t%s ", saved->id, saved->command);
			text_escape(to, saved->ref, strlen(saved->ref));
			buf_putc(to, '\n');
		}
	}
	saved_list_free(&list);
	removal_free(&rm);
}

static int complete_print(struct session *session)
{
	const struct request *req = session->req;
	const char *prefix = req->nr_args > 1 ? req->args[1] : "";
	static const struct {
		const char *kind;
		void (*complete)(struct buf *to, struct picture *picture,
				 const char *prefix);
	} kinds[] = {
		{ "refs", complete_refs },
		{ "users", complete_users },
		{ "pids", complete_pids },
		{ "made", complete_made },
		{ "changed", complete_changed },
		{ "kept", complete_kept },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].kind, req->args[0]) != 0)
			continue;
		kinds[i].complete(&session->out, &session->picture, prefix);
		return STATUS_OK;
	}
	return STATUS_USAGE;
}
