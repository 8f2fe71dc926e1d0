// SPDX-License-Identifier: GPL-2.0-or-later
#include "completion.h"

static const char head[] =
"#compdef ipcscope\n"
"# Made by \"make generate\" from the tables of the program; do not edit.\n"
"# SPDX-License-Identifier: GPL-2.0-or-later\n"
"\n";

static const char body[] =
"\n"
"# Words of the living system, what they are beside them.\n"
"_ipcscope_live()	# kind\n"
"{\n"
"	local -a lines found shown\n"
"	local line\n"
"\n"
"	lines=(${(f)\"$(_call_program $1 ${(q)_ipcscope_program} __complete --no-progress -- $1 ${(q)${(Q)PREFIX}} 2>/dev/null)\"})\n"
"	for line in $lines; do\n"
"		found+=(\"${line%%$'\\t'*}\")\n"
"		shown+=(\"${line%%$'\\t'*}  -- ${line#*$'\\t'}\")\n"
"	done\n"
"	compadd \"${@:2}\" -l -d shown -a found\n"
"}\n"
"\n"
"_ipcscope_refs()\n"
"{\n"
"	_ipcscope_live refs -S ''\n"
"}\n"
"\n"
"# These are one of a list with commas, a sign before it; what compset does ends\n"
"# with the function that calls it.\n"
"_ipcscope_users()\n"
"{\n"
"	compset -P '*,'\n"
"	_ipcscope_live users -S ''\n"
"}\n"
"\n"
"_ipcscope_pids()\n"
"{\n"
"	compset -P '*,'\n"
"	_ipcscope_live pids -S ''\n"
"}\n"
"\n"
"_ipcscope_field_list()\n"
"{\n"
"	compset -P '*,'\n"
"	compset -P '[+-]'\n"
"	compadd -S '' -a _ipcscope_fields\n"
"}\n"
"\n"
"_ipcscope_expression()\n"
"{\n"
"	compadd -S '' -a _ipcscope_fields\n"
"}\n"
"\n"
"# The command in the words before this one; list if none was named.\n"
"_ipcscope_find_command()\n"
"{\n"
"	local word\n"
"	integer i\n"
"\n"
"	_ipcscope_command=list _ipcscope_named=\n"
"	for ((i = 2; i < CURRENT; i++)); do\n"
"		word=$words[i]\n"
"		if [[ $word == -?* ]]; then\n"
"			((${_ipcscope_with_argument[(Ie)$word]})) && ((i++))\n"
"			continue\n"
"		fi\n"
"		_ipcscope_named=yes\n"
"		((${_ipcscope_commands[(Ie)$word]})) && _ipcscope_command=$word\n"
"		return\n"
"	done\n"
"}\n"
"\n"
"_ipcscope()\n"
"{\n"
"	local _ipcscope_program=$words[1] _ipcscope_command _ipcscope_named kind\n"
"	local state line context\n"
"	typeset -A opt_args\n"
"	local -a options arguments\n"
"\n"
"	_ipcscope_find_command\n"
"	_ipcscope_describe $_ipcscope_command\n"
"	_arguments -s -S : $options '*: :->argument' && [[ -z $state ]] && return\n"
"	[[ $state == argument ]] || return\n"
"	[[ -n $_ipcscope_named ]] || compadd -a _ipcscope_commands\n"
"	for kind in $arguments; do\n"
"		case $kind in\n"
"		classes)  compadd -a _ipcscope_classes ;;\n"
"		commands) compadd -a _ipcscope_commands ;;\n"
"		topics)	  compadd -a _ipcscope_topics ;;\n"
"		limits)	  compadd -a _ipcscope_limits ;;\n"
"		refs)	  _ipcscope_refs ;;\n"
"		pids)	  _ipcscope_pids ;;\n"
"		files)	  _files ;;\n"
"		esac\n"
"	done\n"
"}\n"
"\n"
"_ipcscope \"$@\"\n";

static void put_words(struct buf *to, const char *name,
		      void (*words)(struct buf *to))
{
	buf_printf(to, "typeset -ga _ipcscope_%s=(", name);
	words(to);
	buf_puts(to, " )\n");
}

static const char *action_of(enum completion complete)
{
	switch (complete) {
	case COMPLETE_FIELDS:	return "_ipcscope_field_list";
	case COMPLETE_WHERE:	return "_ipcscope_expression";
	case COMPLETE_USERS:	return "_ipcscope_users";
	case COMPLETE_PIDS:	return "_ipcscope_pids";
	case COMPLETE_FILES:	return "_files";
	case COMPLETE_TIMES:	return "(relative iso epoch)";
	case COMPLETE_COLORS:	return "(auto always never)";
	default:		return " ";
	}
}

/* One option as _arguments wants it: "--sort=[help]:LIST:action". */
static void put_spec(struct buf *to, const struct option_spec *spec, bool letter)
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
		buf_printf(&text, "%s%c", *help == ']' || *help == '[' ||
			   *help == ':' ? "\\" : "", *help);
	buf_putc(&text, ']');
	if (spec->arg)
		buf_printf(&text, ":%s:%s", spec->arg,
			   action_of(spec->complete));
	buf_puts(to, "\t\t\t");
	put_shell_quoted(to, text.data);
	buf_putc(to, '\n');
	buf_free(&text);
}

static void put_description(struct buf *to, const struct command *command)
{
	enum option_id id;

	buf_printf(to, "\t%s)\n\t\targuments=(", command->name);
	words_completes(to, command);
	buf_puts(to, " )\n\t\toptions=(\n");
	for (id = 0; id < NR_OPTIONS; id++) {
		if (!command_takes(command, id))
			continue;
		if (option_specs[id].letter)
			put_spec(to, &option_specs[id], true);
		put_spec(to, &option_specs[id], false);
	}
	buf_puts(to, "\t\t) ;;\n");
}

void print_zsh(struct buf *to)
{
	unsigned int i;

	buf_puts(to, head);
	put_words(to, "commands", words_commands);
	put_words(to, "topics", words_topics);
	put_words(to, "limits", words_limits);
	put_words(to, "classes", words_classes);
	put_words(to, "fields", words_fields);
	put_words(to, "with_argument", words_with_argument);
	buf_puts(to, "\n_ipcscope_describe()\n{\n\tcase $1 in\n");
	for (i = 0; i < nr_commands; i++)
		put_description(to, commands[i]);
	buf_puts(to, "\tesac\n}\n");
	buf_puts(to, body);
}
