// SPDX-License-Identifier: GPL-2.0-or-later
/* The limits of this machine, or of the namespaces the tool is in. */
#include <errno.h>

#include "internal.h"
#include "ipcscope/num.h"

#define SHM_DIR		"/dev/shm"

static void fail(struct collector *col, enum limit_id limit, const char *what,
		 int err)
{
	if (err == -ENOENT)
		col->snap->limits[limit].absent = true;
	else
		snapshot_warn(col->snap, PART_LIMITS, -err, "%s", what);
}

/* "kernel.sem[4]" is the 4th number of /proc/sys/kernel/sem. */
static uint64_t sysctl_path(struct buf *path, const char *name)
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

static bool nth_number(const struct buf *text, uint64_t nr, uint64_t *num)
{
	const char *at = text->len ? text->data : "";

	for (; nr; nr--) {
		at += strspn(at, " \t");
		if (!num_u64(&at, num))
			return false;
	}
	return true;
}

static int read_number(struct collector *col, const char *path,
		       struct buf *text, uint64_t nr, uint64_t *num)
{
	int err = col->host->ops->read_file(col->host, &col->proc, path, text);

	return err ?: nth_number(text, nr, num) ? 0 : -EBADMSG;
}

static void read_sysctl(struct collector *col, enum limit_id limit,
			struct buf *text)
{
	const struct limit_info *info = &limit_infos[limit];
	struct limit_value *value = &col->snap->limits[limit];
	uint64_t nr = sysctl_path(&col->scratch, info->set_by);
	int err = read_number(col, col->scratch.data, text, nr, &value->max);

	if (err) {
		fail(col, limit, info->set_by, err);
		return;
	}
	value->known = true;
	if (info->unit == UNIT_PAGES &&
	    __builtin_mul_overflow(value->max, col->snap->host.page_size,
				   &value->max))
		value->max = UINT64_MAX;
	/* Of all limits, only this has its use beside it. */
	if (limit == LIMIT_FILE_MAX)
		value->has_used = !read_number(col, "sys/fs/file-nr", text, 1,
					       &value->used);
}

/* The tool's own, which are those of the shell it is called from. */
static void read_rlimit(struct collector *col, enum limit_id limit,
			struct buf *text)
{
	struct limit_value *value = &col->snap->limits[limit];
	const char *name = limit == LIMIT_NOFILE ? RLIMIT_FDS_LINE :
						   RLIMIT_QUEUED_LINE;
	int err = col->host->ops->read_file(col->host, &col->proc,
					    "self/limits", text);

	value->known = !err && find_rlimit(text, name, &value->max);
	if (!value->known)
		fail(col, limit, "/proc/self/limits", err ?: -EBADMSG);
}

/* tmpfs tells nothing at all of what it does not limit: shmem_statfs(). */
static void read_space(struct collector *col, enum limit_id limit)
{
	struct limit_value *value = &col->snap->limits[limit];
	struct host_space space;
	uint64_t left;
	int err;

	err = col->host->ops->fs_space(col->host, SHM_DIR, &space);
	if (err < 0) {
		fail(col, limit, SHM_DIR, err);
		return;
	}
	value->max = limit == LIMIT_SHM_BYTES ? space.bytes : space.inodes;
	left = limit == LIMIT_SHM_BYTES ? space.free_bytes : space.free_inodes;
	value->known = true;
	value->has_used = value->max > 0;
	value->used = value->max > left ? value->max - left : 0;
}

static void read_limit(struct collector *col, enum limit_id limit,
		       struct buf *text)
{
	struct limit_value *value = &col->snap->limits[limit];
	const char *number = limit_infos[limit].set_by;

	switch (limit_infos[limit].by) {
	case BY_SYSCTL:
		read_sysctl(col, limit, text);
		break;
	case BY_RLIMIT:
		read_rlimit(col, limit, text);
		break;
	case BY_MOUNT:
		read_space(col, limit);
		break;
	case BY_KERNEL:
		value->known = num_u64(&number, &value->max);
		break;
	case BY_OBJECT:
		break;
	}
}

void collect_limits(struct collector *col)
{
	struct buf text = { 0 };
	enum limit_id limit;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		if (col->query->limits >> limit & 1)
			read_limit(col, limit, &text);
	}
	buf_free(&text);
}
