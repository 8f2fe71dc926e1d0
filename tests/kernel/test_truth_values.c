// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers and names: what is counted, in which unit, and under which name;
 * and that a file tells as much as the live host.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* ---- numbers ---- */

static void big_psem(void)
{
	make_psem("/big", 70000, 0600);
}

static void write_file(const char *path, const void *data, size_t size)
{
	int fd = (int)must(open(path, O_CREAT | O_WRONLY, 0600));

	must(write(fd, data, size));
	close(fd);
}

static void no_psem(void)
{
	write_file("/dev/shm/sem.junk", "abcdefghijklmnopqrstuvwxyz012345", 32);
}

/* Three of 7 EiB: more than 64 bits hold. */
static void huge_sums(void)
{
	int i;

	for (i = 0; i < 3; i++)
		if (try_shm(IPC_PRIVATE, 7UL << 60, 0600 | SHM_NORESERVE) < 0)
			return truth_cannot("shmget: %s", strerror(errno));
}

static void huge_file(void)
{
	int fd;

	make_pshm("/huge", 1, 0600);
	fd = (int)must(open("/dev/shm/huge", O_RDWR));
	must(ftruncate(fd, 1L << 62));
	close(fd);
}

static void full_eventfd(void)
{
	int fd = make_eventfd(0, 0);
	uint64_t most = ~0ULL - 1;

	must(write(fd, &most, sizeof(most)));
	hold_fd_in("holder", fd);
	close(fd);
}

/* ---- names ---- */

static void mounted_below(void)
{
	sandbox_mount_tmpfs("/dev/shm/sub");
	write_file("/dev/shm/sub/file", "x", 1);
	make_pshm("/mine", 1, 0600);
}

/* A /dev of its own for the process that looks. */
static void own_dev(void)
{
	must(unshare(CLONE_NEWNS));
	must(mount("dev", "/dev", "tmpfs", 0, "mode=755"));
}

static void inside_symlink(void)
{
	own_dev();
	must(symlink("/tmp/shm", "/dev/shm"));
}

static void inside_missing(void)
{
	own_dev();
}

static void inside_ramfs(void)
{
	own_dev();
	must(mkdir("/dev/shm", 0777));
	must(mount("ramfs", "/dev/shm", "ramfs", 0, NULL));
	write_file("/dev/shm/file", "x", 1);
}

/* Found by either; what is removed is one of them. */
static void two_names(void)
{
	make_pshm("/first", 4096, 0600);
	make_psem("/first", 3, 0600);
	must(link("/dev/shm/first", "/dev/shm/second"));
	must(link("/dev/shm/sem.first", "/dev/shm/sem.second"));
}

static void symlink_dir(void)
{
	must(mkdir("/tmp/shm", 0777));
	write_file("/tmp/shm/file", "x", 1);
}

static void nothing(void)
{
}

static void jail_pty_fn(void *arg)
{
	int master, slave, zero = 0, index = -1;
	char path[64];

	(void)arg;
	must(chroot("/tmp/jail"));
	must(chdir("/"));
	master = (int)must(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	must(ioctl(master, TIOCSPTLCK, &zero));
	must(ioctl(master, TIOCGPTN, &index));
	snprintf(path, sizeof(path), "/dev/pts/%d", index);
	slave = (int)must(open(path, O_RDWR | O_NOCTTY));
	child_keep((int[]){ master, slave }, 2);
	sandbox_ready(index);
	sandbox_hold();
}

static void jailed_pty(void)
{
	if (!sandbox_is_root())
		return truth_cannot("no device nodes in a user namespace");
	must(mkdir("/tmp/jail", 0755));
	sandbox_mount_tmpfs("/tmp/jail/dev");
	must(umount("/tmp/jail/dev"));
	must(mount("dev", "/tmp/jail/dev", "tmpfs", 0, "mode=755"));
	must(mknod("/tmp/jail/dev/ptmx", S_IFCHR | 0666, makedev(5, 2)));
	sandbox_mount_devpts("/tmp/jail/dev/pts");
	let("p", "%d", (int)sandbox_spawn("jailed", jail_pty_fn, NULL)->pid);
}

static void nameless_uid(void)
{
	if (!sandbox_is_root())
		return truth_cannot("no user who runs nothing in a user namespace");
	left_pshm("/mem", 4096, 0600);
}

/* An open file whose path is longer than a path may be. */
static void deep_fd_fn(void *arg)
{
	char name[201];
	int i, fd;

	(void)arg;
	memset(name, 'd', 200);
	name[200] = '\0';
	must(chdir("/tmp/deep"));
	for (i = 0; i < 25; i++) {
		must(mkdir(name, 0700));
		must(chdir(name));
	}
	fd = (int)must(open("file", O_CREAT | O_RDWR, 0600));
	must(chdir("/"));
	child_keep(&fd, 1);
	sandbox_ready(0);
	sandbox_hold();
}

static void deep_fd(void)
{
	int ends[2];

	sandbox_mount_tmpfs("/tmp/deep");
	make_pshm("/mem", 4096, 0600);
	let("pipe", "pipe:%lu", (unsigned long)make_pipe(ends));
	hold_fd_in("reader", ends[0]);
	close(ends[0]);
	close(ends[1]);
	sandbox_spawn("deep", deep_fd_fn, NULL);
}

/* ---- as much as live ---- */

/* As musl's sem_open() writes it: the padding is whatever was on the stack. */
static void musl_psem(void)
{
	const uint32_t words[8] = { 3, 0, 0, 77, 1, 2, 3, 4 };

	write_file("/dev/shm/sem.musl", words, sizeof(words));
}

static const struct situation situations[] = {
	{ .name = "a semaphore above 65535", .make = big_psem, .truths = {
		{ "list psem -o all" COMPLETE, "psem:/big", "values=[70000]" },
		{ "show psem:/big" COMPLETE, "psem:/big", "values=[70000]" } } },
	{ .name = "a file that cannot be a semaphore", .make = no_psem, .truths = {
		{ "list psem -o all" COMPLETE, "psem:/junk", "values=absent" } } },
	{ .name = "sums beyond 64 bits", .make = huge_sums, .truths = {
		{ "list shm --by class" COMPLETE, NULL, "out!~5764607523034234880 out!~\"bytes\"" },
		{ "limits shmall" COMPLETE, NULL, "out~shmall out!~\"used\"" },
		{ "=limits shmall --check" COMPLETE, NULL, "exit=0 out~shmall=U" },
		{ "=limits shmall" COMPLETE, NULL, "out~>16E" },
		{ "=clean --no-save --user root" COMPLETE, NULL, "exit!=2 out!~5E out!~5.0E" },
		{ "=list shm" COMPLETE, NULL, "out!~5E" } } },
	{ .name = "a file of 4 EiB", .make = huge_file, .truths = {
		{ "list pshm -o all" COMPLETE, "pshm:/huge", "size=4611686018427387904 used=4096" } } },
	{ .name = "an eventfd at its most", .make = full_eventfd, .truths = {
		{ "=list eventfd --raw" COMPLETE, NULL, "out~18446744073709551614" },
		{ "=snapshot -q /tmp/full", NULL, "exit=0" },
		{ "=list eventfd --raw --from /tmp/full", NULL, "exit=0 out~18446744073709551614" } } },
	{ .name = "another file system below /dev/shm", .make = mounted_below, .truths = {
		{ "list pshm -o all" COMPLETE, NULL, "count(pshm)=1 out~/mine out!~/sub/file" } } },
	{ .name = "a file with two names", .make = two_names, .truths = {
		{ "list pshm psem -o all" COMPLETE, "pshm:/first", "count(pshm)=1 count(psem)=1 links=2" },
		{ "=show pshm:/second psem:/second" COMPLETE, NULL, "out~pshm:/first out~psem:/first" },
		{ "list pshm psem -o all" COMPLETE, "psem:/first", "names~/second" },
		{ "show pshm:/second psem:/second" COMPLETE, "pshm:/first", "there names~/first" },
		{ "list pshm -o all" COMPLETE " --where names==/second", "pshm:/first", "there" },
		{ "=show pshm:/third" COMPLETE, NULL, "exit=1" },
		{ "=rm -n pshm:/second" COMPLETE, NULL, "exit=4 out~remove^pshm:/second" } } },
	{ .name = "/dev/shm is a symlink", .make = symlink_dir, .truths = {
		{ "list pshm -o all" COMPLETE, NULL, "warns out~symlink" } },
	  .inside = inside_symlink },
	{ .name = "/dev/shm is missing", .make = nothing, .truths = {
		{ "list pshm -o all" COMPLETE, NULL, "warns" } },
	  .inside = inside_missing },
	{ .name = "/dev/shm is another file system", .make = nothing, .truths = {
		{ "list pshm -o all" COMPLETE, NULL, "warns" } },
	  .inside = inside_ramfs },
	{ .name = "a terminal in a chroot", .make = jailed_pty, .truths = {
		{ "list pty -o all" COMPLETE, NULL, "count(pty)=1" } } },
	{ .name = "an owner without a name", .make = nameless_uid, .truths = {
		{ "=list pshm" COMPLETE, NULL, "out~12345" },
		{ "=stale pshm" COMPLETE, NULL, "out~12345" },
		{ "=list --by owner" COMPLETE, NULL, "out~12345" } } },
	{ .name = "a path too long to be read", .make = deep_fd, .truths = {
		{ "list pshm -o all" COMPLETE, "pshm:/mem", "complete state=unattached" },
		{ "list pipe -o all" COMPLETE, "$pipe", "complete writers=0" } } },
	{ .name = "a semaphore of musl", .make = musl_psem, .truths = {
		{ "list psem -o all" COMPLETE, "psem:/musl", "values=[3]" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: values", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
