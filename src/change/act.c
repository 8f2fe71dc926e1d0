// SPDX-License-Identifier: GPL-2.0-or-later
/* Doing what was planned, one batch after the other: look, keep, log, act, log. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define BATCH	1024

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

int act_prove_unused(struct removal *rm, const struct target *target, int fd, int *lease)
{
	int ret = fd < 0 ? fd : rm->ops->file->lease(fd);

	if (!ret)
		*lease = fd;
	if (target->lease || !ret || ret == -EAGAIN || ret == -ESTALE || ret == -ENOENT)
		return ret;
	return 0;
}

static volatile sig_atomic_t act_stopped_by;

static void act_note_signal(int number)
{
	act_stopped_by = number;
}

static const int act_signals[] = { SIGINT, SIGTERM, SIGHUP };

/* The object in hand is finished, then the summary comes. Signals that are ignored, as nohup(1)
 * has it, stay so. */
static void act_catch_signals(struct sigaction old[])
{
	const struct sigaction new = { .sa_handler = act_note_signal };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(act_signals); i++) {
		sigaction(act_signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(act_signals[i], &new, NULL);
	}
}

static bool act_must_stop(struct removal *rm)
{
	if (act_stopped_by && !*rm->fatal)
		snprintf(rm->fatal, sizeof(rm->fatal), "stopped by a signal (%s)",
			 strsignal(act_stopped_by));
	return *rm->fatal;
}

static void act_name_target(struct removal *rm, struct target *target)
{
	uint64_t random;

	snprintf(target->id, sizeof(target->id), "%s.%u", rm->run, ++rm->numbered);
	if (!target_class(target)->moved)
		return;
	if (state_random(&random))
		random = (uint64_t)rm->numbered << 32 ^ target->key.id;
	snprintf(target->aside, sizeof(target->aside), ASIDE_PREFIX "%016llx",
		 (unsigned long long)random);
}

static void act_keep_batch(struct removal *rm, struct target *targets, uint32_t nr)
{
	bool any = false;
	uint32_t i;
	int ret;

	for (i = 0; i < nr && !act_must_stop(rm); i++) {
		if (targets[i].outcome != OUTCOME_PLANNED || !targets[i].keep)
			continue;
		save_target(rm, &targets[i]);
		any |= targets[i].kept;
	}
	if (!any || *rm->fatal)
		return;
	rm->kept_any = true;
	ret = state_sync_all(rm->paths.saved);
	if (ret)
		snprintf(rm->fatal, sizeof(rm->fatal), "%s cannot be written: %s",
			 rm->paths.saved, strerror(-ret));
}

static void act_do_batch(struct removal *rm, struct target *targets, uint32_t nr,
			 void (*each)(void *arg, const struct target *target), void *arg)
{
	bool announced = !*rm->fatal;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		struct target *target = &targets[i];
		bool planned = target->outcome == OUTCOME_PLANNED;

		if (planned && act_must_stop(rm))
			target_note(rm, target, OUTCOME_STOPPED, "not reached",
				    "not reached: %s", rm->fatal);
		else if (planned)
			target_class(target)->act(rm, target);
		if (target->kept && target->outcome != OUTCOME_REMOVED)
			copies_drop(rm, target->id);
		if (announced && planned) {
			log_end(rm, target);
			log_flush(rm, false);
		}
		if (target->outcome != OUTCOME_STOPPED && target->outcome != OUTCOME_REPORTED)
			log_journal(rm, target);
		each(arg, target);
	}
}

/* What was found to be in use is said in the log, too. */
static void act_log_batch(struct removal *rm, const struct target *targets,
			  uint32_t nr, bool planned)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		enum outcome outcome = targets[i].outcome;

		if (outcome == OUTCOME_REPORTED || (outcome == OUTCOME_PLANNED) != planned)
			continue;
		log_begin(rm, &targets[i]);
		if (!planned && outcome != OUTCOME_REFUSED)
			log_end(rm, &targets[i]);
	}
}

static void act_run_batch(struct removal *rm, struct target *targets, uint32_t nr,
			  void (*each)(void *arg, const struct target *target), void *arg)
{
	uint32_t i;

	for (i = 0; i < nr; i++)
		act_name_target(rm, &targets[i]);
	if (!act_must_stop(rm))
		look_again(rm, targets, nr);
	if (!act_must_stop(rm))
		act_keep_batch(rm, targets, nr);
	act_log_batch(rm, targets, nr, false);
	if (!act_must_stop(rm)) {
		act_log_batch(rm, targets, nr, true);
		log_flush(rm, true);
	}
	act_do_batch(rm, targets, nr, each, arg);
	log_flush(rm, true);
}

void removal_run(struct removal *rm, void (*each)(void *arg, const struct target *target),
		 void *arg)
{
	struct sigaction old[ARRAY_SIZE(act_signals)];
	uint32_t i;

	act_stopped_by = 0;
	act_catch_signals(old);
	for (i = 0; i < rm->targets.nr; i += BATCH) {
		uint32_t nr = rm->targets.nr - i;

		act_run_batch(rm, &rm->targets.at[i], nr < BATCH ? nr : BATCH, each, arg);
	}
	for (i = 0; i < ARRAY_SIZE(act_signals); i++)
		sigaction(act_signals[i], &old[i], NULL);
}
