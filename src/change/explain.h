/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REMOVE_EXPLAIN_H
#define REMOVE_EXPLAIN_H

/* What the files that explain errors share. */

#include "internal.h"
#include "make.h"

struct explaining {
	struct buf *to;
	const struct host *host;
	const struct making *making;
	int err;
};

/* Whether it has said why; else the next may try. */
typedef bool explain_fn(const struct explaining *ex);

/* The @nr-th number in a file of /proc/sys. */
bool explain_limit(const struct explaining *ex, const char *name,
		   unsigned int nr, uint64_t *num);
/* "kernel.shmmni: 4,096 of 4,096 segments exist" */
void explain_use(const struct explaining *ex, const char *limit, uint64_t used,
		 uint64_t most, const char *what);
void explain_above(const struct explaining *ex, const char *what, uint64_t num,
		   const char *limit, uint64_t most);
/* " of NAME" */
void explain_owner(const struct explaining *ex, uid_t uid);

/* explain_sysv.c */
explain_fn explain_segment_room, explain_set_room, explain_queue_room;
explain_fn explain_segment, explain_set, explain_key_taken;

/* explain_named.c */
explain_fn explain_name_taken, explain_pmsg_room, explain_pmsg_bytes;
explain_fn explain_pmsg, explain_file_room;

#endif
