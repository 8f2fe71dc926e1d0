/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_SHMFS_H
#define CLASS_SHMFS_H

/* What lives in /dev/shm: POSIX shared memory and named semaphores. */

#include "class.h"

void shmfs_list(struct collector *col);
bool shmfs_fd(struct fd_entry *fd);
bool shmfs_vma(struct scan *scan, const struct host_vma *vma);

#endif
