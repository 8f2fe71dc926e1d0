// SPDX-License-Identifier: GPL-2.0-or-later
/* What classes ask of one descriptor or mapping: /proc/PID/{fd,fdinfo,maps,map_files},
 * fs/proc/fd.c. */
#include <errno.h>

#include "ipcscope/text.h"
#include "scan.h"

int fd_stat(struct fd_entry *fd)
{
	const struct host *host = fd->scan->col->host;

	if (!fd->has_stat) {
		fd->stat_err = host->ops->stat(host, &fd->scan->fds, fd->name,
					       HOST_FOLLOW, &fd->st);
		fd->has_stat = true;
		if (fd->stat_err)
			scan_gap(fd->scan, PART_FDS, fd->stat_err);
	}
	return fd->stat_err;
}

#define EPOLL_LINK	"anon_inode:[eventpoll]"

/* fdinfo that cannot be read has no lines. */
const char *fd_info_line(struct fd_entry *fd, const char *line, const char *word)
{
	struct scan *scan = fd->scan;
	const struct host *host = scan->col->host;
	char name[24], path[SCAN_PATH_ROOM];
	int err;

	if (!fd->has_info) {
		fd->has_info = true;
		snprintf(name, sizeof(name), "fdinfo/%d", fd->fd);
		scan_path(scan, name, path, sizeof(path));
		/* fs/eventpoll.c: its lock is held while events are copied to the memory of who
		 * waits for them. */
		err = fd->len == strlen(EPOLL_LINK) && !memcmp(fd->link, EPOLL_LINK, fd->len) ?
		      host->ops->read_locked(host, &scan->dir, path, scan->living, &scan->info) :
		      host->ops->read_file(host, &scan->dir, path, &scan->info);
		if (err < 0) {
			buf_reset(&scan->info);
			scan_gap(scan, PART_FDINFO, err);
		}
	}
	do {
		line = line ? strchr(line, '\n') : scan->info.data;
		if (line && *line == '\n')
			line++;
	} while (line && *line && strncmp(line, word, strlen(word)));
	return line && *line ? line : NULL;
}

const char *fd_info_text(struct fd_entry *fd, const char *word)
{
	size_t len = strlen(word);
	const char *line = fd_info_line(fd, NULL, word);

	while (line && line[len] != ':')
		line = fd_info_line(fd, line, word);
	return line ? line + len + 1 + strspn(line + len + 1, " \t") : NULL;
}

bool fd_info(struct fd_entry *fd, const char *word, uint64_t *num)
{
	const char *text = fd_info_text(fd, word);

	return text && num_u64(&text, num);
}

bool fd_info_hex(struct fd_entry *fd, const char *word, uint64_t *num)
{
	const char *text = fd_info_text(fd, word);

	return text && num_hex(&text, num);
}

uint32_t fd_info_lines(struct fd_entry *fd, const char *word)
{
	const char *line = NULL;
	uint32_t nr = 0;

	while ((line = fd_info_line(fd, line, word)))
		nr++;
	return nr;
}

/* The mode of the link: what the descriptor was opened for. */
static uint8_t entry_access(struct fd_entry *fd)
{
	const struct host *host = fd->scan->col->host;
	struct host_stat st;
	int err;

	if (!(fd->scan->col->query->parts & NEED(ACCESS)))
		return 0;
	err = host->ops->stat(host, &fd->scan->fds, fd->name, 0, &st);
	if (err < 0) {
		scan_gap(fd->scan, PART_ACCESS, err);
		return 0;
	}
	if (!(st.mode & 0600))
		return ACCESS_PATH;
	return (st.mode & 0400 ? ACCESS_READ : 0) | (st.mode & 0200 ? ACCESS_WRITE : 0);
}

struct edge *fd_edge_both(struct fd_entry *fd, uint32_t object)
{
	uint32_t process = scan_process(fd->scan);
	struct edge *edge;

	if (process == NO_INDEX)
		return NULL;
	edge = snapshot_edge(fd->scan->snap, EDGE_OPEN, process, object);
	edge->fd = fd->fd;
	edge->tid = fd->scan->table;
	edge->access = ACCESS_READ | ACCESS_WRITE;
	return edge;
}

struct edge *fd_edge(struct fd_entry *fd, uint32_t object)
{
	uint8_t access = entry_access(fd);
	struct edge *edge = fd_edge_both(fd, object);

	if (edge)
		edge->access = access;
	return edge;
}

uint32_t fd_open_file(struct fd_entry *fd, enum class_id class)
{
	struct scan *scan = fd->scan;
	const struct object_key key = {
		.space = SPACE_FILE, .id = (uint64_t)fd->fd,
		.ns = (uint64_t)(scan->table ?: scan->thread ?: scan->pid),
	};
	uint32_t object;

	if (scan_process(scan) == NO_INDEX)
		return NO_INDEX;
	object = snapshot_object(scan->snap, class, key);
	fd_edge_both(fd, object);
	return object;
}

struct edge *vma_edge(struct scan *scan, const struct host_vma *vma, uint32_t object)
{
	uint32_t process = scan_process(scan);
	struct edge *edge;

	if (process == NO_INDEX)
		return NULL;
	edge = snapshot_edge(scan->snap, EDGE_ATTACHED, process, object);
	/* What is written into a private mapping is the process's own. */
	edge->access = vma->access & (vma->shared ? ~0 : ~ACCESS_WRITE);
	edge->address = vma->start;
	edge->offset = vma->offset;
	edge->length = vma->end - vma->start;
	return edge;
}

int vma_stat(struct scan *scan, const struct host_vma *vma, struct host_stat *st)
{
	const struct host *host = scan->col->host;
	struct buf *path = &scan->text;

	buf_reset(path);
	buf_puts(path, "map_files/");
	buf_hex(path, vma->start, 1);
	buf_putc(path, '-');
	buf_hex(path, vma->end, 1);
	return host->ops->stat(host, &scan->dir, path->data, HOST_FOLLOW | HOST_BTIME, st);
}
