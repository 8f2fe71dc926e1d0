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
/* a/b with c/d, exactly; 0 of 0 is all. */
int limit_compare_ratios(uint64_t a, uint64_t b, uint64_t c, uint64_t d);

#endif
