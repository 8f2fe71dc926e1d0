/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECT_INTERNAL_H
#define COLLECT_INTERNAL_H

/* What the collectors share. */

#include <pthread.h>
#include <stdatomic.h>

#include "class/class.h"
#include "ipcscope/collect.h"

#define SOCKET_PARTS	(NEED(UNIX) | NEED(INET) | NEED(NETLINK) | NEED(PACKET) | \
			 NEED(VSOCK) | NEED(XDP) | NEED(NET_NS))
/* What is looked for in processes, one by one. */
#define PROCESS_PARTS \
	(NEED(FDS) | NEED(MAPS) | NEED(CALLS) | NEED(RUNNING) | NEED(COUNTS) | NEED(SIGNALS))

/* Who looks, from where, and when: snap->host. 0, or -errno without /proc. */
int collect_facts(struct collector *col);
/* The processes to be looked at, into col->pids. */
int collect_pids(struct collector *col);
/* The last number given to a process or thread; 0: not told. */
uint64_t collect_last_pid(struct collector *col);
/* Reads the list again; those that are new come behind the others. */
void collect_born(struct collector *col);
/* The namespaces that the threads of the processes are in, as far as they are asked for: into
 * col->net_nss, where the tool's own comes first, and snap->namespaces. */
void collect_places(struct collector *col);
void collect_own_net_ns(struct collector *col);
/* Those of the thread whose directory below /proc is @dir. */
void collect_net_ns_of_task(struct collector *col, pid_t tid, const char *dir);
void collect_ipc_ns_of_task(struct collector *col, pid_t pid, pid_t tid, const char *dir);
/* Calls @each for the namespaces of @type ("net") that are mounted where process @pid sees it;
 * 0: we. */
typedef void mounted_ns_fn(struct collector *col, pid_t pid, uint64_t ino, const char *path);
void collect_mounted_nss(struct collector *col, pid_t pid, const char *type, mounted_ns_fn *each);
/* And @each for one process of each other mount namespace. */
void collect_each_mount_ns(struct collector *col, void (*each)(struct collector *col, pid_t pid));
/* Lists the objects of the IPC namespaces that are asked for, of those found so far and those
 * that are mounted; and, later, those that @fds lead to. */
void collect_ipc_nss(struct collector *col);
void collect_late_ipc_nss(struct collector *col, const struct ns_fds *fds);
/* Whose @ns is, of which a process has the directory @dir below /proc. */
void collect_container(struct collector *col, struct namespace *ns, const char *dir);
/* The hooks for such descriptors. */
bool collect_net_ns_fd(struct fd_entry *fd);
bool collect_ipc_ns_fd(struct fd_entry *fd);
/* Adds those that are mounted. */
void collect_mounted_net_nss(struct collector *col);
/* What @shards have of sockets that were not listed may be of namespaces that no process is
 * in, which mounts and @fds lead to, or that one came to meanwhile; those are listed now. */
void collect_late_sockets(struct collector *col, struct snapshot *const *shards, unsigned int nr,
			  const struct ns_fds *fds);
/* Adds that of the process, or thread, looked at, which is new: the last; NULL: it is
 * not. */
struct net_ns *collect_net_ns_of(struct collector *col, struct scan *scan);
/* What the sockets carry that were found; @scan is free. */
void collect_flight(struct collector *col, struct scan *scan, const struct held_sockets *all);
/* The same of the rings of io_uring, scan->rings. */
void collect_rings(struct scan *scan);
/* Lists what some classes have: of sockets, in the namespaces from col->first_net_ns on. */
void collect_list_of(struct collector *col, uint64_t classes);
void collect_list_sockets(struct collector *col);
/* Of the processes asked for: whose lists matter, into col->lists. */
void collect_probe(struct collector *col);
/* Those of @limits, A_LIMIT(), into snap->limits. */
void collect_limits(struct collector *col, uint64_t limits);
/* FIFOs and sockets in the directories asked for, bound to no live socket. */
void collect_paths(struct collector *col);
/* Which of what nobody was seen to use may be used through another file system. */
void collect_layers(struct collector *col);
/*
 * Threads that look at all of col->pids: they begin at once with what needs
 * nothing that is listed meanwhile by the starter, who then joins them, waits
 * for them and merges what they found. The pool is freed.
 */
struct scan_pool *scan_pool_start(struct collector *col, struct progress *progress);
void scan_pool_finish(struct scan_pool *pool);
/* One process of each memory that has segments attached, in the order of compare(). */
struct memories {
	pthread_mutex_t lock;
	struct VEC(pid_t) at;
	uint64_t attached;	/* mappings the kernel counts; UINT64_MAX: it does not, or not
				 * all that is looked for */
	atomic_ullong found;	/* of these */
};
/* Looks at the mappings, unless all that the kernel counts are found: then the process
 * cannot have any but those of a memory that it shares. Segments of other namespaces are
 * not counted here. */
void memory_scan_maps(struct memories *memories, struct scan *scan);
/* Sets @col->owned by what is listed by now. */
void collect_find_owned(struct collector *col);
/* Who processes may act as, where an object was found too late for the scan to ask. */
void collect_late_users(struct collector *col);
/* The processes that objects name as their creator or last user, and those
 * asked for. */
void collect_named(struct collector *col);
/* Command line, unit and start of the processes that the question is about:
 * those asked for, those of the objects shown, else all. Of a finished
 * snapshot. */
void collect_details(struct collector *col);
/* The names of all users and groups that were seen. */
void collect_names(struct collector *col);

/* Descriptors that lead to the same open file become one object: of all that was merged. */
void collect_files(struct collector *col);
/* What epoll descriptors watch; @scan is free, as is its snapshot. */
void collect_targets(struct collector *col, struct scan *scan);
/* Classes of one table share their hooks: each runs once. */
void collect_add_fd_hook(struct collector *col, const char *link,
			 bool (*fd)(struct fd_entry *fd), bool alone);

void scan_fds(struct scan *scan);
void scan_calls(struct scan *scan);
/* Waits a moment for those that are ending: who has not ended then is left in @all. */
void collect_ending(struct scan *scan, struct endings *all);
/* How many descriptors the process has, and may have: its tally. */
void scan_tally(struct scan *scan);
/* Hooks for descriptors that watch others. */
bool watchers_inotify(struct fd_entry *fd);
bool watchers_epoll(struct fd_entry *fd);
/* Counts what all workers found, each once, at the processes of col->snap; frees it. */
void watchers_settle(struct collector *col, struct watchers *all);
/* What was counted of a process. */
struct process_tally *tally_of(struct snapshot *snap, uint32_t process);
/* The soft limit in the line of /proc/PID/limits that begins with @name;
 * UINT64_MAX: unlimited. False if there is none. */
bool find_rlimit(const struct buf *text, const char *name, uint64_t *max);
#define RLIMIT_FDS_LINE		"Max open files"
#define RLIMIT_QUEUED_LINE	"Max msgqueue size"
/* Runs the hooks on one descriptor; the number of the object it leads to, or
 * NO_INDEX if it is of no class that was asked for. */
uint32_t scan_fd(struct scan *scan, int fd, const char *name);
/* Opens scan->fds: the table of scan->thread; 0 or -errno. */
int scan_open_fds(struct scan *scan);
/* The same for those deferred of one process: @nr from @first on. */
void scan_deferred_fds(struct scan *scan, uint32_t first, uint32_t nr);

#endif
