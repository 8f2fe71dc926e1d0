// SPDX-License-Identifier: GPL-2.0-or-later
/* One batch after the other: look, keep, log, act, log. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define BATCH	1024

static volatile sig_atomic_t stopped_by;

static void note_signal(int number)
{
	stopped_by = number;
}

/* The object in hand is finished, then the summary comes. */
static void catch_signals(struct sigaction old[3], bool again)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction new = { .sa_handler = note_signal };
	int i;

	for (i = 0; i < 3; i++) {
		if (again) {
			sigaction(numbers[i], &old[i], NULL);
			continue;
		}
		sigaction(numbers[i], &new, &old[i]);
		/* nohup and the like stay. */
		if (old[i].sa_handler == SIG_IGN)
			sigaction(numbers[i], &old[i], NULL);
	}
}

static bool must_stop(struct removal *rm)
{
	if (stopped_by && !*rm->fatal)
		snprintf(rm->fatal, sizeof(rm->fatal), "stopped by a signal (%s)",
			 strsignal(stopped_by));
	return *rm->fatal;
}

static void name_target(struct removal *rm, struct target *target)
{
	uint64_t random;

	snprintf(target->id, sizeof(target->id), "%s.%u", rm->run,
		 ++rm->numbered);
	if (target_is_sysv(target) || target->class == CLASS_pmsg)
		return;
	if (state_random(&random))
		random = (uint64_t)rm->numbered << 32 ^ target->key.id;
	snprintf(target->aside, sizeof(target->aside), ASIDE_PREFIX "%016llx",
		 (unsigned long long)random);
}

static void keep_batch(struct removal *rm, struct target *targets, uint32_t nr)
{
	bool any = false;
	uint32_t i;
	int ret;

	for (i = 0; i < nr && !must_stop(rm); i++) {
		if (targets[i].outcome != OUTCOME_PLANNED || !targets[i].keep)
			continue;
		save_target(rm, &targets[i]);
		any |= targets[i].kept;
	}
	if (!any || *rm->fatal)
		return;
	rm->kept_any = true;
	ret = state_sync_all(rm->paths.saved.data);
	if (ret)
		snprintf(rm->fatal, sizeof(rm->fatal), "%s cannot be written: %s",
			 rm->paths.saved.data, strerror(-ret));
}

static void announce_batch(struct removal *rm, const struct target *targets,
			   uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		if (targets[i].outcome == OUTCOME_PLANNED)
			log_begin(rm, &targets[i]);
	}
	log_flush(rm, true);
}

static void stop_target(struct removal *rm, struct target *target)
{
	target_note(rm, target, OUTCOME_STOPPED, "not reached", "not reached: %s",
		    rm->fatal);
}

static void act_batch(struct removal *rm, struct target *targets, uint32_t nr,
		      void (*each)(void *arg, const struct target *target),
		      void *arg)
{
	bool announced = !*rm->fatal;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		struct target *target = &targets[i];
		bool planned = target->outcome == OUTCOME_PLANNED;

		if (planned && must_stop(rm))
			stop_target(rm, target);
		else if (planned)
			act_on(rm, target);
		if (target->kept && target->outcome != OUTCOME_REMOVED)
			save_drop(rm, target->id);
		if (announced && planned) {
			log_end(rm, target);
			log_flush(rm, false);
		}
		if (target->outcome != OUTCOME_STOPPED &&
		    target->outcome != OUTCOME_REPORTED)
			journal_target(rm, target);
		each(arg, target);
	}
}

/* What was found to be in use is said in the log, too. */
static void log_skipped(struct removal *rm, const struct target *targets,
			uint32_t nr)
{
	uint32_t i;

	for (i = 0; i < nr; i++) {
		if (targets[i].outcome == OUTCOME_PLANNED ||
		    targets[i].outcome == OUTCOME_REPORTED)
			continue;
		log_begin(rm, &targets[i]);
		if (targets[i].outcome != OUTCOME_REFUSED)
			log_end(rm, &targets[i]);
	}
}

static void run_batch(struct removal *rm, struct target *targets, uint32_t nr,
		      void (*each)(void *arg, const struct target *target),
		      void *arg)
{
	uint32_t i;

	for (i = 0; i < nr; i++)
		name_target(rm, &targets[i]);
	if (!must_stop(rm))
		look_again(rm, targets, nr);
	if (!must_stop(rm))
		keep_batch(rm, targets, nr);
	log_skipped(rm, targets, nr);
	if (!must_stop(rm))
		announce_batch(rm, targets, nr);
	act_batch(rm, targets, nr, each, arg);
	log_flush(rm, true);
}

void removal_run(struct removal *rm,
		 void (*each)(void *arg, const struct target *target),
		 void *arg)
{
	struct sigaction old[3];
	uint32_t i;

	stopped_by = 0;
	catch_signals(old, false);
	for (i = 0; i < rm->targets.nr; i += BATCH) {
		uint32_t nr = rm->targets.nr - i;

		run_batch(rm, &rm->targets.at[i], nr < BATCH ? nr : BATCH,
			  each, arg);
	}
	catch_signals(old, true);
}
