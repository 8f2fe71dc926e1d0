/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SCAN_H
#define SCAN_H

/*
 * What a class may ask while objects are collected: of the run (struct
 * collector), of one process (struct scan), of one of its descriptors or mappings.
 */

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

/* A descriptor to be looked at when everything is listed. */
struct deferred_fd {
	pid_t thread, table;	/* as in struct scan */
	int fd;
};

/* A mapping of a System V segment: of which namespace that is, is told when all are
 * found. */
struct attachment {
	pid_t pid;
	uint64_t start;		/* of the process */
	pid_t living;		/* as in struct scan */
	pid_t memory;		/* a process that has the same; 0: not told */
	bool home;		/* all threads are in the tool's namespace */
	bool fits;		/* the segment that is listed there can be the one */
	bool repeated;		/* by a process with the same memory */
	bool huge;
	uint8_t access;
	uint32_t key;		/* it was made with */
	uint64_t id;
	uint64_t address, offset, length;
	uint64_t made;		/* nanoseconds since 1970; 0: not told */
	uint64_t size;		/* of the segment; told with made */
};

/* A descriptor that watches others. */
struct watcher {
	pid_t pid, tid;		/* tid: whose table it is in */
	int fd;
	bool epoll;		/* else inotify */
	uint32_t nr;		/* that it watches */
	uint32_t same;		/* the first that leads to the same open file */
	bool uncompared;	/* others may lead to it */
};
struct watchers VEC(struct watcher);

/* The IPC namespace of a thread, of a process that is not at home. */
struct ipc_place {
	pid_t pid, tid;
	uint64_t ns;
};

struct attachments {
	struct VEC(struct attachment) list;
	struct VEC(struct ipc_place) places;
};

/* A UNIX socket with a path for a name. */
struct bound_path {
	const struct str *name;	/* as it was given to bind() */
	uint64_t vfs;		/* the file, as in struct host_stat; 0: not told */
	uint32_t object;
	bool reached;		/* by who connects to the file; else it was made by an accept(),
				 * or is connected itself */
};

/* A UNIX socket and the other end of it. */
struct unix_pair {
	uint32_t object;
	uint64_t peer;		/* inode */
	bool pending;		/* @peer is a client not yet accepted */
	bool datagrams;		/* @peer need not have @object as its own */
	bool unread_told;
	uint32_t unread;	/* of a stream: bytes that @peer sent */
};

/* The UNIX socket that a datagram socket is connected to; both of the snapshot. */
struct receiver {
	uint32_t object, to;
};

/* A network namespace whose sockets are listed. */
struct net_ns {
	uint64_t ino;
	pid_t pid;		/* one in it; 0: the tool, or none */
	bool own;		/* the tool's */
	int err;		/* why it could not be entered */
	struct host_diag diag;	/* open in it, for as long as the run goes on */
};

/* A descriptor that leads to a namespace. */
struct ns_fd {
	uint64_t ino;
	pid_t pid;
	int fd;
};
struct ns_fds VEC(struct ns_fd);

/* A descriptor of a socket, in whose queue others may be. */
struct held_socket {
	uint64_t ino;
	pid_t pid, thread;	/* as in struct scan */
	int fd;
};

struct held_sockets VEC(struct held_socket);

/* Who was seen while it ended, and may have open what /proc no longer shows. */
struct ending {
	pid_t pid, thread;	/* as in struct scan */
};
struct endings VEC(struct ending);

/* A ring of io_uring that a descriptor or (pid not 0) a mapping leads to. */
struct ring {
	uint64_t ino;
	pid_t pid;
	uid_t uid;
};
struct rings VEC(struct ring);

/* What the collectors of one run share; read only while threads run. */
struct collector {
	const struct host *host;
	const struct query *query;
	struct snapshot *snap;	/* what is listed first */
	struct host_dir proc;	/* /proc */
	bool foreign;		/* of another PID namespace, or none */
	struct VEC(pid_t) pids;	/* of /proc, or those asked for */
	uint64_t last_pid;	/* given out before they were read; 0: not told */
	/* Of the classes asked for, two that only count, two for namespaces, and two for
	 * what is in flight. */
	struct fd_hook fd_hooks[NR_CLASSES + 6];
	unsigned int nr_fd_hooks;
	bool (*vma_hooks[NR_CLASSES + 1])(struct scan *scan, const struct host_vma *vma);
	unsigned int nr_vma_hooks;
	bool vmas_counted;	/* by the kernel, whatever hooks there are */
	bool vmas_private;	/* those are looked at, too */
	bool locates;		/* a class has something to do when all is merged */
	uint64_t memory_devs[8];	/* where segments and memfds live */
	int nr_memory_devs;
	uint64_t shm_dev;	/* of /dev/shm, for mappings */
	bool shm_empty;		/* no file is in /dev/shm, nor was before it was unlinked */
	uint64_t ipc_ns;	/* whose objects are listed now */
	uint64_t task_ns;	/* that of the process whose threads are looked at */
	uint32_t first_ipc_ns;	/* of snap->namespaces that is to be listed now */
	struct VEC(struct net_ns) net_nss;	/* whose sockets are listed */
	uint32_t first_net_ns;	/* of these that is to be listed now */
	struct VEC(struct receiver) receivers;	/* in order of objects */
	struct VEC(struct unix_pair) pairs;	/* whose other end is not listed, or not yet */
	struct map unix_names;	/* objects: sockets to connect to, by abstract name */
	/* Sockets that have a path, if PATHS is asked for; else those reached by it. */
	struct VEC(struct bound_path) bound;
	struct map bound_files;	/* of @bound, by vfs */
	struct VEC(uint32_t) bound_devs;	/* on which they are, each once */
	struct buf scratch;
	/* When a few processes were asked for: */
	bool few;
	uint64_t lists;		/* A_CLASS(): whose list() can matter */
	struct inodes sockets;	/* UNIX sockets that do, in order */
	bool flight;		/* descriptors in flight matter */
	bool owned;		/* there is an object of another user than root */
	struct inodes quiet;	/* UNIX sockets in whose queues no descriptor can be */
	struct map quiet_index;
};

/* One process being looked at, by one thread, which uses the same for all. */
struct scan {
	const struct collector *col;
	struct snapshot *snap;	/* the thread's own */
	pid_t pid;
	uint32_t nr_threads;	/* 0: not told */
	/* The thread in whose directory it is looked at: the first, or if that has ended
	 * another one. */
	pid_t living;
	struct host_dir dir;	/* /proc/LIVING */
	struct host_dir fds;	/* DIR/fd, while its links are read */
	/* Whose descriptors and namespaces are looked at: a thread that has others than
	 * the rest, or that waits in a call; 0: the process's. */
	pid_t thread;
	pid_t table;		/* the thread that stands for its table; 0: the process's */
	struct VEC(pid_t) tables;	/* threads that stand for a table each */
	struct attachments attached;	/* of all processes looked at */
	bool lost;		/* it ended before it was wholly looked at */
	bool refused;		/* the descriptor just looked at may not be read */
	struct process_signals signals;	/* of the threads read so far */
	uint32_t nr_signals;	/* these threads */
	struct VEC(struct thread) odd;	/* those that go into struct threads */
	bool uncompared;	/* some could not be compared with the process */
	uint64_t ns[NR_THREAD_NS];	/* of the process, once they are needed */
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
	/* Nothing is listed yet: descriptors whose hook needs lists are deferred. */
	bool early;
	struct VEC(struct deferred_fd) deferred;
	struct ns_fds net_ns_fds, ipc_ns_fds;
	struct watchers watchers;
	struct held_sockets held;
	struct rings rings;
	struct endings ending;
	/* Not NULL: only to find out which lists matter; see collect/probe.c. */
	uint64_t *lists;
	struct inodes *sockets;
};

/* Begins with @pid; false if it is gone, or cannot be looked at. */
bool scan_begin(struct scan *scan, pid_t pid);
void scan_end(struct scan *scan);
void scan_free(struct scan *scan);
/* The number of the process in scan->snap, which is read if it is new;
 * NO_INDEX if it went away. */
uint32_t scan_process(struct scan *scan);
/* Its number in its own PID namespace. */
void scan_own_pid(struct scan *scan);
/* Reads the status of each thread for what is asked of it: who else it may act as (RUNNING;
 * of no matter where all objects are root's), signals (SIGNALS) and the threads that differ. */
void scan_status(struct scan *scan);
/* Takes the signals of thread @tid out of the status in scan->text. */
void scan_note_signals(struct scan *scan, pid_t tid);
/* What was noted of all threads goes to the process. */
void scan_end_signals(struct scan *scan);
/* That what was found gone or empty may be so because the process, or the thread looked at,
 * ends: whether that is so. */
bool scan_may_have_ended(struct scan *scan);
/* Whether a thread lives, whose stat is @path below @dir. */
enum scan_life { LIFE_UNKNOWN, LIFE_GOES_ON, LIFE_ENDS, LIFE_ENDED };
enum scan_life scan_life(const struct scan *scan, const struct host_dir *dir, const char *path);
/* Calls @each, with @scan, for the threads of the process; 0 or -errno. */
int scan_threads(struct scan *scan, void (*each)(struct scan *scan, pid_t tid));
/* @path below the directory of scan->thread, as a path below scan->dir. */
void scan_path(const struct scan *scan, const char *path, char *to, size_t room);
#define SCAN_PATH_ROOM	64
/* Sets scan->thread, and scan->table to the one it has. True if that is new. */
bool scan_use_table(struct scan *scan, pid_t tid);
/* That a part of the process could not be read, if it had anything to read. */
void scan_gap(struct scan *scan, enum part part, int err);
/* A 32 bit process has other numbers of calls, and its auxiliary vector shows it:
 * there the first word of 64 bits is a type and a value in one. */
bool scan_is_compat(struct scan *scan);
/* The string at @addr of the process; memory is read up to the end of a page at a
 * time. False if it is longer than @room or cannot be read. */
bool scan_read_string(struct scan *scan, uint64_t addr, char *to, size_t room);
/* Inodes of the namespaces of the process; 0 if they cannot be read. */
uint64_t scan_ipc_ns(struct scan *scan);
uint64_t scan_net_ns(struct scan *scan);
/* @num gets the inode of the namespace that @path below @proc leads to, 0 on failure. */
int scan_ns(const struct host *host, const struct host_dir *proc, const char *path,
	    uint64_t *num);
/* "word:[123]" to 123. */
bool link_number(const char *link, uint64_t *num);

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
/* The text behind "@word:" in its fdinfo (read once), up to the end of all;
 * NULL if no line begins so. */
const char *fd_info_text(struct fd_entry *fd, const char *word);
/* The number there; false if it has none. */
bool fd_info(struct fd_entry *fd, const char *word, uint64_t *num);
bool fd_info_hex(struct fd_entry *fd, const char *word, uint64_t *num);
/* The first line of its fdinfo behind that of @line (NULL: of all) that begins with @word;
 * NULL: none. */
const char *fd_info_line(struct fd_entry *fd, const char *line, const char *word);
/* How many begin so. */
uint32_t fd_info_lines(struct fd_entry *fd, const char *word);
/* Adds an OPEN edge from the process to @object, with the access it was
 * opened with if the query wants that. Valid until the next; NULL if the
 * process went away. */
struct edge *fd_edge(struct fd_entry *fd, uint32_t object);
/* The same for a descriptor that is always open for both. */
struct edge *fd_edge_both(struct fd_entry *fd, uint32_t object);

/* The same of what only kcmp(2) tells from others of its inode: the object of this
 * descriptor alone, until collect_files(). NO_INDEX: the process went away. */
uint32_t fd_open_file(struct fd_entry *fd, enum class_id class);

/* The maps of the process, opened once; 0 or -errno. */
int scan_open_maps(struct scan *scan);
/* Runs the hooks on each of them. */
void scan_maps(struct scan *scan);
/* Adds an ATTACHED edge. */
struct edge *vma_edge(struct scan *scan, const struct host_vma *vma, uint32_t object);
/* What the file of a mapping is and when it was made, through map_files; 0 or -errno. */
int vma_stat(struct scan *scan, const struct host_vma *vma, struct host_stat *st);

#endif
