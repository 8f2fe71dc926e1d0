/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANALYSE_HOLDERS_H
#define ANALYSE_HOLDERS_H

/* Finding out who uses a limit. */

#include "ipcscope/limit_pressure.h"

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

/* Adds the holders of the limit's kind, in no order. */
void weigh_objects(struct limit_usage *w);		/* FILL, SIZE */
void weigh_users(struct limit_usage *w);		/* POOL, USER: by owner */
void weigh_processes(struct limit_usage *w);	/* of descriptors */
void weigh_watches(struct limit_usage *w);		/* and their users */

/* a/b < c/d, exactly; 0 of 0 is all. */
bool ratio_less(uint64_t a, uint64_t b, uint64_t c, uint64_t d);
/* Whether objects of other namespaces or mounts do not count. */
bool is_counted(const struct limit_usage *w, const struct object *obj);

#endif
