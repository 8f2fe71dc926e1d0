// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves the sandbox itself, without ipcscope: ids start at 0, nothing is left
 * outside, and each maker makes what it says.  Runs as the user it is started
 * by and, if that is root, as nobody in a user namespace too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"

/*
 * The thread sanitizer has a thread and descriptors of its own, and with two
 * threads no user namespace can be entered.
 */
#ifdef __has_feature
#define TSAN __has_feature(thread_sanitizer)
#elif defined(__SANITIZE_THREAD__)
#define TSAN 1
#else
#define TSAN 0
#endif

#define MARK "ipcscope-sandbox-proof"
#define MARK_KEY 0x1bc5c09e

static ino_t inode_of(const char *path)
{
	struct stat st;

	must(stat(path, &st));
	return st.st_ino;
}

/* ---- the sandbox ---- */

static void test_private_world(void **state)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int pids = 0;

	(void)state;
	if (!TSAN)
		assert_int_equal(getpid(), 2);
	assert_int_equal(geteuid(), 0);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		pids += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
	closedir(dir);
	assert_int_equal(pids, 2);
	assert_int_equal(access("/dev/mqueue", F_OK), -1);
}

static void test_no_foreign_descriptor(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	must(fstat(STDOUT_FILENO, &st));
	assert_true(S_ISREG(st.st_mode));
	for (fd = 3; fd < 100 && !TSAN; fd++)
		assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void test_ids_from_zero(void **state)
{
	const unsigned short values[] = { 7, 0, 32767 };

	(void)state;
	assert_int_equal(make_shm(MARK_KEY, 4096, 0640), 0);
	assert_int_equal(make_shm(IPC_PRIVATE, 4096, 0600), 1);
	assert_int_equal(make_sem(MARK_KEY, 3, values, 0600), 0);
	assert_int_equal(semctl(0, 2, GETVAL), 32767);
	assert_int_equal(make_msg(MARK_KEY, 0600), 0);
	sandbox_fresh_ipc();
	assert_int_equal(make_shm(MARK_KEY, 4096, 0640), 0);
}

static void test_next_pid(void **state)
{
	struct child *child;
	int fds[2];

	(void)state;
	make_pipe(fds);
	sandbox_next_pid(4711);
	child = hold_in("first", fds, 2);
	assert_int_equal(child->pid, 4711);
	sandbox_kill(child);
	wait_gone(4711);
	sandbox_next_pid(4711);
	child = hold_in("second", fds, 2);
	assert_int_equal(child->pid, 4711);
	close(fds[0]);
	close(fds[1]);
}

static void count_fn(void *arg)
{
	int *shared = arg;

	sandbox_ready(0);
	for (;;) {
		sandbox_await_step();
		(*shared)++;
	}
}

static void test_steps(void **state)
{
	int *shared = (int *)must(mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	struct child *child = sandbox_spawn("stepper", count_fn, shared);

	(void)state;
	sandbox_step(child);
	assert_int_equal(*shared, 1);
	sandbox_step(child);
	sandbox_step(child);
	assert_int_equal(*shared, 3);
	assert_int_equal(WTERMSIG(sandbox_kill(child)), SIGKILL);
	munmap(shared, sizeof(int));
}

static void test_reset(void **state)
{
	(void)state;
	make_pshm("/dir/sub/a", 1, 0600);
	sandbox_mount_tmpfs("/tmp/fs");
	make_fifo("/tmp/fs/f", 0600);
	make_shm(MARK_KEY, 1, 0600);
	sandbox_reset(NULL);
	assert_int_equal(access("/dev/shm/dir", F_OK), -1);
	assert_int_equal(access("/tmp/fs", F_OK), -1);
	assert_int_equal(make_shm(MARK_KEY, 1, 0600), 0);
}

/* ---- System V ---- */

static void test_shm(void **state)
{
	long page = sysconf(_SC_PAGESIZE);
	int id = make_shm(MARK_KEY, 3 * (size_t)page, 0600);
	struct child *child;
	struct shmid_ds ds;

	(void)state;
	child = shm_attach_in("ro", id, SHM_RDONLY, SHM_PLAIN);
	assert_int_not_equal(child->value, 0);
	wait_nattch(id, 1);
	shm_attach_in("split", id, 0, SHM_SPLIT);
	wait_nattch(id, 4);
	shm_attach_in("hole", id, SHM_EXEC, SHM_HOLE);
	wait_nattch(id, 6);
	shm_attach_in("twice", id, 0, SHM_TWICE);
	wait_nattch(id, 8);
	sandbox_kill(child);
	wait_nattch(id, 7);
	shm_remove(id);
	must(shmctl(id, IPC_STAT, &ds));
	assert_true(ds.shm_perm.mode & SHM_DEST);
	sandbox_kill_all();
	assert_int_equal(shmctl(id, IPC_STAT, &ds), -1);
}

static void test_sem(void **state)
{
	int id = make_sem(MARK_KEY, 2, (const unsigned short[]){ 0, 3 }, 0600);
	struct child *child;

	(void)state;
	sem_wait_in("waiter", id, 0, -1);
	assert_int_equal(semctl(id, 0, GETNCNT), 1);
	sem_wait_in("zero", id, 1, 0);
	assert_int_equal(semctl(id, 1, GETZCNT), 1);
	child = sem_undo_in("undo", id, 1, -2);
	assert_int_equal(semctl(id, 1, GETVAL), 1);
	assert_int_equal(semctl(id, 1, GETPID), child->pid);
	sandbox_kill(child);
	assert_int_equal(semctl(id, 1, GETVAL), 3);
}

static void test_msg(void **state)
{
	int full = make_msg(MARK_KEY, 0600), empty = make_msg(IPC_PRIVATE, 0600);
	struct msqid_ds ds;
	int n;

	(void)state;
	msg_put(full, 9, 100);
	n = msg_fill(full, 1000);
	must(msgctl(full, IPC_STAT, &ds));
	assert_int_equal(ds.msg_qnum, n + 1);
	assert_int_equal(ds.__msg_cbytes, 100 + n * 1000);
	msg_send_in("sender", full, 1, 1000);
	msg_receive_in("receiver", empty, 5);
}

/* ---- POSIX ---- */

static void test_pshm(void **state)
{
	ino_t ino = make_pshm("/" MARK, 8192, 0666);
	struct child *child;
	char path[64];
	struct stat st;

	(void)state;
	must(stat("/dev/shm/" MARK, &st));
	assert_int_equal(st.st_ino, ino);
	assert_int_equal(st.st_mode, S_IFREG | 0666);
	assert_int_equal(st.st_size, 8192);
	pshm_map_in("mapper", "/" MARK, PROT_READ);
	child = pshm_open_in("opener", "/" MARK, O_RDONLY);
	pshm_unlink("/" MARK);
	snprintf(path, sizeof(path), "/proc/%d/fd/%ld", child->pid,
		 child->value);
	must(stat(path, &st));
	assert_int_equal(st.st_ino, ino);
	assert_int_equal(st.st_nlink, 0);
}

static void test_psem(void **state)
{
	ino_t ino = make_psem("/" MARK, 0, 0640);
	unsigned int words[8];
	struct stat st;
	int fd;

	(void)state;
	must(stat("/dev/shm/sem." MARK, &st));
	assert_int_equal(st.st_ino, ino);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(st.st_mode & 0777, 0640);
	psem_open_in("mapper", "/" MARK);
	psem_wait_in("waiter", "/" MARK);
	fd = (int)must(open("/dev/shm/sem." MARK, O_RDONLY));
	must(read(fd, words, sizeof(words)));
	close(fd);
	assert_int_equal(words[0], 0);
	assert_int_equal(words[1], 1);
}

static void test_pmsg(void **state)
{
	struct stat st;

	(void)state;
	sandbox_mount_mqueue();
	make_pmsg("/full", 3, 64, 0600);
	assert_int_equal(pmsg_fill("/full", 64), 3);
	pmsg_send_in("sender", "/full", 10);
	make_pmsg("/empty", 3, 64, 0622);
	must(stat("/dev/mqueue/empty", &st));
	assert_int_equal(st.st_mode & 0777, 0622);
	pmsg_receive_in("receiver", "/empty");
	pmsg_open_in("writer", "/empty", O_WRONLY);
	make_pmsg("/one", 3, 64, 0600);
	pmsg_put("/one", 5, 2);
	sandbox_fresh_ipc();
	assert_int_equal(access("/dev/mqueue/empty", F_OK), -1);
}

/* ---- pipes ---- */

static void test_pipe(void **state)
{
	struct child *child;
	char path[64];
	int ends[2];
	ino_t ino = make_pipe(ends);

	(void)state;
	assert_true(fill_fd(ends[1]) >= 4096);
	child = hold_fd_in("reader", ends[0]);
	close(ends[0]);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", child->pid, ends[0]);
	assert_int_equal(inode_of(path), ino);
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", child->pid, ends[1]);
	assert_int_equal(access(path, F_OK), -1);
	write_in("writer", ends[1]);
	close(ends[1]);
	make_pipe(ends);
	read_in("blocked", ends[0]);
	close(ends[0]);
	close(ends[1]);
}

static void test_fifo(void **state)
{
	ino_t ino = make_twin_fifos("/tmp/a", "/tmp/b");
	struct stat a, b;

	(void)state;
	must(stat("/tmp/a/fifo", &a));
	must(stat("/tmp/b/fifo", &b));
	assert_int_equal(a.st_ino, ino);
	assert_int_equal(b.st_ino, ino);
	assert_true(a.st_dev != b.st_dev);
	fifo_open_in("reader", "/tmp/a/fifo", O_RDONLY);
	fifo_open_in("writer", "/tmp/b/fifo", O_WRONLY);
}

/* ---- sockets ---- */

static void test_unix_stream(void **state)
{
	int listener = unix_listener(SOCK_STREAM, "/tmp/s", 1);
	int client = unix_connected(SOCK_STREAM, "/tmp/s");
	int server = unix_accepted(listener);
	int waiting[8];
	size_t n, i;

	(void)state;
	must(write(client, "hello", 5));
	n = unix_fill_backlog(SOCK_STREAM, "/tmp/s", waiting, 8);
	assert_int_equal(n, 2);
	sandbox_kill(unix_connect_in("late", SOCK_STREAM, "/tmp/s"));
	for (i = 0; i < n; i++)
		close(waiting[i]);
	close(client);
	close(server);
	close(listener);

	listener = unix_listener(SOCK_SEQPACKET, "@" MARK, 4);
	accept_in("acceptor", listener);
	close(listener);
}

static void test_unix_rest(void **state)
{
	int receiver = unix_bound(SOCK_DGRAM, "/tmp/d");
	int autobound = unix_bound(SOCK_DGRAM, NULL);
	int ends[2];

	(void)state;
	unix_sendto_in("flooder", "/tmp/d");
	unix_pair(SOCK_SEQPACKET, ends);
	unix_send_fd(ends[0], receiver);
	read_in("pair", autobound);
	unix_stale(SOCK_STREAM, "/tmp/stale");
	assert_int_not_equal(inode_of("/tmp/stale"), 0);
	close(receiver);
	close(autobound);
	close(ends[0]);
	close(ends[1]);
}

static void check_inet(int family)
{
	unsigned short port;
	int listener = tcp_listener(family, &port);
	int client = tcp_connected(family, port);
	int server = unix_accepted(listener);
	int bound, connected;

	accept_in("tcp", listener);
	bound = udp_bound(family, &port);
	connected = udp_connected(family, port);
	must(write(client, "hello", 5));
	must(write(connected, "hello", 5));
	close(listener);
	close(client);
	close(server);
	close(bound);
	close(connected);
}

static void test_inet(void **state)
{
	unsigned int port = 0;

	(void)state;
	check_inet(AF_INET);
	if (access("/proc/net/if_inet6", F_OK) == 0)
		check_inet(AF_INET6);
	close(raw_socket(AF_INET, IPPROTO_ICMP));
	close(netlink_bound(0, &port));
	assert_int_not_equal(port, 0);
	close(packet_bound(SOCK_RAW));
}

/* ---- the rest ---- */

static void test_misc(void **state)
{
	int memfd = make_memfd("a\nb", 8192), event = make_eventfd(3, 0);
	int first[2], second[2];
	struct stat a, b;

	(void)state;
	assert_true(eventfd_id(event) >= 0);
	hold_in("sharer", (const int[]){ memfd, event }, 2);
	sandbox_mount_devpts("/tmp/pts");
	assert_int_equal(make_pty("/dev/pts", first),
			 make_pty("/tmp/pts", second));
	must(fstat(first[1], &a));
	must(fstat(second[1], &b));
	assert_true(a.st_dev != b.st_dev && a.st_rdev == b.st_rdev);
	close(memfd);
	close(event);
	close(first[0]);
	close(first[1]);
	close(second[0]);
	close(second[1]);
}

static void test_names(void **state)
{
	const struct hostile *h;
	char path[300], comm[32], buf[256];
	struct child *child;
	ssize_t n;
	int fd;

	(void)state;
	for (h = hostile_names; h->what; h++) {
		assert_in_range(strlen(h->name), 1, 15);
		snprintf(path, sizeof(path), "/%s", h->name);
		make_pshm(path, 0, 0600);
		child = hold_in(h->name, NULL, 0);
		snprintf(path, sizeof(path), "/proc/%d/comm", child->pid);
		n = read_small(path, comm, sizeof(comm));
		assert_int_equal(n, strlen(h->name) + 1);
		snprintf(path, sizeof(path), "@%s", h->name);
		fd = unix_listener(SOCK_STREAM, path, 1);
		close(fd);
		sandbox_kill(child);
	}
	snprintf(path, sizeof(path), "/%s", long_name(buf, 255));
	make_pshm(path, 1, 0600);
}

static void test_run(void **state)
{
	struct how nobody = { .user = "nobody" }, text = { .input = "in" };
	struct run r;

	(void)state;
	run_cmd(&r, "sh", "-c", "echo '{\"objects\":[{\"ref\":\"shm:0\","
		"\"class\":\"shm\",\"id\":0,\"state\":[\"dest\"]}]}';"
		"echo oops >&2; exit 5");
	run_expect(&r, 5);
	assert_string_equal(r.err, "oops\n");
	assert_true(r.max_rss > 0);
	assert_true(has_state(need_object(run_json(&r), "shm:0"), "dest"));
	assert_ptr_equal(find_by(run_json(&r), "shm", "id", 0),
			 find_object(run_json(&r), "shm:0"));
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	run_free(&r);
	run_cmd_how(&r, &text, (const char *const[]){ "cat", NULL });
	assert_string_equal(r.out, "in");
	run_free(&r);
	assert_true(have_cmd("sh"));
	assert_false(have_cmd("no-such-program"));
	if (!sandbox_is_root())
		return;
	run_cmd_how(&r, &nobody, (const char *const[]){ "id", "-u", NULL });
	assert_string_equal(r.out, "65534\n");
	run_free(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_private_world),
	cmocka_unit_test(test_no_foreign_descriptor),
	cmocka_unit_test(test_ids_from_zero),
	TEST(test_next_pid), TEST(test_steps), TEST(test_reset),
	TEST(test_shm), TEST(test_sem), TEST(test_msg),
	TEST(test_pshm), TEST(test_psem), TEST(test_pmsg),
	TEST(test_pipe), TEST(test_fifo),
	TEST(test_unix_stream), TEST(test_unix_rest), TEST(test_inet),
	TEST(test_misc), TEST(test_names), TEST(test_run),
};

/* ---- outside ---- */

static bool file_says(const char *path, const char *word)
{
	FILE *file = fopen(path, "r");
	char line[1024];
	bool says = false;

	while (file && !says && fgets(line, sizeof(line), file))
		says = strstr(line, word);
	if (file)
		fclose(file);
	return says;
}

static int lines_of(const char *path)
{
	FILE *file = fopen(path, "r");
	int n = 0, c;

	while (file && (c = getc(file)) != EOF)
		n += c == '\n';
	if (file)
		fclose(file);
	return n;
}

/* What the tests make is marked; none of it may be seen here afterwards. */
static int leaks(int mounts_before)
{
	char key[32];
	int n = 0;

	snprintf(key, sizeof(key), "%10d ", MARK_KEY);
	n += file_says("/proc/sysvipc/shm", key);
	n += file_says("/proc/sysvipc/sem", key);
	n += file_says("/proc/sysvipc/msg", key);
	n += access("/dev/shm/" MARK, F_OK) == 0;
	n += access("/dev/shm/sem." MARK, F_OK) == 0;
	n += file_says("/proc/net/unix", MARK);
	n += access("/tmp/.tool", F_OK) == 0;
	n += lines_of("/proc/self/mountinfo") != mounts_before;
	return n;
}

static int run_in_sandbox(uid_t uid)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (uid && (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
			    setresuid(uid, uid, uid)))
			_exit(1);
		sandbox_enter();
		exit(cmocka_run_group_tests_name(
			sandbox_is_root() ? "as root" : "in a user namespace",
			tests, NULL, NULL));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return 1;
	return WEXITSTATUS(status);
}

/* Whether a program that did not enter is kept from emptying what is not the sandbox's; tried
 * where nothing could be lost. */
static bool reset_is_refused(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (unshare(CLONE_NEWNS | CLONE_NEWIPC) ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("tmp", "/tmp", "tmpfs", 0, NULL) ||
		    mount("shm", "/dev/shm", "tmpfs", 0, NULL))
			_exit(1);
		fclose(stderr);
		sandbox_reset(NULL);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 1;
}

int main(void)
{
	int mounts = lines_of("/proc/self/mountinfo");
	int status = run_in_sandbox(0), left;

	if (!reset_is_refused()) {
		fprintf(stderr, "sandbox_reset() works outside the sandbox\n");
		return 1;
	}

	if (status == 0 && geteuid() == 0 && !TSAN)
		status = run_in_sandbox(65534);
	if (status == SANDBOX_SKIP && geteuid() == 0)
		status = 0;	/* no user namespaces here; it has said so */
	left = leaks(mounts);
	if (left)
		fprintf(stderr, "%d kinds of things left outside\n", left);
	return left ? 1 : status;
}
