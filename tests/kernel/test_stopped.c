// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rm, stopped before its system calls. Killed there, from the lock on:
 * afterwards everything is there, or what is gone can be brought back whole.
 * Or the object is exchanged just then: the new one stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define TOOL	"/tmp/.tool/ipcscope"
#define KEY	0x05ce0001
#define BOX	"/dev/shm/box"
#define TEXT	"what it holds"

#define tool(r, ...) \
	run_tool_how(r, &state_how, (const char *const[]){ __VA_ARGS__, NULL })

static void trace_me(const char *const argv[])
{
	int null = open("/dev/null", O_RDWR);

	/* Under ptrace. */
	sandbox_no_leak_check();
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	setenv("IPCSCOPE_STATE_DIR", STATE_DIR, 1);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	execv(TOOL, (char *const *)argv);
	_exit(127);
}

static pid_t start(const char *const argv[])
{
	int status;
	pid_t pid = (pid_t)must(fork());

	if (!pid)
		trace_me(argv);
	must(waitpid(pid, &status, 0));
	assert_true(WIFSTOPPED(status));
	must(ptrace(PTRACE_SETOPTIONS, pid, NULL,
		    (void *)(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD)));
	return pid;
}

/* Whether the call that is about to be made opens the lock. */
static bool opens_lock(pid_t pid, const struct __ptrace_syscall_info *info)
{
	char path[64] = "";
	struct iovec to = { path, sizeof(path) - 1 };
	struct iovec from = { (void *)(uintptr_t)info->entry.args[1],
			      sizeof(path) - 1 };

	if (info->entry.nr != 257)
		return false;
	return process_vm_readv(pid, &to, 1, &from, 1, 0) > 0 &&
	       !strcmp(path, "lock");
}

/* The exit status, or -1 when it is at the entry of a call. */
static int next_call(pid_t pid, struct __ptrace_syscall_info *info)
{
	int status, sig = 0;

	for (;;) {
		must(ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)sig));
		must(waitpid(pid, &status, 0));
		if (!WIFSTOPPED(status))
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
		sig = WSTOPSIG(status);
		if (sig == SIGTRAP)
			sig = 0;
		if (sig != (SIGTRAP | 0x80))
			continue;
		sig = 0;
		must(ptrace(PTRACE_GET_SYSCALL_INFO, pid,
			    (void *)sizeof(*info), info));
		if (info->op == PTRACE_SYSCALL_INFO_ENTRY)
			return -1;
	}
}

/* Kills it before the @nth call after it opened the lock; false if it ended
 * before that. */
static bool run_until(const char *const argv[], unsigned int nth)
{
	struct __ptrace_syscall_info info;
	bool locked = false;
	unsigned int calls = 0;
	pid_t pid = start(argv);
	int status;

	while (next_call(pid, &info) < 0) {
		locked = locked || opens_lock(pid, &info);
		if (!locked || calls++ < nth)
			continue;
		must(kill(pid, SIGKILL));
		must(waitpid(pid, &status, 0));
		return true;
	}
	return false;
}

/* The tool, while it is stopped. */
static pid_t stopping;

/* Does something before the first call @nr with this second argument (-1:
 * whatever it is); the exit status. */
static int run_and_meddle(const char *const argv[], uint64_t nr, int64_t second,
			  void (*meddle)(void))
{
	struct __ptrace_syscall_info info;
	pid_t pid = start(argv);
	bool done = false;
	int status;

	stopping = pid;
	while ((status = next_call(pid, &info)) < 0) {
		if (done || info.entry.nr != nr ||
		    (second >= 0 && info.entry.args[1] != (uint64_t)second))
			continue;
		meddle();
		done = true;
	}
	assert_true(done);
	return status;
}

static void make_both(void)
{
	int id = make_shm(KEY, 10000, 0640), fd;
	char *at = shmat(id, NULL, 0);

	strcpy(at, TEXT);
	must(shmdt(at));
	make_pshm("/box", 10000, 0640);
	fd = (int)must(open(BOX, O_RDWR));
	must(pwrite(fd, TEXT, sizeof(TEXT), 5000));
	close(fd);
}

static void check_both(unsigned int nth)
{
	char text[sizeof(TEXT)] = "";
	int id = shmget(KEY, 0, 0), fd;
	struct shmid_ds ds;
	char *at;

	if (id < 0)
		sandbox_fail("killed at %u: the segment is lost", nth);
	must(shmctl(id, IPC_STAT, &ds));
	at = shmat(id, NULL, SHM_RDONLY);
	if (strcmp(at, TEXT) || (ds.shm_perm.mode & 0777) != 0640)
		sandbox_fail("killed at %u: the segment is half restored", nth);
	must(shmdt(at));
	fd = open(BOX, O_RDONLY);
	if (fd < 0)
		sandbox_fail("killed at %u: the file is lost", nth);
	must(pread(fd, text, sizeof(text), 5000));
	close(fd);
	if (strcmp(text, TEXT))
		sandbox_fail("killed at %u: the file is half restored", nth);
}

static void check_tidy(unsigned int nth)
{
	DIR *dir = opendir("/dev/shm");
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		if (!strncmp(entry->d_name, ".ipcscope-", 10))
			sandbox_fail("killed at %u: %s is left", nth,
				     entry->d_name);
	}
	closedir(dir);
}

/* The log has no line that says more than was done. */
static void check_log(unsigned int nth)
{
	char text[16384] = "";
	bool there = shmget(KEY, 0, 0) >= 0;

	read_small(STATE_DIR "/removed.jsonl", text, sizeof(text));
	if (!there && !strstr(text, "\"event\":\"remove\""))
		sandbox_fail("killed at %u: removed without a word", nth);
	if (there && strstr(text, "\"event\":\"removed\"") &&
	    !strstr(text, "pshm:/box"))
		sandbox_fail("killed at %u: said to be removed and is not", nth);
}

static bool killed_at(const char *const argv[], unsigned int nth)
{
	struct run r;
	bool killed;

	make_both();
	killed = run_until(argv, nth);
	check_log(nth);
	tool(&r, "clean", "--yes");
	run_expect(&r, 0);
	run_free(&r);
	check_tidy(nth);
	tool(&r, "undo", "--last");
	run_free(&r);
	check_both(nth);
	check_tidy(nth);
	sandbox_reset(NULL);
	return killed;
}

static void test_rm_killed(void **state)
{
	const char *const argv[] = { "ipcscope", "rm", "--yes", "shm:0", "pshm:/box",
			       NULL };
	unsigned int nth = 0;

	(void)state;
	while (killed_at(argv, nth))
		nth++;
	assert_true(nth > 50);
}

static bool undo_killed_at(const char *const argv[], unsigned int nth)
{
	struct run r;
	bool killed;

	make_both();
	tool(&r, "rm", "--yes", "shm:0", "pshm:/box");
	run_expect(&r, 0);
	run_free(&r);
	killed = run_until(argv, nth);
	tool(&r, "undo", "--last");
	run_free(&r);
	check_both(nth);
	check_tidy(nth);
	sandbox_reset(NULL);
	return killed;
}

static void test_undo_killed(void **state)
{
	const char *const argv[] = { "ipcscope", "undo", "--last", NULL };
	unsigned int nth = 0;

	(void)state;
	while (undo_killed_at(argv, nth))
		nth++;
	assert_true(nth > 30);
}

/* A queue of each kind, a segment without a key, and one that is open to nobody anyway. */
static void make_others(void)
{
	int id = make_msg(KEY, 0600);

	msg_put(id, 7, 100);
	make_shm(IPC_PRIVATE, 5000, 0600);
	make_shm(KEY, 5000, 0);
	make_pmsg("/queue", 5, 100, 0640);
}

static unsigned int count_segments(void)
{
	struct shm_info info;

	must(shmctl(0, SHM_INFO, (struct shmid_ds *)&info));
	return (unsigned int)info.used_ids;
}

static bool undo_of_others_killed_at(unsigned int nth)
{
	const char *const argv[] = { "ipcscope", "undo", "--last", NULL };
	struct msqid_ds msg;
	struct mq_attr attr;
	struct stat st;
	struct run r;
	bool killed;
	mqd_t mq;

	make_others();
	tool(&r, "rm", "--yes", "--force", "msg:0", "shm:0", "shm:1", "pmsg:/queue");
	run_expect(&r, 0);
	run_free(&r);
	killed = run_until(argv, nth);
	tool(&r, "undo", "--last");
	run_free(&r);
	tool(&r, "undo", "--last");
	run_free(&r);
	if (count_segments() != 2)
		sandbox_fail("killed at %u: %u segments, not 2", nth, count_segments());
	if (msgctl(0, IPC_STAT, &msg) || msg.msg_qnum != 1 || (msg.msg_perm.mode & 0777) != 0600)
		sandbox_fail("killed at %u: the queue is not restored", nth);
	mq = mq_open("/queue", O_RDONLY);
	if (mq < 0 || mq_getattr(mq, &attr) || attr.mq_maxmsg != 5 || fstat(mq, &st) ||
	    (st.st_mode & 0777) != 0640)
		sandbox_fail("killed at %u: the POSIX queue is not restored", nth);
	mq_close(mq);
	mq_unlink("/queue");
	sandbox_reset(NULL);
	return killed;
}

/* Nothing that is half made takes a name, and nothing is there twice. */
static void test_undo_of_others_killed(void **state)
{
	unsigned int nth = 0;

	(void)state;
	while (undo_of_others_killed_at(nth))
		nth++;
	assert_true(nth > 50);
}

static const char *const rm_box[] = { "ipcscope", "rm", "--yes", "pshm:/box",
				      NULL };
static const char *const rm_segment[] = { "ipcscope", "rm", "--yes", "shm:0",
					  NULL };

static void put_link(void)
{
	make_pshm("/other", 10, 0600);
	must(unlink(BOX));
	must(symlink("/dev/shm/other", BOX));
}

static void put_other_file(void)
{
	must(rename("/dev/shm/other", BOX));
}

static void open_it(void)
{
	pshm_map_in("late", "/box", PROT_READ);
}

static void test_exchanged_file(void **state)
{
	struct stat before, st;

	(void)state;
	make_pshm("/box", 10000, 0640);
	assert_int_equal(run_and_meddle(rm_box, SYS_renameat2, -1, put_link), 5);
	must(lstat(BOX, &st));
	assert_true(S_ISLNK(st.st_mode));
	must(stat("/dev/shm/other", &st));
	must(unlink(BOX));

	make_pshm("/box", 10, 0600);
	must(stat("/dev/shm/other", &before));
	assert_int_equal(run_and_meddle(rm_box, SYS_renameat2, -1,
					put_other_file), 5);
	must(stat(BOX, &st));
	assert_int_equal(st.st_ino, before.st_ino);
	check_tidy(0);
}

/* After the second look, before the lease. */
static void test_mapped_meanwhile(void **state)
{
	struct stat st;

	(void)state;
	make_pshm("/box", 10000, 0640);
	assert_int_equal(run_and_meddle(rm_box, SYS_fcntl, F_SETLEASE, open_it),
			 5);
	must(stat(BOX, &st));
	check_tidy(0);
}

static void attach_it(void)
{
	shm_attach_in("late", 0, 0, SHM_PLAIN);
}

static void change_mode(void)
{
	struct shmid_ds ds;

	must(shmctl(0, IPC_STAT, &ds));
	ds.shm_perm.mode = 0666;
	must(shmctl(0, IPC_SET, &ds));
}

static void make_again(void)
{
	must(shmctl(0, IPC_RMID, NULL));
	must(write_small("/proc/sys/kernel/shm_next_id", "0"));
	assert_int_equal(make_shm(KEY, 4096, 0640), 0);
}

static void gone_by_then(void)
{
	must(shmctl(0, IPC_RMID, NULL));
}

/* Before each look at the segment: the lock is taken after the plan. */
static int meddled(void (*meddle)(void))
{
	make_shm(KEY, 10000, 0640);
	return run_and_meddle(rm_segment, SYS_flock, -1, meddle);
}

static void test_changed_segment(void **state)
{
	struct shmid_ds ds;

	(void)state;
	assert_int_equal(meddled(attach_it), 5);
	must(shmctl(0, IPC_STAT, &ds));
	assert_int_equal(ds.shm_nattch, 1);
	sandbox_reset(NULL);
	assert_int_equal(meddled(change_mode), 5);
	must(shmctl(0, IPC_STAT, &ds));
	sandbox_reset(NULL);
	assert_int_equal(meddled(make_again), 5);
	must(shmctl(0, IPC_STAT, &ds));
	sandbox_reset(NULL);
	assert_int_equal(meddled(gone_by_then), 0);
}

/* Too late to be noticed before: told afterwards. */
static void test_attached_too_late(void **state)
{
	char text[8192];

	(void)state;
	make_shm(KEY, 10000, 0640);
	assert_int_equal(run_and_meddle(rm_segment, SYS_shmctl, IPC_RMID,
					attach_it), 0);
	assert_true(read_small(STATE_DIR "/removed.jsonl", text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "1 attachment keeps it until the last detach"));
}

static void terminate(void)
{
	must(kill(stopping, SIGTERM));
}

/* The object in hand is finished, the rest is not begun, and that is said. */
static void test_terminated(void **state)
{
	const char *const argv[] = { "ipcscope", "rm", "--yes", "shm:0",
				     "shm:1", NULL };
	char text[8192];

	(void)state;
	make_shm(KEY, 10000, 0640);
	make_shm(KEY + 1, 10000, 0640);
	assert_int_equal(run_and_meddle(argv, SYS_shmctl, IPC_RMID, terminate),
			 1);
	assert_true(shmget(KEY, 0, 0) < 0);
	assert_true(shmget(KEY + 1, 0, 0) >= 0);
	assert_true(read_small(STATE_DIR "/removed.jsonl", text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "\"event\":\"stopped\""));
	assert_non_null(strstr(text, "\"event\":\"end\""));
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_rm_killed),
		TEST(test_undo_killed),
		TEST(test_undo_of_others_killed),
		TEST(test_exchanged_file),
		TEST(test_mapped_meanwhile),
		TEST(test_changed_segment),
		TEST(test_attached_too_late),
		TEST(test_terminated),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
