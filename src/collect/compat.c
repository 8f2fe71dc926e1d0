// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls of 32 bit processes (arch/x86/entry/syscalls/syscall_32.tbl): they have numbers of
 * their own, which nothing but the process tells from the others. The arguments are
 * mostly those of the calls that are known. And calls that stand for several others,
 * there and on other old architectures.
 */
#include <errno.h>

#include "calls.h"
#include "numbers.h"

/* Calls in one, whose arguments stand in memory: net/compat.c, linux/net.h. */
static const struct {
	uint32_t op, nr;
	long to;
} compat_sockets[] = {
	{ 3, 3, SYS_connect }, { 5, 3, SYS_accept }, { 18, 4, SYS_accept4 },
	{ 9, 4, SYS_sendto }, { 11, 6, SYS_sendto }, { 16, 3, SYS_sendmsg },
	{ 20, 4, SYS_sendmmsg }, { 10, 4, SYS_recvfrom }, { 12, 6, SYS_recvfrom },
	{ 17, 3, SYS_recvmsg }, { 19, 5, SYS_recvmmsg },
};

/* And in registers: ipc/syscall.c, linux/ipc.h. */
enum { OP_SEMOP = 1, OP_SEMTIMEDOP = 4, OP_MSGSND = 11, OP_MSGRCV = 12 };

/* Arguments that stand at @at, @nr of them. */
static bool compat_args(struct blocked *blocked, uint64_t at, uint32_t nr)
{
	const struct host *host = blocked->scan->col->host;
	union { uint32_t half[6]; unsigned long full[6]; } args = { .full = { 0 } };
	const size_t word = blocked->compat ? sizeof(args.half[0]) : sizeof(args.full[0]);
	uint32_t i;

	if (host->ops->read_memory(host, blocked->scan->living, at, &args, nr * word) < 0) {
		scan_gap(blocked->scan, PART_CALLS, -EFAULT);
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(args.half); i++)
		blocked->arg[i] = blocked->compat ? args.half[i] : args.full[i];
	return true;
}

static long compat_socketcall(struct blocked *blocked)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(compat_sockets); i++) {
		if (compat_sockets[i].op == blocked->arg[0])
			return compat_args(blocked, blocked->arg[1], compat_sockets[i].nr) ?
			       compat_sockets[i].to : NOT_HERE;
	}
	return NOT_HERE;
}

static long compat_ipc(struct blocked *blocked)
{
	const uint64_t op = blocked->arg[0] & 0xffff, nr = blocked->arg[2], at = blocked->arg[4];

	blocked->arg[0] = blocked->arg[1];
	blocked->arg[1] = at;
	blocked->arg[2] = nr;
	return op == OP_SEMOP || op == OP_SEMTIMEDOP ? SYS_semtimedop :
	       op == OP_MSGSND ? SYS_msgsnd : op == OP_MSGRCV ? SYS_msgrcv : NOT_HERE;
}

#ifdef __x86_64__

static const struct {
	long from, to;
} compat_calls[] = {
	{ 3, SYS_read }, { 145, SYS_readv }, { 378, SYS_preadv2 },
	{ 4, SYS_write }, { 146, SYS_writev }, { 379, SYS_pwritev2 },
	{ 187, SYS_sendfile }, { 239, SYS_sendfile },
	{ 313, SYS_splice }, { 315, SYS_tee }, { 316, SYS_vmsplice },
	{ 371, SYS_recvfrom }, { 372, SYS_recvmsg }, { 337, SYS_recvmmsg }, { 417, SYS_recvmmsg },
	{ 369, SYS_sendto }, { 370, SYS_sendmsg }, { 345, SYS_sendmmsg },
	{ 362, SYS_connect }, { 364, SYS_accept4 },
	{ 279, SYS_mq_timedsend }, { 418, SYS_mq_timedsend },
	{ 280, SYS_mq_timedreceive }, { 419, SYS_mq_timedreceive },
	{ 400, SYS_msgsnd }, { 401, SYS_msgrcv }, { 420, SYS_semtimedop },
	{ 240, SYS_futex }, { 422, SYS_futex },
	{ 5, SYS_open }, { 8, SYS_creat }, { 295, SYS_openat }, { 437, SYS_openat2 },
	{ 168, SYS_poll }, { 309, SYS_ppoll }, { 414, SYS_ppoll },
	{ 142, SYS_select }, { 308, SYS_pselect6 }, { 413, SYS_pselect6 },
	{ 256, SYS_epoll_wait }, { 319, SYS_epoll_pwait }, { 441, SYS_epoll_pwait2 },
};

#define OLD_SELECT	82
#define SOCKETCALL	102
#define IPC		117

void compat_translate(struct blocked *blocked)
{
	long to = -1;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(compat_calls) && to < 0; i++) {
		if (compat_calls[i].from == blocked->nr)
			to = compat_calls[i].to;
	}
	/* restart_syscall(2) has number 0, which is a read of others. */
	if ((to < 0 && blocked->nr && blocked->nr != OLD_SELECT && blocked->nr != SOCKETCALL &&
	     blocked->nr != IPC) || (!blocked->nr && !calls_is_restarted(blocked)) ||
	    !scan_is_compat(blocked->scan))
		return;
	blocked->compat = true;
	if (!blocked->nr)
		to = SYS_restart_syscall;
	else if (blocked->nr == SOCKETCALL)
		to = compat_socketcall(blocked);
	else if (blocked->nr == IPC)
		to = compat_ipc(blocked);
	else if (blocked->nr == OLD_SELECT)
		to = compat_args(blocked, blocked->arg[0], 5) ? SYS_select : -1;
	blocked->compat = to >= 0;
	if (blocked->compat)
		blocked->nr = to;
}

#else

void compat_translate(struct blocked *blocked)
{
	if (blocked->nr == SYS_ipc)
		blocked->nr = compat_ipc(blocked);
	else if (blocked->nr == SYS_socketcall)
		blocked->nr = compat_socketcall(blocked);
}

#endif
