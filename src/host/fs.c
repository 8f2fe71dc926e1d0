// SPDX-License-Identifier: GPL-2.0-or-later
/* File systems: of what kind they are, how much room they have, and whether they answer. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "live.h"

#ifndef SYS_statmount
#define SYS_statmount	457	/* since Linux 6.8 */
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE	0x4000U
#endif

/* By what is mounted: statmount(2) has no question to the file system itself. */
static bool fs_mounted_magic(int place, uint64_t *magic)
{
	struct {
		uint32_t size, spare;
		uint64_t mount, mask;
	} request = { .size = sizeof(request), .mask = 1 /* STATMOUNT_SB_BASIC */ };
	struct {
		uint32_t size, options;
		uint64_t mask;
		uint32_t major, minor;
		uint64_t magic, rest[60];
	} answer = { 0 };
	struct statx st;

	if (live_statx(place, "", AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE, &st) ||
	    !(st.stx_mask & STATX_MNT_ID_UNIQUE))
		return false;
	request.mount = st.stx_mnt_id;
	if (syscall(SYS_statmount, &request, &answer, sizeof(answer), 0) || !(answer.mask & 1))
		return false;
	*magic = answer.magic;
	return true;
}

/* Of each file system once; one that does not answer is none of the kernel's own. */
static int fs_ask_magic(struct helper_call *call)
{
	int place = lookup_place(call), ret;
	unsigned int tries = 0;
	struct statfs fs;

	call->size = 0;
	if (place < 0)
		return place;
	do {
		ret = fstatfs(place, &fs) ? -errno : 0;
	} while (ret == -EINTR && ++tries < LIVE_TRIES);
	close(place);
	call->addr = ret ? 0 : (uint64_t)fs.f_type;
	return ret;
}

bool fs_known_magic(uint64_t dev, uint64_t *magic, bool set)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct { uint64_t dev, magic; } known[32];
	static unsigned int nr;
	unsigned int i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < nr && known[i].dev != dev; i++)
		;
	if (i == nr && set && nr < ARRAY_SIZE(known)) {
		known[i].dev = dev;
		known[i].magic = *magic;
		nr++;
	} else if (i < nr) {
		*magic = known[i].magic;
	}
	set = i < nr;
	pthread_mutex_unlock(&lock);
	return set;
}

int fs_find_magic(const struct host_dir *at, const char *path, uint64_t *magic)
{
	struct helper_call call = { 0 };
	struct host_stat st;
	int place, ret;

	ret = live_stat(&live_host, at, path, HOST_FOLLOW, &st);
	if (ret || fs_known_magic(st.dev, magic, false))
		return ret;
	place = !at || at->foreign ? foreign_open(at, path, true, &st) : -1;
	if (place < 0 || !fs_mounted_magic(place, magic)) {
		ret = foreign_ask(at, path, true, fs_ask_magic, &call, NULL);
		*magic = ret ? 0 : call.addr;
	}
	if (place >= 0)
		close(place);
	if (ret && ret != -ETIMEDOUT)
		return ret;
	fs_known_magic(st.dev, magic, true);
	return 0;
}

bool fs_is_memory(uint64_t dev)
{
	uint64_t magic;

	return fs_known_magic(dev, &magic, false) && magic == TMPFS_MAGIC;
}

bool fs_is_local(int place, uint64_t dev)
{
	static const uint64_t local[] = {
		TMPFS_MAGIC, RAMFS_MAGIC, EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
		F2FS_SUPER_MAGIC, SQUASHFS_MAGIC, EROFS_SUPER_MAGIC_V1, SYSFS_MAGIC,
	};
	const struct host_dir at = { .host = &live_host, .fd = place, .foreign = true };
	struct helper_call call = { 0 };
	uint64_t magic = 0;
	size_t i;

	if (!fs_known_magic(dev, &magic, false)) {
		if (!fs_mounted_magic(place, &magic) &&
		    !foreign_ask(&at, "", true, fs_ask_magic, &call, NULL))
			magic = call.addr;
		fs_known_magic(dev, &magic, true);
	}
	for (i = 0; i < ARRAY_SIZE(local); i++) {
		if (magic == local[i])
			return true;
	}
	return false;
}

/* Closes @place. */
static int fs_get_space(int place, struct host_space *space)
{
	struct statfs fs;
	int ret = fstatfs(place, &fs) ? -errno : 0;

	close(place);
	*space = (struct host_space){
		.bytes		= fs.f_blocks * (uint64_t)fs.f_bsize,
		.free_bytes	= fs.f_bfree * (uint64_t)fs.f_bsize,
		.inodes		= fs.f_files,
		.free_inodes	= fs.f_ffree,
	};
	return ret;
}

static int fs_ask_space(struct helper_call *call)
{
	int place = lookup_place(call), ret;

	call->size = 0;
	if (place < 0)
		return place;
	ret = fs_get_space(place, (struct host_space *)call->data);
	call->size = ret ? 0 : sizeof(struct host_space);
	return ret;
}

int live_fs_space(const struct host *host, const char *path, struct host_space *space)
{
	struct helper_call call = { 0 };
	struct buf bytes = { 0 };
	struct host_stat st;
	int place = foreign_open(NULL, path, true, &st), ret;

	if (place < 0)
		return place;
	if (fs_is_memory(st.dev))
		return fs_get_space(place, space);
	close(place);
	ret = foreign_ask(NULL, path, true, fs_ask_space, &call, &bytes);
	if (!ret)
		memcpy(space, bytes.data, sizeof(*space));
	buf_free(&bytes);
	return ret;
}

/* A name that is not there is looked up by locking the directory. */
static int fs_try(struct helper_call *call)
{
	int place = lookup_place(call);
	struct statfs fs;

	call->size = 0;
	if (place < 0)
		return place;
	call->addr = !fstatfs(place, &fs) &&
		     !faccessat(place, ".ipcscope-", F_OK, AT_SYMLINK_NOFOLLOW);
	close(place);
	return 0;
}

int host_answers(const char *path)
{
	struct helper_call call;
	char part[4096];
	char *slash;
	int ret;

	snprintf(part, sizeof(part), "%s", path);
	do {
		call = (struct helper_call){ 0 };
		ret = foreign_ask(NULL, *part ? part : "/", true, fs_try, &call, NULL);
		slash = strrchr(part, '/');
		if (slash)
			*slash = '\0';
	} while (ret && ret != -ETIMEDOUT && slash);
	return ret == -ETIMEDOUT ? ret : 0;
}
