/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_MK_H
#define CMD_MK_H

/* What mk is to make. */

#include "cli/assign.h"
#include "cli/command.h"
#include "change/change.h"

struct mk {
	const struct request *req;
	struct arena arena;
	struct making making;
	const struct str *name;	/* exact bytes; NULL: it has a key */
	struct assignments fields;
	struct buf ref;		/* what it is called: escaped, not quoted */
};

/* The arguments: what, and its fields; a status, after complaining. */
int mk_parse(struct mk *mk);

#endif
