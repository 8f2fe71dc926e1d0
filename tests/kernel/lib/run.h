/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running ipcscope and its rivals in the sandbox, and reading what they say. */
#ifndef SANDBOX_RUN_H
#define SANDBOX_RUN_H

#include "sandbox.h"

#include <jansson.h>

/* A run that takes longer is killed and fails the test. */
#define RUN_DEADLINE_MS 120000

struct run {
	int status;		/* exit status, or 128 + signal */
	char *out;		/* stdout, with a NUL behind it */
	size_t out_len;
	char *err;		/* stderr, likewise */
	size_t err_len;
	long max_rss;		/* peak memory in KiB */
	pid_t pid;		/* the pid it had */
	json_t *json;		/* after run_json() */
};

/* How to run; all zero is the default. */
struct how {
	const char *user;	/* "nobody": uid and gid 65534, no groups */
	const char *argv0;	/* run_tool: the name it is called by */
	const char *input;	/* text for stdin, else /dev/null */
	const char *env;	/* one NAME=VALUE more */
	void (*prepare)(void);	/* called in the new process, as root */
};

/*
 * Run ipcscope ($IPCSCOPE, default build/ipcscope, as it was when the sandbox
 * was entered) with these arguments, up to a NULL.  stdin, stdout and stderr
 * are regular files, so that a run adds no pipe to what it looks at; LC_ALL is
 * C.UTF-8, TZ is UTC.  run_free() must follow.
 */
#define run_tool(r, ...) \
	run_tool_how(r, NULL, (const char *const[]){ __VA_ARGS__, NULL })
void run_tool_how(struct run *r, const struct how *how,
		  const char *const argv[]);

/* The same for any other program, argv[0] being looked up in PATH. */
#define run_cmd(r, ...) \
	run_cmd_how(r, NULL, (const char *const[]){ __VA_ARGS__, NULL })
void run_cmd_how(struct run *r, const struct how *how,
		 const char *const argv[]);

/* Whether a program is in PATH: tests skip() a rival that is not there. */
bool have_cmd(const char *name);

/* Free what a run holds. */
void run_free(struct run *r);

/* Fail with stdout and stderr unless the run ended with this status. */
void run_expect(const struct run *r, int status);

/* ---- reading JSON (find.c); all results are borrowed ------------------- */

/* r->out as JSON; fails where it is not valid.  Freed by run_free(). */
json_t *run_json(struct run *r);

/*
 * Run ipcscope with these arguments and --json; it must exit 0 and print valid
 * JSON, which is returned.  run_free() must follow.
 */
#define ask(r, ...) ask_how(r, NULL, (const char *const[]){ __VA_ARGS__, NULL })
json_t *ask_how(struct run *r, const struct how *how,
		const char *const argv[]);

/* The object with this ref in the "objects" of a root, or NULL. */
json_t *find_object(json_t *root, const char *ref);

/* The same, failing the test where there is none. */
json_t *need_object(json_t *root, const char *ref);

/* The first object of this class whose field is this integer, or NULL. */
json_t *find_by(json_t *root, const char *cls, const char *field,
		json_int_t value);

/* Whether it is the netlink socket by which an ipcscope outside the sandbox looks. */
bool is_of_observer(json_t *object);
/* How many objects of a class (NULL: of all) the root has, those of observers apart. */
size_t count_objects(json_t *root, const char *cls);

/* The n-th entry of this pid in the object's "users", or NULL. */
json_t *find_user(json_t *object, pid_t pid, size_t n);

/* Its one entry of this relation; fails where there is none. */
json_t *need_user(json_t *object, pid_t pid, const char *relation);

/* How many entries "users" has. */
size_t count_users(json_t *object);

/* Whether the object's "state" has this word. */
bool has_state(json_t *object, const char *word);

/* Whether the root's "warnings" have one for this part. */
bool has_warning(json_t *root, const char *part);

/* A field that must be there and be an integer, or a string. */
json_int_t get_int(json_t *object, const char *field);
const char *get_text(json_t *object, const char *field);

/* Whether the field is the word true, or is named in "none" ("there is none"). */
bool is_true(json_t *object, const char *field);
bool is_none(json_t *object, const char *field);

/* Whether the field is there at all (unknown values are absent keys). */
bool has_field(json_t *object, const char *field);

#endif
