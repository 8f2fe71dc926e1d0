// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "ipcscope/snapshot.h"
#include "sample.h"
#include "tell.h"

#define SHM(shmid)	\
	((struct object_key){ .space = SPACE_SHM, .ns = 1, .id = (shmid) })
#define INODE(d, i)	\
	((struct object_key){ .space = SPACE_INODE, .ns = (d), .id = (i) })

static struct layout layout;

static void open_snapshot(struct snapshot *snap)
{
	*snap = (struct snapshot){ .layout = &layout };
	snap->parts_read = (UINT64_C(1) << NR_PARTS) - 1;
	snap->host.first_pid_ns = snap->host.all_processes = true;
	snap->host.ipc_ns = 1;
}

static int setup(void **state)
{
	struct fieldset wanted[NR_CLASSES];

	(void)state;
	memset(wanted, 0xff, sizeof(wanted));
	layout_init(&layout, wanted);
	return 0;
}

static void test_found_by_key(void **state)
{
	struct snapshot snap;
	uint32_t shm, pipe, fifo;

	(void)state;
	open_snapshot(&snap);
	shm = snapshot_object(&snap, CLASS_shm, SHM(7));
	pipe = snapshot_object(&snap, CLASS_pipe, INODE(1, 7));
	fifo = snapshot_object(&snap, CLASS_fifo, INODE(2, 7));
	assert_int_equal(snap.objects.nr, 3);
	assert_int_equal(snapshot_object(&snap, CLASS_shm, SHM(7)), shm);
	assert_int_equal(snapshot_object(&snap, CLASS_pipe, INODE(1, 7)), pipe);
	assert_int_equal(snapshot_find(&snap, INODE(2, 7)), fifo);
	assert_int_equal(snapshot_find(&snap, INODE(3, 7)), NO_INDEX);
	assert_int_equal(snapshot_find(&snap, SHM(8)), NO_INDEX);
	snapshot_finish(&snap);
	assert_int_equal(snap.objects.nr, 3);
	assert_int_equal(snap.objects.at[snapshot_find(&snap, INODE(2, 7))].class,
			 CLASS_fifo);
	snapshot_free(&snap);
}

static void test_processes_by_start(void **state)
{
	struct snapshot snap;
	uint32_t old, new;

	(void)state;
	open_snapshot(&snap);
	old = snapshot_process(&snap, 5, 100);
	new = snapshot_process(&snap, 5, 200);
	assert_int_not_equal(old, new);
	assert_int_equal(snapshot_process(&snap, 5, 100), old);
	assert_int_equal(snapshot_process(&snap, 5, 200), new);
	assert_int_equal(snapshot_find_pid(&snap, 6), NO_INDEX);
	assert_int_not_equal(snapshot_find_pid(&snap, 5), NO_INDEX);
	snapshot_free(&snap);
}

static void test_only_what_is_wanted(void **state)
{
	struct fieldset wanted[NR_CLASSES] = { 0 };
	struct layout small;
	struct snapshot snap;
	uint32_t object;
	uint64_t num;

	(void)state;
	fieldset_add(&wanted[CLASS_shm], FIELD_SIZE);
	fieldset_add(&wanted[CLASS_shm], FIELD_OWNER);	/* not stored */
	fieldset_add(&wanted[CLASS_shm], FIELD_MESSAGES);	/* it has none */
	layout_init(&small, wanted);
	/* key, ipc_ns, flags, mode, uid and the size */
	assert_int_equal(small.nr_slots[CLASS_shm], 6);
	assert_int_equal(small.slot[CLASS_shm][FIELD_OWNER], NO_SLOT);
	assert_int_equal(small.slot[CLASS_shm][FIELD_MESSAGES], NO_SLOT);
	assert_int_equal(small.slot[CLASS_shm][FIELD_GID], NO_SLOT);
	snap = (struct snapshot){ .layout = &small };
	assert_true(object_wants(&snap, CLASS_shm, FIELD_SIZE));
	assert_false(object_wants(&snap, CLASS_shm, FIELD_GID));
	object = snapshot_object(&snap, CLASS_shm, SHM(1));
	assert_false(object_num(&snap, &snap.objects.at[object], FIELD_SIZE, &num));
	object_set(&snap, object, FIELD_SIZE, 0);
	object_set(&snap, object, FIELD_GID, 5);
	assert_true(object_num(&snap, &snap.objects.at[object], FIELD_SIZE, &num));
	assert_int_equal(num, 0);
	assert_false(object_num(&snap, &snap.objects.at[object], FIELD_GID, &num));
	snapshot_free(&snap);
}

static void test_slots_are_distinct(void **state)
{
	bool taken[NR_FIELDS];
	enum class_id class;
	enum field_id field;

	(void)state;
	for (class = 0; class < NR_CLASSES; class++) {
		memset(taken, 0, sizeof(taken));
		/* "known" has a bit for each */
		assert_in_range(layout.nr_slots[class], 1, 32);
		for_each_field(field) {
			uint8_t slot = layout.slot[class][field];

			if (slot == NO_SLOT)
				continue;
			assert_in_range(slot, 0, layout.nr_slots[class] - 1);
			assert_false(taken[slot]);
			taken[slot] = true;
		}
	}
}

/* Whoever comes first, and in whichever snapshot. */
static void test_first_name_stays(void **state)
{
	struct snapshot base, shard;
	uint32_t object;

	(void)state;
	open_snapshot(&base);
	object = snapshot_object(&base, CLASS_fifo, INODE(1, 1));
	object_set_first(&base, object, FIELD_NAME, "/run/b", 6);
	object_set_first(&base, object, FIELD_NAME, "/run/c", 6);
	object_set_first(&base, object, FIELD_NAME, "/run/b/c", 8);
	assert_told(&base, fifo, 1, NAME, "/run/b");
	object_set_first(&base, object, FIELD_NAME, "/run/a", 6);
	assert_told(&base, fifo, 1, NAME, "/run/a");
	shard = (struct snapshot){ .layout = &layout };
	shard.base = &base;
	object = snapshot_object(&shard, CLASS_fifo, INODE(1, 1));
	object_set_first(&shard, object, FIELD_NAME, "/", 1);
	snapshot_merge(&base, &shard);
	assert_told(&base, fifo, 1, NAME, "/run/a");
	snapshot_free(&base);
}

static double seconds_of(uint32_t nr, struct snapshot *snap)
{
	struct timespec from, to;
	uint32_t i;

	open_snapshot(snap);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (i = 0; i < nr; i++) {
		uint32_t object = snapshot_object(snap, CLASS_pipe,
						  INODE(1, (i * 7919ull) % nr));
		uint32_t process = snapshot_process(snap, (pid_t)(i / 100) + 1, 9);

		snapshot_edge(snap, EDGE_OPEN, process, object)->fd = (int32_t)i;
	}
	snapshot_finish(snap);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) +
	       (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Ten times as many; a quadratic step would take a hundred times as long. */
static void test_many_take_linear_time(void **state)
{
	struct snapshot few, many;
	double small, large;
	uint32_t i;

	(void)state;
	small = seconds_of(20000, &few);
	large = seconds_of(200000, &many);
	assert_int_equal(many.objects.nr, 200000);
	assert_int_equal(many.processes.nr, 2000);
	assert_int_equal(many.edges.nr, 200000);
	for (i = 0; i < many.objects.nr; i++) {
		assert_int_equal(many.objects.at[i].key.id, i);
		assert_int_equal(many.objects.at[i].nr_edges, 1);
	}
	for (i = 0; i < many.processes.nr; i++)
		assert_int_equal(many.processes.at[i].nr_edges, 100);
	assert_true(large < 50 * small + 0.5);
	snapshot_free(&few);
	snapshot_free(&many);
}

/* One object with as many holders, and one process with as many objects. */
static void test_many_at_one(void **state)
{
	struct snapshot snap;
	const struct object *pipe;
	const uint32_t nr = 100000;
	uint32_t i;

	(void)state;
	open_snapshot(&snap);
	for (i = 0; i < nr; i++) {
		uint32_t object = snapshot_object(&snap, CLASS_pipe, INODE(1, 1));
		uint32_t process = snapshot_process(&snap, (pid_t)(nr - i), 9);

		snapshot_edge(&snap, EDGE_OPEN, process, object)->fd = 1;
		snapshot_edge(&snap, EDGE_OPEN, snapshot_process(&snap, 1, 9),
			      snapshot_object(&snap, CLASS_pipe, INODE(1, i)));
	}
	snapshot_finish(&snap);
	pipe = the_object(&snap, CLASS_pipe, 1);
	assert_int_equal(pipe->nr_edges, nr + 1);
	assert_int_equal(snap.processes.at[0].pid, 1);
	assert_int_equal(snap.processes.at[0].nr_edges, nr + 1);
	for (i = 1; i < nr; i++)
		assert_int_equal(object_edge(&snap, pipe, i + 1)->process, i);
	snapshot_free(&snap);
}

static void name_object(struct snapshot *snap, enum class_id class,
			uint64_t dev, uint64_t ino, const char *name)
{
	object_set_str(snap, snapshot_object(snap, class, INODE(dev, ino)),
		       FIELD_NAME, name, strlen(name));
}

static void test_final_order(void **state)
{
	static const struct { uint64_t ns, id; } segments[] = {
		{ 2, 1 }, { 1, 30 }, { 1, 4 }, { 2, 0 },
	};
	struct snapshot snap;
	const struct object *obj;
	size_t i;

	(void)state;
	open_snapshot(&snap);
	name_object(&snap, CLASS_pshm, 5, 1, "/b");
	name_object(&snap, CLASS_pshm, 5, 2, "/a");
	name_object(&snap, CLASS_pshm, 4, 3, "/b");
	snapshot_object(&snap, CLASS_pshm, INODE(5, 4));
	name_object(&snap, CLASS_fifo, 5, 9, "/run/z");
	name_object(&snap, CLASS_fifo, 5, 10, "/run/y");
	for (i = 0; i < ARRAY_SIZE(segments); i++) {
		struct object_key key = SHM(segments[i].id);

		key.ns = segments[i].ns;
		snapshot_object(&snap, CLASS_shm, key);
	}
	snapshot_process(&snap, 20, 2);
	snapshot_process(&snap, 3, 7);
	snapshot_process(&snap, 20, 1);
	snapshot_finish(&snap);
	assert_string_equal(tell_refs(&snap, A_CLASS(shm)),
			    "shm:4 shm:30 shm:0@2 shm:1@2");
	obj = the_object(&snap, CLASS_pshm, 2);
	assert_int_equal(obj[1].key.ns, 4);
	assert_int_equal(obj[1].key.id, 3);
	assert_int_equal(obj[2].key.id, 1);
	assert_int_equal(obj[3].key.id, 4);	/* without a name: last */
	assert_string_equal(tell_refs(&snap, A_CLASS(fifo)),
			    "fifo:/run/y fifo:/run/z");
	assert_int_equal(snap.processes.at[0].pid, 3);
	assert_int_equal(snap.processes.at[1].start, 1);
	assert_int_equal(snap.processes.at[2].start, 2);
	snapshot_free(&snap);
}

static void test_edges_twice_are_one(void **state)
{
	struct snapshot snap;
	struct edge *edge;
	uint32_t object, process;
	int i;

	(void)state;
	open_snapshot(&snap);
	object = snapshot_object(&snap, CLASS_pipe, INODE(1, 1));
	process = snapshot_process(&snap, 4, 4);
	for (i = 0; i < 6; i++) {
		edge = snapshot_edge(&snap, EDGE_OPEN, process, object);
		edge->fd = i / 2;
		edge->access = ACCESS_READ;
	}
	edge = snapshot_edge(&snap, EDGE_OPEN, process, object);
	edge->fd = 0;
	edge->access = ACCESS_WRITE;	/* another: not the same */
	for (i = 0; i < 2; i++)
		snapshot_edge(&snap, EDGE_WAITS, process, object)->tid = 5;
	snapshot_finish(&snap);
	assert_edges(&snap, pipe, 1,
		     "4 open r fd0; 4 open w fd0; 4 open r fd1; 4 open r fd2; 4/5 waits");
	assert_int_equal(snap.processes.at[0].nr_edges, 5);
	snapshot_free(&snap);
}

/* Two that differ in nothing but one member stay two, in the same order
 * whichever came first. */
static void test_every_member_orders(void **state)
{
	struct edge one = { .fd = -1, .other = NO_INDEX }, others[9];
	struct snapshot forth, back;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = one;
	others[0].kind = EDGE_WAITS;
	others[1].fd = 3;
	others[2].tid = 4;
	others[3].other = 7;
	others[4].address = 1;
	others[5].access = 1;
	others[6].offset = 1;
	others[7].length = 1;
	others[8].op = -1;
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		open_snapshot(&forth);
		open_snapshot(&back);
		snapshot_object(&forth, CLASS_pipe, INODE(1, 1));
		snapshot_object(&back, CLASS_pipe, INODE(1, 1));
		snapshot_process(&forth, 1, 1);
		snapshot_process(&back, 1, 1);
		*vec_add(&forth.edges) = one;
		*vec_add(&forth.edges) = others[i];
		*vec_add(&back.edges) = others[i];
		*vec_add(&back.edges) = one;
		snapshot_finish(&forth);
		snapshot_finish(&back);
		assert_int_equal(forth.edges.nr, 2);
		assert_string_equal(tell_all(&forth), tell_all(&back));
		snapshot_free(&forth);
		snapshot_free(&back);
	}
}

static void test_warnings_of_gaps(void **state)
{
	struct snapshot snap;

	(void)state;
	open_snapshot(&snap);
	snapshot_gap(&snap, PART_MAPS, EACCES, 40, 0, 0);
	snapshot_gap(&snap, PART_FDS, EACCES, 30, 0, 0);
	snapshot_gap(&snap, PART_FDS, EACCES, 20, 0, 0);
	snapshot_gap(&snap, PART_FDS, EIO, 10, 0, 0);
	snapshot_gap(&snap, PART_FDS, EACCES, 20, 0, 9);	/* again */
	snapshot_warn(&snap, PART_SYSV, EIO, "table %d", 1);
	snapshot_warn(&snap, PART_SYSV, EIO, "table %d", 2);
	snapshot_warn(&snap, PART_SYSV, EPERM, "table");
	snapshot_unsupported(&snap, PART_MQUEUE, "queues");
	snapshot_unsupported(&snap, PART_MQUEUE, "queues");
	snapshot_finish(&snap);
	assert_string_equal(tell_warnings(&snap),
			    "fds EIO 1 pid 10; fds EACCES 2 pid 20; maps EACCES 1 pid 40; "
		"sysv EPERM 1 table; sysv EIO 2 table 1; mqueue unsupported 2 queues");
	assert_int_equal(snap.gaps.nr, 4);
	snapshot_free(&snap);
}

/* Whoever was found twice, of whichever namespace first: the same one stays. */
static void test_gaps_in_any_order(void **state)
{
	struct snapshot forth, back;
	uint64_t ns;

	(void)state;
	open_snapshot(&forth);
	open_snapshot(&back);
	for (ns = 0; ns < 50; ns++) {
		snapshot_gap(&forth, PART_FDS, EACCES, 7, (uid_t)ns % 3, ns);
		snapshot_gap(&back, PART_FDS, EACCES, 7, (uid_t)(49 - ns) % 3,
			     49 - ns);
	}
	snapshot_finish(&forth);
	snapshot_finish(&back);
	assert_int_equal(forth.gaps.nr, 1);
	assert_string_equal(tell_all(&forth), tell_all(&back));
	snapshot_free(&forth);
	snapshot_free(&back);
}

static void test_names_by_id(void **state)
{
	struct snapshot snap;

	(void)state;
	open_snapshot(&snap);
	snapshot_name(&snap, false, 7, arena_str(&snap.arena, "seven", 5));
	snapshot_name(&snap, true, 7, arena_str(&snap.arena, "group", 5));
	snapshot_name(&snap, false, 3, NULL);
	snapshot_name(&snap, false, 7, NULL);
	snapshot_finish(&snap);
	assert_string_equal(snapshot_find_name(&snap, false, 7)->data, "seven");
	assert_string_equal(snapshot_find_name(&snap, true, 7)->data, "group");
	assert_null(snapshot_find_name(&snap, false, 3));
	assert_true(snapshot_id_name(&snap, false, 3));
	assert_false(snapshot_id_name(&snap, true, 3));
	assert_int_equal(snap.names.nr, 3);
	assert_int_equal(snap.names.at[0].id, 3);
	assert_false(snap.names.at[1].group);
	snapshot_free(&snap);
}

/* merge(x, x) == x, before and after it is finished. */
static void test_merge_with_itself(void **state)
{
	struct sample one, two, three;
	struct sample *all[] = { &one, &two, &three };
	const char *before, *after;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		sample_init(all[i]);
		snapshot_warn(&all[i]->snap, PART_SYSV, EIO, "x");
		snapshot_unsupported(&all[i]->snap, PART_MQUEUE, "y");
	}
	before = tell_all(&one.snap);
	three.snap.layout = two.snap.layout = one.snap.layout;
	snapshot_merge(&two.snap, &three.snap);
	snapshot_merge(&one.snap, &two.snap);
	snapshot_finish(&one.snap);
	after = tell_all(&one.snap);
	assert_string_equal(before, after);
	assert_string_equal(tell_warnings(&one.snap),
			    "fds EACCES 1 pid 1; sysv EIO 1 x; mqueue unsupported 1 y");
	sample_free(&one);
}

/* One of several parts of a picture, which overlap and disagree. */
static void fill_part(struct snapshot *snap, uint32_t nr)
{
	struct sems *sems = arena_alloc(&snap->arena, sizeof(*sems) +
					sizeof(sems->sem[0]));
	uint32_t i, pipe, shm, fifo, sem;
	char text[16];

	for (i = 0; i < 40; i += nr + 1) {
		pid_t pid = (pid_t)(100 - i);
		uint32_t process = snapshot_process(snap, pid, i);

		pipe = snapshot_object(snap, CLASS_pipe, INODE(1, i % 7));
		snapshot_edge(snap, EDGE_OPEN, process, pipe)->fd = (int)i;
		snap->processes.at[process].comm =
			arena_str(&snap->arena, "comm", 2 + nr % 2);
		snap->processes.at[process].uid = nr ? 5 : (uid_t)-1;
		snapshot_gap(snap, PART_FDS, EACCES, pid, 0, nr);
	}
	shm = snapshot_object(snap, CLASS_shm, SHM(1));
	object_set(snap, shm, FIELD_SIZE, 4096 * (nr + 1));
	object_flag(snap, shm, nr % 2 ? IS(DEST) : IS(LOCKED));
	fifo = snapshot_object(snap, CLASS_fifo, INODE(2, 2));
	snprintf(text, sizeof(text), "/run/f%u", (nr + 1) % 3);
	object_set_str(snap, fifo, FIELD_NAME, text, strlen(text));
	object_set_word(snap, snapshot_object(snap, CLASS_unix,
			(struct object_key){ SPACE_SOCKET, 1, 9 }), FIELD_TYPE,
			nr ? "stream" : "dgram");
	sem = snapshot_object(snap, CLASS_sem,
			      (struct object_key){ SPACE_SEM, 1, 3 });
	sems->nr = 1;
	sems->sem[0].value = (uint16_t)(nr * 5 % 3);
	object_set_sems(snap, sem, sems);
	snapshot_edge(snap, EDGE_PEER, NO_INDEX, shm)->peer = fifo;
	snapshot_warn(snap, PART_SHMFS, EACCES, "/dev/shm/%u", (nr + 2) % 3);
	snprintf(text, sizeof(text), "name%u", nr);
	snapshot_name(snap, false, nr, arena_str(&snap->arena, text, 5));
	snapshot_name(snap, false, 9, nr == 1 ?
		      arena_str(&snap->arena, "nine", 4) : NULL);
}

static const char *merged(const uint32_t order[3], struct snapshot *snap)
{
	uint32_t i;

	open_snapshot(snap);
	for (i = 0; i < 3; i++) {
		struct snapshot part;

		open_snapshot(&part);
		fill_part(&part, order[i]);
		if (i == 1)
			snapshot_finish(&part);
		snapshot_merge(snap, &part);
		assert_int_equal(part.objects.nr, 0);
	}
	snapshot_finish(snap);
	return tell_all(snap);
}

static void test_merge_in_any_order(void **state)
{
	static const uint32_t orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 },
	};
	struct snapshot first, snap;
	const char *expect;
	size_t i;

	(void)state;
	expect = merged(orders[0], &first);
	assert_told(&first, shm, 1, STATE, "dest,locked");
	for (i = 1; i < ARRAY_SIZE(orders); i++) {
		assert_string_equal(merged(orders[i], &snap), expect);
		snapshot_free(&snap);
	}
	snapshot_free(&first);
}

/* One inode that two processes call by names that mean different classes. */
static void test_merge_of_two_classes(void **state)
{
	struct snapshot snaps[2], part;
	const char *told[2];
	int i, k;

	(void)state;
	for (i = 0; i < 2; i++) {
		open_snapshot(&snaps[i]);
		for (k = 0; k < 2; k++) {
			enum class_id class = k == i ? CLASS_psem : CLASS_pshm;

			open_snapshot(&part);
			name_object(&part, class, 5, 1, "/x");
			object_set(&part, 0, FIELD_SIZE, 32);
			object_set(&part, 0, FIELD_BTIME, 77);
			snapshot_edge(&part, EDGE_OPEN,
				      snapshot_process(&part, 10 + (int)class, 1), 0);
			snapshot_merge(&snaps[i], &part);
		}
		snapshot_finish(&snaps[i]);
		assert_int_equal(snaps[i].objects.nr, 1);
		assert_told(&snaps[i], pshm, 1, BTIME, "77");
		assert_told(&snaps[i], pshm, 1, SIZE, "32");
		assert_told(&snaps[i], pshm, 1, NAME, "/x");
		told[i] = tell_all(&snaps[i]);
	}
	assert_string_equal(told[0], told[1]);
	snapshot_free(&snaps[0]);
	snapshot_free(&snaps[1]);
}

/* A thread's own snapshot knows what was listed before. */
static void test_shards(void **state)
{
	struct snapshot base, shard;
	uint32_t listed, found, process;

	(void)state;
	open_snapshot(&base);
	listed = snapshot_object(&base, CLASS_pipe, INODE(1, 1));
	shard = (struct snapshot){ .layout = &layout };
	shard.base = &base;
	assert_int_equal(snapshot_object(&shard, CLASS_pipe, INODE(1, 1)),
			 listed | IN_BASE);
	found = snapshot_object(&shard, CLASS_pipe, INODE(1, 2));
	assert_int_equal(found & IN_BASE, 0);
	assert_int_equal(shard.objects.nr, 1);
	object_set(&shard, listed | IN_BASE, FIELD_UID, 5);	/* ignored */
	object_set(&shard, found, FIELD_UID, 6);
	process = snapshot_process(&shard, 8, 8);
	snapshot_edge(&shard, EDGE_OPEN, process, listed | IN_BASE)->fd = 3;
	snapshot_edge(&shard, EDGE_OPEN, process, found)->fd = 4;
	snapshot_gap(&shard, PART_FDS, EACCES, 8, 0, 0);
	snapshot_merge(&base, &shard);
	snapshot_finish(&base);
	assert_edges(&base, pipe, 1, "8 open fd3");
	assert_edges(&base, pipe, 2, "8 open fd4");
	assert_told(&base, pipe, 1, UID, "?");
	assert_told(&base, pipe, 2, UID, "6");
	assert_string_equal(tell_warnings(&base), "fds EACCES 1 pid 8");
	snapshot_free(&base);
}

static void test_process_edges(void **state)
{
	struct snapshot snap;
	const struct process *proc;
	const struct edge *edge;
	uint32_t i, process, last = 0;

	(void)state;
	open_snapshot(&snap);
	process = snapshot_process(&snap, 1, 1);
	for (i = 50; i; i--)
		snapshot_edge(&snap, EDGE_OPEN, process,
			      snapshot_object(&snap, CLASS_pipe, INODE(1, i)));
	snapshot_edge(&snap, EDGE_PEER, NO_INDEX, 0)->peer = 1;
	snapshot_finish(&snap);
	proc = &snap.processes.at[0];
	assert_int_equal(proc->nr_edges, 50);
	for_each_process_edge(edge, i, &snap, proc) {
		assert_int_equal(edge->process, 0);
		assert_in_range(edge->object, last, 49);
		last = edge->object;
	}
	snapshot_free(&snap);
}

static void test_nothing_at_all(void **state)
{
	struct snapshot snap, other;

	(void)state;
	open_snapshot(&snap);
	open_snapshot(&other);
	snapshot_merge(&snap, &other);
	snapshot_finish(&snap);
	snapshot_finish(&snap);
	assert_int_equal(snap.objects.nr, 0);
	assert_string_equal(tell_refs(&snap, ALL_CLASSES), "");
	snapshot_free(&snap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found_by_key),
		cmocka_unit_test(test_processes_by_start),
		cmocka_unit_test(test_only_what_is_wanted),
		cmocka_unit_test(test_slots_are_distinct),
		cmocka_unit_test(test_first_name_stays),
		cmocka_unit_test(test_many_take_linear_time),
		cmocka_unit_test(test_many_at_one),
		cmocka_unit_test(test_final_order),
		cmocka_unit_test(test_edges_twice_are_one),
		cmocka_unit_test(test_every_member_orders),
		cmocka_unit_test(test_warnings_of_gaps),
		cmocka_unit_test(test_gaps_in_any_order),
		cmocka_unit_test(test_names_by_id),
		cmocka_unit_test(test_merge_with_itself),
		cmocka_unit_test(test_merge_in_any_order),
		cmocka_unit_test(test_merge_of_two_classes),
		cmocka_unit_test(test_shards),
		cmocka_unit_test(test_process_edges),
		cmocka_unit_test(test_nothing_at_all),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
