// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors of IPC calls that do not say what they mean: section 2 manual pages. */
#include "hidden.h"

const struct error_cause error_causes[] = {
	{ "shmget", "ENOSPC", "kernel.shmmni segments exist already, or kernel.shmall pages are used up; the disk has nothing to do with it" },
	{ "shmget", "EINVAL", "larger than kernel.shmmax, of size 0, or larger than the segment that has the key" },
	{ "shmget", "EEXIST", "the key is taken (IPC_EXCL): ipcscope show shm:0xKEY" },
	{ "shmget", "ENOENT", "no segment has the key, in this IPC namespace" },
	{ "shmat", "EIDRM", "the segment is removed (dest)" },
	{ "shmat", "EINVAL", "no such id here: removed, or of another IPC namespace" },
	{ "semget", "ENOSPC", "kernel.sem: SEMMNI sets or SEMMNS semaphores exist already" },
	{ "semget", "EINVAL", "more semaphores than SEMMSL, or than the set that has the key" },
	{ "semop", "EAGAIN", "it would have to wait (IPC_NOWAIT), or the time is over (semtimedop)" },
	{ "semop", "EFBIG", "no semaphore of that number in the set" },
	{ "semop", "ERANGE", "the value would be above 32767" },
	{ "semop", "EIDRM", "the set was removed meanwhile" },
	{ "msgget", "ENOSPC", "kernel.msgmni queues exist already" },
	{ "msgsnd", "EAGAIN", "the queue is full (qbytes) and IPC_NOWAIT was given" },
	{ "msgsnd", "EINVAL", "longer than kernel.msgmax, a type below 1, or no such id" },
	{ "msgrcv", "E2BIG", "the message is longer than the buffer (MSG_NOERROR cuts it)" },
	{ "mq_open", "EMFILE", "RLIMIT_MSGQUEUE bytes of this user are used up, or RLIMIT_NOFILE descriptors of this process" },
	{ "mq_open", "ENOSPC", "fs.mqueue.queues_max queues exist already" },
	{ "mq_open", "EINVAL", "mq_maxmsg or mq_msgsize is above fs.mqueue.msg_max, msgsize_max" },
	{ "mq_send", "EMSGSIZE", "longer than the mq_msgsize of the queue" },
	{ "mq_send", "EAGAIN", "the queue is full (mq_maxmsg) and O_NONBLOCK is set" },
	{ "shm_open", "ENOSPC", "/dev/shm has no inode left: unlinked objects count too" },
	{ "SIGBUS", "on access", "/dev/shm is full, or the object is shorter than the mapping" },
	{ "pipe", "EMFILE", "RLIMIT_NOFILE descriptors of this process are open" },
	{ "pipe", "ENFILE", "fs.file-max files of the machine are open, or fs.pipe-user-pages-hard pages of this user are used up" },
	{ "F_SETPIPE_SZ", "EPERM", "above fs.pipe-max-size, or this user has fs.pipe-user-pages-soft pages" },
	{ "write", "EPIPE", "no reader of the pipe, FIFO or socket is left" },
	{ "open", "ENXIO", "a FIFO without reader, for writing with O_NONBLOCK" },
	{ "connect", "ECONNREFUSED", "the path is there, but no socket is bound to it any more" },
	{ "connect", "EAGAIN", "the backlog of the listening UNIX socket is full" },
	{ "bind", "EADDRINUSE", "the path exists: nothing removes it but unlink" },
};
const unsigned int nr_error_causes = ARRAY_SIZE(error_causes);
