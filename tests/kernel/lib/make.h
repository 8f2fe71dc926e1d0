/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makers of real IPC objects, for tests inside sandbox_enter().
 *
 * A function whose name ends in _in starts a child called `name` (see
 * sandbox_spawn()) and returns it when what it says has come about: the
 * segment is attached, the call is blocked.  The child then stays until it is
 * killed.  Descriptors that are returned belong to the caller.  Sizes are in
 * bytes.  Names of POSIX objects begin with "/" as in shm_open(3).
 */
#ifndef SANDBOX_MAKE_H
#define SANDBOX_MAKE_H

#include "sandbox.h"

#include <sys/socket.h>
#include <sys/un.h>

/* ---- System V (sysv.c) ------------------------------------------------- */

/* Make a segment; `flags` are mode bits and e.g. SHM_HUGETLB.  Its id. */
int make_shm(key_t key, size_t size, int flags);

/* The same, but -1 with errno where it cannot be made (no huge pages). */
int try_shm(key_t key, size_t size, int flags);

enum shm_extra {
	SHM_PLAIN,
	SHM_SPLIT,	/* mprotect one page in the middle: 3 mappings */
	SHM_HOLE,	/* unmap one page in the middle: 2 mappings */
	SHM_TWICE,	/* attach it twice: 2 mappings */
};

/*
 * A child with the segment attached; `flags` as for shmat(2), e.g. SHM_RDONLY.
 * value: the address of the (first) attachment.  SPLIT and HOLE need a size of
 * three pages at least.
 */
struct child *shm_attach_in(const char *name, int id, int flags,
			    enum shm_extra extra);

/* Mark for destruction (IPC_RMID); gone at once if nobody has it attached. */
void shm_remove(int id);

/* Make a set of n semaphores with these values (NULL: 0).  Its id. */
int make_sem(key_t key, int n, const unsigned short *values, int flags);

/* A child blocked in semop(2) on one semaphore: op < 0 or 0 (waits for 0). */
struct child *sem_wait_in(const char *name, int id, int num, int op);

/* A child that has done op with SEM_UNDO, and holds the undo. */
struct child *sem_undo_in(const char *name, int id, int num, int op);

/* Make a queue.  Its id. */
int make_msg(key_t key, int flags);

/* Send one message of `size` zero bytes. */
void msg_put(int id, long type, size_t size);

/* Send messages of `size` bytes until no more goes in.  How many. */
int msg_fill(int id, size_t size);

/* A child blocked in msgrcv(2) for this type (0: any). */
struct child *msg_receive_in(const char *name, int id, long type);

/* A child blocked in msgsnd(2), after msg_fill() with the same size. */
struct child *msg_send_in(const char *name, int id, long type, size_t size);

/* ---- POSIX (posix.c) --------------------------------------------------- */

/*
 * Make /dev/shm`path` with this size and mode (umask is not applied), the
 * first page written; directories in the path are made.  Its inode number.
 */
ino_t make_pshm(const char *path, size_t size, mode_t mode);

/* A child with it open (O_RDONLY, O_RDWR, O_PATH), not mapped.  value: fd. */
struct child *pshm_open_in(const char *name, const char *path, int flags);

/* A child with it mapped (PROT_...), no descriptor.  value: the address. */
struct child *pshm_map_in(const char *name, const char *path, int prot);

/* Unlink /dev/shm`path`. */
void pshm_unlink(const char *path);

/* Make a named semaphore as glibc does; nobody has it mapped.  Its inode. */
ino_t make_psem(const char *sem, unsigned int value, mode_t mode);

/* A child that has it open, that is mapped. */
struct child *psem_open_in(const char *name, const char *sem);

/* A child blocked in sem_wait(3); the value must be 0. */
struct child *psem_wait_in(const char *name, const char *sem);

/* Make a POSIX queue; it stays without a holder. */
void make_pmsg(const char *mq, long maxmsg, long msgsize, mode_t mode);

/* Send one message of `size` zero bytes. */
void pmsg_put(const char *mq, size_t size, unsigned int prio);

/* Send messages of `size` bytes until it is full.  How many went in. */
int pmsg_fill(const char *mq, size_t size);

/* A child with it open.  value: the descriptor. */
struct child *pmsg_open_in(const char *name, const char *mq, int flags);

/* A child blocked in mq_receive(3), the queue being empty. */
struct child *pmsg_receive_in(const char *name, const char *mq);

/* A child blocked in mq_send(3), the queue being full. */
struct child *pmsg_send_in(const char *name, const char *mq, size_t size);

/* ---- pipes and descriptors in general (pipe.c) ------------------------- */

/* Make a pipe; pipe(2) in both senses.  Its inode number. */
ino_t make_pipe(int ends[2]);

/* Inode number behind a descriptor. */
ino_t fd_inode(int fd);

/*
 * A child that keeps n of the caller's descriptors (any kind, same numbers)
 * and nothing else.  The caller closes its own.
 */
struct child *hold_in(const char *name, const int *fds, size_t n);
#define hold_fd_in(name, fd) hold_in(name, (const int[]){ fd }, 1)

/* A child that keeps fd only and is blocked in read(2). */
struct child *read_in(const char *name, int fd);

/* A child that keeps fd only, fills it, and is blocked in write(2). */
struct child *write_in(const char *name, int fd);

/* Write until no more goes in, without blocking.  Bytes. */
size_t fill_fd(int fd);

/* Make a FIFO.  Its inode number. */
ino_t make_fifo(const char *path, mode_t mode);

/*
 * Two FIFOs with one inode number: each is the first file of a new tmpfs, on
 * dir_a and dir_b.  The paths are dir_a/fifo and dir_b/fifo.  The number.
 */
ino_t make_twin_fifos(const char *dir_a, const char *dir_b);

/* A child blocked in open(2) of a FIFO, O_RDONLY or O_WRONLY. */
struct child *fifo_open_in(const char *name, const char *path, int flags);

/* ---- sockets (socket.c, inet.c) ---------------------------------------- */

/*
 * An address: a path, or "@name" for an abstract one; len bytes of `name` (it
 * may hold any bytes), strlen() if len is 0.  Returns the address's length.
 */
socklen_t unix_address(struct sockaddr_un *addr, const char *name, size_t len);

/* A bound socket of this type (SOCK_...), not listening.  NULL: autobind. */
int unix_bound(int type, const char *name);

/* A bound and listening socket, stream or seqpacket. */
int unix_listener(int type, const char *name, int backlog);

/* A connected socket: to a listener (not yet accepted) or a datagram socket. */
int unix_connected(int type, const char *name);

/* Accept one connection. */
int unix_accepted(int listener);

/* Two sockets connected to each other. */
void unix_pair(int type, int ends[2]);

/* Bind to a path and close: a path without a socket. */
void unix_stale(int type, const char *path);

/*
 * Connect without blocking until the backlog is full.  How many connections;
 * their sockets go to fds (at most `most`), and stay open.
 */
size_t unix_fill_backlog(int type, const char *name, int *fds, size_t most);

/* A child blocked in connect(2), the backlog being full. */
struct child *unix_connect_in(const char *name, int type, const char *to);

/* A child that keeps the listener only and is blocked in accept(2). */
struct child *accept_in(const char *name, int listener);

/* Send fd through a UNIX socket: it stays in flight until it is received. */
void unix_send_fd(int sock, int fd);

/* A child blocked in sendto(2) to a bound datagram socket whose queue is full. */
struct child *unix_sendto_in(const char *name, const char *to);

/* A listening TCP socket (AF_INET, AF_INET6) on loopback; *port is set. */
int tcp_listener(int family, unsigned short *port);

/* Connect to it.  The caller may accept(2). */
int tcp_connected(int family, unsigned short port);

/* A UDP socket bound on loopback; *port is set. */
int udp_bound(int family, unsigned short *port);

/* A UDP socket connected to a port on loopback. */
int udp_connected(int family, unsigned short port);

/* A raw socket for a protocol (IPPROTO_ICMP, IPPROTO_ICMPV6). */
int raw_socket(int family, int protocol);

/* A bound netlink socket (NETLINK_ROUTE); its port id if `port` is not NULL. */
int netlink_bound(int protocol, unsigned int *port);

/* A packet socket, SOCK_RAW or SOCK_DGRAM, bound to lo. */
int packet_bound(int type);

/* ---- the rest (misc.c) ------------------------------------------------- */

/* A memfd of this size, first page written. */
int make_memfd(const char *name, size_t size);

/* An eventfd; EFD_SEMAPHORE in flags if wanted. */
int make_eventfd(unsigned int value, int flags);

/* The eventfd-id of an eventfd, from /proc/self/fdinfo. */
long eventfd_id(int fd);

/*
 * Open a pty pair of the devpts instance on `dir` ("/dev/pts" or one of
 * sandbox_mount_devpts()).  fds: master, slave.  Returns its index.
 */
int make_pty(const char *dir, int fds[2]);

/* ---- hostile names (names.c) ------------------------------------------- */

struct hostile {
	const char *what;	/* for messages: "newline", ... */
	const char *name;	/* without "/", at most 15 bytes, never empty */
};

/* For file names, comm, abstract addresses alike; ends with what == NULL. */
extern const struct hostile hostile_names[];

/* A name of n bytes ("nnn..."), at most 255, with no NUL behind n in buf. */
const char *long_name(char buf[256], size_t n);

#endif
