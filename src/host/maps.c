// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose memory is the same, and what is mapped there: by PROCMAP_QUERY, or else from the
 * text. */

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "live.h"

/* linux/fs.h since 6.11; see Documentation/filesystems/proc.rst */
struct procmap_query {
	uint64_t size, query_flags, query_addr;
	uint64_t vma_start, vma_end, vma_flags, vma_page_size, vma_offset, inode;
	uint32_t dev_major, dev_minor, vma_name_size, build_id_size;
	uint64_t vma_name_addr, build_id_addr;
};

#define PROCMAP_QUERY		_IOWR('f', 17, struct procmap_query)
#define QUERY_SHARED		0x08
#define QUERY_COVERING_OR_NEXT	0x10
#define QUERY_FILE_BACKED	0x20
#define VMA_ACCESS		0x07
#define VMA_SHARED		0x08

int live_compare(const struct host *host, enum host_shared what, pid_t a, pid_t b)
{
	static const int types[] = { [HOST_FILES] = KCMP_FILES, [HOST_MEMORY] = KCMP_VM };
	long order = syscall(SYS_kcmp, a, b, types[what], 0, 0);

	/* 3: they differ, but there is no order. */
	return order < 0 ? -errno : order > HOST_AFTER ? -EOPNOTSUPP : (int)order;
}

/* Set once the kernel is known not to have it. */
static atomic_bool no_query;

size_t host_link_name(const char *name, size_t len, bool *deleted)
{
	static const char mark[] = " (deleted)";
	const size_t mark_len = sizeof(mark) - 1;

	*deleted = len > mark_len && !memcmp(name + len - mark_len, mark, mark_len);
	return *deleted ? len - mark_len : len;
}

void host_end_name(struct host_vma *vma, char *name, size_t len)
{
	vma->len = host_link_name(name, len, &vma->deleted);
	vma->name = name;
	name[vma->len] = '\0';
}

int live_open_maps(const struct host_dir *proc, struct host_maps *maps)
{
	unsigned int tries = 0;

	memset(maps, 0, sizeof(*maps));
	maps->host = proc->host;
	maps->query = !atomic_load_explicit(&no_query, memory_order_relaxed);
	do {
		maps->fd = openat(proc->fd, "maps", O_RDONLY | O_CLOEXEC);
	} while (maps->fd < 0 && errno == EINTR && ++tries < LIVE_TRIES);
	return maps->fd < 0 ? -errno : 0;
}

void live_close_maps(struct host_maps *maps)
{
	if (maps->fd >= 0)
		close(maps->fd);
	maps->fd = -1;
	buf_free(&maps->text);
}

/* False where the text is what to look at; else *@ret is 1, 0 or -errno. */
static bool maps_query_vma(struct host_maps *maps, uint64_t addr, uint64_t flags, bool name,
			   struct host_vma *vma, int *ret)
{
	struct procmap_query query = {
		.size = sizeof(query), .query_flags = flags, .query_addr = addr,
		.vma_name_size = name ? sizeof(maps->name) : 0,
		.vma_name_addr = name ? (uintptr_t)maps->name : 0,
	};
	int err;

	if (!maps->query)
		return false;
	err = ioctl(maps->fd, PROCMAP_QUERY, &query) ? errno : 0;
	if (err == ENAMETOOLONG) {
		/* A path longer than PATH_MAX has no name that the kernel could tell. */
		query.vma_name_size = 0;
		query.vma_name_addr = 0;
		err = ioctl(maps->fd, PROCMAP_QUERY, &query) ? errno : 0;
	}
	/* The last two are a seccomp filter's or a security module's. */
	if (err == ENOTTY || err == ENOSYS || err == EPERM || err == EACCES) {
		atomic_store_explicit(&no_query, true, memory_order_relaxed);
		maps->query = false;
		return false;
	}
	*ret = !err ? 1 : err == ENOENT ? 0 : -err;
	if (err)
		return true;
	*vma = (struct host_vma){
		.start		= query.vma_start,
		.end		= query.vma_end,
		.offset		= query.vma_offset,
		.dev		= makedev(query.dev_major, query.dev_minor),
		.ino		= query.inode,
		.page_size	= query.vma_page_size,
		.access		= query.vma_flags & VMA_ACCESS,
		.shared		= query.vma_flags & VMA_SHARED,
	};
	host_end_name(vma, maps->name, query.vma_name_size ? query.vma_name_size - 1 : 0);
	return true;
}

static int maps_read_text(struct host_maps *maps)
{
	if (maps->text.data)
		return 0;
	maps->next = 0;
	return live_read_fd(maps->fd, &maps->text);
}

/* Most private mappings are of programs and libraries: the kernel makes the path only of
 * what may be on a file system in memory. */
static bool maps_query_all(struct host_maps *maps, struct host_vma *vma, int *ret)
{
	uint64_t next = maps->next;

	for (;;) {
		if (!maps_query_vma(maps, next, QUERY_FILE_BACKED | QUERY_COVERING_OR_NEXT,
				    false, vma, ret))
			return false;
		if (*ret <= 0)
			return true;
		next = vma->end;
		if (!vma->shared && major(vma->dev))
			continue;
		/* It may have gone meanwhile. */
		if (!maps_query_vma(maps, vma->start, QUERY_FILE_BACKED, true, vma, ret))
			return false;
		if (*ret)
			return true;
	}
}

int live_next_vma(struct host_maps *maps, struct host_vma *vma)
{
	bool asked;
	int ret;

	if (maps->private)
		asked = maps_query_all(maps, vma, &ret);
	else
		asked = maps_query_vma(maps, maps->next, QUERY_SHARED | QUERY_FILE_BACKED |
				       QUERY_COVERING_OR_NEXT, true, vma, &ret);
	if (!asked)
		return maps_read_text(maps) ?: host_next_in_text(maps, vma);
	if (ret > 0)
		maps->next = vma->end;
	return ret;
}

int live_find_vma(struct host_maps *maps, uint64_t addr, struct host_vma *vma)
{
	int ret;

	if (!maps_query_vma(maps, addr, 0, true, vma, &ret))
		return maps_read_text(maps) ?: host_find_in_text(maps, addr, vma);
	return ret;
}
