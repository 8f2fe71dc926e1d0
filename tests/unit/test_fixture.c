// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <cmocka.h>

#include "fake/fixture.h"
#include "ipcscope/vec.h"

static struct host *open_text(const char *text)
{
	struct host *host;
	char why[256];

	host = fixture_open(text, strlen(text), why);
	if (!host)
		fail_msg("%s", why);
	return host;
}

static const char a_process[] =
	"host hostname=box kernel=6.9 uid=1000 pid=7 ticks=250 page_size=16384 now=1700000000\n"
	"user 0 root\nuser 1000 alice\ngroup 1000 users\n"
	"memory_dev 0:1 0:17\n"
	"# a process\n"
	"dir /proc/42 uid=1000 gid=1001\n"
	"file /proc/42/comm text=sh\\x0a\n"
	"file /proc/42/cmdline text=\"sh\\x00-c\\x00ls -l\\x00\"   # quoted\n"
	"file /proc/42/maps <<END\n"
	"1000-2000 rw-s 00000000 00:01 5      /SYSV00000007 (deleted)\n"
	"3000-4000 rw-p 00000000 00:01 6      /private\n"
	"5000-6000 r--s 00001000 00:05 8      /dev/shm/a\\012b\n"
	"END\n"
	"file /proc/42/syscall\n"
	"link /proc/42/fd/0 -> pipe:[77] lmode=0500 unread=12 capacity=65536\n"
	"link /proc/42/fd/1 -> socket:[78] lmode=0700 proto=UNIX-STREAM\n"
	"link /proc/42/fd/2 -> /dev/null dev=0:5 rdev=1:3 mode=020666 ino=4\n"
	"link /proc/42/fd/3 -> \"/dev/shm/gone (deleted)\" nlink=0 size=4096 btime=9\n"
	"link /proc/42/fd/4 -> /dev/shm/here\n"
	"link /proc/42/fd/5 -> /nowhere\n"
	"link /proc/self -> 42\n"
	"dir /dev/shm dev=0:25 uid=3\n"
	"file /dev/shm/here mode=0640 ino=900 size=8192 used=4096 atime=-5 btime=77 text=abc\n"
	"file /dev/shm/fifo mode=010600\n"
	"link /dev/shm/link -> here\n"
	"process 42 start=99 unit=cron.service\n"
	"mem 42 0x7000 0001feff\n";

static struct host *host;
static const struct host_ops *ops;

static int setup(void **state)
{
	(void)state;
	host = open_text(a_process);
	ops = host->ops;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close(host);
	return 0;
}

static int add_name(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct buf *buf = arg;

	assert_int_not_equal(ino, 0);
	buf_printf(buf, "%s:%u ", name, type);
	return 0;
}

static void assert_listed(const char *path, const char *expect)
{
	struct buf names = { 0 }, scratch = { 0 };
	struct host_dir dir;

	assert_int_equal(ops->open_dir(host, NULL, path, &dir), 0);
	assert_int_equal(ops->read_dir(&dir, &scratch, add_name, &names), 0);
	ops->close_dir(&dir);
	assert_string_equal(names.data, expect);
	buf_free(&names);
	buf_free(&scratch);
}

static void test_directories(void **state)
{
	struct host_dir dir;

	(void)state;
	assert_listed("/", "proc:4 dev:4 ");
	assert_listed("/proc/", "42:4 self:10 ");
	assert_listed("/proc/self/fd", "0:10 1:10 2:10 3:10 4:10 5:10 ");
	assert_listed("/dev/shm", "here:8 fifo:1 link:10 ");
	assert_int_equal(ops->open_dir(host, NULL, "/proc/43", &dir), -ENOENT);
	assert_int_equal(ops->open_dir(host, NULL, "/proc/42/comm", &dir), -ENOTDIR);
	assert_int_equal(ops->open_dir(host, NULL, "/dev/shm/link", &dir), -ENOTDIR);
	assert_int_equal(ops->open_dir(host, NULL, "/proc/42/comm/x", &dir), -ENOTDIR);
}

static int stop_at_second(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	(void)name, (void)ino, (void)type;
	return ++*(int *)arg == 2 ? -ECANCELED : 0;
}

static void test_list_stops(void **state)
{
	struct buf scratch = { 0 };
	struct host_dir dir;
	int nr = 0;

	(void)state;
	assert_int_equal(ops->open_dir(host, NULL, "/proc/42/fd", &dir), 0);
	assert_int_equal(ops->read_dir(&dir, &scratch, stop_at_second, &nr), -ECANCELED);
	assert_int_equal(nr, 2);
	ops->close_dir(&dir);
	buf_free(&scratch);
}

static void test_files(void **state)
{
	struct buf buf = { 0 };
	struct host_dir proc;

	(void)state;
	assert_int_equal(ops->open_dir(host, NULL, "/proc/42", &proc), 0);
	assert_int_equal(ops->read_file(host, &proc, "comm", &buf), 0);
	assert_string_equal(buf.data, "sh\n");
	assert_int_equal(ops->read_file(host, NULL, "/proc/self/cmdline", &buf), 0);
	assert_int_equal(buf.len, 12);
	assert_memory_equal(buf.data, "sh\0-c\0ls -l\0", 12);
	assert_int_equal(ops->read_file(host, &proc, "syscall", &buf), -EACCES);
	assert_int_equal(ops->read_file(host, &proc, "fd", &buf), -EISDIR);
	assert_int_equal(ops->read_file(host, &proc, "none", &buf), -ENOENT);
	ops->close_dir(&proc);
	buf_free(&buf);
}

static void test_links(void **state)
{
	char to[64];

	(void)state;
	assert_int_equal(ops->read_link(host, NULL, "/proc/42/fd/0", to, sizeof(to)), 9);
	assert_string_equal(to, "pipe:[77]");
	assert_int_equal(ops->read_link(host, NULL, "/proc/42/fd/0", to, 4), 4);
	assert_memory_equal(to, "pipe", 4);
	assert_int_equal(ops->read_link(host, NULL, "/proc/42/fd/3", to, sizeof(to)), 23);
	assert_string_equal(to, "/dev/shm/gone (deleted)");
	assert_int_equal(ops->read_link(host, NULL, "/proc/42/comm", to, sizeof(to)), -EINVAL);
	assert_int_equal(ops->sock_protocol(host, NULL, "/proc/42/fd/1", to, sizeof(to)), 11);
	assert_string_equal(to, "UNIX-STREAM");
	assert_int_equal(ops->sock_protocol(host, NULL, "/proc/42/fd/1", to, 4), -ERANGE);
	assert_int_equal(ops->sock_protocol(host, NULL, "/proc/42/fd/0", to, sizeof(to)),
			 -EOPNOTSUPP);
}

static struct host_stat stat_of(const char *path, unsigned int flags)
{
	struct host_stat st;

	assert_int_equal(ops->stat(host, NULL, path, flags, &st), 0);
	return st;
}

static void test_stat(void **state)
{
	struct host_stat st;

	(void)state;
	st = stat_of("/proc/42", 0);
	assert_int_equal(st.mode, S_IFDIR | 0555);
	assert_int_equal(st.uid, 1000);
	assert_int_equal(st.gid, 1001);
	st = stat_of("/proc/42/fd", 0);
	assert_int_equal(st.uid, 1000);
	assert_int_equal(st.size, 6);
	st = stat_of("/proc/42/fd/0", 0);
	assert_int_equal(st.mode, S_IFLNK | 0500);
	assert_int_equal(st.uid, 1000);
	st = stat_of("/proc/42/fd/4", 0);
	assert_int_equal(st.mode, S_IFLNK | 0777);
	st = stat_of("/dev/shm/here", 0);
	assert_int_equal(st.mode, S_IFREG | 0640);
	assert_int_equal(st.dev, makedev(0, 25));
	assert_int_equal(st.uid, 3);
	assert_int_equal(st.ino, 900);
	assert_int_equal(st.size, 8192);
	assert_int_equal(st.used, 4096);
	assert_int_equal(st.atime, -5);
	assert_int_equal(st.btime, 0);
	assert_int_equal(stat_of("/dev/shm/here", HOST_BTIME).btime, 77);
	assert_int_equal(stat_of("/dev/shm/fifo", 0).mode, S_IFIFO | 0600);
}

static void test_stat_follows(void **state)
{
	struct host_stat st;

	(void)state;
	st = stat_of("/proc/42/fd/0", HOST_FOLLOW);
	assert_int_equal(st.mode, S_IFIFO | 0600);
	assert_int_equal(st.ino, 77);
	st = stat_of("/proc/42/fd/1", HOST_FOLLOW);
	assert_true(S_ISSOCK(st.mode));
	assert_int_equal(st.ino, 78);
	assert_int_equal(st.uid, 0);
	st = stat_of("/proc/42/fd/2", HOST_FOLLOW);
	assert_int_equal(st.mode, S_IFCHR | 0666);
	assert_int_equal(st.rdev, makedev(1, 3));
	st = stat_of("/proc/42/fd/3", HOST_FOLLOW);
	assert_int_equal(st.nlink, 0);
	assert_true(S_ISREG(st.mode));
	st = stat_of("/proc/42/fd/4", HOST_FOLLOW);
	assert_int_equal(st.ino, 900);
	assert_int_equal(st.nlink, 1);
	assert_int_equal(ops->stat(host, NULL, "/proc/42/fd/5", HOST_FOLLOW, &st), -ENOENT);
}

static void test_stat_of_directory_itself(void **state)
{
	struct host_stat st;
	struct host_dir dir;

	(void)state;
	assert_int_equal(ops->open_dir(host, NULL, "/proc/42", &dir), 0);
	assert_int_equal(ops->stat(host, &dir, "", 0, &st), 0);
	assert_int_equal(st.gid, 1001);
	ops->close_dir(&dir);
}

static void test_peek(void **state)
{
	char to[8];

	(void)state;
	assert_int_equal(ops->peek(host, NULL, "/dev/shm/here", to, 2), 2);
	assert_int_equal(ops->peek(host, NULL, "/dev/shm/here", to, 8), 3);
	assert_memory_equal(to, "abc", 3);
	assert_int_equal(ops->peek(host, NULL, "/dev/shm/fifo", to, 8), -EINVAL);
	assert_int_equal(ops->peek(host, NULL, "/dev/shm/link", to, 8), -EINVAL);
}

static void test_maps(void **state)
{
	struct host_maps maps;
	struct host_vma vma;
	struct host_dir proc;

	(void)state;
	assert_int_equal(ops->open_dir(host, NULL, "/proc/42", &proc), 0);
	assert_int_equal(ops->open_maps(&proc, &maps), 0);
	assert_int_equal(ops->next_vma(&maps, &vma), 1);
	assert_string_equal(vma.name, "/SYSV00000007");
	assert_true(vma.deleted);
	assert_int_equal(ops->find_vma(&maps, 0x3fff, &vma), 1);
	assert_string_equal(vma.name, "/private");
	assert_int_equal(ops->find_vma(&maps, 0x4000, &vma), 0);
	assert_int_equal(ops->next_vma(&maps, &vma), 1);
	assert_string_equal(vma.name, "/dev/shm/a\nb");
	assert_int_equal(ops->next_vma(&maps, &vma), 0);
	ops->close_maps(&maps);
	ops->close_dir(&proc);
}

static void test_processes(void **state)
{
	struct host_process proc;
	uint64_t unread, capacity;
	unsigned char to[4];

	(void)state;
	assert_int_equal(ops->process(host, 42, &proc), 0);
	assert_string_equal(proc.unit, "cron.service");
	assert_int_equal(proc.start, 99);
	assert_int_equal(ops->process(host, 43, &proc), -ESRCH);
	assert_int_equal(ops->pipe_fill(host, 42, 0, &unread, &capacity), 0);
	assert_int_equal(unread, 12);
	assert_int_equal(capacity, 65536);
	assert_int_equal(ops->pipe_fill(host, 42, 1, &unread, &capacity), -EBADF);
	assert_int_equal(ops->read_memory(host, 42, 0x7001, to, 3), 0);
	assert_memory_equal(to, "\x01\xfe\xff", 3);
	assert_int_equal(ops->read_memory(host, 42, 0x7001, to, 4), -EFAULT);
	assert_int_equal(ops->read_memory(host, 42, 0x6fff, to, 1), -EFAULT);
	assert_int_equal(ops->read_memory(host, 43, 0x7000, to, 1), -EFAULT);
}

static void test_machine(void **state)
{
	struct buf hostname = { 0 }, kernel = { 0 }, name = { 0 };
	uint32_t ticks, page_size, id;
	uint64_t devs[4];
	uid_t uid;
	pid_t pid;

	(void)state;
	assert_int_equal(ops->identity(host, &hostname, &kernel, &uid, &pid, &ticks,
				       &page_size), 0);
	assert_string_equal(hostname.data, "box");
	assert_string_equal(kernel.data, "6.9");
	assert_int_equal(uid, 1000);
	assert_int_equal(pid, 7);
	assert_int_equal(ticks, 250);
	assert_int_equal(page_size, 16384);
	assert_int_equal(ops->now(host), 1700000000);
	assert_int_equal(ops->memory_devs(host, devs, 4), 2);
	assert_int_equal(devs[1], makedev(0, 17));
	assert_int_equal(ops->memory_devs(host, devs, 1), 1);
	assert_int_equal(ops->id_name(host, false, 1000, &name), 0);
	assert_string_equal(name.data, "alice");
	assert_int_equal(ops->id_name(host, true, 0, &name), -ENOENT);
	assert_int_equal(ops->name_id(host, true, "users", &id), 0);
	assert_int_equal(id, 1000);
	assert_int_equal(ops->name_id(host, false, "bob", &id), -ENOENT);
	buf_free(&hostname);
	buf_free(&kernel);
	buf_free(&name);
}

static void test_sysv(void **state)
{
	struct host *with = open_text(
		"shm id=32770 key=0x51 uid=5 mode=0600 size=4096 nattch=2 cpid=8 ctime=100\n"
		"sem id=3 values=4,0,65535 pids=8,0,9 ncnt=0,2 uid=1 cuid=2\n"
		"sem id=4 nsems=7 error=EACCES\n"
		"msg id=0 bytes=10 messages=1 qbytes=16384 lspid=4 rtime=9\n");
	struct sysv_stat st;
	uint16_t values[3];
	uint32_t used, ncnt, zcnt;
	pid_t pid;
	int max;

	(void)state;
	assert_int_equal(ops->sysv_max(with, SYSV_SHM, &max, &used), 0);
	assert_int_equal(max, 2);
	assert_int_equal(used, 1);
	assert_int_equal(ops->sysv_stat(with, SYSV_SHM, 0, &st), -EINVAL);
	assert_int_equal(ops->sysv_stat(with, SYSV_SHM, 3, &st), -EINVAL);
	assert_int_equal(ops->sysv_stat(with, SYSV_SHM, 2, &st), 0);
	assert_int_equal(st.id, 32770);
	assert_int_equal(st.key, 0x51);
	assert_int_equal(st.cuid, 5);
	assert_int_equal(st.nr, 2);
	assert_int_equal(ops->sysv_stat(with, SYSV_SEM, 3, &st), 0);
	assert_int_equal(st.nr, 3);
	assert_int_equal(st.cuid, 2);
	assert_int_equal(ops->sem_values(with, 3, 3, values), 0);
	assert_int_equal(values[2], 65535);
	assert_int_equal(ops->sem_detail(with, 3, 1, &pid, &ncnt, &zcnt), 0);
	assert_int_equal(pid, 0);
	assert_int_equal(ncnt, 2);
	assert_int_equal(zcnt, 0);
	assert_int_equal(ops->sem_values(with, 4, 7, values), -EACCES);
	assert_int_equal(ops->sem_values(with, 5, 1, values), -EINVAL);
	assert_int_equal(ops->sysv_stat(with, SYSV_MSG, 0, &st), 0);
	assert_int_equal(st.qbytes, 16384);
	assert_int_equal(st.dtime, 9);
	fixture_close(with);
	assert_int_equal(ops->sysv_max(host, SYSV_MSG, &max, &used), 0);
	assert_int_equal(max, -1);
}

static void test_mqueues(void **state)
{
	struct host *with = open_text(
		"dir mqueue: dev=0:20\n"
		"mq jobs maxmsg=10 msgsize=8192 messages=3 uid=9 size=80\n"
		"mq closed mode=0\n"
		"error mqueue:/closed EACCES mq_attr\n");
	struct host_stat st;
	struct host_dir dir;
	struct host_mq mq;

	(void)state;
	assert_int_equal(ops->open_mqueues(with, &dir), 0);
	assert_int_equal(ops->stat(with, &dir, "jobs", 0, &st), 0);
	assert_int_equal(st.dev, makedev(0, 20));
	assert_int_equal(st.uid, 9);
	assert_int_equal(ops->mq_attr(with, &dir, "jobs", &mq), 0);
	assert_int_equal(mq.messages, 3);
	assert_int_equal(ops->mq_attr(with, &dir, "closed", &mq), -EACCES);
	assert_int_equal(ops->stat(with, &dir, "closed", 0, &st), 0);
	assert_int_equal(ops->mq_attr(with, &dir, "none", &mq), -ENOENT);
	ops->close_dir(&dir);
	fixture_close(with);
}

static void test_errors(void **state)
{
	struct host *with = open_text(
		"error /proc/1/fd EACCES\n"
		"link /proc/1/fd/3 -> pipe:[1]\n"
		"link /proc/2/fd/3 -> pipe:[1]\n"
		"error /proc/2/fd/3 ENOENT read_link times=2\n"
		"error sysv_max ENOSYS\n"
		"error open_mqueues EPERM times=1\n");
	struct host_stat st;
	struct host_dir dir;
	uint32_t used;
	char to[8];
	int max, i;

	(void)state;
	assert_int_equal(ops->open_dir(with, NULL, "/proc/1/fd", &dir), -EACCES);
	assert_int_equal(ops->stat(with, NULL, "/proc/1/fd", 0, &st), 0);
	assert_int_equal(ops->stat(with, NULL, "/proc/1/fd/3", 0, &st), -EACCES);
	for (i = 0; i < 2; i++)
		assert_int_equal(ops->read_link(with, NULL, "/proc/2/fd/3", to, 8), -ENOENT);
	assert_int_equal(ops->read_link(with, NULL, "/proc/2/fd/3", to, 8), 8);
	assert_int_equal(ops->sysv_max(with, SYSV_SHM, &max, &used), -ENOSYS);
	assert_int_equal(ops->open_mqueues(with, &dir), -EPERM);
	assert_int_equal(ops->open_mqueues(with, &dir), 0);
	fixture_close(with);
}

static void test_counts(void **state)
{
	struct host_stat st;
	struct host_dir dir;

	(void)state;
	fixture_reset_counts(host);
	assert_int_equal(ops->open_dir(host, NULL, "/proc/42", &dir), 0);
	assert_int_equal(ops->stat(host, &dir, "fd/0", HOST_FOLLOW, &st), 0);
	assert_int_equal(ops->stat(host, &dir, "none", 0, &st), -ENOENT);
	ops->close_dir(&dir);
	assert_int_equal(fixture_counts(host).calls[HOST_OP(open_dir)], 1);
	assert_int_equal(fixture_counts(host).calls[HOST_OP(close_dir)], 1);
	assert_int_equal(fixture_counts(host).calls[HOST_OP(stat)], 2);
	assert_int_equal(fixture_counts(host).calls[HOST_OP(read_link)], 0);
}

static void test_link_loop(void **state)
{
	struct host *with = open_text("link /a -> b\nlink /b -> /a\nlink /c -> ../x/./y\n"
				      "file /x/y ino=5\n");
	struct host_stat st;

	(void)state;
	assert_int_equal(ops->stat(with, NULL, "/a", HOST_FOLLOW, &st), -ELOOP);
	assert_int_equal(ops->stat(with, NULL, "/a/z", 0, &st), -ELOOP);
	assert_int_equal(ops->stat(with, NULL, "/c", HOST_FOLLOW, &st), 0);
	assert_int_equal(st.ino, 5);
	fixture_close(with);
}

static void assert_wrong(const char *text, const char *expect)
{
	struct host *none;
	char why[256];

	none = fixture_open(text, strlen(text), why);
	if (none)
		fail_msg("taken for a fixture: %s", text);
	assert_string_equal(why, expect);
}

static void test_malformed(void **state)
{
	(void)state;
	assert_wrong("rubbish\n", "line 1: no statement: rubbish");
	assert_wrong("\n# x\ndir\n", "line 3: path is missing");
	assert_wrong("dir /a foo=1\n", "line 1: unknown here: foo");
	assert_wrong("dir /a foo\n", "line 1: not KEY=VALUE: foo");
	assert_wrong("dir /a uid=x\n", "line 1: bad value of uid");
	assert_wrong("dir /a uid=1 uid=2\n", "line 1: uid is there twice");
	assert_wrong("dir /a uid=4294967296\n", "line 1: bad value of uid");
	assert_wrong("dir /a dev=1\n", "line 1: bad value of dev");
	assert_wrong("dir /a dev=1:2:3\n", "line 1: bad value of dev");
	assert_wrong("dir /a uid=\"1\\x00\"\n", "line 1: bad value of uid");
	assert_wrong("dir /a\ndir /a\n", "line 2: there already: /a");
	assert_wrong("file /a/b\nfile /a\n", "line 2: there already: /a");
	assert_wrong("file /a\nfile /a/b\n", "line 2: a part of it is no directory: /a/b");
	assert_wrong("file /a <<X\nb\n", "line 2: no line that is X");
	assert_wrong("file /a text=\"b\n", "line 1: quote is not closed");
	assert_wrong("file /a text=\\q\n", "line 1: bad escape in text=\\\\q");
	assert_wrong("link /a\n", "line 1: -> is missing");
	assert_wrong("link /a b\n", "line 1: not -> but b");
	assert_wrong("link /a ->\n", "line 1: target is missing");
	assert_wrong("error /a EWHAT\n", "line 1: no such error: EWHAT");
	assert_wrong("error /a EACCES walk\n", "line 1: no operation: walk");
	assert_wrong("error walk EACCES\n", "line 1: neither path nor operation: walk");
	assert_wrong("user x root\n", "line 1: id is no number: x");
	assert_wrong("user 1 root y\n", "line 1: one word too many: y");
	assert_wrong("shm key=1\n", "line 1: no id");
	assert_wrong("shm id=1\nshm id=32769\n", "line 2: index is taken; give index=N");
	assert_wrong("shm id=1 index=99999999\n", "line 1: index is too large");
	assert_wrong("mem 1 2 abc\n", "line 1: data is not in hex");
	assert_wrong("diag x25\n", "line 1: no kind of socket: x25");
	assert_wrong("diag unix icons=1,x\n", "line 1: no list of numbers: 1,x");
	assert_wrong("diag tcp src=1.2.3.4\n", "line 1: bad value of src");
	assert_wrong("diag tcp src=1.2.3:4\n", "line 1: bad value of src");
	assert_wrong("diag tcp src=1.2.3.4:65536\n", "line 1: bad value of src");
	assert_wrong("message unix 0g\n", "line 1: message is not in hex");
	assert_wrong("dir /\x1b[1m foo\n", "line 1: not KEY=VALUE: foo");
	assert_wrong("\x1b[1m\n", "line 1: no statement: \\x1b[1m");
}

static void test_last_line_without_newline(void **state)
{
	struct host *with = open_text("dir /a uid=7");
	struct host_stat st;

	(void)state;
	assert_int_equal(ops->stat(with, NULL, "/a", 0, &st), 0);
	assert_int_equal(st.uid, 7);
	fixture_close(with);
}

/* Twice the size may not cost four times the time: far from both here. */
static void test_many_descriptors(void **state)
{
	struct buf text = { 0 }, scratch = { 0 };
	struct host *with;
	struct host_dir fds;
	char why[256];
	int i, nr = -1000000;

	(void)state;
	for (i = 0; i < 200000; i++)
		buf_printf(&text, "link /proc/9/fd/%d -> pipe:[%d] lmode=0500\n", i, i);
	with = fixture_open(text.data, text.len, why);
	assert_non_null(with);
	assert_int_equal(ops->open_dir(with, NULL, "/proc/9/fd", &fds), 0);
	assert_int_equal(ops->read_dir(&fds, &scratch, stop_at_second, &nr), 0);
	assert_int_equal(nr, 200000 - 1000000);
	assert_int_equal(ops->read_link(with, &fds, "199999", why, sizeof(why)), 13);
	ops->close_dir(&fds);
	fixture_close(with);
	buf_free(&text);
	buf_free(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directories),
		cmocka_unit_test(test_list_stops),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_stat_follows),
		cmocka_unit_test(test_stat_of_directory_itself),
		cmocka_unit_test(test_peek),
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_machine),
		cmocka_unit_test(test_sysv),
		cmocka_unit_test(test_mqueues),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_link_loop),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_last_line_without_newline),
		cmocka_unit_test(test_many_descriptors),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
