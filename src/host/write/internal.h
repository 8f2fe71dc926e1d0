/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_REMOVE_IMPL_H
#define HOST_REMOVE_IMPL_H

/* The removing operations of the live host, by the file that has them. */

#include <sys/sem.h>

#include "write.h"

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
	struct seminfo *info;
};

/* remove_sysv.c */
int remove_sysv_look(enum sysv_kind kind, int id, struct sysv_stat *st);
int remove_sysv(enum sysv_kind kind, int id, const struct host_sysv_same *same,
		struct sysv_stat *now, uint32_t *waiters);
int remove_sysv_now(enum sysv_kind kind, int id);

/* remove_read.c */
int remove_shm_read(int id, uint64_t size, const struct host_seen *seen,
		    host_sink_fn *sink, void *arg, bool *attached);
ssize_t remove_msg_peek(int id, uint32_t index, long *type, void *to,
			size_t room);
int remove_file_read(int fd, host_sink_fn *sink, void *arg);

/* remove_file.c */
int remove_place_open(const char *path, bool strict, struct host_place *place);
void remove_place_close(struct host_place *place);
int remove_place_stat(const struct host_place *place, struct host_stat *st);
int remove_file_open(const struct host_place *place,
		     const struct host_stat *same);
int remove_lease(int fd);
int remove_file(const struct host_place *place, const char *aside,
		const struct host_stat *same, int lease);
int remove_put_back(const struct host_place *place, const char *aside);
int remove_stat_at(int dir, const char *name, struct host_stat *st);
/* O_PATH of the name, which must lead to @same: in all, or as
 * host_same_inode() has it. */
int remove_path_open(const struct host_place *place,
		     const struct host_stat *same, bool exactly);
/* What @fd of O_PATH is, opened. */
int remove_reopen(int fd, int flags);

/* remove_mqueue.c */
int remove_mq_open(const char *name, const struct host_stat *same);
int remove_mq_attributes(int fd, struct host_mq *mq);
int remove_mq(const char *name, int fd);

/* remake_sysv.c */
int remake_sysv(enum sysv_kind kind, const struct object_spec *made,
		unsigned int *lost);
int remake_sysv_finish(enum sysv_kind kind, int id,
		       const struct object_spec *made, unsigned int *lost);
int remake_shm_write(int id, uint64_t offset, const void *data, size_t len);
int remake_sem_write(int id, const uint16_t *values);
int remake_msg_write(int id, long type, const void *data, size_t len);

/* remake_file.c */
int remake_file(const struct host_place *place, const char *aside,
		const struct object_spec *made);
int remake_file_finish(const struct host_place *place, const char *aside,
		       int fd, const struct object_spec *made,
		       unsigned int *lost);
int remake_file_unmake(const struct host_place *place, const char *aside);
/* By descriptor, of O_PATH too; 0 or -errno. */
int remake_chmod(int fd, uint32_t mode);

/* remake_mqueue.c */
int remake_mq(const char *name, const struct host_mq *mq);
int remake_mq_write(int fd, unsigned int priority, const void *data,
		    size_t len);
int remake_mq_finish(int fd, const struct object_spec *made, unsigned int *lost);
int remake_mq_unmake(const char *name, int fd);

/* set_sysv.c */
void set_caller(uid_t *uid, gid_t *gid);
int set_sysv(enum sysv_kind kind, int id, const struct sysv_stat *same,
	     const struct host_set *set, unsigned int *lost);
int set_sem_value(int id, const struct sysv_stat *same, uint32_t num,
		  uint16_t value);
int set_shm_lock(int id, const struct sysv_stat *same, bool locked);

/* set_file.c */
int set_file(const struct host_place *place, const struct host_stat *same,
	     const struct host_set *set);
int set_psem(const struct host_place *place, const struct host_stat *same,
	     uint32_t value);
int set_mq(const char *name, const struct host_stat *same,
	   const struct host_set *set);
int set_mq_look(const char *name, struct host_stat *st);

/* hold.c */
void hold_begin(struct host_hold *hold);
int hold_run(struct host_hold *hold, char *const *argv);

#endif
