// SPDX-License-Identifier: GPL-2.0-or-later
/* Nothing is read that no column needs: calls counted on a host of text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <cmocka.h>

#include "machine.h"

#undef unix

#define assert_calls(op, expect)	assert_int_equal(CALLS_OF(&box, op), expect)

static void add_crowd(int from, int to)
{
	int pid;

	for (pid = from; pid < to; pid++) {
		machine_process(&box, pid, 0, "x");
		machine_add(&box, "link /proc/%d/fd/1 -> pipe:[7] lmode=0300\n"
			    "file /proc/%d/maps\n"
			    "file /proc/%d/syscall text=running\\x0a", pid, pid,
			    pid);
	}
}

static void test_segments_read_no_process(void **state)
{
	(void)state;
	machine_add(&box, "shm id=1 key=1 nattch=1\nshm id=2 key=2\nmsg id=3 key=3\nsem id=4 key=4 values=1");
	add_crowd(100, 150);
	ASK(&box, A_CLASS(shm) | A_CLASS(msg) | A_CLASS(sem), FIELD_REF,
	    FIELD_KEY, FIELD_OWNER, FIELD_MODE, FIELD_AMOUNT, FIELD_AGE);
	machine_look(&box);
	assert_int_equal(box.snap.objects.nr, 4);
	assert_calls(open_dir, 1);	/* /proc */
	assert_calls(read_dir, 0);
	assert_calls(stat, 0);
	assert_calls(open_maps, 0);
	assert_calls(read_link, 4);	/* the tool's own namespaces */
	assert_calls(read_file, 1);	/* boot_id */
	assert_calls(clock_boot, 0);
	assert_calls(sysv_stat, 3 + 4 + 5);	/* to the highest index */
	assert_calls(sem_values, 0);
}

/* Who made it: that process, and no other. */
static void test_creators_only(void **state)
{
	(void)state;
	machine_add(&box, "shm id=1 key=1 cpid=120 lpid=121 ctime=1699999999\n"
		    "shm id=2 key=2 cpid=120 lpid=999 ctime=1699999999");
	add_crowd(100, 150);
	ASK(&box, A_CLASS(shm), FIELD_CREATOR_ALIVE);
	machine_look(&box);
	assert_told(&box.snap, shm, 1, CREATOR_ALIVE, "1");
	assert_calls(open_dir, 1 + 1);
	/* who looks and whose /proc it is matter now: status, and the link self */
	/* With mountinfo and a stat, for there is no process 1. */
	assert_calls(read_file, 4 + 1);
	assert_calls(read_dir, 0);
}

/* Who may act as somebody else matters if something is not root's. */
static void look_at_users(const char *object, uint32_t status)
{
	machine_add(&box, "%s", object);
	add_crowd(100, 150);
	ASK(&box, A_CLASS(shm), FIELD_UID, FIELD_CUID);
	box.query.parts |= NEED(PROCS) | NEED(RUNNING);
	machine_look(&box);
	assert_int_equal(box.snap.processes.nr, 50);
	assert_calls(read_file, 5 + 50 + status);	/* stat of each */
}

static void test_users_of_root(void **state)
{
	(void)state;
	look_at_users("shm id=1 key=1", 0);
}

static void test_users_of_others(void **state)
{
	(void)state;
	look_at_users("shm id=1 key=1 uid=1000", 50);
}

static void test_one_process(void **state)
{
	static const pid_t pids[] = { 120 };

	(void)state;
	add_crowd(100, 150);
	ASK(&box, A_CLASS(pipe), FIELD_READERS, FIELD_WRITERS);
	box.query.pids = pids;
	box.query.nr_pids = 1;
	box.query.only_pids = true;
	machine_look(&box);
	assert_edges(&box.snap, pipe, 7, "120 open w fd1");
	assert_true(box.snap.partial);
	assert_calls(open_dir, 3);	/* /proc, 120, fd */
	assert_calls(read_dir, 1);
	assert_calls(read_link, 5 + 1);
	assert_calls(read_file, 3 + 1);	/* stat of the process */
	/* its directory, the pipe, and how it is open */
	assert_calls(stat, 4);
}

/* Of one process nothing is listed that it cannot have, and of its sockets only
 * they and their other ends are kept. */
static void test_lists_that_matter(void **state)
{
	static const pid_t pids[] = { 120 };
	static const pid_t waiter[] = { 200 };

	(void)state;
	machine_add(&box, "shm id=1 key=1\nsem id=4 key=4 values=0\nmsg id=3 key=3\n"
		    "diag unix type=1 state=1 ino=5 peer=6\n"
		    "diag unix type=1 state=1 ino=6 peer=5\n"
		    "diag unix type=2 state=7 ino=8\n"
		    "diag unix type=2 state=7 ino=9 peer=8\n"
		    "diag unix type=1 state=1 ino=7");
	add_crowd(100, 150);
	machine_add(&box, "link /proc/120/fd/3 -> socket:[5] proto=UNIX\n"
		    "link /proc/120/fd/4 -> socket:[9] proto=UNIX");
	machine_process(&box, 200, 0, "waiter");
	machine_add(&box, "file /proc/200/maps\n"
		    "file /proc/200/syscall text=\"%d 0x4 0x0 0x1 0x0 0x0 0x0 0x0 0x0\"\n"
		    "file /proc/200/auxv text=\"\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"",
		    CALL_SEMOP);
	ASK(&box, A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg) | A_CLASS(unix) |
	    A_CLASS(tcp), FIELD_REF, FIELD_PEERS, FIELD_USERS, FIELD_STATE);
	box.query.pids = pids;
	box.query.nr_pids = 1;
	box.query.only_pids = true;
	machine_look(&box);
	assert_calls(sysv_stat, 0);
	assert_calls(dump, 2);		/* the second for the end of 9 */
	assert_string_equal(tell_refs(&box.snap, ALL_CLASSES),
			    "unix:5 unix:6 unix:8 unix:9");
	assert_edges(&box.snap, unix, 5, "120 open rw fd3; peer unix:6");

	box.query.pids = waiter;
	machine_look(&box);
	assert_string_equal(tell_refs(&box.snap, ALL_CLASSES), "sem:4");
	assert_calls(dump, 0);
}

/* Of one more descriptor or process. */
struct calls {
	uint32_t open_dir, read_dir, read_link, stat, read_file, open_maps;
	uint32_t sock_protocol, fs_magic, pipe_fill;
};

/* What one more descriptor costs, by counting those of @nr and 2 @nr. */
struct cost {
	enum class_id class;
	enum field_id fields[3];
	const char *link;	/* with one %d: its number */
	const char *info;	/* of fdinfo; NULL: none */
	struct calls calls;
};

static void count_calls(const struct cost *cost, int nr, struct host_counts *counts)
{
	const enum field_id *field;
	int fd;

	machine_init(&box);
	machine_add(&box, "diag unix type=1 state=1 ino=5\n"
		    "diag unix type=1 state=1 ino=6 rqueue=0 wqueue=0");
	machine_process(&box, 20, 0, "x");
	for (fd = 0; fd < nr; fd++) {
		char link[256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(link, sizeof(link), cost->link, fd);
#pragma GCC diagnostic pop
		machine_add(&box, "link /proc/20/fd/%d -> %s", fd, link);
		if (cost->info)
			machine_add(&box, "file /proc/20/fdinfo/%d text=\"%s\"", fd,
				    cost->info);
	}
	box.query.classes = A_CLASS_OF(cost->class);
	for (field = cost->fields; *field != FIELD_NONE; field++)
		query_add_field(&box.query, *field);
	query_plan(&box.query);
	machine_look(&box);
	*counts = fixture_counts(box.host);
	machine_free(&box);
}

#define ASSERT_50(name)							\
	assert_int_equal(many->calls[HOST_OP(name)] -			\
			 few->calls[HOST_OP(name)], 50 * calls->name)

static void assert_fifty_more(const struct calls *calls,
			      const struct host_counts *few,
			      const struct host_counts *many)
{
	ASSERT_50(open_dir);
	ASSERT_50(read_dir);
	ASSERT_50(read_link);
	ASSERT_50(stat);
	ASSERT_50(read_file);
	ASSERT_50(open_maps);
	ASSERT_50(sock_protocol);
	ASSERT_50(fs_magic);
	ASSERT_50(pipe_fill);
}

static void test_calls_per_descriptor(void **state)
{
	static const struct cost costs[] = {
		{ CLASS_pipe, { FIELD_USERS, FIELD_NONE },
		  "pipe:[7] lmode=0500 #%d", NULL,
		  { .read_link = 1, .stat = 1 } },
		{ CLASS_pipe, { FIELD_REF, FIELD_NONE },
		  "pipe:[7] lmode=0500 #%d", NULL,
		  { .read_link = 1 } },
		/* a pipe of its own; whose it is only if asked */
		{ CLASS_pipe, { FIELD_USERS, FIELD_NONE },
		  "pipe:[%d] lmode=0500", NULL,
		  { .read_link = 1, .stat = 1 } },
		{ CLASS_pipe, { FIELD_USERS, FIELD_OWNER, FIELD_NONE },
		  "pipe:[%d] lmode=0500", NULL,
		  { .read_link = 1, .stat = 2 } },
		{ CLASS_pipe, { FIELD_USERS, FIELD_NONE },
		  "/dev/null #%d", NULL,
		  { .read_link = 1 } },
		{ CLASS_pipe, { FIELD_USERS, FIELD_NONE },
		  "socket:[5] #%d", NULL,
		  { .read_link = 1 } },
		/* of one that is not listed its kind, and what is in its queue */
		{ CLASS_pipe, { FIELD_USERS, FIELD_NONE },
		  "socket:[10%d] proto=TCP", NULL,
		  { .read_link = 1, .sock_protocol = 1 } },
		{ CLASS_pipe, { FIELD_USERS, FIELD_NONE },
		  "socket:[10%d] proto=UNIX-STREAM", "scm_fds: 0\\x0a",
		  { .read_link = 1, .sock_protocol = 1, .read_file = 1 } },
		{ CLASS_unix, { FIELD_USERS, FIELD_NONE },
		  "socket:[5] #%d", NULL,
		  { .read_link = 1 } },
		/* another kind of socket, or of a namespace that is not listed */
		{ CLASS_unix, { FIELD_USERS, FIELD_NONE },
		  "socket:[10%d] proto=TCP", NULL,
		  { .read_link = 1, .sock_protocol = 1 } },
		{ CLASS_unix, { FIELD_USERS, FIELD_NONE },
		  "/dev/shm/%d dev=0:25 mode=0100600", NULL,
		  { .read_link = 1 } },
		{ CLASS_tcp, { FIELD_USERS, FIELD_NONE },
		  "socket:[10%d] proto=UNIX-STREAM", "scm_fds: 0\\x0a",
		  { .read_link = 1, .sock_protocol = 2, .read_file = 1 } },
		{ CLASS_tcp, { FIELD_USERS, FIELD_NONE },
		  "socket:[10%d] proto=TCP", NULL,
		  { .read_link = 1, .stat = 1, .sock_protocol = 1 } },
		/* one with nothing unread, whoever has it */
		{ CLASS_tcp, { FIELD_USERS, FIELD_NONE },
		  "socket:[6] proto=UNIX-STREAM #%d", NULL,
		  { .read_link = 1 } },
		{ CLASS_eventfd, { FIELD_USERS, FIELD_COUNT, FIELD_NONE },
		  "anon_inode:[eventfd] #%d",
		  "eventfd-count: 1\\x0aeventfd-id: 5\\x0a",
		  { .read_link = 1, .read_file = 1 } },
		{ CLASS_eventfd, { FIELD_USERS, FIELD_NONE },
		  "anon_inode:[eventpoll] #%d", "pos: 0\\x0a",
		  { .read_link = 1 } },
		{ CLASS_fifo, { FIELD_USERS, FIELD_NONE },
		  "/run/f dev=8:1 ino=7 mode=010600 #%d", NULL,
		  { .read_link = 1, .stat = 2 } },
		{ CLASS_fifo, { FIELD_USERS, FIELD_NONE },
		  "/usr/lib/x dev=8:1 ino=%d mode=0100644", NULL,
		  { .read_link = 1, .stat = 1 } },
		{ CLASS_memfd, { FIELD_USERS, FIELD_NONE },
		  "/memfd:x dev=0:1 ino=7 #%d", NULL,
		  { .read_link = 1, .stat = 2 } },
		{ CLASS_memfd, { FIELD_USERS, FIELD_NONE },
		  "/usr/lib/x dev=8:1 ino=%d mode=0100644", NULL,
		  { .read_link = 1 } },
		{ CLASS_pshm, { FIELD_SIZE, FIELD_NONE },
		  "/dev/shm/x dev=0:25 ino=%d mode=0100600", NULL,
		  { .read_link = 1, .stat = 1 } },
		/* a queue may be opened by the path of any mount */
		{ CLASS_pmsg, { FIELD_USERS, FIELD_NONE },
		  "/usr/lib/x dev=8:1 ino=%d mode=0100644", NULL,
		  { .read_link = 1, .stat = 1 } },
		{ CLASS_pmsg, { FIELD_REF, FIELD_NONE },
		  "/q dev=0:77 ino=7 size=80 mode=0100600 magic=0x19800202 #%d",
		  NULL,
		  { .read_link = 1, .stat = 1, .fs_magic = 1 } },
		{ CLASS_pty, { FIELD_PATH, FIELD_NONE },
		  "/dev/pts/4 dev=0:30 rdev=136:4 mode=020620 #%d", NULL,
		  { .read_link = 1, .stat = 1 } },
	};
	struct host_counts few, many;
	size_t i;

	(void)state;
	machine_free(&box);
	for (i = 0; i < ARRAY_SIZE(costs); i++) {
		count_calls(&costs[i], 50, &few);
		count_calls(&costs[i], 100, &many);
		assert_fifty_more(&costs[i].calls, &few, &many);
	}
	machine_init(&box);
}

/* What one more process costs that holds nothing of what is asked. */
static void count_processes(enum class_id class, enum field_id field, int nr,
			    struct host_counts *counts)
{
	int pid;

	machine_init(&box);
	for (pid = 100; pid < 100 + nr; pid++) {
		machine_process(&box, pid, 0, "x");
		machine_add(&box, "file /proc/%d/maps\nlink /proc/%d/cwd -> /\n"
			    "file /proc/%d/syscall text=running\\x0a", pid, pid, pid);
	}
	box.query.classes = A_CLASS_OF(class);
	query_add_field(&box.query, field);
	query_plan(&box.query);
	machine_look(&box);
	*counts = fixture_counts(box.host);
	machine_free(&box);
}

static void test_calls_per_process(void **state)
{
	static const struct {
		enum class_id class;
		enum field_id field;
		struct calls calls;
	} costs[] = {
		/* none of this namespace is attached anywhere */
		{ CLASS_shm, FIELD_USERS,
		  { .open_dir = 1, .stat = 1, .read_link = 1 } },
		/* without descriptors it may have ended: its stat tells */
		{ CLASS_pipe, FIELD_REF,
		  { .open_dir = 2, .read_dir = 1, .stat = 1, .read_file = 1 } },
		/* and what each is blocked in */
		{ CLASS_pipe, FIELD_USERS,
		  { .open_dir = 2, .read_dir = 1, .stat = 1, .read_file = 2 } },
		{ CLASS_sem, FIELD_STATE,
		  { .open_dir = 1, .stat = 1, .read_file = 1 } },
		{ CLASS_unix, FIELD_REF,
		  { .stat = 1, .read_link = 1 } },
		{ CLASS_memfd, FIELD_REF,
		  { .open_dir = 2, .read_dir = 1, .stat = 1, .read_file = 1, .open_maps = 1 } },
	};
	struct host_counts few, many;
	size_t i;

	(void)state;
	machine_free(&box);
	for (i = 0; i < ARRAY_SIZE(costs); i++) {
		count_processes(costs[i].class, costs[i].field, 50, &few);
		count_processes(costs[i].class, costs[i].field, 100, &many);
		assert_fifty_more(&costs[i].calls, &few, &many);
	}
	machine_init(&box);
}

static void add_attacher(int pid, unsigned int ipc_ns, unsigned int key)
{
	machine_stranger(&box, pid, 0, "x");
	machine_add(&box, "link /proc/%d/ns/ipc -> ipc:[%u]\n"
		    "file /proc/%d/maps <<END\n"
		    "1000-2000 rw-s 00000000 00:01 1    /SYSV%08x (deleted)\n"
		    "END", pid, ipc_ns, pid, key);
}

/* Mappings are looked for until there are as many as the kernel counts; in
 * other namespaces always. */
static void test_until_all_are_found(void **state)
{
	const struct object *seg;

	(void)state;
	machine_add(&box, "shm id=1 key=1 nattch=2 size=4096\n"
		    "shm ns=77 id=1 key=2 nattch=1 size=4096");
	add_attacher(90, MACHINE_IPC_NS, 1);
	add_crowd(100, 110);
	add_attacher(115, MACHINE_IPC_NS, 1);
	add_crowd(120, 150);
	add_attacher(200, 77, 2);
	ASK(&box, A_CLASS(shm), FIELD_USERS);
	machine_look(&box);
	assert_calls(open_maps, 1 + 10 + 1 + 1);
	assert_int_equal(count_objects(&box.snap, CLASS_shm, 1), 2);
	seg = &box.snap.objects.at[1];	/* the other is of namespace 77 */
	assert_string_equal(tell(&box.snap, seg, FIELD_USERS_COMPLETE), "1");
	assert_string_equal(tell_edges(&box.snap, seg),
			    "90 attached rw key1 @1000; 115 attached rw key1 @1000");
}

static void test_many_descriptors(void **state)
{
	const uint32_t nr = 200000;
	const struct object *obj;
	uint32_t fd;

	(void)state;
	machine_process(&box, 20, 0, "many");
	for (fd = 0; fd < nr; fd++)
		machine_add(&box, "link /proc/20/fd/%u -> pipe:[%u] lmode=%s", fd,
			    fd / 2, fd % 2 ? "0300" : "0500");
	ASK(&box, A_CLASS(pipe), FIELD_READERS, FIELD_WRITERS);
	machine_look(&box);
	assert_int_equal(box.snap.objects.nr, nr / 2);
	assert_int_equal(box.snap.edges.nr, nr);
	assert_calls(read_link, 5 + nr);
	assert_calls(stat, 2 + nr + 1);
	assert_calls(read_file, 3 + 1 + 1);	/* and loadavg */
	vec_for_each(obj, &box.snap.objects)
		assert_int_equal(obj->nr_edges, 2);
	assert_told(&box.snap, pipe, nr / 2 - 1, READERS, "1");
}

static void test_one_pipe_of_many(void **state)
{
	const struct object *pipe;
	uint32_t i;

	(void)state;
	add_crowd(100, 900);
	ASK(&box, A_CLASS(pipe), FIELD_WRITERS);
	box.query.threads = 1;	/* each asks once what device pipes are on */
	machine_look(&box);
	assert_told(&box.snap, pipe, 7, WRITERS, "800");
	pipe = the_object(&box.snap, CLASS_pipe, 7);
	assert_int_equal(pipe->nr_edges, 800);
	for (i = 0; i < 800; i++)
		assert_int_equal(box.snap.processes.at[object_edge(&box.snap, pipe, i)
				->process].pid, 100 + i);
	assert_calls(read_link, 5 + 800);
	/* the threads of each, how it is open; and whose the pipe is, once */
	assert_calls(stat, 1 + 800 + 800 + 1);
	assert_calls(read_file, 3 + 1 + 800);
	assert_calls(open_dir, 2 + 2 * 800);
}

/* Where nothing is in /dev/shm, of files nothing is asked but their name. */
static void files_are_not_asked_whether_they_are_in_an_empty_file_system(void **state)
{
	int fd;

	(void)state;
	box.text.len = 0;
	machine_add(&box, "host uid=0 pid=9 now=5\ndir /proc/self\n"
		    "dir /dev/shm dev=0:25 inodes=100 free_inodes=99");
	machine_process(&box, 20, 0, "files");
	machine_add(&box, "file /proc/20/maps");
	for (fd = 3; fd < 103; fd++)
		machine_add(&box, "link /proc/20/fd/%d -> /srv/%d dev=8:1 ino=%d mode=0100600",
			    fd, fd, fd);
	/* Of another mount namespace. */
	machine_add(&box, "link /proc/20/fd/200 -> /dev/shm/x dev=0:99 ino=7 mode=0100600");
	ASK(&box, A_CLASS(pshm), FIELD_REF);
	machine_look(&box);
	assert_int_equal(box.snap.objects.nr, 1);
	assert_calls(stat, 1 + 1 + 1 + 1);	/* process 1, /dev/shm, the process, the last */
}

/* Of sockets that the list of those with nothing unread has nothing is asked, and of
 * processes that have others but these. */
static void sockets_without_messages_are_not_asked_what_they_carry(void **state)
{
	int fd;

	(void)state;
	machine_process(&box, 20, 0, "quiet");
	machine_process(&box, 30, 0, "other");
	for (fd = 3; fd < 1003; fd++)
		machine_add(&box, "link /proc/20/fd/%d -> socket:[%d] proto=UNIX-STREAM\n"
			    "diag unix type=1 state=1 ino=%d rqueue=0 wqueue=0", fd, fd, fd);
	machine_add(&box, "link /proc/30/fd/3 -> socket:[5000] proto=UNIX-STREAM\n"
		    "link /proc/30/fd/4 -> socket:[5001] proto=TCP\n"
		    "file /proc/30/fdinfo/3 text=\"pos:\\x090\\x0ascm_fds: 0\\x0a\"\n"
		    "diag unix type=1 state=1 ino=5000 rqueue=1 wqueue=0");
	ASK(&box, A_CLASS(pipe), FIELD_USERS_COMPLETE);
	machine_look(&box);
	assert_int_equal(box.snap.gaps.nr, 0);
	assert_calls(dump, 1);
	assert_calls(sock_protocol, 2);
	assert_calls(read_link, 5 + 1000 + 2 + 1);	/* and the namespace of one */
	assert_calls(open_dir, 2 + 2 * 2 + 2);
}

/* Whether it has ended, which explains a refusal, is asked once. */
static void descriptors_that_may_not_be_read_are_one_gap(void **state)
{
	int fd;

	(void)state;
	machine_process(&box, 20, 0, "daemon");
	for (fd = 3; fd < 1003; fd++)
		machine_add(&box, "link /proc/20/fd/%d -> pipe:[%d] lmode=0500 dev=0:15 ino=%d\n"
			    "error /proc/20/fd/%d EACCES", fd, fd, fd, fd);
	ASK(&box, A_CLASS(pipe), FIELD_USERS);
	box.query.threads = 1;
	machine_look(&box);
	assert_int_equal(box.snap.gaps.nr, 1);
	assert_in_range(CALLS_OF(&box, read_file), 0, 10);
	assert_calls(read_link, 5 + 1);
}

static void test_many_threads(void **state)
{
	int tid;

	(void)state;
	machine_add(&box, "sem id=4 key=4 values=0\ndir /proc/20 uid=0\n"
		    "link /proc/20/ns/ipc -> ipc:[%u]", MACHINE_IPC_NS);
	machine_stat(&box, 20, "many", 'S', 0, 20);
	machine_add(&box, "dir /proc/20/task nlink=2002\nmem 20 0x1000 0000ffff0000");
	for (tid = 1000; tid < 3000; tid++)
		machine_add(&box, "link /proc/20/task/%d/ns/ipc -> ipc:[%u]\n"
			    "file /proc/20/task/%d/syscall text=\"%d 0x4 0x1000 0x1 0x0 0x0 0x0 0x0 0x0\\x0a\"",
			    tid, MACHINE_IPC_NS, tid, CALL_SEMOP);
	ASK(&box, A_CLASS(sem), FIELD_WAITERS);
	machine_look(&box);
	assert_told(&box.snap, sem, 4, WAITERS, "2000");
	/* the line, the same line again and the auxiliary vector; stat twice, loadavg */
	assert_calls(read_file, 3 + 3 * 2000 + 2 + 1);
	assert_calls(read_memory, 2000);
	assert_calls(read_link, 5 + 2000);	/* each in a namespace */
}

/* Names of users are asked for once each. */
static void test_names_once(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		machine_add(&box, "shm id=%d key=%d uid=%d gid=7", i, i, i % 10);
	ASK(&box, A_CLASS(shm), FIELD_OWNER, FIELD_GROUP);
	machine_look(&box);
	assert_calls(id_name, 10 + 1);
}

int main(void)
{
#define T(name)	MACHINE_TEST(name)
	const struct CMUnitTest tests[] = {
		T(test_segments_read_no_process), T(test_creators_only),
		T(test_users_of_root), T(test_users_of_others),
		T(test_one_process), T(test_lists_that_matter), T(test_calls_per_descriptor),
		T(test_calls_per_process), T(test_until_all_are_found), T(test_many_descriptors),
		T(test_one_pipe_of_many),
		T(files_are_not_asked_whether_they_are_in_an_empty_file_system),
		T(sockets_without_messages_are_not_asked_what_they_carry),
		T(descriptors_that_may_not_be_read_are_one_gap), T(test_many_threads),
		T(test_names_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
