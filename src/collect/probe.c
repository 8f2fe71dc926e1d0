// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When a few processes were asked for: which lists of the kernel can say
 * anything about what they have. A process without sockets needs no dump of a
 * hundred thousand, one that waits for no semaphore no table of them.
 */
#include "internal.h"
#include "ipcscope/num.h"

#define LINK_ROOM	256

#define ALL_SOCKETS	(A_CLASS(unix) | A_CLASS(tcp) | A_CLASS(udp) | \
			 A_CLASS(raw) | A_CLASS(netlink) | A_CLASS(packet))
/* What has a file with a name. */
#define ALL_FILES	(A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(pmsg) | \
			 A_CLASS(fifo))

/* Devices every process has open, and which are nothing else. */
static bool is_dull(const char *link)
{
	static const char *const dull[] = {
		"/dev/null", "/dev/zero", "/dev/tty", "/dev/urandom",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dull); i++) {
		if (!strcmp(link, dull[i]))
			return true;
	}
	return false;
}

static int probe_fd(void *arg, const char *name, uint64_t ino,
		    unsigned char type)
{
	struct scan *scan = arg;
	const struct host *host = scan->col->host;
	char link[LINK_ROOM];
	enum class_id class;
	uint64_t socket;
	ssize_t len;

	(void)ino;
	(void)type;
	len = host->ops->read_link(host, &scan->fds, name, link,
				   sizeof(link) - 1);
	if (len <= 0)
		return 0;
	link[len < LINK_ROOM ? len : LINK_ROOM - 1] = '\0';
	if (link[0] == '/' && !is_dull(link))
		*scan->lists |= ALL_FILES;
	if (strncmp(link, "socket:[", 8) || !link_number(link, &socket))
		return 0;
	if (!socket_class(host, &scan->fds, name, &class)) {
		*scan->lists |= ALL_SOCKETS;
		class = CLASS_unix;
	}
	*scan->lists |= A_CLASS_OF(class);
	if (class == CLASS_unix)
		*vec_add(scan->sockets) = socket;
	return 0;
}

static void probe_fds(struct scan *scan)
{
	const struct host *host = scan->col->host;

	if (host->ops->open_dir(host, &scan->dir, "fd", &scan->fds))
		return;
	host->ops->read_dir(&scan->fds, &scan->entries, probe_fd, scan);
	host->ops->close_dir(&scan->fds);
}

static void probe_maps(struct scan *scan)
{
	const struct host *host = scan->col->host;
	struct host_vma vma;

	if (scan_open_maps(scan))
		return;
	while (host->ops->next_vma(&scan->maps, &vma) > 0) {
		if (!strncmp(vma.name, "/SYSV", 5))
			*scan->lists |= A_CLASS(shm);
		else
			*scan->lists |= ALL_FILES;
	}
}

static int compare_u64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool collector_has_socket(const struct collector *col, uint64_t ino)
{
	return col->sockets.nr &&
	       bsearch(&ino, col->sockets.at, col->sockets.nr, sizeof(ino),
		       compare_u64);
}

void collector_add_sockets(struct collector *col, const struct inodes *more)
{
	const uint64_t *ino;

	vec_for_each(ino, more)
		*vec_add(&col->sockets) = *ino;
	if (col->sockets.nr)
		qsort(col->sockets.at, col->sockets.nr, sizeof(*ino),
		      compare_u64);
}

void collect_probe(struct collector *col)
{
	struct inodes sockets = { 0 };
	struct scan scan = {
		.col = col, .snap = col->snap, .sockets = &sockets,
		.lists = &col->lists,
	};
	const pid_t *pid;

	/* Nothing is warned about here: it is all looked at once more. */
	vec_for_each(pid, &col->pids) {
		if (!scan_begin(&scan, *pid))
			continue;
		if (collects(col, NEED(FDS)))
			probe_fds(&scan);
		if (collects(col, NEED(MAPS)))
			probe_maps(&scan);
		if (collects(col, NEED(CALLS)))
			scan_calls(&scan);
		scan_end(&scan);
	}
	col->few = true;
	collector_add_sockets(col, &sockets);
	vec_free(&sockets);
	scan_free(&scan);
}
