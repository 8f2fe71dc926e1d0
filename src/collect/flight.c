// SPDX-License-Identifier: GPL-2.0-or-later
/* What the sockets that processes hold carry: unix(7). A dump tells of most that it is
 * nothing; the others are looked at, when all that are held are known. */
#include <errno.h>
#include <stdlib.h>

#include "class/socket.h"
#include "internal.h"

/* Sockets of one table of descriptors. */
static void flight_look_at(struct collector *col, struct scan *scan,
			   const struct held_socket *held, uint32_t nr)
{
	struct net_ns *ns;
	char name[16];
	uint32_t i;

	if (!scan_begin(scan, held->pid))
		return;
	scan->thread = held->thread;
	ns = collect_net_ns_of(col, scan);
	if (ns)
		flight_list(col, ns);
	if (!scan_open_fds(scan)) {
		for (i = 0; i < nr; i++) {
			struct fd_entry fd = { .scan = scan, .fd = held[i].fd, .name = name };

			if (flight_is_quiet(col, held[i].ino))
				continue;
			snprintf(name, sizeof(name), "%d", held[i].fd);
			flight_look(&fd);
		}
		col->host->ops->close_dir(&scan->fds);
	}
	scan->thread = 0;
	scan_end(scan);
}

void collect_flight(struct collector *col, struct scan *scan, const struct held_sockets *all)
{
	const struct held_socket *held = all->at, *end = held + all->nr, *next;
	struct net_ns *ns;
	bool quiet;

	map_reserve(&col->quiet_index, all->nr);
	/* Else those of all namespaces are known. */
	if (!(col->query->parts & SOCKET_PARTS)) {
		collect_own_net_ns(col);
		vec_for_each(ns, &col->net_nss)
			flight_list(col, ns);
	}
	for (; held < end; held = next) {
		quiet = true;
		for (next = held; next < end && next->pid == held->pid &&
				  next->thread == held->thread; next++)
			quiet = quiet && flight_is_quiet(col, next->ino);
		if (!quiet)
			flight_look_at(col, scan, held, (uint32_t)(next - held));
	}
}

static int flight_compare_rings(const void *a, const void *b)
{
	const struct ring *x = a, *y = b;

	return COMPARE(x->ino, y->ino) ?: COMPARE(x->pid, y->pid);
}

/* A ring that no descriptor leads to may have any file. */
void collect_rings(struct scan *scan)
{
	const struct ring *ring, *first = scan->rings.at;

	if (scan->rings.nr)
		qsort(scan->rings.at, scan->rings.nr, sizeof(*first), flight_compare_rings);
	vec_for_each(ring, &scan->rings) {
		if (first->ino != ring->ino)
			first = ring;
		if (first->pid)
			snapshot_gap(scan->snap, PART_FLIGHT, ENODATA, ring->pid, ring->uid, 0);
	}
	vec_free(&scan->rings);
}
