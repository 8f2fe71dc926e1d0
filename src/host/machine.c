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

/* What is asked for the names of users, or of groups; nsswitch.conf(5). */
struct name_service {
	bool read;
	bool file_first;	/* the file that every machine has: it is read here */
	bool others;		/* that may wait for a network: the helper process asks them */
	bool silent;		/* nor does nsswitch.conf answer */
	struct buf entries;	/* of the file */
};

static const struct name_service *machine_service(bool group)
{
	static struct name_service services[2];
	struct name_service *service = &services[group];
	struct buf text = { 0 };
	const char *at;
	size_t len;
	int err;

	if (service->read)
		return service;
	service->read = true;
	foreign_read(NULL, group ? "/etc/group" : "/etc/passwd", 0, &service->entries);
	err = foreign_read(NULL, "/etc/nsswitch.conf", 0, &text);
	/* What the C library does without the file, it knows best. */
	service->silent = err == -ETIMEDOUT;
	service->others = err && !service->silent;
	at = text.data;
	while (at && strncmp(at, group ? "group:" : "passwd:", group ? 6 : 7) != 0)
		at = (at = strchr(at, '\n')) ? at + 1 : NULL;
	for (at = at ? strchr(at, ':') + 1 : "files"; ; at += len) {
		at += strspn(at, " \t");
		len = strcspn(at, " \t\n#");
		if (!len)
			break;
		if (len != 5 || strncmp(at, "files", 5) != 0)
			service->others = true;
		else if (!service->others)
			service->file_first = true;
	}
	buf_free(&text);
	return service;
}

/* "NAME:PASSWORD:ID:..." a line. */
static int machine_find_entry(const struct buf *entries, const char *name, uint32_t *id,
			      struct buf *found)
{
	const char *line, *end, *at;
	uint64_t num;
	size_t len;

	for (line = entries->data; line && *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		at = memchr(line, ':', (size_t)(end - line));
		len = at ? (size_t)(at - line) : 0;
		at = at ? memchr(at + 1, ':', (size_t)(end - at - 1)) : NULL;
		if (!len || !at++ || strchr("+-#", *line) || !num_u64(&at, &num) ||
		    *at != ':' || num > UINT32_MAX)
			continue;
		if (name ? strlen(name) != len || memcmp(name, line, len) != 0 : num != *id)
			continue;
		*id = (uint32_t)num;
		buf_add(found, line, len);
		return 0;
	}
	return -ENOENT;
}

/* In the helper: the entry of call->path or, if that is empty, of the number call->addr. */
static int machine_ask_service(struct helper_call *call)
{
	const char *name = *call->path ? call->path : NULL;
	struct passwd user, *is_user = NULL;
	struct group many, *is_group = NULL;
	struct buf strings = { 0 };
	size_t size;
	char *room;
	int err = helper_enter(call, HELPER_NAMES);

	call->size = 0;
	if (err)
		return err;
	/* A group of thousands needs more room than one can know before. */
	for (size = ENTRY_ROOM; ; size *= 4) {
		room = buf_room(&strings, size);
		if (call->flags)
			err = name ? getgrnam_r(name, &many, room, size, &is_group) :
			      getgrgid_r((gid_t)call->addr, &many, room, size, &is_group);
		else
			err = name ? getpwnam_r(name, &user, room, size, &is_user) :
			      getpwuid_r((uid_t)call->addr, &user, room, size, &is_user);
		if (err != EINTR && (err != ERANGE || size > ENTRY_MOST))
			break;
	}
	if (!err && (is_user || is_group)) {
		call->addr = is_group ? many.gr_gid : user.pw_uid;
		name = is_group ? many.gr_name : user.pw_name;
		call->size = strnlen(name, HELPER_ROOM);
		memcpy(call->data, name, call->size);
	} else if (!err) {
		err = ENOENT;
	}
	buf_free(&strings);
	/* What getpwnam(3) lists as ways to say "no such name". */
	return err == ESRCH || err == EBADF || err == EPERM ? -ENOENT : -err;
}

/* The entry of @name or, if that is NULL, of *@id; *@id and @found get what it says. */
static int machine_look_up(bool group, const char *name, uint32_t *id, struct buf *found)
{
	const struct name_service *service = machine_service(group);
	struct helper_call call = { .flags = group, .addr = *id };
	int err = -ENOENT;

	if (name && (!*name || strlen(name) >= sizeof(call.path)))
		return -ENOENT;
	if (service->file_first)
		err = machine_find_entry(&service->entries, name, id, found);
	if (!err || !service->others)
		return err && service->silent ? -ETIMEDOUT : err;
	strcpy(call.path, name ?: "");
	err = helper_ask(machine_ask_service, &call, found);
	if (!err)
		*id = (uint32_t)call.addr;
	return err;
}

int live_id_name(const struct host *host, bool group, uint32_t id, struct buf *buf)
{
	buf_reset(buf);
	return machine_look_up(group, NULL, &id, buf);
}

int live_name_id(const struct host *host, bool group, const char *name, uint32_t *id)
{
	struct buf same = { 0 };
	int ret;

	*id = 0;
	ret = machine_look_up(group, name, id, &same);
	buf_free(&same);
	return ret;
}

uint64_t host_capabilities(const struct host *host)
{
	struct buf text = { 0 };
	const char *at = NULL;
	uint64_t caps = 0;

	if (!host->ops->read_file(host, NULL, "/proc/self/status", &text) && text.data)
		at = strstr(text.data, "\nCapEff:\t");
	if (at) {
		at += strlen("\nCapEff:\t");
		num_hex(&at, &caps);
	}
	buf_free(&text);
	return caps;
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
	struct stat st = { 0 };
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

_Atomic pid_t host_helper;
_Atomic uint32_t host_helper_sockets[2];

static const struct host_ops machine_ops = {
#define OP(type, name, args)	.name = live_##name,
#include "ops.def"
#undef OP
};

const struct host live_host = { .ops = &machine_ops };
