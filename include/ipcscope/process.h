/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_PROCESS_H
#define IPCSCOPE_PROCESS_H

/* What is known of a process besides the objects it has. */

#include "ipcscope/arena.h"
#include "ipcscope/model.h"

enum process_flag {
	PROCESS_KTHREAD	= 1 << 0,	/* holds nothing */
	PROCESS_ZOMBIE	= 1 << 1,	/* holds nothing any more */
	PROCESS_DETAILED = 1 << 2,	/* cmdline, unit were asked */
	PROCESS_COMPAT	= 1 << 3,	/* 32 bit: its calls have other numbers */
	PROCESS_UNCOMPARED = 1 << 4,	/* others may have the same memory */
};

/* What watches others, and is limited. */
enum watched { WATCHED_INOTIFIES, WATCHED_BY_INOTIFY, WATCHED_BY_EPOLL, NR_WATCHED };

/* What a process has of things that are limited. */
struct process_tally {
	uint32_t known;		/* NEED(COUNTS) */
	uint32_t fds;		/* open descriptors */
	uint64_t max_fds;	/* soft RLIMIT_NOFILE; UINT64_MAX: none */
	uint64_t max_queued;	/* soft RLIMIT_MSGQUEUE, likewise */
	/* What several have is counted once, at the first. What is also another user's may
	 * be charged to either: it is doubtful at the first, and may be the other's. */
	uint64_t watched[NR_WATCHED], doubtful[NR_WATCHED], maybe[NR_WATCHED];
};

/* Sets of signals, as proc_pid_status(5) has them: bit N - 1 is signal N. */
enum signal_set {
	SIGNALS_PENDING_PROCESS,	/* for whichever thread takes them */
	SIGNALS_PENDING_THREAD,		/* for some thread alone */
	SIGNALS_BLOCKED,		/* by every thread */
	SIGNALS_IGNORED,
	SIGNALS_CAUGHT,
	NR_SIGNAL_SETS
};

struct process_signals {
	uint64_t set[NR_SIGNAL_SETS];
	uint64_t queued;	/* of all processes of its real user */
	uint64_t max_queued;	/* soft RLIMIT_SIGPENDING; UINT64_MAX: none */
};

/* Namespaces that a thread can have of its own. */
enum thread_ns {
#define THREAD_NS(id, ...)	THREAD_NS_##id,
#include "ipcscope/thread_ns.def"
#undef THREAD_NS
	NR_THREAD_NS
};
struct thread_ns_info {
	const char *name;	/* in /proc/TID/ns */
	const char *key;	/* in JSON */
};
extern const struct thread_ns_info thread_ns_infos[NR_THREAD_NS];

/* A thread that has signals pending for itself alone, or differs from its process. */
struct thread {
	pid_t tid;
	bool own_fds;		/* a table of descriptors of its own */
	uint64_t ns[NR_THREAD_NS];	/* inodes; 0: that of the process */
	uint64_t pending, blocked;	/* signals */
	const struct str *comm;
};

/* In order of tid. */
struct threads {
	uint32_t nr;
	bool compared;		/* all that differ are among them */
	struct thread at[];
};

struct process {
	pid_t pid;
	pid_t ppid;
	pid_t group, session;	/* 0: not visible from here, or of the kernel */
	uint64_t start;		/* clock ticks since boot: with pid, a name
				 * for good (field 22 of /proc/PID/stat) */
	uint64_t ipc_ns;	/* 0: not asked, or not readable */
	uint64_t net_ns;
	pid_t memory;		/* lowest pid of those that share it; 0: none do */
	pid_t own_pid;		/* in its own PID namespace, where the names that it
				 * gives come from; 0: not asked, or not readable */
	uid_t uid;		/* effective */
	uid_t others[4];	/* who it or a thread is besides, if asked; 0: nobody */
	uint32_t flags;
	uint32_t first_edge;	/* of snap->by_process */
	uint32_t nr_edges;
	const struct str *comm;
	const struct str *cmdline;
	const struct str *unit;	/* of systemd */
	struct process_tally *tally;	/* NULL: not asked */
	const struct process_signals *signals;	/* NULL: not asked, or not readable */
	const struct threads *threads;	/* likewise */
};

/* "TERM", "RTMIN+3"; a number for those of the C library. NULL: there is none. */
const char *signal_name(unsigned int number);
/* The bit of a signal by its name, SIG before it or not, or number; 0: there is none. */
uint64_t signal_bit(const char *name);
#define NR_SIGNALS	64
/* unsigned int number; the signals of @set. */
#define for_each_signal(number, set) \
	for (number = 1; number <= NR_SIGNALS; number++) \
		if ((set) >> (number - 1) & 1)

#endif
