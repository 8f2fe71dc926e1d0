// SPDX-License-Identifier: GPL-2.0-or-later
/* TCP: tcp(7). */
#include <netinet/in.h>

#include "inet.h"
#include "socket.h"

static void tcp_list(struct collector *col)
{
	inet_list(col, CLASS_tcp, IPPROTO_TCP, "TCP sockets");
}

static const struct class_field tcp_fields[] = {
	HAS(TYPE), HAS(UID), HAS(LOCAL), HAS(REMOTE), HAS(RECVQ), HAS(SENDQ),
	HAS(PENDING), HAS(BACKLOG), HAS(PEERS), HAS_BY(PEER_USERS, NEED(FDS)),
};

DEFINE_CLASS(tcp) = {
	.info = {
		.name	= "tcp",
		.title	= "TCP socket",
		.noun	= "socket",
		.manual	= "socket(2), tcp(7)",
		.space	= SPACE_SOCKET,
		.groups	= GROUP_SOCKET,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(tcp_fields),
		.listed_by = NEED(INET) | NEED(FDS),
		.users_by  = NEED(FDS),
		.columns = "ref,local,remote,state,users",
		.wide	= "ref,owner,type,local,remote,state,recvq,sendq,pending,peers,peer_users,users",
		.refs	= "tcp:INODE",
	},
	.list	= tcp_list,
	.link	= "socket:[",
	.fd	= socket_fd,
};
