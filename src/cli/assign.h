/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_ASSIGN_H
#define CLI_ASSIGN_H

/* FIELD=VALUE, as mk and set take it. */

#include "host/host.h"
#include "ipcscope/model.h"

enum assign_id {
	ASSIGN_KEY, ASSIGN_SIZE, ASSIGN_OWNER, ASSIGN_GROUP, ASSIGN_MODE,
	ASSIGN_NSEMS, ASSIGN_VALUES, ASSIGN_VALUE, ASSIGN_SEM, ASSIGN_QBYTES,
	ASSIGN_MAXMSG, ASSIGN_MSGSIZE, ASSIGN_MESSAGE, ASSIGN_LOCKED,
	NR_ASSIGNS
};

struct assignment {
	enum assign_id what;
	uint32_t index;		/* sem[N], message[TYPE] */
	uint64_t num;		/* bytes, ids, bits; 0 or 1 of "locked" */
	const char *text;	/* as it was typed: of VALUES and MESSAGE */
};

struct assignments VEC(struct assignment);

/*
 * Adds what @word says of a @class; a status, after complaining. @making: it
 * is made now, else only what can be changed is taken.
 */
int assign_parse(const char *word, enum class_id class, bool making,
		 struct assignments *to);
/* The last one of that, or NULL. */
const struct assignment *assign_find(const struct assignments *all, enum assign_id what);
/* A line "FIELD=<tab>what it takes" for each that begins so. */
void assign_complete(struct buf *to, bool making, const char *prefix);
/* "[key=KEY] [size=SIZE] ...": what a class takes; for help. */
void assign_usage(struct buf *to, enum class_id class, bool making);

#endif
