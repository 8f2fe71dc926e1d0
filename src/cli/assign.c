// SPDX-License-Identifier: GPL-2.0-or-later
#include "assign.h"

#include <string.h>

#include "command.h"
#include "keyfiles/ftok.h"
#include "ipcscope/text.h"

#define SYSV	(A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg))
#define EVERY	(SYSV | A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(pmsg) | \
		 A_CLASS(fifo))
#define MOST_SEM	32767		/* SEMVMX */

typedef bool parse_fn(const char *text, uint64_t *num);

/* The id -1 stands for nobody. A number that is somebody's name is not told from an id. */
static bool assign_parse_id(const char *text, bool group, uint64_t *num)
{
	const bool plus = *text == '+', number = num_parse(text + plus, num);
	uint32_t id;

	if (plus || live_host.ops->name_id(&live_host, group, text, &id))
		return number && *num < UINT32_MAX;
	if (number && *num != id)
		return false;
	*num = id;
	return true;
}

static bool assign_parse_user(const char *text, uint64_t *num)
{
	return assign_parse_id(text, false, num);
}

static bool assign_parse_group(const char *text, uint64_t *num)
{
	return assign_parse_id(text, true, num);
}

static bool assign_parse_mode(const char *text, uint64_t *num)
{
	return num_octal(&text, num) && !*text && *num <= 0777;
}

static bool assign_parse_key(const char *text, uint64_t *num)
{
	uint32_t key = 0;

	if (strcmp(text, "private") != 0 && !ftok_parse_key(text, &key))
		return false;
	*num = key;
	return true;
}

static bool assign_parse_count(const char *text, uint64_t *num)
{
	return num_parse(text, num) && *num <= INT32_MAX;
}

static bool assign_parse_sem(const char *text, uint64_t *num)
{
	return num_parse(text, num) && *num <= MOST_SEM;
}

static bool assign_parse_yes(const char *text, uint64_t *num)
{
	*num = !strcmp(text, "yes");
	return *num || !strcmp(text, "no");
}

static bool assign_parse_bytes(const char *text, uint64_t *num)
{
	return num_parse_size(text, num) && *num <= INT64_MAX;
}

static bool assign_parse_text(const char *text, uint64_t *num)
{
	*num = 0;
	return true;
}

static const struct assign_spec {
	const char *name;
	const char *arg;
	parse_fn *parse;
	const char *takes;	/* for the complaint */
	uint64_t made, changed;	/* A_CLASS(): when it is made, and later */
	uint32_t most_index;	/* 0: takes none */
} specs[NR_ASSIGNS] = {
	[ASSIGN_KEY] = { "key", "KEY", assign_parse_key,
		"a key: 0x2a, 42 or private", SYSV, 0, 0 },
	[ASSIGN_SIZE] = { "size", "SIZE", assign_parse_bytes,
		"bytes (64K, 2M)", A_CLASS(shm) | A_CLASS(pshm), 0, 0 },
	[ASSIGN_OWNER] = { "owner", "USER", assign_parse_user,
		"a user name or number (+N: a number that is a name, too)", EVERY, EVERY, 0 },
	[ASSIGN_GROUP] = { "group", "GROUP", assign_parse_group,
		"a group name or number (+N: a number that is a name, too)", EVERY, EVERY, 0 },
	[ASSIGN_MODE] = { "mode", "MODE", assign_parse_mode,
		"octal permission bits (0640)", EVERY, EVERY, 0 },
	[ASSIGN_NSEMS] = { "nsems", "N", assign_parse_count,
		"a number", A_CLASS(sem), 0, 0 },
	[ASSIGN_VALUES] = { "values", "V,V...", assign_parse_text,
		"numbers up to 32767 with commas between", A_CLASS(sem), 0, 0 },
	[ASSIGN_VALUE] = { "value", "V", assign_parse_count,
		"a number up to 2147483647", A_CLASS(psem), A_CLASS(psem), 0 },
	[ASSIGN_SEM] = { "sem", "V", assign_parse_sem,
		"a number up to 32767 (semvmx)", A_CLASS(sem), A_CLASS(sem), 65535 },
	[ASSIGN_QBYTES] = { "qbytes", "SIZE", assign_parse_bytes,
		"bytes (64K, 2M)", A_CLASS(msg), A_CLASS(msg), 0 },
	[ASSIGN_MAXMSG] = { "maxmsg", "N", assign_parse_count,
		"a number", A_CLASS(pmsg), 0, 0 },
	[ASSIGN_MSGSIZE] = { "msgsize", "SIZE", assign_parse_bytes,
		"bytes (64K, 2M)", A_CLASS(pmsg), 0, 0 },
	[ASSIGN_MESSAGE] = { "message", "TEXT", assign_parse_text,
		"text", A_CLASS(msg) | A_CLASS(pmsg), 0, INT32_MAX },
	[ASSIGN_LOCKED] = { "locked", "yes|no", assign_parse_yes,
		"yes or no", 0, A_CLASS(shm), 0 },
};

static const char *assign_spec_word(const void *arg, size_t i)
{
	return specs[i].name;
}

/* "sem[3]=": the number; a status. */
static int assign_parse_index(const char *word, const char **at,
			      const struct assign_spec *spec, uint32_t *index)
{
	uint64_t num;

	*index = 0;
	if (**at != '[')
		return spec->most_index == 65535 ?
		       misused("which semaphore? sem[N]=%s", spec->arg) : 0;
	(*at)++;
	if (!spec->most_index)
		return misused("%s takes no [N]", spec->name);
	if (!num_u64(at, &num) || *(*at)++ != ']' || num > spec->most_index)
		return misused("'%s' is wrong: %s[N]=%s", word, spec->name, spec->arg);
	*index = (uint32_t)num;
	return 0;
}

/* Known, but not for such an object, or not now. */
static int assign_not_taken(const struct assign_spec *spec, enum class_id class,
			    bool making)
{
	const struct class_info *kind = class_infos[class];
	struct buf usage = {};
	int status;

	assign_usage(&usage, class, making);
	if (!making && spec->made >> class & 1)
		status = misused("%s of a %s cannot be changed: it is what it was made with",
				 spec->name, kind->noun);
	else
		status = misused("%s is nothing a %s has; it takes %s",
				 spec->name, kind->noun, usage.data);
	buf_free(&usage);
	return status;
}

static bool assign_is_said(const struct assignments *all, const struct assignment *new)
{
	const struct assignment *assign;

	vec_for_each(assign, all) {
		if (assign->what == new->what && assign->index == new->index &&
		    assign->what != ASSIGN_MESSAGE)
			return true;
	}
	return false;
}

int assign_parse(const char *word, enum class_id class, bool making, struct assignments *to)
{
	size_t len = strcspn(word, "[=");
	const struct assign_spec *spec = specs;
	struct buf usage = {};
	struct hint hint;
	char name[64];
	struct assignment assign;
	const char *at = word + len;
	int status;

	if (!*at)
		return misused("'%s' is no FIELD=VALUE", word);
	while (spec < specs + NR_ASSIGNS && (strlen(spec->name) != len ||
					     memcmp(spec->name, word, len)))
		spec++;
	if (spec == specs + NR_ASSIGNS) {
		snprintf(name, sizeof(name), "%.*s", (int)len, word);
		assign_usage(&usage, class, making);
		status = misused("no field '%s'%s", name,
				 text_hint(&hint, name, assign_spec_word, NR_ASSIGNS, usage.data));
		buf_free(&usage);
		return status;
	}
	assign.what = (enum assign_id)(spec - specs);
	if (!((making ? spec->made : spec->changed) >> class & 1))
		return assign_not_taken(spec, class, making);
	status = assign_parse_index(word, &at, spec, &assign.index);
	if (status)
		return status;
	if (*at != '=')
		return misused("'%s' is no FIELD=VALUE", word);
	assign.text = at + 1;
	if (!spec->parse(at + 1, &assign.num))
		return misused("%s takes %s, not '%s'", spec->name, spec->takes, at + 1);
	if (assign_is_said(to, &assign))
		return misused("%s is given twice", spec->name);
	*vec_add(to) = assign;
	return 0;
}

const struct assignment *assign_find(const struct assignments *all, enum assign_id what)
{
	const struct assignment *assign, *found = NULL;

	vec_for_each(assign, all) {
		if (assign->what == what)
			found = assign;
	}
	return found;
}

void assign_usage(struct buf *to, enum class_id class, bool making)
{
	enum assign_id id;

	for (id = 0; id < NR_ASSIGNS; id++) {
		const struct assign_spec *spec = &specs[id];

		if (!((making ? spec->made : spec->changed) >> class & 1))
			continue;
		buf_printf(to, "%s%s%s=%s", to->len ? " " : "", spec->name,
			   spec->most_index == 65535 ? "[N]" :
			   spec->most_index ? "[TYPE]" : "", spec->arg);
	}
}

void assign_complete(struct buf *to, bool making, const char *prefix)
{
	const struct assign_spec *spec;

	for (spec = specs; spec < specs + NR_ASSIGNS; spec++) {
		if ((making ? spec->made : spec->changed) && !spec->most_index &&
		    !strncmp(spec->name, prefix, strlen(prefix)))
			buf_printf(to, "%s=\t%s\n", spec->name, spec->takes);
	}
}
