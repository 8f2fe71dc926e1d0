// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "ipcscope/query.h"

/* What must be read to list @classes with these fields. */
static uint64_t parts_of(uint64_t classes, const enum field_id *list)
{
	struct query query = { .classes = classes };

	for (; *list != FIELD_NONE; list++)
		query_add_field(&query, *list);
	query_plan(&query);
	return query.parts;
}
#define PARTS(classes, ...) \
	parts_of(classes, (const enum field_id[]){ __VA_ARGS__, FIELD_NONE })

#define PROC_PARTS	(NEED(FDS) | NEED(MAPS) | NEED(ACCESS) | \
			 NEED(FDINFO) | NEED(CALLS))

static void test_segments_need_no_process(void **state)
{
	(void)state;
	assert_int_equal(PARTS(A_CLASS(shm), FIELD_REF, FIELD_KEY, FIELD_OWNER,
			       FIELD_SIZE, FIELD_RSS, FIELD_ATTACHES,
			       FIELD_STATE, FIELD_AGE, FIELD_IDLE), NEED(SYSV));
	assert_int_equal(PARTS(A_CLASS(shm), FIELD_USERS),
			 NEED(SYSV) | NEED(MAPS));
	assert_int_equal(PARTS(A_CLASS(shm), FIELD_ATTACHES_FOUND),
			 NEED(SYSV) | NEED(MAPS));
	/* Only a mapping's name remembers it. */
	assert_int_equal(PARTS(A_CLASS(shm), FIELD_OLD_KEY),
			 NEED(SYSV) | NEED(MAPS));
	assert_int_equal(PARTS(A_CLASS(shm), FIELD_CREATOR_ALIVE),
			 NEED(SYSV) | NEED(PROCS));
	assert_int_equal(PARTS(A_CLASS(shm), FIELD_LAST_BY),
			 NEED(SYSV) | NEED(PROCS));
}

static void test_sets_and_queues(void **state)
{
	(void)state;
	assert_int_equal(PARTS(A_CLASS(sem), FIELD_NSEMS), NEED(SYSV));
	assert_int_equal(PARTS(A_CLASS(sem), FIELD_VALUES),
			 NEED(SYSV) | NEED(SEMS));
	assert_int_equal(PARTS(A_CLASS(sem), FIELD_STATE),
			 NEED(SYSV) | NEED(CALLS));
	assert_int_equal(PARTS(A_CLASS(msg), FIELD_MESSAGES, FIELD_QBYTES),
			 NEED(SYSV));
	assert_int_equal(PARTS(A_CLASS(msg), FIELD_WAITERS),
			 NEED(SYSV) | NEED(CALLS));
}

static void test_posix(void **state)
{
	const uint64_t listed = NEED(SHMFS) | NEED(FDS) | NEED(MAPS);

	(void)state;
	assert_int_equal(PARTS(A_CLASS(pshm), FIELD_SIZE), listed);
	assert_int_equal(PARTS(A_CLASS(pshm), FIELD_USERS),
			 listed | NEED(ACCESS) | NEED(FLIGHT) | NEED(REQUESTS));
	assert_int_equal(PARTS(A_CLASS(psem), FIELD_VALUES),
			 listed | NEED(SEMFILE));
	assert_int_equal(PARTS(A_CLASS(psem), FIELD_AMOUNT),
			 listed | NEED(SEMFILE));
	assert_int_equal(PARTS(A_CLASS(psem), FIELD_STATE),
			 listed | NEED(CALLS) | NEED(FLIGHT) | NEED(REQUESTS));
	assert_int_equal(PARTS(A_CLASS(pmsg), FIELD_MESSAGES),
			 NEED(MQUEUE) | NEED(FDS));
}

static void test_descriptors(void **state)
{
	(void)state;
	assert_int_equal(PARTS(A_CLASS(pipe), FIELD_REF), NEED(FDS));
	assert_int_equal(PARTS(A_CLASS(pipe), FIELD_READERS),
			 NEED(FDS) | NEED(ACCESS) | NEED(FLIGHT) | NEED(REQUESTS) | NEED(ARMED));
	assert_int_equal(PARTS(A_CLASS(unix), FIELD_LOCAL), NEED(UNIX) | NEED(NET_NS));
	assert_int_equal(PARTS(A_CLASS(unix), FIELD_NAME, FIELD_PEERS),
			 NEED(UNIX) | NEED(NET_NS));
	assert_int_equal(PARTS(A_CLASS(unix), FIELD_PEER_USERS),
			 NEED(UNIX) | NEED(NET_NS) | NEED(FDS) | NEED(FLIGHT));
	assert_int_equal(PARTS(A_CLASS(tcp), FIELD_LOCAL),
			 NEED(INET) | NEED(NET_NS) | NEED(FDS));
	assert_int_equal(PARTS(A_CLASS(netlink), FIELD_PROTOCOL),
			 NEED(NETLINK) | NEED(NET_NS) | NEED(FDS));
	assert_int_equal(PARTS(A_CLASS(packet), FIELD_USERS),
			 NEED(PACKET) | NEED(NET_NS) | NEED(FDS) | NEED(CALLS) | NEED(FLIGHT));
	assert_int_equal(PARTS(A_CLASS(eventfd), FIELD_COUNT),
			 NEED(FDS) | NEED(FDINFO));
	assert_int_equal(PARTS(A_CLASS(memfd), FIELD_SIZE),
			 NEED(FDS) | NEED(MAPS));
	assert_int_equal(PARTS(A_CLASS(pty), FIELD_INDEX),
			 NEED(FDS) | NEED(FDINFO));
}

/* A class is not charged for what another has. */
static void test_fields_of_other_classes(void **state)
{
	struct query query = { .classes = A_CLASS(shm) };

	(void)state;
	query_add_field(&query, FIELD_VALUES);
	query_add_field(&query, FIELD_READERS);
	query_plan(&query);
	assert_int_equal(query.parts, NEED(SYSV));
	assert_false(fieldset_has(&query.fields[CLASS_shm], FIELD_VALUES));
	assert_false(fieldset_has(&query.fields[CLASS_sem], FIELD_VALUES));
}

static void test_only_show(void **state)
{
	struct query query = { .classes = A_CLASS(pipe) };

	(void)state;
	query_add_field(&query, FIELD_CAPACITY);
	query_plan(&query);
	assert_false(fieldset_has(&query.fields[CLASS_pipe], FIELD_CAPACITY));
	assert_int_equal(query.parts & NEED(FILL), 0);
	query.only_show = true;
	query_add_field(&query, FIELD_CAPACITY);
	query_plan(&query);
	assert_true(fieldset_has(&query.fields[CLASS_pipe], FIELD_CAPACITY));
	assert_int_equal(query.parts & NEED(FILL), NEED(FILL));
}

/* What a field is worked out from comes with it. */
static void test_sources(void **state)
{
	static const struct {
		enum class_id class;
		enum field_id field, sources[6];
	} cases[] = {
		{ CLASS_shm, FIELD_GROUP, { FIELD_GID, FIELD_NONE } },
		{ CLASS_shm, FIELD_CREATOR, { FIELD_CUID, FIELD_NONE } },
		{ CLASS_shm, FIELD_AMOUNT, { FIELD_SIZE, FIELD_NONE } },
		{ CLASS_sem, FIELD_AMOUNT, { FIELD_NSEMS, FIELD_NONE } },
		{ CLASS_msg, FIELD_AMOUNT, { FIELD_MESSAGES, FIELD_NONE } },
		{ CLASS_shm, FIELD_USERS, { FIELD_ATTACHES, FIELD_NONE } },
		{ CLASS_shm, FIELD_STATE, { FIELD_ATTACHES, FIELD_NONE } },
		{ CLASS_shm, FIELD_PID, { FIELD_ATTACHES, FIELD_NONE } },
		{ CLASS_shm, FIELD_COMMAND, { FIELD_ATTACHES, FIELD_NONE } },
		{ CLASS_shm, FIELD_USERS_COMPLETE, { FIELD_ATTACHES, FIELD_NONE } },
		{ CLASS_shm, FIELD_ATTACHES_FOUND, { FIELD_ATTACHES, FIELD_NONE } },
		{ CLASS_shm, FIELD_MADE_BY, { FIELD_CPID, FIELD_CTIME, FIELD_NONE } },
		{ CLASS_shm, FIELD_CREATOR_ALIVE,
		  { FIELD_CPID, FIELD_CTIME, FIELD_NONE } },
		{ CLASS_shm, FIELD_CPID, { FIELD_CTIME, FIELD_NONE } },
		{ CLASS_shm, FIELD_LPID, { FIELD_ATIME, FIELD_DTIME, FIELD_NONE } },
		{ CLASS_shm, FIELD_LAST_BY,
		  { FIELD_LPID, FIELD_ATIME, FIELD_DTIME, FIELD_NONE } },
		{ CLASS_msg, FIELD_LSPID, { FIELD_STIME, FIELD_NONE } },
		{ CLASS_msg, FIELD_LRPID, { FIELD_RTIME, FIELD_NONE } },
		{ CLASS_msg, FIELD_LAST_BY, { FIELD_LSPID, FIELD_LRPID,
		  FIELD_STIME, FIELD_RTIME, FIELD_NONE } },
		{ CLASS_sem, FIELD_VALUES, { FIELD_NSEMS, FIELD_NONE } },
		{ CLASS_unix, FIELD_REF, { FIELD_TYPE, FIELD_NONE } },
		{ CLASS_tcp, FIELD_REMOTE, { FIELD_LOCAL, FIELD_NONE } },
		{ CLASS_pshm, FIELD_AGE, { FIELD_BTIME, FIELD_CTIME, FIELD_NONE } },
		{ CLASS_shm, FIELD_AGE, { FIELD_CTIME, FIELD_NONE } },
		{ CLASS_shm, FIELD_IDLE, { FIELD_ATIME, FIELD_DTIME, FIELD_NONE } },
		{ CLASS_sem, FIELD_IDLE, { FIELD_OTIME, FIELD_NONE } },
		{ CLASS_fifo, FIELD_IDLE, { FIELD_MTIME, FIELD_ATIME, FIELD_NONE } },
	};
	struct layout layout;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct query query = { .classes = A_CLASS_OF(cases[i].class) };

		query_add_field(&query, cases[i].field);
		query_plan(&query);
		layout_init(&layout, query.fields);
		for (k = 0; cases[i].sources[k] != FIELD_NONE; k++) {
			enum field_id source = cases[i].sources[k];

			if (layout.slot[cases[i].class][source] == NO_SLOT)
				fail_msg("%s without %s",
					 fields[cases[i].field].name,
					 fields[source].name);
		}
	}
}

/* Whatever is asked of all classes at once, the plan has what each needs. */
static void law_plan_covers_needs(void **state)
{
	struct query query = { .classes = ALL_CLASSES };
	enum field_id field;
	enum class_id class;
	uint64_t needs;

	(void)state;
	for_each_field(field)
		query_add_field(&query, field);
	query_plan(&query);
	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];

		assert_int_equal(kind->listed_by & ~query.parts, 0);
		for_each_field(field) {
			if (!class_has(kind, field, &needs) ||
			    class_field_cost(kind, field) == COST_SHOWN)
				continue;
			assert_int_equal(needs & ~query.parts, 0);
			assert_true(fieldset_has(&query.fields[class], field));
		}
	}
	assert_int_equal(query.parts & NEED(FILL), 0);
}

static void law_cheap_fields_read_no_process(void **state)
{
	(void)state;
	assert_int_equal(PARTS(A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg),
			       FIELD_REF, FIELD_KEY, FIELD_UID, FIELD_GROUP,
			       FIELD_CREATOR, FIELD_MODE, FIELD_AMOUNT,
			       FIELD_IPC_NS, FIELD_AGE) & PROC_PARTS, 0);
	assert_int_equal(PARTS(A_CLASS(unix) | A_CLASS(packet), FIELD_REF, FIELD_TYPE,
			       FIELD_LOCAL, FIELD_NAME) & PROC_PARTS, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_segments_need_no_process),
		cmocka_unit_test(test_sets_and_queues),
		cmocka_unit_test(test_posix),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_fields_of_other_classes),
		cmocka_unit_test(test_only_show),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(law_plan_covers_needs),
		cmocka_unit_test(law_cheap_fields_read_no_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
