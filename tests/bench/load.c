// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load: makes many processes with many descriptors, says "ready" on stderr,
 * runs a command among them, and ends with its status.  To be run by enter,
 * which takes everything down then.
 *
 *	load [--WHAT=N]... -- COMMAND [ARGUMENT]...
 *
 * Pipes and sockets of the processes form a ring: each pipe has its reader in
 * one process and its writer in the next.  The command finds LOAD_FDS (the
 * number of all descriptors), LOAD_PLAIN_PID and LOAD_SOCKET_PID (--probe) in
 * its environment.
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "bench.h"

#define PROBE_FDS 100
#define PROCESS_THREADS 100

enum what {
	PROCESSES, PIPES, SOCKETS, EVENTFDS, FILES, MAPS, ATTACH, SEGMENTS,
	SHARED, MANY, PROBE, THREADS, TABLES, NETS, WHATS
};

static struct amount load[WHATS] = {
	[PROCESSES] = { "processes", "processes, each with:", 0 },
	[PIPES]	    = { "pipes", "pipe ends (even)", 0 },
	[SOCKETS]   = { "sockets", "UNIX sockets (even)", 0 },
	[EVENTFDS]  = { "eventfds", "eventfds", 0 },
	[FILES]	    = { "files", "regular files", 0 },
	[MAPS]	    = { "maps", "shared mappings of one memfd", 0 },
	[ATTACH]    = { "attach", "attached System V segments", 0 },
	[SEGMENTS]  = { "segments", "the segments, as many as fill made", 0 },
	[SHARED]    = { "shared", "processes that hold one pipe, both ends", 0 },
	[MANY]	    = { "many", "descriptors of one process: half pipe ends,"
			" half UNIX sockets", 0 },
	[PROBE]	    = { "probe", "1: one process with 100 descriptors and no"
			" socket, one with 100 UNIX sockets", 0 },
	[THREADS]   = { "threads", "threads, in processes of 100 each", 0 },
	[TABLES]    = { "tables", "of each 100, with descriptors of their own", 0 },
	[NETS]	    = { "nets", "of each 100, in network and IPC namespaces of"
			" their own", 0 },
};

#define N(what) (load[what].n)

static int ready[2];
static long children, descriptors;

static void raise_limit(void)
{
	rlim_t want = (rlim_t)N(MANY) + 64;
	struct rlimit files, more = { want, want };

	must(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
	files.rlim_cur = files.rlim_max;
	if (files.rlim_max < want && setrlimit(RLIMIT_NOFILE, &more) == 0)
		files = more;
	must(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	if (N(MANY) > (long)files.rlim_cur - 16)
		N(MANY) = (long)files.rlim_cur - 16;
}

/* ---- children ---- */

/* Close all descriptors above 2 that are not among these. */
static void keep_only(const int *keep, long n)
{
	int last = 2;
	bool *kept;
	long i;

	for (i = 0; i < n; i++)
		if (keep[i] > last)
			last = keep[i];
	if (ready[1] > last)
		last = ready[1];
	kept = calloc((size_t)last + 1, sizeof(*kept));
	if (!kept)
		must(-1, "calloc");
	for (i = 0; i < n; i++)
		kept[keep[i]] = true;
	kept[ready[1]] = true;
	for (i = 3; i <= last; i++)
		if (!kept[i])
			close((int)i);
	must(close_range((unsigned int)last + 1, ~0U, 0), "close_range");
	free(kept);
}

static void __attribute__((noreturn)) hold(void)
{
	must(write(ready[1], "", 1), "write");
	close(ready[1]);
	for (;;)
		pause();
}

/* Fork a child that keeps these descriptors; true in the child. */
static bool fork_child(const char *name, const int *keep, long n, long more,
		       pid_t *pid)
{
	pid_t made = (pid_t)must(fork(), "fork");

	if (made) {
		children++;
		descriptors += 3 + n + more;
		if (pid)
			*pid = made;
		return false;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
	keep_only(keep, n);
	return true;
}

static void make_pairs(int *near, int *far, long pairs, bool sockets)
{
	int ends[2];
	long i;

	for (i = 0; i < pairs; i++) {
		if (sockets)
			must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends),
			     "socketpair");
		else
			must(pipe(ends), "pipe");
		near[i] = ends[0];
		far[i] = ends[1];
	}
}

static void close_all(const int *fds, long n)
{
	while (n-- > 0)
		close(fds[n]);
}

static int *new_list(long n)
{
	int *list = calloc((size_t)n + 1, sizeof(*list));

	if (!list)
		must(-1, "calloc");
	return list;
}

/* ---- the ring ---- */

/* What a process of the ring makes for itself. */
static void make_own(long index, int memfd)
{
	long i, page = sysconf(_SC_PAGESIZE);

	for (i = 0; i < N(EVENTFDS); i++)
		must(eventfd(0, 0), "eventfd");
	for (i = 0; i < N(FILES); i++)
		must(open("/proc/self/exe", O_RDONLY), "open");
	for (i = 0; i < N(MAPS); i++)
		must((long)mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED,
				memfd, i * page), "mmap");
	for (i = 0; N(SEGMENTS) && i < N(ATTACH); i++)
		must((long)shmat((int)((index * N(ATTACH) + i) % N(SEGMENTS)), NULL,
				 0), "shmat");
	if (memfd >= 0)
		close(memfd);
}

static void fork_member(long index, const int *near, const int *far, long n,
			int memfd)
{
	int *keep = new_list(2 * n + 1);
	long kept = 2 * n;

	memcpy(keep, near, (size_t)n * sizeof(*keep));
	memcpy(keep + n, far, (size_t)n * sizeof(*keep));
	if (memfd >= 0)
		keep[kept++] = memfd;
	if (fork_child("load-member", keep, kept,
		       N(EVENTFDS) + N(FILES) - (memfd >= 0), NULL)) {
		make_own(index, memfd);
		hold();
	}
	free(keep);
}

static void make_ring(void)
{
	long pipes = N(PIPES) / 2, pairs = pipes + N(SOCKETS) / 2, i;
	int *first = new_list(pairs), *left = new_list(pairs);
	int *near = new_list(pairs), *far = new_list(pairs), *swap;
	int memfd = -1;

	if (N(PROCESSES) == 0)
		return;
	if (N(MAPS)) {
		memfd = (int)must(memfd_create("load", 0), "memfd_create");
		must(ftruncate(memfd, N(MAPS) * sysconf(_SC_PAGESIZE)),
		     "ftruncate");
	}
	make_pairs(first, left, pipes, false);
	make_pairs(first + pipes, left + pipes, pairs - pipes, true);
	for (i = 1; i < N(PROCESSES); i++) {
		make_pairs(near, far, pipes, false);
		make_pairs(near + pipes, far + pipes, pairs - pipes, true);
		fork_member(i, near, left, pairs, memfd);
		close_all(near, pairs);
		close_all(left, pairs);
		swap = left;
		left = far;
		far = swap;
	}
	fork_member(0, first, left, pairs, memfd);
	close_all(first, pairs);
	close_all(left, pairs);
	if (memfd >= 0)
		close(memfd);
	free(first);
	free(left);
	free(near);
	free(far);
}

/* ---- the rest ---- */

static void make_shared(void)
{
	int ends[2];
	long i;

	if (N(SHARED) == 0)
		return;
	must(pipe(ends), "pipe");
	for (i = 0; i < N(SHARED); i++)
		if (fork_child("load-shared", ends, 2, 0, NULL))
			hold();
	close_all(ends, 2);
}

static void make_many(void)
{
	long pairs = N(MANY) / 4, i;
	int ends[2];

	if (N(MANY) == 0 || !fork_child("load-many", NULL, 0, 4 * pairs, NULL))
		return;
	for (i = 0; i < pairs; i++) {
		must(pipe(ends), "pipe");
		must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	}
	hold();
}

static void export_pid(const char *name, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	setenv(name, text, 1);
}

static void make_probe(void)
{
	int near[PROBE_FDS], far[PROBE_FDS], keep[PROBE_FDS];
	pid_t pid;
	long i;

	if (!N(PROBE))
		return;
	make_pairs(near, far, PROBE_FDS / 4, false);
	memcpy(keep, near, sizeof(near) / 4);
	memcpy(keep + PROBE_FDS / 4, far, sizeof(far) / 4);
	if (fork_child("load-plain", keep, PROBE_FDS / 2, PROBE_FDS / 2,
		       &pid)) {
		for (i = 0; i < PROBE_FDS / 2; i++)
			must(eventfd(0, 0), "eventfd");
		hold();
	}
	export_pid("LOAD_PLAIN_PID", pid);
	close_all(keep, PROBE_FDS / 2);

	make_pairs(near, far, PROBE_FDS, true);
	if (fork_child("load-socket", near, PROBE_FDS, 0, &pid))
		hold();
	export_pid("LOAD_SOCKET_PID", pid);
	if (fork_child("load-peer", far, PROBE_FDS, 0, &pid))
		hold();
	close_all(near, PROBE_FDS);
	close_all(far, PROBE_FDS);
}

static pthread_barrier_t begun;

static void __attribute__((noreturn)) *be_thread(void *arg)
{
	const long nr = (long)arg;
	int ends[2];

	if (nr <= N(TABLES)) {
		must(unshare(CLONE_FILES), "unshare");
		close(ready[1]);
		must(pipe(ends), "pipe");
	}
	if (nr <= N(NETS))
		must(unshare(CLONE_NEWNET | CLONE_NEWIPC), "unshare");
	pthread_barrier_wait(&begun);
	for (;;)
		pause();
}

static void make_threads(void)
{
	pthread_attr_t small;
	pthread_t thread;
	long i, nr;

	for (i = 0; i < N(THREADS) / PROCESS_THREADS; i++) {
		if (!fork_child("load-threads", NULL, 0, 0, NULL))
			continue;
		pthread_attr_init(&small);
		pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
		pthread_barrier_init(&begun, NULL, PROCESS_THREADS);
		for (nr = 1; nr < PROCESS_THREADS; nr++) {
			errno = pthread_create(&thread, &small, be_thread, (void *)nr);
			must(errno ? -1 : 0, "pthread_create");
		}
		pthread_barrier_wait(&begun);
		hold();
	}
}

/* ---- the command ---- */

static void await_ready(void)
{
	char buf[4096];
	long n = 0;
	ssize_t got;

	close(ready[1]);
	while ((got = read(ready[0], buf, sizeof(buf))) > 0)
		n += got;
	close(ready[0]);
	if (n != children) {
		fprintf(stderr, "load: only %ld of %ld processes are ready\n",
			n, children);
		_exit(1);
	}
}

static int run_command(char **argv)
{
	pid_t pid = (pid_t)must(fork(), "fork"), done;
	int status = 0;

	if (pid == 0)
		must(execvp(argv[0], argv), argv[0]);
	while ((done = wait(&status)) != pid)
		if (done < 0 && errno != EINTR)
			must(-1, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + WTERMSIG(status);
}

/* The processes of the load shall not hold the descriptors of the caller. */
static void make_load(void)
{
	int null = (int)must(open("/dev/null", O_RDWR), "/dev/null");
	int real[2], i;

	for (i = 0; i < 2; i++) {
		real[i] = (int)must(fcntl(i, F_DUPFD_CLOEXEC, 3), "dup");
		must(dup2(null, i), "dup2");
	}
	close(null);
	must(pipe(ready), "pipe");
	make_ring();
	make_shared();
	make_many();
	make_probe();
	make_threads();
	await_ready();
	for (i = 0; i < 2; i++) {
		must(dup2(real[i], i), "dup2");
		close(real[i]);
	}
}

int main(int argc, char **argv)
{
	char **command = parse_amounts(load, WHATS, argv);
	char text[32];

	(void)argc;
	raise_limit();
	make_load();
	fprintf(stderr, "ready: %ld processes, %ld descriptors\n", children,
		descriptors);
	snprintf(text, sizeof(text), "%ld", descriptors);
	setenv("LOAD_FDS", text, 1);
	return run_command(command);
}
