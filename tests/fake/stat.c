// SPDX-License-Identifier: GPL-2.0-or-later
/* What the files of a fixture are. */

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "internal.h"
#include "ipcscope/text.h"

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
	VALUE("netns", VALUE_NUM, struct facts, netns),
	VALUE("unread", VALUE_NUM, struct facts, unread),
	VALUE("capacity", VALUE_NUM, struct facts, capacity),
	VALUE("bytes", VALUE_NUM, struct facts, space.bytes),
	VALUE("free_bytes", VALUE_NUM, struct facts, space.free_bytes),
	VALUE("inodes", VALUE_NUM, struct facts, space.inodes),
	VALUE("free_inodes", VALUE_NUM, struct facts, space.free_inodes),
	VALUE("maxmsg", VALUE_NUM, struct facts, mq.maxmsg),
	VALUE("msgsize", VALUE_NUM, struct facts, mq.msgsize),
	VALUE("messages", VALUE_NUM, struct facts, mq.messages),
};
const size_t nr_fact_values = ARRAY_SIZE(fact_values);
const uint64_t fact_lmode = 1ull << HAS_LMODE;

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
	/* Anonymous inodes have no type (fs/anon_inodes.c). */
	st->mode = node->data.len > 11 && !memcmp(node->data.at, "anon_inode:", 11) ? 0600 :
		   S_IFREG | 0600;
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
	struct host_stat by_name;
	struct node *target;
	bool enough;
	int err;

	enough = stat_by_name(node, &by_name);
	if (facts && facts->known & ((1ull << NR_STAT_VALUES) - 1)) {
		fill_in(facts, &by_name, st);
		return 0;
	}
	if (enough) {
		*st = by_name;
		return 0;
	}
	target = fixture_walk_link(fx, node, &err);
	if (target)
		fixture_stat_node(fx, target, st);
	return err;
}
