// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/command.h"
#include "cli/select.h"

#define MAX_WORDS	16

/* What a command line was taken for, and what was said about it. */
struct parsed {
	struct request req;
	char *argv[MAX_WORDS];
	char *words;
	int status;
	char *said;
};

/* Runs the parser with stderr caught. */
static void parse(struct parsed *parsed, const char *line)
{
	FILE *real = stderr;
	size_t len = 0;
	int argc = 0;
	char *word, *rest;

	memset(parsed, 0, sizeof(*parsed));
	parsed->words = strdup(line);
	rest = parsed->words;
	while ((word = strsep(&rest, " ")))
		parsed->argv[argc++] = word;
	stderr = open_memstream(&parsed->said, &len);
	parsed->status = request_parse(&parsed->req, argc, parsed->argv);
	fclose(stderr);
	stderr = real;
}

static void release(struct parsed *parsed)
{
	free(parsed->words);
	free(parsed->said);
}

static void check_command(const char *line, const char *command,
			  const char *args)
{
	struct buf joined = {};
	struct parsed parsed;
	int i;

	parse(&parsed, line);
	assert_string_equal(parsed.said, "");
	assert_int_equal(parsed.status, 0);
	assert_string_equal(parsed.req.command->name, command);
	buf_puts(&joined, "");
	for (i = 0; i < parsed.req.nr_args; i++) {
		buf_puts(&joined, i ? " " : "");
		buf_puts(&joined, parsed.req.args[i]);
	}
	assert_string_equal(joined.data ? joined.data : "", args);
	buf_free(&joined);
	release(&parsed);
}

static void check_wrong(const char *line, const char *said)
{
	struct parsed parsed;

	parse(&parsed, line);
	assert_int_equal(parsed.status, STATUS_USAGE);
	assert_string_equal(parsed.said, said);
	release(&parsed);
}

static void test_commands(void **state)
{
	(void)state;
	check_command("ipcscope", "list", "");
	check_command("ipcscope list shm", "list", "shm");
	check_command("ipcscope shm pipe", "list", "shm pipe");
	check_command("ipcscope sysv", "list", "sysv");
	check_command("ipcscope shm:5 sem:0x7", "list", "shm:5 sem:0x7");
	check_command("ipcscope 5", "list", "5");
	check_command("ipcscope show shm:5 shm:6", "show", "shm:5 shm:6");
	check_command("ipcscope ps", "ps", "");
	check_command("ipcscope snapshot -", "snapshot", "-");
	check_command("ipcscope __complete refs shm:", "__complete", "refs shm:");
}

static void test_options_stand_anywhere(void **state)
{
	struct parsed parsed;

	(void)state;
	parse(&parsed, "ipcscope --json -o ref,size list -as -size shm --older=3d sem");
	assert_string_equal(parsed.said, "");
	assert_string_equal(parsed.req.command->name, "list");
	assert_int_equal(parsed.req.nr_args, 2);
	assert_string_equal(parsed.req.args[0], "shm");
	assert_string_equal(parsed.req.args[1], "sem");
	assert_string_equal(parsed.req.option[OPTION_JSON], "");
	assert_string_equal(parsed.req.option[OPTION_COLUMNS], "ref,size");
	assert_string_equal(parsed.req.option[OPTION_ALL], "");
	assert_string_equal(parsed.req.option[OPTION_SORT], "-size");
	assert_string_equal(parsed.req.option[OPTION_OLDER], "3d");
	assert_null(parsed.req.option[OPTION_CSV]);
	release(&parsed);
}

/* Whoever sets it does not want "list -a" to mean something else. */
static void test_posixly_correct(void **state)
{
	(void)state;
	setenv("POSIXLY_CORRECT", "1", 1);
	check_command("ipcscope list shm -a", "list", "shm");
	unsetenv("POSIXLY_CORRECT");
}

static void test_two_dashes_end_options(void **state)
{
	struct parsed parsed;

	(void)state;
	check_command("ipcscope list -a -- shm", "list", "shm");
	check_command("ipcscope -- list shm", "list", "shm");
	parse(&parsed, "ipcscope list -- -a");
	assert_int_equal(parsed.req.nr_args, 1);
	assert_string_equal(parsed.req.args[0], "-a");
	assert_null(parsed.req.option[OPTION_ALL]);
	release(&parsed);
}

static void test_abbreviations(void **state)
{
	struct parsed parsed;

	(void)state;
	parse(&parsed, "ipcscope --wor --sor -size");
	assert_int_equal(parsed.status, 0);
	assert_non_null(parsed.req.option[OPTION_WORLD_WRITABLE]);
	assert_string_equal(parsed.req.option[OPTION_SORT], "-size");
	release(&parsed);
	check_wrong("ipcscope --co auto",
		    "ipcscope: '--co' could be --columns or --color\n");
	check_wrong("ipcscope --no",
		    "ipcscope: '--no' could be --no-heading or --no-progress or "
		    "--no-log or --no-save\n");
}

static void test_wrong_options(void **state)
{
	(void)state;
	check_wrong("ipcscope --jsn",
		    "ipcscope: no option '--jsn', perhaps '--json'?\n");
	check_wrong("ipcscope list --clumns=ref",
		    "ipcscope: no option '--clumns', perhaps '--columns'?\n");
	check_wrong("ipcscope --qqqqqqqq", "ipcscope: no option '--qqqqqqqq'\n");
	check_wrong("ipcscope -ax", "ipcscope: no option '-x'\n");
	check_wrong("ipcscope list --sort",
		    "ipcscope: --sort needs an argument: --sort LIST\n");
	check_wrong("ipcscope list -w",
		    "ipcscope: --where needs an argument: --where EXPR\n");
	check_wrong("ipcscope --json=yes",
		    "ipcscope: --json takes no argument\n");
	check_wrong("ipcscope show --sort size shm:1",
		    "ipcscope: show does not take --sort; it takes: ipcscope help show\n");
	check_wrong("ipcscope ps -w x",
		    "ipcscope: ps does not take --where; it takes: ipcscope help ps\n");
	check_wrong("ipcscope -w a -w b",
		    "ipcscope: --where is given twice: join the two with 'and'\n");
	check_wrong("ipcscope --user a --user b",
		    "ipcscope: --user is given twice\n");
	check_wrong("ipcscope --\x1b[31mred",
		    "ipcscope: no option '--\\x1b[31mred'\n");
}

static void test_wrong_words(void **state)
{
	(void)state;
	check_wrong("ipcscope lsit",
		    "ipcscope: no command or class 'lsit', perhaps 'list'?\n");
	check_wrong("ipcscope shmm",
		    "ipcscope: no command or class 'shmm', perhaps 'shm'?\n");
	check_wrong("ipcscope posixx",
		    "ipcscope: no command or class 'posixx', perhaps 'posix'?\n");
	check_wrong("ipcscope xyzzy",
		    "ipcscope: no command or class 'xyzzy'\n");
	check_wrong("ipcscope ", "ipcscope: no command or class ''\n");
	check_wrong("ipcscope show", "ipcscope: show what? ipcscope show REF...\n");
	check_wrong("ipcscope snapshot a b",
		    "ipcscope: snapshot takes FILE|-, 'b' is too much\n");
	check_wrong("ipcscope version 5",
		    "ipcscope: version takes no arguments, '5' is too much\n");
}

static void test_help_and_version(void **state)
{
	(void)state;
	check_command("ipcscope --help", "help", "");
	check_command("ipcscope -h", "help", "");
	check_command("ipcscope show --help", "help", "show");
	check_command("ipcscope --help show shm:5", "help", "show");
	check_command("ipcscope help --help", "help", "");
	check_command("ipcscope shm -h", "help", "");
	check_command("ipcscope --version", "version", "");
	check_command("ipcscope list shm -V", "version", "");
}

static void test_every_option_is_declared_well(void **state)
{
	enum option_id a, b;

	(void)state;
	for (a = 0; a < NR_OPTIONS; a++) {
		assert_non_null(option_specs[a].help);
		for (b = 0; b < a; b++) {
			assert_string_not_equal(option_specs[a].name,
						option_specs[b].name);
			if (option_specs[a].letter)
				assert_int_not_equal(option_specs[a].letter,
						     option_specs[b].letter);
		}
	}
}

static void test_every_command_explains_itself(void **state)
{
	const struct example *example;
	unsigned int i;

	(void)state;
	for (i = 0; i < nr_commands; i++) {
		assert_ptr_equal(command_by_name(commands[i]->name), commands[i]);
		assert_true(*commands[i]->help && *commands[i]->details);
		for (example = commands[i]->examples;
		     example && example->command; example++) {
			assert_non_null(strstr(example->command, "ipcscope"));
			assert_true(*example->does);
		}
	}
}

/* What a class gives as its columns must be fields it has. */
static void test_columns_of_classes(void **state)
{
	const struct request req = {};
	const enum field_id *field;
	struct columns columns;
	enum class_id class;
	uint32_t needs;

	(void)state;
	for (class = 0; class < NR_CLASSES; class++) {
		assert_int_equal(columns_parse(&req, A_CLASS_OF(class), &columns), 0);
		assert_int_equal(columns.narrow.at[0], FIELD_REF);
		assert_true(columns.narrow.nr <= columns.wide.nr ||
			    !columns.wide.nr);
		vec_for_each(field, &columns.narrow)
			assert_true(class_has(class_infos[class], *field, &needs));
		vec_for_each(field, &columns.wide)
			assert_true(class_has(class_infos[class], *field, &needs));
		assert_true(fieldset_has(&columns.json[class], FIELD_REF));
		assert_true(fieldset_has(&columns.json[class], FIELD_STATE));
		columns_free(&columns);
	}
}

static void check_columns(const char *list, uint64_t classes,
			  const char *expected)
{
	struct request req = { .option[OPTION_COLUMNS] = list };
	const enum field_id *field;
	struct columns columns;
	struct buf names = {};

	assert_int_equal(columns_parse(&req, classes, &columns), 0);
	vec_for_each(field, &columns.narrow)
		buf_printf(&names, " %s", fields[*field].name);
	assert_string_equal(names.data + 1, expected);
	buf_free(&names);
	columns_free(&columns);
}

static void test_columns(void **state)
{
	(void)state;
	check_columns("ref,size", A_CLASS(shm), "ref size");
	check_columns(" ref , +size ", A_CLASS(shm), "ref size");
	check_columns("+cpid,+lpid", A_CLASS(shm) | A_CLASS(sem),
		      "ref owner amount state age users cpid lpid");
	check_columns("+cpid", A_CLASS(shm),
		      "ref key owner mode size attaches state age users cpid");
}

/* "all" is what list may collect of these classes and nothing made for people. */
static void test_all_columns(void **state)
{
	struct request req = { .option[OPTION_COLUMNS] = "all" };
	struct fieldset seen = {};
	const enum field_id *field;
	struct columns columns;

	(void)state;
	assert_int_equal(columns_parse(&req, A_CLASS(pipe), &columns), 0);
	vec_for_each(field, &columns.narrow) {
		assert_false(fieldset_has(&seen, *field));
		fieldset_add(&seen, *field);
		assert_false(class_field_cost(class_infos[CLASS_pipe], *field) == COST_SHOWN);
		assert_int_not_equal(fields[*field].source, SOURCE_DISPLAY);
		assert_int_not_equal(fields[*field].source, SOURCE_HIDDEN);
	}
	assert_true(fieldset_has(&seen, FIELD_USERS));
	assert_false(fieldset_has(&seen, FIELD_CAPACITY));
	assert_false(fieldset_has(&seen, FIELD_ATTACHES));
	columns_free(&columns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_options_stand_anywhere),
		cmocka_unit_test(test_posixly_correct),
		cmocka_unit_test(test_two_dashes_end_options),
		cmocka_unit_test(test_abbreviations),
		cmocka_unit_test(test_wrong_options),
		cmocka_unit_test(test_wrong_words),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_every_option_is_declared_well),
		cmocka_unit_test(test_every_command_explains_itself),
		cmocka_unit_test(test_columns_of_classes),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_all_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
