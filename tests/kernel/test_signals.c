// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signals of processes, and threads with a table of descriptors or namespaces of their
 * own: what `ps PID` says of them, and which processes `ps --where` picks by them.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

static void ignore_it(int number)
{
	(void)number;
}

static void block(int how, int one, int two)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, one);
	if (two)
		sigaddset(&set, two);
	if (pthread_sigmask(how, &set, NULL))
		sandbox_fail("pthread_sigmask");
}

/* What the caller, a library or a tool of the build has set is not the test's: not by signal(3),
 * which refuses the two that libc keeps for itself. */
static void forget_all(void)
{
	static const long by_default[8];	/* struct sigaction of the kernel */
	sigset_t none;
	int number;

	sigemptyset(&none);
	must(sigprocmask(SIG_SETMASK, &none, NULL));
	for (number = 1; number <= SIGRTMAX; number++)
		syscall(SYS_rt_sigaction, number, by_default, NULL, 8);
}

static void pending_fn(void *arg)
{
	(void)arg;
	forget_all();
	block(SIG_BLOCK, SIGTERM, SIGRTMIN + 3);
	block(SIG_BLOCK, SIGUSR2, SIGUSR1);
	signal(SIGHUP, SIG_IGN);
	signal(SIGWINCH, ignore_it);
	sandbox_ready(0);
	sandbox_hold();
}

static void pending(void)
{
	struct child *child = sandbox_spawn("deaf", pending_fn, NULL);

	let("p", "%d", (int)child->pid);
	must(kill(child->pid, SIGTERM));
	must(kill(child->pid, SIGRTMIN + 3));
	must(kill(child->pid, SIGRTMIN + 3));
	must(syscall(SYS_tgkill, child->pid, child->pid, SIGUSR2));
	let("other", "%d", (int)sandbox_spawn("other", pending_fn, NULL)->pid);
}

/* ---- several threads ---- */

static volatile pid_t second;

static void *second_fn(void *arg)
{
	if (*(int *)arg)
		block(SIG_UNBLOCK, SIGTERM, 0);
	else
		block(SIG_BLOCK, SIGINT, 0);
	second = gettid();
	sandbox_hold();
}

static void two_threads_fn(void *arg)
{
	pthread_t id;

	forget_all();
	block(SIG_BLOCK, SIGTERM, SIGUSR2);
	if (pthread_create(&id, NULL, second_fn, arg))
		sandbox_fail("pthread_create");
	while (!second)
		sched_yield();
	sandbox_ready(second);
	sandbox_hold();
}

static void two_threads(int unblocks)
{
	struct child *child = sandbox_spawn("two", two_threads_fn, &unblocks);

	let("p", "%d", (int)child->pid);
	let("tid", "%ld", child->value);
	must(syscall(SYS_tgkill, child->pid, (pid_t)child->value, SIGUSR2));
}

static void one_thread_takes(void)
{
	two_threads(1);
}

static void one_thread_blocks_more(void)
{
	two_threads(0);
}

/* ---- threads that differ ---- */

static void *differing_fn(void *arg)
{
	must(unshare(*(int *)arg));
	second = gettid();
	sandbox_hold();
}

static void differing_thread_fn(void *arg)
{
	pthread_t id;

	if (pthread_create(&id, NULL, differing_fn, arg))
		sandbox_fail("pthread_create");
	while (!second)
		sched_yield();
	sandbox_ready(second);
	sandbox_hold();
}

static void make_differing(int flags)
{
	struct child *child = sandbox_spawn("differs", differing_thread_fn, &flags);

	let("p", "%d", (int)child->pid);
	let("tid", "%ld", child->value);
}

static void nothing_differs(void)
{
	make_differing(0);
}

static void own_namespaces(void)
{
	make_differing(CLONE_NEWIPC | CLONE_NEWNET);
}

static void own_uts(void)
{
	make_differing(CLONE_NEWUTS);
}

static const struct situation situations[] = {
	{ .name = "pending signals are told by name", .make = pending, .truths = {
		{ "ps $p", "pid $p", "there signals~\"pending_process\":[\"TERM\",\"RTMIN+3\"] "
		  "signals~\"pending_thread\":[\"USR2\"] signals~\"ignored\":[\"HUP\"] "
		  "signals~\"blocked\":[\"USR1\",\"USR2\",\"TERM\",\"RTMIN+3\"] "
		  "signals~\"caught\":[\"WINCH\"]" },
		{ "ps $p --shared", "pid $p", "signals~\"pending_process\":[\"TERM\",\"RTMIN+3\"]" },
		{ "=ps $p", NULL, "out~TERM,^RTMIN+3^(process);^USR2^(thread^$p) "
		  "out~blocked^^USR1^USR2^TERM^RTMIN+3 out~of^all^processes^of^its^user" },
		{ "=ps $other", NULL, "out!~pending" },
		{ "=ps -a $other", NULL, "out~caught^^^WINCH" },
	} },
	{ .name = "processes are picked by their signals", .make = pending, .truths = {
		{ "ps -w pending_process=~TERM", "pid $p", "there signals~TERM" },
		{ "ps -w pending_process=~TERM", "pid $other", "absent" },
		{ "ps -w pending_process==SIGTERM", "pid $p", "there" },
		{ "ps -w pending_process==RTMIN+3", "pid $p", "there" },
		{ "ps -w pending_process==USR2", "pid $p", "absent" },
		{ "ps -w pending_thread==12", "pid $p", "there" },
		{ "ps -w blocked==TERM", "pid $other", "there" },
		{ "ps -w caught!=WINCH", "pid $other", "absent" },
		{ "ps -w caught~*INCH", "pid $other", "there" },
		{ "ps -w command==other", "pid $other", "there signals!~queue" },
		{ "ps -w command==other", "pid $p", "absent" },
		{ "ps $other -w pending_process", "pid $other", "absent" },
	} },
	{ .name = "what one thread takes is not blocked", .make = one_thread_takes, .truths = {
		{ "ps $p", "pid $p", "signals~\"blocked\":[\"USR2\"] "
		  "signals~\"pending_thread\":[\"USR2\"] threads~\"tid\":$tid "
		  "threads~\"own_descriptors\":false" },
		{ "ps -w blocked==TERM", "pid $p", "absent" },
		{ "=ps $p", NULL, "out~USR2^(thread^$tid) out!~THREAD" },
	} },
	{ .name = "what one thread alone blocks is not", .make = one_thread_blocks_more, .truths = {
		{ "ps $p", "pid $p", "signals~\"blocked\":[\"USR2\",\"TERM\"]" },
	} },
	{ .name = "a thread with nothing of its own is not shown", .make = nothing_differs, .truths = {
		{ "ps $p", "pid $p", "threads=[]" },
		{ "=ps $p", NULL, "out!~THREAD" },
	} },
	{ .name = "a thread in namespaces of its own is shown", .make = own_namespaces, .truths = {
		{ "ps $p", "pid $p", "threads~\"tid\":$tid threads~\"ipc_ns\": threads~\"net_ns\": "
		  "threads!~\"mnt_ns\": threads~\"own_descriptors\":false" },
		{ "=ps $p", NULL, "out~ipc:4 out~net:4 out!~descriptors" },
	} },
	{ .name = "another namespace of its own is told apart", .make = own_uts, .truths = {
		{ "ps $p", "pid $p", "threads~\"uts_ns\": threads!~\"ipc_ns\":" },
	} },
};

int main(void)
{
	sandbox_enter();
	return truth_run("signals", situations, sizeof(situations) / sizeof(situations[0]));
}
