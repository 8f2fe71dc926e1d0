// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of show: who made and used an object, when, and where it lives. */
#include <string.h>

#include "show.h"

static void put_cmdline(struct buf *text, const struct process *proc)
{
	if (!(proc->flags & PROCESS_DETAILED) || !proc->cmdline ||
	    !proc->cmdline->len)
		return;
	buf_puts(text, ": ");
	show_str(text, proc->cmdline);
}

void show_creator(const struct shown *shown, struct buf *text)
{
	struct value pid = object_value(shown->snap, shown->obj, FIELD_CPID);
	struct value alive, ctime;
	uint32_t index;

	if (pid.known != KNOWN_YES) {
		show_unknown(shown, text, FIELD_CPID);
		return;
	}
	ctime = object_value(shown->snap, shown->obj, FIELD_CTIME);
	alive = process_alive(shown->snap, shown->obj, (pid_t)pid.num,
			      ctime.known == KNOWN_YES ? (int64_t)ctime.num : 0);
	index = snapshot_find_pid(shown->snap, (pid_t)pid.num);
	if (alive.known != KNOWN_YES) {
		buf_printf(text, "%d ? (it may be a process of another PID namespace)",
			   (int)pid.num);
	} else if (!alive.num || index == NO_INDEX) {
		buf_printf(text, "%d, gone", (int)pid.num);
	} else {
		render_process(text, &shown->snap->processes.at[index]);
		buf_puts(text, ", running");
		put_cmdline(text, &shown->snap->processes.at[index]);
	}
}

static const char *use_verb(const struct shown *shown, enum field_id field)
{
	switch (field) {
	case FIELD_ATIME:	return show_has(shown, FIELD_ATTACHES) ? "attached" : "read";
	case FIELD_DTIME:	return "detached";
	case FIELD_OTIME:	return "semop";
	case FIELD_STIME:	return "sent";
	case FIELD_RTIME:	return "received";
	case FIELD_MTIME:	return "written";
	default:		return fields[field].name;
	}
}

static void put_last_by(const struct shown *shown, struct buf *text)
{
	struct value value;

	if (!show_has(shown, FIELD_LAST_BY) || !show_get(shown, FIELD_LAST_BY, &value))
		return;
	buf_puts(text, " by ");
	render_cell(text, shown->view, shown->snap, shown->obj, FIELD_LAST_BY, 0);
}

/* The latest use, by whom and how; then the others. */
void show_last_used(const struct shown *shown, struct buf *text)
{
	const enum field_id *used_at = shown->kind->used_at;
	enum field_id latest = NR_FIELDS;
	struct value value;
	uint64_t when = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shown->kind->used_at) &&
		    used_at[i] < NR_FIELDS; i++) {
		if (!show_get(shown, used_at[i], &value)) {
			show_unknown(shown, text, used_at[i]);
			return;
		}
		if (value.num >= when && value.num) {
			when = value.num;
			latest = used_at[i];
		}
	}
	if (!i)
		return;
	if (latest == NR_FIELDS) {
		buf_puts(text, "never");
		return;
	}
	put_since(text, shown->snap, (int64_t)when);
	buf_puts(text, " ago");
	put_last_by(shown, text);
	buf_printf(text, " (%s)", use_verb(shown, latest));
	for (i = 0; i < ARRAY_SIZE(shown->kind->used_at) &&
		    used_at[i] < NR_FIELDS; i++) {
		if (used_at[i] == latest)
			continue;
		show_get(shown, used_at[i], &value);
		if (!value.num) {
			buf_printf(text, "; never %s", use_verb(shown, used_at[i]));
			continue;
		}
		buf_printf(text, "; %s ", use_verb(shown, used_at[i]));
		put_since(text, shown->snap, (int64_t)value.num);
		buf_puts(text, " ago");
	}
}

static void put_moment(const struct shown *shown, struct buf *text,
		       enum field_id field)
{
	struct value value;

	if (!show_get(shown, field, &value) || !value.num) {
		show_unknown(shown, text, field);
		return;
	}
	render_time(text, (int64_t)value.num, ' ');
	buf_puts(text, ", ");
	put_since(text, shown->snap, (int64_t)value.num);
	buf_puts(text, " ago");
}

void show_changed(const struct shown *shown, struct buf *text)
{
	put_moment(shown, text, FIELD_CTIME);
}

void show_made(const struct shown *shown, struct buf *text)
{
	put_moment(shown, text, FIELD_BTIME);
}

void show_namespace(const struct shown *shown, struct buf *text)
{
	bool ipc = show_has(shown, FIELD_IPC_NS);
	enum field_id field = ipc ? FIELD_IPC_NS : FIELD_NET_NS;
	uint64_t ours = ipc ? shown->snap->host.ipc_ns :
			      shown->snap->host.net_ns;
	struct value value;

	if (!show_get(shown, field, &value)) {
		show_unknown(shown, text, field);
		return;
	}
	buf_printf(text, "%s:%llu%s", ipc ? "ipc" : "net",
		   (unsigned long long)value.num,
		   value.num == ours ? ", this one" : ", another one");
}

void show_file(const struct shown *shown, struct buf *text)
{
	struct value value;

	if (show_get(shown, FIELD_DEV, &value)) {
		buf_puts(text, "device ");
		render_cell(text, shown->view, shown->snap, shown->obj,
			    FIELD_DEV, 0);
	}
	if (show_has(shown, FIELD_INO) && show_get(shown, FIELD_INO, &value)) {
		buf_puts(text, text->len ? ", inode " : "inode ");
		buf_u64(text, value.num);
	}
	if (show_has(shown, FIELD_LINKS) && show_get(shown, FIELD_LINKS, &value)) {
		buf_puts(text, ", ");
		put_count(text, value.num, "name", "s");
	}
}

void show_lives(const struct shown *shown, struct buf *text)
{
	static const char *const ends[] = {
		[LIVES_KERNEL]	   = "until removed, or until the machine restarts",
		[LIVES_PROCESS]	   = "as long as a process has it",
		[LIVES_FILESYSTEM] = "until its name is removed; what is in it as long as a process has it",
	};
	struct value value;
	size_t i;

	if (!show_get(shown, FIELD_PERSISTENCE, &value))
		return;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!strcmp(persistence_words[i], value.word))
			buf_puts(text, ends[i]);
	}
}

void show_peers(const struct shown *shown, struct buf *text)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, shown->snap, shown->obj) {
		const struct object *peer;

		if (edge->kind != EDGE_PEER)
			continue;
		peer = &shown->snap->objects.at[edge->other];
		if (text->len)
			buf_puts(text, "; ");
		object_ref(text, shown->snap, peer);
		buf_puts(text, ": ");
		render_users(text, shown->snap, peer, NO_INDEX, 0);
	}
	if (!text->len && show_has(shown, FIELD_PEERS))
		buf_puts(text, "none");
}
