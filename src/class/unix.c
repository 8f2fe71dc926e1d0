// SPDX-License-Identifier: GPL-2.0-or-later
/* UNIX sockets: unix(7), sock_diag(7), net/unix/diag.c. */
#include <linux/unix_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "socket.h"


/*
 * Abstract names begin with a NUL: '@' for people. A relative path that
 * begins with '@' gets "./", which means the same file.
 */
static void unix_name_text(struct buf *text, const char *name, size_t len)
{
	const char *end;

	buf_reset(text);
	if (!name[0]) {
		buf_putc(text, '@');
		buf_add(text, name + 1, len - 1);
		return;
	}
	end = memchr(name, '\0', len);
	if (name[0] == '@')
		buf_puts(text, "./");
	buf_add(text, name, end ? (size_t)(end - name) : len);
}

struct name_key {
	const struct snapshot *snap;
	uint64_t net_ns;
	const struct buf *text;
};

static uint64_t unix_name_hash(uint64_t net_ns, const char *data, size_t len)
{
	return hash_bytes(data, len) ^ net_ns;
}

static bool unix_same_name(const void *vec, uint32_t index, const void *arg)
{
	const struct object *obj = &((const struct object *)vec)[index];
	const struct name_key *key = arg;
	const struct str *name = object_str(key->snap, obj, FIELD_NAME);

	return name && obj->key.ns == key->net_ns && name->len == key->text->len &&
	       !memcmp(name->data, key->text->data, name->len);
}

/* @reached: somebody could connect to it, so that it is to be found. */
static void unix_set_name(struct socket_dump *dump, uint32_t object,
			  const char *name, size_t len, bool reached)
{
	struct collector *col = dump->col;
	struct buf *text = &col->scratch;

	unix_name_text(text, name, len);
	object_set_str(col->snap, object, FIELD_NAME, text->data, text->len);
	if (reached && text->data[0] == '@' && (col->query->parts & NEED(CALLS)))
		map_add(&col->unix_names,
			unix_name_hash(dump->net_ns, text->data, text->len), object);
}

/* A path leads to a file, an abstract name is looked up in the namespace of the socket. */
static uint32_t unix_address(struct scan *scan, uint32_t from, const char *name, size_t len)
{
	const struct collector *col = scan->col;
	struct name_key key = { .snap = col->snap, .text = &scan->text };
	char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1] = "";
	uint32_t object;

	if (name[0]) {
		memcpy(path, name, MIN(len, sizeof(path) - 1));
		return unix_path_address(scan, path);
	}
	unix_name_text(&scan->text, name, len);
	key.net_ns = from == NO_INDEX || !(from & IN_BASE) ? scan_net_ns(scan) :
		     col->snap->objects.at[from & ~IN_BASE].key.ns;
	object = map_find(&col->unix_names, unix_name_hash(key.net_ns, scan->text.data,
							   scan->text.len),
			  unix_same_name, col->snap->objects.at, &key);
	return object == NO_INDEX ? object : object | IN_BASE;
}

/* False: nobody is at the other end. */
static bool unix_add_pairs(struct collector *col, uint32_t object, const struct nlmsghdr *msg,
			   const struct unix_diag_rqlen *queues)
{
	const struct unix_diag_msg *diag = NLMSG_DATA(msg);
	const size_t header = sizeof(struct unix_diag_msg);
	const uint32_t *peer, *waiting;
	struct unix_pair *pair;
	size_t len, i;

	peer = socket_attr(msg, header, UNIX_DIAG_PEER, sizeof(*peer), &len);
	if (peer && *peer) {
		pair = vec_add(&col->pairs);
		*pair = (struct unix_pair){
			.object = object, .peer = *peer,
			.datagrams = diag->udiag_type == SOCK_DGRAM,
			.unread = queues ? queues->udiag_rqueue : 0,
			.unread_told = queues && diag->udiag_type != SOCK_DGRAM,
		};
	}
	waiting = socket_attr(msg, header, UNIX_DIAG_ICONS, sizeof(*waiting), &len);
	for (i = 0; waiting && i < len / sizeof(*waiting); i++) {
		if (!waiting[i])
			continue;
		pair = vec_add(&col->pairs);
		*pair = (struct unix_pair){ .object = object, .peer = waiting[i], .pending = true };
	}
	return peer && *peer;
}

/*
 * What is told as sent is memory (sk_wmem_alloc), of datagrams received the bytes of the first
 * (unix_inq_len() in net/unix/af_unix.c). The bytes that a stream has sent are those that its
 * peer has not read.
 */
static void unix_set_queues(struct snapshot *snap, uint32_t object,
			    const struct unix_diag_msg *diag, const struct unix_diag_rqlen *queues)
{
	if (diag->udiag_state == TCP_LISTEN) {
		object_set(snap, object, FIELD_PENDING, queues->udiag_rqueue);
		object_set(snap, object, FIELD_BACKLOG, queues->udiag_wqueue);
		return;
	}
	object_set(snap, object, FIELD_SENDMEM, queues->udiag_wqueue);
	if (!queues->udiag_wqueue)
		object_set(snap, object, FIELD_SENDQ, 0);
	if (diag->udiag_type == SOCK_DGRAM) {
		object_set(snap, object, FIELD_RECVNEXT, queues->udiag_rqueue);
		return;
	}
	object_set(snap, object, FIELD_RECVQ, queues->udiag_rqueue);
}

/* It is one of the sockets asked for, or the other end of one. */
static bool unix_is_asked(const struct collector *col, const struct nlmsghdr *msg)
{
	const struct unix_diag_msg *diag = NLMSG_DATA(msg);
	const uint32_t *peer;
	size_t len;

	if (!col->few || socket_is_asked(col, diag->udiag_ino))
		return true;
	peer = socket_attr(msg, sizeof(*diag), UNIX_DIAG_PEER, sizeof(*peer), &len);
	return peer && socket_is_asked(col, *peer);
}

static int unix_each(void *arg, const struct nlmsghdr *msg)
{
	struct socket_dump *dump = arg;
	struct snapshot *snap = dump->col->snap;
	const struct unix_diag_msg *diag = NLMSG_DATA(msg);
	const size_t header = sizeof(*diag);
	const struct unix_diag_rqlen *queues;
	const uint8_t *shut;
	const uint32_t *uid;
	const char *name;
	uint32_t object;
	bool listens, peer;
	size_t len;

	if (msg->nlmsg_len < NLMSG_LENGTH(header) ||
	    diag->udiag_family != AF_UNIX || !diag->udiag_ino ||
	    diag->udiag_ino == host_helper_sockets[0] ||
	    diag->udiag_ino == host_helper_sockets[1] ||
	    !unix_is_asked(dump->col, msg))
		return 0;
	if (dump->col->query->parts & NEED(FLIGHT))
		flight_note(dump->col, msg);
	listens = diag->udiag_state == TCP_LISTEN;
	object = snapshot_object(snap, CLASS_unix, socket_key(dump->net_ns, diag->udiag_ino));
	object_set_word(snap, object, FIELD_TYPE, socket_type_word(diag->udiag_type));
	/* The kernel leaves the state of one whose other end has gone as it was. */
	queues = socket_attr(msg, header, UNIX_DIAG_RQLEN, sizeof(*queues), &len);
	peer = unix_add_pairs(dump->col, object, msg, queues);
	object_flag(snap, object, listens ? IS(LISTENING) :
		    diag->udiag_state != TCP_ESTABLISHED ? 0 :
		    peer ? IS(CONNECTED) : IS(UNCONNECTED));
	shut = socket_attr(msg, header, UNIX_DIAG_SHUTDOWN, sizeof(*shut), &len);
	if (shut)
		object_flag(snap, object, socket_shut(*shut));
	name = socket_attr(msg, header, UNIX_DIAG_NAME, 1, &len);
	if (name)
		unix_set_name(dump, object, name, len,
			      listens || diag->udiag_type == SOCK_DGRAM);
	unix_path_note(dump->col, msg, object);
	uid = socket_attr(msg, header, UNIX_DIAG_UID, sizeof(*uid), &len);
	if (uid)
		object_set(snap, object, FIELD_UID, *uid);
	if (queues)
		unix_set_queues(snap, object, diag, queues);
	return 0;
}

static void unix_peer_edge(struct snapshot *snap, uint32_t object, uint32_t peer)
{
	snapshot_edge(snap, EDGE_PEER, NO_INDEX, object)->peer = peer;
}

/* Ends that do not point back: of datagrams, or not accepted yet. Whether there
 * are any. */
static bool unix_ask_for_peers(struct collector *col)
{
	const struct unix_pair *pair;
	struct inodes more = { 0 };
	bool any;

	vec_for_each(pair, &col->pairs) {
		if (socket_find(col, col->snap->objects.at[pair->object].key.ns, pair->peer) == NO_INDEX)
			*vec_add(&more) = pair->peer;
	}
	any = more.nr;
	socket_ask(col, &more);
	vec_free(&more);
	return any;
}

/* What a dump calls a peer may have gone before its own turn came, or be of a namespace
 * that is found later: by a path one reaches the sockets of all. */
static void unix_connect_pairs(struct collector *col)
{
	struct snapshot *snap = col->snap;
	const struct unix_pair *pair;
	uint32_t left = 0;

	vec_for_each(pair, &col->pairs) {
		uint32_t peer = socket_find(col, snap->objects.at[pair->object].key.ns, pair->peer);

		if (peer == NO_INDEX) {
			col->pairs.at[left++] = *pair;
			continue;
		}
		unix_peer_edge(snap, pair->object, peer);
		if (pair->unread_told)
			object_set(snap, peer, FIELD_SENDQ, pair->unread);
		if (pair->pending || pair->datagrams)
			unix_peer_edge(snap, peer, pair->object);
		if (pair->pending)
			object_flag(snap, peer, IS(CONNECTING));
		if (pair->datagrams)
			*vec_add(&col->receivers) =
				(struct receiver){ .object = pair->object, .to = peer };
	}
	col->pairs.nr = left;
}

static int unix_compare_receivers(const void *a, const void *b)
{
	const struct receiver *x = a, *y = b;

	return (x->object > y->object) - (x->object < y->object);
}

static uint32_t unix_receiver(struct scan *scan, uint32_t object)
{
	const struct collector *col = scan->col;
	const struct receiver key = { .object = object & ~IN_BASE };
	const struct receiver *found = NULL;

	if (object & IN_BASE && col->receivers.nr)
		found = bsearch(&key, col->receivers.at, col->receivers.nr, sizeof(key),
				unix_compare_receivers);
	return found ? found->to | IN_BASE : object;
}

static uint32_t unix_wanted_show(const struct snapshot *snap, uint64_t parts)
{
	static const enum field_id queues[] = {
		FIELD_RECVQ, FIELD_SENDQ, FIELD_RECVNEXT, FIELD_SENDMEM, FIELD_PENDING,
		FIELD_BACKLOG,
	};
	uint32_t show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(queues); i++) {
		if (parts & NEED(FLIGHT) || object_wants(snap, CLASS_unix, queues[i]))
			show |= UDIAG_SHOW_RQLEN;
	}
	if (object_wants(snap, CLASS_unix, FIELD_UID))
		show |= UDIAG_SHOW_UID;
	return show;
}

static void unix_ns(struct socket_dump *dump)
{
	struct unix_diag_req req = {
		.sdiag_family = AF_UNIX,
		.udiag_states = ~0u,
		.udiag_show = unix_wanted_show(dump->col->snap, dump->col->query->parts),
	};

	socket_dump(dump, PART_UNIX, "UNIX sockets", &req, sizeof(req), unix_each);
}

static void unix_list(struct collector *col)
{
	const uint32_t before = col->pairs.nr;

	socket_each_ns(col, PART_UNIX, unix_ns, NULL);
	if (col->few && unix_ask_for_peers(col)) {
		col->pairs.nr = before;
		socket_each_ns(col, PART_UNIX, unix_ns, NULL);
	}
	unix_connect_pairs(col);
	if (col->receivers.nr)
		qsort(col->receivers.at, col->receivers.nr, sizeof(col->receivers.at[0]),
		      unix_compare_receivers);
}

static const struct class_field unix_fields[] = {
	HAS(NAME), HAS(PATH), HAS(TYPE), HAS(UID), HAS(RECVQ), HAS(SENDQ), HAS(SENDMEM),
	HAS(RECVNEXT), HAS(PENDING),
	HAS(BACKLOG), HAS(PEERS), HAS_BY(PEER_USERS, NEED(FDS) | NEED(FLIGHT)),
	HAS_SHOWN(GID, NEED(PATHS)), HAS_SHOWN(MODE, NEED(PATHS)),
	HAS_SHOWN(CTIME, NEED(PATHS)), HAS_SHOWN(MTIME, NEED(PATHS)),
	HAS_SHOWN(BTIME, NEED(PATHS)),
};

DEFINE_CLASS(unix) = {
	.info = {
		SOCKET_INFO,
		.name	= "unix",
		.title	= "UNIX socket",
		.manual	= "socket(2), unix(7)",
		FIELDS(unix_fields),
		.listed_by = NEED(NET_NS) | NEED(UNIX),
		.columns = "ref,type,state,peers,users,peer_users",
		.wide	= "ref,owner,type,state,recvq,sendq,pending,peers,peer_users,users",
		.refs	= "unix:INODE, unix:/PATH or unix:@ABSTRACT",
		.abstract_names = true,
		.called	= unix_path_called,
		.applies = unix_path_applies,
	},
	.list	= unix_list,
	SOCKET_FD,
	.file_type = S_IFSOCK,
	.file	= unix_path_file,
	.address = unix_address,
	.receiver = unix_receiver,
	.locate	= unix_path_locate,
};
