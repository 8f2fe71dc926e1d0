#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The completion of bash, given words as bash takes a line apart.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=completions/ipcscope.bash
. "$(dirname "$0")/../../completions/ipcscope.bash"

COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'

# What bash offers for the line after the program's name, one a line.
offers()
{
	local rest char

	COMP_LINE="ipcscope $1"
	COMP_POINT=${#COMP_LINE}
	COMP_WORDS=(ipcscope)
	COMP_CWORD=0
	rest=$1
	while :; do
		COMP_WORDS+=('')
		((++COMP_CWORD))
		while [[ -n $rest ]]; do
			char=${rest:0:1}
			if [[ $char == [:=] && ${COMP_WORDS[-1]} != [\'\"]* ]]; then
				[[ -z ${COMP_WORDS[-1]} ]] || { COMP_WORDS+=(''); ((++COMP_CWORD)); }
				COMP_WORDS[-1]=$char
				rest=${rest:1}
				[[ -z $rest || $rest == ' '* ]] || { COMP_WORDS+=(''); ((++COMP_CWORD)); }
				continue
			fi
			[[ $char != ' ' ]] || break
			[[ $char != \\ ]] || char=${rest:0:2}
			COMP_WORDS[-1]+=$char
			rest=${rest#"$char"}
		done
		[[ $rest == ' '* ]] || break
		rest=${rest# }
	done
	_ipcscope "$IPCSCOPE"
	((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}" | sort -u
}

odd_file()	# with blanks and quotes in its name
{
	printf "/dev/shm/ipcscope test 'x' %s" $$
}
trap 'rm -rf "$dir" "$(odd_file)"' EXIT
: >"$(odd_file)"

is 'a command' snapshot "$(offers sna)"
is 'a class' $'packet\npacket:' "$(offers pac)"
has_line 'nothing typed: commands' show "$(offers '')"
has_line 'nothing typed: classes' posix "$(offers '')"
is 'an option' --world-writable "$(offers 'list --wo')"
is 'no option of another command' '' "$(offers 'ps --wo')"
has_line 'options before the command' --strict "$(offers '--st')"
has_line 'a field' attaches_found "$(offers 'list -o attaches')"
is 'a field in a list' 'ref,capacity' "$(offers 'list -o ref,capa')"
is 'a field with a sign' '-capacity' "$(offers 'list --sort -capa')"
is 'a field behind =' 'capacity' "$(offers 'list --columns=capa')"
is 'a word behind =' $'iso' "$(offers 'list --time=i')"
is 'a word of an option' $'always\nauto' "$(offers 'list --color a')"
has_line 'a user' root "$(offers 'list --user roo')"
has_line 'a user in a list' 0,root "$(offers 'list -u 0,roo')"
is 'a topic' where "$(offers 'help whe')"
is 'a limit' shmmni "$(offers 'limits shmmn')"
is 'nothing where a size is wanted' '' "$(offers 'list --min-size 6')"
is 'files' "$dir/file" "$(: >"$dir/file"; offers "snapshot $dir/fi")"
is 'a pid' $$ "$(offers "ps $$" | grep -x $$)"
has_line 'a REF, quoted; what stands before the : stays' \
	"/ipcscope\\ test\\ \\'x\\'\\ $$" "$(offers 'show pshm:/ipcscope\ test')"
has_line 'the same in quotes' "\"pshm:/ipcscope test 'x' $$" \
	"$(offers 'show "pshm:/ipcscope')"
has_line 'a class that costs more: its name' pipe: "$(offers 'show pip')"
COMP_WORDBREAKS=$' \t\n'
has_line 'without : among the word breaks' "pshm:/ipcscope\\ test\\ \\'x\\'\\ $$" \
	"$(rest='show pshm:/ipcscope\ test'; COMP_LINE="ipcscope $rest"; COMP_POINT=${#COMP_LINE}
	   COMP_WORDS=(ipcscope show 'pshm:/ipcscope\ test'); COMP_CWORD=2
	   _ipcscope "$IPCSCOPE"; printf '%s\n' "${COMPREPLY[@]}")"

finish
