/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_WRITE_INTERNAL_H
#define HOST_WRITE_INTERNAL_H

/* What the files of this room share. Functions return 0, a descriptor or -errno. */

#include <sys/sem.h>

#include "host/live.h"
#include "write.h"

extern const struct sysv_write_ops live_sysv_write;
extern const struct mqueue_write_ops live_mqueue_write;
extern const struct contents_ops live_contents;

/* Of the name in @dir, or of @dir itself if it is ""; never follows it. */
int file_stat_at(int dir, const char *name, struct host_stat *st);
/* O_PATH of the name, which must lead to @same (-ESTALE): in all, or as host_same_inode()
 * compares. */
int file_open_path(const struct host_place *place, const struct host_stat *same, bool exactly);
/* What @fd, of O_PATH, refers to, opened with @flags. */
int file_reopen(int fd, int flags);
/* Owner, group and mode of what @fd, of O_PATH too, refers to. */
int file_set_attributes(int fd, const struct host_set *set);

#endif
