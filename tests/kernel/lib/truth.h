/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Situations with the truth beside them.
 *
 * A situation makes real objects and names their pids, inodes and paths with
 * let(); its truths are questions to ipcscope and what each answer must say.
 * Every question is asked with 1, 2 and 8 threads, and once more of a snapshot
 * that was taken of the same situation, and the answer must be the same.
 */
#ifndef SANDBOX_TRUTH_H
#define SANDBOX_TRUTH_H

#include "make.h"
#include "run.h"

/*
 * ask: the arguments, with blanks between them; $NAME is what let() said.
 * "--json" is added for list, show, stale, ps, limits and doctor.  A "!" before
 * them: of the live host only.  A "@" before them: as nobody.  A "=": as text,
 * of the live host only.
 *
 * about: the REF of the object that is spoken of, or "pid NUMBER" in the answer
 * of ps, or NULL: the answer as a whole.
 *
 * must: statements, with blanks between them (behind ~ a "^" is a blank):
 *	there, absent		the object is in the answer, or is not
 *	PID:RELATION[:ACCESS]	a user of this object
 *	PID:			any relation;  !PID:RELATION  no such user
 *	users=N			entries in "users"
 *	+REF:RELATION		of a process: it has this object so; -REF it has not
 *	state=WORD, state!=WORD	in "state"
 *	verdict=WORD, verdict!=WORD
 *	FIELD=TEXT|TEXT, FIELD!=TEXT	as JSON writes it, without quotation marks
 *	FIELD~TEXT, FIELD!~TEXT	the value has this in it, or has not
 *	complete, incomplete	"users_complete"
 *	count(CLASS)=N		objects of a class in the answer
 *	warns, quiet		"warnings" has something, or nothing
 *	fast			it took less than five seconds
 *	exit=N, exit!=N		exit status (0 unless said otherwise)
 *	out~TEXT, out!~TEXT, err~TEXT, err!~TEXT
 */
struct truth {
	const char *ask;
	const char *about;
	const char *must;
};

struct situation {
	const char *name;
	void (*make)(void);
	struct truth truths[12];	/* up to one without a question */
	void (*inside)(void);	/* done in each process before it runs ipcscope */
	bool all_ns;		/* its snapshot is of all IPC namespaces */
	bool not_sanitized;	/* a sanitizer itself cannot do without what is missing */
};

/* Name something of the situation that is being made. */
void let(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The situation cannot be made here; make() returns after it. */
void truth_cannot(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * make_fifo() and make_pshm(), the owner being a user who runs nothing (as
 * root only): unless somebody is found to have it, it is suspect.
 */
#define LEFT_BY	12345
ino_t left_fifo(const char *path, mode_t mode);
ino_t left_pshm(const char *path, size_t size, mode_t mode);

/* Run situations as a group of tests; the exit status of the program. */
int truth_run(const char *group, const struct situation *situations, size_t nr);

#endif
