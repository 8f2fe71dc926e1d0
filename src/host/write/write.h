/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_WRITE_H
#define HOST_WRITE_H

/*
 * What changes the machine: removing objects, reading out what they hold, creating and
 * restoring them, setting their attributes, and the tool's own files. Only src/change may
 * include it (tests/check-includes.sh), so that what looks cannot reach it.
 *
 * Functions return 0, a descriptor or a count, or -errno.
 */

#include <signal.h>

#include "host/host.h"

/* A System V object as it was seen. */
struct sysv_seen {
	struct sysv_stat st;
	const uint16_t *values;	/* of a semaphore set; NULL: not compared */
	bool in_use;		/* attachments, waiters, contents and times of
				 * use may have changed */
	bool ours;		/* last attached and detached by this process */
};

/* A mapping of a segment in some process. */
struct segment_mapping {
	pid_t pid;		/* 0: none */
	uint64_t start, end;
};

/* A name in a directory, which is held so that it stays the same one. */
struct host_place {
	int dir;		/* O_PATH */
	uint64_t dev;		/* it is on */
	char name[256];
};

/* Takes @len bytes of contents at @offset; not 0 ends. What is left out is zero. */
typedef int host_sink_fn(void *arg, uint64_t offset, const void *data, size_t len);

/* An object to create or to restore. */
struct object_spec {
	struct sysv_stat st;	/* of System V objects: st.id is the one wanted,
				 * or -1 */
	struct host_stat file;	/* of all others: mode, uid, gid, times */
	bool fresh;	/* never was before: times are now, all as asked or
			 * -EPERM; an owner of -1 is whoever creates it */
};

/* What of an object_spec could not be had. */
enum host_lost {
	LOST_ID		= 1 << 0,
	LOST_OWNER	= 1 << 1,
	LOST_CREATOR	= 1 << 2,
	LOST_LIMIT	= 1 << 3,	/* msg_qbytes */
	LOST_TIMES	= 1 << 4,
	LOST_MODE	= 1 << 5,
	LOST_LOCK	= 1 << 6,	/* SHM_LOCK */
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

struct sysv_write_ops {
	/* IPC_STAT by id (*_STAT_ANY where that may not be read). -EINVAL, -EIDRM: there is
	 * none. */
	int (*look)(enum sysv_kind kind, int id, struct sysv_stat *st);
	/* Looks whether it still is @same, and removes it in the next call. -ESTALE: it is
	 * not, *@now says what it is, *@waiters how many wait for a set if that is what
	 * changed. -EINVAL, -EIDRM: gone already. */
	int (*remove)(enum sysv_kind kind, int id, const struct sysv_seen *same,
		      struct sysv_stat *now, uint32_t *waiters);
	/* Creates an object with the id, key, owner, creator and size of @spec, open to
	 * nobody and with another mode than it is to have; its id, which may be another. -EEXIST: the key is taken. @lost gets a bit of
	 * enum host_lost for what could not be had. */
	int (*create)(enum sysv_kind kind, const struct object_spec *spec, unsigned int *lost);
	/* Gives it its owner, mode and size of queue: it is ready now. */
	int (*finish)(enum sysv_kind kind, int id,
		      const struct object_spec *spec, unsigned int *lost);
	/* Removes one that is not finished. */
	int (*discard)(enum sysv_kind kind, int id);
	/* Looks whether it still is @same, whoever uses it meanwhile, and sets in the next
	 * call: all or nothing. -ESTALE: it is not. @lost gets LOST_LIMIT if msg_qbytes may be
	 * what was not allowed. */
	int (*set)(enum sysv_kind kind, int id, const struct sysv_stat *same,
		   const struct host_set *set, unsigned int *lost);
	/* One semaphore of a set: SETVAL. */
	int (*set_value)(int id, const struct sysv_stat *same, uint32_t num, uint16_t value);
	/* SHM_LOCK, SHM_UNLOCK. */
	int (*lock)(int id, const struct sysv_stat *same, bool locked);
};

struct file_write_ops {
	/* The directory of an absolute path, and the name in it. @strict: not through a
	 * symbolic link (-ELOOP), for creating something there. */
	int (*open_place)(const char *path, bool strict, struct host_place *place);
	void (*close_place)(struct host_place *place);
	/* Never follows the name; btime too. */
	int (*stat)(const struct host_place *place, struct host_stat *st);
	/* Opens the regular file that must be @same, to read from it or for a lease; atime
	 * stays if the kernel lets us. -ESTALE: another one. */
	int (*open)(const struct host_place *place, const struct host_stat *same);
	/* Takes a write lease: granted only while no other process has the file open, mapped
	 * or in flight. -EAGAIN: somebody has; -EACCES: may not ask. Goes with the descriptor.
	 * For queues too. */
	int (*lease)(int fd);
	/* Any descriptor of these operations; one below 0 is none. */
	void (*close)(int fd);
	/* Moves the name to @aside if that is @same then, whoever has written to it if it is
	 * @in_use; else moves it back (-ESTALE). -ENOTUNIQ: it had to stay under @aside, since
	 * the name was taken again. */
	int (*take)(const struct host_place *place, const char *aside,
		    const struct host_stat *same, bool in_use);
	/* The same, and unlinks it. With a lease on @lease (or -1), one who opens it meanwhile
	 * is noticed (-EBUSY, moved back). */
	int (*remove)(const struct host_place *place, const char *aside,
		      const struct host_stat *same, bool in_use, int lease);
	/* Moves @aside back to its name; -EEXIST if that is taken. */
	int (*put_back)(const struct host_place *place, const char *aside);
	/* Creates a file, FIFO or path of a socket under @aside, as @spec->file.mode says; a
	 * descriptor to write to, or of the path. */
	int (*create)(const struct host_place *place, const char *aside,
		      const struct object_spec *spec);
	int (*write)(int fd, uint64_t offset, const void *data, size_t len);
	/* Size, owner, mode and times; then the name, if nobody took it. */
	int (*finish)(const struct host_place *place, const char *aside, int fd,
		      const struct object_spec *spec, unsigned int *lost);
	int (*discard)(const struct host_place *place, const char *aside);
	/* Gives the file at @from, which must be @same, the name @place too. */
	int (*link)(const struct host_place *from, const struct host_stat *same,
		    const struct host_place *place);
	/* Of the file that must be @same (host_same_inode()), by descriptor, not opened and
	 * never followed. What was set stays if a later one fails. */
	int (*set)(const struct host_place *place, const struct host_stat *same,
		   const struct host_set *set);
};

/* Names of queues begin with '/'. */
struct mqueue_write_ops {
	int (*look)(const char *name, struct host_stat *st);
	/* Opens a queue that must be @same. */
	int (*open)(const char *name, const struct host_stat *same);
	/* How many messages the open queue has, and how many it takes. */
	int (*attributes)(int fd, struct host_mq *mq);
	/* Unlinks the name if it still leads to what @fd is; -ESTALE.
	 * -ENOTUNIQ: another queue of that name was removed. */
	int (*remove)(const char *name, int fd);
	/* Creates a queue that nobody may open, with another mode than @mode; its
	 * descriptor. */
	int (*create)(const char *name, const struct host_mq *mq, uint32_t mode);
	int (*send)(int fd, unsigned int priority, const void *data, size_t len);
	/* Owner and mode: it is ready now. */
	int (*finish)(int fd, const struct object_spec *spec, unsigned int *lost);
	/* Removes one that is not finished. */
	int (*discard)(const char *name, int fd);
	int (*set)(const char *name, const struct host_stat *same, const struct host_set *set);
};

struct contents_ops {
	int (*read_file)(int fd, host_sink_fn *sink, void *arg);
	/* The bytes of a segment: through @mapping, which must have all of it and leaves no
	 * trace, or by attaching it (*@attached). */
	int (*read_segment)(int id, uint64_t size, const struct segment_mapping *mapping,
			    host_sink_fn *sink, void *arg, bool *attached);
	int (*write_segment)(int id, uint64_t offset, const void *data, size_t len);
	/* All values of a set. */
	int (*write_set)(int id, const uint16_t *values);
	/* The message at @index, which stays; its length. -ENOMSG: no more;
	 * -ENOSYS: this kernel cannot. @room must hold any message. */
	ssize_t (*peek)(int id, uint32_t index, long *type, void *to, size_t room);
	int (*send)(int id, long type, const void *data, size_t len);
	/* The value of a named semaphore, up or down by single steps, as its users would;
	 * -E2BIG: too many. */
	int (*set_psem)(const struct host_place *place,
			const struct host_stat *same, uint32_t value);
};

struct write_ops {
	const struct sysv_write_ops *sysv;
	const struct file_write_ops *file;
	const struct mqueue_write_ops *mqueue;
	const struct contents_ops *contents;
};

extern const struct write_ops live_write_ops;

/* The mode of a System V object or queue in the making that is to have @mode: open to nobody,
 * without privileges to its owner, and never @mode. */
uint32_t host_closed_mode(uint32_t mode);
bool host_sysv_unchanged(enum sysv_kind kind, const struct sysv_seen *same,
			 const struct sysv_stat *now);
/* Whether a file still is the one that was seen; @with_ctime, which a rename moves. */
bool host_same_file(const struct host_stat *a, const struct host_stat *b, bool with_ctime);
/* The same with the same owner and mode, whatever was written to it. */
bool host_same_inode(const struct host_stat *a, const struct host_stat *b);
/* The bytes of a named semaphore; how many, at most @room, or -errno. */
ssize_t host_psem_image(uint32_t value, void *to, size_t room);

/* A program that is run while something lives. */
struct host_hold {
	sigset_t mask, old;	/* signals that are kept back, and were */
};

/* Keeps back the signals that would end this process, so that an object created next is sure to
 * be removed. */
void hold_begin(struct host_hold *hold);
/* Runs a program, hands the signals on to it, and waits: its exit status, or 128 + signal
 * (which is also what comes of a signal that was there before it ran). -errno: it could not be
 * run. */
int hold_run(struct host_hold *hold, char *const *argv);

/* The tool's own files. Directories are made, with all above them, for their owner alone; one
 * that another user owns or may write to is refused (-EPERM), and so is a symbolic link behind
 * the first @base bytes (-ELOOP): outfile_error(). */
int state_dir(const char *path, size_t base);
/* Locks the file, made as needed: a descriptor that keeps it, or, unless @wait, -EWOULDBLOCK
 * with the pid of who has it. */
int state_lock(const char *path, bool wait, pid_t *holder);
int state_create(const char *path);	/* new, 0600; -EEXIST */
/* Made as needed; O_APPEND. *@ours: only we, or root, can have written what it holds. */
int state_append(const char *path, bool *ours);
int state_write(int fd, const void *data, size_t len);	/* all @len bytes */
int state_write_at(int fd, uint64_t offset, const void *data, size_t len);
/* Leaves out zeros: the size of the file is set at last. */
int state_write_sparse(int fd, uint64_t offset, const void *data, size_t len);
int state_resize(int fd, uint64_t size);
int state_sync(int fd);
/* Everything in the file system of @path. */
int state_sync_all(const char *path);
void state_close(int fd);
int state_rename(const char *from, const char *to);
int state_unlink(const char *path);
int state_read(const char *path, uint64_t most, struct buf *buf);
int state_read_from(int fd, uint64_t offset, uint64_t most, struct buf *buf);
uint64_t state_size(int fd);
uint64_t state_inode(int fd);
/* Calls @sink with its bytes, holes left out. */
int state_read_to(const char *path, host_sink_fn *sink, void *arg);
/* Never follows it. */
int state_stat(const char *path, struct host_stat *st);
/* Whether this program runs with rights that its caller does not have. */
bool state_is_borrowed(void);
int state_list(const char *path, host_dir_fn *each, void *arg);
int state_random(uint64_t *num);
/* A line for syslog(3), which waits for nobody: where there is no room for it, it is lost. */
void state_syslog(int priority, const char *line);

#endif
