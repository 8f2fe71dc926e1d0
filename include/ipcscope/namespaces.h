/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_NAMESPACES_H
#define IPCSCOPE_NAMESPACES_H

/* The IPC namespaces of a snapshot. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct limit_value;
struct object;
struct snapshot;
struct str;

/* An IPC namespace; those that were asked for were looked for. */
struct namespace {
	uint64_t ino;
	uint64_t id;		/* never given to another since the boot; 0: not told */
	uint64_t user_ns;	/* 0: not told */
	uid_t owner;		/* of that; (uid_t)-1: not told */
	int err;		/* why its objects are not listed */
	bool listed;
	uint64_t mqueue_dev;	/* of its POSIX queues; 0: not told */
	uint64_t shm_dev;	/* of /dev/shm, as its processes see it; 0: not told */
	struct limit_value *limits;	/* those it has of its own; NULL: not asked */
	const struct str *runtime, *container, *name;	/* of whom it is; or NULL */
};

/* What keeps a namespace, besides processes: "bind:/run/ns/x", "fd:17/3", "thread:17/19". */
struct keeper {
	uint64_t ns;
	const struct str *how;
};

/* The IPC namespace it is of; 0: of none, or not known. */
uint64_t object_ipc_ns(const struct snapshot *snap, const struct object *obj);
/* NULL: it was not found. */
const struct namespace *snapshot_namespace(const struct snapshot *snap, uint64_t ino);

/* How much of @name, of a REF, is before an "@NS" at its end: @len if there is none. Inodes of
 * namespaces have large numbers, include/linux/proc_ns.h. @ns may be NULL. */
#define LEAST_NS	0xf0000000u
size_t ref_without_ns(const char *name, size_t len, uint64_t *ns);

#endif
