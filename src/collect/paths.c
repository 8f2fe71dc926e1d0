// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * FIFOs and socket paths in directories: looked at with lstat(), never opened,
 * never followed; other file systems are not entered.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "internal.h"

#define MAX_DEPTH	32
#define MAX_ENTRIES	1000000

struct walk {
	struct collector *col;
	struct buf path;
	uint32_t entries;
	unsigned int depth;
};

struct level {
	struct walk *walk;
	struct host_dir *dir;
	uint64_t dev;
	size_t len;		/* of the path of the directory */
};

static void walk_dir(struct walk *walk, const struct host_dir *at,
		     const char *name, uint64_t dev);

static void missing(struct walk *walk, int err)
{
	/* What is removed meanwhile is normal. */
	if (err != -ENOENT && err != -ENOTDIR && err != -ELOOP)
		snapshot_warn(walk->col->snap, PART_PATHS, -err, "%s",
			      walk->path.data);
}

static void add_file(struct walk *walk, const struct host_stat *st)
{
	struct collector *col = walk->col;

	if (S_ISFIFO(st->mode) && class_wanted(col, CLASS_fifo))
		fifo_path(col, walk->path.data, walk->path.len, st);
	else if (S_ISSOCK(st->mode) && class_wanted(col, CLASS_unix))
		unix_path(col, walk->path.data, walk->path.len, st);
}

static int each_entry(void *arg, const char *name, uint64_t ino,
		      unsigned char type)
{
	struct level *level = arg;
	struct walk *walk = level->walk;
	const struct host *host = walk->col->host;
	struct host_stat st;
	int err;

	(void)ino;
	if (++walk->entries > MAX_ENTRIES)
		return -E2BIG;
	if (type != DT_FIFO && type != DT_SOCK && type != DT_DIR &&
	    type != DT_UNKNOWN)
		return 0;
	walk->path.len = level->len;
	if (level->len > 1)
		buf_putc(&walk->path, '/');
	buf_puts(&walk->path, name);
	err = host->ops->stat(host, level->dir, name, HOST_BTIME, &st);
	if (err < 0)
		missing(walk, err);
	else if (!S_ISDIR(st.mode))
		add_file(walk, &st);
	else if (st.dev == level->dev && walk->depth < MAX_DEPTH)
		walk_dir(walk, level->dir, name, st.dev);
	return 0;
}

static void walk_dir(struct walk *walk, const struct host_dir *at,
		     const char *name, uint64_t dev)
{
	const struct host *host = walk->col->host;
	struct level level = { .walk = walk, .dev = dev, .len = walk->path.len };
	struct buf entries = { 0 };
	struct host_dir dir;
	struct host_stat st;
	int err;

	err = host->ops->open_dir(host, at, name, &dir);
	if (!err) {
		level.dir = &dir;
		walk->depth++;
		/* It may have been exchanged since. */
		err = host->ops->stat(host, &dir, "", 0, &st);
		if (!err && st.dev == dev)
			err = host->ops->read_dir(&dir, &entries, each_entry,
						  &level);
		walk->depth--;
		host->ops->close_dir(&dir);
	}
	buf_free(&entries);
	walk->path.len = level.len;
	walk->path.data[level.len] = '\0';
	if (err < 0)
		missing(walk, err);
}

static void walk_top(struct walk *walk, const char *path)
{
	const struct host *host = walk->col->host;
	struct host_stat st;
	int err;

	buf_reset(&walk->path);
	buf_puts(&walk->path, path);
	while (walk->path.len > 1 &&
	       walk->path.data[walk->path.len - 1] == '/')
		walk->path.data[--walk->path.len] = '\0';
	err = host->ops->stat(host, NULL, walk->path.data, HOST_BTIME, &st);
	if (err < 0) {
		missing(walk, err);
		return;
	}
	if (S_ISDIR(st.mode))
		walk_dir(walk, NULL, path, st.dev);
	else
		add_file(walk, &st);
}

void collect_paths(struct collector *col)
{
	struct walk walk = { .col = col };
	uint32_t i;

	for (i = 0; i < col->query->nr_paths; i++)
		walk_top(&walk, col->query->paths[i]);
	buf_free(&walk.path);
}
