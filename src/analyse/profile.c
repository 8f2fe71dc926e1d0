// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles of known software: a text of sections, keys and values. */
#include "ipcscope/profile.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>

#include "ipcscope/text.h"

#define PATTERN_LEN	500	/* glibc recurses into a regex */

struct profile_pattern {
	regex_t regex;
};

const char *const profile_tests[NR_PROFILE_TESTS] = {
	[PROFILE_UNUSED]     = "unused",
	[PROFILE_PID_GONE]   = "pid-gone",
	[PROFILE_NO_PROCESS] = "no-process",
	[PROFILE_NO_LOCK]    = "no-lock",
};

struct reader {
	struct profiles *profiles;
	struct profile *now;	/* the section */
	uint32_t first;		/* profile of this file */
	const char *file;
	unsigned int line;
	char *why;
};

static int __attribute__((format(printf, 2, 3)))
wrong(struct reader *reader, const char *fmt, ...)
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

static const char *keep(struct reader *reader, const char *text, size_t len)
{
	return arena_str(&reader->profiles->arena, text, len)->data;
}

static bool is_name(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i]) && !strchr("-_.", text[i]))
			return false;
	}
	return len > 0;
}

/* What every profile must have. */
static int end_section(struct reader *reader)
{
	const struct profile *now = reader->now;

	if (!now)
		return 0;
	reader->line = now->line;
	if (!now->match)
		return wrong(reader, "profile %s has no match", now->name);
	if (!now->software)
		return wrong(reader, "profile %s does not say of what software",
			     now->name);
	if (now->limit == PROFILE_IDLE && now->rules.nr)
		return wrong(reader, "profile %s is at most idle: stale-if has no effect",
			     now->name);
	if (now->limit == PROFILE_IDLE && !now->because && !now->leave_to)
		return wrong(reader, "profile %s does not say why it is at most idle",
			     now->name);
	return 0;
}

static int begin_section(struct reader *reader, const char *text, size_t len)
{
	struct profiles *all = reader->profiles;
	unsigned int line = reader->line;
	struct profile *profile;
	const char *name;
	uint32_t i;
	int err;

	err = end_section(reader);
	if (err)
		return err;
	reader->line = line;
	reader->now = NULL;
	if (len < 3 || text[len - 1] != ']' || !is_name(text + 1, len - 2))
		return wrong(reader, "a section is [name], of letters, digits, - _ and .");
	name = keep(reader, text + 1, len - 2);
	for (i = 0; i < all->all.nr; i++) {
		if (i >= reader->first && !strcmp(all->all.at[i].name, name))
			return wrong(reader, "there are two profiles %s", name);
	}
	profile = vec_add(&all->all);
	profile->name = name;
	profile->file = keep(reader, reader->file, strlen(reader->file));
	profile->line = reader->line;
	reader->now = profile;
	return 0;
}

static int set_match(struct reader *reader, const char *value)
{
	struct profile *now = reader->now;
	struct filter_error error;

	now->match = filter_parse(value, &reader->profiles->arena, NULL, NULL,
				  &error);
	if (!now->match)
		return wrong(reader, "match: %s", error.text);
	now->expr = value;
	now->classes = filter_classes(now->match);
	return 0;
}

static int set_limit(struct reader *reader, const char *value)
{
	if (!strcmp(value, "stale"))
		reader->now->limit = PROFILE_STALE;
	else if (!strcmp(value, "suspect"))
		reader->now->limit = PROFILE_SUSPECT;
	else if (!strcmp(value, "idle"))
		reader->now->limit = PROFILE_IDLE;
	else
		return wrong(reader, "at-most takes stale, suspect or idle, not '%s'",
			     value);
	return 0;
}

static int set_pattern(struct reader *reader, struct profile_rule *rule,
		       const char *text, size_t len)
{
	const char *expr = keep(reader, text, len);
	struct profile_pattern *pattern;
	char error[128];
	int err;

	if (!len || len > PATTERN_LEN)
		return wrong(reader, "%s takes a regular expression of at most %d bytes",
			     profile_tests[rule->test], PATTERN_LEN);
	pattern = arena_alloc(&reader->profiles->arena, sizeof(*pattern));
	err = regcomp(&pattern->regex, expr, REG_EXTENDED);
	if (err) {
		regerror(err, &pattern->regex, error, sizeof(error));
		return wrong(reader, "'%s': %s", expr, error);
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
	*vec_add(&reader->profiles->patterns) = pattern;
	rule->pattern = pattern;
	if (!pattern->regex.re_nsub)
		return wrong(reader, "'%s' has no group ( ) for %s", expr,
			     profile_tests[rule->test]);
	return 0;
}

static int add_rule(struct reader *reader, const char *value)
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
		return wrong(reader, "stale-if: no test '%.*s': unused, pid-gone, no-process or no-lock",
			     (int)len, value);
	rule->test = test;
	rule->text = rest;
	if (!*rest != (test == PROFILE_UNUSED))
		return wrong(reader, "stale-if: %s takes %s", profile_tests[test],
			     test == PROFILE_UNUSED ? "nothing" :
			     test == PROFILE_NO_PROCESS ? "names of commands" :
			     "a regular expression");
	if (test != PROFILE_PID_GONE && test != PROFILE_NO_LOCK)
		return 0;
	pattern = strcspn(rest, " ");
	rule->suffix = rest + pattern + strspn(rest + pattern, " ");
	if (*rule->suffix && test == PROFILE_PID_GONE)
		return wrong(reader, "stale-if: pid-gone takes one regular expression without blanks");
	return set_pattern(reader, rule, rest, pattern);
}

static int set_key(struct reader *reader, const char *key, size_t len,
		   const char *value)
{
	struct profile *now = reader->now;
	const struct { const char *name; const char **to; } texts[] = {
		{ "software", &now->software }, { "because", &now->because },
		{ "leave-to", &now->leave_to },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		if (strlen(texts[i].name) != len || memcmp(texts[i].name, key, len))
			continue;
		if (*texts[i].to)
			return wrong(reader, "%s is there twice", texts[i].name);
		*texts[i].to = value;
		if (texts[i].to == &now->leave_to)
			now->limit = PROFILE_IDLE;
		return 0;
	}
	if (len == 5 && !memcmp(key, "match", 5))
		return now->match ? wrong(reader, "match is there twice") :
		       set_match(reader, value);
	if (len == 7 && !memcmp(key, "at-most", 7))
		return set_limit(reader, value);
	if (len == 8 && !memcmp(key, "stale-if", 8))
		return add_rule(reader, value);
	return wrong(reader, "no key '%.*s': software, match, stale-if, at-most, because or leave-to",
		     (int)len, key);
}

static size_t trim(const char *text, size_t len)
{
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return len;
}

/* One line, with those that go on with it. */
static int read_entry(struct reader *reader, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t key;

	if (!len)
		return 0;
	if (*text == '[')
		return begin_section(reader, text, len);
	if (!reader->now)
		return wrong(reader, "a section must begin first: [name]");
	if (!equals)
		return wrong(reader, "KEY = VALUE is missing its =");
	key = trim(text, (size_t)(equals - text));
	equals++;
	while (equals < text + len && isspace((unsigned char)*equals))
		equals++;
	if (equals == text + len)
		return wrong(reader, "%.*s has no value", (int)key, text);
	return set_key(reader, text, key,
		       keep(reader, equals, (size_t)(text + len - equals)));
}

static int read_text(struct reader *reader, const char *text, size_t len)
{
	const char *end = text + len, *next;
	struct buf entry = {};
	unsigned int line = 0;
	int err = 0;

	for (; text < end && !err; text = next) {
		size_t left = (size_t)(end - text);
		const char *newline = memchr(text, '\n', left);
		size_t this = newline ? (size_t)(newline - text) : left;
		bool blank;

		next = text + this + (newline ? 1 : 0);
		line++;
		this = trim(text, this);
		blank = this && (*text == ' ' || *text == '\t');
		if (memchr(text, '\0', this)) {
			reader->line = line;
			err = wrong(reader, "a byte that is 0");
			break;
		}
		if (this && *text == '#')
			continue;
		if (blank && entry.len) {
			while (this && isspace((unsigned char)*text)) {
				text++;
				this--;
			}
			buf_putc(&entry, ' ');
			buf_add(&entry, text, this);
			continue;
		}
		if (entry.len)
			err = read_entry(reader, entry.data, entry.len);
		buf_reset(&entry);
		if (err)
			break;
		reader->line = line;
		if (blank)
			err = wrong(reader, "a line that goes on, but on which?");
		buf_add(&entry, text, this);
	}
	if (!err && entry.len)
		err = read_entry(reader, entry.data, entry.len);
	buf_free(&entry);
	return err ? err : end_section(reader);
}

static void drop(struct profile *profile)
{
	if (profile->match)
		filter_free(profile->match);
	vec_free(&profile->rules);
}

/* Those that an earlier file has. */
static void pass_over(struct profiles *profiles, uint32_t first)
{
	uint32_t i, k, nr = first;

	for (i = first; i < profiles->all.nr; i++) {
		struct profile *profile = &profiles->all.at[i];

		for (k = 0; k < first; k++) {
			if (!strcmp(profiles->all.at[k].name, profile->name))
				break;
		}
		if (k < first)
			drop(profile);
		else
			profiles->all.at[nr++] = *profile;
	}
	profiles->all.nr = nr;
}

int profiles_parse(struct profiles *profiles, const char *file,
		   const char *text, size_t len, char why[512])
{
	struct reader reader = {
		.profiles = profiles, .first = profiles->all.nr, .file = file,
		.why = why,
	};
	int err = read_text(&reader, text, len);

	if (!err) {
		pass_over(profiles, reader.first);
		return 0;
	}
	while (profiles->all.nr > reader.first)
		drop(&profiles->all.at[--profiles->all.nr]);
	return err;
}

void profiles_free(struct profiles *profiles)
{
	struct profile_pattern **pattern;
	struct profile *profile;

	vec_for_each(profile, &profiles->all)
		drop(profile);
	vec_for_each(pattern, &profiles->patterns)
		regfree(&(*pattern)->regex);
	vec_free(&profiles->all);
	vec_free(&profiles->patterns);
	arena_free(&profiles->arena);
}

const struct profile *profile_of(const struct profiles *profiles,
				 const struct snapshot *snap,
				 const struct object *obj)
{
	const struct profile *profile;

	vec_for_each(profile, &profiles->all) {
		if (profile->classes >> obj->class & 1 &&
		    filter_match(profile->match, snap, obj))
			return profile;
	}
	return NULL;
}

bool profile_group(const struct profile_rule *rule, const char *name,
		   const char **text, size_t *len)
{
	regmatch_t match[2];

	if (!rule->pattern ||
	    regexec(&rule->pattern->regex, name, 2, match, 0) ||
	    match[1].rm_so < 0)
		return false;
	*text = name + match[1].rm_so;
	*len = (size_t)(match[1].rm_eo - match[1].rm_so);
	return true;
}
