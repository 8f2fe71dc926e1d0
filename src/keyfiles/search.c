// SPDX-License-Identifier: GPL-2.0-or-later
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ftok.h"

#define TELL_EVERY	1024

static const char *const usual_dirs[] = {
	"/tmp", "/var/tmp", "/run", "/etc", "/opt", "/srv", "/var", "/home",
	"/root", "/usr/local", "/usr", "/",
};

static bool is_known(const struct key_search *search,
		     const struct host_stat *st, const char *path, size_t len)
{
	const struct key_file *file;

	vec_for_each(file, &search->files) {
		if (file->st.dev == st->dev && file->st.ino == st->ino &&
		    file->path->len == len && !memcmp(file->path->data, path, len))
			return true;
	}
	return false;
}

/* ftok() follows links, so that one never gives a key itself. */
void key_file_found(struct searching *ing, const char *path, size_t len,
		    const struct host_stat *st)
{
	struct key_search *search = ing->search;

	if (S_ISLNK(st->mode) || !ftok_fits(search->key, st->dev, st->ino) ||
	    is_known(search, st, path, len))
		return;
	*vec_add(&search->files) = (struct key_file){
		.path = arena_str(&search->arena, path, len), .st = *st,
		.near = ing->near, .pid = ing->pid,
		.younger = search->since && st->btime > search->since,
	};
}

static void tell(struct searching *ing)
{
	struct progress *progress = ing->search->progress;

	if (!progress || !progress->tell || ing->walk.entries % TELL_EVERY)
		return;
	progress->what = "directory entries";
	progress->done = (uint32_t)ing->walk.entries;
	progress->tell(progress);
}

/* Not worked out for each of many directories. */
static void trust(struct searching *ing, uint64_t dev)
{
	if (ing->dev == dev)
		return;
	ing->dev = dev;
	ing->trusted = key_mount_is_plain(key_mount_of(ing, ing->walk.path.data));
}

/* A look at each entry costs reading its inode: most can be told from it by
 * the number that the directory has. */
static bool file_wanted(struct walk *walk, uint64_t ino, unsigned char type)
{
	struct searching *ing = walk->arg;

	tell(ing);
	if (type == DT_LNK)
		return false;
	trust(ing, walk->dev);
	return !ing->trusted || type == DT_DIR || type == DT_UNKNOWN ||
	       (ino & 0xffff) == ftok_ino(ing->search->key);
}

static void file_found(struct walk *walk, const struct host_stat *st)
{
	key_file_found(walk->arg, walk->path.data, walk->path.len, st);
}

static bool same_place(const void *vec, uint32_t index, const void *key)
{
	const struct key_place *a = &((const struct key_place *)vec)[index];
	const struct key_place *b = key;

	return a->dev == b->dev && a->ino == b->ino;
}

/* Whether it is entered for the first time. */
static bool is_new(struct searching *ing, const struct host_stat *st)
{
	const struct key_place place = { st->dev, st->ino };
	uint64_t hash = hash_u64(st->dev, st->ino);

	if (map_find(&ing->index, hash, same_place, ing->places.at, &place) != NO_INDEX)
		return false;
	map_add(&ing->index, hash, ing->places.nr);
	*vec_add(&ing->places) = place;
	return true;
}

static bool is_made_up(const struct searching *ing, uint64_t dev)
{
	return dev == ing->no_devs[0] || dev == ing->no_devs[1];
}

static void skip(struct searching *ing, const struct str *type)
{
	struct key_search *search = ing->search;

	*vec_add(&search->skipped) = (struct key_skipped){
		.path = arena_str(&search->arena, ing->walk.path.data, ing->walk.path.len),
		.type = type,
	};
}

static bool file_enter(struct walk *walk, const struct host_stat *st, uint64_t dev)
{
	struct searching *ing = walk->arg;
	const struct str *type;

	if (walk->entries >= walk->most || is_made_up(ing, st->dev))
		return false;
	/* Not on the way down, but a subvolume and the like: no mount. */
	type = st->dev == dev ? NULL : key_mount_on(ing, walk->path.data);
	if (type && !key_mount_is_local(type)) {
		skip(ing, type);
		return false;
	}
	if (!is_new(ing, st))
		return false;
	return true;
}

static void file_missing(struct walk *walk, int err)
{
	struct searching *ing = walk->arg;
	struct key_search *search = ing->search;

	if (err == -E2BIG) {
		search->stopped = true;
		return;
	}
	if (search->unread++)
		return;
	search->first_unread = arena_str(&search->arena, walk->path.data, walk->path.len);
	search->unread_err = -err;
}

void key_walk(struct searching *ing, const char *path, const char *called)
{
	walk_top(&ing->walk, path, called);
}

/* What is a link itself is followed, since it was named. */
static void walk_given(struct searching *ing)
{
	const struct key_search *search = ing->search;
	struct buf path = {};
	uint32_t i;

	ing->near = NEAR_GIVEN;
	for (i = 0; i < search->nr_dirs; i++) {
		key_mounts_look(ing, search->dirs[i]);
		buf_reset(&path);
		buf_printf(&path, "%s/.", search->dirs[i]);
		key_walk(ing, path.data, search->dirs[i]);
	}
	buf_free(&path);
}

static void walk_usual(struct searching *ing)
{
	const struct host *host = ing->search->host;
	struct host_stat st;
	size_t i;

	ing->near = NEAR_ROOT;
	key_mounts_look(ing, "/");
	for (i = 0; i < ARRAY_SIZE(usual_dirs); i++) {
		if (!host->ops->stat(host, NULL, usual_dirs[i], 0, &st))
			key_walk(ing, usual_dirs[i], NULL);
	}
}

static int by_likelihood(const void *a, const void *b)
{
	const struct key_file *x = a, *y = b;

	if (x->younger != y->younger)
		return x->younger ? 1 : -1;
	if (x->near != y->near)
		return x->near < y->near ? -1 : 1;
	if (x->path->len != y->path->len)
		return x->path->len < y->path->len ? -1 : 1;
	return str_compare(x->path, y->path);
}

static void find_made_up(struct searching *ing)
{
	static const char *const paths[] = { "/proc", "/sys" };
	const struct host *host = ing->search->host;
	struct host_stat st;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct str *type = key_mount_on(ing, paths[i]);

		if (type && !host->ops->stat(host, NULL, paths[i], 0, &st))
			ing->no_devs[i] = st.dev;
	}
}

void key_search_run(struct key_search *search)
{
	struct searching ing = {
		.search = search,
		.walk = {
			.host = search->host, .most = search->most,
			.wanted = file_wanted, .found = file_found,
			.enter = file_enter, .missing = file_missing,
		},
	};

	ing.walk.arg = &ing;
	key_mounts_read(&ing);
	find_made_up(&ing);
	key_procs_look(&ing);
	if (search->nr_dirs)
		walk_given(&ing);
	key_procs_walk(&ing);
	if (!search->nr_dirs)
		walk_usual(&ing);
	search->entries = ing.walk.entries;
	if (search->files.nr)
		qsort(search->files.at, search->files.nr,
		      sizeof(search->files.at[0]), by_likelihood);
	walk_free(&ing.walk);
	vec_free(&ing.mounts);
	vec_free(&ing.places);
	map_free(&ing.index);
}

void key_search_free(struct key_search *search)
{
	vec_free(&search->files);
	vec_free(&search->skipped);
	arena_free(&search->arena);
}
