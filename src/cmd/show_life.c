// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of show: who made and used an object, when, and where it lives. */
#include <string.h>

#include "show.h"

void show_creator(const struct show_context *show, struct buf *text)
{
	struct value pid = object_value(show->snap, show->obj, FIELD_CPID);
	const struct process *proc;
	struct value alive, ctime;
	uint32_t index;

	if (pid.known != KNOWN_YES) {
		show_unknown(show, text, FIELD_CPID);
		return;
	}
	ctime = object_value(show->snap, show->obj, FIELD_CTIME);
	alive = process_alive(show->snap, (pid_t)pid.num,
			      ctime.known == KNOWN_YES ? (int64_t)ctime.num : 0);
	index = snapshot_find_pid(show->snap, (pid_t)pid.num);
	proc = index == NO_INDEX ? NULL : &show->snap->processes.at[index];
	if (alive.known != KNOWN_YES) {
		buf_printf(text, "%d ? (it may be a process of another PID namespace)",
			   (int)pid.num);
	} else if (!alive.num || !proc) {
		buf_printf(text, "%d, gone", (int)pid.num);
	} else {
		render_process(text, proc);
		buf_puts(text, ", running");
		if (proc->flags & PROCESS_DETAILED && proc->cmdline && proc->cmdline->len) {
			buf_puts(text, ": ");
			show_str(text, proc->cmdline);
		}
	}
}

static const char *show_life_use_verb(const struct show_context *show, enum field_id field)
{
	switch (field) {
	case FIELD_ATIME:	return show_has(show, FIELD_ATTACHES) ? "attached" : "read";
	case FIELD_DTIME:	return "detached";
	case FIELD_OTIME:	return "semop";
	case FIELD_STIME:	return "sent";
	case FIELD_RTIME:	return "received";
	case FIELD_MTIME:	return "written";
	default:		return fields[field].name;
	}
}

/* The latest use, by whom and how; then the others. */
void show_last_used(const struct show_context *show, struct buf *text)
{
	const enum field_id *uses = show->kind->last_use_fields;
	enum field_id latest = FIELD_NONE;
	unsigned int nr, i;
	struct value value;
	uint64_t when = 0;

	for (nr = 0; nr < ARRAY_SIZE(show->kind->last_use_fields) && uses[nr]; nr++) {
		if (!show_get(show, uses[nr], &value)) {
			show_unknown(show, text, uses[nr]);
			return;
		}
		if (value.num >= when && value.num) {
			when = value.num;
			latest = uses[nr];
		}
	}
	if (!nr)
		return;
	if (latest == FIELD_NONE) {
		buf_puts(text, "never");
		return;
	}
	render_since(text, show->snap, (int64_t)when);
	buf_puts(text, " ago");
	if (show_has(show, FIELD_LAST_BY) && show_get(show, FIELD_LAST_BY, &value)) {
		buf_puts(text, " by ");
		render_cell(text, show->view, show->snap, show->obj, FIELD_LAST_BY);
	}
	buf_printf(text, " (%s)", show_life_use_verb(show, latest));
	for (i = 0; i < nr; i++) {
		if (uses[i] == latest)
			continue;
		show_get(show, uses[i], &value);
		if (!value.num) {
			buf_printf(text, "; never %s", show_life_use_verb(show, uses[i]));
			continue;
		}
		buf_printf(text, "; %s ", show_life_use_verb(show, uses[i]));
		render_since(text, show->snap, (int64_t)value.num);
		buf_puts(text, " ago");
	}
}

void show_moment(const struct show_context *show, struct buf *text, enum field_id field)
{
	struct value value;

	if (!show_get(show, field, &value) || (!value.num && !fields[field].zero_counts)) {
		show_unknown(show, text, field);
		return;
	}
	if (!value.num) {
		buf_puts(text, "never");
		return;
	}
	render_time(text, (int64_t)value.num, ' ');
	if (field == FIELD_NEXT)
		return;
	buf_puts(text, ", ");
	render_since(text, show->snap, (int64_t)value.num);
	buf_puts(text, " ago");
}

void show_namespace(const struct show_context *show, struct buf *text)
{
	bool ipc = show_has(show, FIELD_IPC_NS);
	enum field_id field = ipc ? FIELD_IPC_NS : FIELD_NET_NS;
	uint64_t ours = ipc ? show->snap->host.ipc_ns : show->snap->host.net_ns;
	struct value value;

	if (!show_get(show, field, &value)) {
		show_unknown(show, text, field);
		return;
	}
	buf_printf(text, "%s:%llu%s", ipc ? "ipc" : "net", (unsigned long long)value.num,
		   value.num == ours ? ", this one" : ", another one");
}

void show_file(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (show_get(show, FIELD_DEV, &value)) {
		buf_puts(text, "device ");
		render_cell(text, show->view, show->snap, show->obj, FIELD_DEV);
	}
	if (show_has(show, FIELD_INO) && show_get(show, FIELD_INO, &value)) {
		buf_puts(text, text->len ? ", inode " : "inode ");
		buf_u64(text, value.num);
	}
	if (show_has(show, FIELD_LINKS) && show_get(show, FIELD_LINKS, &value)) {
		buf_puts(text, ", ");
		render_count(text, value.num, "name", "s");
	}
}

void show_lives(const struct show_context *show, struct buf *text)
{
	static const char *const ends[] = {
		[PERSISTENCE_KERNEL]	   = "until removed, or until the machine restarts",
		[PERSISTENCE_PROCESS]	   = "as long as a process has it",
		[PERSISTENCE_FILESYSTEM] = "until its name is removed; what is in it as long as a process has it",
	};
	struct value value;
	size_t i;

	if (!show_get(show, FIELD_PERSISTENCE, &value))
		return;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!strcmp(persistence_words[i], value.word))
			buf_puts(text, ends[i]);
	}
}

void show_peers(const struct show_context *show, struct buf *text)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, show->snap, show->obj) {
		const struct object *peer;

		if (edge->kind != EDGE_PEER)
			continue;
		peer = &show->snap->objects.at[edge->peer];
		if (text->len)
			buf_puts(text, "; ");
		object_ref(text, show->snap, peer);
		buf_puts(text, ": ");
		render_users(text, show->snap, peer, NO_INDEX, 0);
	}
	if (!text->len && show_has(show, FIELD_PEERS))
		buf_puts(text, object_value(show->snap, show->obj, FIELD_PEERS).known == KNOWN_NOT ?
			 "? (not told by the kernel)" : "none");
}
