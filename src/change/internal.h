/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CHANGE_INTERNAL_H
#define CHANGE_INTERNAL_H

/* What the files of this room share: the table of classes, and what each duty offers to the
 * others. */

#include <jansson.h>

#include "host/write/write.h"
#include "change.h"

#define ASIDE_PREFIX	".ipcscope-"

/* What there is now under an id, name or path. */
struct present {
	struct sysv_stat st;	/* of a System V object */
	struct host_stat file;	/* of all others */
	uint64_t dev;		/* that the directory of a file is on */
};

/* A copy in the making: copies.c. */
struct saving {
	struct removal *rm;
	struct target *target;
	struct buf path;
	int fd;
	uint64_t size, sum;	/* of its data */
	uint32_t messages;
	int err;		/* of writing, not of reading */
};

/* Parts of a target that identify it in the log: identity.c. */
enum identity_part {
	IDENTITY_SYSV	= 1 << 0,
	IDENTITY_FILE	= 1 << 1,
	IDENTITY_MQ	= 1 << 2,
};

/* What came of a removal that was cut short. */
enum settlement {
	SETTLED_REMOVED, SETTLED_NOT_REMOVED, SETTLED_PUT_BACK, SETTLED_ASIDE,
	SETTLED_NO_DIRECTORY,
};

/* What classes have in common whose objects are reached in one way: System V objects by id,
 * files by path, queues by name. Functions return 0 or -errno. */
struct change_family {
	unsigned int identity;	/* enum identity_part */
	int (*look)(const struct write_ops *ops, enum class_id class, int id,
		    const char *path, struct present *now);
	/* Whether @now is the planned object with its owner and mode, whoever has used it. */
	bool (*is_same)(const struct target *target, const struct present *now);
	/* Whether both are one object, whoever has used it or set its owner. */
	bool (*is_born_same)(enum class_id class, const struct present *birth,
			     const struct present *now);
	/* Creates the object with its contents, whole or not at all. */
	int (*make)(struct making *making);
	/* Removes what was made and is @now. */
	int (*unmake)(const struct making *making, const struct present *now);
	/* The same of what is held open, whatever its mode; -ESTALE: another has its name. NULL:
	 * it is not. */
	int (*unmake_held)(const struct making *making);
	/* All attributes in one call; @lost as sysv_write_ops.set has it. */
	int (*set)(const struct removal *rm, const struct target *target,
		   const struct host_set *set, unsigned int *lost);
	/* After a removal that was cut short, with its name @aside ("": none); NULL: whether it
	 * is there tells. */
	enum settlement (*settle)(struct removal *rm, const struct target *target,
				  const char *aside);
	/* After an undo that was cut short, which began @since and whose object has @new_id, a
	 * file's inode (-1: not told): whether it is whole; one in the making is taken away. */
	bool (*settle_undo)(struct removal *rm, const struct target *target,
			    int64_t new_id, const char *aside, int64_t since);
};

/* What file of data a copy has. */
enum copy_data { COPY_NO_DATA, COPY_DATA, COPY_MESSAGES /* if there are any */ };

/* How objects of one class are planned, kept, removed and made. */
struct change_class {
	const struct change_family *family;
	enum sysv_kind kind;	/* of a System V object */
	mode_t type;		/* of a file: S_IFMT */
	uint64_t file_size;	/* that the kernel says of all of them; or 0 */
	enum field_id bytes;	/* what its contents take */
	const char *directory;	/* of its path, for the '/' that its name begins
				 * with; NULL: it has no name */
	bool leased;		/* a lease tells whether anybody has it open */
	bool counted;		/* the kernel's count tells: no second look */
	bool moved;		/* moved aside before it is unlinked */
	enum copy_data data;
	const char *kept;	/* what a copy keeps: "values" */
	const char *kept_empty;	/* the same where it holds no message; or NULL */
	bool loses_messages;	/* which cannot be kept */
	/* Why it cannot be removed at all; NULL if it can. */
	const char *(*impossible)(const struct target *target, const struct snapshot *snap);
	/* What else the snapshot tells of its contents; or NULL. */
	void (*plan)(struct removal *rm, struct target *target,
		     const struct snapshot *snap, const struct object *obj);
	/* What removing it does to others, without a full stop. */
	const char *effect;
	void (*put_effect)(struct buf *to, const struct target *target);
	/* Its contents into the copy; NULL: none. */
	int (*save)(struct saving *save);
	/* Removes it if it is as planned; its outcome and note. */
	void (*act)(struct removal *rm, struct target *target);
	/* Its value or values into a new one; NULL: none. */
	int (*fill)(struct making *making);
	int (*send)(struct making *making, const struct make_message *msg);
	/* A piece of data of a copy into a new one: @arg is its making. */
	host_sink_fn *restore;
};

/* NULL: objects of the class go with the processes that have them. */
extern const struct change_class *const change_classes[NR_CLASSES];

/* plan.c: never NULL; that of a class without changes refuses all. */
const struct change_class *target_class(const struct target *target);
static inline bool target_is_sysv(const struct target *target)
{
	return target_class(target)->family->identity & IDENTITY_SYSV;
}

extern const struct change_class change_shm, change_sem, change_msg;
extern const struct change_class change_pshm, change_psem, change_fifo;
extern const struct change_class change_unix, change_pmsg;

/* plan.c */
/* The outcome of a target, and why in few words and in a sentence. */
void target_note(struct removal *rm, struct target *target,
		 enum outcome outcome, const char *brief, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
const char *plan_name_impossible(const struct target *target, const struct snapshot *snap);

/* identity.c */
/* All fields that can identify a target. */
void identity_query(struct query *query);
/* Numbers that the snapshot has of the object. */
void identity_fill(struct target *target, const struct snapshot *snap,
		   const struct object *obj);
/* Into an open object. */
void identity_write(struct json *json, const struct target *target);
/* What identity_write() wrote; false if @root is no such thing. */
bool identity_read(struct arena *arena, const json_t *root, struct target *target);
void identity_write_path(struct json *json, const struct str *path);
/* "" or 0 if there is none. */
const char *json_text_of(struct arena *arena, const json_t *root, const char *key);
int64_t json_num_of(const json_t *root, const char *key);

/* make.c: what there is now; 0 or -errno. */
int look_target(const struct removal *rm, const struct target *target, struct present *now);
int look_made(const struct making *making, struct present *now);

/* file.c: what queues have in common with files. */
bool file_is_same(const struct target *target, const struct present *now);
bool file_is_born_same(enum class_id class, const struct present *birth,
		       const struct present *now);

/* Unlinks a target that is away, or puts it back if it is not to be removed any more; its outcome
 * and note. */
void file_finish(struct removal *rm, struct target *target);

/* look.c */
/* Whether processes must be looked at before it is removed. */
bool look_is_needed(const struct target *target);
/* Those that are in @snap not as they were planned are skipped, with a note. */
void look_judge_all(struct removal *rm, struct snapshot *snap, struct target *targets,
		    uint32_t nr);

/* act.c */
/* The outcome that an error of a removal, or 0, means. */
void act_note(struct removal *rm, struct target *target, int ret);
/* 0 when a lease on @fd says that nobody else has it (*@lease is @fd then), or when it cannot
 * be asked and need not be: the second look found nobody. */
int act_prove_unused(struct removal *rm, const struct target *target, int fd, int *lease);

/* copies.c */
int copies_open(struct removal *rm, char why[256]);
/* Makes room before anything is kept. */
void copies_prune(struct removal *rm);
bool copies_is_id(const char *name);
/* Looks at a target as exactly as it can be told; notes what has become of it if it is another
 * one or was used. */
void copies_look(struct removal *rm, struct target *target);
/* Does @work to the target in the IPC namespace that it is in; 0, or -errno if that cannot be
 * entered. */
int target_visit(struct removal *rm, struct target *target,
		 void (*work)(struct removal *rm, struct target *target));
/* Whether it is of another IPC namespace than this run, which was opened by none. */
bool target_is_elsewhere(const struct removal *rm, const struct target *target);
/* Keeps a target, or notes why it cannot be kept; rm->fatal if nothing more may be removed. */
void copies_keep(struct removal *rm, struct target *target);
/* Takes data into the copy: @arg is the struct saving. */
host_sink_fn copies_add_data;
void copies_path(struct buf *to, const struct removal *rm, const char *id, const char *suffix);
int copies_drop(const struct removal *rm, const char *id);
/* The description of a copy; NULL if it is not whole. */
json_t *copies_load(const struct removal *rm, const char *id);
/* The sum of bytes at @offset, a multiple of 8; @sum is 0 at first. */
uint64_t copies_sum(uint64_t sum, uint64_t offset, const void *data, size_t len);

/* saved.c */
/* Whether a file of that name says what a run removed without keeping it. */
bool saved_is_removed(const char *name);
/* Before a run removes anything; 0 or -errno. */
int saved_begin(struct removal *rm);
/* Those of one run that were removed and not kept. */
void saved_add_lost(struct removal *rm, const struct target *targets, uint32_t nr);
/* After it: what keeps all needs no such file. */
void saved_finish(struct removal *rm);

/* log.c */
int log_open(struct removal *rm, char why[256]);
void log_begin(struct removal *rm, const struct target *target);
void log_end(struct removal *rm, const struct target *target);
/* A step of an undo; @aside may be NULL, @new_id -1. */
void log_undo(struct removal *rm, const char *event, const struct saved *saved,
	      const struct str *path, const char *aside, int64_t new_id);
/* Writes out what was added; 0 or -errno, rm->fatal. */
int log_flush(struct removal *rm, bool sync);
void log_finish(struct removal *rm);
void log_time(struct json *json, const struct removal *rm);
/* The same for syslog and the journal: one line an object. */
void log_journal(const struct removal *rm, const struct target *target);
/* A line in the making, for an object's id or NULL. */
void log_open_line(struct removal *rm, struct json *json, const char *event, const char *id);
void log_close_line(struct json *json);

/* recover.c: settles what a run that was killed left open. */
void log_recover(struct removal *rm);
/* After a run that ended. */
void log_forget_open(struct removal *rm);

/* reset.c: what set did, in a log line or the description of a copy. */
void reset_write(struct json *json, const struct changes *changes);
bool reset_is(const json_t *root);
/* Whether all is as it was before: 0; as set left it, or a part of
 * that: 1; -ESTALE: otherwise; -errno. */
int reset_look(struct removal *rm, const json_t *root, const struct target *target);
/* Sets everything back; 0, or -errno with a line in @why. */
int reset_undo(struct removal *rm, const json_t *root, const struct target *target,
	       char why[256]);

/* make.c */
/* Contents, as making.fill or its class has them. */
int make_fill(struct making *making);
/* Whether the last step went well, by its @ret; the next is @step. */
bool make_reach(struct making *making, int ret, enum make_step step);
/* What the operations take. */
struct object_spec make_spec(const struct making *making);

#endif
