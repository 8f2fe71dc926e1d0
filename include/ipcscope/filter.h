/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_FILTER_H
#define IPCSCOPE_FILTER_H

/* Expressions of --where: tests of fields, joined by and, or, not. */

#include "ipcscope/snapshot.h"

struct filter;

/* What is wrong with an expression, and where: bytes @at .. @at + @len, and
 * @also if not 0 (the bracket that was never closed). */
struct filter_error {
	char text[160];
	size_t at;
	size_t len;
	bool has_also;
	size_t also;
};

/* Turns a user or group name into its number; false if there is none. */
typedef bool filter_lookup_fn(void *arg, bool group, const char *name, uint32_t *id);

/*
 * NULL, with *@error filled in, if @expr is wrong. In @arena, which outlives
 * it; filter_free() gives back what regcomp() took. @lookup may be NULL: names
 * then match the names in the snapshot.
 */
struct filter *filter_parse(const char *expr, struct arena *arena,
			    filter_lookup_fn *lookup, void *arg,
			    struct filter_error *error);
/* The same of fields of processes. */
struct filter *filter_parse_processes(const char *expr, struct arena *arena,
				      filter_lookup_fn *lookup, void *arg,
				      struct filter_error *error);
void filter_free(struct filter *filter);

/* The fields it looks at. */
void filter_fields(const struct filter *filter, struct fieldset *set);
/* What must be read of processes for it: NEED(). */
uint64_t filter_process_parts(const struct filter *filter);
/* Classes it can be true for, as far as that shows from `class == x` and the
 * like in it, and the fields a class has; a superset. */
uint64_t filter_classes(const struct filter *filter);
/* The one process the objects must be used by (pid == N in every way to be
 * true); 0 if it does not say. */
pid_t filter_pid(const struct filter *filter);

/* A filter is true only if the value of a field is in this range: the number, or of a text its
 * first bytes. */
struct filter_bound {
	enum field_id field;
	bool text;
	uint64_t least, most;
};
/* The narrowest that one of its comparisons gives; false: none does. */
bool filter_bound(const struct filter *filter, struct filter_bound *bound);
/* What is compared with it; false: not known, so that no such filter is true. */
bool filter_bound_value(const struct filter_bound *bound, const struct snapshot *snap,
			const struct object *obj, uint64_t *num);
/* An unknown value makes a comparison false, and its negation too. */
bool filter_match(const struct filter *filter, const struct snapshot *snap,
		  const struct object *obj);
bool filter_match_process(const struct filter *filter, const struct snapshot *snap,
			  const struct process *proc);

/* REFs as people type them: shm:5, shm:0x05ce0000, pshm:/name, unix:@x ... */
enum ref_form {
	REF_NUMBER, REF_KEY, REF_NAME, REF_ABSTRACT, REF_DEV_INO,
	REF_PID_FD,	/* of any process that has it */
};

struct ref {
	const char *text;	/* as it was typed */
	uint64_t classes;	/* one bit, or several if none was named */
	enum ref_form form;
	uint64_t number;	/* id, inode or key */
	uint64_t dev;
	uint64_t ns;		/* behind @; 0: this one, or @any_ns */
	bool any_ns;
	const struct str *name;	/* exact bytes */
};

/* Whether @text is a REF at all, and if so what it means (names in @arena).
 * A wrong one sets *@why to what is wrong with it, one line. */
bool ref_parse(const char *text, struct arena *arena, struct ref *ref, const char **why);
/* Whether it was perhaps meant as a glob, and can stand in an expression between quotes. */
bool ref_is_pattern(const struct ref *ref);
bool ref_matches(const struct ref *ref, const struct snapshot *snap,
		 const struct object *obj);

#endif
