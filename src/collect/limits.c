// SPDX-License-Identifier: GPL-2.0-or-later
/* The limits of this machine, or of the namespaces the tool is in. */
#include <errno.h>

#include "internal.h"
#include "ipcscope/text.h"

#define SHM_DIR		"/dev/shm"

static void limits_fail(struct collector *col, enum limit_id limit, const char *what, int err)
{
	struct host_stat st;

	/* A /proc without sysctls (subset=pid) says nothing of this kernel. */
	if (err == -ENOENT && (limit_infos[limit].by != BY_SYSCTL ||
			       !col->host->ops->stat(col->host, &col->proc, "sys", 0, &st)))
		col->snap->limits[limit].absent = true;
	else
		snapshot_warn(col->snap, PART_LIMITS, -err, "%s", what);
}

/* "kernel.sem[4]" is the 4th number of /proc/sys/kernel/sem. */
static uint64_t limits_sysctl_path(struct buf *path, const char *name)
{
	const char *at = strchr(name, '[');
	size_t len = at ? (size_t)(at - name) : strlen(name), i;
	uint64_t nr = 1;

	buf_reset(path);
	buf_puts(path, "sys/");
	for (i = 0; i < len; i++)
		buf_putc(path, name[i] == '.' ? '/' : name[i]);
	if (at) {
		at++;
		num_u64(&at, &nr);
	}
	return nr;
}

static bool limits_nth_number(const struct buf *text, uint64_t nr, uint64_t *num)
{
	const char *at = text->len ? text->data : "";

	for (; nr; nr--) {
		at += strspn(at, " \t");
		if (!num_u64(&at, num))
			return false;
	}
	return true;
}

static int limits_read_number(struct collector *col, const char *path,
			      struct buf *text, uint64_t nr, uint64_t *num)
{
	int err = col->host->ops->read_file(col->host, &col->proc, path, text);

	return err ?: limits_nth_number(text, nr, num) ? 0 : -EBADMSG;
}

static void limits_read_sysctl(struct collector *col, enum limit_id limit, struct buf *text)
{
	const struct limit_info *info = &limit_infos[limit];
	struct limit_value *value = &col->snap->limits[limit];
	uint64_t nr = limits_sysctl_path(&col->scratch, info->set_by);
	int err = limits_read_number(col, col->scratch.data, text, nr, &value->max);

	if (err) {
		limits_fail(col, limit, info->set_by, err);
		return;
	}
	value->known = true;
	if (info->unit == UNIT_PAGES &&
	    __builtin_mul_overflow(value->max, col->snap->host.page_size, &value->max))
		value->max = UINT64_MAX;
	/* Of all limits, only this has its use beside it. */
	if (limit == LIMIT_FILE_MAX)
		value->has_used = !limits_read_number(col, "sys/fs/file-nr", text, 1,
						      &value->used);
}

/* The tool's own, which are those of the shell it is called from. */
static void limits_read_rlimit(struct collector *col, enum limit_id limit, struct buf *text)
{
	struct limit_value *value = &col->snap->limits[limit];
	const char *name = limit == LIMIT_NOFILE ? RLIMIT_FDS_LINE : RLIMIT_QUEUED_LINE;
	int err = col->host->ops->read_file(col->host, &col->proc,
					    "self/limits", text);

	value->known = !err && find_rlimit(text, name, &value->max);
	if (!value->known)
		limits_fail(col, limit, "/proc/self/limits", err ?: -EBADMSG);
}

/* tmpfs tells nothing at all of what it does not limit: shmem_statfs(). */
static void limits_read_space(struct collector *col, enum limit_id limit)
{
	struct limit_value *value = &col->snap->limits[limit];
	struct host_space space;
	uint64_t left;
	int err;

	err = col->host->ops->fs_space(col->host, SHM_DIR, &space);
	if (err < 0) {
		limits_fail(col, limit, SHM_DIR, err);
		return;
	}
	value->max = limit == LIMIT_SHM_BYTES ? space.bytes : space.inodes;
	left = limit == LIMIT_SHM_BYTES ? space.free_bytes : space.free_inodes;
	value->known = true;
	value->has_used = value->max > 0;
	value->used = value->max > left ? value->max - left : 0;
}

static void limits_read_one(struct collector *col, enum limit_id limit, struct buf *text)
{
	struct limit_value *value = &col->snap->limits[limit];
	const char *number = limit_infos[limit].set_by;

	switch (limit_infos[limit].by) {
	case BY_SYSCTL:
		limits_read_sysctl(col, limit, text);
		break;
	case BY_RLIMIT:
		limits_read_rlimit(col, limit, text);
		break;
	case BY_MOUNT:
		limits_read_space(col, limit);
		break;
	case BY_KERNEL:
		value->known = num_u64(&number, &value->max);
		break;
	case BY_OBJECT:
		break;
	}
}

void collect_limits(struct collector *col, uint64_t limits)
{
	struct buf text = { 0 };
	enum limit_id limit;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		if (limits >> limit & 1)
			limits_read_one(col, limit, &text);
	}
	buf_free(&text);
}
