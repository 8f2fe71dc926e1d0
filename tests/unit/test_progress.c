// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/session.h"

static void check_line(uint32_t done, uint32_t total, uint64_t fds,
		       const char *expected)
{
	const struct progress progress = {
		.what = "processes", .done = done, .total = total, .fds = fds,
	};
	struct buf line = {};

	progress_line(&line, &progress);
	assert_string_equal(line.data, expected);
	buf_free(&line);
}

static void test_line(void **state)
{
	(void)state;
	check_line(312, 1048, 41200,
		   "reading processes: 312 of 1,048, 41,200 descriptors");
	check_line(0, 7, 0, "reading processes: 0 of 7");
	/* Nobody knows how many there are. */
	check_line(41200, 0, 0, "reading processes: 41,200");
}

/* Calls @tell on a teller whose first second is over, or not; what it says. */
static char *told(bool over)
{
	struct progress_meter meter = {};
	const struct request req = { .option[OPTION_NO_PROGRESS].text = "" };
	FILE *real = stderr;
	char *text = NULL;
	size_t len;

	/* Not wanted, but made ready all the same. */
	assert_null(progress_meter_init(&meter, &req));
	meter.progress.what = "processes";
	meter.progress.total = 5;
	meter.next = over ? 0 : INT64_MAX;
	stderr = open_memstream(&text, &len);
	meter.progress.tell(&meter.progress);
	assert_true(meter.next > 0);
	meter.next = INT64_MAX;	/* whatever time it is */
	meter.progress.done = 1;
	meter.progress.tell(&meter.progress);
	progress_meter_end(&meter);
	fclose(stderr);
	stderr = real;
	return text;
}

/* Shown once in a while only, and erased. */
static void test_shown_and_erased(void **state)
{
	char *text = told(true);

	(void)state;
	assert_string_equal(text, "\r\033[Kreading processes: 0 of 5\r\033[K");
	free(text);
}

static void test_not_shown_at_once(void **state)
{
	char *text = told(false);

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_shown_and_erased),
		cmocka_unit_test(test_not_shown_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
