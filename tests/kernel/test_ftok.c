// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcscope ftok against ftok(3), and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

static void make_file(const char *path)
{
	close((int)must(open(path, O_WRONLY | O_CREAT | O_EXCL, 0644)));
}

static const char *key_of(const char *path, int id)
{
	static char text[16];

	snprintf(text, sizeof(text), "0x%08x", (unsigned int)must(ftok(path, id)));
	return text;
}

static void prints(const char *expected, const char *path, const char *id)
{
	struct run r;

	run_tool(&r, "ftok", "-q", path, id);
	run_expect(&r, 0);
	assert_memory_equal(r.out, expected, strlen(expected));
	assert_string_equal(r.out + strlen(expected), "\n");
	run_free(&r);
}

static void test_as_the_library(void **state)
{
	(void)state;
	make_file("/tmp/file");
	must(symlink("/tmp/file", "/tmp/link"));
	prints(key_of("/tmp/file", 1), "/tmp/file", NULL);
	prints(key_of("/tmp/file", 'R'), "/tmp/file", "R");
	prints(key_of("/tmp/file", 255), "/tmp/file", "255");
	prints(key_of("/tmp/file", '1'), "/tmp/file", "'1'");
	/* It follows, as ftok() does. */
	prints(key_of("/tmp/file", 1), "/tmp/link", NULL);
	prints(key_of("/tmp", 1), "/tmp", "1");
	prints(key_of("/dev/null", 1), "/dev/null", NULL);
	prints(key_of(".", 7), ".", "7");
}

static void test_objects(void **state)
{
	struct run r;
	json_t *root;

	(void)state;
	make_file("/tmp/file");
	make_shm(ftok("/tmp/file", 5), 4096, 0600);
	make_sem(ftok("/tmp/file", 5), 1, NULL, 0600);
	make_msg(ftok("/tmp/file", 6), 0600);
	run_tool(&r, "ftok", "/tmp/file", "5");
	run_expect(&r, 0);
	says(r.out, key_of("/tmp/file", 5));
	says(r.out, "\nshm:0 ");
	says(r.out, "\nsem:0 ");
	assert_null(strstr(r.out, "msg:0"));
	run_free(&r);

	root = ask(&r, "ftok", "/tmp/file", "5");
	assert_string_equal(get_text(root, "key"), key_of("/tmp/file", 5));
	assert_string_equal(get_text(root, "path"), "/tmp/file");
	assert_int_equal(get_int(root, "project"), 5);
	assert_int_equal(count_objects(root, NULL), 2);
	need_object(root, "sem:0");
	run_free(&r);
}

static void test_wrong_use(void **state)
{
	(void)state;
	tool_says(2, "", "ftok what?", "ftok");
	tool_says(1, "", "/tmp/none: No such file or directory", "ftok",
		  "/tmp/none");
	tool_says(1, "", "No such file", "ftok", "");
	tool_says(2, "", "ID is a character or a number from 0 to 255, not '256'",
		  "ftok", "/tmp", "256");
	tool_says(2, "", "'3' is too much", "ftok", "/tmp", "1", "3");
	tool_says(2, "", "--find takes a key (0x05ce0001), not 'x'", "ftok",
		  "--find", "x");
	tool_says(2, "", "key 0 is IPC_PRIVATE", "ftok", "--find", "0");
}

/* The file with this path among those of a document, or NULL. */
static json_t *file_of(json_t *root, const char *path)
{
	json_t *files = json_object_get(root, "files"), *file;
	size_t i;

	json_array_foreach(files, i, file) {
		if (!strcmp(get_text(file, "path"), path))
			return file;
	}
	return NULL;
}

static void test_back(void **state)
{
	struct run r;
	json_t *root, *file;

	(void)state;
	must(mkdir("/tmp/d", 0755));
	must(mkdir("/tmp/d/e", 0755));
	make_file("/tmp/d/e/file");
	must(symlink("/tmp/d", "/tmp/d/e/loop"));
	make_shm(ftok("/tmp/d/e/file", 0x52), 4096, 0600);
	root = ask(&r, "ftok", "--find", key_of("/tmp/d/e/file", 0x52), "/tmp");
	file = file_of(root, "/tmp/d/e/file");
	assert_non_null(file);
	assert_string_equal(get_text(file, "near"), "given");
	assert_string_equal(get_text(file, "type"), "file");
	assert_int_equal(json_array_size(json_object_get(root, "files")), 1);
	assert_int_equal(get_int(root, "project"), 0x52);
	assert_true(is_true(root, "complete"));
	need_object(root, "shm:0");
	run_free(&r);

	tool_says(0, "id 82 ('R'), device ...", NULL, "ftok", "--find",
		  key_of("/tmp/d/e/file", 0x52), "/tmp/d/e");
	tool_says(0, " /tmp/d/e\n", NULL, "ftok", "--find", key_of("/tmp/d/e", 3),
		  "/tmp");
	/* A directory given as a link is what it leads to. */
	tool_says(0, "/tmp/d/e/loop/e/file\n", NULL, "ftok", "--find",
		  key_of("/tmp/d/e/file", 1), "/tmp/d/e/loop");
	must(mkdir("/tmp/empty", 0755));
	tool_says(1, "device ...", "no file found that can have given", "ftok",
		  "--find", key_of("/tmp/d/e/file", 1), "/tmp/empty");
}

struct user {
	const char *dir;
	const char *file;
	key_t key;
};

static void use(void *arg)
{
	const struct user *user = arg;

	must(chdir(user->dir));
	if (user->file)
		must(open(user->file, O_RDONLY));
	sandbox_ready(must(shmget(user->key, 4096, IPC_CREAT | 0600)));
	sandbox_hold();
}

/* Of the process that made it: what it has open, and where it works; on file
 * systems that nobody would search. */
static void test_creator(void **state)
{
	struct user user = { .dir = "/tmp/job" };
	struct child *child;
	struct run r;
	json_t *root, *file;

	(void)state;
	must(mkdir("/tmp/job", 0755));
	make_file("/tmp/job/near");
	make_file("/tmp/job/open");
	user.file = "/tmp/job/open";
	user.key = ftok(user.file, 1);
	child = sandbox_spawn("maker", use, &user);
	root = ask(&r, "ftok", "--find", key_of("/tmp/job/open", 1), "/dev/shm");
	file = file_of(root, "/tmp/job/open");
	assert_non_null(file);
	assert_string_equal(get_text(file, "near"), "used");
	assert_int_equal(get_int(file, "pid"), child->pid);
	run_free(&r);
	tool_says(0, "in use by maker[", NULL, "ftok", "--find",
		  key_of("/tmp/job/open", 1), "/dev/shm");
	sandbox_kill(child);

	user.file = NULL;
	user.key = ftok("/tmp/job/near", 1);
	child = sandbox_spawn("maker", use, &user);
	tool_says(0, "near maker[", NULL, "ftok", "--find",
		  key_of("/tmp/job/near", 1), "/dev/shm");
}

static void test_hostile_names(void **state)
{
	const struct hostile *h;

	(void)state;
	must(mkdir("/tmp/h", 0755));
	for (h = hostile_names; h->what; h++) {
		char path[64];
		struct run r;
		size_t i;

		if (strchr(h->name, '/') || !strcmp(h->name, ".") ||
		    !strcmp(h->name, ".."))
			continue;
		snprintf(path, sizeof(path), "/tmp/h/%s", h->name);
		make_file(path);
		run_tool(&r, "ftok", "--find", key_of(path, 9), "/tmp/h");
		run_expect(&r, 0);
		for (i = 0; i < r.out_len; i++)
			assert_true((unsigned char)r.out[i] >= ' ' ||
				    r.out[i] == '\n');
		run_free(&r);
		ask(&r, "ftok", "--find", key_of(path, 9), "/tmp/h");
		assert_int_equal(json_array_size(json_object_get(r.json, "files")), 1);
		run_free(&r);
		ask(&r, "ftok", path);
		run_free(&r);
		must(unlink(path));
	}
}

/* Other mounts of memory are entered, /proc is not even if it is named. */
static void test_mounts(void **state)
{
	(void)state;
	must(mkdir("/tmp/m", 0755));
	sandbox_mount_tmpfs("/tmp/m/other");
	make_file("/tmp/m/other/file");
	tool_says(0, "/tmp/m/other/file\n", NULL, "ftok", "--find",
		  key_of("/tmp/m/other/file", 2), "/tmp/m");
	tool_says(1, NULL, "no file found", "ftok", "--find",
		  key_of("/proc/version", 2), "/proc");
}

static void vanish(void *arg)
{
	int i;

	(void)arg;
	sandbox_ready(0);
	for (i = 0;; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/tmp/v/%d", i % 50);
		must(mkdir(path, 0755));
		must(rmdir(path));
	}
}

static void test_vanishing(void **state)
{
	int i;

	(void)state;
	must(mkdir("/tmp/v", 0755));
	make_file("/tmp/v/file");
	sandbox_spawn("vanisher", vanish, NULL);
	for (i = 0; i < 20; i++)
		tool_says(0, "/tmp/v/file\n", NULL, "ftok", "--find",
			  key_of("/tmp/v/file", 2), "/tmp/v");
}

static void test_unprivileged(void **state)
{
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		skip();
	must(mkdir("/tmp/u", 0755));
	must(mkdir("/tmp/u/closed", 0700));
	make_file("/tmp/u/file");
	run_tool_how(&r, &(struct how){ .user = "nobody" },
		     (const char *const[]){ "ftok", "--find",
					    key_of("/tmp/u/file", 2), "/tmp/u",
					    NULL });
	run_expect(&r, 0);
	says(r.out, "/tmp/u/file\n");
	says(r.err, "1 directory could not be read, first /tmp/u/closed: Permission denied");
	run_free(&r);
}

/* show of a keyed object says how to ask. */
static void test_show_offers(void **state)
{
	struct run r;

	(void)state;
	make_shm(0x05ce0001, 4096, 0600);
	make_sem(IPC_PRIVATE, 1, NULL, 0600);
	tool_says(0, "\n\n  whose key?  ipcscope ftok --find 0x05ce0001\n", NULL,
		  "show", "shm:0");
	run_tool(&r, "show", "sem:0");
	run_expect(&r, 0);
	assert_null(strstr(r.out, "whose key"));
	run_free(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, NULL, sandbox_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_as_the_library),
		TEST(test_objects),
		TEST(test_wrong_use),
		TEST(test_back),
		TEST(test_creator),
		TEST(test_hostile_names),
		TEST(test_mounts),
		TEST(test_vanishing),
		TEST(test_unprivileged),
		TEST(test_show_offers),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
