#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# trace-functions.sh [-v] [-l FUNCTIONS/FILES] ARGUMENT...
#
# Prints how many functions in how many files "ipcscope ARGUMENT..." enters on its
# starting thread (src/util and its headers left out): what somebody who follows the
# command has to read. Also how often the command enters a file again that it had
# left, counting each function once. A segment of shared memory exists meanwhile and
# has a user. With -v the functions are listed in the order in which they are first
# entered; with -l more than so many are a failure. Builds the sources of the current
# directory without optimisation in build-trace.
set -eu

verbose='' limit=''
while getopts vl: option; do
	case $option in
	v)	verbose=1 ;;
	l)	limit=$OPTARG ;;
	*)	exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ $# = 0 ]; then
	echo "usage: trace-functions.sh [-v] [-l FUNCTIONS/FILES] ARGUMENT..." >&2
	exit 2
fi

B=build-trace
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$B"
cc -c -o "$B/trace.o" "${0%/*}/trace/enter.c"
make -s -j"$(nproc)" B="$B" CPPFLAGS=-U_FORTIFY_SOURCE LDFLAGS="$B/trace.o" \
	CFLAGS='-O0 -g -finstrument-functions' all

# Nothing that others do meanwhile counts: processes that begin and end, their objects.
alone='unshare --ipc --pid --fork --mount-proc'
$alone true 2>/dev/null || alone=''
status=0
# shellcheck disable=SC2086 # words of a command
$alone "$B/ipcscope" mk shm size=4K --hold env TRACE_TO="$dir/calls" "$B/ipcscope" "$@" >"$dir/out" 2>&1 </dev/null || status=$?
if [ ! -s "$dir/calls" ]; then
	echo "trace-functions: no call recorded; exit status $status:" >&2
	cat "$dir/out" >&2
	exit 1
fi

# Each function once, in the order of the first calls: "FILE FUNCTION".
awk '!seen[$0]++' "$dir/calls" >"$dir/addresses"
addr2line -f -e "$B/ipcscope" <"$dir/addresses" | awk -v here="$PWD/" '
NR % 2 { name = $1; next }
{
	sub(/:[0-9?]*( .*)?$/, "")
	print index($0, here) == 1 ? substr($0, length(here) + 1) : $0, name
}' >"$dir/all"
util='^(src/util/|include/ipcscope/(arena|buf|json|map|num|text|threads|vec)\.h )'
# An inline function of a header is one, in however many files it is compiled.
find src include -name '*.h' -exec grep -oE '^static inline [a-z_0-9 *]*[ *][a-z_0-9]+\(' {} + |
	sed 's/:static inline.*[ *]\([a-z_0-9]*\)($/ \1/' >"$dir/inline"
awk 'NR == FNR { header[$2] = $1; next }
$2 in header { $1 = header[$2] }
{ print }' "$dir/inline" "$dir/all" | grep -vE "$util" | awk '!seen[$0]++' >"$dir/entered"

[ -z "$verbose" ] || cat "$dir/entered"
functions=$(wc -l <"$dir/entered")
# A file and its header are one, as check-includes.sh has it.
files=$(sed 's/ .*//; s/\.[ch]$//; s|^include/ipcscope/|src/model/|' "$dir/entered" | sort -u | wc -l)
again=$(awk '$1 != last && seen[$1]++ { n++ } { last = $1 } END { print n + 0 }' "$dir/entered")
echo "$*: $functions functions in $files files, $again returns to a file already left"
if [ -n "$limit" ] &&
   { [ "$functions" -gt "${limit%/*}" ] || [ "$files" -gt "${limit#*/}" ]; }; then
	echo "more than ${limit%/*} functions or ${limit#*/} files" >&2
	exit 1
fi
