// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of a fixture: a tree, and where the paths in it lead. */

#include <errno.h>
#include <string.h>

#include "internal.h"

#define LINKS_MOST	8

struct name_key {
	uint32_t parent;
	struct word name;
};

static bool same_name(const void *vec, uint32_t index, const void *key)
{
	const struct node *node = (const struct node *)vec + index;
	const struct name_key *is = key;

	return node->parent == is->parent && node->name.len == is->name.len &&
	       !memcmp(node->name.at, is->name.at, is->name.len);
}

static uint64_t hash_name(const struct name_key *key)
{
	return hash_u64(hash_bytes(key->name.at, key->name.len), key->parent);
}

static uint32_t find_child(const struct fixture *fx, const struct name_key *key)
{
	return map_find(&fx->by_name, hash_name(key), same_name, fx->nodes.at,
			key);
}

static uint32_t add_node(struct fixture *fx, uint32_t parent, struct word name)
{
	struct node *node = vec_add(&fx->nodes);

	*node = (struct node){
		.parent = parent, .next = NO_INDEX, .name = name,
		.first = NO_INDEX, .last = NO_INDEX,
		.facts = NO_INDEX, .failure = NO_INDEX,
	};
	return fx->nodes.nr - 1;
}

static uint32_t add_child(struct fixture *fx, const struct name_key *key)
{
	uint32_t child = add_node(fx, key->parent, key->name);
	struct node *parent = &fx->nodes.at[key->parent];

	if (parent->last == NO_INDEX)
		parent->first = child;
	else
		fx->nodes.at[parent->last].next = child;
	parent->last = child;
	parent->nr_children++;
	map_add(&fx->by_name, hash_name(key), child);
	return child;
}

void fixture_plant(struct fixture *fx)
{
	add_node(fx, NODE_ROOT, word_of(""));
	add_node(fx, NODE_MQUEUES, word_of(""));
}

/* The next part of a path that is more than "."; len 0 at the end. */
static struct word next_part(const char **path, const char *end)
{
	struct word part;

	do {
		while (*path < end && **path == '/')
			(*path)++;
		part.at = (char *)*path;
		while (*path < end && **path != '/')
			(*path)++;
		part.len = *path - part.at;
	} while (part.len == 1 && *part.at == '.');
	return part;
}

static uint32_t path_root(const char **path, const char *end)
{
	static const char mqueues[] = "mqueue:";
	const size_t len = sizeof(mqueues) - 1;

	if ((size_t)(end - *path) < len || memcmp(*path, mqueues, len) != 0)
		return NODE_ROOT;
	*path += len;
	return NODE_MQUEUES;
}

uint32_t fixture_make_node(struct fixture *fx, uint32_t from,
			   const struct word *path)
{
	const char *at = path->at, *end = at + path->len;
	struct name_key key;
	uint32_t node, child;

	node = from == NODE_ROOT ? path_root(&at, end) : from;
	for (;;) {
		key = (struct name_key){ node, next_part(&at, end) };
		if (!key.name.len)
			return node;
		if (fx->nodes.at[node].kind == NODE_FILE ||
		    fx->nodes.at[node].kind == NODE_LINK)
			return NO_INDEX;
		child = find_child(fx, &key);
		node = child == NO_INDEX ? add_child(fx, &key) : child;
	}
}

struct facts *fixture_add_facts(struct fixture *fx, uint32_t node)
{
	fx->nodes.at[node].facts = fx->facts.nr;
	return vec_add(&fx->facts);
}

struct walk {
	struct fixture *fx;
	unsigned int links;
	int err;
};

static struct node *walk_from(struct walk *walk, struct node *node,
			      struct word path, bool follow);

static struct node *walk_link(struct walk *walk, struct node *link)
{
	if (++walk->links > LINKS_MOST) {
		walk->err = -ELOOP;
		return NULL;
	}
	return walk_from(walk, &walk->fx->nodes.at[link->parent], link->data,
			 true);
}

static struct node *enter_part(struct walk *walk, struct node *node,
			       struct word part)
{
	struct node *nodes = walk->fx->nodes.at;
	struct name_key key = { node - nodes, part };
	uint32_t child;

	if (node->kind == NODE_FILE) {
		walk->err = -ENOTDIR;
		return NULL;
	}
	walk->err = fixture_node_fails(walk->fx, node, HOST_OP(open_dir));
	if (walk->err)
		return NULL;
	if (part.len == 2 && !memcmp(part.at, "..", 2))
		return &nodes[node->parent];
	child = find_child(walk->fx, &key);
	if (child == NO_INDEX)
		walk->err = -ENOENT;
	return child == NO_INDEX ? NULL : &nodes[child];
}

static struct node *walk_from(struct walk *walk, struct node *node,
			      struct word path, bool follow)
{
	const char *at = path.at, *end = at + path.len;
	struct word part, next;

	if (path.len && *at == '/')
		node = &walk->fx->nodes.at[NODE_ROOT];
	for (part = next_part(&at, end); node && part.len; part = next) {
		next = next_part(&at, end);
		node = enter_part(walk, node, part);
		if (node && node->kind == NODE_LINK && (next.len || follow))
			node = walk_link(walk, node);
	}
	return node;
}

struct node *fixture_walk(struct fixture *fx, struct node *at, const char *path,
			  bool follow, int *err)
{
	struct walk walk = { .fx = fx };
	struct node *node;

	node = walk_from(&walk, at ?: &fx->nodes.at[NODE_ROOT], word_of(path), follow);
	*err = walk.err;
	return node;
}

struct node *fixture_walk_link(struct fixture *fx, struct node *link, int *err)
{
	struct walk walk = { .fx = fx };
	struct node *node = walk_link(&walk, link);

	*err = walk.err;
	return node;
}
