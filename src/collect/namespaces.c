// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The network namespaces whose sockets are listed: those of the processes first,
 * then those that only a descriptor or a bind mount keeps, nsfs(5). Each is entered
 * at once, so that it does not matter whether the process by which it was found
 * stays.
 */
#include <errno.h>

#include "internal.h"
#include "ipcscope/text.h"

static bool namespaces_known(const struct collector *col, uint64_t ino)
{
	const struct net_ns *ns;

	vec_for_each(ns, &col->net_nss) {
		if (ns->ino == ino)
			return true;
	}
	return false;
}

/* The namespace @ino that @path leads to, below /proc if it is relative. False: it
 * does not lead there any more. */
static bool namespaces_add(struct collector *col, uint64_t ino, const char *path, pid_t pid)
{
	const struct host *host = col->host;
	struct net_ns ns = { .ino = ino, .pid = pid, .own = !path };

	ns.err = host->ops->open_diag(host, path && *path != '/' ? &col->proc : NULL, path,
				      &ns.diag);
	if (ns.err == -ENOENT || ns.err == -ESRCH || ns.err == -EINVAL)
		return false;
	if (!ns.err && path)
		ns.ino = ns.diag.ns;
	if (ns.ino != ino && namespaces_known(col, ns.ino))
		host->ops->close_diag(&ns.diag);
	else
		*vec_add(&col->net_nss) = ns;
	return ns.ino == ino;
}

static void namespaces_add_of(struct collector *col, pid_t tid, const char *path)
{
	uint64_t ino;

	/* Most are in the one that the last was in. */
	if (scan_ns(col->host, &col->proc, path, &ino) || col->net_nss.at[col->net_nss.nr - 1].ino == ino ||
	    namespaces_known(col, ino))
		return;
	namespaces_add(col, ino, path, tid);
}

struct net_ns *collect_net_ns_of(struct collector *col, struct scan *scan)
{
	const uint64_t ino = scan_net_ns(scan);
	const uint32_t nr = col->net_nss.nr;
	char path[64], in_proc[80];

	if (!ino || namespaces_known(col, ino))
		return NULL;
	scan_path(scan, "ns/net", path, sizeof(path));
	snprintf(in_proc, sizeof(in_proc), "%d/%s", (int)scan->living, path);
	namespaces_add(col, ino, in_proc, scan->thread ?: scan->living);
	return col->net_nss.nr > nr ? &col->net_nss.at[nr] : NULL;
}

struct namespaces_threads {
	struct collector *col;
	pid_t pid;
};

static int namespaces_each_thread(void *arg, const char *name, uint64_t ino,
				  unsigned char type)
{
	struct namespaces_threads *threads = arg;
	const char *at = name;
	char path[64];
	uint64_t tid;

	if (num_u64(&at, &tid) && !*at && tid <= INT32_MAX && (pid_t)tid != threads->pid) {
		snprintf(path, sizeof(path), "%d/task/%s/ns/net", (int)threads->pid, name);
		namespaces_add_of(threads->col, (pid_t)tid, path);
	}
	return 0;
}

void collect_own_net_ns(struct collector *col)
{
	namespaces_add(col, col->snap->host.net_ns, NULL, 0);
}

void collect_net_nss(struct collector *col)
{
	const struct host *host = col->host;
	struct buf entries = { 0 };
	struct host_dir tasks;
	struct host_stat st;
	char path[64];
	const pid_t *pid;

	collect_own_net_ns(col);
	vec_for_each(pid, &col->pids) {
		struct namespaces_threads threads = { col, *pid };

		snprintf(path, sizeof(path), "%d/ns/net", (int)*pid);
		namespaces_add_of(col, *pid, path);
		snprintf(path, sizeof(path), "%d/task", (int)*pid);
		/* Two links more than threads, each of which may be in another. */
		if (host->ops->stat(host, &col->proc, path, 0, &st) || st.nlink <= 3 ||
		    host->ops->open_dir(host, &col->proc, path, &tasks))
			continue;
		host->ops->read_dir(&tasks, &entries, namespaces_each_thread, &threads);
		host->ops->close_dir(&tasks);
	}
	buf_free(&entries);
}

/* "36 35 0:4 net:[4026532288] /run/netns/name rw ... - nsfs nsfs rw" */
static void namespaces_add_mounts(struct collector *col)
{
	struct buf text = { 0 }, type = { 0 }, path = { 0 };
	const char *line, *root, *next;
	uint64_t ino;

	if (col->host->ops->read_file(col->host, &col->proc, "self/mountinfo", &text) < 0)
		buf_reset(&text);
	for (line = text.data; line && *line; line = *next ? next + 1 : NULL) {
		next = strchrnul(line, '\n');
		root = strstr(line, " net:[");
		if (!root || root > next)
			continue;
		root += strlen(" net:[");
		if (num_u64(&root, &ino) && !namespaces_known(col, ino) &&
		    host_parse_mount(&line, next, &type, &path) && !strcmp(type.data, "nsfs"))
			namespaces_add(col, ino, path.data, 0);
	}
	buf_free(&text);
	buf_free(&type);
	buf_free(&path);
}

bool collect_net_ns_fd(struct fd_entry *fd)
{
	const struct scan *scan = fd->scan;
	struct net_ns_fd ns = { .pid = scan->thread ?: scan->living, .fd = fd->fd };

	if (!link_number(fd->link, &ns.ino))
		return false;
	*vec_add(&fd->scan->net_ns_fds) = ns;
	return true;
}

void collect_late_net_nss(struct collector *col, const struct net_ns_fd *fds, uint32_t nr)
{
	struct buf *path = &col->scratch;
	uint32_t i;

	namespaces_add_mounts(col);
	for (i = 0; i < nr; i++) {
		if (namespaces_known(col, fds[i].ino))
			continue;
		buf_reset(path);
		buf_printf(path, "%d/fd/%d", (int)fds[i].pid, fds[i].fd);
		namespaces_add(col, fds[i].ino, path->data, 0);
	}
}
