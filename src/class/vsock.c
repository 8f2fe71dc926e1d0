// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets between a virtual machine and its host: vsock(7), net/vmw_vsock/diag.c. */
#include <sys/socket.h>
#include <linux/vm_sockets.h>
#include <linux/vm_sockets_diag.h>
#include <netinet/tcp.h>

#include "inet.h"

static void vsock_set_address(struct collector *col, uint32_t object, enum field_id field,
			      uint32_t cid, uint32_t port)
{
	struct buf *text = &col->scratch;

	buf_reset(text);
	if (cid == VMADDR_CID_ANY)
		buf_putc(text, '*');
	else
		buf_u64(text, cid);
	buf_putc(text, ':');
	if (port == VMADDR_PORT_ANY)
		buf_putc(text, '*');
	else
		buf_u64(text, port);
	object_set_str(col->snap, object, field, text->data, text->len);
}

static struct in6_addr vsock_address(uint32_t cid)
{
	struct in6_addr in6 = { .s6_addr = { 1 } };

	memcpy(&in6.s6_addr[12], &cid, sizeof(cid));
	return in6;
}

/*
 * Numbers of machines mean another one on each level of virtualisation. A connection that has
 * VMADDR_CID_LOCAL at one end does not leave this kernel: its ends can be joined. Where it was
 * begun it may have any local number, what was accepted has that as the remote one
 * (net/vmw_vsock/vsock_loopback.c).
 */
static void vsock_note_ends(struct inet_ends *ends, uint32_t object,
			    const struct vsock_diag_msg *diag)
{
	uint32_t cid = diag->vdiag_src_cid == VMADDR_CID_ANY ||
		       diag->vdiag_src_cid == diag->vdiag_dst_cid ? VMADDR_CID_LOCAL :
		       diag->vdiag_src_cid;
	const struct tuple tuple = {
		.object = object,
		.local = vsock_address(cid), .remote = vsock_address(diag->vdiag_dst_cid),
		.local_port = diag->vdiag_src_port, .remote_port = diag->vdiag_dst_port,
	};

	if (diag->vdiag_state == TCP_LISTEN) {
		*vec_add(&ends->listeners) = tuple;
		if (diag->vdiag_src_cid == VMADDR_CID_ANY)
			ends->listeners.at[ends->listeners.nr - 1].local = (struct in6_addr){ 0 };
	} else if (cid == VMADDR_CID_LOCAL || diag->vdiag_dst_cid == VMADDR_CID_LOCAL) {
		*vec_add(&ends->tuples) = tuple;
	}
}

static int vsock_each(void *arg, const struct nlmsghdr *msg)
{
	struct socket_dump *dump = arg;
	struct snapshot *snap = dump->col->snap;
	const struct vsock_diag_msg *diag = NLMSG_DATA(msg);
	uint32_t object = NO_INDEX;

	if (msg->nlmsg_len < NLMSG_LENGTH(sizeof(*diag)))
		return 0;
	if (diag->vdiag_ino) {
		object = snapshot_object(snap, CLASS_vsock,
					 socket_key(dump->net_ns, diag->vdiag_ino));
		object_set_word(snap, object, FIELD_TYPE, socket_type_word(diag->vdiag_type));
		object_flag(snap, object, inet_state(diag->vdiag_state) |
					  socket_shut(diag->vdiag_shutdown));
		vsock_set_address(dump->col, object, FIELD_LOCAL, diag->vdiag_src_cid,
				  diag->vdiag_src_port);
		if (diag->vdiag_dst_cid != VMADDR_CID_ANY)
			vsock_set_address(dump->col, object, FIELD_REMOTE, diag->vdiag_dst_cid,
					  diag->vdiag_dst_port);
	}
	vsock_note_ends(dump->arg, object, diag);
	return 0;
}

static void vsock_ns(struct socket_dump *dump)
{
	struct vsock_diag_req req = { .sdiag_family = AF_VSOCK, .vdiag_states = ~0u };

	/* A kernel may be built without: all have descriptors. */
	socket_try_dump(dump, PART_VSOCK, "vsock sockets", &req, sizeof(req), vsock_each);
}

/* An end need not be in the network namespace of the other. */
static void vsock_list(struct collector *col)
{
	struct inet_ends ends = { 0 };

	socket_each_ns(col, PART_VSOCK, vsock_ns, &ends);
	inet_ends_join(col->snap, &ends);
	inet_ends_free(&ends);
}

static const struct class_field vsock_fields[] = {
	HAS(TYPE), HAS(LOCAL), HAS(REMOTE), HAS(PEERS), HAS_BY(PEER_USERS, NEED(FDS)),
	{ .field = FIELD_UID, .needs = NEED(FDS), .cost = COST_ASKED },
};

DEFINE_CLASS(vsock) = {
	.info = {
		SOCKET_INFO,
		.name	= "vsock",
		.title	= "virtual machine socket",
		.manual	= "socket(2), vsock(7)",
		FIELDS(vsock_fields),
		.listed_by = NEED(NET_NS) | NEED(VSOCK) | NEED(FDS),
		.columns = "ref,local,remote,state,users",
		.wide	= "ref,owner,type,local,remote,state,peers,peer_users,users",
		.refs	= "vsock:INODE",
	},
	.list	= vsock_list,
	SOCKET_FD,
	.settle	= socket_find_owners,
};
