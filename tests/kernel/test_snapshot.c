// SPDX-License-Identifier: GPL-2.0-or-later
/* A snapshot read back shows what was there when it was taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define ARGS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define FILE_NAME "/tmp/snap"

static const struct how nobody = { .user = "nobody" };

static void make_world(void)
{
	const struct hostile *h;
	char path[300];
	int ends[2], i;

	shm_attach_in("holder", make_shm(1, 3 * 4096, 0600), 0, SHM_SPLIT);
	make_shm(2, 4096, 0644);
	shm_attach_in("ghost", make_shm(3, 4096, 0600), SHM_RDONLY, SHM_PLAIN);
	shm_remove(2);
	make_sem(1, 3, (const unsigned short[]){ 0, 7, 32767 }, 0640);
	sem_wait_in("waiter", 0, 0, -2);
	make_msg(1, 0600);
	msg_put(0, 1, 99);
	for (h = hostile_names; h->what; h++) {
		snprintf(path, sizeof(path), "/%s", h->name);
		make_pshm(path, 4096, 0600);
		hold_in(h->name, NULL, 0);
	}
	make_psem("/zero", 0, 0600);
	psem_wait_in("psem", "/zero");
	make_pmsg("/mq", 3, 100, 0600);
	pmsg_receive_in("mq", "/mq");
	make_pipe(ends);
	hold_in("pipes", ends, 2);
	close(ends[0]);
	close(ends[1]);
	make_fifo("/tmp/fifo", 0600);
	fifo_open_in("opener", "/tmp/fifo", O_RDONLY);
	unix_pair(SOCK_STREAM, ends);
	hold_in("socks", ends, 2);
	close(ends[0]);
	close(ends[1]);
	for (i = 0; i < 2; i++) {
		ends[0] = i ? make_memfd("me\xffm", 4096) : make_eventfd(5, 0);
		hold_fd_in("rest", ends[0]);
		close(ends[0]);
	}
}

/* Ages are counted from the moment of each look. */
static void drop_ages(json_t *root)
{
	json_t *object;
	size_t i;

	json_array_foreach(json_object_get(root, "objects"), i, object) {
		json_object_del(object, "age");
		json_object_del(object, "idle");
	}
}

static void check_same(json_t *live, json_t *saved)
{
	json_t *a, *b;
	size_t i;

	drop_ages(live);
	drop_ages(saved);
	assert_true(count_objects(live, NULL) > 30);
	assert_int_equal(count_objects(saved, NULL), count_objects(live, NULL));
	json_array_foreach(json_object_get(live, "objects"), i, a) {
		b = json_array_get(json_object_get(saved, "objects"), i);
		if (!json_equal(a, b))
			sandbox_fail("live  %s\nsaved %s",
				     json_dumps(a, JSON_COMPACT),
				     json_dumps(b, JSON_COMPACT));
	}
	assert_true(json_equal(json_object_get(live, "warnings"),
			       json_object_get(saved, "warnings")));
}

static void snapshot_to(const struct how *how, const char *path)
{
	struct run r;

	run_tool_how(&r, how, ARGS("snapshot", path));
	run_expect(&r, 0);
	assert_string_equal(r.out, "");
	run_free(&r);
}

static void check_round(const struct how *how)
{
	struct run live, saved;

	ask_how(&live, how, ARGS("list", "-a", "-o", "all"));
	snapshot_to(how, FILE_NAME);
	ask(&saved, "list", "-a", "-o", "all", "--from", FILE_NAME);
	check_same(run_json(&live), run_json(&saved));
	run_free(&live);
	run_free(&saved);
	must(unlink(FILE_NAME));
}

static void test_same_rows(void **state)
{
	(void)state;
	make_world();
	check_round(NULL);
	if (sandbox_is_root())
		check_round(&nobody);
}

static void check_text(const char *const *live, const char *const *saved)
{
	struct run a, b;

	run_tool_how(&a, NULL, live);
	run_expect(&a, 0);
	run_tool_how(&b, NULL, saved);
	run_expect(&b, 0);
	assert_string_equal(a.out, b.out);
	assert_string_equal(a.err, b.err);
	run_free(&a);
	run_free(&b);
}

static void test_same_text(void **state)
{
	const char *from = FILE_NAME;

	(void)state;
	make_world();
	snapshot_to(NULL, FILE_NAME);
	check_text(ARGS("list", "-a", "-o", "ref,owner,amount,state,users"),
		   ARGS("list", "-a", "-o", "ref,owner,amount,state,users",
			"--from", from));
	check_text(ARGS("list", "pipe", "--csv", "-o", "ref,readers,writers"),
		   ARGS("list", "pipe", "--csv", "-o", "ref,readers,writers",
			"--from", from));
	check_text(ARGS("list", "-a", "-w", "waiters > 0", "--raw", "-o",
			"ref,state"),
		   ARGS("list", "-a", "-w", "waiters > 0", "--raw", "-o",
			"ref,state", "--from", from));
}

/* What was there then, not what is there now. */
static void test_then(void **state)
{
	struct run r;

	(void)state;
	make_shm(1, 4096, 0600);
	snapshot_to(NULL, FILE_NAME);
	shm_remove(0);
	make_shm(2, 8192, 0600);
	ask(&r, "list", "shm", "--from", FILE_NAME);
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	assert_int_equal(get_int(need_object(run_json(&r), "shm:0"), "size"),
			 4096);
	run_free(&r);
	ask(&r, "show", "shm:0x00000001", "--from", FILE_NAME);
	need_object(run_json(&r), "shm:0");
	run_free(&r);
	run_tool(&r, "show", "shm:0x00000002", "--from", FILE_NAME);
	run_expect(&r, 1);
	run_free(&r);
}

static void test_through_a_pipe(void **state)
{
	struct run snapshot, live, saved;
	struct how how = { 0 };

	(void)state;
	make_world();
	run_tool(&snapshot, "snapshot", "-");
	run_expect(&snapshot, 0);
	ask(&live, "list", "-a", "-o", "all");
	how.input = snapshot.out;
	ask_how(&saved, &how, ARGS("list", "-a", "-o", "all", "--from", "-"));
	check_same(run_json(&live), run_json(&saved));
	run_free(&snapshot);
	run_free(&live);
	run_free(&saved);
}

static void check_mode(const char *path)
{
	struct stat st;

	must(stat(path, &st));
	assert_int_equal(st.st_mode & 07777, 0600);
}

static size_t entries_of(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void test_mode(void **state)
{
	mode_t mask = umask(0);
	int fd;

	(void)state;
	must(mkdir("/tmp/dir", 0700));
	make_shm(1, 4096, 0600);
	snapshot_to(NULL, "/tmp/dir/new");
	check_mode("/tmp/dir/new");
	fd = (int)must(open("/tmp/dir/old", O_WRONLY | O_CREAT, 0666));
	close(fd);
	snapshot_to(NULL, "/tmp/dir/old");
	check_mode("/tmp/dir/old");
	assert_int_equal(entries_of("/tmp/dir"), 2);
	umask(mask);
}

static void test_full_disk(void **state)
{
	char path[64], text[64];
	struct run r;
	int i, fd;

	(void)state;
	for (i = 0; i < 400; i++) {
		snprintf(path, sizeof(path), "/object-%d", i);
		make_pshm(path, 0, 0600);
	}
	must(mkdir("/tmp/tiny", 0755));
	must(mount("tiny", "/tmp/tiny", "tmpfs", 0, "size=16k"));
	fd = (int)must(open("/tmp/tiny/snap", O_WRONLY | O_CREAT, 0640));
	must(write(fd, "old\n", 4));
	close(fd);
	run_tool(&r, "snapshot", "/tmp/tiny/snap");
	run_expect(&r, 1);
	assert_non_null(strstr(r.err, "No space left on device"));
	run_free(&r);
	must(read_small("/tmp/tiny/snap", text, sizeof(text)));
	assert_string_equal(text, "old\n");
	assert_int_equal(entries_of("/tmp/tiny"), 1);
}

static void test_not_a_snapshot(void **state)
{
	struct how how = { .input = "{\"not\": \"one\"}\n" };
	struct run r;

	(void)state;
	run_tool(&r, "list", "--from", "/tmp/missing");
	run_expect(&r, 1);
	assert_non_null(strstr(r.err, "/tmp/missing"));
	assert_string_equal(r.out, "");
	run_free(&r);
	run_tool_how(&r, &how, ARGS("list", "--from", "-"));
	run_expect(&r, 1);
	assert_string_equal(r.out, "");
	run_free(&r);
}

/* Half of one is not taken for all of it. */
static void test_cut(void **state)
{
	struct run snapshot, r;
	struct how how = { 0 };

	(void)state;
	make_world();
	run_tool(&snapshot, "snapshot", "-");
	run_expect(&snapshot, 0);
	snapshot.out[snapshot.out_len / 2] = '\0';
	how.input = snapshot.out;
	run_tool_how(&r, &how, ARGS("list", "-a", "--from", "-"));
	assert_int_equal(r.status, 1);
	assert_int_not_equal(r.err_len, 0);
	run_free(&r);
	run_free(&snapshot);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_same_rows), TEST(test_same_text), TEST(test_then),
		TEST(test_through_a_pipe), TEST(test_mode),
		TEST(test_full_disk), TEST(test_not_a_snapshot), TEST(test_cut),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("snapshots", tests, NULL, NULL);
}
