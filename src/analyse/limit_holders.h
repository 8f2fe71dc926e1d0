/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANALYSE_LIMIT_HOLDERS_H
#define ANALYSE_LIMIT_HOLDERS_H

/* Finding out who uses a limit. */

#include "ipcscope/analyse.h"

/* One limit at work. */
struct limit_usage {
	const struct snapshot *snap;
	enum limit_id limit;
	const struct limit_info *info;
	const struct limit_value *value;
	struct VEC(struct holder) holders;
	struct map users;		/* of holders, by uid */
	bool unknown;			/* something has no number */
};

/* Adds all that use the limit, in no order. */
void limit_holders_find(struct limit_usage *usage);

#endif
