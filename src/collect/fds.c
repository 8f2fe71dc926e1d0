// SPDX-License-Identifier: GPL-2.0-or-later
/* The descriptors of one process: /proc/PID/fd, fs/proc/fd.c. */
#include <errno.h>

#include "internal.h"
#include "ipcscope/num.h"

#define LINK_ROOM	(4096 + 16)	/* PATH_MAX and " (deleted)" */

int fd_stat(struct fd_entry *fd)
{
	const struct host *host = fd->scan->col->host;

	if (!fd->has_stat) {
		fd->stat_err = host->ops->stat(host, &fd->scan->fds, fd->name,
					       HOST_FOLLOW, &fd->st);
		fd->has_stat = true;
	}
	return fd->stat_err;
}

/* Empty if it cannot be read. */
static const char *read_info(struct fd_entry *fd)
{
	struct scan *scan = fd->scan;
	const struct host *host = scan->col->host;
	char path[32] = "fdinfo/";
	int err;

	if (fd->has_info)
		return scan->info.data;
	fd->has_info = true;
	memcpy(path + 7, fd->name, strlen(fd->name) + 1);
	err = host->ops->read_file(host, &scan->dir, path, &scan->info);
	if (err < 0) {
		buf_reset(&scan->info);
		scan_gap(scan, PART_FDINFO, err);
	}
	return scan->info.data;
}

/* What is behind "@word:"; NULL if no line begins so. */
static const char *find_info(struct fd_entry *fd, const char *word)
{
	size_t len = strlen(word);
	const char *line, *end;

	for (line = read_info(fd); line && *line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (strncmp(line, word, len) || line[len] != ':')
			continue;
		line += len + 1;
		return line + strspn(line, " \t");
	}
	return NULL;
}

uint32_t fd_info_lines(struct fd_entry *fd, const char *word)
{
	size_t len = strlen(word);
	const char *line, *end;
	uint32_t nr = 0;

	for (line = read_info(fd); line && *line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		nr += !strncmp(line, word, len);
	}
	return nr;
}

bool fd_info(struct fd_entry *fd, const char *word, uint64_t *num)
{
	const char *text = find_info(fd, word);

	return text && num_u64(&text, num);
}

bool fd_info_hex(struct fd_entry *fd, const char *word, uint64_t *num)
{
	const char *text = find_info(fd, word);

	return text && num_hex(&text, num);
}

/* The mode of the link: what the descriptor was opened for. */
static uint8_t fd_access(struct fd_entry *fd)
{
	const struct host *host = fd->scan->col->host;
	struct host_stat st;
	int err;

	if (!collects(fd->scan->col, NEED(ACCESS)))
		return 0;
	err = host->ops->stat(host, &fd->scan->fds, fd->name, 0, &st);
	if (err < 0) {
		scan_gap(fd->scan, PART_ACCESS, err);
		return 0;
	}
	if (!(st.mode & 0600))
		return ACCESS_PATH;
	return (st.mode & 0400 ? ACCESS_READ : 0) |
	       (st.mode & 0200 ? ACCESS_WRITE : 0);
}

static struct edge *add_edge(struct fd_entry *fd, uint32_t object,
			     uint8_t access)
{
	uint32_t process = scan_process(fd->scan);
	struct edge *edge;

	if (process == NO_INDEX)
		return NULL;
	edge = snapshot_edge(fd->scan->snap, EDGE_OPEN, process, object);
	edge->fd = fd->fd;
	edge->access = access;
	return edge;
}

struct edge *fd_edge(struct fd_entry *fd, uint32_t object)
{
	return add_edge(fd, object, fd_access(fd));
}

struct edge *fd_edge_both(struct fd_entry *fd, uint32_t object)
{
	return add_edge(fd, object, ACCESS_READ | ACCESS_WRITE);
}

/* Runs the hooks; the object it leads to, or NO_INDEX. */
static uint32_t recognise(struct fd_entry *fact)
{
	struct scan *scan = fact->scan;
	const struct collector *col = scan->col;
	uint32_t edges = scan->snap->edges.nr;
	unsigned int i;

	for (i = 0; i < col->nr_fd_hooks; i++) {
		const struct fd_hook *hook = &col->fd_hooks[i];

		if (fact->len < hook->len ||
		    memcmp(fact->link, hook->link, hook->len))
			continue;
		if (scan->early && !hook->alone) {
			*vec_add(&scan->kept) = fact->fd;
			break;
		}
		if (hook->fd(fact))
			break;
	}
	return scan->snap->edges.nr > edges ?
	       scan->snap->edges.at[edges].object : NO_INDEX;
}

uint32_t scan_fd(struct scan *scan, int fd, const char *name)
{
	const struct host *host = scan->col->host;
	struct fd_entry fact;
	char link[LINK_ROOM];
	ssize_t len;

	len = host->ops->read_link(host, &scan->fds, name, link, sizeof(link));
	if (len < 0)
		scan_gap(scan, PART_FDS, (int)len);
	if (len <= 0 || (size_t)len >= sizeof(link))
		return NO_INDEX;
	fact.scan = scan;
	fact.fd = fd;
	fact.name = name;
	fact.link = link;
	fact.len = (size_t)len;
	fact.has_stat = fact.has_info = false;
	return recognise(&fact);
}

void scan_deferred_fds(struct scan *scan, uint32_t first, uint32_t nr)
{
	const struct host *host = scan->col->host;
	uint32_t i;

	if (!nr || host->ops->open_dir(host, &scan->dir, "fd", &scan->fds))
		return;
	for (i = first; i < first + nr; i++) {
		struct buf name = { 0 };

		/* It may lead elsewhere by now. */
		buf_i64(&name, scan->kept.at[i]);
		scan_fd(scan, scan->kept.at[i], name.data);
		buf_free(&name);
	}
	host->ops->close_dir(&scan->fds);
}

static int each_fd(void *arg, const char *name, uint64_t ino,
		   unsigned char type)
{
	const char *at = name;
	uint64_t num;

	(void)ino;
	(void)type;
	if (num_u64(&at, &num) && !*at && num <= INT32_MAX)
		scan_fd(arg, (int)num, name);
	return 0;
}

void scan_fds(struct scan *scan)
{
	const struct host *host = scan->col->host;
	int err;

	err = host->ops->open_dir(host, &scan->dir, "fd", &scan->fds);
	if (!err) {
		err = host->ops->read_dir(&scan->fds, &scan->entries, each_fd,
					  scan);
		host->ops->close_dir(&scan->fds);
	}
	if (err < 0)
		scan_gap(scan, PART_FDS, err);
}
