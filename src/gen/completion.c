// SPDX-License-Identifier: GPL-2.0-or-later
/* What the templates in completions/ leave open: lists of words, a word a line, and
 * options and arguments as each shell wants them. */
#include <string.h>

#include "gen.h"
#include "ipcscope/model.h"

/* What there is to offer: the word a script knows it by, and what zsh and fish do for
 * an option that takes it and fish for an argument. */
static const struct {
	const char *word, *zsh, *fish, *fish_argument;
} completion_kinds[NR_COMPLETIONS] = {
	[COMPLETE_NONE]	   = { "nothing", " ", "-x", NULL },
	[COMPLETE_CLASSES] = { "classes", " ", "-x", "-a \"$__ipcscope_classes\"" },
	[COMPLETE_REFS]	   = { "refs", " ", "-x", "-a '(__ipcscope_refs)'" },
	[COMPLETE_FIELDS]  = { "fields", "_ipcscope_field_list",
			       "-x -a '(__ipcscope_field_list)'", NULL },
	[COMPLETE_FILES]   = { "files", "_files", "-r -F", "-F" },
	[COMPLETE_USERS]   = { "users", "_ipcscope_users",
			       "-x -a '(__ipcscope_live_list users)'", NULL },
	[COMPLETE_PIDS]	   = { "pids", "_ipcscope_pids",
			       "-x -a '(__ipcscope_live_list pids)'",
			       "-a '(__ipcscope_live_list pids)'" },
	[COMPLETE_TIMES]   = { "times", "(relative iso epoch)",
			       "-x -a 'relative iso epoch'", NULL },
	[COMPLETE_COLORS]  = { "colors", "(auto always never)",
			       "-x -a 'auto always never'", NULL },
	[COMPLETE_WHERE]   = { "where", "_ipcscope_expression",
			       "-x -a \"$__ipcscope_fields\"", NULL },
	[COMPLETE_COMMANDS] = { "commands", " ", "-x", "-a \"$__ipcscope_commands\"" },
	[COMPLETE_TOPICS]  = { "topics", " ", "-x", "-a \"$__ipcscope_topics\"" },
	[COMPLETE_LIMITS]  = { "limits", " ", "-x", "-a \"$__ipcscope_limits\"" },
	[COMPLETE_MADE]	   = { "made", " ", "-x", "-a '(__ipcscope_live made (__ipcscope_word))'" },
	[COMPLETE_CHANGED] = { "changed", " ", "-x",
			       "-a '(__ipcscope_live changed (__ipcscope_word))'" },
	[COMPLETE_KEPT]	   = { "kept", " ", "-x", "-a '(__ipcscope_live kept (__ipcscope_word))'" },
};

static void completion_commands(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_commands; i++)
		buf_printf(to, "%s\n", commands[i]->name);
}

static void completion_topics(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_topics; i++)
		buf_printf(to, "%s\n", topics[i].name);
}

/* The limits whose name is one word. */
static void completion_limits(struct buf *to)
{
	enum limit_id limit;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		if (!strchr(limit_infos[limit].name, ' '))
			buf_printf(to, "%s\n", limit_infos[limit].name);
	}
}

static void completion_classes(struct buf *to)
{
	const struct group_info *group;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++)
		buf_printf(to, "%s\n", class_infos[class]->name);
	for (group = group_infos; group->name; group++)
		buf_printf(to, "%s\n", group->name);
}

static void completion_fields(struct buf *to)
{
	enum field_id field;

	for_each_field(field) {
		if (fields[field].source != SOURCE_HIDDEN)
			buf_printf(to, "%s\n", fields[field].name);
	}
}

static void completion_with_argument(struct buf *to)
{
	const struct option_spec *spec;

	for (spec = option_specs; spec < option_specs + NR_OPTIONS; spec++) {
		if (spec->arg && spec->letter)
			buf_printf(to, "-%c\n", spec->letter);
		if (spec->arg)
			buf_printf(to, "--%s\n", spec->name);
	}
}

static void completion_arguments(struct buf *to, const struct command *command)
{
	unsigned int kind;

	for (kind = 0; kind < NR_COMPLETIONS; kind++) {
		if (command->completes >> kind & 1)
			buf_printf(to, " %s", completion_kinds[kind].word);
	}
}

/* Between single quotes, for any shell. */
static void completion_quote(struct buf *to, const char *text)
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

static void completion_bash_kinds(struct buf *to)
{
	const struct option_spec *spec;

	for (spec = option_specs; spec < option_specs + NR_OPTIONS; spec++) {
		if (!spec->arg)
			continue;
		buf_putc(to, '\t');
		if (spec->letter)
			buf_printf(to, "-%c|", spec->letter);
		buf_printf(to, "--%s) _ipcscope_kind='%s' ;;\n", spec->name,
			   completion_kinds[spec->complete].word);
	}
}

static void completion_bash_options(struct buf *to)
{
	enum option_id id;
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, "\t%s) REPLY='", commands[i]->name);
		for (id = 0; id < NR_OPTIONS; id++) {
			if (command_takes(commands[i], id))
				buf_printf(to, "--%s ", option_specs[id].name);
		}
		buf_puts(to, "' ;;\n");
	}
}

static void completion_bash_arguments(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, "\t%s) REPLY='", commands[i]->name);
		completion_arguments(to, commands[i]);
		buf_puts(to, "' ;;\n");
	}
}

/* One option as _arguments wants it: "--sort=[help]:LIST:action". */
static void completion_zsh_option(struct buf *to, const struct option_spec *spec,
				  bool letter)
{
	struct buf text = {};
	const char *help;

	if (spec->letter)
		buf_printf(&text, "(-%c --%s)", spec->letter, spec->name);
	if (letter)
		buf_printf(&text, "-%c%s", spec->letter, spec->arg ? "+" : "");
	else
		buf_printf(&text, "--%s%s", spec->name, spec->arg ? "=" : "");
	buf_putc(&text, '[');
	for (help = spec->help; *help; help++)
		buf_printf(&text, "%s%c", strchr("[]:", *help) ? "\\" : "", *help);
	buf_putc(&text, ']');
	if (spec->arg)
		buf_printf(&text, ":%s:%s", spec->arg,
			   completion_kinds[spec->complete].zsh);
	buf_puts(to, "\t\t\t");
	completion_quote(to, text.data);
	buf_putc(to, '\n');
	buf_free(&text);
}

static void completion_zsh_commands(struct buf *to)
{
	enum option_id id;
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, "\t%s)\n\t\targuments=(", commands[i]->name);
		completion_arguments(to, commands[i]);
		buf_puts(to, " )\n\t\toptions=(\n");
		for (id = 0; id < NR_OPTIONS; id++) {
			if (!command_takes(commands[i], id))
				continue;
			if (option_specs[id].letter)
				completion_zsh_option(to, &option_specs[id], true);
			completion_zsh_option(to, &option_specs[id], false);
		}
		buf_puts(to, "\t\t) ;;\n");
	}
}

static void completion_fish_option(struct buf *to, enum option_id id)
{
	const struct option_spec *spec = &option_specs[id];
	unsigned int i;

	buf_puts(to, "complete -c ipcscope -n '__ipcscope_is");
	for (i = 0; i < nr_commands; i++) {
		if (command_takes(commands[i], id))
			buf_printf(to, " %s", commands[i]->name);
	}
	buf_putc(to, '\'');
	if (spec->letter)
		buf_printf(to, " -s %c", spec->letter);
	buf_printf(to, " -l %s", spec->name);
	if (spec->arg)
		buf_printf(to, " %s", completion_kinds[spec->complete].fish);
	buf_puts(to, " -d ");
	completion_quote(to, spec->help);
	buf_putc(to, '\n');
}

static void completion_fish_rules(struct buf *to)
{
	enum option_id id;
	unsigned int i, kind;

	for (i = 0; i < nr_commands; i++) {
		for (kind = 0; kind < NR_COMPLETIONS; kind++) {
			if (commands[i]->completes >> kind & 1 &&
			    completion_kinds[kind].fish_argument)
				buf_printf(to, "complete -c ipcscope -n '__ipcscope_is %s' %s\n",
					   commands[i]->name,
					   completion_kinds[kind].fish_argument);
		}
	}
	for (id = 0; id < NR_OPTIONS; id++)
		completion_fish_option(to, id);
}

const struct generated completion_parts[] = {
	{ "commands",		completion_commands },
	{ "topics",		completion_topics },
	{ "limits",		completion_limits },
	{ "classes",		completion_classes },
	{ "fields",		completion_fields },
	{ "with-argument",	completion_with_argument },
	{ "bash-kinds",		completion_bash_kinds },
	{ "bash-options",	completion_bash_options },
	{ "bash-arguments",	completion_bash_arguments },
	{ "zsh-commands",	completion_zsh_commands },
	{ "fish-rules",		completion_fish_rules },
	{ NULL,			NULL },
};
