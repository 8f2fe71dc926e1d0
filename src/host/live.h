/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_LIVE_H
#define HOST_LIVE_H

/* The operations of the live host, by the file that has them. */

#include "host.h"

/* files.c */
int live_open_dir(const struct host *host, const struct host_dir *at,
		  const char *path, struct host_dir *dir);
void live_close_dir(struct host_dir *dir);
int live_read_dir(struct host_dir *dir, struct buf *scratch,
		  host_dir_fn *each, void *arg);
int live_read_file(const struct host *host, const struct host_dir *at,
		   const char *path, struct buf *buf);
ssize_t live_read_link(const struct host *host, const struct host_dir *at,
		       const char *path, char *to, size_t size);
int live_stat(const struct host *host, const struct host_dir *at,
	      const char *path, unsigned int flags, struct host_stat *st);
int live_fs_magic(const struct host *host, const struct host_dir *at,
		  const char *path, uint64_t *magic);
int live_fs_space(const struct host *host, const char *path,
		  struct host_space *space);
ssize_t live_peek(const struct host *host, const struct host_dir *at,
		  const char *path, void *to, size_t size);
/* Opens what @place, a descriptor of O_PATH, is of: it can no longer be
 * exchanged. A descriptor, or -errno. */
int live_reopen(int place, int flags);
/* All that can be read from @fd. */
int live_read_fd(int fd, struct buf *buf);

/* maps.c */
int live_open_maps(const struct host_dir *proc, struct host_maps *maps);
int live_next_vma(struct host_maps *maps, struct host_vma *vma);
int live_find_vma(struct host_maps *maps, uint64_t addr, struct host_vma *vma);
void live_close_maps(struct host_maps *maps);

/* process.c */
int live_read_memory(const struct host *host, pid_t pid, uint64_t addr,
		     void *to, size_t size);
int live_pipe_fill(const struct host *host, pid_t pid, int fd,
		   uint64_t *unread, uint64_t *capacity);
/* connect.c */
int live_connect_test(const struct host *host, const char *path,
		      const struct host_stat *st);

int live_process(const struct host *host, pid_t pid, struct host_process *proc);

/* sysv.c */
int live_sysv_totals(const struct host *host, enum sysv_kind kind,
		     struct sysv_totals *totals);
int live_sysv_max(const struct host *host, enum sysv_kind kind, int *max,
		  uint32_t *used);
int live_sysv_stat(const struct host *host, enum sysv_kind kind, int index,
		   struct sysv_stat *st);
/* By id, with read permission: IPC_STAT. */
int live_sysv_by_id(enum sysv_kind kind, int id, struct sysv_stat *st);
int live_sem_values(const struct host *host, int id, uint32_t nr,
		    uint16_t *values);
int live_sem_detail(const struct host *host, int id, uint32_t num, pid_t *pid,
		    uint32_t *ncnt, uint32_t *zcnt);

/* mqueue.c */
int live_open_mqueues(const struct host *host, struct host_dir *dir);
int live_mq_attr(const struct host *host, const struct host_dir *dir,
		 const char *name, struct host_mq *mq);

/* diag.c */
int live_open_diag(const struct host *host, const struct host_dir *proc,
		   struct host_diag *diag);
int live_dump(struct host_diag *diag, uint16_t type, const void *req,
	      size_t len, host_diag_fn *each, void *arg);
void live_close_diag(struct host_diag *diag);
ssize_t live_sock_protocol(const struct host *host, const struct host_dir *fds,
			   const char *fd, char *to, size_t size);

/* names.c */
int live_id_name(const struct host *host, bool group, uint32_t id,
		 struct buf *buf);
int live_name_id(const struct host *host, bool group, const char *name,
		 uint32_t *id);
int live_memory_devs(const struct host *host, uint64_t *devs, int room);
int64_t live_now(const struct host *host);
int live_identity(const struct host *host, struct buf *hostname,
		  struct buf *kernel, uid_t *uid, pid_t *pid, uint32_t *ticks,
		  uint32_t *page_size);

#endif
