// SPDX-License-Identifier: GPL-2.0-or-later
/* IPC namespaces, what is in them and what keeps them. */
#include <errno.h>
#include <string.h>

#include "cli/foot.h"
#include "cli/session.h"
#include "ipcscope/json.h"
#include "ipcscope/text.h"

/* The limits that a namespace has, and the classes that count against them. */
#define OF_NS	(A_LIMIT(SHMMNI) | A_LIMIT(SEMMNI) | A_LIMIT(MSGMNI) | A_LIMIT(SEMMNS) | \
		 A_LIMIT(SHMALL) | A_LIMIT(QUEUES_MAX))
#define CLASSES	(A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg) | A_CLASS(pmsg) | A_CLASS(pshm))

struct ns_row {
	const struct namespace *ns;
	bool own;
	uint32_t processes;
	uint32_t first;		/* process; NO_INDEX */
	uint32_t count[NR_CLASSES];
	uint64_t bytes[NR_CLASSES];
	struct limit_pressures limits;
};

struct ns {
	struct session session;
	struct VEC(struct ns_row) rows;
};

static session_fn ns_parse, ns_plan, ns_analyse, ns_print;
static void ns_close(struct session *session);

const struct command command_ns = {
	.name	 = "ns",
	.args	 = "",
	.help	 = "IPC namespaces: what is in each, and what keeps it",
	.details = "Lists every IPC namespace: of all processes and threads, those that only a "
		"mount or a descriptor keeps, with what is in each. Where the control group of "
		"a process names a container or a unit, that is shown; so is the fullest limit. "
		"What nobody is in does not end by itself.",
	.examples = {
		{ "ipcscope ns", "who is on this host, and what they hold" },
		{ "ipcscope list --ns 4026532970", "inside one" },
		{ "ipcscope --all-ns", "everything" },
	},
	.takes	 = {
		TAKES_READING, TAKES_FORMATS, TAKES(NO_HEADING), TAKES(BYTES), TAKES(COLOR),
	},
	.more	 = true,
	.size	 = sizeof(struct ns),
	.parse	 = ns_parse,
	.plan	 = ns_plan,
	.analyse = ns_analyse,
	.print	 = ns_print,
	.close	 = ns_close,
};

static int ns_parse(struct session *session)
{
	session->sel.classes = session->sel.named = CLASSES;
	return 0;
}

static int ns_plan(struct session *session)
{
	struct query *query = &session->picture.query;

	query->classes = CLASSES;
	query_add_field(query, FIELD_SIZE);
	query_add_field(query, FIELD_USED);
	query_add_field(query, FIELD_NSEMS);
	limit_pressure_query(query, OF_NS, false, false);
	query->extra_parts |= NEED(FDS) | NEED(PROCS);
	query->all_nss = query->every_process = true;
	return 0;
}

static void ns_count(struct ns_row *row, const struct snapshot *snap)
{
	const uint64_t shm = row->own ? snap->host.home_dev[CLASS_pshm] : row->ns->shm_dev;
	const struct process *proc;
	const struct object *obj;
	uint64_t bytes;

	vec_for_each(obj, &snap->objects) {
		if (!(CLASSES >> obj->class & 1) ||
		    (obj->class == CLASS_pshm ? !shm || obj->key.ns != shm :
		     object_ipc_ns(snap, obj) != row->ns->ino))
			continue;
		row->count[obj->class]++;
		if (object_num(snap, obj, obj->class == CLASS_shm ? FIELD_SIZE : FIELD_USED, &bytes))
			num_add(&row->bytes[obj->class], bytes);
	}
	vec_for_each(proc, &snap->processes) {
		if (proc->ipc_ns != row->ns->ino)
			continue;
		if (!row->processes++)
			row->first = (uint32_t)(proc - snap->processes.at);
	}
}

/* The limits are judged as they would be from inside. */
static void ns_judge(struct ns_row *row, const struct snapshot *snap)
{
	struct snapshot inside = *snap;

	if (!row->own && !row->ns->limits)
		return;
	if (!row->own) {
		inside.host.ipc_ns = row->ns->ino;
		inside.host.home_dev[CLASS_pmsg] = row->ns->mqueue_dev ?: UINT64_MAX;
		memcpy(inside.limits, row->ns->limits, sizeof(inside.limits));
	}
	limit_pressure_judge(&inside, OF_NS, &row->limits);
}

static int ns_compare(const void *a, const void *b)
{
	const struct ns_row *x = a, *y = b;

	return COMPARE(y->own, x->own) ?: COMPARE(x->ns->ino, y->ns->ino);
}

static int ns_analyse(struct session *session)
{
	struct ns *command = session_of(session, struct ns, session);
	const struct snapshot *snap = &session->picture.snap;
	const struct namespace *ns;

	vec_for_each(ns, &snap->namespaces) {
		struct ns_row *row = vec_add(&command->rows);

		*row = (struct ns_row){
			.ns = ns, .own = ns->ino == snap->host.ipc_ns, .first = NO_INDEX,
		};
		ns_count(row, snap);
		ns_judge(row, snap);
	}
	if (command->rows.nr)
		qsort(command->rows.at, command->rows.nr, sizeof(command->rows.at[0]), ns_compare);
	return 0;
}

static const struct keeper *ns_keeper(const struct snapshot *snap, const struct ns_row *row)
{
	const struct keeper *keeper;

	vec_for_each(keeper, &snap->keepers) {
		if (keeper->ns == row->ns->ino)
			return keeper;
	}
	return NULL;
}

/* "this one", "ns-n0[3802]", "bind /run/ns/old", "fd ns-keeper[3816]" */
static void ns_put_keeper(struct buf *to, const struct snapshot *snap, const struct ns_row *row)
{
	const struct keeper *keeper = ns_keeper(snap, row);
	const char *at = keeper ? strchr(keeper->how->data, ':') + 1 : NULL;
	uint32_t process;
	uint64_t pid;

	if (row->own) {
		buf_puts(to, "this one");
	} else if (row->first != NO_INDEX) {
		render_process(to, &snap->processes.at[row->first]);
	} else if (!keeper) {
		buf_putc(to, '?');
	} else {
		buf_add(to, keeper->how->data, (size_t)(at - keeper->how->data) - 1);
		buf_putc(to, ' ');
		process = *at != '/' && num_u64(&at, &pid) ? snapshot_find_pid(snap, (pid_t)pid) :
			  NO_INDEX;
		if (process != NO_INDEX)
			render_process(to, &snap->processes.at[process]);
		else
			text_escape(to, at, strlen(at));
	}
}

static uint64_t ns_put_objects(struct buf *to, const struct ns_row *row)
{
	uint64_t bytes = 0;
	enum class_id class;
	bool any = false;

	for (class = 0; class < NR_CLASSES; class++) {
		if (!row->count[class])
			continue;
		buf_printf(to, "%s%u %s", any ? " " : "", row->count[class],
			   class_infos[class]->name);
		num_add(&bytes, row->bytes[class]);
		any = true;
	}
	if (!any)
		buf_putc(to, row->ns->listed ? '-' : '?');
	return bytes;
}

static void ns_row(struct cells *cells, const struct sheet *sheet, uint32_t nr)
{
	const struct ns_row *row = (const struct ns_row *)sheet->arg + nr;
	const struct limit_pressure *fullest = row->limits.all.nr ? &row->limits.all.at[0] : NULL;
	const bool all = cells->wide || sheet->columns == sheet->wide;
	uint64_t bytes, permille;

	cells_number(cells, row->ns->ino);
	if (row->ns->owner == (uid_t)-1)
		buf_putc(cells->text, '?');
	else
		render_owner(cells->text, sheet->snap, false, row->ns->owner);
	cells_end(cells, NULL);
	if (all && row->ns->user_ns)
		cells_number(cells, row->ns->user_ns);
	else if (all)
		cells_text(cells, "?");
	cells_number(cells, row->processes);
	/* A container says more than one of its processes. */
	if (!all && row->ns->runtime && !row->own && row->first != NO_INDEX) {
		cells_str(cells, row->ns->name ?: row->ns->container);
	} else {
		ns_put_keeper(cells->text, sheet->snap, row);
		cells_end(cells, !row->processes ? "33" : NULL);
	}
	if (all && row->ns->runtime) {
		buf_str(cells->text, row->ns->runtime);
		buf_putc(cells->text, ' ');
		text_escape(cells->text, row->ns->container->data, MIN(row->ns->container->len, 12));
		if (row->ns->name && row->ns->name != row->ns->container) {
			buf_putc(cells->text, ' ');
			text_escape(cells->text, row->ns->name->data, row->ns->name->len);
		}
		cells_end(cells, NULL);
	} else if (all) {
		cells_text(cells, "-");
	}
	bytes = ns_put_objects(cells->text, row);
	cells_end(cells, NULL);
	if (row->ns->listed && bytes)
		cells_size(cells, bytes);
	else
		cells_text(cells, row->ns->listed ? "-" : "?");
	if (!all)
		return;
	permille = fullest ? limit_pressure_permille(fullest) : 0;
	if (fullest)
		buf_printf(cells->text, "%s %llu.%llu%%", limit_infos[fullest->limit].name,
			   (unsigned long long)permille / 10, (unsigned long long)permille % 10);
	else
		buf_putc(cells->text, '?');
	cells_end(cells, NULL);
}

static void ns_json_of(struct json *json, const char *key, const struct str *str)
{
	if (str)
		json_str(json, key, str->data, str->len);
}

static void ns_json(struct json *json, const struct sheet *sheet, uint32_t nr)
{
	const struct ns_row *row = (const struct ns_row *)sheet->arg + nr;
	const struct snapshot *snap = sheet->snap;
	const struct limit_pressure *limit;
	const struct process *proc;
	const struct keeper *keeper;
	enum class_id class;

	json_u64(json, "ipc_ns", row->ns->ino);
	if (row->ns->id)
		json_u64(json, "id", row->ns->id);
	if (row->ns->owner != (uid_t)-1)
		json_u64(json, "owner_uid", row->ns->owner);
	if (row->ns->user_ns)
		json_u64(json, "user_ns", row->ns->user_ns);
	json_bool(json, "own", row->own);
	json_u64(json, "processes", row->processes);
	json_open(json, "pids", '[');
	vec_for_each(proc, &snap->processes) {
		if (proc->ipc_ns == row->ns->ino)
			json_i64(json, NULL, proc->pid);
	}
	json_close(json, ']');
	json_open(json, "kept_by", '[');
	vec_for_each(keeper, &snap->keepers) {
		if (keeper->ns == row->ns->ino)
			ns_json_of(json, NULL, keeper->how);
	}
	json_close(json, ']');
	if (row->ns->runtime) {
		json_open(json, "container", '{');
		ns_json_of(json, "runtime", row->ns->runtime);
		ns_json_of(json, "id", row->ns->container);
		ns_json_of(json, "name", row->ns->name);
		json_close(json, '}');
	}
	if (!row->ns->listed)
		return;
	json_open(json, "counts", '{');
	for (class = 0; class < NR_CLASSES; class++) {
		if (CLASSES >> class & 1 && (class != CLASS_pshm || row->own || row->ns->shm_dev))
			json_u64(json, class_infos[class]->name, row->count[class]);
	}
	json_close(json, '}');
	json_open(json, "bytes", '{');
	for (class = 0; class < NR_CLASSES; class++) {
		if (CLASSES >> class & 1 && class != CLASS_sem && class != CLASS_pmsg &&
		    (class != CLASS_pshm || row->own || row->ns->shm_dev))
			json_u64(json, class_infos[class]->name, row->bytes[class]);
	}
	json_close(json, '}');
	json_open(json, "limits", '{');
	vec_for_each(limit, &row->limits.all) {
		json_open(json, limit_infos[limit->limit].name, '{');
		json_u64(json, "used", limit->used);
		json_u64(json, "max", limit->max);
		json_close(json, '}');
	}
	json_close(json, '}');
}

static void ns_foot(struct session *session, const struct ns *command)
{
	struct buf *out = &session->out;
	uint64_t objects = 0, bytes = 0;
	const struct ns_row *row;
	uint32_t empty = 0;
	enum class_id class;

	vec_for_each(row, &command->rows) {
		empty += !row->processes;
		for (class = 0; class < NR_CLASSES; class++) {
			objects += row->count[class];
			num_add(&bytes, row->bytes[class]);
		}
	}
	buf_putc(out, '\n');
	foot_begin(out, &session->view);
	render_count(out, command->rows.nr, "IPC namespace", "s");
	buf_puts(out, ", ");
	render_count(out, objects, "object", "s");
	buf_puts(out, ", ");
	num_size(out, bytes);
	if (empty)
		buf_printf(out, "; %u %s no process: nothing there ends by itself", empty,
			   empty == 1 ? "has" : "have");
	foot_end(out, &session->view);
	if (command->rows.nr < 2)
		return;
	foot_begin(out, &session->view);
	buf_printf(out, "inside one: ipcscope --ns %llu; everything: ipcscope --all-ns",
		   (unsigned long long)command->rows.at[1].ns->ino);
	foot_end(out, &session->view);
}

static int ns_print(struct session *session)
{
	static const struct column narrow[] = {
		{ "NS", ALIGN_LEFT, 0 }, { "OWNER", ALIGN_LEFT, 0 }, { "PROCS", ALIGN_RIGHT, 0 },
		{ "KEPT BY", ALIGN_LONG, 0 }, { "OBJECTS", ALIGN_LONG, 0 },
		{ "SIZE", ALIGN_RIGHT, 0 },
	}, wide[] = {
		{ "NS", ALIGN_LEFT, 0 }, { "OWNER", ALIGN_LEFT, 0 }, { "USER NS", ALIGN_LEFT, 0 },
		{ "PROCS", ALIGN_RIGHT, 0 }, { "KEPT BY", ALIGN_LONG, 0 },
		{ "CONTAINER", ALIGN_LONG, 0 }, { "OBJECTS", ALIGN_LONG, 0 },
		{ "SIZE", ALIGN_RIGHT, 0 }, { "FULLEST", ALIGN_LEFT, 0 },
	};
	const struct ns *command = session_of(session, struct ns, session);
	const bool table = session->view.format == FORMAT_TABLE;

	render_sheet(&session->out, &session->view, &(const struct sheet){
		.name = "namespaces", .columns = table ? narrow : wide,
		.nr_columns = table ? ARRAY_SIZE(narrow) : ARRAY_SIZE(wide),
		.wide = wide, .nr_wide = ARRAY_SIZE(wide), .nr = command->rows.nr, .row = ns_row,
		.json = ns_json, .line_each = true, .snap = &session->picture.snap,
		.arg = command->rows.at,
	});
	if (session->foot)
		ns_foot(session, command);
	return 0;
}

static void ns_close(struct session *session)
{
	struct ns *command = session_of(session, struct ns, session);
	struct ns_row *row;

	vec_for_each(row, &command->rows)
		limit_pressures_free(&row->limits);
	vec_free(&command->rows);
}
