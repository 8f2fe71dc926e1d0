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

/* ---- in flight ---- */

static void put_in_flight(int fd)
{
	int ends[2];

	unix_pair(SOCK_STREAM, ends);
	unix_send_fd(ends[0], fd);
	close(fd);
	let("s", "%d", (int)hold_in("sockets", ends, 2)->pid);
	close(ends[0]);
	close(ends[1]);
}

static void flight_pshm(void)
{
	left_pshm("/mem", 4096, 0600);
	put_in_flight((int)must(open("/dev/shm/mem", O_RDWR)));
}

static void flight_unlinked(void)
{
	left_pshm("/mem", 4096, 0600);
	put_in_flight((int)must(open("/dev/shm/mem", O_RDWR)));
	pshm_unlink("/mem");
}

static void flight_pipe(void)
{
	int ends[2];

	let("pipe", "pipe:%lu", (unsigned long)make_pipe(ends));
	let("r", "%d", (int)hold_fd_in("reader", ends[0])->pid);
	close(ends[0]);
	put_in_flight(ends[1]);
}

static void flight_fifo(void)
{
	left_fifo("/tmp/fifo", 0600);
	put_in_flight((int)must(open("/tmp/fifo", O_RDWR)));
}

/* As a shell does, without mq_open(3). */
static void pmsg_by_path_fn(void *arg)
{
	int fds[] = {
		(int)must(open("/dev/mqueue/queue", O_RDWR)),
		(int)must(open("/dev/mqueue/gone", O_RDONLY)),
	};

	(void)arg;
	must(mq_unlink("/gone"));
	child_keep(fds, 2);
	sandbox_ready((long)fd_inode(fds[1]));
	sandbox_hold();
}

static void pmsg_by_path(void)
{
	struct child *child;

	make_pmsg("/queue", 2, 10, 0600);
	make_pmsg("/gone", 2, 10, 0600);
	sandbox_mount_mqueue();
	child = sandbox_spawn("reader", pmsg_by_path_fn, NULL);
	let("p", "%d", (int)child->pid);
	let("gone", "%ld", child->value);
}

static void flight_pmsg(void)
{
	make_pmsg("/queue", 2, 10, 0600);
	put_in_flight((int)mq_open("/queue", O_RDWR));
}

static void flight_memfd(void)
{
	put_in_flight(make_memfd("lost", 4096));
}

static void flight_datagram(void)
{
	int to = unix_bound(SOCK_DGRAM, "/tmp/dgram");
	int from = unix_connected(SOCK_DGRAM, "/tmp/dgram");
	int fd;

	left_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	unix_send_fd(from, fd);
	let("s", "%d", (int)hold_fd_in("receiver", to)->pid);
	close(fd);
	close(from);
	close(to);
}

/* Nobody has accepted, and the sender is gone. */
static void flight_unaccepted(void)
{
	int listener = unix_listener(SOCK_STREAM, "/tmp/sock", 4);
	int client = unix_connected(SOCK_STREAM, "/tmp/sock");
	int fd;

	left_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	unix_send_fd(client, fd);
	let("s", "%d", (int)hold_fd_in("server", listener)->pid);
	close(fd);
	close(client);
	close(listener);
}

/* A socket in flight that has another descriptor in its own queue. */
static void flight_nested(void)
{
	int outer[2], inner[2], fd;

	left_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	unix_pair(SOCK_STREAM, outer);
	unix_pair(SOCK_STREAM, inner);
	unix_send_fd(inner[0], fd);
	let("inner", "unix:%lu", (unsigned long)fd_inode(inner[1]));
	unix_send_fd(outer[0], inner[1]);
	let("s", "%d", (int)hold_in("sockets", outer, 2)->pid);
	close(fd);
	close(inner[0]);
	close(inner[1]);
	close(outer[0]);
	close(outer[1]);
}

static void flight_tcp(void)
{
	unsigned short port;
	int fd = tcp_listener(AF_INET, &port);

	let("tcp", "tcp:%lu", (unsigned long)fd_inode(fd));
	put_in_flight(fd);
}

/* ---- io_uring ---- */

static void uring_fn(void *arg)
{
	struct io_uring_params params = { 0 };
	int *fd = arg;
	int ring = (int)must(syscall(SYS_io_uring_setup, 4, &params));

	must(syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, fd, 1));
	child_keep(&ring, 1);
	sandbox_ready(ring);
	sandbox_hold();
}

static void register_file(int fd)
{
	let("p", "%d", (int)sandbox_spawn("ring", uring_fn, &fd)->pid);
	close(fd);
}

static void uring_pshm(void)
{
	left_pshm("/mem", 4096, 0600);
	register_file((int)must(open("/dev/shm/mem", O_RDWR)));
}

static void uring_pipe(void)
{
	int ends[2];

	let("pipe", "pipe:%lu", (unsigned long)make_pipe(ends));
	let("r", "%d", (int)hold_fd_in("reader", ends[0])->pid);
	close(ends[0]);
	register_file(ends[1]);
}

static void uring_memfd(void)
{
	register_file(make_memfd("ring", 4096));
}

static void uring_fifo(void)
{
	left_fifo("/tmp/fifo", 0600);
	register_file((int)must(open("/tmp/fifo", O_RDWR)));
}

static void uring_listener(void)
{
	int fd = unix_listener(SOCK_STREAM, "/tmp/sock", 1);

		register_file(fd);
}

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
#define KEPT	"incomplete state!=unattached"

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
	{ .name = "in flight: a file", .make = flight_pshm, .truths = {
		{ PSHM, "pshm:/mem", KEPT },
		{ "show pshm:/mem" COMPLETE, "pshm:/mem", KEPT },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict!=stale verdict!=suspect" },
		{ CLEAN " pshm", NULL, "out!~/mem exit=0" } } },
	{ .name = "in flight: an unlinked file", .make = flight_unlinked, .truths = {
		{ PSHM, NULL, "warns" } } },
	{ .name = "in flight: the write end of a pipe", .make = flight_pipe, .truths = {
		{ "list pipe -o all" COMPLETE, "$pipe", "incomplete writers!=0 $r:open:r" },
		{ "show $pipe" COMPLETE, "$pipe", "incomplete writers!=0" } } },
	{ .name = "in flight: a FIFO", .make = flight_fifo, .truths = {
		{ "!stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "verdict!=stale verdict!=suspect incomplete" },
		{ CLEAN " fifo", NULL, "out!~/tmp/fifo exit=0" } } },
	{ .name = "a queue opened by its path", .make = pmsg_by_path, .truths = {
		{ "list pmsg -o all" COMPLETE, "pmsg:/queue", "$p:open complete state!=unattached" },
		{ "list pmsg -o all" COMPLETE, "pmsg:$gone", "there name=/gone state=unlinked" },
		{ "ps $p", NULL, "out~pmsg:/queue" },
		{ "stale -a pmsg" COMPLETE, "pmsg:/queue", "verdict=in-use" } } },
	{ .name = "in flight: a queue", .make = flight_pmsg, .truths = {
		{ "list pmsg -o all" COMPLETE, "pmsg:/queue", KEPT } } },
	{ .name = "in flight: a memfd", .make = flight_memfd, .truths = {
		{ "list memfd -o all" COMPLETE, NULL, "warns" } } },
	{ .name = "in flight: in a datagram", .make = flight_datagram, .truths = {
		{ PSHM, "pshm:/mem", KEPT },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict!=stale verdict!=suspect" } } },
	{ .name = "in flight: in a connection not accepted", .make = flight_unaccepted, .truths = {
		{ PSHM, "pshm:/mem", KEPT },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict!=stale verdict!=suspect" },
		{ CLEAN " pshm", NULL, "out!~/mem exit=0" } } },
	{ .name = "in flight: in a socket in flight", .make = flight_nested, .truths = {
		{ PSHM, "pshm:/mem", KEPT },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict!=stale verdict!=suspect" },
		{ "list unix -o all" COMPLETE, "$inner", "incomplete" },
		{ CLEAN " pshm", NULL, "out!~/mem exit=0" } } },
	{ .name = "in flight: a listener", .make = flight_tcp, .truths = {
		{ "list tcp -o all" COMPLETE, "$tcp", "incomplete state=listening" } } },
	{ .name = "nothing in flight", .make = no_flight, .truths = {
		{ PSHM, "pshm:/mem", "complete state=unattached users=0" },
		{ PSHM, NULL, "quiet" } } },
	{ .name = "io_uring: a file", .make = uring_pshm, .truths = {
		{ PSHM, "pshm:/mem", KEPT },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict!=stale verdict!=suspect" },
		{ CLEAN " pshm", NULL, "out!~/mem exit=0" } } },
	{ .name = "io_uring: the write end of a pipe", .make = uring_pipe, .truths = {
		{ "list pipe -o all" COMPLETE, "$pipe", "incomplete writers!=0" } } },
	{ .name = "io_uring: a memfd", .make = uring_memfd, .truths = {
		{ "list memfd -o all" COMPLETE, NULL, "warns" } } },
	{ .name = "io_uring: a FIFO", .make = uring_fifo, .truths = {
		{ "!stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "verdict!=stale verdict!=suspect incomplete" },
		{ CLEAN " fifo", NULL, "out!~/tmp/fifo exit=0" } } },
	{ .name = "io_uring: a listener", .make = uring_listener, .truths = {
		{ "list unix -o all" COMPLETE, "unix:/tmp/sock", "incomplete state=listening" } } },
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
