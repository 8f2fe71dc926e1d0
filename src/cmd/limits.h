/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_LIMITS_H
#define CMD_LIMITS_H

/* Limits, and how much of each is used. */

#include "cli/session.h"
#include "ipcscope/analyse.h"
#include "show.h"

struct limits {
	struct session session;
	uint64_t asked;			/* A_LIMIT() */
	unsigned int warning, critical;	/* percent */
	struct limit_pressures limit_pressures;
	bool judged;
	struct VEC(const struct limit_pressure *) shown;	/* rows */
};

/* "97.7%", "100%" only if it is used up, "-" without limit. */
void limits_percent(struct buf *to, const struct limit_pressure *p);
/* Who uses most of it, packed into @room columns; 0: as long as it gets. */
void limits_holders(struct buf *to, const struct limits *limits,
		    const struct limit_pressure *p, size_t room);

/* The rows, and what stands below them. */
void limits_sheet(struct buf *to, struct limits *limits);
void limits_foot(struct buf *to, const struct limits *limits);

/* What a monitoring system wants as exit status. */
enum check_status { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };
enum check_status limits_check(const struct limits *limits);
/* Its one line, performance data included. */
void limits_check_line(struct buf *to, const struct limits *limits);

/* What fills /dev/shm: a row each, and what is left over. */
void limits_account(struct buf *to, const struct limits *limits);

#endif
