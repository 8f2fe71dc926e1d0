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
#include <net/if.h>
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

/* The child has the socket, and lives in the namespace of the test. */
static void hold_foreign(int sock, int ns, enum holding holding)
{
	int fds[2] = { sock, ns }, file;

	name_net(ns);
	if (holding == BY_MOUNT) {
		char path[64];

		file = (int)must(open("/tmp/netns", O_CREAT | O_WRONLY, 0600));
		close(file);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", ns);
		must(mount(path, "/tmp/netns", NULL, MS_BIND, NULL));
	}
	let("p", "%d", (int)hold_in("holder", fds,
				     holding == BY_FD ? 2 : 1)->pid);
	close(sock);
	close(ns);
}

static void foreign_unix(enum holding holding)
{
	int ns = visit_new_ns();
	int sock = unix_listener(SOCK_STREAM, "/tmp/sock", 4);

	go_home();
	let("ino", "%lu", (unsigned long)fd_inode(sock));
	hold_foreign(sock, ns, holding);
}

static void unix_by_fd(void)
{
	foreign_unix(BY_FD);
}

static void unix_by_mount(void)
{
	foreign_unix(BY_MOUNT);
}

static void unix_by_socket(void)
{
	foreign_unix(BY_SOCKET);
}

/* Mounted where only a process of another mount namespace sees it. */
static void far_fn(void *arg)
{
	char path[64];
	int file;

	must(unshare(CLONE_NEWNS));
	sandbox_mount_tmpfs("/tmp/far");
	file = (int)must(open("/tmp/far/netns", O_CREAT | O_WRONLY, 0600));
	close(file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", *(int *)arg);
	must(mount(path, "/tmp/far/netns", NULL, MS_BIND, NULL));
	child_keep(NULL, 0);
	sandbox_ready(0);
	sandbox_hold();
}

static void unix_by_far_mount(void)
{
	int ns = visit_new_ns();
	int sock = unix_listener(SOCK_STREAM, "/tmp/sock", 4);

	go_home();
	let("ino", "%lu", (unsigned long)fd_inode(sock));
	must(mkdir("/tmp/far", 0700));
	sandbox_spawn("far", far_fn, &ns);
	hold_foreign(sock, ns, BY_SOCKET);
}

static void pair_by_socket(void)
{
	int ns = visit_new_ns(), ends[2];

	unix_pair(SOCK_STREAM, ends);
	go_home();
	name_net(ns);
	close(ns);
	let("a", "unix:%lu", (unsigned long)fd_inode(ends[0]));
	let("b", "unix:%lu", (unsigned long)fd_inode(ends[1]));
	let("p", "%d", (int)hold_in("both", ends, 2)->pid);
	close(ends[0]);
	close(ends[1]);
}

static void foreign_tcp(enum holding holding)
{
	int ns = visit_new_ns(), sock;
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(4321) };

	sock = (int)must(socket(AF_INET, SOCK_STREAM, 0));
	must(bind(sock, (struct sockaddr *)&addr, sizeof(addr)));
	must(listen(sock, 4));
	go_home();
	let("ino", "%lu", (unsigned long)fd_inode(sock));
	hold_foreign(sock, ns, holding);
}

static void tcp_by_fd(void)
{
	foreign_tcp(BY_FD);
}

static void tcp_by_mount(void)
{
	foreign_tcp(BY_MOUNT);
}

static void tcp_by_socket(void)
{
	foreign_tcp(BY_SOCKET);
}

/* Such a socket is not copied. */
static void tcp_lingers(void)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 5 };
	int ns = visit_new_ns();
	int sock = (int)must(socket(AF_INET, SOCK_STREAM, 0));

	must(setsockopt(sock, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	must(listen(sock, 4));
	go_home();
	let("ino", "%lu", (unsigned long)fd_inode(sock));
	hold_foreign(sock, ns, BY_SOCKET);
}

static void unbound_alone(void)
{
	int ns = visit_new_ns();
	int sock = (int)must(socket(AF_INET, SOCK_STREAM, 0)), here;

	go_home();
	here = (int)must(socket(AF_INET, SOCK_STREAM, 0));
	let("ino", "%lu", (unsigned long)fd_inode(sock));
	let("here", "%lu", (unsigned long)fd_inode(here));
	hold_foreign(sock, ns, BY_SOCKET);
	hold_fd_in("here", here);
	close(here);
}

/* Its path is found in its directory before it is listed. */
static void path_alone(void)
{
	int ns = visit_new_ns(), sock = unix_listener(SOCK_STREAM, "/tmp/socket", 1);

	go_home();
	let("ino", "%lu", (unsigned long)fd_inode(sock));
	hold_foreign(sock, ns, BY_SOCKET);
}

static void unbound_elsewhere(void)
{
	int ns = visit_new_ns();
	int sock = (int)must(socket(AF_INET, SOCK_STREAM, 0));

	go_home();
	let("ino", "%lu", (unsigned long)fd_inode(sock));
	hold_foreign(sock, ns, BY_FD);
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

/* Processes that come to the namespace and go, before the one that stays. */
static void churn_fn(void *arg)
{
	int ns = *(int *)arg;

	sandbox_ready(0);
	for (;;) {
		pid_t pid = fork();

		if (!pid) {
			setns(ns, CLONE_NEWNET);
			sched_yield();
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

static void stays_fn(void *arg)
{
	int fd;

	must(setns(*(int *)arg, CLONE_NEWNET));
	fd = unix_listener(SOCK_STREAM, "@stays", 4);
	child_keep(&fd, 1);
	sandbox_ready((long)fd_inode(fd));
	sandbox_hold();
}

static void churned(void)
{
	int ns = visit_new_ns(), i;
	struct child *child;

	go_home();
	name_net(ns);
	for (i = 0; i < 3; i++)
		sandbox_spawn("churn", churn_fn, &ns);
	sandbox_next_pid(20000);
	child = sandbox_spawn("stays", stays_fn, &ns);
	let("p", "%d", (int)child->pid);
	sandbox_next_pid(1000);	/* what comes and goes has lower numbers */
	close(ns);
}

/* ---- other ends ---- */

static void dgram_receiver(void)
{
	int to = unix_bound(SOCK_DGRAM, "@log");
	int from = unix_connected(SOCK_DGRAM, "@log");

	let("sender", "unix:%lu", (unsigned long)fd_inode(from));
	let("r", "%d", (int)hold_fd_in("receiver", to)->pid);
	let("s", "%d", (int)hold_fd_in("sender", from)->pid);
	close(to);
	close(from);
}

static void dgram_blocked(void)
{
	int to = unix_bound(SOCK_DGRAM, "@log"), from;
	struct child *child;

	from = unix_connected(SOCK_DGRAM, "@log");
	let("r", "%d", (int)hold_fd_in("receiver", to)->pid);
	close(to);
	let("sender", "unix:%lu", (unsigned long)fd_inode(from));
	child = write_in("sender", from);
	let("s", "%d", (int)child->pid);
	close(from);
}

static void dgram_blocked_address(void)
{
	int to = unix_bound(SOCK_DGRAM, "@log");

	let("r", "%d", (int)hold_fd_in("receiver", to)->pid);
	close(to);
	let("s", "%d", (int)unix_sendto_in("sender", "@log")->pid);
}

static void shut_down(void)
{
	int ends[2];

	unix_pair(SOCK_STREAM, ends);
	must(shutdown(ends[0], SHUT_WR));
	let("a", "unix:%lu", (unsigned long)fd_inode(ends[0]));
	let("b", "unix:%lu", (unsigned long)fd_inode(ends[1]));
	hold_in("both", ends, 2);
	close(ends[0]);
	close(ends[1]);
}

static void peer_closed(void)
{
	int ends[2];

	unix_pair(SOCK_STREAM, ends);
	close(ends[0]);
	let("b", "unix:%lu", (unsigned long)fd_inode(ends[1]));
	hold_fd_in("one", ends[1]);
	close(ends[1]);
}

static void tcp_not_accepted(void)
{
	unsigned short port;
	int listener = tcp_listener(AF_INET, &port);
	int client = tcp_connected(AF_INET, port);

	let("l", "tcp:%lu", (unsigned long)fd_inode(listener));
	let("c", "tcp:%lu", (unsigned long)fd_inode(client));
	let("s", "%d", (int)hold_fd_in("server", listener)->pid);
	let("p", "%d", (int)hold_fd_in("client", client)->pid);
	close(listener);
	close(client);
}

/* ---- paths ---- */

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

static void local_connect(int fd, unsigned short port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons(port) };

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
}

static void raw_connected(void)
{
	int fd = socket_or_not(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	local_connect(fd, 0);
	keep("raw", fd);
}

static void raw_protocol(void)
{
	keep("raw", socket_or_not(AF_INET6, SOCK_RAW, 89));
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


static void packet_named(void)
{
	const struct sockaddr_ll addr = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = (int)if_nametoindex("lo"),
	};
	int fd = socket_or_not(AF_PACKET, SOCK_DGRAM, 0);

	if (fd < 0)
		return;
	must(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)));
	keep("packet", fd);
}

static void packet_of_any(void)
{
	keep("packet", socket_or_not(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)));
}

static void netlink_groups(void)
{
	const struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR,
	};
	int fd = socket_or_not(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), group = RTNLGRP_NSID;

	if (fd < 0)
		return;
	must(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)));
	must(setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)));
	let("group", "%d", group);
	keep("netlink", fd);
}

static void ping_socket(void)
{
	int fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY);

	if (fd < 0 || write(fd, "0 0", 3) != 3)
		return truth_cannot("ping_group_range: %s", strerror(errno));
	close(fd);
	fd = socket_or_not(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	if (fd < 0)
		return;
	local_bind(fd, 77);
	local_connect(fd, 0);
	keep("raw", fd);
}

/* In a namespace that no process is in: its files are read there all the same. */
static void ping_elsewhere(void)
{
	int ns = visit_new_ns(), sock = socket_or_not(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	go_home();
	if (sock < 0)
		return;
	let("ref", "raw:%lu", (unsigned long)fd_inode(sock));
	hold_foreign(sock, ns, BY_FD);
}

static void udplite(void)
{
	int fd = socket_or_not(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE), to;

	if (fd < 0)
		return;
	local_bind(fd, 5555);
	to = socket_or_not(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE);
	local_connect(to, 5555);
	must(send(to, "0123456789", 10, 0));
	hold_fd_in("sender", to);
	close(to);
	keep("udp", fd);
}

/* Three datagrams of ten bytes: the kernel tells memory. */
static void udp_queue(void)
{
	int to = socket_or_not(AF_INET, SOCK_DGRAM, 0), from, i;

	local_bind(to, 5555);
	from = socket_or_not(AF_INET, SOCK_DGRAM, 0);
	local_connect(from, 5555);
	for (i = 0; i < 3; i++)
		must(send(from, "0123456789", 10, 0));
	let("from", "udp:%lu", (unsigned long)fd_inode(from));
	hold_fd_in("sender", from);
	close(from);
	keep("udp", to);
}

static void unix_queues(void)
{
	int stream[2], dgram[2];

	unix_pair(SOCK_STREAM, stream);
	must(write(stream[0], "0123456789", 10));
	unix_pair(SOCK_DGRAM, dgram);
	must(write(dgram[0], "12345", 5));
	must(write(dgram[0], "1234567", 7));
	let("a", "unix:%lu", (unsigned long)fd_inode(stream[0]));
	let("b", "unix:%lu", (unsigned long)fd_inode(stream[1]));
	let("c", "unix:%lu", (unsigned long)fd_inode(dgram[0]));
	let("d", "unix:%lu", (unsigned long)fd_inode(dgram[1]));
	hold_in("stream", stream, 2);
	hold_in("dgram", dgram, 2);
	close(stream[0]);
	close(stream[1]);
	close(dgram[0]);
	close(dgram[1]);
}

/* Its FIN counts as one, for the kernel. */
static void tcp_end(void)
{
	unsigned short port;
	int listener = tcp_listener(AF_INET, &port), client = tcp_connected(AF_INET, port);
	int server = (int)must(accept(listener, NULL, NULL));

	must(write(client, "abc", 3));
	close(client);
	close(listener);
	keep("tcp", server);
}

static void vsock(void)
{
	const struct sockaddr_vm addr = {
		.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = 4321,
	};
	int fd = socket_or_not(AF_VSOCK, SOCK_STREAM, 0);

	if (fd < 0)
		return;
	must(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)));
	keep("vsock", fd);
}

static void xdp(void)
{
	keep("xdp", socket_or_not(AF_XDP, SOCK_RAW, 0));
}

#define UNIX	"list unix -o all" COMPLETE
#define TCP	"list tcp -o all" COMPLETE

#define CHURNED	"quiet out~\"name\":\"@stays\" out~\"net_ns\":$ns out~\"pid\":$p"

static const struct situation situations[] = {
	{ .name = "namespace held by a descriptor: unix", .make = unix_by_fd, .truths = {
		{ UNIX, NULL, "count(unix)=1 out~\"id\":$ino out~\"net_ns\":$ns out~listening out~\"pid\":$p out!~\"net_ns\":$home" },
		{ "show unix:$ino" COMPLETE, NULL, "exit=0 out~/tmp/sock" } } },
	{ .name = "namespace held by a bind mount: unix", .make = unix_by_mount, .truths = {
		{ UNIX, NULL, "count(unix)=1 out~\"id\":$ino out~\"net_ns\":$ns out~listening out~\"pid\":$p" } } },
	{ .name = "namespace held by its socket: unix", .make = unix_by_socket, .truths = {
		{ UNIX, "unix:/tmp/sock", "there id=$ino net_ns=$ns state=listening $p:listens" } } },
	{ .name = "namespace mounted in another mount namespace: unix", .make = unix_by_far_mount, .truths = {
		{ UNIX, "unix:/tmp/sock", "there id=$ino net_ns=$ns state=listening $p:listens" } } },
	{ .name = "namespace held by a pair: unix", .make = pair_by_socket, .truths = {
		{ UNIX, "$a", "there net_ns=$ns peers~$b state=connected $p:open" },
		{ UNIX, "$b", "there net_ns=$ns peers~$a" } } },
	{ .name = "namespace held by a descriptor: tcp", .make = tcp_by_fd, .truths = {
		{ TCP, "tcp:$ino", "there net_ns=$ns state=listening $p:listens local~:4321" } } },
	{ .name = "namespace held by a bind mount: tcp", .make = tcp_by_mount, .truths = {
		{ TCP, "tcp:$ino", "there net_ns=$ns state=listening $p:listens" } } },
	{ .name = "namespace held by its socket: tcp", .make = tcp_by_socket, .truths = {
		{ TCP, "tcp:$ino", "there net_ns=$ns state=listening local~:4321 $p:listens" } } },
	{ .name = "namespace held by a socket that lingers", .make = tcp_lingers, .truths = {
		{ TCP, "tcp:$ino", "there net_ns!=$home net_ns!=$ns $p:open" },
		{ TCP, NULL, "warns out~lingers" } } },
	{ .name = "an unbound socket of another namespace", .make = unbound_elsewhere, .truths = {
		{ TCP, "tcp:$ino", "there net_ns=$ns $p:open" } } },
	{ .name = "an unbound socket of a namespace without processes", .make = unbound_alone, .truths = {
		{ TCP, "tcp:$ino", "there net_ns=$ns $p:open" },
		{ TCP, "tcp:$here", "there net_ns=$home" } } },
	{ .name = "a path of a namespace without processes", .make = path_alone, .truths = {
		{ UNIX, "unix:/tmp/socket", "there id=$ino state=listening state!=path-gone $p:listens" },
		{ "!stale unix" COMPLETE, NULL, "out!~/tmp/socket" } } },
	{ .name = "a pair between two namespaces", .make = pair_across, .truths = {
		{ UNIX, "$a", "net_ns=$ns peers~$b $p:open" },
		{ UNIX, "$b", "net_ns=$ns peers~$a $q:open" } } },
	{ .name = "processes of a namespace come and go", .make = churned, .truths = {
		{ "!list unix -o all" COMPLETE, NULL, CHURNED },
		{ "!list unix -o all" COMPLETE, NULL, CHURNED },
		{ "!list unix -o all" COMPLETE, NULL, CHURNED },
		{ "!list unix -o all" COMPLETE, NULL, CHURNED },
		{ "!list unix -o all" COMPLETE, NULL, CHURNED },
		{ "!list unix -o all" COMPLETE, NULL, CHURNED },
		{ "!list unix -o all" COMPLETE, NULL, "quiet" } } },
	{ .name = "who sends datagrams to it", .make = dgram_receiver, .truths = {
		{ UNIX, "unix:@log", "peers~$sender peer_users~\"pid\":$s state!=connected" },
		{ UNIX, "$sender", "peers~unix:@log" } } },
	{ .name = "a sender blocked by a full receiver", .make = dgram_blocked, .truths = {
		{ UNIX, "unix:@log", "$s:waits state=waits" },
		{ UNIX, "$sender", "!$s:waits" } } },
	{ .name = "a sender blocked, by an address", .make = dgram_blocked_address, .truths = {
		{ UNIX, "unix:@log", "$s:waits state=waits" } } },
	{ .name = "shut down for writing", .make = shut_down, .truths = {
		{ UNIX, NULL, "out~shut" } } },
	{ .name = "the other end is closed", .make = peer_closed, .truths = {
		{ UNIX, "$b", "peers=[] state!=connected" } } },
	{ .name = "a TCP client that nobody accepted yet", .make = tcp_not_accepted, .truths = {
		{ TCP, "$c", "peers~$l peer_users~\"pid\":$s" },
		{ TCP, "$l", "pending=1" } } },
	{ .name = "a raw socket with a remote end", .make = raw_connected, .truths = {
		{ "list raw -o all" COMPLETE, "$ref", "there remote~127.0.0.1 protocol=icmp" } } },
	{ .name = "the protocol of a raw socket", .make = raw_protocol, .truths = {
		{ "list raw -o all" COMPLETE, "$ref", "there protocol~89 local!~:89" } } },
	{ .name = "MPTCP", .make = mptcp, .truths = {
		{ "list tcp -o all" COMPLETE, "tcp:$ino", "there $p:listens local=127.0.0.1:6666 state=listening" } } },
	{ .name = "protocol and interface of a packet socket", .make = packet_named, .truths = {
		{ "list packet -o all" COMPLETE, "$ref", "there protocol=arp local=lo type=dgram uid=0 $p:open" } } },
	{ .name = "a packet socket of all interfaces", .make = packet_of_any, .truths = {
		{ "list packet -o all" COMPLETE, "$ref", "protocol=all local=*" } } },
	{ .name = "groups and owner of a netlink socket", .make = netlink_groups, .truths = {
		{ "list netlink -o all" COMPLETE, "$ref", "there protocol=route groups=1,5,$group uid=0 $p:open" } } },
	{ .name = "a ping socket", .make = ping_socket, .truths = {
		{ "list raw -o all" COMPLETE, "$ref", "there protocol=icmp local=127.0.0.1:77 remote~127.0.0.1 state=connected $p:open" },
		{ "list raw -o all" COMPLETE, NULL, "count(raw)=1" } } },
	{ .name = "a raw socket of a namespace without processes", .make = ping_elsewhere, .truths = {
		{ "list raw -o all" COMPLETE, "$ref", "there net_ns=$ns protocol=icmp $p:open" } } },
	{ .name = "UDP-Lite", .make = udplite, .truths = {
		{ "list udp -o all" COMPLETE, "$ref", "there protocol=udplite local=127.0.0.1:5555 recvmem!=0 recvq=absent $p:open" } } },
	{ .name = "datagrams that wait are memory, not bytes", .make = udp_queue, .truths = {
		{ "list udp -o all" COMPLETE, "$ref", "recvq=absent recvmem!=0 protocol=udp" },
		{ "list udp -o all" COMPLETE, "$from", "recvq=0 recvmem=0" } } },
	{ .name = "what UNIX sockets have sent", .make = unix_queues, .truths = {
		{ UNIX, "$a", "sendq=10 recvq=0" },
		{ UNIX, "$b", "sendq=0 recvq=10 recvnext=absent" },
		{ UNIX, "$c", "sendq=absent sendmem!=0 recvnext=0" },
		{ UNIX, "$d", "recvq=absent recvnext=5" },
		{ "list unix -o ref,sendq" COMPLETE, "$a", "sendq=10" } } },
	{ .name = "the end of a TCP connection is no byte", .make = tcp_end, .truths = {
		{ TCP, "$ref", "recvq=3 sendq=0 state=close-wait" } } },
	{ .name = "a vsock socket", .make = vsock, .truths = {
		{ "list vsock -o all" COMPLETE, "$ref", "there uid=0 $p:open local=absent|*:4321" },
		{ "list vsock -o local,peers,remote" COMPLETE, "$ref", "peers=absent|[]" },
		{ "list socket -o all" COMPLETE, "$ref", "there $p:open" },
		{ "ps $p" COMPLETE, "pid $p", "+$ref:open" } } },
	{ .name = "an XDP socket", .make = xdp, .truths = {
		{ "list xdp -o all" COMPLETE, "$ref", "there uid=0 $p:open" },
		{ "ps $p" COMPLETE, "pid $p", "+$ref:open" } } },
	{ .name = "two UDP sockets on one port", .make = udp_twice, .truths = {
		{ "list udp -o all" COMPLETE, NULL, "count(udp)=2" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: sockets", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
