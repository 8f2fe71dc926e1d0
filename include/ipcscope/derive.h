/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_DERIVE_H
#define IPCSCOPE_DERIVE_H

/* Every field of an object, stored or worked out, in one form. */

#include "ipcscope/buf.h"
#include "ipcscope/snapshot.h"

enum known {
	KNOWN_NOT_APPLICABLE,	/* the class does not have it: blank */
	KNOWN_NONE,		/* looked, and there is none: "-" */
	KNOWN_NOT,		/* could not be known, or was not asked: "?" */
	KNOWN_YES,
};

/* Strings: @str, or @word if it is one of ours. Edges are walked by the user
 * of TYPE_USERS, TYPE_REFS and the like: KNOWN_YES says there are some,
 * KNOWN_NONE that there are provably none. */
struct value {
	enum known known;
	uint64_t num;
	const struct str *str;
	const char *word;
};

struct value object_value(const struct snapshot *snap, const struct object *obj,
			  enum field_id field);

/* IS() bits of what is known to hold. @unsure, if not NULL: whether more may
 * hold (a part was incomplete). */
uint64_t object_state(const struct snapshot *snap, const struct object *obj, bool *unsure);

/* Whether @obj's users are all found: all attachments that the kernel counts are;
 * or all processes were looked at, but for those that could not open it. */
bool object_users_complete(const struct snapshot *snap, const struct object *obj);

/* The name people call it by, whether or not it is the only one; NULL if it
 * goes by number. */
const struct str *object_called(const struct snapshot *snap, const struct object *obj);
/* The REF, escaped as text_escape() does; accepted back by ref_parse(). */
void object_ref(struct buf *buf, const struct snapshot *snap, const struct object *obj);
uint32_t object_count_edges(const struct snapshot *snap, const struct object *obj,
			    enum edge_kind kind);
/* Edges of users: not PEER, not CREATOR. */
static inline bool edge_is_use(const struct edge *edge)
{
	return edge->kind != EDGE_PEER && edge->kind != EDGE_CREATOR;
}

/* Whether a process was found that does. */
static inline bool object_has_user(const struct snapshot *snap, const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge_is_use(edge))
			return true;
	}
	return false;
}

/* One process and how it uses an object: its edges of one kind and access
 * taken together. */
struct user {
	uint32_t process;
	enum edge_kind kind;
	uint8_t access;
	uint32_t count;		/* mappings, descriptors or threads */
	const struct edge *first;
};

/* The users of @obj in order of pid, then kind; in @users, which is emptied
 * first and grows as needed. */
struct users VEC(struct user);
void object_users(const struct snapshot *snap, const struct object *obj,
		  struct users *users);

/* "r", "rw", "x", "-" ... as in the JSON contract; @text has room for 5. */
void access_text(uint8_t access, char text[5]);

/* When it started, in seconds since 1970. */
static inline int64_t process_since(const struct snapshot *snap, const struct process *proc)
{
	return snap->host.booted + (int64_t)(proc->start / (snap->host.ticks ?: 100));
}

/* Whether process @pid, said to have made or used an object at @since (seconds;
 * 0 unknown), still runs: KNOWN_YES with num 0 or 1; KNOWN_NOT if that pid
 * may mean another process. */
struct value process_alive(const struct snapshot *snap, pid_t pid, int64_t since);

#endif
