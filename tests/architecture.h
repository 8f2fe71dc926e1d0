/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_ARCHITECTURE_H
#define TESTS_ARCHITECTURE_H

/* What tests of another architecture than x86-64 have to mind. */

#include <stdlib.h>
#include <sys/syscall.h>

/* Of what a machine of the other byte order wrote. */
#define SKIP_IF_BIG_ENDIAN()					\
	do {							\
		if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)	\
			skip();					\
	} while (0)
/* Of calls that an emulator may not know. */
#define SKIP_IF_EMULATED()						\
	do {								\
		if (*(getenv("IPCSCOPE_EMULATED") ?: ""))		\
			skip();						\
	} while (0)

/* The calls of an architecture that wait for semaphores. */
#ifdef SYS_semtimedop
#define CALL_SEMTIMEDOP	SYS_semtimedop
#else
#define CALL_SEMTIMEDOP	SYS_semtimedop_time64
#endif
#ifdef SYS_semop
#define CALL_SEMOP	SYS_semop
#else
#define CALL_SEMOP	CALL_SEMTIMEDOP
#endif

#endif
