// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pseudoterminals: pty(7), fs/devpts. One is told from others by its devpts
 * and its index there: another mount of devpts counts from 0 again.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "inode.h"
#include "ipcscope/text.h"

#define SLAVE_MAJOR	136	/* UNIX98_PTY_SLAVE_MAJOR .. + 7 */
#define SLAVE_MAJORS	8
#define MASTER_MAJOR	5	/* TTYAUX_MAJOR */
#define MASTER_MINOR	2

/* The line of mountinfo that ends before @end: its number, that of the mount it is on,
 * and its device. */
static bool pty_mount(const char *text, const char *end, uint64_t num[2], uint64_t *dev)
{
	const char *line = memrchr(text, '\n', (size_t)(end - 1 - text));
	uint64_t first, second;

	line = line ? line + 1 : text;
	if (!num_u64(&line, &num[0]) || *line++ != ' ' || !num_u64(&line, &num[1]) ||
	    *line++ != ' ' || !num_u64(&line, &first) || *line++ != ':' ||
	    !num_u64(&line, &second))
		return false;
	*dev = makedev((unsigned int)first, (unsigned int)second);
	return true;
}

/*
 * A master is opened by a device node; the terminals are in "pts" beside it
 * (fs/devpts/inode.c: path_pts()), or in the same directory if it is devpts' own
 * node. The mounts of the process tell, whose paths begin at its root: in a chroot
 * they are the ends of those that the links of its descriptors have.
 */
static uint64_t pty_master_dev(struct fd_entry *fd)
{
	struct scan *scan = fd->scan;
	const char *base = strrchr(fd->link, '/'), *at, *end;
	struct buf beside = { 0 }, path = { 0 };
	uint64_t on, num[2], dev, found = fd->st.dev;

	if (!base || !fd_info(fd, "mnt_id", &on) ||
	    scan->col->host->ops->read_file(scan->col->host, &scan->dir, "mountinfo",
					    &scan->text) < 0)
		return found;
	buf_add(&beside, fd->link, (size_t)(base - fd->link));
	buf_puts(&beside, "/pts");
	at = scan->text.data;
	end = at + scan->text.len;
	while (host_next_mount(&at, end, "devpts", &path)) {
		if (path.len > beside.len || !pty_mount(scan->text.data, at, num, &dev) ||
		    num[1] != on || memcmp(beside.data + beside.len - path.len, path.data,
					   path.len) != 0)
			continue;
		found = dev;
		on = num[0];	/* another may be mounted over it */
	}
	buf_free(&beside);
	buf_free(&path);
	return found;
}

static bool pty_key(struct fd_entry *fd, struct object_key *key)
{
	unsigned int first = major(fd->st.rdev) - SLAVE_MAJOR;

	key->space = SPACE_PTY;
	if (major(fd->st.rdev) >= SLAVE_MAJOR && first < SLAVE_MAJORS) {
		key->ns = fd->st.dev;
		key->id = ((uint64_t)first << 20) + minor(fd->st.rdev);
		return true;
	}
	if (major(fd->st.rdev) != MASTER_MAJOR || minor(fd->st.rdev) != MASTER_MINOR)
		return false;
	if (!fd_info(fd, "tty-index", &key->id))
		return false;
	key->ns = pty_master_dev(fd);
	return true;
}

static bool pty_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	struct object_key key;
	struct edge *edge;
	uint32_t object;
	bool master;

	if (fd_stat(fd) || !S_ISCHR(fd->st.mode) || !pty_key(fd, &key))
		return false;
	master = major(fd->st.rdev) == MASTER_MAJOR;
	object = snapshot_object(snap, CLASS_pty, key);
	object_set(snap, object, FIELD_INDEX, key.id);
	if (!master) {
		inode_fill(snap, object, &fd->st);
		if (fd->len > 1)	/* else its path is longer than can be told */
			object_set_first(snap, object, FIELD_PATH, fd->link, fd->len);
	}
	edge = fd_edge(fd, object);
	if (edge && master)
		edge->kind = EDGE_HOLDS;
	return true;
}

static void pty_list(struct collector *col)
{
	const struct host *host = col->host;
	struct host_stat st;

	if (!host->ops->stat(host, NULL, "/dev/pts", 0, &st))
		col->snap->host.home_dev[CLASS_pty] = st.dev;
}

static const struct class_field pty_fields[] = {
	HAS(INDEX), HAS(PATH), HAS(UID), HAS(GID), HAS(MODE), HAS(ATIME),
	HAS(MTIME), HAS(CTIME),
};

DEFINE_CLASS(pty) = {
	.info = {
		.name	= "pty",
		.title	= "pseudoterminal",
		.noun	= "pty",
		.manual	= "pty(7), pts(4)",
		.space	= SPACE_PTY,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(pty_fields),
		.listed_by = NEED(FDS) | NEED(FDINFO),
		.users_by  = NEED(FDS) | NEED(FDINFO) | NEED(FLIGHT),
		.waits_by  = NEED(CALLS) | NEED(FDS) | NEED(FDINFO),
		.access_by = NEED(ACCESS),
		.polled	= true,
		.columns = "ref,path,owner,mode,idle,users",
		.wide	= "ref,path,owner,group,mode,age,idle,users",
		.last_use_fields = { FIELD_ATIME, FIELD_MTIME },
		.refs	= "pty:INDEX, or pty:MAJOR:MINOR/INDEX",
	},
	.list	= pty_list,
	.link	= "/",
	.fd	= pty_fd,
};
