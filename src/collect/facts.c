// SPDX-License-Identifier: GPL-2.0-or-later
/* Who looks, from where, and when. */
#include <errno.h>

#include "internal.h"
#include "ipcscope/text.h"

#define FIRST_PID_NS	4026531836u	/* PROC_PID_INIT_INO, include/linux/proc_ns.h */

/* Hidden processes: hidepid= of the /proc in use, for those it is meant for. */
static bool facts_proc_hides(struct collector *col, struct buf *text)
{
	const struct host_facts *facts = &col->snap->host;
	const char *line, *end;

	if (!facts->uid || col->host->ops->read_file(col->host, &col->proc,
						     "self/mountinfo",
						     text) < 0)
		return false;
	for (line = text->data; line && *line; line = end ? end + 1 : NULL) {
		const char *option, *fs;

		end = strchr(line, '\n');
		fs = strstr(line, " /proc ");
		option = strstr(line, "hidepid=");
		if (!fs || !option || (end && (fs > end || option > end)))
			continue;
		option += strlen("hidepid=");
		if (*option != '0' && *option != '1' &&
		    strncmp(option, "off", 3) && strncmp(option, "noaccess", 8))
			return true;
	}
	return false;
}

/* "12345.67 ..." of /proc/uptime. */
static int64_t facts_boot_time(struct collector *col, struct buf *text, int64_t now)
{
	const char *at;
	uint64_t secs;

	if (col->host->ops->read_file(col->host, &col->proc, "uptime", text) < 0)
		return 0;
	at = text->data;
	return num_u64(&at, &secs) ? now - (int64_t)secs : 0;
}

static const struct str *facts_boot_id(struct collector *col, struct buf *text)
{
	size_t len;

	if (col->host->ops->read_file(col->host, &col->proc,
				      "sys/kernel/random/boot_id", text) < 0)
		return NULL;
	for (len = text->len; len && text->data[len - 1] == '\n'; len--)
		;
	return arena_str(&col->snap->arena, text->data, len);
}

int collect_facts(struct collector *col)
{
	struct host_facts *facts = &col->snap->host;
	struct buf hostname = { 0 }, kernel = { 0 }, text = { 0 };
	const struct host *host = col->host;
	int err;

	err = host->ops->open_dir(host, NULL, "/proc", &col->proc);
	if (err < 0)
		return err;
	facts->taken = host->ops->now(host);
	facts->steady_since = host->ops->clock_steady(host);
	host->ops->identity(host, &hostname, &kernel, &facts->uid, &facts->pid,
			    &facts->ticks, &facts->page_size);
	facts->hostname = arena_str(&col->snap->arena, hostname.data, hostname.len);
	facts->kernel = arena_str(&col->snap->arena, kernel.data, kernel.len);
	facts->boot_id = facts_boot_id(col, &text);
	facts->booted = facts_boot_time(col, &text, facts->taken);
	facts->ipc_ns = scan_ns(host, &col->proc, "self/ns/ipc");
	facts->net_ns = scan_ns(host, &col->proc, "self/ns/net");
	facts->pid_ns = scan_ns(host, &col->proc, "self/ns/pid");
	facts->mnt_ns = scan_ns(host, &col->proc, "self/ns/mnt");
	facts->first_pid_ns = facts->pid_ns == FIRST_PID_NS;
	facts->all_processes = !facts_proc_hides(col, &text);
	col->nr_memory_devs = host->ops->memory_devs(host, col->memory_devs,
						     ARRAY_SIZE(col->memory_devs));
	if (col->nr_memory_devs < 0)
		col->nr_memory_devs = 0;
	buf_free(&hostname);
	buf_free(&kernel);
	buf_free(&text);
	return 0;
}

/* The last number given to a process or thread: "0.00 0.01 0.05 1/127 4711". */
static uint64_t facts_last_pid(struct collector *col)
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
	    (pid_t)pid != col->snap->host.pid && (pid_t)pid != col->host->ops->helper(col->host))
		*vec_add(&col->pids) = (pid_t)pid;
	return 0;
}

int collect_pids(struct collector *col)
{
	struct buf entries = { 0 };
	struct host_dir list;
	uint32_t i;
	int err;

	if (col->query->only_pids) {
		for (i = 0; i < col->query->nr_pids; i++)
			*vec_add(&col->pids) = col->query->pids[i];
		col->snap->partial = true;
		return 0;
	}
	col->last_pid = facts_last_pid(col);
	err = col->host->ops->open_dir(col->host, NULL, "/proc", &list);
	if (err < 0)
		return err;
	err = col->host->ops->read_dir(&list, &entries, facts_add_pid, col);
	col->host->ops->close_dir(&list);
	buf_free(&entries);
	return err;
}

bool collect_were_born(struct collector *col)
{
	return !col->last_pid || facts_last_pid(col) != col->last_pid;
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

static void facts_add_net_ns(struct collector *col, pid_t tid, const char *path)
{
	uint64_t ino = scan_ns(col->host, &col->proc, path);
	struct net_ns *ns;

	/* Most are in the one that the last was in. */
	if (!ino || (col->net_nss.nr && col->net_nss.at[col->net_nss.nr - 1].ino == ino))
		return;
	vec_for_each(ns, &col->net_nss) {
		if (ns->ino == ino)
			return;
	}
	*vec_add(&col->net_nss) = (struct net_ns){ .ino = ino, .pid = tid };
}

struct facts_threads {
	struct collector *col;
	pid_t pid;
};

static int facts_add_thread_ns(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct facts_threads *threads = arg;
	const char *at = name;
	char path[64];
	uint64_t tid;

	if (num_u64(&at, &tid) && !*at && tid <= INT32_MAX && (pid_t)tid != threads->pid) {
		snprintf(path, sizeof(path), "%d/task/%s/ns/net", (int)threads->pid, name);
		facts_add_net_ns(threads->col, (pid_t)tid, path);
	}
	return 0;
}

void collect_net_nss(struct collector *col)
{
	const struct host *host = col->host;
	struct buf entries = { 0 };
	struct host_dir tasks;
	struct host_stat st;
	char path[64];
	const pid_t *pid;

	*vec_add(&col->net_nss) = (struct net_ns){ .ino = col->snap->host.net_ns };
	vec_for_each(pid, &col->pids) {
		struct facts_threads threads = { col, *pid };

		snprintf(path, sizeof(path), "%d/ns/net", (int)*pid);
		facts_add_net_ns(col, *pid, path);
		snprintf(path, sizeof(path), "%d/task", (int)*pid);
		/* Two links more than threads, each of which may be in another. */
		if (host->ops->stat(host, &col->proc, path, 0, &st) || st.nlink <= 3 ||
		    host->ops->open_dir(host, &col->proc, path, &tasks))
			continue;
		host->ops->read_dir(&tasks, &entries, facts_add_thread_ns, &threads);
		host->ops->close_dir(&tasks);
	}
	buf_free(&entries);
}

static void facts_name_id(struct collector *col, bool group, uint64_t id)
{
	struct snapshot *snap = col->snap;
	const struct str *name = NULL;
	int err;

	if (snapshot_has_name(snap, group, (uint32_t)id))
		return;
	err = col->host->ops->id_name(col->host, group, (uint32_t)id, &col->scratch);
	if (!err)
		name = arena_str(&snap->arena, col->scratch.data, col->scratch.len);
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
