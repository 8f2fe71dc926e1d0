// SPDX-License-Identifier: GPL-2.0-or-later
/* What is mounted where, and what of it is worth a search. */
#include <string.h>

#include "internal.h"

#define LOCAL	MOUNT_LOCAL
#define PLAIN	MOUNT_PLAIN

/* Not among them: network file systems, FUSE and what the kernel makes up. */
static const struct {
	const char *name;
	unsigned int how;
} mount_types[] = {
	{ "ext2", LOCAL | PLAIN }, { "ext3", LOCAL | PLAIN },
	{ "ext4", LOCAL | PLAIN }, { "xfs", LOCAL | PLAIN },
	{ "btrfs", LOCAL | PLAIN }, { "f2fs", LOCAL | PLAIN },
	{ "tmpfs", LOCAL | PLAIN }, { "ramfs", LOCAL | PLAIN },
	{ "devtmpfs", LOCAL | PLAIN }, { "bcachefs", LOCAL },
	{ "zfs", LOCAL }, { "jfs", LOCAL }, { "reiserfs", LOCAL },
	{ "nilfs2", LOCAL }, { "overlay", LOCAL }, { "aufs", LOCAL },
	{ "vfat", LOCAL }, { "exfat", LOCAL }, { "ntfs3", LOCAL },
	{ "squashfs", LOCAL }, { "erofs", LOCAL }, { "iso9660", LOCAL },
	{ "udf", LOCAL }, { "ubifs", LOCAL }, { "rootfs", LOCAL },
};

bool key_mount_is(const struct str *type, unsigned int how)
{
	size_t i;

	for (i = 0; type && i < ARRAY_SIZE(mount_types); i++) {
		if (!strcmp(mount_types[i].name, type->data))
			return mount_types[i].how & how;
	}
	return false;
}

void key_mounts_read(struct searching *ing)
{
	struct key_search *search = ing->search;
	struct buf text = {}, type = {}, path = {};
	const char *at;

	if (!search->host->ops->read_file(search->host, NULL,
					  "/proc/self/mountinfo", &text)) {
		at = text.data;
		while (host_parse_mount(&at, text.data + text.len, &type, &path))
			*vec_add(&ing->mounts) = (struct key_mount){
				.path = arena_str(&search->arena, path.data, path.len),
				.type = arena_str(&search->arena, type.data, type.len),
			};
	}
	buf_free(&text);
	buf_free(&type);
	buf_free(&path);
}

/* Of several on one place the last is seen. */
const struct str *key_mount_on(const struct searching *ing, const char *path)
{
	const struct str *type = NULL;
	const struct key_mount *mount;

	vec_for_each(mount, &ing->mounts) {
		if (!strcmp(mount->path->data, path))
			type = mount->type;
	}
	return type;
}

static bool mounts_is_below(const char *path, const char *dir)
{
	size_t len = dir[1] ? strlen(dir) : 0;

	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

const struct str *key_mount_of(const struct searching *ing, const char *path)
{
	const struct key_mount *mount, *best = NULL;

	vec_for_each(mount, &ing->mounts) {
		if (mounts_is_below(path, mount->path->data) &&
		    (!best || mount->path->len >= best->path->len))
			best = mount;
	}
	return best ? best->type : NULL;
}

void key_mounts_look(struct searching *ing, const char *dir)
{
	const struct host *host = ing->search->host;
	const struct key_mount *mount;
	struct host_stat st;

	vec_for_each(mount, &ing->mounts) {
		if (mounts_is_below(mount->path->data, dir) &&
		    key_mount_is(mount->type, MOUNT_LOCAL) &&
		    !host->ops->stat(host, NULL, mount->path->data, HOST_BTIME, &st))
			key_file_found(ing, mount->path->data, mount->path->len, &st);
	}
}
