// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rm, clean, set and undo with one call failing, each call in turn, or killed before it. Nothing
 * is gone without a line in the log, what is said is so, and the next runs bring everything back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define TOOL	"/tmp/.tool/ipcscope"
#define TEXT	"what it holds"
#define LEN(a)	(sizeof(a) / sizeof((a)[0]))

/* A sanitizer makes each run ten times as long: of its faults only some. */
#define STRIDE	(*(getenv("SANITIZE") ?: "") ? 29 : 1)

/* Calls that change something. The others only look: they fail with EIO alone, and to be killed
 * before one is to be killed before the next change. */
static const int acts[] = {
	SYS_write, SYS_pwrite64, SYS_ftruncate, SYS_fsync, SYS_syncfs, SYS_rename, SYS_renameat,
	SYS_renameat2, SYS_unlink, SYS_unlinkat, SYS_linkat, SYS_mkdir, SYS_mkdirat, SYS_shmctl,
	SYS_semctl, SYS_msgctl, SYS_shmget, SYS_semget, SYS_msgget, SYS_msgsnd, SYS_mq_open,
	SYS_mq_unlink, SYS_fchown, SYS_fchownat, SYS_fchmod, SYS_chmod, SYS_utimensat,
	SYS_mknodat, SYS_fcntl,
};
static const int looks[] = {
	SYS_openat, SYS_openat2, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_pread64, SYS_shmat,
	SYS_getdents64, SYS_mq_getsetattr, SYS_msgrcv, SYS_flock, SYS_readlinkat,
};

/* ---- one run with a fault ---- */

struct fault {
	const char *const *argv;
	unsigned int nth;
	int err;		/* 0: it is killed instead */
	bool acts_only;
	long only;		/* every call of this kind, whatever nth; 0 */
	void (*meanwhile)(void);	/* when the copies are on the disk, */
	unsigned long long when;	/* or before the first of these calls */
	/* What came of it. */
	bool hit;
	long nr;		/* of the call */
	int status;
	char out[8192], why[8192];
};

static void add(struct sock_filter *filter, size_t *nr, const int *calls, size_t nr_calls)
{
	size_t i;

	for (i = 0; i < nr_calls; i++) {
		filter[(*nr)++] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)calls[i], 0, 1);
		filter[(*nr)++] = (struct sock_filter)
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
}

/* Only these calls stop. */
static void filter_calls(void)
{
	struct sock_filter filter[2 * (LEN(acts) + LEN(looks)) + 2];
	struct sock_fprog program = { .filter = filter };
	size_t nr = 0;

	filter[nr++] = (struct sock_filter)
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	add(filter, &nr, acts, LEN(acts));
	add(filter, &nr, looks, LEN(looks));
	filter[nr++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)nr;
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
}

static void be_traced(const char *const *argv)
{
	/* Under ptrace. */
	sandbox_no_leak_check();
	setenv("IPCSCOPE_STATE_DIR", STATE_DIR, 1);
	setenv("IPCSCOPE_THREADS", "1", 1);
	dup2(open("/dev/null", O_RDONLY), 0);
	dup2(open("/tmp/.out", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600), 1);
	dup2(open("/tmp/.err", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600), 2);
	syscall(SYS_close_range, 3U, ~0U, 0U);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	filter_calls();
	execv(TOOL, (char *const *)argv);
	_exit(127);
}

static bool is_one_of(long long nr, const int *calls, size_t nr_calls)
{
	while (nr_calls--) {
		if (calls[nr_calls] == nr)
			return true;
	}
	return false;
}

static bool opens_lock(pid_t pid, const struct user_regs_struct *regs)
{
	char path[8] = "";
	struct iovec to = { path, sizeof(path) - 1 };
	struct iovec from = { (void *)(uintptr_t)regs->rsi, sizeof(path) - 1 };

	return (long)regs->orig_rax == SYS_openat &&
	       process_vm_readv(pid, &to, 1, &from, 1, 0) > 0 && !strcmp(path, "lock");
}

static bool is_below(const char *path)
{
	return !strncmp(path, "/proc", 5) || !strncmp(path, "/run", 4);
}

/* Whether it looks at processes, or for FIFOs: many alike. */
static bool is_one_of_many(pid_t pid, const struct user_regs_struct *regs)
{
	const bool by_path = is_one_of((long)regs->orig_rax, (const int[]){
		SYS_openat, SYS_openat2, SYS_newfstatat, SYS_statx, SYS_readlinkat }, 5);
	char path[16] = "", link[64];
	struct iovec to = { path, sizeof(path) - 1 };
	struct iovec from = { (void *)(uintptr_t)regs->rsi, sizeof(path) - 1 };

	if (by_path && process_vm_readv(pid, &to, 1, &from, 1, 0) > 0 && *path == '/')
		return is_below(path);
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, (int)regs->rdi);
	return readlink(link, path, sizeof(path) - 1) > 0 && is_below(path);
}

/* At a call of the tool itself: whether this is the one. */
static bool is_the_one(struct fault *fault, pid_t pid, const struct user_regs_struct *regs,
		       bool *begun, unsigned int *calls)
{
	const bool act = is_one_of((long)regs->orig_rax, acts, LEN(acts));

	if (fault->only)
		return (long)regs->orig_rax == fault->only;
	*begun = *begun || fault->acts_only || opens_lock(pid, regs);
	/* What it prints is not meant. */
	if (!*begun || (regs->orig_rax == SYS_write && regs->rdi <= 2) ||
	    (!act && (fault->acts_only || fault->err != EIO ||
		      is_one_of_many(pid, regs))))
		return false;
	return (*calls)++ == fault->nth;
}

static void run_fault(struct fault *fault)
{
	const unsigned long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP |
		PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		PTRACE_O_TRACEEXEC;
	pid_t pid = (pid_t)must(fork()), who, helper = 0;
	struct user_regs_struct regs;
	bool begun = false, ended = false;
	unsigned int calls = 0;
	unsigned long other;
	int status;

	if (!pid)
		be_traced(fault->argv);
	must(waitpid(pid, &status, 0));
	must(ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options));
	must(ptrace(PTRACE_CONT, pid, NULL, NULL));
	fault->hit = false;
	while (!ended) {
		int sig = 0, event;

		who = (pid_t)must(waitpid(-1, &status, __WALL));
		if (!WIFSTOPPED(status)) {
			ended = who == pid;
			fault->status = WIFEXITED(status) ? WEXITSTATUS(status) :
				128 + WTERMSIG(status);
			continue;
		}
		event = status >> 16;
		if (!event && WSTOPSIG(status) != SIGSTOP && WSTOPSIG(status) != SIGTRAP)
			sig = WSTOPSIG(status);
		if ((event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) &&
		    !ptrace(PTRACE_GETEVENTMSG, who, NULL, &other))
			helper = (pid_t)other;
		if (event == PTRACE_EVENT_SECCOMP && fault->meanwhile &&
		    !ptrace(PTRACE_GETREGS, who, NULL, &regs) &&
		    regs.orig_rax == (fault->when ?: SYS_syncfs)) {
			fault->meanwhile();
			fault->when = fault->when ? ~0ULL : 0;
		} else if (event == PTRACE_EVENT_SECCOMP && who != helper &&
		    !ptrace(PTRACE_GETREGS, who, NULL, &regs) &&
		    is_the_one(fault, who, &regs, &begun, &calls)) {
			fault->hit = true;
			fault->nr = (long)regs.orig_rax;
			if (!fault->err) {
				kill(pid, SIGKILL);
				continue;
			}
			regs.orig_rax = (unsigned long long)-1;
			regs.rax = (unsigned long long)-fault->err;
			ptrace(PTRACE_SETREGS, who, NULL, &regs);
		}
		ptrace(PTRACE_CONT, who, NULL, (void *)(long)sig);
	}
	while (waitpid(-1, &status, __WALL | WNOHANG) > 0)
		;
	*fault->out = *fault->why = '\0';
	read_small("/tmp/.out", fault->out, sizeof(fault->out));
	read_small("/tmp/.err", fault->why, sizeof(fault->why));
}

/* ---- the objects ---- */

static const char *const refs[] = {
	"shm:0", "sem:0", "msg:0", "pshm:/box", "psem:/count", "pmsg:/queue", "fifo:/tmp/fifo",
};

static void make_objects(void)
{
	int id = make_shm(0x5ce1, 10000, 0640), fd;
	char *at = shmat(id, NULL, 0);

	strcpy(at + 5000, TEXT);
	must(shmdt(at));
	make_sem(0x5ce2, 3, (const unsigned short[]){ 1, 2, 3 }, 0640);
	id = make_msg(0x5ce3, 0640);
	msg_put(id, 7, 10);
	msg_put(id, 8, 20);
	make_pshm("/box", 10000, 0640);
	fd = (int)must(open("/dev/shm/box", O_RDWR));
	must(pwrite(fd, TEXT, sizeof(TEXT), 5000));
	close(fd);
	make_psem("/count", 5, 0640);
	make_pmsg("/queue", 3, 100, 0640);
	make_fifo("/tmp/fifo", 0640);
}

static void make_as_lonely(void *arg)
{
	(void)arg;
	sandbox_be_lonely();
	make_objects();
	sandbox_ready(0);
}

static const char *file_of(size_t i)
{
	return i == 3 ? "/dev/shm/box" : i == 4 ? "/dev/shm/sem.count" :
	       i == 5 ? "/dev/mqueue/queue" : "/tmp/fifo";
}

static int id_of(size_t i)
{
	return i == 0 ? shmget(0x5ce1, 0, 0) : i == 1 ? semget(0x5ce2, 0, 0) :
	       msgget(0x5ce3, 0);
}

static bool is_there(size_t i)
{
	struct stat st;

	return i < 3 ? id_of(i) >= 0 : !stat(file_of(i), &st);
}

/* With what it held, once. */
static bool is_whole(size_t i)
{
	unsigned short values[3] = { 0 };
	struct shm_info info = { 0 };
	struct msqid_ds queue;
	char text[sizeof(TEXT)] = "";
	struct stat st;
	char *at;
	int fd;

	switch (i) {
	case 0:
		at = shmat(id_of(i), NULL, SHM_RDONLY);
		if (at == (void *)-1)
			return false;
		fd = strcmp(at + 5000, TEXT);
		shmdt(at);
		shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info);
		return !fd && info.used_ids == 1;
	case 1:
		return !semctl(id_of(i), 0, GETALL, values) && values[0] == 1 && values[2] == 3;
	case 2:
		return !msgctl(id_of(i), IPC_STAT, &queue) && queue.msg_qnum == 2 &&
		       queue.msg_cbytes == 30;
	case 3:
		fd = open(file_of(i), O_RDONLY);
		if (fd < 0 || pread(fd, text, sizeof(text), 5000) < 0)
			return false;
		close(fd);
		return !strcmp(text, TEXT);
	default:
		return !stat(file_of(i), &st) && (st.st_mode & 0777) == 0640;
	}
}

static void wrong(const struct fault *fault, const char *what, const char *ref)
{
	char log[16384] = "";

	read_small(STATE_DIR "/removed.jsonl", log, sizeof(log));
	sandbox_fail("%s, call %u (%ld), %s: %s %s\n%s%s%s", fault->argv[1], fault->nth,
		     fault->nr, fault->err ? strerrorname_np(fault->err) : "killed", ref, what,
		     fault->out, fault->why, log);
}

static void check_tidy(const struct fault *fault)
{
	static const char *const dirs[] = { "/dev/shm", "/tmp" };
	struct dirent *entry;
	size_t i;

	for (i = 0; i < LEN(dirs); i++) {
		DIR *dir = opendir(dirs[i]);

		while ((entry = readdir(dir))) {
			if (!strncmp(entry->d_name, ".ipcscope-", 10))
				wrong(fault, "is left", entry->d_name);
		}
		closedir(dir);
	}
}

static bool says_of(const char *text, const char *before, const char *ref, const char *after)
{
	char what[128];

	snprintf(what, sizeof(what), "%s%s%s", before, ref, after);
	return strstr(text, what);
}

static bool log_announces(const char *ref)
{
	char log[32768] = "", *line, *save = NULL;

	read_small(STATE_DIR "/removed.jsonl", log, sizeof(log));
	for (line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strstr(line, "\"event\":\"remove\"") && says_of(line, "\"ref\":\"", ref, "\""))
			return true;
	}
	return false;
}

static void run_plainly(struct run *r, const char *const argv[])
{
	run_tool_how(r, &state_how, argv);
	if (r->status > 5)
		sandbox_fail("%s: %d %s", argv[0], r->status, r->err);
}

/* Another run settles, and undo brings back. */
static void check_back(const struct fault *fault)
{
	struct run r;
	size_t i;

	run_plainly(&r, (const char *const[]){ "clean", "--yes", NULL });
	run_free(&r);
	check_tidy(fault);
	run_plainly(&r, (const char *const[]){ "undo", "--last", NULL });
	for (i = 0; i < LEN(refs); i++) {
		if (!is_whole(i))
			wrong(fault, is_there(i) ? "is damaged" : "is lost", refs[i]);
	}
	run_free(&r);
	check_tidy(fault);
}

static void check_removal(const struct fault *fault)
{
	size_t i;

	for (i = 0; i < LEN(refs); i++) {
		const bool there = is_there(i);

		if (!there && !log_announces(refs[i]))
			wrong(fault, "is gone without a line", refs[i]);
		if (there && says_of(fault->out, "removed ", refs[i], ""))
			wrong(fault, "is said to be removed and is not", refs[i]);
		if (!there && says_of(fault->why, "", refs[i], " not removed"))
			wrong(fault, "is said not to be removed and is gone", refs[i]);
	}
	check_back(fault);
}

static void check_undo(const struct fault *fault)
{
	size_t i;

	for (i = 0; i < LEN(refs); i++) {
		if (says_of(fault->out, "restored ", refs[i], "\n") && !is_whole(i))
			wrong(fault, "is said to be restored and is not", refs[i]);
		if (says_of(fault->why, "", refs[i], " not restored") && is_whole(i))
			wrong(fault, "is said not to be restored and is", refs[i]);
	}
	check_back(fault);
}

/* Its mode, and whether it is locked, where set is to make it 0600 and locked. */
static unsigned int segment_mode(void)
{
	struct shmid_ds ds;

	must(shmctl(0, IPC_STAT, &ds));
	return ds.shm_perm.mode & (0777 | SHM_LOCKED);
}

/* What was set, whole or in part, is in the log, and undo takes it back. */
static void check_set_back(const struct fault *fault)
{
	struct run r;

	run_plainly(&r, (const char *const[]){ "clean", "--yes", NULL });
	run_free(&r);
	check_tidy(fault);
	run_plainly(&r, (const char *const[]){ "undo", "--last", NULL });
	run_free(&r);
	if (segment_mode() != 0640)
		wrong(fault, "is not set back", "shm:0");
	check_tidy(fault);
}

static void check_set(const struct fault *fault)
{
	const unsigned int mode = segment_mode();
	const bool set = (mode & 0777) == 0600;
	char log[8192] = "";

	if (!set && (mode & 0777) != 0640)
		wrong(fault, "has half a mode", "shm:0");
	if (set != says_of(fault->out, "", "shm:0", " mode 0640 -> 0600") && fault->err)
		wrong(fault, "is not as it is said to be", "shm:0");
	if (mode & SHM_LOCKED && fault->err &&
	    !says_of(fault->out, "", "shm:0", " locked no -> yes"))
		wrong(fault, "is locked without a word", "shm:0");
	read_small(STATE_DIR "/removed.jsonl", log, sizeof(log));
	if (mode != 0640 && !strstr(log, "\"event\":\"set\""))
		wrong(fault, "is set without a line", "shm:0");
	check_set_back(fault);
}

static void check_undo_of_set(const struct fault *fault)
{
	const bool back = segment_mode() == 0640;

	if (!back && says_of(fault->out, "restored ", "shm:0", ""))
		wrong(fault, "is said to be set back and is not", "shm:0");
	if (back && says_of(fault->why, "", "shm:0", " not restored"))
		wrong(fault, "is said not to be set back and is", "shm:0");
	check_set_back(fault);
}

/* The log was rotated before the next run. */
static void check_rotated(const struct fault *fault)
{
	rename(STATE_DIR "/removed.jsonl", STATE_DIR "/removed.jsonl.1");
	check_back(fault);
}

/* Somebody has it attached, so that it stays when it is removed. */
static void check_forced(const struct fault *fault)
{
	const bool removed = !is_there(0);
	struct shm_info info;
	struct run r;
	char *at;

	run_plainly(&r, (const char *const[]){ "clean", "--yes", NULL });
	if (says_of(r.err, "", "shm:0",
		    ": an earlier run was cut short: not removed") == removed && *r.err)
		wrong(fault, "is not as the next run says", r.err);
	run_free(&r);
	run_plainly(&r, (const char *const[]){ "undo", "--last", NULL });
	at = shmat(id_of(0), NULL, SHM_RDONLY);
	if (at == (void *)-1 || strcmp(at + 5000, TEXT))
		wrong(fault, "is lost", "shm:0");
	shmdt(at);
	shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info);
	if (info.used_ids != 1 + removed)
		wrong(fault, "is not there once", "shm:0");
	run_free(&r);
}

/* ---- all faults of a command ---- */

struct scenario {
	const char *const *argv;
	const char *const *before;	/* run first; or NULL */
	bool acts_only, lonely, attached, kills_only;
	void (*check)(const struct fault *fault);
	unsigned int least;		/* calls that it makes at least */
};

static bool try_one(const struct scenario *scenario, struct fault *fault)
{
	struct run r;

	sandbox_mount_mqueue();
	if (scenario->lonely)
		sandbox_join(sandbox_spawn("maker", make_as_lonely, NULL));
	else
		make_objects();
	if (scenario->attached)
		shm_attach_in("holder", 0, 0, SHM_PLAIN);
	if (scenario->before) {
		run_plainly(&r, scenario->before);
		run_expect(&r, 0);
		run_free(&r);
	}
	run_fault(fault);
	if (fault->hit)
		scenario->check(fault);
	sandbox_reset(NULL);
	return fault->hit;
}

static void try_all(const struct scenario *scenario)
{
	static const int errs[] = { 0, EIO, ENOSPC, EINTR, EACCES };
	struct fault fault = { .argv = scenario->argv, .acts_only = scenario->acts_only };
	size_t i;

	for (i = 0; i < (scenario->kills_only ? 1 : LEN(errs)); i++) {
		fault.err = errs[i];
		for (fault.nth = STRIDE / 2; try_one(scenario, &fault); fault.nth += STRIDE)
			;
		if (fault.nth < scenario->least)
			sandbox_fail("%s: only %u calls", scenario->argv[1], fault.nth);
	}
}

#define REFS	"shm:0", "sem:0", "msg:0", "pshm:/box", "psem:/count", "pmsg:/queue", \
		"fifo:/tmp/fifo"

static void test_rm(void **state)
{
	static const char *const argv[] = {
		"ipcscope", "rm", "--yes", "--assume-complete", REFS, NULL
	};

	(void)state;
	try_all(&(struct scenario){ .argv = argv, .check = check_removal, .least = 30 });
}

static void test_clean(void **state)
{
	static const char *const argv[] = {
		"ipcscope", "clean", "--yes", "--suspect", "--older", "0s", "--user", "4711",
		"--path", "/tmp", "--assume-complete", NULL
	};

	(void)state;
	sandbox_needs_others();
	try_all(&(struct scenario){
		.argv = argv, .check = check_removal, .lonely = true, .least = 30
	});
}

static void test_undo(void **state)
{
	static const char *const before[] = { "rm", "--yes", "--force", REFS, NULL };
	static const char *const argv[] = { "ipcscope", "undo", "--last", NULL };

	(void)state;
	try_all(&(struct scenario){
		.argv = argv, .before = before, .check = check_undo, .least = 30
	});
}

static void test_set(void **state)
{
	static const char *const argv[] = {
		"ipcscope", "set", "shm:0", "mode=0600", "locked=yes", NULL
	};

	(void)state;
	try_all(&(struct scenario){
		.argv = argv, .check = check_set, .acts_only = true, .least = 8
	});
}

static void test_undo_of_set(void **state)
{
	static const char *const before[] = { "set", "shm:0", "mode=0600", "locked=yes", NULL };
	static const char *const argv[] = { "ipcscope", "undo", "--last", NULL };

	(void)state;
	try_all(&(struct scenario){
		.argv = argv, .before = before, .check = check_undo_of_set, .acts_only = true,
		.least = 8
	});
}

static void test_forced(void **state)
{
	static const char *const argv[] = { "ipcscope", "rm", "--yes", "--force", "shm:0", NULL };

	(void)state;
	try_all(&(struct scenario){
		.argv = argv, .check = check_forced, .acts_only = true, .attached = true, .least = 8
	});
}

static void test_rotated(void **state)
{
	static const char *const argv[] = {
		"ipcscope", "rm", "--yes", "--assume-complete", REFS, NULL
	};

	(void)state;
	try_all(&(struct scenario){
		.argv = argv, .check = check_rotated, .kills_only = true, .least = 30
	});
}

/* The name is back, and nothing is said to be gone. */
static void test_last_unlink(void **state)
{
	static const char *const argv[] = {
		"ipcscope", "rm", "--yes", "--assume-complete", "pshm:/box", "fifo:/tmp/fifo", NULL
	};
	struct fault fault = { .argv = argv, .err = EIO, .only = SYS_unlinkat };
	char log[16384] = "";

	(void)state;
	sandbox_mount_mqueue();
	make_objects();
	run_fault(&fault);
	assert_true(fault.hit);
	assert_int_equal(fault.status, 1);
	says(fault.why, "pshm:/box not removed: Input/output error");
	says(fault.why, "fifo:/tmp/fifo not removed: Input/output error");
	assert_true(is_whole(3) && is_whole(6));
	check_tidy(&fault);
	read_small(STATE_DIR "/removed.jsonl", log, sizeof(log));
	says(log, "{\"event\":\"failed\"");
	assert_null(strstr(log, "\"event\":\"removed\""));
}

static void write_by_mapping(void)
{
	int fd = (int)must(open("/dev/shm/box", O_RDWR));
	char *at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	assert_true(at != MAP_FAILED);
	strcpy(at + 5000, "SINCE THEN");
	munmap(at, 8192);
	close(fd);
}

/* Whoever writes by a mapping leaves no time behind. */
static void test_written_after_the_copy(void **state)
{
	static const char *const argv[] = { "ipcscope", "rm", "--yes", "pshm:/box", NULL };
	struct fault fault = { .argv = argv, .only = -1, .meanwhile = write_by_mapping };
	char text[16] = "";
	int fd;

	(void)state;
	sandbox_mount_mqueue();
	make_objects();
	run_fault(&fault);
	assert_int_equal(fault.status, 5);
	says(fault.why, "changed since the plan");
	fd = (int)must(open("/dev/shm/box", O_RDONLY));
	must(pread(fd, text, sizeof(text), 5000));
	close(fd);
	assert_string_equal(text, "SINCE THEN");
	tool_says(1, NULL, "nothing is kept", "undo", "--last");
}

static int opened_fifo;

static void open_fifo(void)
{
	opened_fifo = (int)must(open("/tmp/fifo", O_RDWR | O_CLOEXEC));
}

static void wait_to_open_fifo(void)
{
	fifo_open_in("opens", "/tmp/fifo", O_RDONLY);
}

/* Between the last look at it and its removal; it has its name back. */
static void opened_before_the_removal(void (*opens)(void))
{
	static const char *const argv[] = {
		"ipcscope", "rm", "--yes", "--assume-complete", "fifo:/tmp/fifo", "fifo:/tmp/other", NULL
	};
	struct fault fault = {
		.argv = argv, .only = -1, .meanwhile = opens, .when = SYS_renameat2,
	};

	sandbox_mount_mqueue();
	make_objects();
	make_fifo("/tmp/other", 0600);
	run_fault(&fault);
	assert_int_equal(fault.status, 5);
	says(fault.why, "fifo:/tmp/fifo not removed");
	assert_true(is_whole(6));
	check_tidy(&fault);
}

static void test_opened_before_the_removal(void **state)
{
	(void)state;
	opened_before_the_removal(open_fifo);
	close(opened_fifo);
	assert_int_equal(access("/tmp/other", F_OK), -1);
}

static void test_waited_for_before_the_removal(void **state)
{
	(void)state;
	opened_before_the_removal(wait_to_open_fifo);
}


/* All of these are others then, or were used. */
static void replace_all(void)
{
	struct sembuf up = { .sem_op = 1 };
	int fd;

	must(unlink("/tmp/sock"));
	fd = unix_listener(SOCK_STREAM, "/tmp/sock", 1);
	hold_fd_in("server", fd);
	close(fd);
	must(unlink("/tmp/fifo"));
	make_fifo("/tmp/fifo", 0640);
	must(mq_unlink("/queue"));
	make_pmsg("/queue", 3, 100, 0640);
	must(rename("/dev/shm/box", "/dev/shm/other"));
	make_pshm("/box", 10000, 0640);
	must(semop(id_of(1), &up, 1));
	msg_put(id_of(2), 9, 5);
	must(shmdt((void *)must(shmat(id_of(0), NULL, 0))));
}

static void test_replaced_after_the_copy(void **state)
{
	static const char *const argv[] = {
		"ipcscope", "rm", "--yes", "--assume-complete", "shm:0", "sem:0", "msg:0",
		"pshm:/box", "pmsg:/queue", "fifo:/tmp/fifo", "unix:/tmp/sock", NULL
	};
	struct fault fault = { .argv = argv, .only = -1, .meanwhile = replace_all };
	struct stat st;
	size_t i;

	(void)state;
	sandbox_mount_mqueue();
	make_objects();
	unix_stale(SOCK_STREAM, "/tmp/sock");
	run_fault(&fault);
	assert_int_equal(fault.status, 5);
	assert_string_equal(fault.out, "");
	for (i = 4; argv[i]; i++) {
		if (!says_of(fault.why, "", argv[i], " not removed"))
			wrong(&fault, "is not said to be left", argv[i]);
	}
	for (i = 0; i < LEN(refs); i++) {
		if (!is_there(i))
			wrong(&fault, "is gone", refs[i]);
	}
	must(stat("/tmp/sock", &st));
	check_tidy(&fault);
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_rm), TEST(test_clean), TEST(test_undo), TEST(test_set),
		TEST(test_undo_of_set), TEST(test_forced), TEST(test_rotated),
		TEST(test_last_unlink), TEST(test_written_after_the_copy),
		TEST(test_opened_before_the_removal), TEST(test_waited_for_before_the_removal),
		TEST(test_replaced_after_the_copy),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
