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

/* The entry of @name or, if that is NULL, of *@id; *@id and @found get what it says. */
static int machine_look_up(bool group, const char *name, uint32_t *id, struct buf *found)
{
	struct buf strings = { 0 };
	struct passwd user, *is_user = NULL;
	struct group many, *is_group = NULL;
	size_t size;
	char *room;
	int err;

	/* A group of thousands needs more room than one can know before. */
	for (size = ENTRY_ROOM; ; size *= 4) {
		room = buf_room(&strings, size);
		if (group)
			err = name ? getgrnam_r(name, &many, room, size, &is_group) :
			      getgrgid_r(*id, &many, room, size, &is_group);
		else
			err = name ? getpwnam_r(name, &user, room, size, &is_user) :
			      getpwuid_r(*id, &user, room, size, &is_user);
		if (err != EINTR && (err != ERANGE || size > ENTRY_MOST))
			break;
	}
	if (!err && (is_user || is_group)) {
		*id = group ? many.gr_gid : user.pw_uid;
		buf_puts(found, group ? many.gr_name : user.pw_name);
	} else if (!err) {
		err = ENOENT;
	}
	buf_free(&strings);
	/* What getpwnam(3) lists as ways to say "no such name". */
	return err == ESRCH || err == EBADF || err == EPERM ? -ENOENT : -err;
}

int live_id_name(const struct host *host, bool group, uint32_t id, struct buf *buf)
{
	buf_reset(buf);
	return machine_look_up(group, NULL, &id, buf);
}

int live_name_id(const struct host *host, bool group, const char *name, uint32_t *id)
{
	struct buf same = { 0 };
	int ret = machine_look_up(group, name, id, &same);

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

int live_memory_devs(const struct host *host, uint64_t *devs, int room)
{
	unsigned int shift;
	struct stat st;
	int nr = 0, fd, ret;

	/* Every size of huge pages has a mount: 64K on some machines, 16G on others. Before the
	 * first of them comes that of usual pages. */
	for (shift = 15; shift <= 34 && nr < room; shift++) {
		fd = memfd_create("", MFD_CLOEXEC |
				  (shift == 15 ? 0 : MFD_HUGETLB | shift << MAP_HUGE_SHIFT));
		if (fd < 0 && nr)
			continue;	/* a size that there is not */
		ret = fd < 0 || fstat(fd, &st) ? -errno : 0;
		if (fd >= 0)
			close(fd);
		if (ret)
			return ret;
		devs[nr++] = st.st_dev;
	}
	return nr;
}

unsigned int host_terminal_width(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

void live_wait(const struct host *host, unsigned int milliseconds)
{
	const struct timespec time = {
		.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000,
	};

	nanosleep(&time, NULL);
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

pid_t host_helper;
uint64_t host_helper_sockets[2];

static const struct host_ops machine_ops = {
#define OP(type, name, args)	.name = live_##name,
#include "ops.def"
#undef OP
};

const struct host live_host = { .ops = &machine_ops };
