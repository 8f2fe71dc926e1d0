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

/* @mask is one of unsigned longs of the kernel, from group 1 on. */
static void netlink_set_groups(struct collector *col, uint32_t object, const uint32_t *mask,
			       size_t words)
{
	const size_t swap = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && sizeof(long) == 8;
	struct buf *text = &col->scratch;
	size_t i;

	buf_reset(text);
	for (i = 0; i < (words & ~swap) * 32; i++) {
		if (mask[(i / 32) ^ swap] >> (i % 32) & 1)
			buf_printf(text, "%s%zu", text->len ? "," : "", i + 1);
	}
	if (text->len)
		object_set_str(col->snap, object, FIELD_GROUPS, text->data, text->len);
}

static void netlink_set_port(struct snapshot *snap, uint32_t object, enum field_id field,
			     uint32_t port)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", port);
	object_set_str(snap, object, field, text, strlen(text));
}

static int netlink_each(void *arg, const struct nlmsghdr *msg)
{
	struct socket_dump *dump = arg;
	struct snapshot *snap = dump->col->snap;
	const struct netlink_diag_msg *diag = NLMSG_DATA(msg);
	const uint32_t *groups;
	const char *name = NULL;
	char text[16];
	uint32_t object;
	size_t len;

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
	netlink_set_port(snap, object, FIELD_LOCAL, diag->ndiag_portid);
	if (diag->ndiag_state == NETLINK_CONNECTED)
		netlink_set_port(snap, object, FIELD_REMOTE, diag->ndiag_dst_portid);
	groups = socket_attr(msg, sizeof(*diag), NETLINK_DIAG_GROUPS, 0, &len);
	netlink_set_groups(dump->col, object, groups, groups ? len / sizeof(*groups) : 0);
	return 0;
}

static void netlink_ns(struct socket_dump *dump)
{
	struct netlink_diag_req req = {
		.sdiag_family = AF_NETLINK,
		.sdiag_protocol = NDIAG_PROTO_ALL,
		.ndiag_show = NDIAG_SHOW_GROUPS,
	};

	socket_dump(dump, PART_NETLINK, "netlink sockets", &req, sizeof(req), netlink_each);
}

static void netlink_list(struct collector *col)
{
	socket_each_ns(col, PART_NETLINK, netlink_ns, NULL);
}

static const struct class_field netlink_fields[] = {
	HAS(TYPE), HAS(PROTOCOL), HAS(LOCAL), HAS(REMOTE), HAS(GROUPS),
	{ .field = FIELD_UID, .needs = NEED(FDS), .cost = COST_ASKED },
};

DEFINE_CLASS(netlink) = {
	.info = {
		SOCKET_INFO,
		.name	= "netlink",
		.title	= "netlink socket",
		.manual	= "socket(2), netlink(7)",
		FIELDS(netlink_fields),
		.listed_by = NEED(NET_NS) | NEED(NETLINK) | NEED(FDS),
		.columns = "ref,protocol,local,groups,users",
		.wide	= "ref,owner,protocol,type,local,remote,groups,users",
		.refs	= "netlink:INODE",
	},
	.list	= netlink_list,
	SOCKET_FD,
	.settle	= socket_find_owners,
};
