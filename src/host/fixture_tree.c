// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of a fixture: a tree, and where the paths in it lead. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "fixture_impl.h"
#include "ipcscope/num.h"

#define LINKS_MOST	8
#define DIR_MODE	(S_IFDIR | 0555)
#define FILE_MODE	(S_IFREG | 0444)
#define PIPE_DEV	makedev(0, 15)
#define SOCKET_DEV	makedev(0, 9)

/* Places in the table, and so bits of "known". */
enum {
	HAS_DEV, HAS_UID, HAS_GID, HAS_MODE, HAS_SIZE, HAS_INO, HAS_NLINK,
	HAS_RDEV, HAS_USED, HAS_ATIME, HAS_MTIME, HAS_CTIME, HAS_BTIME,
	NR_STAT_VALUES,
	HAS_LMODE = NR_STAT_VALUES,
};

const struct value fact_values[] = {
	[HAS_DEV]  = VALUE("dev", VALUE_DEV, struct facts, st.dev),
	[HAS_UID]  = VALUE("uid", VALUE_NUM, struct facts, st.uid),
	[HAS_GID]  = VALUE("gid", VALUE_NUM, struct facts, st.gid),
	[HAS_MODE] = VALUE("mode", VALUE_NUM, struct facts, st.mode),
	[HAS_SIZE] = VALUE("size", VALUE_NUM, struct facts, st.size),
	[HAS_INO]  = VALUE("ino", VALUE_NUM, struct facts, st.ino),
	[HAS_NLINK] = VALUE("nlink", VALUE_NUM, struct facts, st.nlink),
	[HAS_RDEV] = VALUE("rdev", VALUE_DEV, struct facts, st.rdev),
	[HAS_USED] = VALUE("used", VALUE_NUM, struct facts, st.used),
	[HAS_ATIME] = VALUE("atime", VALUE_SIGNED, struct facts, st.atime),
	[HAS_MTIME] = VALUE("mtime", VALUE_SIGNED, struct facts, st.mtime),
	[HAS_CTIME] = VALUE("ctime", VALUE_SIGNED, struct facts, st.ctime),
	[HAS_BTIME] = VALUE("btime", VALUE_SIGNED, struct facts, st.btime),
	[HAS_LMODE] = VALUE("lmode", VALUE_NUM, struct facts, lmode),
	VALUE("magic", VALUE_NUM, struct facts, magic),
	VALUE("proto", VALUE_WORD, struct facts, proto),
	VALUE("unread", VALUE_NUM, struct facts, unread),
	VALUE("capacity", VALUE_NUM, struct facts, capacity),
	VALUE("maxmsg", VALUE_NUM, struct facts, mq.maxmsg),
	VALUE("msgsize", VALUE_NUM, struct facts, mq.msgsize),
	VALUE("messages", VALUE_NUM, struct facts, mq.messages),
};
const size_t nr_fact_values = ARRAY_SIZE(fact_values);
const uint64_t fact_lmode = 1ull << HAS_LMODE;

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

	if ((size_t)(end - *path) < len || memcmp(*path, mqueues, len))
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

static bool known(const struct facts *facts, int bit)
{
	return facts && facts->known & 1ull << bit;
}

const struct facts *fixture_facts(const struct fixture *fx,
				  const struct node *node)
{
	return node->facts == NO_INDEX ? NULL : &fx->facts.at[node->facts];
}

/* The nearest directory above that says so. */
static const struct facts *inherited(const struct fixture *fx,
				     const struct node *node, int bit)
{
	static const struct facts none;
	const struct facts *facts;
	const struct node *above;

	for (;; node = above) {
		above = &fx->nodes.at[node->parent];
		facts = node->kind == NODE_LINK ? NULL : fixture_facts(fx, node);
		if (known(facts, bit))
			return facts;
		if (above == node)
			return &none;
	}
}

static void default_mode(struct host_stat *st, uint32_t type)
{
	if (!(st->mode & S_IFMT))
		st->mode |= type;
}

static void stat_own_link(const struct node *node, struct host_stat *st)
{
	*st = (struct host_stat){
		.mode = S_IFLNK | (node->lmode & 07777),
		.nlink = 1,
		.size = 64,
	};
}

static void stat_file(const struct node *node, const struct facts *facts,
		      struct host_stat *st)
{
	const bool dir = node->kind != NODE_FILE;

	if (facts)
		*st = facts->st;
	else
		*st = (struct host_stat){ 0 };
	if (!known(facts, HAS_MODE))
		st->mode = dir ? DIR_MODE : FILE_MODE;
	default_mode(st, dir ? S_IFDIR : S_IFREG);
	if (!known(facts, HAS_SIZE))
		st->size = dir ? node->nr_children : node->data.len;
	if (!known(facts, HAS_NLINK))
		st->nlink = dir ? 2 : 1;
}

void fixture_stat_node(struct fixture *fx, struct node *node,
		       struct host_stat *st)
{
	const struct facts *facts = fixture_facts(fx, node);

	if (node->kind == NODE_LINK)
		stat_own_link(node, st);
	else
		stat_file(node, facts, st);
	st->dev = inherited(fx, node, HAS_DEV)->st.dev;
	st->uid = inherited(fx, node, HAS_UID)->st.uid;
	st->gid = inherited(fx, node, HAS_GID)->st.gid;
	if (node->kind == NODE_LINK || !known(facts, HAS_INO))
		st->ino = node - fx->nodes.at + 1;
}

bool fixture_bracket_ino(const struct word *target, const char *word,
			 uint64_t *ino)
{
	const size_t len = strlen(word);
	const char *at = target->at + len;

	return target->len > len && !memcmp(target->at, word, len) &&
	       num_u64(&at, ino) && !strcmp(at, "]");
}

/* What the target's name alone says; true if that is all there is to say. */
static bool stat_by_name(const struct node *node, struct host_stat *st)
{
	*st = (struct host_stat){ .nlink = 1 };
	if (fixture_bracket_ino(&node->data, "pipe:[", &st->ino)) {
		st->mode = S_IFIFO | 0600;
		st->dev = PIPE_DEV;
		return true;
	}
	if (fixture_bracket_ino(&node->data, "socket:[", &st->ino)) {
		st->mode = S_IFSOCK | 0777;
		st->dev = SOCKET_DEV;
		return true;
	}
	st->mode = S_IFREG | 0600;
	return false;
}

static void fill_in(const struct facts *facts, const struct host_stat *by_name,
		    struct host_stat *st)
{
	*st = facts->st;
	if (!known(facts, HAS_DEV))
		st->dev = by_name->dev;
	if (!known(facts, HAS_INO))
		st->ino = by_name->ino;
	if (!known(facts, HAS_NLINK))
		st->nlink = by_name->nlink;
	if (!known(facts, HAS_MODE))
		st->mode = by_name->mode;
	default_mode(st, by_name->mode & S_IFMT);
}

int fixture_stat_link(struct fixture *fx, struct node *node,
		      struct host_stat *st)
{
	const struct facts *facts = fixture_facts(fx, node);
	struct walk walk = { .fx = fx };
	struct host_stat by_name;
	struct node *target;
	bool enough;

	enough = stat_by_name(node, &by_name);
	if (facts && facts->known & ((1ull << NR_STAT_VALUES) - 1)) {
		fill_in(facts, &by_name, st);
		return 0;
	}
	if (enough) {
		*st = by_name;
		return 0;
	}
	target = walk_link(&walk, node);
	if (target)
		fixture_stat_node(fx, target, st);
	return walk.err;
}
