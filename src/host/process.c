// SPDX-License-Identifier: GPL-2.0-or-later
/* What the live host asks about one process. */

#include <errno.h>
#include <fcntl.h>
#include <libproc2/pids.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "live.h"

int live_compare(const struct host *host, enum host_shared what, pid_t a, pid_t b)
{
	static const int types[] = { [HOST_FILES] = KCMP_FILES, [HOST_MEMORY] = KCMP_VM };
	long order = syscall(SYS_kcmp, a, b, types[what], 0, 0);

	/* 3: they differ, but there is no order. */
	return order < 0 ? -errno : order > HOST_AFTER ? -EOPNOTSUPP : (int)order;
}

int live_compare_fds(const struct host *host, pid_t a, int a_fd, pid_t b, int b_fd, int slot)
{
	struct kcmp_epoll_slot target = {
		.efd = (uint32_t)b_fd, .tfd = (uint32_t)a_fd, .toff = (uint32_t)slot,
	};
	long order = slot < 0 ? syscall(SYS_kcmp, a, b, KCMP_FILE, a_fd, b_fd) :
		     syscall(SYS_kcmp, a, b, KCMP_EPOLL_TFD, a_fd, &target);

	return order < 0 ? -errno : order > HOST_AFTER ? -EOPNOTSUPP : (int)order;
}

int live_pipe_fill(const struct host *host, pid_t pid, int fd, uint64_t *unread,
		   uint64_t *capacity)
{
	int pidfd = pidfd_open(pid, 0), end, room = 0, bytes = 0, ret = 0;
	sigset_t all, before;

	if (pidfd < 0)
		return -errno;
	/* Ctrl-Z must not stop us with the duplicate open: the end counts as open for as long as
	 * the duplicate lives. Nothing else of the process may be touched. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	end = pidfd_getfd(pidfd, fd, 0);
	if (end < 0) {
		ret = errno == EPERM ? -EACCES : -errno;
	} else {
		room = fcntl(end, F_GETPIPE_SZ);
		if (room < 0 || ioctl(end, FIONREAD, &bytes))
			ret = -errno;
		close(end);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(pidfd);
	*unread = bytes;
	*capacity = room;
	return ret;
}

enum { START, UNIT };

/* A context for each use: one that was read to its end gives nothing more. */
int live_process(const struct host *host, pid_t pid, struct host_process *proc)
{
	enum pids_item items[] = {
		[START]	= PIDS_TICS_BEGAN,
		[UNIT]	= PIDS_SD_UNIT,
	};
	const struct pids_result *result;
	struct pids_info *info = NULL;
	struct pids_fetch *found;
	unsigned int pids[] = { pid };
	const char *unit;
	int ret = procps_pids_new(&info, items, ARRAY_SIZE(items));

	if (ret < 0)
		return ret;
	found = procps_pids_select(info, pids, 1, PIDS_SELECT_PID);
	ret = found && found->counts->total == 1 ? 0 : -ESRCH;
	if (!ret) {
		result = found->stacks[0]->head;
		*proc = (struct host_process){ .start = result[START].result.ull_int };
		/* "-" and "?" are the library's for none. */
		unit = result[UNIT].result.str;
		if (unit && unit[0] && unit[1])
			snprintf(proc->unit, sizeof(proc->unit), "%s", unit);
	}
	procps_pids_unref(&info);
	return ret;
}
