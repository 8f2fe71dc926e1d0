// SPDX-License-Identifier: GPL-2.0-or-later
/* Asking ipcscope about situations, and comparing its answers with the truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "truth.h"

#define SNAPSHOT	"/tmp/.truth-snapshot"
#define FAST_MS		5000
#define ROOM		2048

static struct {
	char name[32];
	char text[512];
} lets[64];
static size_t nr_lets;
static char why_not[256];

/* What was wrong about the situation in hand. */
static char wrongs[65536];

/* One question and its answer. */
struct answer {
	const struct situation *of;
	const struct truth *truth;
	const char *how;	/* "--threads 2" */
	const char *about;	/* with names replaced */
	struct run run;
	json_t *object;		/* what is spoken of, or NULL */
	long ms;		/* how long it took */
};

void let(const char *name, const char *fmt, ...)
{
	va_list ap;

	if (nr_lets == sizeof(lets) / sizeof(lets[0]))
		sandbox_fail("too many names");
	snprintf(lets[nr_lets].name, sizeof(lets[0].name), "%s", name);
	va_start(ap, fmt);
	vsnprintf(lets[nr_lets++].text, sizeof(lets[0].text), fmt, ap);
	va_end(ap);
}

void truth_cannot(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why_not, sizeof(why_not), fmt, ap);
	va_end(ap);
}

static void leave(const char *path)
{
	if (sandbox_is_root())
		must(chown(path, LEFT_BY, LEFT_BY));
}

ino_t left_fifo(const char *path, mode_t mode)
{
	ino_t ino = make_fifo(path, mode);

	leave(path);
	return ino;
}

ino_t left_pshm(const char *path, size_t size, mode_t mode)
{
	ino_t ino = make_pshm(path, size, mode);
	char full[512];

	snprintf(full, sizeof(full), "/dev/shm%s", path);
	leave(full);
	return ino;
}

/* The longest name that the text begins with, or -1. */
static int let_at(const char *text)
{
	size_t i, len, best = 0;
	int found = -1;

	for (i = 0; i < nr_lets; i++) {
		len = strlen(lets[i].name);
		if (!strncmp(text, lets[i].name, len) && len > best) {
			best = len;
			found = (int)i;
		}
	}
	return found;
}

static void replace_names(const char *text, char to[ROOM])
{
	size_t len = 0;
	int i;

	while (*text && len + 1 < ROOM) {
		if (*text != '$') {
			to[len++] = *text++;
			continue;
		}
		i = let_at(text + 1);
		if (i < 0)
			sandbox_fail("no name at %s", text);
		len += (size_t)snprintf(to + len, ROOM - len, "%s", lets[i].text);
		text += 1 + strlen(lets[i].name);
	}
	to[len] = '\0';
}

static void say_wrong(struct answer *answer, const char *statement)
{
	char *object = answer->object ?
		json_dumps(answer->object, JSON_COMPACT) : NULL;
	size_t len = strlen(wrongs);

	snprintf(wrongs + len, sizeof(wrongs) - len,
		 "\n  %s [%s] %s: %s%s%.900s%s%.200s", answer->truth->ask,
		 answer->how, answer->about ? answer->about : "",
		 statement, object ? "\n    " : "", object ? object : "",
		 !object ? "\n    out, err: " : "",
		 object ? "" : answer->run.json ? answer->run.err : answer->run.out_len ? answer->run.out : answer->run.err);
	free(object);
}

/* ---- statements ---- */

static void value_text(json_t *value, char to[ROOM])
{
	char *text;

	if (json_is_string(value)) {
		snprintf(to, ROOM, "%s", json_string_value(value));
		return;
	}
	text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	snprintf(to, ROOM, "%s", text ? text : "absent");
	free(text);
}

static bool field_is(json_t *object, const char *field, const char *text)
{
	char value[ROOM];

	value_text(json_object_get(object, field), value);
	return !strcmp(value, text);
}

/* "PID:RELATION:ACCESS" of a list of users, or of objects by REF. */
static bool has_entry(json_t *list, const char *key, const char *text)
{
	char want[ROOM], *relation, *access = NULL;
	json_t *item;
	size_t i;

	snprintf(want, sizeof(want), "%s", text);
	/* A REF has colons too: the relation is behind the last but one. */
	relation = strrchr(want, ':');
	if (!relation)
		return false;
	if (!strcmp(relation, ":r") || !strcmp(relation, ":w") ||
	    !strcmp(relation, ":rw")) {
		*relation = '\0';
		access = relation + 1;
		relation = strrchr(want, ':');
	}
	*relation++ = '\0';
	json_array_foreach(list, i, item)
		if (field_is(item, key, want) &&
		    (!*relation || field_is(item, "relation", relation)) &&
		    (!access || field_is(item, "access", access)))
			return true;
	return false;
}

static bool holds_word(json_t *list, const char *word)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (json_is_string(item) && !strcmp(json_string_value(item), word))
			return true;
	return false;
}

/* What FIELD means: an output, a field, or what lies deeper. */
static void field_text(struct answer *answer, const char *field, char to[ROOM])
{
	json_t *object = answer->object ? answer->object : answer->run.json;
	unsigned int nr = 0;
	char cls[32];

	if (!strcmp(field, "out"))
		snprintf(to, ROOM, "%s", answer->run.out);
	else if (!strcmp(field, "err"))
		snprintf(to, ROOM, "%s", answer->run.err);
	else if (!strcmp(field, "exit"))
		snprintf(to, ROOM, "%d", answer->run.status);
	else if (!strcmp(field, "verdict"))
		value_text(json_object_get(json_object_get(object, "stale"),
					   "verdict"), to);
	else if (!strcmp(field, "users"))
		snprintf(to, ROOM, "%zu",
			 json_array_size(json_object_get(object, "users")));
	else if (sscanf(field, "count(%31[a-z])", cls) == 1) {
		nr = (unsigned int)count_objects(answer->run.json, cls);
		snprintf(to, ROOM, "%u", nr);
	} else
		value_text(json_object_get(object, field), to);
}

/* FIELD, one of = != ~ !~, and a text. */
static bool compare(struct answer *answer, const char *statement)
{
	char field[64], value[ROOM], want[ROOM], *blank, *bar;
	size_t len = strcspn(statement, "=~!");
	bool no, part;

	snprintf(field, sizeof(field), "%.*s", (int)len, statement);
	no = statement[len] == '!';
	part = statement[len + no] == '~';
	if (!statement[len] || (!part && statement[len + no] != '='))
		sandbox_fail("not a statement: %s", statement);
	snprintf(want, sizeof(want), "%s", statement + len + no + 1);
	for (blank = want; part && *blank; blank++)
		if (*blank == '^')
			*blank = ' ';
	if (!part && !strcmp(field, "state"))
		return holds_word(json_object_get(answer->object, "state"),
				  want) != no;
	field_text(answer, field, value);
	/* FIELD=A|B */
	for (bar = want; !part && !no && (bar = strchr(bar, '|')); ) {
		*bar++ = '\0';
		if (!strcmp(value, want))
			return true;
		memmove(want, bar, strlen(bar) + 1);
		bar = want;
	}
	if (part && !strcmp(field, "out"))
		return !strstr(answer->run.out, want) == no;
	return (part ? !strstr(value, want) : strcmp(value, want) != 0) == no;
}

static bool is_met(struct answer *answer, const char *statement)
{
	json_t *object = answer->object;
	json_t *warnings = json_object_get(answer->run.json, "warnings");

	if (!strcmp(statement, "there"))
		return object;
	if (!strcmp(statement, "absent"))
		return !object;
	if (!strcmp(statement, "warns"))
		return json_array_size(warnings);
	if (!strcmp(statement, "quiet"))
		return !json_array_size(warnings);
	if (!strcmp(statement, "fast"))
		return answer->ms < FAST_MS;
	if (!strcmp(statement, "complete"))
		return is_true(object, "users_complete");
	if (!strcmp(statement, "incomplete"))
		return object && !is_true(object, "users_complete");
	if (*statement == '+' || *statement == '-')
		return has_entry(json_object_get(object, "objects"), "ref",
				 statement + 1) == (*statement == '+');
	if (*statement == '!')
		return !has_entry(json_object_get(object, "users"), "pid",
				  statement + 1);
	if (*statement >= '0' && *statement <= '9')
		return has_entry(json_object_get(object, "users"), "pid",
				 statement);
	return compare(answer, statement);
}

/* ---- questions ---- */

static bool prints_json(const char *command)
{
	static const char *const names[] = {
		"list", "show", "stale", "ps", "limits", "doctor",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(command, names[i]))
			return true;
	return false;
}

static json_t *find_process(json_t *root, const char *pid)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(root, "processes"), i, item)
		if (field_is(item, "pid", pid))
			return item;
	return NULL;
}

static void find_about(struct answer *answer)
{
	json_t *root = answer->run.json;

	if (!answer->about || !root)
		return;
	if (!strncmp(answer->about, "pid ", 4))
		answer->object = find_process(root, answer->about + 4);
	else if (json_is_array(json_object_get(root, "objects")))
		answer->object = find_object(root, answer->about);
}

static void check_answer(struct answer *answer)
{
	char must_say[ROOM], *at, *word;
	bool exit_said = false;

	replace_names(answer->truth->must, must_say);
	find_about(answer);
	for (at = must_say; (word = strtok_r(at, " ", &at)); ) {
		exit_said |= !strncmp(word, "exit", 4);
		if (!is_met(answer, word))
			say_wrong(answer, word);
	}
	if (!exit_said && answer->run.status)
		say_wrong(answer, "exit=0");
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void ask_once(const struct situation *of, const struct truth *truth,
		     const char *how)
{
	struct answer answer = { .of = of, .truth = truth, .how = how };
	struct how run_how = { .prepare = of->inside };
	char asked[ROOM], more[64], about[ROOM], *at, *word;
	const char *argv[40];
	const char *ask = truth->ask;
	size_t n = 0;
	bool json, text;

	if (*ask == '@')
		run_how.user = "nobody";
	text = *ask == '=';
	ask += strchr("!@=", *ask) != NULL;
	replace_names(ask, asked);
	snprintf(more, sizeof(more), "%s", how);
	for (at = asked; (word = strtok_r(at, " ", &at)) && n < 30; )
		argv[n++] = word;
	json = !text && prints_json(argv[0]);
	for (at = more; (word = strtok_r(at, " ", &at)); )
		argv[n++] = word;
	if (json)
		argv[n++] = "--json";
	argv[n] = NULL;
	if (truth->about) {
		replace_names(truth->about, about);
		answer.about = about;
	}
	answer.ms = now_ms();
	run_tool_how(&answer.run, &run_how, argv);
	answer.ms = now_ms() - answer.ms;
	if (json && answer.run.out_len)
		run_json(&answer.run);
	check_answer(&answer);
	run_free(&answer.run);
}

static void ask_all(const struct situation *of)
{
	const struct how how = { .prepare = of->inside };
	const struct truth *truth;
	bool saved = false, failed = false;
	struct run r;

	for (truth = of->truths; truth->ask; truth++) {
		const char *ask = truth->ask + (*truth->ask == '@');
		bool any_from = !strncmp(ask, "list", 4) ||
				!strncmp(ask, "stale", 5) ||
				!strncmp(ask, "show", 4) || !strncmp(ask, "ps", 2) ||
				!strncmp(ask, "limits", 6);

		if (*truth->ask == '@' && !sandbox_is_root())
			continue;
		ask_once(of, truth, "--threads 1");
		if (strncmp(ask + (*ask == '!'), "limits", 6)) {
			ask_once(of, truth, "--threads 2");
			ask_once(of, truth, "--threads 8");
		}
		if (!any_from || *truth->ask == '@')
			continue;
		if (!saved) {
			run_tool_how(&r, &how, (const char *const[]){
				"snapshot", SNAPSHOT, "-q", of->all_ns ? "--all-ns" : NULL, NULL });
			if (r.status)
				say_wrong(&(struct answer){
					.truth = truth, .how = "snapshot",
					.run = r }, "exit=0");
			failed = r.status;
			run_free(&r);
			saved = true;
		}
		if (!failed)
			ask_once(of, truth, "--from " SNAPSHOT);
	}
}

/* A line at a time: print_message() cuts at 1024 bytes. */
static void show_wrongs(const struct situation *of)
{
	char *at = wrongs, *line;

	print_message("# wrong: %s:\n", of->name);
	while ((line = strtok_r(at, "\n", &at)))
		print_message("#%.900s\n", line);
}

static void test_situation(void **state)
{
	const struct situation *of = *state;

	if (of->not_sanitized && getenv("SANITIZE") && *getenv("SANITIZE"))
		return;
	nr_lets = 0;
	why_not[0] = wrongs[0] = '\0';
	of->make();
	if (why_not[0]) {
		print_message("# %s: %s\n", of->name, why_not);
		skip();
	}
	ask_all(of);
	if (!wrongs[0])
		return;
	show_wrongs(of);
	sandbox_fail("%s", of->name);
}

static int reset(void **state)
{
	return sandbox_reset(state);
}

int truth_run(const char *group, const struct situation *situations, size_t nr)
{
	struct CMUnitTest *tests = calloc(nr, sizeof(*tests));
	const char *only = getenv("TRUTH_ONLY");
	size_t i, n = 0;
	int failed;

	for (i = 0; tests && i < nr; i++) {
		if (only && !strstr(situations[i].name, only))
			continue;
		tests[n++] = (struct CMUnitTest){
			.name = situations[i].name,
			.test_func = test_situation,
			.setup_func = reset, .teardown_func = reset,
			.initial_state = (void *)(uintptr_t)&situations[i],
		};
	}
	failed = _cmocka_run_group_tests(group, tests, n, NULL, NULL);
	free(tests);
	return failed;
}
