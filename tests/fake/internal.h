/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_FIXTURE_IMPL_H
#define HOST_FIXTURE_IMPL_H

#include "fixture.h"
#include "ipcscope/map.h"
#include "ipcscope/vec.h"

/* Bytes in the fixture's copy of the text; a NUL follows, others may be in. */
struct word {
	char *at;
	size_t len;
};

struct statement {
	struct fixture *fx;
	uint32_t line;
	struct VEC(struct word) words;
	uint32_t next;		/* word not taken yet */
	char *rest;		/* of the text, behind the line */
	char *end;
	struct buf scratch;
	char *why;
};

/* One key=value; which it is, is its place in the table. */
enum value_kind {
	VALUE_NUM, VALUE_SIGNED, VALUE_DEV, VALUE_WORD, VALUE_ERRNO,
	VALUE_ADDR,
};

struct value {
	const char *key;
	enum value_kind kind;
	uint16_t offset, size;	/* in the structure that is filled in */
};

#define VALUE(key, kind, type, member)					\
	{ key, kind, offsetof(type, member), sizeof(((type *)0)->member) }

struct address {
	uint8_t family;
	uint16_t port;
	uint8_t bytes[16];
};

#define OP_FOLLOW	NR_HOST_OPS	/* stat() with HOST_FOLLOW */
#define OP_BIT(op)	(1ull << (op))

/* An answer that is an error; at times only the first so many. */
struct failure {
	uint64_t err;
	uint64_t ops;		/* OP_BIT(); 0: those of a closed door */
	uint64_t times;		/* 0: always */
	uint64_t seen;
};

/* What a file is, or what a link leads to. */
struct facts {
	uint64_t known;		/* which were given */
	struct host_stat st;
	uint32_t lmode;
	uint64_t magic;
	struct word proto;
	uint64_t netns;		/* of a socket that is not in the text */
	uint64_t unread, capacity;
	struct host_mq mq;
	struct host_space space;
};

enum node_kind { NODE_IMPLIED, NODE_DIR, NODE_FILE, NODE_LINK };

struct node {
	uint32_t parent, next;
	uint32_t first, last, nr_children;
	uint32_t facts;		/* NO_INDEX: none */
	uint32_t failure;
	uint32_t lmode;		/* of a link itself */
	enum node_kind kind;
	struct word name;
	struct word data;	/* of a file; target of a link */
};

#define NODE_ROOT	0
#define NODE_MQUEUES	1

struct table {
	struct VEC(struct sysv_stat) rows;
	struct VEC(uint32_t) by_index;
};

/* The objects of an IPC namespace; 0: the tool's own. */
struct ns_tables {
	uint64_t ns;
	struct table sysv[3];
};

struct sem_row {
	uint64_t ns;
	uint32_t id;
	struct word values, pids, ncnt, zcnt;
	uint64_t err;
};

struct sock {
	uint8_t kind;		/* enum sock_kind */
	uint8_t type, state, shutdown;
	uint32_t protocol, ino, peer, rqueue, wqueue, uid, vfs_ino;
	uint32_t portid, dst_portid, groups, ifindex, num, queue;
	uint32_t src_cid, src_port, dst_cid, dst_port;
	uint64_t known;
	uint64_t vfs_dev, netns;
	struct word name, icons;
	struct address src, dst;
	bool is_raw;		/* a message as it comes */
	struct word raw;
	struct failure failure;	/* err 0: none, but a socket */
};

struct name_row {
	bool group;
	uint32_t id;
	struct word name;
};

struct memory {
	uint64_t pid, addr;
	struct word data;
};

/* Which table or memory a thread has. */
struct shared_row {
	enum host_shared what;
	uint64_t tid, number;
};

struct process_row {
	uint64_t pid;
	struct word unit;
	uint64_t start;
};

struct fixture {
	struct host host;
	char *text;
	struct host_counts counts;
	struct VEC(struct node) nodes;
	struct map by_name;	/* of nodes, by parent and name */
	struct VEC(struct facts) facts;
	struct VEC(struct failure) failures;
	uint32_t op_failures[NR_HOST_OPS];
	struct VEC(struct ns_tables) ipc_nss;
	uint64_t in_ns;		/* whose objects are asked for */
	struct VEC(struct sem_row) sems;
	struct map sems_by_id;
	struct VEC(struct sock) socks;
	struct VEC(struct sock) dump_ends;
	struct VEC(struct name_row) names;
	struct VEC(struct memory) memory;
	struct VEC(struct shared_row) shared;
	struct VEC(struct process_row) processes;
	struct map by_pid;
	struct VEC(uint64_t) memory_devs;
	struct word hostname, kernel;
	uint32_t uid, pid, ticks, page_size;
	int64_t now;
	uint32_t clock_set;	/* not 0: nothing is known of it */
};

/* Of a text that nobody will write to. */
static inline struct word word_of(const char *text)
{
	return (struct word){ .at = (char *)text, .len = strlen(text) };
}

static inline struct fixture *fixture_of(const struct host *host)
{
	return (struct fixture *)host;	/* its first member */
}

/* words.c */

/* Says in @why what is wrong with the line; false. */
bool statement_wrong(struct statement *st, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Cuts the next line of the text into words; 1, 0 at the end, -1 wrong. */
int statement_next(struct statement *st);
/* The next word, or one that is missing: then NULL and @what is said. */
struct word *statement_word(struct statement *st, const char *what);
bool statement_num(struct statement *st, const char *what, uint64_t *num);
bool statement_hex(struct statement *st, const char *what, struct word *bytes);
bool statement_errno(struct statement *st, uint64_t *err);
bool statement_end(struct statement *st);
bool word_num(const struct word *word, uint64_t *num);
bool word_errno(const struct word *word, uint64_t *err);
/* Takes the first number off "1,2,3"; false if there is none. */
bool word_list_next(const char **at, uint64_t *num);
uint32_t word_list_len(const struct word *list);

/* values.c */

/* Takes the key=value words that are left; bit i of *@known for table[i]. */
bool statement_values(struct statement *st, const struct value *table,
		      size_t nr, void *to, uint64_t *known);
/* Stores one value; false if the word is none of that kind. */
bool value_store(const struct value *value, const struct word *word, void *to);

/* parse.c */
bool fixture_parse(struct statement *st);

/* entries.c */
bool fixture_parse_dir(struct statement *st);
bool fixture_parse_file(struct statement *st);
bool fixture_parse_link(struct statement *st);
bool fixture_parse_mq(struct statement *st);
bool fixture_parse_error(struct statement *st);

/* tree.c */
void fixture_plant(struct fixture *fx);
/* What is at @path below @from; NO_INDEX if a part of it is no directory. */
uint32_t fixture_make_node(struct fixture *fx, uint32_t from,
			   const struct word *path);
struct facts *fixture_add_facts(struct fixture *fx, uint32_t node);
/* Where @path leads; NULL: *@err. */
struct node *fixture_walk(struct fixture *fx, struct node *at, const char *path,
			  bool follow, int *err);
/* Where a link leads, within the text. */
struct node *fixture_walk_link(struct fixture *fx, struct node *link, int *err);

/* stat.c */
extern const struct value fact_values[];
extern const size_t nr_fact_values;
extern const uint64_t fact_lmode;	/* its bit among the known ones */
void fixture_stat_node(struct fixture *fx, struct node *node,
		       struct host_stat *st);
const struct facts *fixture_facts(const struct fixture *fx,
				  const struct node *node);
/* N of "word:[N]", which begins with @word. */
bool fixture_bracket_ino(const struct word *target, const char *word,
			 uint64_t *ino);
/* What its link leads to, as far as the text says; 0 or -errno. */
int fixture_stat_link(struct fixture *fx, struct node *node,
		      struct host_stat *st);

#define OP(type, name, args)	type fixture_##name args;
#include "host/ops.def"
#undef OP

/* fixture.c: counts, and what the text says shall fail; 0 or -errno. */
int fixture_enter(struct fixture *fx, size_t op);
int fixture_fails(struct failure *failure);
/* The same for one file. */
int fixture_node_fails(struct fixture *fx, const struct node *node, size_t op);


/* sysv.c */
bool fixture_parse_sysv(struct statement *st, enum sysv_kind kind);

/* socks.c, diag.c */
enum sock_kind { SOCK_UNIX, SOCK_TCP, SOCK_UDP, SOCK_RAW4, SOCK_NETLINK,
		 SOCK_PACKETS, SOCK_UDPLITE, SOCK_VM, SOCK_XDP, NR_SOCK_KINDS };
bool fixture_parse_diag(struct statement *st);
bool fixture_parse_message(struct statement *st);
/* Which attributes of a socket a request asked for, as the kernel has them. */
struct nlmsghdr *fixture_encode(const struct sock *sock, char *room,
				uint32_t show);
#define FIXTURE_MESSAGE_ROOM	65536

#endif
