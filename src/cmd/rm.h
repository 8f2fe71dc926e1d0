/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_RM_H
#define CMD_RM_H

/* What rm says and asks. */

#include "cli/removal_session.h"

/* Refuses the target of row @i, and says who is in the way; @impossible: why
 * no such thing can be removed, or NULL. */
void rm_refuse(struct removal_session *removal, uint32_t i, struct target *target,
	       const char *impossible);
/* Removed already, and only waits for its last detach. */
void rm_gone(struct removal_session *removal, struct target *target);
void rm_print_plan(const struct removal_session *removal);
/* Asks, twice for what is root's or a system user's. */
bool rm_agreed(const struct removal_session *removal, uint32_t nr);

#endif
