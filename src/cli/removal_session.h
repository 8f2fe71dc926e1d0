/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_REMOVAL_SESSION_H
#define CLI_REMOVAL_SESSION_H

/* What rm, clean and undo share. */

#include "change/change.h"
#include "session.h"

#define TAKES_REMOVING	TAKES(LOG), TAKES(NO_LOG), TAKES(SAVE), \
			TAKES(NO_SAVE), TAKES(SAVE_LIMIT)
/* A session whose assessment.findings has one for each of its rows. */
struct removal_session {
	struct session session;
	/* The same of those unknown, if users can be and are left to a lease. */
	struct findings trusting;
	uint32_t trusted;	/* of @trusting, the last that was asked for */
	struct removal rm;
};

/* The options; a status. */
int removal_session_parse(struct removal_session *removal);
/* Adds to the query what must be known of its classes, by the profiles; a status. */
int removal_session_plan(struct removal_session *removal);
/* Assesses the rows. */
void removal_session_judge(struct removal_session *removal);
/* The finding in @trusting, of what @finding is of; NULL: no lease can tell. */
const struct finding *removal_session_trusting(struct removal_session *removal,
					       const struct finding *finding);
/* A target for the @i-th row; its outcome is PLANNED. */
struct target *removal_session_add(struct removal_session *removal, uint32_t i);
/* Opens the run, says what was left by one that was killed; a status. */
int removal_session_open(struct removal *rm);
/* Does it all, in a run that was opened or not. A status. */
int removal_session_run(struct removal_session *removal,
			void (*each)(void *arg, const struct target *target), void *arg);
/* What came of everything, as a status. */
int removal_session_status(const struct removal_session *removal);
/* Ends the run, if it is open. */
/* Asks on stderr, [y/N]. */
bool removal_session_yes(const char *question);
void removal_session_free(struct removal_session *removal);

/* Whether such a user is no person: root, a system user, one of a service or a container. */
bool is_system_user(const struct host *host, uid_t uid);

#endif
