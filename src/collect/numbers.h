/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECT_NUMBERS_H
#define COLLECT_NUMBERS_H

/*
 * The numbers of system calls that not every architecture has. Of 32 bits those with
 * times of 64 bits are calls of their own.
 */

#include <sys/syscall.h>

/* No thread is blocked in a call that this kernel does not have. */
#define NOT_HERE	(-2)

#ifndef SYS_futex_time64
#define SYS_futex_time64	NOT_HERE
#define SYS_semtimedop_time64	NOT_HERE
#define SYS_recvmmsg_time64	NOT_HERE
#define SYS_mq_timedsend_time64	NOT_HERE
#define SYS_mq_timedreceive_time64	NOT_HERE
#define SYS_ppoll_time64	NOT_HERE
#define SYS_pselect6_time64	NOT_HERE
#endif
/* Others with the same arguments do instead. */
#ifndef SYS_futex
#define SYS_futex	SYS_futex_time64
#endif
#ifndef SYS_semtimedop
#define SYS_semtimedop	SYS_semtimedop_time64
#endif
#ifndef SYS_semop
#define SYS_semop	SYS_semtimedop
#endif
#ifndef SYS_recvmmsg
#define SYS_recvmmsg	SYS_recvmmsg_time64
#endif
#ifndef SYS_mq_timedsend
#define SYS_mq_timedsend	SYS_mq_timedsend_time64
#define SYS_mq_timedreceive	SYS_mq_timedreceive_time64
#endif
#ifndef SYS_ppoll
#define SYS_ppoll	SYS_ppoll_time64
#define SYS_pselect6	SYS_pselect6_time64
#endif
#ifndef SYS_accept
#define SYS_accept	SYS_accept4
#endif
#ifndef SYS_poll
#define SYS_poll	SYS_ppoll
#endif
#ifndef SYS_epoll_wait
#define SYS_epoll_wait	SYS_epoll_pwait
#endif
#if defined(SYS__newselect)
#undef SYS_select
#define SYS_select	SYS__newselect
#elif !defined(SYS_select)
#define SYS_select	SYS_pselect6
#endif
#ifndef SYS_open
#define SYS_open	NOT_HERE
#define SYS_creat	NOT_HERE
#endif
#ifndef SYS_ipc
#define SYS_ipc		NOT_HERE
#endif
#ifndef SYS_socketcall
#define SYS_socketcall	NOT_HERE
#endif

#endif
