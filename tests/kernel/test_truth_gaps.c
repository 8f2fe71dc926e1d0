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

static void hidepid_4(void)
{
	mount_proc("proc", "hidepid=4");
}

static void subset_pid(void)
{
	mount_proc("proc", "subset=pid");
}

static void no_proc(void)
{
	mount_proc("tmpfs", "mode=755");
}

/* A hidden mount below, and one that hides nothing above. */
static void hidden_below(void)
{
	mount_proc("proc", "hidepid=2");
	must(mount("proc", "/proc", "proc", 0, "hidepid=0"));
}

/* What runs ipcscope is process 1 of a PID namespace of its own. */
static void inner_pid_ns(void)
{
	int status;
	pid_t pid;

	must(unshare(CLONE_NEWPID));
	pid = (pid_t)must(fork());
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return;
	}
	must(waitpid(pid, &status, 0));
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void foreign_proc(void)
{
	inner_pid_ns();
	must(shmget(77, 4096, IPC_CREAT | 0600));
}

static void nested_proc(void)
{
	inner_pid_ns();
	mount_proc("proc", NULL);
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
static void query_eperm(void)	{ refuse(SYS_ioctl, 1, PROCMAP_QUERY, EPERM); }
static void query_enosys(void)	{ refuse(SYS_ioctl, 1, PROCMAP_QUERY, ENOSYS); }

static void stat_any_einval(void)
{
	refuse(SYS_shmctl, 1, 15, EINVAL);
	refuse(SYS_semctl, 2, 20, EINVAL);
	refuse(SYS_msgctl, 1, 13, EINVAL);
}

static void stat_any_eperm(void)
{
	refuse(SYS_shmctl, 1, 15, EPERM);
	refuse(SYS_semctl, 2, 20, EPERM);
	refuse(SYS_msgctl, 1, 13, EPERM);
}

static void statx_eperm(void)	{ refuse(SYS_statx, -1, 0, EPERM); }
static void statx_enosys(void)	{ refuse(SYS_statx, -1, 0, ENOSYS); }
static void statx_eacces(void)	{ refuse(SYS_statx, -1, 0, EACCES); }
static void no_getxattrat(void)	{ refuse(464, -1, 0, ENOSYS); }

static void getxattr_eperm(void)
{
	refuse(464, -1, 0, EPERM);
	refuse(SYS_getxattr, -1, 0, EPERM);
}

static void getxattr_eio(void)
{
	refuse(464, -1, 0, EIO);
	refuse(SYS_getxattr, -1, 0, EIO);
}

static void fstatfs_eperm(void)	{ refuse(SYS_fstatfs, -1, 0, EPERM); }
static void fstatfs_eintr(void)	{ refuse(SYS_fstatfs, -1, 0, EINTR); }
static void memfd_eperm(void)	{ refuse(SYS_memfd_create, -1, 0, EPERM); }
static void memfd_enosys(void)	{ refuse(SYS_memfd_create, -1, 0, ENOSYS); }
static void no_vm_readv(void)	{ refuse(SYS_process_vm_readv, -1, 0, EPERM); }
static void no_netlink(void)	{ refuse(SYS_socket, 0, AF_NETLINK, EAFNOSUPPORT); }
static void no_kcmp(void)	{ refuse(SYS_kcmp, -1, 0, EPERM); }
static void bind_einval(void)	{ refuse(SYS_bind, -1, 0, EINVAL); }
static void send_eintr(void)	{ refuse(SYS_sendto, -1, 0, EINTR); }
static void no_setns(void)	{ refuse(SYS_setns, -1, 0, EPERM); }
static void no_fsopen(void)	{ refuse(SYS_fsopen, -1, 0, ENOSYS); }
static void readlink_eperm(void) { refuse(SYS_readlinkat, -1, 0, EPERM); }
static void no_getfd(void)	{ refuse(SYS_pidfd_getfd, -1, 0, EPERM); }
static void getfd_enosys(void)	{ refuse(SYS_pidfd_getfd, -1, 0, ENOSYS); }
static void pidfd_enosys(void)	{ refuse(SYS_pidfd_open, -1, 0, ENOSYS); }
static void thread_einval(void)	{ refuse(SYS_pidfd_open, 1, O_EXCL, EINVAL); }
static void no_clone3(void)	{ refuse(SYS_clone3, -1, 0, EPERM); }

static void few_files(void)
{
	struct rlimit limit = { 6, 6 };

	must(setrlimit(RLIMIT_NOFILE, &limit));
}

/* ---- what there is to see ---- */

/* Sockets of a namespace that nothing but these leads to. */
static void foreign_sockets(void)
{
	int home = (int)must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)), fds[2];

	must(unshare(CLONE_NEWNET));
	fds[0] = (int)must(socket(AF_INET, SOCK_STREAM, 0));
	fds[1] = (int)must(socket(AF_INET, SOCK_STREAM, 0));
	must(setns(home, CLONE_NEWNET));
	close(home);
	let("a", "tcp:%lu", (unsigned long)fd_inode(fds[0]));
	let("b", "tcp:%lu", (unsigned long)fd_inode(fds[1]));
	let("p", "%d", (int)hold_in("holder", fds, 2)->pid);
	close(fds[0]);
	close(fds[1]);
}


static void nothing(void)
{
}

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

static void other_ipc_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWIPC));
	make_sem(1, 1, NULL, 0600);
	sandbox_ready(0);
	sandbox_hold();
}

static void other_ipc(void)
{
	sandbox_spawn("elsewhere", other_ipc_fn, NULL);
}

/* Any user can make 33 directories. */
static void deep_directory(void)
{
	int i;

	if (!sandbox_is_root())
		return truth_cannot("no user who runs nothing in a user namespace");
	left_pshm("/mem", 4096, 0600);
	must(chdir("/dev/shm"));
	for (i = 0; i < 40; i++) {
		must(mkdir("d", 0700));
		must(chdir("d"));
	}
	must(chdir("/"));
}

static void *hold_thread(void *arg)
{
	(void)arg;
	sandbox_ready(gettid());
	sandbox_hold();
}

static void threads_fn(void *arg)
{
	pthread_t id;

	(void)arg;
	if (pthread_create(&id, NULL, hold_thread, NULL))
		sandbox_fail("pthread_create");
	sandbox_hold();
}

static void two_threads(void)
{
	struct child *child = sandbox_spawn("threads", threads_fn, NULL);

	let("p", "%d", (int)child->pid);
	let("tid", "%ld", child->value);
}

#define SAME_SHM	{ "list shm -o all" COMPLETE, "shm:0", "there $a:attached attaches_found=1 complete" }
#define SAME_PSHM	{ "list pshm -o all" COMPLETE, "pshm:/mem", "there $o:open complete state=attached" }
#define SAME_UNIX	{ "list unix -o all" COMPLETE, "unix:@server", "there $u:listens state=listening" }
#define SAME_SEM	{ "list sem -o all" COMPLETE, "sem:0", "there $s:waits" }
static void attached_twice(void)
{
	make_shm(1, 4096, 0600);
	shm_attach_in("one", 0, 0, SHM_PLAIN);
	shm_attach_in("other", 0, 0, SHM_PLAIN);
}

#define SAYS(what)	{ "list " what " -o all" COMPLETE, NULL, "warns" }, \
			{ "=list " what " --strict" COMPLETE, NULL, "exit=3" }

static const struct situation situations[] = {
	{ .name = "hidepid=2, another user", .make = seen, .truths = {
		{ "@list pshm -o all" COMPLETE, "pshm:/mem", "incomplete state!=unattached" },
		{ "@list pshm -o all" COMPLETE, NULL,
		  "warns out~\"id\":\"hidden-processes\" out~\"helps\":\"run^as^root" },
		{ "@doctor", NULL, "out~hidepid" } },
	  .inside = hidepid_2 },
	{ .name = "hidepid=4, another user", .make = seen, .truths = {
		{ "@list pshm -o all" COMPLETE, NULL, "warns" } },
	  .inside = hidepid_4 },
	{ .name = "hidepid=2, root", .make = seen, .truths = {
		SAME_SHM, SAME_PSHM, { "list pshm -o all" COMPLETE, NULL, "quiet" } },
	  .inside = hidepid_2 },
	{ .name = "hidepid=2 below another mount", .make = seen, .truths = {
		{ "@doctor", NULL, "out!~hidepid" } },
	  .inside = hidden_below },
	{ .name = "subset=pid", .make = seen, .truths = {
		SAME_PSHM,
		{ "list shm -o all" COMPLETE, "shm:0", "there $a:attached" },
		{ "list shm -o all" COMPLETE, NULL, "warns out!~not^supported" },
		{ "=limits --check", NULL, "exit=3" },
		{ "!limits", NULL, "out~shmmni" },
		{ "!doctor", NULL, "out~subset" } },
	  .inside = subset_pid },
	{ .name = "not the first PID namespace", .make = seen, .truths = {
		{ "list pshm -o all", NULL, "warns" },
		{ "=list pshm --strict", NULL, "exit=3" },
		{ "list pshm -o all", "pshm:/mem", "incomplete" },
		{ "list pshm", NULL, "out~\"id\":\"pid-namespace\"" },
		{ "!doctor", NULL, "out~PID^namespace" } } },
	{ .name = "a PID namespace in another", .make = seen, .truths = {
		{ "list pshm -o all", NULL, "warns" },
		{ "list pshm -o all", "pshm:/mem", "there incomplete state!=unattached" } },
	  .inside = nested_proc },
	{ .name = "/proc of another PID namespace", .make = nothing, .truths = {
		{ "!show shm:0", NULL, "out!~sandbox-init" },
		{ "!list shm -o all", "shm:0", "creator_alive=absent|null" },
		{ "!list shm -o all", NULL, "warns" },
		{ "!doctor", NULL, "out~another^PID^namespace" } },
	  .inside = foreign_proc },
	{ .name = "no /proc", .not_sanitized = true, .make = seen, .truths = {
		{ "list shm -o all" COMPLETE, "shm:0", "there incomplete" },
		SAYS("shm"), SAYS("pshm"), SAYS("pipe"),
		{ "=limits --check", NULL, "exit=3" } },
	  .inside = no_proc },
	{ .name = "no PROCMAP_QUERY", .make = seen, .truths = {
		SAME_SHM, SAME_PSHM }, .inside = query_enotty },
	{ .name = "PROCMAP_QUERY refused", .make = seen, .truths = {
		SAME_SHM, SAME_PSHM }, .inside = query_eperm },
	{ .name = "PROCMAP_QUERY not there", .make = seen, .truths = {
		SAME_SHM }, .inside = query_enosys },
	{ .name = "no *_STAT_ANY", .make = seen, .truths = {
		{ "list sysv -o all" COMPLETE, NULL, "count(shm)=1 count(sem)=1 count(msg)=1" },
		SAME_SHM, SAME_SEM }, .inside = stat_any_einval },
	{ .name = "*_STAT_ANY refused", .make = seen, .truths = {
		{ "list sysv -o all" COMPLETE, NULL, "count(shm)=1 count(sem)=1 count(msg)=1" },
		SAME_SHM }, .inside = stat_any_eperm },
	{ .name = "statx refused", .make = seen, .truths = { SAYS("fifo"), SAYS("pshm"), SAYS("pty") },
	  .inside = statx_eperm },
	{ .name = "statx without access", .make = seen, .truths = { SAYS("fifo"), SAYS("pshm") },
	  .inside = statx_eacces },
	{ .name = "no statx", .make = seen, .truths = {
		SAME_PSHM, SAME_SHM }, .inside = statx_enosys },
	{ .name = "getxattr refused", .make = seen, .truths = { SAYS("tcp") }, .inside = getxattr_eperm },
	{ .name = "no getxattrat", .make = seen, .truths = {
		{ "list tcp -o all" COMPLETE, NULL, "quiet" } }, .inside = no_getxattrat },
	{ .name = "getxattr failing", .make = seen, .truths = { SAYS("tcp") }, .inside = getxattr_eio },
	{ .name = "fstatfs refused", .make = seen, .truths = { SAYS("pidfd") }, .inside = fstatfs_eperm },
	{ .name = "fstatfs interrupted for ever", .make = seen, .truths = { SAYS("pidfd") },
	  .inside = fstatfs_eintr },
	{ .name = "memfd_create refused", .make = seen, .truths = { SAYS("memfd"), SAYS("shm") },
	  .inside = memfd_eperm },
	{ .name = "no memfd_create", .make = seen, .truths = { SAYS("shm") },
	  .inside = memfd_enosys },
	{ .name = "memory may not be read", .make = seen, .truths = {
		{ "list fifo -o all" COMPLETE, NULL, "warns" },
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "verdict!=stale verdict!=suspect" } },
	  .inside = no_vm_readv },
	{ .name = "no netlink", .make = seen, .truths = { SAYS("unix"), SAYS("tcp"), { "!doctor", NULL, "out~socket" } },
	  .inside = no_netlink },
	{ .name = "memories that may not be compared", .make = attached_twice, .truths = {
		{ "list shm -o all" COMPLETE, "shm:0", "there incomplete" },
		{ "!list shm -o all" COMPLETE, NULL, "warns" } },
	  .inside = no_kcmp },
	{ .name = "no address for netlink", .make = seen, .truths = { SAYS("unix"), SAYS("tcp") },
	  .inside = bind_einval },
	{ .name = "sendto interrupted for ever", .make = seen, .truths = { SAYS("unix") },
	  .inside = send_eintr },
	{ .name = "no setns", .make = seen, .truths = {
		SAME_UNIX }, .inside = no_setns },
	{ .name = "sockets may not be copied", .make = foreign_sockets, .truths = {
		SAYS("tcp"),
		{ "list tcp -o all" COMPLETE, "$a", "there net_ns=absent $p:open" },
		{ "list tcp -o all" COMPLETE, NULL, "out~\"part\":\"net-ns\" out~\"count\":2" },
		{ "!list unix -o all" COMPLETE, NULL, "quiet" },
		{ "!doctor", NULL, "out~network^namespaces^of^sockets out~CAP_SYS_PTRACE" } },
	  .inside = no_getfd },
	{ .name = "no copies of sockets", .make = foreign_sockets, .truths = { SAYS("tcp") },
	  .inside = getfd_enosys },
	{ .name = "no descriptors of processes", .make = foreign_sockets, .truths = { SAYS("tcp") },
	  .inside = pidfd_enosys },
	{ .name = "no descriptors of threads", .make = foreign_sockets, .truths = {
		{ "list tcp -o all" COMPLETE, NULL, "quiet" },
		{ "list tcp -o all" COMPLETE, "$a", "there net_ns!=absent $p:open" } },
	  .inside = thread_einval },
	{ .name = "sockets that dumps list need no copy", .make = seen, .truths = {
		SAME_UNIX,
		{ "!list unix netlink packet -o all" COMPLETE, NULL, "quiet" } }, .inside = no_getfd },
	{ .name = "no fsopen", .make = seen, .truths = { SAYS("pmsg") }, .inside = no_fsopen },
	{ .name = "readlink refused", .make = seen, .truths = { SAYS("pipe"), SAYS("shm") },
	  .inside = readlink_eperm },
	{ .name = "no threads", .make = seen, .truths = {
		SAME_SHM, SAME_PSHM, SAME_UNIX }, .inside = no_clone3 },
	{ .name = "few descriptors", .not_sanitized = true, .make = seen, .truths = {
		{ "list pshm -o all" COMPLETE, NULL, "warns" } },
	  .inside = few_files },
	{ .name = "a deep directory", .make = deep_directory, .truths = {
		{ "list pshm -o all" COMPLETE, "pshm:/mem", "there complete state=unattached" },
		{ "stale -a pshm" COMPLETE, "pshm:/mem", "verdict=suspect" },
		{ "!list psem -o all" COMPLETE, NULL, "quiet" } } },
	{ .name = "a set in another IPC namespace", .make = other_ipc, .truths = {
		{ "!doctor", NULL, "out~IPC^namespace" } } },
	{ .name = "ps of a thread", .make = two_threads, .truths = {
		{ "=ps $tid" COMPLETE, NULL, "exit=1 err~thread^of^$p" },
		{ "=list -p $tid" COMPLETE, NULL, "exit=1 err~thread^of^$p" } } },
	{ .name = "ps of nobody", .make = nothing, .truths = {
		{ "=ps 999999" COMPLETE, NULL, "exit=1 err~999999" },
		{ "=list -p 999999" COMPLETE, NULL, "exit=1 err~999999 out=" },
		{ "=stale -p 999999" COMPLETE, NULL, "exit=1 err~999999 out=" },
		{ "list pipe -p 999999" COMPLETE, NULL, "exit=1 err~999999" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: gaps", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
