// SPDX-License-Identifier: GPL-2.0-or-later
/* A clock that was set must not make a living creator look like a later process. */
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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define NOTES "/run/ipcscope/clock"

static void write_notes(const char *text)
{
	FILE *to = fopen(NOTES, "w");

	assert_non_null(to);
	assert_true(fputs(text, to) >= 0);
	must(fclose(to));
}

/* "REALTIME BOOTTIME" of @ago seconds ago, on a clock that was @ahead then. */
static void note(char text[64], long ago, long ahead)
{
	struct timespec real, boot;

	must(clock_gettime(CLOCK_REALTIME, &real));
	must(clock_gettime(CLOCK_BOOTTIME, &boot));
	snprintf(text, 64, "%lld %lld\n", (long long)(real.tv_sec - ago + ahead) * 1000,
		 (long long)(boot.tv_sec - ago) * 1000);
}

static json_int_t steady_since(void)
{
	json_int_t since;
	struct run r;
	char *end;

	run_tool(&r, "snapshot", "-");
	run_expect(&r, 0);
	end = strchr(r.out, '\n');
	assert_non_null(end);
	*end = '\0';
	r.json = json_loads(r.out, 0, NULL);
	assert_non_null(r.json);
	since = json_integer_value(json_object_get(r.json, "steady_since"));
	run_free(&r);
	return since;
}

static int fresh_run(void **state)
{
	(void)state;
	sandbox_mount_tmpfs("/run");
	must(mkdir("/run/ipcscope", 0755));
	return 0;
}

static void the_oldest_note_at_the_same_distance_counts(void **state)
{
	char text[256] = "", line[64];
	time_t now = time(NULL);

	(void)state;
	assert_int_equal(steady_since(), 0);
	note(text, 9000, 0);
	note(line, 8000, 600);
	strcat(text, line);
	note(line, 7000, 0);
	strcat(text, line);
	note(line, 6000, 0);
	strcat(text, line);
	write_notes(text);
	assert_in_range(steady_since(), now - 7002, now - 6990);
	note(line, 100, -3600);
	strcat(text, line);
	write_notes(text);
	assert_int_equal(steady_since(), 0);
}

static void notes_that_others_can_write_are_not_believed(void **state)
{
	char text[64];

	(void)state;
	note(text, 9000, 0);
	write_notes(text);
	assert_int_not_equal(steady_since(), 0);
	must(chmod(NOTES, 0666));
	assert_int_equal(steady_since(), 0);
	must(chmod(NOTES, 0644));
	must(chmod("/run/ipcscope", 0777));
	assert_int_equal(steady_since(), 0);
	must(chmod("/run/ipcscope", 0755));
	must(rename(NOTES, "/run/other"));
	must(symlink("/run/other", NOTES));
	assert_int_equal(steady_since(), 0);
}

static void stale_and_clean_write_a_note_once(void **state)
{
	struct stat st;
	struct run r;
	off_t size;

	(void)state;
	run_tool(&r, "stale", "-q");
	run_expect(&r, 0);
	run_free(&r);
	must(stat(NOTES, &st));
	size = st.st_size;
	assert_true(size > 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	run_tool(&r, "clean", "-q");
	run_free(&r);
	must(stat(NOTES, &st));
	assert_int_equal(st.st_size, size);
}

static void make_and_stay(void *arg)
{
	(void)arg;
	make_shm(IPC_PRIVATE, 4096, 0600);
	sandbox_ready(0);
	pause();
}

static const char *verdict_of(struct run *r)
{
	json_t *object = json_array_get(json_object_get(run_json(r), "objects"), 0);

	return get_text(json_object_get(object, "stale"), "verdict");
}

/* Set forward by ten minutes after the segment was made, for ipcscope alone: by a
 * library loaded before. */
static void a_living_creator_stays_one_after_the_clock_was_set(void **state)
{
	static const char source[] =
		"#define _GNU_SOURCE\n#include <dlfcn" ".h>\n#include <time" ".h>\n"
		"int clock_gettime(clockid_t id, struct timespec *ts)\n{\n"
		"	static int (*next)(clockid_t, struct timespec *);\n"
		"	if (!next) next = (int (*)(clockid_t, struct timespec *))"
		"dlsym(RTLD_NEXT, \"clock_gettime\");\n"
		"	int ret = next(id, ts);\n"
		"	if (id == CLOCK_REALTIME) ts->tv_sec += 600;\n	return ret;\n}\n"
		"time_t time(time_t *to)\n{\n	struct timespec ts;\n"
		"	clock_gettime(CLOCK_REALTIME, &ts);\n"
		"	if (to) *to = ts.tv_sec;\n	return ts.tv_sec;\n}\n";
	const struct how how = { .env = "LD_PRELOAD=/tmp/shift.so" };
	struct child *child;
	struct run r;
	FILE *to;

	(void)state;
	to = fopen("/tmp/shift.c", "w");
	assert_non_null(to);
	assert_true(fputs(source, to) >= 0);
	must(fclose(to));
	run_cmd(&r, "cc", "-shared", "-fPIC", "-o", "/tmp/shift.so", "/tmp/shift.c", "-ldl");
	run_expect(&r, 0);
	run_free(&r);
	child = sandbox_spawn("creator", make_and_stay, NULL);
	run_tool_how(&r, &how, (const char *const[]){ "stale", "shm", "-a", "--json",
						      "--assume-complete", NULL });
	run_expect(&r, 0);
	assert_string_not_equal(verdict_of(&r), "stale");
	assert_string_not_equal(verdict_of(&r), "suspect");
	run_free(&r);
	sandbox_kill(child);
	run_tool(&r, "rm", "--no-log", "shm:0");
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_oldest_note_at_the_same_distance_counts, fresh_run),
		cmocka_unit_test_setup(notes_that_others_can_write_are_not_believed, fresh_run),
		cmocka_unit_test_setup(stale_and_clean_write_a_note_once, fresh_run),
		cmocka_unit_test_setup(a_living_creator_stays_one_after_the_clock_was_set,
				       fresh_run),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
