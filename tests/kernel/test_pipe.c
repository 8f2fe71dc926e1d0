// SPDX-License-Identifier: GPL-2.0-or-later
/* Pipes and FIFOs as ipcscope shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define ASSUME "--assume-complete"
#define HEIRS 40

static const char *ref_of(char ref[64], const char *cls, ino_t ino)
{
	snprintf(ref, 64, "%s:%lu", cls, (unsigned long)ino);
	return ref;
}

static void close_both(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* ---- pipes ---- */

static void test_pipe(void **state)
{
	struct child *reader, *writer;
	char ref[64], dev[32];
	json_t *pipe, *user;
	struct stat st;
	int ends[2];
	struct run r;

	(void)state;
	ref_of(ref, "pipe", make_pipe(ends));
	must(fstat(ends[0], &st));
	reader = hold_fd_in("reader", ends[0]);
	writer = hold_fd_in("writer", ends[1]);
	close_both(ends);
	pipe = need_object(ask(&r, "list", "pipe", "-o", "all", ASSUME), ref);
	assert_int_equal(get_int(pipe, "ino"), st.st_ino);
	snprintf(dev, sizeof(dev), "%u:%u", major(st.st_dev), minor(st.st_dev));
	assert_string_equal(get_text(pipe, "dev"), dev);
	assert_int_equal(get_int(pipe, "uid"), 0);
	assert_int_equal(get_int(pipe, "readers"), 1);
	assert_int_equal(get_int(pipe, "writers"), 1);
	assert_int_equal(get_int(pipe, "waiters"), 0);
	assert_true(is_true(pipe, "users_complete"));
	assert_string_equal(get_text(pipe, "persistence"), "process");
	assert_int_equal(count_users(pipe), 2);
	user = need_user(pipe, reader->pid, "open");
	assert_string_equal(get_text(user, "access"), "r");
	assert_int_equal(get_int(user, "fd"), ends[0]);
	user = need_user(pipe, writer->pid, "open");
	assert_string_equal(get_text(user, "access"), "w");
	assert_int_equal(get_int(user, "fd"), ends[1]);
	assert_false(has_state(pipe, "waits"));
	assert_false(has_state(pipe, "full"));
	run_free(&r);
}

static void test_pipe_one_end(void **state)
{
	char ref[64];
	json_t *pipe;
	int ends[2];
	struct run r;

	(void)state;
	ref_of(ref, "pipe", make_pipe(ends));
	close(ends[1]);
	pipe = need_object(ask(&r, "list", "pipe", "-o", "all", ASSUME), ref);
	assert_int_equal(get_int(pipe, "readers"), 1);
	assert_int_equal(get_int(pipe, "writers"), 0);
	run_free(&r);
	/* The writer could be in a process outside this pid namespace. */
	pipe = need_object(ask(&r, "list", "pipe", "-o", "all"), ref);
	assert_int_equal(get_int(pipe, "readers"), 1);
	assert_false(has_field(pipe, "writers"));
	run_free(&r);
	close(ends[0]);
}

static void test_pipe_inherited(void **state)
{
	struct child *heirs[HEIRS];
	char ref[64];
	json_t *pipe, *user;
	int ends[2];
	struct run r;
	size_t i;

	(void)state;
	ref_of(ref, "pipe", make_pipe(ends));
	must(dup(ends[1]));
	for (i = 0; i < HEIRS; i++)
		heirs[i] = hold_in("heir", ends, i ? 2 : 1);
	pipe = need_object(ask(&r, "list", "pipe", "-o", "all", ASSUME), ref);
	assert_int_equal(get_int(pipe, "readers"), HEIRS + 1);
	assert_int_equal(get_int(pipe, "writers"), HEIRS);
	assert_int_equal(count_users(pipe), 2 * HEIRS + 1);
	for (i = 1; i < HEIRS; i++) {
		assert_non_null(find_user(pipe, heirs[i]->pid, 1));
		assert_null(find_user(pipe, heirs[i]->pid, 2));
	}
	assert_null(find_user(pipe, heirs[0]->pid, 1));
	user = find_user(pipe, getpid(), 1);
	assert_non_null(user);
	assert_string_equal(get_text(user, "access"), "w");
	assert_int_equal(get_int(user, "count"), 2);
	run_free(&r);
	close_both(ends);
	close(ends[1] + 1);
}

static void test_pipe_fill(void **state)
{
	char ref[64];
	int ends[2], capacity;
	json_t *pipe;
	size_t fill;
	struct run r;
	char byte[5];

	(void)state;
	ref_of(ref, "pipe", make_pipe(ends));
	capacity = (int)must(fcntl(ends[0], F_SETPIPE_SZ, 8192));
	must(write(ends[1], "hello", 5));
	pipe = need_object(ask(&r, "show", ref), ref);
	assert_int_equal(get_int(pipe, "used"), 5);
	assert_int_equal(get_int(pipe, "capacity"), capacity);
	run_free(&r);
	must(read(ends[0], byte, 5));
	fill = fill_fd(ends[1]);
	hold_fd_in("reader", ends[0]);
	close(ends[0]);
	pipe = need_object(ask(&r, "show", ref), ref);
	assert_int_equal(get_int(pipe, "used"), fill);
	assert_int_equal(fill, capacity);
	assert_false(has_state(pipe, "full"));	/* nobody is stuck */
	run_free(&r);
	pipe = need_object(ask(&r, "list", "pipe", "-o", "all"), ref);
	assert_false(has_field(pipe, "used"));
	assert_false(has_field(pipe, "capacity"));
	run_free(&r);
	close(ends[1]);
}

static void test_pipe_blocked(void **state)
{
	struct child *writer, *reader;
	char full[64], empty[64];
	int ends[2], other[2];
	json_t *root, *pipe, *user;
	struct run r;

	(void)state;
	ref_of(full, "pipe", make_pipe(ends));
	ref_of(empty, "pipe", make_pipe(other));
	writer = write_in("writer", ends[1]);
	reader = read_in("reader", other[0]);
	root = ask(&r, "list", "pipe", "-o", "all");
	pipe = need_object(root, full);
	assert_true(has_state(pipe, "full"));
	assert_true(has_state(pipe, "waits"));
	assert_int_equal(get_int(pipe, "waiters"), 1);
	user = need_user(pipe, writer->pid, "waits");
	assert_string_equal(get_text(user, "access"), "w");
	assert_int_equal(get_int(user, "fd"), ends[1]);
	assert_int_equal(get_int(user, "tid"), writer->pid);
	need_user(pipe, writer->pid, "open");
	pipe = need_object(root, empty);
	assert_false(has_state(pipe, "full"));
	assert_true(has_state(pipe, "waits"));
	user = need_user(pipe, reader->pid, "waits");
	assert_string_equal(get_text(user, "access"), "r");
	run_free(&r);
	close_both(ends);
	close_both(other);
}

/* ---- FIFOs ---- */

static void test_fifo(void **state)
{
	struct child *holder, *path;
	json_t *fifo, *user;
	struct stat st;
	struct run r;
	int rw, look;

	(void)state;
	make_fifo("/tmp/f", 0620);
	rw = (int)must(open("/tmp/f", O_RDWR));
	look = (int)must(open("/tmp/f", O_PATH));
	holder = hold_fd_in("holder", rw);
	path = hold_fd_in("path", look);
	close(rw);
	close(look);
	must(stat("/tmp/f", &st));
	fifo = need_object(ask(&r, "list", "fifo", "-o", "all", ASSUME),
			   "fifo:/tmp/f");
	assert_string_equal(get_text(fifo, "name"), "/tmp/f");
	assert_int_equal(get_int(fifo, "ino"), st.st_ino);
	assert_string_equal(get_text(fifo, "mode"), "0620");
	assert_int_equal(get_int(fifo, "mtime"), st.st_mtime);
	assert_int_equal(get_int(fifo, "atime"), st.st_atime);
	assert_string_equal(get_text(fifo, "persistence"), "filesystem");
	/* O_PATH is neither an end nor able to read. */
	assert_int_equal(get_int(fifo, "readers"), 1);
	assert_int_equal(get_int(fifo, "writers"), 1);
	user = need_user(fifo, holder->pid, "open");
	assert_string_equal(get_text(user, "access"), "rw");
	user = need_user(fifo, path->pid, "open");
	assert_string_equal(get_text(user, "access"), "-");
	run_free(&r);
}

static void test_fifo_fill(void **state)
{
	json_t *fifo;
	struct run r;
	int rw;

	(void)state;
	make_fifo("/tmp/f", 0600);
	rw = (int)must(open("/tmp/f", O_RDWR));
	must(write(rw, "0123456", 7));
	fifo = need_object(ask(&r, "show", "fifo:/tmp/f"), "fifo:/tmp/f");
	assert_int_equal(get_int(fifo, "used"), 7);
	assert_int_equal(get_int(fifo, "capacity"),
			 must(fcntl(rw, F_GETPIPE_SZ)));
	run_free(&r);
	close(rw);
}

/* Who waits in open(2) has no descriptor, and is no reader or writer yet. */
static void test_fifo_openers(void **state)
{
	struct child *reader, *writer;
	json_t *root, *fifo, *user;
	struct run r;

	(void)state;
	make_fifo("/tmp/r", 0600);
	make_fifo("/tmp/w", 0600);
	reader = fifo_open_in("reader", "/tmp/r", O_RDONLY);
	must(chdir("/tmp"));
	writer = fifo_open_in("writer", "w", O_WRONLY);
	must(chdir("/"));
	root = ask(&r, "list", "fifo", "-o", "all", ASSUME);
	fifo = need_object(root, "fifo:/tmp/r");
	assert_true(has_state(fifo, "waits"));
	assert_int_equal(get_int(fifo, "readers"), 0);
	assert_int_equal(get_int(fifo, "writers"), 0);
	assert_int_equal(get_int(fifo, "waiters"), 1);
	user = need_user(fifo, reader->pid, "waits");
	assert_string_equal(get_text(user, "access"), "r");
	assert_false(has_field(user, "fd"));
	fifo = need_object(root, "fifo:/tmp/w");
	assert_true(has_state(fifo, "waits"));
	assert_false(has_state(fifo, "full"));
	user = need_user(fifo, writer->pid, "waits");
	assert_string_equal(get_text(user, "access"), "w");
	run_free(&r);
	wait_blocked(reader->pid, 0, SYS_openat);
	wait_blocked(writer->pid, 0, SYS_openat);
}

static void test_fifo_blocked(void **state)
{
	struct child *writer, *reader;
	json_t *root, *fifo, *user;
	struct run r;
	int a, b;

	(void)state;
	make_fifo("/tmp/a", 0600);
	make_fifo("/tmp/b", 0600);
	a = (int)must(open("/tmp/a", O_RDWR));
	b = (int)must(open("/tmp/b", O_RDWR));
	writer = write_in("writer", a);
	reader = read_in("reader", b);
	root = ask(&r, "list", "fifo");
	fifo = need_object(root, "fifo:/tmp/a");
	assert_true(has_state(fifo, "full"));
	user = need_user(fifo, writer->pid, "waits");
	assert_string_equal(get_text(user, "access"), "w");
	fifo = need_object(root, "fifo:/tmp/b");
	assert_true(has_state(fifo, "waits"));
	assert_false(has_state(fifo, "full"));
	need_user(fifo, reader->pid, "waits");
	run_free(&r);
	close(a);
	close(b);
}

/* lsfd and lsof take these two for one: their inode numbers are the same. */
static void test_fifo_twins(void **state)
{
	ino_t ino = make_twin_fifos("/tmp/a", "/tmp/b");
	struct child *reader, *writer;
	json_t *root, *one, *other;
	struct run r;
	int a, b;

	(void)state;
	a = (int)must(open("/tmp/a/fifo", O_RDONLY | O_NONBLOCK));
	b = (int)must(open("/tmp/b/fifo", O_RDWR));
	reader = hold_fd_in("reader", a);
	writer = hold_fd_in("writer", b);
	close(a);
	close(b);
	root = ask(&r, "list", "fifo", "-o", "all", ASSUME);
	assert_int_equal(count_objects(root, NULL), 2);
	one = need_object(root, "fifo:/tmp/a/fifo");
	other = need_object(root, "fifo:/tmp/b/fifo");
	assert_int_equal(get_int(one, "ino"), ino);
	assert_int_equal(get_int(other, "ino"), ino);
	assert_string_not_equal(get_text(one, "dev"), get_text(other, "dev"));
	assert_int_equal(count_users(one), 1);
	need_user(one, reader->pid, "open");
	assert_int_equal(get_int(one, "writers"), 0);
	assert_int_equal(count_users(other), 1);
	need_user(other, writer->pid, "open");
	run_free(&r);
}

/* Another mount namespace has another FIFO by the same path. */
static void elsewhere_fn(void *arg)
{
	int fd;

	(void)arg;
	must(unshare(CLONE_NEWNS));
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	sandbox_mount_tmpfs("/tmp/dir");
	make_fifo("/tmp/dir/f", 0600);
	fd = (int)must(open("/tmp/dir/f", O_RDWR));
	sandbox_ready((long)fd_inode(fd));
	sandbox_hold();
}

static void test_fifo_same_path(void **state)
{
	json_t *root, *fifo;
	struct child *child;
	char ref[64];
	struct run r;
	int fd;

	(void)state;
	must(mkdir("/tmp/dir", 0700));
	make_fifo("/tmp/dir/f", 0600);
	fd = (int)must(open("/tmp/dir/f", O_RDWR));
	child = sandbox_spawn("elsewhere", elsewhere_fn, NULL);
	root = ask(&r, "list", "fifo");
	assert_int_equal(count_objects(root, NULL), 2);
	fifo = find_by(root, "fifo", "ino", (json_int_t)fd_inode(fd));
	snprintf(ref, sizeof(ref), "fifo:%s/%lu", get_text(fifo, "dev"),
		 (unsigned long)fd_inode(fd));
	assert_string_equal(get_text(fifo, "ref"), ref);
	assert_null(find_user(fifo, child->pid, 1));
	assert_string_equal(get_text(fifo, "name"), "/tmp/dir/f");
	run_free(&r);
	need_object(ask(&r, "show", ref), ref);
	run_free(&r);
	close(fd);
}

/* A name that was removed, taken again, and one that only looks removed. */
static void test_fifo_unlinked(void **state)
{
	int gone, young, looks;
	char dev[32], ref[64];
	json_t *root, *fifo;
	struct run r;
	ino_t ino;

	(void)state;
	ino = make_fifo("/tmp/f", 0600);
	gone = (int)must(open("/tmp/f", O_RDWR));
	must(unlink("/tmp/f"));
	make_fifo("/tmp/f", 0600);
	young = (int)must(open("/tmp/f", O_RDWR));
	make_fifo("/tmp/g (deleted)", 0600);
	looks = (int)must(open("/tmp/g (deleted)", O_RDWR));
	root = ask(&r, "list", "fifo", "-o", "all");
	assert_int_equal(count_objects(root, NULL), 3);
	fifo = find_by(root, "fifo", "ino", (json_int_t)ino);
	assert_non_null(fifo);
	assert_true(has_state(fifo, "unlinked"));
	assert_string_equal(get_text(fifo, "persistence"), "process");
	snprintf(dev, sizeof(dev), "%s", get_text(fifo, "dev"));
	snprintf(ref, sizeof(ref), "fifo:%s/%lu", dev, (unsigned long)ino);
	assert_string_equal(get_text(fifo, "ref"), ref);
	assert_false(has_state(need_object(root, "fifo:/tmp/f"), "unlinked"));
	fifo = need_object(root, "fifo:/tmp/g (deleted)");
	assert_false(has_state(fifo, "unlinked"));
	run_free(&r);
	assert_int_equal(count_objects(ask(&r, "show", ref), NULL), 1);
	run_free(&r);
	close(gone);
	close(young);
	close(looks);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_pipe), TEST(test_pipe_one_end),
		TEST(test_pipe_inherited), TEST(test_pipe_fill),
		TEST(test_pipe_blocked),
		TEST(test_fifo), TEST(test_fifo_fill), TEST(test_fifo_openers),
		TEST(test_fifo_blocked), TEST(test_fifo_twins),
		TEST(test_fifo_same_path),
		TEST(test_fifo_unlinked),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("pipes and FIFOs", tests, NULL, NULL);
}
