// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/command.h"
#include "cli/session.h"

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
	assert_string_equal(parsed.req.option[OPTION_JSON].text, "");
	assert_string_equal(parsed.req.option[OPTION_COLUMNS].text, "ref,size");
	assert_string_equal(parsed.req.option[OPTION_ALL].text, "");
	assert_string_equal(parsed.req.option[OPTION_SORT].text, "-size");
	assert_string_equal(parsed.req.option[OPTION_OLDER].text, "3d");
	assert_null(parsed.req.option[OPTION_CSV].text);
	release(&parsed);
}

/* Of what is no filter the last one counts: an alias may give another. */
static void test_last_value_counts(void **state)
{
	struct parsed parsed;

	(void)state;
	parse(&parsed, "ipcscope --sort size --sort -age");
	assert_int_equal(parsed.status, 0);
	assert_string_equal(parsed.req.option[OPTION_SORT].text, "-age");
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
	assert_null(parsed.req.option[OPTION_ALL].text);
	release(&parsed);
}

static void test_abbreviations(void **state)
{
	struct parsed parsed;

	(void)state;
	parse(&parsed, "ipcscope --wor --sor -size");
	assert_int_equal(parsed.status, 0);
	assert_non_null(parsed.req.option[OPTION_WORLD_WRITABLE].text);
	assert_string_equal(parsed.req.option[OPTION_SORT].text, "-size");
	release(&parsed);
	check_wrong("ipcscope --co auto",
		    "ipcscope: '--co' could be --columns or --color\n");
	/* Of the options that the command has, wherever it stands. */
	check_wrong("ipcscope --no",
		    "ipcscope: '--no' could be --no-heading or --no-progress\n");
	check_wrong("ipcscope --no clean",
		    "ipcscope: '--no' could be --no-progress or --no-log or --no-save\n");
	check_wrong("ipcscope list --su",
		    "ipcscope: list does not take --suspect; it takes: ipcscope help list\n");
	parse(&parsed, "ipcscope --str --wa 80 limits --cr=90");
	assert_string_equal(parsed.said, "");
	assert_string_equal(parsed.req.command->name, "limits");
	assert_non_null(parsed.req.option[OPTION_STRICT].text);
	assert_string_equal(parsed.req.option[OPTION_WARNING].text, "80");
	assert_string_equal(parsed.req.option[OPTION_CRITICAL].text, "90");
	release(&parsed);
}

static void test_wrong_options(void **state)
{
	(void)state;
	check_wrong("ipcscope --jsn",
		    "ipcscope: no option '--jsn', perhaps '--json'? All: ipcscope help list\n");
	check_wrong("ipcscope list --clumns=ref",
		    "ipcscope: no option '--clumns', perhaps '--columns'? All: ipcscope help list\n");
	check_wrong("ipcscope --qqqqqqqq", "ipcscope: no option '--qqqqqqqq'; all: ipcscope help list\n");
	check_wrong("ipcscope -ax", "ipcscope: no option '-x'; all: ipcscope help list\n");
	check_wrong("ipcscope list --sort",
		    "ipcscope: --sort needs an argument: --sort LIST\n");
	check_wrong("ipcscope list -w",
		    "ipcscope: --where needs an argument: --where EXPR\n");
	check_wrong("ipcscope --json=yes",
		    "ipcscope: --json takes no argument\n");
	check_wrong("ipcscope show --sort size shm:1",
		    "ipcscope: show does not take --sort; it takes: ipcscope help show\n");
	check_wrong("ipcscope limits -w x",
		    "ipcscope: limits does not take --where; it takes: ipcscope help limits\n");
	check_wrong("ipcscope -w a -w b",
		    "ipcscope: --where is given twice: join the two with 'and'\n");
	check_wrong("ipcscope --user a --user b",
		    "ipcscope: --user is given twice\n");
	check_wrong("ipcscope --\x1b[31mred",
		    "ipcscope: no option '--\\x1b[31mred'; all: ipcscope help list\n");
}

static void test_wrong_words(void **state)
{
	(void)state;
	check_wrong("ipcscope lsit",
		    "ipcscope: no command or class 'lsit', perhaps 'list'? All: ipcscope help\n");
	check_wrong("ipcscope shmm",
		    "ipcscope: no command or class 'shmm', perhaps 'shm'? All: ipcscope help\n");
	check_wrong("ipcscope posixx",
		    "ipcscope: no command or class 'posixx', perhaps 'posix'? All: ipcscope help\n");
	check_wrong("ipcscope xyzzy",
		    "ipcscope: no command or class 'xyzzy'; all: ipcscope help\n");
	check_wrong("ipcscope ", "ipcscope: no command or class ''; all: ipcscope help\n");
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
		for (example = commands[i]->examples; example->command; example++) {
			assert_non_null(strstr(example->command, "ipcscope"));
			assert_true(*example->does);
		}
	}
}

/* What a session shows of @classes by -o @list, NULL: by default. */
static void open_columns(struct session *session, struct request *req,
			 const char *list, uint64_t classes)
{
	*session = (struct session){ .req = req, .sel.classes = classes };
	*req = (struct request){ .command = &command_list };
	if (list)
		assert_int_equal(request_option(req, OPTION_COLUMNS, list), 0);
	session->view.format = FORMAT_JSON;
	columns_parse(session, NULL, NULL);
}

static void close_columns(struct session *session, struct request *req)
{
	session_close(session);
	arena_free(&req->arena);
}

/* What a class gives as its columns must be fields it has. */
static void test_columns_of_classes(void **state)
{
	const enum field_id *field;
	struct session session;
	struct request req;
	enum class_id class, other;
	uint64_t needs;

	(void)state;
	for (class = 0; class < NR_CLASSES; class++) {
		const struct columns *columns = &session.columns;

		open_columns(&session, &req, NULL, A_CLASS_OF(class));
		assert_int_equal(columns->narrow.at[0], FIELD_REF);
		assert_true(columns->narrow.nr <= columns->wide.nr ||
			    !columns->wide.nr);
		vec_for_each(field, &columns->narrow)
			assert_true(class_has(class_infos[class], *field, &needs));
		vec_for_each(field, &columns->wide)
			assert_true(class_has(class_infos[class], *field, &needs));
		for (other = 0; other < NR_CLASSES; other++) {
			assert_int_equal(fieldset_has(&columns->json[other], FIELD_REF),
					 other == class);
			assert_int_equal(fieldset_has(&columns->json[other], FIELD_STATE),
					 other == class);
		}
		close_columns(&session, &req);
	}
}

/* A table needs no fields of JSON. */
static void test_json_fields_are_for_json(void **state)
{
	struct request req = { .command = &command_list };
	struct session session = { .req = &req, .sel.classes = A_CLASS(shm) };

	(void)state;
	columns_parse(&session, NULL, NULL);
	assert_false(fieldset_has(&session.columns.json[CLASS_shm], FIELD_REF));
	close_columns(&session, &req);
}

static void check_columns(const char *list, uint64_t classes,
			  const char *expected)
{
	const enum field_id *field;
	struct session session;
	struct request req;
	struct buf names = {};

	open_columns(&session, &req, list, classes);
	vec_for_each(field, &session.columns.narrow)
		buf_printf(&names, " %s", fields[*field].name);
	assert_string_equal(names.data + 1, expected);
	buf_free(&names);
	close_columns(&session, &req);
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
	struct fieldset seen = {};
	const enum field_id *field;
	struct session session;
	struct request req;

	(void)state;
	open_columns(&session, &req, "all", A_CLASS(pipe));
	vec_for_each(field, &session.columns.narrow) {
		assert_false(fieldset_has(&seen, *field));
		fieldset_add(&seen, *field);
		assert_false(class_field_cost(class_infos[CLASS_pipe], *field) == COST_SHOWN);
		assert_int_not_equal(*field, FIELD_AMOUNT);
		assert_int_not_equal(fields[*field].source, SOURCE_HIDDEN);
	}
	assert_true(fieldset_has(&seen, FIELD_USERS));
	assert_false(fieldset_has(&seen, FIELD_CAPACITY));
	assert_false(fieldset_has(&seen, FIELD_ATTACHES));
	assert_false(fieldset_has(&seen, FIELD_MADE_BY));
	close_columns(&session, &req);
	/* What only tables have, too. */
	open_columns(&session, &req, "all", A_CLASS(shm));
	seen = (struct fieldset){};
	vec_for_each(field, &session.columns.narrow)
		fieldset_add(&seen, *field);
	assert_true(fieldset_has(&seen, FIELD_MADE_BY));
	assert_true(fieldset_has(&seen, FIELD_LAST_BY));
	close_columns(&session, &req);
}

/* Values, and what is said of those that are wrong. */
static void check_value(enum option_id id, const char *text, uint64_t expected)
{
	struct request req = {};

	assert_int_equal(request_option(&req, id, text), 0);
	assert_int_equal(req.option[id].num, expected);
	arena_free(&req.arena);
}

static void check_wrong_value(enum option_id id, const char *text, const char *expected)
{
	struct request req = {};
	FILE *real = stderr;
	char *said;
	size_t len;

	stderr = open_memstream(&said, &len);
	assert_int_equal(request_option(&req, id, text), STATUS_USAGE);
	fclose(stderr);
	stderr = real;
	assert_string_equal(said, expected);
	free(said);
	arena_free(&req.arena);
}

static void test_values_arrive_parsed(void **state)
{
	(void)state;
	check_value(OPTION_MIN_SIZE, "64K", 64 << 10);
	check_value(OPTION_OLDER, "3d", 3 * 86400);
	check_value(OPTION_MAX, "0", 0);
	check_value(OPTION_WARNING, "1", 1);
	check_value(OPTION_WARNING, "100%", 100);
	check_value(OPTION_THREADS, "1", 1);
	check_value(OPTION_THREADS, "1024", 1024);
	check_value(OPTION_FIND, "0x05ce0001", 0x05ce0001);
	check_value(OPTION_TIME, "epoch", TIME_EPOCH);
	check_value(OPTION_COLOR, "never", COLOR_NEVER);
}

static void test_wrong_values_are_said(void **state)
{
	(void)state;
	check_wrong_value(OPTION_SAVE_LIMIT, "3d",
			  "ipcscope: --save-limit takes bytes (64K, 2M), not '3d'\n");
	check_wrong_value(OPTION_MAX, "x", "ipcscope: --max takes a number, not 'x'\n");
	check_wrong_value(OPTION_WARNING, "0",
			  "ipcscope: --warning takes a percentage from 1 to 100, not '0'\n");
	check_wrong_value(OPTION_CRITICAL, "101",
			  "ipcscope: --critical takes a percentage from 1 to 100, not '101'\n");
	check_wrong_value(OPTION_CRITICAL, "80x",
			  "ipcscope: --critical takes a percentage from 1 to 100, not '80x'\n");
	check_wrong_value(OPTION_THREADS, "0",
			  "ipcscope: --threads takes a number from 1 to 1024, not '0'\n");
	check_wrong_value(OPTION_THREADS, "1025",
			  "ipcscope: --threads takes a number from 1 to 1024, not '1025'\n");
	check_wrong_value(OPTION_FIND, "0",
			  "ipcscope: key 0 is IPC_PRIVATE: no file gives it\n");
	check_wrong_value(OPTION_FIND, "x",
			  "ipcscope: --find takes a key (0x05ce0001), not 'x'\n");
	check_wrong_value(OPTION_TIME, "now",
			  "ipcscope: --time takes relative, iso or epoch, not 'now'\n");
	check_wrong_value(OPTION_COLOR, "red",
			  "ipcscope: --color takes auto, always or never, not 'red'\n");
	check_wrong_value(OPTION_PATH, "/run,tmp",
			  "ipcscope: --path takes directories that begin with /, not 'tmp'\n");
	check_wrong_value(OPTION_PID, "0",
			  "ipcscope: --pid takes process ids, not '0'\n");
	check_wrong_value(OPTION_PID, "2147483648",
			  "ipcscope: --pid takes process ids, not '2147483648'\n");
	check_wrong_value(OPTION_USER, "a'b\"c",
			  "ipcscope: --user: no user 'a'b\"c'\n");
	check_wrong_value(OPTION_BY, "owner,siez",
			  "ipcscope: --by: no field 'siez', perhaps 'size'? All: ipcscope help fields\n");
	check_wrong_value(OPTION_COLUMNS, "+al",
			  "ipcscope: --columns: no field 'al'; all: ipcscope help fields\n");
}

/* Where --threads is taken, the environment stands for it. */
static void test_threads_of_the_environment(void **state)
{
	struct request list = { .command = &command_list };
	struct request version = { .command = &command_version };

	(void)state;
	setenv("IPCSCOPE_THREADS", "3", 1);
	assert_int_equal(request_values(&list), 0);
	assert_int_equal(list.option[OPTION_THREADS].num, 3);
	list.option[OPTION_THREADS].text = "2";
	assert_int_equal(request_values(&list), 0);
	assert_int_equal(list.option[OPTION_THREADS].num, 2);
	setenv("IPCSCOPE_THREADS", "many", 1);
	assert_int_equal(request_values(&version), 0);
	unsetenv("IPCSCOPE_THREADS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_options_stand_anywhere),
		cmocka_unit_test(test_last_value_counts),
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
		cmocka_unit_test(test_json_fields_are_for_json),
		cmocka_unit_test(test_all_columns),
		cmocka_unit_test(test_values_arrive_parsed),
		cmocka_unit_test(test_wrong_values_are_said),
		cmocka_unit_test(test_threads_of_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
