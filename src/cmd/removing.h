/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_REMOVING_H
#define CMD_REMOVING_H

/* What rm, clean and undo share. */

#include "ipcscope/remove.h"
#include "judging.h"

#define TAKES_REMOVING	(TAKES(LOG) | TAKES(NO_LOG) | TAKES(SAVE) | \
			 TAKES(NO_SAVE) | TAKES(SAVE_LIMIT))
#define FIRST_USER	1000	/* below: root and system users, login.defs(5) */

struct removing {
	const struct request *req;
	struct view view;
	struct reading reading;
	struct rows rows;
	struct judging judging;		/* findings: one for each of rows */
	struct findings trusting;	/* the same, as if all had been seen */
	struct removal rm;
	bool foot;
};

/* Options and profiles; a status. */
int removing_init(struct removing *doing, const struct request *req);
/* Adds to @doing->reading.query what must be known, and reads; @sel may be
 * NULL. A status. */
int removing_read(struct removing *doing, const struct selection *sel);
/* Judges doing->rows. */
void removing_judge(struct removing *doing);
/* A target for the @i-th row; its outcome is PLANNED. */
struct target *removing_add(struct removing *doing, uint32_t i);
/* Opens the run, says what was left by one that was killed; a status. */
int removing_open(struct removing *doing);
/* Does it all, in a run that was opened or not. A status. */
int removing_run(struct removing *doing,
		 void (*each)(void *arg, const struct target *target),
		 void *arg);
/* What came of everything, as a status. */
int removing_status(const struct removing *doing);
void removing_free(struct removing *doing);

static inline bool is_system_user(uid_t uid)
{
	return uid < FIRST_USER;
}

#endif
