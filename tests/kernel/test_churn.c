// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processes, threads and namespaces come and go: what stays is told as if nobody else ran.
 * CHURN_RUNS says how many runs of each question; 300 take minutes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"

#define RUNS	14	/* of each of three questions, by 1, 2 and 8 threads in turn */

/* ---- what comes and goes ---- */

/* A segment, a socket and a mapping of the same ids, names and addresses as those that stay. */
static void use_own(int flags)
{
	int id, fd;

	if (unshare(flags))
		_exit(0);
	id = flags & CLONE_NEWIPC ? shmget(0x77, 4096, IPC_CREAT | 0600) : -1;
	if (id >= 0)
		shmat(id, NULL, 0);
	fd = flags & CLONE_NEWNET ? unix_listener(SOCK_STREAM, "@stays", 1) : -1;
	if (fd >= 0)
		sched_yield();
}

static void *own_thread(void *arg)
{
	sched_yield();
	if (arg)
		unshare(CLONE_FILES);
	sched_yield();
	return NULL;
}

static void come_and_go(void *arg)
{
	static const int flags[] = { 0, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS };
	unsigned long i;

	(void)arg;
	setpriority(PRIO_PROCESS, 0, 19);
	sandbox_ready(0);
	for (i = 0;; i++) {
		pid_t pid = fork();
		pthread_t thread;

		if (!pid) {
			use_own(flags[i % 4]);
			if (!pthread_create(&thread, NULL, own_thread, (void *)(i & 1)))
				pthread_join(thread, NULL);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

/* ---- what stays ---- */

static void make_all(void)
{
	int ends[2], fd;

	shm_attach_in("attached", make_shm(0x77, 4096, 0600), 0, SHM_PLAIN);
	make_shm(IPC_PRIVATE, 4096, 0600);
	sem_wait_in("waits", make_sem(0x78, 2, NULL, 0600), 1, -1);
	msg_receive_in("receives", make_msg(0x79, 0600), 0);
	make_pshm("/box", 4096, 0600);
	pshm_map_in("maps", "/box", PROT_READ);
	make_psem("/sem", 1, 0600);
	must(pipe2(ends, O_CLOEXEC));
	hold_fd_in("reader", ends[0]);
	hold_fd_in("writer", ends[1]);
	close(ends[0]);
	close(ends[1]);
	fd = unix_listener(SOCK_STREAM, "@stays", 4);
	hold_fd_in("listens", fd);
	close(fd);
}

static const char *const questions[][5] = {
	{ "list", "-a", "--assume-complete", "-o", "all" },
	{ "ps", "--assume-complete" },
	{ "stale", "-a", "--assume-complete" },
};

#define QUESTIONS	(sizeof(questions) / sizeof(questions[0]))

static json_t *ask_with(struct run *r, size_t question, const char *threads)
{
	const char *argv[9];
	size_t i;

	for (i = 0; i < 5 && questions[question][i]; i++)
		argv[i] = questions[question][i];
	argv[i++] = "--threads";
	argv[i++] = threads;
	argv[i] = NULL;
	return ask_how(r, NULL, argv);
}

/* Of an object or a process, what must not change. */
static json_t *what_stays(json_t *row)
{
	static const char *const keys[] = {
		"ref", "pid", "command", "users", "state", "attaches", "net_ns", "peers",
		"users_complete", "waiters", "objects",
	};
	json_t *stays = json_object(), *verdict;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *value = json_object_get(row, keys[i]);

		if (value)
			json_object_set(stays, keys[i], value);
	}
	verdict = json_object_get(json_object_get(row, "stale"), "verdict");
	if (verdict)
		json_object_set(stays, "verdict", verdict);
	return stays;
}

static const char *list_of(size_t question)
{
	return question == 1 ? "processes" : "objects";
}

static bool is_of_one(json_t *a, json_t *b)
{
	json_t *ref = json_object_get(a, "ref") ?: json_object_get(a, "pid");

	return json_equal(ref, json_object_get(b, "ref") ?: json_object_get(b, "pid"));
}

static void compare(json_t *quiet, json_t *now, const char *list, const char *warnings)
{
	const json_t *rows = json_object_get(now, list);
	size_t i, k;
	json_t *row, *other;

	json_array_foreach(json_object_get(quiet, list), i, row) {
		json_t *was = what_stays(row);
		bool same = false;

		json_array_foreach(rows, k, other) {
			json_t *is = what_stays(other);

			same = same || json_equal(was, is);
			if (is_of_one(was, is) && !json_equal(was, is))
				print_error("now: %s\n%s", json_dumps(other, 0), warnings);
			json_decref(is);
		}
		if (!same)
			print_error("was: %s\n", json_dumps(was, 0));
		json_decref(was);
		assert_true(same);
	}
}

/* Those of other namespaces are found while somebody has them. */
static size_t count_ours(json_t *root, const char *class)
{
	json_t *object;
	size_t i, nr = 0;

	json_array_foreach(json_object_get(root, "objects"), i, object)
		nr += !strcmp(get_text(object, "class"), class) &&
		      !strchr(get_text(object, "ref"), '@');
	return nr;
}

static void what_stays_is_told_whoever_comes_and_goes(void **state)
{
	static const char *const threads[] = { "1", "2", "8" };
	static const char *const classes[] = { "shm", "sem", "msg", "pshm", "psem", "pmsg", "fifo" };
	const char *text = getenv("CHURN_RUNS");
	unsigned long runs = text ? strtoul(text, NULL, 10) : RUNS, i;
	struct run quiet[QUESTIONS], r;
	json_t *first[QUESTIONS], *now;
	size_t q, k;

	(void)state;
	/* Others may not look into all that come and go. */
	if (!sandbox_is_root())
		skip();
	make_all();
	for (q = 0; q < QUESTIONS; q++)
		first[q] = ask_with(&quiet[q], q, "1");
	for (i = 0; i < 3; i++)
		sandbox_spawn("churn", come_and_go, NULL);
	for (i = 0; i < runs * QUESTIONS; i++) {
		q = i % QUESTIONS;
		now = ask_with(&r, q, threads[i / QUESTIONS % 3]);
		/* After five passes that found new processes, what they may have is unknown. */
		if (strstr(r.err, "temporarily unavailable")) {
			run_free(&r);
			continue;
		}
		compare(first[q], now, list_of(q), r.err);
		if (json_array_size(json_object_get(now, "warnings")))
			print_error("%s\n%s\n", r.out, r.err);
		assert_int_equal(json_array_size(json_object_get(now, "warnings")), 0);
		for (k = 0; !q && k < sizeof(classes) / sizeof(classes[0]); k++)
			assert_int_equal(count_ours(now, classes[k]),
					 count_ours(first[q], classes[k]));
		run_free(&r);
	}
	for (q = 0; q < QUESTIONS; q++)
		run_free(&quiet[q]);
}

/* ---- who is never there for long ---- */

/* Hands what it has to a child and ends, without end: no list of processes has them all. */
static void pass_on(void *arg)
{
	const volatile bool *stop = arg;

	sandbox_be_lonely();
	must(open("/dev/shm/nccl-abcdef", O_RDWR | O_CREAT, 0600));
	must(mq_open("/held", O_RDWR | O_CREAT, 0600, NULL));
	make_shm(IPC_PRIVATE, 4096, 0600);
	make_sem(IPC_PRIVATE, 1, NULL, 0600);
	sandbox_ready(0);
	while (!*stop) {
		if (fork() > 0)
			_exit(0);
	}
	_exit(0);
}

static void who_hands_on_what_it_has_is_never_missed(void **state)
{
	static const char *const held[] = { "pshm:/nccl-abcdef", "pmsg:/held", "shm:0", "sem:0" };
	const char *text = getenv("CHURN_RUNS");
	unsigned long runs = text ? strtoul(text, NULL, 10) : 2 * RUNS, i;
	bool *stop = mmap(NULL, sizeof(*stop), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t k;

	(void)state;
	sandbox_needs_others();
	sandbox_mount_mqueue();
	sandbox_join(sandbox_spawn("baton", pass_on, stop));
	for (i = 0; i < runs; i++) {
		struct run r;
		json_t *root = ask(&r, "stale", "-a", "--assume-complete", "shm", "sem", "pshm",
				   "pmsg");

		for (k = 0; k < sizeof(held) / sizeof(held[0]); k++) {
			const char *verdict = get_text(json_object_get(
				need_object(root, held[k]), "stale"), "verdict");

			if (!strcmp(verdict, "stale") || !strcmp(verdict, "suspect"))
				sandbox_fail("%lu: %s is %s: %s", i, held[k], verdict, r.out);
		}
		run_free(&r);
	}
	*stop = true;
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_stays_is_told_whoever_comes_and_goes),
		TEST(who_hands_on_what_it_has_is_never_missed),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
