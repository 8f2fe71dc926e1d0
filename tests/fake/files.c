// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations of a fixture on its files. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"

/* Counts the call; the file that @path leads to, or NULL and *@err. */
static struct node *find(const struct host *host, const struct host_dir *at,
			 const char *path, bool follow, size_t op, int *err)
{
	struct fixture *fx = fixture_of(host);
	struct node *node;

	*err = fixture_enter(fx, op);
	if (*err)
		return NULL;
	node = fixture_walk(fx, at ? at->priv : NULL, path, follow, err);
	if (!node)
		return NULL;
	*err = fixture_node_fails(fx, node, op);
	return *err ? NULL : node;
}

/* Links are followed where the live host does so: below /proc. */
static bool below_proc(const struct fixture *fx, const struct node *node)
{
	const struct node *above = node;

	for (; above->parent != NODE_ROOT; above = &fx->nodes.at[above->parent]) {
		if (above->parent == NODE_MQUEUES)
			return false;
	}
	return above->name.len == 4 && !memcmp(above->name.at, "proc", 4);
}

int fixture_open_dir(const struct host *host, const struct host_dir *at,
		     const char *path, struct host_dir *dir)
{
	struct fixture *fx = fixture_of(host);
	struct node *node;
	int err;

	*dir = (struct host_dir){ .host = host, .fd = -1 };
	node = find(host, at, path, false, HOST_OP(open_dir), &err);
	if (!node)
		return err;
	if (node->kind == NODE_LINK && below_proc(fx, node))
		node = fixture_walk(fx, at ? at->priv : NULL, path, true, &err);
	if (!node)
		return err;
	if (node->kind == NODE_FILE || node->kind == NODE_LINK)
		return -ENOTDIR;
	dir->fd = 0;
	dir->priv = node;
	return 0;
}

void fixture_close_dir(struct host_dir *dir)
{
	if (dir->priv)
		fixture_enter(fixture_of(dir->host), HOST_OP(close_dir));
	dir->fd = -1;
	dir->priv = NULL;
}

/* d_type is the file type of the mode, shifted down. */
static unsigned char dirent_type(uint32_t mode)
{
	return (mode & S_IFMT) >> 12;
}

int fixture_read_dir(struct host_dir *dir, struct buf *scratch,
		     host_dir_fn *each, void *arg)
{
	struct fixture *fx = fixture_of(dir->host);
	struct node *node = dir->priv, *child;
	struct host_stat st;
	uint32_t i;
	int ret;

	ret = fixture_enter(fx, HOST_OP(read_dir)) ?:
	      fixture_node_fails(fx, node, HOST_OP(read_dir));
	for (i = node->first; !ret && i != NO_INDEX; i = child->next) {
		child = &fx->nodes.at[i];
		fixture_stat_node(fx, child, &st);
		buf_reset(scratch);
		buf_add(scratch, child->name.at, child->name.len);
		ret = each(arg, scratch->data, st.ino, dirent_type(st.mode));
	}
	return ret;
}

static int read_as(const struct host *host, const struct host_dir *at,
		   const char *path, struct buf *buf, size_t op)
{
	struct node *node;
	int err;

	buf_reset(buf);
	node = find(host, at, path, true, op, &err);
	if (!node)
		return err;
	if (node->kind != NODE_FILE)
		return -EISDIR;
	buf_add(buf, node->data.at, node->data.len);
	return !buf->len && host_never_empty(path) ? -EACCES : 0;
}

int fixture_read_file(const struct host *host, const struct host_dir *at,
		      const char *path, struct buf *buf)
{
	return read_as(host, at, path, buf, HOST_OP(read_file));
}

int fixture_read_locked(const struct host *host, const struct host_dir *at,
			const char *path, pid_t pid, struct buf *buf)
{
	return read_as(host, at, path, buf, HOST_OP(read_locked));
}

ssize_t fixture_read_link(const struct host *host, const struct host_dir *at,
			  const char *path, char *to, size_t size)
{
	struct node *node;
	size_t len;
	int err;

	node = find(host, at, path, false, HOST_OP(read_link), &err);
	if (!node)
		return err;
	if (node->kind != NODE_LINK)
		return -EINVAL;
	len = node->data.len < size ? node->data.len : size;
	memcpy(to, node->data.at, len);
	if (len < size)
		to[len] = '\0';
	return len;
}

/* A path that ends in a link of the text that says what it leads to. */
static int stat_node(struct fixture *fx, struct node *node, bool follow,
		     struct host_stat *st)
{
	if (follow && node->kind == NODE_LINK)
		return fixture_stat_link(fx, node, st);
	fixture_stat_node(fx, node, st);
	return 0;
}

int fixture_stat(const struct host *host, const struct host_dir *at,
		 const char *path, unsigned int flags, struct host_stat *st)
{
	struct fixture *fx = fixture_of(host);
	const bool follow = flags & HOST_FOLLOW;
	struct node *node;
	int ret;

	node = find(host, at, path, false, HOST_OP(stat), &ret);
	if (!node)
		return ret;
	if (follow)
		ret = fixture_node_fails(fx, node, OP_FOLLOW);
	if (!ret)
		ret = stat_node(fx, node, follow, st);
	if (!ret && !(flags & HOST_BTIME))
		st->btime = 0;
	return ret;
}

int fixture_fs_magic(const struct host *host, const struct host_dir *at,
		     const char *path, uint64_t *magic)
{
	const struct facts *facts;
	struct node *node;
	int err;

	node = find(host, at, path, false, HOST_OP(fs_magic), &err);
	if (!node)
		return err;
	facts = fixture_facts(fixture_of(host), node);
	*magic = facts ? facts->magic : 0;
	return 0;
}

int fixture_fs_space(const struct host *host, const char *path,
		     struct host_space *space)
{
	const struct facts *facts;
	struct node *node;
	int err;

	node = find(host, NULL, path, true, HOST_OP(fs_space), &err);
	if (!node)
		return err;
	facts = fixture_facts(fixture_of(host), node);
	*space = facts ? facts->space : (struct host_space){ 0 };
	return 0;
}

ssize_t fixture_peek(const struct host *host, const struct host_dir *at,
		     const char *path, void *to, size_t size)
{
	struct host_stat st;
	struct node *node;
	size_t len;
	int err;

	node = find(host, at, path, false, HOST_OP(peek), &err);
	if (!node)
		return err;
	fixture_stat_node(fixture_of(host), node, &st);
	if (!S_ISREG(st.mode))
		return -EINVAL;
	len = node->data.len < size ? node->data.len : size;
	if (len)
		memcpy(to, node->data.at, len);
	return len;
}

int fixture_open_maps(const struct host_dir *proc, struct host_maps *maps)
{
	struct node *node;
	int err;

	memset(maps, 0, sizeof(*maps));
	maps->host = proc->host;
	maps->fd = -1;
	node = find(proc->host, proc, "maps", true, HOST_OP(open_maps), &err);
	if (!node)
		return err;
	buf_add(&maps->text, node->data.at, node->data.len);
	return 0;
}

int fixture_next_vma(struct host_maps *maps, struct host_vma *vma)
{
	return fixture_enter(fixture_of(maps->host), HOST_OP(next_vma)) ?:
	       host_next_in_text(maps, vma);
}

int fixture_find_vma(struct host_maps *maps, uint64_t addr,
		     struct host_vma *vma)
{
	return fixture_enter(fixture_of(maps->host), HOST_OP(find_vma)) ?:
	       host_find_in_text(maps, addr, vma);
}

void fixture_close_maps(struct host_maps *maps)
{
	fixture_enter(fixture_of(maps->host), HOST_OP(close_maps));
	buf_free(&maps->text);
}

ssize_t fixture_sock_protocol(const struct host *host,
			      const struct host_dir *fds, const char *fd,
			      char *to, size_t size)
{
	const struct facts *facts;
	struct node *node;
	size_t len;
	int err;

	node = find(host, fds, fd, false, HOST_OP(sock_protocol), &err);
	if (!node)
		return err;
	facts = fixture_facts(fixture_of(host), node);
	if (!facts || !facts->proto.at)
		return -EOPNOTSUPP;
	len = facts->proto.len;
	if (len >= size)
		return -ERANGE;
	memcpy(to, facts->proto.at, len + 1);
	return len;
}

int fixture_pipe_fill(const struct host *host, pid_t pid, int fd,
		      uint64_t *unread, uint64_t *capacity)
{
	const struct facts *facts;
	struct node *node;
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	node = find(host, NULL, path, false, HOST_OP(pipe_fill), &err);
	if (!node)
		return err;
	facts = fixture_facts(fixture_of(host), node);
	if (!facts || !facts->capacity)
		return -EBADF;
	*unread = facts->unread;
	*capacity = facts->capacity;
	return 0;
}

/* Below the root of the thread, by the text of its links. */
int fixture_find_file(const struct host *host, pid_t tid, int at, unsigned int flags,
		      const char *path, struct buf *where, struct host_stat *st)
{
	int err = fixture_enter(fixture_of(host), HOST_OP(find_file));
	char link[4096] = "", name[64];
	struct buf full = { 0 };
	ssize_t len = 0;

	if (err)
		return err;
	if (*path != '/' || flags & HOST_IN_ROOT) {
		if (at == AT_FDCWD)
			snprintf(name, sizeof(name), "/proc/%d/cwd", tid);
		else
			snprintf(name, sizeof(name), "/proc/%d/fd/%d", tid, at);
		len = fixture_read_link(host, NULL, name, link, sizeof(link) - 1);
		if (len < 0)
			return (int)len;
		link[len] = '\0';
	}
	if (tid)
		buf_printf(&full, "/proc/%d/root", tid);
	len = (ssize_t)full.len;
	buf_printf(&full, "%s%s%s", link, *path == '/' ? "" : "/", path);
	err = fixture_stat(host, NULL, full.data, HOST_FOLLOW, st);
	if (!err && S_ISSOCK(st->mode))
		st->vfs = host_vfs(st->dev, st->ino);
	buf_reset(where);
	buf_puts(where, full.data + len);
	buf_free(&full);
	return err;
}

void fixture_ask_all(const struct host *host, struct host_ask *asks, uint32_t nr)
{
	struct buf where = { 0 };
	uint32_t i;

	fixture_enter(fixture_of(host), HOST_OP(ask_all));
	for (i = 0; i < nr; i++) {
		struct host_stat st = { 0 };
		struct host_diag diag;

		if (asks[i].path) {
			asks[i].err = fixture_find_file(host, asks[i].tid, AT_FDCWD, 0,
							asks[i].path, &where, &st);
			asks[i].number = asks[i].err ? 0 : st.vfs;
			continue;
		}
		asks[i].err = fixture_open_diag_of(host, asks[i].tid, NULL, asks[i].fd,
						   asks[i].number, &diag);
		asks[i].number = diag.ns;
		if (!asks[i].err)
			fixture_close_diag(&diag);
	}
	buf_free(&where);
}

/* Bound: some socket in the text has that name. */
int fixture_connect_test(const struct host *host, const char *path,
			 const struct host_stat *want)
{
	struct fixture *fx = fixture_of(host);
	struct host_stat st = { 0 };
	const struct sock *sock;
	int err;

	if (!find(host, NULL, path, false, HOST_OP(connect_test), &err))
		return err;
	err = fixture_stat(host, NULL, path, 0, &st);
	if (err)
		return err;
	if (st.dev != want->dev || st.ino != want->ino)
		return -ESTALE;
	vec_for_each(sock, &fx->socks) {
		if (sock->name.at && sock->name.len == strlen(path) &&
		    !memcmp(sock->name.at, path, sock->name.len))
			return 1;
	}
	return 0;
}

int fixture_open_mqueues(const struct host *host, struct host_dir *dir)
{
	struct fixture *fx = fixture_of(host);
	char path[32];
	int ret = fixture_enter(fx, HOST_OP(open_mqueues));

	snprintf(path, sizeof(path), "/mqueue:%llu", (unsigned long long)fx->in_ns);
	if (!ret && fx->in_ns)
		return fixture_open_dir(host, NULL, path, dir) ? -ENOSYS : 0;
	*dir = (struct host_dir){ .host = host,
				  .priv = &fx->nodes.at[NODE_MQUEUES] };
	return ret;
}

int fixture_mq_attr(const struct host *host, const struct host_dir *dir,
		    const char *name, struct host_mq *mq)
{
	const struct facts *facts;
	struct node *node;
	int err;

	node = find(host, dir, name, false, HOST_OP(mq_attr), &err);
	if (!node)
		return err;
	facts = fixture_facts(fixture_of(host), node);
	if (!facts || (node->kind == NODE_LINK && !facts->mq.maxmsg))
		return -EBADF;
	*mq = facts->mq;
	return 0;
}
