// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Doing what was planned, one batch after the other: keep, log, look, act, log. The kernel keeps
 * count of attachments, which the removal itself asks for each object, and a lease tells who has
 * a file; for all else the processes must be looked at right before, and are again as soon as
 * that look is no longer fresh.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "internal.h"
#include "ipcscope/collect.h"

#define BATCH	1024
#define FRESH	700000	/* nanoseconds that objects may be removed for after a look */

void act_note(struct removal *rm, struct target *target, int ret)
{
	static const struct {
		int ret;
		enum outcome outcome;
		const char *brief, *note;
	} notes[] = {
		{ -ENOENT, OUTCOME_GONE, "gone already", "gone already" },
		{ -ESTALE, OUTCOME_SKIPPED, "changed meanwhile",
		  "changed since the plan" },
		{ -EAGAIN, OUTCOME_SKIPPED, "in use, not visible by whom",
		  "a process that cannot be seen has it open or mapped" },
		{ -EBUSY, OUTCOME_SKIPPED, "opened meanwhile",
		  "somebody opened it meanwhile" },
	};
	size_t i;

	if (ret == -ERESTART)
		return;
	if (!ret) {
		target->outcome = OUTCOME_REMOVED;
		return;
	}
	for (i = 0; i < ARRAY_SIZE(notes); i++) {
		if (notes[i].ret != ret)
			continue;
		target_note(rm, target, notes[i].outcome, notes[i].brief, "%s", notes[i].note);
		return;
	}
	target->err = ret;
	target_note(rm, target, OUTCOME_FAILED, strerror(-ret), "%s", strerror(-ret));
}

static uint64_t act_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool act_look_is_fresh(const struct removal *rm)
{
	return rm->look_end && act_clock() - rm->look_end < FRESH;
}

int act_prove_unused(struct removal *rm, const struct target *target, int fd, int *lease)
{
	int ret = fd < 0 ? fd : rm->ops->file->lease(fd);

	if (!ret)
		*lease = fd;
	if (target->lease || !ret || ret == -EAGAIN || ret == -ESTALE || ret == -ENOENT)
		return ret;
	return act_look_is_fresh(rm) ? 0 : -ERESTART;
}

static void act_note_stopped(struct removal *rm, struct target *target)
{
	target_note(rm, target, OUTCOME_STOPPED, "not reached", "not reached: %s", rm->fatal);
}

static void act_end(struct removal *rm, struct target *target)
{
	rm->kept_any |= target->kept && target->outcome == OUTCOME_REMOVED;
	if (target->kept && target->outcome != OUTCOME_REMOVED)
		copies_drop(rm, target->id);
	if (target->announced) {
		log_end(rm, target);
		log_flush(rm, false);
	}
}

/* What is away is looked for where it is now. */
static const char **act_look_paths(struct removal *rm, const struct target *targets, uint32_t nr,
				   struct query *query)
{
	const char **paths = mem_zero(query->nr_paths + nr, sizeof(*paths)), *path;
	uint32_t i;

	if (!(query->parts & NEED(PATHS)))
		query->nr_paths = 0;
	for (i = 0; i < query->nr_paths; i++)
		paths[i] = query->paths[i];
	for (i = 0; i < nr; i++) {
		if (!targets[i].away)
			continue;
		path = targets[i].path->data;
		query->parts |= NEED(PATHS);
		paths[query->nr_paths++] = arena_printf(&rm->arena, "%.*s%s",
			(int)(strrchr(path, '/') + 1 - path), path, targets[i].aside)->data;
	}
	query->paths = paths;
	return paths;
}

/* Judges those of the batch that are left; those that are away are at an end then. */
static void act_look_again(struct removal *rm, struct target *targets, uint32_t nr)
{
	struct query query = *rm->query;
	struct snapshot snap = {};
	struct layout layout = {};
	bool needed = false;
	const char **paths;
	uint32_t i;
	int ret;

	for (i = 0; i < nr; i++)
		needed |= look_is_needed(&targets[i]);
	if (!needed)
		return;
	paths = act_look_paths(rm, targets, nr, &query);
	rm->look_start = act_clock();
	ret = collect(rm->host, &query, &layout, &snap, NULL);
	free(paths);
	if (ret) {
		snprintf(rm->fatal, sizeof(rm->fatal),
			 "/proc cannot be read for a second look: %s", strerror(-ret));
	} else {
		look_judge_all(rm, &snap, targets, nr);
	}
	snapshot_free(&snap);
	for (i = 0; i < nr; i++) {
		if (!targets[i].away)
			continue;
		file_finish(rm, &targets[i]);
		if (targets[i].outcome == OUTCOME_PLANNED)
			act_note_stopped(rm, &targets[i]);
		act_end(rm, &targets[i]);
	}
	rm->look_end = act_clock();
}

static volatile sig_atomic_t act_stopped_by;

static void act_note_signal(int number)
{
	act_stopped_by = number;
}

static const int act_signals[] = { SIGINT, SIGTERM, SIGHUP };

static bool act_must_stop(struct removal *rm)
{
	if (act_stopped_by && !*rm->fatal)
		snprintf(rm->fatal, sizeof(rm->fatal), "stopped by a signal (%s)",
			 strsignal(act_stopped_by));
	return *rm->fatal;
}

struct act_visit {
	struct removal *rm;
	struct target *target;
	void (*work)(struct removal *rm, struct target *target);
};

static void act_there(void *arg)
{
	const struct act_visit *visit = arg;

	visit->work(visit->rm, visit->target);
}

int target_visit(struct removal *rm, struct target *target,
		 void (*work)(struct removal *rm, struct target *target))
{
	struct act_visit visit = { rm, target, work };

	if (target->there)
		return rm->host->ops->in_ipc_ns(rm->host, target->there, act_there, &visit);
	work(rm, target);
	return 0;
}

bool target_is_elsewhere(const struct removal *rm, const struct target *target)
{
	return target_class(target)->family->identity & (IDENTITY_SYSV | IDENTITY_MQ) &&
	       target->ns && rm->ipc_ns && target->ns != rm->ipc_ns;
}

static void act_visit(struct removal *rm, struct target *target,
		      void (*work)(struct removal *rm, struct target *target))
{
	const int ret = target_visit(rm, target, work);

	if (ret)
		act_note(rm, target, ret);
}

static void act_keep_batch(struct removal *rm, struct target *targets, uint32_t nr)
{
	bool any = false;
	uint32_t i;
	int ret;

	for (i = 0; i < nr && !act_must_stop(rm); i++) {
		if (targets[i].outcome == OUTCOME_PLANNED)
			act_visit(rm, &targets[i], copies_look);
		if (targets[i].outcome != OUTCOME_PLANNED || !targets[i].keep)
			continue;
		act_visit(rm, &targets[i], copies_keep);
		any |= targets[i].kept;
	}
	if (!any || *rm->fatal)
		return;
	ret = state_sync_all(rm->paths.saved);
	if (ret)
		snprintf(rm->fatal, sizeof(rm->fatal), "%s cannot be written: %s",
			 rm->paths.saved, strerror(-ret));
}

/* Where the kernel's own count or a lease tells, no look at processes must be fresh. */
static void act_on(struct removal *rm, struct target *target, struct target *targets, uint32_t nr)
{
	const bool needs_look = look_is_needed(target);
	bool told = !needs_look || (target_class(target)->leased && rm->look_end);
	uint64_t start;

	target->scan = 0;
	do {
		if (!told && !act_look_is_fresh(rm))
			act_look_again(rm, targets, nr);
		if (*rm->fatal || target->outcome != OUTCOME_PLANNED)
			return;
		start = told ? act_clock() : rm->look_end;
		if (!told)
			target->scan = rm->look_end - rm->look_start;
		act_visit(rm, target, target_class(target)->act);
		told = false;
	} while (target->outcome == OUTCOME_PLANNED && !target->away);
	target->window = act_clock() - start;
}

static void act_do_batch(struct removal *rm, struct target *targets, uint32_t nr,
			 void (*each)(void *arg, const struct target *target), void *arg)
{
	bool away = false;
	uint32_t i;

	rm->look_end = 0;
	/* What is not on the disk wants no answer. */
	for (i = 0; *rm->fatal && i < nr; i++)
		targets[i].announced = false;
	for (i = 0; i < nr; i++) {
		struct target *target = &targets[i];
		bool planned = target->outcome == OUTCOME_PLANNED;

		if (planned && !act_must_stop(rm))
			act_on(rm, target, targets, nr);
		away |= target->away;
		if (target->away)
			continue;
		if (target->outcome == OUTCOME_PLANNED)
			act_note_stopped(rm, target);
		act_end(rm, target);
	}
	if (away)
		act_look_again(rm, targets, nr);
	/* What may take its time comes when all is done. */
	for (i = 0; i < nr; i++) {
		if (targets[i].outcome != OUTCOME_STOPPED && targets[i].outcome != OUTCOME_REPORTED)
			log_journal(rm, &targets[i]);
		each(arg, &targets[i]);
	}
}

/* What could not be kept, or is refused, is said in the log, too. */
static void act_announce(struct removal *rm, struct target *targets, uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		enum outcome outcome = targets[i].outcome;

		if (outcome == OUTCOME_REPORTED || (*rm->fatal && outcome == OUTCOME_PLANNED))
			continue;
		log_begin(rm, &targets[i]);
		targets[i].announced = outcome == OUTCOME_PLANNED;
		if (outcome != OUTCOME_PLANNED && outcome != OUTCOME_REFUSED)
			log_end(rm, &targets[i]);
	}
	log_flush(rm, true);
}

static void act_run_batch(struct removal *rm, struct target *targets, uint32_t nr,
			  void (*each)(void *arg, const struct target *target), void *arg)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		struct target *target = &targets[i];
		uint64_t random;

		target->id = arena_printf(&rm->arena, "%s.%u", rm->run, ++rm->numbered)->data;
		if (!target_class(target)->moved)
			continue;
		if (state_random(&random))
			random = (uint64_t)rm->numbered << 32 ^ target->key.id;
		target->aside = arena_printf(&rm->arena, ASIDE_PREFIX "%016llx",
					     (unsigned long long)random)->data;
	}
	if (!act_must_stop(rm))
		act_keep_batch(rm, targets, nr);
	act_must_stop(rm);
	act_announce(rm, targets, nr);
	act_do_batch(rm, targets, nr, each, arg);
	saved_add_lost(rm, targets, nr);
	log_flush(rm, true);
}

void removal_run(struct removal *rm, void (*each)(void *arg, const struct target *target),
		 void *arg)
{
	const struct sigaction new = { .sa_handler = act_note_signal };
	struct sigaction old[ARRAY_SIZE(act_signals)];
	uint32_t i;

	/* The object in hand is finished, then the summary comes. Signals that are ignored, as
	 * nohup(1) has it, stay so. */
	if (!rm->no_save && rm->lock >= 0)
		copies_prune(rm);
	if (rm->lock >= 0 && saved_begin(rm) && !rm->no_save)
		snprintf(rm->fatal, sizeof(rm->fatal), "%s cannot be written", rm->paths.saved);
	act_stopped_by = 0;
	for (i = 0; i < ARRAY_SIZE(act_signals); i++) {
		sigaction(act_signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(act_signals[i], &new, NULL);
	}
	for (i = 0; i < rm->targets.nr; i += BATCH) {
		uint32_t nr = rm->targets.nr - i;

		act_run_batch(rm, &rm->targets.at[i], nr < BATCH ? nr : BATCH, each, arg);
	}
	if (rm->lock >= 0)
		saved_finish(rm);
	for (i = 0; i < ARRAY_SIZE(act_signals); i++)
		sigaction(act_signals[i], &old[i], NULL);
}
