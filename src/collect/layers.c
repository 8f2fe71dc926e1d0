// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that others may use through another file system: those below a layer of an overlay, or
 * behind one that passes all on (fs/overlayfs, fs/ecryptfs, FUSE). A FIFO or a socket is another
 * one there, with another device. A file in a layer keeps its inode number, but for one that was
 * copied up: so both are asked, where layers are and who has that number on such a device.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/host.h"
#include "internal.h"
#include "ipcscope/text.h"

enum layer_kind {
	KIND_STACKED,	/* of other files, or not known: their inode numbers are the same */
	KIND_REMOTE,	/* of files elsewhere, which have other numbers there */
	KIND_PLAIN,	/* its own */
};

static const struct {
	const char *name;
	enum layer_kind kind;
} layer_types[] = {
	{ "tmpfs", KIND_PLAIN }, { "devtmpfs", KIND_PLAIN }, { "ramfs", KIND_PLAIN },
	{ "rootfs", KIND_PLAIN }, { "ext2", KIND_PLAIN }, { "ext3", KIND_PLAIN },
	{ "ext4", KIND_PLAIN }, { "xfs", KIND_PLAIN }, { "btrfs", KIND_PLAIN },
	{ "f2fs", KIND_PLAIN }, { "bcachefs", KIND_PLAIN }, { "zfs", KIND_PLAIN },
	{ "jfs", KIND_PLAIN }, { "reiserfs", KIND_PLAIN }, { "nilfs2", KIND_PLAIN },
	{ "fuse", KIND_REMOTE }, { "nfs", KIND_REMOTE }, { "9p", KIND_REMOTE },
	{ "virtiofs", KIND_REMOTE }, { "ceph", KIND_REMOTE }, { "cifs", KIND_REMOTE },
};

/* A file that is used, by who has it or is bound to it. */
struct live_file {
	uint64_t dev, ino;	/* ino: the lower 32 bits */
	const char *name;
};

struct layers {
	struct collector *col;
	struct VEC(struct host_stat) dirs;	/* layers that were found */
	struct VEC(const struct str *) texts;	/* paths from directories that are not known */
	struct VEC(struct { uint64_t dev; enum layer_kind kind; }) devs;
	struct VEC(struct live_file) live;
	struct map live_index;		/* by ino */
};

static const char *layers_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void layers_add_type(struct layers *layers, uint64_t dev, const char *type)
{
	size_t i;

	for (i = 0; i < layers->devs.nr; i++) {
		if (layers->devs.at[i].dev == dev)
			return;
	}
	vec_add(&layers->devs)->dev = dev;
	for (i = 0; i < ARRAY_SIZE(layer_types); i++) {
		const size_t len = strlen(layer_types[i].name);

		if (strncmp(type, layer_types[i].name, len) != 0 ||
		    (type[len] && layer_types[i].kind == KIND_PLAIN))
			continue;
		layers->devs.at[layers->devs.nr - 1].kind = layer_types[i].kind;
		return;
	}
}

static enum layer_kind layers_kind(const struct layers *layers, uint64_t dev)
{
	uint32_t i;

	for (i = 0; i < layers->devs.nr; i++) {
		if (layers->devs.at[i].dev == dev)
			return layers->devs.at[i].kind;
	}
	return KIND_STACKED;
}

/* As it was given when it was mounted, by a process of whatever root: by ours, and by one
 * that sees the mount. */
static void layers_add_dir(struct layers *layers, pid_t pid, const char *path)
{
	const struct host *host = layers->col->host;
	struct host_stat st;

	if (*path != '/') {
		/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
		*vec_add(&layers->texts) = arena_printf(&layers->col->snap->arena, "/%s/", path);
		return;
	}
	if (!host->ops->find_file(host, 0, AT_FDCWD, 0, path, &layers->col->scratch, &st))
		*vec_add(&layers->dirs) = st;
	if (pid && !host->ops->find_file(host, pid, AT_FDCWD, 0, path, &layers->col->scratch, &st))
		*vec_add(&layers->dirs) = st;
}

/* The value of an option of overlay, up to a comma, in which signs are in octal: of "lowerdir"
 * several paths, with colons between them; a backslash before a sign is the overlay's own. */
static void layers_add_option(struct layers *layers, pid_t pid, const char *at, bool several)
{
	struct buf path = { 0 };
	bool literal = false;
	char sign;

	for (; *at && !strchr(", \n", *at); at++) {
		sign = *at;
		if (sign == '\\' && at[1] >= '0' && at[1] <= '3' && at[2] && at[3]) {
			sign = (char)((at[1] & 3) << 6 | (at[2] & 7) << 3 | (at[3] & 7));
			at += 3;
		}
		if (sign == '\\' && !literal) {
			literal = true;
			continue;
		}
		if (sign != ':' || !several || literal) {
			buf_putc(&path, sign);
		} else if (path.len) {
			layers_add_dir(layers, pid, path.data);
			buf_reset(&path);
		}
		literal = false;
	}
	if (path.len)
		layers_add_dir(layers, pid, path.data);
	buf_free(&path);
}

/* "36 35 0:83 / /merged rw - overlay overlay rw,lowerdir=/a:/b,upperdir=/c,workdir=/d" */
static void layers_read_mounts(struct layers *layers, pid_t pid)
{
	static const char *const options[] = {
		",lowerdir=", ",lowerdir+=", ",datadir+=", ",upperdir=", ",workdir=",
	};
	const struct collector *col = layers->col;
	struct buf text = { 0 }, type = { 0 }, path = { 0 };
	const char *line, *next, *at, *end;
	uint64_t number[4];
	char file[32];
	size_t i;

	snprintf(file, sizeof(file), "%d/mountinfo", (int)pid);
	if (col->host->ops->read_file(col->host, &col->proc, pid ? file : "self/mountinfo", &text) < 0)
		buf_reset(&text);
	for (line = text.len ? text.data : ""; *line; line = next) {
		end = strchrnul(line, '\n');
		next = *end ? end + 1 : end;
		for (at = line, i = 0; i < 4 && num_u64(&at, &number[i]); i++)
			at++;
		at = line;
		if (i < 4 || !host_parse_mount(&at, end, &type, &path))
			continue;
		layers_add_type(layers, makedev(number[2], number[3]), type.data);
		if (strcmp(type.data, "overlay") != 0)
			continue;
		for (i = 0; i < ARRAY_SIZE(options); i++) {
			for (at = line; (at = strstr(at, options[i])) && at < end; at++)
				layers_add_option(layers, pid, at + strlen(options[i]), !i);
		}
	}
	buf_free(&text);
	buf_free(&type);
	buf_free(&path);
}

/* As we have them and, for a verdict, each mount namespace that a process is in, which not
 * all may know. */
static void layers_find_mounts(struct layers *layers)
{
	const struct collector *col = layers->col;
	struct inodes seen = { 0 };
	const uint64_t *other;
	const pid_t *pid;
	char path[32];
	uint64_t ino;

	layers_read_mounts(layers, 0);
	*vec_add(&seen) = col->snap->host.mnt_ns;
	vec_for_each(pid, &col->pids) {
		if (!(col->query->parts & NEED(RUNNING)))
			break;
		snprintf(path, sizeof(path), "%d/ns/mnt", (int)*pid);
		scan_ns(col->host, &col->proc, path, &ino);
		vec_for_each(other, &seen) {
			if (ino && *other == ino)
				break;
		}
		if (vec_stopped(other, &seen))
			continue;
		*vec_add(&seen) = ino;
		layers_read_mounts(layers, *pid);
	}
	vec_free(&seen);
}

static void layers_add_live(struct layers *layers, uint64_t dev, uint64_t ino, const char *name)
{
	map_add(&layers->live_index, hash_u64((uint32_t)ino, 0), layers->live.nr);
	*vec_add(&layers->live) = (struct live_file){ dev, (uint32_t)ino, name };
}

/* FIFOs that are used, and files that sockets are bound to; @used: by object. */
static void layers_find_live(struct layers *layers, const bool *used)
{
	const struct collector *col = layers->col;
	const struct bound_path *bound;
	const struct object *obj;

	vec_for_each(obj, &col->snap->objects) {
		const struct str *name = object_str(col->snap, obj, FIELD_NAME);

		if (obj->class == CLASS_fifo && used[obj - col->snap->objects.at])
			layers_add_live(layers, obj->key.ns, obj->key.id,
					name ? layers_last(name->data) : "");
	}
	vec_for_each(bound, &col->bound) {
		if (bound->vfs)
			layers_add_live(layers, makedev(bound->vfs >> 52, bound->vfs >> 32 & 0xfffff),
					bound->vfs, layers_last(bound->name->data));
	}
}

struct layers_key {
	const struct layers *layers;
	uint64_t dev, ino;
	const char *name;
};

/* Whether a file that is used may be the one of the key, seen on another file system. */
static bool layers_may_be(const void *vec, uint32_t index, const void *arg)
{
	const struct live_file *live = &((const struct live_file *)vec)[index];
	const struct layers_key *key = arg;

	return live->ino == (uint32_t)key->ino && live->dev != key->dev &&
	       (layers_kind(key->layers, live->dev) != KIND_PLAIN ||
		layers_kind(key->layers, key->dev) != KIND_PLAIN);
}

static bool layers_has_twin(const struct layers *layers, const struct layers_key *key)
{
	const struct live_file *live;

	if (map_find(&layers->live_index, hash_u64((uint32_t)key->ino, 0), layers_may_be,
		     layers->live.at, key) != NO_INDEX)
		return true;
	vec_for_each(live, &layers->live) {
		if (live->dev != key->dev && !strcmp(live->name, key->name) &&
		    (layers_kind(layers, live->dev) == KIND_REMOTE ||
		     layers_kind(layers, key->dev) == KIND_REMOTE))
			return true;
	}
	return false;
}

/* Whether the file at @path, on @dev, is below a layer; @path is cut. */
static bool layers_has_path(const struct layers *layers, char *path, uint64_t dev)
{
	const struct host *host = layers->col->host;
	const struct host_stat *dir;
	const struct str **text;
	struct host_stat st;
	char *slash;

	vec_for_each(text, &layers->texts) {
		if (strstr(path, (*text)->data))
			return true;
	}
	while (layers->dirs.nr && (slash = strrchr(path, '/'))) {
		*slash = '\0';
		if (host->ops->stat(host, NULL, slash == path ? "/" : path, HOST_FOLLOW, &st) ||
		    st.dev != dev)
			break;
		vec_for_each(dir, &layers->dirs) {
			if (dir->dev == st.dev && dir->ino == st.ino)
				return true;
		}
	}
	return false;
}

/* What has a name by which it is found here. */
static bool layers_is_asked(const struct collector *col, const struct object *obj)
{
	const struct str *name = object_str(col->snap, obj, FIELD_NAME);
	const uint64_t home = col->snap->host.home_dev[obj->class];
	uint64_t flags = 0;

	object_num(col->snap, obj, FIELD_FLAGS, &flags);
	return obj->key.space == SPACE_INODE && name && name->len && name->data[0] == '/' &&
	       !(flags & IS(UNLINKED)) && (ipc_classes[obj->class]->file_type ||
					   (home && home == obj->key.ns));
}

static void layers_look(struct layers *layers, const bool *used)
{
	struct collector *col = layers->col;
	struct buf path = { 0 };
	uint32_t i;

	for (i = 0; i < col->snap->objects.nr; i++) {
		const struct object *obj = &col->snap->objects.at[i];
		const struct str *name = object_str(col->snap, obj, FIELD_NAME);
		struct layers_key key = { layers, obj->key.ns, obj->key.id, "" };

		if (used[i] || !layers_is_asked(col, obj))
			continue;
		key.name = layers_last(name->data);
		buf_reset(&path);
		buf_puts(&path, ipc_classes[obj->class]->file_type ? "" : "/dev/shm");
		buf_str(&path, name);
		if (layers_has_path(layers, path.data, obj->key.ns) ||
		    (ipc_classes[obj->class]->file_type && layers_has_twin(layers, &key)))
			object_flag(col->snap, i, IS(LAYER));
	}
	buf_free(&path);
}

void collect_layers(struct collector *col)
{
	const struct snapshot *snap = col->snap;
	struct layers layers = { .col = col };
	const struct edge *edge;
	bool *used;
	uint32_t i;

	for (i = 0; i < snap->objects.nr && !layers_is_asked(col, &snap->objects.at[i]); i++)
		;
	if (i == snap->objects.nr)
		return;
	used = mem_zero(snap->objects.nr, sizeof(*used));
	vec_for_each(edge, &snap->edges)
		used[edge->object] |= edge_uses[edge->kind] || edge->kind == EDGE_WAITS;
	for (; i < snap->objects.nr && (used[i] || !layers_is_asked(col, &snap->objects.at[i])); i++)
		;
	if (i < snap->objects.nr) {
		layers_find_mounts(&layers);
		layers_find_live(&layers, used);
		layers_look(&layers, used);
	}
	vec_free(&layers.dirs);
	vec_free(&layers.texts);
	vec_free(&layers.devs);
	vec_free(&layers.live);
	map_free(&layers.live_index);
	free(used);
}
