/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_SNAPSHOT_H
#define IPCSCOPE_SNAPSHOT_H

/* The picture at one moment: objects, processes, and edges between them. */

#include "ipcscope/buf.h"
#include "ipcscope/map.h"
#include "ipcscope/model.h"
#include "ipcscope/namespaces.h"
#include "ipcscope/process.h"

/*
 * Where the stored fields of each class are kept in an object: decided once
 * from what was asked, so that nothing else takes memory. Shared by all
 * snapshots that are to be merged.
 */
struct layout {
	struct fieldset wanted[NR_CLASSES];
	uint8_t slot[NR_CLASSES][NR_FIELDS];	/* NO_SLOT: not asked for */
	uint8_t nr_slots[NR_CLASSES];
	struct fieldset has[NR_CLASSES];	/* class_has(), at once */
};
#define NO_SLOT		UINT8_MAX

/* Identity (key, name, path, ipc_ns, flags, mode, uid) is always wanted. */
void layout_init(struct layout *layout, const struct fieldset wanted[NR_CLASSES]);

struct object {
	struct object_key key;
	enum class_id class : 16; /* the first, of several it is called by */
	bool shares_name : 1;	/* another of its class is called the same;
				 * after snapshot_finish() */
	bool replaced : 1;	/* first_edge is the object that it is, or NO_INDEX: it is none;
				 * before that */
	uint32_t first_edge;	/* of snap->edges, after snapshot_finish() */
	uint32_t nr_edges;
	uint32_t known;		/* bits: slots that hold a value */
	uint64_t *val;		/* layout->nr_slots of them, in the arena */
};

/* A path that a UNIX socket was bound to, with no live socket behind it. */
static inline bool object_is_socket_path(const struct object *obj)
{
	return obj->key.space == SPACE_INODE &&
	       class_infos[obj->class]->space == SPACE_SOCKET;
}

/* That, or a FIFO: one that nobody has is found by a look into directories alone. */
static inline bool object_is_path(const struct object *obj)
{
	return object_is_socket_path(obj) ||
	       (obj->key.space == SPACE_INODE &&
		class_infos[obj->class]->persistence == PERSISTENCE_FILESYSTEM);
}

enum access {
	ACCESS_READ	= 1 << 0,
	ACCESS_WRITE	= 1 << 1,
	ACCESS_EXEC	= 1 << 2,
	ACCESS_PATH	= 1 << 3,	/* O_PATH: "-" */
};
/* "r", "rw", "x", "-" ... of each combination, as in JSON. */
extern const char *const access_words[16];

/* What a relation of one kind has beyond the others shares its room; other, op
 * and length are that room whatever it means, for order and files. */
struct edge {
	uint32_t object;
	uint32_t process;	/* NO_INDEX: between two objects */
	union {
		uint32_t other;	/* NO_INDEX: nothing */
		uint32_t peer;	/* PEER: the other object */
		uint32_t sem;	/* WAITS on a set: the number of the semaphore */
		uint32_t key;	/* ATTACHED to a segment: the key it was made with */
	};
	pid_t tid;		/* the thread that waits; else 0 */
	int32_t fd;		/* -1: not by a descriptor */
	uint8_t kind;		/* enum edge_kind */
	uint8_t access;		/* enum access; of a WAITS: what it would do */
	union {
		int16_t op;
		int16_t sem_op;	/* WAITS on a set */
		int16_t huge;	/* ATTACHED: in huge pages */
	};
	uint64_t address;	/* ATTACHED: where; WAITS: the futex, if one */
	uint64_t offset;	/* ATTACHED: in the object */
	uint64_t length;	/* ATTACHED: bytes */
};

/* A process that a part could not be read from. */
struct gap {
	pid_t pid;
	uid_t uid;
	uint64_t ipc_ns;	/* 0: unknown */
	enum part part;
	int err;		/* errno */
};

/* All that could not be read of the processes of one user. */
struct gap_user {
	uid_t uid;
	uint64_t parts;		/* NEED() */
};

/* What is missing from a part, counted by part and errno. */
struct warning {
	enum part part;
	int err;
	uint32_t count;		/* processes, or things of that part */
	pid_t first;		/* pid of the first; 0: no process */
	const struct str *what;	/* the first thing; NULL if a process */
	bool unsupported;	/* this kernel does not have it */
};

/* A user or group id, and its name on the host looked at. */
struct id_name {
	bool group;
	uint32_t id;
	const struct str *name;	/* NULL: has none */
};

struct host_facts {
	const struct str *hostname;
	const struct str *kernel;
	const struct str *boot_id;
	int64_t taken;		/* seconds since 1970 */
	int64_t booted;		/* the same clock; 0: not known, or asked */
	uint32_t booted_part;	/* clock ticks after that */
	int64_t steady_since;	/* that it is known not to have been set; 0: never */
	uint32_t ticks;		/* clock ticks a second: unit of start */
	uint32_t page_size;
	uid_t uid;		/* who looked */
	pid_t pid;		/* the tool itself: never a user */
	uint64_t ipc_ns, net_ns, pid_ns, mnt_ns;	/* inodes */
	bool first_pid_ns;	/* all processes of the machine are visible */
	bool outside_assumed;	/* the user's word that nobody outside the PID
				 * namespace uses its objects */
	bool all_processes;	/* /proc hides none (hidepid=) */
	/* The device where objects of a class are when nothing else is said:
	 * of /dev/shm for pshm, say. 0: there is only one, or none is known. */
	uint64_t home_dev[NR_CLASSES];
};

struct snapshot {
	struct arena arena;	/* owns all strings and values below */
	const struct layout *layout;
	const struct snapshot *base;	/* a shard's: what was listed before */
	uint64_t parts_read;		/* NEED(): parts that were collected */
	bool partial;		/* of some processes only, as was asked */
	struct host_facts host;
	struct limit_value limits[NR_LIMITS];
	struct VEC(struct object) objects;
	struct VEC(struct process) processes;
	struct VEC(struct edge) edges;
	struct VEC(struct gap) gaps;
	struct VEC(struct warning) warnings;
	struct VEC(struct id_name) names;
	struct VEC(struct namespace) namespaces;
	struct VEC(struct keeper) keepers;
	struct VEC(const struct str *) places;	/* directories looked into: PATHS */
	struct map object_index;
	struct map process_index;
	struct map name_index;
	uint32_t *by_process;	/* numbers of edges; after snapshot_finish() */
	struct VEC(struct gap_user) gap_users;	/* in order; likewise */
	uint64_t gap_parts;	/* NEED(): that have a gap; likewise */
	uint64_t warned_parts;	/* of which something else is missing */
	bool finished;
	bool replaces;		/* an object is marked so */
	bool tells_ns;		/* REFs have their namespace behind them, the tool's own too */
};

/* All zero but for its layout it is an empty one. */
void snapshot_free(struct snapshot *snap);

/*
 * The number of the object, made if new. A shard (see base) answers with
 * IN_BASE set for one that its base has. Numbers stay; pointers move.
 */
uint32_t snapshot_object(struct snapshot *snap, enum class_id class, struct object_key key);
/* NO_INDEX if there is none. */
uint32_t snapshot_find(const struct snapshot *snap, struct object_key key);
#define IN_BASE		0x80000000u

/* Numbers and our own words (const char *). Ignored if not asked for. */
void object_set(struct snapshot *snap, uint32_t object, enum field_id field, uint64_t num);
void object_set_str(struct snapshot *snap, uint32_t object,
		    enum field_id field, const char *data, size_t len);
/* For what processes call by several names: the first in order of bytes
 * stays, whoever came first with it. */
void object_set_first(struct snapshot *snap, uint32_t object,
		      enum field_id field, const char *data, size_t len);
void object_set_word(struct snapshot *snap, uint32_t object,
		     enum field_id field, const char *word);
void object_set_sems(struct snapshot *snap, uint32_t object, const struct sems *sems);
/* Adds IS() bits to FIELD_FLAGS. */
void object_flag(struct snapshot *snap, uint32_t object, uint64_t states);
/* Whether a collector need bother. */
bool object_wants(const struct snapshot *snap, enum class_id class, enum field_id field);
/* Stored values only; false if not known. */
bool object_num(const struct snapshot *snap, const struct object *obj,
		enum field_id field, uint64_t *num);
const struct str *object_str(const struct snapshot *snap,
			     const struct object *obj, enum field_id field);
const struct sems *object_sems(const struct snapshot *snap, const struct object *obj);

/* From snapshot_finish() on @object, of no base, is what @by is, which was not replaced itself;
 * or, by NO_INDEX, is not there. */
void snapshot_replace(struct snapshot *snap, uint32_t object, uint32_t by);
/* Does it, and gives all objects new numbers. */
void snapshot_settle(struct snapshot *snap);

uint32_t snapshot_process(struct snapshot *snap, pid_t pid, uint64_t start);
/* The one process of that pid; NO_INDEX if none was seen. */
uint32_t snapshot_find_pid(const struct snapshot *snap, pid_t pid);

/* fd -1, other NO_INDEX, the rest 0, to be filled in. Valid until the next. */
struct edge *snapshot_edge(struct snapshot *snap, enum edge_kind kind,
			   uint32_t process, uint32_t object);

/* A process of which @part could not be read; counts a warning too. */
void snapshot_gap(struct snapshot *snap, enum part part, int err, pid_t pid,
		  uid_t uid, uint64_t ipc_ns);
/* Anything else that is missing. */
void snapshot_warn(struct snapshot *snap, enum part part, int err,
		   const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Users outside the PID namespace are not seen; and that nobody need care. */
void snapshot_assume_complete(struct snapshot *snap);
/* Puts the gaps in order, each once, and makes a warning of each part and error among
 * them: of a finished snapshot, once more after some were added. */
void missing_finish(struct snapshot *snap);
/* This kernel does not have it: known to be nothing, not an error. */
void snapshot_unsupported(struct snapshot *snap, enum part part, const char *what);

/* NULL if the id was not looked up; and after that, what was found. */
const struct id_name *snapshot_id_name(const struct snapshot *snap, bool group, uint32_t id);
void snapshot_name(struct snapshot *snap, bool group, uint32_t id, const struct str *name);
/* NULL if the id has no name, or none was asked for. */
const struct str *snapshot_find_name(const struct snapshot *snap, bool group, uint32_t id);

/* Moves all of @from into @snap; same layout. @from is freed. What both know
 * otherwise becomes the same whichever of them is merged into the other. */
void snapshot_merge(struct snapshot *snap, struct snapshot *from);

/*
 * Puts everything into its final order (objects by class and then as people
 * would, processes by pid, edges by object and process) and groups the edges.
 * An edge that is there twice is taken once. The order depends on what was
 * found alone, not on when or by which thread. Numbers of objects and
 * processes change; edges of a process are in order of object.
 */
void snapshot_finish(struct snapshot *snap);

/* Drops POLLS edges of objects whose pollers are not asked for: a file has them anyway.
 * Of a finished snapshot. */
void snapshot_forget_polls(struct snapshot *snap, const struct fieldset asked[NR_CLASSES]);

static inline const struct edge *object_edge(const struct snapshot *snap,
					     const struct object *obj, uint32_t i)
{
	return &snap->edges.at[obj->first_edge + i];
}

static inline const struct edge *process_edge(const struct snapshot *snap,
					      const struct process *proc, uint32_t i)
{
	return &snap->edges.at[snap->by_process[proc->first_edge + i]];
}

/* const struct edge *e; uint32_t i. */
#define for_each_object_edge(e, i, snap, obj)				\
	for (i = 0; i < (obj)->nr_edges &&				\
	     (e = &(snap)->edges.at[(obj)->first_edge + i]); i++)
#define for_each_process_edge(e, i, snap, proc)				\
	for (i = 0; i < (proc)->nr_edges &&				\
	     (e = process_edge(snap, proc, i)); i++)

/* Every field of an object, stored or worked out, in one form. */
enum known {
	KNOWN_NOT_APPLICABLE,	/* the class does not have it: blank */
	KNOWN_NONE,		/* looked, and there is none: "-" */
	KNOWN_NOT,		/* could not be known, or was not asked: "?" */
	KNOWN_YES,
};

/* Strings: @str, or @word if it is one of ours. Edges are walked by the user
 * of TYPE_USERS, TYPE_REFS and the like: KNOWN_YES says there are some,
 * KNOWN_NONE that there are provably none. */
struct value {
	enum known known;
	uint64_t num;
	const struct str *str;
	const char *word;
};

struct value object_value(const struct snapshot *snap, const struct object *obj,
			  enum field_id field);

/* IS() bits of what is known to hold. @unsure, if not NULL: whether more may
 * hold (a part was incomplete). */
uint64_t object_state(const struct snapshot *snap, const struct object *obj, bool *unsure);

/* Whether @obj's users are all found: all attachments that the kernel counts are;
 * or all processes were looked at, but for those that could not open it. */
bool object_users_complete(const struct snapshot *snap, const struct object *obj);

/* The name people call it by, whether or not it is the only one; NULL if it
 * goes by number. */
const struct str *object_called(const struct snapshot *snap, const struct object *obj);
/* The next name of a field of several; *@name is NULL at first. False: no more. */
bool names_next(const struct str *names, const char **name, size_t *len);
/* The same of a TYPE_LIST. */
bool list_next(const struct str *list, const char **word, size_t *len);
/* Whether it is called @name, which may be another of its names. */
bool object_is_called(const struct snapshot *snap, const struct object *obj,
		      const struct str *name);
/* The REF, escaped as text_escape() does; accepted back by ref_parse(). */
void object_ref(struct buf *buf, const struct snapshot *snap, const struct object *obj);
/* Whether nothing but who has it leads to its memory: it has no name any more or never
 * had one, or is removed. */
bool object_is_nameless(const struct snapshot *snap, const struct object *obj);
uint32_t object_count_edges(const struct snapshot *snap, const struct object *obj,
			    enum edge_kind kind);

/* Whether a process was found that does. */
bool object_has_user(const struct snapshot *snap, const struct object *obj);

/* One process and how it uses an object: its edges of one kind and access
 * taken together. */
struct user {
	uint32_t process;
	enum edge_kind kind;
	uint8_t access;
	uint32_t count;		/* mappings, descriptors or threads */
	const struct edge *first;
};

/* The users of @obj in order of pid, then kind; in @users, which is emptied
 * first and grows as needed. */
struct users VEC(struct user);
void object_users(const struct snapshot *snap, const struct object *obj,
		  struct users *users);

/* When it started, in seconds since 1970; the same from run to run. */
static inline int64_t process_since(const struct snapshot *snap, const struct process *proc)
{
	return snap->host.booted + (int64_t)((snap->host.booted_part + proc->start) /
					     (snap->host.ticks ?: 100));
}

/* Whether process @pid, said to have made or used an object at @since (seconds;
 * 0 unknown), still runs: KNOWN_YES with num 0 or 1; KNOWN_NOT if that pid
 * may mean another process. */
struct value process_alive(const struct snapshot *snap, pid_t pid, int64_t since);
/* Whether @proc, which is there, may be what did something at @since. */
struct value process_may_be(const struct snapshot *snap, const struct process *proc,
			    int64_t since);
/* A field of a process, FIELD_PROCESS_...; of TYPE_SIGNALS in num. */
struct value process_value(const struct snapshot *snap, const struct process *proc,
			   enum field_id field);

#endif
