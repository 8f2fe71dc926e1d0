// SPDX-License-Identifier: GPL-2.0-or-later
/* TCP, UDP, UDP-Lite, raw and ping sockets: tcp(7), udp(7), raw(7), icmp(7), sock_diag(7),
 * net/ipv4/inet_diag.c. A raw socket has its protocol in the place of a port. */
#include "inet.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <netinet/tcp.h>


#define NEW_SYN_RECV	12	/* TCP_NEW_SYN_RECV: no socket yet */

/* Where the sockets of a class are listed. */
struct inet_source {
	uint8_t protocol;
	bool only_text;		/* no sock_diag, only files */
	const char *what;
	const char *file, *file6;	/* of /proc/net, where sock_diag lacks the protocol */
};

struct inet_dump {
	enum class_id class;
	const struct inet_source *source;
	struct inet_ends ends;	/* of one namespace */
};

static const uint64_t tcp_states[] = {
	[TCP_ESTABLISHED] = IS(CONNECTED),
	[TCP_SYN_SENT]	  = IS(SYN_SENT),
	[TCP_SYN_RECV]	  = IS(SYN_RECV),
	[TCP_FIN_WAIT1]	  = IS(FIN_WAIT),
	[TCP_FIN_WAIT2]	  = IS(FIN_WAIT),
	[TCP_TIME_WAIT]	  = IS(TIME_WAIT),
	[TCP_CLOSE]	  = IS(UNCONNECTED),
	[TCP_CLOSE_WAIT]  = IS(CLOSE_WAIT),
	[TCP_LAST_ACK]	  = IS(LAST_ACK),
	[TCP_LISTEN]	  = IS(LISTENING),
	[TCP_CLOSING]	  = IS(CLOSING),
};

uint64_t inet_state(uint8_t state)
{
	return state < ARRAY_SIZE(tcp_states) ? tcp_states[state] : 0;
}

static void inet_set_address(struct collector *col, uint32_t object,
			     enum field_id field, uint8_t family,
			     const uint32_t *addr, uint16_t port)
{
	struct buf *text = &col->scratch;
	char host[INET6_ADDRSTRLEN];

	if (!inet_ntop(family, addr, host, sizeof(host)))
		return;
	buf_reset(text);
	if (family == AF_INET6)
		buf_putc(text, '[');
	buf_puts(text, host);
	if (family == AF_INET6)
		buf_putc(text, ']');
	buf_putc(text, ':');
	if (port)
		buf_u64(text, ntohs(port));
	else
		buf_putc(text, '*');
	object_set_str(col->snap, object, field, text->data, text->len);
}

static struct in6_addr inet_address(uint8_t family, const uint32_t *addr)
{
	struct in6_addr in6 = { 0 };

	if (family == AF_INET6) {
		memcpy(&in6, addr, sizeof(in6));
	} else {
		in6.s6_addr[10] = in6.s6_addr[11] = 0xff;
		memcpy(&in6.s6_addr[12], addr, 4);
	}
	return in6;
}

static void inet_set_protocol(struct snapshot *snap, uint32_t object, uint16_t number)
{
	static const struct { uint8_t number; const char *name; } names[] = {
		{ IPPROTO_ICMP, "icmp" }, { IPPROTO_IGMP, "igmp" }, { IPPROTO_TCP, "tcp" },
		{ IPPROTO_UDP, "udp" }, { IPPROTO_ICMPV6, "icmpv6" }, { IPPROTO_RAW, "raw" },
		{ IPPROTO_UDPLITE, "udplite" },
	};
	char text[8];
	size_t i;

	snprintf(text, sizeof(text), "%u", number);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].number == number)
			snprintf(text, sizeof(text), "%s", names[i].name);
	}
	object_set_str(snap, object, FIELD_PROTOCOL, text, strlen(text));
}

/* TCP tells numbers of sequence, in which SYN and FIN count, too (net/ipv4/tcp_diag.c), the
 * others memory: only where there is none are there no bytes for certain. */
static void inet_set_queues(struct snapshot *snap, uint32_t object, const struct inet_dump *inet,
			    const struct inet_diag_msg *diag)
{
	static const uint32_t fin_received = 1 << TCP_CLOSE_WAIT | 1 << TCP_LAST_ACK |
					     1 << TCP_CLOSING;
	static const uint32_t not_acknowledged = 1 << TCP_SYN_SENT | 1 << TCP_SYN_RECV |
						 1 << TCP_FIN_WAIT1 | 1 << TCP_LAST_ACK |
						 1 << TCP_CLOSING;
	const uint32_t state = 1u << (diag->idiag_state & 31);
	const uint32_t in = diag->idiag_rqueue, out = diag->idiag_wqueue;

	if (inet->source->protocol == IPPROTO_TCP) {
		object_set(snap, object, FIELD_RECVQ, in - (in && state & fin_received));
		object_set(snap, object, FIELD_SENDQ, out - (out && state & not_acknowledged));
		return;
	}
	object_set(snap, object, FIELD_RECVMEM, in);
	object_set(snap, object, FIELD_SENDMEM, out);
	if (!in)
		object_set(snap, object, FIELD_RECVQ, 0);
	if (!out)
		object_set(snap, object, FIELD_SENDQ, 0);
}

static void inet_add_socket(struct socket_dump *dump, const struct inet_diag_msg *diag)
{
	struct inet_dump *inet = dump->arg;
	struct snapshot *snap = dump->col->snap;
	const struct inet_source *source = inet->source;
	const uint8_t family = diag->idiag_family;
	const struct tuple tuple = {
		.object = NO_INDEX,
		.local = inet_address(family, diag->id.idiag_src),
		.remote = inet_address(family, diag->id.idiag_dst),
		.local_port = diag->id.idiag_sport, .remote_port = diag->id.idiag_dport,
	};
	const bool tcp = source->protocol == IPPROTO_TCP, raw = source->protocol == IPPROTO_RAW;
	uint32_t object;

	if (!diag->idiag_inode) {
		/* TIME_WAIT and the like belong to nobody. */
		if (tcp && (diag->idiag_state == TCP_ESTABLISHED ||
			    diag->idiag_state == TCP_CLOSE_WAIT))
			*vec_add(&inet->ends.tuples) = tuple;
		return;
	}
	object = snapshot_object(snap, inet->class, socket_key(dump->net_ns, diag->idiag_inode));
	object_set(snap, object, FIELD_UID, diag->idiag_uid);
	object_set_word(snap, object, FIELD_TYPE, family == AF_INET6 ? "v6" : "v4");
	object_flag(snap, object, inet_state(diag->idiag_state));
	if (tcp && diag->idiag_state == TCP_LISTEN) {
		object_set(snap, object, FIELD_PENDING, diag->idiag_rqueue);
		object_set(snap, object, FIELD_BACKLOG, diag->idiag_wqueue);
		*vec_add(&inet->ends.listeners) = tuple;
		inet->ends.listeners.at[inet->ends.listeners.nr - 1].object = object;
	} else {
		inet_set_queues(snap, object, inet, diag);
	}
	inet_set_address(dump->col, object, FIELD_LOCAL, family, diag->id.idiag_src,
			 raw ? 0 : diag->id.idiag_sport);
	inet_set_protocol(snap, object, raw ? ntohs(diag->id.idiag_sport) :
			  source->protocol == IPPROTO_ICMP && family == AF_INET6 ? IPPROTO_ICMPV6 :
			  source->protocol);
	if (!diag->id.idiag_dport && (inet->class != CLASS_raw || inet_ends_any(&tuple.remote)))
		return;
	inet_set_address(dump->col, object, FIELD_REMOTE, family, diag->id.idiag_dst,
			 raw ? 0 : diag->id.idiag_dport);
	if (inet->class == CLASS_raw)
		return;
	*vec_add(&inet->ends.tuples) = tuple;
	inet->ends.tuples.at[inet->ends.tuples.nr - 1].object = object;
}

static int inet_each(void *arg, const struct nlmsghdr *msg)
{
	if (msg->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
		inet_add_socket(arg, NLMSG_DATA(msg));
	return 0;
}

static void inet_list_text(struct socket_dump *dump, uint8_t family, const char *file)
{
	struct collector *col = dump->col;
	struct buf text = { 0 };
	const char *line;
	int err = col->host->ops->read_net(dump->diag, file, &text);

	if (err < 0)
		snapshot_warn(col->snap, PART_INET, -err, "/proc/net/%s", file);
	line = err < 0 || !text.len ? NULL : strchr(text.data, '\n');
	while (line && *++line) {
		struct inet_diag_msg msg;

		if (inet_text_line(line, family, &msg))
			inet_add_socket(dump, &msg);
		else
			snapshot_warn(col->snap, PART_INET, EBADMSG,
				      "/proc/net/%s: line not understood", file);
		line = strchr(line, '\n');
	}
	buf_free(&text);
}

static void inet_ns_family(struct socket_dump *dump, uint8_t family)
{
	const struct inet_dump *inet = dump->arg;
	const struct inet_source *source = inet->source;
	const char *file = family == AF_INET ? source->file : source->file6;
	struct inet_diag_req_v2 req = {
		.sdiag_family = family, .sdiag_protocol = source->protocol,
		.idiag_states = ~(1u << TCP_TIME_WAIT | 1u << NEW_SYN_RECV),
	};

	if (!file)
		socket_dump(dump, PART_INET, source->what, &req, sizeof(req), inet_each);
	else if (source->only_text ||
		 !socket_try_dump(dump, PART_INET, source->what, &req, sizeof(req), inet_each))
		inet_list_text(dump, family, file);
}

static void inet_ns(struct socket_dump *dump)
{
	struct inet_dump *inet = dump->arg;

	inet->ends.tuples.nr = inet->ends.listeners.nr = 0;
	inet_ns_family(dump, AF_INET);
	inet_ns_family(dump, AF_INET6);
	inet_ends_join(dump->col->snap, &inet->ends);
}

/* Adds the sockets of @class, v4 and v6, in all network namespaces, and joins both ends of
 * connections. */
static void inet_list(struct collector *col, enum class_id class,
		      const struct inet_source *sources, size_t nr)
{
	struct inet_dump inet = { .class = class };
	size_t i;

	for (i = 0; i < nr; i++) {
		inet.source = &sources[i];
		socket_each_ns(col, PART_INET, inet_ns, &inet);
	}
	inet_ends_free(&inet.ends);
}

static void inet_list_tcp(struct collector *col)
{
	static const struct inet_source tcp = { .protocol = IPPROTO_TCP, .what = "TCP sockets" };

	inet_list(col, CLASS_tcp, &tcp, 1);
}

static const struct class_field tcp_fields[] = {
	HAS(TYPE), HAS(UID), HAS(LOCAL), HAS(REMOTE), HAS(RECVQ), HAS(SENDQ),
	HAS(PENDING), HAS(BACKLOG), HAS(PEERS), HAS_BY(PEER_USERS, NEED(FDS)),
};

DEFINE_CLASS(tcp) = {
	.info = {
		SOCKET_INFO,
		.name	= "tcp",
		.title	= "TCP socket",
		.manual	= "socket(2), tcp(7)",
		FIELDS(tcp_fields),
		.listed_by = NEED(NET_NS) | NEED(INET) | NEED(FDS),
		.columns = "ref,local,remote,state,users",
		.wide	= "ref,owner,type,local,remote,state,recvq,sendq,pending,peers,peer_users,users",
		.refs	= "tcp:INODE",
		.applies = socket_applies,
	},
	.list	= inet_list_tcp,
	SOCKET_FD,
};

static void inet_list_udp(struct collector *col)
{
	static const struct inet_source sources[] = {
		{ .protocol = IPPROTO_UDP, .what = "UDP sockets" },
		{ .protocol = IPPROTO_UDPLITE, .what = "UDP-Lite sockets",
		  .file = "udplite", .file6 = "udplite6" },
	};

	inet_list(col, CLASS_udp, sources, ARRAY_SIZE(sources));
}

static const struct class_field udp_fields[] = {
	HAS(TYPE), HAS(UID), HAS(PROTOCOL), HAS(LOCAL), HAS(REMOTE), HAS(RECVQ), HAS(SENDQ),
	HAS(RECVMEM), HAS(SENDMEM), HAS(PEERS), HAS_BY(PEER_USERS, NEED(FDS)),
};

DEFINE_CLASS(udp) = {
	.info = {
		SOCKET_INFO,
		.name	= "udp",
		.title	= "UDP socket",
		.manual	= "socket(2), udp(7)",
		FIELDS(udp_fields),
		.listed_by = NEED(NET_NS) | NEED(INET) | NEED(FDS),
		.columns = "ref,local,remote,state,users",
		.wide	= "ref,owner,type,protocol,local,remote,state,recvmem,sendmem,peers,peer_users,users",
		.refs	= "udp:INODE",
	},
	.list	= inet_list_udp,
	SOCKET_FD,
};

static void inet_list_raw(struct collector *col)
{
	static const struct inet_source sources[] = {
		{ .protocol = IPPROTO_RAW, .what = "RAW sockets", .file = "raw", .file6 = "raw6" },
		{ .protocol = IPPROTO_ICMP, .only_text = true, .file = "icmp", .file6 = "icmp6" },
	};

	inet_list(col, CLASS_raw, sources, ARRAY_SIZE(sources));
}

static const struct class_field raw_fields[] = {
	HAS(TYPE), HAS(UID), HAS(PROTOCOL), HAS(LOCAL), HAS(REMOTE), HAS(RECVQ), HAS(SENDQ),
	HAS(RECVMEM), HAS(SENDMEM),
};

DEFINE_CLASS(raw) = {
	.info = {
		SOCKET_INFO,
		.name	= "raw",
		.title	= "raw socket",
		.manual	= "socket(2), raw(7)",
		FIELDS(raw_fields),
		.listed_by = NEED(NET_NS) | NEED(INET) | NEED(FDS),
		.columns = "ref,protocol,local,remote,state,users",
		.wide	= "ref,owner,type,protocol,local,remote,state,recvmem,sendmem,users",
		.refs	= "raw:INODE",
	},
	.list	= inet_list_raw,
	SOCKET_FD,
};
