/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REMOVE_INTERNAL_H
#define REMOVE_INTERNAL_H

#include "host/write/write.h"
#include "remove.h"

#define ASIDE_PREFIX	".ipcscope-"

struct making;

/* target.c */
static inline bool class_is_sysv(enum class_id class)
{
	return class_infos[class]->groups & GROUP_SYSV;
}
static inline bool target_is_sysv(const struct target *target)
{
	return class_is_sysv(target->class);
}
enum sysv_kind target_sysv_kind(enum class_id class);
bool target_needs_look(const struct target *target);
void target_note(struct removal *rm, struct target *target,
		 enum outcome outcome, const char *brief, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* look.c: skips those of @nr targets that are in use now. */
void look_again(struct removal *rm, struct target *targets, uint32_t nr);

/* act.c */
void act_on(struct removal *rm, struct target *target);

/* hold.c: what there is now of an id, name or path. */
struct present {
	struct sysv_stat st;
	struct host_stat file;
};
int present_look(const struct write_ops *ops, enum class_id class, int id,
		 const char *path, struct present *now);
int present_made(const struct making *making, struct present *now);

/* save.c: 0, or -errno if nothing more may be removed (rm->fatal). */
int save_target(struct removal *rm, struct target *target);
int save_open(struct removal *rm, char why[256]);
void save_path(struct buf *to, const struct removal *rm, const char *id,
	       const char *suffix);
void save_drop(const struct removal *rm, const char *id);

/* log.c */
int log_open(struct removal *rm, char why[256]);
void log_begin(struct removal *rm, const struct target *target);
void log_end(struct removal *rm, const struct target *target);
void log_undo(struct removal *rm, const char *event, const char *id,
	      const char *ref, const char *path, const char *aside, int new_id);
void log_settled(struct removal *rm, const char *id, const char *ref,
		 const char *result);
/* Writes out what was added; 0 or -errno. */
int log_flush(struct removal *rm, bool sync);
void log_finish(struct removal *rm);
/* The identity of a target, in an open object. */
void log_identity(struct json *json, const struct target *target);
void log_time(struct json *json, const struct removal *rm);

/* recover.c */
void recover(struct removal *rm);

/* sum.c: of bytes at @offset, a multiple of 8; @sum is 0 at first. */
uint64_t sum_add(uint64_t sum, uint64_t offset, const void *data, size_t len);

/* journal.c */
void journal_target(const struct removal *rm, const struct target *target);

#endif
