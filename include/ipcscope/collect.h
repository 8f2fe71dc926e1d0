/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_COLLECT_H
#define IPCSCOPE_COLLECT_H

#include "ipcscope/host.h"
#include "ipcscope/query.h"

/* How far a run is; filled in by the scanning threads, read by whoever shows
 * it. */
struct progress {
	const char *what;	/* "processes" */
	uint32_t done, total;
	uint64_t fds;
	/* Called now and then by the starting thread; may be NULL. */
	void (*tell)(struct progress *progress);
};

/*
 * Reads what @query asks for from @host into @snap, which must be new, and
 * finishes it. 0, or -errno if nothing at all can be read (no /proc); all
 * else that is missing is a warning in @snap. @layout must outlive @snap.
 */
int collect(const struct host *host, const struct query *query,
	    struct layout *layout, struct snapshot *snap, struct progress *progress);

#endif
