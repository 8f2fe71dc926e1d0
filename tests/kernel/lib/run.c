// SPDX-License-Identifier: GPL-2.0-or-later
/* Running programs and keeping what they print. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "run.h"

#define NOBODY 65534

struct plan {
	const char *file;
	const char *const *argv;
	const struct how *how;
	int in, out, err;
};

/* ---- in the new process ---- */

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		_exit(126);
}

static void set_environment(const struct how *how)
{
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	if (how->env)
		putenv((char *)how->env);
}

static void execute(const struct plan *plan)
{
	sigset_t none;

	if (dup2(plan->in, 0) < 0 || dup2(plan->out, 1) < 0 ||
	    dup2(plan->err, 2) < 0)
		_exit(126);
	syscall(SYS_close_range, 3U, ~0U, 0U);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	set_environment(plan->how);
	if (plan->how->prepare)
		plan->how->prepare();
	if (plan->how->user)
		become_nobody();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(plan->file, (char *const *)plan->argv);
	dprintf(2, "cannot run %s: %s\n", plan->file, strerror(errno));
	_exit(127);
}

/* ---- in the test ---- */

/* A file without a name, with this text in it. */
static int plain_file(const char *text)
{
	int fd = (int)must(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));

	if (text) {
		must(write(fd, text, strlen(text)));
		must(lseek(fd, 0, SEEK_SET));
	}
	return fd;
}

static char *take_file(int fd, size_t *len)
{
	struct stat st;
	char *text;

	must(fstat(fd, &st));
	text = malloc((size_t)st.st_size + 1);
	if (!text || pread(fd, text, (size_t)st.st_size, 0) != st.st_size)
		sandbox_fail("cannot read what was printed");
	text[st.st_size] = '\0';
	*len = (size_t)st.st_size;
	close(fd);
	return text;
}

static long long now_ms(void)
{
	struct timespec now;

	must(clock_gettime(CLOCK_MONOTONIC, &now));
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Until it ends or time is up. SIGCHLD is blocked; it may tell of others. A
 * pidfd would do, but is an object that the tool would list. */
static bool wait_end(pid_t pid)
{
	long long deadline = now_ms() + RUN_DEADLINE_MS, left;
	siginfo_t end;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		struct timespec rest;

		end.si_pid = 0;
		must(waitid(P_PID, (id_t)pid, &end, WEXITED | WNOHANG | WNOWAIT));
		left = deadline - now_ms();
		if (end.si_pid || left <= 0)
			return end.si_pid;
		rest.tv_sec = left / 1000;
		rest.tv_nsec = left % 1000 * 1000000;
		sigtimedwait(&child, NULL, &rest);
	}
}

static void collect(struct run *r, const char *file)
{
	struct rusage usage;
	bool ended = wait_end(r->pid);
	int status;

	if (!ended)
		kill(r->pid, SIGKILL);
	must(wait4(r->pid, &status, 0, &usage));
	if (!ended)
		sandbox_fail("%s did not end in %d ms", file, RUN_DEADLINE_MS);
	r->status = WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status);
	r->max_rss = usage.ru_maxrss;
}

static void run_plan(struct run *r, struct plan *plan)
{
	sigset_t child, before;

	memset(r, 0, sizeof(*r));
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (plan->how->user && !sandbox_is_root())
		sandbox_fail("no other user in a user namespace: skip() this");
	plan->in = plan->how->input
			? plain_file(plan->how->input)
			: (int)must(open("/dev/null", O_RDONLY | O_CLOEXEC));
	plan->out = plain_file(NULL);
	plan->err = plain_file(NULL);
	fflush(NULL);
	must(sigprocmask(SIG_BLOCK, &child, &before));
	r->pid = (pid_t)must(fork());
	if (r->pid == 0)
		execute(plan);
	close(plan->in);
	collect(r, plan->file);
	must(sigprocmask(SIG_SETMASK, &before, NULL));
	r->out = take_file(plan->out, &r->out_len);
	r->err = take_file(plan->err, &r->err_len);
}

void run_cmd_how(struct run *r, const struct how *how, const char *const argv[])
{
	static const struct how plain;
	struct plan plan = {
		.file = argv[0], .argv = argv, .how = how ? how : &plain,
	};

	run_plan(r, &plan);
}

void run_tool_how(struct run *r, const struct how *how,
		  const char *const argv[])
{
	static const struct how plain;
	struct plan plan = { .file = SANDBOX_TOOL, .how = how ? how : &plain };
	const char *full[64];
	size_t n = 0;

	if (access(SANDBOX_TOOL, X_OK))
		sandbox_fail("no ipcscope to test: build it, or set IPCSCOPE");
	full[n++] = plan.how->argv0 ? plan.how->argv0 : "ipcscope";
	while (*argv && n < 63)
		full[n++] = *argv++;
	if (*argv)
		sandbox_fail("more than 62 arguments");
	full[n] = NULL;
	plan.argv = full;
	run_plan(r, &plan);
}

bool have_cmd(const char *name)
{
	struct run r;
	bool have;

	run_cmd(&r, "sh", "-c", "command -v \"$1\" >/dev/null", "sh", name);
	have = r.status == 0;
	run_free(&r);
	return have;
}

void run_free(struct run *r)
{
	free(r->out);
	free(r->err);
	json_decref(r->json);
	memset(r, 0, sizeof(*r));
}

void run_expect(const struct run *r, int status)
{
	if (r->status != status)
		sandbox_fail("status %d, not %d\nstdout: %.400s\nstderr: %.400s",
			     r->status, status, r->out, r->err);
}
