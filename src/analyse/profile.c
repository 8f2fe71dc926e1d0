// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles of known software: a text of sections, keys and values. Those of
 * contrib/profiles are in the program as they stand. */
#include "ipcscope/analyse.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "ipcscope/text.h"

#define NAME_CHARS	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
#define PATTERN_LEN	500	/* glibc recurses into a regex */

const char *const profile_tests[NR_PROFILE_TESTS] = {
	[PROFILE_UNUSED]     = "unused",
	[PROFILE_PID_GONE]   = "pid-gone",
	[PROFILE_NO_PROCESS] = "no-process",
	[PROFILE_NO_LOCK]    = "no-lock",
	[PROFILE_UID]	     = "uid",
};

struct profile_reader {
	struct profiles *profiles;
	struct profile *now;	/* the section */
	uint32_t first;		/* profile of this file */
	const char *file;
	unsigned int line;
	char *why;
};

static int __attribute__((format(printf, 2, 3)))
profile_fail(struct profile_reader *reader, const char *fmt, ...)
{
	struct buf text = {};
	char part[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(part, sizeof(part), fmt, ap);
	va_end(ap);
	text_escape(&text, part, strlen(part));
	snprintf(reader->why, 512, "%.80s:%u: %.400s", reader->file,
		 reader->line, text.data);
	buf_free(&text);
	return -EBADMSG;
}

static const char *profile_keep(struct profile_reader *reader, const char *text, size_t len)
{
	return arena_str(&reader->profiles->arena, text, len)->data;
}

/* What every profile must have. */
static int profile_end(struct profile_reader *reader)
{
	const struct profile *now = reader->now;
	const char *why = NULL;

	if (!now)
		return 0;
	if (!now->match)
		why = "has no match";
	else if (!now->software)
		why = "does not say of what software";
	else if (now->limit == PROFILE_IDLE && now->rules.nr)
		why = "is at most idle: stale-if has no effect";
	else if (now->limit == PROFILE_IDLE && !now->because && !now->leave_to)
		why = "does not say why it is at most idle";
	if (!why)
		return 0;
	reader->line = now->line;
	return profile_fail(reader, "profile %s %s", now->name, why);
}

static int profile_begin(struct profile_reader *reader, const char *text, size_t len)
{
	struct profiles *all = reader->profiles;
	struct profile *profile;
	const char *name;
	uint32_t i;
	int err;

	err = profile_end(reader);
	if (err)
		return err;
	name = profile_keep(reader, text + 1, len > 2 ? len - 2 : 0);
	if (len < 3 || text[len - 1] != ']' || strspn(name, NAME_CHARS) != len - 2)
		return profile_fail(reader, "a section is [name], of letters, digits, - _ and .");
	for (i = reader->first; i < all->all.nr; i++) {
		if (!strcmp(all->all.at[i].name, name))
			return profile_fail(reader, "there are two profiles %s", name);
	}
	profile = vec_add(&all->all);
	profile->name = name;
	profile->file = profile_keep(reader, reader->file, strlen(reader->file));
	profile->line = reader->line;
	reader->now = profile;
	return 0;
}

static int profile_set_pattern(struct profile_reader *reader, struct profile_rule *rule,
			       const char *text, size_t len)
{
	const char *expr = profile_keep(reader, text, len);
	regex_t *pattern;
	char error[128];
	int err;

	if (!len || len > PATTERN_LEN)
		return profile_fail(reader, "%s takes a regular expression of at most %d bytes",
				    profile_tests[rule->test], PATTERN_LEN);
	pattern = arena_alloc(&reader->profiles->arena, sizeof(*pattern));
	err = regcomp(pattern, expr, REG_EXTENDED);
	if (err) {
		regerror(err, pattern, error, sizeof(error));
		return profile_fail(reader, "'%s': %s", expr, error);
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
	*vec_add(&reader->profiles->patterns) = pattern;
	rule->pattern = pattern;
	if (!pattern->re_nsub)
		return profile_fail(reader, "'%s' has no group ( ) for %s", expr,
				    profile_tests[rule->test]);
	return 0;
}

static int profile_add_rule(struct profile_reader *reader, const char *value)
{
	size_t len = strcspn(value, " "), pattern;
	const char *rest = value + len + strspn(value + len, " ");
	struct profile_rule *rule = vec_add(&reader->now->rules);
	enum profile_test test;

	for (test = 0; test < NR_PROFILE_TESTS; test++) {
		if (strlen(profile_tests[test]) == len &&
		    !memcmp(profile_tests[test], value, len))
			break;
	}
	if (test == NR_PROFILE_TESTS)
		return profile_fail(reader, "stale-if: no test '%.*s': unused, pid-gone, no-process, no-lock or uid",
				    (int)len, value);
	rule->test = test;
	rule->text = rest;
	if (!*rest != (test == PROFILE_UNUSED))
		return profile_fail(reader, "stale-if: %s takes %s", profile_tests[test],
				    test == PROFILE_UNUSED ? "nothing" :
				    test == PROFILE_NO_PROCESS ? "names of commands" :
				    "a regular expression");
	if (test == PROFILE_UNUSED || test == PROFILE_NO_PROCESS)
		return 0;
	pattern = strcspn(rest, " ");
	rule->suffix = rest + pattern + strspn(rest + pattern, " ");
	if (*rule->suffix && test != PROFILE_NO_LOCK)
		return profile_fail(reader, "stale-if: %s takes one regular expression without blanks",
				    profile_tests[test]);
	return profile_set_pattern(reader, rule, rest, pattern);
}

static int profile_set_text(struct profile_reader *reader, const char *key, const char **to,
			    const char *value)
{
	if (*to)
		return profile_fail(reader, "%s is there twice", key);
	*to = value;
	return 0;
}

static int profile_set_key(struct profile_reader *reader, const char *key, const char *value)
{
	static const char *const limits[] = {
		[PROFILE_STALE] = "stale", [PROFILE_SUSPECT] = "suspect",
		[PROFILE_IDLE] = "idle",
	};
	struct profile *now = reader->now;
	struct filter_error error;
	enum profile_limit limit;

	if (!strcmp(key, "software"))
		return profile_set_text(reader, key, &now->software, value);
	if (!strcmp(key, "because"))
		return profile_set_text(reader, key, &now->because, value);
	if (!strcmp(key, "leave-to")) {
		now->limit = PROFILE_IDLE;
		return profile_set_text(reader, key, &now->leave_to, value);
	}
	if (!strcmp(key, "stale-if"))
		return profile_add_rule(reader, value);
	if (!strcmp(key, "at-most")) {
		for (limit = 0; limit < ARRAY_SIZE(limits); limit++) {
			if (strcmp(limits[limit], value))
				continue;
			now->limit = limit;
			return 0;
		}
		return profile_fail(reader, "at-most takes stale, suspect or idle, not '%s'", value);
	}
	if (!strcmp(key, "match") && now->match)
		return profile_fail(reader, "match is there twice");
	if (!strcmp(key, "match")) {
		now->match = filter_parse(value, &reader->profiles->arena, NULL, NULL, &error);
		if (!now->match)
			return profile_fail(reader, "match: %s", error.text);
		now->expr = value;
		now->classes = filter_classes(now->match);
		return 0;
	}
	return profile_fail(reader, "no key '%s': software, match, stale-if, at-most, because or leave-to",
			    key);
}

static size_t profile_trim(const char *text, size_t len)
{
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return len;
}

/* One line, with those that go on with it. */
static int profile_read_entry(struct profile_reader *reader, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len), *key;

	if (*text == '[')
		return profile_begin(reader, text, len);
	if (!reader->now)
		return profile_fail(reader, "a section must begin first: [name]");
	if (!equals)
		return profile_fail(reader, "KEY = VALUE is missing its =");
	key = profile_keep(reader, text, profile_trim(text, (size_t)(equals - text)));
	for (equals++; equals < text + len && isspace((unsigned char)*equals); equals++)
		;
	if (equals == text + len)
		return profile_fail(reader, "%s has no value", key);
	return profile_set_key(reader, key, profile_keep(reader, equals, (size_t)(text + len - equals)));
}

/* One line without its end, added to @entry if it goes on with that one;
 * otherwise what is in @entry is whole. */
static int profile_read_line(struct profile_reader *reader, struct buf *entry, unsigned int line,
			     const char *text, size_t len)
{
	bool blank = len && (*text == ' ' || *text == '\t');
	int err = 0;

	if (memchr(text, '\0', len)) {
		reader->line = line;
		return profile_fail(reader, "a byte that is 0");
	}
	if (len && *text == '#')
		return 0;
	if (blank && entry->len) {
		for (; len && isspace((unsigned char)*text); len--)
			text++;
		buf_putc(entry, ' ');
		buf_add(entry, text, len);
		return 0;
	}
	if (entry->len)
		err = profile_read_entry(reader, entry->data, entry->len);
	if (err)
		return err;
	buf_reset(entry);
	buf_add(entry, text, len);
	reader->line = line;
	return blank ? profile_fail(reader, "a line that goes on, but on which?") : 0;
}

static int profile_read_text(struct profile_reader *reader, const char *text, size_t len)
{
	const char *end = text + len;
	struct buf entry = {};
	unsigned int line = 0;
	int err = 0;

	while (text < end && !err) {
		const char *newline = memchr(text, '\n', (size_t)(end - text)) ?: end;

		err = profile_read_line(reader, &entry, ++line, text,
					profile_trim(text, (size_t)(newline - text)));
		text = newline + 1;
	}
	if (!err && entry.len)
		err = profile_read_entry(reader, entry.data, entry.len);
	buf_free(&entry);
	return err ?: profile_end(reader);
}

static void profile_drop(struct profile *profile)
{
	if (profile->match)
		filter_free(profile->match);
	vec_free(&profile->rules);
}

/* Those that an earlier file has. */
static void profile_pass_over(struct profiles *profiles, uint32_t first)
{
	uint32_t i, k, nr = first;

	for (i = first; i < profiles->all.nr; i++) {
		struct profile *profile = &profiles->all.at[i];

		for (k = 0; k < first; k++) {
			if (!strcmp(profiles->all.at[k].name, profile->name))
				break;
		}
		if (k < first)
			profile_drop(profile);
		else
			profiles->all.at[nr++] = *profile;
	}
	profiles->all.nr = nr;
}

int profiles_parse(struct profiles *profiles, const char *file,
		   const char *text, size_t len, char why[512])
{
	struct profile_reader reader = {
		.profiles = profiles, .first = profiles->all.nr, .file = file,
		.why = why,
	};
	int err = profile_read_text(&reader, text, len);

	if (!err) {
		profile_pass_over(profiles, reader.first);
		return 0;
	}
	while (profiles->all.nr > reader.first)
		profile_drop(&profiles->all.at[--profiles->all.nr]);
	return err;
}

#define SHIPPED(name)							\
	__asm__(".section .rodata\n"					\
		".global shipped_" #name "\n"				\
		".global shipped_" #name "_end\n"			\
		"shipped_" #name ":\n"					\
		".incbin \"contrib/profiles/" #name ".conf\"\n"		\
		"shipped_" #name "_end:\n"				\
		".byte 0\n"						\
		".previous\n");						\
	extern const char shipped_##name[], shipped_##name##_end[]

SHIPPED(web);
SHIPPED(databases);
SHIPPED(hpc);
SHIPPED(python);
SHIPPED(robotics);
SHIPPED(desktop);

#define FILE_OF(name)	{ #name ".conf", shipped_##name, shipped_##name##_end }

static const struct {
	const char *file;
	const char *text, *end;
} shipped[] = {
	FILE_OF(web), FILE_OF(databases), FILE_OF(hpc), FILE_OF(python),
	FILE_OF(robotics), FILE_OF(desktop),
};

int profiles_shipped(struct profiles *profiles, char why[512])
{
	int err = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shipped) && !err; i++)
		err = profiles_parse(profiles, shipped[i].file, shipped[i].text,
				     (size_t)(shipped[i].end - shipped[i].text), why);
	return err;
}

void profiles_free(struct profiles *profiles)
{
	regex_t **pattern;
	struct profile *profile;

	vec_for_each(profile, &profiles->all)
		profile_drop(profile);
	vec_for_each(pattern, &profiles->patterns)
		regfree(*pattern);
	vec_free(&profiles->all);
	vec_free(&profiles->patterns);
	arena_free(&profiles->arena);
}
