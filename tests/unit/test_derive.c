// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <cmocka.h>

#include "ipcscope/filter.h"
#include "ipcscope/snapshot.h"
#include "tell.h"

#define NOW		1700000000
#define BOOTED		(NOW - 10000)
#define TICKS		100
#define IPC_NS		11
#define NET_NS		12
#define SHM_DEV		makedev(0, 25)

static struct layout layout;
static struct snapshot snap;

static void fresh(void)
{
	struct host_facts *host = &snap.host;

	snap = (struct snapshot){ .layout = &layout };
	snap.parts_read = (UINT64_C(1) << NR_PARTS) - 1;
	host->taken = NOW;
	host->booted = BOOTED;
	host->ticks = TICKS;
	host->ipc_ns = IPC_NS;
	host->net_ns = NET_NS;
	host->first_pid_ns = host->all_processes = true;
	host->steady_since = 1;
	host->home_dev[CLASS_pshm] = host->home_dev[CLASS_psem] = SHM_DEV;
	host->home_dev[CLASS_pmsg] = makedev(0, 20);
	host->home_dev[CLASS_pty] = makedev(0, 30);
}

static int setup(void **state)
{
	struct fieldset wanted[NR_CLASSES];

	(void)state;
	memset(wanted, 0xff, sizeof(wanted));
	layout_init(&layout, wanted);
	fresh();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	snapshot_free(&snap);
	return 0;
}

static uint64_t default_ns(enum class_id class)
{
	switch (class_infos[class]->space) {
	case SPACE_SHM:
	case SPACE_SEM:
	case SPACE_MSG:
		return IPC_NS;
	case SPACE_SOCKET:
		return NET_NS;
	case SPACE_EVENTFD:
		return 0;
	default:
		return snap.host.home_dev[class] ?: makedev(0, 15);
	}
}

static uint32_t add_at(enum class_id class, uint64_t ns, uint64_t id)
{
	return snapshot_object(&snap, class, (struct object_key){
		.space = class_infos[class]->space, .ns = ns, .id = id });
}

static uint32_t add(enum class_id class, uint64_t id)
{
	return add_at(class, default_ns(class), id);
}

/* One of which nothing more is known; its id. */
static uint64_t bare(enum class_id class, uint64_t id)
{
	add(class, id);
	snap.finished = false;
	return id;
}

#define SET(object, field, num)	\
	object_set(&snap, object, FIELD_##field, (uint64_t)(num))

static void called(uint32_t object, const char *name)
{
	object_set_str(&snap, object, FIELD_NAME, name, strlen(name));
}

/* A process that started @secs after the machine. */
static uint32_t running(pid_t pid, uint64_t secs)
{
	return snapshot_process(&snap, pid, secs * TICKS);
}

static struct edge *used(uint32_t object, pid_t pid, enum edge_kind kind,
			 uint8_t access)
{
	struct edge *edge = snapshot_edge(&snap, kind, running(pid, 1), object);

	edge->access = access;
	return edge;
}

static void mapped(uint32_t object, pid_t pid, uint64_t addr)
{
	used(object, pid, EDGE_ATTACHED, ACCESS_READ)->address = addr;
}

static void assert_is(enum class_id class, uint64_t id, enum field_id field,
		      const char *expect)
{
	const char *told;

	snapshot_finish(&snap);
	told = tell(&snap, the_object(&snap, class, id), field);
	if (strcmp(told, expect) != 0)
		fail_msg("%s of %s:%llu is %s, not %s", fields[field].name,
			 class_infos[class]->name, (unsigned long long)id,
			 told, expect);
}
#define IS_(class, id, field, expect) \
	assert_is(CLASS_##class, id, FIELD_##field, expect)

static void test_attaches_found(void **state)
{
	uint32_t shm = add(CLASS_shm, 1), idle = add(CLASS_shm, 2);

	(void)state;
	SET(shm, ATTACHES, 3);
	SET(idle, ATTACHES, 0);
	mapped(shm, 10, 0x1000);
	mapped(shm, 10, 0x2000);
	snapshot_gap(&snap, PART_MAPS, EACCES, 1, 0, 0);
	IS_(shm, 1, ATTACHES, "3");
	IS_(shm, 1, ATTACHES_FOUND, "2");
	IS_(shm, 1, USERS_COMPLETE, "0");
	IS_(shm, 1, USERS, "1");
	/* The kernel itself says that nobody has it. */
	IS_(shm, 2, ATTACHES_FOUND, "0");
	IS_(shm, 2, USERS_COMPLETE, "1");
	IS_(shm, 2, USERS, "-");
	snap.parts_read &= ~NEED(MAPS);
	IS_(shm, 1, ATTACHES_FOUND, "?");
	IS_(shm, 2, ATTACHES_FOUND, "0");
	IS_(shm, 2, USERS_COMPLETE, "1");
	IS_(sem, bare(CLASS_sem, 9), ATTACHES_FOUND, "n/a");
}

/* As many as the kernel counts were found: whatever else is missing. */
static void test_count_proves_coverage(void **state)
{
	uint32_t shm = add(CLASS_shm, 1);

	(void)state;
	SET(shm, ATTACHES, 2);
	mapped(shm, 10, 0x1000);
	mapped(shm, 11, 0x1000);
	snapshot_gap(&snap, PART_MAPS, EACCES, 1, 0, 0);
	snap.host.first_pid_ns = false;
	snap.host.all_processes = false;
	snap.partial = true;
	IS_(shm, 1, ATTACHES_FOUND, "2");
	IS_(shm, 1, USERS_COMPLETE, "1");
}

static void test_users_complete(void **state)
{
	(void)state;
	add(CLASS_pipe, 1);
	IS_(pipe, 1, USERS_COMPLETE, "1");
	IS_(pipe, 1, USERS, "-");
	snap.parts_read &= ~NEED(FDS);
	IS_(pipe, 1, USERS_COMPLETE, "0");
	IS_(pipe, 1, USERS, "?");
	snap.parts_read |= NEED(FDS);
	snap.partial = true;
	IS_(pipe, 1, USERS_COMPLETE, "0");
	snap.partial = false;
	snap.host.first_pid_ns = false;
	IS_(pipe, 1, USERS_COMPLETE, "0");
	snap.host.first_pid_ns = true;
	snap.host.all_processes = false;
	IS_(pipe, 1, USERS_COMPLETE, "0");
	snap.host.all_processes = true;
	IS_(pipe, 1, USERS_COMPLETE, "1");
}

/* Only parts that find users of that class matter. */
static void test_gaps_of_other_parts(void **state)
{
	(void)state;
	add(CLASS_pipe, 1);
	add(CLASS_pshm, 2);
	snapshot_gap(&snap, PART_MAPS, EACCES, 1, 0, 0);
	snapshot_gap(&snap, PART_CALLS, EACCES, 1, 0, 0);
	snapshot_gap(&snap, PART_ACCESS, EACCES, 1, 0, 0);
	IS_(pipe, 1, USERS_COMPLETE, "1");
	IS_(pshm, 2, USERS_COMPLETE, "0");
	/* Nobody can know who has a set or a queue. */
	IS_(sem, bare(CLASS_sem, 3), USERS_COMPLETE, "0");
}

static void test_process_not_seen_at_all(void **state)
{
	(void)state;
	add(CLASS_pipe, 1);
	snapshot_gap(&snap, PART_PROCS, EACCES, 5, 1000, 0);
	IS_(pipe, 1, USERS_COMPLETE, "0");
}

/* What only its owner may open, only the owner and root can have. */
static void test_guarded(void **state)
{
	static const struct {
		uint32_t mode;
		uid_t gap;
		const char *complete;
	} cases[] = {
		{ 0600, 0, "0" }, { 0600, 1000, "0" }, { 0600, 1001, "1" },
		{ 0400, 1001, "1" }, { 0660, 1001, "0" }, { 0604, 1001, "0" },
		{ 0601, 1001, "0" }, { 0600, (uid_t)-1, "0" },
	};
	uint32_t object, i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fresh();
		object = add(CLASS_pshm, 1);
		SET(object, UID, 1000);
		SET(object, MODE, cases[i].mode);
		snapshot_gap(&snap, PART_FDS, EACCES, 7, cases[i].gap, 0);
		IS_(pshm, 1, USERS_COMPLETE, cases[i].complete);
		snapshot_free(&snap);
	}
	fresh();
	/* A pipe has no door, and a file whose mode is unknown may have one. */
	object = add(CLASS_pipe, 1);
	SET(object, UID, 1000);
	SET(add(CLASS_pshm, 2), UID, 1000);
	SET(add(CLASS_pshm, 3), MODE, 0600);
	snapshot_gap(&snap, PART_FDS, EACCES, 7, 1001, 0);
	IS_(pipe, 1, USERS_COMPLETE, "0");
	IS_(pshm, 2, USERS_COMPLETE, "0");
	IS_(pshm, 3, USERS_COMPLETE, "0");
}

static void test_state_of_segments(void **state)
{
	uint32_t a = add(CLASS_shm, 1), b = add(CLASS_shm, 2);

	(void)state;
	SET(a, ATTACHES, 1);
	SET(b, ATTACHES, 0);
	object_flag(&snap, a, IS(DEST));
	object_flag(&snap, a, IS(LOCKED));
	used(a, 5, EDGE_ATTACHED, ACCESS_READ)->huge = 1;
	add(CLASS_shm, 3);	/* only its mapping was seen */
	mapped(2, 5, 0x5000);
	add(CLASS_shm, 4);
	snapshot_gap(&snap, PART_MAPS, EACCES, 1, 0, 0);
	IS_(shm, 1, STATE, "dest,locked,hugetlb,attached");
	IS_(shm, 2, STATE, "unattached");
	IS_(shm, 3, STATE, "attached");
	IS_(shm, 4, STATE, "?");
}

static void test_state_of_files(void **state)
{
	(void)state;
	used(add(CLASS_pshm, 1), 5, EDGE_OPEN, ACCESS_READ);
	add(CLASS_pshm, 2);
	object_flag(&snap, add(CLASS_pshm, 3), IS(UNLINKED));
	IS_(pshm, 1, STATE, "attached");
	IS_(pshm, 2, STATE, "unattached");
	IS_(pshm, 3, STATE, "unlinked,unattached");
	snap.partial = true;
	IS_(pshm, 1, STATE, "attached");
	IS_(pshm, 2, STATE, "?");
	/* What it is beyond that it is unlinked cannot be known. */
	IS_(pshm, 3, STATE, "unlinked");
}

static void test_state_unsure(void **state)
{
	const struct object *obj;
	bool unsure;

	(void)state;
	add(CLASS_pipe, 1);
	used(add(CLASS_pipe, 2), 5, EDGE_WAITS, ACCESS_READ);
	object_flag(&snap, add(CLASS_pshm, 3), IS(UNLINKED));
	snapshot_gap(&snap, PART_CALLS, EACCES, 1, 0, 0);
	snapshot_gap(&snap, PART_MAPS, EACCES, 1, 0, 0);
	snapshot_finish(&snap);
	obj = the_object(&snap, CLASS_pipe, 1);
	assert_int_equal(object_state(&snap, obj, &unsure), 0);
	assert_true(unsure);
	IS_(pipe, 1, STATE, "?");
	obj = the_object(&snap, CLASS_pipe, 2);
	assert_int_equal(object_state(&snap, obj, &unsure), IS(WAITS));
	assert_false(unsure);
	obj = the_object(&snap, CLASS_pshm, 3);
	assert_int_equal(object_state(&snap, obj, &unsure), IS(UNLINKED));
	assert_true(unsure);
	assert_int_equal(object_state(&snap, obj, NULL), IS(UNLINKED));
	snap.gaps.nr = 0;
	snap.gap_parts = 0;
	IS_(pipe, 1, STATE, "-");
}

static void test_waits_and_full(void **state)
{
	static const struct {
		enum class_id class;
		uint8_t access;
		int fd;
		const char *told;
	} cases[] = {
		{ CLASS_pipe, ACCESS_WRITE, 1, "full,waits" },
		{ CLASS_pipe, ACCESS_READ, 0, "waits" },
		{ CLASS_msg, ACCESS_WRITE, -1, "full,waits" },
		{ CLASS_msg, ACCESS_READ, -1, "waits" },
		{ CLASS_sem, ACCESS_WRITE, -1, "waits" },
		{ CLASS_fifo, ACCESS_WRITE, 3, "full,waits" },
		/* to open it: nobody reads, but it is not full */
		{ CLASS_fifo, ACCESS_WRITE, -1, "waits" },
		{ CLASS_unix, ACCESS_WRITE, 4, "full,waits" },
		{ CLASS_unix, ACCESS_READ, 4, "waits" },
	};
	uint32_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		used(add(cases[i].class, i), 5, EDGE_WAITS, cases[i].access)->fd =
			cases[i].fd;
	used(add(CLASS_psem, 70), 5, EDGE_WAITS, ACCESS_READ);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_is(cases[i].class, i, FIELD_STATE, cases[i].told);
	/* Who waits on it has it mapped, seen or not. */
	IS_(psem, 70, STATE, "waits,attached");
}

static void test_waiters(void **state)
{
	uint32_t sem = add(CLASS_sem, 1);

	(void)state;
	used(sem, 5, EDGE_WAITS, ACCESS_WRITE)->tid = 6;
	used(sem, 5, EDGE_WAITS, ACCESS_WRITE)->tid = 7;
	add(CLASS_sem, 2);
	IS_(sem, 1, WAITERS, "2");
	IS_(sem, 2, WAITERS, "0");
	IS_(shm, bare(CLASS_shm, 3), WAITERS, "n/a");
	snap.parts_read &= ~NEED(CALLS);
	IS_(sem, 2, WAITERS, "?");
	IS_(sem, 1, USERS, "1");
	IS_(sem, 2, USERS, "?");
}

static void test_readers_and_writers(void **state)
{
	uint32_t pipe = add(CLASS_pipe, 1);
	int fd;

	(void)state;
	for (fd = 0; fd < 3; fd++)
		used(pipe, 5, EDGE_OPEN, ACCESS_READ)->fd = fd;
	used(pipe, 6, EDGE_OPEN, ACCESS_READ | ACCESS_WRITE)->fd = 3;
	used(pipe, 7, EDGE_OPEN, ACCESS_PATH)->fd = 4;
	used(pipe, 8, EDGE_WAITS, ACCESS_WRITE)->fd = 4;
	used(add(CLASS_pipe, 2), 5, EDGE_OPEN, ACCESS_WRITE)->fd = 9;
	IS_(pipe, 1, READERS, "2");
	IS_(pipe, 1, WRITERS, "1");
	IS_(pipe, 2, READERS, "0");
	IS_(pipe, 2, WRITERS, "1");
	IS_(shm, bare(CLASS_shm, 3), READERS, "n/a");
	snap.partial = true;
	IS_(pipe, 2, READERS, "?");
	IS_(pipe, 2, WRITERS, "1");
}

static void test_times(void **state)
{
	uint32_t shm = add(CLASS_shm, 1), msg = add(CLASS_msg, 2), pshm, fifo;

	(void)state;
	SET(shm, CTIME, NOW - 100);
	SET(shm, ATIME, NOW - 50);
	SET(shm, DTIME, NOW - 70);
	SET(msg, STIME, 0);
	SET(msg, RTIME, 0);
	SET(msg, CTIME, NOW + 500);	/* a clock that was set back */
	pshm = add(CLASS_pshm, 3);
	SET(pshm, BTIME, NOW - 900);
	SET(pshm, CTIME, NOW - 5);
	SET(add(CLASS_pshm, 4), CTIME, NOW - 5);
	fifo = add(CLASS_fifo, 5);
	SET(fifo, MTIME, NOW - 8);	/* and no atime */
	IS_(shm, 1, AGE, "100");
	IS_(shm, 1, IDLE, "50");
	IS_(msg, 2, AGE, "0");
	IS_(msg, 2, IDLE, "never");
	IS_(pshm, 3, AGE, "900");
	IS_(pshm, 4, AGE, "5");
	IS_(pshm, 3, IDLE, "?");
	IS_(fifo, 5, IDLE, "?");
	IS_(fifo, 5, AGE, "?");
	IS_(eventfd, bare(CLASS_eventfd, 6), AGE, "n/a");
}

static void test_creator_alive(void **state)
{
	static const struct {
		pid_t cpid;
		int64_t ctime;
		const char *told;
	} cases[] = {
		{ 10, BOOTED + 600, "1" },
		{ 11, BOOTED + 600, "0" },	/* nobody has that pid */
		{ 10, BOOTED + 400, "0" },	/* started later: another one */
		{ 10, BOOTED + 498, "1" },	/* within the clocks' slack */
		{ 10, BOOTED + 497, "0" },
		{ 12, BOOTED + 600, "0" },	/* a zombie makes nothing */
		{ 0, BOOTED + 600, "?" },	/* in a namespace not seen */
		{ 10, 0, "1" },
	};
	uint32_t i;

	(void)state;
	running(10, 500);
	snap.processes.at[running(12, 500)].flags = PROCESS_ZOMBIE;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t shm = add(CLASS_shm, i);

		SET(shm, CPID, cases[i].cpid);
		SET(shm, CTIME, cases[i].ctime);
	}
	add(CLASS_shm, 99);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_is(CLASS_shm, i, FIELD_CREATOR_ALIVE, cases[i].told);
	IS_(shm, 99, CREATOR_ALIVE, "?");
	IS_(msg, bare(CLASS_msg, 1), CREATOR_ALIVE, "n/a");
	snap.host.all_processes = false;
	IS_(shm, 1, CREATOR_ALIVE, "?");
	snap.host.all_processes = true;
	snap.parts_read &= ~NEED(PROCS);
	IS_(shm, 0, CREATOR_ALIVE, "?");
	IS_(shm, 1, CREATOR_ALIVE, "?");
}

/* One that could not be looked at may be it, and may be another. */
static void test_creator_not_looked_at(void **state)
{
	uint32_t shm = add(CLASS_shm, 1);

	(void)state;
	SET(shm, CPID, 10);
	SET(shm, CTIME, BOOTED + 600);
	snapshot_gap(&snap, PART_PROCS, EACCES, 10, 0, 0);
	snapshot_gap(&snap, PART_PROCS, EACCES, 9, 0, 0);
	snapshot_gap(&snap, PART_PROCS, EACCES, 30, 0, 0);
	IS_(shm, 1, CREATOR_ALIVE, "?");
	snapshot_free(&snap);
	fresh();
	shm = add(CLASS_shm, 1);
	SET(shm, CPID, 10);
	SET(shm, CTIME, BOOTED + 600);
	snapshot_gap(&snap, PART_PROCS, EACCES, 9, 0, 0);
	IS_(shm, 1, CREATOR_ALIVE, "0");
}

static void test_last_by(void **state)
{
	uint32_t shm = add(CLASS_shm, 1), msg = add(CLASS_msg, 2);
	uint32_t never = add(CLASS_shm, 3), other = add(CLASS_shm, 4);
	uint32_t unread = add(CLASS_msg, 5);

	(void)state;
	SET(shm, LPID, 7);
	SET(shm, ATIME, NOW);
	SET(shm, DTIME, 0);
	SET(msg, LSPID, 8);
	SET(msg, LRPID, 9);
	SET(msg, STIME, NOW - 10);
	SET(msg, RTIME, NOW - 5);
	SET(never, LPID, 0);
	SET(never, ATIME, 0);
	SET(never, DTIME, 0);
	SET(never, CPID, 0);
	SET(other, LPID, 0);
	SET(other, ATIME, 0);
	SET(other, DTIME, NOW);
	SET(unread, LSPID, 8);
	SET(unread, LRPID, 0);
	SET(unread, STIME, NOW);
	SET(unread, RTIME, 0);
	IS_(shm, 1, LAST_BY, "7");
	IS_(msg, 2, LAST_BY, "9");
	IS_(msg, 2, LSPID, "8");
	IS_(shm, 3, LAST_BY, "-");
	IS_(shm, 3, LPID, "-");
	/* Used, but by one of another pid namespace. */
	IS_(shm, 4, LPID, "?");
	IS_(shm, 4, LAST_BY, "?");
	IS_(msg, 5, LAST_BY, "8");
	IS_(msg, 5, LRPID, "-");
	/* Without the times, 0 says nothing. */
	IS_(shm, 3, CPID, "?");
	SET(add(CLASS_shm, 6), LPID, 0);
	snap.finished = false;
	IS_(shm, 6, LPID, "?");
	IS_(shm, 6, LAST_BY, "?");
	IS_(sem, bare(CLASS_sem, 7), LAST_BY, "n/a");
}

static void test_old_key(void **state)
{
	uint32_t keyed = add(CLASS_shm, 1), private = add(CLASS_shm, 2), i;

	(void)state;
	for (i = 1; i <= 3; i++)
		object_flag(&snap, add(CLASS_shm, i), IS(DEST));
	used(keyed, 5, EDGE_ATTACHED, ACCESS_READ)->key = 0x1234;
	used(private, 5, EDGE_ATTACHED, ACCESS_READ)->key = 0;
	used(add(CLASS_shm, 4), 5, EDGE_ATTACHED, ACCESS_READ)->key = 0x55;
	IS_(shm, 1, OLD_KEY, "4660");
	IS_(shm, 2, OLD_KEY, "-");
	IS_(shm, 3, OLD_KEY, "?");	/* removed, and nobody found */
	IS_(shm, 4, OLD_KEY, "-");	/* it has its key still */
}

static void test_peers(void **state)
{
	uint32_t a = add(CLASS_unix, 1), b = add(CLASS_unix, 2);

	(void)state;
	snapshot_edge(&snap, EDGE_PEER, NO_INDEX, a)->peer = b;
	snapshot_edge(&snap, EDGE_PEER, NO_INDEX, b)->peer = a;
	used(b, 5, EDGE_OPEN, ACCESS_READ);
	add(CLASS_unix, 3);
	IS_(unix, 1, PEERS, "1");
	IS_(unix, 1, PEER_USERS, "1");
	IS_(unix, 2, PEER_USERS, "-");
	IS_(unix, 3, PEERS, "-");
	IS_(unix, 3, PEER_USERS, "-");
	snap.partial = true;
	IS_(unix, 1, PEER_USERS, "1");
	IS_(unix, 2, PEER_USERS, "?");
	IS_(pipe, bare(CLASS_pipe, 9), PEERS, "n/a");
}

/* Who has told this end of a socket would have told the other. */
static void test_other_end(void **state)
{
	uint32_t listener = add(CLASS_tcp, 1), client = add(CLASS_tcp, 2);

	(void)state;
	object_set_str(&snap, listener, FIELD_LOCAL, "0.0.0.0:80", 10);
	object_set_str(&snap, client, FIELD_LOCAL, "127.0.0.1:5", 11);
	object_set_str(&snap, client, FIELD_REMOTE, "127.0.0.1:80", 12);
	IS_(tcp, 1, REMOTE, "-");
	IS_(tcp, 2, REMOTE, "127.0.0.1:80");
	IS_(tcp, bare(CLASS_tcp, 3), REMOTE, "?");
}

static void test_people(void **state)
{
	uint32_t shm = add(CLASS_shm, 1);

	(void)state;
	SET(shm, UID, 5);
	SET(shm, GID, 5);
	SET(shm, CUID, 6);
	snapshot_name(&snap, false, 5, arena_str(&snap.arena, "eve", 3));
	snapshot_name(&snap, true, 5, arena_str(&snap.arena, "crew", 4));
	snapshot_name(&snap, false, 6, NULL);
	add(CLASS_shm, 2);
	IS_(shm, 1, OWNER, "eve");
	IS_(shm, 1, GROUP, "crew");
	IS_(shm, 1, CREATOR, "?");
	IS_(shm, 2, OWNER, "?");
	IS_(pipe, bare(CLASS_pipe, 3), GROUP, "n/a");
}

static void test_identity_and_life(void **state)
{
	uint32_t dest = add(CLASS_shm, 1);

	(void)state;
	object_flag(&snap, dest, IS(DEST));
	add(CLASS_shm, 2);
	object_flag(&snap, add(CLASS_pshm, 3), IS(UNLINKED));
	IS_(shm, 1, PERSISTENCE, "process");
	IS_(shm, 2, PERSISTENCE, "kernel");
	IS_(pshm, 3, PERSISTENCE, "process");
	IS_(fifo, bare(CLASS_fifo, 4), PERSISTENCE, "filesystem");
	IS_(shm, 2, CLASS, "shm");
	IS_(shm, 2, ID, "2");
	IS_(shm, 2, DEV, "n/a");
	IS_(shm, 2, INO, "n/a");
	IS_(pshm, 3, INO, "3");
	IS_(pshm, 3, DEV, "25");
	IS_(unix, bare(CLASS_unix, 8), INO, "8");
	IS_(unix, 8, NET_NS, "12");
	IS_(unix, 8, DEV, "n/a");
}

static void test_amount(void **state)
{
	uint32_t shm = add(CLASS_shm, 1), psem = add(CLASS_psem, 2);
	struct sems *sems = arena_alloc(&snap.arena, sizeof(*sems) +
					sizeof(sems->sem[0]));

	(void)state;
	SET(shm, SIZE, 4096);
	sems->nr = 1;
	sems->sem[0].value = 4;
	object_set_sems(&snap, psem, sems);
	IS_(shm, 1, AMOUNT, "4096");
	IS_(psem, 2, VALUES, "4");
	IS_(psem, 2, AMOUNT, "1");
	IS_(pipe, bare(CLASS_pipe, 3), AMOUNT, "n/a");
}

static void assert_ref(enum class_id class, uint64_t id, const char *expect)
{
	const char *why = NULL;
	struct ref ref;

	assert_is(class, id, FIELD_REF, expect);
	/* Every printed REF is accepted back and means that object. */
	if (!ref_parse(expect, &snap.arena, &ref, &why))
		fail_msg("%s: %s", expect, why);
	assert_true(ref_matches(&ref, &snap, the_object(&snap, class, id)));
}

static void test_refs_by_number(void **state)
{
	enum class_id class;
	char text[32];

	(void)state;
	add(CLASS_shm, 0);
	assert_ref(CLASS_shm, 0, "shm:0");
	for (class = 0; class < NR_CLASSES; class++) {
		add(class, 100 + class);
		snap.finished = false;
		snprintf(text, sizeof(text), class == CLASS_fifo ?
			 "%s:0:15/%d" : class_infos[class]->space == SPACE_FILE ?
			 "%s:15/%d" : "%s:%d", class_infos[class]->name,
			 100 + (int)class);
		assert_ref(class, 100 + class, text);
	}
}

static void test_refs_elsewhere(void **state)
{
	uint64_t id = 10;

	(void)state;
	add_at(CLASS_shm, 77, id++);
	add_at(CLASS_msg, 77, id++);
	add_at(CLASS_pshm, makedev(0, 99), id++);
	called(add_at(CLASS_pshm, makedev(0, 99), id++), "/x");
	add_at(CLASS_pmsg, makedev(0, 99), id++);
	add_at(CLASS_pty, makedev(0, 31), id++);
	add_at(CLASS_unix, 99, id++);
	called(add_at(CLASS_unix, 99, id++), "@x");
	assert_ref(CLASS_shm, 10, "shm:10@77");
	assert_ref(CLASS_msg, 11, "msg:11@77");
	assert_ref(CLASS_pshm, 12, "pshm:0:99/12");
	assert_ref(CLASS_pshm, 13, "pshm:0:99/13");
	assert_ref(CLASS_pmsg, 14, "pmsg:0:99/14");
	assert_ref(CLASS_pty, 15, "pty:0:31/15");
	assert_ref(CLASS_unix, 16, "unix:16");
	assert_ref(CLASS_unix, 17, "unix:17");
}

static void test_refs_by_name(void **state)
{
	uint32_t object;

	(void)state;
	called(add(CLASS_pshm, 1), "/a b");
	called(add(CLASS_psem, 2), "/s");
	called(add(CLASS_pmsg, 3), "/q\n");
	called(add(CLASS_fifo, 4), "/run/f");
	object = add(CLASS_pshm, 5);
	called(object, "/a b");
	object_flag(&snap, object, IS(UNLINKED));
	object = add(CLASS_fifo, 6);
	called(object, "/run/f");
	object_flag(&snap, object, IS(UNLINKED));
	called(add(CLASS_memfd, 7), "/looks-like-one");
	assert_ref(CLASS_pshm, 1, "pshm:/a b");
	assert_ref(CLASS_psem, 2, "psem:/s");
	assert_ref(CLASS_pmsg, 3, "pmsg:/q\\x0a");
	assert_ref(CLASS_fifo, 4, "fifo:/run/f");
	assert_ref(CLASS_pshm, 5, "pshm:5");
	assert_ref(CLASS_fifo, 6, "fifo:0:15/6");
	assert_ref(CLASS_memfd, 7, "memfd:7");
}

static void test_refs_of_sockets(void **state)
{
	static const struct {
		uint64_t states;
		const char *type, *name, *ref;
	} cases[] = {
		{ IS(LISTENING), "stream", "/run/x", "unix:/run/x" },
		/* accepted through it: has its name, but is not the one */
		{ IS(CONNECTED), "stream", "/run/x", "unix:1" },
		{ 0, "stream", "/run/y", "unix:/run/y" },
		{ IS(CONNECTED), "dgram", "/run/d", "unix:/run/d" },
		{ IS(LISTENING), "seqpacket", "@abs", "unix:@abs" },
		{ 0, "dgram", "relative", "unix:5" },
		{ IS(PATH_GONE), "stream", "/run/z", "unix:6" },
	};
	uint32_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t object = add(CLASS_unix, i);

		called(object, cases[i].name);
		object_set_word(&snap, object, FIELD_TYPE, cases[i].type);
		object_flag(&snap, object, cases[i].states);
	}
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_ref(CLASS_unix, i, cases[i].ref);
}

/* A path with another socket behind it: whichever comes first in the order. */
static void path_gone_is_said_of_the_live_socket(void **state)
{
	const struct object_key paths[] = {
		{ .space = SPACE_INODE, .ns = NET_NS - 1, .id = 70 },
		{ .space = SPACE_INODE, .ns = NET_NS + 1, .id = 71 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		uint32_t live = add(CLASS_unix, 60 + i);
		uint32_t path = snapshot_object(&snap, CLASS_unix, paths[i]);
		const char *name = i ? "/run/b" : "/run/a";

		called(live, name);
		object_flag(&snap, live, IS(LISTENING));
		called(path, name);
	}
	snapshot_finish(&snap);
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct object *live = the_object(&snap, CLASS_unix, 60 + i);
		const struct object *path = the_object(&snap, CLASS_unix, 70 + i);

		assert_true(object_state(&snap, live, NULL) & IS(PATH_GONE));
		assert_false(object_state(&snap, path, NULL) & IS(PATH_GONE));
		assert_false(live->shares_name || path->shares_name);
	}
}

static void fill_is_percent_of_what_fits(void **state)
{
	uint32_t msg = add(CLASS_msg, 1), pmsg = add(CLASS_pmsg, 2);
	uint32_t pipe = add(CLASS_pipe, 3), listening = add(CLASS_unix, 4);
	uint32_t unread = add(CLASS_msg, 5), none = add(CLASS_msg, 6);

	add(CLASS_unix, 7);
	add(CLASS_shm, 8);
	SET(msg, USED, 8191);
	SET(msg, QBYTES, 16384);
	SET(pmsg, MESSAGES, 10);
	SET(pmsg, MAXMSG, 10);
	SET(pipe, USED, 0);
	SET(pipe, CAPACITY, 65536);
	object_flag(&snap, listening, IS(LISTENING));
	SET(listening, PENDING, 6);
	SET(listening, BACKLOG, 5);
	SET(unread, QBYTES, 16384);
	SET(none, USED, 0);
	SET(none, QBYTES, 0);
	IS_(msg, 1, FILL, "49");
	IS_(pmsg, 2, FILL, "100");
	IS_(pipe, 3, FILL, "0");
	IS_(unix, 4, FILL, "120");
	IS_(msg, 5, FILL, "?");
	IS_(msg, 6, FILL, "-");
	IS_(unix, 7, FILL, "n/a");
	IS_(shm, 8, FILL, "n/a");
}

static void test_users_taken_together(void **state)
{
	uint32_t pipe = add(CLASS_pipe, 1);
	struct users users = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		used(pipe, 9, EDGE_OPEN, i % 2 ? ACCESS_WRITE : ACCESS_READ)->fd = i;
	used(pipe, 9, EDGE_WAITS, ACCESS_READ)->tid = 10;
	used(pipe, 3, EDGE_OPEN, ACCESS_READ)->fd = 0;
	snapshot_edge(&snap, EDGE_CREATOR, running(2, 1), pipe);
	snapshot_edge(&snap, EDGE_PEER, NO_INDEX, pipe)->peer = pipe;
	snapshot_finish(&snap);
	object_users(&snap, the_object(&snap, CLASS_pipe, 1), &users);
	assert_int_equal(users.nr, 4);
	assert_int_equal(snap.processes.at[users.at[0].process].pid, 3);
	assert_int_equal(users.at[0].count, 1);
	assert_int_equal(snap.processes.at[users.at[1].process].pid, 9);
	assert_int_equal(users.at[1].count, 2);
	assert_int_equal(users.at[1].access, ACCESS_READ);
	assert_int_equal(users.at[1].first->fd, 0);
	assert_int_equal(users.at[2].access, ACCESS_WRITE);
	assert_int_equal(users.at[2].count, 2);
	assert_int_equal(users.at[3].kind, EDGE_WAITS);
	vec_free(&users);
}

static void test_access_text(void **state)
{
	(void)state;
	assert_string_equal(access_words[0], "");
	assert_string_equal(access_words[ACCESS_READ | ACCESS_WRITE], "rw");
	assert_string_equal(access_words[ACCESS_READ | ACCESS_EXEC], "rx");
	assert_string_equal(access_words[ACCESS_PATH], "-");
	assert_string_equal(access_words[15], "rwx-");
}

/* Of an object of which only the number is known, every field says so. */
static void law_every_field_of_every_class(void **state)
{
	enum class_id class;
	enum field_id field;

	(void)state;
	for (class = 0; class < NR_CLASSES; class++)
		add(class, 100 + class);
	snapshot_finish(&snap);
	for (class = 0; class < NR_CLASSES; class++) {
		const struct object *obj = the_object(&snap, class,
						      100 + class);

		for_each_field(field) {
			struct value value = object_value(&snap, obj, field);
			uint64_t needs;

			/* A socket has no file that it is bound to, and this
			 * one does not listen. */
			if ((class == CLASS_unix || class == CLASS_tcp) &&
			    (field == FIELD_PENDING || field == FIELD_BACKLOG || field == FIELD_FILL ||
			     field == FIELD_RECVNEXT || class_field_cost(class_infos[class], field) == COST_SHOWN))
				assert_int_equal(value.known,
						 KNOWN_NOT_APPLICABLE);
			else
				assert_int_equal(value.known == KNOWN_NOT_APPLICABLE,
						 !class_has(class_infos[class],
							    field, &needs));
			if (fields[field].source == SOURCE_STORED &&
			    value.known == KNOWN_YES)
				fail_msg("%s of a bare %s is known",
					 fields[field].name,
					 class_infos[class]->name);
		}
	}
}

int main(void)
{
#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_attaches_found), T(test_count_proves_coverage),
		T(test_users_complete), T(test_gaps_of_other_parts),
		T(test_process_not_seen_at_all), T(test_guarded),
		T(test_state_of_segments), T(test_state_of_files),
		T(test_state_unsure), T(test_waits_and_full), T(test_waiters),
		T(test_readers_and_writers), T(test_times),
		T(test_creator_alive), T(test_creator_not_looked_at),
		T(test_last_by), T(test_old_key), T(test_peers),
		T(test_other_end),
		T(test_people), T(test_identity_and_life), T(test_amount),
		T(test_refs_by_number), T(test_refs_elsewhere),
		T(test_refs_by_name), T(test_refs_of_sockets),
		T(path_gone_is_said_of_the_live_socket),
		T(fill_is_percent_of_what_fits),
		T(test_users_taken_together), T(test_access_text),
		T(law_every_field_of_every_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
