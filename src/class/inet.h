/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_INET_H
#define CLASS_INET_H

/* Sockets that may be the two ends of a connection, while they are listed. */

#include <arpa/inet.h>
#include <linux/inet_diag.h>

#include "socket.h"

/* One end of a connection, its address in IPv6 form. */
struct tuple {
	uint32_t object;	/* NO_INDEX: nobody has accepted it yet */
	struct in6_addr local, remote;
	uint32_t local_port, remote_port;	/* 16 bits in network order; vsock: all */
};

struct inet_ends {
	struct VEC(struct tuple) tuples, listeners;
};

/* Joins the ends of connections that are both of this machine. */
void inet_ends_join(struct snapshot *snap, const struct inet_ends *ends);
void inet_ends_free(struct inet_ends *ends);
/* Whether it is the address that stands for all. */
bool inet_ends_any(const struct in6_addr *in6);

/* IS() of an enum of netinet/tcp.h, which other protocols have, too; 0: of none. */
uint64_t inet_state(uint8_t state);

/* Parses " 43: 00000000:0001 00000000:0000 07 ..." of /proc/net/raw and the like. */
bool inet_text_line(const char *at, uint8_t family, struct inet_diag_msg *msg);

#endif
