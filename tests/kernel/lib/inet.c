// SPDX-License-Identifier: GPL-2.0-or-later
/* Makers: sockets that are not UNIX sockets, all on loopback. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "make.h"

union inet_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t loopback(union inet_address *addr, int family,
			  unsigned short port)
{
	memset(addr, 0, sizeof(*addr));
	addr->any.sa_family = (sa_family_t)family;
	if (family == AF_INET) {
		addr->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		addr->v4.sin_port = htons(port);
		return sizeof(addr->v4);
	}
	addr->v6.sin6_addr = in6addr_loopback;
	addr->v6.sin6_port = htons(port);
	return sizeof(addr->v6);
}

static int inet_bound(int family, int type, unsigned short *port)
{
	union inet_address addr;
	socklen_t len = loopback(&addr, family, 0);
	int fd = (int)must(socket(family, type, 0));

	must(bind(fd, &addr.any, len));
	must(getsockname(fd, &addr.any, &len));
	*port = ntohs(family == AF_INET ? addr.v4.sin_port
		      : addr.v6.sin6_port);
	return fd;
}

static int inet_connected(int family, int type, unsigned short port)
{
	union inet_address addr;
	socklen_t len = loopback(&addr, family, port);
	int fd = (int)must(socket(family, type, 0));

	must(connect(fd, &addr.any, len));
	return fd;
}

int tcp_listener(int family, unsigned short *port)
{
	int fd = inet_bound(family, SOCK_STREAM, port);

	must(listen(fd, 8));
	return fd;
}

int tcp_connected(int family, unsigned short port)
{
	return inet_connected(family, SOCK_STREAM, port);
}

int udp_bound(int family, unsigned short *port)
{
	return inet_bound(family, SOCK_DGRAM, port);
}

int udp_connected(int family, unsigned short port)
{
	return inet_connected(family, SOCK_DGRAM, port);
}

int raw_socket(int family, int protocol)
{
	return (int)must(socket(family, SOCK_RAW, protocol));
}

int netlink_bound(int protocol, unsigned int *port)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(addr);
	int fd = (int)must(socket(AF_NETLINK, SOCK_RAW, protocol));

	must(bind(fd, (struct sockaddr *)&addr, len));
	must(getsockname(fd, (struct sockaddr *)&addr, &len));
	if (port)
		*port = addr.nl_pid;
	return fd;
}

int packet_bound(int type)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex("lo"),
	};
	int fd = (int)must(socket(AF_PACKET, type, 0));

	must(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	return fd;
}
