// SPDX-License-Identifier: GPL-2.0-or-later
#include "completion.h"

static const char head[] =
"# fish completion for ipcscope\n"
"# Made by \"make generate\" from the tables of the program; do not edit.\n"
"# SPDX-License-Identifier: GPL-2.0-or-later\n"
"\n";

static const char body[] =
"\n"
"# The command in the words before this one; list if none was named.\n"
"function __ipcscope_command\n"
"	set -l skip 0\n"
"	for word in (commandline -opc)[2..-1]\n"
"		if test $skip = 1\n"
"			set skip 0\n"
"		else if string match -qr -- '^-.' $word\n"
"			contains -- $word $__ipcscope_with_argument; and set skip 1\n"
"		else\n"
"			if contains -- $word $__ipcscope_commands\n"
"				echo $word\n"
"			else\n"
"				echo list\n"
"			end\n"
"			return 0\n"
"		end\n"
"	end\n"
"	echo list\n"
"	return 1\n"
"end\n"
"\n"
"function __ipcscope_is\n"
"	contains -- (__ipcscope_command) $argv\n"
"end\n"
"\n"
"function __ipcscope_no_command\n"
"	not __ipcscope_command >/dev/null\n"
"end\n"
"\n"
"function __ipcscope_live\n"
"	set -l words (commandline -opc)\n"
"	$words[1] __complete --no-progress -- $argv[1] $argv[2] 2>/dev/null\n"
"end\n"
"\n"
"function __ipcscope_word\n"
"	set -l word (string unescape -- (commandline -ct))\n"
"	or set word (commandline -ct)\n"
"	string replace -r -- '^--[a-z-]+=' '' $word\n"
"end\n"
"\n"
"function __ipcscope_refs\n"
"	__ipcscope_live refs (__ipcscope_word)\n"
"end\n"
"\n"
"# The last of a list with commas, a sign before it.\n"
"function __ipcscope_before\n"
"	string match -r -- '^(?:.*,)?[+-]?' (__ipcscope_word)\n"
"end\n"
"\n"
"function __ipcscope_live_list\n"
"	set -l before (__ipcscope_before)\n"
"	__ipcscope_live $argv[1] (string replace -- \"$before\" '' (__ipcscope_word)) | string replace -r -- '^' \"$before\"\n"
"end\n"
"\n"
"function __ipcscope_field_list\n"
"	printf '%s\\n' (__ipcscope_before)$__ipcscope_fields\n"
"end\n"
"\n"
"complete -c ipcscope -f\n"
"complete -c ipcscope -n __ipcscope_no_command -a \"$__ipcscope_commands\"\n";

static void put_words(struct buf *to, const char *name,
		      void (*words)(struct buf *to))
{
	buf_printf(to, "set -g __ipcscope_%s", name);
	words(to);
	buf_putc(to, '\n');
}

static const char *action_of(enum completion complete)
{
	switch (complete) {
	case COMPLETE_FIELDS:	return "-x -a '(__ipcscope_field_list)'";
	case COMPLETE_WHERE:	return "-x -a \"$__ipcscope_fields\"";
	case COMPLETE_USERS:	return "-x -a '(__ipcscope_live_list users)'";
	case COMPLETE_PIDS:	return "-x -a '(__ipcscope_live_list pids)'";
	case COMPLETE_FILES:	return "-r -F";
	case COMPLETE_TIMES:	return "-x -a 'relative iso epoch'";
	case COMPLETE_COLORS:	return "-x -a 'auto always never'";
	default:		return "-x";
	}
}

static void put_option(struct buf *to, enum option_id id)
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
		buf_printf(to, " %s", action_of(spec->complete));
	buf_puts(to, " -d ");
	put_shell_quoted(to, spec->help);
	buf_putc(to, '\n');
}

static const char *arguments_of(enum completion complete)
{
	switch (complete) {
	case COMPLETE_CLASSES:	return "-a \"$__ipcscope_classes\"";
	case COMPLETE_REFS:	return "-a '(__ipcscope_refs)'";
	case COMPLETE_PIDS:	return "-a '(__ipcscope_live_list pids)'";
	case COMPLETE_COMMANDS:	return "-a \"$__ipcscope_commands\"";
	case COMPLETE_TOPICS:	return "-a \"$__ipcscope_topics\"";
	case COMPLETE_LIMITS:	return "-a \"$__ipcscope_limits\"";
	case COMPLETE_FILES:	return "-F";
	default:		return NULL;
	}
}

static void put_command(struct buf *to, const struct command *command)
{
	enum completion what;

	for (what = 0; what < NR_COMPLETIONS; what++) {
		const char *action = arguments_of(what);

		if (command->completes >> what & 1 && action)
			buf_printf(to, "complete -c ipcscope -n '__ipcscope_is %s' %s\n",
				   command->name, action);
	}
}

void print_fish(struct buf *to)
{
	enum option_id id;
	unsigned int i;

	buf_puts(to, head);
	put_words(to, "commands", words_commands);
	put_words(to, "topics", words_topics);
	put_words(to, "limits", words_limits);
	put_words(to, "classes", words_classes);
	put_words(to, "fields", words_fields);
	put_words(to, "with_argument", words_with_argument);
	buf_puts(to, body);
	for (i = 0; i < nr_commands; i++)
		put_command(to, commands[i]);
	for (id = 0; id < NR_OPTIONS; id++)
		put_option(to, id);
}
