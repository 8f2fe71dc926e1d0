// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who holds something without a descriptor or a shared mapping that shows it:
 * private mappings, programs that are executed, descriptors in flight and
 * those registered with io_uring.
 */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"
#define CLEAN	"clean -n --suspect --older 0s --user root,12345" COMPLETE

/* ---- private mappings ---- */

static void map_private_fn(void *arg)
{
	int fd = *(int *)arg;

	must(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
	child_keep(NULL, 0);
	sandbox_ready(0);
	sandbox_hold();
}

static void map_private(int fd)
{
	let("p", "%d", (int)sandbox_spawn("mapper", map_private_fn, &fd)->pid);
	close(fd);
}

static void private_pshm(void)
{
	left_pshm("/mem", 4096, 0600);
	map_private((int)must(open("/dev/shm/mem", O_RDONLY)));
}

static void private_unlinked(void)
{
	let("id", "%lu", (unsigned long)left_pshm("/mem", 4096, 0600));
	map_private((int)must(open("/dev/shm/mem", O_RDONLY)));
	pshm_unlink("/mem");
}

static void private_memfd(void)
{
	int fd = make_memfd("hidden", 4096);

	let("memfd", "memfd:%lu", (unsigned long)fd_inode(fd));
	map_private(fd);
}

static void private_psem(void)
{
	make_psem("/lock", 1, 0600);
	map_private((int)must(open("/dev/shm/sem.lock", O_RDONLY)));
}

static void map_written_fn(void *arg)
{
	char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			*(int *)arg, 0);

	at[0] = 1;	/* the page is the process's own now, the file is not */
	child_keep(NULL, 0);
	sandbox_ready(0);
	sandbox_hold();
}

static void private_written(void)
{
	int fd;

	left_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	let("p", "%d", (int)sandbox_spawn("mapper", map_written_fn, &fd)->pid);
	close(fd);
}

static void map_none_fn(void *arg)
{
	must(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE, *(int *)arg, 0));
	child_keep(NULL, 0);
	sandbox_ready(0);
	sandbox_hold();
}

static void private_none(void)
{
	int fd;

	left_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	let("p", "%d", (int)sandbox_spawn("mapper", map_none_fn, &fd)->pid);
	close(fd);
}

/* ---- programs ---- */

static void copy_sleep(int to)
{
	int from = (int)must(open("/bin/sleep", O_RDONLY));
	struct stat st;

	must(fstat(from, &st));
	must(sendfile(to, from, NULL, (size_t)st.st_size));
	must(fchmod(to, 0755));
	close(from);
}

static void execute_fn(void *arg)
{
	char path[64];
	char *const argv[] = { (char *)"sleep", (char *)"1000", NULL };
	char *const env[] = { NULL };

	snprintf(path, sizeof(path), "/proc/self/fd/%d", *(int *)arg);
	child_keep(arg, 1);
	must(fcntl(*(int *)arg, F_SETFD, FD_CLOEXEC));
	sandbox_ready(0);
	must(execve(path, argv, env));
}

static void execute(int fd)
{
	char path[64];
	struct child *child;
	int again;

	copy_sleep(fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = (int)must(open(path, O_RDONLY));	/* else text is busy */
	close(fd);
	child = sandbox_spawn("sleep", execute_fn, &again);
	close(again);
	wait_blocked(child->pid, 0, SYS_clock_nanosleep, SYS_nanosleep);
	let("p", "%d", (int)child->pid);
}

static void executed_pshm(void)
{
	left_pshm("/prog", 1, 0700);
	execute((int)must(open("/dev/shm/prog", O_RDWR | O_TRUNC)));
}

static void executed_unlinked(void)
{
	let("id", "%lu", (unsigned long)left_pshm("/prog", 1, 0700));
	execute((int)must(open("/dev/shm/prog", O_RDWR | O_TRUNC)));
	pshm_unlink("/prog");
}

static void executed_memfd(void)
{
	int fd = (int)must(memfd_create("prog", 0));

	let("memfd", "memfd:%lu", (unsigned long)fd_inode(fd));
	execute(fd);
}

/* ---- io_uring ---- */

/* An empty ring holds nothing, and must spoil nothing. */
static void uring_empty_fn(void *arg)
{
	struct io_uring_params params = { 0 };
	int ring = (int)must(syscall(SYS_io_uring_setup, 4, &params));

	(void)arg;
	child_keep(&ring, 1);
	sandbox_ready(ring);
	sandbox_hold();
}

static void uring_empty(void)
{
	left_pshm("/mem", 4096, 0600);
	sandbox_spawn("ring", uring_empty_fn, NULL);
}

/* Bytes only, no descriptors: nothing is in flight. */
static void no_flight(void)
{
	int ends[2];

	left_pshm("/mem", 4096, 0600);
	unix_pair(SOCK_STREAM, ends);
	must(write(ends[0], "x", 1));
	hold_in("sockets", ends, 2);
	close(ends[0]);
	close(ends[1]);
}

#define PSHM	"list pshm -o all" COMPLETE

static const struct situation situations[] = {
	{ .name = "private mapping of a file", .make = private_pshm, .truths = {
		{ PSHM, "pshm:/mem", "$p:attached state=attached complete" },
		{ "ps" COMPLETE, "pid $p", "+pshm:/mem:attached" },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict=in-use" },
		{ CLEAN " pshm", NULL, "out!~/mem exit=0" } } },
	{ .name = "private mapping of an unlinked file", .make = private_unlinked, .truths = {
		{ PSHM, NULL, "count(pshm)=1" } } },
	{ .name = "private mapping of a memfd", .make = private_memfd, .truths = {
		{ "list memfd -o all" COMPLETE, "$memfd", "there $p:attached name=hidden" } } },
	{ .name = "private mapping of a semaphore", .make = private_psem, .truths = {
		{ "list psem -o all" COMPLETE, "psem:/lock", "$p:attached complete state=attached" } } },
	{ .name = "private mapping, written", .make = private_written, .truths = {
		{ PSHM, "pshm:/mem", "$p:attached state=attached" } } },
	{ .name = "private mapping without access", .make = private_none, .truths = {
		{ PSHM, "pshm:/mem", "$p:attached state=attached" } } },
	{ .name = "program executed from /dev/shm", .make = executed_pshm, .truths = {
		{ PSHM, "pshm:/prog", "$p:attached state=attached complete" },
		{ "stale -a pshm" COMPLETE, "pshm:/prog", "verdict=in-use" },
		{ CLEAN " pshm", NULL, "out!~/prog exit=0" } } },
	{ .name = "program executed, its file unlinked", .make = executed_unlinked, .truths = {
		{ PSHM, NULL, "count(pshm)=1" } } },
	{ .name = "program executed from a memfd", .make = executed_memfd, .truths = {
		{ "list memfd -o all" COMPLETE, "$memfd", "there $p:attached" } } },
	{ .name = "nothing in flight", .make = no_flight, .truths = {
		{ PSHM, "pshm:/mem", "complete state=unattached users=0" },
		{ PSHM, NULL, "quiet" } } },
	{ .name = "io_uring: an empty ring", .make = uring_empty, .truths = {
		{ PSHM, "pshm:/mem", "complete state=unattached" },
		{ PSHM, NULL, "quiet" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: holders", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
