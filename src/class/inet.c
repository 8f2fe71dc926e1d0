// SPDX-License-Identifier: GPL-2.0-or-later
/* TCP, UDP and raw sockets: tcp(7), udp(7), raw(7), sock_diag(7),
 * net/ipv4/inet_diag.c. */
#include "inet.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <netinet/tcp.h>

#include "ipcscope/text.h"
#include "socket.h"

#define NEW_SYN_RECV	12	/* TCP_NEW_SYN_RECV: no socket yet */

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

/* What stands in the place of a port. */
static void inet_set_protocol(struct snapshot *snap, uint32_t object, uint16_t number)
{
	static const struct { uint8_t number; const char *name; } names[] = {
		{ IPPROTO_ICMP, "icmp" }, { IPPROTO_IGMP, "igmp" }, { IPPROTO_TCP, "tcp" },
		{ IPPROTO_UDP, "udp" }, { IPPROTO_ICMPV6, "icmpv6" }, { IPPROTO_RAW, "raw" },
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

static void inet_add_socket(struct socket_dump *dump, const struct inet_diag_msg *diag)
{
	struct inet_dump *inet = dump->arg;
	struct snapshot *snap = dump->col->snap;
	const uint8_t family = diag->idiag_family;
	const struct tuple tuple = {
		.object = NO_INDEX,
		.local = inet_address(family, diag->id.idiag_src),
		.remote = inet_address(family, diag->id.idiag_dst),
		.local_port = diag->id.idiag_sport, .remote_port = diag->id.idiag_dport,
	};
	const bool raw = inet->protocol == IPPROTO_RAW;
	uint32_t object;

	if (!diag->idiag_inode) {
		/* TIME_WAIT and the like belong to nobody. */
		if (inet->protocol == IPPROTO_TCP && (diag->idiag_state == TCP_ESTABLISHED ||
						      diag->idiag_state == TCP_CLOSE_WAIT))
			*vec_add(&inet->tuples) = tuple;
		return;
	}
	object = snapshot_object(snap, inet->class, socket_key(dump->net_ns, diag->idiag_inode));
	object_set(snap, object, FIELD_UID, diag->idiag_uid);
	object_set_word(snap, object, FIELD_TYPE, family == AF_INET6 ? "v6" : "v4");
	if (diag->idiag_state < ARRAY_SIZE(tcp_states))
		object_flag(snap, object, tcp_states[diag->idiag_state]);
	if (inet->protocol == IPPROTO_TCP && diag->idiag_state == TCP_LISTEN) {
		object_set(snap, object, FIELD_PENDING, diag->idiag_rqueue);
		object_set(snap, object, FIELD_BACKLOG, diag->idiag_wqueue);
		*vec_add(&inet->listeners) = tuple;
		inet->listeners.at[inet->listeners.nr - 1].object = object;
	} else {
		object_set(snap, object, FIELD_RECVQ, diag->idiag_rqueue);
		object_set(snap, object, FIELD_SENDQ, diag->idiag_wqueue);
	}
	inet_set_address(dump->col, object, FIELD_LOCAL, family, diag->id.idiag_src,
			 raw ? 0 : diag->id.idiag_sport);
	if (raw)
		inet_set_protocol(snap, object, ntohs(diag->id.idiag_sport));
	if (!diag->id.idiag_dport && (!raw || inet_ends_any(&tuple.remote)))
		return;
	inet_set_address(dump->col, object, FIELD_REMOTE, family, diag->id.idiag_dst,
			 raw ? 0 : diag->id.idiag_dport);
	if (raw)
		return;
	*vec_add(&inet->tuples) = tuple;
	inet->tuples.at[inet->tuples.nr - 1].object = object;
}

/* Words of 8 hexadecimal digits, each in the order of the host. */
static bool inet_read_address(const char **text, uint32_t *addr, unsigned int words)
{
	unsigned int i, d;

	for (i = 0; i < words; i++) {
		char part[9];
		const char *at = part;
		uint64_t num;

		for (d = 0; d < 8 && (*text)[d]; d++)
			part[d] = (*text)[d];
		part[d] = '\0';
		if (!num_hex(&at, &num) || at != part + 8)
			return false;
		addr[i] = (uint32_t)num;
		*text += 8;
	}
	return true;
}

static bool inet_read_end(const char **text, uint32_t *addr, unsigned int words,
			  uint16_t *port)
{
	uint64_t num;

	if (!inet_read_address(text, addr, words) || *(*text)++ != ':' ||
	    !num_hex(text, &num) || num > UINT16_MAX || *(*text)++ != ' ')
		return false;
	*port = htons((uint16_t)num);
	return true;
}

static bool inet_skip(const char **text, const char *chars)
{
	size_t len = strspn(*text, chars);

	*text += len;
	return len;
}

static bool inet_read_rest(const char *at, struct inet_diag_msg *msg)
{
	static const char digits[] = "0123456789abcdefABCDEF:";
	uint64_t state, tx, rx, uid, ino;

	if (!num_hex(&at, &state) || !inet_skip(&at, " ") || !num_hex(&at, &tx) ||
	    *at++ != ':' || !num_hex(&at, &rx) || !inet_skip(&at, " ") ||
	    !inet_skip(&at, digits) || !inet_skip(&at, " ") ||	/* tr:tm->when */
	    !inet_skip(&at, digits) || !inet_skip(&at, " ") ||	/* retrnsmt */
	    !num_u64(&at, &uid) || !inet_skip(&at, " ") ||
	    !inet_skip(&at, digits) || !inet_skip(&at, " ") ||	/* timeout */
	    !num_u64(&at, &ino))
		return false;
	msg->idiag_state = (uint8_t)state;
	msg->idiag_wqueue = (uint32_t)tx;
	msg->idiag_rqueue = (uint32_t)rx;
	msg->idiag_uid = (uint32_t)uid;
	msg->idiag_inode = (uint32_t)ino;
	return true;
}

/* " 43: 00000000:0001 00000000:0000 07 ..." */
static bool inet_read_line(const char *at, uint8_t family, struct inet_diag_msg *msg)
{
	unsigned int words = family == AF_INET6 ? 4 : 1;
	uint64_t slot;

	memset(msg, 0, sizeof(*msg));
	msg->idiag_family = family;
	inet_skip(&at, " ");
	if (!num_u64(&at, &slot) || *at++ != ':' || *at++ != ' ')
		return false;
	return inet_read_end(&at, msg->id.idiag_src, words, &msg->id.idiag_sport) &&
	       inet_read_end(&at, msg->id.idiag_dst, words, &msg->id.idiag_dport) &&
	       inet_read_rest(at, msg);
}

/* Adds the sockets of /proc/net/@file, where the kernel was built without the sock_diag handler
 * of the protocol: proc_pid_net(5), net/ipv4/raw.c. */
static void inet_list_text(struct socket_dump *dump, uint8_t family, const char *file)
{
	struct collector *col = dump->col;
	struct buf path = { 0 }, text = { 0 };
	const char *line;
	int err;

	if (dump->pid)
		buf_i64(&path, dump->pid);
	else
		buf_puts(&path, "self");
	buf_puts(&path, "/net/");
	buf_puts(&path, file);
	err = col->host->ops->read_file(col->host, &col->proc, path.data, &text);
	if (err < 0 && err != -ENOENT && err != -ESRCH)
		snapshot_warn(col->snap, PART_INET, -err, "/proc/%s", path.data);
	line = err < 0 ? NULL : strchr(text.data, '\n');
	while (line && *++line) {
		struct inet_diag_msg msg;

		if (inet_read_line(line, family, &msg))
			inet_add_socket(dump, &msg);
		else
			snapshot_warn(col->snap, PART_INET, EBADMSG,
				      "/proc/%s: line not understood", path.data);
		line = strchr(line, '\n');
	}
	buf_free(&path);
	buf_free(&text);
}

static int inet_each(void *arg, const struct nlmsghdr *msg)
{
	if (msg->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
		inet_add_socket(arg, NLMSG_DATA(msg));
	return 0;
}

static void inet_ns(struct socket_dump *dump)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct inet_dump *inet = dump->arg;
	size_t i;

	inet->tuples.nr = inet->listeners.nr = 0;
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		struct inet_diag_req_v2 req = {
			.sdiag_family = families[i],
			.sdiag_protocol = inet->protocol,
			.idiag_states = ~(1u << TCP_TIME_WAIT | 1u << NEW_SYN_RECV),
		};

		if (inet->protocol != IPPROTO_RAW)
			socket_dump(dump, PART_INET, inet->what, &req, sizeof(req), inet_each);
		else if (!socket_try_dump(dump, PART_INET, inet->what, &req, sizeof(req), inet_each) &&
			 (dump->pid || dump->own))
			inet_list_text(dump, families[i], i ? "raw6" : "raw");
	}
	inet_ends_join(dump->col->snap, inet);
}

/* Adds the sockets of one IP protocol, v4 and v6, in all network namespaces, and
 * joins both ends of connections. */
static void inet_list(struct collector *col, enum class_id class, uint8_t protocol, const char *what)
{
	struct inet_dump inet = {
		.class = class, .protocol = protocol, .what = what,
	};

	socket_each_ns(col, PART_INET, inet_ns, &inet);
	vec_free(&inet.tuples);
	vec_free(&inet.listeners);
}

static void inet_list_tcp(struct collector *col)
{
	inet_list(col, CLASS_tcp, IPPROTO_TCP, "TCP sockets");
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
		.listed_by = NEED(INET) | NEED(FDS),
		.columns = "ref,local,remote,state,users",
		.wide	= "ref,owner,type,local,remote,state,recvq,sendq,pending,peers,peer_users,users",
		.refs	= "tcp:INODE",
	},
	.list	= inet_list_tcp,
	SOCKET_FD,
};

static void inet_list_udp(struct collector *col)
{
	inet_list(col, CLASS_udp, IPPROTO_UDP, "UDP sockets");
}

static const struct class_field udp_fields[] = {
	HAS(TYPE), HAS(UID), HAS(LOCAL), HAS(REMOTE), HAS(RECVQ), HAS(SENDQ),
	HAS(PEERS), HAS_BY(PEER_USERS, NEED(FDS)),
};

DEFINE_CLASS(udp) = {
	.info = {
		SOCKET_INFO,
		.name	= "udp",
		.title	= "UDP socket",
		.manual	= "socket(2), udp(7)",
		FIELDS(udp_fields),
		.listed_by = NEED(INET) | NEED(FDS),
		.columns = "ref,local,remote,state,users",
		.wide	= "ref,owner,type,local,remote,state,recvq,sendq,peers,peer_users,users",
		.refs	= "udp:INODE",
	},
	.list	= inet_list_udp,
	SOCKET_FD,
};

static void inet_list_raw(struct collector *col)
{
	inet_list(col, CLASS_raw, IPPROTO_RAW, "RAW sockets");
}

static const struct class_field raw_fields[] = {
	HAS(TYPE), HAS(UID), HAS(PROTOCOL), HAS(LOCAL), HAS(REMOTE), HAS(RECVQ), HAS(SENDQ),
};

DEFINE_CLASS(raw) = {
	.info = {
		SOCKET_INFO,
		.name	= "raw",
		.title	= "raw socket",
		.manual	= "socket(2), raw(7)",
		FIELDS(raw_fields),
		.listed_by = NEED(INET) | NEED(FDS),
		.columns = "ref,protocol,local,remote,state,users",
		.wide	= "ref,owner,type,protocol,local,remote,state,recvq,sendq,users",
		.refs	= "raw:INODE",
	},
	.list	= inet_list_raw,
	SOCKET_FD,
};
