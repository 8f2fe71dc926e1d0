// SPDX-License-Identifier: GPL-2.0-or-later
/* One process: who it is, and what it has mapped. proc_pid_stat(5), proc_pid_maps(5),
 * fs/proc/array.c. */
#include <errno.h>

#include "ipcscope/text.h"
#include "scan.h"

#define PF_EXITING	0x00000004	/* include/linux/sched.h */
#define PF_KTHREAD	0x00200000

enum { STAT_STATE = 3, STAT_PPID = 4, STAT_GROUP = 5, STAT_SESSION = 6, STAT_FLAGS = 9, STAT_START = 22 };

struct stat_line {
	const char *comm;
	size_t comm_len;
	char state;
	uint64_t ppid, group, session, flags, start;
};

/* "PID (COMM) S PPID ...": the name may hold anything, ") R 1" too, so the
 * last bracket of the line ends it. */
static bool process_parse_stat(const struct buf *text, struct stat_line *line)
{
	const char *open = memchr(text->data, '(', text->len);
	const char *end = memrchr(text->data, ')', text->len);
	const char *at;
	int field;

	if (!open || !end || end < open || end[1] != ' ' || !end[2])
		return false;
	line->comm = open + 1;
	line->comm_len = (size_t)(end - open - 1);
	line->state = end[2];
	at = end + 3;
	for (field = STAT_PPID; field <= STAT_START; field++) {
		int64_t num;

		if (*at++ != ' ' || !num_i64(&at, &num))
			return false;
		if (field == STAT_PPID)
			line->ppid = (uint64_t)num;
		else if (field == STAT_GROUP)
			line->group = (uint64_t)num;
		else if (field == STAT_SESSION)
			line->session = (uint64_t)num;
		else if (field == STAT_FLAGS)
			line->flags = (uint64_t)num;
		else if (field == STAT_START)
			line->start = (uint64_t)num;
	}
	return true;
}

static bool process_is_gone(int err)
{
	return err == -ENOENT || err == -ESRCH;
}

uint32_t scan_process(struct scan *scan)
{
	const struct host *host = scan->col->host;
	struct stat_line line = { 0 };
	struct process *proc;
	char path[32];
	int err;

	if (scan->process != NO_INDEX || scan->no_process)
		return scan->process;
	/* What a process is called, and when it began, its first thread says. */
	snprintf(path, sizeof(path), "%d/stat", (int)scan->pid);
	err = scan->living == scan->pid ?
	      host->ops->read_file(host, &scan->dir, "stat", &scan->text) :
	      host->ops->read_file(host, &scan->col->proc, path, &scan->text);
	if (err >= 0 && !process_parse_stat(&scan->text, &line))
		err = -EBADMSG;
	if (err < 0) {
		scan->no_process = true;
		if (process_is_gone(err))
			scan->lost = true;
		else
			snapshot_gap(scan->snap, PART_PROCS, -err, scan->pid, scan->uid,
				     scan->ipc_ns);
		return NO_INDEX;
	}
	scan->process = snapshot_process(scan->snap, scan->pid, line.start);
	proc = &scan->snap->processes.at[scan->process];
	proc->comm = arena_str(&scan->snap->arena, line.comm, line.comm_len);
	proc->ppid = (pid_t)line.ppid;
	proc->group = (pid_t)line.group;
	proc->session = (pid_t)line.session;
	proc->uid = scan->uid;
	if (line.flags & PF_KTHREAD)
		proc->flags |= PROCESS_KTHREAD;
	if ((line.state == 'Z' || line.state == 'X') && scan->living == scan->pid)
		proc->flags |= PROCESS_ZOMBIE;
	return scan->process;
}

/* The last number of "NSpid:\t5414\t7\n": fs/proc/array.c. */
void scan_own_pid(struct scan *scan)
{
	const struct host *host = scan->col->host;
	uint32_t index = scan_process(scan);
	struct process *proc;
	uint64_t pid = 0;
	const char *at;
	int err;

	if (index == NO_INDEX)
		return;
	proc = &scan->snap->processes.at[index];
	proc->own_pid = scan->pid;
	if (proc->flags & (PROCESS_KTHREAD | PROCESS_ZOMBIE))
		return;
	err = host->ops->read_file(host, &scan->dir, "status", &scan->text);
	if (process_is_gone(err))
		return;
	at = err < 0 ? NULL : strstr(scan->text.data, "\nNSpid:");
	at = at ? at + strlen("\nNSpid:") : "";
	while (*at == '\t' && at++ && num_u64(&at, &pid))
		;
	proc->own_pid = pid <= INT32_MAX ? (pid_t)pid : 0;
}

enum scan_life scan_life(const struct scan *scan, const struct host_dir *dir, const char *path)
{
	const struct host *host = scan->col->host;
	struct buf text = { 0 };
	struct stat_line line = { 0 };
	enum scan_life life = LIFE_UNKNOWN;
	int err;

	err = host->ops->read_file(host, dir, path, &text);
	if (process_is_gone(err))
		life = LIFE_ENDED;
	else if (err >= 0 && process_parse_stat(&text, &line))
		life = line.state == 'Z' || line.state == 'X' ? LIFE_ENDED :
		       line.flags & PF_EXITING ? LIFE_ENDS : LIFE_GOES_ON;
	buf_free(&text);
	return life;
}

/* One that lives is looked at instead of the first. */
static void process_try_thread(struct scan *scan, pid_t tid)
{
	const struct host *host = scan->col->host;
	struct host_dir dir;
	char name[16];

	snprintf(name, sizeof(name), "%d", (int)tid);
	if (scan->living != scan->pid || tid == scan->pid ||
	    host->ops->open_dir(host, &scan->col->proc, name, &dir) < 0)
		return;
	if (scan_life(scan, &dir, "stat") != LIFE_GOES_ON) {
		host->ops->close_dir(&dir);
		return;
	}
	host->ops->close_dir(&scan->dir);
	scan->dir = dir;
	scan->living = tid;
}

bool scan_begin(struct scan *scan, pid_t pid)
{
	const struct host *host = scan->col->host;
	struct host_stat st;
	char name[16];
	int err;

	scan->pid = scan->living = pid;
	scan->process = NO_INDEX;
	scan->no_process = false;
	scan->lost = false;
	scan->ipc_ns = scan->net_ns = 0;
	scan->uid = (uid_t)-1;
	scan->nr_threads = 0;
	scan->thread = scan->table = 0;
	scan->tables.nr = 0;
	snprintf(name, sizeof(name), "%d", (int)pid);
	err = host->ops->open_dir(host, &scan->col->proc, name, &scan->dir);
	if (!err) {
		/* The directory of the process says how many threads there are, and is the
		 * effective user's, of any process. */
		err = host->ops->stat(host, &scan->dir, "task", 0, &st);
		if (!err)
			scan->nr_threads = st.nlink - 2;	/* fs/proc/base.c */
		else
			err = host->ops->stat(host, &scan->dir, "", 0, &st);
		if (!err)
			scan->uid = st.uid;
		else
			host->ops->close_dir(&scan->dir);
	}
	if (err < 0) {
		scan->lost = process_is_gone(err);
		if (!scan->lost)
			snapshot_gap(scan->snap, PART_PROCS, -err, pid, scan->uid, 0);
		return false;
	}
	if (scan->nr_threads > 1 && scan_life(scan, &scan->dir, "stat") != LIFE_GOES_ON)
		scan_threads(scan, process_try_thread);
	return true;
}

/* Descriptors are given up before anything else of it but its flags tells. A thread that
 * has a table of its own may end alone. */
bool scan_may_have_ended(struct scan *scan)
{
	enum scan_life life;
	char path[SCAN_PATH_ROOM];

	scan_path(scan, "stat", path, sizeof(path));
	life = scan_life(scan, &scan->dir, path);
	if (life == LIFE_UNKNOWN && scan_process(scan) != NO_INDEX)
		snapshot_gap(scan->snap, PART_PROCS, EIO, scan->pid, scan->uid, scan->ipc_ns);
	if (life == LIFE_ENDS || (life == LIFE_ENDED && !scan->thread && scan->nr_threads > 1))
		*vec_add(&scan->ending) = (struct ending){ scan->pid, scan->thread };
	scan->lost |= (life == LIFE_ENDS || life == LIFE_ENDED) && !scan->thread;
	return life == LIFE_ENDS || life == LIFE_ENDED;
}

void scan_end(struct scan *scan)
{
	struct process *proc;

	if (scan->process != NO_INDEX) {
		proc = &scan->snap->processes.at[scan->process];
		proc->ipc_ns = proc->ipc_ns ?: scan->ipc_ns;
		proc->net_ns = proc->net_ns ?: scan->net_ns;
	}
	if (scan->maps_open)
		scan->col->host->ops->close_maps(&scan->maps);
	scan->maps_open = false;
	scan->col->host->ops->close_dir(&scan->dir);
}

void scan_free(struct scan *scan)
{
	buf_free(&scan->entries);
	buf_free(&scan->tasks);
	buf_free(&scan->text);
	buf_free(&scan->info);
	vec_free(&scan->deferred);
	vec_free(&scan->tables);
	vec_free(&scan->odd);
	vec_free(&scan->ending);
	buf_free(&scan->maps.text);
}

bool link_number(const char *link, uint64_t *num)
{
	const char *at = strchr(link, '[');

	return at && *++at && num_u64(&at, num) && *at == ']' && !at[1];
}

int scan_ns(const struct host *host, const struct host_dir *proc, const char *path,
	    uint64_t *num)
{
	char link[64];
	ssize_t len = host->ops->read_link(host, proc, path, link, sizeof(link));

	*num = 0;
	if (len < 0)
		return (int)len;
	return (size_t)len < sizeof(link) && link_number(link, num) ? 0 : -EBADMSG;
}

/* Of several threads each may be in another. */
static uint64_t process_ns(struct scan *scan, const char *name, uint64_t *known,
			   enum part part)
{
	uint64_t num = scan->thread ? 0 : *known;
	const char *from = name;
	char path[SCAN_PATH_ROOM];
	int err;

	if (num)
		return num;
	if (scan->thread) {
		scan_path(scan, name, path, sizeof(path));
		from = path;
	}
	err = scan_ns(scan->col->host, &scan->dir, from, &num);
	if (err)
		scan_gap(scan, part, err);
	if (!scan->thread)
		*known = num;
	return num;
}

uint64_t scan_ipc_ns(struct scan *scan)
{
	return process_ns(scan, "ns/ipc", &scan->ipc_ns,
			  scan->col->query->parts & NEED(MAPS) ? PART_MAPS : PART_CALLS);
}

uint64_t scan_net_ns(struct scan *scan)
{
	return process_ns(scan, "ns/net", &scan->net_ns, PART_FDS);
}

int scan_open_maps(struct scan *scan)
{
	int err;

	if (scan->maps_open)
		return 0;
	err = scan->col->host->ops->open_maps(&scan->dir, &scan->maps);
	scan->maps_open = !err;
	scan->maps.private = scan->col->vmas_private;
	return err;
}

void scan_maps(struct scan *scan)
{
	const struct collector *col = scan->col;
	const struct host *host = col->host;
	struct host_vma vma;
	unsigned int i;
	int err;

	err = scan_open_maps(scan);
	while (!err && (err = host->ops->next_vma(&scan->maps, &vma)) > 0) {
		for (i = 0; i < col->nr_vma_hooks; i++) {
			if (col->vma_hooks[i](scan, &vma))
				break;
		}
		err = 0;
	}
	if (err < 0)
		scan_gap(scan, PART_MAPS, err);
}

/* Kernel threads and zombies have nothing to look at. */
void scan_gap(struct scan *scan, enum part part, int err)
{
	const struct snapshot *snap = scan->snap;
	const struct gap *last = snap->gaps.nr ? &snap->gaps.at[snap->gaps.nr - 1] : NULL;
	uint32_t process;
	uint32_t flags;

	/* A process with thousands of descriptors that may not be read is one gap. */
	if (last && last->pid == scan->pid && last->part == part && last->err == -err)
		return;
	if (process_is_gone(err)) {
		scan_may_have_ended(scan);
		return;
	}
	process = scan_process(scan);
	if (process == NO_INDEX)
		return;
	flags = scan->snap->processes.at[process].flags;
	/* A process that ends is refused to others before it is gone: what it was when it
	 * was looked at first does not count. */
	if (flags & (PROCESS_KTHREAD | PROCESS_ZOMBIE))
		return;
	if (!scan_may_have_ended(scan))
		snapshot_gap(scan->snap, part, -err, scan->pid, scan->uid, scan->ipc_ns);
}

bool scan_is_compat(struct scan *scan)
{
	const struct host *host = scan->col->host;
	uint64_t first;
	int err = host->ops->read_file(host, &scan->dir, "auxv", &scan->text);

	if (err < 0 && !process_is_gone(err))
		scan_gap(scan, PART_CALLS, err);
	if (err < 0 || scan->text.len < sizeof(first))
		return false;
	memcpy(&first, scan->text.data, sizeof(first));
	return (first > UINT32_MAX) == (sizeof(long) == 8);
}

bool scan_read_string(struct scan *scan, uint64_t addr, char *to, size_t room)
{
	const struct host *host = scan->col->host;
	uint32_t page = scan->col->snap->host.page_size ?: 4096;
	size_t len = 0;

	while (len < room) {
		size_t part = page - (addr + len) % page;

		if (part > room - len)
			part = room - len;
		if (host->ops->read_memory(host, scan->living, addr + len, to + len, part) < 0)
			return false;
		if (memchr(to + len, '\0', part))
			return true;
		len += part;
	}
	return false;
}
