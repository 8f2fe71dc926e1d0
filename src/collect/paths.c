// SPDX-License-Identifier: GPL-2.0-or-later
/* FIFOs and socket paths in directories; other file systems are not entered. */
#include <dirent.h>
#include <sys/stat.h>

#include "host/walk.h"
#include "internal.h"

#define MAX_ENTRIES	1000000

static bool paths_wanted(struct walk *walk, uint64_t ino, unsigned char type)
{
	return type == DT_FIFO || type == DT_SOCK || type == DT_DIR || type == DT_UNKNOWN;
}

static void paths_found(struct walk *walk, const struct host_stat *st)
{
	struct collector *col = walk->arg;
	const struct ipc_class *class = class_of_file(col, st->mode);
	uint32_t object = NO_INDEX;

	if (class)
		object = class->file(col, col->snap, st, walk->path.data, walk->path.len);
	if (object != NO_INDEX)
		object_set_str(col->snap, object, FIELD_NAME, walk->path.data, walk->path.len);
}

static bool paths_enter(struct walk *walk, const struct host_stat *st, uint64_t dev)
{
	return st->dev == dev;
}

static void paths_missing(struct walk *walk, int err)
{
	struct collector *col = walk->arg;

	snapshot_warn(col->snap, PART_PATHS, -err, "%s", walk->path.data);
}

void collect_paths(struct collector *col)
{
	struct walk walk = {
		.host = col->host, .most = MAX_ENTRIES, .arg = col,
		.wanted = paths_wanted, .found = paths_found,
		.enter = paths_enter, .missing = paths_missing,
	};
	uint32_t i;

	for (i = 0; i < col->query->nr_paths; i++) {
		const char *path = col->query->paths[i];

		walk_top(&walk, path, NULL);
		/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
		*vec_add(&col->snap->places) = arena_str(&col->snap->arena, path, strlen(path));
	}
	buf_free(&walk.path);
}
