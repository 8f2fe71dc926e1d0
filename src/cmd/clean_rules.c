// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rules: the command line is one; a file has several:
 *
 *	# comment
 *	[name]
 *	class = shm, pshm
 *	user = www-data
 *	where = size > 1M
 *	older = 6h
 *	suspect = yes
 *	max = 100
 *	action = remove
 *
 * A key is an option of the command line. The first rule that selects an
 * object counts.
 */
#include "clean.h"

#include <errno.h>
#include <string.h>

#include "host/host.h"
#include "ipcscope/text.h"

struct rule *clean_add_rule(struct clean *clean, const char *name)
{
	struct rule *rule = arena_alloc(&clean->arena, sizeof(*rule));

	rule->name = name;
	rule->wants = (struct request){ .command = clean->removal.session.req->command };
	*vec_add(&clean->rules) = rule;
	return rule;
}

static int clean_parse_classes(struct rule *rule)
{
	int i;

	for (i = 0; i < rule->wants.nr_args; i++) {
		const char *word = rule->wants.args[i];
		uint64_t classes = classes_by_word(word, strlen(word));

		if (!classes)
			return misused("clean takes classes, not '%s'; for one object: ipcscope rm REF",
				       word);
		if (!(classes & stale_classes()))
			return misused("clean takes no %s: such objects go with their processes", word);
		rule->sel.classes |= classes;
	}
	if (!rule->wants.nr_args)
		rule->sel.classes = stale_classes();
	rule->sel.classes &= stale_classes();
	return 0;
}

/* One selection for each thing that may hold an object back, to tell which. */
static int clean_parse_filters(struct clean *clean, struct rule *rule)
{
	struct request only = { .command = rule->wants.command };
	struct picture *picture = &clean->removal.session.picture;
	struct request *wants = &rule->wants;
	struct request owner = { .command = wants->command };
	struct request rest = { .command = wants->command };
	struct filter *const *filter;
	int status;

	request_option(&only, OPTION_OLDER, wants->option[OPTION_OLDER].text ?: CLEAN_OLDER);
	owner.option[OPTION_USER] = wants->option[OPTION_USER];
	rest.option[OPTION_WHERE] = wants->option[OPTION_WHERE];
	rest.option[OPTION_MIN_SIZE] = wants->option[OPTION_MIN_SIZE];
	status = selection_filters(&rule->aged, &only, picture) ?:
		 selection_filters(&rule->owned, &owner, picture) ?:
		 selection_filters(&rule->sel, &rest, picture);
	vec_for_each(filter, &rule->sel.filters)
		rule->bounded = rule->bounded || filter_bound(*filter, &rule->bound);
	return status;
}

int rule_finish(struct clean *clean, struct rule *rule)
{
	const struct request *wants = &rule->wants;
	int status = clean_parse_classes(rule);

	rule->max = option_num(wants, OPTION_MAX, UINT64_MAX);
	rule->max_bytes = option_num(wants, OPTION_MAX_BYTES, UINT64_MAX);
	rule->any_owner = asked(wants, OPTION_USER);
	rule->suspect = asked(wants, OPTION_SUSPECT);
	if (asked(wants, OPTION_PROFILE))
		rule->profiles = &wants->option[OPTION_PROFILE].words;
	return status ? status : clean_parse_filters(clean, rule);
}

static const enum option_id keys[] = {
	OPTION_WHERE, OPTION_USER, OPTION_OLDER, OPTION_MIN_SIZE,
	OPTION_PROFILE, OPTION_MAX, OPTION_MAX_BYTES,
};

static const char *clean_key_word(const void *arg, size_t i)
{
	static const char *const others[] = { "class", "suspect", "action" };

	return i < ARRAY_SIZE(others) ? others[i] :
	       option_specs[keys[i - ARRAY_SIZE(others)]].name;
}
#define NR_KEYS		(ARRAY_SIZE(keys) + 3)

static char *clean_trim(char *text)
{
	size_t len;

	while (*text == ' ' || *text == '\t')
		text++;
	len = strlen(text);
	while (len && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* Complains of a filter in the line that it stands in. */
static int clean_try_filter(struct clean *clean, const struct rule *rule, enum option_id key)
{
	struct request only = { .command = rule->wants.command };
	struct selection sel = {};
	int status;

	only.option[key] = rule->wants.option[key];
	status = option_specs[key].is_filter ?
		 selection_filters(&sel, &only, &clean->removal.session.picture) : 0;
	selection_free(&sel);
	return status;
}

static int clean_set_key(struct clean *clean, struct rule *rule, const char *key,
			 const char *value)
{
	const char *const *seen;
	struct buf list = {};
	struct hint hint;
	int status;
	size_t i;

	/* The last would silently overtake the first: "older = 30d", then "older = 0s". */
	vec_for_each(seen, &rule->keys) {
		if (!strcmp(*seen, key))
			return misused("%s is there twice", key);
	}
	*vec_add(&rule->keys) = key;
	if (!strcmp(key, "class")) {
		const struct word_list words = words_split(&clean->arena, value);

		rule->wants.args = (char **)words.at;
		rule->wants.nr_args = (int)words.nr;
		return clean_parse_classes(rule);
	}
	if (!strcmp(key, "suspect")) {
		if (!strcmp(value, "yes"))
			rule->wants.option[OPTION_SUSPECT].text = "";
		else if (strcmp(value, "no"))
			return misused("suspect takes yes or no, not '%s'", value);
		return 0;
	}
	if (!strcmp(key, "action")) {
		if (!strcmp(value, "report"))
			rule->report = true;
		else if (strcmp(value, "remove"))
			return misused("action takes remove or report, not '%s'", value);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(key, option_specs[keys[i]].name))
			return request_option(&rule->wants, keys[i], value) ?:
			       clean_try_filter(clean, rule, keys[i]);
	}
	for (i = 0; i < NR_KEYS; i++)
		buf_printf(&list, i ? " %s" : "%s", clean_key_word(NULL, i));
	status = misused("no key '%s'%s", key,
			 text_hint(&hint, key, clean_key_word, NR_KEYS, list.data));
	buf_free(&list);
	return status;
}

static bool clean_same_name(const void *vec, uint32_t index, const void *key)
{
	return !strcmp(((struct rule *const *)vec)[index]->name, key);
}

/* "[name]", or "key = value" of the rule above. */
static int clean_take_line(struct clean *clean, struct rule **rule, char *line)
{
	char *equals = strchr(line, '=');
	size_t len = strlen(line);
	uint64_t hash;

	if (*line == '[' && len > 2 && line[len - 1] == ']') {
		line[len - 1] = '\0';
		hash = hash_bytes(line + 1, len - 2);
		if (map_find(&clean->names, hash, clean_same_name, clean->rules.at,
			     line + 1) != NO_INDEX)
			return misused("[%s] is there twice", line + 1);
		map_add(&clean->names, hash, clean->rules.nr);
		*rule = clean_add_rule(clean, line + 1);
		return 0;
	}
	if (!equals)
		return misused("'%s' is neither [NAME] nor KEY = VALUE", line);
	if (!*rule)
		return misused("'%s' stands before the first [NAME]", line);
	*equals = '\0';
	return clean_set_key(clean, *rule, clean_trim(line), clean_trim(equals + 1));
}

static int clean_parse_file(struct clean *clean, const char *path)
{
	unsigned int nr = 0;
	struct rule *rule = NULL, *last = NULL;
	char *next = clean->text.data, *line;
	int status = 0;

	while (!status && (line = strsep(&next, "\n"))) {
		complain_in(path, ++nr);
		line = clean_trim(line);
		if (!*line || *line == '#')
			continue;
		status = clean_take_line(clean, &rule, line);
		if (!status && last && rule != last)
			status = rule_finish(clean, last);
		last = rule;
	}
	if (!status && last)
		status = rule_finish(clean, last);
	if (status)
		complain("the rules cannot be used: nothing was removed");
	complain_in(NULL, 0);
	return status ? STATUS_USAGE : 0;
}

static int clean_read_rules(struct clean *clean, const char *path, bool must)
{
	int ret = host_trusts(path);

	if (ret == -ENOENT && !must)
		return 0;
	clean->has_file = true;
	if (ret == -EPERM) {
		complain("%s: others may write to it, or to its directory: nothing was removed", path);
		return STATUS_USAGE;
	}
	if (!ret)
		ret = live_host.ops->read_file(&live_host, NULL, path, &clean->text);
	if (!ret && memchr(clean->text.data, '\0', clean->text.len))
		ret = -EBADMSG;
	if (!ret)
		return clean_parse_file(clean, path);
	complain("%s: %s", path, strerror(-ret));
	return STATUS_FAILED;
}

/* Whether the command line itself says what to select. */
static bool clean_says_what(const struct request *req)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (asked(req, keys[i]))
			return true;
	}
	return req->nr_args || asked(req, OPTION_SUSPECT);
}

int clean_rules(struct clean *clean)
{
	const struct request *req = clean->removal.session.req;
	struct rule *rule;
	int status;

	if (asked(req, OPTION_RULES) && clean_says_what(req))
		return misused("--rules says what to select: nothing else may");
	if (asked(req, OPTION_RULES))
		return clean_read_rules(clean, req->option[OPTION_RULES].text, true);
	if (!clean_says_what(req)) {
		status = clean_read_rules(clean, CLEAN_RULES, false);
		/* One without rules, or with all of them commented out, means nothing. */
		if (status || clean->has_file)
			return status;
	}
	rule = clean_add_rule(clean, NULL);
	rule->wants = *req;
	rule->wants.arena = (struct arena){};
	return rule_finish(clean, rule);
}

void clean_free_rules(struct clean *clean)
{
	struct owner_rules **owner;
	struct rule **rule;

	vec_for_each(rule, &clean->rules) {
		selection_free(&(*rule)->sel);
		selection_free(&(*rule)->aged);
		selection_free(&(*rule)->owned);
		vec_free(&(*rule)->keys);
		arena_free(&(*rule)->wants.arena);
	}
	vec_for_each(owner, &clean->owners)
		vec_free(&(*owner)->rules);
	vec_free(&clean->owners);
	vec_free(&clean->all);
	vec_free(&clean->values);
	map_free(&clean->by_owner);
	map_free(&clean->names);
	vec_free(&clean->rules);
	vec_free(&clean->chosen);
	vec_free(&clean->excluded);
	buf_free(&clean->text);
	arena_free(&clean->arena);
}
