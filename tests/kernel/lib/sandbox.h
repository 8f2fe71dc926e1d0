/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sandbox of the kernel tests: a private world with real IPC objects.
 *
 * A test program calls sandbox_enter() first in main() and then runs its
 * cmocka group as usual:
 *
 *	int main(void)
 *	{
 *		sandbox_enter();
 *		return cmocka_run_group_tests(tests, NULL, NULL);
 *	}
 *
 * Inside, process 1 is a small init, process 2 the test program, System V ids
 * start at 0, /dev, /dev/shm and /tmp are new and empty, the network is one
 * loopback device, and no descriptor but 0, 1 and 2 (/dev/null and a regular
 * file) is open: an ipcscope that runs here sees what the test made and
 * nothing else.  All of it ends with the test program, however that ends.
 *
 * Failure: every function here and in make.h fails the running test (or ends
 * the child it runs in) with a message; none returns an error unless it says
 * so.  Waiting is polling of the kernel's own state with a deadline.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* How long anything is waited for, in milliseconds. */
#define SANDBOX_DEADLINE_MS 20000

/* Exit status of a test program that cannot run here (automake's "skip"). */
#define SANDBOX_SKIP 77

/* ---- entering (sandbox.c, mounts.c) ------------------------------------ */

/*
 * Put the calling program into new IPC, PID, mount, network and UTS
 * namespaces: as root without a user namespace, as another user with one in
 * which that user is root.  Returns as process 2 of the new PID namespace; the
 * process that called it stays outside, copies what the test prints and exits
 * with the test's status (128 + signal if it was killed).  Where the kernel
 * does not allow it the program exits 77 with the reason on stderr, or 1 with
 * IPCSCOPE_NO_SKIP=1.  Must be called with one thread.
 */
void sandbox_enter(void);

/* End the program as one that cannot run here: see sandbox_enter(). */
void sandbox_cannot(const char *what, int err) __attribute__((noreturn));

/*
 * Whether the program entered without a user namespace.  Only then are other
 * users there: chown, run_tool() as nobody.
 */
bool sandbox_is_root(void);

/* Makes this process one of a user who runs nothing else, where there are other users. */
#define LONELY_USER	4711
void sandbox_be_lonely(void);

/* Skip the test where there is no other user, who runs nothing: in a user namespace. */
#define sandbox_needs_others()			\
	do {					\
		if (!sandbox_is_root())		\
			skip();			\
	} while (0)

/* Mount the message queues of the present IPC namespace on /dev/mqueue. */
void sandbox_mount_mqueue(void);

/* Undo that, if it was done. */
void sandbox_unmount_mqueue(void);

/* Mount a new tmpfs on `dir`, which is made if it is not there. */
void sandbox_mount_tmpfs(const char *dir);

/* Mount a new devpts instance on `dir`, which is made if it is not there. */
void sandbox_mount_devpts(const char *dir);

/*
 * Move the test program to another new IPC namespace, where ids start at 0
 * again; /dev/mqueue follows if it was mounted.  Children started before, and
 * process 1, stay where they were.
 */
void sandbox_fresh_ipc(void);

/*
 * The next process made in the sandbox gets this pid, if it is free.  For
 * outputs with pids in them, and for tests of pid reuse.
 */
void sandbox_next_pid(pid_t pid);

/*
 * A cmocka teardown (and setup) function: kills every child, empties /dev/shm
 * and /tmp, unmounts what was mounted there and the message queues, moves to
 * a fresh IPC namespace.  Returns 0.  Ends the program at once if it did not
 * enter the sandbox: nothing outside is ever emptied.
 */
int sandbox_reset(void **state);

/* ---- children (child.c) ------------------------------------------------ */

struct child {
	pid_t pid;
	long value;		/* what it said with sandbox_ready() */
	struct child *next;
};

/*
 * Fork a child named by the first 15 bytes of `name` (any bytes) that runs fn
 * and then ends with status 0.  Returns when fn has called sandbox_ready(); a
 * child that ends before fails the test.  The child inherits every descriptor
 * (see child_keep()).  The result belongs to the library and is valid until
 * sandbox_kill() or sandbox_reset().
 */
struct child *sandbox_spawn(const char *name, void (*fn)(void *arg), void *arg);

/* Kill a child, collect it, and forget it.  Returns its wait status. */
int sandbox_kill(struct child *child);

/* Wait for a child that ends by itself, and forget it.  Wait status. */
int sandbox_join(struct child *child);

/* Kill all children. */
void sandbox_kill_all(void);

/*
 * One step of a child's script: let the child return from its
 * sandbox_await_step(), and wait until it is there again (or has ended).
 */
void sandbox_step(struct child *child);

/* -- to be called in a child only -- */

/* For a process that a child made, or the child itself if that one is to be
 * ready in its place: not to be waited for. */
void sandbox_not_ready(void);

/* Tell the starter that everything is made; `value` goes into child->value. */
void sandbox_ready(long value);

/* What is run from here on looks for no leaks at its end: who does that stops and reads
 * all its threads, which cannot be where it is traced or stuck. */
void sandbox_no_leak_check(void);

/* Wait for ever, in pause(2). */
void sandbox_hold(void) __attribute__((noreturn));

/* Wait for the next sandbox_step(). */
void sandbox_await_step(void);

/* Close every descriptor above 2 except these n. */
void child_keep(const int *fds, size_t n);

/* ---- failing (child.c) ------------------------------------------------- */

/* Fail the running test; in a child, end the child with status 1. */
void sandbox_fail(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* Fail with errno's text if rc is -1, else return rc. */
long sandbox_must(long rc, const char *what);
#define must(call) \
	sandbox_must((long)(call), __FILE__ ":" SANDBOX_TEXT(__LINE__) ": " #call)
#define SANDBOX_TEXT(n) SANDBOX_TEXT_OF(n)
#define SANDBOX_TEXT_OF(n) #n

/* ---- waiting (wait.c) -------------------------------------------------- */

/*
 * Wait until cond(arg) is true.  With a pid > 0 the wait fails at once when
 * that process ends.  `what` is for the message.
 */
void wait_until(const char *what, pid_t pid, bool (*cond)(void *), void *arg);

/*
 * Wait until a thread is blocked in one of the given system calls (SYS_...),
 * as /proc/PID/task/TID/syscall shows.  tid 0 means the first thread.
 */
#define wait_blocked(pid, tid, ...) \
	wait_blocked_in(pid, tid, (const long[]){ __VA_ARGS__, -1 })
void wait_blocked_in(pid_t pid, pid_t tid, const long *calls);

/* Wait until /proc/PID is gone (a zombie is not gone until it is collected). */
void wait_gone(pid_t pid);

/* Wait until segment `id` has n attachments, as the kernel counts them. */
void wait_nattch(int id, unsigned long n);

/*
 * Read a small file whole: at most size - 1 bytes, NUL at the end.  Returns
 * the length or -1 with errno.
 */
ssize_t read_small(const char *path, char *buf, size_t size);

/* Write text to a file that exists.  Returns 0 or -1 with errno. */
int write_small(const char *path, const char *text);

#endif
