// SPDX-License-Identifier: GPL-2.0-or-later
/* The descriptors of one process, /proc/PID/fd. */
#include <errno.h>

#include "internal.h"
#include "ipcscope/text.h"

#define LINK_ROOM	(4096 + 16)	/* PATH_MAX and " (deleted)" */

uint32_t scan_fd(struct scan *scan, int num, const char *name)
{
	const struct collector *col = scan->col;
	struct fd_entry fd = { .scan = scan };
	uint32_t edges = scan->snap->edges.nr;
	char link[LINK_ROOM];
	unsigned int i;
	ssize_t len;

	len = col->host->ops->read_link(col->host, &scan->fds, name, link, sizeof(link));
	/* A path longer than a page is that of a file, whatever it is. */
	if (len == -ENAMETOOLONG || len >= (ssize_t)sizeof(link))
		len = (ssize_t)strlen(strcpy(link, "/"));
	scan->refused = len == -EACCES || len == -EPERM;
	if (len < 0)
		scan_gap(scan, PART_FDS, (int)len);
	if (len <= 0)
		return NO_INDEX;
	fd.fd = num;
	fd.name = name;
	fd.link = link;
	fd.len = (size_t)len;
	for (i = 0; i < col->nr_fd_hooks; i++) {
		const struct fd_hook *hook = &col->fd_hooks[i];

		if (fd.len < hook->len || memcmp(link, hook->link, hook->len))
			continue;
		if (scan->early && !hook->alone) {
			*vec_add(&scan->deferred) = (struct deferred_fd){
				scan->thread, scan->table, num,
			};
			break;
		}
		if (hook->fd(&fd))
			break;
	}
	return scan->snap->edges.nr > edges ? scan->snap->edges.at[edges].object : NO_INDEX;
}

int scan_open_fds(struct scan *scan)
{
	const struct host *host = scan->col->host;
	char path[SCAN_PATH_ROOM];

	scan_path(scan, "fd", path, sizeof(path));
	return host->ops->open_dir(host, &scan->dir, path, &scan->fds);
}

void scan_deferred_fds(struct scan *scan, uint32_t first, uint32_t nr)
{
	const struct host *host = scan->col->host;
	bool open = false;
	char name[16];
	uint32_t i;

	for (i = first; i < first + nr; i++) {
		const struct deferred_fd *fd = &scan->deferred.at[i];

		if (!open || fd->thread != scan->thread) {
			if (open)
				host->ops->close_dir(&scan->fds);
			scan->thread = fd->thread;
			scan->table = fd->table;
			open = !scan_open_fds(scan);
		}
		/* The descriptor may lead elsewhere by now. */
		snprintf(name, sizeof(name), "%d", fd->fd);
		if (open)
			scan_fd(scan, fd->fd, name);
	}
	if (open)
		host->ops->close_dir(&scan->fds);
	scan->thread = scan->table = 0;
}

struct fds_walk {
	struct scan *scan;
	uint32_t nr;
};

/* fs/proc/base.c, proc_pid_readlink(): who may read one link of a thread may read all. */
static int fds_each(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct fds_walk *walk = arg;
	const char *at = name;
	uint64_t num;

	walk->nr++;
	if (!num_u64(&at, &num) || *at || num > INT32_MAX)
		return 0;
	scan_fd(walk->scan, (int)num, name);
	return walk->scan->refused;
}

static int fds_scan_table(struct scan *scan)
{
	struct fds_walk walk = { .scan = scan };
	const struct host *host = scan->col->host;
	int err;

	err = scan_open_fds(scan);
	if (!err) {
		err = host->ops->read_dir(&scan->fds, &scan->entries, fds_each, &walk);
		host->ops->close_dir(&scan->fds);
	}
	if (err < 0)
		scan_gap(scan, PART_FDS, err);
	/* A thread that ends gives its descriptors up first. */
	if (!err && !walk.nr)
		scan_may_have_ended(scan);
	return err;
}

static void fds_scan_thread(struct scan *scan, pid_t tid)
{
	if (tid != scan->living && tid != scan->pid && scan_use_table(scan, tid))
		fds_scan_table(scan);
}

void scan_fds(struct scan *scan)
{
	int err = fds_scan_table(scan);

	if (err < 0 || scan->nr_threads <= 1)
		return;
	err = scan_threads(scan, fds_scan_thread);
	if (err < 0)
		scan_gap(scan, PART_FDS, err);
	scan->thread = scan->table = 0;
}
