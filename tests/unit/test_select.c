// SPDX-License-Identifier: GPL-2.0-or-later
/* Which objects are meant, and in what order, on the machine of sample.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "sample.h"
#include "cli/session.h"

#define MAX_ARGS	16

struct picked {
	struct request req;
	struct selection sel;
	struct picture picture;
	struct rows rows;
	int status;
	char *said;
	struct buf refs;	/* " shm:1 sem:2" */
};

static struct sample sample;

static int set_up(void **state)
{
	(void)state;
	sample_init(&sample);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sample_free(&sample);
	return 0;
}

static void pick_all(struct picked *picked)
{
	picked->status = request_values(&picked->req);
	if (!picked->status)
		picked->status = selection_args(&picked->sel, &picked->req, false);
	if (!picked->status)
		picked->status = selection_filters(&picked->sel, &picked->req,
						   &picked->picture);
	if (!picked->status)
		selection_settle(&picked->sel, &picked->req);
	if (!picked->status)
		picked->status = selection_pick(&picked->sel, &picked->picture,
						&picked->rows);
}

/* As a snapshot of the sample read from a file; @words end with NULL. */
static void pick(struct picked *picked, const char *const *words)
{
	FILE *real = stderr;
	const uint32_t *row;
	size_t len = 0;

	picked->req.command = &command_list;
	picked->req.args = (char **)words;
	while (words[picked->req.nr_args])
		picked->req.nr_args++;
	picked->picture.req = &picked->req;
	picked->picture.snap = sample.snap;	/* borrowed */
	picked->picture.parts = ~UINT64_C(0);
	stderr = open_memstream(&picked->said, &len);
	pick_all(picked);
	fclose(stderr);
	stderr = real;
	buf_puts(&picked->refs, "");
	vec_for_each(row, &picked->rows) {
		buf_putc(&picked->refs, ' ');
		object_ref(&picked->refs, &sample.snap,
			   &sample.snap.objects.at[*row]);
	}
}

static void release(struct picked *picked)
{
	selection_free(&picked->sel);
	arena_free(&picked->req.arena);
	vec_free(&picked->rows);
	buf_free(&picked->refs);
	free(picked->said);
}

#define WORDS(...)	((const char *const []){ __VA_ARGS__ __VA_OPT__(,) NULL })

static void check(struct picked *picked, const char *const *words, const char *refs,
		  int status, const char *said)
{
	pick(picked, words);
	assert_string_equal(picked->said, said);
	assert_string_equal(picked->refs.data, refs);
	assert_int_equal(picked->status, status);
	release(picked);
}

static void check_args(const char *const *words, const char *refs)
{
	struct picked picked = {};

	check(&picked, words, refs, 0, "");
}

/* One option with @value, over the default classes. */
static void check_option(enum option_id option, const char *value,
			 const char *refs)
{
	struct picked picked = {};

	picked.req.option[option].text = value;
	check(&picked, WORDS(), refs, 0, "");
}

static void check_refused(const char *const *words, int status, const char *said)
{
	struct picked picked = {};

	pick(&picked, words);
	assert_string_equal(picked.said, said);
	assert_int_equal(picked.status, status);
	release(&picked);
}

static void check_wrong_option(enum option_id option, const char *value,
			       const char *said)
{
	struct picked picked = {};

	picked.req.option[option].text = value;
	check(&picked, WORDS(), "", STATUS_USAGE, said);
}

static void test_classes(void **state)
{
	(void)state;
	check_args(WORDS("sem"), " sem:32772");
	check_args(WORDS("tcp", "pipe"), " pipe:48151 tcp:48160");
	check_args(WORDS("pty", "pty"), " pty:4 pty:0:31/4");
}

static void test_refs(void **state)
{
	(void)state;
	check_args(WORDS("shm:163841"), " shm:163841");
	check_args(WORDS("shm:0x05ce0001"), " shm:163841");
	check_args(WORDS("shm:163841@4026532777"), " shm:163841@4026532777");
	check_args(WORDS("pshm:/psm_58b99b38"), " pshm:/psm_58b99b38");
	check_args(WORDS("pshm:0:99/2025"), " pshm:0:99/2025");
	check_args(WORDS("unix:@a\\x00b\\\\\\x0a"), " unix:@a\\x00b\\\\\\x0a");
	check_args(WORDS("4124"), " memfd:4124");
}

static void test_mixture(void **state)
{
	(void)state;
	check_args(WORDS("shm:7", "sem", "pipe:48151", "shm:7"),
		   " shm:7 sem:32772 pipe:48151");
}

static void test_missing_refs(void **state)
{
	struct picked some = {};

	(void)state;
	check_refused(WORDS("pipe:5"), STATUS_FAILED,
		      "ipcscope: pipe:5 is not in this snapshot\n");
	check_refused(WORDS("pipe:5", "shm:8"), STATUS_FAILED,
		      "ipcscope: pipe:5 is not in this snapshot\n"
		      "ipcscope: shm:8 is not in this snapshot\n");
	check(&some, WORDS("pipe:5", "shm:7"), " shm:7", STATUS_FAILED,
	      "ipcscope: pipe:5 is not in this snapshot\n");
}

static void test_live_host_says_where(void **state)
{
	struct picked picked = { .picture.host = &live_host };

	(void)state;
	check(&picked, WORDS("shm:99"), "", STATUS_FAILED,
	      "ipcscope: shm:99 does not exist in this IPC namespace\n");
	picked = (struct picked){ .picture.host = &live_host };
	check(&picked, WORDS("pipe:99"), "", STATUS_FAILED,
	      "ipcscope: pipe:99 does not exist, or could not be seen\n");
}

static void test_numbers_alone(void **state)
{
	(void)state;
	check_refused(WORDS("32772"), STATUS_USAGE,
		      "ipcscope: '32772' could be sem:32772 or msg:32772: say which\n");
	check_refused(WORDS("5351"), STATUS_USAGE,
		      "ipcscope: '5351' is no REF; of process 5351 (scen-dest): ipcscope ps 5351\n");
	check_refused(WORDS("999"), STATUS_USAGE,
		      "ipcscope: '999' is no REF: they look like shm:5, shm:0x2a, pshm:/name\n");
	/* The name of a process may be anybody's. */
	check_refused(WORDS("5501"), STATUS_USAGE,
		      "ipcscope: '5501' is no REF; of process 5501 (ev\\x1b[2Jil)\\x0a1 R): ipcscope ps 5501\n");
}

static void test_ambiguous(void **state)
{
	(void)state;
	check_refused(WORDS("unix:@abstract", "sysv:32772"), STATUS_USAGE,
		      "ipcscope: 'sysv:32772' could be sem:32772 or msg:32772: say which\n");
}

static void test_shorthands(void **state)
{
	(void)state;
	check_option(OPTION_USER, "www-data", " shm:163849");
	check_option(OPTION_USER, "33, 65534", " shm:163849 pshm:/psm_58b99b38");
	check_option(OPTION_PID, "5349,5347", " sem:32772 msg:32772");
	check_option(OPTION_MIN_SIZE, "16M",
		     " shm:163849 pshm:/psm_58b99b38 pshm:2025");
	check_option(OPTION_UNATTACHED, "",
		     " shm:163841 shm:163849 shm:163841@4026532777");
	check_option(OPTION_WORLD_WRITABLE, "",
		     " shm:163849 pshm:/scen-\\x1b[31mred\\x0aline\\\\x0a'\\xff\\xe2\\x80\\xae");
}

/* Others may write: the bits of the group do not count. */
static void test_world_writable(void **state)
{
	struct object *obj = NULL;
	uint64_t mode;
	uint32_t i;

	(void)state;
	for (i = 0; !obj && i < sample.snap.objects.nr; i++) {
		if (sample.snap.objects.at[i].class == CLASS_sem)
			obj = &sample.snap.objects.at[i];
	}
	assert_true(object_num(&sample.snap, obj, FIELD_MODE, &mode));
	object_set(&sample.snap, i - 1, FIELD_MODE, 0660);
	check_option(OPTION_WORLD_WRITABLE, "",
		     " shm:163849 pshm:/scen-\\x1b[31mred\\x0aline\\\\x0a'\\xff\\xe2\\x80\\xae");
	object_set(&sample.snap, i - 1, FIELD_MODE, mode);
}

/* Neither made nor used since: what is not known is not selected. */
static void test_older(void **state)
{
	(void)state;
	check_option(OPTION_OLDER, "20m", " shm:163840 shm:163841");
	/* Made and used this long ago: old enough, to the second. */
	check_option(OPTION_OLDER, "26m", " shm:163840 shm:163841");
	check_option(OPTION_OLDER, "1561s", "");
	check_option(OPTION_OLDER, "27m", "");
}

static void test_filters_are_joined(void **state)
{
	struct picked picked = {
		.req.option[OPTION_USER].text = "root",
		.req.option[OPTION_WHERE].text = "size > 2K or class == pipe",
		.req.option[OPTION_MIN_SIZE].text = "13K",
	};

	(void)state;
	check(&picked, WORDS(), " shm:163840 pshm:2025", 0, "");
}

/* A filter that can only be true for others chooses the classes. */
static void test_filter_chooses_classes(void **state)
{
	(void)state;
	check_option(OPTION_WHERE, "class == pipe", " pipe:48151");
	check_option(OPTION_WHERE, "class in (tcp, sem)", " sem:32772");
}

static void test_wrong_filters(void **state)
{
	(void)state;
	check_wrong_option(OPTION_WHERE, "owner == root and siez > 1M",
			   "ipcscope: --where: no field 'siez', perhaps 'size'? All: ipcscope help fields\n"
			   "  owner == root and siez > 1M\n"
			   "                    ^^^^\n");
	check_wrong_option(OPTION_WHERE, "owner == root and (class == shm",
			   "ipcscope: --where: ')' missing\n"
			   "  owner == root and (class == shm\n"
			   "                    ^            ^\n");
	check_wrong_option(OPTION_WHERE, "name == '\x1b[1m' and x",
			   "ipcscope: --where: no field 'x'; all: ipcscope help fields\n"
			   "  name == '\\x1b[1m' and x\n"
			   "                        ^\n");
	check_wrong_option(OPTION_OLDER, "5K",
			   "ipcscope: --older takes a time (10m, 6h, 3d), not '5K'\n");
	check_wrong_option(OPTION_MIN_SIZE, "3d",
			   "ipcscope: --min-size takes bytes (64K, 2M), not '3d'\n");
	check_wrong_option(OPTION_PID, "1,x",
			   "ipcscope: --pid takes process ids, not 'x'\n");
	check_wrong_option(OPTION_USER, "root,,x",
			   "ipcscope: --user takes names or numbers, with commas between them\n");
	check_wrong_option(OPTION_SORT, "size,agee",
			   "ipcscope: --sort: no field 'agee', perhaps 'age'? All: ipcscope help fields\n");
}

/* Equals stay as they were, the unknown is last in both directions. */
static void test_order(void **state)
{
	struct picked up = { .req.option[OPTION_SORT].text = "size" };
	struct picked down = { .req.option[OPTION_SORT].text = "-size" };
	struct picked two = { .req.option[OPTION_SORT].text = "-uid,size" };

	(void)state;
	check(&up, WORDS("shm"),
	      " shm:163841@4026532777 shm:163841 shm:163840 shm:163849 shm:7",
	      0, "");
	check(&down, WORDS("shm"),
	      " shm:163849 shm:163840 shm:163841 shm:163841@4026532777 shm:7",
	      0, "");
	check(&two, WORDS("shm"),
	      " shm:163841@4026532777 shm:163849 shm:163841 shm:163840 shm:7",
	      0, "");
}

static void test_order_of_words(void **state)
{
	struct picked urgent = { .req.option[OPTION_SORT].text = "state" };
	struct picked owner = { .req.option[OPTION_SORT].text = "-owner,-ref" };

	(void)state;
	check(&urgent, WORDS("sysv"),
	      " msg:32772 sem:32772 shm:163840 shm:7 shm:163841 shm:163849"
	      " shm:163841@4026532777", 0, "");
	check(&owner, WORDS("shm"),
	      " shm:163849 shm:163841 shm:163840 shm:163841@4026532777 shm:7",
	      0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_refs),
		cmocka_unit_test(test_mixture),
		cmocka_unit_test(test_missing_refs),
		cmocka_unit_test(test_live_host_says_where),
		cmocka_unit_test(test_numbers_alone),
		cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_shorthands),
		cmocka_unit_test(test_world_writable),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_filters_are_joined),
		cmocka_unit_test(test_filter_chooses_classes),
		cmocka_unit_test(test_wrong_filters),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_of_words),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
