// SPDX-License-Identifier: GPL-2.0-or-later
#include "socket.h"

#include <errno.h>
#include <net/if.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define DUMP_TRIES	8

void socket_each_ns(struct collector *col, enum part part,
		    void (*each)(struct socket_dump *dump), void *arg)
{
	uint32_t i;

	for (i = col->first_net_ns; i < col->net_nss.nr; i++) {
		struct net_ns *ns = &col->net_nss.at[i];
		struct socket_dump dump = {
			.col = col, .net_ns = ns->ino, .arg = arg, .diag = &ns->diag,
		};

		if (ns->err)
			snapshot_warn(col->snap, part, -ns->err, "network namespace %llu",
				      (unsigned long long)ns->ino);
		else
			each(&dump);
	}
}

static void socket_dump_failed(struct socket_dump *dump, enum part part, int err,
			       const char *what)
{
	snapshot_warn(dump->col->snap, part, -err, "%s", what);
}

bool socket_try_dump(struct socket_dump *dump, enum part part,
		     const char *what, const void *req, size_t len,
		     host_diag_fn *each)
{
	const struct host *host = dump->col->host;
	int err = -EINTR, tries;

	/* Objects are found again by their number: what came twice is one. */
	for (tries = 0; err == -EINTR && tries < DUMP_TRIES; tries++)
		err = host->ops->dump(dump->diag, SOCK_DIAG_BY_FAMILY, req, len, each, dump);
	if (err == -ENOENT)
		return false;
	if (err < 0)
		socket_dump_failed(dump, part, err, what);
	return true;
}

void socket_dump(struct socket_dump *dump, enum part part, const char *what,
		 const void *req, size_t len, host_diag_fn *each)
{
	if (!socket_try_dump(dump, part, what, req, len, each))
		socket_dump_failed(dump, part, -EOPNOTSUPP, what);
}

const void *socket_attr(const struct nlmsghdr *msg, size_t header,
			unsigned int type, size_t least, size_t *len)
{
	const char *at = (const char *)NLMSG_DATA(msg) + NLMSG_ALIGN(header);
	const char *end = (const char *)msg + msg->nlmsg_len;

	while (end - at >= (ptrdiff_t)sizeof(struct rtattr)) {
		const struct rtattr *attr = (const void *)at;

		if (attr->rta_len < sizeof(*attr) || attr->rta_len > end - at)
			return NULL;
		if (attr->rta_type == type) {
			*len = attr->rta_len - RTA_LENGTH(0);
			return *len >= least ? RTA_DATA(attr) : NULL;
		}
		at += RTA_ALIGN(attr->rta_len);
		if (at > end)
			return NULL;
	}
	return NULL;
}

/* Of which class the sockets of a protocol are as the kernel names it (struct proto's
 * name, by the attribute system.sockprotoname), and what FIELD_PROTOCOL says of them. */
static const struct {
	const char *prefix;
	enum class_id class;
	const char *protocol;
} protocols[] = {
	{ "UNIX",	CLASS_unix,	NULL },
	{ "TCP",	CLASS_tcp,	NULL },
	{ "MPTCP",	CLASS_tcp,	NULL },
	{ "UDP-Lite",	CLASS_udp,	"udplite" },
	{ "UDPLITE",	CLASS_udp,	"udplite" },
	{ "UDP",	CLASS_udp,	"udp" },
	{ "PINGv6",	CLASS_raw,	"icmpv6" },
	{ "PING",	CLASS_raw,	"icmp" },
	{ "RAW",	CLASS_raw,	NULL },
	{ "NETLINK",	CLASS_netlink,	NULL },
	{ "PACKET",	CLASS_packet,	NULL },
	{ "AF_VSOCK",	CLASS_vsock,	NULL },
	{ "XDP",	CLASS_xdp,	NULL },
	{ "",		CLASS_sock,	NULL },		/* any other */
};

int socket_class(const struct host *host, const struct host_dir *fds,
		 const char *fd, enum class_id *class, const char **protocol,
		 char text[SOCKET_PROTOCOL_ROOM])
{
	ssize_t len = host->ops->sock_protocol(host, fds, fd, text, SOCKET_PROTOCOL_ROOM - 1);
	size_t i;

	if (len < 0)
		return (int)len;
	text[len] = '\0';
	for (i = 0; strncmp(text, protocols[i].prefix, strlen(protocols[i].prefix)); i++)
		;
	*class = protocols[i].class;
	*protocol = *class == CLASS_sock && len ? text : protocols[i].protocol;
	return 1;
}

const char *socket_type_word(uint8_t type)
{
	switch (type) {
	case SOCK_STREAM:	return "stream";
	case SOCK_DGRAM:	return "dgram";
	case SOCK_SEQPACKET:	return "seqpacket";
	default:		return "other";
	}
}

uint64_t socket_shut(uint8_t shutdown)
{
	return (shutdown & 1 << SHUT_RD ? IS(SHUT_READ) : 0) |
	       (shutdown & 1 << SHUT_WR ? IS(SHUT_WRITE) : 0);
}

bool socket_applies(const struct snapshot *snap, const struct object *obj, enum field_id field)
{
	uint64_t flags = 0, type;
	bool listens;

	object_num(snap, obj, FIELD_FLAGS, &flags);
	listens = flags & IS(LISTENING);
	switch (field) {
	case FIELD_RECVQ:
	case FIELD_SENDQ:
	case FIELD_SENDMEM:
		return !listens;
	case FIELD_RECVNEXT:
		return object_num(snap, obj, FIELD_TYPE, &type) &&
		       !strcmp((const char *)(uintptr_t)type, "dgram");
	case FIELD_PENDING:
	case FIELD_BACKLOG:
		return listens;
	default:
		return true;
	}
}

void socket_set_interface(struct socket_dump *dump, uint32_t object, uint32_t index,
			  const uint32_t *queue)
{
	const struct host *host = dump->col->host;
	struct buf *text = &dump->col->scratch;
	char name[IF_NAMESIZE];

	buf_reset(text);
	if (!index)
		buf_putc(text, '*');
	else if (host->ops->interface_name(dump->diag, index, name))
		buf_printf(text, "interface %u", index);
	else
		buf_puts(text, name);
	if (queue)
		buf_printf(text, ":q%u", *queue);
	object_set_str(dump->col->snap, object, FIELD_LOCAL, text->data, text->len);
}

void socket_find_owners(struct collector *col, struct attachments *attached)
{
	struct snapshot *snap = col->snap;
	const struct edge *edge;

	vec_for_each(edge, &snap->edges) {
		const struct process *proc;
		const struct object *obj;
		struct host_stat st;
		char path[64];
		uint64_t uid;

		if (edge->fd < 0 || edge->process == NO_INDEX)
			continue;
		obj = &snap->objects.at[edge->object];
		if (obj->key.space != SPACE_SOCKET || object_num(snap, obj, FIELD_UID, &uid) ||
		    !object_wants(snap, obj->class, FIELD_UID))
			continue;
		proc = &snap->processes.at[edge->process];
		snprintf(path, sizeof(path), "%d/fd/%d", (int)(edge->tid ?: proc->pid), edge->fd);
		if (!col->host->ops->stat(col->host, &col->proc, path, HOST_FOLLOW, &st) &&
		    (st.mode & S_IFMT) == S_IFSOCK && st.ino == obj->key.id)
			object_set(snap, edge->object, FIELD_UID, st.uid);
	}
}

static int socket_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool socket_is_asked(const struct collector *col, uint64_t ino)
{
	return col->sockets.nr && bsearch(&ino, col->sockets.at, col->sockets.nr, sizeof(ino),
					  socket_compare);
}

void socket_ask(struct collector *col, const struct inodes *more)
{
	const uint64_t *ino;

	vec_for_each(ino, more)
		*vec_add(&col->sockets) = *ino;
	if (col->sockets.nr)
		qsort(col->sockets.at, col->sockets.nr, sizeof(*ino), socket_compare);
}

/* A process may have moved since it made or got the socket, and peers are of any. */
uint32_t socket_find(const struct collector *col, uint64_t ns, uint64_t ino)
{
	uint32_t object = snapshot_find(col->snap, socket_key(ns, ino)), i;

	for (i = 0; i < col->net_nss.nr && object == NO_INDEX; i++)
		object = snapshot_find(col->snap, socket_key(col->net_nss.at[i].ino, ino));
	return object;
}

/*
 * Sockets that no dump lists: TCP, UDP and netlink ones that are neither bound
 * nor connected, those of families without a class, and those of namespaces that may not be entered or that only a
 * descriptor or a mount or the socket keeps. Their namespace need not be that of
 * who has them.
 */
static struct edge *socket_add_unlisted(struct fd_entry *fd, uint64_t ino, enum class_id *class)
{
	uint32_t object, nr = fd->scan->snap->objects.nr;
	char text[SOCKET_PROTOCOL_ROOM];
	const char *protocol;
	int ret = socket_class(fd->scan->col->host, &fd->scan->fds, fd->name, class, &protocol,
			       text);

	/* Of what is no socket any more nothing is told. */
	if (ret < 0 && ret != -EOPNOTSUPP)
		scan_gap(fd->scan, PART_FDS, ret);
	if (ret <= 0 || !(fd->scan->col->query->classes & A_CLASS_OF(*class)))
		return NULL;
	object = snapshot_object(fd->scan->snap, *class, socket_key(0, ino));
	if (fd->scan->snap->objects.nr > nr && !fd_stat(fd))
		object_set(fd->scan->snap, object, FIELD_UID, fd->st.uid);
	if (protocol)
		object_set_str(fd->scan->snap, object, FIELD_PROTOCOL, protocol, strlen(protocol));
	return fd_edge_both(fd, object);
}

bool socket_fd(struct fd_entry *fd)
{
	const struct collector *col = fd->scan->col;
	const struct snapshot *base = fd->scan->snap->base;
	enum class_id class = NR_CLASSES;
	uint64_t ino, flags = 0;
	struct edge *edge;
	uint32_t object;

	if (!link_number(fd->link, &ino))
		return false;
	object = socket_find(col, scan_net_ns(fd->scan), ino);
	if (object == NO_INDEX && !(col->query->parts & NEED(UNIX)) && flight_is_quiet(col, ino))
		return true;
	if (object != NO_INDEX) {
		class = base->objects.at[object].class;
		object_num(base, &base->objects.at[object], FIELD_FLAGS, &flags);
		edge = fd_edge_both(fd, object | IN_BASE);
	} else {
		edge = socket_add_unlisted(fd, ino, &class);
	}
	if (edge && flags & IS(LISTENING))
		edge->kind = EDGE_LISTENS;
	if (col->flight && (class == CLASS_unix || class == NR_CLASSES))
		flight_socket(fd);
	return true;
}

void socket_settle(struct collector *col, struct snapshot *shard)
{
	struct object *obj;
	struct edge *edge;
	uint32_t object;
	uint64_t flags;

	vec_for_each(obj, &shard->objects) {
		if (obj->key.space != SPACE_SOCKET || obj->key.ns)
			continue;
		object = socket_find(col, 0, obj->key.id);
		if (object != NO_INDEX)
			obj->key.ns = col->snap->objects.at[object].key.ns;
	}
	vec_for_each(edge, &shard->edges) {
		if (edge->kind != EDGE_OPEN || edge->object & IN_BASE)
			continue;
		obj = &shard->objects.at[edge->object];
		if (obj->key.space != SPACE_SOCKET || !obj->key.ns)
			continue;
		object = snapshot_find(col->snap, obj->key);
		if (object == NO_INDEX)
			continue;
		obj = &col->snap->objects.at[object];
		if (object_num(col->snap, obj, FIELD_FLAGS, &flags) && flags & IS(LISTENING))
			edge->kind = EDGE_LISTENS;
	}
}

static const struct class_field sock_fields[] = { HAS(UID), HAS(PROTOCOL) };

DEFINE_CLASS(sock) = {
	.info = {
		SOCKET_INFO,
		.name	= "sock",
		.title	= "socket of another family",
		.manual	= "socket(2), address_families(7)",
		FIELDS(sock_fields),
		.listed_by = NEED(NET_NS) | NEED(FDS),
		.columns = "ref,owner,protocol,users",
		.wide	= "ref,owner,protocol,users",
		.refs	= "sock:INODE",
	},
	SOCKET_FD,
};
