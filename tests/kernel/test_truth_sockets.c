// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets: which network namespace each is of, who is at its other end, what
 * paths lead to it, and families that are seldom seen.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* ---- network namespaces ---- */

enum holding { BY_FD, BY_MOUNT, BY_SOCKET };

static int own_net;

/* A namespace; the caller is back home, with a descriptor of the other. */
static int visit_new_ns(void)
{
	int there;

	own_net = (int)must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	must(unshare(CLONE_NEWNET));
	there = (int)must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	return there;
}

static void go_home(void)
{
	must(setns(own_net, CLONE_NEWNET));
	close(own_net);
}

static void name_net(int ns)
{
	struct stat st;

	must(fstat(ns, &st));
	let("ns", "%lu", (unsigned long)st.st_ino);
	must(stat("/proc/self/ns/net", &st));
	let("home", "%lu", (unsigned long)st.st_ino);
}

/* A pair, one end of it in a process of either namespace. */
static void pair_fn(void *arg)
{
	int *fds = arg;

	must(setns(fds[1], CLONE_NEWNET));
	child_keep(fds, 1);
	sandbox_ready(0);
	sandbox_hold();
}

static void pair_across(void)
{
	int ns = visit_new_ns(), ends[2];

	unix_pair(SOCK_STREAM, ends);
	go_home();
	name_net(ns);
	let("a", "unix:%lu", (unsigned long)fd_inode(ends[0]));
	let("b", "unix:%lu", (unsigned long)fd_inode(ends[1]));
	let("p", "%d", (int)sandbox_spawn("there", pair_fn,
					   (int[]){ ends[0], ns })->pid);
	let("q", "%d", (int)hold_fd_in("here", ends[1])->pid);
	close(ends[0]);
	close(ends[1]);
	close(ns);
}

/* ---- other ends ---- */

static void dgram_blocked_address(void)
{
	int to = unix_bound(SOCK_DGRAM, "@log");

	let("r", "%d", (int)hold_fd_in("receiver", to)->pid);
	close(to);
	let("s", "%d", (int)unix_sendto_in("sender", "@log")->pid);
}

/* ---- other families ---- */

static void keep(const char *ref, int fd)
{
	let("ref", "%s:%lu", ref, (unsigned long)fd_inode(fd));
	let("ino", "%lu", (unsigned long)fd_inode(fd));
	let("p", "%d", (int)hold_fd_in("holder", fd)->pid);
	close(fd);
}

static int socket_or_not(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		truth_cannot("socket(%d, %d, %d): %s", family, type, protocol,
			     strerror(errno));
	return fd;
}

static void local_bind(int fd, unsigned short port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(port) };

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
}

static void mptcp(void)
{
	int fd = socket_or_not(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);

	if (fd < 0)
		return;
	local_bind(fd, 6666);
	must(listen(fd, 3));
	keep("tcp", fd);
}

static void udp_twice(void)
{
	int one = 1, a, b;

	a = socket_or_not(AF_INET, SOCK_DGRAM, 0);
	b = socket_or_not(AF_INET, SOCK_DGRAM, 0);
	must(setsockopt(a, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)));
	must(setsockopt(b, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)));
	local_bind(a, 7777);
	local_bind(b, 7777);
	hold_fd_in("a", a);
	hold_fd_in("b", b);
	close(a);
	close(b);
}

#define UNIX	"list unix -o all" COMPLETE

static const struct situation situations[] = {
	{ .name = "a pair between two namespaces", .make = pair_across, .truths = {
		{ UNIX, "$a", "net_ns=$ns peers~$b $p:open" },
		{ UNIX, "$b", "net_ns=$ns peers~$a $q:open" } } },
	{ .name = "a sender blocked, by an address", .make = dgram_blocked_address, .truths = {
		{ UNIX, "unix:@log", "$s:waits state=waits" } } },
	{ .name = "MPTCP", .make = mptcp, .truths = {
		{ "list tcp -o all" COMPLETE, "tcp:$ino", "there $p:listens local=127.0.0.1:6666 state=listening" } } },
	{ .name = "two UDP sockets on one port", .make = udp_twice, .truths = {
		{ "list udp -o all" COMPLETE, NULL, "count(udp)=2" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: sockets", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
