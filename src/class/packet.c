// SPDX-License-Identifier: GPL-2.0-or-later
/* Packet sockets: packet(7), net/packet/diag.c. */
#include <linux/packet_diag.h>
#include <sys/socket.h>

#include "socket.h"

static void packet_set_number(struct snapshot *snap, uint32_t object,
			      enum field_id field, const char *before, uint32_t num)
{
	struct buf text = { 0 };

	buf_puts(&text, before);
	if (field == FIELD_PROTOCOL)
		buf_hex(&text, num, 4);
	else
		buf_u64(&text, num);
	object_set_str(snap, object, field, text.data, text.len);
	buf_free(&text);
}

static int packet_each(void *arg, const struct nlmsghdr *msg)
{
	struct socket_dump *dump = arg;
	struct snapshot *snap = dump->col->snap;
	const struct packet_diag_msg *diag = NLMSG_DATA(msg);
	const struct packet_diag_info *info;
	const uint32_t *uid;
	uint32_t object;
	size_t len;

	if (msg->nlmsg_len < NLMSG_LENGTH(sizeof(*diag)) || !diag->pdiag_ino)
		return 0;
	object = snapshot_object(snap, CLASS_packet, socket_key(dump->net_ns, diag->pdiag_ino));
	object_set_word(snap, object, FIELD_TYPE,
			diag->pdiag_type == SOCK_RAW ? "raw" : "dgram");
	packet_set_number(snap, object, FIELD_PROTOCOL, "0x", diag->pdiag_num);
	info = socket_attr(msg, sizeof(*diag), PACKET_DIAG_INFO, sizeof(*info), &len);
	if (info && info->pdi_index)
		packet_set_number(snap, object, FIELD_LOCAL, "interface ", info->pdi_index);
	uid = socket_attr(msg, sizeof(*diag), PACKET_DIAG_UID, sizeof(*uid), &len);
	if (uid)
		object_set(snap, object, FIELD_UID, *uid);
	return 0;
}

static void packet_ns(struct socket_dump *dump)
{
	struct packet_diag_req req = {
		.sdiag_family = AF_PACKET,
		.pdiag_show = PACKET_SHOW_INFO,
	};

	socket_dump(dump, PART_PACKET, "packet sockets", &req, sizeof(req), packet_each);
}

static void packet_list(struct collector *col)
{
	socket_each_ns(col, PART_PACKET, packet_ns, NULL);
}

static const struct class_field packet_fields[] = {
	HAS(TYPE), HAS(UID), HAS(PROTOCOL), HAS(LOCAL),
};

DEFINE_CLASS(packet) = {
	.info = {
		SOCKET_INFO,
		.name	= "packet",
		.title	= "packet socket",
		.manual	= "socket(2), packet(7)",
		FIELDS(packet_fields),
		.listed_by = NEED(PACKET),
		.columns = "ref,owner,protocol,type,local,users",
		.wide	= "ref,owner,protocol,type,local,users",
		.refs	= "packet:INODE",
	},
	.list	= packet_list,
	SOCKET_FD,
};
