// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether anybody is bound to the path of a UNIX socket: net/unix/af_unix.c,
 * unix_find_bsd(). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "helper.h"
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

int connect_path(struct helper_call *call)
{
	struct host_dir at = { .host = &live_host };
	struct host_stat st;
	int ret;

	ret = helper_enter(call, call->st.dev);
	if (ret)
		return ret;
	at.fd = open(call->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at.fd < 0)
		return -errno;
	ret = live_stat(&live_host, &at, "", 0, &st);
	if (!ret && (st.dev != call->st.dev || st.ino != call->st.ino || !S_ISSOCK(st.mode)))
		ret = -ESTALE;
	if (!ret)
		ret = connect_try(at.fd);
	close(at.fd);
	return ret;
}

int live_connect_test(const struct host *host, const char *path, const struct host_stat *want)
{
	struct helper_call call = { .st = *want };

	if (strlen(path) >= sizeof(call.path))
		return -ENAMETOOLONG;
	strcpy(call.path, path);
	return helper_connect(&call);
}
