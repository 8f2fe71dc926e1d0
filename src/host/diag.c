// SPDX-License-Identifier: GPL-2.0-or-later
/* sock_diag of the live host, and the messages of a dump as they come from the kernel. */

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/magic.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "live.h"

/* As much as the kernel sends at once. */
#define RECEIVE_ROOM	32768
#define REQUEST_ROOM	256

struct live_diag {
	struct mnl_socket *socket;
	uint32_t seq;
	bool broken;		/* who knows what still waits in it */
};

/* One of the namespace of the thread; NULL: see errno. */
static struct mnl_socket *diag_open_socket(void)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	int err;

	if (!sock)
		return NULL;
	if (!mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		return sock;
	err = errno;
	mnl_socket_close(sock);
	errno = err;
	return NULL;
}

struct visit {
	struct mnl_socket *socket;	/* opened there, if nothing is to be read */
	const char *file;		/* read there */
	struct buf *text;
	int err;
};

/* A kernel may lack the file, which is not the same as no /proc to find it in. */
static int diag_read_file(const char *file, struct buf *text)
{
	int net = open("/proc/thread-self/net", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, ret;

	buf_reset(text);
	if (net < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	fd = openat(net, file, O_RDONLY | O_CLOEXEC);
	ret = fd < 0 ? -errno : live_read_fd(fd, text);
	if (fd >= 0)
		close(fd);
	close(net);
	return ret == -ENOENT ? 0 : ret;
}

static void diag_visit(void *arg)
{
	struct visit *visit = arg;

	if (visit->file) {
		visit->err = diag_read_file(visit->file, visit->text);
	} else {
		visit->socket = diag_open_socket();
		visit->err = visit->socket ? 0 : -errno;
	}
}

int live_open_diag(const struct host *host, const struct host_dir *at, const char *path,
		   struct host_diag *diag)
{
	struct mnl_socket *socket = NULL;
	struct visit visit = { 0 };
	struct live_diag *live;
	int ret, ns;

	*diag = (struct host_diag){ .host = host, .fd = -1 };
	if (path) {
		ns = live_open_ns(0, at, path, &diag->ns);
		ret = ns < 0 ? ns : live_visit(ns, CLONE_NEWNET, diag_visit, &visit) ?: visit.err;
		if (ns >= 0)
			close(ns);
		socket = visit.socket;
	} else {
		socket = diag_open_socket();
		ret = socket ? 0 : -errno;
	}
	if (ret)
		return ret;
	live = mem_zero(1, sizeof(*live));
	live->socket = socket;
	diag->fd = mnl_socket_get_fd(socket);
	diag->priv = live;
	return 0;
}

void live_close_diag(struct host_diag *diag)
{
	struct live_diag *live = diag->priv;

	if (live)
		mnl_socket_close(live->socket);
	free(live);
	diag->priv = NULL;
	diag->fd = -1;
}

/* SIOCGSKNS leads to the namespace that a socket is of, net/socket.c: no descriptor
 * of each need be kept. */
int live_read_net(struct host_diag *diag, const char *file, struct buf *buf)
{
	struct visit visit = { .file = file, .text = buf };
	int ret, ns;

	if (!diag->ns)
		return diag_read_file(file, buf);
	buf_reset(buf);
	ns = ioctl(diag->fd, SIOCGSKNS);
	if (ns < 0)
		return -errno;
	ret = live_visit(ns, CLONE_NEWNET, diag_visit, &visit) ?: visit.err;
	close(ns);
	return ret;
}

/* Any socket takes it, net/core/dev_ioctl.c. */
int live_interface_name(struct host_diag *diag, uint32_t index, char *to)
{
	struct ifreq req = { .ifr_ifindex = (int)index };

	if (ioctl(diag->fd, SIOCGIFNAME, &req))
		return -errno;
	memcpy(to, req.ifr_name, IF_NAMESIZE);
	to[IF_NAMESIZE - 1] = '\0';
	return 0;
}

static int diag_send_request(struct live_diag *live, uint16_t type, const void *req, size_t len)
{
	char data[REQUEST_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	unsigned int tries = 0;
	struct nlmsghdr *msg;
	ssize_t sent;

	if (len > sizeof(data) - MNL_NLMSG_HDRLEN)
		return -EMSGSIZE;
	msg = mnl_nlmsg_put_header(data);
	msg->nlmsg_type = type;
	msg->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	msg->nlmsg_seq = ++live->seq;
	memcpy(mnl_nlmsg_put_extra_header(msg, len), req, len);
	do {
		sent = mnl_socket_sendto(live->socket, msg, msg->nlmsg_len);
	} while (sent < 0 && errno == EINTR && ++tries < LIVE_TRIES);
	return sent < 0 ? -errno : 0;
}

static void diag_end_early(struct host_dump *dump, int ret)
{
	if (!dump->ret)
		dump->ret = ret;
	dump->each = NULL;
}

/* Both kinds of end begin with an error number, 0 or negative. */
static int diag_take_end(struct host_dump *dump, const struct nlmsghdr *msg)
{
	int err = 0;

	if (mnl_nlmsg_get_payload_len(msg) >= sizeof(err))
		memcpy(&err, mnl_nlmsg_get_payload(msg), sizeof(err));
	else if (msg->nlmsg_type == NLMSG_ERROR)
		return -EBADMSG;
	if (err < 0)
		diag_end_early(dump, err);
	dump->done = true;
	return 0;
}

static int diag_take_message(struct host_dump *dump, const struct nlmsghdr *msg)
{
	int ret;

	if (msg->nlmsg_seq != dump->seq || msg->nlmsg_pid != dump->port)
		return 0;
	if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
		dump->mixed = true;
	if (msg->nlmsg_type == NLMSG_DONE || msg->nlmsg_type == NLMSG_ERROR)
		return diag_take_end(dump, msg);
	if (msg->nlmsg_type < NLMSG_MIN_TYPE || !dump->each)
		return 0;
	ret = dump->each(dump->arg, msg);
	if (ret)
		diag_end_early(dump, ret);
	return 0;
}

int host_dump_messages(struct host_dump *dump, const void *data, size_t len)
{
	const struct nlmsghdr *msg = data;
	int left, ret;

	if (len > INT32_MAX)
		return -EBADMSG;
	for (left = len; left > 0 && !dump->done; msg = mnl_nlmsg_next(msg, &left)) {
		/* mnl_nlmsg_ok() takes lengths from 2^31 on for good ones. */
		if ((size_t)left < sizeof(*msg) || msg->nlmsg_len < sizeof(*msg) ||
		    msg->nlmsg_len > (size_t)left)
			return -EBADMSG;
		ret = diag_take_message(dump, msg);
		if (ret)
			return ret;
	}
	return 0;
}

int host_dump_result(const struct host_dump *dump)
{
	if (dump->ret)
		return dump->ret;
	return dump->mixed ? -EINTR : 0;
}

int live_dump(struct host_diag *diag, uint16_t type, const void *req,
	      size_t len, host_diag_fn *each, void *arg)
{
	char data[RECEIVE_ROOM] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct live_diag *live = diag->priv;
	struct host_dump dump = { .each = each, .arg = arg };
	unsigned int tries = 0;
	ssize_t got;
	int ret;

	if (live->broken)
		return -EBADMSG;
	ret = diag_send_request(live, type, req, len);
	if (ret)
		return ret;
	dump.seq = live->seq;
	dump.port = mnl_socket_get_portid(live->socket);
	while (!ret && !dump.done) {
		do {
			got = mnl_socket_recvfrom(live->socket, data, sizeof(data));
		} while (got < 0 && errno == EINTR && ++tries < LIVE_TRIES);
		if (got > 0)
			ret = host_dump_messages(&dump, data, got);
		else if (got < 0)
			ret = errno == ENOSPC ? -EBADMSG : -errno;
		else
			ret = -EPIPE;
	}
	live->broken = ret;
	return ret ?: host_dump_result(&dump);
}

#ifndef SYS_getxattrat
#define SYS_getxattrat	464		/* since Linux 6.13 */
#endif

/* Of 100,000 sockets that no list has each is asked: getxattrat(2) takes half the time. */
ssize_t live_sock_protocol(const struct host *host, const struct host_dir *fds,
			   const char *fd, char *to, size_t size)
{
	static const char name[] = "system.sockprotoname";
	static atomic_bool lacks_at;
	struct { uint64_t value; uint32_t size, flags; } args = { (uintptr_t)to, (uint32_t)size, 0 };
	ssize_t len = -1;
	char path[64];
	int need;

	if (!atomic_load_explicit(&lacks_at, memory_order_relaxed)) {
		len = syscall(SYS_getxattrat, fds->fd, fd, 0, name, &args, sizeof(args));
		if (len < 0 && (errno == ENOSYS || errno == EPERM))
			atomic_store_explicit(&lacks_at, true, memory_order_relaxed);
	}
	if (atomic_load_explicit(&lacks_at, memory_order_relaxed)) {
		need = snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", fds->fd, fd);
		if (need < 0 || (size_t)need >= sizeof(path))
			return -ENAMETOOLONG;
		len = getxattr(path, name, to, size);
	}
	return len < 0 ? -errno : (ssize_t)strnlen(to, (size_t)len);
}
