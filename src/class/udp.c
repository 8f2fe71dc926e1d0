// SPDX-License-Identifier: GPL-2.0-or-later
/* UDP: udp(7). */
#include <netinet/in.h>

#include "inet.h"
#include "socket.h"

static void udp_list(struct collector *col)
{
	inet_list(col, CLASS_udp, IPPROTO_UDP, "UDP sockets");
}

static const struct class_field udp_fields[] = {
	HAS(TYPE), HAS(UID), HAS(LOCAL), HAS(REMOTE), HAS(RECVQ), HAS(SENDQ),
	HAS(PEERS), HAS_BY(PEER_USERS, NEED(FDS)),
};

DEFINE_CLASS(udp) = {
	.info = {
		.name	= "udp",
		.title	= "UDP socket",
		.noun	= "socket",
		.manual	= "socket(2), udp(7)",
		.space	= SPACE_SOCKET,
		.groups	= GROUP_SOCKET,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(udp_fields),
		.listed_by = NEED(INET) | NEED(FDS),
		.users_by  = NEED(FDS),
		.columns = "ref,local,remote,state,users",
		.wide	= "ref,owner,type,local,remote,state,recvq,sendq,peers,peer_users,users",
		.refs	= "udp:INODE",
	},
	.list	= udp_list,
	.link	= "socket:[",
	.fd	= socket_fd,
};
