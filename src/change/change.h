/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CHANGE_H
#define CHANGE_H

/*
 * Removing objects: checked, logged, and so that they can be brought back.
 *
 * A plan is a list of targets made from a snapshot. removal_run() then takes them in batches:
 * looks again at who uses them, keeps their contents, writes to the log what it is about to do,
 * and for each one compares it with the plan in the call before the one that removes it. What
 * changed is skipped.
 */

#include "ipcscope/analyse.h"
#include "ipcscope/json.h"
#include "host/host.h"

struct write_ops;
struct changes;

enum outcome {
	OUTCOME_PLANNED,
	OUTCOME_REMOVED,
	OUTCOME_CHANGED,	/* by set, all or a part of what was asked for */
	OUTCOME_GONE,		/* somebody else did: counts as done */
	OUTCOME_SKIPPED,	/* changed since the plan, or used meanwhile */
	OUTCOME_REFUSED,
	OUTCOME_FAILED,
	OUTCOME_REPORTED,	/* not to be touched, nor logged */
	OUTCOME_STOPPED,	/* not reached: a signal, or no log any more */
	NR_OUTCOMES
};
extern const char *const outcome_words[NR_OUTCOMES];

struct target {
	uint32_t object;	/* in the snapshot of the plan */
	enum class_id class;
	struct object_key key;
	const struct str *ref;	/* as it is printed */
	const struct str *path;	/* of the file, or name of the queue; or NULL */
	const struct str *names;	/* all its names, if it has several; or NULL */
	uint64_t links;		/* names that it has, of which more may be unknown */
	const struct str *owner;
	const struct str *amount;	/* "12.1K", "3 sem" */
	uid_t uid;
	uint64_t bytes;		/* that contents take */
	uint64_t memory;	/* that removing gives back */
	enum verdict verdict;
	const struct str *brief, *sentence;	/* why */
	/* What it was, as the verdict saw it. */
	union {
		struct sysv_stat sysv;	/* target_is_sysv() */
		struct {
			struct host_stat file;
			struct host_mq mq;
		};
	};
	uint64_t ns;		/* its IPC namespace, or device of its directory */
	uint64_t there;		/* the IPC namespace in which it is acted on; 0: our own */
	uint16_t *values;	/* of sysv.nr semaphores, or NULL */
	pid_t seen_pid;		/* who has the whole segment mapped; 0: nobody */
	uint64_t seen_start, seen_end;

	bool incomplete;	/* some of what is compared could not be read */
	bool force;		/* removed whoever uses it */
	bool lease;		/* only if a lease proves that nobody has it */
	bool keep;		/* a copy is to be kept for undo */

	const char *id;		/* in the log, and for undo; NULL: not reached yet */
	const char *aside;	/* its name while it is being removed; or NULL */
	bool kept;
	uint64_t sum;		/* of its data in the copy */
	bool read_by_us;	/* the segment was attached to keep it */
	bool announced;		/* in the log, which wants an answer */
	bool away;		/* moved aside: to be looked at once more, and unlinked */
	int away_dir;		/* the directory it is in then, open */
	uint64_t scan, window;	/* nanoseconds that the last look took, if one had
				 * to be taken, and from its end to the removal */
	enum outcome outcome;
	int err;		/* -errno of the removal, or 0 */
	const struct str *note, *note_brief;	/* why this outcome; or NULL */
};

/* Full paths; in the arena of the removal. */
struct removal_paths {
	const char *log;
	const char *saved;	/* directory */
	const char *lock;
	const char *state;	/* directory of the lock */
	size_t base;		/* bytes of them that are of the system or its user */
};

/* A file that an undo made in place of one that had other names as well. */
struct remade {
	struct host_stat was;
	const struct str *path;
};

struct removal {
	/* To be set before removal_open(). */
	const char *command;	/* "rm", "clean" */
	const struct host *host;
	const struct write_ops *ops;	/* NULL: the live ones */
	const struct query *query;	/* that the plan was read with */
	const struct profiles *profiles;	/* may be NULL */
	bool assume_complete;
	const char *log_path;	/* NULL: the usual one */
	bool no_log;
	bool no_save;
	const struct changes *changes;	/* what set does instead of removing; NULL */
	bool here;		/* undo into whichever namespace this is */
	bool best_effort;	/* waits for another run to end, and goes on
				 * where no lock or log can be had */
	uint64_t keep_most;	/* bytes on the disk that runs before may have kept */
	uint64_t save_limit;	/* bytes of contents a run may keep */

	struct arena arena;
	struct VEC(struct target) targets;
	struct recent texts;	/* of the last of them */
	struct removal_paths paths;
	char run[32];
	int log;		/* descriptors; -1 */
	bool log_is_ours;	/* only we, or root, can have written what it says */
	const struct str *unlogged;	/* why best_effort goes on without a log; or NULL */
	int lock;
	struct buf lines;	/* not written to the log yet */
	bool logged;		/* something was */
	bool noted_open;	/* STATE/open says which log it has */
	uint32_t numbered;
	bool kept_any;
	uint64_t look_start, look_end;	/* of the last look, CLOCK_MONOTONIC; 0: none */
	bool lost_any;		/* something was removed and not kept */
	const struct str *by;	/* who runs it */
	const struct str *boot_id;	/* "" if not told */
	uint64_t ipc_ns;	/* 0: not told */
	uid_t by_uid;
	int64_t login_uid;	/* -1: not told */
	struct VEC(struct remade) remade;	/* by an undo: files that had several names */
	char fatal[256];	/* why the rest was stopped; "" */
	struct buf report;	/* what was done about them, lines */
};

/* Adds the fields that identify an object and that the log keeps. */
void target_query(struct query *query);
/* Adds what must be known of an object to judge and remove it. */
void removal_query(struct query *query);
/* Whether a lease can tell that nobody has such an object. */
bool removal_can_prove(enum class_id class);

void removal_init(struct removal *rm, const char *command);
/* A new target; @finding may be NULL (nothing is known of its use). */
struct target *removal_add(struct removal *rm, const struct snapshot *snap,
			   uint32_t object, const struct finding *finding);
/* That it is removed by that name, which may be another than it is called by. */
void target_call(struct removal *rm, struct target *target, const struct str *name);
/* Of a file with several names: where its contents stay, once this and the targets before it
 * are done; NULL: nowhere. */
const struct str *target_stays(struct removal *rm, struct target *target);
/* Why no such thing can be removed at all; NULL if it can. */
const char *target_impossible(const struct target *target, const struct snapshot *snap);
/* Whether the kernel counts its users, and there were none. */
bool target_is_unused(const struct target *target);
/* What removing it does: "memory is free at once". No full stop. */
void target_effect(struct buf *to, const struct target *target);
/* What becomes of its contents: "values kept for undo". */
void target_keeping(struct buf *to, const struct removal *rm, const struct target *target);
/* Decides which targets are kept, by how much they hold. */
void removal_plan_keep(struct removal *rm);
/* Whether all that is planned, or was removed if it is @done, is kept. */
bool removal_keeps_all(const struct removal *rm, bool done);
/* "kept for undo: 1 of 3, 40M of 64M; to keep all: --save-limit 120M", a line; "" of none. */
void removal_put_keeping(struct buf *to, const struct removal *rm, bool done);

/* Why this program may change nothing and write no file, whoever asks; NULL if it may. */
const char *change_forbidden(void);
/* Takes the lock, finishes what a killed run left open, and makes ready to log and keep. 0, or
 * -errno with a line in @why; nothing may be removed then. */
int removal_open(struct removal *rm, char why[256]);
/* Targets that are REFUSED already are logged only. @each is told of every target when it is
 * done. */
void removal_run(struct removal *rm, void (*each)(void *arg, const struct target *target),
		 void *arg);
void removal_close(struct removal *rm);
void removal_free(struct removal *rm);

/* What is kept. Strings belong to the list. */
struct saved {
	const char *id;		/* RUN.N */
	const char *ref;
	const char *owner;
	const char *amount;
	const char *command;
	bool changed;		/* by set, not removed: amount says how */
	int64_t time;
	uint64_t size;		/* of the object */
	bool whole;		/* checksums are right */
	const char *lost;	/* why it was not kept; NULL: it was */
	uint64_t lost_messages;	/* that it held, and the copy does not have */
};

struct saved_list {
	struct arena arena;
	struct VEC(struct saved) all;	/* oldest first */
};

/* Reads what is kept, and what was removed and is not (in rm->paths). 0 or -errno. */
int saved_list(struct removal *rm, struct saved_list *list);
void saved_list_free(struct saved_list *list);
/* The newest run; NULL. In @list. */
const char *saved_last_run(struct saved_list *list);

/* Brings one back. STATUS-like: 0 done (with what could not be restored in @lost, "" if
 * nothing), -EEXIST taken again, other -errno; a line in @why. After removal_open(). */
int undo_one(struct removal *rm, const struct saved *saved, struct buf *lost, char why[256]);

/* The usual places: see man ipcscope, FILES. -errno with a line in @why. */
int removal_paths(struct removal *rm, char why[256]);

/* Making an object, as mk and undo do. A System V object or a queue is made open to nobody and
 * gets its mode when all is in it; a file gets its name last: what is there is whole. */

enum make_step { MAKE_PLACE, MAKE_CREATE, MAKE_FILL, MAKE_FINISH };

struct make_message {
	long type;		/* or priority */
	const char *text;
	size_t len;
};

struct making {
	const struct write_ops *ops;
	enum class_id class;
	/* What it is to be: st or file, and mq. An owner of -1 in file is whoever makes it;
	 * st.id -1 is any. */
	struct sysv_stat st;
	struct host_stat file;
	struct host_mq mq;
	const char *path;	/* of a file, or name of the queue */
	/* That it is new: times are now, and all is as asked or it fails. Else what cannot be
	 * is noted in @lost. */
	bool fresh;
	bool held;		/* to be removed soon: a queue stays open */
	bool strict;		/* its directory not through a symbolic link */

	/* What it holds. */
	const uint16_t *values;	/* of st.nr semaphores; NULL: all 0 */
	uint32_t value;		/* of a named semaphore */
	struct VEC(struct make_message) messages;
	/* Or whatever this puts in, by @ops and @id or @fd; 0 or -errno. */
	int (*fill)(struct making *making);
	/* Told that it is there, if not under its name or open to others; may be NULL. */
	void (*born)(struct making *making);
	void *arg;		/* theirs */
	char aside[40];		/* name of a file in the making: make_name() */

	int id;			/* of a System V object */
	uint64_t ino;		/* of all others, for born() */
	int fd;			/* of the others, in fill() */
	unsigned int lost;	/* enum host_lost */
	enum make_step step;	/* where it failed */
};

/* Nothing yet but a @class and the caller as owner, all zero else. */
void make_init(struct making *making, enum class_id class);
/* Chooses @making->aside. */
void make_name(struct making *making);
/* Draws a key for a System V object; others may have it. 0 or -errno. */
int make_key(struct making *making);
/* 0, or -errno: then nothing of the object is left. */
int make_object(struct making *making);
void make_free(struct making *making);

/* A program that is run while the object is there. */
struct make_hold {
	char *const *argv;
	/* Told that the object is there, before it is run. */
	void (*ready)(struct making *making);
	int status;		/* exit status, 128 + signal; or -errno: not run */
	int removed;		/* 0, or -errno: it is still there */
};
/* Makes it, runs the program, and removes it whatever signals come; 0, or -errno: it was not
 * made. Another object of that name or id by then is left alone; gone already is as good. */
int make_held(struct making *making, struct make_hold *hold);

/* Why it could not be made: what the kernel's error means here, which limit was hit and how
 * much of it is used, who has the name or key. One line, safe. */
void make_explain(struct buf *to, const struct host *host,
		  const struct making *making, int err);
/* The file, or name of a queue, behind the name of such an object; NULL: it can have none. */
const struct str *object_path(struct arena *arena, enum class_id class, const struct str *name);

/* Changing what may be changed of an object, after the same second look as a removal: an object
 * that is another one by then, or whose owner or mode was changed meanwhile, is left alone. */

enum change_what {
	CHANGE_OWNER, CHANGE_GROUP, CHANGE_MODE, CHANGE_QBYTES,
	CHANGE_SEM,		/* one of a set */
	CHANGE_VALUE,		/* of a named semaphore */
	CHANGE_LOCKED,
	NR_CHANGES
};

extern const char *const change_names[NR_CHANGES];

struct change {
	enum change_what what;
	uint32_t index;		/* CHANGE_SEM */
	uint64_t wanted;
	/* Filled in: not told where it may not be read. */
	bool knows_before, knows_after;
	uint64_t before, after;
};

struct changes VEC(struct change);

/* Adds what must be known of an object to change it. */
void change_query(struct query *query);
/* What it is now, into before. 0; -ESTALE: not what @target was; -errno. */
int change_look(const struct removal *rm, const struct target *target, struct changes *changes);
/* Does those whose before is not what is wanted; what became of each into after. 0, or -errno
 * of the first that failed: *@failed. */
int change_apply(const struct removal *rm, const struct target *target,
		 struct changes *changes, const struct change **failed);
/* Whether this user may: 0, or -errno as change_apply() would, as far as that can be told
 * without doing it. After change_look(). */
int change_check(const struct removal *rm, const struct target *target,
		 const struct changes *changes, const struct change **failed);
/* The same, logged before it is done, and kept so that undo can take it back. After
 * removal_open() and change_look(). -ECANCELED: nothing was done, rm->fatal says why. */
int change_run(struct removal *rm, struct target *target,
	       struct changes *changes, const struct change **failed);
/* "mode", "sem[3]" */
void change_put_name(struct buf *to, const struct change *change);
void change_put_value(struct buf *to, const struct change *change, bool known, uint64_t value);
/* "mode 0600 -> 0640" */
void change_put(struct buf *to, const struct change *change);
/* What it does to others: "who waits is woken". No full stop. */
const char *change_effect(const struct change *change);
/* Why it may not be, and what would let it: safe text. */
void change_explain(struct buf *to, const struct removal *rm,
		    const struct target *target, const struct change *failed, int err);

static inline bool change_is_done(const struct change *change)
{
	return change->knows_before && change->before == change->wanted;
}

#endif
