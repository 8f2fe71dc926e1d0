/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PS_H
#define CMD_PS_H

/* Processes, each with the objects it uses. */

#include "cli/session.h"
#include "show.h"

/* How a process uses one object, in one way. */
struct ps_use {
	uint32_t object;
	enum edge_kind kind;
	uint8_t access;
	uint32_t count;
	const struct edge *first;
};

struct ps_uses VEC(struct ps_use);

struct ps {
	struct session session;
	struct pids pids;		/* asked for, in that order */
	struct filter *where;		/* that processes must fit; NULL: none */
	struct VEC(uint32_t) rows;	/* processes of the overview */
};

/* Adds all uses of a process, in order of object. */
void ps_uses(struct ps_uses *uses, const struct snapshot *snap, const struct process *proc);
/* Those from @at on that are of the same object. */
uint32_t ps_same(const struct ps_uses *uses, uint32_t at);
/* Whether nobody else can have it: no name, no other end, no other user. Never
 * if nobody else was looked at. */
bool ps_is_private(const struct snapshot *snap, const struct object *obj, uint32_t process);

/* Whether it is one of those that --where means. */
bool ps_fits(const struct ps *ps, uint32_t process);

/* One row a process. */
void ps_overview(struct ps *ps, struct buf *to);
void ps_json(struct json *json, const struct sheet *sheet, uint32_t row);
/* One process: who it is, its objects, and who shares them. */
void ps_process(struct ps *ps, struct buf *to, uint32_t process);

/* Its signals if one is pending, or all is asked for; threads that differ from it. */
void ps_print_signals(const struct ps *ps, struct buf *to, const struct process *proc);
void ps_print_threads(const struct ps *ps, struct buf *to, const struct process *proc);
void ps_json_signals(const struct ps *ps, struct json *json, const struct process *proc);

/* The name of a process, escaped; false if there is no such process. */
bool ps_name(const struct ps *ps, pid_t pid, struct buf *to);

#endif
