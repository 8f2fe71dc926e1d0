// SPDX-License-Identifier: GPL-2.0-or-later
/* Making and setting on operations that only pretend to, or fail: what is made
 * is whole or gone, what changed is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/write/write.h"
#include "change/change.h"
#include "machine.h"

#define ID	7

static char dir[] = "/tmp/ipcscope-make-XXXXXX";
static struct sysv_write_ops sysv;
static struct contents_ops contents;
static const struct write_ops ops = {
	.sysv = &sysv, .contents = &contents,
};

/* What the pretended kernel was told, in order. */
static struct buf calls;
static int fail_fill, fail_finish;
static struct sysv_stat there;

static int fake_make(enum sysv_kind kind, const struct object_spec *made,
		     unsigned int *lost)
{
	(void)kind;
	(void)lost;
	there = made->st;
	there.id = ID;
	buf_puts(&calls, "make ");
	return ID;
}

static int fake_finish(enum sysv_kind kind, int id,
		       const struct object_spec *made, unsigned int *lost)
{
	(void)kind;
	(void)made;
	(void)lost;
	buf_printf(&calls, "finish%d ", id);
	return fail_finish;
}

static int fake_unmake(enum sysv_kind kind, int id)
{
	(void)kind;
	buf_printf(&calls, "unmake%d ", id);
	return 0;
}

static int fake_values(int id, const uint16_t *values)
{
	buf_printf(&calls, "fill%d:%u ", id, values[0]);
	return fail_fill;
}

static int fake_look(enum sysv_kind kind, int id, struct sysv_stat *st)
{
	(void)kind;
	*st = there;
	st->id = id;
	return 0;
}

static int fake_set(enum sysv_kind kind, int id, const struct sysv_stat *same,
		    const struct host_set *set, unsigned int *lost)
{
	(void)kind;
	(void)same;
	(void)lost;
	buf_printf(&calls, "set%d:%x ", id, set->what);
	if (set->what & HOST_SET_MODE)
		there.mode = set->mode;
	return 0;
}

static int fake_sem_set(int id, const struct sysv_stat *same, uint32_t num,
			uint16_t value)
{
	(void)id;
	buf_printf(&calls, "sem%u=%u@%lld ", num, value,
		   (long long)same->ctime);
	there.ctime++;	/* as SETVAL does */
	return 0;
}

static void expect_calls(const char *text)
{
	assert_string_equal(calls.data ? calls.data : "", text);
}

static int setup(void **state)
{
	buf_reset(&calls);
	fail_fill = fail_finish = 0;
	there = (struct sysv_stat){ 0 };
	sysv.create = fake_make;
	sysv.finish = fake_finish;
	sysv.discard = fake_unmake;
	contents.write_set = fake_values;
	sysv.look = fake_look;
	sysv.set = fake_set;
	sysv.set_value = fake_sem_set;
	return machine_setup(state);
}

static int make_set(struct making *making)
{
	static const uint16_t values[] = { 5 };

	make_init(making, CLASS_sem);
	making->ops = &ops;
	making->st.nr = 1;
	making->values = values;
	return make_object(making);
}

static void test_whole(void **state)
{
	struct making making;

	(void)state;
	assert_int_equal(make_set(&making), 0);
	assert_int_equal(making.id, ID);
	expect_calls("make fill7:5 finish7 ");
}

static void test_nothing_is_left(void **state)
{
	struct making making;

	(void)state;
	fail_fill = -ERANGE;
	assert_int_equal(make_set(&making), -ERANGE);
	assert_int_equal(making.step, MAKE_FILL);
	expect_calls("make fill7:5 unmake7 ");
	buf_reset(&calls);
	fail_fill = 0;
	fail_finish = -EPERM;
	assert_int_equal(make_set(&making), -EPERM);
	assert_int_equal(making.step, MAKE_FINISH);
	expect_calls("make fill7:5 finish7 unmake7 ");
}

/* ---- files ---- */

static const char *path_of(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int fail_fill_file(struct making *making)
{
	(void)making;
	return -ENOSPC;
}

static unsigned int count_files(void)
{
	char command[64];
	unsigned int nr = 0;
	FILE *list;

	snprintf(command, sizeof(command), "ls -A %s", dir);
	list = popen(command, "r");
	assert_non_null(list);
	while (fgets(command, sizeof(command), list))
		nr++;
	pclose(list);
	return nr;
}

static void init_file(struct making *making, const char *name)
{
	make_init(making, CLASS_pshm);
	make_name(making);
	making->file.mode = S_IFREG | 0640;
	making->file.size = 10;
	making->path = path_of(name);
}

static void test_file(void **state)
{
	struct making making;
	struct stat st;

	(void)state;
	init_file(&making, "file");
	assert_int_equal(make_object(&making), 0);
	assert_int_equal(stat(path_of("file"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_size, 10);
	assert_int_equal(count_files(), 1);
	assert_int_equal(make_object(&making), -EEXIST);

	init_file(&making, "other");
	making.fill = fail_fill_file;
	assert_int_equal(make_object(&making), -ENOSPC);
	assert_int_equal(count_files(), 1);
	assert_int_equal(unlink(path_of("file")), 0);
}

/* ---- setting a file that was replaced ---- */

static void place_at(struct host_place *place, const char *name,
		     struct host_stat *st)
{
	assert_int_equal(live_write_ops.file->open_place(path_of(name), false, place),
			 0);
	assert_int_equal(live_write_ops.file->stat(place, st), 0);
}

static void test_replaced(void **state)
{
	const struct host_set set = { .what = HOST_SET_MODE, .mode = 0666 };
	struct host_place place;
	struct host_stat st;
	struct stat now;

	(void)state;
	assert_int_equal(mkfifo(path_of("f"), 0600), 0);
	place_at(&place, "f", &st);
	/* Another of that name; the first keeps its number by its new one. */
	assert_int_equal(renameat(place.dir, "f", place.dir, "old"), 0);
	assert_int_equal(mkfifo(path_of("f"), 0600), 0);
	assert_int_equal(live_write_ops.file->set(&place, &st, &set), -ESTALE);
	assert_int_equal(live_write_ops.contents->set_psem(&place, &st, 1), -ESTALE);
	/* A link to the very one that is meant. */
	assert_int_equal(unlink(path_of("f")), 0);
	assert_int_equal(symlinkat("old", place.dir, "f"), 0);
	assert_int_equal(live_write_ops.file->set(&place, &st, &set), -ESTALE);
	assert_int_equal(stat(path_of("old"), &now), 0);
	assert_int_equal(now.st_mode & 07777, 0600);
	assert_int_equal(unlink(path_of("f")), 0);
	assert_int_equal(live_write_ops.file->set(&place, &st, &set), -ENOENT);
	assert_int_equal(unlink(path_of("old")), 0);
	live_write_ops.file->close_place(&place);
}

/* Somebody changed its owner or mode since it was looked at. */
static void test_changed(void **state)
{
	const struct host_set set = { .what = HOST_SET_MODE, .mode = 0666 };
	struct host_place place;
	struct host_stat st;

	(void)state;
	assert_int_equal(mkfifo(path_of("f"), 0600), 0);
	place_at(&place, "f", &st);
	assert_int_equal(chmod(path_of("f"), 0640), 0);
	assert_int_equal(live_write_ops.file->set(&place, &st, &set), -ESTALE);
	live_write_ops.file->close_place(&place);
	assert_int_equal(unlink(path_of("f")), 0);
}

/* ---- setting a System V object ---- */

static struct removal rm;

static void begin_set(struct target *target, struct changes *changes)
{
	there = (struct sysv_stat){
		.id = ID, .key = 1, .mode = 0600, .nr = 2, .ctime = 100,
	};
	*target = (struct target){ .class = CLASS_sem, .sysv = there };
	machine_add(&box, "sem id=7 key=1 mode=0600 values=3,4 ctime=100");
	machine_build(&box);
	removal_init(&rm, "set");
	rm.host = box.host;
	rm.ops = &ops;
	*vec_add(changes) = (struct change){
		.what = CHANGE_MODE, .wanted = 0640,
	};
	*vec_add(changes) = (struct change){
		.what = CHANGE_SEM, .index = 1, .wanted = 9,
	};
	*vec_add(changes) = (struct change){
		.what = CHANGE_SEM, .index = 0, .wanted = 3,
	};
}

/* Values first; the time that SETVAL moves is no change by somebody else; what
 * is so already is not touched. */
static void test_set(void **state)
{
	const struct change *failed = NULL;
	struct changes changes = {};
	struct target target;

	(void)state;
	begin_set(&target, &changes);
	assert_int_equal(change_look(&rm, &target, &changes), 0);
	assert_int_equal(changes.at[0].before, 0600);
	assert_int_equal(changes.at[1].before, 4);
	assert_true(change_is_done(&changes.at[2]));
	assert_int_equal(change_apply(&rm, &target, &changes, &failed), 0);
	expect_calls("sem1=9@100 set7:4 ");
	assert_true(changes.at[0].knows_after);
	assert_int_equal(changes.at[0].after, 0640);
	vec_free(&changes);
	removal_free(&rm);
}

static void test_set_changed(void **state)
{
	struct changes changes = {};
	struct target target;

	(void)state;
	begin_set(&target, &changes);
	there.ctime = 101;
	assert_int_equal(change_look(&rm, &target, &changes), -ESTALE);
	there.ctime = 100;
	there.uid = 5;
	assert_int_equal(change_look(&rm, &target, &changes), -ESTALE);
	there.uid = 0;
	there.nr = 3;
	assert_int_equal(change_look(&rm, &target, &changes), -ESTALE);
	there.nr = 2;
	assert_int_equal(change_look(&rm, &target, &changes), 0);
	expect_calls("");
	vec_free(&changes);
	removal_free(&rm);
}

/* ---- holding ---- */

static void nothing(struct making *making)
{
	(void)making;
}

/* A signal that comes while it is made, when no program can get it yet. */
static int raise_while_filled(struct making *making)
{
	(void)making;
	raise(SIGTERM);
	return 0;
}

static int hold_in_child(void)
{
	char ran[64], path[64];
	char *const argv[] = { (char *)"touch", ran, NULL };
	struct make_hold hold = { .argv = argv, .ready = nothing };
	struct making making;

	strcpy(ran, path_of("ran"));
	strcpy(path, path_of("held"));
	init_file(&making, "held");
	making.path = path;
	making.fill = raise_while_filled;
	if (make_held(&making, &hold) || hold.removed)
		return 1;
	return hold.status == 128 + SIGTERM && access(path, F_OK) ? 0 : 2;
}

static void test_signal_before(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid)
		_exit(hold_in_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(count_files(), 0);	/* it was not run */
}

/* ---- what errors mean ---- */

static void explained(struct making *making, int err, enum make_step step,
		      const char *expected)
{
	struct buf text = {};

	making->step = step;
	make_explain(&text, box.host, making, err);
	assert_string_equal(text.data, expected);
	buf_free(&text);
}

static void test_explain(void **state)
{
	struct making making;

	(void)state;
	machine_add(&box, "user 5 \"ev\\x1b[2Jil\"");
	machine_add(&box, "file /proc/sys/kernel/shmmni text=2\n"
		    "file /proc/sys/kernel/shmall text=18446744073692774399\n"
		    "file /proc/sys/kernel/sem text=\"32\\x09100\\x0932\\x09128\"");
	machine_add(&box, "shm id=1 key=0x2a uid=5 mode=0644 size=5000\n"
		    "shm id=2 key=0 size=4096");
	machine_add(&box, "sem id=0 key=7 values=1,2,3");
	machine_build(&box);
	make_init(&making, CLASS_shm);
	explained(&making, -ENOSPC, MAKE_CREATE,
		  "kernel.shmmni: 2 of 2 segments exist");
	making.st.key = 0x2a;
	explained(&making, -EEXIST, MAKE_CREATE,
		  "key 0x0000002a is that of shm:1 of ev\\x1b[2Jil, mode 0644");
	making.st.key = 0x2b;	/* gone by now */
	explained(&making, -EEXIST, MAKE_CREATE, "File exists");
	make_init(&making, CLASS_sem);
	making.st.nr = 98;
	explained(&making, -ENOSPC, MAKE_CREATE,
		  "semmns (kernel.sem[2]): 3 of 100 semaphores exist, and it needs 98");
	/* A kernel that does not tell. */
	make_init(&making, CLASS_msg);
	explained(&making, -ENOSPC, MAKE_CREATE, "No space left on device");
}

/* ---- what the last call before a removal compares ---- */

static void use_of_a_segment_is_any_change_of_its_numbers(void **state)
{
	struct sysv_seen seen = {
		.st = { .id = 1, .key = 2, .mode = 0600, .size = 10, .nr = 1, .pid = 5,
			.pid2 = 6, .ctime = 7, .atime = 8, .dtime = 9 },
	};
	struct sysv_stat now = seen.st;

	(void)state;
	assert_true(host_sysv_unchanged(SYSV_SHM, &seen, &now));
	now.nr = 2;
	assert_false(host_sysv_unchanged(SYSV_SHM, &seen, &now));
	seen.in_use = true;
	assert_true(host_sysv_unchanged(SYSV_SHM, &seen, &now));
	now.ctime = 8;
	assert_false(host_sysv_unchanged(SYSV_SHM, &seen, &now));
	seen.in_use = false;
	now = seen.st;
	now.pid2 = 99;
	assert_false(host_sysv_unchanged(SYSV_SHM, &seen, &now));
	now = seen.st;
	now.dtime = 99;
	assert_false(host_sysv_unchanged(SYSV_SHM, &seen, &now));
	/* Reading it out leaves our pid and the time. */
	now.pid2 = getpid();
	seen.ours = true;
	assert_true(host_sysv_unchanged(SYSV_SHM, &seen, &now));
	now.pid2 = 99;
	assert_false(host_sysv_unchanged(SYSV_SHM, &seen, &now));
}

static void a_set_that_changed_or_is_waited_for_is_not_removed(void **state)
{
	const struct sysv_write_ops *live = live_write_ops.sysv;
	uint16_t other[] = { 1, 0 }, same[] = { 0, 0 };
	struct sembuf down = { .sem_op = -1 };
	struct sysv_seen seen = { .values = other };
	struct sysv_stat now;
	uint32_t waiters;
	pid_t pid;
	int id = semget(IPC_PRIVATE, 2, 0600);

	(void)state;
	assert_true(id >= 0);
	assert_int_equal(live->look(SYSV_SEM, id, &seen.st), 0);
	assert_int_equal(live->remove(SYSV_SEM, id, &seen, &now, &waiters), -ESTALE);
	assert_int_equal(waiters, 0);
	seen.values = same;
	pid = fork();
	if (!pid)
		_exit(semop(id, &down, 1) ? 0 : 1);
	while (semctl(id, 0, GETNCNT) != 1)
		sched_yield();
	assert_int_equal(live->remove(SYSV_SEM, id, &seen, &now, &waiters), -ESTALE);
	assert_int_equal(waiters, 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(live->remove(SYSV_SEM, id, &seen, &now, &waiters), 0);
	assert_int_equal(live->look(SYSV_SEM, id, &now), -EINVAL);
}

static void a_queue_that_was_used_or_replaced_is_not_removed(void **state)
{
	const struct mqueue_write_ops *live = live_write_ops.mqueue;
	const struct host_mq mq = { .maxmsg = 2, .msgsize = 10 };
	struct host_stat st;
	char name[32];
	int fd, first;

	(void)state;
	snprintf(name, sizeof(name), "/ipcscope-test-%d", getpid());
	fd = live->create(name, &mq, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0600), 0);
	assert_int_equal(live->look(name, &st), 0);
	first = live->open(name, &st);
	assert_true(first >= 0);
	st.mtime--;
	assert_int_equal(live->open(name, &st), -ESTALE);
	/* Its name leads to another one, then to none. */
	assert_int_equal(mq_unlink(name), 0);
	assert_int_equal(live->remove(name, first), -ENOENT);
	close(first);
	close(fd);
}

static void a_file_whose_lease_is_broken_keeps_its_name(void **state)
{
	const struct file_write_ops *live = live_write_ops.file;
	struct making making;
	struct host_place place;
	struct host_stat st;
	int fd;

	(void)state;
	init_file(&making, "leased");
	assert_int_equal(make_object(&making), 0);
	place_at(&place, "leased", &st);
	fd = live->open(&place, &st);
	assert_true(fd >= 0);
	assert_int_equal(live->remove(&place, ".aside", &st, false, fd), -EBUSY);
	assert_int_equal(access(path_of("leased"), F_OK), 0);
	assert_int_equal(live->lease(fd), 0);
	place_at(&place, "leased", &st);	/* the move took its time of change along */
	assert_int_equal(live->remove(&place, ".aside", &st, false, fd), 0);
	assert_int_equal(count_files(), 0);
	live->close(fd);
	live->close_place(&place);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole),
		TEST(test_nothing_is_left),
		TEST(test_file),
		TEST(test_replaced),
		TEST(test_changed),
		TEST(test_set),
		TEST(test_set_changed),
		TEST(test_signal_before),
		TEST(test_explain),
		TEST(use_of_a_segment_is_any_change_of_its_numbers),
		TEST(a_set_that_changed_or_is_waited_for_is_not_removed),
		TEST(a_queue_that_was_used_or_replaced_is_not_removed),
		TEST(a_file_whose_lease_is_broken_keeps_its_name),
	};
	int failed;

	if (!mkdtemp(dir))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_free(&calls);
	rmdir(dir);
	return failed;
}
