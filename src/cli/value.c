// SPDX-License-Identifier: GPL-2.0-or-later
/* The types of options.def: what the text of an option must be, and its value. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "ipcscope/text.h"
#include "keyfiles/ftok.h"

#define MOST_THREADS	1024

struct word_list words_split(struct arena *arena, const char *list)
{
	struct word_list words = {};
	const char *at;

	for (at = list; *at; at++)
		words.room += *at == ',';
	words.at = arena_alloc(arena, ++words.room * sizeof(*words.at));
	while (words.nr < words.room) {
		size_t len = strcspn(list, ",");
		const char *start = list, *end = list + len;

		while (start < end && isspace((unsigned char)*start))
			start++;
		while (end > start && isspace((unsigned char)end[-1]))
			end--;
		words.at[words.nr++] = arena_str(arena, start, (size_t)(end - start))->data;
		list += len + 1;
	}
	return words;
}

static const char *value_field_word(const void *arg, size_t i)
{
	return fields[i].source == SOURCE_HIDDEN ? NULL : fields[i].name;
}

int fields_parse(struct arena *arena, enum option_id option,
		 const struct word_list *words, struct field_list *to)
{
	const char *const *word;
	struct hint hint;
	int status = 0;

	*to = (struct field_list){ .room = words->nr };
	to->at = arena_alloc(arena, to->room * sizeof(*to->at));
	vec_for_each(word, words) {
		bool has_sign = **word == '+' || (option == OPTION_SORT && **word == '-');
		const char *name = *word + has_sign;
		enum field_id *field = &to->at[to->nr++];

		if (option == OPTION_COLUMNS && !strcmp(name, "all")) {
			*field = ALL_FIELDS;
			continue;
		}
		*field = field_by_name(name);
		if (*field == FIELD_NONE && !status)
			status = misused("--%s: no field '%s'%s", option_specs[option].name,
					 name, text_hint(&hint, name, value_field_word,
							 NR_FIELDS, "ipcscope help fields"));
	}
	return status;
}

static int value_fields(struct request *req, enum option_id id, struct option_value *value)
{
	const struct word_list words = words_split(&req->arena, value->text);

	return fields_parse(&req->arena, id, &words, &value->fields);
}
#define value_columns	value_fields

static int value_order(struct request *req, enum option_id id, struct option_value *value)
{
	const struct word_list words = words_split(&req->arena, value->text);
	struct sort_keys *order = &value->order;
	struct field_list sorted;
	int status = fields_parse(&req->arena, id, &words, &sorted);

	*order = (struct sort_keys){ .room = words.nr };
	order->at = arena_alloc(&req->arena, words.nr * sizeof(*order->at));
	for (; order->nr < words.nr; order->nr++)
		order->at[order->nr] = (struct sort_key){
			.field = sorted.at[order->nr],
			.down  = *words.at[order->nr] == '-',
		};
	return status;
}

static int value_words(struct request *req, enum option_id id, struct option_value *value)
{
	value->words = words_split(&req->arena, value->text);
	return 0;
}

/* What was given with each --ns is a line. */
static int value_nss(struct request *req, enum option_id id, struct option_value *value)
{
	struct word_list *words = &value->words;
	const char *at = value->text;
	size_t len;

	words->at = arena_alloc(&req->arena, (strlen(at) + 1) * sizeof(*words->at));
	for (; *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		if (len)
			words->at[words->nr++] = arena_str(&req->arena, at, len)->data;
	}
	return words->nr ? 0 : misused("--ns takes a process, an inode or a path");
}

static int value_wrong(enum option_id id, const char *takes, const char *text)
{
	return misused("--%s takes %s, not '%s'", option_specs[id].name, takes, text);
}

static int value_dirs(struct request *req, enum option_id id, struct option_value *value)
{
	const char *const *word;

	value->words = words_split(&req->arena, value->text);
	vec_for_each(word, &value->words) {
		if (**word != '/')
			return value_wrong(id, "directories that begin with /", *word);
	}
	return 0;
}

/* Their names stand between quotes in an expression. */
static int value_users(struct request *req, enum option_id id, struct option_value *value)
{
	const char *const *word;

	value->words = words_split(&req->arena, value->text);
	vec_for_each(word, &value->words) {
		if (!**word)
			return misused("--%s takes names or numbers, with commas between them",
				       option_specs[id].name);
		if (strchr(*word, '\'') && strchr(*word, '"'))
			return misused("--%s: no user '%s'", option_specs[id].name, *word);
	}
	return 0;
}

static int value_pids(struct request *req, enum option_id id, struct option_value *value)
{
	const struct word_list words = words_split(&req->arena, value->text);
	const char *const *word;
	struct pids *pids = &value->pids;
	uint64_t pid;

	*pids = (struct pids){ .room = words.nr };
	pids->at = arena_alloc(&req->arena, words.nr * sizeof(*pids->at));
	vec_for_each(word, &words) {
		if (!num_parse(*word, &pid) || !pid || pid > INT32_MAX)
			return value_wrong(id, "process ids", *word);
		pids->at[pids->nr++] = (pid_t)pid;
	}
	return 0;
}

static int value_age(struct request *req, enum option_id id, struct option_value *value)
{
	return num_parse_age(value->text, &value->num) ? 0 :
	       value_wrong(id, "a time (10m, 6h, 3d)", value->text);
}

static int value_size(struct request *req, enum option_id id, struct option_value *value)
{
	return num_parse_size(value->text, &value->num) ? 0 :
	       value_wrong(id, "bytes (64K, 2M)", value->text);
}

static int value_count(struct request *req, enum option_id id, struct option_value *value)
{
	return num_parse(value->text, &value->num) ? 0 :
	       value_wrong(id, "a number", value->text);
}

/* "80" or "80%". */
static int value_percent(struct request *req, enum option_id id, struct option_value *value)
{
	const char *at = value->text;

	return num_u64(&at, &value->num) && (!*at || !strcmp(at, "%")) &&
	       value->num >= 1 && value->num <= 100 ? 0 :
	       value_wrong(id, "a percentage from 1 to 100", value->text);
}

static bool value_is_threads(const char *text, uint64_t *nr)
{
	return num_parse(text, nr) && *nr && *nr <= MOST_THREADS;
}

static int value_threads(struct request *req, enum option_id id, struct option_value *value)
{
	if (value_is_threads(value->text, &value->num))
		return 0;
	return misused("--%s takes a number from 1 to %d, not '%s'",
		       option_specs[id].name, MOST_THREADS, value->text);
}

static int value_key(struct request *req, enum option_id id, struct option_value *value)
{
	uint32_t key;

	if (!ftok_parse_key(value->text, &key))
		return value_wrong(id, "a key (0x05ce0001)", value->text);
	if (!key)
		return misused("key 0 is IPC_PRIVATE: no file gives it");
	value->num = key;
	return 0;
}

static int value_word(enum option_id id, struct option_value *value,
		      const char *const words[3])
{
	for (value->num = 0; value->num < 3; value->num++) {
		if (!strcmp(words[value->num], value->text))
			return 0;
	}
	return misused("--%s takes %s, %s or %s, not '%s'", option_specs[id].name,
		       words[0], words[1], words[2], value->text);
}

static int value_times(struct request *req, enum option_id id, struct option_value *value)
{
	static const char *const words[] = {
		[TIME_RELATIVE] = "relative", [TIME_ISO] = "iso",
		[TIME_EPOCH] = "epoch",
	};

	return value_word(id, value, words);
}

static int value_colors(struct request *req, enum option_id id, struct option_value *value)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	return value_word(id, value, words);
}

/* Their text says all. */
#define value_flag	NULL
#define value_text	NULL

const struct option_spec option_specs[NR_OPTIONS] = {
#define OPTION(id, letter, name, arg, type, complete, help) \
	[OPTION_##id] = { letter, name, arg, value_##type, COMPLETE_##complete, false, help },
#define FILTER(id, letter, name, arg, type, complete, help) \
	[OPTION_##id] = { letter, name, arg, value_##type, COMPLETE_##complete, true, help },
#include "options.def"
};

int request_option(struct request *req, enum option_id id, const char *text)
{
	struct option_value *value = &req->option[id];

	value->text = text;
	req->filtered |= option_specs[id].is_filter;
	return option_specs[id].parse ? option_specs[id].parse(req, id, value) : 0;
}

int request_values(struct request *req)
{
	const char *threads = getenv("IPCSCOPE_THREADS");
	enum option_id id;
	int status = 0;

	for (id = 0; id < NR_OPTIONS && !status; id++) {
		if (asked(req, id))
			status = request_option(req, id, req->option[id].text);
	}
	if (status || asked(req, OPTION_THREADS) || !threads || !*threads ||
	    !req->command->takes[OPTION_THREADS])
		return status;
	if (!value_is_threads(threads, &req->option[OPTION_THREADS].num))
		return misused("IPCSCOPE_THREADS takes a number from 1 to %d, not '%s'",
			       MOST_THREADS, threads);
	return 0;
}

