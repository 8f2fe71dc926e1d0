// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When a few processes were asked for: which lists of the kernel can say
 * anything about what they have. A process without sockets needs no dump of a
 * hundred thousand, one that waits for no semaphore no table of them.
 */
#include "class/socket.h"
#include "internal.h"
#include "ipcscope/text.h"

#define LINK_ROOM	256

/* Adds the classes with a list whose descriptors have links like @link. */
static void probe_link(struct scan *scan, const char *link)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		const struct ipc_class *c = ipc_classes[class];

		if (c->list && c->link && !strncmp(link, c->link, strlen(c->link)))
			*scan->lists |= A_CLASS_OF(class);
	}
}

static int probe_fd(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	/* Devices every process has open, and which are of no class. */
	static const char *const ignored[] = {
		"/dev/null", "/dev/zero", "/dev/tty", "/dev/urandom",
	};
	struct scan *scan = arg;
	const struct host *host = scan->col->host;
	char link[LINK_ROOM];
	char protocol_text[SOCKET_PROTOCOL_ROOM];
	const char *protocol;
	enum class_id class;
	uint64_t socket;
	ssize_t len;
	size_t i;

	len = host->ops->read_link(host, &scan->fds, name, link, sizeof(link) - 1);
	if (len <= 0)
		return 0;
	link[len < LINK_ROOM ? len : LINK_ROOM - 1] = '\0';
	for (i = 0; i < ARRAY_SIZE(ignored); i++) {
		if (!strcmp(link, ignored[i]))
			return 0;
	}
	if (strncmp(link, "socket:[", 8) || !link_number(link, &socket)) {
		probe_link(scan, link);
		return 0;
	}
	*vec_add(scan->sockets) = socket;
	if (socket_class(host, &scan->fds, name, &class, &protocol, protocol_text) > 0)
		*scan->lists |= A_CLASS_OF(class);
	else
		probe_link(scan, link);
	return 0;
}

static void probe_table(struct scan *scan)
{
	const struct host *host = scan->col->host;

	if (scan_open_fds(scan) < 0)
		return;
	host->ops->read_dir(&scan->fds, &scan->entries, probe_fd, scan);
	host->ops->close_dir(&scan->fds);
}

static void probe_thread(struct scan *scan, pid_t tid)
{
	if (tid != scan->living && tid != scan->pid && scan_use_table(scan, tid))
		probe_table(scan);
}

/* Mappings that the kernel counts are segments, which have names of their own. */
static void probe_maps(struct scan *scan)
{
	const struct host *host = scan->col->host;
	enum class_id class;
	struct host_vma vma;

	if (scan_open_maps(scan))
		return;
	while (host->ops->next_vma(&scan->maps, &vma) > 0) {
		bool segment = !strncmp(vma.name, "/SYSV", 5);

		for (class = 0; class < NR_CLASSES; class++) {
			if (ipc_classes[class]->list && ipc_classes[class]->vma &&
			    ipc_classes[class]->vma_counted == segment)
				*scan->lists |= A_CLASS_OF(class);
		}
	}
}

void collect_probe(struct collector *col)
{
	struct inodes sockets = { 0 };
	struct scan scan = {
		.col = col, .snap = col->snap, .sockets = &sockets,
		.lists = &col->lists,
	};
	const uint64_t wanted = col->lists;
	const pid_t *pid;

	col->lists = 0;
	/* Nothing is warned about here: it is all looked at once more. */
	vec_for_each(pid, &col->pids) {
		if (!scan_begin(&scan, *pid))
			continue;
		if (col->query->parts & NEED(FDS)) {
			probe_table(&scan);
			if (scan.nr_threads > 1)
				scan_threads(&scan, probe_thread);
			scan.thread = scan.table = 0;
		}
		if (col->query->parts & NEED(MAPS))
			probe_maps(&scan);
		if (col->query->parts & NEED(CALLS))
			scan_calls(&scan);
		scan_end(&scan);
	}
	col->lists &= wanted;
	col->few = true;
	socket_ask(col, &sockets);
	vec_free(&sockets);
	scan_free(&scan);
}
