// SPDX-License-Identifier: GPL-2.0-or-later
/* The statements of a fixture about files, and about what fails. */

#include <string.h>

#include "internal.h"

#define OP(name)	{ #name, HOST_OP(name) }

/* What may be told to fail: all that can. */
static const struct {
	const char *name;
	size_t op;
} failing_ops[] = {
	OP(open_dir), OP(read_dir), OP(read_file), OP(read_link), OP(stat),
	{ "follow", OP_FOLLOW }, OP(fs_magic), OP(fs_space), OP(peek), OP(open_maps),
	OP(next_vma), OP(find_vma), OP(compare), OP(compare_fds), OP(read_memory),
	OP(sysv_max), OP(sysv_totals), OP(sysv_stat), OP(open_ipc_ns), OP(in_ipc_ns), OP(sem_values),
	OP(sem_detail), OP(open_mqueues), OP(mq_attr), OP(open_diag),
	OP(open_diag_of), OP(dump),
	OP(interface_name), OP(read_net), OP(sock_protocol), OP(pipe_fill),
	OP(connect_test), OP(find_file), OP(ask_all), OP(read_locked),
	OP(id_name), OP(name_id), OP(memory_devs), OP(process), OP(identity),
};

/* The node of the path below @from that comes next; not taken yet. */
static struct node *new_node(struct statement *st, enum node_kind kind,
			     uint32_t from)
{
	const struct word *path = statement_word(st, "path");
	struct node *node;
	uint32_t i;

	if (!path)
		return NULL;
	i = fixture_make_node(st->fx, from, path);
	if (i == NO_INDEX) {
		statement_wrong(st, "a part of it is no directory: %s", path->at);
		return NULL;
	}
	node = &st->fx->nodes.at[i];
	if (node->kind != NODE_IMPLIED ||
	    (kind != NODE_DIR && node->nr_children)) {
		statement_wrong(st, "there already: %s", path->at);
		return NULL;
	}
	node->kind = kind;
	return node;
}

/* The words that are left; no room is kept where they say nothing. */
static bool take_facts(struct statement *st, struct node *node)
{
	struct fixture *fx = st->fx;
	struct facts *facts;
	uint64_t known;

	facts = fixture_add_facts(fx, node - fx->nodes.at);
	facts->lmode = 0777;
	if (!statement_values(st, fact_values, nr_fact_values, facts, &known))
		return false;
	facts->known = known;
	node->lmode = facts->lmode;
	if (!(known & ~fact_lmode)) {
		fx->facts.nr--;
		node->facts = NO_INDEX;
	}
	return true;
}

bool fixture_parse_dir(struct statement *st)
{
	struct node *node = new_node(st, NODE_DIR, NODE_ROOT);

	return node && take_facts(st, node);
}

/* The lines up to the one that is @mark. */
static bool take_lines(struct statement *st, const char *mark,
		       struct word *data)
{
	const size_t len = strlen(mark);
	char *line, *newline;

	data->at = st->rest;
	while (st->rest < st->end) {
		line = st->rest;
		st->line++;
		newline = memchr(line, '\n', st->end - line) ?: st->end;
		st->rest = newline < st->end ? newline + 1 : st->end;
		if ((size_t)(newline - line) == len && !memcmp(line, mark, len)) {
			data->len = line - data->at;
			return true;
		}
	}
	return statement_wrong(st, "no line that is %s", mark);
}

/* Takes the last word off, which says what is in the file. */
static bool take_content(struct statement *st, struct word *data)
{
	static const char text[] = "text=";
	const size_t len = sizeof(text) - 1;
	const struct word *last = &st->words.at[st->words.nr - 1];

	*data = word_of("");
	if (st->next == st->words.nr)
		return true;
	if (last->len > len - 1 && !memcmp(last->at, text, len)) {
		*data = (struct word){ last->at + len, last->len - len };
	} else if (last->len > 2 && !memcmp(last->at, "<<", 2)) {
		if (!take_lines(st, last->at + 2, data))
			return false;
	} else {
		return true;
	}
	st->words.nr--;
	return true;
}

bool fixture_parse_file(struct statement *st)
{
	struct node *node = new_node(st, NODE_FILE, NODE_ROOT);

	return node && take_content(st, &node->data) && take_facts(st, node);
}

bool fixture_parse_link(struct statement *st)
{
	struct node *node = new_node(st, NODE_LINK, NODE_ROOT);
	const struct word *arrow, *target;

	if (!node)
		return false;
	arrow = statement_word(st, "->");
	if (!arrow)
		return false;
	if (strcmp(arrow->at, "->") != 0)
		return statement_wrong(st, "not -> but %s", arrow->at);
	target = statement_word(st, "target");
	if (!target)
		return false;
	node->data = *target;
	return take_facts(st, node);
}

bool fixture_parse_mq(struct statement *st)
{
	struct node *node = new_node(st, NODE_FILE, NODE_MQUEUES);

	return node && take_facts(st, node);
}

static bool op_by_name(const char *name, size_t *op)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(failing_ops); i++) {
		if (!strcmp(failing_ops[i].name, name)) {
			*op = failing_ops[i].op;
			return true;
		}
	}
	return false;
}

/* Number + 1, for 0 to be none. */
static uint32_t add_failure(struct fixture *fx, const struct failure *failure)
{
	*vec_add(&fx->failures) = *failure;
	return fx->failures.nr;
}

static bool is_value(const struct word *word)
{
	return memchr(word->at, '=', word->len);
}

/* ERRNO [OP...] [times=N] */
static bool take_failure(struct statement *st, struct failure *failure)
{
	static const struct value times =
		VALUE("times", VALUE_NUM, struct failure, times);
	const struct word *word;
	uint64_t known;
	size_t op;

	*failure = (struct failure){ 0 };
	if (!statement_errno(st, &failure->err))
		return false;
	while (st->next < st->words.nr && !is_value(&st->words.at[st->next])) {
		word = statement_word(st, "operation");
		if (!op_by_name(word->at, &op))
			return statement_wrong(st, "no operation: %s", word->at);
		failure->ops |= OP_BIT(op);
	}
	return statement_values(st, &times, 1, failure, &known);
}

static bool fail_path(struct statement *st, const struct word *path)
{
	struct failure failure;
	uint32_t node;

	node = fixture_make_node(st->fx, NODE_ROOT, path);
	if (node == NO_INDEX)
		return statement_wrong(st, "a part of it is no directory: %s",
				       path->at);
	if (!take_failure(st, &failure))
		return false;
	st->fx->nodes.at[node].failure = add_failure(st->fx, &failure) - 1;
	return true;
}

bool fixture_parse_error(struct statement *st)
{
	const struct word *what = statement_word(st, "path or operation");
	struct failure failure;
	size_t op;

	if (!what)
		return false;
	if (strchr(what->at, '/'))
		return fail_path(st, what);
	if (!op_by_name(what->at, &op) || op == OP_FOLLOW)
		return statement_wrong(st, "neither path nor operation: %s",
				       what->at);
	if (!take_failure(st, &failure))
		return false;
	st->fx->op_failures[op] = add_failure(st->fx, &failure);
	return true;
}
