/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_REMOVING_H
#define CMD_REMOVING_H

/* What rm, clean and undo share. */

#include "change/change.h"
#include "assessment.h"

#define TAKES_REMOVING	(TAKES(LOG) | TAKES(NO_LOG) | TAKES(SAVE) | \
			 TAKES(NO_SAVE) | TAKES(SAVE_LIMIT))
#define FIRST_USER	1000	/* below: root and system users, login.defs(5) */

struct removal_session {
	const struct request *req;
	struct view view;
	struct picture picture;
	struct rows rows;
	struct assessment assessment;		/* findings: one for each of rows */
	struct findings trusting;	/* the same, as if all had been seen */
	struct removal rm;
	bool foot;
};

/* Options and profiles; a status. */
int removal_session_init(struct removal_session *session, const struct request *req);
/* Adds to @doing->reading.query what must be known, and reads; @sel may be
 * NULL. A status. */
int removal_session_read(struct removal_session *session, const struct selection *sel);
/* Judges doing->rows. */
void removal_session_judge(struct removal_session *session);
/* A target for the @i-th row; its outcome is PLANNED. */
struct target *removal_session_add(struct removal_session *session, uint32_t i);
/* Opens the run, says what was left by one that was killed; a status. */
int removal_session_open(struct removal_session *session);
/* Does it all, in a run that was opened or not. A status. */
int removal_session_run(struct removal_session *session,
			void (*each)(void *arg, const struct target *target),
			void *arg);
/* What came of everything, as a status. */
int removal_session_status(const struct removal_session *session);
void removal_session_free(struct removal_session *session);

static inline bool is_system_user(uid_t uid)
{
	return uid < FIRST_USER;
}

#endif
