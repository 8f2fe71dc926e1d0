/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECT_CALLS_H
#define COLLECT_CALLS_H

/* What is known of a thread that is blocked in a system call. */

#include "internal.h"

#define MAX_LINE	256

struct blocked {
	struct scan *scan;
	pid_t tid;
	long nr;
	uint64_t arg[6];
	char line[MAX_LINE];	/* as it was read first */
	size_t len;
	char dir[32];		/* below /proc/PID: "", or "task/TID/" */
	char wchan[48];		/* calls_wchan() */
	bool has_wchan;
	bool compat;		/* of 32 bits; the number was translated */
};

/* How a call says what it waits for. */
struct call {
	long nr;
	void (*understand)(struct blocked *blocked, const struct call *call);
	uint8_t access;		/* what it would do */
	/* Its object is named by id or address, so that its class must be listed. */
	enum space space;
	uint8_t fds[2];		/* arguments: where it reads, and where it writes */
};

/* The class of an object of the scan or its base. */
static inline enum class_id class_id_of(const struct scan *scan, uint32_t object)
{
	const struct snapshot *snap = object & IN_BASE ? scan->snap->base : scan->snap;

	return snap->objects.at[object & ~IN_BASE].class;
}

static inline const struct ipc_class *class_of(const struct scan *scan, uint32_t object)
{
	return ipc_classes[class_id_of(scan, object)];
}

/* The object of the scan or its base; NO_INDEX. */
uint32_t calls_find(const struct scan *scan, struct object_key key);

/* The function of the kernel that the thread sleeps in; "": it does not tell. */
const char *calls_wchan(struct blocked *blocked);
/* Whether that is of its call: one that is stopped, traced or frozen meanwhile sleeps in
 * something else, and goes on with the call when it is let go. */
bool calls_sleep_is_told(struct blocked *blocked);
/* Whether the thread is still blocked in the same call. */
bool calls_still(struct blocked *blocked);
/* Calls have other numbers there than that which was understood. */
bool calls_is_foreign(struct blocked *blocked);
/* A timed wait that was stopped and continued shows as another call, with the arguments
 * of its own: whether it is one that can be told, by what it sleeps in. */
bool calls_is_restarted(struct blocked *blocked);
/* Adds a WAITS edge if it is; NULL if not, or if it is foreign. */
struct edge *calls_wait(struct blocked *blocked, uint32_t object, uint8_t access);

/* Calls on a descriptor, or on one of two (waits.c). */
void waits_fd(struct blocked *blocked, const struct call *call);
void waits_either(struct blocked *blocked, const struct call *call);
/* Calls on a descriptor that name an address. */
void waits_connect(struct blocked *blocked, const struct call *call);
void waits_sendto(struct blocked *blocked, const struct call *call);
void waits_sendmsg(struct blocked *blocked, const struct call *call);

/* Makes the call of a 32 bit process one of ours (compat.c). */
void compat_translate(struct blocked *blocked);

/* Calls that wait for one of several files (polls.c). */
void polls_poll(struct blocked *blocked, const struct call *call);
void polls_select(struct blocked *blocked, const struct call *call);
void polls_epoll_wait(struct blocked *blocked, const struct call *call);

/* One line of an epoll descriptor. */
struct epoll_target {
	int fd;			/* its number when it was added */
	uint32_t events;
	uint64_t dev, ino;
};

/* "        5 events:       19 data:  5  pos:0 ino:3b9c7 sdev:f", behind "tfd:". */
bool targets_parse(const char *line, struct epoll_target *target);
/* Whether its number still leads thread @tid, whose descriptors are scan->fds, to the target,
 * the @nth with that number: 1, 0 or -errno. */
int targets_is_same(struct scan *scan, pid_t tid, int epfd, const struct epoll_target *target,
		    int nth);
/* What is not where its number leads: it may be known by its inode. */
uint32_t targets_by_inode(const struct scan *scan, const struct epoll_target *target);

/* The open of a FIFO waits for somebody at the other end (opens.c). */
void opens_open(struct blocked *blocked, const struct call *call);
void opens_openat(struct blocked *blocked, const struct call *call);
void opens_openat2(struct blocked *blocked, const struct call *call);
/* Calls that may open a FIFO, of which it is not known which. */
void opens_any(struct blocked *blocked, const struct call *call);

#endif
