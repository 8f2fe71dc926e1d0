// SPDX-License-Identifier: GPL-2.0-or-later
/* Linked into ipcscope when it is compiled with -finstrument-functions: writes each
 * call the starting thread makes to the file TRACE_TO names, an address in the
 * executable a line, for tests/trace-functions.sh. The segment "mk --hold" has made gets
 * a user, a child process, for a listing to show. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

#define UNTRACED __attribute__((no_instrument_function))

extern const char __executable_start[];

static void attach_child(int id) UNTRACED;
void __cyg_profile_func_enter(void *function, void *caller) UNTRACED;
void __cyg_profile_func_exit(void *function, void *caller) UNTRACED;

/* The attachment is made before the child is, so that none is missed. */
static void attach_child(int id)
{
	void *segment = shmat(id, NULL, 0);

	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	shmdt(segment);
}

void __cyg_profile_func_enter(void *function, void *caller)
{
	static FILE *file;
	static pid_t owner;

	(void)caller;
	if (!owner) {
		owner = getpid();
		if (getenv("TRACE_TO") && getenv("IPCSCOPE_ID")) {
			file = fopen(getenv("TRACE_TO"), "we");
			attach_child(atoi(getenv("IPCSCOPE_ID")));
		}
	}
	if (file && gettid() == owner)
		fprintf(file, "%#jx\n",
			(uintmax_t)((uintptr_t)function - (uintptr_t)__executable_start));
}

void __cyg_profile_func_exit(void *function, void *caller)
{
	(void)function;
	(void)caller;
}
