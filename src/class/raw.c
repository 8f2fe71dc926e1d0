// SPDX-License-Identifier: GPL-2.0-or-later
/* Raw IP sockets: raw(7). */
#include <netinet/in.h>

#include "inet.h"
#include "socket.h"

static void raw_list(struct collector *col)
{
	inet_list(col, CLASS_raw, IPPROTO_RAW, "RAW sockets");
}

static const struct class_field raw_fields[] = {
	HAS(TYPE), HAS(UID), HAS(LOCAL), HAS(REMOTE), HAS(RECVQ), HAS(SENDQ),
	HAS(PEERS), HAS_BY(PEER_USERS, NEED(FDS)),
};

DEFINE_CLASS(raw) = {
	.info = {
		.name	= "raw",
		.title	= "raw socket",
		.noun	= "socket",
		.manual	= "socket(2), raw(7)",
		.space	= SPACE_SOCKET,
		.groups	= GROUP_SOCKET,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(raw_fields),
		.listed_by = NEED(INET) | NEED(FDS),
		.users_by  = NEED(FDS),
		.columns = "ref,local,remote,state,users",
		.wide	= "ref,owner,type,local,remote,state,recvq,sendq,peers,peer_users,users",
		.refs	= "raw:INODE",
	},
	.list	= raw_list,
	.link	= "socket:[",
	.fd	= socket_fd,
};
