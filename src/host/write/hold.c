// SPDX-License-Identifier: GPL-2.0-or-later
/* Running a program, so that what comes after it is done whatever happens. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "internal.h"

/* Faults cannot wait; job control goes on as ever. */
static const int let_through[] = {
	SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS,
	SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGSTOP, SIGKILL,
};

void hold_begin(struct host_hold *hold)
{
	size_t i;

	sigfillset(&hold->mask);
	for (i = 0; i < ARRAY_SIZE(let_through); i++)
		sigdelset(&hold->mask, let_through[i]);
	/* Ignored, as some parents leave it, nothing could be waited for. */
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &hold->mask, &hold->old);
}

/* Those whose default is to end a process; 0: none. */
static int hold_ending_signal(const struct host_hold *hold)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t pending;
	size_t i;

	sigpending(&pending);
	for (i = 0; i < ARRAY_SIZE(ending); i++) {
		if (sigismember(&pending, ending[i]) == 1 &&
		    !sigismember(&hold->old, ending[i]))
			return ending[i];
	}
	return 0;
}

int hold_run(struct host_hold *hold, char *const *argv)
{
	int status, sig = hold_ending_signal(hold), err;
	posix_spawnattr_t attr;
	sigset_t defaults;
	siginfo_t info;
	pid_t pid = 0;

	if (sig)
		return 128 + sig;
	if (strchr(argv[0], '/') && host_answers(argv[0]))
		return -ETIMEDOUT;
	err = posix_spawnattr_init(&attr);
	if (err)
		return -err;
	/* Which host_guard_outputs() ignores for itself. */
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGXFSZ);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setsigmask(&attr, &hold->old);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	err = posix_spawnp(&pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	if (err)
		return -err;
	while (waitpid(pid, &status, WNOHANG) != pid) {
		/* What the terminal sends, the program gets as well. */
		if (sigwaitinfo(&hold->mask, &info) > 0 &&
		    info.si_signo != SIGCHLD && info.si_code != SI_KERNEL)
			kill(pid, info.si_signo);
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
