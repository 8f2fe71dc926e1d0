// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who waits to open a FIFO, by whatever path: the waiting thread's root,
 * directory and descriptors lead to it, not those of whoever looks.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"
#define CLEAN	"clean -n --suspect --older 0s --user root,12345" COMPLETE " fifo"

/* How a child gets to the FIFO; it calls sandbox_ready() and then opens. */
static struct child *opener(void (*fn)(void *))
{
	struct child *child = sandbox_spawn("opener", fn, NULL);

	wait_blocked(child->pid, 0, SYS_openat, SYS_open, SYS_openat2, SYS_creat);
	let("p", "%d", (int)child->pid);
	return child;
}

static int open_ready(int dir, const char *path, int flags)
{
	sandbox_ready(0);
	return (int)must(syscall(SYS_openat, dir, path, flags, 0));
}

static void absolute_fn(void *arg)
{
	(void)arg;
	open_ready(AT_FDCWD, "/tmp/fifo", O_RDONLY);
}

static void absolute(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener(absolute_fn);
}

/* It goes on with the open when it is let go. */
static void stopped(void)
{
	struct child *child;

	left_fifo("/tmp/fifo", 0600);
	child = opener(absolute_fn);
	must(kill(child->pid, SIGSTOP));
	must(waitid(P_PID, (id_t)child->pid, &(siginfo_t){ 0 }, WSTOPPED | WNOWAIT));
}

static void write_fn(void *arg)
{
	(void)arg;
	open_ready(AT_FDCWD, "/tmp/fifo", O_WRONLY);
}

static void to_write(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener(write_fn);
}

static void relative_fn(void *arg)
{
	(void)arg;
	must(chdir("/tmp/dir"));
	open_ready(AT_FDCWD, "../dir/./fifo", O_RDONLY);
}

static void relative(void)
{
	must(mkdir("/tmp/dir", 0700));
	left_fifo("/tmp/dir/fifo", 0600);
	opener(relative_fn);
}

static void renamed_cwd(void)
{
	relative();
	must(rename("/tmp/dir", "/tmp/moved"));
}

static void dirfd_fn(void *arg)
{
	(void)arg;
	open_ready((int)must(open("/tmp/dir", O_PATH | O_DIRECTORY)), "fifo",
		   O_RDONLY);
}

static void by_dirfd(void)
{
	must(mkdir("/tmp/dir", 0700));
	left_fifo("/tmp/dir/fifo", 0600);
	opener(dirfd_fn);
}

static void make_jail(void)
{
	must(mkdir("/tmp/jail", 0700));
	must(mkdir("/tmp/jail/tmp", 0700));
	left_fifo("/tmp/jail/tmp/fifo", 0600);
}

static void enter_jail(void)
{
	must(chroot("/tmp/jail"));
	must(chdir("/tmp"));
}

static void jail_absolute_fn(void *arg)
{
	(void)arg;
	enter_jail();
	open_ready(AT_FDCWD, "/tmp/fifo", O_RDONLY);
}

static void jail_absolute(void)
{
	make_jail();
	left_fifo("/tmp/fifo", 0600);
	opener(jail_absolute_fn);
}

static void jail_relative_fn(void *arg)
{
	(void)arg;
	enter_jail();
	open_ready(AT_FDCWD, "fifo", O_RDONLY);
}

static void jail_relative(void)
{
	make_jail();
	opener(jail_relative_fn);
}

static void jail_dirfd_fn(void *arg)
{
	int dir;

	(void)arg;
	enter_jail();
	dir = (int)must(open("/tmp", O_PATH | O_DIRECTORY));
	open_ready(dir, "fifo", O_RDONLY);
}

static void jail_dirfd(void)
{
	make_jail();
	opener(jail_dirfd_fn);
}

/* A directory descriptor from outside, as of a server that jailed itself. */
static void jail_outer_dirfd_fn(void *arg)
{
	int dir = (int)must(open("/tmp/dir", O_PATH | O_DIRECTORY));

	(void)arg;
	enter_jail();
	open_ready(dir, "fifo", O_RDONLY);
}

static void jail_outer_dirfd(void)
{
	make_jail();
	must(mkdir("/tmp/dir", 0700));
	left_fifo("/tmp/dir/fifo", 0600);
	opener(jail_outer_dirfd_fn);
}

static void jail_symlink_fn(void *arg)
{
	(void)arg;
	enter_jail();
	open_ready(AT_FDCWD, "/link", O_RDONLY);
}

/* The symlink means another FIFO outside. */
static void jail_symlink(void)
{
	make_jail();
	left_fifo("/tmp/fifo", 0600);
	must(symlink("/tmp/fifo", "/tmp/jail/link"));
	opener(jail_symlink_fn);
}

static void jail_dotdot_fn(void *arg)
{
	(void)arg;
	enter_jail();
	open_ready(AT_FDCWD, "../../../tmp/fifo", O_RDONLY);
}

static void jail_dotdot(void)
{
	make_jail();
	left_fifo("/tmp/fifo", 0600);
	opener(jail_dotdot_fn);
}

static void openat2_fn(void *arg)
{
	struct open_how how = { .flags = O_RDONLY };

	(void)arg;
	sandbox_ready(0);
	must(syscall(SYS_openat2, AT_FDCWD, "/tmp/fifo", &how, sizeof(how)));
}

static void by_openat2(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener(openat2_fn);
}

static void in_root_fn(void *arg)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT };
	int dir = (int)must(open("/tmp/jail", O_PATH | O_DIRECTORY));

	(void)arg;
	sandbox_ready(0);
	must(syscall(SYS_openat2, dir, "/tmp/fifo", &how, sizeof(how)));
}

static void by_openat2_in_root(void)
{
	make_jail();
	left_fifo("/tmp/fifo", 0600);
	opener(in_root_fn);
}

static void creat_fn(void *arg)
{
	(void)arg;
	sandbox_ready(0);
	must(syscall(SYS_creat, "/tmp/fifo", 0600));
}

static void by_creat(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener(creat_fn);
}

static void self_fd_fn(void *arg)
{
	(void)arg;
	must(dup2((int)must(open("/tmp/fifo", O_PATH)), 1));
	open_ready(AT_FDCWD, "/proc/self/fd/1", O_RDONLY);
}

static void by_self_fd(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener(self_fd_fn);
}

static void dev_fd_fn(void *arg)
{
	(void)arg;
	must(dup2((int)must(open("/tmp/fifo", O_PATH)), 0));
	open_ready(AT_FDCWD, "/dev/fd/0", O_RDONLY);
}

static void by_dev_fd(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener(dev_fd_fn);
}

static void thread_self_fn(void *arg)
{
	(void)arg;
	must(dup2((int)must(open("/tmp/fifo", O_PATH)), 1));
	open_ready(AT_FDCWD, "/proc/thread-self/fd/1", O_RDONLY);
}

static void by_thread_self(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener(thread_self_fn);
}

static void self_cwd_fn(void *arg)
{
	(void)arg;
	must(chdir("/tmp/dir"));
	open_ready(AT_FDCWD, "/proc/self/cwd/fifo", O_RDONLY);
}

static void by_self_cwd(void)
{
	must(mkdir("/tmp/dir", 0700));
	left_fifo("/tmp/dir/fifo", 0600);
	opener(self_cwd_fn);
}

/* A mount namespace of its own, where the path is another FIFO. */
static void mounted_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWNS));
	sandbox_mount_tmpfs("/tmp/dir");
	left_fifo("/tmp/dir/fifo", 0600);
	open_ready(AT_FDCWD, "/tmp/dir/fifo", O_RDONLY);
}

static void mount_namespace(void)
{
	must(mkdir("/tmp/dir", 0700));
	left_fifo("/tmp/dir/fifo", 0600);
	opener(mounted_fn);
}

/* In its mount namespace a symlink leads through a mount of its own. */
static void mounted_symlink_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWNS));
	sandbox_mount_tmpfs("/tmp/dir");
	left_fifo("/tmp/dir/fifo", 0600);
	must(symlink("/tmp/dir/fifo", "/tmp/dir/link"));
	open_ready(AT_FDCWD, "/tmp/dir/link", O_RDONLY);
}

static void mount_namespace_symlink(void)
{
	must(mkdir("/tmp/dir", 0700));
	left_fifo("/tmp/dir/fifo", 0600);
	opener(mounted_symlink_fn);
}

/* A directory whose path is longer than a path may be. */
static void deep_fn(void *arg)
{
	char name[201];
	int i;

	(void)arg;
	memset(name, 'd', 200);
	name[200] = '\0';
	must(chdir("/tmp/deep"));
	for (i = 0; i < 25; i++) {
		must(mkdir(name, 0700));
		must(chdir(name));
	}
	must(mkfifo("fifo", 0600));
	open_ready(AT_FDCWD, "fifo", O_RDONLY);
}

static void deep(void)
{
	sandbox_mount_tmpfs("/tmp/deep");
	opener(deep_fn);
}

/* What the path was cannot be read any more. */
static char *path_page;
static volatile bool *gone;	/* shared with the child */

static bool is_gone(void *arg)
{
	(void)arg;
	return *gone;
}

static void opener_of_page(void (*fn)(void *))
{
	if (!gone)
		gone = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*gone = false;
	opener(fn);
	wait_until("the path to go", 0, is_gone, NULL);
}
static char thread_stack[65536] __attribute__((aligned(16)));

static int wipes(void *arg)
{
	(void)arg;
	wait_blocked(getpid(), 0, SYS_openat);
	memset(path_page, 0, 16);
	*gone = true;
	for (;;)
		if (syscall(SYS_pause))
			return 0;
}

static void wiped_fn(void *arg)
{
	(void)arg;
	path_page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	strcpy(path_page, "/tmp/fifo");
	must(clone(wipes, thread_stack + sizeof(thread_stack), CLONE_VM |
		   CLONE_THREAD | CLONE_SIGHAND | CLONE_FILES | CLONE_FS, NULL));
	open_ready(AT_FDCWD, path_page, O_RDONLY);
}

static void wiped(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener_of_page(wiped_fn);
}

static int protects(void *arg)
{
	(void)arg;
	wait_blocked(getpid(), 0, SYS_openat);
	mprotect(path_page, 4096, PROT_NONE);
	*gone = true;
	for (;;)
		if (syscall(SYS_pause))
			return 0;
}

static void protected_fn(void *arg)
{
	(void)arg;
	path_page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	strcpy(path_page, "/tmp/fifo");
	must(clone(protects, thread_stack + sizeof(thread_stack), CLONE_VM |
		   CLONE_THREAD | CLONE_SIGHAND | CLONE_FILES | CLONE_FS, NULL));
	open_ready(AT_FDCWD, path_page, O_RDONLY);
}

static void protected(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener_of_page(protected_fn);
}

/* The path leads elsewhere since: the one that is waited for has no name. */
static void exchanged(void)
{
	left_fifo("/tmp/fifo", 0600);
	opener(absolute_fn);
	must(rename("/tmp/fifo", "/tmp/renamed"));
	left_fifo("/tmp/fifo", 0600);
}

static void bind_mounted(void)
{
	left_fifo("/tmp/real", 0600);
	left_fifo("/tmp/fifo", 0600);
	must(mount("/tmp/real", "/tmp/fifo", NULL, MS_BIND, NULL));
	opener(absolute_fn);
}

#define TOLD(ref)	{ "stale -a fifo" COMPLETE, ref, "$p:waits verdict=in-use state=waits" }, \
			{ CLEAN, NULL, "exit=0" }
#define NOT_STALE(ref)	{ "stale -a fifo" COMPLETE, ref, "verdict!=stale verdict!=suspect" }, \
			{ CLEAN, NULL, "exit=0" }

static const struct situation situations[] = {
	{ .name = "absolute path", .make = absolute, .truths = { TOLD("fifo:/tmp/fifo") } },
	{ .name = "stopped meanwhile", .make = stopped, .truths = { TOLD("fifo:/tmp/fifo") } },
	{ .name = "to write", .make = to_write, .truths = { TOLD("fifo:/tmp/fifo") } },
	{ .name = "relative path", .make = relative, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/dir/fifo", "$p:waits verdict=in-use" } } },
	{ .name = "directory renamed meanwhile", .make = renamed_cwd, .truths = {
		NOT_STALE("fifo:/tmp/moved/fifo") } },
	{ .name = "directory descriptor", .make = by_dirfd, .truths = { TOLD("fifo:/tmp/dir/fifo") } },
	{ .name = "chroot, absolute path", .make = jail_absolute, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/jail/tmp/fifo", "$p:waits verdict=in-use" },
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "!$p:waits verdict!=in-use" } } },
	{ .name = "chroot, relative path", .make = jail_relative, .truths = { TOLD("fifo:/tmp/jail/tmp/fifo") } },
	{ .name = "chroot, directory descriptor", .make = jail_dirfd, .truths = { TOLD("fifo:/tmp/jail/tmp/fifo") } },
	{ .name = "chroot, directory descriptor from outside", .make = jail_outer_dirfd, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/dir/fifo", "$p:waits verdict=in-use" } } },
	{ .name = "chroot, absolute symlink", .make = jail_symlink, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/jail/tmp/fifo", "$p:waits verdict=in-use" },
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "!$p:waits verdict!=in-use" } } },
	{ .name = "chroot, more .. than there are directories", .make = jail_dotdot, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/jail/tmp/fifo", "$p:waits verdict=in-use" },
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "!$p:waits verdict!=in-use" } } },
	{ .name = "openat2", .make = by_openat2, .truths = { TOLD("fifo:/tmp/fifo") } },
	{ .name = "openat2 in a root", .make = by_openat2_in_root, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/jail/tmp/fifo", "$p:waits verdict=in-use" },
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/fifo", "!$p:waits verdict!=in-use" } } },
	{ .name = "creat", .make = by_creat, .truths = { TOLD("fifo:/tmp/fifo") } },
	{ .name = "/proc/self/fd", .make = by_self_fd, .truths = { TOLD("fifo:/tmp/fifo") } },
	{ .name = "/dev/fd", .make = by_dev_fd, .truths = { TOLD("fifo:/tmp/fifo") } },
	{ .name = "/proc/thread-self/fd", .make = by_thread_self, .truths = { TOLD("fifo:/tmp/fifo") } },
	{ .name = "/proc/self/cwd", .make = by_self_cwd, .truths = { TOLD("fifo:/tmp/dir/fifo") } },
	{ .name = "another mount namespace", .make = mount_namespace, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/dir/fifo", "!$p:waits verdict!=in-use" } } },
	{ .name = "another mount namespace, symlink", .make = mount_namespace_symlink, .truths = {
		{ "stale -a fifo" COMPLETE, "fifo:/tmp/dir/fifo", "!$p:waits verdict!=in-use" } } },
	{ .name = "in a directory deeper than a path", .make = deep, .truths = {
		{ "list fifo -o all" COMPLETE, NULL, "count(fifo)=1" },
		{ CLEAN, NULL, "exit=0" } } },
	{ .name = "path wiped meanwhile", .make = wiped, .truths = { NOT_STALE("fifo:/tmp/fifo") } },
	{ .name = "path not readable", .make = protected, .truths = { NOT_STALE("fifo:/tmp/fifo") } },
	{ .name = "path exchanged meanwhile", .make = exchanged, .truths = { NOT_STALE("fifo:/tmp/renamed") } },
	{ .name = "bind mounted", .make = bind_mounted, .truths = { NOT_STALE("fifo:/tmp/real") } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: FIFOs", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
