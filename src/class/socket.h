/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_SOCKET_H
#define CLASS_SOCKET_H

/* What all classes of sockets share: sock_diag(7). */

#include "class.h"

static inline struct object_key socket_key(uint64_t net_ns, uint64_t ino)
{
	return (struct object_key){ .space = SPACE_SOCKET, .ns = net_ns,
				    .id = ino };
}

/* What all classes of sockets have in common. */
#define SOCKET_INFO \
	.noun = "socket", .space = SPACE_SOCKET, .groups = GROUP_SOCKET, \
	.persistence = PERSISTENCE_PROCESS, .users_by = NEED(FDS) | NEED(FLIGHT), \
	.waits_by = NEED(CALLS) | NEED(FDS), .polled = true
#define SOCKET_FD	.link = "socket:[", .fd = socket_fd

/* A dump in one network namespace. */
struct socket_dump {
	struct collector *col;
	struct host_diag *diag;
	uint64_t net_ns;
	void *arg;
};

/* For each network namespace to be listed now: calls @each with
 * an open diag socket in it and @arg. @part is warned about where it cannot be. */
void socket_each_ns(struct collector *col, enum part part,
		    void (*each)(struct socket_dump *dump), void *arg);
/*
 * One dump of SOCK_DIAG_BY_FAMILY; asked again if it was interrupted. What it
 * says is the caller's @each, with the dump as its argument. It was warned
 * about one that failed.
 */
void socket_dump(struct socket_dump *dump, enum part part, const char *what,
		 const void *req, size_t len, host_diag_fn *each);
/* The same, but false where this kernel has no handler, for the caller to
 * look elsewhere. */
bool socket_try_dump(struct socket_dump *dump, enum part part,
		     const char *what, const void *req, size_t len,
		     host_diag_fn *each);

/* The hook of all: a socket is found by its number alone. */
bool socket_fd(struct fd_entry *fd);

/* Once more namespaces are listed: what @shard has of sockets that are theirs is of
 * them. */
void socket_settle(struct collector *col, struct snapshot *shard);

/* The payload of attribute @type behind a header of @header bytes in @msg;
 * NULL if there is none of at least @least bytes. */
const void *socket_attr(const struct nlmsghdr *msg, size_t header,
			unsigned int type, size_t least, size_t *len);

/* The class of the socket that descriptor @fd of @fds is, and its protocol, which may be in
 * @text; NULL: the class has none, or others tell it. 1, or -errno. */
#define SOCKET_PROTOCOL_ROOM	64
int socket_class(const struct host *host, const struct host_dir *fds, const char *fd,
		 enum class_id *class, const char **protocol, char text[SOCKET_PROTOCOL_ROOM]);

/* SOCK_STREAM and so on. */
const char *socket_type_word(uint8_t type);
/* IS() of what the kernel has as sk_shutdown. */
uint64_t socket_shut(uint8_t shutdown);
/* Whether a field means anything for a socket: one that listens has connections in its queue,
 * another has bytes, and of a stream there is no next message. */
bool socket_applies(const struct snapshot *snap, const struct object *obj, enum field_id field);
/* Sets FIELD_LOCAL to the name of interface @index in the namespace of the dump, or its number
 * if it has gone; "*" of 0, any. Behind it @queue, if that is not NULL. */
void socket_set_interface(struct socket_dump *dump, uint32_t object, uint32_t index,
			  const uint32_t *queue);
/* A hook for classes of whose sockets no dump tells the owner (FIELD_UID): who made a socket
 * owns its inode. */
void socket_find_owners(struct collector *col, struct attachments *attached);

/* Adds to the sockets that matter when a few processes were asked for. */
void socket_ask(struct collector *col, const struct inodes *more);
bool socket_is_asked(const struct collector *col, uint64_t ino);

/* What is in flight (flight.c): notes a message about a UNIX socket, if no descriptor can
 * be in its queue; @arg is the collector. */
int flight_note(void *arg, const struct nlmsghdr *msg);
/* The same for all of a namespace. */
void flight_list(struct collector *col, struct net_ns *ns);
bool flight_is_quiet(const struct collector *col, uint64_t ino);
/* Hooks for sockets, which may be of a class, too, and are looked at in the end; and for
 * rings. */
bool flight_socket(struct fd_entry *fd);
bool flight_ring(struct fd_entry *fd);
bool flight_vma(struct scan *scan, const struct host_vma *vma);
/* Whether descriptors are in the queue of a socket. */
void flight_look(struct fd_entry *fd);

/* The hooks of UNIX sockets for names and paths (unix_path.c). */
uint32_t unix_path_file(const struct collector *col, struct snapshot *snap,
			const struct host_stat *st, const char *path, size_t len);
const struct str *unix_path_called(const struct snapshot *snap, const struct object *obj);
bool unix_path_applies(const struct snapshot *snap, const struct object *obj,
		       enum field_id field);
void unix_path_locate(struct collector *col);
/* Notes the path that the UNIX socket of @msg, already an object, is bound to; later, what
 * a path leads to for the process looked at. */
void unix_path_note(struct collector *col, const struct nlmsghdr *msg, uint32_t object);
uint32_t unix_path_address(struct scan *scan, const char *path);
/* A socket that is listed, of namespace @ns or else of any: NO_INDEX. */
uint32_t socket_find(const struct collector *col, uint64_t ns, uint64_t ino);

#endif
