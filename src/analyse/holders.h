/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ANALYSE_HOLDERS_H
#define ANALYSE_HOLDERS_H

/* Finding out who uses a limit. */

#include "ipcscope/pressure.h"

/* One limit at work. */
struct weighing {
	const struct snapshot *snap;
	enum limit_id limit;
	const struct limit_info *info;
	const struct limit_value *value;
	struct VEC(struct holder) holders;
	struct map users;		/* of holders, by uid */
	bool unknown;			/* something has no number */
};

/* Adds the holders of the limit's kind, in no order. */
void weigh_objects(struct weighing *w);		/* FILL, SIZE */
void weigh_users(struct weighing *w);		/* POOL, USER: by owner */
void weigh_processes(struct weighing *w);	/* of descriptors */
void weigh_watches(struct weighing *w);		/* and their users */

/* a/b < c/d, exactly; 0 of 0 is all. */
bool ratio_less(uint64_t a, uint64_t b, uint64_t c, uint64_t d);
/* Whether objects of other namespaces or mounts do not count. */
bool is_counted(const struct weighing *w, const struct object *obj);

#endif
