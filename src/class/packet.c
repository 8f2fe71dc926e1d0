// SPDX-License-Identifier: GPL-2.0-or-later
/* Packet sockets: packet(7), net/packet/diag.c. */
#include <linux/if_ether.h>
#include <linux/packet_diag.h>
#include <sys/socket.h>

#include "socket.h"

/* Names that tcpdump(8) and ip(8) have for what linux/if_ether.h numbers. */
static void packet_set_protocol(struct collector *col, uint32_t object, uint16_t number)
{
	static const struct { uint16_t number; const char *name; } names[] = {
		{ 0, "none" }, { ETH_P_802_3, "802.3" }, { ETH_P_ALL, "all" },
		{ ETH_P_802_2, "802.2" }, { ETH_P_IP, "ip" }, { ETH_P_ARP, "arp" },
		{ ETH_P_RARP, "rarp" }, { ETH_P_8021Q, "802.1q" }, { ETH_P_IPV6, "ipv6" },
		{ ETH_P_SLOW, "lacp" }, { ETH_P_MPLS_UC, "mpls" },
		{ ETH_P_PPP_DISC, "pppoe-discovery" }, { ETH_P_PPP_SES, "pppoe" },
		{ ETH_P_PAE, "eapol" }, { ETH_P_8021AD, "802.1ad" }, { ETH_P_LLDP, "lldp" },
		{ ETH_P_1588, "ptp" },
	};
	struct buf *text = &col->scratch;
	size_t i;

	buf_reset(text);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].number == number)
			buf_puts(text, names[i].name);
	}
	if (!text->len)
		buf_printf(text, "0x%04x", number);
	object_set_str(col->snap, object, FIELD_PROTOCOL, text->data, text->len);
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
	packet_set_protocol(dump->col, object, diag->pdiag_num);
	info = socket_attr(msg, sizeof(*diag), PACKET_DIAG_INFO, sizeof(*info), &len);
	if (info)
		socket_set_interface(dump, object, info->pdi_index, NULL);
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
		.listed_by = NEED(NET_NS) | NEED(PACKET),
		.columns = "ref,owner,protocol,type,local,users",
		.wide	= "ref,owner,protocol,type,local,users",
		.refs	= "packet:INODE",
	},
	.list	= packet_list,
	SOCKET_FD,
};
