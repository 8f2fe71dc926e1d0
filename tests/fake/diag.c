// SPDX-License-Identifier: GPL-2.0-or-later
/* sock_diag of a fixture: which of its sockets answer a request. */

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <linux/vm_sockets_diag.h>
#include <linux/xdp_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "internal.h"

#define ALL_STATES	UINT32_MAX
#define ANY		UINT32_MAX

struct fixture_diag {
	uint64_t netns;		/* 0: the tool's own */
	char room[FIXTURE_MESSAGE_ROOM] __attribute__((aligned(8)));
};

/* What a request asks for. */
struct request {
	enum sock_kind kind;
	uint32_t family;	/* of addresses; ANY */
	uint32_t protocol;	/* of netlink; ANY */
	uint32_t states;
	uint32_t show;
};

/* N of the link "net:[N]" there; 0 if there is none. */
static uint64_t netns_of_link(const struct host *host,
			      const struct host_dir *at, const char *path)
{
	struct node *node;
	uint64_t ino;
	int err;

	node = fixture_walk(fixture_of(host), at ? at->priv : NULL, path, false,
			    &err);
	if (!node || node->kind != NODE_LINK ||
	    !fixture_bracket_ino(&node->data, "net:[", &ino))
		return 0;
	return ino;
}

static int open_in(const struct host *host, uint64_t netns, struct host_diag *diag)
{
	struct fixture_diag *priv = mem_zero(1, sizeof(*priv));

	diag->ns = netns;
	priv->netns = netns == netns_of_link(host, NULL, "/proc/self/ns/net") ? 0 : netns;
	diag->priv = priv;
	return 0;
}

int fixture_open_diag(const struct host *host, const struct host_dir *at, const char *path,
		      struct host_diag *diag)
{
	uint64_t netns;
	int ret;

	*diag = (struct host_diag){ .host = host, .fd = -1 };
	ret = fixture_enter(fixture_of(host), HOST_OP(open_diag));
	if (ret)
		return ret;
	netns = path ? netns_of_link(host, at, path) : 0;
	return path && !netns ? -EPERM : open_in(host, netns, diag);
}

int fixture_open_diag_of(const struct host *host, pid_t tid, const char *path, int fd,
			 uint64_t socket, struct host_diag *diag)
{
	const struct facts *facts;
	struct node *node;
	char name[4096];
	uint64_t ino;
	int ret;

	*diag = (struct host_diag){ .host = host, .fd = -1 };
	ret = fixture_enter(fixture_of(host), HOST_OP(open_diag_of));
	if (ret)
		return ret;
	if (path) {
		snprintf(name, sizeof(name), "/proc/%d/root%s", tid, path);
		ino = netns_of_link(host, NULL, name);
		return ino ? open_in(host, ino, diag) : -EPERM;
	}
	snprintf(name, sizeof(name), "/proc/%d/fd/%d", tid, fd);
	node = fixture_walk(fixture_of(host), NULL, name, false, &ret);
	if (!node)
		return ret;
	if (!fixture_bracket_ino(&node->data, "socket:[", &ino) || ino != socket)
		return -ESTALE;
	facts = fixture_facts(fixture_of(host), node);
	if (!facts || !facts->netns)
		return -ESTALE;
	return facts->netns == 1 ? -EPERM : open_in(host, facts->netns, diag);
}

/* /proc/self/net of the text, or /proc/net-NS of another namespace. */
static int read_net_file(struct host_diag *diag, const char *file, struct buf *buf)
{
	const struct fixture_diag *priv = diag->priv;
	const struct host_ops *ops = diag->host->ops;
	char path[128];

	if (priv->netns)
		snprintf(path, sizeof(path), "/proc/net-%llu/%s",
			 (unsigned long long)priv->netns, file);
	else
		snprintf(path, sizeof(path), "/proc/self/net/%s", file);
	return ops->read_file(diag->host, NULL, path, buf);
}

int fixture_read_net(struct host_diag *diag, const char *file, struct buf *buf)
{
	int ret = fixture_enter(fixture_of(diag->host), HOST_OP(read_net));

	buf_reset(buf);
	ret = ret ?: read_net_file(diag, file, buf);
	return ret == -ENOENT ? 0 : ret;
}

/* Interface 1 is lo; those from 100 on have gone. */
int fixture_interface_name(struct host_diag *diag, uint32_t index, char *to)
{
	int ret = fixture_enter(fixture_of(diag->host), HOST_OP(interface_name));

	if (ret || index >= 100)
		return ret ?: -ENODEV;
	snprintf(to, IF_NAMESIZE, index == 1 ? "lo" : "eth%u", index);
	return 0;
}

void fixture_close_diag(struct host_diag *diag)
{
	if (diag->priv)
		fixture_enter(fixture_of(diag->host), HOST_OP(close_diag));
	free(diag->priv);
	diag->priv = NULL;
}

static int read_unix(const void *req, size_t len, struct request *to)
{
	const struct unix_diag_req *is = req;

	if (len < sizeof(*is))
		return -EINVAL;
	to->kind = SOCK_UNIX;
	to->states = is->udiag_states;
	to->show = is->udiag_show;
	return 0;
}

static int read_inet(const void *req, size_t len, struct request *to)
{
	const struct inet_diag_req_v2 *is = req;

	if (len < sizeof(*is))
		return -EINVAL;
	to->family = is->sdiag_family;
	to->states = is->idiag_states;
	switch (is->sdiag_protocol) {
	case IPPROTO_TCP:
		to->kind = SOCK_TCP;
		return 0;
	case IPPROTO_UDP:
		to->kind = SOCK_UDP;
		return 0;
	case IPPROTO_RAW:
		to->kind = SOCK_RAW4;
		return 0;
	case IPPROTO_UDPLITE:
		to->kind = SOCK_UDPLITE;
		return 0;
	}
	return -ENOENT;
}

static int read_netlink(const void *req, size_t len, struct request *to)
{
	const struct netlink_diag_req *is = req;

	if (len < sizeof(*is))
		return -EINVAL;
	to->kind = SOCK_NETLINK;
	to->show = is->ndiag_show;
	if (is->sdiag_protocol != NDIAG_PROTO_ALL)
		to->protocol = is->sdiag_protocol;
	return 0;
}

static int read_packet(const void *req, size_t len, struct request *to)
{
	const struct packet_diag_req *is = req;

	if (len < sizeof(*is) || is->sdiag_protocol)
		return -EINVAL;
	to->kind = SOCK_PACKETS;
	to->show = is->pdiag_show;
	return 0;
}

static int read_vsock(const void *req, size_t len, struct request *to)
{
	const struct vsock_diag_req *is = req;

	if (len < sizeof(*is))
		return -EINVAL;
	to->kind = SOCK_VM;
	to->states = is->vdiag_states;
	return 0;
}

static int read_xdp(const void *req, size_t len, struct request *to)
{
	const struct xdp_diag_req *is = req;

	if (len < sizeof(*is))
		return -EINVAL;
	to->kind = SOCK_XDP;
	to->show = is->xdiag_show;
	return 0;
}

static int read_by_family(const void *req, size_t len, struct request *to)
{
	const struct sock_diag_req *is = req;

	if (len < sizeof(*is))
		return -EINVAL;
	switch (is->sdiag_family) {
	case AF_UNIX:
		return read_unix(req, len, to);
	case AF_INET:
	case AF_INET6:
		return read_inet(req, len, to);
	case AF_NETLINK:
		return read_netlink(req, len, to);
	case AF_PACKET:
		return read_packet(req, len, to);
	case AF_VSOCK:
		return read_vsock(req, len, to);
	case AF_XDP:
		return read_xdp(req, len, to);
	}
	return -ENOENT;
}

/* The old request has one answer for both families. */
static int read_old(const void *req, size_t len, struct request *to)
{
	const struct inet_diag_req *is = req;

	if (len < sizeof(*is))
		return -EINVAL;
	to->kind = SOCK_TCP;
	to->states = is->idiag_states;
	return 0;
}

static int read_request(uint16_t type, const void *req, size_t len,
			struct request *to)
{
	*to = (struct request){ .family = ANY, .protocol = ANY,
				.states = ALL_STATES };
	if (type == SOCK_DIAG_BY_FAMILY)
		return read_by_family(req, len, to);
	return type == TCPDIAG_GETSOCK ? read_old(req, len, to) : -EINVAL;
}

static uint32_t family_of(const struct sock *sock)
{
	return sock->src.family ?: sock->dst.family ?: AF_INET;
}

static bool is_meant(const struct sock *sock, const struct request *is,
		     uint64_t netns)
{
	if (sock->kind != is->kind || sock->netns != netns)
		return false;
	if (sock->is_raw)
		return is->family == ANY || is->family == AF_INET;
	if (sock->state < 32 && !(is->states & 1u << sock->state))
		return false;
	if (is->protocol != ANY && is->protocol != sock->protocol)
		return false;
	return is->family == ANY || is->family == family_of(sock);
}

/* An error that the text wants; -EINTR comes after the messages. */
static int wanted_end(struct fixture *fx, const struct request *is,
		      uint64_t netns)
{
	struct sock *end;
	int err;

	vec_for_each(end, &fx->dump_ends) {
		if (end->kind != is->kind || end->netns != netns)
			continue;
		err = fixture_fails(&end->failure);
		if (err)
			return err;
	}
	return 0;
}

int fixture_dump(struct host_diag *diag, uint16_t type, const void *req,
		 size_t len, host_diag_fn *each, void *arg)
{
	struct fixture *fx = fixture_of(diag->host);
	struct fixture_diag *priv = diag->priv;
	const struct sock *sock;
	struct request is;
	int end, ret;

	ret = fixture_enter(fx, HOST_OP(dump)) ?:
	      read_request(type, req, len, &is);
	if (ret)
		return ret;
	end = wanted_end(fx, &is, priv->netns);
	if (end && end != -EINTR)
		return end;
	vec_for_each(sock, &fx->socks) {
		if (!is_meant(sock, &is, priv->netns))
			continue;
		ret = each(arg, fixture_encode(sock, priv->room, is.show));
		if (ret)
			return ret;
	}
	return end;
}
