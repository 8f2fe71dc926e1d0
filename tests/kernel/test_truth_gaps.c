// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What cannot be seen: a /proc that hides, is another's or is none, calls that
 * are refused or are not there yet.  Either the answer is the same, or the gap
 * is said: never a falsehood without a word.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* ---- another /proc for the process that looks ---- */

static void mount_proc(const char *type, const char *options)
{
	must(unshare(CLONE_NEWNS));
	must(mount("proc", "/proc", type, MS_NOSUID | MS_NODEV | MS_NOEXEC,
		   options));
}

static void hidepid_2(void)
{
	mount_proc("proc", "hidepid=2");
}

/* ---- calls that are refused ---- */

/* This call, if its argument number `arg` (-1: any) is `value`, fails. */
static void refuse(long call, int arg, unsigned int value, int err)
{
	const unsigned int at = arg < 0 ? offsetof(struct seccomp_data, nr)
		: (unsigned int)(offsetof(struct seccomp_data, args) +
				 (size_t)arg * 8);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)call, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			 arg < 0 ? (unsigned int)call : value, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	alarm(5);	/* what loops for ever ends by it */
}

#define PROCMAP_QUERY	0xC0686611

static void query_enotty(void)	{ refuse(SYS_ioctl, 1, PROCMAP_QUERY, ENOTTY); }
static void query_enosys(void)	{ refuse(SYS_ioctl, 1, PROCMAP_QUERY, ENOSYS); }

static void no_netlink(void)	{ refuse(SYS_socket, 0, AF_NETLINK, EAFNOSUPPORT); }
static void no_setns(void)	{ refuse(SYS_setns, -1, 0, EPERM); }
static void no_fsopen(void)	{ refuse(SYS_fsopen, -1, 0, ENOSYS); }
static void no_clone3(void)	{ refuse(SYS_clone3, -1, 0, EPERM); }

static void few_files(void)
{
	struct rlimit limit = { 6, 6 };

	must(setrlimit(RLIMIT_NOFILE, &limit));
}

/* ---- what there is to see ---- */

static void seen(void)
{
	int fd, sock, ends[2];

	make_shm(1, 4096, 0600);
	let("a", "%d", (int)shm_attach_in("attached", 0, 0, SHM_PLAIN)->pid);
	make_sem(1, 2, NULL, 0600);
	let("s", "%d", (int)sem_wait_in("waits", 0, 1, -1)->pid);
	make_msg(1, 0600);
	make_pshm("/mem", 4096, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDWR));
	let("o", "%d", (int)hold_fd_in("open", fd)->pid);
	close(fd);
	make_fifo("/tmp/fifo", 0600);
	let("f", "%d", (int)fifo_open_in("opens", "/tmp/fifo", O_RDONLY)->pid);
	sock = (int)must(socket(AF_INET, SOCK_STREAM, 0));
	let("tcp", "tcp:%lu", (unsigned long)fd_inode(sock));
	let("t", "%d", (int)hold_fd_in("unbound", sock)->pid);
	close(sock);
	sock = unix_listener(SOCK_STREAM, "@server", 1);
	let("u", "%d", (int)hold_fd_in("server", sock)->pid);
	close(sock);
	fd = make_memfd("memory", 4096);
	let("memfd", "memfd:%lu", (unsigned long)fd_inode(fd));
	let("m", "%d", (int)hold_fd_in("memory", fd)->pid);
	close(fd);
	fd = (int)must(syscall(SYS_pidfd_open, 1, 0));
	let("pidfd", "pidfd:%lu", (unsigned long)fd_inode(fd));
	hold_fd_in("pidfd", fd);
	close(fd);
	let("pipe", "pipe:%lu", (unsigned long)make_pipe(ends));
	hold_fd_in("reader", ends[0]);
	close(ends[0]);
	close(ends[1]);
}

/* Any user can make 33 directories. */
static void deep_directory(void)
{
	int i;

	left_pshm("/mem", 4096, 0600);
	must(chdir("/dev/shm"));
	for (i = 0; i < 40; i++) {
		must(mkdir("d", 0700));
		must(chdir("d"));
	}
	must(chdir("/"));
}

#define SAME_SHM	{ "list shm -o all" COMPLETE, "shm:0", "there $a:attached attaches_found=1 complete" }
#define SAME_PSHM	{ "list pshm -o all" COMPLETE, "pshm:/mem", "there $o:open complete state=attached" }
#define SAME_UNIX	{ "list unix -o all" COMPLETE, "unix:@server", "there $u:listens state=listening" }
#define SAYS(what)	{ "list " what " -o all" COMPLETE, NULL, "warns" }, \
			{ "=list " what " --strict" COMPLETE, NULL, "exit=3" }

static const struct situation situations[] = {
	{ .name = "hidepid=2, root", .make = seen, .truths = {
		SAME_SHM, SAME_PSHM, { "list pshm -o all" COMPLETE, NULL, "quiet" } },
	  .inside = hidepid_2 },
	{ .name = "no PROCMAP_QUERY", .make = seen, .truths = {
		SAME_SHM, SAME_PSHM }, .inside = query_enotty },
	{ .name = "PROCMAP_QUERY not there", .make = seen, .truths = {
		SAME_SHM }, .inside = query_enosys },
	{ .name = "no netlink", .make = seen, .truths = { SAYS("unix"), SAYS("tcp"), { "!doctor", NULL, "out~socket" } },
	  .inside = no_netlink },
	{ .name = "no setns", .make = seen, .truths = {
		SAME_UNIX }, .inside = no_setns },
	{ .name = "no fsopen", .make = seen, .truths = { SAYS("pmsg") }, .inside = no_fsopen },
	{ .name = "no threads", .make = seen, .truths = {
		SAME_SHM, SAME_PSHM, SAME_UNIX }, .inside = no_clone3 },
	{ .name = "few descriptors", .make = seen, .truths = {
		{ "list pshm -o all" COMPLETE, NULL, "warns" } },
	  .inside = few_files },
	{ .name = "a deep directory", .make = deep_directory, .truths = {
		{ "list pshm -o all" COMPLETE, "pshm:/mem", "there complete state=unattached" },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict=suspect" },
		{ "list psem -o all" COMPLETE, NULL, "quiet" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: gaps", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
