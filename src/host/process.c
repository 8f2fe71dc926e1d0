// SPDX-License-Identifier: GPL-2.0-or-later
/* What the live host asks about one process. */

#include <errno.h>
#include <fcntl.h>
#include <libproc2/pids.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "live.h"

/* An epoll descriptor is locked while events are copied to a page that may be missing. */
static int process_compare_slot(struct helper_call *call)
{
	const pid_t pid = (pid_t)call->addr;
	struct kcmp_epoll_slot target = {
		.efd = call->flags, .tfd = (uint32_t)call->at, .toff = (uint32_t)call->size,
	};
	int err = helper_enter(call, -(uint64_t)call->pid);
	long order = err ? err : syscall(SYS_kcmp, pid, call->pid, KCMP_EPOLL_TFD, call->at,
					 &target);

	call->size = 0;
	return err ? err : order < 0 ? -errno : order > HOST_AFTER ? -EOPNOTSUPP : (int)order;
}

int live_compare_fds(const struct host *host, pid_t a, int a_fd, pid_t b, int b_fd, int slot)
{
	struct helper_call call = {
		.pid = b, .flags = (uint32_t)b_fd, .addr = (uint64_t)a, .at = a_fd,
		.size = (uint64_t)slot,
	};
	long order;

	if (slot >= 0)
		return helper_ask(process_compare_slot, &call, NULL);
	order = syscall(SYS_kcmp, a, b, KCMP_FILE, a_fd, b_fd);
	return order < 0 ? -errno : order > HOST_AFTER ? -EOPNOTSUPP : (int)order;
}

/* The end counts as open for as long as the duplicate lives: nothing else of the process may be
 * touched. A pipe is locked by who copies to or from it, for as long as a page of that is missing;
 * fs/pipe.c, anon_pipe_write(). */
static int process_measure_pipe(struct helper_call *call)
{
	int pidfd = pidfd_open(call->pid, 0), end, room, bytes = 0;
	int ret = helper_enter(call, -(uint64_t)call->pid);

	if (pidfd < 0)
		return -errno;
	end = ret ? ret : pidfd_getfd(pidfd, call->at, 0);
	if (!ret && end < 0)
		ret = errno == EPERM ? -EACCES : -errno;
	if (!ret) {
		room = fcntl(end, F_GETPIPE_SZ);
		if (room < 0 || ioctl(end, FIONREAD, &bytes))
			ret = -errno;
		call->addr = (uint64_t)room;
		close(end);
	}
	close(pidfd);
	call->size = 0;
	call->st.used = (uint64_t)bytes;
	return ret;
}

int live_pipe_fill(const struct host *host, pid_t pid, int fd, uint64_t *unread,
		   uint64_t *capacity)
{
	struct helper_call call = { .pid = pid, .at = fd };
	int ret = helper_ask(process_measure_pipe, &call, NULL);

	*unread = call.st.used;
	*capacity = call.addr;
	return ret;
}

/* The file that backs the page is known before the page is asked for; without
 * one (userfaultfd(2)) the process stands for it. */
static int process_read_memory(struct helper_call *call)
{
	struct iovec here = { .iov_base = call->data, .iov_len = call->size };
	struct iovec there = { .iov_base = (void *)(uintptr_t)call->addr,
			       .iov_len = call->size };
	struct host_dir proc = { .host = &live_host };
	struct host_maps maps = { 0 };
	struct host_vma vma;
	char path[32];
	ssize_t len;
	int err = helper_enter(call, -(uint64_t)call->pid);

	snprintf(path, sizeof(path), "/proc/%d", (int)call->pid);
	if (!err && !live_open_dir(&live_host, NULL, path, &proc)) {
		if (!live_open_maps(&proc, &maps)) {
			if (live_find_vma(&maps, call->addr, &vma) > 0 && vma.dev)
				err = helper_enter(call, vma.dev);
			live_close_maps(&maps);
			buf_free(&maps.text);
		}
		live_close_dir(&proc);
	}
	if (err)
		return err;
	if (call->addr > UINTPTR_MAX - call->size)
		return -EFAULT;
	len = process_vm_readv(call->pid, &here, 1, &there, 1, 0);
	if (len < 0)
		return errno == EPERM ? -EACCES : -errno;
	return (size_t)len == call->size ? 0 : -EFAULT;
}

int live_read_memory(const struct host *host, pid_t pid, uint64_t addr, void *to, size_t size)
{
	struct helper_call call = { .pid = pid };
	const size_t most = HELPER_ROOM;
	struct buf bytes = { 0 };
	size_t done;
	int ret = 0;

	for (done = 0; !ret && done < size; done += call.size) {
		call.addr = addr + done;
		call.size = size - done < most ? size - done : most;
		ret = helper_ask(process_read_memory, &call, &bytes);
		if (!ret)
			memcpy((char *)to + done, bytes.data, call.size);
		buf_reset(&bytes);
	}
	buf_free(&bytes);
	return ret;
}

enum { START, UNIT };

/* A context for each use: one that was read to its end gives nothing more. */
static int process_ask(struct helper_call *call)
{
	struct host_process *proc = (void *)call->data;
	enum pids_item items[] = {
		[START]	= PIDS_TICS_BEGAN,
		[UNIT]	= PIDS_SD_UNIT,
	};
	const struct pids_result *result;
	struct pids_info *info = NULL;
	struct pids_fetch *found;
	unsigned int pids[] = { (unsigned int)call->addr };
	const char *unit;
	int ret = helper_enter(call, HELPER_PROCESSES);

	call->size = 0;
	if (!ret)
		ret = procps_pids_new(&info, items, ARRAY_SIZE(items));
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
	call->size = ret ? 0 : sizeof(*proc);
	return ret;
}

/* The library reads files of /proc that something else may be mounted over. */
int live_process(const struct host *host, pid_t pid, struct host_process *proc)
{
	struct helper_call call = { .addr = (uint64_t)pid };
	struct buf data = { 0 };
	int ret = helper_ask(process_ask, &call, &data);

	if (!ret)
		memcpy(proc, data.data, sizeof(*proc));
	buf_free(&data);
	return ret;
}
