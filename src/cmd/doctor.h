/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

/* What the checks of doctor share. */

#include "cli/removal_session.h"

enum state_of { FINE, NOTE, LACKS };

struct doctor_check {
	enum state_of state;
	const char *what;
	const struct str *says;
};

struct doctor {
	struct session session;
	struct VEC(struct doctor_check) checks;
	bool traces;			/* CAP_SYS_PTRACE */
};

void doctor_say(struct doctor *doctor, enum state_of state, const char *what,
		const char *text);
/* Whether logind removes the IPC objects of users who log out (doctor_logind.c). */
void doctor_check_logind(struct doctor *doctor);

#endif
