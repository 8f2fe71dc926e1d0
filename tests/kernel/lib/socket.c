// SPDX-License-Identifier: GPL-2.0-or-later
/* Makers: UNIX sockets. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "make.h"

socklen_t unix_address(struct sockaddr_un *addr, const char *name, size_t len)
{
	size_t base = offsetof(struct sockaddr_un, sun_path);

	if (len == 0)
		len = strlen(name);
	if (len >= sizeof(addr->sun_path))
		sandbox_fail("address of %zu bytes is too long", len);
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	memcpy(addr->sun_path, name, len);
	if (name[0] != '@')
		return (socklen_t)(base + len + 1);
	addr->sun_path[0] = '\0';
	return (socklen_t)(base + len);
}

static int unix_socket(int type)
{
	return (int)must(socket(AF_UNIX, type, 0));
}

int unix_bound(int type, const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr.sun_family);
	int fd = unix_socket(type);

	if (name)
		len = unix_address(&addr, name, 0);
	must(bind(fd, (struct sockaddr *)&addr, len));
	return fd;
}

int unix_listener(int type, const char *name, int backlog)
{
	int fd = unix_bound(type, name);

	must(listen(fd, backlog));
	return fd;
}

static int connect_to(int fd, const char *name)
{
	struct sockaddr_un addr;
	socklen_t len = unix_address(&addr, name, 0);

	return connect(fd, (struct sockaddr *)&addr, len);
}

int unix_connected(int type, const char *name)
{
	int fd = unix_socket(type);

	must(connect_to(fd, name));
	return fd;
}

int unix_accepted(int listener)
{
	return (int)must(accept(listener, NULL, NULL));
}

void unix_pair(int type, int ends[2])
{
	must(socketpair(AF_UNIX, type, 0, ends));
}

void unix_stale(int type, const char *path)
{
	close(unix_bound(type, path));
}

size_t unix_fill_backlog(int type, const char *name, int *fds, size_t most)
{
	size_t n = 0;
	int fd;

	for (;;) {
		fd = unix_socket(type | SOCK_NONBLOCK);
		if (connect_to(fd, name))
			break;
		if (n == most)
			sandbox_fail("backlog takes more than %zu", most);
		fds[n++] = fd;
	}
	if (errno != EAGAIN)
		sandbox_fail("connect: %s", strerror(errno));
	close(fd);
	return n;
}

struct target {
	int type;
	int fd;
	const char *to;
};

static void connect_fn(void *arg)
{
	const struct target *t = arg;
	int fd;

	child_keep(NULL, 0);
	fd = unix_socket(t->type);
	sandbox_ready(fd);
	must(connect_to(fd, t->to));
	sandbox_hold();
}

struct child *unix_connect_in(const char *name, int type, const char *to)
{
	struct target t = { .type = type, .to = to };
	struct child *child = sandbox_spawn(name, connect_fn, &t);

	wait_blocked(child->pid, 0, SYS_connect);
	return child;
}

static void accept_fn(void *arg)
{
	const struct target *t = arg;

	child_keep(&t->fd, 1);
	sandbox_ready(t->fd);
	must(accept(t->fd, NULL, NULL));
	sandbox_hold();
}

struct child *accept_in(const char *name, int listener)
{
	struct target t = { .fd = listener };
	struct child *child = sandbox_spawn(name, accept_fn, &t);

	wait_blocked(child->pid, 0, SYS_accept, SYS_accept4);
	return child;
}

void unix_send_fd(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec data = { .iov_base = (char[]){ 0 }, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	must(sendmsg(sock, &msg, 0));
}

static void sendto_fn(void *arg)
{
	const struct target *t = arg;
	struct sockaddr_un addr;
	socklen_t len = unix_address(&addr, t->to, 0);
	int fd;

	child_keep(NULL, 0);
	fd = unix_socket(SOCK_DGRAM);
	sandbox_ready(fd);
	for (;;)
		must(sendto(fd, "x", 1, 0, (struct sockaddr *)&addr, len));
}

struct child *unix_sendto_in(const char *name, const char *to)
{
	struct target t = { .to = to };
	struct child *child = sandbox_spawn(name, sendto_fn, &t);

	wait_blocked(child->pid, 0, SYS_sendto);
	return child;
}
