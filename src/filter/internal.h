/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_FILTER_IMPL_H
#define IPCSCOPE_FILTER_IMPL_H

/* What the files of the filter share. */

#include <regex.h>

#include "ipcscope/filter.h"
#include "ipcscope/snapshot.h"

#define FILTER_DEPTH	100	/* brackets and nots in each other */
#define PATTERN_LEN	500	/* glibc recurses into a regex */
#define PATTERN_REPEATS	100000	/* and unfolds its {m,n} */

enum token_kind {
	TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_OPEN, TOKEN_CLOSE,
	TOKEN_COMMA, TOKEN_AND_BITS, TOKEN_EQ, TOKEN_NE, TOKEN_LT, TOKEN_LE,
	TOKEN_GT, TOKEN_GE, TOKEN_GLOB, TOKEN_REGEX, TOKEN_BAD,
};

struct token {
	enum token_kind kind;
	size_t at;
	size_t len;
	const char *data;	/* of a string, what is between its quotes */
	size_t data_len;
};

/* True is the greater: and is the least of two, or the greatest. */
enum truth { TRUTH_NO, TRUTH_UNKNOWN, TRUTH_YES };

static inline enum truth truth_of(bool yes)
{
	return yes ? TRUTH_YES : TRUTH_NO;
}

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST };

enum test_op {
	OP_KNOWN,		/* a field alone */
	OP_BITS,		/* field & mask */
	OP_EQ, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_GLOB, OP_REGEX,
};

struct operand {
	struct operand *next;
	uint64_t num;		/* number, classes, IS() bit, uid ... */
	uint64_t last;		/* the last second of a day */
	bool has_num;		/* else it is a name to be looked for */
	const struct str *str;	/* or glob */
	const struct ref *ref;
	regex_t *regex;
	struct buf *scratch;	/* of the filter, for a pattern */
};

struct node {
	enum node_kind kind;
	struct node *next;	/* of the same parent */
	struct node *first;	/* child */
	/* NODE_TEST */
	enum field_id field;
	enum test_op op;
	bool masked;
	uint64_t mask;
	struct operand *operands;
	uint64_t classes;	/* of class: those it is true for */
};

struct filter {
	struct node *root;
	struct arena *arena;
	struct VEC(regex_t *) regexes;
	struct VEC(struct node *) tests;
	struct buf *scratch;
};

struct parser {
	const char *expr;
	struct token token;	/* the one that comes */
	size_t end;		/* of the one before */
	unsigned int depth;
	struct filter *filter;
	bool of_processes;	/* their fields stand in it */
	struct arena *arena;
	filter_lookup_fn *lookup;
	void *arg;
	struct filter_error *error;
	bool failed;
};

/* Notes what is wrong with @token, if nothing was before; returns NULL. */
void *filter_fail(struct parser *parser, const struct token *token,
		  const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* @token as it may stand in a sentence. */
const char *filter_quote(struct parser *parser, const struct token *token);

/* One value of a comparison of @node; NULL after filter_fail(). */
struct operand *filter_operand(struct parser *parser, const struct node *node,
			       const struct token *token);
/* The same for ~ and =~. */
struct operand *filter_pattern(struct parser *parser, const struct node *node,
			       const struct token *token);
/* What operators there are for a field of that type. */
bool type_is_ordered(enum field_type type);
bool type_is_text(enum field_type type);

/* The field whose number is meant by the name in @field: UID for OWNER;
 * FIELD_NONE if it is no name of a user or group. */
enum field_id filter_id_field(enum field_id field);

/* The classes a test of FIELD_CLASS is true for. */
uint64_t filter_test_classes(const struct node *test);
/* Whether @data is what the pattern in @operand means. */
bool filter_like(const struct operand *operand, const char *data, size_t len);

#endif
