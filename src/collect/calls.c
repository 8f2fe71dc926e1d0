// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the threads of one process are blocked in: /proc/PID/task/TID/syscall.
 * The number of the call and its arguments are the truth; the line is read
 * again after it was understood, and believed only if it is still the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "calls.h"
#include "numbers.h"
#include "ipcscope/text.h"

#define MAX_SOPS	500	/* SEMOPM */

/* include/uapi/linux/futex.h */
#define FUTEX_WAIT		0
#define FUTEX_WAIT_BITSET	9
#define FUTEX_PRIVATE_FLAG	128
#define FUTEX_CLOCK_REALTIME	256
#define FUTEX_CMD_MASK		(~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME))

uint32_t calls_find(const struct scan *scan, struct object_key key)
{
	uint32_t object = snapshot_find(scan->snap->base, key);

	return object != NO_INDEX ? object | IN_BASE : snapshot_find(scan->snap, key);
}

const char *calls_wchan(struct blocked *blocked)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	char path[40];

	if (blocked->has_wchan)
		return blocked->wchan;
	blocked->has_wchan = true;
	snprintf(path, sizeof(path), "%swchan", blocked->dir);
	/* "0" is a kernel without symbols, or a thread that may not be asked. */
	if (host->ops->read_file(host, &scan->dir, path, &scan->text) >= 0 &&
	    scan->text.len && scan->text.data[0] != '0')
		snprintf(blocked->wchan, sizeof(blocked->wchan), "%s", scan->text.data);
	return blocked->wchan;
}

bool calls_still(struct blocked *blocked)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	char path[40];
	int err;

	snprintf(path, sizeof(path), "%ssyscall", blocked->dir);
	err = host->ops->read_file(host, &scan->dir, path, &scan->text);
	if (err < 0)
		scan_gap(scan, PART_CALLS, err);
	return err >= 0 && scan->text.len == blocked->len &&
	       !memcmp(scan->text.data, blocked->line, blocked->len);
}

bool calls_is_foreign(struct blocked *blocked)
{
	uint32_t process = blocked->compat ? NO_INDEX : scan_process(blocked->scan);

	if (process == NO_INDEX || !scan_is_compat(blocked->scan))
		return false;
	blocked->scan->snap->processes.at[process].flags |= PROCESS_COMPAT;
	return true;
}

bool calls_sleep_is_told(struct blocked *blocked)
{
	const char *wchan = calls_wchan(blocked);

	return *wchan && !strstr(wchan, "stop") && !strstr(wchan, "freez") &&
	       !strstr(wchan, "refrigerator");
}

bool calls_is_restarted(struct blocked *blocked)
{
	const char *wchan = calls_wchan(blocked);

	return !strncmp(wchan, "futex", 5) || !strncmp(wchan, "poll_", 5) ||
	       !strncmp(wchan, "do_poll", 7) || !strncmp(wchan, "do_sys_poll", 11);
}

struct edge *calls_wait(struct blocked *blocked, uint32_t object, uint8_t access)
{
	struct scan *scan = blocked->scan;
	uint32_t process;
	struct edge *edge;

	if (object == NO_INDEX || !calls_still(blocked))
		return NULL;
	process = scan_process(scan);
	if (process == NO_INDEX || scan->snap->processes.at[process].flags & PROCESS_KTHREAD ||
	    calls_is_foreign(blocked))
		return NULL;
	edge = snapshot_edge(scan->snap, EDGE_WAITS, process, object);
	edge->tid = blocked->tid;
	edge->access = access;
	return edge;
}

/* Of several operations the kernel blocks in the first that cannot be done. */
static void calls_set_operation(struct blocked *blocked, struct edge *edge, uint32_t object)
{
	struct sembuf { uint16_t num; int16_t op, flg; } sops[MAX_SOPS];
	const struct snapshot *base = blocked->scan->snap->base;
	const struct host *host = blocked->scan->col->host;
	uint64_t nr = blocked->arg[2], i;
	const struct sems *sems = NULL;
	int err;

	if (!nr || nr > MAX_SOPS)
		return;
	err = host->ops->read_memory(host, blocked->scan->living, blocked->arg[1],
				     sops, nr * sizeof(sops[0]));
	if (err < 0) {
		scan_gap(blocked->scan, PART_DETAILS, err);
		return;
	}
	if (object & IN_BASE)
		sems = object_sems(base, &base->objects.at[object & ~IN_BASE]);
	for (i = 0; i < nr; i++) {
		uint16_t num = sops[i].num;

		if (sops[i].op > 0)
			continue;
		if (nr > 1 && sems && num < sems->nr &&
		    (sops[i].op ? sems->sem[num].value >= (uint32_t)-sops[i].op : !sems->sem[num].value))
			continue;
		edge->sem = num;
		edge->sem_op = sops[i].op;
		return;
	}
}

static void calls_sysv(struct blocked *blocked, const struct call *call)
{
	struct object_key key = {
		.space = call->space, .id = (uint32_t)blocked->arg[0],
	};
	struct edge *edge;
	uint32_t object;

	/* It may have left for another before the call, which it cannot in the call. */
	blocked->scan->ipc_ns = 0;
	key.ns = scan_ipc_ns(blocked->scan);
	object = calls_find(blocked->scan, key);
	edge = calls_wait(blocked, object, call->access);

	if (!key.ns && calls_still(blocked))
		scan_gap(blocked->scan, PART_CALLS, -EACCES);
	if (edge && call->space == SPACE_SEM)
		calls_set_operation(blocked, edge, object);
}

/* A semaphore of sem_open(3) is a futex in its file. */
static void calls_futex(struct blocked *blocked, const struct call *call)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	struct object_key key = { .space = SPACE_INODE };
	uint64_t op = blocked->arg[1] & (uint32_t)FUTEX_CMD_MASK;
	struct host_vma vma = { 0 };
	uint32_t object;
	struct edge *edge;
	int ret;

	if (blocked->arg[1] & FUTEX_PRIVATE_FLAG ||
	    (op != FUTEX_WAIT && op != FUTEX_WAIT_BITSET))
		return;
	ret = scan_open_maps(scan) ?: host->ops->find_vma(&scan->maps, blocked->arg[0], &vma);
	if (ret < 0)
		scan_gap(scan, PART_CALLS, ret);
	if (ret <= 0)
		return;
	key.ns = vma.dev;
	key.id = vma.ino;
	object = calls_find(scan, key);
	if (object == NO_INDEX || !class_of(scan, object)->futex)
		return;
	edge = calls_wait(blocked, object, call->access);
	if (edge)
		edge->address = blocked->arg[0];
}

/* "-1": the kernel waits for the thread, or a thread of io_uring for it. */
#define NO_CALL		(-1)

#define READS(call)	{ SYS_##call, waits_fd, ACCESS_READ, SPACE_NONE, { 0 } }
#define WRITES(call)	{ SYS_##call, waits_fd, ACCESS_WRITE, SPACE_NONE, { 0 } }
#define POLLS(call, how)	{ SYS_##call, how, 0, SPACE_NONE, { 0 } }
/* From the descriptor in one argument to that in another. */
#define MOVES(call, from, to) \
	{ SYS_##call, waits_either, 0, SPACE_NONE, { from, to } }

static const struct call calls[] = {
	READS(read), READS(readv), READS(preadv2), READS(recvfrom), READS(recvmsg),
	READS(recvmmsg), READS(recvmmsg_time64), READS(accept), READS(accept4),
	READS(mq_timedreceive), READS(mq_timedreceive_time64),
	WRITES(write), WRITES(writev), WRITES(pwritev2), WRITES(sendmmsg),
	WRITES(mq_timedsend), WRITES(mq_timedsend_time64), WRITES(sendfile),
	MOVES(splice, 0, 2), MOVES(tee, 0, 1), MOVES(vmsplice, 0, 0),
	{ SYS_sendmsg, waits_sendmsg, ACCESS_WRITE, SPACE_SOCKET, { 0 } },
	{ SYS_sendto, waits_sendto, ACCESS_WRITE, SPACE_SOCKET, { 0 } },
	{ SYS_connect, waits_connect, ACCESS_WRITE, SPACE_SOCKET, { 0 } },
	{ SYS_semop, calls_sysv, ACCESS_WRITE, SPACE_SEM, { 0 } },
	{ SYS_semtimedop, calls_sysv, ACCESS_WRITE, SPACE_SEM, { 0 } },
	{ SYS_semtimedop_time64, calls_sysv, ACCESS_WRITE, SPACE_SEM, { 0 } },
	{ SYS_msgsnd, calls_sysv, ACCESS_WRITE, SPACE_MSG, { 0 } },
	{ SYS_msgrcv, calls_sysv, ACCESS_READ, SPACE_MSG, { 0 } },
	{ SYS_futex, calls_futex, ACCESS_READ, SPACE_NONE, { 0 } },
	{ SYS_futex_time64, calls_futex, ACCESS_READ, SPACE_NONE, { 0 } },
	POLLS(poll, polls_poll), POLLS(ppoll, polls_poll), POLLS(ppoll_time64, polls_poll),
	POLLS(select, polls_select), POLLS(pselect6, polls_select),
	POLLS(pselect6_time64, polls_select), POLLS(epoll_wait, polls_epoll_wait),
	POLLS(epoll_pwait, polls_epoll_wait), POLLS(epoll_pwait2, polls_epoll_wait),
	{ SYS_openat, opens_openat, 0, SPACE_NONE, { 0 } },
	{ SYS_openat2, opens_openat2, 0, SPACE_NONE, { 0 } },
	{ SYS_open, opens_open, 0, SPACE_NONE, { 0 } },
	{ SYS_creat, opens_open, ACCESS_WRITE, SPACE_NONE, { 0 } },
	{ SYS_open_by_handle_at, opens_any, 0, SPACE_NONE, { 0 } },
	{ SYS_acct, opens_any, 0, SPACE_NONE, { 0 } },
	{ NO_CALL, opens_any, 0, SPACE_NONE, { 0 } },
#ifdef __x86_64__
	/* open, creat and openat of 32 bits; fstat, lseek and preadv do not wait. */
	{ 5, opens_any, 0, SPACE_NONE, { 0 } },
	{ 8, opens_any, 0, SPACE_NONE, { 0 } },
	{ 295, opens_any, 0, SPACE_NONE, { 0 } },
#endif
};

/* "NR 0xA0 ... 0xA5 0xSP 0xPC", "-1 0xSP 0xPC" or "running", which is not for us. */
static bool calls_parse(struct blocked *blocked)
{
	const char *at = blocked->line;
	uint64_t nr;
	int i;

	blocked->nr = NO_CALL;
	if (!strncmp(at, "-1 ", 3))
		return true;
	if (!num_u64(&at, &nr))
		return false;
	blocked->nr = (long)nr;
	for (i = 0; i < 6; i++) {
		if (strncmp(at, " 0x", 3))
			return false;
		at += 3;
		if (!num_hex(&at, &blocked->arg[i]))
			return false;
	}
	return true;
}

static void calls_scan_thread(struct scan *scan, pid_t tid, const char *path)
{
	const struct host *host = scan->col->host;
	struct blocked blocked = { .scan = scan, .tid = tid };
	enum class_id class;
	char file[40];
	size_t i;
	int err;

	snprintf(blocked.dir, sizeof(blocked.dir), "%s", path);
	snprintf(file, sizeof(file), "%ssyscall", path);
	err = host->ops->read_file(host, &scan->dir, file, &scan->text);
	if (err < 0) {
		scan_gap(scan, PART_CALLS, err);
		return;
	}
	blocked.len = scan->text.len;
	if (!blocked.len || blocked.len >= sizeof(blocked.line))
		return;
	memcpy(blocked.line, scan->text.data, blocked.len);
	if (!calls_parse(&blocked))
		return;
	compat_translate(&blocked);
	/* Of those that are restarted so only poll(2) and futex(2) are of interest. */
	if (blocked.nr == SYS_restart_syscall && calls_is_restarted(&blocked))
		blocked.nr = strncmp(blocked.wchan, "futex", 5) ? SYS_poll : SYS_futex;
	for (i = 0; i < ARRAY_SIZE(calls) && calls[i].nr != blocked.nr; i++)
		;
	if (i == ARRAY_SIZE(calls))
		return;
	if (!scan->lists) {
		calls[i].understand(&blocked, &calls[i]);
		return;
	}
	for (class = 0; class < NR_CLASSES && calls[i].space != SPACE_NONE; class++) {
		const struct ipc_class *c = ipc_classes[class];

		if (c->info.space == calls[i].space &&
		    (c->address || c->info.space != SPACE_SOCKET))
			*scan->lists |= A_CLASS_OF(class);
	}
}

static void calls_scan_task(struct scan *scan, pid_t tid)
{
	char path[32];

	snprintf(path, sizeof(path), "task/%d/", (int)tid);
	scan->thread = scan->nr_threads > 1 ? tid : 0;
	calls_scan_thread(scan, tid, path);
	scan->thread = scan->table = 0;
}

void scan_calls(struct scan *scan)
{
	int err;

	if (scan->nr_threads == 1) {
		calls_scan_thread(scan, scan->pid, "");
		return;
	}
	err = scan_threads(scan, calls_scan_task);
	if (err < 0)
		scan_gap(scan, PART_CALLS, err);
}
