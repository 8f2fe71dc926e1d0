// SPDX-License-Identifier: GPL-2.0-or-later
#include "completion.h"

static const char head[] =
"# bash completion for ipcscope\n"
"# Made by \"make generate\" from the tables of the program; do not edit.\n"
"# SPDX-License-Identifier: GPL-2.0-or-later\n"
"# shellcheck shell=bash\n"
"\n";

static const char body[] =
"\n"
"# The words up to the cursor, put together again where bash took them apart at\n"
"# : or =.\n"
"_ipcscope_split()\n"
"{\n"
"	local rest=${COMP_LINE:0:COMP_POINT} blanks word i\n"
"\n"
"	_ipcscope_line=()\n"
"	for ((i = 0; i <= COMP_CWORD; i++)); do\n"
"		word=${COMP_WORDS[i]}\n"
"		blanks=${rest%%[![:blank:]]*}\n"
"		rest=${rest#\"$blanks\"}\n"
"		((i < COMP_CWORD)) || word=$rest\n"
"		rest=${rest#\"$word\"}\n"
"		if [[ $i == 0 || -n $blanks ]]; then\n"
"			_ipcscope_line+=(\"$word\")\n"
"		else\n"
"			_ipcscope_line[-1]+=$word\n"
"		fi\n"
"	done\n"
"}\n"
"\n"
"# A word without its quotes in _ipcscope_word; an open one in _ipcscope_quote.\n"
"_ipcscope_unquote()\n"
"{\n"
"	local rest=$1\n"
"\n"
"	_ipcscope_word='' _ipcscope_quote=''\n"
"	if [[ $rest == [\\'\\\"]* ]]; then\n"
"		_ipcscope_quote=${rest:0:1}\n"
"		_ipcscope_word=${rest:1}\n"
"		return\n"
"	fi\n"
"	while [[ $rest == *\\\\* ]]; do\n"
"		_ipcscope_word+=${rest%%\\\\*}\n"
"		rest=${rest#*\\\\}\n"
"		_ipcscope_word+=${rest:0:1}\n"
"		rest=${rest:1}\n"
"	done\n"
"	_ipcscope_word+=$rest\n"
"}\n"
"\n"
"# Takes lines \"word<tab>description\"; offers the words that begin with $2, with\n"
"# $1 before them.\n"
"_ipcscope_offer()\n"
"{\n"
"	local word\n"
"\n"
"	while IFS=$'\\t' read -r word _; do\n"
"		[[ -n $word && $word == \"$2\"* ]] || continue\n"
"		[[ $word != *: ]] || compopt -o nospace 2>/dev/null\n"
"		word=$1$word\n"
"		if [[ -z $_ipcscope_quote && $word == *[!a-zA-Z0-9_./:@%+,=-]* ]]; then\n"
"			printf -v word %q \"$word\"\n"
"		fi\n"
"		COMPREPLY+=(\"$_ipcscope_quote$word\")\n"
"	done\n"
"}\n"
"\n"
"# The last of a list with commas; a sign may stand before each.\n"
"_ipcscope_offer_list()\n"
"{\n"
"	local before=$1 word=$2\n"
"\n"
"	if [[ $word == *,* ]]; then\n"
"		before+=${word%,*},\n"
"		word=${word##*,}\n"
"	fi\n"
"	if [[ $word == [+-]* ]]; then\n"
"		before+=${word:0:1}\n"
"		word=${word:1}\n"
"	fi\n"
"	compopt -o nospace 2>/dev/null\n"
"	_ipcscope_offer \"$before\" \"$word\"\n"
"}\n"
"\n"
"_ipcscope_live()	# kind prefix\n"
"{\n"
"	\"$_ipcscope_program\" __complete --no-progress -- \"$1\" \"$2\" 2>/dev/null\n"
"}\n"
"\n"
"_ipcscope_offer_kind()	# kind before word\n"
"{\n"
"	case $1 in\n"
"	refs)	_ipcscope_offer \"$2\" \"$3\" < <(_ipcscope_live refs \"$3\") ;;\n"
"	users|pids) _ipcscope_offer_list \"$2\" \"$3\" < <(_ipcscope_live \"$1\" \"${3##*,}\") ;;\n"
"	fields)	_ipcscope_offer_list \"$2\" \"$3\" <<<\"${_ipcscope_fields// /$'\\n'}\" ;;\n"
"	where)	compopt -o nospace 2>/dev/null\n"
"		_ipcscope_offer \"$2\" \"$3\" <<<\"${_ipcscope_fields// /$'\\n'}\" ;;\n"
"	classes) _ipcscope_offer \"$2\" \"$3\" <<<\"${_ipcscope_classes// /$'\\n'}\" ;;\n"
"	commands) _ipcscope_offer \"$2\" \"$3\" <<<\"${_ipcscope_commands// /$'\\n'}\" ;;\n"
"	limits)	_ipcscope_offer \"$2\" \"$3\" <<<\"${_ipcscope_limits// /$'\\n'}\" ;;\n"
"	topics)	_ipcscope_offer \"$2\" \"$3\" <<<\"${_ipcscope_topics// /$'\\n'}\" ;;\n"
"	times)	_ipcscope_offer \"$2\" \"$3\" <<<$'relative\\niso\\nepoch' ;;\n"
"	colors)	_ipcscope_offer \"$2\" \"$3\" <<<$'auto\\nalways\\nnever' ;;\n"
"	files)	compopt -o filenames 2>/dev/null\n"
"		_ipcscope_offer \"$2\" \"$3\" < <(compgen -f -- \"$3\") ;;\n"
"	esac\n"
"}\n"
"\n"
"# The command in the words before the last; list if none was named.\n"
"_ipcscope_find_command()\n"
"{\n"
"	local i word\n"
"\n"
"	_ipcscope_command=list _ipcscope_named=\n"
"	for ((i = 1; i < ${#_ipcscope_line[@]} - 1; i++)); do\n"
"		word=${_ipcscope_line[i]}\n"
"		if [[ $word == -?* ]]; then\n"
"			_ipcscope_option \"$word\"\n"
"			[[ -z $_ipcscope_kind ]] || ((i++))\n"
"			continue\n"
"		fi\n"
"		_ipcscope_named=yes\n"
"		if [[ \" $_ipcscope_commands \" == *\" $word \"* ]]; then\n"
"			_ipcscope_command=$word\n"
"		fi\n"
"		return\n"
"	done\n"
"}\n"
"\n"
"# What bash replaces begins behind the last : or =.\n"
"_ipcscope_trim()	# word as it was typed\n"
"{\n"
"	local breaks='' before i\n"
"\n"
"	[[ $COMP_WORDBREAKS != *:* ]] || breaks+=:\n"
"	[[ $COMP_WORDBREAKS != *=* ]] || breaks+='='\n"
"	[[ -n $breaks && -z $_ipcscope_quote && $1 == *[\"$breaks\"]* ]] || return\n"
"	before=${1%\"${1##*[\"$breaks\"]}\"}\n"
"	for i in \"${!COMPREPLY[@]}\"; do\n"
"		COMPREPLY[i]=${COMPREPLY[i]#\"$before\"}\n"
"	done\n"
"}\n"
"\n"
"_ipcscope()\n"
"{\n"
"	local _ipcscope_program=${1/#\\~/$HOME} _ipcscope_line _ipcscope_word\n"
"	local _ipcscope_quote _ipcscope_kind='' _ipcscope_command _ipcscope_named\n"
"	local kind\n"
"\n"
"	COMPREPLY=()\n"
"	_ipcscope_split\n"
"	_ipcscope_find_command\n"
"	_ipcscope_unquote \"${_ipcscope_line[-1]}\"\n"
"	_ipcscope_kind=''\n"
"	[[ ${_ipcscope_line[-2]-} != -?* ]] || _ipcscope_option \"${_ipcscope_line[-2]}\"\n"
"	if [[ -n $_ipcscope_kind ]]; then\n"
"		_ipcscope_offer_kind \"$_ipcscope_kind\" '' \"$_ipcscope_word\"\n"
"	elif [[ $_ipcscope_word == --*=* ]]; then\n"
"		_ipcscope_option \"${_ipcscope_word%%=*}\"\n"
"		_ipcscope_offer_kind \"$_ipcscope_kind\" \"${_ipcscope_word%%=*}=\" \\\n"
"			\"${_ipcscope_word#*=}\"\n"
"	elif [[ $_ipcscope_word == -* ]]; then\n"
"		_ipcscope_options \"$_ipcscope_command\"\n"
"		_ipcscope_offer '' \"$_ipcscope_word\" <<<\"${REPLY// /$'\\n'}\"\n"
"	else\n"
"		[[ -n $_ipcscope_named ]] || _ipcscope_offer_kind commands '' \"$_ipcscope_word\"\n"
"		_ipcscope_arguments \"$_ipcscope_command\"\n"
"		for kind in $REPLY; do\n"
"			_ipcscope_offer_kind \"$kind\" '' \"$_ipcscope_word\"\n"
"		done\n"
"	fi\n"
"	_ipcscope_trim \"${_ipcscope_line[-1]}\"\n"
"}\n"
"\n"
"complete -F _ipcscope ipcscope\n";

static void put_words(struct buf *to, const char *name,
		      void (*words)(struct buf *to))
{
	struct buf list = {};

	words(&list);
	buf_printf(to, "_ipcscope_%s='%s'\n", name, list.data + 1);
	buf_free(&list);
}

/* What its argument completes to: "" if it takes none. */
static void put_option_kinds(struct buf *to)
{
	enum option_id id;

	buf_puts(to, "\n_ipcscope_option()\n{\n\tcase $1 in\n");
	for (id = 0; id < NR_OPTIONS; id++) {
		const struct option_spec *spec = &option_specs[id];

		if (!spec->arg)
			continue;
		buf_puts(to, "\t");
		if (spec->letter)
			buf_printf(to, "-%c|", spec->letter);
		buf_printf(to, "--%s) _ipcscope_kind='%s' ;;\n", spec->name,
			   complete_words[spec->complete]);
	}
	buf_puts(to, "\t*) _ipcscope_kind='' ;;\n\tesac\n}\n");
}

static void put_options(struct buf *to)
{
	unsigned int i;
	enum option_id id;

	buf_puts(to, "\n_ipcscope_options()\n{\n\tcase $1 in\n");
	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, "\t%s) REPLY='", commands[i]->name);
		for (id = 0; id < NR_OPTIONS; id++) {
			if (command_takes(commands[i], id))
				buf_printf(to, "--%s ", option_specs[id].name);
		}
		buf_puts(to, "' ;;\n");
	}
	buf_puts(to, "\tesac\n}\n");
}

static void put_arguments(struct buf *to)
{
	unsigned int i;

	buf_puts(to, "\n_ipcscope_arguments()\n{\n\tcase $1 in\n");
	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, "\t%s) REPLY='", commands[i]->name);
		words_completes(to, commands[i]);
		buf_puts(to, "' ;;\n");
	}
	buf_puts(to, "\tesac\n}\n");
}

void print_bash(struct buf *to)
{
	buf_puts(to, head);
	put_words(to, "commands", words_commands);
	put_words(to, "topics", words_topics);
	put_words(to, "limits", words_limits);
	put_words(to, "classes", words_classes);
	put_words(to, "fields", words_fields);
	put_option_kinds(to);
	put_options(to);
	put_arguments(to);
	buf_puts(to, body);
}
