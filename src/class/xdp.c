// SPDX-License-Identifier: GPL-2.0-or-later
/* XDP sockets: net/xdp/xsk_diag.c. The dump ends at one that is not bound: those it lacks
 * are found by their descriptors. */
#include <linux/xdp_diag.h>
#include <sys/socket.h>

#include "socket.h"

static int xdp_each(void *arg, const struct nlmsghdr *msg)
{
	struct socket_dump *dump = arg;
	const struct xdp_diag_msg *diag = NLMSG_DATA(msg);
	const struct xdp_diag_info *info;
	const uint32_t *uid;
	uint32_t object;
	size_t len;

	if (msg->nlmsg_len < NLMSG_LENGTH(sizeof(*diag)) || !diag->xdiag_ino)
		return 0;
	object = snapshot_object(dump->col->snap, CLASS_xdp,
				 socket_key(dump->net_ns, diag->xdiag_ino));
	info = socket_attr(msg, sizeof(*diag), XDP_DIAG_INFO, sizeof(*info), &len);
	if (info)
		socket_set_interface(dump, object, info->ifindex, &info->queue_id);
	uid = socket_attr(msg, sizeof(*diag), XDP_DIAG_UID, sizeof(*uid), &len);
	if (uid)
		object_set(dump->col->snap, object, FIELD_UID, *uid);
	return 0;
}

static void xdp_ns(struct socket_dump *dump)
{
	struct xdp_diag_req req = {
		.sdiag_family = AF_XDP,
		.xdiag_show = XDP_SHOW_INFO,
	};

	/* A kernel may be built without: all have descriptors. */
	socket_try_dump(dump, PART_XDP, "XDP sockets", &req, sizeof(req), xdp_each);
}

static void xdp_list(struct collector *col)
{
	socket_each_ns(col, PART_XDP, xdp_ns, NULL);
}

static const struct class_field xdp_fields[] = { HAS(UID), HAS(LOCAL) };

DEFINE_CLASS(xdp) = {
	.info = {
		SOCKET_INFO,
		.name	= "xdp",
		.title	= "XDP socket",
		.manual	= "socket(2), bpf(2)",
		FIELDS(xdp_fields),
		.listed_by = NEED(NET_NS) | NEED(XDP) | NEED(FDS),
		.columns = "ref,owner,local,users",
		.wide	= "ref,owner,local,users",
		.refs	= "xdp:INODE",
	},
	.list	= xdp_list,
	SOCKET_FD,
};
