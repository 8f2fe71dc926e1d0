// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

struct level {
	struct walk *walk;
	struct host_dir *dir;
	uint64_t dev;
	size_t len;		/* of the path of the directory */
};

static void walk_dir(struct walk *walk, const struct host_dir *at,
		     const char *name, const struct host_stat *same);

static void walk_missing(struct walk *walk, int err)
{
	/* What is removed meanwhile is normal. */
	if (err != -ENOENT && err != -ENOTDIR && err != -ELOOP)
		walk->missing(walk, err);
}

static int walk_each_entry(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct level *level = arg;
	struct walk *walk = level->walk;
	struct host_stat st;
	int err;

	if (++walk->entries > walk->most)
		return -E2BIG;
	walk->path.len = level->len;
	walk->path.data[level->len] = '\0';
	walk->dev = level->dev;
	if (!walk->wanted(walk, ino, type))
		return 0;
	if (level->len > 1)
		buf_putc(&walk->path, '/');
	buf_puts(&walk->path, name);
	err = walk->host->ops->stat(walk->host, level->dir, name, HOST_BTIME, &st);
	if (err < 0) {
		walk_missing(walk, err);
		return 0;
	}
	walk->found(walk, &st);
	if (S_ISDIR(st.mode) && walk->depth < WALK_DEPTH && walk->enter(walk, &st, level->dev))
		walk_dir(walk, level->dir, name, &st);
	return 0;
}

static void walk_dir(struct walk *walk, const struct host_dir *at,
		     const char *name, const struct host_stat *same)
{
	const struct host *host = walk->host;
	struct level level = {
		.walk = walk, .dev = same->dev, .len = walk->path.len,
	};
	struct buf entries = { 0 };
	struct host_dir dir;
	struct host_stat st;
	int err = host->ops->open_dir(host, at, name, &dir);

	if (!err) {
		level.dir = &dir;
		walk->depth++;
		/* It may have been exchanged since. */
		err = host->ops->stat(host, &dir, "", 0, &st);
		if (!err && st.dev == same->dev && st.ino == same->ino)
			err = host->ops->read_dir(&dir, &entries, walk_each_entry, &level);
		walk->depth--;
		host->ops->close_dir(&dir);
	}
	buf_free(&entries);
	walk->path.len = level.len;
	walk->path.data[level.len] = '\0';
	if (err < 0)
		walk_missing(walk, err);
}

void walk_top(struct walk *walk, const char *path, const char *called)
{
	const struct host *host = walk->host;
	struct host_stat st;
	int err = 0;

	buf_reset(&walk->path);
	/* What a link of /proc leads to is there without a look-up. */
	if (!called)
		err = host->ops->find_file(host, 0, AT_FDCWD, 0, path, &walk->path, &st);
	buf_reset(&walk->path);
	buf_puts(&walk->path, called ? called : path);
	while (walk->path.len > 1 && walk->path.data[walk->path.len - 1] == '/')
		walk->path.data[--walk->path.len] = '\0';
	if (err != -ETIMEDOUT)
		err = host->ops->stat(host, NULL, path, HOST_BTIME | (called ? HOST_FOLLOW : 0), &st);
	if (err < 0) {
		walk_missing(walk, err);
		return;
	}
	walk->found(walk, &st);
	if (S_ISDIR(st.mode) && walk->enter(walk, &st, st.dev))
		walk_dir(walk, NULL, path, &st);
}
