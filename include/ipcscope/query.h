/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_QUERY_H
#define IPCSCOPE_QUERY_H

/* What was asked for, in terms of what must be read. */

#include "ipcscope/snapshot.h"

/* A path that a socket is asked for by. */
struct path_ref {
	const char *path;
	uint64_t socket;	/* to be told: inode of the one bound to its file; 0: none */
};

struct query {
	uint64_t classes;	/* A_CLASS(): to be listed */
	struct fieldset fields[NR_CLASSES];	/* to be known of each */
	uint64_t extra_parts;		/* NEED(): whatever fields are asked for */
	uint64_t parts;		/* NEED(): to be read; see query_plan() */
	const pid_t *pids;	/* processes that were asked for by number: they
				 * are in the picture, whatever they have */
	uint32_t nr_pids;
	bool starts;		/* when processes started, as times; PROCS and DETAILS
				 * tell them too */
	bool own_pids;		/* of processes, in their own PID namespaces */
	bool only_pids;		/* and no others are looked at */
	bool every_process;	/* is in the picture, whatever it has */
	bool odd_threads;	/* those that differ from their process, with SIGNALS */
	const char *const *paths;	/* directories to look for FIFOs and
					 * socket paths in, if PATHS is asked */
	uint32_t nr_paths;
	struct path_ref *path_refs;
	uint32_t nr_path_refs;
	/* Other IPC namespaces, whose objects are to be listed too: all, or these inodes. */
	bool all_nss;
	const uint64_t *nss;
	uint32_t nr_nss;
	bool asks_nss;		/* any of them; see query_plan() */
	uint64_t limits;	/* A_LIMIT(): to be read */
	unsigned int threads;	/* at most; 0: as many as there are cores */
	bool all_details;	/* DETAILS of all processes, whatever is shown */
	bool only_show;		/* also what only `show` may look at */
	/* Objects whose COST_SHOWN fields are read; NULL: all. With @look_at_arg.  */
	bool (*look_at)(const void *arg, const struct snapshot *snap,
		      const struct object *obj);
	const void *look_at_arg;
};

/* Whether objects of that IPC namespace, another than the tool's, are asked for. */
bool query_asks_ns(const struct query *query, uint64_t ns);

/* Adds a field for every class asked that has it. */
void query_add_field(struct query *query, enum field_id field);
/* Works out @parts from classes and fields. */
void query_plan(struct query *query);

#endif
