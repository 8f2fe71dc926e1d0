// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The helper process. One that hangs is left behind, and noted with the file system that does not
 * answer, so that the next run neither waits nor leaves another: until it has ended.
 */
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
#include <sys/socket.h>
#include <sys/stat.h>
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
#define OWN_STEPS	8	/* the same of what we need ourselves: a disk may be slow */
#define RUNNING_STEPS	120	/* only waiting for a processor: a busy machine */
#define IDLE_MS		200	/* how often an idle helper looks for its parent */
#define MAX_SILENT	ARRAY_SIZE(((struct helper_call *)0)->silent)
#define MAX_FOREIGN	8	/* of what others planted, no more are tried */
#define NOTES		"silent"

enum { IDLE, ASKED, ANSWERED };

struct shared {
	_Atomic uint32_t turn;
	int (*work)(struct helper_call *call);
	int ret;
	struct helper_call call;
	_Alignas(16) char data[HELPER_ROOM];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct shared *shared;
static int line = -1;		/* descriptors go along with a request, and come back */
static uint64_t silent[MAX_SILENT];
static unsigned int nr_silent;
static bool recalled;		/* what earlier runs noted */
static bool waited;		/* once in vain */

static bool helper_wait(_Atomic uint32_t *turn, uint32_t while_turn, unsigned int ms)
{
	struct timespec end, rest = { ms / 1000, ms % 1000 * 1000000L };

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += rest.tv_nsec;
	end.tv_sec += rest.tv_sec + end.tv_nsec / 1000000000L;
	end.tv_nsec %= 1000000000L;
	while (atomic_load(turn) == while_turn) {
		if (syscall(FUTEX, turn, FUTEX_WAIT_BITSET, while_turn, &end,
			    NULL, FUTEX_BITSET_MATCH_ANY) < 0 && errno == ETIMEDOUT)
			return atomic_load(turn) != while_turn;
	}
	return true;
}

static void helper_pass(_Atomic uint32_t *turn, uint32_t to)
{
	atomic_store(turn, to);
	syscall(FUTEX, turn, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void helper_send(int to, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec byte = { .iov_base = (char[1]){ 0 }, .iov_len = 1 };
	const struct msghdr msg = { .msg_iov = &byte, .msg_iovlen = 1,
				    .msg_control = &control, .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	sendmsg(to, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* 0: none came. */
static int helper_receive(int from)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec room = { .iov_base = (char[1]){ 0 }, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &room, .msg_iovlen = 1,
			      .msg_control = &control, .msg_controllen = sizeof(control) };
	int fd = 0;

	if (recvmsg(from, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* One request: the descriptor that came with it, or another, goes back. */
static void helper_work(struct shared *with, int to)
{
	int came = with->call.fd ? helper_receive(to) : 0;

	if (with->call.fd && !came) {
		with->ret = -EMFILE;
	} else {
		with->call.fd = came;
		with->call.data = with->data;
		with->ret = with->work(&with->call);
	}
	if (with->call.fd && with->call.fd != came) {
		helper_send(to, with->call.fd);
		close(with->call.fd);
	} else {
		with->call.fd = 0;
	}
	if (came)
		close(came);
}

/* It may outlive this program, stuck: it must hold nothing of it. */
static void helper_main(struct shared *with, int to, pid_t parent)
{
	prctl(PR_SET_NAME, "ipcscope-look");
	setsid();
	if (dup2(to, 3) != 3 || close_range(0, 2, 0) || close_range(4, ~0u, 0) ||
	    open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
		_exit(1);
	while (getppid() == parent) {
		const uint32_t turn = atomic_load(&with->turn);

		if (turn != ASKED) {
			helper_wait(&with->turn, turn, IDLE_MS);
			continue;
		}
		helper_work(with, 3);
		helper_pass(&with->turn, ANSWERED);
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

static void helper_end(void)
{
	if (host_helper > 0 && !kill(host_helper, SIGKILL))
		waitpid(host_helper, NULL, 0);
	host_helper = 0;
}

static void helper_add_silent(uint64_t dev)
{
	if (nr_silent < MAX_SILENT)
		silent[nr_silent++] = dev;
}

/* "DEVICE PID START" a line, of helpers that were left behind; of those that have ended nothing
 * is true any more. */
static void helper_recall(void)
{
	char text[4096], *at = text, *end;
	int fd = live_open_note(NOTES, O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	bool any = false;

	recalled = true;
	text[len > 0 ? len : 0] = '\0';
	for (; (end = strchr(at, '\n')); at = end + 1) {
		uint64_t dev = strtoull(at, &at, 10), start;
		pid_t pid = (pid_t)strtol(at, &at, 10);

		start = strtoull(at, &at, 10);
		if (at != end || !dev || !start || live_start_of(pid) != start)
			continue;
		any = true;
		helper_add_silent(dev);
	}
	if (fd >= 0)
		close(fd);
	if (len > 0 && !any && (fd = live_open_note(NOTES, O_WRONLY | O_TRUNC)) >= 0)
		close(fd);
}

static void helper_note(uint64_t dev)
{
	int fd = live_open_note(NOTES, O_WRONLY | O_CREAT | O_APPEND);

	helper_add_silent(dev);
	if (fd < 0)
		return;
	/* One that is not written costs the next run the same wait. */
	dprintf(fd, "%llu %d %llu\n", (unsigned long long)dev, (int)host_helper,
		(unsigned long long)live_start_of(host_helper));
	close(fd);
}

static int helper_start(void)
{
	pid_t parent = getpid();
	static bool registered;
	struct stat st;
	int ends[2];
	size_t i;

	if (!shared) {
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (shared == MAP_FAILED) {
			shared = NULL;
			return -ENOMEM;
		}
	}
	if (line >= 0)
		close(line);
	line = -1;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	line = ends[0];
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		host_helper_sockets[i] = fstat(ends[i], &st) ? 0 : (uint32_t)st.st_ino;
	atomic_store(&shared->turn, IDLE);
	host_helper = fork();
	if (!host_helper)
		helper_main(shared, ends[1], parent);
	close(ends[1]);
	if (host_helper < 0) {
		host_helper = 0;
		return -errno;
	}
	if (!registered)
		atexit(helper_end);
	registered = true;
	return 0;
}

/* "R" of the stat of process or thread @task: it only waits for a processor. */
static bool helper_runs(pid_t task)
{
	struct buf text = { 0 };
	char path[32];
	const char *end;
	bool runs;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)task);
	end = live_read_file(&live_host, NULL, path, &text) ? NULL : strrchr(text.data, ')');
	runs = end && end[1] && end[2] == 'R';
	buf_free(&text);
	return runs;
}

/* Whether what @task does ends: 0 is a thread that has yet to start. */
static bool helper_await(_Atomic uint32_t *turn, const _Atomic pid_t *task, unsigned int most)
{
	unsigned int blocked = 0, steps;

	for (steps = 0; steps < RUNNING_STEPS && blocked < most; steps++) {
		if (helper_wait(turn, ASKED, STEP_MS))
			return true;
		blocked = !*task || helper_runs(*task) ? 0 : blocked + 1;
	}
	return false;
}

static int helper_answer(bool own)
{
	const _Atomic pid_t task = host_helper;

	/* Patience is for the first: what else does not answer is no surprise. */
	if (helper_await(&shared->turn, &task, own ? OWN_STEPS : waited ? 1 : BLOCKED_STEPS))
		return 0;
	if (waitpid(host_helper, NULL, WNOHANG) == host_helper) {
		host_helper = 0;
		return -EIO;
	}
	waited = true;
	if (shared->call.dev)
		helper_note(shared->call.dev);
	/* It cannot be waited for: it may be stuck for as long as the machine runs. Its memory
	 * is its own from now on. */
	kill(host_helper, SIGKILL);
	waitpid(host_helper, NULL, WNOHANG);
	host_helper = 0;
	shared = NULL;
	return -ETIMEDOUT;
}

/* Where no process can be made any more. */
static int helper_do_here(int (*work)(struct helper_call *call), struct helper_call *call,
			  struct buf *data)
{
	const int came = call->fd;
	int ret;

	call->data = shared->data;
	ret = work(call);
	if (call->fd == came)
		call->fd = 0;
	if (data && call->size && ret >= 0)
		buf_add(data, shared->data, call->size);
	return ret;
}

int helper_ask(int (*work)(struct helper_call *call), struct helper_call *call, struct buf *data)
{
	int ret = 0;

	pthread_mutex_lock(&lock);
	if (!recalled)
		helper_recall();
	if (nr_silent == MAX_SILENT || (call->pid && nr_silent >= MAX_FOREIGN))
		ret = -ETIMEDOUT;
	else if (!host_helper)
		ret = helper_start();
	if (ret && ret != -ETIMEDOUT && shared) {
		ret = helper_do_here(work, call, data);
	} else if (!ret) {
		shared->work = work;
		shared->call = *call;
		shared->call.dev = 0;
		memcpy(shared->call.silent, silent, sizeof(silent));
		if (call->fd)
			helper_send(line, call->fd);
		helper_pass(&shared->turn, ASKED);
		ret = helper_answer(!call->pid);
		call->fd = 0;
		if (!ret) {
			*call = shared->call;
			ret = shared->ret;
			if (call->fd)
				call->fd = helper_receive(line);
			if (data && call->size && ret >= 0)
				buf_add(data, shared->data, call->size);
			atomic_store(&shared->turn, IDLE);
		}
	}
	pthread_mutex_unlock(&lock);
	return ret;
}

static void *helper_run_thread(void *arg)
{
	struct helper_thread *thread = arg;

	atomic_store(&thread->tid, (pid_t)syscall(SYS_gettid));
	thread->work(thread);
	helper_pass(&thread->turn, ANSWERED);
	return NULL;
}

int helper_by_thread(struct helper_thread *thread, uint64_t dev)
{
	struct helper_call call;
	pthread_t id;
	int ret;

	pthread_mutex_lock(&lock);
	memcpy(call.silent, silent, sizeof(silent));
	ret = helper_enter(&call, dev);
	atomic_store(&thread->turn, ASKED);
	if (!ret && pthread_create(&id, NULL, helper_run_thread, thread)) {
		thread->work(thread);	/* no process could be made either */
	} else if (!ret) {
		pthread_detach(id);
		if (!helper_await(&thread->turn, &thread->tid, waited ? 1 : BLOCKED_STEPS)) {
			waited = true;
			helper_add_silent(dev);
			ret = -ETIMEDOUT;
		}
	}
	pthread_mutex_unlock(&lock);
	return ret;
}
