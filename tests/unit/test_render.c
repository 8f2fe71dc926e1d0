// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every renderer on every snapshot, against files that were looked at by
 * people. After a wanted change: EXPECTED_WRITE=1 writes them anew,
 * to be read in the diff.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <locale.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "ipcscope/text.h"
#include "shot.h"

static const char *const names[] = { "look", "nobody", "hostile", "crowd" };

static const struct {
	const char *ending;
	enum format format;
	unsigned int width;
	bool color;
} looks[] = {
	{ "80.txt", FORMAT_TABLE, 80, false },
	{ "140.txt", FORMAT_TABLE, 140, false },
	{ "pipe.txt", FORMAT_TABLE, 0, false },
	{ "color.txt", FORMAT_TABLE, 80, true },
	{ "json", FORMAT_JSON, 0, false },
	{ "ndjson", FORMAT_NDJSON, 0, false },
	{ "csv", FORMAT_CSV, 0, false },
	{ "raw", FORMAT_RAW, 0, false },
	{ "md", FORMAT_MARKDOWN, 0, false },
};

static void check_file(const char *name, const char *ending,
		       const struct buf *text)
{
	struct buf expected = {};
	char path[128];

	snprintf(path, sizeof(path), "tests/expected/%s.%s", name, ending);
	if (getenv("EXPECTED_WRITE")) {
		FILE *file = fopen(path, "we");

		assert_non_null(file);
		assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
		assert_int_equal(fclose(file), 0);
	}
	read_file(path, &expected);
	if (expected.len != text->len ||
	    memcmp(expected.data, text->data, text->len)) {
		print_error("%s differs from:\n%s", path, text->data);
		fail();
	}
	buf_free(&expected);
}

static void looks_as_expected(void **state)
{
	size_t n, l;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(names); n++) {
		struct shot shot;

		shot_load(&shot, names[n]);
		for (l = 0; l < ARRAY_SIZE(looks); l++) {
			struct buf text;

			shot.view.color = looks[l].color;
			shot_render(&shot, looks[l].format, looks[l].width,
				    &text);
			check_file(names[n], looks[l].ending, &text);
			buf_free(&text);
		}
		shot_free(&shot);
	}
}

static void a_class_has_its_own_columns(void **state)
{
	static const struct {
		enum class_id class;
		unsigned int width;
		const char *ending;
	} tables[] = {
		{ CLASS_shm, 80, "shm.80.txt" },
		{ CLASS_shm, 140, "shm.140.txt" },
		{ CLASS_sem, 140, "sem.140.txt" },
		{ CLASS_pmsg, 80, "pmsg.80.txt" },
	};
	struct shot shot;
	size_t t;

	(void)state;
	shot_load(&shot, "look");
	for (t = 0; t < ARRAY_SIZE(tables); t++) {
		struct buf text;

		shot_class(&shot, tables[t].class);
		shot_render(&shot, FORMAT_TABLE, tables[t].width, &text);
		check_file("look", tables[t].ending, &text);
		buf_free(&text);
	}
	shot_free(&shot);
}

/* Whatever names there are: lines, and what people and programs can read. */
static void check_clean(const struct buf *text, enum format format)
{
	size_t start = 0, i;

	assert_true(text->len > 0);
	assert_int_equal(text->data[text->len - 1], '\n');
	for (i = 0; i < text->len; i++) {
		if (text->data[i] != '\n')
			continue;
		/* In JSON a backslash is an escape and not a text's. */
		if (format == FORMAT_TABLE)
			assert_true(i == start || text->data[i - 1] != ' ');
		start = i + 1;
	}
	for (i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->data[i];

		assert_true(c == '\n' || (c >= ' ' && c != 0x7f));
	}
	assert_true(text_is_utf8(text->data, text->len));
	assert_null(strstr(text->data, "\xe2\x80\xae"));	/* bidi */
	assert_null(strstr(text->data, "\xc2\x9b"));		/* C1 CSI */
}

static void law_no_control_byte_gets_through(void **state)
{
	static const unsigned int widths[] = { 0, 1, 20, 80, 140, 10000 };
	size_t n, w;
	enum format format;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(names); n++) {
		struct shot shot;

		shot_load(&shot, names[n]);
		for (format = FORMAT_TABLE; format < NR_FORMATS; format++) {
			for (w = 0; w < ARRAY_SIZE(widths); w++) {
				struct buf text;

				shot_render(&shot, format, widths[w], &text);
				check_clean(&text, format);
				buf_free(&text);
			}
		}
		shot_free(&shot);
	}
}

static uint32_t count(const struct buf *text, char c)
{
	uint32_t nr = 0;
	size_t i;

	for (i = 0; i < text->len; i++)
		nr += text->data[i] == c;
	return nr;
}

/* A line a row, a word a value: for awk and read. */
static void law_raw_has_a_word_a_value(void **state)
{
	size_t n;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(names); n++) {
		struct shot shot;
		struct buf text;
		uint32_t rows;

		shot_load(&shot, names[n]);
		rows = shot.nr + 1;
		shot_render(&shot, FORMAT_RAW, 0, &text);
		assert_int_equal(count(&text, '\n'), rows);
		assert_int_equal(count(&text, ' '),
				 rows * (shot.view.nr_columns - 1));
		assert_null(strstr(text.data, "  "));
		assert_null(strstr(text.data, " \n"));
		assert_null(strstr(text.data, "\n "));
		buf_free(&text);

		shot.view.heading = false;
		shot_render(&shot, FORMAT_RAW, 0, &text);
		assert_int_equal(count(&text, '\n'), shot.nr);
		buf_free(&text);
		shot_free(&shot);
	}
}

/* Nobody's name ends a cell, or is more than text. */
static void law_markdown_has_a_cell_a_column(void **state)
{
	size_t n;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(names); n++) {
		struct shot shot;
		struct buf text;
		char *line;

		shot_load(&shot, names[n]);
		shot_render(&shot, FORMAT_MARKDOWN, 0, &text);
		assert_int_equal(count(&text, '\n'), shot.nr + 2);
		assert_int_equal(count(&text, '|'),
				 (shot.nr + 2) * (shot.view.nr_columns + 1));
		for (line = strtok(text.data, "|"); line; line = strtok(NULL, "|")) {
			if (line[0] && strpbrk(line, "\\<>*_@#[]~&$!"))
				assert_true(line[1] == '`' &&
					    line[strlen(line) - 2] == '`');
		}
		buf_free(&text);
		shot_free(&shot);
	}
}

static void check_cell(const struct shot *shot, const char *ref,
		       enum field_id field, const char *expected)
{
	struct buf cell = {};

	buf_puts(&cell, "");
	render_cell(&cell, &shot->view, &shot->snap, shot_object(shot, ref),
		    field);
	assert_string_equal(cell.data, expected);
	buf_free(&cell);
}

static void cells_follow_the_view(void **state)
{
	struct shot shot;

	(void)state;
	setenv("TZ", "UTC-5:30", 1);
	tzset();
	shot_load(&shot, "look");
	check_cell(&shot, "shm:163841", FIELD_AMOUNT, "12.1K");
	check_cell(&shot, "shm:163841", FIELD_CTIME, "26m");
	check_cell(&shot, "shm:163841", FIELD_ATIME, "never");
	check_cell(&shot, "shm:163841", FIELD_IDLE, "never");
	check_cell(&shot, "shm:163841", FIELD_MADE_BY, "5348 gone");
	check_cell(&shot, "shm:163843", FIELD_MADE_BY, "scen[5336]");
	check_cell(&shot, "shm:163841", FIELD_LAST_BY, "-");
	check_cell(&shot, "shm:163842", FIELD_KEY, "-");
	check_cell(&shot, "shm:163841", FIELD_KEY, "0x05ce0001");
	check_cell(&shot, "shm:163841", FIELD_NSEMS, "");
	check_cell(&shot, "sem:32772", FIELD_VALUES, "0,5,0");
	check_cell(&shot, "psem:/scen-psem3", FIELD_AMOUNT, "value 3");
	check_cell(&shot, "pshm:2025", FIELD_DEV, "0:25");
	check_cell(&shot, "pshm:2025", FIELD_STATE, "unlinked");
	check_cell(&shot, "shm:163848", FIELD_PID,
		   "5409,5410,5411,5413,5414,5415");
	check_cell(&shot, "shm:163843", FIELD_COMMAND, "scen-rw,scen-ro");
	check_cell(&shot, "shm:163843", FIELD_USERS_COMPLETE, "yes");

	shot.view.bytes = true;
	check_cell(&shot, "shm:163841", FIELD_AMOUNT, "12345");
	shot.view.time = TIME_ISO;
	check_cell(&shot, "shm:163841", FIELD_CTIME,
		   "2026-11-21T08:54:54+05:30");
	check_cell(&shot, "shm:163841", FIELD_AGE,
		   "2026-11-21T08:54:54+05:30");
	check_cell(&shot, "shm:163841", FIELD_ATIME, "never");
	shot.view.time = TIME_EPOCH;
	check_cell(&shot, "shm:163841", FIELD_CTIME, "1795231494");
	shot.view.states_told = IS(UNLINKED);
	check_cell(&shot, "pshm:2025", FIELD_STATE, "attached");
	shot.view.states_told = ~0ull;
	check_cell(&shot, "shm:163841", FIELD_STATE, "-");

	shot.view = (struct view){ .format = FORMAT_RAW };
	check_cell(&shot, "pshm:2025", FIELD_STATE, "unlinked,attached");
	check_cell(&shot, "shm:163841", FIELD_AGE, "1590");
	check_cell(&shot, "shm:163841", FIELD_CTIME, "1795231494");
	check_cell(&shot, "psem:/scen-psem3", FIELD_AMOUNT, "3");
	shot_free(&shot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_as_expected),
		cmocka_unit_test(a_class_has_its_own_columns),
		cmocka_unit_test(law_no_control_byte_gets_through),
		cmocka_unit_test(law_raw_has_a_word_a_value),
		cmocka_unit_test(law_markdown_has_a_cell_a_column),
		cmocka_unit_test(cells_follow_the_view),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
