// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What epoll descriptors watch: fdinfo (fs/eventpoll.c: ep_show_fdinfo()) has the number a
 * target had when it was added, its device and its inode. The number may lead elsewhere in
 * one process that has the descriptor, and still to it in another.
 */
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "calls.h"
#include "ipcscope/text.h"

bool targets_parse(const char *line, struct epoll_target *target)
{
	static const char *const words[] = { " events:", " ino:", " sdev:" };
	uint64_t fd, num[3];
	size_t i;

	line += strspn(line, " ");
	if (!num_u64(&line, &fd) || fd > INT32_MAX)
		return false;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		line = strstr(line, words[i]);
		if (!line)
			return false;
		line += strlen(words[i]);
		line += strspn(line, " ");
		if (!num_hex(&line, &num[i]))
			return false;
	}
	/* The kernel's own dev_t: 20 bits of minor. */
	*target = (struct epoll_target){
		.fd = (int)fd, .events = (uint32_t)num[0], .ino = num[1],
		.dev = makedev((unsigned int)(num[2] >> 20), (unsigned int)num[2] & 0xfffff),
	};
	return true;
}

int targets_is_same(struct scan *scan, pid_t tid, int epfd, const struct epoll_target *target,
		    int nth)
{
	const struct host *host = scan->col->host;
	struct host_stat st;
	char name[16];
	int order;

	order = host->ops->compare_fds(host, tid, target->fd, tid, epfd, nth);
	if (order >= 0 || order == -EBADF)
		return !order;
	/* Without kcmp(2) an inode tells, but for the one that all kinds of anonymous ones
	 * share, which has no type. */
	snprintf(name, sizeof(name), "%d", target->fd);
	if (host->ops->stat(host, &scan->fds, name, HOST_FOLLOW, &st) ||
	    st.dev != target->dev || st.ino != target->ino)
		return 0;
	return st.mode & S_IFMT ? 1 : order;
}

uint32_t targets_by_inode(const struct scan *scan, const struct epoll_target *target)
{
	struct object_key key = { SPACE_INODE, target->dev, target->ino };
	uint32_t object = calls_find(scan, key);
	const struct net_ns *ns;

	if (object == NO_INDEX && target->dev == scan->pipe_dev)
		return snapshot_object(scan->snap, CLASS_pipe, key);
	key.space = SPACE_SOCKET;
	vec_for_each(ns, &scan->col->net_nss) {
		if (object != NO_INDEX)
			break;
		key.ns = ns->ino;
		object = calls_find(scan, key);
	}
	return object;
}

/* A descriptor of one. */
struct targets_holder {
	uint32_t epoll;		/* of col->snap */
	pid_t pid, tid;		/* tid: with a table of its own */
	int fd;
};

struct targets_line {
	struct epoll_target target;
	int nth, more;		/* of those with its number; behind the first of them */
	bool done;
};

struct targets {
	struct collector *col;
	struct scan *scan;
	struct collector any;	/* the same that looks for what may be a target, asked for or not */
	struct query anything;
	struct map places;	/* edges, by whose descriptor it is */
	struct VEC(struct targets_holder) holders;
	struct VEC(struct targets_line) lines;	/* of one epoll descriptor */
	struct map numbers;	/* of these, the first with each number */
};

struct targets_place {
	const struct snapshot *snap;
	pid_t tid;
	int fd;
};

static pid_t targets_table(const struct snapshot *snap, const struct edge *edge)
{
	return edge->tid ?: snap->processes.at[edge->process].pid;
}

static bool targets_same_place(const void *vec, uint32_t index, const void *key)
{
	const struct targets_place *place = key;
	const struct edge *edge = &((const struct edge *)vec)[index];

	return edge->fd == place->fd && targets_table(place->snap, edge) == place->tid;
}

static bool targets_same_number(const void *vec, uint32_t index, const void *fd)
{
	return ((const struct targets_line *)vec)[index].target.fd == *(const int *)fd;
}

static void targets_find_holders(struct targets *targets)
{
	const struct snapshot *snap = targets->col->snap;
	uint32_t i;

	for (i = 0; i < snap->edges.nr; i++) {
		const struct edge *edge = &snap->edges.at[i];
		const struct object *obj = &snap->objects.at[edge->object];

		if (edge->fd < 0 || (edge->kind != EDGE_OPEN && edge->kind != EDGE_LISTENS &&
				     edge->kind != EDGE_HOLDS))
			continue;
		map_add(&targets->places, hash_u64((uint64_t)targets_table(snap, edge),
						   (uint64_t)edge->fd), i);
		if (obj->class == CLASS_epoll)
			*vec_add(&targets->holders) = (struct targets_holder){
				obj->replaced ? obj->first_edge : edge->object,
				snap->processes.at[edge->process].pid, edge->tid, edge->fd,
			};
	}
}

static int targets_order(const void *a, const void *b)
{
	const struct targets_holder *x = a, *y = b;

	return COMPARE(x->epoll, y->epoll) ?: COMPARE(x->pid, y->pid) ?:
	       COMPARE(x->tid, y->tid) ?: COMPARE(x->fd, y->fd);
}

/* Whatever the query asks for, only what can be watched is looked for. */
static void targets_hook_any(struct targets *targets)
{
	enum class_id class;

	targets->any = *targets->col;
	targets->anything = *targets->col->query;
	targets->anything.classes = ALL_CLASSES;
	targets->any.query = &targets->anything;
	targets->any.flight = false;
	targets->any.quiet_index = (struct map){ 0 };
	targets->any.nr_fd_hooks = 0;
	for (class = 0; class < NR_CLASSES; class++) {
		const struct ipc_class *c = ipc_classes[class];

		if (c->info.polled && c->fd)
			collect_add_fd_hook(&targets->any, c->link, c->fd, true);
	}
}

static void targets_read(struct targets *targets, const struct targets_holder *holder)
{
	struct scan *scan = targets->scan;
	const struct host *host = scan->col->host;
	char name[24], path[SCAN_PATH_ROOM];
	const char *at;
	int err;

	snprintf(name, sizeof(name), "fdinfo/%d", holder->fd);
	scan_path(scan, name, path, sizeof(path));
	err = host->ops->read_locked(host, &scan->dir, path, scan->living, &scan->info);
	if (err < 0)
		scan_gap(scan, PART_FDINFO, err);
	for (at = err < 0 || !scan->info.len ? "" : scan->info.data; (at = strstr(at, "tfd:")); ) {
		struct targets_line line = { .nth = 0 };
		uint64_t hash;
		uint32_t first;

		at += 4;
		if (!targets_parse(at, &line.target))
			continue;
		hash = hash_u64((uint64_t)line.target.fd, 0);
		first = map_find(&targets->numbers, hash, targets_same_number, targets->lines.at,
				 &line.target.fd);
		if (first == NO_INDEX)
			map_add(&targets->numbers, hash, targets->lines.nr);
		else
			line.nth = ++targets->lines.at[first].more;
		*vec_add(&targets->lines) = line;
	}
}

static void targets_add(struct targets *targets, uint32_t epoll, uint32_t object)
{
	snapshot_edge(targets->scan->snap, EDGE_PEER, NO_INDEX, epoll | IN_BASE)->peer = object;
}

static void targets_put(struct buf *others, const struct epoll_target *target)
{
	buf_printf(others, "%s%u:%u/%llu", others->len ? " " : "", major(target->dev),
		   minor(target->dev), (unsigned long long)target->ino);
}

/* What the descriptor of the holder leads to; NO_INDEX: nothing that is an object. */
static uint32_t targets_find(struct targets *targets, const struct targets_holder *holder, int fd)
{
	const struct snapshot *snap = targets->col->snap;
	const struct targets_place place = { snap, holder->tid ?: holder->pid, fd };
	uint32_t edge = map_find(&targets->places, hash_u64((uint64_t)place.tid, (uint64_t)fd),
				 targets_same_place, snap->edges.at, &place);
	uint32_t object;
	char name[16];

	if (edge != NO_INDEX)
		return snap->edges.at[edge].object | IN_BASE;
	snprintf(name, sizeof(name), "%d", fd);
	targets->scan->col = &targets->any;
	object = scan_fd(targets->scan, fd, name);
	targets->scan->col = targets->col;
	return object;
}

/* Adds what the numbers lead to in one table. */
static void targets_ask_table(struct targets *targets, const struct targets_holder *holder,
			      struct buf *others)
{
	struct scan *scan = targets->scan;
	struct targets_line *line;
	uint32_t object;

	if (!targets->lines.nr)
		targets_read(targets, holder);
	vec_for_each(line, &targets->lines) {
		if (line->done || targets_is_same(scan, holder->tid ?: scan->living, holder->fd,
						  &line->target, line->nth) <= 0)
			continue;
		line->done = true;
		object = targets_find(targets, holder, line->target.fd);
		if (object != NO_INDEX)
			targets_add(targets, holder->epoll, object);
		else
			targets_put(others, &line->target);
	}
}

/* One that all @nr holders have; what no number leads to may be known by its inode. */
static void targets_ask(struct targets *targets, const struct targets_holder *holder, uint32_t nr)
{
	struct scan *scan = targets->scan;
	struct buf others = { 0 };
	struct targets_line *line;
	uint32_t i, object;

	targets->lines.nr = 0;
	for (i = 0; i < nr; i++) {
		if (!scan_begin(scan, holder[i].pid))
			continue;
		scan->thread = scan->table = holder[i].tid;
		if (!scan_open_fds(scan)) {
			targets_ask_table(targets, &holder[i], &others);
			scan->col->host->ops->close_dir(&scan->fds);
		}
		scan->thread = scan->table = 0;
		scan_end(scan);
	}
	vec_for_each(line, &targets->lines) {
		object = line->done ? NO_INDEX : targets_by_inode(scan, &line->target);
		if (object != NO_INDEX)
			targets_add(targets, holder->epoll, object);
		else if (!line->done)
			targets_put(&others, &line->target);
	}
	object_set_str(targets->col->snap, holder->epoll, FIELD_TARGETS, others.data, others.len);
	map_free(&targets->numbers);
	buf_free(&others);
}

void collect_targets(struct collector *col, struct scan *scan)
{
	struct targets targets = { .col = col, .scan = scan };
	struct snapshot *shard = scan->snap;
	uint32_t first, next;

	if (!(col->query->classes & A_CLASS(epoll)) ||
	    !object_wants(col->snap, CLASS_epoll, FIELD_TARGETS))
		return;
	targets_find_holders(&targets);
	if (targets.holders.nr)
		qsort(targets.holders.at, targets.holders.nr, sizeof(targets.holders.at[0]),
		      targets_order);
	targets_hook_any(&targets);
	*shard = (struct snapshot){ .layout = col->snap->layout, .base = col->snap };
	for (first = 0; first < targets.holders.nr; first = next) {
		for (next = first; next < targets.holders.nr && targets.holders.at[next].epoll ==
				   targets.holders.at[first].epoll; next++)
			;
		targets_ask(&targets, &targets.holders.at[first], next - first);
	}
	snapshot_merge(col->snap, shard);
	map_free(&targets.places);
	vec_free(&targets.holders);
	vec_free(&targets.lines);
	scan_free(scan);
}
