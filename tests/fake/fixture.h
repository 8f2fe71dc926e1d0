/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_FIXTURE_H
#define IPCSCOPE_FIXTURE_H

/*
 * A host that answers from a text: for tests, and for the machines of others.
 *
 * A line is a statement: words between blanks. "..." keeps blanks in a word,
 * \xHH and \\ are bytes as in text_safe(); what begins with # is a comment.
 * Numbers are decimal, 0x or 0 octal; devices MAJOR:MINOR; the order of
 * statements is that of listings, nothing else hangs on it.
 *
 *	host hostname=W kernel=W uid=N pid=N ticks=N page_size=N now=N
 *	user ID NAME
 *	group ID NAME
 *	memory_dev DEV...		default 0:1
 *	process PID start=N unit=W
 *	mem PID ADDRESS HEX
 *	files TID N			the table of descriptors it has; default 0
 *	memory PID N			default: one of its own
 *
 *	dir PATH [FACT...]		needed only for its facts: directories
 *					are implied by what is in them
 *	file PATH [FACT...] [text=W]	with what is in it, or:
 *	file PATH [FACT...] <<WORD	the lines up to one that is WORD
 *	link PATH -> TARGET [FACT...]	facts: of what it leads to
 *
 * FACT: mode=N (the type of file may be among its bits) dev=DEV rdev=DEV
 * ino=N nlink=N uid=N gid=N size=N used=N atime=N mtime=N ctime=N btime=N
 * magic=N (fs_magic); of links: lmode=N (their own: 0500 of a descriptor open
 * for reading), proto=W (sock_protocol), netns=N
 * (of a socket, open_diag_of; 1: it may not be copied), unread=N capacity=N (pipe_fill),
 * maxmsg=N msgsize=N messages=N (mq_attr); of directories: bytes=N free_bytes=N
 * inodes=N free_inodes=N (fs_space). The
 * dev, uid and gid of a file or directory default to those of the directory
 * it is in. A link without facts leads to TARGET if that is in the text;
 * pipe:[N] and socket:[N] are of themselves a pipe and a socket of inode N.
 * open_maps() takes the text of the file "maps".
 *
 *	shm id=N key=N uid=N gid=N cuid=N cgid=N mode=N size=N nattch=N
 *	    cpid=N lpid=N ctime=N atime=N dtime=N
 *	sem id=N ... nsems=N otime=N values=N,N pids=N,N ncnt=N,N zcnt=N,N
 *	    error=ERRNO			of values and detail
 *	msg id=N ... bytes=N messages=N qbytes=N lspid=N lrpid=N stime=N rtime=N
 *	mq NAME maxmsg=N msgsize=N messages=N [FACT...]
 *					the file mqueue:/NAME
 *
 * With ns=N they are of another IPC namespace, which a link to ipc:[N] leads to; its queues are
 * the files of the directory /mqueue:N. One line is one statement. cuid and cgid default to uid and gid, index=N to
 * the one that is in the id, nsems to the number of values.
 *
 *	diag unix type=N state=N ino=N name=W peer=N icons=N,N rqueue=N
 *	    wqueue=N uid=N shutdown=N vfs_dev=DEV vfs_ino=N
 *	diag tcp|udp|udplite|raw src=A:P dst=A:P state=N ino=N uid=N rqueue=N wqueue=N
 *	diag netlink protocol=N type=N state=N portid=N dst_portid=N groups=N ino=N
 *	diag packet type=N num=N ino=N uid=N ifindex=N
 *	diag vsock type=N state=N ino=N src_cid=N src_port=N dst_cid=N dst_port=N
 *	diag xdp ino=N uid=N ifindex=N queue=N
 *	message KIND HEX		one message as it comes, no header
 *
 * Each with netns=N: the inode of the network namespace, by which a process's
 * link ns/net leads there; without, the tool's own. Numbers as the kernel has
 * them: type 1 stream, 2 dgram, 5 seqpacket; state 1 established, 7 closed, 10
 * listening. Addresses 127.0.0.1:80 or [::1]:80. They become netlink messages
 * with the attributes that a request shows. The name of an abstract socket
 * begins with \x00. "diag KIND error=ERRNO" is the end of that dump.
 *
 *	error PATH ERRNO [OP...]	these operations, named as in host_ops;
 *					none: all but stat without HOST_FOLLOW
 *	error OP ERRNO			whatever it is asked for
 *
 * With times=N (diag, too) only the first N times.
 */

#include "host/host.h"

/* NULL, and @why, if the text is not one. It is not needed afterwards. */
struct host *fixture_open(const char *text, size_t len, char why[256]);
void fixture_close(struct host *host);

/* How often each operation was called: calls[HOST_OP(read_link)]. */
#define HOST_OP(op)	(offsetof(struct host_ops, op) / sizeof(void (*)(void)))
#define NR_HOST_OPS	(sizeof(struct host_ops) / sizeof(void (*)(void)))

struct host_counts {
	uint64_t calls[NR_HOST_OPS];
};

struct host_counts fixture_counts(const struct host *host);
void fixture_reset_counts(struct host *host);

#endif
