/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_INET_H
#define CLASS_INET_H

/* TCP, UDP and raw sockets of one protocol while they are listed. */

#include <arpa/inet.h>

#include "socket.h"

/* One end of a connection, its address in IPv6 form. */
struct tuple {
	uint32_t object;	/* NO_INDEX: nobody has accepted it yet */
	struct in6_addr local, remote;
	uint16_t local_port, remote_port;	/* network order */
};

struct inet_dump {
	enum class_id class;
	uint8_t protocol;
	const char *what;
	struct VEC(struct tuple) tuples, listeners;
};

/* Joins the ends of connections that are both of this machine. */
void inet_ends_join(struct snapshot *snap, const struct inet_dump *inet);
/* Whether it is the address that stands for all. */
bool inet_ends_any(const struct in6_addr *in6);

#endif
