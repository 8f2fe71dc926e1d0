// SPDX-License-Identifier: GPL-2.0-or-later
/* Who looks, from where, and when. */
#include <errno.h>

#include "internal.h"
#include "ipcscope/gaps.h"
#include "ipcscope/text.h"

#define FIRST_PID_NS	4026531836u	/* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define FIRST_USER_NS	4026531837u
#define CAP_SYS_PTRACE	19
#define PROC_MAGIC	0x9fa0		/* include/uapi/linux/magic.h */

/* The options of the /proc in use, which is the last one mounted there; NULL. */
static const char *facts_proc_options(const char *text)
{
	const char *line, *next, *options = NULL, *dash, *fs;

	for (line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : line + strlen(line);
		dash = strstr(line, " - ");
		fs = strstr(line, " /proc ");
		if (fs && dash && fs < dash && dash < next)
			options = dash;
	}
	return options;
}

/* What stands behind @name in the line at @options; NULL. */
static const char *facts_option(const char *options, const char *name)
{
	const char *at = options ? strstr(options, name) : NULL;

	return at && at < strchrnul(options, '\n') ? at + strlen(name) : NULL;
}

/* Whether @gid is ours: "Gid:\tR\tE\tS\tF" and "Groups:\tG G " of /proc/self/status. */
static bool facts_in_group(const char *status, uint64_t gid)
{
	static const char *const names[] = { "\nGid:", "\nGroups:" };
	uint64_t num;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *at = strstr(status, names[i]);

		at = at ? at + strlen(names[i]) : "";
		while (at += strspn(at, "\t "), num_u64(&at, &num)) {
			if (num == gid)
				return true;
		}
	}
	return false;
}

/* Whether the kernel lets us read all processes there are, whoever's they are; @status
 * gets what it says of us. */
static bool facts_may_read_all(struct collector *col, struct buf *status)
{
	const struct host *host = col->host;
	const char *at;
	uint64_t caps, user_ns;

	if (host->ops->read_file(host, &col->proc, "self/status", status) < 0 || !status->len)
		buf_puts(status, "");
	at = strstr(status->data, "\nCapEff:\t");
	if (at)
		at += strlen("\nCapEff:\t");
	if (!at || !num_hex(&at, &caps))
		return !col->snap->host.uid;
	/* In a user namespace they are good for the processes of its own PID namespace. */
	return caps >> CAP_SYS_PTRACE & 1 &&
	       (!col->snap->host.first_pid_ns ||
		(!scan_ns(host, &col->proc, "self/ns/user", &user_ns) &&
		 user_ns == FIRST_USER_NS));
}

/* Hidden processes: hidepid=, fs/proc/base.c, has_pid_permissions(). */
static bool facts_proc_hides(struct collector *col, const char *status, struct buf *text)
{
	const char *options, *hide, *group;
	uint64_t gid = 0;

	if (col->host->ops->read_file(col->host, &col->proc, "self/mountinfo", text) < 0)
		return false;
	options = facts_proc_options(text->data);
	hide = facts_option(options, "hidepid=");
	group = facts_option(options, "gid=");
	if (group)
		num_u64(&group, &gid);
	return hide && *hide != '0' && *hide != '1' && strncmp(hide, "off", 3) &&
	       strncmp(hide, "noaccess", 8) &&
	       (*hide == '4' || *hide == 'p' || !facts_in_group(status, gid));
}

/* Of users and creators nothing is proved by what cannot be seen. */
static void facts_look_at_proc(struct collector *col, struct buf *text)
{
	struct host_facts *facts = &col->snap->host;
	const struct host *host = col->host;
	uint64_t pid = 0, magic = 0;
	struct buf status = { 0 };
	struct host_stat st;
	const char *at;
	bool reads_all;
	char link[16];
	ssize_t len;

	facts->all_processes = true;
	facts->first_pid_ns = facts->pid_ns == FIRST_PID_NS;
	if (!(col->query->parts & (NEED(PROCS) | PROCESS_PARTS)))
		return;
	/* A /proc of another PID namespace has other numbers for processes, and for us. */
	len = host->ops->read_link(host, &col->proc, "self", link, sizeof(link) - 1);
	link[len > 0 ? len : 0] = '\0';
	at = link;
	col->foreign = len == -ENOENT ||
		       (len > 0 && num_u64(&at, &pid) && (pid_t)pid != facts->pid) ||
		       (!host->ops->fs_magic(host, &col->proc, ".", &magic) && magic &&
			magic != PROC_MAGIC);
	reads_all = facts_may_read_all(col, &status);
	/* Who may read all may be kept from some by a security module; process 1 is always there. */
	facts->all_processes = !col->foreign &&
		((reads_all && host->ops->stat(host, &col->proc, "1", 0, &st) != -ENOENT) ||
		 !facts_proc_hides(col, status.data, text));
	buf_free(&status);
	if (!facts->all_processes)
		snapshot_warn(col->snap, PART_PROCS, 0, "%s",
			      known_gaps[col->foreign ? GAP_FOREIGN_PROC :
					 reads_all ? GAP_UNTRACEABLE : GAP_HIDDEN].what);
	if (!facts->first_pid_ns)
		snapshot_warn(col->snap, PART_PROCS, 0, "%s", known_gaps[GAP_PID_NS].what);
}

int collect_facts(struct collector *col)
{
	struct host_facts *facts = &col->snap->host;
	struct buf hostname = { 0 }, kernel = { 0 }, text = { 0 };
	const struct host *host = col->host;
	int64_t boot;
	int err;

	err = host->ops->open_dir(host, NULL, "/proc", &col->proc);
	if (err < 0)
		return err;
	facts->taken = host->ops->now(host);
	host->ops->identity(host, &hostname, &kernel, &facts->uid, &facts->pid,
			    &facts->ticks, &facts->page_size);
	facts->hostname = arena_str(&col->snap->arena, hostname.data, hostname.len);
	facts->kernel = arena_str(&col->snap->arena, kernel.data, kernel.len);
	if (host->ops->read_file(host, &col->proc, "sys/kernel/random/boot_id", &text) >= 0) {
		while (text.len && text.data[text.len - 1] == '\n')
			text.len--;
		facts->boot_id = arena_str(&col->snap->arena, text.data, text.len);
	}
	if (col->query->starts || col->query->parts & (NEED(PROCS) | NEED(DETAILS))) {
		boot = host->ops->clock_boot(host, &facts->steady_since);
		facts->booted = boot / (facts->ticks ?: 1);
		facts->booted_part = (uint32_t)(boot % (facts->ticks ?: 1));
	}
	err = scan_ns(host, &col->proc, "self/ns/ipc", &facts->ipc_ns);
	if (err < 0 && err != -ENOENT)
		snapshot_warn(col->snap, PART_PROCS, -err, "/proc/self/ns/ipc");
	err = scan_ns(host, &col->proc, "self/ns/net", &facts->net_ns);
	if (err < 0 && err != -ENOENT && col->query->parts & SOCKET_PARTS)
		snapshot_warn(col->snap, PART_PROCS, -err, "/proc/self/ns/net");
	scan_ns(host, &col->proc, "self/ns/pid", &facts->pid_ns);
	scan_ns(host, &col->proc, "self/ns/mnt", &facts->mnt_ns);
	facts_look_at_proc(col, &text);
	col->nr_memory_devs = host->ops->memory_devs(host, col->memory_devs,
						     ARRAY_SIZE(col->memory_devs));
	if (col->nr_memory_devs < 0) {
		if (col->query->parts & NEED(MAPS))
			snapshot_warn(col->snap, PART_MAPS, -col->nr_memory_devs,
				      "which are segments or memfds");
		col->nr_memory_devs = 0;
	}
	buf_free(&hostname);
	buf_free(&kernel);
	buf_free(&text);
	return 0;
}

/* "0.00 0.01 0.05 1/127 4711". */
uint64_t collect_last_pid(struct collector *col)
{
	struct buf *text = &col->scratch;
	const char *at;
	uint64_t pid;

	if (col->host->ops->read_file(col->host, &col->proc, "loadavg", text) < 0)
		return 0;
	at = text->len ? strrchr(text->data, ' ') : NULL;
	at += at != NULL;
	return at && num_u64(&at, &pid) ? pid : 0;
}

static int facts_add_pid(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct collector *col = arg;
	const char *at = name;
	uint64_t pid;

	if (num_u64(&at, &pid) && !*at && pid <= INT32_MAX &&
	    (pid_t)pid != col->snap->host.pid && (pid_t)pid != host_helper)
		*vec_add(&col->pids) = (pid_t)pid;
	return 0;
}

int collect_pids(struct collector *col)
{
	struct buf entries = { 0 };
	struct host_dir list;
	uint32_t i;
	int err;

	if (col->foreign)
		return 0;
	if (col->query->only_pids) {
		for (i = 0; i < col->query->nr_pids; i++)
			*vec_add(&col->pids) = col->query->pids[i];
		col->snap->partial = true;
		return 0;
	}
	col->last_pid = collect_last_pid(col);
	err = col->host->ops->open_dir(col->host, NULL, "/proc", &list);
	if (err < 0)
		return err;
	err = col->host->ops->read_dir(&list, &entries, facts_add_pid, col);
	col->host->ops->close_dir(&list);
	buf_free(&entries);
	return err;
}

static int facts_compare_pids(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void collect_born(struct collector *col)
{
	uint32_t old = col->pids.nr, i, nr;

	qsort(col->pids.at, old, sizeof(col->pids.at[0]), facts_compare_pids);
	collect_pids(col);
	for (i = nr = old; i < col->pids.nr; i++) {
		if (!bsearch(&col->pids.at[i], col->pids.at, old, sizeof(col->pids.at[0]),
			     facts_compare_pids))
			col->pids.at[nr++] = col->pids.at[i];
	}
	col->pids.nr = nr;
}

static void facts_name_id(struct collector *col, bool group, uint64_t id)
{
	struct snapshot *snap = col->snap;
	const struct str *name = NULL;
	int err;

	if (snapshot_id_name(snap, group, (uint32_t)id))
		return;
	err = col->host->ops->id_name(col->host, group, (uint32_t)id, &col->scratch);
	if (!err)
		name = arena_str(&snap->arena, col->scratch.data, col->scratch.len);
	else if (err == -ETIMEDOUT)
		snapshot_warn(snap, PART_NAMES, 0, "%s %u", group ? "group" : "user",
			      (uint32_t)id);
	snapshot_name(snap, group, (uint32_t)id, name);
}

void collect_names(struct collector *col)
{
	static const struct { enum field_id field; bool group; } ids[] = {
		{ FIELD_UID, false }, { FIELD_CUID, false },
		{ FIELD_GID, true }, { FIELD_CGID, true },
	};
	const struct snapshot *snap = col->snap;
	const struct process *proc;
	const struct object *obj;
	size_t i;

	vec_for_each(obj, &snap->objects) {
		for (i = 0; i < ARRAY_SIZE(ids); i++) {
			uint64_t id;

			if (object_num(snap, obj, ids[i].field, &id))
				facts_name_id(col, ids[i].group, id);
		}
	}
	vec_for_each(proc, &snap->processes) {
		if (proc->uid != (uid_t)-1)
			facts_name_id(col, false, proc->uid);
	}
}
