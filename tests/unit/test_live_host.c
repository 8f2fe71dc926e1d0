// SPDX-License-Identifier: GPL-2.0-or-later
/* The live host, looking at the process that tests it. */

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mqueue.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "architecture.h"
#include "host/host.h"
#include "host/host.h"

static const struct host *const host = &live_host;
static const struct host_ops *ops;
static char tmp[64];

static int setup(void **state)
{
	(void)state;
	ops = live_host.ops;
	strcpy(tmp, "/tmp/ipcscope-live-XXXXXX");
	return mkdtemp(tmp) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(tmp);
}

/* It does not know the newest calls, nor that GETALL may be stopped. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

static const char *in_tmp(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", tmp, name);
	return path;
}

static int make_file(const char *name, const char *data)
{
	int fd = open(in_tmp(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, strlen(data)), strlen(data));
	return fd;
}

struct found {
	const char *name;
	uint64_t ino;
	unsigned char type;
	int nr;
	int all;
};

static int find_name(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct found *found = arg;

	assert_string_not_equal(name, ".");
	assert_string_not_equal(name, "..");
	found->all++;
	if (!strcmp(name, found->name)) {
		found->nr++;
		found->ino = ino;
		found->type = type;
	}
	return 0;
}

static int refuse(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	(void)name, (void)ino, (void)type;
	++*(int *)arg;
	return 42;
}

static void test_directory(void **state)
{
	struct found found = { .name = "...x" };
	struct buf scratch = { 0 };
	struct host_dir dir;
	struct stat st;
	int fd = make_file("...x", "");
	int calls = 0;

	(void)state;
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	assert_int_equal(symlink("nowhere", in_tmp("link")), 0);
	assert_int_equal(ops->open_dir(host, NULL, tmp, &dir), 0);
	assert_int_equal(fcntl(dir.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(ops->read_dir(&dir, &scratch, find_name, &found), 0);
	assert_int_equal(found.all, 2);
	assert_int_equal(found.nr, 1);
	assert_int_equal(found.ino, st.st_ino);
	/* From its beginning again. */
	assert_int_equal(ops->read_dir(&dir, &scratch, find_name, &found), 0);
	assert_int_equal(found.nr, 2);
	assert_int_equal(ops->read_dir(&dir, &scratch, refuse, &calls), 42);
	assert_int_equal(calls, 1);
	ops->close_dir(&dir);
	assert_int_equal(dir.fd, -1);
	unlink(in_tmp("...x"));
	unlink(in_tmp("link"));
	buf_free(&scratch);
}

static void test_directory_links(void **state)
{
	struct host_dir dir;

	(void)state;
	assert_int_equal(symlink("/", in_tmp("root")), 0);
	assert_int_equal(ops->open_dir(host, NULL, in_tmp("root"), &dir), -ENOTDIR);
	assert_int_equal(ops->open_dir(host, NULL, in_tmp("none"), &dir), -ENOENT);
	assert_int_equal(ops->open_dir(host, NULL, "/proc/self/root", &dir), 0);
	ops->close_dir(&dir);
	unlink(in_tmp("root"));
}

/* More names than fit into one getdents. */
static void test_large_directory(void **state)
{
	struct found found = { .name = "0123" };
	struct buf scratch = { 0 };
	struct host_dir dir;
	char name[300];
	int i;

	(void)state;
	memset(name, 'x', 250);
	for (i = 0; i < 1500; i++) {
		snprintf(name + 240, 16, "%d", i);
		close(make_file(name, ""));
	}
	assert_int_equal(ops->open_dir(host, NULL, tmp, &dir), 0);
	assert_int_equal(ops->read_dir(&dir, &scratch, find_name, &found), 0);
	assert_int_equal(found.all, 1500);
	ops->close_dir(&dir);
	for (i = 0; i < 1500; i++) {
		snprintf(name + 240, 16, "%d", i);
		unlink(in_tmp(name));
	}
	buf_free(&scratch);
}

static void test_read_file(void **state)
{
	struct buf buf = { 0 };
	struct host_dir proc;
	char *data = malloc(100001);
	char comm[17] = "";

	(void)state;
	memset(data, 'a', 100000);
	data[100000] = '\0';
	close(make_file("large", data));
	assert_int_equal(ops->read_file(host, NULL, in_tmp("large"), &buf), 0);
	assert_int_equal(buf.len, 100000);
	assert_string_equal(buf.data, data);
	assert_int_equal(ops->open_dir(host, NULL, "/proc/self", &proc), 0);
	assert_int_equal(ops->read_file(host, &proc, "comm", &buf), 0);
	assert_int_equal(prctl(PR_GET_NAME, comm), 0);
	assert_memory_equal(buf.data, comm, strlen(comm));
	assert_string_equal(buf.data + strlen(comm), "\n");
	assert_int_equal(ops->read_file(host, &proc, "none", &buf), -ENOENT);
	assert_int_equal(ops->read_file(host, &proc, "fd", &buf), -EISDIR);
	ops->close_dir(&proc);
	close(make_file("syscall", ""));
	assert_int_equal(ops->read_file(host, NULL, in_tmp("syscall"), &buf), -EACCES);
	close(make_file("cmdline", ""));
	assert_int_equal(ops->read_file(host, NULL, in_tmp("cmdline"), &buf), 0);
	assert_string_equal(buf.data, "");
	unlink(in_tmp("large"));
	unlink(in_tmp("syscall"));
	unlink(in_tmp("cmdline"));
	buf_free(&buf);
	free(data);
}

static void test_read_link(void **state)
{
	char to[16];

	(void)state;
	assert_int_equal(symlink("target", in_tmp("link")), 0);
	memset(to, 'x', sizeof(to));
	assert_int_equal(ops->read_link(host, NULL, in_tmp("link"), to, sizeof(to)), 6);
	assert_string_equal(to, "target");
	assert_int_equal(ops->read_link(host, NULL, in_tmp("link"), to, 3), 3);
	assert_int_equal(ops->read_link(host, NULL, tmp, to, sizeof(to)), -EINVAL);
	unlink(in_tmp("link"));
}

static void assert_as_stat(const struct host_stat *is, const struct stat *st)
{
	assert_int_equal(is->dev, st->st_dev);
	assert_int_equal(is->rdev, st->st_rdev);
	assert_int_equal(is->ino, st->st_ino);
	assert_int_equal(is->mode, st->st_mode);
	assert_int_equal(is->nlink, st->st_nlink);
	assert_int_equal(is->uid, st->st_uid);
	assert_int_equal(is->gid, st->st_gid);
	assert_int_equal(is->size, st->st_size);
	assert_int_equal(is->used, st->st_blocks * 512);
	assert_int_equal(is->mtime, st->st_mtime);
}

static void test_stat(void **state)
{
	struct host_stat is;
	struct host_dir dir;
	struct stat st;
	int fd = make_file("file", "content");

	(void)state;
	assert_int_equal(symlink("file", in_tmp("link")), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(ops->open_dir(host, NULL, tmp, &dir), 0);
	assert_int_equal(ops->stat(host, &dir, "file", 0, &is), 0);
	assert_as_stat(&is, &st);
	assert_int_equal(is.btime, 0);
	assert_int_equal(ops->stat(host, &dir, "link", HOST_FOLLOW, &is), 0);
	assert_int_equal(is.ino, st.st_ino);
	assert_int_equal(ops->stat(host, &dir, "link", 0, &is), 0);
	assert_true(S_ISLNK(is.mode));
	assert_int_equal(ops->stat(host, &dir, "", 0, &is), 0);
	assert_true(S_ISDIR(is.mode));
	assert_int_equal(ops->stat(host, &dir, "none", 0, &is), -ENOENT);
	ops->close_dir(&dir);
	close(fd);
	unlink(in_tmp("file"));
	unlink(in_tmp("link"));
}

static void test_stat_descriptor(void **state)
{
	struct host_dir fds;
	struct host_stat is;
	struct stat st;
	char name[16];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	snprintf(name, sizeof(name), "%d", ends[1]);
	assert_int_equal(ops->open_dir(host, NULL, "/proc/self/fd", &fds), 0);
	assert_int_equal(fstat(ends[1], &st), 0);
	assert_int_equal(ops->stat(host, &fds, name, HOST_FOLLOW, &is), 0);
	assert_as_stat(&is, &st);
	assert_int_equal(ops->stat(host, &fds, name, 0, &is), 0);
	assert_int_equal(is.mode, S_IFLNK | 0300);
	ops->close_dir(&fds);
	close(ends[0]);
	close(ends[1]);
}

static void test_fs_space(void **state)
{
	struct host_space space;
	struct statfs fs;

	(void)state;
	assert_int_equal(ops->fs_space(host, "/dev/shm", &space), 0);
	assert_int_equal(statfs("/dev/shm", &fs), 0);
	assert_int_equal(space.bytes, fs.f_blocks * (uint64_t)fs.f_bsize);
	assert_int_equal(space.inodes, fs.f_files);
	assert_true(space.free_bytes <= space.bytes);
	assert_true(space.free_inodes <= space.inodes);
	assert_int_equal(ops->fs_space(host, "/dev/shm/no/such", &space),
			 -ENOENT);
	/* No limit, and nothing told. */
	assert_int_equal(ops->fs_space(host, "/proc", &space), 0);
	assert_int_equal(space.bytes, 0);
}

static void test_fs_magic(void **state)
{
	struct host_dir fds;
	uint64_t magic;
	char name[16];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	snprintf(name, sizeof(name), "%d", ends[0]);
	assert_int_equal(ops->open_dir(host, NULL, "/proc/self/fd", &fds), 0);
	assert_int_equal(ops->fs_magic(host, &fds, name, &magic), 0);
	assert_int_equal(magic, PIPEFS_MAGIC);
	assert_int_equal(ops->fs_magic(host, &fds, "none", &magic), -ENOENT);
	ops->close_dir(&fds);
	close(ends[0]);
	close(ends[1]);
}

/* Neither touches it nor opens what should not be opened. */
static void test_peek(void **state)
{
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 2000 } };
	struct stat st;
	char to[8];

	(void)state;
	close(make_file("file", "abc"));
	assert_int_equal(utimensat(AT_FDCWD, in_tmp("file"), old, 0), 0);
	assert_int_equal(ops->peek(host, NULL, in_tmp("file"), to, 2), 2);
	assert_memory_equal(to, "ab", 2);
	assert_int_equal(ops->peek(host, NULL, in_tmp("file"), to, 8), 3);
	assert_int_equal(stat(in_tmp("file"), &st), 0);
	assert_int_equal(st.st_atime, 1000);
	assert_int_equal(mkfifo(in_tmp("fifo"), 0600), 0);
	assert_int_equal(ops->peek(host, NULL, in_tmp("fifo"), to, 8), -EINVAL);
	assert_int_equal(symlink("file", in_tmp("link")), 0);
	assert_int_equal(ops->peek(host, NULL, in_tmp("link"), to, 8), -EINVAL);
	assert_int_equal(ops->peek(host, NULL, in_tmp("none"), to, 8), -ENOENT);
	unlink(in_tmp("file"));
	unlink(in_tmp("fifo"));
	unlink(in_tmp("link"));
}

static void test_read_memory(void **state)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	static const char secret[] = "here";
	char to[8], *end;

	(void)state;
	SKIP_IF_EMULATED();
	assert_int_equal(ops->read_memory(host, getpid(), (uintptr_t)secret, to, 5), 0);
	assert_string_equal(to, "here");
	end = mmap(NULL, 2 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(end != MAP_FAILED);
	munmap(end + page, page);
	assert_int_equal(ops->read_memory(host, getpid(), (uintptr_t)end + page - 4, to, 8),
			 -EFAULT);
	assert_int_equal(ops->read_memory(host, getpid(), (uintptr_t)end + page, to, 1), -EFAULT);
	munmap(end, page);
}

/* What pipe_fill() saw is still to be read, and it left nothing open. */
static void test_pipe_fill(void **state)
{
	uint64_t unread, capacity;
	int ends[2], other;
	sigset_t before, after;

	(void)state;
	if (under_valgrind())
		return;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETPIPE_SZ, 8192), 8192);
	assert_int_equal(write(ends[1], "hello", 5), 5);
	sigprocmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(ops->pipe_fill(host, getpid(), ends[1], &unread, &capacity), 0);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_memory_equal(&before, &after, sizeof(unsigned long));
	assert_int_equal(unread, 5);
	assert_int_equal(capacity, 8192);
	other = make_file("file", "");
	assert_int_equal(ops->pipe_fill(host, getpid(), other, &unread, &capacity), -EBADF);
	assert_int_equal(ops->pipe_fill(host, getpid(), 999, &unread, &capacity), -EBADF);
	assert_int_equal(ops->pipe_fill(host, 0x3fffffff, 0, &unread, &capacity), -ESRCH);
	assert_int_equal(unlink(in_tmp("file")), 0);
	close(other);
	close(ends[0]);
	close(ends[1]);
}

/* The object of that id, by looking at every index. */
static bool find_sysv(enum sysv_kind kind, int id, struct sysv_stat *st)
{
	uint32_t used;
	int max, i, ret;

	assert_int_equal(ops->sysv_max(host, kind, &max, &used), 0);
	assert_true(used > 0);
	for (i = 0; i <= max; i++) {
		ret = ops->sysv_stat(host, kind, i, st);
		if (!ret && st->id == id)
			return true;
		if (ret)
			assert_int_equal(ret, -EINVAL);
	}
	return false;
}

static void test_shm(void **state)
{
	struct sysv_stat st;
	void *at;
	int id;

	(void)state;
	SKIP_IF_EMULATED();
	id = shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0640);
	if (id < 0 && errno == ENOSYS)
		skip();
	assert_true(id >= 0);
	at = shmat(id, NULL, 0);
	assert_true(find_sysv(SYSV_SHM, id, &st));
	assert_int_equal(st.key, 0);
	assert_int_equal(st.mode, 0640);
	assert_int_equal(st.size, 5000);
	assert_int_equal(st.nr, 1);
	assert_int_equal(st.uid, geteuid());
	assert_int_equal(st.cgid, getegid());
	assert_int_equal(st.pid, getpid());
	assert_int_equal(st.pid2, getpid());
	assert_in_range(st.ctime, time(NULL) - 100, time(NULL));
	assert_in_range(st.atime, time(NULL) - 100, time(NULL));
	assert_int_equal(st.dtime, 0);
	shmctl(id, IPC_RMID, NULL);
	assert_true(find_sysv(SYSV_SHM, id, &st));
	assert_int_equal(st.mode, 01640);
	shmdt(at);
}

static void test_sem(void **state)
{
	unsigned short set[3] = { 7, 0, 65000 - 32768 };
	uint16_t values[3];
	struct sysv_stat st;
	uint32_t ncnt, zcnt;
	pid_t pid;
	int id;

	(void)state;
	SKIP_IF_EMULATED();
	id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
	if (id < 0 && errno == ENOSYS)
		skip();
	assert_true(id >= 0);
	assert_int_equal(semctl(id, 0, SETALL, set), 0);
	assert_true(find_sysv(SYSV_SEM, id, &st));
	assert_int_equal(st.nr, 3);
	assert_int_equal(st.atime, 0);
	assert_int_equal(ops->sem_values(host, id, 3, values), 0);
	assert_memory_equal(values, set, sizeof(set));
	/* A set larger than it was thought to be. */
	if (!under_valgrind())
		assert_int_equal(ops->sem_values(host, id, 2, values), -EIDRM);
	assert_int_equal(ops->sem_values(host, id, 3, values), 0);
	assert_int_equal(ops->sem_detail(host, id, 0, &pid, &ncnt, &zcnt), 0);
	assert_int_equal(pid, getpid());
	assert_int_equal(ncnt, 0);
	assert_int_equal(zcnt, 0);
	semctl(id, 0, IPC_RMID);
	assert_int_equal(ops->sem_values(host, id, 3, values), -EINVAL);
}

static void test_many_sems(void **state)
{
	const uint32_t nr = 20000;
	uint16_t *values = calloc(nr, sizeof(*values));
	int id;

	(void)state;
	SKIP_IF_EMULATED();
	id = semget(IPC_PRIVATE, nr, IPC_CREAT | 0600);
	if (id < 0) {
		free(values);
		skip();
	}
	assert_int_equal(semctl(id, nr - 1, SETVAL, 9), 0);
	assert_int_equal(ops->sem_values(host, id, nr, values), 0);
	assert_int_equal(values[nr - 1], 9);
	assert_int_equal(values[nr - 2], 0);
	semctl(id, 0, IPC_RMID);
	free(values);
}

static void test_msg(void **state)
{
	struct {
		long type;
		char text[3];
	} message = { 1, "abc" };
	struct sysv_stat st;
	int id;

	(void)state;
	SKIP_IF_EMULATED();
	id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	if (id < 0 && errno == ENOSYS)
		skip();
	assert_true(id >= 0);
	assert_int_equal(msgsnd(id, &message, 3, IPC_NOWAIT), 0);
	assert_true(find_sysv(SYSV_MSG, id, &st));
	assert_int_equal(st.size, 3);
	assert_int_equal(st.nr, 1);
	assert_true(st.qbytes >= 3);
	assert_int_equal(st.pid, getpid());
	assert_int_equal(st.pid2, 0);
	assert_in_range(st.atime, time(NULL) - 100, time(NULL));
	msgctl(id, IPC_RMID, NULL);
}

/* Its name may be gone; and nothing else is opened through a link. */
static void check_mq_of_fd(int queue, uint64_t maxmsg)
{
	struct host_dir fds;
	struct host_mq mq;
	char name[16];
	int ends[2];

	assert_int_equal(ops->open_dir(host, NULL, "/proc/self/fd", &fds), 0);
	snprintf(name, sizeof(name), "%d", queue);
	assert_int_equal(ops->mq_attr(host, &fds, name, &mq), 0);
	assert_int_equal(mq.maxmsg, maxmsg);
	assert_int_equal(pipe(ends), 0);
	snprintf(name, sizeof(name), "%d", ends[0]);
	assert_int_equal(ops->mq_attr(host, &fds, name, &mq), -EINVAL);
	ops->close_dir(&fds);
	close(ends[0]);
	close(ends[1]);
}

static void test_mqueues(void **state)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 100 };
	struct host_stat is;
	struct found found;
	struct buf scratch = { 0 };
	struct host_dir dir;
	struct host_mq mq;
	char name[32];
	struct stat st;
	mqd_t queue;
	int ret;

	(void)state;
	if (under_valgrind())
		return;
	snprintf(name, sizeof(name), "/ipcscope-%d", getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (queue < 0)
		skip();
	assert_int_equal(mq_send(queue, "x", 1, 0), 0);
	ret = ops->open_mqueues(host, &dir);
	if (ret) {
		mq_close(queue);
		mq_unlink(name);
		assert_int_equal(ret, -EPERM);
		skip();
	}
	found = (struct found){ .name = name + 1 };
	assert_int_equal(ops->read_dir(&dir, &scratch, find_name, &found), 0);
	assert_int_equal(found.nr, 1);
	assert_int_equal(ops->mq_attr(host, &dir, name + 1, &mq), 0);
	assert_int_equal(mq.maxmsg, 4);
	assert_int_equal(mq.msgsize, 100);
	assert_int_equal(mq.messages, 1);
	assert_int_equal(ops->stat(host, &dir, name + 1, 0, &is), 0);
	assert_int_equal(fstat(queue, &st), 0);
	assert_as_stat(&is, &st);
	assert_int_equal(ops->mq_attr(host, &dir, "none", &mq), -ENOENT);
	ops->close_dir(&dir);
	mq_unlink(name);
	check_mq_of_fd(queue, 4);
	mq_close(queue);
	buf_free(&scratch);
}

static void test_mountinfo(void **state)
{
	static const char text[] =
		"22 1 0:20 / /proc rw - proc proc rw\n"
		"garbage\n"
		"23 1 0:21 / /dev/m\\040q\\134 rw,noatime shared:7 master:2 - mqueue none rw\n"
		"24 1 0:22 / /mqueue rw - tmpfs mqueue rw\n"
		"25 1 0:21 / /b\\0 rw - mqueue none rw";
	const char *at = text, *end = text + sizeof(text) - 1;
	struct buf path = { 0 };

	(void)state;
	assert_true(host_next_mount(&at, end, "mqueue", &path));
	assert_string_equal(path.data, "/dev/m q\\");
	assert_true(host_next_mount(&at, end, "mqueue", &path));
	assert_string_equal(path.data, "/b\\0");
	assert_false(host_next_mount(&at, end, "mqueue", &path));
	buf_free(&path);
}

static void test_names(void **state)
{
	struct passwd *root = getpwuid(0);
	struct buf name = { 0 };
	uint32_t id = 1;

	(void)state;
	if (!root)
		skip();
	assert_int_equal(ops->id_name(host, false, 0, &name), 0);
	assert_string_equal(name.data, root->pw_name);
	assert_int_equal(ops->name_id(host, false, root->pw_name, &id), 0);
	assert_int_equal(id, 0);
	assert_int_equal(ops->id_name(host, true, 0, &name), 0);
	assert_int_equal(ops->name_id(host, true, name.data, &id), 0);
	assert_int_equal(id, 0);
	assert_int_equal(ops->id_name(host, false, 3999999999u, &name), -ENOENT);
	assert_int_equal(name.len, 0);
	assert_int_equal(ops->name_id(host, true, "no such group", &id), -ENOENT);
	buf_free(&name);
}

static void test_memory_devs(void **state)
{
	uint64_t devs[32];
	struct stat st;
	int fd = memfd_create("test", MFD_CLOEXEC);
	int nr, i, same = 0;

	(void)state;
	assert_int_equal(fstat(fd, &st), 0);
	nr = ops->memory_devs(host, devs, 32);
	assert_in_range(nr, 1, 32);
	for (i = 0; i < nr; i++)
		same += devs[i] == st.st_dev;
	assert_int_equal(same, 1);
	assert_int_equal(ops->memory_devs(host, devs, 0), 0);
	close(fd);
}

/* Of the parent, for an emulator makes up the file of the process itself. */
static uint64_t start_of_parent(void)
{
	struct buf buf = { 0 };
	uint64_t start = 0;
	char path[32];
	char *at;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)getppid());
	assert_int_equal(ops->read_file(host, NULL, path, &buf), 0);
	at = strrchr(buf.data, ')');
	for (i = 0; at && i < 20; i++)
		at = strchr(at + 1, ' ');
	assert_non_null(at);
	start = strtoull(at, NULL, 10);
	buf_free(&buf);
	return start;
}

static void test_process(void **state)
{
	struct host_process proc;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(ops->process(host, getppid(), &proc), 0);
		assert_int_equal(proc.start, start_of_parent());
	}
	assert_int_equal(ops->process(host, 0x3fffffff, &proc), -ESRCH);
}

static void test_identity(void **state)
{
	struct buf hostname = { 0 }, kernel = { 0 };
	uint32_t ticks, page_size;
	struct utsname name;
	uid_t uid;
	pid_t pid;

	(void)state;
	assert_int_equal(uname(&name), 0);
	assert_int_equal(ops->identity(host, &hostname, &kernel, &uid, &pid, &ticks,
				       &page_size), 0);
	assert_string_equal(hostname.data, name.nodename);
	assert_string_equal(kernel.data, name.release);
	assert_int_equal(uid, geteuid());
	assert_int_equal(pid, getpid());
	assert_int_equal(ticks, sysconf(_SC_CLK_TCK));
	assert_int_equal(page_size, sysconf(_SC_PAGESIZE));
	assert_in_range(ops->now(host), time(NULL) - 10, time(NULL));
	buf_free(&hostname);
	buf_free(&kernel);
}

/* A kernel thread has no memory, and a process that ended has nothing. */
static void test_vanished(void **state)
{
	struct host_maps maps;
	struct host_dir proc;
	struct buf buf = { 0 };
	struct host_stat st;
	char path[32];
	pid_t pid;

	(void)state;
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d", pid);
	assert_int_equal(ops->open_dir(host, NULL, path, &proc), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(ops->read_file(host, &proc, "stat", &buf), -ESRCH);
	assert_int_equal(ops->open_maps(&proc, &maps), -ESRCH);
	assert_int_equal(ops->stat(host, &proc, "ns/ipc", 0, &st), -ESRCH);
	ops->close_dir(&proc);
	buf_free(&buf);
}

static int open_descriptors(void)
{
	struct found found = { .name = "" };
	struct buf scratch = { 0 };
	struct host_dir fds;

	assert_int_equal(ops->open_dir(host, NULL, "/proc/self/fd", &fds), 0);
	assert_int_equal(ops->read_dir(&fds, &scratch, find_name, &found), 0);
	ops->close_dir(&fds);
	buf_free(&scratch);
	return found.all;
}

static int descriptors;

static void test_begin(void **state)
{
	struct buf where = { 0 };
	struct host_stat st;

	(void)state;
	/* The helper process lives from its first use to the end. */
	assert_int_equal(ops->find_file(host, 0, AT_FDCWD, 0, "/", &where, &st), 0);
	buf_free(&where);
	descriptors = open_descriptors();
}

static void test_nothing_left_open(void **state)
{
	(void)state;
	assert_int_equal(open_descriptors(), descriptors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begin),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_directory_links),
		cmocka_unit_test(test_large_directory),
		cmocka_unit_test(test_read_file),
		cmocka_unit_test(test_read_link),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_stat_descriptor),
		cmocka_unit_test(test_fs_space),
		cmocka_unit_test(test_fs_magic),
		cmocka_unit_test(test_peek),
		cmocka_unit_test(test_read_memory),
		cmocka_unit_test(test_pipe_fill),
		cmocka_unit_test(test_shm),
		cmocka_unit_test(test_sem),
		cmocka_unit_test(test_many_sems),
		cmocka_unit_test(test_msg),
		cmocka_unit_test(test_mqueues),
		cmocka_unit_test(test_mountinfo),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_memory_devs),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_vanished),
		cmocka_unit_test(test_nothing_left_open),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
