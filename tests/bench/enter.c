// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * enter: runs a command as process 1 of new IPC, PID, mount and network
 * namespaces (as another user than root in a user namespace too), with an empty
 * /dev/shm, the System V limits at their highest, and no inherited descriptors.
 * When the command ends, all its processes and objects do.
 *
 *	enter COMMAND [ARGUMENT]...
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "bench.h"

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = -1;

	if (fd < 0)
		return -1;
	if (write(fd, text, strlen(text)) >= 0)
		rc = 0;
	close(fd);
	return rc;
}

static void new_namespaces(void)
{
	int flags = CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[32];

	must(unshare(flags | (uid ? CLONE_NEWUSER : 0)), "unshare");
	if (!uid)
		return;
	must(write_file("/proc/self/setgroups", "deny"), "setgroups");
	snprintf(map, sizeof(map), "0 %u 1\n", uid);
	must(write_file("/proc/self/uid_map", map), "uid_map");
	snprintf(map, sizeof(map), "0 %u 1\n", gid);
	must(write_file("/proc/self/gid_map", map), "gid_map");
}

static void new_mounts(void)
{
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount /");
	must(mount("proc", "/proc", "proc", 0, NULL), "mount /proc");
	must(mount("shm", "/dev/shm", "tmpfs", 0, "mode=1777"),
	     "mount /dev/shm");
}

/* As far as it is allowed: what does not fit then fails with its own error. */
static void raise_limits(void)
{
	struct rlimit queues = { RLIM_INFINITY, RLIM_INFINITY };
	int failed = 0;

	failed += setrlimit(RLIMIT_MSGQUEUE, &queues) != 0;
	failed += write_file("/proc/sys/kernel/shmmni", "32768") != 0;
	failed += write_file("/proc/sys/kernel/sem",
			     "32000 1024000000 500 32768") != 0;
	failed += write_file("/proc/sys/kernel/msgmni", "32768") != 0;
	failed += write_file("/proc/sys/fs/mqueue/queues_max", "32768") != 0;
	if (failed > 1)
		fprintf(stderr, "enter: %d limits stay as they are\n", failed);
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 2)
		return fprintf(stderr, "enter COMMAND [ARGUMENT]...\n"), 2;
	/* what was inherited would be counted, and seen by the contestants */
	must(close_range(3, ~0U, 0), "close_range");
	new_namespaces();
	pid = (pid_t)must(fork(), "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		new_mounts();
		raise_limits();
		must(execvp(argv[1], argv + 1), argv[1]);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			must(-1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + WTERMSIG(status);
}
