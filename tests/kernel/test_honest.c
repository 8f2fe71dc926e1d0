// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What ipcscope may not see, what vanishes while it looks, and what others
 * have named so as to be misread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define ARGS(...) (const char *const[]){ __VA_ARGS__, NULL }

static const struct how nobody = { .user = "nobody" };

/* ---- as nobody ---- */

static json_t *warning_of(json_t *root, const char *part)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(root, "warnings"), i, item)
		if (strcmp(get_text(item, "part"), part) == 0)
			return item;
	sandbox_fail("no warning for %s", part);
}

static int lines_of(const char *text)
{
	int n = 0;

	while ((text = strchr(text, '\n'))) {
		n++;
		text++;
	}
	return n;
}

static void test_nobody_sees(void **state)
{
	json_t *root, *object;
	struct child *child;
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		return;
	child = shm_attach_in("holder", make_shm(1, 3 * 4096, 0600), 0, SHM_SPLIT);
	make_shm(2, 4096, 0600);
	make_sem(1, 2, (const unsigned short[]){ 4, 5 }, 0600);
	make_sem(2, 1, (const unsigned short[]){ 6 }, 0604);
	make_msg(1, 0600);
	msg_put(0, 1, 7);
	make_pshm("/mem", 4096, 0600);
	make_psem("/secret", 3, 0600);
	make_psem("/public", 4, 0644);
	root = ask_how(&r, &nobody, ARGS("list", "sysv", "posix", "-o", "all"));
	assert_int_equal(count_objects(root, NULL), 8);
	/* What the kernel tells everybody */
	object = need_object(root, "shm:0");
	assert_int_equal(get_int(object, "attaches"), 3);
	assert_string_equal(get_text(object, "mode"), "0600");
	assert_true(has_state(object, "attached"));
	assert_int_equal(get_int(object, "attaches_found"), 0);
	assert_true(json_is_false(json_object_get(object, "users_complete")));
	assert_int_equal(count_users(object), 0);
	/* Nobody attached is complete, whoever looks */
	object = need_object(root, "shm:1");
	assert_int_equal(get_int(object, "attaches_found"), 0);
	assert_true(is_true(object, "users_complete"));
	assert_true(has_state(object, "unattached"));
	assert_int_equal(get_int(need_object(root, "msg:0"), "used"), 7);
	assert_false(has_field(need_object(root, "sem:0"), "values"));
	assert_int_equal(get_int(need_object(root, "sem:0"), "nsems"), 2);
	assert_true(has_field(need_object(root, "sem:1"), "values"));
	assert_false(has_field(need_object(root, "psem:/secret"), "values"));
	/* May be read, but not without a trace: that is its owner's right. */
	assert_false(has_field(need_object(root, "psem:/public"), "values"));
	object = need_object(root, "pshm:/mem");
	assert_int_equal(get_int(object, "size"), 4096);
	assert_false(has_state(object, "unattached"));
	assert_true(json_is_false(json_object_get(object, "users_complete")));
	/* Counted: process 1, the test program and the child */
	object = warning_of(root, "maps");
	assert_int_equal(get_int(object, "count"), 3);
	assert_int_equal(get_int(object, "first"), 1);
	assert_string_equal(get_text(object, "errno"), "EACCES");
	assert_int_equal(get_int(warning_of(root, "sems"), "count"), 1);
	assert_true(has_warning(root, "semfile"));
	run_free(&r);
	sandbox_kill(child);
}

static void test_nobody_reads(void **state)
{
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		return;
	shm_attach_in("holder", make_shm(1, 3 * 4096, 0600), 0, SHM_SPLIT);
	make_shm(2, 4096, 0600);
	make_sem(1, 1, NULL, 0600);
	make_psem("/secret", 3, 0600);
	run_tool_how(&r, &nobody, ARGS("list", "sysv", "posix"));
	run_expect(&r, 0);
	assert_non_null(strstr(r.out, "3 unseen"));
	assert_non_null(strstr(r.out, "unattached"));
	assert_non_null(strstr(r.out, "value ?"));
	assert_non_null(strstr(r.err, "3 processes could not be read"));
	assert_in_range(lines_of(r.err), 1, 4);
	run_free(&r);
	run_tool_how(&r, &nobody, ARGS("list", "shm", "-q", "--strict"));
	run_expect(&r, 3);
	assert_non_null(strstr(r.out, "shm:0"));
	assert_int_not_equal(r.err_len, 0);
	run_free(&r);
	run_tool_how(&r, &nobody, ARGS("show", "shm:0"));
	run_expect(&r, 0);
	assert_non_null(strstr(r.out, "3 unseen"));
	run_free(&r);
}

/* What one may look at is looked at. */
static void nobodys_fn(void *arg)
{
	must(setresgid(65534, 65534, 65534));
	must(setresuid(65534, 65534, 65534));
	must(prctl(PR_SET_DUMPABLE, 1));	/* as if it had run a program */
	must(shmat(*(int *)arg, NULL, 0));
	sandbox_ready(0);
	sandbox_hold();
}

static void test_nobody_sees_its_own(void **state)
{
	struct child *child;
	struct run r;
	json_t *shm;
	int id;

	(void)state;
	if (!sandbox_is_root())
		return;
	id = make_shm(1, 4096, 0666);
	child = sandbox_spawn("own", nobodys_fn, &id);
	shm = need_object(ask_how(&r, &nobody, ARGS("list", "shm", "-o", "all")),
			  "shm:0");
	assert_int_equal(get_int(shm, "attaches"), 1);
	assert_int_equal(get_int(shm, "attaches_found"), 1);
	assert_true(is_true(shm, "users_complete"));
	need_user(shm, child->pid, "attached");
	run_free(&r);
}

static void test_all_seen(void **state)
{
	struct run r;

	(void)state;
	make_shm(1, 4096, 0600);
	run_tool(&r, "list", "-a", "--strict", "--assume-complete");
	run_expect(&r, 0);
	assert_string_equal(r.err, "");
	run_free(&r);
}

/* ---- exit status ---- */

static void check_status(int status, const char *said, const char *const *argv)
{
	struct run r;

	run_tool_how(&r, NULL, argv);
	run_expect(&r, status);
	assert_non_null(strstr(r.err, said));
	assert_int_equal(lines_of(r.err), 1);
	assert_string_equal(r.out, "");
	run_free(&r);
}

static void test_exit_status(void **state)
{
	(void)state;
	make_shm(1, 4096, 0600);
	check_status(1, "shm:7", ARGS("show", "shm:7"));
	check_status(1, "shm:0x00000009", ARGS("show", "shm:0x00000009"));
	check_status(1, "pshm:/none", ARGS("show", "pshm:/none"));
	check_status(1, "pmsg:/none", ARGS("show", "pmsg:/none"));
	check_status(1, "unix:@none", ARGS("show", "unix:@none"));
	check_status(1, "pipe:4", ARGS("show", "pipe:4"));
	check_status(2, "lsit", ARGS("lsit"));
	check_status(2, "nonsense", ARGS("list", "--nonsense"));
	check_status(2, "fleld", ARGS("list", "-o", "fleld"));
}

/* ---- vanishing ---- */

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* Short lives, each with something to look at. */
static void short_lives_fn(void *arg)
{
	int id = *(int *)arg, ends[2], n;

	signal(SIGTERM, on_term);
	sandbox_ready(0);
	for (n = 0; n < 20000 && !stop; n++) {
		pid_t pid = fork();

		if (pid == 0) {
			int seg = shmget(IPC_PRIVATE, 4096, 0600);

			if (pipe(ends) || shmat(id, NULL, 0) == (void *)-1)
				_exit(1);
			close(socket(AF_UNIX, SOCK_STREAM, 0));
			shmctl(seg, IPC_RMID, NULL);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

static void test_vanishing(void **state)
{
	int id = make_shm(1, 4096, 0600), i;
	struct child *child[2];
	struct run r;

	(void)state;
	child[0] = sandbox_spawn("short", short_lives_fn, &id);
	child[1] = sandbox_spawn("lives", short_lives_fn, &id);
	for (i = 0; i < 25; i++) {
		ask(&r, "list", "-a", "-o", "all", "--assume-complete");
		need_object(run_json(&r), "shm:0");
		assert_string_equal(r.err, "");
		run_free(&r);
		ask(&r, "ps", "-a", "--assume-complete");
		assert_string_equal(r.err, "");
		run_free(&r);
	}
	for (i = 0; i < 2; i++) {
		kill(child[i]->pid, SIGTERM);
		assert_int_equal(sandbox_join(child[i]), 0);
	}
}

/* ---- names ---- */

static void make_named(const char *name)
{
	char path[300];
	int fifo;

	snprintf(path, sizeof(path), "/%s", name);
	make_pshm(path, 1, 0600);
	make_psem(path, 1, 0600);
	make_pmsg(path, 1, 1, 0600);
	snprintf(path, sizeof(path), "/tmp/%s", name);
	make_fifo(path, 0600);
	fifo = (int)must(open(path, O_RDWR));
	hold_fd_in(name, fifo);
	close(fifo);
	snprintf(path, sizeof(path), "/tmp/s-%s", name);
	hold_fd_in("sock", unix_listener(SOCK_STREAM, path, 1));
	snprintf(path, sizeof(path), "@%s", name);
	hold_fd_in("abstract", unix_listener(SOCK_STREAM, path, 1));
	hold_fd_in("memfd", make_memfd(name, 1));
}

static void close_from(int fd)
{
	must(syscall(SYS_close_range, (unsigned int)fd, ~0U, 0U));
}

static bool has_raw_control(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < ' ' && c != '\n') || c == 0x7f)
			return true;
		/* C1, bidi and line separators, as UTF-8 */
		if (c == 0xc2 && (unsigned char)text[i + 1] < 0xa0)
			return true;
		if (c == 0xe2 && (unsigned char)text[i + 1] == 0x80 &&
		    ((unsigned char)text[i + 2] & 0xfe) >= 0xa8 &&
		    (unsigned char)text[i + 2] <= 0xae)
			return true;
	}
	return false;
}

static size_t lines_beginning(const char *text, const char *cls)
{
	size_t n = 0, len = strlen(cls);

	while (text) {
		if (strncmp(text + (*text == '\'' || *text == '"'), cls,
			    len) == 0)
			n++;
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return n;
}

static void check_text(const char *name, const char *format)
{
	static const char *const classes[] = {
		"pshm:", "psem:", "pmsg:", "fifo:", "unix:", "memfd:",
	};
	static const size_t want[] = { 1, 1, 1, 1, 2, 1 };
	struct run r;
	size_t i;

	run_tool(&r, "list", "-a", "-o", "ref,name,users", format);
	run_expect(&r, 0);
	if (has_raw_control(r.out, r.out_len))
		sandbox_fail("%s: raw bytes in %s: %s", name, format, r.out);
	for (i = 0; i < 6; i++)
		if (lines_beginning(r.out, classes[i]) != want[i])
			sandbox_fail("%s: not %zu rows of %s in %s:\n%s", name,
				     want[i], classes[i], format, r.out);
	run_free(&r);
}

/* What was printed names the same object again. */
static void check_ref(const char *name, json_t *object)
{
	const char *ref = get_text(object, "ref");
	struct run r;
	json_t *again;

	if (has_raw_control(ref, strlen(ref)))
		sandbox_fail("%s: raw bytes in REF %s", name, ref);
	run_tool(&r, "show", ref, "--json");
	if (r.status)
		sandbox_fail("%s: show '%s' exits %d: %s", name, ref, r.status,
			     r.err);
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	again = need_object(run_json(&r), ref);
	assert_int_equal(get_int(again, "id"), get_int(object, "id"));
	run_free(&r);
	run_tool(&r, "show", ref);
	run_expect(&r, 0);
	assert_false(has_raw_control(r.out, r.out_len));
	run_free(&r);
}

static bool is_utf8(const char *name)
{
	json_t *text = json_string(name);
	bool is = text;

	json_decref(text);
	return is;
}

/* The exact bytes are there: as they are, or in name_hex. */
static void check_bytes(json_t *object, const char *before, const char *name)
{
	char want[600], hex[8];
	const char *at;

	snprintf(want, sizeof(want), "%s%s", before, name);
	if (is_utf8(name)) {
		assert_string_equal(get_text(object, "name"), want);
		assert_false(has_field(object, "name_hex"));
		return;
	}
	assert_true(strlen(get_text(object, "name_hex")) == 2 * strlen(want));
	for (at = want; *at; at++) {
		snprintf(hex, sizeof(hex), "%02x", (unsigned char)*at);
		assert_memory_equal(get_text(object, "name_hex") +
				    2 * (at - want), hex, 2);
	}
}

static void check_name(const char *name)
{
	json_t *object, *root;
	struct run r;
	size_t i;

	make_named(name);
	close_from(3);
	root = ask(&r, "list", "pshm", "psem", "pmsg", "fifo", "unix", "memfd");
	assert_int_equal(count_objects(root, NULL), 7);
	json_array_foreach(json_object_get(root, "objects"), i, object) {
		const char *cls = get_text(object, "class");

		check_ref(name, object);
		if (strcmp(cls, "fifo") == 0)
			check_bytes(object, "/tmp/", name);
		else if (strcmp(cls, "memfd") == 0)
			check_bytes(object, "", name);
		else if (strcmp(cls, "unix") != 0)
			check_bytes(object, "/", name);
	}
	run_free(&r);
	check_text(name, "--raw");
	check_text(name, "--csv");
	check_text(name, "--color=never");
	run_tool(&r, "ps", "-a");
	run_expect(&r, 0);
	assert_false(has_raw_control(r.out, r.out_len));
	run_free(&r);
	sandbox_reset(NULL);
}

static void test_hostile_names(void **state)
{
	const struct hostile *h;

	(void)state;
	for (h = hostile_names; h->what; h++)
		check_name(h->name);
}

/* A name may not end what it stands in: no row, process or field is forged. */
static void test_hostile_comm(void **state)
{
	const struct hostile *h;
	struct child *child;
	json_t *user;
	struct run r;
	int fd;

	(void)state;
	make_pshm("/mem", 1, 0600);
	fd = (int)must(open("/dev/shm/mem", O_RDONLY));
	for (h = hostile_names; h->what; h++) {
		child = hold_fd_in(h->name, fd);
		ask(&r, "list", "pshm");
		user = need_user(need_object(run_json(&r), "pshm:/mem"),
				 child->pid, "open");
		if (is_utf8(h->name))
			assert_string_equal(get_text(user, "command"), h->name);
		else
			assert_true(has_field(user, "command_hex"));
		assert_int_equal(get_int(user, "fd"), fd);
		run_free(&r);
		sandbox_kill(child);
	}
	close(fd);
}

static void test_long_names(void **state)
{
	char path[300], name[256];
	json_t *root, *object;
	struct run r;
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "/%s", long_name(name, 255));
	make_pshm(path, 1, 0600);
	make_pmsg(path, 1, 1, 0600);
	snprintf(path, sizeof(path), "/%s", long_name(name, 249));
	make_psem(path, 1, 0600);
	root = ask(&r, "list", "posix");
	assert_int_equal(count_objects(root, NULL), 3);
	json_array_foreach(json_object_get(root, "objects"), i, object) {
		size_t len = strcmp(get_text(object, "class"), "psem") ? 256 : 250;

		assert_int_equal(strlen(get_text(object, "name")), len);
		check_ref("long", object);
	}
	run_free(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_nobody_sees), TEST(test_nobody_reads),
		TEST(test_nobody_sees_its_own), TEST(test_all_seen),
		TEST(test_exit_status), TEST(test_vanishing),
		TEST(test_hostile_names), TEST(test_hostile_comm),
		TEST(test_long_names),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("honesty", tests, NULL, NULL);
}
