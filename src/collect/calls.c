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
#include <sys/syscall.h>
#include <sys/un.h>

#include "internal.h"
#include "ipcscope/num.h"

#define MAX_SOPS	500	/* SEMOPM */
#define MAX_LINE	256

/* include/uapi/linux/futex.h */
#define FUTEX_WAIT		0
#define FUTEX_WAIT_BITSET	9
#define FUTEX_PRIVATE_FLAG	128
#define FUTEX_CLOCK_REALTIME	256
#define FUTEX_CMD_MASK		(~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME))

struct blocked {
	struct scan *scan;
	pid_t tid;
	long nr;
	uint64_t arg[6];
	char line[MAX_LINE];	/* as it was read first */
	size_t len;
	char path[48];		/* of the file it is in, below /proc/PID */
};

/* How a call says what it waits for. */
struct call {
	long nr;
	void (*understand)(struct blocked *blocked, uint8_t access);
	uint8_t access;		/* what it would do */
};

static uint32_t find_object(const struct scan *scan, struct object_key key)
{
	uint32_t object = snapshot_find(scan->snap->base, key);

	return object != NO_INDEX ? object | IN_BASE :
				    snapshot_find(scan->snap, key);
}

static bool still_blocked(struct blocked *blocked)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;

	return host->ops->read_file(host, &scan->dir, blocked->path,
				    &scan->text) >= 0 &&
	       scan->text.len == blocked->len &&
	       !memcmp(scan->text.data, blocked->line, blocked->len);
}

/* A 32 bit process has other numbers, and its auxiliary vector shows it: there
 * the first word of 64 bits is a type and a value in one. */
static bool is_compat(struct scan *scan)
{
	const struct host *host = scan->col->host;
	uint64_t first;

	if (host->ops->read_file(host, &scan->dir, "auxv", &scan->text) < 0 ||
	    scan->text.len < sizeof(first))
		return false;
	memcpy(&first, scan->text.data, sizeof(first));
	return first > UINT32_MAX;
}

static struct edge *add_wait(struct blocked *blocked, uint32_t object,
			     uint8_t access)
{
	struct scan *scan = blocked->scan;
	uint32_t process;
	struct edge *edge;

	if (object == NO_INDEX || !still_blocked(blocked))
		return NULL;
	process = scan_process(scan);
	if (process == NO_INDEX)
		return NULL;
	if (is_compat(scan)) {
		scan->snap->processes.at[process].flags |= PROCESS_COMPAT;
		return NULL;
	}
	if (scan->snap->processes.at[process].flags & PROCESS_KTHREAD)
		return NULL;
	edge = snapshot_edge(scan->snap, EDGE_WAITS, process, object);
	edge->tid = blocked->tid;
	edge->access = access;
	return edge;
}

static enum class_id class_of(const struct scan *scan, uint32_t object)
{
	const struct snapshot *snap = object & IN_BASE ? scan->snap->base :
							 scan->snap;

	return snap->objects.at[object & ~IN_BASE].class;
}

/* Calls on a descriptor: what it leads to now, not when the list was read. */
static void by_fd(struct blocked *blocked, uint8_t access)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	uint32_t object, waitable;
	struct buf name = { 0 };
	struct edge *edge;

	if (blocked->arg[0] > INT32_MAX ||
	    host->ops->open_dir(host, &scan->dir, "fd", &scan->fds) < 0)
		return;
	buf_u64(&name, blocked->arg[0]);
	object = scan_fd(scan, (int)blocked->arg[0], name.data);
	host->ops->close_dir(&scan->fds);
	buf_free(&name);
	if (object == NO_INDEX)
		return;
	waitable = class_infos[class_of(scan, object)]->waits_by;
	edge = waitable ? add_wait(blocked, object, access) : NULL;
	if (edge)
		edge->fd = (int)blocked->arg[0];
}

/* Of several operations the kernel blocks in the first that cannot be done. */
static void set_operation(struct blocked *blocked, struct edge *edge,
			  uint32_t object)
{
	struct sembuf { uint16_t num; int16_t op, flg; } sops[MAX_SOPS];
	const struct snapshot *base = blocked->scan->snap->base;
	const struct host *host = blocked->scan->col->host;
	uint64_t nr = blocked->arg[2], i;
	const struct sems *sems = NULL;

	if (!nr || nr > MAX_SOPS ||
	    host->ops->read_memory(host, blocked->scan->pid, blocked->arg[1],
				   sops, nr * sizeof(sops[0])) < 0)
		return;
	if (object & IN_BASE)
		sems = object_sems(base, &base->objects.at[object & ~IN_BASE]);
	for (i = 0; i < nr; i++) {
		uint16_t num = sops[i].num;

		if (sops[i].op > 0)
			continue;
		if (nr > 1 && sems && num < sems->nr &&
		    (sops[i].op ? sems->sem[num].value >= -sops[i].op :
		     !sems->sem[num].value))
			continue;
		edge->sem = num;
		edge->sem_op = sops[i].op;
		return;
	}
}

static void by_sysv_id(struct blocked *blocked, enum space space,
		       uint8_t access)
{
	struct scan *scan = blocked->scan;
	struct object_key key = {
		.space = space, .ns = scan_ipc_ns(scan),
		.id = (uint32_t)blocked->arg[0],
	};
	uint32_t object = find_object(scan, key);
	struct edge *edge = add_wait(blocked, object, access);

	if (edge && space == SPACE_SEM)
		set_operation(blocked, edge, object);
}

static void by_semid(struct blocked *blocked, uint8_t access)
{
	by_sysv_id(blocked, SPACE_SEM, access);
}

static void by_msqid(struct blocked *blocked, uint8_t access)
{
	by_sysv_id(blocked, SPACE_MSG, access);
}

/* A semaphore of sem_open(3) is a futex in its file. */
static void by_futex(struct blocked *blocked, uint8_t access)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	struct object_key key = { .space = SPACE_INODE };
	uint64_t op = blocked->arg[1] & (uint32_t)FUTEX_CMD_MASK;
	struct host_vma vma;
	uint32_t object;
	struct edge *edge;

	if (blocked->arg[1] & FUTEX_PRIVATE_FLAG ||
	    (op != FUTEX_WAIT && op != FUTEX_WAIT_BITSET))
		return;
	if (scan_open_maps(scan) ||
	    host->ops->find_vma(&scan->maps, blocked->arg[0], &vma) <= 0)
		return;
	key.ns = vma.dev;
	key.id = vma.ino;
	object = find_object(scan, key);
	if (object == NO_INDEX || class_of(scan, object) != CLASS_psem)
		return;
	edge = add_wait(blocked, object, access);
	if (edge)
		edge->address = blocked->arg[0];
}

/* The string at @addr: memory ends at a page, so not all at once. */
static bool read_string(struct scan *scan, uint64_t addr, char *to, size_t room)
{
	const struct host *host = scan->col->host;
	uint32_t page = scan->col->snap->host.page_size ?: 4096;
	size_t len = 0;

	while (len < room) {
		size_t part = page - (addr + len) % page;

		if (part > room - len)
			part = room - len;
		if (host->ops->read_memory(host, scan->pid, addr + len,
					   to + len, part) < 0)
			return false;
		if (memchr(to + len, '\0', part))
			return true;
		len += part;
	}
	return false;
}

/* The open of a FIFO waits for somebody at the other end; there is no
 * descriptor yet. */
static void open_path(struct blocked *blocked, int dirfd, uint64_t addr,
		      uint64_t flags)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	char path[4096], link[4200];
	struct buf full = { 0 };
	uint64_t mode = flags & O_ACCMODE;
	struct host_stat st;
	ssize_t len = 0;

	if (!class_wanted(scan->col, CLASS_fifo) ||
	    !read_string(scan, addr, path, sizeof(path)))
		return;
	if (path[0] != '/') {
		char name[32];

		snprintf(name, sizeof(name), dirfd == AT_FDCWD ? "cwd" : "fd/%d",
			 dirfd);
		len = host->ops->read_link(host, &scan->dir, name, link,
					   sizeof(link));
	}
	if (len < 0 || (size_t)len >= sizeof(link))
		return;
	buf_puts(&full, "root");
	buf_add(&full, link, (size_t)len);
	if (path[0] != '/')
		buf_putc(&full, '/');
	buf_puts(&full, path);
	if (!host->ops->stat(host, &scan->dir, full.data, HOST_FOLLOW, &st) &&
	    S_ISFIFO(st.mode))
		add_wait(blocked,
			 fifo_object(scan, &st, full.data + 4, full.len - 4),
			 mode == O_WRONLY ? ACCESS_WRITE : ACCESS_READ);
	buf_free(&full);
}

static void by_openat(struct blocked *blocked, uint8_t access)
{
	(void)access;
	open_path(blocked, (int)blocked->arg[0], blocked->arg[1],
		  blocked->arg[2]);
}

#ifdef SYS_open
static void by_open(struct blocked *blocked, uint8_t access)
{
	(void)access;
	open_path(blocked, AT_FDCWD, blocked->arg[0], blocked->arg[1]);
}
#endif

/* The UNIX socket at an address in memory; false if there is none. */
static bool by_address(struct blocked *blocked, uint64_t at, uint64_t len,
		       uint8_t access)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	struct sockaddr_un addr = { 0 };
	uint32_t object;
	struct edge *edge;

	if (len > sizeof(addr) || len <= sizeof(addr.sun_family) ||
	    host->ops->read_memory(host, scan->pid, at, &addr, len) < 0 ||
	    addr.sun_family != AF_UNIX)
		return false;
	object = unix_bound(scan, addr.sun_path,
			    len - sizeof(addr.sun_family));
	if (object == NO_INDEX)
		return false;
	edge = add_wait(blocked, object, access);
	if (edge)
		edge->fd = (int)blocked->arg[0];
	return true;
}

/* A client that finds the backlog full has no peer yet, only its address. */
static void by_connect(struct blocked *blocked, uint8_t access)
{
	by_address(blocked, blocked->arg[1], blocked->arg[2], access);
}

/* A datagram that does not fit where it goes to. */
static void by_sendto(struct blocked *blocked, uint8_t access)
{
	if (!blocked->arg[4] ||
	    !by_address(blocked, blocked->arg[4], blocked->arg[5], access))
		by_fd(blocked, access);
}

static const struct call calls[] = {
	{ SYS_read, by_fd, ACCESS_READ }, { SYS_readv, by_fd, ACCESS_READ },
	{ SYS_write, by_fd, ACCESS_WRITE }, { SYS_writev, by_fd, ACCESS_WRITE },
	{ SYS_recvfrom, by_fd, ACCESS_READ },
	{ SYS_recvmsg, by_fd, ACCESS_READ },
	{ SYS_recvmmsg, by_fd, ACCESS_READ },
	{ SYS_sendto, by_sendto, ACCESS_WRITE },
	{ SYS_sendmsg, by_fd, ACCESS_WRITE },
	{ SYS_sendmmsg, by_fd, ACCESS_WRITE },
	{ SYS_accept, by_fd, ACCESS_READ }, { SYS_accept4, by_fd, ACCESS_READ },
	{ SYS_splice, by_fd, ACCESS_READ },
	{ SYS_connect, by_connect, ACCESS_WRITE },
	{ SYS_mq_timedsend, by_fd, ACCESS_WRITE },
	{ SYS_mq_timedreceive, by_fd, ACCESS_READ },
	{ SYS_semop, by_semid, ACCESS_WRITE },
	{ SYS_semtimedop, by_semid, ACCESS_WRITE },
	{ SYS_msgsnd, by_msqid, ACCESS_WRITE },
	{ SYS_msgrcv, by_msqid, ACCESS_READ },
	{ SYS_futex, by_futex, ACCESS_READ },
	{ SYS_openat, by_openat, 0 },
#ifdef SYS_open
	{ SYS_open, by_open, 0 },
#endif
};

/* Whose objects are known from their list alone. */
static uint32_t call_lists(const struct call *call)
{
	if (call->understand == by_semid)
		return A_CLASS(sem);
	if (call->understand == by_msqid)
		return A_CLASS(msg);
	if (call->understand == by_connect || call->understand == by_sendto)
		return A_CLASS(unix);
	return 0;
}

/* "NR 0xA0 ... 0xA5 0xSP 0xPC"; "running" and "-1 ..." are not for us. */
static bool parse_call(struct blocked *blocked)
{
	const char *at = blocked->line;
	uint64_t nr;
	int i;

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

/* A timed wait that was stopped and continued shows as another call. */
static bool was_futex(struct blocked *blocked)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	char path[48];

	if (blocked->nr != SYS_restart_syscall)
		return false;
	memcpy(path, blocked->path, sizeof(path));
	strcpy(strstr(path, "syscall"), "wchan");
	return host->ops->read_file(host, &scan->dir, path, &scan->text) >= 0 &&
	       scan->text.len && !strncmp(scan->text.data, "futex", 5);
}

static void scan_thread(struct scan *scan, pid_t tid, const char *path)
{
	const struct host *host = scan->col->host;
	struct blocked blocked = { .scan = scan, .tid = tid };
	size_t i;
	int err;

	snprintf(blocked.path, sizeof(blocked.path), "%s", path);
	err = host->ops->read_file(host, &scan->dir, path, &scan->text);
	if (err < 0) {
		scan_gap(scan, PART_CALLS, err);
		return;
	}
	blocked.len = scan->text.len;
	if (!blocked.len || blocked.len >= sizeof(blocked.line))
		return;
	memcpy(blocked.line, scan->text.data, blocked.len);
	if (!parse_call(&blocked))
		return;
	if (was_futex(&blocked))
		blocked.nr = SYS_futex;
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].nr != blocked.nr)
			continue;
		if (scan->lists)
			*scan->lists |= call_lists(&calls[i]);
		else
			calls[i].understand(&blocked, calls[i].access);
		return;
	}
}

static int each_task(void *arg, const char *name, uint64_t ino,
		     unsigned char type)
{
	struct scan *scan = arg;
	const char *at = name;
	char path[48];
	uint64_t tid;

	(void)ino;
	(void)type;
	if (!num_u64(&at, &tid) || *at || tid > INT32_MAX)
		return 0;
	snprintf(path, sizeof(path), "task/%s/syscall", name);
	scan_thread(scan, (pid_t)tid, path);
	return 0;
}

void scan_calls(struct scan *scan)
{
	const struct host *host = scan->col->host;
	struct host_dir tasks;
	struct host_stat st;
	int err;

	/* Two links more than threads. */
	err = host->ops->stat(host, &scan->dir, "task", 0, &st);
	if (!err && st.nlink == 3) {
		scan_thread(scan, scan->pid, "syscall");
		return;
	}
	err = host->ops->open_dir(host, &scan->dir, "task", &tasks);
	if (!err) {
		err = host->ops->read_dir(&tasks, &scan->tasks, each_task,
					  scan);
		host->ops->close_dir(&tasks);
	}
	if (err < 0)
		scan_gap(scan, PART_CALLS, err);
}
