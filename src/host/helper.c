// SPDX-License-Identifier: GPL-2.0-or-later
/* The helper process, and the memory of others, which it reads. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "live.h"

/* Times have 64 bits; the first futex(2) of 32 bits takes shorter ones. */
#ifdef SYS_futex_time64
#define FUTEX	SYS_futex_time64
#else
#define FUTEX	SYS_futex
#endif

#define STEP_MS		200
#define BLOCKED_STEPS	3	/* blocked for so long: no answer will come */
#define RUNNING_STEPS	120	/* only waiting for a processor: a busy machine */
#define IDLE_MS		200	/* how often an idle helper looks for its parent */
#define MAX_SILENT	ARRAY_SIZE(((struct helper_call *)0)->silent)

enum { IDLE, ASKED, ANSWERED };

struct shared {
	_Atomic uint32_t turn;
	int (*work)(struct helper_call *call);
	int ret;
	struct helper_call call;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct shared *shared;
static uint64_t silent[MAX_SILENT];
static unsigned int nr_silent;

static bool helper_wait(struct shared *with, uint32_t while_turn, unsigned int ms)
{
	struct timespec end, rest = { ms / 1000, ms % 1000 * 1000000L };

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += rest.tv_nsec;
	end.tv_sec += rest.tv_sec + end.tv_nsec / 1000000000L;
	end.tv_nsec %= 1000000000L;
	while (atomic_load(&with->turn) == while_turn) {
		if (syscall(FUTEX, &with->turn, FUTEX_WAIT_BITSET, while_turn, &end,
			    NULL, FUTEX_BITSET_MATCH_ANY) < 0 && errno == ETIMEDOUT)
			return atomic_load(&with->turn) != while_turn;
	}
	return true;
}

static void helper_pass(struct shared *with, uint32_t turn)
{
	atomic_store(&with->turn, turn);
	syscall(FUTEX, &with->turn, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* It may outlive this program, stuck: it must hold nothing of it. */
static void helper_main(struct shared *with, pid_t parent)
{
	prctl(PR_SET_NAME, "ipcscope-look");
	setsid();
	close_range(0, ~0u, 0);
	if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
		_exit(1);
	while (getppid() == parent) {
		if (atomic_load(&with->turn) != ASKED &&
		    !helper_wait(with, atomic_load(&with->turn), IDLE_MS))
			continue;
		if (atomic_load(&with->turn) != ASKED)
			continue;
		with->ret = with->work(&with->call);
		helper_pass(with, ANSWERED);
	}
	_exit(0);
}

int helper_enter(struct helper_call *call, uint64_t dev)
{
	size_t i;

	call->dev = dev;
	for (i = 0; dev && i < MAX_SILENT; i++) {
		if (call->silent[i] == dev)
			return -ETIMEDOUT;
	}
	return 0;
}

/* The file that backs the page is known before the page is asked for; without
 * one (userfaultfd(2)) the process stands for it. */
static int helper_read(struct helper_call *call)
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

static void helper_end(void)
{
	if (host_helper > 0 && !kill(host_helper, SIGKILL))
		waitpid(host_helper, NULL, 0);
	host_helper = 0;
}

static int helper_start(void)
{
	pid_t parent = getpid();
	static bool registered;

	if (!shared) {
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (shared == MAP_FAILED) {
			shared = NULL;
			return -ENOMEM;
		}
	}
	atomic_store(&shared->turn, IDLE);
	host_helper = fork();
	if (host_helper < 0) {
		host_helper = 0;
		return -errno;
	}
	if (!host_helper)
		helper_main(shared, parent);
	if (!registered)
		atexit(helper_end);
	registered = true;
	return 0;
}

/* "R" of the helper's stat: it only waits for a processor. */
static bool helper_runs(void)
{
	char path[32], text[64];
	ssize_t len;
	char *end;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)host_helper);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[len > 0 ? len : 0] = '\0';
	end = strrchr(text, ')');
	return end && end[1] && end[2] == 'R';
}

static int helper_answer(void)
{
	unsigned int blocked = 0, steps;

	/* Patience is for the first: what else does not answer is no surprise. */
	for (steps = 0; steps < RUNNING_STEPS && blocked < (nr_silent ? 1 : BLOCKED_STEPS);
	     steps++) {
		if (helper_wait(shared, ASKED, STEP_MS))
			return 0;
		if (waitpid(host_helper, NULL, WNOHANG) == host_helper) {
			host_helper = 0;
			return -EIO;
		}
		blocked = helper_runs() ? 0 : blocked + 1;
	}
	if (nr_silent < MAX_SILENT)
		silent[nr_silent++] = shared->call.dev;
	/* It cannot be waited for: it may be stuck for as long as the machine runs. Its memory
	 * is its own from now on. */
	kill(host_helper, SIGKILL);
	waitpid(host_helper, NULL, WNOHANG);
	host_helper = 0;
	shared = NULL;
	return -ETIMEDOUT;
}

int helper_ask(int (*work)(struct helper_call *call), struct helper_call *call)
{
	int ret = 0;

	pthread_mutex_lock(&lock);
	if (nr_silent == MAX_SILENT)
		ret = -ETIMEDOUT;
	else if (!host_helper)
		ret = helper_start();
	if (!ret) {
		shared->work = work;
		shared->call = *call;
		shared->call.dev = 0;
		memcpy(shared->call.silent, silent, sizeof(silent));
		helper_pass(shared, ASKED);
		ret = helper_answer();
		if (!ret) {
			*call = shared->call;
			ret = shared->ret;
			atomic_store(&shared->turn, IDLE);
		}
	}
	pthread_mutex_unlock(&lock);
	return ret;
}

int live_read_memory(const struct host *host, pid_t pid, uint64_t addr, void *to, size_t size)
{
	struct helper_call call = { .pid = pid };
	const size_t most = sizeof(call.data);
	size_t done;
	int ret;

	for (done = 0; done < size; done += call.size) {
		call.addr = addr + done;
		call.size = size - done < most ? size - done : most;
		ret = helper_ask(helper_read, &call);
		if (ret)
			return ret;
		memcpy((char *)to + done, call.data, call.size);
	}
	return 0;
}
