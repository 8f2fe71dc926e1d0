/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PS_H
#define CMD_PS_H

/* Processes, each with the objects it uses. */

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
	const struct request *req;
	struct picture picture;
	struct view view;
	struct VEC(pid_t) pids;		/* asked for, in that order */
	struct ps_uses uses;		/* of the process at hand */
};

/* Fills @ps->uses, in order of object. */
void ps_uses(struct ps *ps, const struct process *proc);
/* Objects in @ps->uses: those from @at on that are the same as the first. */
uint32_t ps_same(const struct ps *ps, uint32_t at);
/* Whether nobody else can have it: no name, no other end, no other user. Never
 * if nobody else was looked at. */
bool ps_is_private(const struct snapshot *snap, const struct object *obj,
		   uint32_t process);
/* Bytes of memory that is attached there. */
uint64_t ps_memory(const struct ps *ps, uint32_t process);
/* "sem:32772[0], msg:3 (full)"; nothing if it waits for nothing. */
void ps_waits(const struct ps *ps, struct buf *to);

/* One row a process. */
void ps_overview(struct ps *ps, struct buf *to);
/* One process: who it is, its objects, and who shares them. */
void ps_process(struct ps *ps, struct buf *to, uint32_t process);
/* The document, or a line a process. */
void ps_json(struct ps *ps, struct buf *to);

/* The name of a process, escaped; false if there is no such process. */
bool ps_name(const struct ps *ps, pid_t pid, struct buf *to);

#endif
