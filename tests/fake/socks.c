// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets of a fixture, and how the kernel would tell of them. */

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets_diag.h>
#include <linux/xdp_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

#include "internal.h"

/* Far above what the kernel knows, far below what a message holds. */
#define NAME_MOST	4096
#define ICONS_MOST	16384

enum { HAS_NETNS, HAS_ERROR, HAS_TIMES, HAS_PEER, HAS_VFS };

#define COMMON_VALUES							\
	[HAS_NETNS] = VALUE("netns", VALUE_NUM, struct sock, netns),	\
	[HAS_ERROR] = VALUE("error", VALUE_ERRNO, struct sock, failure.err), \
	[HAS_TIMES] = VALUE("times", VALUE_NUM, struct sock, failure.times)
#define SOCK_VALUES							\
	VALUE("ino", VALUE_NUM, struct sock, ino),			\
	VALUE("uid", VALUE_NUM, struct sock, uid),			\
	VALUE("rqueue", VALUE_NUM, struct sock, rqueue),		\
	VALUE("wqueue", VALUE_NUM, struct sock, wqueue)

static const struct value unix_values[] = {
	COMMON_VALUES,
	[HAS_PEER] = VALUE("peer", VALUE_NUM, struct sock, peer),
	[HAS_VFS] = VALUE("vfs_ino", VALUE_NUM, struct sock, vfs_ino),
	SOCK_VALUES,
	VALUE("vfs_dev", VALUE_DEV, struct sock, vfs_dev),
	VALUE("type", VALUE_NUM, struct sock, type),
	VALUE("state", VALUE_NUM, struct sock, state),
	VALUE("shutdown", VALUE_NUM, struct sock, shutdown),
	VALUE("name", VALUE_WORD, struct sock, name),
	VALUE("icons", VALUE_WORD, struct sock, icons),
};

static const struct value inet_values[] = {
	COMMON_VALUES,
	SOCK_VALUES,
	VALUE("src", VALUE_ADDR, struct sock, src),
	VALUE("dst", VALUE_ADDR, struct sock, dst),
	VALUE("state", VALUE_NUM, struct sock, state),
	VALUE("shutdown", VALUE_NUM, struct sock, shutdown),
};

static const struct value netlink_values[] = {
	COMMON_VALUES,
	SOCK_VALUES,
	VALUE("protocol", VALUE_NUM, struct sock, protocol),
	VALUE("type", VALUE_NUM, struct sock, type),
	VALUE("state", VALUE_NUM, struct sock, state),
	VALUE("portid", VALUE_NUM, struct sock, portid),
	VALUE("dst_portid", VALUE_NUM, struct sock, dst_portid),
	VALUE("groups", VALUE_NUM, struct sock, groups),
};

static const struct value packet_values[] = {
	COMMON_VALUES,
	SOCK_VALUES,
	VALUE("type", VALUE_NUM, struct sock, type),
	VALUE("num", VALUE_NUM, struct sock, num),
	VALUE("ifindex", VALUE_NUM, struct sock, ifindex),
};

static const struct value vsock_values[] = {
	COMMON_VALUES,
	SOCK_VALUES,
	VALUE("type", VALUE_NUM, struct sock, type),
	VALUE("state", VALUE_NUM, struct sock, state),
	VALUE("shutdown", VALUE_NUM, struct sock, shutdown),
	VALUE("src_cid", VALUE_NUM, struct sock, src_cid),
	VALUE("src_port", VALUE_NUM, struct sock, src_port),
	VALUE("dst_cid", VALUE_NUM, struct sock, dst_cid),
	VALUE("dst_port", VALUE_NUM, struct sock, dst_port),
};

static const struct value xdp_values[] = {
	COMMON_VALUES,
	SOCK_VALUES,
	VALUE("ifindex", VALUE_NUM, struct sock, ifindex),
	VALUE("queue", VALUE_NUM, struct sock, queue),
};

#define VALUES(table)	table, ARRAY_SIZE(table)

static const struct {
	const char *word;
	const struct value *values;
	size_t nr;
} kinds[NR_SOCK_KINDS] = {
	[SOCK_UNIX]	= { "unix", VALUES(unix_values) },
	[SOCK_TCP]	= { "tcp", VALUES(inet_values) },
	[SOCK_UDP]	= { "udp", VALUES(inet_values) },
	[SOCK_RAW4]	= { "raw", VALUES(inet_values) },
	[SOCK_NETLINK]	= { "netlink", VALUES(netlink_values) },
	[SOCK_PACKETS]	= { "packet", VALUES(packet_values) },
	[SOCK_UDPLITE]	= { "udplite", VALUES(inet_values) },
	[SOCK_VM]	= { "vsock", VALUES(vsock_values) },
	[SOCK_XDP]	= { "xdp", VALUES(xdp_values) },
};

static bool take_kind(struct statement *st, struct sock *sock)
{
	const struct word *word = statement_word(st, "kind of socket");

	*sock = (struct sock){ 0 };
	for (; word && sock->kind < NR_SOCK_KINDS; sock->kind++) {
		if (!strcmp(kinds[sock->kind].word, word->at))
			return true;
	}
	return word && statement_wrong(st, "no kind of socket: %s", word->at);
}

static bool good_list(const struct word *list)
{
	const char *at = list->at;
	uint64_t num;

	while (at && word_list_next(&at, &num))
		;
	return at == (list->at ? list->at + list->len : NULL);
}

bool fixture_parse_diag(struct statement *st)
{
	struct sock sock;

	if (!take_kind(st, &sock) ||
	    !statement_values(st, kinds[sock.kind].values, kinds[sock.kind].nr,
			      &sock, &sock.known))
		return false;
	if (!good_list(&sock.icons))
		return statement_wrong(st, "no list of numbers: %s",
				       sock.icons.at);
	if (sock.name.len > NAME_MOST || sock.icons.len > ICONS_MOST)
		return statement_wrong(st, "too long for a message");
	if (sock.failure.err)
		*vec_add(&st->fx->dump_ends) = sock;
	else
		*vec_add(&st->fx->socks) = sock;
	return true;
}

bool fixture_parse_message(struct statement *st)
{
	struct sock sock;
	uint64_t known;

	if (!take_kind(st, &sock) || !statement_hex(st, "message", &sock.raw) ||
	    !statement_values(st, kinds[sock.kind].values, 1, &sock, &known))
		return false;
	if (sock.raw.len > FIXTURE_MESSAGE_ROOM - NLMSG_HDRLEN)
		return statement_wrong(st, "too long for a message");
	sock.is_raw = true;
	*vec_add(&st->fx->socks) = sock;
	return true;
}

static void put_name(struct nlmsghdr *msg, const struct word *name)
{
	/* The kernel sends the NUL behind a path, too. */
	if (name->len)
		mnl_attr_put(msg, UNIX_DIAG_NAME, name->len + (*name->at != '\0'),
			     name->at);
}

static void put_icons(struct nlmsghdr *msg, const struct word *icons)
{
	const char *at = icons->at;
	struct nlattr *nest;
	uint32_t ino;
	uint64_t num;

	if (!icons->len)
		return;
	nest = mnl_attr_nest_start(msg, UNIX_DIAG_ICONS);
	nest->nla_type = UNIX_DIAG_ICONS;
	while (word_list_next(&at, &num)) {
		ino = num;
		memcpy(mnl_nlmsg_put_extra_header(msg, sizeof(ino)), &ino,
		       sizeof(ino));
	}
	mnl_attr_nest_end(msg, nest);
}

static void put_meminfo(struct nlmsghdr *msg, uint16_t type,
			const struct sock *sock)
{
	uint32_t info[SK_MEMINFO_VARS] = {
		[SK_MEMINFO_RMEM_ALLOC]	= sock->rqueue,
		[SK_MEMINFO_RCVBUF]	= 212992,
		[SK_MEMINFO_WMEM_ALLOC]	= sock->wqueue,
		[SK_MEMINFO_SNDBUF]	= 212992,
	};

	mnl_attr_put(msg, type, sizeof(info), info);
}

/* As the kernel packs it, not as user space does. */
static uint32_t kernel_dev(uint64_t dev)
{
	return major(dev) << 20 | minor(dev);
}

static void put_unix(struct nlmsghdr *msg, const struct sock *sock,
		     uint32_t show)
{
	struct unix_diag_msg *body =
		mnl_nlmsg_put_extra_header(msg, sizeof(*body));
	const struct unix_diag_rqlen queues = { sock->rqueue, sock->wqueue };
	const struct unix_diag_vfs vfs = { sock->vfs_ino,
					   kernel_dev(sock->vfs_dev) };

	body->udiag_family = AF_UNIX;
	body->udiag_type = sock->type;
	body->udiag_state = sock->state;
	body->udiag_ino = sock->ino;
	if (show & UDIAG_SHOW_NAME)
		put_name(msg, &sock->name);
	if (show & UDIAG_SHOW_VFS && sock->known & 1 << HAS_VFS)
		mnl_attr_put(msg, UNIX_DIAG_VFS, sizeof(vfs), &vfs);
	if (show & UDIAG_SHOW_PEER && sock->known & 1 << HAS_PEER)
		mnl_attr_put_u32(msg, UNIX_DIAG_PEER, sock->peer);
	if (show & UDIAG_SHOW_ICONS)
		put_icons(msg, &sock->icons);
	if (show & UDIAG_SHOW_RQLEN)
		mnl_attr_put(msg, UNIX_DIAG_RQLEN, sizeof(queues), &queues);
	if (show & UDIAG_SHOW_MEMINFO)
		put_meminfo(msg, UNIX_DIAG_MEMINFO, sock);
	mnl_attr_put_u8(msg, UNIX_DIAG_SHUTDOWN, sock->shutdown);
	if (show & UDIAG_SHOW_UID)
		mnl_attr_put_u32(msg, UNIX_DIAG_UID, sock->uid);
}

static void put_inet(struct nlmsghdr *msg, const struct sock *sock,
		     uint32_t show)
{
	struct inet_diag_msg *body =
		mnl_nlmsg_put_extra_header(msg, sizeof(*body));

	(void)show;
	body->idiag_family = sock->src.family ?: sock->dst.family ?: AF_INET;
	body->idiag_state = sock->state;
	body->idiag_rqueue = sock->rqueue;
	body->idiag_wqueue = sock->wqueue;
	body->idiag_uid = sock->uid;
	body->idiag_inode = sock->ino;
	body->id.idiag_sport = htons(sock->src.port);
	body->id.idiag_dport = htons(sock->dst.port);
	memcpy(body->id.idiag_src, sock->src.bytes, sizeof(sock->src.bytes));
	memcpy(body->id.idiag_dst, sock->dst.bytes, sizeof(sock->dst.bytes));
	mnl_attr_put_u8(msg, INET_DIAG_SHUTDOWN, sock->shutdown);
}

static void put_netlink(struct nlmsghdr *msg, const struct sock *sock,
			uint32_t show)
{
	struct netlink_diag_msg *body =
		mnl_nlmsg_put_extra_header(msg, sizeof(*body));
	const unsigned long groups = sock->groups;

	body->ndiag_family = AF_NETLINK;
	body->ndiag_type = sock->type;
	body->ndiag_protocol = sock->protocol;
	body->ndiag_state = sock->state;
	body->ndiag_portid = sock->portid;
	body->ndiag_dst_portid = sock->dst_portid;
	body->ndiag_ino = sock->ino;
	if (show & NDIAG_SHOW_MEMINFO)
		put_meminfo(msg, NETLINK_DIAG_MEMINFO, sock);
	if (show & NDIAG_SHOW_GROUPS)
		mnl_attr_put(msg, NETLINK_DIAG_GROUPS, sizeof(groups), &groups);
}

static void put_packet(struct nlmsghdr *msg, const struct sock *sock,
		       uint32_t show)
{
	struct packet_diag_msg *body =
		mnl_nlmsg_put_extra_header(msg, sizeof(*body));
	const struct packet_diag_info info = { .pdi_index = sock->ifindex };

	body->pdiag_family = AF_PACKET;
	body->pdiag_type = sock->type;
	body->pdiag_num = sock->num;
	body->pdiag_ino = sock->ino;
	if (show & PACKET_SHOW_INFO) {
		mnl_attr_put(msg, PACKET_DIAG_INFO, sizeof(info), &info);
		mnl_attr_put_u32(msg, PACKET_DIAG_UID, sock->uid);
	}
	if (show & PACKET_SHOW_MEMINFO)
		put_meminfo(msg, PACKET_DIAG_MEMINFO, sock);
}

static void put_vsock(struct nlmsghdr *msg, const struct sock *sock, uint32_t show)
{
	struct vsock_diag_msg *body = mnl_nlmsg_put_extra_header(msg, sizeof(*body));

	(void)show;
	body->vdiag_family = AF_VSOCK;
	body->vdiag_type = sock->type;
	body->vdiag_state = sock->state;
	body->vdiag_shutdown = sock->shutdown;
	body->vdiag_src_cid = sock->src_cid;
	body->vdiag_src_port = sock->src_port;
	body->vdiag_dst_cid = sock->dst_cid;
	body->vdiag_dst_port = sock->dst_port;
	body->vdiag_ino = sock->ino;
}

static void put_xdp(struct nlmsghdr *msg, const struct sock *sock, uint32_t show)
{
	struct xdp_diag_msg *body = mnl_nlmsg_put_extra_header(msg, sizeof(*body));
	const struct xdp_diag_info info = { .ifindex = sock->ifindex, .queue_id = sock->queue };

	body->xdiag_family = AF_XDP;
	body->xdiag_type = SOCK_RAW;
	body->xdiag_ino = sock->ino;
	if (show & XDP_SHOW_INFO) {
		mnl_attr_put(msg, XDP_DIAG_INFO, sizeof(info), &info);
		mnl_attr_put_u32(msg, XDP_DIAG_UID, sock->uid);
	}
}

struct nlmsghdr *fixture_encode(const struct sock *sock, char *room,
				uint32_t show)
{
	static void (*const put[NR_SOCK_KINDS])(struct nlmsghdr *msg,
						const struct sock *sock,
						uint32_t show) = {
		[SOCK_UNIX] = put_unix, [SOCK_TCP] = put_inet,
		[SOCK_UDP] = put_inet, [SOCK_RAW4] = put_inet,
		[SOCK_NETLINK] = put_netlink, [SOCK_PACKETS] = put_packet,
		[SOCK_UDPLITE] = put_inet, [SOCK_VM] = put_vsock, [SOCK_XDP] = put_xdp,
	};
	struct nlmsghdr *msg = mnl_nlmsg_put_header(room);

	msg->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	msg->nlmsg_flags = NLM_F_MULTI;
	if (sock->is_raw) {
		memcpy(mnl_nlmsg_get_payload(msg), sock->raw.at, sock->raw.len);
		msg->nlmsg_len += sock->raw.len;
	} else {
		put[sock->kind](msg, sock, show);
	}
	return msg;
}
