// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file that a UNIX socket is bound to, as UNIX_DIAG_VFS tells it (net/unix/diag.c):
 * the device of the file system and the number of the inode in the kernel, where statx(2)
 * may tell others of a file in an overlay or a subvolume; and whether anybody is bound to
 * a file. In the helper process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "ipcscope/text.h"
#include "ipcscope/vec.h"
#include "live.h"

uint64_t host_vfs(uint64_t dev, uint64_t ino)
{
	return (uint64_t)(major(dev) << 20 | minor(dev)) << 32 | (uint32_t)ino;
}

/* "36 35 98:0 / /mnt ..." of mountinfo, proc_pid_mountinfo(5): whether it is mount @id;
 * @dev gets its device. */
static bool vfs_is_mount(const char *at, uint64_t id, uint64_t *dev)
{
	uint64_t number, parent, major_nr, minor_nr;

	if (!num_u64(&at, &number) || number != id || *at++ != ' ' ||
	    !num_u64(&at, &parent) || *at++ != ' ' || !num_u64(&at, &major_nr) ||
	    *at++ != ':' || !num_u64(&at, &minor_nr))
		return false;
	*dev = makedev(major_nr, minor_nr);
	return true;
}

/* That of the mount, or @dev if thread @pid does not see it. */
static uint64_t vfs_dev(pid_t pid, uint64_t mount, uint64_t dev)
{
	/* Most files are on a few mounts, and the helper lives as long as the run. */
	static struct { uint64_t mount, dev, is; } known[8];
	static unsigned int next;
	struct buf text = { 0 };
	const char *line;
	char path[48];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].mount == mount && known[i].dev == dev)
			return known[i].is;
	}
	i = next++ % ARRAY_SIZE(known);
	known[i].mount = mount;
	known[i].dev = known[i].is = dev;
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)(pid ?: getpid()));
	live_read_file(&live_host, NULL, path, &text);
	for (line = text.len ? text.data : NULL; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (vfs_is_mount(line, mount, &known[i].is))
			break;
	}
	buf_free(&text);
	return known[i].is;
}

uint64_t live_vfs(int fd, pid_t pid, const struct statx *st)
{
	const uint64_t dev = makedev(st->stx_dev_major, st->stx_dev_minor);
	struct buf text = { 0 };
	uint64_t ino = st->stx_ino;
	const char *at = NULL;
	char path[48];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (!live_read_file(&live_host, NULL, path, &text) && text.len)
		at = strstr(text.data, "\nino:\t");	/* since Linux 5.14 */
	if (at) {
		at += strlen("\nino:\t");
		num_u64(&at, &ino);
	}
	buf_free(&text);
	return host_vfs(vfs_dev(pid, st->stx_mnt_id, dev), ino);
}

/* Whether anybody is bound to it: net/unix/af_unix.c, unix_find_bsd(). By the file itself, so
 * that neither its name nor a link matters. */
static int vfs_connect_fd(int path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int sock, err;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d", path);
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	err = connect(sock, (const struct sockaddr *)&addr, sizeof(addr)) ? errno : 0;
	close(sock);
	switch (err) {
	case ECONNREFUSED:
		return 0;
	case 0:
	case EPROTOTYPE:	/* somebody's, of another type */
	case EAGAIN:
		return 1;
	default:
		return -err;
	}
}

static int vfs_connect(struct helper_call *call)
{
	struct host_dir at = { .host = &live_host };
	struct host_stat st;
	int ret = helper_enter(call, call->st.dev);

	if (ret)
		return ret;
	at.fd = open(call->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at.fd < 0)
		return -errno;
	ret = live_stat(&live_host, &at, "", 0, &st);
	if (!ret && (st.dev != call->st.dev || st.ino != call->st.ino || !S_ISSOCK(st.mode)))
		ret = -ESTALE;
	if (!ret)
		ret = vfs_connect_fd(at.fd);
	close(at.fd);
	return ret;
}

int live_connect_test(const struct host *host, const char *path, const struct host_stat *want)
{
	struct helper_call call = { .st = *want };

	if (strlen(path) >= sizeof(call.path))
		return -ENAMETOOLONG;
	strcpy(call.path, path);
	return helper_ask(vfs_connect, &call, NULL);
}
