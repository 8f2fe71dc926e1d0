// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink sockets: netlink(7), net/netlink/diag.c. */
#include <linux/netlink_diag.h>
#include <sys/socket.h>

#include "socket.h"

static const char *const netlink_protocols[] = {
	[NETLINK_ROUTE] = "route", [NETLINK_USERSOCK] = "usersock",
	[NETLINK_FIREWALL] = "firewall", [NETLINK_SOCK_DIAG] = "sock_diag",
	[NETLINK_NFLOG] = "nflog", [NETLINK_XFRM] = "xfrm",
	[NETLINK_SELINUX] = "selinux", [NETLINK_ISCSI] = "iscsi",
	[NETLINK_AUDIT] = "audit", [NETLINK_FIB_LOOKUP] = "fib_lookup",
	[NETLINK_CONNECTOR] = "connector", [NETLINK_NETFILTER] = "netfilter",
	[NETLINK_IP6_FW] = "ip6_fw", [NETLINK_DNRTMSG] = "dnrtmsg",
	[NETLINK_KOBJECT_UEVENT] = "uevent", [NETLINK_GENERIC] = "generic",
	[NETLINK_SCSITRANSPORT] = "scsitransport",
	[NETLINK_ECRYPTFS] = "ecryptfs", [NETLINK_RDMA] = "rdma",
	[NETLINK_CRYPTO] = "crypto",
};

static int netlink_each(void *arg, const struct nlmsghdr *msg)
{
	struct socket_dump *dump = arg;
	struct snapshot *snap = dump->col->snap;
	const struct netlink_diag_msg *diag = NLMSG_DATA(msg);
	const char *name = NULL;
	char text[16];
	uint32_t object;

	if (msg->nlmsg_len < NLMSG_LENGTH(sizeof(*diag)))
		return 0;
	/* Only what is bound is listed: port 0 are the kernel's own ends. The socket that asks
	 * would be gone by the time somebody reads of it. */
	if (!diag->ndiag_ino || !diag->ndiag_portid ||
	    (diag->ndiag_protocol == NETLINK_SOCK_DIAG && diag->ndiag_portid == msg->nlmsg_pid))
		return 0;
	object = snapshot_object(snap, CLASS_netlink,
				 socket_key(dump->net_ns, diag->ndiag_ino));
	object_set_word(snap, object, FIELD_TYPE,
			diag->ndiag_type == SOCK_RAW ? "raw" : "dgram");
	if (diag->ndiag_protocol < ARRAY_SIZE(netlink_protocols))
		name = netlink_protocols[diag->ndiag_protocol];
	snprintf(text, sizeof(text), "%u", diag->ndiag_protocol);
	object_set_str(snap, object, FIELD_PROTOCOL, name ?: text, strlen(name ?: text));
	snprintf(text, sizeof(text), "%u", diag->ndiag_portid);
	object_set_str(snap, object, FIELD_LOCAL, text, strlen(text));
	return 0;
}

static void netlink_ns(struct socket_dump *dump)
{
	struct netlink_diag_req req = {
		.sdiag_family = AF_NETLINK,
		.sdiag_protocol = NDIAG_PROTO_ALL,
	};

	socket_dump(dump, PART_NETLINK, "netlink sockets", &req, sizeof(req), netlink_each);
}

static void netlink_list(struct collector *col)
{
	socket_each_ns(col, PART_NETLINK, netlink_ns, NULL);
}

static const struct class_field netlink_fields[] = {
	HAS(TYPE), HAS(UID), HAS(PROTOCOL), HAS(LOCAL),
};

DEFINE_CLASS(netlink) = {
	.info = {
		SOCKET_INFO,
		.name	= "netlink",
		.title	= "netlink socket",
		.manual	= "socket(2), netlink(7)",
		FIELDS(netlink_fields),
		.listed_by = NEED(NETLINK),
		.columns = "ref,protocol,type,local,users",
		.wide	= "ref,protocol,type,local,users",
		.refs	= "netlink:INODE",
	},
	.list	= netlink_list,
	SOCKET_FD,
};
