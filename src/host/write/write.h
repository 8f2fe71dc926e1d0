/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_HOST_REMOVE_H
#define IPCSCOPE_HOST_REMOVE_H

/*
 * What changes the machine: removing objects, reading out what is in them
 * first, making them (again), setting what may be set, and the files that tell
 * of it. Only src/remove may
 * know of it (tests/check-includes.sh), so that what looks cannot reach it.
 *
 * Functions return 0 or a positive count, or -errno.
 */

#include <signal.h>

#include "host/host.h"

/* A System V object as it was seen. */
struct host_sysv_same {
	struct sysv_stat st;
	const uint16_t *values;	/* of a semaphore set; NULL: not compared */
	bool in_use;		/* attachments, waiters, contents and times of
				 * use may have changed */
	bool ours;		/* last attached and detached by this process */
};

/* A mapping of a segment in some process. */
struct host_seen {
	pid_t pid;		/* 0: none */
	uint64_t start, end;
};

/* A name in a directory, which is held so that it stays the same one. */
struct host_place {
	int dir;		/* O_PATH */
	char name[256];
};

/* Takes @len bytes of contents at @offset; not 0 ends. What is left out is
 * zero. */
typedef int host_sink_fn(void *arg, uint64_t offset, const void *data,
			 size_t len);

/* What there is to make, or to make again. */
struct object_spec {
	struct sysv_stat st;	/* of System V objects: st.id is the one wanted,
				 * or -1 */
	struct host_stat file;	/* of the others: mode, uid, gid, times */
	bool fresh;	/* never was before: times are now, all as asked or
			 * -EPERM; an owner of -1 is whoever makes it */
};

/* What is to be set. */
enum host_setting {
	HOST_SET_OWNER	= 1 << 0,
	HOST_SET_GROUP	= 1 << 1,
	HOST_SET_MODE	= 1 << 2,
	HOST_SET_LIMIT	= 1 << 3,	/* msg_qbytes */
};

struct host_set {
	unsigned int what;	/* enum host_setting */
	uid_t uid;
	gid_t gid;
	uint32_t mode;		/* 0777 */
	uint64_t qbytes;
};

/* A program that is run while something lives. */
struct host_hold {
	sigset_t mask, old;	/* signals that are kept back, and were */
};

struct host_remove_ops {
	/*
	 * IPC_STAT by id (*_STAT_ANY where that may not be read).
	 * -EINVAL, -EIDRM: there is none.
	 */
	int (*sysv_look)(enum sysv_kind kind, int id, struct sysv_stat *st);
	/*
	 * Looks whether it still is @same, and removes it in the next call.
	 * -ESTALE: it is not, *@now says what it is (nr of a set: its waiters,
	 * if that is what changed: *@waiters). -EINVAL, -EIDRM: gone already.
	 */
	int (*sysv_remove)(enum sysv_kind kind, int id,
			   const struct host_sysv_same *same,
			   struct sysv_stat *now, uint32_t *waiters);
	/*
	 * The bytes of a segment: through a mapping of all of it that was
	 * @seen, which leaves no trace, or by attaching it (*@attached).
	 */
	int (*shm_read)(int id, uint64_t size, const struct host_seen *seen,
			host_sink_fn *sink, void *arg, bool *attached);
	/* The message at @index, which stays; its length. -ENOMSG: no more;
	 * -ENOSYS: this kernel cannot. @room must hold any message. */
	ssize_t (*msg_peek)(int id, uint32_t index, long *type, void *to,
			    size_t room);

	/*
	 * The directory of an absolute path, and the name in it. @strict: not
	 * through a symbolic link (-ELOOP), for making something there.
	 */
	int (*place_open)(const char *path, bool strict,
			  struct host_place *place);
	void (*place_close)(struct host_place *place);
	/* Never follows the name; btime too. */
	int (*place_stat)(const struct host_place *place, struct host_stat *st);
	/* Opens the regular file that must be @same, to read from it or for a
	 * lease; atime stays if the kernel lets us. -ESTALE: another one. */
	int (*file_open)(const struct host_place *place,
			 const struct host_stat *same);
	int (*file_read)(int fd, host_sink_fn *sink, void *arg);
	/*
	 * Takes a write lease: granted only while no other process has the
	 * file open, mapped or in flight. -EAGAIN: somebody has; -EACCES:
	 * may not ask. Goes with the descriptor.
	 */
	int (*lease)(int fd);
	/*
	 * Moves the name to @aside, looks whether that is @same, and unlinks
	 * it; else moves it back (-ESTALE). With a lease on @lease (or -1),
	 * one who opens it meanwhile is noticed (-EBUSY, moved back).
	 * -ENOTUNIQ: it had to stay under @aside, since the name was taken
	 * again.
	 */
	int (*file_remove)(const struct host_place *place, const char *aside,
			   const struct host_stat *same, int lease);
	/* Moves @aside back to its name; -EEXIST if that is taken. */
	int (*file_put_back)(const struct host_place *place, const char *aside);
	/* Opens a queue (its name with the '/') that must be @same. */
	int (*mq_open)(const char *name, const struct host_stat *same);
	int (*mq_attributes)(int fd, struct host_mq *mq);
	/* Unlinks the name if it still leads to what @fd is; -ESTALE. */
	int (*mq_remove)(const char *name, int fd);
	void (*close)(int fd);

	/*
	 * Makes a System V object with the id, key, owner, creator and size of
	 * @made, open to nobody; its id, which may be another. -EEXIST: the
	 * key is taken. @lost has a bit of enum host_lost for what could not be.
	 */
	int (*sysv_make)(enum sysv_kind kind, const struct object_spec *made,
			 unsigned int *lost);
	/* Gives it its owner, mode and size of queue: it is ready now. */
	int (*sysv_finish)(enum sysv_kind kind, int id,
			   const struct object_spec *made, unsigned int *lost);
	/* One that is not finished. */
	int (*sysv_unmake)(enum sysv_kind kind, int id);
	int (*shm_write)(int id, uint64_t offset, const void *data, size_t len);
	int (*sem_write)(int id, const uint16_t *values);
	int (*msg_write)(int id, long type, const void *data, size_t len);
	/* Makes a file, FIFO or path of a socket under @aside, as
	 * @made->file.mode says; a descriptor to write to, or of the path. */
	int (*file_make)(const struct host_place *place, const char *aside,
			 const struct object_spec *made);
	int (*file_write)(int fd, uint64_t offset, const void *data, size_t len);
	/* Size, owner, mode and times; then the name, if nobody took it. */
	int (*file_finish)(const struct host_place *place, const char *aside,
			   int fd, const struct object_spec *made,
			   unsigned int *lost);
	int (*file_unmake)(const struct host_place *place, const char *aside);
	/* Makes a queue that nobody may open; a descriptor of it. */
	int (*mq_make)(const char *name, const struct host_mq *mq);
	int (*mq_write)(int fd, unsigned int priority, const void *data,
			size_t len);
	/* Owner and mode: it is ready now. */
	int (*mq_finish)(int fd, const struct object_spec *made,
			 unsigned int *lost);
	int (*mq_unmake)(const char *name, int fd);

	/* Who calls. */
	void (*caller)(uid_t *uid, gid_t *gid);
	/*
	 * Looks whether it still is @same (whoever uses it meanwhile), and sets
	 * in the next call: all or nothing. -ESTALE: it is not. @lost gets
	 * LOST_LIMIT if msg_qbytes may be what was not allowed.
	 */
	int (*sysv_set)(enum sysv_kind kind, int id,
			const struct sysv_stat *same,
			const struct host_set *set, unsigned int *lost);
	/* One semaphore of a set: SETVAL. */
	int (*sem_set)(int id, const struct sysv_stat *same, uint32_t num,
		       uint16_t value);
	/* SHM_LOCK, SHM_UNLOCK. */
	int (*shm_lock)(int id, const struct sysv_stat *same, bool locked);
	/* Of the file that must be @same (host_same_inode()), by descriptor,
	 * not opened and never followed. What was set stays if a later one
	 * fails. */
	int (*file_set)(const struct host_place *place,
			const struct host_stat *same,
			const struct host_set *set);
	/* The value of a named semaphore, up or down by single steps, as its
	 * users would; -E2BIG: too many. */
	int (*psem_set)(const struct host_place *place,
			const struct host_stat *same, uint32_t value);
	int (*mq_set)(const char *name, const struct host_stat *same,
		      const struct host_set *set);
	int (*mq_look)(const char *name, struct host_stat *st);

	/*
	 * Keeps back what would end this process, so that what is made next
	 * is sure to be removed; then runs a program, hands the signals on to
	 * it, and waits: its exit status, or 128 + signal (which is also what
	 * comes of a signal that was there before it ran). -errno: it could not
	 * be run.
	 */
	void (*hold_begin)(struct host_hold *hold);
	int (*hold_run)(struct host_hold *hold, char *const *argv);
};

enum host_lost {
	LOST_ID		= 1 << 0,
	LOST_OWNER	= 1 << 1,
	LOST_CREATOR	= 1 << 2,
	LOST_LIMIT	= 1 << 3,	/* msg_qbytes */
	LOST_TIMES	= 1 << 4,
	LOST_MODE	= 1 << 5,
};

extern const struct host_remove_ops live_remove_ops;

bool host_sysv_unchanged(enum sysv_kind kind, const struct host_sysv_same *same,
			 const struct sysv_stat *now);
/* Whether a file still is the one that was seen; @with_ctime, which a rename
 * moves. */
bool host_same_file(const struct host_stat *a, const struct host_stat *b,
		    bool with_ctime);
/* The same with the same owner and mode, whatever was written to it. */
bool host_same_inode(const struct host_stat *a, const struct host_stat *b);
/* The bytes of a named semaphore; how many, at most @room, or -errno. */
ssize_t host_psem_image(uint32_t value, void *to, size_t room);
#define HOST_PSEM_MOST	0x7fffffffu	/* SEM_VALUE_MAX */

/*
 * The tool's own files (src/host/state.c). Directories are made, with all
 * above them, for their owner alone; one that another user owns or may write
 * to is refused (-EPERM).
 */
int state_dir(const char *path);
/* Locks the file, made as needed: a descriptor that keeps it, or, unless
 * @wait, -EWOULDBLOCK with the pid of who has it. */
int state_lock(const char *path, bool wait, pid_t *holder);
int state_create(const char *path);	/* new, 0600; -EEXIST */
int state_append(const char *path);	/* made as needed; O_APPEND */
int state_write(int fd, const void *data, size_t len);	/* all of it */
int state_write_at(int fd, uint64_t offset, const void *data, size_t len);
int state_resize(int fd, uint64_t size);
int state_sync(int fd);
/* Everything in the file system of @path. */
int state_sync_all(const char *path);
void state_close(int fd);
int state_rename(const char *from, const char *to);
int state_unlink(const char *path);
int state_read(const char *path, uint64_t offset, uint64_t most,
	       struct buf *buf);
/* Calls @sink with its bytes, holes left out. */
int state_read_to(const char *path, host_sink_fn *sink, void *arg);
/* Size, and the time it was last written. */
int state_stat(const char *path, uint64_t *size, int64_t *mtime);
int state_list(const char *path, host_dir_fn *each, void *arg);
int state_random(uint64_t *num);

#endif
