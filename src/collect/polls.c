// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who waits for an event on one of several files: poll(2), select(2), epoll_wait(2).
 * Of poll and select the descriptors stand in memory; of epoll the kernel tells the files
 * themselves (fdinfo, fs/eventpoll.c: ep_show_fdinfo()): one may have been closed here while
 * another process has it, and its number may lead elsewhere by now.
 */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>

#include "calls.h"
#include "ipcscope/text.h"

#define CHUNK		4096	/* descriptors looked at with one reading of memory */
#define MOST_FDS	(1024 * 1024)	/* fs.nr_open, as it is by default */
#define MOST_NESTED	5	/* EP_MAX_NESTS of fs/eventpoll.c, and the first */
#define LONG_BITS	(8 * sizeof(unsigned long))
#define READABLE	(POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND | POLLRDHUP)
#define WRITABLE	(POLLOUT | POLLWRNORM | POLLWRBAND)
/* All that is left of what was told of once, and is not watched until it is set again. */
#define PRIVATE_BITS	(EPOLLWAKEUP | EPOLLONESHOT | (uint32_t)EPOLLET | EPOLLEXCLUSIVE)

struct polls {
	struct blocked *blocked;
	struct scan *scan;
	unsigned int depth;	/* of epoll descriptors in others */
	int err;		/* why one could not be told */
};

static void polls_epoll(struct polls *polls, int epfd);

static uint8_t polls_access(uint32_t events)
{
	return (events & READABLE ? ACCESS_READ : 0) | (events & WRITABLE ? ACCESS_WRITE : 0);
}

static void polls_add(struct polls *polls, uint32_t object, int fd, uint8_t access)
{
	struct scan *scan = polls->scan;
	const enum class_id class = class_id_of(scan, object);
	uint32_t process = scan_process(scan);
	struct edge *edge;

	if (process == NO_INDEX || !class_infos[class]->polled ||
	    !fieldset_has(&scan->col->query->fields[class], FIELD_POLLERS))
		return;
	edge = snapshot_edge(scan->snap, EDGE_POLLS, process, object);
	edge->tid = polls->blocked->tid;
	edge->access = access;
	edge->fd = fd;
}

/* What number @fd leads to now. */
static void polls_fd(struct polls *polls, int fd, uint8_t access)
{
	static const char epoll[] = "anon_inode:[eventpoll]";
	struct scan *scan = polls->scan;
	const struct host *host = scan->col->host;
	char name[16], link[sizeof(epoll)];
	uint32_t object;
	ssize_t len;

	snprintf(name, sizeof(name), "%d", fd);
	object = scan_fd(scan, fd, name);
	if (object != NO_INDEX)
		polls_add(polls, object, fd, access);
	if (object != NO_INDEX && class_id_of(scan, object) != CLASS_epoll)
		return;
	len = host->ops->read_link(host, &scan->fds, name, link, sizeof(link));
	if (len == -ENOENT)
		polls->err = -EBADF;	/* the call keeps what it was */
	else if (len == sizeof(epoll) - 1 && !memcmp(link, epoll, sizeof(epoll) - 1))
		polls_epoll(polls, fd);
}

static void polls_target(struct polls *polls, int epfd, const char *text, const char *line)
{
	struct epoll_target target, other;
	uint32_t object;
	const char *at;
	int same, nth = 0;

	if (!targets_parse(line, &target) || !(target.events & ~PRIVATE_BITS))
		return;
	for (at = text; (at = strstr(at, "tfd:")) && (at += 4) != line; )
		nth += targets_parse(at, &other) && other.fd == target.fd;
	same = targets_is_same(polls->scan, polls->blocked->tid, epfd, &target, nth);
	if (same > 0) {
		polls_fd(polls, target.fd, polls_access(target.events));
		return;
	}
	object = targets_by_inode(polls->scan, &target);
	if (object != NO_INDEX)
		polls_add(polls, object, -1, polls_access(target.events));
	else
		polls->err = same ?: -ESTALE;
}

static void polls_epoll(struct polls *polls, int epfd)
{
	struct scan *scan = polls->scan;
	const struct host *host = scan->col->host;
	char name[24], path[SCAN_PATH_ROOM];
	struct buf text = { 0 };
	const char *line;
	int err;

	if (polls->depth == MOST_NESTED)
		return;
	polls->depth++;
	snprintf(name, sizeof(name), "fdinfo/%d", epfd);
	scan_path(scan, name, path, sizeof(path));
	err = host->ops->read_locked(host, &scan->dir, path, scan->living, &text);
	if (err < 0)
		polls->err = err;
	for (line = err < 0 || !text.len ? "" : text.data; (line = strstr(line, "tfd:")); ) {
		line += 4;
		polls_target(polls, epfd, text.data, line);
	}
	buf_free(&text);
	polls->depth--;
}

/* Adds the descriptors of the set from @first on, as many as one reading of memory gives;
 * how many these are, or -errno. */
typedef int polls_add_fn(struct polls *polls, uint64_t first);

static int polls_add_array(struct polls *polls, uint64_t first)
{
	const struct host *host = polls->scan->col->host;
	const uint64_t *arg = polls->blocked->arg;
	struct pollfd fds[CHUNK / sizeof(struct pollfd)];
	uint64_t nr = arg[1] - first, i;
	int err;

	nr = nr < ARRAY_SIZE(fds) ? nr : ARRAY_SIZE(fds);
	err = host->ops->read_memory(host, polls->scan->living, arg[0] + first * sizeof(fds[0]),
				     fds, nr * sizeof(fds[0]));
	for (i = 0; !err && i < nr; i++) {
		if (fds[i].fd >= 0)
			polls_fd(polls, fds[i].fd, polls_access((uint16_t)fds[i].events));
	}
	return err ?: (int)nr;
}

/* Three sets of bits, each of which may be missing. */
static int polls_add_bits(struct polls *polls, uint64_t first)
{
	static const uint8_t access[] = { ACCESS_READ, ACCESS_WRITE, 0 };
	const struct host *host = polls->scan->col->host;
	const uint64_t *arg = polls->blocked->arg;
	unsigned long bits[3][CHUNK / LONG_BITS] = { { 0 } };
	/* As much as the kernel reads. */
	const uint64_t word = polls->blocked->compat ? sizeof(uint32_t) : sizeof(unsigned long);
	uint64_t nr = arg[0] - first, bytes, i, s;
	int err = 0;

	nr = nr < CHUNK ? nr : CHUNK;
	bytes = (nr + 8 * word - 1) / (8 * word) * word;
	for (s = 0; s < 3 && !err; s++) {
		if (arg[1 + s])
			err = host->ops->read_memory(host, polls->scan->living,
						     arg[1 + s] + first / 8, bits[s], bytes);
	}
	for (i = 0; !err && i < nr; i++) {
		uint8_t how = 0;
		bool any = false;

		for (s = 0; s < 3; s++) {
			if (bits[s][i / LONG_BITS] >> i % LONG_BITS & 1) {
				any = true;
				how |= access[s];
			}
		}
		if (any)
			polls_fd(polls, (int)(first + i), how);
	}
	return err ?: (int)nr;
}

static int polls_add_epoll(struct polls *polls, uint64_t first)
{
	polls_fd(polls, (int)polls->blocked->arg[0], ACCESS_READ);
	return 1;
}

/* What was found counts only if the thread is still in the call. */
static void polls_look(struct blocked *blocked, polls_add_fn *add, uint64_t nr)
{
	struct scan *scan = blocked->scan;
	const uint32_t edges = scan->snap->edges.nr;
	struct polls polls = { .blocked = blocked, .scan = scan };
	uint64_t first;
	int got;

	if (!(scan->col->query->parts & NEED(POLLS)) || calls_is_foreign(blocked))
		return;
	if (scan->thread)
		scan_use_table(scan, blocked->tid);
	polls.err = scan_open_fds(scan);
	if (!polls.err) {
		for (first = 0; first < nr && first < MOST_FDS; first += (uint64_t)got) {
			got = add(&polls, first);
			if (got <= 0) {
				polls.err = got;
				break;
			}
		}
		scan->col->host->ops->close_dir(&scan->fds);
	}
	if (!calls_still(blocked))
		scan->snap->edges.nr = edges;
	else if (polls.err)
		scan_gap(scan, PART_POLLS, polls.err);
}

void polls_poll(struct blocked *blocked, const struct call *call)
{
	polls_look(blocked, polls_add_array, blocked->arg[1]);
}

void polls_select(struct blocked *blocked, const struct call *call)
{
	polls_look(blocked, polls_add_bits, blocked->arg[0] & INT32_MAX);
}

void polls_epoll_wait(struct blocked *blocked, const struct call *call)
{
	polls_look(blocked, polls_add_epoll, 1);
}
