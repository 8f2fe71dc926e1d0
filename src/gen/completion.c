// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "completion.h"
#include "ipcscope/limits.h"

const char *const complete_words[] = {
	[COMPLETE_NONE] = "nothing",	 [COMPLETE_CLASSES] = "classes",
	[COMPLETE_REFS] = "refs",	 [COMPLETE_FIELDS] = "fields",
	[COMPLETE_FILES] = "files",	 [COMPLETE_USERS] = "users",
	[COMPLETE_PIDS] = "pids",	 [COMPLETE_TIMES] = "times",
	[COMPLETE_COLORS] = "colors",	 [COMPLETE_WHERE] = "where",
	[COMPLETE_COMMANDS] = "commands", [COMPLETE_TOPICS] = "topics",
	[COMPLETE_LIMITS] = "limits",
};

void words_commands(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_commands; i++)
		buf_printf(to, " %s", commands[i]->name);
}

void words_topics(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_topics; i++)
		buf_printf(to, " %s", topics[i].name);
}

void words_classes(struct buf *to)
{
	const struct group_info *group;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++)
		buf_printf(to, " %s", class_infos[class]->name);
	for (group = group_infos; group->name; group++)
		buf_printf(to, " %s", group->name);
}

void words_fields(struct buf *to)
{
	enum field_id field;

	for_each_field(field) {
		if (fields[field].source != SOURCE_HIDDEN)
			buf_printf(to, " %s", fields[field].name);
	}
}

void words_limits(struct buf *to)
{
	enum limit_id limit;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		if (!strchr(limit_infos[limit].name, ' '))
			buf_printf(to, " %s", limit_infos[limit].name);
	}
}

void words_with_argument(struct buf *to)
{
	enum option_id id;

	for (id = 0; id < NR_OPTIONS; id++) {
		const struct option_spec *spec = &option_specs[id];

		if (spec->arg && spec->letter)
			buf_printf(to, " -%c", spec->letter);
		if (spec->arg)
			buf_printf(to, " --%s", spec->name);
	}
}

void words_completes(struct buf *to, const struct command *command)
{
	unsigned int what;

	for (what = 0; what < ARRAY_SIZE(complete_words); what++) {
		if (command->completes >> what & 1)
			buf_printf(to, " %s", complete_words[what]);
	}
}

void put_shell_quoted(struct buf *to, const char *text)
{
	buf_putc(to, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_puts(to, "'\\''");
		else
			buf_putc(to, *text);
	}
	buf_putc(to, '\'');
}

const struct generated completion_parts[] = {
	{ "bash", print_bash },
	{ "zsh",  print_zsh },
	{ "fish", print_fish },
};
const unsigned int nr_completion_parts = ARRAY_SIZE(completion_parts);
