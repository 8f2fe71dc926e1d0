// SPDX-License-Identifier: GPL-2.0-or-later
/* POSIX memory, semaphores and queues as ipcscope shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define ASSUME "--assume-complete"

static const struct how nobody = { .user = "nobody" };

static bool is_false(json_t *object, const char *field)
{
	return json_is_false(json_object_get(object, field));
}

static json_t *object_of(struct run *r, const char *cls, ino_t ino)
{
	json_t *object = find_by(run_json(r), cls, "ino", (json_int_t)ino);

	if (!object)
		sandbox_fail("no %s of inode %lu", cls, (unsigned long)ino);
	return object;
}

static void check_dev(json_t *object, dev_t dev)
{
	char text[32];

	snprintf(text, sizeof(text), "%u:%u", major(dev), minor(dev));
	assert_string_equal(get_text(object, "dev"), text);
}

static void check_file(json_t *object, const char *path)
{
	struct stat st;
	char mode[8];

	must(stat(path, &st));
	snprintf(mode, sizeof(mode), "%04o", st.st_mode & 07777);
	assert_string_equal(get_text(object, "mode"), mode);
	check_dev(object, st.st_dev);
	assert_int_equal(get_int(object, "ino"), st.st_ino);
	assert_int_equal(get_int(object, "size"), st.st_size);
	assert_int_equal(get_int(object, "used"), st.st_blocks * 512);
	assert_int_equal(get_int(object, "uid"), st.st_uid);
	assert_int_equal(get_int(object, "gid"), st.st_gid);
	assert_int_equal(get_int(object, "links"), st.st_nlink);
	assert_int_equal(get_int(object, "atime"), st.st_atime);
	assert_int_equal(get_int(object, "mtime"), st.st_mtime);
	assert_int_equal(get_int(object, "ctime"), st.st_ctime);
}

/* ---- shared memory ---- */

static void test_pshm_fields(void **state)
{
	struct run r;
	json_t *pshm;

	(void)state;
	make_pshm("/mem", 100000, 0604);
	if (sandbox_is_root())
		must(chown("/dev/shm/mem", 65534, 12345));
	ask(&r, "list", "pshm", "-o", "all", ASSUME);
	pshm = need_object(run_json(&r), "pshm:/mem");
	check_file(pshm, "/dev/shm/mem");
	assert_string_equal(get_text(pshm, "name"), "/mem");
	assert_string_equal(get_text(pshm, "persistence"), "kernel");
	assert_true(has_field(pshm, "btime"));
	assert_true(is_true(pshm, "users_complete"));
	assert_true(has_state(pshm, "unattached"));
	run_free(&r);

	/* A user of another pid namespace could not be seen from here. */
	pshm = need_object(ask(&r, "list", "pshm"), "pshm:/mem");
	assert_true(is_false(pshm, "users_complete"));
	assert_false(has_state(pshm, "unattached"));
	run_free(&r);
}

static void test_pshm_holders(void **state)
{
	struct child *ro, *rw, *path, *map, *exec;
	char address[32];
	struct run r;
	json_t *pshm, *user;

	(void)state;
	make_pshm("/mem", 8192, 0700);
	ro = pshm_open_in("ro", "/mem", O_RDONLY);
	rw = pshm_open_in("rw", "/mem", O_RDWR);
	path = pshm_open_in("path", "/mem", O_PATH);
	map = pshm_map_in("map", "/mem", PROT_READ);
	exec = pshm_map_in("exec", "/mem", PROT_READ | PROT_WRITE | PROT_EXEC);
	ask(&r, "show", "pshm:/mem");
	pshm = need_object(run_json(&r), "pshm:/mem");
	assert_true(has_state(pshm, "attached"));
	assert_int_equal(count_users(pshm), 5);
	user = need_user(pshm, ro->pid, "open");
	assert_string_equal(get_text(user, "access"), "r");
	assert_int_equal(get_int(user, "fd"), ro->value);
	user = need_user(pshm, rw->pid, "open");
	assert_string_equal(get_text(user, "access"), "rw");
	user = need_user(pshm, path->pid, "open");
	assert_string_equal(get_text(user, "access"), "-");
	user = need_user(pshm, map->pid, "attached");
	assert_string_equal(get_text(user, "access"), "r");
	snprintf(address, sizeof(address), "0x%lx", map->value);
	assert_string_equal(get_text(user, "address"), address);
	user = need_user(pshm, exec->pid, "attached");
	assert_string_equal(get_text(user, "access"), "rwx");
	run_free(&r);
}

/* Memory that ls /dev/shm cannot show. */
static void test_pshm_unlinked(void **state)
{
	ino_t by_fd = make_pshm("/by-fd", 8192, 0600);
	ino_t by_map = make_pshm("/by-map", 1 << 20, 0600);
	struct child *opener = pshm_open_in("opener", "/by-fd", O_RDWR);
	struct child *mapper = pshm_map_in("mapper", "/by-map", PROT_READ);
	char path[64], ref[64];
	struct stat st;
	struct run r;
	json_t *pshm;

	(void)state;
	pshm_unlink("/by-fd");
	pshm_unlink("/by-map");
	ask(&r, "list", "pshm", "-o", "all");
	assert_int_equal(count_objects(run_json(&r), NULL), 2);
	pshm = object_of(&r, "pshm", by_fd);
	snprintf(ref, sizeof(ref), "pshm:%lu", (unsigned long)by_fd);
	assert_string_equal(get_text(pshm, "ref"), ref);
	assert_true(has_state(pshm, "unlinked"));
	assert_string_equal(get_text(pshm, "persistence"), "process");
	assert_int_equal(get_int(pshm, "links"), 0);
	assert_int_equal(get_int(pshm, "size"), 8192);
	assert_int_equal(get_int(pshm, "used"), sysconf(_SC_PAGESIZE));
	need_user(pshm, opener->pid, "open");
	pshm = object_of(&r, "pshm", by_map);
	assert_true(has_state(pshm, "unlinked"));
	need_user(pshm, mapper->pid, "attached");
	snprintf(path, sizeof(path), "/proc/%d/root/dev/shm", mapper->pid);
	must(stat(path, &st));
	check_dev(pshm, st.st_dev);
	/* What is mapped is looked at through map_files, which root may. */
	if (sandbox_is_root()) {
		assert_int_equal(get_int(pshm, "size"), 1 << 20);
		assert_int_equal(get_int(pshm, "used"), sysconf(_SC_PAGESIZE));
	}
	run_free(&r);
	assert_int_equal(count_objects(ask(&r, "show", ref), NULL), 1);
	run_free(&r);
}

/* A name that was taken again: two objects, and who has which. */
static void test_pshm_same_name(void **state)
{
	ino_t old = make_pshm("/mem", 4096, 0600), young;
	struct child *mapper = pshm_map_in("mapper", "/mem", PROT_READ);
	struct run r;

	(void)state;
	pshm_unlink("/mem");
	young = make_pshm("/mem", 4096, 0600);
	ask(&r, "list", "pshm");
	assert_int_equal(count_objects(run_json(&r), NULL), 2);
	need_user(object_of(&r, "pshm", old), mapper->pid, "attached");
	assert_int_equal(count_users(object_of(&r, "pshm", young)), 0);
	assert_string_equal(get_text(object_of(&r, "pshm", young), "ref"),
			    "pshm:/mem");
	run_free(&r);
}

static void test_pshm_two_names(void **state)
{
	struct run r;
	json_t *pshm;
	ino_t ino;

	(void)state;
	ino = make_pshm("/b", 4096, 0600);
	must(link("/dev/shm/b", "/dev/shm/a"));
	ask(&r, "list", "pshm", "-o", "all");
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	pshm = object_of(&r, "pshm", ino);
	assert_int_equal(get_int(pshm, "links"), 2);
	assert_string_equal(get_text(pshm, "ref"), "pshm:/a");
	run_free(&r);
}

/* Other things in /dev/shm: each as what it is, and none followed. */
static void test_shm_directory(void **state)
{
	ino_t sub = make_pshm("/dir/sub/mem", 4096, 0600);
	ino_t fifo = make_fifo("/dev/shm/dir/fifo", 0600);
	json_t *root, *object;
	struct run r;
	int sock;

	(void)state;
	make_pshm("/target", 4096, 0600);
	make_pshm("/dir/sem.below", 32, 0600);
	must(symlink("target", "/dev/shm/link"));
	must(symlink("/", "/dev/shm/dir/root"));
	must(symlink("nowhere", "/dev/shm/dangling"));
	sock = unix_listener(SOCK_STREAM, "/dev/shm/sock", 1);
	root = ask(&r, "list", "posix", "fifo", "unix", "-o", "all", "--assume-complete");
	check_file(object_of(&r, "pshm", sub), "/dev/shm/dir/sub/mem");
	assert_string_equal(get_text(object_of(&r, "pshm", sub), "name"),
			    "/dir/sub/mem");
	need_object(root, "pshm:/target");
	need_object(root, "pshm:/dir/sem.below");
	assert_int_equal(count_objects(root, "pshm"), 3);
	assert_int_equal(count_objects(root, "psem"), 0);
	object = need_object(root, "fifo:/dev/shm/dir/fifo");
	assert_int_equal(get_int(object, "ino"), fifo);
	assert_int_equal(count_objects(root, "fifo"), 1);
	assert_true(has_state(need_object(root, "unix:/dev/shm/sock"),
			      "listening"));
	assert_int_equal(json_array_size(json_object_get(root, "warnings")), 0);
	run_free(&r);
	close(sock);
}

/* ---- semaphores ---- */

static int value_of(json_t *psem)
{
	json_t *values = json_object_get(psem, "values");

	assert_int_equal(json_array_size(values), 1);
	return (int)json_integer_value(json_array_get(values, 0));
}

static void test_psem(void **state)
{
	struct child *holder, *waiter;
	struct run r;
	json_t *psem, *user;

	(void)state;
	make_psem("/three", 3, 0640);
	make_psem("/zero", 0, 0600);
	holder = psem_open_in("holder", "/three");
	waiter = psem_wait_in("waiter", "/zero");
	ask(&r, "list", "psem", "-o", "all", ASSUME);
	assert_int_equal(count_objects(run_json(&r), NULL), 2);
	psem = need_object(run_json(&r), "psem:/three");
	check_file(psem, "/dev/shm/sem.three");
	assert_string_equal(get_text(psem, "name"), "/three");
	assert_int_equal(value_of(psem), 3);
	assert_int_equal(get_int(psem, "waiters"), 0);
	assert_true(has_state(psem, "attached"));
	assert_false(has_state(psem, "waits"));
	user = need_user(psem, holder->pid, "attached");
	assert_string_equal(get_text(user, "access"), "rw");
	psem = need_object(run_json(&r), "psem:/zero");
	assert_int_equal(value_of(psem), 0);
	assert_int_equal(get_int(psem, "waiters"), 1);
	assert_true(has_state(psem, "waits"));
	assert_false(has_state(psem, "full"));
	need_user(psem, waiter->pid, "attached");
	user = need_user(psem, waiter->pid, "waits");
	assert_int_equal(get_int(user, "tid"), waiter->pid);
	run_free(&r);
}

/*
 * glibc maps the file before it links it to its name, and unlinks the
 * temporary one: what the maker has mapped has a name that is gone.
 */
static void made_fn(void *arg)
{
	const char *temporary = "/dev/shm/sem.Xyz123";
	int fd = (int)must(open(temporary, O_RDWR | O_CREAT | O_EXCL, 0600));

	(void)arg;
	must(ftruncate(fd, 32));
	must(mmap(NULL, 32, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	must(link(temporary, "/dev/shm/sem.linked"));
	must(unlink(temporary));
	close(fd);
	sandbox_ready(0);
	sandbox_hold();
}

static void test_psem_temporary_name(void **state)
{
	struct child *child = sandbox_spawn("maker", made_fn, NULL);
	struct run r;
	json_t *root;

	(void)state;
	make_psem("/closed", 1, 0600);
	root = ask(&r, "list", "psem", "pshm");
	assert_int_equal(count_objects(root, NULL), 2);
	need_user(need_object(root, "psem:/linked"), child->pid, "attached");
	assert_false(has_state(need_object(root, "psem:/linked"), "unlinked"));
	assert_int_equal(count_users(need_object(root, "psem:/closed")), 0);
	run_free(&r);
}

static void test_psem_unlinked(void **state)
{
	ino_t ino = make_psem("/sem", 5, 0600);
	struct child *child = psem_open_in("holder", "/sem");
	char ref[32];
	struct run r;
	json_t *psem;

	(void)state;
	pshm_unlink("/sem.sem");
	ask(&r, "list", "posix");
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	psem = object_of(&r, "psem", ino);
	assert_true(has_state(psem, "unlinked"));
	snprintf(ref, sizeof(ref), "psem:%lu", (unsigned long)ino);
	assert_string_equal(get_text(psem, "ref"), ref);
	need_user(psem, child->pid, "attached");
	run_free(&r);
}

/* Any user can put such files there; lsipc -S is killed by the first. */
static void test_psem_wrong_size(void **state)
{
	struct run r;
	json_t *root;

	(void)state;
	make_pshm("/sem.empty", 0, 0666);
	make_pshm("/sem.long", 4096, 0666);
	make_pshm("/sem.", 32, 0666);
	root = ask(&r, "list", "posix", "-o", "all");
	assert_false(has_field(need_object(root, "psem:/empty"), "values"));
	assert_int_equal(get_int(need_object(root, "psem:/empty"), "size"), 0);
	assert_false(has_field(need_object(root, "psem:/long"), "values"));
	assert_int_equal(count_objects(root, NULL), 3);
	run_free(&r);
}

/* ---- queues ---- */

static void test_pmsg_fields(void **state)
{
	struct stat st;
	struct run r;
	json_t *pmsg;

	(void)state;
	make_pmsg("/mq", 7, 100, 0622);
	pmsg_put("/mq", 60, 3);
	pmsg_put("/mq", 11, 0);
	/* Not mounted anywhere, and still there. */
	assert_int_equal(access("/dev/mqueue/mq", F_OK), -1);
	ask(&r, "list", "pmsg", "-o", "all", ASSUME);
	pmsg = need_object(run_json(&r), "pmsg:/mq");
	assert_string_equal(get_text(pmsg, "name"), "/mq");
	assert_string_equal(get_text(pmsg, "mode"), "0622");
	assert_int_equal(get_int(pmsg, "messages"), 2);
	assert_int_equal(get_int(pmsg, "maxmsg"), 7);
	assert_int_equal(get_int(pmsg, "msgsize"), 100);
	assert_int_equal(get_int(pmsg, "waiters"), 0);
	assert_true(has_state(pmsg, "unattached"));
	must(stat("/proc/self/ns/ipc", &st));
	assert_int_equal(get_int(pmsg, "ipc_ns"), st.st_ino);
	assert_int_equal(json_array_size(json_object_get(run_json(&r),
							 "warnings")), 0);
	sandbox_mount_mqueue();
	must(stat("/dev/mqueue/mq", &st));
	assert_int_equal(get_int(pmsg, "ino"), st.st_ino);
	check_dev(pmsg, st.st_dev);
	assert_int_equal(get_int(pmsg, "ctime"), st.st_ctime);
	assert_int_equal(get_int(pmsg, "atime"), st.st_atime);
	assert_int_equal(get_int(pmsg, "mtime"), st.st_mtime);
	run_free(&r);
}

static void test_pmsg_users(void **state)
{
	struct child *reader, *writer, *both;
	json_t *pmsg, *user;
	struct run r;

	(void)state;
	make_pmsg("/mq", 3, 100, 0600);
	reader = pmsg_open_in("reader", "/mq", O_RDONLY);
	writer = pmsg_open_in("writer", "/mq", O_WRONLY);
	both = pmsg_open_in("both", "/mq", O_RDWR);
	pmsg = need_object(ask(&r, "list", "pmsg"), "pmsg:/mq");
	assert_true(has_state(pmsg, "attached"));
	assert_int_equal(count_users(pmsg), 3);
	user = need_user(pmsg, reader->pid, "open");
	assert_string_equal(get_text(user, "access"), "r");
	assert_int_equal(get_int(user, "fd"), reader->value);
	user = need_user(pmsg, writer->pid, "open");
	assert_string_equal(get_text(user, "access"), "w");
	user = need_user(pmsg, both->pid, "open");
	assert_string_equal(get_text(user, "access"), "rw");
	run_free(&r);
}

static void test_pmsg_waiters(void **state)
{
	struct child *sender, *receiver;
	json_t *root, *pmsg, *user;
	struct run r;

	(void)state;
	make_pmsg("/full", 3, 64, 0600);
	make_pmsg("/empty", 3, 64, 0600);
	pmsg_fill("/full", 64);
	sender = pmsg_send_in("sender", "/full", 10);
	receiver = pmsg_receive_in("receiver", "/empty");
	root = ask(&r, "list", "pmsg", "-o", "all");
	pmsg = need_object(root, "pmsg:/full");
	assert_int_equal(get_int(pmsg, "messages"), 3);
	assert_true(has_state(pmsg, "full"));
	assert_true(has_state(pmsg, "waits"));
	user = need_user(pmsg, sender->pid, "waits");
	assert_string_equal(get_text(user, "access"), "w");
	assert_int_equal(get_int(user, "tid"), sender->pid);
	pmsg = need_object(root, "pmsg:/empty");
	assert_false(has_state(pmsg, "full"));
	assert_true(has_state(pmsg, "waits"));
	user = need_user(pmsg, receiver->pid, "waits");
	assert_string_equal(get_text(user, "access"), "r");
	assert_int_equal(get_int(user, "fd"), receiver->value);
	run_free(&r);
}

static void test_pmsg_unlinked(void **state)
{
	struct child *child;
	char path[64], ref[64];
	struct stat st;
	struct run r;
	json_t *pmsg;

	(void)state;
	make_pmsg("/mq", 3, 100, 0600);
	child = pmsg_open_in("holder", "/mq", O_RDONLY);
	snprintf(path, sizeof(path), "/proc/%d/fd/%ld", child->pid,
		 child->value);
	pmsg_put("/mq", 50, 0);
	must(stat(path, &st));
	must(syscall(SYS_mq_unlink, "mq"));
	make_pmsg("/mq", 5, 100, 0600);
	ask(&r, "list", "pmsg", "-o", "all");
	assert_int_equal(count_objects(run_json(&r), NULL), 2);
	pmsg = object_of(&r, "pmsg", st.st_ino);
	assert_true(has_state(pmsg, "unlinked"));
	assert_int_equal(get_int(pmsg, "maxmsg"), 3);
	assert_int_equal(get_int(pmsg, "messages"), 1);
	snprintf(ref, sizeof(ref), "pmsg:%lu", (unsigned long)st.st_ino);
	assert_string_equal(get_text(pmsg, "ref"), ref);
	need_user(pmsg, child->pid, "open");
	pmsg = need_object(run_json(&r), "pmsg:/mq");
	assert_int_equal(get_int(pmsg, "maxmsg"), 5);
	assert_int_equal(count_users(pmsg), 0);
	run_free(&r);
}

/* Nobody may not mount; what is mounted nobody may list, and stat. */
static void test_pmsg_as_nobody(void **state)
{
	json_t *root, *pmsg;
	struct run r;

	(void)state;
	if (!sandbox_is_root())
		return;
	make_pmsg("/mq", 3, 100, 0600);
	make_pmsg("/open", 4, 100, 0644);
	root = ask_how(&r, &nobody,
		       (const char *const[]){ "list", "pmsg", NULL });
	assert_int_equal(count_objects(root, NULL), 0);
	assert_true(has_warning(root, "mqueue"));
	assert_non_null(strstr(r.err, "/dev/mqueue is not mounted"));
	run_free(&r);

	sandbox_mount_mqueue();
	root = ask_how(&r, &nobody,
		       (const char *const[]){ "list", "pmsg", NULL });
	pmsg = need_object(root, "pmsg:/open");
	assert_int_equal(get_int(pmsg, "maxmsg"), 4);
	assert_int_equal(get_int(pmsg, "messages"), 0);
	pmsg = need_object(root, "pmsg:/mq");
	assert_string_equal(get_text(pmsg, "mode"), "0600");
	assert_string_equal(get_text(pmsg, "owner"), "root");
	assert_false(has_field(pmsg, "messages"));
	assert_false(has_field(pmsg, "maxmsg"));
	assert_true(has_warning(root, "mqueue"));
	run_free(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_pshm_fields), TEST(test_pshm_holders),
		TEST(test_pshm_unlinked), TEST(test_pshm_same_name),
		TEST(test_pshm_two_names), TEST(test_shm_directory),
		TEST(test_psem), TEST(test_psem_temporary_name),
		TEST(test_psem_unlinked), TEST(test_psem_wrong_size),
		TEST(test_pmsg_fields), TEST(test_pmsg_users),
		TEST(test_pmsg_waiters), TEST(test_pmsg_unlinked),
		TEST(test_pmsg_as_nobody),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("POSIX", tests, NULL, NULL);
}
