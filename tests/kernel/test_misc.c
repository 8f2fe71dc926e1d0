// SPDX-License-Identifier: GPL-2.0-or-later
/* memfds, event counters and pseudoterminals as ipcscope shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define ASSUME "--assume-complete"

static void dev_text(char text[32], int fd)
{
	struct stat st;

	must(fstat(fd, &st));
	snprintf(text, 32, "%u:%u", major(st.st_dev), minor(st.st_dev));
}

/* ---- memfds ---- */

static void test_memfd_shared(void **state)
{
	int fd = make_memfd("cache", 1 << 20), other = make_memfd("cache", 1);
	struct child *heir;
	json_t *memfd, *user;
	char dev[32];
	struct stat st;
	struct run r;

	(void)state;
	must(fstat(fd, &st));
	heir = hold_fd_in("heir", fd);
	ask(&r, "list", "memfd", "-o", "all", ASSUME);
	assert_int_equal(count_objects(run_json(&r), NULL), 2);
	memfd = find_by(run_json(&r), "memfd", "ino", (json_int_t)st.st_ino);
	assert_non_null(memfd);
	assert_string_equal(get_text(memfd, "name"), "cache");
	dev_text(dev, fd);
	assert_string_equal(get_text(memfd, "dev"), dev);
	assert_int_equal(get_int(memfd, "size"), 1 << 20);
	assert_int_equal(get_int(memfd, "used"), st.st_blocks * 512);
	assert_int_equal(get_int(memfd, "uid"), 0);
	assert_false(has_state(memfd, "unlinked"));
	assert_string_equal(get_text(memfd, "persistence"), "process");
	assert_int_equal(count_users(memfd), 2);
	user = need_user(memfd, heir->pid, "open");
	assert_string_equal(get_text(user, "access"), "rw");
	assert_int_equal(get_int(user, "fd"), fd);
	need_user(memfd, getpid(), "open");
	assert_true(is_true(memfd, "users_complete"));
	run_free(&r);
	close(fd);
	close(other);
}

/* As many descriptors as there are stand in the JSON, with their access. */
static void test_every_descriptor(void **state)
{
	int fd = make_memfd("thrice", 4096), fds[3] = { fd, dup(fd) }, i;
	struct child *holder;
	json_t *user, *list;
	char path[64];
	struct run r;

	(void)state;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fds[2] = (int)must(open(path, O_RDONLY));
	holder = hold_in("holder", fds, 3);
	for (i = 0; i < 3; i++)
		close(fds[i]);
	ask(&r, "list", "memfd");
	user = find_user(json_array_get(json_object_get(run_json(&r), "objects"), 0),
			 holder->pid, 0);
	assert_int_equal(get_int(user, "count"), 2);
	assert_false(has_field(user, "fd"));
	list = json_object_get(user, "descriptors");
	assert_int_equal(json_array_size(list), 2);
	for (i = 0; i < 2; i++) {
		assert_int_equal(get_int(json_array_get(list, (size_t)i), "fd"), fds[i]);
		assert_string_equal(get_text(json_array_get(list, (size_t)i), "access"), "rw");
	}
	user = find_user(json_array_get(json_object_get(run_json(&r), "objects"), 0),
			 holder->pid, 1);
	assert_int_equal(get_int(user, "fd"), fds[2]);
	assert_string_equal(get_text(user, "access"), "r");
	assert_false(has_field(user, "descriptors"));
	run_free(&r);
}

/* Mapped, the descriptor closed: all that is left of it are mappings. */
static void test_memfd_mapped(void **state)
{
	int fd = make_memfd("ring", 8192);
	void *at = (void *)must(mmap(NULL, 8192, PROT_READ | PROT_WRITE,
				     MAP_SHARED, fd, 0));
	ino_t ino = fd_inode(fd);
	struct child *heir;
	json_t *memfd, *user;
	char text[32], dev[32];
	struct run r;

	(void)state;
	dev_text(dev, fd);
	close(fd);
	heir = hold_in("heir", NULL, 0);
	ask(&r, "list", "memfd", "-o", "all");
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	memfd = find_by(run_json(&r), "memfd", "ino", (json_int_t)ino);
	assert_non_null(memfd);
	assert_string_equal(get_text(memfd, "name"), "ring");
	assert_string_equal(get_text(memfd, "dev"), dev);
	user = need_user(memfd, heir->pid, "attached");
	snprintf(text, sizeof(text), "%p", at);
	assert_string_equal(get_text(user, "address"), text);
	assert_string_equal(get_text(user, "access"), "rw");
	need_user(memfd, getpid(), "attached");
	if (sandbox_is_root())	/* who may use map_files */
		assert_int_equal(get_int(memfd, "size"), 8192);
	run_free(&r);
	must(munmap(at, 8192));
}

/* By descriptor here, by mapping there: one object. */
static void test_memfd_both(void **state)
{
	int fd = make_memfd("both", 4096);
	void *at = (void *)must(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	struct child *mapper = hold_in("mapper", NULL, 0);
	struct child *holder;
	struct run r;
	json_t *memfd;

	(void)state;
	must(munmap(at, 4096));
	holder = hold_fd_in("holder", fd);
	ask(&r, "list", "memfd");
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	memfd = find_by(run_json(&r), "memfd", "ino",
			(json_int_t)fd_inode(fd));
	assert_non_null(memfd);
	need_user(memfd, mapper->pid, "attached");
	need_user(memfd, holder->pid, "open");
	need_user(memfd, getpid(), "open");
	assert_int_equal(count_users(memfd), 3);
	run_free(&r);
	close(fd);
}

/* ---- secret memory ---- */

static void map_and_close(void *arg)
{
	int fd = *(int *)arg;

	if (mmap(NULL, 65536, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		_exit(1);
	close(fd);
	sandbox_ready(0);
	pause();
}

static void secret_memory_has_all_its_holders(void **state)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);
	struct child *mapper;
	json_t *secret;
	struct run r;
	char ref[32];

	if (fd < 0)
		skip();
	must(ftruncate(fd, 65536));
	mapper = sandbox_spawn("mapper", map_and_close, &fd);
	ask(&r, "list", "secretmem", ASSUME);
	snprintf(ref, sizeof(ref), "secretmem:%lld", (long long)fd_inode(fd));
	secret = need_object(run_json(&r), ref);
	assert_int_equal(get_int(secret, "size"), 65536);
	need_user(secret, getpid(), "open");
	if (sandbox_is_root())
		need_user(secret, mapper->pid, "attached");
	run_free(&r);
	run_tool(&r, "show", ref, ASSUME);
	run_expect(&r, 0);
	run_free(&r);
	sandbox_kill(mapper);
	close(fd);
}

/* ---- process handles ---- */

/* Two handles of one process are one object. */
static void test_pidfd(void **state)
{
	struct child *target = hold_fd_in("target", 0);
	int fds[2] = {
		(int)must(pidfd_open(target->pid, 0)),
		(int)must(pidfd_open(target->pid, 0)),
	};
	struct child *heir;
	json_t *pidfd;
	struct run r;
	char ref[32];

	(void)state;
	heir = hold_fd_in("heir", fds[0]);
	ask(&r, "list", "pidfd", ASSUME);
	snprintf(ref, sizeof(ref), "pidfd:%lld", (long long)fd_inode(fds[0]));
	pidfd = need_object(run_json(&r), ref);
	assert_int_equal(fd_inode(fds[0]), fd_inode(fds[1]));
	assert_int_equal(get_int(pidfd, "target"), target->pid);
	assert_int_equal(count_users(pidfd), 2);
	assert_int_equal(get_int(need_user(pidfd, getpid(), "open"), "count"), 2);
	need_user(pidfd, heir->pid, "open");
	run_free(&r);
	close(fds[0]);
	close(fds[1]);
}

/* ---- event counters ---- */

/* All have one inode number; the id tells them apart. */
static void test_eventfd(void **state)
{
	int first = make_eventfd(3, 0), second = make_eventfd(7, EFD_SEMAPHORE);
	long ids[2] = { eventfd_id(first), eventfd_id(second) };
	struct child *heir = hold_fd_in("heir", first);
	eventfd_t value;
	json_t *eventfd;
	char ref[32];
	struct run r;

	(void)state;
	assert_int_equal(fd_inode(first), fd_inode(second));
	ask(&r, "list", "eventfd", "-o", "all", ASSUME);
	assert_int_equal(count_objects(run_json(&r), NULL), 2);
	snprintf(ref, sizeof(ref), "eventfd:%ld", ids[0]);
	eventfd = need_object(run_json(&r), ref);
	assert_int_equal(get_int(eventfd, "id"), ids[0]);
	assert_int_equal(get_int(eventfd, "count"), 3);
	assert_int_equal(count_users(eventfd), 2);
	need_user(eventfd, heir->pid, "open");
	snprintf(ref, sizeof(ref), "eventfd:%ld", ids[1]);
	eventfd = need_object(run_json(&r), ref);
	assert_int_equal(get_int(eventfd, "count"), 7);
	assert_int_equal(count_users(eventfd), 1);
	assert_null(find_user(eventfd, heir->pid, 0));
	run_free(&r);
	ask(&r, "show", ref);
	assert_int_equal(get_int(need_object(run_json(&r), ref), "count"), 7);
	run_free(&r);
	/* Looking took nothing from it. */
	must(eventfd_read(first, &value));
	assert_int_equal(value, 3);
	close(first);
	close(second);
}

/* ---- pseudoterminals ---- */

static json_t *pty_on(json_t *root, const char *dev)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(root, "objects"), i, item)
		if (strcmp(get_text(item, "dev"), dev) == 0)
			return item;
	sandbox_fail("no pty on %s", dev);
}

static void test_two_devpts(void **state)
{
	int first[2], second[2], index;
	struct child *master, *slave, *other;
	json_t *pty, *user;
	char dev[2][32], ref[64];
	struct run r;

	(void)state;
	sandbox_mount_devpts("/tmp/pts");
	index = make_pty("/dev/pts", first);
	assert_int_equal(make_pty("/tmp/pts", second), index);
	dev_text(dev[0], first[1]);
	dev_text(dev[1], second[1]);
	master = hold_fd_in("master", first[0]);
	slave = hold_fd_in("slave", first[1]);
	other = hold_in("other", second, 2);
	close(first[0]);
	close(first[1]);
	close(second[0]);
	close(second[1]);
	ask(&r, "list", "pty", "-o", "all", ASSUME);
	assert_int_equal(count_objects(run_json(&r), NULL), 2);
	snprintf(ref, sizeof(ref), "pty:%d", index);
	pty = pty_on(run_json(&r), dev[0]);
	assert_string_equal(get_text(pty, "ref"), ref);
	assert_int_equal(get_int(pty, "index"), index);
	assert_int_equal(count_users(pty), 2);
	user = need_user(pty, master->pid, "holds");
	assert_string_equal(get_text(user, "access"), "rw");
	assert_int_equal(get_int(user, "fd"), first[0]);
	need_user(pty, slave->pid, "open");
	assert_null(find_user(pty, other->pid, 0));
	pty = pty_on(run_json(&r), dev[1]);
	snprintf(ref, sizeof(ref), "pty:%s/%d", dev[1], index);
	assert_string_equal(get_text(pty, "ref"), ref);
	assert_int_equal(get_int(pty, "index"), index);
	need_user(pty, other->pid, "holds");
	need_user(pty, other->pid, "open");
	assert_int_equal(count_users(pty), 2);
	assert_null(find_user(pty, slave->pid, 0));
	run_free(&r);
	ask(&r, "show", ref);
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	assert_non_null(find_user(need_object(run_json(&r), ref), other->pid, 0));
	run_free(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_memfd_shared), TEST(test_every_descriptor), TEST(test_memfd_mapped),
		TEST(test_memfd_both), TEST(secret_memory_has_all_its_holders), TEST(test_eventfd), TEST(test_pidfd),
		TEST(test_two_devpts),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("memfds, eventfds, ptys", tests,
					   NULL, NULL);
}
