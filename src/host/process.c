// SPDX-License-Identifier: GPL-2.0-or-later
/* What the live host asks about one process. */

#include <errno.h>
#include <fcntl.h>
#include <libproc2/pids.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include <string.h>

#include "helper.h"
#include "ipcscope/vec.h"
#include "live.h"

#define NSEC_PER_SEC	1000000000LL

int live_read_memory(const struct host *host, pid_t pid, uint64_t addr, void *to, size_t size)
{
	struct helper_call call = { .pid = pid };
	size_t done;
	int ret;

	for (done = 0; done < size; done += call.size) {
		call.addr = addr + done;
		call.size = size - done < HELPER_MEMORY ? size - done : HELPER_MEMORY;
		ret = helper_memory(&call);
		if (ret)
			return ret;
		memcpy((char *)to + done, call.data, call.size);
	}
	return 0;
}

int live_find_file(const struct host *host, pid_t tid, int at, const char *path,
		   struct buf *where, struct host_stat *st)
{
	struct helper_call call = { .pid = tid, .at = at };
	int ret;

	if (strlen(path) >= sizeof(call.path))
		return -ENAMETOOLONG;
	strcpy(call.path, path);
	ret = helper_lookup(&call);
	if (ret)
		return ret;
	buf_reset(where);
	buf_puts(where, call.path);
	*st = call.st;
	return 0;
}

/*
 * Nothing else of the process may be touched: the end counts as open for as
 * long as the duplicate lives.
 */
static int process_ask_pipe(int pidfd, int target, uint64_t *unread, uint64_t *capacity)
{
	int fd, room, bytes = 0, ret = 0;

	fd = pidfd_getfd(pidfd, target, 0);
	if (fd < 0)
		return errno == EPERM ? -EACCES : -errno;
	room = fcntl(fd, F_GETPIPE_SZ);
	if (room < 0 || ioctl(fd, FIONREAD, &bytes))
		ret = -errno;
	close(fd);
	if (ret)
		return ret;
	*unread = bytes;
	*capacity = room;
	return 0;
}

int live_pipe_fill(const struct host *host, pid_t pid, int fd, uint64_t *unread,
		   uint64_t *capacity)
{
	sigset_t all, before;
	int pidfd, ret;

	pidfd = pidfd_open(pid, 0);
	if (pidfd < 0)
		return -errno;
	/* Ctrl-Z must not stop us with the duplicate open. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = process_ask_pipe(pidfd, fd, unread, capacity);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(pidfd);
	return ret;
}

static int64_t process_boot_ns(void)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (real.tv_sec - boot.tv_sec) * NSEC_PER_SEC + real.tv_nsec - boot.tv_nsec;
}

static int64_t process_time_of_ticks(uint64_t ticks)
{
	const uint64_t hz = sysconf(_SC_CLK_TCK);

	return (process_boot_ns() + (int64_t)(ticks * (NSEC_PER_SEC / hz))) /
	       NSEC_PER_SEC;
}

enum { START, UNIT };

static int process_copy_process(const struct pids_stack *stack, struct host_process *proc)
{
	const struct pids_result *is = stack->head;

	const char *unit = is[UNIT].result.str;

	/* "-" and "?" are the library's for none. */
	*proc = (struct host_process){ .start = is[START].result.ull_int };
	if (unit && unit[0] && unit[1])
		snprintf(proc->unit, sizeof(proc->unit), "%s", unit);
	proc->started = process_time_of_ticks(proc->start);
	return 0;
}

/* A context is good for one use: see KERNEL, libproc2. */
int live_process(const struct host *host, pid_t pid, struct host_process *proc)
{
	enum pids_item items[] = {
		[START]	= PIDS_TICS_BEGAN,
		[UNIT]	= PIDS_SD_UNIT,
	};
	struct pids_info *info = NULL;
	struct pids_fetch *found;
	unsigned int pids[] = { pid };
	int ret;

	ret = procps_pids_new(&info, items, ARRAY_SIZE(items));
	if (ret < 0)
		return ret;
	found = procps_pids_select(info, pids, 1, PIDS_SELECT_PID);
	ret = -ESRCH;
	if (found && found->counts->total == 1)
		ret = process_copy_process(found->stacks[0], proc);
	procps_pids_unref(&info);
	return ret;
}
