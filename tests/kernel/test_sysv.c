// SPDX-License-Identifier: GPL-2.0-or-later
/* System V segments, semaphore sets and queues as ipcscope shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define KEY 0x05ce0001
#define KEY_TEXT "0x05ce0001"
#define ASSUME "--assume-complete"
#define TOOL "/tmp/.tool/ipcscope"

static ino_t ipc_namespace(void)
{
	struct stat st;

	must(stat("/proc/self/ns/ipc", &st));
	return st.st_ino;
}

static void check_owners(json_t *object, const struct ipc_perm *perm)
{
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", perm->mode & 0777);
	assert_string_equal(get_text(object, "mode"), mode);
	assert_int_equal(get_int(object, "uid"), perm->uid);
	assert_int_equal(get_int(object, "gid"), perm->gid);
	assert_int_equal(get_int(object, "cuid"), perm->cuid);
	assert_int_equal(get_int(object, "cgid"), perm->cgid);
	assert_int_equal(get_int(object, "ipc_ns"), ipc_namespace());
}

/* ---- segments ---- */

static void check_segment(json_t *object, int id)
{
	struct shmid_ds ds;

	must(shmctl(id, IPC_STAT, &ds));
	check_owners(object, &ds.shm_perm);
	assert_int_equal(get_int(object, "id"), id);
	assert_int_equal(get_int(object, "size"), ds.shm_segsz);
	assert_int_equal(get_int(object, "attaches"), ds.shm_nattch);
	assert_int_equal(get_int(object, "cpid"), ds.shm_cpid);
	assert_int_equal(get_int(object, "ctime"), ds.shm_ctime);
	assert_int_equal(get_int(object, "atime"), ds.shm_atime);
	assert_int_equal(get_int(object, "dtime"), ds.shm_dtime);
}

static void test_shm_fields(void **state)
{
	int id = make_shm(KEY, 12345, 0640);
	struct run r;
	json_t *shm;

	(void)state;
	shm = need_object(ask(&r, "list", "shm", "-o", "all"), "shm:0");
	check_segment(shm, id);
	assert_string_equal(get_text(shm, "class"), "shm");
	assert_string_equal(get_text(shm, "key"), KEY_TEXT);
	assert_string_equal(get_text(shm, "owner"), "root");
	assert_string_equal(get_text(shm, "creator"), "root");
	assert_string_equal(get_text(shm, "persistence"), "kernel");
	assert_int_equal(get_int(shm, "rss"), 0);
	assert_int_equal(get_int(shm, "swap"), 0);
	assert_int_equal(get_int(shm, "used"), 0);
	assert_int_equal(get_int(shm, "attaches_found"), 0);
	assert_true(is_none(shm, "lpid"));
	assert_true(is_true(shm, "creator_alive"));
	assert_true(is_true(shm, "users_complete"));
	assert_true(has_state(shm, "unattached"));
	assert_false(has_state(shm, "attached"));
	assert_int_equal(count_users(shm), 0);
	run_free(&r);
}

static void touch_fn(void *arg)
{
	char *at = (char *)must(shmat(*(int *)arg, NULL, 0));

	memset(at, 1, 2 * (size_t)sysconf(_SC_PAGESIZE));
	sandbox_ready(0);
	sandbox_hold();
}

static void test_shm_used(void **state)
{
	long page = sysconf(_SC_PAGESIZE);
	int id = make_shm(IPC_PRIVATE, 5 * (size_t)page, 0604);
	struct child *child = sandbox_spawn("toucher", touch_fn, &id);
	struct shmid_ds ds;
	struct run r;
	json_t *shm;

	(void)state;
	must(shmctl(id, IPC_STAT, &ds));
	ds.shm_perm.mode = 0622;
	if (sandbox_is_root())
		ds.shm_perm.uid = ds.shm_perm.gid = 65534;
	must(shmctl(id, IPC_SET, &ds));
	shm = need_object(ask(&r, "list", "shm", "-o", "all"), "shm:0");
	check_segment(shm, id);
	assert_int_equal(get_int(shm, "used"), 2 * page);
	assert_int_equal(get_int(shm, "rss") + get_int(shm, "swap"), 2 * page);
	assert_string_equal(get_text(shm, "key"), "0x00000000");
	assert_int_equal(get_int(shm, "lpid"), child->pid);
	if (sandbox_is_root())
		assert_string_equal(get_text(shm, "owner"), "nobody");
	assert_string_equal(get_text(shm, "creator"), "root");
	run_free(&r);
}

static json_int_t sum_of_counts(json_t *object)
{
	json_int_t sum = 0;
	json_t *user;
	size_t i;

	json_array_foreach(json_object_get(object, "users"), i, user)
		sum += get_int(user, "count");
	return sum;
}

static void check_attaches(json_t *shm, int id, json_int_t want)
{
	check_segment(shm, id);
	assert_int_equal(get_int(shm, "attaches"), want);
	assert_int_equal(get_int(shm, "attaches_found"), want);
	assert_int_equal(sum_of_counts(shm), want);
	assert_true(is_true(shm, "users_complete"));
	assert_true(has_state(shm, "attached"));
}

static void test_shm_counts_mappings(void **state)
{
	size_t size = 3 * (size_t)sysconf(_SC_PAGESIZE);
	int split = make_shm(KEY, size, 0600), hole = make_shm(1, size, 0600);
	int twice = make_shm(2, size, 0600);
	struct child *child[3];
	struct run r;
	json_t *root, *user;

	(void)state;
	child[0] = shm_attach_in("split", split, 0, SHM_SPLIT);
	child[1] = shm_attach_in("hole", hole, 0, SHM_HOLE);
	child[2] = shm_attach_in("twice", twice, 0, SHM_TWICE);
	root = ask(&r, "list", "shm", "-o", "all");
	check_attaches(need_object(root, "shm:0"), split, 3);
	check_attaches(need_object(root, "shm:1"), hole, 2);
	check_attaches(need_object(root, "shm:2"), twice, 2);
	user = need_user(need_object(root, "shm:2"), child[2]->pid, "attached");
	assert_int_equal(get_int(user, "count"), 2);
	assert_int_equal(count_users(need_object(root, "shm:2")), 1);
	assert_string_equal(get_text(user, "command"), "twice");
	assert_string_equal(get_text(user, "access"), "rw");
	need_user(need_object(root, "shm:0"), child[0]->pid, "attached");
	need_user(need_object(root, "shm:1"), child[1]->pid, "attached");
	run_free(&r);
}

static void test_shm_fork(void **state)
{
	int id = make_shm(KEY, 4096, 0600);
	void *at = (void *)must(shmat(id, NULL, 0));
	struct child *heir = hold_in("heir", NULL, 0);
	char address[32];
	struct run r;
	json_t *shm, *user;

	(void)state;
	shm = need_object(ask(&r, "show", "shm:" KEY_TEXT), "shm:0");
	check_attaches(shm, id, 2);
	need_user(shm, getpid(), "attached");
	user = need_user(shm, heir->pid, "attached");
	snprintf(address, sizeof(address), "%p", at);
	assert_string_equal(get_text(user, "address"), address);
	assert_int_equal(get_int(user, "count"), 1);
	assert_int_equal(get_int(user, "uid"), 0);
	run_free(&r);
	must(shmdt(at));
	shm = need_object(ask(&r, "show", "shm:0"), "shm:0");
	check_attaches(shm, id, 1);
	assert_null(find_user(shm, getpid(), 0));
	run_free(&r);
}

static void test_shm_access(void **state)
{
	static const struct { int flags; const char *access; } how[] = {
		{ SHM_RDONLY, "r" }, { 0, "rw" }, { SHM_RDONLY | SHM_EXEC, "rx" },
		{ SHM_EXEC, "rwx" },
	};
	int id = make_shm(KEY, 4096, 0700);
	struct child *child[4];
	struct run r;
	json_t *shm;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		child[i] = shm_attach_in(how[i].access, id, how[i].flags,
					 SHM_PLAIN);
	shm = need_object(ask(&r, "list", "shm"), "shm:0");
	for (i = 0; i < 4; i++)
		assert_string_equal(get_text(need_user(shm, child[i]->pid,
						       "attached"), "access"),
				    how[i].access);
	run_free(&r);
}

/* One key, two segments: one is removed but still attached. */
static void test_shm_dest(void **state)
{
	int old = make_shm(KEY, 4096, 0600), young;
	struct child *child = shm_attach_in("ghost", old, 0, SHM_PLAIN);
	struct run r;
	json_t *root, *shm;

	(void)state;
	shm_remove(old);
	young = make_shm(KEY, 8192, 0600);
	root = ask(&r, "list", "shm", "-o", "all");
	assert_int_equal(count_objects(root, "shm"), 2);
	shm = find_by(root, "shm", "id", old);
	assert_non_null(shm);
	assert_true(has_state(shm, "dest"));
	assert_string_equal(get_text(shm, "key"), "0x00000000");
	assert_string_equal(get_text(shm, "old_key"), KEY_TEXT);
	assert_string_equal(get_text(shm, "persistence"), "process");
	check_attaches(shm, old, 1);
	need_user(shm, child->pid, "attached");
	shm = find_by(root, "shm", "id", young);
	assert_non_null(shm);
	assert_false(has_state(shm, "dest"));
	assert_string_equal(get_text(shm, "key"), KEY_TEXT);
	assert_int_equal(count_users(shm), 0);
	run_free(&r);
	root = ask(&r, "show", "shm:" KEY_TEXT);
	assert_int_equal(count_objects(root, NULL), 1);
	assert_non_null(find_by(root, "shm", "id", young));
	run_free(&r);
}

static void test_shm_locked_and_huge(void **state)
{
	int locked = make_shm(KEY, 4096, 0600);
	int huge = try_shm(1, 2 << 20, SHM_HUGETLB | SHM_NORESERVE | 0600);
	struct child *child = NULL;
	struct run r;
	json_t *root;

	(void)state;
	must(shmctl(locked, SHM_LOCK, NULL));
	if (huge >= 0)
		child = shm_attach_in("huge", huge, 0, SHM_PLAIN);
	root = ask(&r, "list", "shm", "-o", "all");
	assert_true(has_state(need_object(root, "shm:0"), "locked"));
	assert_false(has_state(need_object(root, "shm:0"), "hugetlb"));
	if (child) {
		check_attaches(need_object(root, "shm:1"), huge, 1);
		assert_true(has_state(need_object(root, "shm:1"), "hugetlb"));
		assert_false(has_state(need_object(root, "shm:1"), "locked"));
		need_user(need_object(root, "shm:1"), child->pid, "attached");
	}
	run_free(&r);
}

/* A mapping goes with its process to another namespace; the segment stays. */
static void moved_fn(void *arg)
{
	must(shmat(*(int *)arg, NULL, 0));
	must(unshare(CLONE_NEWIPC));
	sandbox_ready(make_shm(1, 4096, 0600));
	sandbox_hold();
}

static void test_shm_attached_from_elsewhere(void **state)
{
	int id = make_shm(KEY, 4096, 0600);
	struct child *child = sandbox_spawn("moved", moved_fn, &id);
	struct run r;
	json_t *shm;

	(void)state;
	assert_int_equal(child->value, id);
	shm = need_object(ask(&r, "show", "shm:0"), "shm:0");
	check_attaches(shm, id, 1);
	need_user(shm, child->pid, "attached");
	run_free(&r);
}

/* Another namespace's segment of the same id is not this one's user. */
static void elsewhere_fn(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWIPC));
	must(shmat(make_shm(1, 4096, 0600), NULL, 0));
	sandbox_ready(0);
	sandbox_hold();
}

static void test_shm_same_id_elsewhere(void **state)
{
	int id = make_shm(KEY, 4096, 0600);
	struct child *here = shm_attach_in("here", id, 0, SHM_PLAIN);
	struct child *there = sandbox_spawn("there", elsewhere_fn, NULL);
	struct run r;
	json_t *shm;

	(void)state;
	shm = need_object(ask(&r, "show", "shm:0"), "shm:0");
	check_attaches(shm, id, 1);
	need_user(shm, here->pid, "attached");
	assert_null(find_user(shm, there->pid, 0));
	run_free(&r);
}

/* ---- who made it ---- */

static void creator_fn(void *arg)
{
	(void)arg;
	sandbox_ready(make_shm(IPC_PRIVATE, 4096, 0600));
	sandbox_hold();
}

static bool clock_passed(void *arg)
{
	return time(NULL) > *(time_t *)arg;
}

static void test_creator(void **state)
{
	struct child *creator = sandbox_spawn("creator", creator_fn, NULL);
	pid_t pid = creator->pid;
	struct shmid_ds ds;
	struct run r;
	json_t *shm;
	time_t later;

	(void)state;
	run_tool(&r, "stale", "-q", "sem");	/* root's notes the clock */
	run_free(&r);
	must(shmctl((int)creator->value, IPC_STAT, &ds));
	shm = need_object(ask(&r, "list", "shm", "-o", "all"), "shm:0");
	assert_true(is_true(shm, "creator_alive"));
	assert_int_equal(get_int(shm, "cpid"), pid);
	run_free(&r);

	sandbox_kill(creator);
	shm = need_object(ask(&r, "list", "shm", "-o", "all"), "shm:0");
	assert_true(json_is_false(json_object_get(shm, "creator_alive")));
	assert_int_equal(get_int(shm, "cpid"), pid);
	run_free(&r);

	/* The pid again, so late that whole seconds tell the two apart. */
	later = ds.shm_ctime + 4;
	wait_until("the clock", getpid(), clock_passed, &later);
	sandbox_next_pid(pid);
	assert_int_equal(hold_in("innocent", NULL, 0)->pid, pid);
	shm = need_object(ask(&r, "list", "shm", "-o", "all"), "shm:0");
	/* Without root there is no note of the clock: it may be the same one. */
	if (sandbox_is_root())
		assert_true(json_is_false(json_object_get(shm, "creator_alive")));
	assert_false(is_true(shm, "creator_alive"));
	run_free(&r);
	run_tool(&r, "show", "shm:0");
	run_expect(&r, 0);
	assert_null(strstr(r.out, "innocent"));
	if (sandbox_is_root())
		assert_non_null(strstr(r.out, "gone"));
	run_free(&r);
}

/* Looked at from a pid namespace below, its creator has no pid. */
static void test_creator_above(void **state)
{
	struct run r;
	json_t *shm;

	(void)state;
	make_shm(KEY, 4096, 0600);
	run_cmd(&r, "unshare", "--pid", "--fork", "--mount-proc", TOOL, "show",
		"shm:0", "--json");
	run_expect(&r, 0);
	shm = need_object(run_json(&r), "shm:0");
	assert_false(has_field(shm, "creator_alive"));
	assert_false(has_field(shm, "cpid"));
	assert_int_equal(get_int(shm, "attaches"), 0);
	run_free(&r);
	run_cmd(&r, "unshare", "--pid", "--fork", "--mount-proc", TOOL, "show",
		"shm:0");
	run_expect(&r, 0);
	assert_null(strstr(r.out, "gone"));
	assert_non_null(strstr(r.out, "?"));
	run_free(&r);
}

/* What users cannot be seen: the count of the kernel says so. */
static void test_attached_above(void **state)
{
	int id = make_shm(KEY, 4096, 0600);
	struct run r;
	json_t *shm;

	(void)state;
	shm_attach_in("above", id, 0, SHM_PLAIN);
	run_cmd(&r, "unshare", "--pid", "--fork", "--mount-proc", TOOL, "show",
		"shm:0", "--json", "--assume-complete");
	run_expect(&r, 0);
	shm = need_object(run_json(&r), "shm:0");
	assert_int_equal(get_int(shm, "attaches"), 1);
	assert_int_equal(get_int(shm, "attaches_found"), 0);
	assert_true(json_is_false(json_object_get(shm, "users_complete")));
	run_free(&r);
}

/* ---- semaphores ---- */

static void test_sem_fields(void **state)
{
	int id = make_sem(KEY, 3, (const unsigned short[]){ 7, 0, 32767 }, 0620);
	struct semid_ds ds;
	json_t *sem, *values;
	struct run r;

	(void)state;
	sandbox_kill(sem_undo_in("touch", id, 0, -1));
	must(semctl(id, 0, IPC_STAT, &ds));
	sem = need_object(ask(&r, "list", "sem", "-o", "all", ASSUME), "sem:0");
	check_owners(sem, &ds.sem_perm);
	assert_string_equal(get_text(sem, "key"), KEY_TEXT);
	assert_int_equal(get_int(sem, "id"), id);
	assert_int_equal(get_int(sem, "nsems"), 3);
	assert_int_equal(get_int(sem, "ctime"), ds.sem_ctime);
	assert_int_equal(get_int(sem, "otime"), ds.sem_otime);
	assert_int_not_equal(ds.sem_otime, 0);
	assert_int_equal(get_int(sem, "waiters"), 0);
	values = json_object_get(sem, "values");
	assert_int_equal(json_array_size(values), 3);
	assert_int_equal(json_integer_value(json_array_get(values, 0)), 7);
	assert_int_equal(json_integer_value(json_array_get(values, 1)), 0);
	assert_int_equal(json_integer_value(json_array_get(values, 2)), 32767);
	assert_false(has_state(sem, "waits"));
	run_free(&r);
}

static json_t *semaphore(json_t *set, size_t num)
{
	json_t *sem = json_array_get(json_object_get(set, "sems"), num);

	assert_non_null(sem);
	assert_int_equal(get_int(sem, "num"), num);
	return sem;
}

static void test_sem_waiters(void **state)
{
	int id = make_sem(KEY, 3, (const unsigned short[]){ 4, 2, 1 }, 0600);
	struct child *down = sem_wait_in("down", id, 1, -3);
	struct child *zero = sem_wait_in("zero", id, 2, 0);
	struct child *undo = sem_undo_in("undo", id, 0, -1);
	json_t *sem, *user;
	struct run r;

	(void)state;
	sem = need_object(ask(&r, "show", "sem:0"), "sem:0");
	assert_true(has_state(sem, "waits"));
	assert_false(has_state(sem, "full"));
	assert_int_equal(get_int(sem, "waiters"), 2);
	user = need_user(sem, down->pid, "waits");
	assert_int_equal(get_int(user, "tid"), down->pid);
	assert_string_equal(get_text(user, "command"), "down");
	need_user(sem, zero->pid, "waits");
	assert_null(find_user(sem, undo->pid, 0));
	assert_int_equal(get_int(semaphore(sem, 0), "value"), 3);
	assert_int_equal(get_int(semaphore(sem, 0), "pid"), undo->pid);
	assert_int_equal(get_int(semaphore(sem, 1), "ncnt"), 1);
	assert_int_equal(get_int(semaphore(sem, 1), "zcnt"), 0);
	assert_int_equal(get_int(semaphore(sem, 2), "ncnt"), 0);
	assert_int_equal(get_int(semaphore(sem, 2), "zcnt"), 1);
	run_free(&r);
	run_tool(&r, "show", "sem:0");
	run_expect(&r, 0);
	assert_non_null(strstr(r.out, "semaphore 1 to reach 3 (semop -3)"));
	assert_non_null(strstr(r.out, "semaphore 2 to become 0 (semop 0)"));
	run_free(&r);
	sem = need_object(ask(&r, "list", "sem"), "sem:0");
	assert_true(has_state(sem, "waits"));
	run_free(&r);
}

/* Of several operations the one that cannot be done is the one waited for. */
static void several_fn(void *arg)
{
	struct sembuf ops[] = { { 0, -1, 0 }, { 1, 0, 0 }, { 2, -2, 0 } };

	sandbox_ready(0);
	must(semop(*(int *)arg, ops, 3));
}

static bool is_waited_for(void *arg)
{
	return must(semctl(*(int *)arg, 2, GETNCNT)) == 1;
}

static void test_sem_several(void **state)
{
	int id = make_sem(KEY, 3, (const unsigned short[]){ 1, 0, 1 }, 0600);
	struct run r;

	(void)state;
	sandbox_spawn("several", several_fn, &id);
	wait_until("a waiter", 0, is_waited_for, &id);
	run_tool(&r, "show", "sem:0");
	run_expect(&r, 0);
	assert_non_null(strstr(r.out, "semaphore 2 to reach 2 (semop -2)"));
	run_free(&r);
}

/* ---- queues ---- */

static void test_msg_fields(void **state)
{
	int id = make_msg(KEY, 0620);
	struct msqid_ds ds;
	struct run r;
	json_t *msg;

	(void)state;
	msg = need_object(ask(&r, "list", "msg", "-o", "all", ASSUME), "msg:0");
	assert_true(is_none(msg, "lspid"));
	assert_true(is_none(msg, "lrpid"));
	assert_int_equal(get_int(msg, "stime"), 0);
	assert_int_equal(get_int(msg, "rtime"), 0);
	run_free(&r);

	msg_put(id, 3, 100);
	msg_put(id, 4, 11);
	must(msgctl(id, IPC_STAT, &ds));
	ds.msg_qbytes /= 2;
	must(msgctl(id, IPC_SET, &ds));
	must(msgctl(id, IPC_STAT, &ds));
	msg = need_object(ask(&r, "list", "msg", "-o", "all", ASSUME), "msg:0");
	check_owners(msg, &ds.msg_perm);
	assert_string_equal(get_text(msg, "key"), KEY_TEXT);
	assert_int_equal(get_int(msg, "messages"), 2);
	assert_int_equal(get_int(msg, "used"), 111);
	assert_int_equal(get_int(msg, "qbytes"), ds.msg_qbytes);
	assert_int_equal(get_int(msg, "lspid"), getpid());
	assert_int_equal(get_int(msg, "stime"), ds.msg_stime);
	assert_int_equal(get_int(msg, "ctime"), ds.msg_ctime);
	assert_int_equal(get_int(msg, "waiters"), 0);
	run_free(&r);
}

static void test_msg_waiters(void **state)
{
	int full = make_msg(KEY, 0600), empty = make_msg(1, 0600);
	struct child *sender, *receiver;
	json_t *root, *msg, *user;
	struct run r;
	int n;

	(void)state;
	n = msg_fill(full, 1000);
	sender = msg_send_in("sender", full, 1, 1000);
	receiver = msg_receive_in("receiver", empty, 5);
	root = ask(&r, "list", "msg", "-o", "all", ASSUME);
	msg = need_object(root, "msg:0");
	assert_int_equal(get_int(msg, "messages"), n);
	assert_true(has_state(msg, "full"));
	assert_true(has_state(msg, "waits"));
	assert_int_equal(get_int(msg, "waiters"), 1);
	user = need_user(msg, sender->pid, "waits");
	assert_string_equal(get_text(user, "access"), "w");
	msg = need_object(root, "msg:1");
	assert_false(has_state(msg, "full"));
	assert_true(has_state(msg, "waits"));
	user = need_user(msg, receiver->pid, "waits");
	assert_string_equal(get_text(user, "access"), "r");
	assert_int_equal(get_int(user, "tid"), receiver->pid);
	run_free(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_shm_fields), TEST(test_shm_used),
		TEST(test_shm_counts_mappings), TEST(test_shm_fork),
		TEST(test_shm_access), TEST(test_shm_dest),
		TEST(test_shm_locked_and_huge),
		TEST(test_shm_attached_from_elsewhere),
		TEST(test_shm_same_id_elsewhere),
		TEST(test_creator), TEST(test_creator_above),
		TEST(test_attached_above),
		TEST(test_sem_fields), TEST(test_sem_waiters),
		TEST(test_sem_several),
		TEST(test_msg_fields), TEST(test_msg_waiters),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("System V", tests, NULL, NULL);
}
