// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who waits in a call on a descriptor. The number may have been closed or have come
 * to lead elsewhere while the call slept: what the kernel says the thread sleeps in
 * must go with what the number leads to.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "calls.h"

#define PIPES	(A_CLASS(pipe) | A_CLASS(fifo))

/* What the thread sleeps in. */
struct waits_sleep {
	bool told;
	bool pipe;		/* a pipe or FIFO */
	uint8_t access;		/* which end of it; 0: not told */
};

/* pipe_wait_readable(), anon_pipe_write(), ... of fs/pipe.c and fs/splice.c. */
static struct waits_sleep waits_sleep(struct blocked *blocked)
{
	const char *wchan = calls_wchan(blocked);
	struct waits_sleep sleep = {
		.told = calls_sleep_is_told(blocked),
		.pipe = strstr(wchan, "pipe"),
	};

	if (sleep.pipe)
		sleep.access = strstr(wchan, "writ") ? ACCESS_WRITE :
			       strstr(wchan, "read") ? ACCESS_READ : 0;
	return sleep;
}

/* The file that the call keeps cannot be told by its number. */
static void waits_untold(struct blocked *blocked)
{
	if (calls_still(blocked)) {
		scan_gap(blocked->scan, PART_FDS, -EBADF);
		scan_gap(blocked->scan, PART_CALLS, -EBADF);
	}
}

/* What descriptor @fd leads to now, not when the list was read; NO_INDEX: nothing
 * that was asked for. @closed: nothing at all; @pipe (or NULL): a pipe or FIFO all the
 * same. */
static uint32_t waits_find(struct blocked *blocked, uint64_t fd, bool *closed, bool *pipe)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	uint32_t object = NO_INDEX;
	char name[24], link[8];
	struct host_stat st;
	int err;

	*closed = false;
	if (fd > INT32_MAX)
		return NO_INDEX;
	if (scan->thread)
		scan_use_table(scan, blocked->tid);
	err = scan_open_fds(scan);
	if (err < 0) {
		scan_gap(scan, PART_CALLS, err);
		return NO_INDEX;
	}
	snprintf(name, sizeof(name), "%d", (int)fd);
	object = scan_fd(scan, (int)fd, name);
	if (object == NO_INDEX)
		*closed = host->ops->read_link(host, &scan->fds, name, link,
					       sizeof(link)) == -ENOENT;
	if (object == NO_INDEX && pipe)
		*pipe = !host->ops->stat(host, &scan->fds, name, HOST_FOLLOW, &st) &&
			S_ISFIFO(st.mode);
	host->ops->close_dir(&scan->fds);
	return object;
}

/* Whether the thread still sleeps in a call on a descriptor that is closed: looked at
 * twice, as one that opens and closes it again and again is often in such a call. */
static void waits_closed(struct blocked *blocked, uint64_t fd)
{
	bool closed;

	if (!calls_still(blocked))
		return;
	waits_find(blocked, fd, &closed, NULL);
	if (closed)
		waits_untold(blocked);
}

/* Whether the thread waits on what @fd leads to, which need not be asked for. */
static bool waits_on(struct blocked *blocked, uint64_t fd, uint8_t access,
		     const struct waits_sleep *sleep, bool *closed)
{
	bool pipe = false;
	uint32_t object = waits_find(blocked, fd, closed, sleep->pipe ? &pipe : NULL);
	const struct ipc_class *class;
	struct edge *edge;

	if (object == NO_INDEX)
		return pipe;
	class = class_of(blocked->scan, object);
	if (sleep->told && sleep->pipe != (class == &class_pipe || class == &class_fifo))
		return false;
	if (access & ACCESS_WRITE && class->receiver)
		object = class->receiver(blocked->scan, object);
	edge = class->info.waits_by ? calls_wait(blocked, object, access) : NULL;
	if (edge)
		edge->fd = (int)fd;
	return true;
}

void waits_fd(struct blocked *blocked, const struct call *call)
{
	const struct waits_sleep sleep = waits_sleep(blocked);
	bool closed;

	if (waits_on(blocked, blocked->arg[0], call->access, &sleep, &closed))
		return;
	if (closed)
		waits_closed(blocked, blocked->arg[0]);
	else if (sleep.pipe && blocked->scan->col->query->classes & PIPES)
		waits_untold(blocked);
}

/* Which of the two ends it waits for the kernel says of a pipe; where it waits for
 * another file, only one of them can be that. */
void waits_either(struct blocked *blocked, const struct call *call)
{
	const struct waits_sleep sleep = waits_sleep(blocked);
	uint8_t side, access;
	bool closed;

	if (!sleep.told || (sleep.pipe && !sleep.access)) {
		waits_untold(blocked);
		return;
	}
	for (side = 0; side < 2; side++) {
		access = side ? ACCESS_WRITE : ACCESS_READ;
		if ((!sleep.access || sleep.access == access) &&
		    waits_on(blocked, blocked->arg[call->fds[side]], access, &sleep, &closed))
			return;
	}
	if (sleep.pipe && blocked->scan->col->query->classes & PIPES)
		waits_untold(blocked);
}

/* The UNIX socket at an address in memory; false if there is no such address. One that
 * no socket is known to have is a gap. */
static bool waits_address(struct blocked *blocked, uint64_t at, uint64_t len, uint8_t access)
{
	struct scan *scan = blocked->scan;
	const struct host *host = scan->col->host;
	struct sockaddr_un addr = { 0 };
	uint32_t object = NO_INDEX, from;
	enum class_id class;
	struct edge *edge;
	bool closed;

	if (len > sizeof(addr) || len <= sizeof(addr.sun_family) ||
	    host->ops->read_memory(host, scan->living, at, &addr, len) < 0 ||
	    addr.sun_family != AF_UNIX)
		return false;
	from = waits_find(blocked, blocked->arg[0], &closed, NULL);
	for (class = 0; class < NR_CLASSES && object == NO_INDEX; class++) {
		if (ipc_classes[class]->address)
			object = ipc_classes[class]->address(scan, from, addr.sun_path,
							     len - sizeof(addr.sun_family));
	}
	if (object == NO_INDEX && scan->col->query->classes & A_CLASS(unix) && calls_still(blocked))
		scan_gap(scan, PART_CALLS, -ESTALE);
	edge = calls_wait(blocked, object, access);
	if (edge)
		edge->fd = (int)blocked->arg[0];
	return true;
}

/* A client that finds the backlog full has no peer yet, only its address. */
void waits_connect(struct blocked *blocked, const struct call *call)
{
	if (!waits_address(blocked, blocked->arg[1], blocked->arg[2], call->access))
		waits_fd(blocked, call);
}

/* A datagram that does not fit where it goes to. */
void waits_sendto(struct blocked *blocked, const struct call *call)
{
	if (!blocked->arg[4] ||
	    !waits_address(blocked, blocked->arg[4], blocked->arg[5], call->access))
		waits_fd(blocked, call);
}

void waits_sendmsg(struct blocked *blocked, const struct call *call)
{
	const struct host *host = blocked->scan->col->host;
	/* The head of struct msghdr, and that of 32 bits. */
	union {
		struct { uint64_t name; uint32_t len; } full;
		struct { uint32_t name, len; } half;
	} msg;
	bool half = blocked->compat || sizeof(long) == 4;
	uint64_t name;

	if (host->ops->read_memory(host, blocked->scan->living, blocked->arg[1], &msg,
				   half ? sizeof(msg.half) : sizeof(msg.full)) < 0) {
		waits_fd(blocked, call);
		return;
	}
	name = half ? msg.half.name : msg.full.name;
	if (!name || !waits_address(blocked, name, half ? msg.half.len : msg.full.len,
				    call->access))
		waits_fd(blocked, call);
}
