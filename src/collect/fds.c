// SPDX-License-Identifier: GPL-2.0-or-later
/* The descriptors of one process, /proc/PID/fd, and its shared mappings,
 * proc_pid_maps(5). */
#include <errno.h>

#include "internal.h"
#include "ipcscope/num.h"

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
	if (len < 0)
		scan_gap(scan, PART_FDS, (int)len);
	if (len <= 0 || (size_t)len >= sizeof(link))
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
			*vec_add(&scan->deferred) = num;
			break;
		}
		if (hook->fd(&fd))
			break;
	}
	return scan->snap->edges.nr > edges ? scan->snap->edges.at[edges].object : NO_INDEX;
}

void scan_deferred_fds(struct scan *scan, uint32_t first, uint32_t nr)
{
	const struct host *host = scan->col->host;
	char name[16];
	uint32_t i;

	if (!nr || host->ops->open_dir(host, &scan->dir, "fd", &scan->fds))
		return;
	for (i = first; i < first + nr; i++) {
		/* The descriptor may lead elsewhere by now. */
		snprintf(name, sizeof(name), "%d", scan->deferred.at[i]);
		scan_fd(scan, scan->deferred.at[i], name);
	}
	host->ops->close_dir(&scan->fds);
}

static int fds_each(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	const char *at = name;
	uint64_t num;

	if (num_u64(&at, &num) && !*at && num <= INT32_MAX)
		scan_fd(arg, (int)num, name);
	return 0;
}

void scan_fds(struct scan *scan)
{
	const struct host *host = scan->col->host;
	int err;

	err = host->ops->open_dir(host, &scan->dir, "fd", &scan->fds);
	if (!err) {
		err = host->ops->read_dir(&scan->fds, &scan->entries, fds_each, scan);
		host->ops->close_dir(&scan->fds);
	}
	if (err < 0)
		scan_gap(scan, PART_FDS, err);
}

void scan_maps(struct scan *scan)
{
	const struct collector *col = scan->col;
	const struct host *host = col->host;
	struct host_vma vma;
	unsigned int i;
	int err;

	err = scan_open_maps(scan);
	while (!err && (err = host->ops->next_vma(&scan->maps, &vma)) > 0) {
		for (i = 0; i < col->nr_vma_hooks; i++) {
			if (col->vma_hooks[i](scan, &vma))
				break;
		}
		err = 0;
	}
	if (err < 0)
		scan_gap(scan, PART_MAPS, err);
}
