// SPDX-License-Identifier: GPL-2.0-or-later
#include "socket.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

#define DUMP_TRIES	8

void socket_each_ns(struct collector *col, enum part part,
		    void (*each)(struct socket_dump *dump), void *arg)
{
	const struct host *host = col->host;
	struct net_ns *ns;

	vec_for_each(ns, &col->net_nss) {
		struct socket_dump dump = {
			.col = col, .net_ns = ns->ino, .pid = ns->pid,
			.arg = arg,
		};
		struct host_dir proc;
		struct host_diag diag;
		char pid[16];
		int err = 0;

		if (ns->pid) {
			snprintf(pid, sizeof(pid), "%d", (int)ns->pid);
			err = host->ops->open_dir(host, &col->proc, pid, &proc);
			if (err < 0)
				continue;	/* it went, others may be left */
		}
		err = host->ops->open_diag(host, ns->pid ? &proc : NULL, &diag);
		if (ns->pid)
			host->ops->close_dir(&proc);
		if (err < 0) {
			snapshot_warn(col->snap, part, -err,
				      "network namespace %llu",
				      (unsigned long long)ns->ino);
			continue;
		}
		dump.diag = &diag;
		each(&dump);
		if (!dump.failed)
			ns->listed |= 1u << part;
		host->ops->close_diag(&diag);
	}
}

static void socket_dump_failed(struct socket_dump *dump, enum part part, int err,
			       const char *what)
{
	snapshot_warn(dump->col->snap, part, -err, "%s", what);
	dump->failed = true;
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

/* Which part lists the sockets of a protocol as the kernel names it
 * (struct proto's name, by the attribute system.sockprotoname). */
static const struct {
	const char *prefix;
	enum class_id class;
} protocols[] = {
	{ "UNIX", CLASS_unix }, { "TCP", CLASS_tcp }, { "UDP", CLASS_udp },
	{ "PING", CLASS_raw }, { "RAW", CLASS_raw },
	{ "NETLINK", CLASS_netlink }, { "PACKET", CLASS_packet },
};

bool socket_class(const struct host *host, const struct host_dir *fds,
		  const char *fd, enum class_id *class)
{
	char text[32];
	ssize_t len;
	size_t i;

	len = host->ops->sock_protocol(host, fds, fd, text, sizeof(text));
	for (i = 0; len > 0 && i < ARRAY_SIZE(protocols); i++) {
		size_t prefix = strlen(protocols[i].prefix);

		if ((size_t)len >= prefix && !memcmp(text, protocols[i].prefix, prefix)) {
			*class = protocols[i].class;
			return true;
		}
	}
	return false;
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

/* A process may have moved since it made or got the socket. */
static uint32_t socket_find_elsewhere(const struct collector *col, uint64_t ino,
				      uint64_t *net_ns)
{
	const struct net_ns *ns;

	vec_for_each(ns, &col->net_nss) {
		uint32_t object = snapshot_find(col->snap, socket_key(ns->ino, ino));

		if (object != NO_INDEX) {
			*net_ns = ns->ino;
			return object;
		}
	}
	return NO_INDEX;
}

/*
 * Sockets that no dump lists: TCP, UDP and netlink ones that are neither bound
 * nor connected, and those of namespaces that may not be entered.
 */
static bool socket_add_unlisted(struct fd_entry *fd, uint64_t net_ns, uint64_t ino)
{
	uint32_t object, nr = fd->scan->snap->objects.nr;
	enum class_id class;

	if (!socket_class(fd->scan->col->host, &fd->scan->fds, fd->name,
			  &class) || !class_wanted(fd->scan->col, class))
		return false;
	object = snapshot_object(fd->scan->snap, class, socket_key(net_ns, ino));
	if (fd->scan->snap->objects.nr > nr && !fd_stat(fd))
		object_set(fd->scan->snap, object, FIELD_UID, fd->st.uid);
	fd_edge_both(fd, object);
	return true;
}

/* Whether every socket of the classes asked for shows in a dump anyway. */
static bool socket_all_listed(const struct collector *col, uint64_t net_ns)
{
	const uint64_t unhashed = A_CLASS(tcp) | A_CLASS(udp) | A_CLASS(raw) | A_CLASS(netlink);
	const uint32_t wanted = col->query->parts & (NEED(UNIX) | NEED(PACKET));
	const struct net_ns *ns;

	if (col->query->classes & unhashed)
		return false;
	vec_for_each(ns, &col->net_nss) {
		if (ns->ino == net_ns)
			return !(wanted & ~ns->listed);
	}
	return false;
}

bool socket_fd(struct fd_entry *fd)
{
	const struct snapshot *base = fd->scan->snap->base;
	uint64_t ino, net_ns, flags = 0;
	struct edge *edge;
	uint32_t object;

	if (!link_number(fd->link, &ino))
		return false;
	net_ns = scan_net_ns(fd->scan);
	object = snapshot_find(base, socket_key(net_ns, ino));
	if (object == NO_INDEX)
		object = socket_find_elsewhere(fd->scan->col, ino, &net_ns);
	if (object == NO_INDEX)
		return socket_all_listed(fd->scan->col, net_ns) ||
		       socket_add_unlisted(fd, net_ns, ino);
	edge = fd_edge_both(fd, object | IN_BASE);
	if (!edge)
		return true;
	object_num(base, &base->objects.at[object], FIELD_FLAGS, &flags);
	if (flags & IS(LISTENING))
		edge->kind = EDGE_LISTENS;
	if (fd->scan->col->query->parts & NEED(FLIGHT) &&
	    class_infos[base->objects.at[object].class]->carries_fds)
		edge->in_flight_known = fd_info(fd, "scm_fds", &edge->in_flight);
	return true;
}
