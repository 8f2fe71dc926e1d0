/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_CLASS_H
#define IPCSCOPE_CLASS_H

/* What a class does: how its objects are listed, and recognised in processes. */

#include "ipcscope/host.h"
#include "ipcscope/query.h"

/* What the collectors of one run share; read only while threads run. */
struct collector {
	const struct host *host;
	const struct query *query;
	struct snapshot *snap;	/* what is listed first */
	struct host_dir proc;	/* /proc */
	uint64_t shm_devs[8];	/* where segments and memfds live */
	int nr_shm_devs;
	uint64_t mq_dev;	/* of this namespace's queues; 0: unknown */
	struct VEC(uint64_t) net_nss;	/* network namespaces with sockets listed */
};

/* One process being looked at, by one thread. */
struct scan {
	const struct collector *col;
	struct snapshot *snap;	/* the thread's own */
	pid_t pid;
	struct host_dir dir;	/* /proc/PID */
	struct host_dir fds;	/* /proc/PID/fd; fd -1 when not open */
	uid_t uid;
	uint32_t process;	/* of snap; NO_INDEX until it is needed */
	uint64_t ipc_ns;	/* 0: not asked or not readable */
	uint64_t net_ns;
	struct buf scratch;
	struct buf text;
	struct host_maps maps;
	bool maps_open;
};

/* One descriptor being looked at. */
struct fd_fact {
	struct scan *scan;
	int fd;
	const char *name;	/* the same, as text */
	const char *link;	/* what it points to; NUL-terminated */
	size_t len;
	bool has_stat;
	int stat_err;
	struct host_stat st;	/* fd_stat() */
};

/* What the descriptor leads to (looked up once); 0 or -errno. */
int fd_stat(struct fd_fact *fd);
/* Access it was opened with, if the query wants it; else ACCESS 0. */
uint8_t fd_access(struct fd_fact *fd);
/* The number behind "@word:" in its fdinfo; false if it has none. */
bool fd_info(struct fd_fact *fd, const char *word, uint64_t *num);
/* Adds an OPEN edge from the process to @object; valid until the next. */
struct edge *fd_edge(struct fd_fact *fd, uint32_t object);
/* The number of the process in scan->snap, which is read if it is new. */
uint32_t scan_process(struct scan *scan);
/* "name" of "/dev/shm/name (deleted)", with *@deleted set; new @len. */
size_t link_name(const char *link, size_t len, bool *deleted);

/* One kind of IPC object: all that is special about it is in its file. */
struct ipc_class {
	struct object_kind kind;

	/* Adds every object the kernel lists, with the fields asked for. What
	 * is missing it says with snapshot_warn(). May be shared by classes
	 * of one table: it is called once. */
	void (*list)(struct collector *col);

	/* Beginning of the links its descriptors have: "pipe:[". NULL: none. */
	const char *link;
	/* Whether the descriptor is of this class; then it added the edge. */
	bool (*fd)(struct fd_fact *fd);
	/* The same for a shared mapping. */
	bool (*vma)(struct scan *scan, const struct host_vma *vma);

	/* Looks closer at one object, for `show`: fields only_show. */
	void (*look)(struct collector *col, uint32_t object);
};

extern const struct ipc_class *const ipc_classes[NR_CLASSES];

#endif
