// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether anybody is bound to the path of a UNIX socket: net/unix/af_unix.c,
 * unix_find_bsd(). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "live.h"

/* By the file itself, so that neither its name nor a link matters. */
static int connect_try(int path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int sock, err;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d", path);
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	err = connect(sock, (const struct sockaddr *)&addr, sizeof(addr)) ?
	      errno : 0;
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

int live_connect_test(const struct host *host, const char *path,
		      const struct host_stat *want)
{
	struct host_stat st;
	struct host_dir at = { .host = host };
	int fd, ret;

	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	at.fd = fd;
	ret = live_stat(host, &at, "", 0, &st);
	if (!ret && (st.dev != want->dev || st.ino != want->ino ||
		     !S_ISSOCK(st.mode)))
		ret = -ESTALE;
	if (!ret)
		ret = connect_try(fd);
	close(fd);
	return ret;
}
