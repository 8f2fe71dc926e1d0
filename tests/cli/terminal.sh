#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is different on a terminal: width, colours, summary and hints.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || { echo 'script is not installed'; exit 77; }

name=ipcscope-test-$$
trap 'rm -rf "$dir" "/dev/shm/$name"' EXIT
printf 'twelve bytes' >"/dev/shm/$name"
escape=$(printf '\033')

# Runs the program on a terminal of 80 columns; $out is what it shows. Without the
# progress that a run of more than a second shows there: this machine may be busy.
on_terminal()
{
	words=$IPCSCOPE
	for word in "$@" --no-progress; do
		words="$words '$word'"
	done
	out=$(TERM=${TERMINAL:-xterm} script -qec "stty cols ${WIDTH:-80}; $words" /dev/null \
		</dev/null | tr -d '\r')
}

matches()	# what pattern
{
	if printf '%s\n' "$out" | grep -qE -e "$2"; then
		result ok "$1"
	else
		result 'not ok' "$1"
		printf 'no match for:\n%s\nin:\n%s\n' "$2" "$out" | sed 's/^/# /'
	fi
}

lacks()	# what pattern
{
	if printf '%s\n' "$out" | grep -qE -e "$2"; then
		result 'not ok' "$1"
		printf 'match for:\n%s\nin:\n%s\n' "$2" "$out" | sed 's/^/# /'
	else
		result ok "$1"
	fi
}

on_terminal --color never -w "name == \"/$name\""
matches 'the row' "^pshm:/$name +"
matches 'its sum' '^1 .*object( seen)?, 12B'
lacks 'a filter was given: nothing is left out' 'ipcscope -a'

on_terminal --color never
matches 'the sum of all' '^[0-9,]+ objects?( seen)?, '
matches 'what more there is' '(^|and )more: ipcscope -a$'
on_terminal --color never -q
lacks 'quiet: no sum' '^[0-9,]+ objects?( seen)?, '
lacks 'quiet: no hint' 'ipcscope -a'
run list
lacks 'into a file: no sum' '^[0-9,]+ objects?( seen)?, '

on_terminal list pshm
matches 'bold headings' "${escape}\\[1m"
TERMINAL=dumb on_terminal list pshm
lacks 'a dumb terminal has no colours' "$escape"
TERMINAL=dumb on_terminal list pshm --color always
matches 'unless they are asked for' "${escape}\\["
NO_COLOR=1
export NO_COLOR
on_terminal list pshm
lacks 'NO_COLOR' "$escape"
unset NO_COLOR
run list pshm --color always
matches 'colours into a file if asked for' "${escape}\\["
run list pshm
lacks 'else not' "$escape"

# Objects come and go while other tests run: what is compared is one snapshot.
run snapshot "$dir/machine"
listed()	# width
{
	WIDTH=$1
	on_terminal list pshm --color never --from "$dir/machine"
	printf '%s\n' "$out" | sed -n 1p | wc -w
}
wide=$(listed 300)
narrow=$(listed 60)
is 'more columns where there is room' yes "$([ "$wide" -gt "$narrow" ] && echo yes)"
is 'COLUMNS is the width' "$narrow" "$(COLUMNS=60; export COLUMNS; listed 80)"
WIDTH=60 on_terminal list -a --color never
lacks 'nothing is wider than the terminal but REFs and warnings' \
	'^[a-z]+:[^ ]+ +[^ ].{60,}$'

on_terminal snapshot "$dir/snap"
matches 'what was saved' '^saved [0-9,]+ objects and [0-9,]+ processes; '
on_terminal snapshot -
is 'a snapshot is not for a terminal' \
	'ipcscope: snapshot - is for a pipe or file, not for a terminal' "$out"

on_terminal show "pshm:/$name" --color never
matches 'a title' "^pshm:/$name - POSIX shared memory object"
matches 'exact bytes' '^  size +12 bytes, '

on_terminal list shm --from tests/snapshots/look.ndjson
matches 'sums below segments' '6 segments, 17M, 4K of it in memory; 3 attached, 3 not; all 10 attachments found'
look=${0%/*}/../snapshots/look.ndjson
on_terminal list -a --from "$look" --limit 1
matches 'what --limit left out is counted' 'left out by --limit: [1-9][0-9,]* rows'
on_terminal stale -a --from "$look" --limit 1
matches 'of stale, too' 'left out by --limit: [1-9][0-9,]* rows'
on_terminal list -a --from "$look" --limit 9999
lacks 'nothing left out is not counted' 'left out'

# Of a user who runs nothing, and all who run were looked at.
sed '1s/"have":\["procs"/&,"running"/; /"object":"shm"/s/"uid":0,"gid":0,"cuid":0/"uid":4711,"gid":0,"cuid":4711/' \
	tests/snapshots/look.ndjson >"$dir/left.ndjson"
on_terminal stale -a --from "$dir/left.ndjson"
matches 'what is suspect is left behind, too' 'left behind: .*; 4711 2 shm 35K'

finish
