/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_CLASS_H
#define IPCSCOPE_CLASS_H

/* What a class does: how its objects are listed, and recognised in processes. */

#include "host/host.h"
#include "ipcscope/query.h"

struct fd_entry;
struct scan;

/* A descriptor hook, and the beginning of the links it is for. */
struct fd_hook {
	const char *link;
	size_t len;
	bool (*fd)(struct fd_entry *fd);
	bool alone;
};

struct inodes VEC(uint64_t);

/* What the collectors of one run share; read only while threads run. */
struct collector {
	const struct host *host;
	const struct query *query;
	struct snapshot *snap;	/* what is listed first */
	struct host_dir proc;	/* /proc */
	struct VEC(pid_t) pids;	/* of /proc, or those asked for */
	/* Of the classes asked for, and two that only count. */
	struct fd_hook fd_hooks[NR_CLASSES + 2];
	unsigned int nr_fd_hooks;
	bool (*vma_hooks[NR_CLASSES])(struct scan *scan,
				      const struct host_vma *vma);
	unsigned int nr_vma_hooks;
	bool vmas_counted;	/* by the kernel, whatever hooks there are */
	uint64_t memory_devs[8];	/* where segments and memfds live */
	int nr_memory_devs;
	struct VEC(struct net_ns) net_nss;	/* whose sockets are listed */
	struct map unix_names;	/* objects: sockets to connect to, by name */
	/* Files that live sockets are bound to, if PATHS is asked for. */
	struct VEC(struct bound) bound;
	struct map bound_names, bound_inodes;
	struct buf scratch;
	/* When a few processes were asked for: */
	bool few;
	uint64_t lists;		/* A_CLASS(): whose list() can matter */
	struct inodes sockets;	/* UNIX sockets that do, in order */
};

/* Whether sockets of that inode matter; all do unless a few were asked for. */
bool collector_has_socket(const struct collector *col, uint64_t ino);
void collector_add_sockets(struct collector *col, const struct inodes *more);

/* What a UNIX socket is bound to. */
struct bound {
	const struct str *name;	/* as it was given to bind() */
	uint64_t dev;		/* 0: not told */
	uint32_t ino;		/* no more than 32 bits are told */
};

/* A network namespace, and a process in it by which to enter it. */
struct net_ns {
	uint64_t ino;
	pid_t pid;		/* 0: the tool's own */
	uint32_t listed;	/* NEED(): parts that were */
};

static inline bool class_wanted(const struct collector *col,
				enum class_id class)
{
	return col->query->classes >> class & 1;
}

/* One process being looked at, by one thread, which uses the same for all. */
struct scan {
	const struct collector *col;
	struct snapshot *snap;	/* the thread's own */
	pid_t pid;
	char pid_text[16];
	struct host_dir dir;	/* /proc/PID */
	struct host_dir fds;	/* /proc/PID/fd, while its links are read */
	uid_t uid;
	uint32_t process;	/* of snap; NO_INDEX until it is needed */
	bool no_process;	/* it went away */
	uint64_t ipc_ns;	/* scan_ipc_ns(); 0: not looked at yet */
	uint64_t net_ns;	/* scan_net_ns() */
	uint64_t pipe_dev;	/* of pipefs, once known */
	struct buf entries;	/* for read_dir of fd */
	struct buf tasks;	/* for read_dir of task */
	struct buf text;	/* for read_file */
	struct buf info;	/* for fd_info() */
	struct host_maps maps;
	bool maps_open;
	/* Nothing is listed yet: descriptors whose hook needs that are kept
	 * for later. */
	bool early;
	struct VEC(int) kept;
	/* Not NULL: only to find out which lists matter; see probe.c. */
	uint64_t *lists;
	struct inodes *sockets;
};

/* One descriptor being looked at. */
struct fd_entry {
	struct scan *scan;
	int fd;
	const char *name;	/* the same, as text */
	const char *link;	/* what it points to; NUL-terminated */
	size_t len;
	bool has_stat;
	int stat_err;
	struct host_stat st;	/* fd_stat() */
	bool has_info;		/* fd_info() */
};

/* What the descriptor leads to (looked up once); 0 or -errno. */
int fd_stat(struct fd_entry *fd);
/* The number behind "@word:" in its fdinfo (read once); false if it has none. */
bool fd_info(struct fd_entry *fd, const char *word, uint64_t *num);
bool fd_info_hex(struct fd_entry *fd, const char *word, uint64_t *num);
/* How many lines of its fdinfo begin with @word. */
uint32_t fd_info_lines(struct fd_entry *fd, const char *word);
/* Adds an OPEN edge from the process to @object, with the access it was
 * opened with if the query wants that. Valid until the next; NULL if the
 * process went away. */
struct edge *fd_edge(struct fd_entry *fd, uint32_t object);
/* The same for a descriptor that is always open for both. */
struct edge *fd_edge_both(struct fd_entry *fd, uint32_t object);
/* Adds an ATTACHED edge. */
struct edge *vma_edge(struct scan *scan, const struct host_vma *vma,
		      uint32_t object);
/* What the file of a mapping is, through map_files; 0 or -errno. */
int vma_stat(struct scan *scan, const struct host_vma *vma,
	     struct host_stat *st);
/* Inodes of the namespaces of the process; 0 if they cannot be read. */
uint64_t scan_ipc_ns(struct scan *scan);
uint64_t scan_net_ns(struct scan *scan);
/* "word:[123]" to 123. */
bool link_number(const char *link, uint64_t *num);
/* The number of the process in scan->snap, which is read if it is new;
 * NO_INDEX if it went away. */
uint32_t scan_process(struct scan *scan);
/* "name" of "/dev/shm/name (deleted)", with *@deleted set; new @len. */
size_t link_name(const char *link, size_t len, bool *deleted);

/* The FIFO that is at @path, for the process looked at. */
uint32_t fifo_object(struct scan *scan, const struct host_stat *st,
		     const char *path, size_t len);

/* The socket path @name, with what lstat() says of it; not if a live socket
 * has that name or inode. */
void unix_path(struct collector *col, const char *name, size_t len,
	       const struct host_stat *st);
/* The FIFO at @path, found in a directory. */
void fifo_path(struct collector *col, const char *name, size_t len,
	       const struct host_stat *st);

/* The class of the socket that descriptor @fd of @fds is; false: none known. */
bool socket_class(const struct host *host, const struct host_dir *fds,
		  const char *fd, enum class_id *class);

/* The UNIX socket that one who connects to this address (sun_path, @len bytes
 * of it) from the process looked at would reach; NO_INDEX. */
uint32_t unix_bound(struct scan *scan, const char *name, size_t len);

/* One kind of IPC object: all that is special about it is in its file. */
struct ipc_class {
	struct class_info kind;

	/* Adds every object the kernel lists, with the fields asked for. What
	 * is missing it says with snapshot_warn(). May be shared by classes
	 * of one table: it is called once. */
	void (*list)(struct collector *col);

	/* Beginning of the links its descriptors have: "pipe:[". NULL: none. */
	const char *link;
	/* Whether the descriptor is of this class; then it added the edge. */
	bool (*fd)(struct fd_entry *fd);
	/* It looks at nothing that was listed. */
	bool fd_alone;
	/* The same for a shared mapping. */
	bool (*vma)(struct scan *scan, const struct host_vma *vma);
	/* The kernel counts them, in FIELD_ATTACHES. */
	bool vma_counted;

	/* Looks closer at one object, for `show`: WHEN_SHOWN fields. After
	 * snapshot_finish(). */
	void (*look)(struct collector *col, uint32_t object);
};

extern const struct ipc_class *const ipc_classes[NR_CLASSES];

/* For a class's list of fields. */
#define HAS(id)			{ .field = FIELD_##id }
#define HAS_BY(id, parts)	{ .field = FIELD_##id, .needs = (parts) }
#define HAS_ASKED(id)		{ .field = FIELD_##id, .cost = COST_ASKED }
#define HAS_SHOWN(id, parts)	{ .field = FIELD_##id, .needs = (parts), \
				  .cost = COST_SHOWN }
/* struct object has 32 bits for what is known, one of them for FIELD_FLAGS. */
#define FIELDS(list)		.fields = (list),				\
	.nr_fields = ARRAY_SIZE(list) + 0 * sizeof(struct {			\
		char some;							\
		_Static_assert(ARRAY_SIZE(list) < 32, "bits of struct object"); \
	})


#endif
