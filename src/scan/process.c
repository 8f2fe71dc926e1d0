// SPDX-License-Identifier: GPL-2.0-or-later
/* One process: who it is. proc_pid_stat(5), fs/proc/array.c. */
#include <errno.h>

#include "ipcscope/num.h"
#include "scan.h"

#define PF_EXITING	0x00000004	/* include/linux/sched.h */
#define PF_KTHREAD	0x00200000

enum { STAT_STATE = 3, STAT_PPID = 4, STAT_FLAGS = 9, STAT_START = 22 };

struct stat_line {
	const char *comm;
	size_t comm_len;
	char state;
	uint64_t ppid, flags, start;
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

/* That the process is there, but not to be looked at. */
static void process_unseen(struct scan *scan, int err)
{
	if (!process_is_gone(err))
		snapshot_gap(scan->snap, PART_PROCS, -err, scan->pid, scan->uid, scan->ipc_ns);
}

uint32_t scan_process(struct scan *scan)
{
	const struct host *host = scan->col->host;
	struct stat_line line = { 0 };
	struct process *proc;
	int err;

	if (scan->process != NO_INDEX || scan->no_process)
		return scan->process;
	err = host->ops->read_file(host, &scan->dir, "stat", &scan->text);
	if (err >= 0 && !process_parse_stat(&scan->text, &line))
		err = -EBADMSG;
	if (err < 0) {
		scan->no_process = true;
		process_unseen(scan, err);
		return NO_INDEX;
	}
	scan->process = snapshot_process(scan->snap, scan->pid, line.start);
	proc = &scan->snap->processes.at[scan->process];
	proc->comm = arena_str(&scan->snap->arena, line.comm, line.comm_len);
	proc->ppid = (pid_t)line.ppid;
	proc->uid = scan->uid;
	if (line.flags & PF_KTHREAD)
		proc->flags |= PROCESS_KTHREAD;
	if (line.state == 'Z' || line.state == 'X')
		proc->flags |= PROCESS_ZOMBIE;
	return scan->process;
}

bool scan_begin(struct scan *scan, pid_t pid)
{
	const struct host *host = scan->col->host;
	struct host_stat st;
	char name[16];
	int err;

	scan->pid = pid;
	scan->process = NO_INDEX;
	scan->no_process = false;
	scan->ipc_ns = scan->net_ns = 0;
	scan->uid = (uid_t)-1;
	snprintf(name, sizeof(name), "%d", (int)pid);
	err = host->ops->open_dir(host, &scan->col->proc, name, &scan->dir);
	if (!err) {
		/* The directory is the effective user's, of any process. */
		err = host->ops->stat(host, &scan->dir, "", 0, &st);
		if (!err)
			scan->uid = st.uid;
		else
			host->ops->close_dir(&scan->dir);
	}
	if (err < 0)
		process_unseen(scan, err);
	return !err;
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
	buf_free(&scan->maps.text);
}

bool link_number(const char *link, uint64_t *num)
{
	const char *at = strchr(link, '[');

	return at && *++at && num_u64(&at, num) && *at == ']' && !at[1];
}

uint64_t scan_ns(const struct host *host, const struct host_dir *proc, const char *path)
{
	char link[64];
	uint64_t num;
	ssize_t len;

	len = host->ops->read_link(host, proc, path, link, sizeof(link));
	if (len <= 0 || (size_t)len >= sizeof(link) || !link_number(link, &num))
		return 0;
	return num;
}

uint64_t scan_ipc_ns(struct scan *scan)
{
	if (!scan->ipc_ns)
		scan->ipc_ns = scan_ns(scan->col->host, &scan->dir, "ns/ipc");
	return scan->ipc_ns;
}

uint64_t scan_net_ns(struct scan *scan)
{
	if (!scan->net_ns)
		scan->net_ns = scan_ns(scan->col->host, &scan->dir, "ns/net");
	return scan->net_ns;
}

/* A process that ends is refused to others before it is gone: what it was when it
 * was looked at first does not count. */
static bool process_has_ended(struct scan *scan)
{
	const struct host *host = scan->col->host;
	struct buf text = { 0 };
	struct stat_line line = { 0 };
	bool ended;
	int err;

	err = host->ops->read_file(host, &scan->dir, "stat", &text);
	ended = process_is_gone(err) || (err >= 0 && process_parse_stat(&text, &line) &&
		 (line.state == 'Z' || line.state == 'X' || line.flags & PF_EXITING));
	buf_free(&text);
	return ended;
}

/* Kernel threads and zombies have nothing to look at. */
void scan_gap(struct scan *scan, enum part part, int err)
{
	uint32_t process;
	uint32_t flags;

	if (process_is_gone(err))
		return;
	process = scan_process(scan);
	if (process == NO_INDEX)
		return;
	flags = scan->snap->processes.at[process].flags;
	if (!(flags & (PROCESS_KTHREAD | PROCESS_ZOMBIE)) && !process_has_ended(scan))
		snapshot_gap(scan->snap, part, -err, scan->pid, scan->uid, scan->ipc_ns);
}

bool scan_is_compat(struct scan *scan)
{
	const struct host *host = scan->col->host;
	uint64_t first;

	if (host->ops->read_file(host, &scan->dir, "auxv", &scan->text) < 0 ||
	    scan->text.len < sizeof(first))
		return false;
	memcpy(&first, scan->text.data, sizeof(first));
	return first > UINT32_MAX;
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
		if (host->ops->read_memory(host, scan->pid, addr + len, to + len, part) < 0)
			return false;
		if (memchr(to + len, '\0', part))
			return true;
		len += part;
	}
	return false;
}
