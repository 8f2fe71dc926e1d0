// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"

#undef unix

#define TOLD(class, id, field, expect) \
	assert_told(&box.snap, class, id, field, expect)
#define EDGES(class, id, expect)	assert_edges(&box.snap, class, id, expect)
#define REFS(expect) \
	assert_string_equal(tell_refs(&box.snap, ALL_CLASSES), expect)
#define WARNINGS(expect) \
	assert_string_equal(tell_warnings(&box.snap), expect)

static void ask_all(uint64_t classes)
{
	ASK(&box, classes, FIELD_USERS, FIELD_NAME, FIELD_TYPE, FIELD_UID,
	    FIELD_STATE, FIELD_PEERS, FIELD_PEER_USERS, FIELD_LOCAL,
	    FIELD_REMOTE, FIELD_RECVQ, FIELD_SENDQ, FIELD_PENDING,
	    FIELD_BACKLOG, FIELD_PROTOCOL, FIELD_NET_NS, FIELD_RECVMEM, FIELD_SENDMEM,
	    FIELD_RECVNEXT, FIELD_GROUPS);
}

static void test_unix_sockets(void **state)
{
	(void)state;
	machine_add(&box, "diag unix type=1 state=10 ino=50 name=/run/x rqueue=2 wqueue=128 icons=60,61,99 uid=1000\n"
		    "diag unix type=1 state=1 ino=52 peer=53 name=/run/x rqueue=7 wqueue=9\n"
		    "diag unix type=1 state=1 ino=53 peer=52\n"
		    "diag unix type=5 state=10 ino=54 name=\\x00abs\\x00\\x0a\n"
		    "diag unix type=2 state=7 ino=55 name=@rel rqueue=5\n"
		    "diag unix type=1 state=1 ino=60 wqueue=768\n"
		    "diag unix type=1 state=1 ino=61\n"
		    "diag unix type=1 state=1 ino=62 peer=4000\n"
		    "diag unix type=9 state=7 ino=63");
	machine_process(&box, 20, 0, "server");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50]\n"
		    "link /proc/20/fd/4 -> socket:[52]");
	machine_process(&box, 21, 1000, "client");
	machine_add(&box, "link /proc/21/fd/3 -> socket:[53]\n"
		    "link /proc/21/fd/4 -> socket:[777]");
	ask_all(A_CLASS(unix));
	machine_look(&box);
	REFS("unix:/run/x unix:52 unix:53 unix:@abs\\x00\\x0a unix:55 unix:60 unix:61 unix:62 unix:63");
	EDGES(unix, 50, "20 listens rw fd3; peer unix:60; peer unix:61");
	EDGES(unix, 60, "peer unix:/run/x");
	EDGES(unix, 52, "20 open rw fd4; peer unix:53");
	EDGES(unix, 62, "");
	TOLD(unix, 50, STATE, "listening");
	TOLD(unix, 50, PENDING, "2");
	TOLD(unix, 50, BACKLOG, "128");
	TOLD(unix, 50, RECVQ, "n/a");
	TOLD(unix, 52, PENDING, "n/a");
	TOLD(unix, 50, UID, "1000");
	TOLD(unix, 52, RECVQ, "7");
	/* What is told as sent is memory: the bytes are what the peer has not read. */
	TOLD(unix, 52, SENDQ, "0");
	TOLD(unix, 52, SENDMEM, "9");
	TOLD(unix, 53, SENDQ, "7");
	TOLD(unix, 60, SENDQ, "?");
	TOLD(unix, 61, SENDQ, "0");
	TOLD(unix, 52, RECVNEXT, "n/a");
	TOLD(unix, 55, RECVNEXT, "5");
	TOLD(unix, 55, RECVQ, "?");
	TOLD(unix, 52, PEER_USERS, "1");
	TOLD(unix, 53, TYPE, "stream");
	TOLD(unix, 54, TYPE, "seqpacket");
	TOLD(unix, 55, TYPE, "dgram");
	TOLD(unix, 55, NAME, "./@rel");
	TOLD(unix, 60, STATE, "connecting,unconnected");
	TOLD(unix, 63, TYPE, "other");
	WARNINGS("");
}

static void test_internet_sockets(void **state)
{
	(void)state;
	machine_add(&box, "diag tcp src=0.0.0.0:80 state=10 ino=70 rqueue=1 wqueue=511 uid=33\n"
		    "diag tcp src=127.0.0.1:80 dst=127.0.0.1:5000 state=1 ino=71 rqueue=5 wqueue=6\n"
		    "diag tcp src=[::ffff:127.0.0.1]:5000 dst=[::ffff:127.0.0.1]:80 state=1 ino=72\n"
		    "diag tcp src=[::1]:22 dst=[2001:db8::1]:7 state=8 ino=73\n"
		    "diag tcp src=127.0.0.1:80 dst=127.0.0.1:5001 state=4 ino=0\n"
		    "diag udp src=0.0.0.0:53 state=7 ino=74\n"
		    "diag udp src=127.0.0.1:9 dst=127.0.0.1:9 state=1 ino=76\n"
		    "diag raw src=0.0.0.0:1 state=7 ino=75");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[70]\n"
		    "link /proc/20/fd/4 -> socket:[72]\n"
		    "link /proc/20/fd/5 -> socket:[80] proto=TCPv6 uid=1000\n"
		    "link /proc/20/fd/6 -> socket:[81] proto=UDP\n"
		    "link /proc/20/fd/7 -> socket:[82] proto=UNIX\n"
		    "link /proc/20/fd/8 -> socket:[83]");
	ask_all(A_CLASS(tcp) | A_CLASS(udp) | A_CLASS(raw));
	machine_look(&box);
	REFS("tcp:70 tcp:71 tcp:72 tcp:73 tcp:80 udp:74 udp:76 udp:81 raw:75");
	EDGES(tcp, 70, "20 listens rw fd3");
	EDGES(tcp, 71, "peer tcp:72");
	EDGES(tcp, 72, "20 open rw fd4; peer tcp:71");
	EDGES(tcp, 80, "20 open rw fd5");
	TOLD(tcp, 70, LOCAL, "0.0.0.0:80");
	TOLD(tcp, 70, REMOTE, "-");
	TOLD(tcp, 70, PENDING, "1");
	TOLD(tcp, 70, BACKLOG, "511");
	TOLD(tcp, 70, UID, "33");
	TOLD(tcp, 71, RECVQ, "5");
	TOLD(tcp, 71, PEER_USERS, "1");
	TOLD(tcp, 73, LOCAL, "[::1]:22");
	TOLD(tcp, 73, REMOTE, "[2001:db8::1]:7");
	TOLD(tcp, 73, STATE, "close-wait");
	TOLD(tcp, 73, TYPE, "v6");
	TOLD(tcp, 80, UID, "1000");
	TOLD(tcp, 80, LOCAL, "?");
	TOLD(udp, 74, LOCAL, "0.0.0.0:53");
	TOLD(raw, 75, STATE, "unconnected");
	WARNINGS("");
}

static void test_other_sockets(void **state)
{
	(void)state;
	machine_add(&box, "diag netlink protocol=0 type=3 portid=20 ino=90 groups=17\n"
		    "diag netlink protocol=16 type=2 state=1 portid=5 ino=91\n"
		    "diag netlink protocol=99 type=3 portid=4294967295 ino=92\n"
		    "diag netlink protocol=0 type=3 portid=0 ino=0\n"
		    "diag netlink protocol=15 type=3 portid=0 ino=95\n"
		    "diag packet type=3 num=0x0003 ino=93 uid=1000 ifindex=2\n"
		    "diag packet type=2 num=0x0800 ino=94\n"
		    "diag packet type=2 num=0x88b5 ino=97 ifindex=100");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[90] ino=90 mode=0140777 uid=1000\n"
		    "link /proc/20/fd/4 -> socket:[96] proto=NETLINK");	/* not bound */
	ask_all(A_CLASS(netlink) | A_CLASS(packet));
	machine_look(&box);
	REFS("netlink:90 netlink:91 netlink:92 netlink:96 packet:93 packet:94 packet:97");
	EDGES(netlink, 90, "20 open rw fd3");
	TOLD(netlink, 90, PROTOCOL, "route");
	TOLD(netlink, 90, LOCAL, "20");
	TOLD(netlink, 91, PROTOCOL, "generic");
	TOLD(netlink, 92, PROTOCOL, "99");
	TOLD(packet, 93, PROTOCOL, "all");
	TOLD(packet, 93, LOCAL, "eth2");
	TOLD(packet, 93, UID, "1000");
	TOLD(packet, 94, PROTOCOL, "ip");
	TOLD(packet, 94, LOCAL, "*");
	TOLD(packet, 94, TYPE, "dgram");
	TOLD(packet, 97, PROTOCOL, "0x88b5");
	TOLD(packet, 97, LOCAL, "interface 100");	/* it has gone */
	TOLD(netlink, 90, GROUPS, "1,5");
	TOLD(netlink, 91, GROUPS, "-");
	TOLD(netlink, 96, GROUPS, "?");
	TOLD(netlink, 90, REMOTE, "-");
	TOLD(netlink, 91, REMOTE, "0");
	TOLD(netlink, 90, UID, "1000");		/* by its descriptor */
	TOLD(netlink, 91, UID, "?");
	WARNINGS("");
}

/* Sequence numbers count SYN and FIN, memory is not bytes unless there is none. */
static void queues_are_told_in_bytes_or_as_memory(void **state)
{
	(void)state;
	machine_add(&box, "diag tcp src=127.0.0.1:1 dst=127.0.0.1:2 state=2 ino=70 wqueue=1\n"
		    "diag tcp src=127.0.0.1:1 dst=127.0.0.1:3 state=8 ino=71 rqueue=1 wqueue=5\n"
		    "diag tcp src=127.0.0.1:1 dst=127.0.0.1:4 state=8 ino=72 rqueue=4\n"
		    "diag tcp src=127.0.0.1:1 dst=127.0.0.1:5 state=4 ino=73 rqueue=4 wqueue=8\n"
		    "diag tcp src=127.0.0.1:1 dst=127.0.0.1:6 state=9 ino=74 rqueue=1 wqueue=1\n"
		    "diag udp src=127.0.0.1:9 state=7 ino=75 rqueue=768\n"
		    "diag udp src=127.0.0.1:8 state=7 ino=76");
	ask_all(A_CLASS(tcp) | A_CLASS(udp));
	machine_look(&box);
	TOLD(tcp, 70, SENDQ, "0");
	TOLD(tcp, 71, RECVQ, "0");
	TOLD(tcp, 71, SENDQ, "5");
	TOLD(tcp, 72, RECVQ, "3");
	TOLD(tcp, 73, RECVQ, "4");
	TOLD(tcp, 73, SENDQ, "7");
	TOLD(tcp, 74, RECVQ, "0");
	TOLD(tcp, 74, SENDQ, "0");
	TOLD(udp, 75, RECVQ, "?");
	TOLD(udp, 75, RECVMEM, "768");
	TOLD(udp, 75, SENDQ, "0");
	TOLD(udp, 76, RECVQ, "0");
}

/* Each word of an address as a number of the host. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define IP(a, b, c, d)	a b c d
#else
#define IP(a, b, c, d)	d c b a
#endif

/* Ping sockets have no sock_diag, UDP-Lite ones need not; each namespace has its files. */
static void ping_and_udplite_are_read_as_text(void **state)
{
	(void)state;
	machine_add(&box, "diag udplite error=ENOENT times=2\n"
		    "file /proc/9/net/icmp <<END\n"
		    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
		    "   25: " IP("7F", "00", "00", "01") ":004D " IP("7F", "00", "00", "02") ":0000 01 00000000:00000000 00:00000000 00000000  1000        0 75 2 0000000000000000 0\n"
		    "END");
	machine_add(&box, "file /proc/9/net/udplite <<END\n"
		    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
		    " 4415: " IP("7F", "00", "00", "01") ":15B3 " IP("7F", "00", "00", "01") ":15B4 01 00000000:00000340 00:00000000 00000000     0        0 77 2 0000000000000000 0\n"
		    " 4416: " IP("7F", "00", "00", "01") ":15B4 " IP("7F", "00", "00", "01") ":15B3 01 00000000:00000000 00:00000000 00000000     0        0 78 2 0000000000000000 0\n"
		    "END");
	machine_add(&box, "file /proc/net-77/icmp6 <<END\n"
		    "  sl  local_address rem_address   st\n"
		    "   26: 000000000000000000000000" IP("00", "00", "00", "01") ":004E 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 76 2 0000000000000000 0\n"
		    "END");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[80] proto=PINGv6\n"
		    "link /proc/20/fd/4 -> socket:[81] proto=UDP-Lite");
	machine_stranger(&box, 21, 0, "container");
	machine_add(&box, "link /proc/21/ns/net -> net:[77]");
	ask_all(A_CLASS(raw) | A_CLASS(udp));
	machine_look(&box);
	REFS("udp:77 udp:78 udp:81 raw:76 raw:75 raw:80");
	TOLD(raw, 75, PROTOCOL, "icmp");
	TOLD(raw, 75, LOCAL, "127.0.0.1:77");
	TOLD(raw, 75, REMOTE, "127.0.0.2:*");
	TOLD(raw, 75, UID, "1000");
	TOLD(raw, 76, PROTOCOL, "icmpv6");
	TOLD(raw, 76, LOCAL, "[::1]:78");
	TOLD(raw, 76, NET_NS, "77");
	TOLD(raw, 80, PROTOCOL, "icmpv6");
	TOLD(udp, 77, PROTOCOL, "udplite");
	TOLD(udp, 77, LOCAL, "127.0.0.1:5555");
	TOLD(udp, 77, RECVMEM, "832");
	EDGES(udp, 77, "peer udp:78");
	TOLD(udp, 81, PROTOCOL, "udplite");
	WARNINGS("");
}

static void text_that_cannot_be_read_is_a_gap(void **state)
{
	(void)state;
	machine_add(&box, "error read_net ESRCH");
	ask_all(A_CLASS(raw));
	machine_look(&box);
	WARNINGS("inet ESRCH 2 /proc/net/icmp");
}

/* Ends are joined where the connection does not leave this kernel: numbers of machines mean
 * others elsewhere. */
static void test_vsock(void **state)
{
	(void)state;
	machine_add(&box, "diag vsock type=1 state=10 ino=50 src_cid=4294967295 src_port=1234 dst_cid=4294967295 dst_port=4294967295\n"
		    /* to VMADDR_CID_LOCAL */
		    "diag vsock type=1 state=1 ino=51 src_cid=4294967295 src_port=70000 dst_cid=1 dst_port=1234\n"
		    "diag vsock type=1 state=1 ino=52 src_cid=1 src_port=1234 dst_cid=1 dst_port=70000\n"
		    /* to our own number */
		    "diag vsock type=5 state=1 ino=53 src_cid=5 src_port=9 dst_cid=5 dst_port=1234\n"
		    "diag vsock type=5 state=1 ino=54 src_cid=5 src_port=1234 dst_cid=1 dst_port=9 shutdown=2\n"
		    /* not accepted yet */
		    "diag vsock type=1 state=1 ino=55 src_cid=4294967295 src_port=10 dst_cid=1 dst_port=1234\n"
		    "diag vsock type=1 state=1 ino=0 src_cid=1 src_port=1234 dst_cid=1 dst_port=10\n"
		    /* the host of this machine, and a guest of this machine with our number */
		    "diag vsock type=1 state=1 ino=56 src_cid=5 src_port=20 dst_cid=2 dst_port=30\n"
		    "diag vsock type=1 state=1 ino=57 src_cid=2 src_port=30 dst_cid=5 dst_port=20\n"
		    "diag vsock type=2 state=7 ino=58 src_cid=4294967295 src_port=4294967295 dst_cid=4294967295 dst_port=4294967295\n"
		    "message vsock 2801");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50] ino=50 mode=0140777 uid=7\n"
		    "link /proc/20/fd/4 -> socket:[59] proto=AF_VSOCK uid=8");
	ask_all(A_CLASS(vsock));
	machine_look(&box);
	REFS("vsock:50 vsock:51 vsock:52 vsock:53 vsock:54 vsock:55 vsock:56 vsock:57 vsock:58 vsock:59");
	EDGES(vsock, 50, "20 listens rw fd3");
	EDGES(vsock, 51, "peer vsock:52");
	EDGES(vsock, 52, "peer vsock:51");
	EDGES(vsock, 53, "peer vsock:54");
	EDGES(vsock, 54, "peer vsock:53");
	EDGES(vsock, 55, "peer vsock:50");
	EDGES(vsock, 56, "");
	EDGES(vsock, 57, "");
	TOLD(vsock, 50, LOCAL, "*:1234");
	TOLD(vsock, 50, REMOTE, "-");
	TOLD(vsock, 50, STATE, "listening");
	TOLD(vsock, 50, UID, "7");
	TOLD(vsock, 52, LOCAL, "1:1234");
	TOLD(vsock, 52, REMOTE, "1:70000");
	TOLD(vsock, 53, TYPE, "seqpacket");
	TOLD(vsock, 54, STATE, "connected,shut-write");
	TOLD(vsock, 58, LOCAL, "*:*");
	TOLD(vsock, 59, LOCAL, "?");
	TOLD(vsock, 59, UID, "8");
	WARNINGS("");
}

/* What no class is for has one, and whatever kernel does not list it. */
static void sockets_of_any_family_are_shown(void **state)
{
	(void)state;
	machine_add(&box, "diag xdp ino=50 uid=7 ifindex=1 queue=3\n"
		    "diag vsock error=ENOENT");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50]\n"
		    "link /proc/20/fd/4 -> socket:[51] proto=XDP uid=8\n"
		    "link /proc/20/fd/5 -> socket:[52] proto=AF_VSOCK\n"
		    "link /proc/20/fd/6 -> socket:[53] proto=CAN_RAW uid=9\n"
		    "link /proc/20/fd/7 -> socket:[54] proto=TCP\n"
		    "link /proc/20/fd/8 -> socket:[55] proto=MPTCPv6");
	ask_all(A_CLASS(xdp) | A_CLASS(vsock) | A_CLASS(sock) | A_CLASS(tcp));
	machine_look(&box);
	REFS("tcp:54 tcp:55 vsock:52 xdp:50 xdp:51 sock:53");
	TOLD(vsock, 52, PEERS, "?");
	TOLD(vsock, 52, PEER_USERS, "?");
	TOLD(xdp, 50, LOCAL, "lo:q3");
	TOLD(xdp, 50, UID, "7");
	TOLD(xdp, 51, LOCAL, "?");
	TOLD(sock, 53, PROTOCOL, "CAN_RAW");
	TOLD(sock, 53, UID, "9");
	EDGES(sock, 53, "20 open rw fd6");
	WARNINGS("");
}

/* It belongs to the listener, if only one can have it; what was closed to nobody. */
static void test_not_accepted(void **state)
{
	(void)state;
	machine_add(&box, "diag tcp state=10 ino=70 src=0.0.0.0:80\n"
		    "diag tcp state=1 ino=0 src=127.0.0.1:80 dst=127.0.0.1:5000\n"
		    "diag tcp state=1 ino=71 src=127.0.0.1:5000 dst=127.0.0.1:80\n"
		    "diag tcp state=10 ino=72 src=0.0.0.0:81\n"
		    "diag tcp state=10 ino=73 src=0.0.0.0:81\n"
		    "diag tcp state=1 ino=0 src=127.0.0.1:81 dst=127.0.0.1:5001\n"
		    "diag tcp state=1 ino=74 src=127.0.0.1:5001 dst=127.0.0.1:81\n"
		    "diag tcp state=5 ino=0 src=127.0.0.1:80 dst=127.0.0.1:5002\n"
		    "diag tcp state=8 ino=75 src=127.0.0.1:5002 dst=127.0.0.1:80\n"
		    "diag raw state=1 ino=76 src=127.0.0.1:1 dst=127.0.0.2:0");
	ask_all(A_CLASS(tcp) | A_CLASS(raw));
	machine_look(&box);
	EDGES(tcp, 71, "peer tcp:70");
	EDGES(tcp, 74, "");
	EDGES(tcp, 75, "");
	TOLD(raw, 76, PROTOCOL, "icmp");
	TOLD(raw, 76, REMOTE, "127.0.0.2:*");
}

/* Numbers of sockets repeat in no namespace, names do. */
static void test_network_namespaces(void **state)
{
	(void)state;
	machine_add(&box, "diag unix type=1 state=10 ino=50 name=\\x00x\n"
		    "diag unix type=1 state=10 ino=51 name=\\x00x netns=77\n"
		    "diag unix type=1 state=1 ino=52 peer=53 netns=77\n"
		    "diag unix type=1 state=1 ino=53 peer=52 netns=77");
	machine_process(&box, 20, 0, "home");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50]\n"
		    "link /proc/20/fd/4 -> socket:[52]");	/* it moved */
	machine_stranger(&box, 21, 0, "container");
	machine_add(&box, "link /proc/21/ns/net -> net:[77]\n"
		    "link /proc/21/fd/3 -> socket:[51]");
	machine_stranger(&box, 22, 0, "container-too");
	machine_add(&box, "link /proc/22/ns/net -> net:[77]");
	ask_all(A_CLASS(unix));
	machine_look(&box);
	assert_int_equal(CALLS_OF(&box, open_diag), 2);
	REFS("unix:51 unix:52 unix:53 unix:@x");
	EDGES(unix, 50, "20 listens rw fd3");
	EDGES(unix, 51, "21 listens rw fd3");
	EDGES(unix, 52, "20 open rw fd4; peer unix:53");
	TOLD(unix, 51, NET_NS, "77");
}

/* Namespaces that no process is in: of a descriptor, of a mount, of one that another process
 * sees, of the socket; and sockets that are in no dump. */
static void test_namespaces_without_processes(void **state)
{
	(void)state;
	machine_add(&box, "diag unix type=1 state=10 ino=50 name=\\x00x netns=77\n"
		    "diag unix type=1 state=10 ino=51 name=\\x00y netns=78\n"
		    "diag unix type=1 state=10 ino=52 name=\\x00z netns=79\n"
		    "link /run/netns/b -> net:[78]\n"
		    "file /proc/9/mountinfo text=\"9 1 0:4 net:[78] /run/netns/b rw - nsfs nsfs rw\\x0a\"");
	machine_process(&box, 20, 0, "holder");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50] proto=UNIX-STREAM\n"
		    "link /proc/20/fd/4 -> socket:[51] proto=UNIX-STREAM\n"
		    "link /proc/20/fd/5 -> socket:[52] proto=UNIX-STREAM\n"
		    "link /proc/20/fd/6 -> net:[77]\n"
		    "link /proc/20/fd/7 -> net:[77]\n"
		    "diag unix type=1 state=10 ino=53 name=\\x00f netns=80\n"
		    "link /proc/20/fd/8 -> socket:[53] proto=UNIX-STREAM\n"
		    "link /proc/30/root/run/netns/f -> net:[80]\n"
		    "link /proc/30/ns/mnt -> mnt:[5]\n"
		    "file /proc/30/mountinfo text=\"9 1 0:4 net:[80] /run/netns/f rw - nsfs nsfs rw\\x0a\"\n"
		    "diag unix type=1 state=10 ino=54 name=\\x00s netns=81\n"
		    "diag unix type=1 state=1 ino=55 peer=56 netns=81\n"
		    "diag unix type=1 state=1 ino=56 peer=55 netns=81\n"
		    "link /proc/20/fd/9 -> socket:[54] proto=UNIX-STREAM netns=81\n"
		    "link /proc/20/fd/10 -> socket:[55] proto=UNIX-STREAM\n"
		    "link /proc/20/fd/11 -> socket:[57] proto=TCP netns=4026531840");
	machine_process(&box, 30, 0, "far");
	ask_all(A_CLASS(unix) | A_CLASS(tcp));
	machine_look(&box);
	assert_int_equal(CALLS_OF(&box, open_diag), 3);
	assert_int_equal(CALLS_OF(&box, open_diag_of), 6);
	REFS("unix:50 unix:51 unix:53 unix:54 unix:55 unix:56 unix:52 tcp:57");
	EDGES(unix, 53, "20 listens rw fd8");
	EDGES(unix, 54, "20 listens rw fd9");
	EDGES(unix, 55, "20 open rw fd10; peer unix:56");
	TOLD(unix, 53, NET_NS, "80");
	TOLD(unix, 54, NET_NS, "81");
	TOLD(unix, 54, NAME, "@s");
	TOLD(unix, 56, NET_NS, "81");
	TOLD(tcp, 57, NET_NS, "4026531840");
	EDGES(unix, 50, "20 listens rw fd3");
	EDGES(unix, 51, "20 listens rw fd4");
	EDGES(unix, 52, "20 open rw fd5");
	TOLD(unix, 50, NET_NS, "77");
	TOLD(unix, 51, NET_NS, "78");
	TOLD(unix, 52, NET_NS, "?");
	WARNINGS("");
}

/* Where one holder refuses a copy another may not; whom nobody allows is counted. */
static void sockets_that_may_not_be_copied_are_said(void **state)
{
	(void)state;
	machine_process(&box, 20, 0, "refuses");
	machine_process(&box, 30, 0, "allows");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50] proto=TCP netns=1\n"
		    "link /proc/30/fd/3 -> socket:[50] proto=TCP netns=81\n"
		    "link /proc/20/fd/4 -> socket:[52] proto=TCP netns=1\n"
		    "link /proc/20/fd/5 -> socket:[51] proto=TCP netns=1\n"
		    "link /proc/20/fd/6 -> socket:[53] proto=TCP");
	ask_all(A_CLASS(tcp));
	machine_look(&box);
	TOLD(tcp, 50, NET_NS, "81");
	TOLD(tcp, 51, NET_NS, "?");
	EDGES(tcp, 50, "20 open rw fd3; 30 open rw fd3");
	WARNINGS("net-ns EPERM 2 tcp:51");
}

static void test_namespace_that_may_not_be_entered(void **state)
{
	(void)state;
	machine_add(&box, "diag unix type=1 state=1 ino=50\n"
		    "error open_diag EPERM");
	machine_process(&box, 20, 1000, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50] proto=UNIX-STREAM uid=1000\n"
		    "link /proc/20/fd/4 -> socket:[51] proto=TCP uid=1000");
	ask_all(A_CLASS(unix));
	machine_look(&box);
	REFS("unix:50");
	EDGES(unix, 50, "20 open rw fd3");
	TOLD(unix, 50, UID, "1000");
	WARNINGS("unix EPERM 1 network namespace 4026531840");
}

static void test_interrupted_dumps(void **state)
{
	(void)state;
	machine_add(&box, "diag unix type=1 state=1 ino=50 peer=51\n"
		    "diag unix type=1 state=1 ino=51 peer=50\n"
		    "diag unix error=EINTR times=3\n"
		    "diag tcp src=127.0.0.1:1 state=10 ino=60\n"
		    "diag tcp error=EINTR");
	ask_all(A_CLASS(unix) | A_CLASS(tcp));
	machine_look(&box);
	/* What came four times is there once. */
	REFS("unix:50 unix:51 tcp:60");
	EDGES(unix, 50, "peer unix:51");
	/* unix 4, tcp v4 and v6 as often as it is asked for at most */
	assert_int_equal(CALLS_OF(&box, dump), 4 + 2 * 8);
	WARNINGS("inet EINTR 2 TCP sockets");
}

/* Where the kernel lists none, those of processes are seen, and it is said. */
static void test_no_handler(void **state)
{
	(void)state;
	SKIP_IF_BIG_ENDIAN();
	machine_add(&box, "diag unix error=ENOENT\ndiag netlink error=ENOENT\n"
		    "diag raw error=ENOENT");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50] proto=UNIX-STREAM uid=7\n"
		    "link /proc/20/fd/4 -> socket:[51] proto=NETLINK");
	machine_add(&box, "file /proc/9/net/raw <<END\n"
		    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
		    "    1: " IP("7F", "00", "00", "01") ":0001 00000000:0000 07 00000003:00000002 00:00000000 00000000  1000        0 75 2 0000000000000000 0\n"
		    "    nonsense\n"
		    "END");
	ask_all(A_CLASS(unix) | A_CLASS(netlink) | A_CLASS(raw));
	machine_look(&box);
	REFS("unix:50 raw:75 netlink:51");
	EDGES(unix, 50, "20 open rw fd3");
	EDGES(netlink, 51, "20 open rw fd4");
	TOLD(raw, 75, LOCAL, "127.0.0.1:*");
	TOLD(raw, 75, RECVQ, "?");
	TOLD(raw, 75, RECVMEM, "2");
	TOLD(raw, 75, SENDMEM, "3");
	TOLD(raw, 75, UID, "1000");
	WARNINGS("unix EOPNOTSUPP 1 UNIX sockets; "
		 "inet EBADMSG 1 /proc/net/raw: line not understood; "
		 "netlink EOPNOTSUPP 1 netlink sockets");
}

static void test_dump_that_fails(void **state)
{
	(void)state;
	machine_add(&box, "diag unix error=EACCES\ndiag packet error=ENOMEM");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50] proto=UNIX-DGRAM");
	ask_all(A_CLASS(unix) | A_CLASS(packet));
	machine_look(&box);
	REFS("unix:50");
	WARNINGS("unix EACCES 1 UNIX sockets; packet ENOMEM 1 packet sockets");
}

/* Messages as no kernel sends them: struct unix_diag_msg is 16 bytes. */
static void test_broken_messages(void **state)
{
	static const char *const messages[] = {
		"",
		"01",
		"0101010032000000000000000000",		/* 14 bytes */
		/* ino 50, then an attribute shorter than its header */
		"01010100320000000000000000000000" "03000000",
		/* ino 51, a peer that claims more than there is */
		"01010100330000000000000000000000" "ff00020001000000",
		/* ino 52, a peer of two bytes */
		"01010100340000000000000000000000" "060002000100",
		/* ino 53, a name of no bytes, half a header */
		"01010100350000000000000000000000" "04000000" "0400",
		/* ino 54, listening, pending list of 5 bytes: one client */
		"0101" "0a00" "360000000000000000000000" "09000300" "3700000099",
		/* ino 55 */
		"01010100370000000000000000000000",
		/* ino 0, and another family */
		"01010100000000000000000000000000",
		"02010100380000000000000000000000",
		/* ino 57: a name, then an attribute of no type that is known */
		"01010100390000000000000000000000" "06000000" "2f78" "0000" "0800ff7f00000000",
	};
	size_t i;

	(void)state;
	SKIP_IF_BIG_ENDIAN();
	for (i = 0; i < ARRAY_SIZE(messages); i++)
		machine_add(&box, "message unix %s",
			    messages[i][0] ? messages[i] : "\"\"");
	ask_all(A_CLASS(unix));
	machine_look(&box);
	REFS("unix:50 unix:51 unix:52 unix:53 unix:54 unix:55 unix:57");
	EDGES(unix, 51, "");
	EDGES(unix, 52, "");
	EDGES(unix, 54, "peer unix:55");
	TOLD(unix, 53, NAME, "?");
	TOLD(unix, 57, NAME, "/x");
}

static void test_broken_messages_of_others(void **state)
{
	(void)state;
	SKIP_IF_BIG_ENDIAN();
	machine_add(&box, "message tcp 0201\nmessage udp 02\nmessage netlink 10\n"
		    "message packet 1103\n"
		    "message packet 110300035d00000000000000000000000000000003000000\n"
		    "message tcp 020a");
	ask_all(A_CLASS(tcp) | A_CLASS(udp) | A_CLASS(netlink) | A_CLASS(packet));
	machine_look(&box);
	REFS("packet:93");
	TOLD(packet, 93, LOCAL, "?");
}

/* What the paths lead to that sockets were bound to: as we see them, and their holder. */
static void test_paths_of_sockets(void **state)
{
	struct path_ref refs[] = {
		{ "/run/new", 99 },
		{ "/run/here", 99 },
		{ "/run/old", 99 },
		{ "/none", 99 },
	};

	(void)state;
	machine_add(&box, "diag unix type=1 state=10 ino=50 name=/run/here vfs_dev=8:1 vfs_ino=5\n"
		    "diag unix type=1 state=10 ino=51 name=/run/gone vfs_dev=8:1 vfs_ino=6\n"
		    "diag unix type=1 state=10 ino=52 name=/run/old vfs_dev=8:1 vfs_ino=7\n"
		    "diag unix type=1 state=10 ino=53 name=/run/closed vfs_dev=8:1 vfs_ino=8\n"
		    "diag unix type=1 state=10 ino=54 name=/nobody vfs_dev=8:1 vfs_ino=9\n"
		    "diag unix type=2 state=7 ino=55 name=/jail vfs_dev=8:1 vfs_ino=10\n"
		    "diag unix type=1 state=1 peer=56 ino=57 name=/run/gone vfs_dev=8:1 vfs_ino=6\n"
		    "diag unix type=1 state=10 ino=58 name=rel vfs_dev=8:1 vfs_ino=11\n"
		    "diag unix type=1 state=10 ino=59 name=untold vfs_dev=8:1 vfs_ino=12\n"
		    "diag unix type=1 state=10 ino=60 name=/run/file vfs_dev=8:1 vfs_ino=13\n"
		    "diag unix type=1 state=10 ino=61 name=/run/dev vfs_dev=8:2 vfs_ino=5");
	machine_process(&box, 20, 0, "x");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50]\n"
		    "link /proc/20/fd/4 -> socket:[51]\n"
		    "link /proc/20/fd/5 -> socket:[52]\n"
		    "link /proc/20/fd/6 -> socket:[53]\n"
		    "link /proc/20/fd/7 -> socket:[55]\n"
		    "link /proc/20/fd/8 -> socket:[57]\n"
		    "link /proc/20/fd/9 -> socket:[58]\n"
		    "link /proc/20/fd/10 -> socket:[59]\n"
		    "link /proc/20/fd/11 -> socket:[60]\n"
		    "link /proc/20/fd/12 -> socket:[61]\n"
		    "file /run/here mode=0140755 dev=8:1 ino=5\n"
		    "file /run/new mode=0140755 dev=8:1 ino=7\n"
		    "file /run/old mode=0140755 dev=8:1 ino=70\n"
		    "file /proc/20/root/run/old mode=0140755 dev=8:1 ino=70\n"
		    "error /run/closed EACCES stat\n"
		    "file /proc/20/root/jail mode=0140755 dev=8:1 ino=10\n"
		    "link /proc/20/cwd -> /srv\n"
		    "file /proc/20/root/srv/rel mode=0140755 dev=8:1 ino=11\n"
		    "file /run/file dev=8:1 ino=13\nfile /run/dev mode=0140755 dev=8:1 ino=5");
	ask_all(A_CLASS(unix));
	box.query.path_refs = refs;
	box.query.nr_path_refs = ARRAY_SIZE(refs);
	machine_look(&box);
	TOLD(unix, 50, STATE, "listening");
	TOLD(unix, 50, PATH, "/run/here");
	TOLD(unix, 51, STATE, "path-gone,listening");
	TOLD(unix, 51, PATH, "?");
	TOLD(unix, 52, STATE, "path-gone,listening");
	TOLD(unix, 52, PATH, "/run/new");
	TOLD(unix, 53, STATE, "listening");	/* could not be looked up */
	TOLD(unix, 54, STATE, "listening,path-unknown");	/* nobody to look from */
	TOLD(unix, 55, STATE, "path-elsewhere");
	TOLD(unix, 57, STATE, "connected");
	TOLD(unix, 58, STATE, "listening");
	TOLD(unix, 58, PATH, "/srv/rel");
	TOLD(unix, 59, STATE, "listening");
	TOLD(unix, 60, STATE, "path-gone,listening");
	TOLD(unix, 61, STATE, "path-gone,listening");
	assert_int_equal(refs[0].socket, 52);
	assert_int_equal(refs[1].socket, 50);
	assert_int_equal(refs[2].socket, 0);
	assert_int_equal(refs[3].socket, 0);
}

int main(void)
{
#define T(name)	MACHINE_TEST(name)
	const struct CMUnitTest tests[] = {
		T(test_unix_sockets), T(test_internet_sockets),
		T(test_other_sockets), T(queues_are_told_in_bytes_or_as_memory),
		T(ping_and_udplite_are_read_as_text), T(text_that_cannot_be_read_is_a_gap),
		T(test_vsock), T(sockets_of_any_family_are_shown), T(test_not_accepted), T(test_network_namespaces),
		T(test_namespaces_without_processes),
		T(test_namespace_that_may_not_be_entered),
		T(sockets_that_may_not_be_copied_are_said),
		T(test_interrupted_dumps), T(test_no_handler),
		T(test_dump_that_fails), T(test_broken_messages),
		T(test_broken_messages_of_others), T(test_paths_of_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
