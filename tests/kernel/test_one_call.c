// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One call that looks fails with EIO, each call in turn: what is said then is what is said
 * otherwise, or a warning is there, or it failed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"

#define TOOL	"/tmp/.tool/ipcscope"
#define LEN(a)	(sizeof(a) / sizeof((a)[0]))

/* Each of how many fails; all of them with ONE_CALL_STRIDE=1. A sanitizer makes each run ten
 * times as long. */
#define STRIDE	(*(getenv("SANITIZE") ?: "") ? 211 : 17)

static const unsigned int calls[] = {
	SYS_openat, SYS_openat2, SYS_readlinkat, SYS_statx, SYS_newfstatat, SYS_fstat, SYS_read,
	SYS_pread64, SYS_getdents64, SYS_shmctl, SYS_semctl, SYS_msgctl, SYS_ioctl, SYS_kcmp,
	SYS_process_vm_readv, SYS_recvmsg, SYS_recvfrom, SYS_sendto, SYS_sendmsg, SYS_socket,
	SYS_setns, SYS_unshare, SYS_fsopen, SYS_fsmount, SYS_fsconfig, SYS_statfs, SYS_fstatfs,
	SYS_mq_open, SYS_mq_getsetattr, SYS_pidfd_open, SYS_pidfd_getfd, SYS_getxattr,
	SYS_fgetxattr, SYS_bind, SYS_getsockopt,
};

struct failing {
	const char *const *argv;
	unsigned int nth;	/* of the calls of the tool, not of its helper */
	/* What came of it. */
	bool hit;
	unsigned int nr;	/* of the call */
	char what[128];		/* its path */
	int status;
	char out[131072], why[4096];
};

static void be_traced(const char *const *argv)
{
	struct sock_filter filter[2 * LEN(calls) + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = { .filter = filter };
	size_t i, nr = 1;

	for (i = 0; i < LEN(calls); i++) {
		filter[nr++] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1);
		filter[nr++] = (struct sock_filter)
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	filter[nr++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)nr;
	sandbox_no_leak_check();
	setenv("IPCSCOPE_STATE_DIR", "/tmp/state", 1);
	setenv("IPCSCOPE_THREADS", "1", 1);
	dup2(open("/dev/null", O_RDONLY), 0);
	dup2(open("/tmp/.out", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600), 1);
	dup2(open("/tmp/.err", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600), 2);
	syscall(SYS_close_range, 3U, ~0U, 0U);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
	execv(TOOL, (char *const *)argv);
	_exit(127);
}

static void note_path(struct failing *failing, pid_t who, const struct user_regs_struct *regs)
{
	struct iovec to = { failing->what, 64 };
	struct iovec from = { (void *)(uintptr_t)regs->rsi, 64 };
	char link[64], dir[64] = "";

	memset(failing->what, 0, sizeof(failing->what));
	process_vm_readv(who, &to, 1, &from, 1, 0);
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)who, (int)regs->rdi);
	if (readlink(link, dir, sizeof(dir) - 1) < 0)
		*dir = '\0';
	failing->what[63] = '\0';
	snprintf(failing->what + strlen(failing->what), 64, " at %.50s", dir);
}

/* The tool begins to look when it opens /proc. */
static bool opens_proc(pid_t who, const struct user_regs_struct *regs)
{
	char path[8] = "";
	struct iovec to = { path, sizeof(path) - 1 };
	struct iovec from = { (void *)(uintptr_t)regs->rsi, sizeof(path) - 1 };

	return process_vm_readv(who, &to, 1, &from, 1, 0) > 0 && !strncmp(path, "/proc", 5);
}

static void run_failing(struct failing *failing)
{
	const unsigned long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP |
		PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	pid_t pid = (pid_t)must(fork()), who, helper = 0;
	struct user_regs_struct regs;
	bool begun = false, ended = false;
	unsigned int nr = 0;
	unsigned long other;
	int status;

	if (!pid)
		be_traced(failing->argv);
	must(waitpid(pid, &status, 0));
	must(ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options));
	must(ptrace(PTRACE_CONT, pid, NULL, NULL));
	failing->hit = false;
	while (!ended) {
		int sig = 0, event;

		who = (pid_t)must(waitpid(-1, &status, __WALL));
		if (!WIFSTOPPED(status)) {
			ended = who == pid;
			failing->status = WIFEXITED(status) ? WEXITSTATUS(status) :
				128 + WTERMSIG(status);
			continue;
		}
		event = status >> 16;
		if (!event && WSTOPSIG(status) != SIGSTOP && WSTOPSIG(status) != SIGTRAP)
			sig = WSTOPSIG(status);
		if ((event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) &&
		    !ptrace(PTRACE_GETEVENTMSG, who, NULL, &other))
			helper = (pid_t)other;
		if (event == PTRACE_EVENT_SECCOMP && !ptrace(PTRACE_GETREGS, who, NULL, &regs)) {
			begun = begun || opens_proc(who, &regs);
			if (begun && who != helper && nr++ == failing->nth) {
				failing->hit = true;
				failing->nr = (unsigned int)regs.orig_rax;
				note_path(failing, who, &regs);
				regs.orig_rax = (unsigned long long)-1;
				regs.rax = (unsigned long long)-EIO;
				ptrace(PTRACE_SETREGS, who, NULL, &regs);
			}
		}
		ptrace(PTRACE_CONT, who, NULL, (void *)(long)sig);
	}
	while (waitpid(-1, &status, __WALL | WNOHANG) > 0)
		;
	*failing->out = *failing->why = '\0';
	read_small("/tmp/.out", failing->out, sizeof(failing->out));
	read_small("/tmp/.err", failing->why, sizeof(failing->why));
}

/* ---- what is compared ---- */

/* What passes by itself. */
static bool is_volatile(const char *key)
{
	static const char *const keys[] = {
		"age", "idle", "waited", "time", "seconds", "taken", "ms", "blocked_ms", "for",
		"boot_id", "uptime", "evidence",
	};
	size_t i;

	for (i = 0; i < LEN(keys); i++) {
		if (!strcmp(key, keys[i]))
			return true;
	}
	return false;
}

static void strip(json_t *value)
{
	const char *key;
	json_t *part;
	size_t i;
	void *next;

	json_array_foreach(value, i, part)
		strip(part);
	if (!json_is_object(value))
		return;
	json_object_foreach_safe(value, next, key, part) {
		if (is_volatile(key))
			json_object_del(value, key);
		else
			strip(part);
	}
}

/* Without its warnings, how many of them there are is told. NULL: no JSON. */
static json_t *answer(const char *text, size_t *warnings)
{
	json_t *root = json_loads(text, 0, NULL), *object;
	size_t i;

	*warnings = json_array_size(json_object_get(root, "warnings"));
	json_object_del(root, "warnings");
	/* A socket of the run before may not be gone yet, in the kernel. */
	json_array_foreach(json_object_get(root, "objects"), i, object) {
		if (!strcmp(json_string_value(json_object_get(object, "class")) ?: "", "netlink"))
			json_object_clear(object);
	}
	json_object_del(root, "host");
	strip(root);
	return root;
}

static void make_all(void)
{
	unsigned short port;
	int id, ends[2], sock;

	sandbox_mount_mqueue();
	id = make_shm(0x5ce1, 8192, 0640);
	shm_attach_in("attached", id, 0, SHM_PLAIN);
	id = make_sem(0x5ce2, 2, NULL, 0640);
	sem_wait_in("waits", id, 1, -1);
	id = make_msg(0x5ce3, 0640);
	msg_put(id, 1, 10);
	make_pshm("/box", 4096, 0640);
	pshm_map_in("maps", "/box", PROT_READ);
	make_psem("/count", 5, 0640);
	make_pmsg("/queue", 3, 64, 0640);
	pmsg_receive_in("receives", "/queue");
	make_fifo("/tmp/fifo", 0640);
	fifo_open_in("opens", "/tmp/fifo", O_RDONLY);
	make_pipe(ends);
	hold_in("pipe", ends, 2);
	close(ends[0]);
	close(ends[1]);
	unix_pair(SOCK_STREAM, ends);
	sock = unix_listener(SOCK_STREAM, "/tmp/socket", 1);
	accept_in("accepts", sock);
	close(sock);
	read_in("reads", ends[0]);
	hold_in("writes", &ends[1], 1);
	close(ends[0]);
	close(ends[1]);
	sock = tcp_listener(AF_INET, &port);
	hold_in("tcp", &sock, 1);
	close(sock);
	sock = netlink_bound(0, NULL);
	hold_in("netlink", &sock, 1);
	close(sock);
	sock = make_memfd("mem", 4096);
	hold_in("memfd", &sock, 1);
	close(sock);
	sock = make_eventfd(1, 0);
	hold_in("event", &sock, 1);
	close(sock);
}

static const char *const commands[][10] = {
	{ "ipcscope", "list", "-a", "-o", "all", "--assume-complete", "--json", NULL },
	{ "ipcscope", "list", "sysv", "-o", "all", "--assume-complete", "--json", NULL },
	{ "ipcscope", "show", "fifo:/tmp/fifo", "--assume-complete", "--json", NULL },
	{ "ipcscope", "show", "unix:/tmp/socket", "--assume-complete", "--json", NULL },
	{ "ipcscope", "show", "shm:0", "--assume-complete", "--json", NULL },
	{ "ipcscope", "stale", "-a", "--assume-complete", "--json", NULL },
	{ "ipcscope", "ps", "--assume-complete", "--json", NULL },
	{ "ipcscope", "limits", "--json", NULL },
};

static unsigned int try_command(struct failing *failing, unsigned int stride)
{
	unsigned int wrong = 0;
	size_t before, warnings;
	json_t *good, *now;

	failing->nth = ~0U;
	run_failing(failing);
	good = answer(failing->out, &before);
	assert_non_null(good);
	for (failing->nth = 0;; failing->nth += stride) {
		run_failing(failing);
		if (!failing->hit)
			break;
		now = answer(failing->out, &warnings);
		if (failing->status < 128 && (!now || warnings > before || *failing->why)) {
			json_decref(now);
			continue;
		}
		/* What users are called says /etc. */
		if (failing->status >= 128 ||
		    (!json_equal(good, now) && !strstr(failing->what, "/etc/"))) {
			fprintf(stderr, "%s %s: call %u (%u, %s): status %d, no warning\n",
				failing->argv[1], failing->argv[2], failing->nth, failing->nr,
				failing->what, failing->status);
			wrong++;
		}
		json_decref(now);
	}
	json_decref(good);
	return wrong;
}

static void test_one_call(void **state)
{
	static struct failing failing;
	const char *stride = getenv("ONE_CALL_STRIDE");
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	make_all();
	for (i = 0; i < LEN(commands); i++) {
		failing.argv = commands[i];
		wrong += try_command(&failing, stride ? (unsigned int)atoi(stride) : STRIDE);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_one_call, sandbox_reset),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
