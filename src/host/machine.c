// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of the live host; names of users and groups, and facts of the whole
 * machine. */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "ipcscope/text.h"
#include "live.h"

#define ENTRY_ROOM	1024
#define ENTRY_MOST	(1 << 20)

/* Asks for one entry of a database, with @room bytes for its strings. */
typedef int ask_fn(const void *key, char *room, size_t size, const char **name, uint32_t *id);

static int machine_answer(int err, const void *entry)
{
	if (err)
		return -err;
	return entry ? 0 : -ENOENT;
}

static int machine_ask_uid(const void *key, char *room, size_t size, const char **name,
			   uint32_t *id)
{
	struct passwd entry, *found;
	int err;

	err = getpwuid_r(*(const uint32_t *)key, &entry, room, size, &found);
	if (!err && found) {
		*name = entry.pw_name;
		*id = entry.pw_uid;
	}
	return machine_answer(err, found);
}

static int machine_ask_gid(const void *key, char *room, size_t size, const char **name,
			   uint32_t *id)
{
	struct group entry, *found;
	int err;

	err = getgrgid_r(*(const uint32_t *)key, &entry, room, size, &found);
	if (!err && found) {
		*name = entry.gr_name;
		*id = entry.gr_gid;
	}
	return machine_answer(err, found);
}

static int machine_ask_user(const void *key, char *room, size_t size, const char **name,
			    uint32_t *id)
{
	struct passwd entry, *found;
	int err;

	err = getpwnam_r(key, &entry, room, size, &found);
	if (!err && found) {
		*name = entry.pw_name;
		*id = entry.pw_uid;
	}
	return machine_answer(err, found);
}

static int machine_ask_group(const void *key, char *room, size_t size,
			     const char **name, uint32_t *id)
{
	struct group entry, *found;
	int err;

	err = getgrnam_r(key, &entry, room, size, &found);
	if (!err && found) {
		*name = entry.gr_name;
		*id = entry.gr_gid;
	}
	return machine_answer(err, found);
}

/* A group of thousands needs more room than one can know before. */
static int machine_look_up(ask_fn *ask, const void *key, struct buf *name, uint32_t *id)
{
	struct buf strings = { 0 };
	const char *found = NULL;
	size_t size;
	int ret;

	for (size = ENTRY_ROOM; ; size *= 4) {
		ret = ask(key, buf_room(&strings, size), size, &found, id);
		if (ret != -EINTR && (ret != -ERANGE || size > ENTRY_MOST))
			break;
	}
	if (!ret)
		buf_puts(name, found);
	buf_free(&strings);
	/* What getpwnam(3) lists as ways to say "no such name". */
	if (ret == -ESRCH || ret == -EBADF || ret == -EPERM)
		ret = -ENOENT;
	return ret;
}

int live_id_name(const struct host *host, bool group, uint32_t id, struct buf *buf)
{
	uint32_t same;

	buf_reset(buf);
	return machine_look_up(group ? machine_ask_gid : machine_ask_uid, &id, buf, &same);
}

int live_name_id(const struct host *host, bool group, const char *name, uint32_t *id)
{
	struct buf same = { 0 };
	int ret;

	ret = machine_look_up(group ? machine_ask_group : machine_ask_user, name, &same, id);
	buf_free(&same);
	return ret;
}

void host_put_name(const struct host *host, bool group, uint32_t id, struct buf *to)
{
	struct buf name = { 0 };

	if (host->ops->id_name(host, group, id, &name))
		buf_u64(to, id);
	else
		text_escape(to, name.data, name.len);
	buf_free(&name);
}

static bool machine_memfd_dev(unsigned int flags, uint64_t *dev)
{
	struct stat st;
	bool known;
	int fd;

	fd = memfd_create("", MFD_CLOEXEC | flags);
	if (fd < 0)
		return false;
	known = !fstat(fd, &st);
	close(fd);
	if (known)
		*dev = st.st_dev;
	return known;
}

/* Every size of huge pages has a mount: 64K on some machines, 16G on others. */
int live_memory_devs(const struct host *host, uint64_t *devs, int room)
{
	unsigned int shift;
	int nr = 0;

	if (nr < room && machine_memfd_dev(0, &devs[nr]))
		nr++;
	for (shift = 16; shift <= 34 && nr < room; shift++) {
		if (machine_memfd_dev(MFD_HUGETLB | shift << MAP_HUGE_SHIFT, &devs[nr]))
			nr++;
	}
	return nr;
}

unsigned int host_terminal_width(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

int64_t live_now(const struct host *host)
{
	return time(NULL);
}

int live_identity(const struct host *host, struct buf *hostname,
		  struct buf *kernel, uid_t *uid, pid_t *pid, uint32_t *ticks,
		  uint32_t *page_size)
{
	struct utsname name;

	if (uname(&name))
		return -errno;
	buf_reset(hostname);
	buf_puts(hostname, name.nodename);
	buf_reset(kernel);
	buf_puts(kernel, name.release);
	*uid = geteuid();
	*pid = getpid();
	*ticks = sysconf(_SC_CLK_TCK);
	*page_size = sysconf(_SC_PAGESIZE);
	return 0;
}

static const struct host_ops machine_ops = {
#define OP(type, name, args)	.name = live_##name,
#include "ops.def"
#undef OP
};

const struct host live_host = { .ops = &machine_ops };
