/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_MAKE_H
#define IPCSCOPE_MAKE_H

/*
 * Making an object, as mk and undo do. A System V object or a queue is made
 * open to nobody and gets its mode when all is in it; a file gets its name
 * last: what is there is whole.
 */

#include "host/host.h"
#include "ipcscope/model.h"

struct write_ops;

enum make_step { MAKE_PLACE, MAKE_CREATE, MAKE_FILL, MAKE_FINISH };

struct make_message {
	long type;		/* or priority */
	const char *text;
	size_t len;
};

struct making {
	const struct write_ops *ops;
	enum class_id class;
	/* What it is to be: st or file, and mq. An owner of -1 in file is
	 * whoever makes it; st.id -1 is any. */
	struct sysv_stat st;
	struct host_stat file;
	struct host_mq mq;
	const char *path;	/* of a file, or name of the queue */
	/* That it is new: times are now, and all is as asked or it fails. Else
	 * what cannot be is noted in @lost. */
	bool fresh;
	bool strict;		/* its directory not through a symbolic link */

	/* What it holds. */
	const uint16_t *values;	/* of st.nr semaphores; NULL: all 0 */
	uint32_t value;		/* of a named semaphore */
	struct VEC(struct make_message) messages;
	/* Or whatever this puts in, by @ops and @id or @fd; 0 or -errno. */
	int (*fill)(struct making *making);
	/* Told that a System V object has got its id; may be NULL. */
	void (*born)(struct making *making);
	void *arg;		/* theirs */
	char aside[40];		/* name of a file in the making: make_name() */

	int id;			/* of a System V object */
	int fd;			/* of the others, in fill() */
	unsigned int lost;	/* enum host_lost */
	enum make_step step;	/* where it failed */
};

/* Nothing yet but a @class and the caller as owner, all zero else. */
void make_init(struct making *making, enum class_id class);
/* Chooses @making->aside. */
void make_name(struct making *making);
/* 0, or -errno: then there is nothing left of it. */
int make_object(struct making *making);
void make_free(struct making *making);

/* A program that is run while the object is there. */
struct make_hold {
	char *const *argv;
	/* Told that the object is there, before it is run. */
	void (*ready)(struct making *making);
	int status;		/* exit status, 128 + signal; or -errno: not run */
	int removed;		/* 0, or -errno: it is still there */
};
/*
 * Makes it, runs the program, and removes it whatever signals come; 0, or
 * -errno: it was not made. Another object of that name or id by then is left
 * alone; gone already is as good.
 */
int make_held(struct making *making, struct make_hold *hold);

/*
 * Why it could not be made: what the kernel's error means here, which limit was
 * hit and how much of it is used, who has the name or key. One line, safe.
 */
void make_explain(struct buf *to, const struct host *host,
		  const struct making *making, int err);
/* The file, or name of a queue, behind the name of such an object; NULL: it
 * can have none. */
const struct str *object_path(struct arena *arena, enum class_id class,
			      const struct str *name);

#endif
