// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file system that does not answer any more: every command must end while it
 * still hangs.  The file system is a FUSE server of a few requests, which after
 * its start reads what it is asked and answers nothing.  The end of the server
 * aborts the connection and lets everybody go: it ends by itself in time.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"
#define WATCHDOG_S	60

/* ---- the server ---- */

struct server {
	const char *dir;
	bool has_file;		/* answers for one file, and one read of it */
};

static volatile bool *hangs;	/* and [1]: a page is gone; shared by all */

static void answer(int fuse, const struct fuse_in_header *in, int error,
		   const void *data, size_t len)
{
	char text[8192];
	struct fuse_out_header *out = (void *)text;

	out->len = (uint32_t)(sizeof(*out) + len);
	out->error = -error;
	out->unique = in->unique;
	if (len)
		memcpy(text + sizeof(*out), data, len);
	if (write(fuse, text, out->len) < 0 && errno != ENOENT)
		sandbox_fail("write to FUSE: %s", strerror(errno));
}

static void fill_attr(struct fuse_attr *attr, uint64_t node)
{
	attr->ino = node;
	attr->mode = node == 1 ? S_IFDIR | 0777 : S_IFREG | 0666;
	attr->nlink = 1;
	attr->size = 4096;
	attr->blksize = 4096;
}

static void answer_init(int fuse, const struct fuse_in_header *in)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = 4096, .max_write = 4096, .max_background = 16,
		.congestion_threshold = 12,
	};

	answer(fuse, in, 0, &init, sizeof(init));
}

static void answer_one(int fuse, const struct fuse_in_header *in,
		       const char *data, bool has_file)
{
	struct fuse_entry_out entry = { .nodeid = 2, .entry_valid = 1000,
					.attr_valid = 1000 };
	struct fuse_attr_out attr = { .attr_valid = 1000 };
	struct fuse_open_out opened = { .fh = 1 };
	char page[4096] = "/dev/shm/fifo";

	switch (in->opcode) {
	case FUSE_LOOKUP:
		if (!has_file || strcmp(data, "file"))
			return answer(fuse, in, ENOENT, NULL, 0);
		fill_attr(&entry.attr, 2);
		return answer(fuse, in, 0, &entry, sizeof(entry));
	case FUSE_GETATTR:
		fill_attr(&attr.attr, in->nodeid);
		return answer(fuse, in, 0, &attr, sizeof(attr));
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		return answer(fuse, in, 0, &opened, sizeof(opened));
	case FUSE_READ:
		((struct sembuf *)(void *)(page + 2048))->sem_op = -1;
		return answer(fuse, in, 0, page, sizeof(page));
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		return;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		return answer(fuse, in, 0, NULL, 0);
	default:
		return answer(fuse, in, ENOSYS, NULL, 0);
	}
}

static void serve(int fuse, bool has_file)
{
	static char request[65536 * 4] __attribute__((aligned(8)));
	const struct fuse_in_header *in = (void *)request;
	ssize_t len;

	while ((len = read(fuse, request, sizeof(request) - 1)) > 0 ||
	       errno == EINTR || errno == ENOENT) {
		request[len > 0 ? len : 0] = '\0';
		if (len <= 0 || *hangs)
			continue;	/* read, and never answered */
		if (in->opcode == FUSE_INIT)
			answer_init(fuse, in);
		else
			answer_one(fuse, in, request + sizeof(*in), has_file);
	}
	_exit(0);
}

static void server_fn(void *arg)
{
	const struct server *server = arg;
	const char *limit = getenv("TRUTH_WATCHDOG");
	char options[128];
	int fuse;

	fuse = open("/tmp/.fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0) {
		sandbox_ready(errno);
		return;
	}
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
	must(mount("hung", server->dir, "fuse.hung", MS_NOSUID | MS_NODEV,
		   options));
	alarm(limit ? (unsigned int)atoi(limit) : WATCHDOG_S);
	sandbox_ready(0);
	serve(fuse, server->has_file);
}

/* False if it cannot be made here. */
static bool mount_fuse(const char *dir, bool has_file)
{
	struct server server = { dir, has_file };
	long err;

	if (!hangs)
		hangs = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	hangs[0] = hangs[1] = false;
	if (mkdir(dir, 0777) && errno != EEXIST)
		sandbox_fail("mkdir %s", dir);
	if (mknod("/tmp/.fuse", S_IFCHR | 0600, makedev(10, 229)) ||
	    mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_NOSUID, "mode=1777")) {
		truth_cannot("no /dev/fuse: %s", strerror(errno));
		return false;
	}
	err = sandbox_spawn("fuse", server_fn, &server)->value;
	if (err)
		truth_cannot("/dev/fuse: %s", strerror((int)err));
	return !err;
}

/* ---- who is stuck in it ---- */

static void open_fn(void *arg)
{
	sandbox_ready(0);
	open(arg, O_RDONLY);
	sandbox_hold();
}

static void around(void)
{
	make_shm(1, 4096, 0600);
	let("a", "%d", (int)shm_attach_in("attached", 0, 0, SHM_PLAIN)->pid);
	make_pshm("/mem", 4096, 0600);
	let("o", "%d", (int)pshm_open_in("open", "/mem", O_RDWR)->pid);
	make_fifo("/dev/shm/fifo", 0600);
	let("f", "%d", (int)fifo_open_in("opens", "/dev/shm/fifo", O_RDONLY)->pid);
}

static void blocked_open(void)
{
	struct child *child;

	around();
	if (!mount_fuse("/tmp/hung", false))
		return;
	*hangs = true;
	child = sandbox_spawn("stuck", open_fn, (void *)"/tmp/hung/file");
	wait_blocked(child->pid, 0, SYS_openat, SYS_open);
}

static void below_shm(void)
{
	around();
	if (!mount_fuse("/dev/shm/hung", false))
		return;
	*hangs = true;
}

static void in_tmp(void)
{
	around();
	if (!mount_fuse("/tmp/hung", false))
		return;
	*hangs = true;
}

/* Bound first, then the file system is mounted over it. */
static void socket_path(void)
{
	int fd;

	around();
	must(mkdir("/tmp/hung", 0777));
	fd = unix_listener(SOCK_STREAM, "/tmp/hung/sock", 1);
	let("p", "%d", (int)hold_fd_in("server", fd)->pid);
	let("ino", "%lu", (unsigned long)fd_inode(fd));
	close(fd);
	if (!mount_fuse("/tmp/hung", false))
		return;
	*hangs = true;
}

/* A page that was there when the call was made, and is dropped then. */
static char *page;

static void map_page(void)
{
	int fd = (int)must(open("/tmp/hung/file", O_RDWR));

	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	if (page == MAP_FAILED)
		sandbox_fail("mmap of the FUSE file: %s", strerror(errno));
	if (page[0] != '/')
		sandbox_fail("the FUSE file has not what it should");
}

static void *drops(void *arg)
{
	int fd = *(int *)arg;

	wait_blocked(getpid(), 0, SYS_semop, SYS_semtimedop, SYS_openat);
	*hangs = true;
	madvise(page, 4096, MADV_DONTNEED);
	posix_fadvise(fd, 0, 4096, POSIX_FADV_DONTNEED);
	hangs[1] = true;
	sandbox_hold();
}

static bool has_dropped(void *arg)
{
	(void)arg;
	return hangs[1];
}

static void start_dropping(void)
{
	static int fd;
	pthread_t id;

	map_page();
	fd = (int)must(open("/tmp/hung/file", O_RDONLY));
	sandbox_ready(0);
	if (pthread_create(&id, NULL, drops, &fd))
		sandbox_fail("pthread_create");
}

static void sembuf_fn(void *arg)
{
	start_dropping();
	semop(*(int *)arg, (struct sembuf *)(void *)(page + 2048), 1);
	sandbox_hold();
}

static void absent_sembuf(void)
{
	int id = make_sem(1, 1, NULL, 0600);
	struct child *child;

	around();
	if (!mount_fuse("/tmp/hung", true))
		return;
	child = sandbox_spawn("stuck", sembuf_fn, &id);
	wait_blocked(child->pid, 0, SYS_semop, SYS_semtimedop);
	let("p", "%d", (int)child->pid);
	wait_until("the page to go", child->pid, has_dropped, NULL);
}

static void string_fn(void *arg)
{
	(void)arg;
	start_dropping();
	syscall(SYS_openat, AT_FDCWD, page, O_RDONLY, 0);
	sandbox_hold();
}

static void absent_string(void)
{
	struct child *child;

	around();
	if (!mount_fuse("/tmp/hung", true))
		return;
	child = sandbox_spawn("stuck", string_fn, NULL);
	wait_blocked(child->pid, 0, SYS_openat);
	wait_until("the page to go", child->pid, has_dropped, NULL);
}

static void open_file_fn(void *arg)
{
	(void)arg;
	must(open("/tmp/hung/file", O_RDWR));
	sandbox_ready(0);
	sandbox_hold();
}

/* A descriptor of a file there, as any program has that logs to NFS. */
static void open_file(void)
{
	around();
	if (!mount_fuse("/tmp/hung", true))
		return;
	sandbox_spawn("logs", open_file_fn, NULL);
	*hangs = true;
}

static void cwd_fn(void *arg)
{
	(void)arg;
	must(chdir("/tmp/hung"));
	sandbox_ready(0);
	open("fifo", O_RDONLY);
	sandbox_hold();
}

static void stuck_cwd(void)
{
	around();
	if (!mount_fuse("/tmp/hung", true))
		return;
	sandbox_spawn("stuck", cwd_fn, NULL);
	*hangs = true;
}

static void hung_file(void)
{
	around();
	if (!mount_fuse("/tmp/hung", true))
		return;
	close((int)must(open("/tmp/hung/file", O_RDONLY)));
	*hangs = true;
}

/* In a mount namespace that ends with ipcscope. */
static void over_shm(void)
{
	if (unshare(CLONE_NEWNS) || mount("/tmp/hung", "/dev/shm", NULL, MS_BIND, NULL))
		_exit(125);
}

/* As lxcfs(1) does it. */
static void over_proc(void)
{
	static const char *const files[] = { "/proc/uptime", "/proc/loadavg", "/proc/stat" };
	size_t i;

	if (unshare(CLONE_NEWNS))
		_exit(125);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (mount("/tmp/hung/file", files[i], NULL, MS_BIND, NULL))
			_exit(125);
	}
}

/* The files that say who is asked for names, and what time zone it is, and /sys. */
static void over_settings(void)
{
	static const char *const files[] = { "/etc/nsswitch.conf", "/etc/localtime" };
	size_t i;

	if (unshare(CLONE_NEWNS) || mount("/tmp/hung", "/sys", NULL, MS_BIND, NULL))
		_exit(125);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (mount("/tmp/hung/file", files[i], NULL, MS_BIND, NULL) && errno != ENOENT)
			_exit(125);
	}
}

static void hung_settings(void)
{
	if (!geteuid())
		left_pshm("/left", 4096, 0600);
	hung_file();
}

static void map_and_drop(void)
{
	int fd = (int)must(open("/tmp/hung/file", O_RDONLY));

	map_page();
	must(mprotect(page, 4096, PROT_READ | PROT_WRITE));
	*hangs = true;
	madvise(page, 4096, MADV_DONTNEED);
	posix_fadvise(fd, 0, 4096, POSIX_FADV_DONTNEED);
}

static void write_fn(void *arg)
{
	int to = (int)must(open("/dev/shm/written", O_CREAT | O_RDWR, 0600));

	(void)arg;
	map_and_drop();
	sandbox_ready(0);
	if (write(to, page, 4096) < 0)
		sandbox_hold();
	sandbox_hold();
}

static void unlink_fn(void *arg)
{
	(void)arg;
	sandbox_ready(0);
	unlink("/dev/shm/written");
	sandbox_hold();
}

/* Who removes the file waits for who writes to it, and has /dev/shm locked. */
static void locked_dir(void)
{
	struct child *child;

	around();
	if (!mount_fuse("/tmp/hung", true))
		return;
	child = sandbox_spawn("writes", write_fn, NULL);
	wait_blocked(child->pid, 0, SYS_write);
	child = sandbox_spawn("unlinks", unlink_fn, NULL);
	wait_blocked(child->pid, 0, SYS_unlink, SYS_unlinkat);
}

static void epoll_fn(void *arg)
{
	struct epoll_event event = { .events = EPOLLIN };
	int set = (int)must(epoll_create1(0)), ends[2];

	(void)arg;
	must(pipe(ends));
	must(write(ends[1], "x", 1));
	must(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event));
	map_and_drop();
	sandbox_ready(0);
	epoll_wait(set, (void *)page, 1, -1);
	sandbox_hold();
}

/* The set is locked while the event is written to the page. */
static void locked_epoll(void)
{
	struct child *child;

	around();
	if (!mount_fuse("/tmp/hung", true))
		return;
	child = sandbox_spawn("polls", epoll_fn, NULL);
	wait_blocked(child->pid, 0, SYS_epoll_wait, SYS_epoll_pwait);
	let("p", "%d", (int)child->pid);
}

static void pipe_fn(void *arg)
{
	int *ends = arg;

	map_and_drop();
	sandbox_ready(0);
	if (write(ends[1], page, 4096) < 0)
		sandbox_hold();
	sandbox_hold();
}

/* So is a pipe while it is written to from there. */
static void locked_pipe(void)
{
	struct child *child;
	int ends[2];

	around();
	if (!mount_fuse("/tmp/hung", true))
		return;
	must(pipe(ends));
	let("ino", "%lu", (unsigned long)fd_inode(ends[0]));
	child = sandbox_spawn("writes", pipe_fn, ends);
	close(ends[0]);
	close(ends[1]);
	wait_blocked(child->pid, 0, SYS_write);
}

static bool ends(void *arg)
{
	const pid_t pid = *(pid_t *)arg;
	unsigned int flags = 0;
	char path[32], text[512];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (read_small(path, text, sizeof(text)) < 0)
		sandbox_fail("%s", path);
	sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %u", &flags);
	return flags & 4;	/* PF_EXITING */
}

static void end_fn(void *arg)
{
	must(open("/tmp/hung/file", O_RDWR));
	must(open("/dev/shm/left", O_RDWR));
	must(open("/dev/shm/memory", O_RDWR));
	if (!arg)
		sandbox_ready(0);
	*hangs = true;
	if (!arg)
		_exit(0);
}

/* What it has open is closed when the server is asked, one after the other. */
static void who_ends(void)
{
	struct child *child;

	around();
	left_fifo("/dev/shm/left", 0600);
	left_pshm("/memory", 4096, 0600);
	if (!mount_fuse("/tmp/hung", true))
		return;
	child = sandbox_spawn("ends", end_fn, NULL);
	wait_until("it to end", child->pid, ends, &child->pid);
	let("p", "%d", (int)child->pid);
}

static void *end_thread(void *arg)
{
	must(unshare(CLONE_FILES));
	sandbox_not_ready();
	hangs[1] = true;
	end_fn(arg);
	syscall(SYS_exit, 0);
	return NULL;
}

static void thread_fn(void *arg)
{
	pthread_t id;

	if (pthread_create(&id, NULL, end_thread, arg))
		sandbox_fail("pthread_create");
	while (!hangs[1])
		sched_yield();
	sandbox_ready(0);
	sandbox_hold();
}

/* A thread of a process that goes on. */
static void thread_ends(void)
{
	struct child *child;
	pid_t tid;

	around();
	left_fifo("/dev/shm/left", 0600);
	left_pshm("/memory", 4096, 0600);
	if (!mount_fuse("/tmp/hung", true))
		return;
	child = sandbox_spawn("thread", thread_fn, &tid);
	tid = child->pid + 1;
	wait_until("the thread to end", child->pid, ends, &tid);
	let("p", "%d", (int)child->pid);
}

#define ALL_SEE_AN_END \
	{ "list fifo -o all" COMPLETE, NULL, "fast warns" }, \
	{ "stale fifo:/dev/shm/left" COMPLETE, "fifo:/dev/shm/left", "verdict=unknown" }, \
	{ "!rm --yes fifo:/dev/shm/left" COMPLETE, NULL, "exit=5" }, \
	{ "list pshm -o all" COMPLETE, "pshm:/memory", "there incomplete" }, \
	{ "list pshm -o all" COMPLETE, "pshm:/mem", "there $o:open" }, \
	{ "!doctor", NULL, "out~ending" }

#define ALL_FAST \
	{ "list -a" COMPLETE, NULL, "fast exit=0" }, \
	{ "list pshm -o all" COMPLETE, "pshm:/mem", "fast there $o:open" }, \
	{ "!ps" COMPLETE, NULL, "fast exit=0" }, \
	{ "!stale -a" COMPLETE, NULL, "fast exit=0" }, \
	{ "!doctor", NULL, "fast" }

static const struct situation situations[] = {
	{ .name = "a blocked open there", .make = blocked_open, .truths = {
		{ "list fifo -o all" COMPLETE, NULL, "fast" },
		{ "list fifo -o all" COMPLETE, "fifo:/dev/shm/fifo", "there $f:waits" },
		ALL_FAST } },
	{ .name = "a mount below /dev/shm", .make = below_shm, .truths = {
		{ "!list" COMPLETE, NULL, "fast exit=0" },
		{ "list pshm -o all" COMPLETE, NULL, "fast" },
		ALL_FAST } },
	{ .name = "a mount in /tmp", .make = in_tmp, .truths = {
		ALL_FAST } },
	{ .name = "a socket path there", .make = socket_path, .truths = {
		{ "!show unix:/tmp/hung/sock" COMPLETE, NULL, "fast exit=0 out~$ino" },
		{ "!rm -n unix:/tmp/hung/sock", NULL, "fast exit!=0" },
		ALL_FAST } },
	{ .name = "a sembuf on an absent page", .make = absent_sembuf, .truths = {
		{ "list sem -o all" COMPLETE, "sem:0", "fast there $p:waits" },
		ALL_FAST } },
	{ .name = "a path string on an absent page", .make = absent_string, .truths = {
		{ "list fifo -o all" COMPLETE, "fifo:/dev/shm/fifo", "fast there $f:waits" },
		ALL_FAST } },
	{ .name = "an open file there", .make = open_file, .truths = {
		ALL_FAST } },
	{ .name = "it is over /dev/shm", .make = hung_file, .inside = over_shm, .truths = {
		{ "!list" COMPLETE, NULL, "fast exit=0 warns" },
		{ "list shm -o all" COMPLETE, "shm:0", "fast there $a:attached" },
		{ "!limits", NULL, "fast" },
		{ "!clean -n", NULL, "fast exit=0" },
		{ "!mk pshm:/new size=4096", NULL, "fast exit!=0" },
		{ "!stale -a" COMPLETE, NULL, "fast exit=0 warns" },
		{ "!doctor", NULL, "fast" } } },
	{ .name = "it is over files of /proc", .make = hung_file, .inside = over_proc, .truths = {
		{ "!show pshm:/mem" COMPLETE, NULL, "fast exit=0" },
		ALL_FAST } },
	{ .name = "it is over settings", .make = hung_settings, .inside = over_settings, .truths = {
		{ "!list pshm -o all" COMPLETE, "pshm:/left", "fast there uid=12345 owner!=root warns" },
		{ "!list pshm -o all" COMPLETE, "pshm:/mem", "fast there owner=root $o:open" },
		{ "=list -u nosuch", NULL, "fast exit=2 err~answer" },
		{ "=list --time iso", NULL, "fast exit=0" },
		{ "!list --from /tmp/hung/file", NULL, "fast exit=1" },
		ALL_FAST } },
	{ .name = "a locked /dev/shm", .make = locked_dir, .inside = sandbox_no_leak_check, .truths = {
		{ "!list" COMPLETE, NULL, "fast exit=0 warns" },
		{ "!rm -n pshm:/mem", NULL, "fast exit!=0" },
		{ "!mk pshm:/new size=4096", NULL, "fast exit!=0" },
		{ "!stale -a" COMPLETE, NULL, "fast exit=0 warns" } } },
	{ .name = "a locked epoll set", .make = locked_epoll, .truths = {
		{ "!limits", NULL, "fast" },
		ALL_FAST } },
	{ .name = "a locked pipe", .make = locked_pipe, .truths = {
		{ "!show pipe:$ino" COMPLETE, NULL, "fast exit=0" },
		ALL_FAST } },
	{ .name = "a path there", .make = in_tmp, .truths = {
		{ "!show fifo:/tmp/hung/f", NULL, "fast exit=1 err~answer err!~exist" },
		{ "!list unix:/tmp/hung/s", NULL, "fast exit=1 err~answer err!~exist" },
		{ "!rm --yes fifo:/tmp/hung/f", NULL, "fast exit=1 err~answer err!~exist" },
		{ "!stale unix:/tmp/hung/s", NULL, "fast exit=1 err~answer err!~exist" },
		{ "!list --from /tmp/hung/file", NULL, "fast exit=1 err~answer" },
		{ "!clean -n --rules /tmp/hung/rules", NULL, "fast exit!=0" },
		{ "!stale --profiles /tmp/hung/rules", NULL, "fast exit!=0" },
		{ "!rm --log /tmp/hung/log --yes pshm:/mem", NULL, "fast exit!=0" },
		{ "!set fifo:/tmp/hung/f mode=0600", NULL, "fast exit!=0" },
		{ "!ftok /tmp/hung/file 1", NULL, "fast exit!=0" },
		{ "!mk fifo:/tmp/hung/f --hold true", NULL, "fast exit=1 err~answer" } } },
	{ .name = "a program there", .make = in_tmp, .truths = {
		{ "!mk shm --hold /tmp/hung/file", NULL, "fast exit!=0" } } },
	{ .name = "a process that ends", .make = who_ends, .truths = { ALL_SEE_AN_END } },
	{ .name = "a thread that ends", .make = thread_ends, .truths = { ALL_SEE_AN_END } },
	{ .name = "a relative open there", .make = stuck_cwd, .truths = {
		{ "list fifo -o all" COMPLETE, NULL, "fast" },
		ALL_FAST } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: hung", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
