/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_LIVE_H
#define HOST_LIVE_H

/* The operations of the live host, and what they have in common. */

#include <sys/stat.h>

#include "host.h"

#define OP(type, name, args)	type live_##name args;
#include "ops.def"
#undef OP

void live_copy_stat(const struct statx *from, struct host_stat *st);
/* Opens what @place, a descriptor of O_PATH, is of: it can no longer be
 * exchanged. A descriptor, or -errno. */
int live_reopen(int place, int flags);
/* All that can be read from @fd. */
int live_read_fd(int fd, struct buf *buf);
/* A System V object by id, with read permission: IPC_STAT. */
int live_sysv_by_id(enum sysv_kind kind, int id, struct sysv_stat *st);

#endif
