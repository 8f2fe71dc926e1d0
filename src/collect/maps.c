// SPDX-License-Identifier: GPL-2.0-or-later
/* The shared mappings of one process: proc_pid_maps(5). */
#include <errno.h>

#include "internal.h"

int scan_open_maps(struct scan *scan)
{
	int err;

	if (scan->maps_open)
		return 0;
	err = scan->col->host->ops->open_maps(&scan->dir, &scan->maps);
	scan->maps_open = !err;
	return err;
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

int vma_stat(struct scan *scan, const struct host_vma *vma,
	     struct host_stat *st)
{
	const struct host *host = scan->col->host;
	struct buf *path = &scan->text;

	buf_reset(path);
	buf_puts(path, "map_files/");
	buf_hex(path, vma->start, 1);
	buf_putc(path, '-');
	buf_hex(path, vma->end, 1);
	return host->ops->stat(host, &scan->dir, path->data, HOST_FOLLOW, st);
}

struct edge *vma_edge(struct scan *scan, const struct host_vma *vma,
		      uint32_t object)
{
	uint32_t process = scan_process(scan);
	struct edge *edge;

	if (process == NO_INDEX)
		return NULL;
	edge = snapshot_edge(scan->snap, EDGE_ATTACHED, process, object);
	edge->access = vma->access;
	edge->address = vma->start;
	edge->offset = vma->offset;
	edge->length = vma->end - vma->start;
	return edge;
}
