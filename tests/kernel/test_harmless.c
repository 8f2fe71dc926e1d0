// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looking changes nothing: everything the kernel tells of every object is
 * compared, byte for byte, before and after each way to look.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define NR_SHM 3
#define NR_MSG 3
#define NR_SEMS 3
#define NR_FILES 13
#define NR_CHILDREN 20
#define NR_FDS 7

/* Ends that the test program keeps: only it would get a signal or an EOF. */
enum { READ_ALONE, WRITE_FULL, FIFO_READ, SOCK_A, SOCK_B, LISTENER, MQ };

static int fds[NR_FDS];
static struct child *blocked[NR_CHILDREN];
static size_t nr_blocked;

static const char *const files[NR_FILES] = {
	"/dev/shm/mem", "/dev/shm/mapped", "/dev/shm/sem.zero",
	"/dev/shm/sem.held", "/dev/shm/dir/below", "/dev/mqueue/full",
	"/dev/mqueue/empty", "/tmp/alone", "/tmp/used", "/tmp/sock",
	/* directories: only who may use O_NOATIME can read them unseen */
	"/dev/shm", "/dev/shm/dir", "/dev/mqueue",
};
#define NR_PLAIN (NR_FILES - 3)

struct picture {
	struct shmid_ds shm[NR_SHM];
	struct msqid_ds msg[NR_MSG];
	struct semid_ds sem;
	int sems[NR_SEMS][4];
	struct stat files[NR_FILES];
	struct mq_attr mq;
	short events[NR_FDS];
	int unread[NR_FDS];
	char calls[NR_CHILDREN][256];
	long switches[NR_CHILDREN];
};

/* ---- the world that is looked at ---- */

static void keep_blocked(struct child *child)
{
	assert_true(nr_blocked < NR_CHILDREN);
	blocked[nr_blocked++] = child;
}

static void make_sysv(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	keep_blocked(shm_attach_in("attached", make_shm(1, 3 * page, 0600), 0,
				   SHM_SPLIT));
	keep_blocked(shm_attach_in("ghost", make_shm(2, page, 0600), 0,
				   SHM_PLAIN));
	shm_remove(1);
	make_shm(3, page, 0600);
	make_sem(1, NR_SEMS, (const unsigned short[]){ 0, 7, 2 }, 0600);
	keep_blocked(sem_wait_in("sem", 0, 0, -1));
	keep_blocked(sem_wait_in("zero", 0, 1, 0));
	keep_blocked(sem_undo_in("undo", 0, 2, -1));
	make_msg(1, 0600);
	make_msg(2, 0600);
	make_msg(3, 0600);
	msg_fill(0, 1000);
	keep_blocked(msg_send_in("sender", 0, 1, 1000));
	keep_blocked(msg_receive_in("receiver", 1, 5));
	msg_put(2, 1, 10);
}

static void make_posix(void)
{
	make_pshm("/mem", 100000, 0600);
	make_pshm("/mapped", 8192, 0600);
	make_pshm("/dir/below", 8192, 0600);
	keep_blocked(pshm_map_in("mapper", "/mapped", PROT_READ));
	keep_blocked(pshm_open_in("opener", "/mapped", O_RDWR));
	make_psem("/zero", 0, 0600);
	make_psem("/held", 2, 0600);
	keep_blocked(psem_wait_in("psem", "/zero"));
	keep_blocked(psem_open_in("holder", "/held"));
	make_pmsg("/full", 2, 64, 0600);
	make_pmsg("/empty", 2, 64, 0600);
	pmsg_fill("/full", 10);
	keep_blocked(pmsg_send_in("mq-send", "/full", 10));
	keep_blocked(pmsg_receive_in("mq-receive", "/empty"));
	fds[MQ] = (int)must(mq_open("/full", O_RDONLY));
	sandbox_mount_mqueue();
}

static void make_pipes(void)
{
	int ends[2];

	/* A writer elsewhere, and one that waits for this reader. */
	make_pipe(ends);
	keep_blocked(hold_fd_in("writer", ends[1]));
	close(ends[1]);
	fds[READ_ALONE] = ends[0];
	make_pipe(ends);
	keep_blocked(write_in("stuck", ends[1]));
	close(ends[1]);
	fds[WRITE_FULL] = ends[0];
	make_pipe(ends);
	keep_blocked(read_in("reader", ends[0]));
	keep_blocked(hold_fd_in("its-writer", ends[1]));
	close(ends[0]);
	close(ends[1]);
	make_fifo("/tmp/alone", 0600);
	keep_blocked(fifo_open_in("fifo-open", "/tmp/alone", O_WRONLY));
	/* Had a writer come and gone, this reader would see the end. */
	make_fifo("/tmp/used", 0600);
	fds[FIFO_READ] = (int)must(open("/tmp/used", O_RDONLY | O_NONBLOCK));
}

static void make_sockets(void)
{
	int ends[2];

	unix_pair(SOCK_STREAM, ends);
	must(write(ends[0], "hello", 5));
	fds[SOCK_A] = ends[0];
	fds[SOCK_B] = ends[1];
	fds[LISTENER] = unix_listener(SOCK_STREAM, "/tmp/sock", 5);
	ends[0] = unix_connected(SOCK_STREAM, "/tmp/sock");
	keep_blocked(hold_fd_in("client", ends[0]));
	close(ends[0]);
}

/* ---- what the kernel says of it ---- */

static long switches_of(pid_t pid)
{
	char path[64], text[4096];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	must(read_small(path, text, sizeof(text)));
	at = strstr(text, "\nvoluntary_ctxt_switches:");
	assert_non_null(at);
	return strtol(strchr(at, ':') + 1, NULL, 10);
}

static void look_at_sysv(struct picture *p)
{
	static const int what[] = { GETVAL, GETPID, GETNCNT, GETZCNT };
	int i, j;

	for (i = 0; i < NR_SHM; i++)
		must(shmctl(i, IPC_STAT, &p->shm[i]));
	for (i = 0; i < NR_MSG; i++)
		must(msgctl(i, IPC_STAT, &p->msg[i]));
	must(semctl(0, 0, IPC_STAT, &p->sem));
	for (i = 0; i < NR_SEMS; i++)
		for (j = 0; j < 4; j++)
			p->sems[i][j] = (int)must(semctl(0, i, what[j]));
}

static void look_at_fds(struct picture *p)
{
	struct pollfd poll_fds[NR_FDS];
	int i;

	for (i = 0; i < NR_FDS; i++)
		poll_fds[i] = (struct pollfd){ .fd = fds[i],
					       .events = POLLIN | POLLOUT };
	must(poll(poll_fds, NR_FDS, 0));
	for (i = 0; i < NR_FDS; i++) {
		p->events[i] = poll_fds[i].revents;
		if (i < LISTENER)
			must(ioctl(fds[i], FIONREAD, &p->unread[i]));
	}
	must(mq_getattr((mqd_t)fds[MQ], &p->mq));
}

static void look_at_children(struct picture *p)
{
	char path[64];
	size_t i;

	for (i = 0; i < nr_blocked; i++) {
		snprintf(path, sizeof(path), "/proc/%d/syscall",
			 blocked[i]->pid);
		must(read_small(path, p->calls[i], sizeof(p->calls[i])));
		p->switches[i] = switches_of(blocked[i]->pid);
	}
}

static time_t coarse_time(void)
{
	struct timespec now;

	must(clock_gettime(CLOCK_REALTIME_COARSE, &now));
	return now.tv_sec;
}

static bool has_passed(void *arg)
{
	return coarse_time() != *(time_t *)arg;
}

/* What is done from now on has a time of its own: segments and queues have
 * whole seconds. */
static void next_second(void)
{
	time_t now = coarse_time();

	wait_until("the next second", getpid(), has_passed, &now);
}

static void take_picture(struct picture *p)
{
	int i;

	memset(p, 0, sizeof(*p));
	look_at_sysv(p);
	for (i = 0; i < NR_FILES; i++)
		must(lstat(files[i], &p->files[i]));
	look_at_fds(p);
	look_at_children(p);
}

static void check_files(const struct picture *before,
			const struct picture *after, int nr, const char *what)
{
	int i;

	for (i = 0; i < nr; i++)
		if (memcmp(&before->files[i], &after->files[i],
			   sizeof(before->files[i])))
			sandbox_fail("%s changed what stat says of %s",
				     what, files[i]);
}

static void check_children(const struct picture *before,
			   const struct picture *after, const char *what)
{
	size_t i;

	for (i = 0; i < nr_blocked; i++)
		if (strcmp(before->calls[i], after->calls[i]) ||
		    before->switches[i] != after->switches[i])
			sandbox_fail("%s woke child %zu: %s", what, i,
				     before->calls[i]);
}

static void check_same(const struct picture *before,
		       const struct picture *after, int nr_files,
		       const char *what)
{
	size_t i;

	for (i = 0; i < NR_SHM; i++)
		assert_memory_equal(&before->shm[i], &after->shm[i],
				    sizeof(before->shm[i]));
	for (i = 0; i < NR_MSG; i++)
		assert_memory_equal(&before->msg[i], &after->msg[i],
				    sizeof(before->msg[i]));
	assert_memory_equal(&before->sem, &after->sem, sizeof(before->sem));
	assert_memory_equal(before->sems, after->sems, sizeof(before->sems));
	check_files(before, after, nr_files, what);
	assert_memory_equal(&before->mq, &after->mq, sizeof(before->mq));
	assert_memory_equal(before->events, after->events,
			    sizeof(before->events));
	assert_memory_equal(before->unread, after->unread,
			    sizeof(before->unread));
	check_children(before, after, what);
}

/* ---- the ways to look ---- */

static const char *const *const ways[] = {
	(const char *const[]){ "list", NULL },
	(const char *const[]){ "list", "-a", NULL },
	(const char *const[]){ "list", "-a", "--json", NULL },
	(const char *const[]){ "list", "-a", "-o", "all", "--json", NULL },
	(const char *const[]){ "list", "-a", "-o", "all", "--csv", NULL },
	(const char *const[]){ "limits", NULL },
	(const char *const[]){ "limits", "-a", "--json", NULL },
	(const char *const[]){ "ps", NULL },
	(const char *const[]){ "ps", "-a", "--json", NULL },
	(const char *const[]){ "snapshot", "-", NULL },
	(const char *const[]){ "snapshot", "/tmp/snap", NULL },
};

/* "show" and every REF there is. */
static char **show_all(struct run *list, size_t want)
{
	json_t *objects = json_object_get(run_json(list), "objects"), *object;
	char **argv = calloc(json_array_size(objects) + 3, sizeof(*argv));
	size_t i, n = 0;

	assert_non_null(argv);
	argv[n++] = (char *)"show";
	json_array_foreach(objects, i, object) {
		if (!is_of_observer(object))
			argv[n++] = (char *)get_text(object, "ref");
	}
	assert_int_equal(n - 1, want);
	return argv;
}

static void look(const struct how *how, const char *const *argv, int nr_files)
{
	struct picture before, after;
	struct run r;

	take_picture(&before);
	run_tool_how(&r, how, argv);
	run_expect(&r, 0);
	take_picture(&after);
	check_same(&before, &after, nr_files, argv[0]);
	run_free(&r);
}

static void look_every_way(const struct how *how, int nr_files, size_t objects)
{
	struct run list;
	char **show;
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		look(how, ways[i], nr_files);
	run_tool_how(&list, how, (const char *const[]){ "list", "-a", "-o", "all", "--json",
							NULL });
	run_expect(&list, 0);
	show = show_all(&list, objects);
	look(how, (const char *const *)show, nr_files);
	free(show);
	run_free(&list);
}

/* Nobody was added in between: the next of each gets the next number. */
static void check_sequences(void)
{
	assert_int_equal(make_shm(9, 1, 0600), NR_SHM);
	assert_int_equal(make_sem(9, 1, NULL, 0600), 1);
	assert_int_equal(make_msg(9, 0600), NR_MSG);
}

static void test_harmless(void **state)
{
	static const struct how nobody = { .user = "nobody" };
	size_t i;

	(void)state;
	nr_blocked = 0;
	make_sysv();
	make_posix();
	make_pipes();
	make_sockets();
	next_second();
	look_every_way(NULL, NR_FILES, 23);
	must(unlink("/tmp/snap"));
	if (sandbox_is_root())
		look_every_way(&nobody, NR_PLAIN, 18);	/* no pipes, FIFOs */
	check_sequences();
	for (i = 0; i < NR_FDS; i++)
		close(fds[i]);
}

/* What the comparison is worth: it sees the least that can be done. */
static void test_comparison_sees(void **state)
{
	struct picture before, after;
	char byte;
	int fd;

	(void)state;
	nr_blocked = 0;
	make_sysv();
	make_posix();
	make_pipes();
	make_sockets();
	next_second();
	take_picture(&before);
	take_picture(&after);
	check_same(&before, &after, NR_FILES, "nothing");

	fd = (int)must(open("/dev/mqueue/full", O_RDONLY));
	must(read(fd, &byte, 1));
	close(fd);
	fd = (int)must(open("/tmp/used", O_WRONLY));
	close(fd);
	take_picture(&after);
	assert_memory_not_equal(&before.files[5], &after.files[5],
				sizeof(before.files[5]));
	assert_int_not_equal(before.events[FIFO_READ], after.events[FIFO_READ]);
	must(shmdt((void *)must(shmat(2, NULL, 0))));
	fd = (int)must(open("/tmp/alone", O_RDONLY | O_NONBLOCK));
	close(fd);
	wait_blocked(blocked[nr_blocked - 2]->pid, 0, SYS_pause,
		     SYS_openat);
	take_picture(&after);
	assert_memory_not_equal(&before.shm[2], &after.shm[2],
				sizeof(before.shm[2]));
	assert_int_not_equal(before.switches[nr_blocked - 2],
			     after.switches[nr_blocked - 2]);
	for (fd = 0; fd < NR_FDS; fd++)
		close(fds[fd]);
}

/*
 * Where nothing else tells the network namespace of a socket a copy of it does, for a moment:
 * one that is of no namespace with a process. Neither end notices, nor is it held open.
 */
static void test_copied_sockets(void **state)
{
	int home = (int)must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	static const char *const args[] = { "list", "-a", "-o", "all", "--json", NULL };
	struct pollfd poll_fd = { .events = POLLIN | POLLOUT | POLLRDHUP };
	struct child *reader;
	struct stat st[2];
	int ends[2], unread, i;
	char ref[32];
	struct run r;
	long woken;

	(void)state;
	must(unshare(CLONE_NEWNET));
	unix_pair(SOCK_STREAM, ends);
	must(setns(home, CLONE_NEWNET));
	close(home);
	must(write(ends[1], "hello", 5));
	must(fstat(ends[0], &st[0]));
	reader = read_in("reader", ends[1]);
	close(ends[1]);
	woken = switches_of(reader->pid);
	poll_fd.fd = ends[0];
	for (i = 0; i < 5; i++) {
		run_tool_how(&r, NULL, args);
		run_expect(&r, 0);
		snprintf(ref, sizeof(ref), "unix:%lu", (unsigned long)st[0].st_ino);
		assert_string_equal(get_text(need_object(run_json(&r), ref), "type"), "stream");
		run_free(&r);
		must(fstat(ends[0], &st[1]));
		assert_memory_equal(&st[0], &st[1], sizeof(st[0]));
		must(poll(&poll_fd, 1, 0));
		assert_int_equal(poll_fd.revents, POLLIN | POLLOUT);
		must(ioctl(ends[0], FIONREAD, &unread));
		assert_int_equal(unread, 5);
		assert_int_equal(switches_of(reader->pid), woken);
	}
	close(ends[0]);
	/* Its end comes with the last descriptor, which was ours. */
	sandbox_join(reader);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_harmless), TEST(test_comparison_sees), TEST(test_copied_sockets),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("looking changes nothing", tests,
					   NULL, NULL);
}
