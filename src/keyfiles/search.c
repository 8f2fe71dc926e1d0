// SPDX-License-Identifier: GPL-2.0-or-later
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ftok.h"

#define TELL_EVERY	1024

static const char *const usual_dirs[] = {
	"/tmp", "/var/tmp", "/run", "/etc", "/opt", "/srv", "/var", "/home",
	"/root", "/usr/local", "/usr", "/",
};

/* ftok() follows links, so that one never gives a key itself. */
void key_file_found(struct searching *ing, const char *path, size_t len,
		    const struct host_stat *st)
{
	struct key_search *search = ing->search;
	const struct key_file *file;

	if (S_ISLNK(st->mode) || !ftok_fits(search->key, st->dev, st->ino))
		return;
	vec_for_each(file, &search->files) {
		if (file->st.dev == st->dev && file->st.ino == st->ino &&
		    file->path->len == len && !memcmp(file->path->data, path, len))
			return;
	}
	*vec_add(&search->files) = (struct key_file){
		.path = arena_str(&search->arena, path, len), .st = *st,
		.near = ing->near, .pid = ing->pid,
		.younger = search->since && st->btime > search->since,
	};
}

static void search_tell(struct searching *ing)
{
	struct progress *progress = ing->search->progress;

	if (!progress || !progress->tell || ing->walk.entries % TELL_EVERY)
		return;
	progress->what = "directory entries";
	progress->done = (uint32_t)ing->walk.entries;
	progress->tell(progress);
}

/* A look at each entry costs reading its inode: most can be told from it by
 * the number that the directory has. */
static bool search_wanted(struct walk *walk, uint64_t ino, unsigned char type)
{
	struct searching *ing = walk->arg;

	search_tell(ing);
	if (type == DT_LNK)
		return false;
	/* Not worked out for each of many directories. */
	if (ing->dev != walk->dev) {
		ing->dev = walk->dev;
		ing->trusted = key_mount_is(key_mount_of(ing, walk->path.data), MOUNT_PLAIN);
	}
	return !ing->trusted || type == DT_DIR || type == DT_UNKNOWN ||
	       (ino & 0xffff) == ftok_ino(ing->search->key);
}

static void search_found(struct walk *walk, const struct host_stat *st)
{
	key_file_found(walk->arg, walk->path.data, walk->path.len, st);
}

static bool search_same_place(const void *vec, uint32_t index, const void *key)
{
	const struct key_place *a = &((const struct key_place *)vec)[index];
	const struct key_place *b = key;

	return a->dev == b->dev && a->ino == b->ino;
}

static bool search_enter(struct walk *walk, const struct host_stat *st, uint64_t dev)
{
	const struct key_place place = { st->dev, st->ino };
	const uint64_t hash = hash_u64(st->dev, st->ino);
	struct searching *ing = walk->arg;
	struct key_search *search = ing->search;
	const struct str *type;

	if (walk->entries >= walk->most ||
	    st->dev == ing->no_devs[0] || st->dev == ing->no_devs[1])
		return false;
	/* Not on the way down, but a subvolume and the like: no mount. */
	type = st->dev == dev ? NULL : key_mount_on(ing, walk->path.data);
	if (type && !key_mount_is(type, MOUNT_LOCAL)) {
		*vec_add(&search->skipped) = (struct key_skipped){
			.path = arena_str(&search->arena, walk->path.data, walk->path.len),
			.type = type,
		};
		return false;
	}
	/* Each is entered once. */
	if (map_find(&ing->index, hash, search_same_place, ing->places.at, &place) != NO_INDEX)
		return false;
	map_add(&ing->index, hash, ing->places.nr);
	*vec_add(&ing->places) = place;
	return true;
}

static void search_missing(struct walk *walk, int err)
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

/* Of a link of /proc: its target; the length, 0 if it cannot be read. */
static size_t search_target_of(const struct searching *ing, const char *link, char to[4096])
{
	const struct host *host = ing->search->host;
	ssize_t len = host->ops->read_link(host, NULL, link, to, 4096);

	if (len <= 0 || len >= 4096 || to[0] != '/')
		return 0;
	to[len] = '\0';
	return (size_t)len;
}

static void search_link(struct searching *ing, const char *link)
{
	const struct host *host = ing->search->host;
	struct host_stat st;
	char target[4096];
	size_t len = search_target_of(ing, link, target);

	if (len && !host->ops->stat(host, NULL, link, HOST_FOLLOW | HOST_BTIME, &st))
		key_file_found(ing, target, len, &st);
}

struct search_fds {
	struct searching *ing;
	pid_t pid;
};

static int search_fd(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct search_fds *fds = arg;
	char link[64];

	snprintf(link, sizeof(link), "/proc/%d/fd/%.16s", fds->pid, name);
	search_link(fds->ing, link);
	return 0;
}

static void search_process(struct searching *ing, pid_t pid)
{
	const struct host *host = ing->search->host;
	struct search_fds fds = { ing, pid };
	struct buf entries = {};
	struct host_dir dir;
	char path[64];

	ing->pid = pid;
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	search_link(ing, path);
	snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	search_link(ing, path);
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if (host->ops->open_dir(host, NULL, path, &dir))
		return;
	host->ops->read_dir(&dir, &entries, search_fd, &fds);
	host->ops->close_dir(&dir);
	buf_free(&entries);
}

static void search_processes(struct searching *ing)
{
	uint32_t i;

	ing->near = NEAR_USED;
	for (i = 0; i < ing->search->nr_pids; i++)
		search_process(ing, ing->search->pids[i]);
	ing->pid = 0;
}

static void search_around_processes(struct searching *ing)
{
	char link[64], target[4096], *slash;
	uint32_t i;

	ing->near = NEAR_USER;
	for (i = 0; i < ing->search->nr_pids; i++) {
		ing->pid = ing->search->pids[i];
		snprintf(link, sizeof(link), "/proc/%d/cwd", ing->pid);
		/* Daemons work in the root, which is where all is. */
		if (search_target_of(ing, link, target) > 1)
			walk_top(&ing->walk, link, target);
		snprintf(link, sizeof(link), "/proc/%d/exe", ing->pid);
		slash = search_target_of(ing, link, target) ? strrchr(target, '/') : NULL;
		if (!slash || slash == target)
			continue;
		/* The directory of the program: not one with all programs in it. */
		*slash = '\0';
		if (strcmp(slash - 4 >= target ? slash - 4 : target, "/bin") != 0 &&
		    strcmp(slash - 5 >= target ? slash - 5 : target, "/sbin") != 0)
			walk_top(&ing->walk, target, NULL);
	}
	ing->pid = 0;
}

/* What is a link itself is followed, since it was named. */
static void search_given(struct searching *ing)
{
	const struct key_search *search = ing->search;
	struct buf path = {};
	uint32_t i;

	ing->near = NEAR_GIVEN;
	for (i = 0; i < search->nr_dirs; i++) {
		key_mounts_look(ing, search->dirs[i]);
		buf_reset(&path);
		buf_printf(&path, "%s/.", search->dirs[i]);
		walk_top(&ing->walk, path.data, search->dirs[i]);
	}
	buf_free(&path);
}

static void search_usual(struct searching *ing)
{
	const struct host *host = ing->search->host;
	struct host_stat st;
	size_t i;

	ing->near = NEAR_ROOT;
	key_mounts_look(ing, "/");
	for (i = 0; i < ARRAY_SIZE(usual_dirs); i++) {
		if (!host->ops->stat(host, NULL, usual_dirs[i], 0, &st))
			walk_top(&ing->walk, usual_dirs[i], NULL);
	}
}

static int search_by_likelihood(const void *a, const void *b)
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

static void search_find_made_up(struct searching *ing)
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
			.wanted = search_wanted, .found = search_found,
			.enter = search_enter, .missing = search_missing,
		},
	};

	ing.walk.arg = &ing;
	key_mounts_read(&ing);
	search_find_made_up(&ing);
	search_processes(&ing);
	if (search->nr_dirs)
		search_given(&ing);
	search_around_processes(&ing);
	if (!search->nr_dirs)
		search_usual(&ing);
	search->entries = ing.walk.entries;
	if (search->files.nr)
		qsort(search->files.at, search->files.nr,
		      sizeof(search->files.at[0]), search_by_likelihood);
	buf_free(&ing.walk.path);
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
