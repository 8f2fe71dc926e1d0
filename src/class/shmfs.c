// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * POSIX shared memory and named semaphores, in /dev/shm: shm_overview(7), sem_overview(7),
 * mm/shmem.c, glibc's nptl/sem_open.c. A named semaphore is a file sem.NAME of 32 bytes, mapped
 * under the temporary name it was made with: only device and inode tell which one a mapping is.
 */
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>

#include "inode.h"

#define SHM_DIR		"/dev/shm"
#define SEM_PREFIX	"sem."
#define MAX_DEPTH	32

struct walk {
	struct collector *col;
	struct host_dir *dir;
	uint64_t dev;		/* what is mounted below is no POSIX shared memory */
	struct buf path;	/* "/sub/name" below /dev/shm */
	size_t len;		/* of "/sub" */
	unsigned int depth;
	struct links *links;	/* names of files that have several */
};

/* sem_open() makes its files in /dev/shm itself, not below. */
static enum class_id shmfs_class_of(const char *name, size_t len)
{
	const size_t prefix = strlen("/" SEM_PREFIX);

	return len > prefix && !memcmp(name, "/" SEM_PREFIX, prefix) &&
	       !memchr(name + 1, '/', len - 1) ? CLASS_psem : CLASS_pshm;
}

/* What an object of the class calls a path below /dev/shm, of *@len bytes; or NULL. */
static const char *shmfs_name(enum class_id class, const char *path, size_t *len,
			      char text[NAME_MAX + 2])
{
	if (class != CLASS_psem)
		return path;
	if (shmfs_class_of(path, *len) != CLASS_psem || *len > NAME_MAX + 1)
		return NULL;
	*len -= strlen(SEM_PREFIX);
	text[0] = '/';
	memcpy(text + 1, path + strlen("/" SEM_PREFIX), *len - 1);
	return text;
}

static void shmfs_set_name(struct snapshot *snap, uint32_t object,
			   enum class_id class, const char *path, size_t len)
{
	char text[NAME_MAX + 2];
	const char *name = shmfs_name(class, path, &len, text);

	object_set_first(snap, object, FIELD_NAME, name ?: path, len);
}

static void shmfs_note_link(struct walk *walk, uint32_t object)
{
	struct snapshot *snap = walk->col->snap;
	char text[NAME_MAX + 2];
	size_t len = walk->path.len;
	const char *name = shmfs_name(snap->objects.at[object].class, walk->path.data, &len, text);

	if (name)
		*vec_add(walk->links) = (struct link){
			object, arena_str(&snap->arena, name, len),
		};
}

static void shmfs_add_file(struct walk *walk, const char *name, const struct host_stat *st)
{
	struct collector *col = walk->col;
	enum class_id class = shmfs_class_of(walk->path.data, walk->path.len);
	uint32_t object;

	if (!(col->query->classes & A_CLASS_OF(class)))
		return;
	object = snapshot_object(col->snap, class, inode_key(st));
	inode_fill(col->snap, object, st);
	shmfs_set_name(col->snap, object, class, walk->path.data, walk->path.len);
	if (st->nlink > 1)
		shmfs_note_link(walk, object);
	if (class == CLASS_psem && psem_is_size(st->size) &&
	    object_wants(col->snap, class, FIELD_VALUES))
		psem_read_value(col, object, walk->dir, name);
}

static void shmfs_walk_dir(struct walk *above, const char *name);

/* A FIFO is one wherever it lies; only here it is found without a user. */
static void shmfs_add_fifo(struct walk *walk, const struct host_stat *st)
{
	const struct ipc_class *class = class_of_file(walk->col, st->mode);
	struct snapshot *snap = walk->col->snap;
	struct buf *path = &walk->col->scratch;
	uint32_t object;

	if (!class)
		return;
	buf_reset(path);
	buf_puts(path, SHM_DIR);
	buf_add(path, walk->path.data, walk->path.len);
	object = class->file(walk->col, snap, st, path->data, path->len);
	object_set_first(snap, object, FIELD_NAME, path->data, path->len);
}

static int shmfs_walk_entry(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct walk *walk = arg;
	const struct host *host = walk->col->host;
	struct host_stat st;
	int err;

	walk->path.len = walk->len;
	buf_putc(&walk->path, '/');
	buf_puts(&walk->path, name);
	err = host->ops->stat(host, walk->dir, name, HOST_BTIME, &st);
	if (err == -ENOENT)
		return 0;
	if (err < 0)
		snapshot_warn(walk->col->snap, PART_SHMFS, -err, SHM_DIR "%s", walk->path.data);
	else if (st.dev != walk->dev)
		snapshot_warn(walk->col->snap, PART_SHMFS, 0,
			      SHM_DIR "%s is on another file system: it was not looked at",
			      walk->path.data);
	else if (S_ISREG(st.mode))
		shmfs_add_file(walk, name, &st);
	else if (S_ISFIFO(st.mode))
		shmfs_add_fifo(walk, &st);
	else if (S_ISDIR(st.mode) && (walk->col->query->classes & A_CLASS(pshm) ||
				      class_of_file(walk->col, S_IFIFO)))
		shmfs_walk_dir(walk, name);	/* no semaphore is below */
	return 0;
}

static void shmfs_walk_dir(struct walk *above, const char *name)
{
	const struct host *host = above->col->host;
	struct buf entries = { 0 };
	struct host_dir dir;
	struct walk walk = *above;
	int err;

	if (++walk.depth > MAX_DEPTH)
		err = -ELOOP;
	else
		err = host->ops->open_dir(host, above->dir, name, &dir);
	if (!err) {
		dir.looks = true;
		walk.dir = &dir;
		walk.len = above->path.len;
		err = host->ops->read_dir(&dir, &entries, shmfs_walk_entry, &walk);
		host->ops->close_dir(&dir);
	}
	if (err < 0 && err != -ENOENT)
		snapshot_warn(above->col->snap, PART_SHMFS, -err, "%s%s",
			      SHM_DIR, above->path.data);
	above->path = walk.path;	/* it may have moved */
	buf_free(&entries);
}

/* What /dev/shm is. -ELOOP, -EXDEV: not what shm_open(3) makes its files in, as is said. */
static int shmfs_find_dir(struct collector *col, struct host_stat *st)
{
	const struct host *host = col->host;
	uint64_t magic = 0;
	char target[256];
	ssize_t len;
	int err;

	err = host->ops->stat(host, NULL, SHM_DIR, 0, st);
	if (!err && S_ISLNK(st->mode)) {
		len = host->ops->read_link(host, NULL, SHM_DIR, target, sizeof(target));
		snapshot_warn(col->snap, PART_SHMFS, 0,
			      SHM_DIR " is a symlink to %.*s, which was not followed",
			      len < 0 ? 0 : len < 256 ? (int)len : 255, target);
		err = -ELOOP;
	} else if (!err && !host->ops->fs_magic(host, NULL, SHM_DIR, &magic) && magic &&
		   magic != TMPFS_MAGIC) {
		snapshot_warn(col->snap, PART_SHMFS, 0,
			      SHM_DIR " is no tmpfs: it was not looked at");
		err = -EXDEV;
	}
	return err;
}

static void shmfs_list(struct collector *col)
{
	const struct host *host = col->host;
	struct links links = { 0 };
	struct walk walk = { .col = col, .links = &links };
	struct buf entries = { 0 };
	struct host_space space;
	struct host_dir dir;
	struct host_stat st;
	int err;

	err = shmfs_find_dir(col, &st);
	if (err == -ELOOP || err == -EXDEV)
		return;
	if (!err)
		err = host->ops->open_dir(host, NULL, SHM_DIR, &dir);
	if (err == -ENOENT) {
		snapshot_unsupported(col->snap, PART_SHMFS, SHM_DIR);
		return;
	}
	if (!err) {
		dir.looks = true;
		walk.dir = &dir;
		walk.dev = st.dev;
		col->snap->host.home_dev[CLASS_pshm] = st.dev;
		col->snap->host.home_dev[CLASS_psem] = st.dev;
		/* Only the directory, and nothing that is unlinked. */
		col->shm_empty = !host->ops->fs_space(host, SHM_DIR, &space) &&
				 space.inodes == space.free_inodes + 1;
		if (!col->shm_empty)
			err = host->ops->read_dir(&dir, &entries, shmfs_walk_entry, &walk);
		host->ops->close_dir(&dir);
	}
	if (err < 0)
		snapshot_warn(col->snap, PART_SHMFS, -err, SHM_DIR);
	inode_add_names(col, &links);
	buf_free(&walk.path);
	buf_free(&entries);
}

/* What is open or mapped there from another mount namespace: only what shm_open(3)
 * and sem_open(3) can have made, right in the directory. */
bool shmfs_is_elsewhere(const char *name, size_t len)
{
	const size_t skip = strlen(SHM_DIR "/");

	return len > skip && !memcmp(name, SHM_DIR "/", skip) &&
	       !memchr(name + skip, '/', len - skip);
}

/* What a name in a process's view is below /dev/shm: "/NAME"; NULL if it
 * does not begin with that. */
static const char *shmfs_below(const char *name, size_t len, size_t *left)
{
	const size_t skip = strlen(SHM_DIR);

	if (len <= skip + 1 || memcmp(name, SHM_DIR "/", skip + 1))
		return NULL;
	*left = len - skip;
	return name + skip;
}

/*
 * One that is in no directory: unlinked, or on the /dev/shm of another mount
 * namespace.
 */
static uint32_t shmfs_add_found(struct scan *scan, struct object_key key,
				const char *name, size_t len)
{
	size_t left;
	const char *rest = shmfs_below(name, len, &left);
	enum class_id class = rest ? shmfs_class_of(rest, left) : CLASS_pshm;
	uint32_t object;

	/* glibc's temporary names: sem.XXXXXX, linked to the real one. */
	if (!(scan->col->query->classes & A_CLASS_OF(class)))
		return NO_INDEX;
	object = snapshot_object(scan->snap, class, key);
	if (rest)
		shmfs_set_name(scan->snap, object, class, rest, left);
	return object;
}

static bool shmfs_is_home(const struct scan *scan, uint64_t dev)
{
	uint64_t home = scan->col->snap->host.home_dev[CLASS_pshm];

	return home && home == dev;
}

static bool shmfs_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	uint32_t object;
	size_t len;

	/* Most are files of other file systems: where here there is none, the name tells. */
	if (fd->scan->col->shm_empty && !shmfs_is_elsewhere(fd->link, fd->len))
		return false;
	if (fd_stat(fd) || !S_ISREG(fd->st.mode))
		return false;
	len = inode_name(fd);
	if (!shmfs_is_home(fd->scan, fd->st.dev) && !shmfs_is_elsewhere(fd->link, len))
		return false;
	object = snapshot_find(snap->base, inode_key(&fd->st));
	if (object != NO_INDEX) {
		object |= IN_BASE;
	} else {
		object = shmfs_add_found(fd->scan, inode_key(&fd->st), fd->link, len);
		if (object != NO_INDEX)
			inode_fill(snap, object, &fd->st);
	}
	if (object != NO_INDEX)
		fd_edge(fd, object);
	return true;
}

static bool shmfs_vma(struct scan *scan, const struct host_vma *vma)
{
	struct object_key key = { .space = SPACE_INODE, .ns = vma->dev, .id = vma->ino };
	struct host_stat st;
	uint32_t object;

	if (!shmfs_is_home(scan, vma->dev) && !shmfs_is_elsewhere(vma->name, vma->len))
		return false;
	object = snapshot_find(scan->snap->base, key);
	if (object != NO_INDEX) {
		vma_edge(scan, vma, object | IN_BASE);
		return true;
	}
	object = shmfs_add_found(scan, key, vma->name, vma->len);
	if (object == NO_INDEX)
		return true;
	if (!vma_stat(scan, vma, &st))
		inode_fill(scan->snap, object, &st);
	/* The name a semaphore is mapped under always is; but here it would
	 * have been listed under its own. */
	else if (vma->deleted && (scan->snap->objects.at[object].class == CLASS_pshm ||
				  shmfs_is_home(scan, vma->dev)))
		object_flag(scan->snap, object, IS(UNLINKED));
	vma_edge(scan, vma, object);
	return true;
}

static const struct class_field pshm_fields[] = {
	HAS(NAME), HAS(NAMES), HAS(UID), HAS(GID), HAS(MODE), HAS(SIZE), HAS(USED),
	HAS(LINKS), HAS(ATIME), HAS(MTIME), HAS(CTIME), HAS(BTIME),
};

DEFINE_CLASS(pshm) = {
	.info = {
		.name	= "pshm",
		.title	= "POSIX shared memory object",
		.noun	= "segment",
		.manual	= "shm_open(3), shm_overview(7)",
		.space	= SPACE_INODE,
		.groups	= GROUP_POSIX,
		.persistence	= PERSISTENCE_KERNEL,
		FIELDS(pshm_fields),
		.listed_by = NEED(SHMFS) | NEED(FDS) | NEED(MAPS),
		.users_by  = NEED(FDS) | NEED(MAPS) | HELD_UNSEEN,
		.access_by = NEED(ACCESS),
		.amount	= FIELD_SIZE,
		.columns = "ref,owner,mode,size,used,state,age,users",
		.wide	= "ref,owner,group,mode,size,used,state,age,users",
		.mode_protects = true,
		.refs	= "pshm:/NAME, or pshm:INODE if unlinked",
		.called	= inode_called,
	},
	.list	= shmfs_list,
	.link	= "/",
	.fd	= shmfs_fd,
	.vma	= shmfs_vma,
};

static const struct class_field psem_fields[] = {
	HAS(NAME), HAS(NAMES), HAS(UID), HAS(GID), HAS(MODE), HAS(SIZE), HAS(USED),
	HAS_BY(VALUES, NEED(SEMFILE)), HAS(LINKS), HAS(ATIME), HAS(MTIME),
	HAS(CTIME), HAS(BTIME),
};

DEFINE_CLASS(psem) = {
	.info = {
		.name	= "psem",
		.title	= "POSIX named semaphore",
		.noun	= "semaphore",
		.manual	= "sem_open(3), sem_overview(7)",
		.space	= SPACE_INODE,
		.groups	= GROUP_POSIX,
		.persistence	= PERSISTENCE_KERNEL,
		FIELDS(psem_fields),
		.listed_by = NEED(SHMFS) | NEED(FDS) | NEED(MAPS),
		.users_by  = NEED(FDS) | NEED(MAPS) | HELD_UNSEEN,
		.access_by = NEED(ACCESS),
		.waits_by  = NEED(CALLS) | NEED(MAPS),
		.amount	= FIELD_VALUES,
		.unit	= "value",
		.columns = "ref,owner,mode,values,state,age,users",
		.wide	= "ref,owner,group,mode,values,state,waiters,age,users",
		.mode_protects = true,
		.refs	= "psem:/NAME, or psem:INODE if unlinked",
		.called	= inode_called,
		.never_full = true,
	},
	.list	= shmfs_list,
	.link	= "/",
	.fd	= shmfs_fd,
	.vma	= shmfs_vma,
	.futex	= true,
};
