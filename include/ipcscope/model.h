/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_MODEL_H
#define IPCSCOPE_MODEL_H

/* What there is: parts, states, relations, fields and kinds of object. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipcscope/arena.h"
#include "ipcscope/vec.h"

enum part {
#define PART(id, ...)	PART_##id,
#include "ipcscope/parts.def"
#undef PART
	NR_PARTS
};
#define NEED(id)	(UINT64_C(1) << PART_##id)

struct part_info {
	const char *name;
	const char *what;
	const char *means;
	const char *help;
};
extern const struct part_info part_infos[NR_PARTS];

enum edge_kind {
#define EDGE(id, ...)	EDGE_##id,
#include "ipcscope/edges.def"
#undef EDGE
	NR_EDGES
};
extern const char *const edge_names[NR_EDGES];
extern const char *const edge_helps[NR_EDGES];
/* Key in JSON of several edges of one process that say the same. */
extern const char *const edge_lists[NR_EDGES];
/* Edges of users: not PEER, not CREATOR. */
extern const bool edge_uses[NR_EDGES];

enum state {
#define STATE(id, ...)	STATE_##id,
#include "ipcscope/states.def"
#undef STATE
	NR_STATES
};
#define IS(id)		(1ull << STATE_##id)
#define IS_PATH_AWAY	(IS(PATH_GONE) | IS(PATH_ELSEWHERE) | IS(PATH_UNKNOWN))

enum mood { MOOD_PLAIN, MOOD_ODD, MOOD_STUCK };

struct state_info {
	const char *word;
	enum mood mood;
	const char *help;
};
extern const struct state_info state_infos[NR_STATES];

enum class_id {
#define CLASS(name)	CLASS_##name,
#include "ipcscope/classes.def"
#undef CLASS
	NR_CLASSES
};
_Static_assert(NR_CLASSES < 64 && NR_PARTS < 64 && NR_STATES <= 64, "a mask lacks bits");
#define A_CLASS_OF(id)	(1ull << (id))
#define A_CLASS(name)	A_CLASS_OF(CLASS_##name)
#define ALL_CLASSES	(A_CLASS_OF(NR_CLASSES) - 1)

enum field_id {
	FIELD_NONE,
#define FIELD(id, ...)	FIELD_##id,
#include "ipcscope/fields.def"
#undef FIELD
	NR_FIELDS,
	/* Of processes: for filters alone. */
	FIRST_PROCESS_FIELD = NR_FIELDS,
	BEFORE_PROCESS_FIELDS = NR_FIELDS - 1,
#define FIELD(id, ...)	FIELD_PROCESS_##id,
#include "ipcscope/process_fields.def"
#undef FIELD
	END_PROCESS_FIELDS
};

enum field_type {
	TYPE_NUMBER,
	TYPE_SIZE,		/* bytes */
	TYPE_TIME,		/* seconds since 1970; 0 is "never" */
	TYPE_AGE,		/* seconds; AGE_NEVER is "never" */
	TYPE_PID,
	TYPE_UID,
	TYPE_GID,
	TYPE_MODE,
	TYPE_KEY,
	TYPE_DEV,		/* as makedev(3) makes it */
	TYPE_BOOL,
	TYPE_STR,		/* somebody's bytes */
	TYPE_NAMES,		/* several that begin with '/', between them a '/' more */
	TYPE_LIST,		/* several without blanks, between them a blank */
	TYPE_WORD,		/* one of our own words */
	TYPE_STATES,		/* IS() bits */
	TYPE_SEMS,		/* struct sems */
	TYPE_REFS,		/* objects, by their edges */
	TYPE_USERS,		/* processes, by their edges */
	TYPE_PIDS,		/* the same, for filters */
	TYPE_COMMS,
	TYPE_AMOUNT,		/* the size of the class, with its unit */
	TYPE_PROC,		/* command[pid], or that it is gone */
	TYPE_SIGNALS,		/* bits: see enum signal_set */
};
#define AGE_NEVER	UINT64_MAX

enum field_source {
	SOURCE_STORED,
	SOURCE_DERIVED,
	SOURCE_FOUND,		/* by looking at processes */
	SOURCE_DISPLAY,		/* for tables only: not JSON, not filters */
	SOURCE_HIDDEN,		/* the program's own */
};

/* What finds who polls objects of a class that can be polled. */
#define FOUND_BY_POLLS	(NEED(POLLS) | NEED(CALLS) | NEED(FDS) | NEED(FDINFO))

/* What a class is, by which it has fields that it does not declare. */
enum class_trait {
	TRAIT_ANY	= 1 << 0,
	TRAIT_INODE	= 1 << 1,	/* its objects are inodes */
	TRAIT_SOCKET	= 1 << 2,
	TRAIT_PTY	= 1 << 3,
	TRAIT_WAITED	= 1 << 4,	/* threads can be blocked on it */
	TRAIT_POLLED	= 1 << 6,	/* threads can wait for events on it */
	TRAIT_LASTING	= 1 << 5,	/* lives as long as the kernel */
	TRAIT_NUMBERED	= 1 << 7,	/* one number tells it from others */
};

/* Parts that a class names as what finds or tells something of it. */
enum class_parts {
	FINDS_USERS	= 1 << 0,
	FINDS_POSIX_USERS = 1 << 1,	/* where the kernel counts no attachments */
	FINDS_WAITERS	= 1 << 2,
	TELLS_ACCESS	= 1 << 3,
	FINDS_POLLERS	= 1 << 4,
};

struct object;
struct snapshot;
struct value;

#define MAX_SOURCES	4	/* FIELD_NONE ends them */

struct field {
	const char *name;
	const char *heading;
	enum field_type type;
	enum field_source source;
	struct value (*derive)(const struct snapshot *snap, const struct object *obj,
			       enum field_id field);
	const char *help;
	/* What it is worked out from: a class that has one of them has it too,
	 * if it is not STORED. Of AMOUNT and IDLE the class says it. */
	enum field_id from[MAX_SOURCES];
	enum field_id with[MAX_SOURCES];	/* also looked at, where there are any */
	unsigned int had_by;		/* enum class_trait */
	unsigned int class_parts;	/* enum class_parts: needed to know it */
	uint64_t parts;			/* NEED(): likewise */
	enum field_id called;		/* of a user or group id: its name */
	bool zero_counts;		/* 0 is as good a number as any */
};
extern const struct field fields[NR_FIELDS];
extern const struct field process_fields[END_PROCESS_FIELDS - FIRST_PROCESS_FIELD];
/* Of an object or a process. */
static inline const struct field *field_info(enum field_id field)
{
	return field < NR_FIELDS ? &fields[field] : &process_fields[field - FIRST_PROCESS_FIELD];
}

/* FIELD_NONE if there is none. */
enum field_id field_by_name(const char *name);
/* Whether it is for programs too: JSON, filters. */
static inline bool field_is_public(enum field_id field)
{
	return field && fields[field].source < SOURCE_DISPLAY;
}

struct fieldset {
	uint64_t word[(NR_FIELDS + 63) / 64];
};

#define for_each_field(field) \
	for (field = FIELD_NONE + 1; field < NR_FIELDS; field++)
#define for_each_process_field(field) \
	for (field = FIRST_PROCESS_FIELD; field < END_PROCESS_FIELDS; field++)

static inline void fieldset_add(struct fieldset *set, enum field_id field)
{
	set->word[field / 64] |= 1ull << (field % 64);
}

static inline bool fieldset_has(const struct fieldset *set, enum field_id field)
{
	return set->word[field / 64] >> (field % 64) & 1;
}

struct snapshot;
struct object;
struct str;

/* What an object's numbers mean: two objects of one space with equal numbers
 * are the same object. */
enum space {
	SPACE_NONE,
	SPACE_SHM,		/* ns: IPC namespace, id: shmid */
	SPACE_SEM,
	SPACE_MSG,
	SPACE_INODE,		/* ns: device, id: inode */
	SPACE_SOCKET,		/* ns: network namespace, id: inode */
	SPACE_EVENTFD,		/* ns: 0, id: eventfd-id */
	SPACE_PTY,		/* ns: device of the devpts, id: index */
	SPACE_FILE,		/* an open file; ns: the process, or the thread with a table of
				 * its own, that has it, id: its descriptor: the lowest ones */
};

struct object_key {
	enum space space;
	uint64_t ns;
	uint64_t id;
};

enum group {
	GROUP_SYSV	= 1 << 0,
	GROUP_POSIX	= 1 << 1,
	GROUP_SOCKET	= 1 << 2,
};

enum persistence { PERSISTENCE_KERNEL, PERSISTENCE_PROCESS, PERSISTENCE_FILESYSTEM };
extern const char *const persistence_words[];

/* When it is read. */
enum field_cost {
	COST_LISTED,
	COST_ASKED,		/* takes a call of its own for each object: not in
				 * JSON unless asked for */
	COST_SHOWN,		/* too costly or not harmless enough to list */
};

/* One property of one class, and what must be read to know it. */
struct class_field {
	enum field_id field;
	uint64_t needs;		/* NEED(), beyond what lists the object */
	enum field_cost cost;
};

/*
 * All that is known here of a class, so that no analysis or renderer can
 * reach the kernel through it. Fields every object has (class, ref, state,
 * age, users, ...) are not repeated: see class_has().
 */
struct class_info {
	const char *name;	/* "shm": in REFs, filters, JSON */
	const char *title;	/* "System V shared memory segment" */
	const char *noun;	/* "segment": for totals; plural is + "s" */
	const char *manual;	/* "shmget(2), sysvipc(7)" */
	enum space space;
	unsigned int groups;
	enum persistence persistence;

	const struct class_field *fields;
	unsigned int nr_fields;
	uint64_t listed_by;	/* NEED(): what finds all its objects */
	uint64_t users_by;	/* NEED(): what finds all its users */
	uint64_t access_by;	/* NEED(): what tells their access */
	uint64_t waits_by;	/* NEED(CALLS) if somebody can wait on it */

	/* What the SIZE of the mixed table shows, and the unit behind it
	 * ("sem", "msg") or before it ("value"); NULL: bytes. */
	enum field_id amount;
	const char *unit;

	/* Columns of its own table, as given to -o; wide if there is room. */
	const char *columns;
	const char *wide;
	/* States that its own table leaves out: another column says it. */
	uint64_t states_told;
	/* The time fields whose latest is the last use; FIELD_NONE ends. */
	enum field_id last_use_fields[MAX_SOURCES];
	/* Whether anyone who may not open it cannot be a user (mode bits of a
	 * file nobody could have opened before they were set). */
	bool mode_protects;
	bool polled;		/* poll(2) waits for something to happen to it */
	bool never_full;	/* who waits to write does not wait for room */
	bool open_waits;	/* open(2) waits; then the edge has no descriptor */
	bool abstract_names;	/* it can have a name that is no path: "@NAME" */
	bool nameless;		/* it never has one by which others get at it */
	/* The name a REF has, of those it could be asked for by; NULL: a number.
	 * No hook: always a number. */
	const struct str *(*called)(const struct snapshot *snap, const struct object *obj);
	/* Whether a field of the class means anything for the object; no hook: yes. */
	bool (*applies)(const struct snapshot *snap, const struct object *obj,
			enum field_id field);
	/* What a REF of it looks like: "shm:ID", "shm:0xKEY", ... */
	const char *refs;
};

/* In the order of classes.def; defined with the classes. */
extern const struct class_info *const class_infos[NR_CLASSES];

/* NR_CLASSES if there is none. */
enum class_id class_by_name(const char *name, size_t len);
/* Words that mean several classes; group 0: all; a NULL name ends. */
struct group_info {
	const char *name;
	unsigned int group;
};
extern const struct group_info group_infos[];
/* Classes meant by a class or group name ("sysv", "all"); 0 if none. */
uint64_t classes_by_word(const char *word, size_t len);
/* What listing fields of this class needs; false if the class lacks it. */
bool class_has(const struct class_info *kind, enum field_id field, uint64_t *needs);
/* NULL if the class does not declare it. */
const struct class_field *class_field(const struct class_info *kind, enum field_id field);
/* The fields that @field is worked out from for that class: enum field_id @source,
 * unsigned int @i. */
enum field_id class_field_source(const struct class_info *kind, enum field_id field,
				 unsigned int i);
#define for_each_source(source, i, kind, field) \
	for (i = 0; (source = class_field_source(kind, field, i)) != FIELD_NONE; i++)
/* When the class's field, or the cheapest it is worked out from, is read. */
enum field_cost class_field_cost(const struct class_info *kind, enum field_id field);

/* The limits on IPC, and what the kernel says of them; who uses them: analyse.h. */
enum limit_id {
#define LIMIT(id, ...)	LIMIT_##id,
#include "ipcscope/limits.def"
#undef LIMIT
	NR_LIMITS
};
_Static_assert(NR_LIMITS < 64, "a mask of limits lacks bits");
#define A_LIMIT(id)	(1ull << LIMIT_##id)
#define ALL_LIMITS	((1ull << NR_LIMITS) - 1)

enum limit_by { BY_SYSCTL, BY_RLIMIT, BY_MOUNT, BY_OBJECT, BY_KERNEL };
enum limit_unit { UNIT_NUMBER, UNIT_BYTES, UNIT_PAGES };
enum limit_none { NONE_ZERO, NONE_HUGE };
enum limit_kind {
	KIND_POOL, KIND_USER, KIND_PROCESS, KIND_FILL, KIND_SIZE, KIND_VALUE,
};
extern const char *const limit_kind_words[];

struct limit_info {
	const char *name;
	enum limit_by by;
	const char *set_by;
	enum limit_unit unit;
	enum limit_none none;
	enum limit_kind kind;
	uint64_t classes;	/* A_CLASS() */
	enum field_id field;	/* FIELD_NONE: objects are counted */
	uint64_t parts;		/* NEED() */
	const char *what;
};
extern const struct limit_info limit_infos[NR_LIMITS];

/* What was read of one limit, pages as bytes. */
struct limit_value {
	bool known;
	bool absent;		/* this kernel has no such limit */
	bool has_used;		/* the kernel itself tells its use */
	uint64_t max;
	uint64_t used;
};

/* By its name, the end of it behind a slash ("queues_max"), or what sets it
 * ("kernel.shmmni"); NR_LIMITS if there is none. */
enum limit_id limit_by_name(const char *name);
/* Whether @max of that limit means that there is none. */
bool limit_is_none(enum limit_id limit, uint64_t max);
/* Bytes are shown, and not a number of things. */
static inline bool limit_is_bytes(enum limit_id limit)
{
	return limit_infos[limit].unit != UNIT_NUMBER;
}

/* Of one semaphore; pid 0: nobody yet, or not visible here. */
struct sem {
	uint32_t value;		/* System V: at most 32767; POSIX: 2^31 - 1 */
	bool detailed;		/* the rest is known too */
	pid_t pid;
	uint32_t ncnt;		/* wait for it to grow */
	uint32_t zcnt;		/* wait for it to be 0 */
};

struct sems {
	uint32_t nr;
	struct sem sem[];
};

#endif
