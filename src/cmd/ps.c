// SPDX-License-Identifier: GPL-2.0-or-later
#include "ps.h"

#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"

static session_fn ps_parse, ps_plan, ps_print;
static void ps_close(struct session *session);

const struct command command_ps = {
	.name	 = "ps",
	.args	 = "[PID]...",
	.help	 = "the other way round: a process and all its IPC",
	.details = "Without PID one row for every process that shares something, or "
		"could; with PIDs each of them with its objects, how it has them, "
		"and what is at their other end. Only those processes are read, "
		"so that it is quick on a host with thousands.\n\n"
		"With --shared all processes are read: the last column then names "
		"those it shares each object with, and what only the process "
		"itself has (no name, no other end, no other user) is counted, "
		"and shown with --all.\n\n"
		"With a PID also its signals are shown if one is pending: for whichever "
		"thread takes it, or for one alone; those that every thread blocks, "
		"that are ignored, and that have a handler; and how many are queued for "
		"all processes of its user. --all shows them always. So are the threads "
		"that have a table of descriptors or namespaces of their own.\n\n"
		"--where picks processes, whatever they have, by fields of their own: "
		"ipcscope help processes.",
	.examples = {
		{ "ipcscope ps", "every process that uses IPC, and what it waits on" },
		{ "ipcscope ps 5414", "one process: its objects, and how it has them" },
		{ "ipcscope ps 5414 --shared", "the same, and who shares them" },
		{ "ipcscope ps 5414 --json", "for scripts" },
		{ "ipcscope ps -w 'pending_process == TERM'", "who was told to end and has not noticed" },
		{ "ipcscope ps -w 'blocked == INT and user == root'", "whom Ctrl-C does not reach" },
	},
	.takes	 = {
		TAKES_READING, TAKES_NS, TAKES(ALL), TAKES(SHARED), TAKES(WHERE), TAKES_FORMATS,
		TAKES(NO_HEADING), TAKES(BYTES), TAKES(COLOR),
	},
	.completes = COMPLETES(PIDS),
	.max_args = ANY_NUMBER,
	.size	 = sizeof(struct ps),
	.parse	 = ps_parse,
	.plan	 = ps_plan,
	.print	 = ps_print,
	.close	 = ps_close,
};

void ps_uses(struct ps_uses *uses, const struct snapshot *snap, const struct process *proc)
{
	uint32_t first = 0, i, u;
	const struct edge *edge;

	for_each_process_edge(edge, i, snap, proc) {
		struct ps_use *use = NULL;

		if (!edge_uses[edge->kind])
			continue;
		/* Edges come by object: only its own uses can match. */
		if (uses->nr && uses->at[first].object != edge->object)
			first = uses->nr;
		for (u = first; u < uses->nr && !use; u++) {
			if (uses->at[u].kind == edge->kind &&
			    uses->at[u].access == edge->access)
				use = &uses->at[u];
		}
		if (!use) {
			use = vec_add(uses);
			use->object = edge->object;
			use->kind = edge->kind;
			use->access = edge->access;
			use->first = edge;
		}
		use->count++;
	}
}

uint32_t ps_same(const struct ps_uses *uses, uint32_t at)
{
	uint32_t end = at;

	while (end < uses->nr && uses->at[end].object == uses->at[at].object)
		end++;
	return end - at;
}

bool ps_is_private(const struct snapshot *snap, const struct object *obj, uint32_t process)
{
	const struct class_info *kind = class_infos[obj->class];
	const struct edge *edge;
	uint32_t i;

	if (snap->partial || kind->persistence != PERSISTENCE_PROCESS ||
	    kind->groups & GROUP_SOCKET)
		return false;
	/* The edge to another end is of no process; what it watches is none. */
	for_each_object_edge(edge, i, snap, obj) {
		if (edge->process != process &&
		    !(edge->kind == EDGE_PEER && class_field(kind, FIELD_TARGETS)))
			return false;
	}
	return true;
}

bool ps_name(const struct ps *ps, pid_t pid, struct buf *to)
{
	const struct snapshot *snap = &ps->session.picture.snap;
	const struct host *host = ps->session.picture.host;
	uint32_t index = snapshot_find_pid(snap, pid);
	struct buf path = {}, comm = {};
	struct host_dir proc;
	int ret;

	if (index != NO_INDEX && snap->processes.at[index].comm) {
		const struct str *name = snap->processes.at[index].comm;

		text_escape(to, name->data, name->len);
		return true;
	}
	if (!host || host->ops->open_dir(host, NULL, "/proc", &proc))
		return false;
	buf_printf(&path, "%d/comm", (int)pid);
	ret = host->ops->read_file(host, &proc, path.data, &comm);
	host->ops->close_dir(&proc);
	if (!ret && comm.len)
		text_escape(to, comm.data, comm.len - (comm.data[comm.len - 1] == '\n'));
	buf_free(&path);
	buf_free(&comm);
	return !ret;
}

bool ps_fits(const struct ps *ps, uint32_t process)
{
	const struct snapshot *snap = &ps->session.picture.snap;

	return !ps->where || filter_match_process(ps->where, snap, &snap->processes.at[process]);
}

static void ps_json_use(struct json *json, const struct snapshot *snap,
			const struct ps_use *use)
{
	const struct object *obj = &snap->objects.at[use->object];
	const char *access = access_words[use->access];

	json_open(json, NULL, '{');
	render_json_ref(json, "ref", snap, obj);
	json_text(json, "class", class_infos[obj->class]->name);
	json_text(json, "relation", edge_names[use->kind]);
	if (*access)
		json_text(json, "access", access);
	if (use->first->tid && (use->kind == EDGE_WAITS || use->count == 1))
		json_i64(json, "tid", use->first->tid);
	render_json_edges(json, use->first, use->count);
	json_u64(json, "count", use->count);
	json_close(json, '}');
}

static void ps_json_str(struct json *json, const char *key, const struct str *str)
{
	if (str)
		json_bytes(json, key, str->data, str->len);
}

void ps_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct ps *ps = sheet->arg;
	const struct process *proc = &sheet->snap->processes.at[ps->rows.at[row]];
	struct ps_uses uses = {};
	const struct ps_use *use;

	json_i64(json, "pid", proc->pid);
	json_u64(json, "start", proc->start);
	if (proc->ppid > 0)
		json_i64(json, "ppid", proc->ppid);
	ps_json_str(json, "command", proc->comm);
	if (ps->pids.nr) {
		ps_json_str(json, "cmdline", proc->cmdline);
		ps_json_str(json, "unit", proc->unit);
	}
	json_i64(json, "started", process_since(sheet->snap, proc));
	if (proc->uid != (uid_t)-1)
		json_u64(json, "uid", proc->uid);
	ps_json_signals(ps, json, proc);
	json_open(json, "objects", '[');
	ps_uses(&uses, sheet->snap, proc);
	vec_for_each(use, &uses)
		ps_json_use(json, sheet->snap, use);
	json_close(json, ']');
	vec_free(&uses);
}

static int ps_parse(struct session *session)
{
	struct ps *ps = session_of(session, struct ps, session);
	const struct request *req = session->req;
	int i;

	for (i = 0; i < req->nr_args; i++) {
		const char *word = req->args[i];
		uint64_t pid;

		if (strchr(word, ':'))
			return misused("'%s' is no process id; of an object: ipcscope show %s",
				       word, word);
		if (!num_parse(word, &pid) || !pid || pid > INT32_MAX)
			return misused("'%s' is no process id", word);
		*vec_add(&ps->pids) = (pid_t)pid;
	}
	return asked(req, OPTION_WHERE) ? filter_of_processes(session, &ps->where) : 0;
}

static int ps_plan(struct session *session)
{
	static const enum field_id needed[] = {
		FIELD_AMOUNT, FIELD_SIZE, FIELD_USERS, FIELD_STATE,
		FIELD_ATTACHES, FIELD_PEERS, FIELD_PEER_USERS, FIELD_REMOTE,
	};
	const struct ps *ps = session_of(session, struct ps, session);
	struct query *query = &session->picture.query;
	const pid_t *pid;
	size_t i;

	vec_for_each(pid, &ps->pids) {
		if (picture_check_pid(&session->picture, *pid, false))
			return STATUS_FAILED;
	}
	query->classes = ALL_CLASSES;
	for (i = 0; i < ARRAY_SIZE(needed); i++)
		query_add_field(query, needed[i]);
	if (ps->where)
		query->extra_parts |= filter_process_parts(ps->where);
	if (ps->pids.nr)
		query->extra_parts |= NEED(SIGNALS);
	query->odd_threads = ps->pids.nr;
	query->every_process = ps->where;
	session->picture.details = ps->pids.nr || query->extra_parts & NEED(DETAILS);
	query->starts = true;
	query->pids = ps->pids.at;
	query->nr_pids = ps->pids.nr;
	query->only_pids = ps->pids.nr && !asked(session->req, OPTION_SHARED);
	return 0;
}

static int ps_print(struct session *session)
{
	struct ps *ps = session_of(session, struct ps, session);
	struct buf *out = &session->out, name = {};
	const pid_t *pid;
	bool first = true;
	int status = 0;

	if (!ps->pids.nr || session->view.format != FORMAT_TABLE)
		ps_overview(ps, out);
	vec_for_each(pid, &ps->pids) {
		uint32_t process = snapshot_find_pid(&session->picture.snap, *pid);

		buf_reset(&name);
		if (session->view.format != FORMAT_TABLE || (ps->where && process == NO_INDEX) ||
		    (process != NO_INDEX && !ps_fits(ps, process)) ||
		    (process == NO_INDEX && !ps_name(ps, *pid, &name)))
			continue;
		if (!first)
			buf_putc(out, '\n');
		first = false;
		if (process != NO_INDEX)
			ps_process(ps, out, process);
		else
			buf_printf(out, "%s[%d]\n\nno IPC objects\n", name.data, (int)*pid);
	}
	vec_for_each(pid, &ps->pids) {
		if (ps_name(ps, *pid, &name))
			continue;
		buf_flush(out);
		complain("there is no process %d%s", (int)*pid,
			 session->picture.host ? "" : " in this snapshot");
		status = STATUS_FAILED;
	}
	buf_free(&name);
	/* Of nothing, nothing is missing. */
	if (status && ps->pids.nr == 1)
		session->picture.parts = 0;
	return status;
}

static void ps_close(struct session *session)
{
	struct ps *ps = session_of(session, struct ps, session);

	filter_free(ps->where);
	vec_free(&ps->pids);
	vec_free(&ps->rows);
}
