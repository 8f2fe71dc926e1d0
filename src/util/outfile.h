/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OUTFILE_H
#define OUTFILE_H

/*
 * The files that this program writes. Their names may lie where other users can put something:
 * a symbolic link is followed only if it is root's or ours and stands in a directory that nobody
 * else can put it into, a hard link to some other file is not written to, and no open waits for
 * the other end of a FIFO. Functions return 0, a descriptor, or -errno: outfile_error().
 */

#include <stdbool.h>
#include <stdio.h>

/* A name in a directory, which is held so that it stays the same one. */
struct outfile_place {
	int dir;		/* O_PATH; -1: none */
	int own;		/* a copy of the descriptor of ours that the path means, as
				 * /dev/stdout does; -1: it means @name in @dir */
	char name[256];
	bool safe;		/* nobody but us and root can make the path lead elsewhere */
};

/* Makes the directory @path as needed, 0700, what is above it 0755. Behind its first @base bytes
 * no symbolic link is followed. Fails where anybody but us and root could put another in its
 * place, or write to it (-EPERM). */
int outfile_make_dir(const char *path, size_t base);

/* Opens to append to, made as needed with mode 0600. *@ours: only we and root can have written
 * what it holds; it is a regular file in such a directory. */
int outfile_append(const char *path, bool *ours);

/* A file that is replaced when all is written, or stays as it was; a device, a FIFO that is read
 * from, or a descriptor of ours is written to. */
struct outfile {
	FILE *to;
	struct outfile_place place;
	bool replaces;
	bool named;		/* it has its temporary name already */
	char temporary[32];
};
int outfile_open(struct outfile *out, const char *path);
/* Gives the file its name, synced, unless @err is not 0; -errno, or @err. */
int outfile_close(struct outfile *out, int err);

/* What an error of these functions means. */
const char *outfile_error(int err);

#endif
