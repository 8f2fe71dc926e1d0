#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check-generated.sh [--write]
#
# Splices the lists that src/gen prints from the tables of the program into
# completions and documents (on a copy), and fails when that changes what is in the
# tree; with --write it brings the tree up to date.
#
# A completion is made from its template, completions/NAME.in, where @PART@ stands for
# the lines "generate PART" prints: joined by blanks within a line, as they are where it
# is all of a comment. In man/*.[15] a part stands between the lines
#	.\" generated: NAME	and	.\" end generated	(generate man-NAME)
# and in README.md and CONTRIBUTING.md between
#	<!-- generated: NAME -->	and	<!-- end generated -->	(generate md-NAME)
set -eu

: "${GENERATE:=build/generate}"
case $GENERATE in
/*) ;;
*) GENERATE=$PWD/$GENERATE ;;
esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail()
{
	echo "check-generated: $*" >&2
	exit 1
}

# A file that is the same already keeps its time.
put()	# new file
{
	cmp -s "$1" "$2" || cat "$1" >"$2"
}

completion()	# file
{
	awk -v generate="'$GENERATE' " '
	function part(name, separator,	line, text) {
		if (name == "note")
			return "# Made by \"make generate\" from the tables of the program; do not edit."
		while (((generate name) | getline line) > 0)
			text = text (text == "" ? "" : separator) line
		if (close(generate name) != 0 || text == "")
			exit 1
		return text
	}
	/^# @[a-z-]+@$/ {
		print part(substr($2, 2, length($2) - 2), "\n")
		next
	}
	{
		while (match($0, /@[a-z-]+@/))
			$0 = substr($0, 1, RSTART - 1) part(substr($0, RSTART + 1, RLENGTH - 2), " ") \
				substr($0, RSTART + RLENGTH)
		print
	}' "$1.in" >"$dir/new" || fail "$1.in: a part is missing"
	put "$dir/new" "$1"
}

# Names of the parts of a file; fails unless every beginning has its end.
part_names()	# file begin end
{
	begin=$2 end=$3 awk '
	BEGIN { begin = ENVIRON["begin"]; end = ENVIRON["end"] }
	function bad(what) {
		print "check-generated: " FILENAME ":" FNR ": " what >"/dev/stderr"
		failed = 1
		exit 1
	}
	index($0, begin) == 1 {
		if (inside)
			bad("a generated part inside another")
		inside = 1
		print substr($0, length(begin) + 1)
	}
	$0 == end {
		if (!inside)
			bad("end of a generated part that did not begin")
		inside = 0
	}
	END {
		if (inside && !failed)
			bad("a generated part without end")
	}' "$1" >"$dir/names"
}

splice()	# file prefix begin end closing
{
	part_names "$1" "$3" "$4" || exit 1
	while read -r name rest; do
		[ "$rest" = "$5" ] || fail "$1: strange marker of $name"
		"$GENERATE" "$2-$name" >"$dir/part-$name" ||
			fail "$1: the program has no part $2-$name"
	done <"$dir/names"
	begin=$3 end=$4 awk -v parts="$dir/part-" '
	BEGIN { begin = ENVIRON["begin"]; end = ENVIRON["end"] }
	$0 == end { inside = 0 }
	!inside { print }
	index($0, begin) == 1 {
		split(substr($0, length(begin) + 1), words, " ")
		while ((getline line <(parts words[1])) > 0)
			print line
		close(parts words[1])
		inside = 1
	}' "$1" >"$dir/new"
	put "$dir/new" "$1"
}

# In the current directory.
generate()
{
	for file in completions/*.in; do
		completion "${file%.in}"
	done
	for file in man/*.[15]; do
		[ ! -e "$file" ] ||
			splice "$file" man '.\" generated: ' '.\" end generated' ''
	done
	for file in README.md CONTRIBUTING.md; do
		[ ! -e "$file" ] ||
			splice "$file" md '<!-- generated: ' '<!-- end generated -->' '-->'
	done
}

[ -x "$GENERATE" ] || fail "$GENERATE is not built"
if [ "${1-}" = --write ]; then
	generate
	exit
fi

top=$PWD
mkdir "$dir/tree"
for name in completions man README.md CONTRIBUTING.md; do
	[ ! -e "$name" ] || cp -R "$name" "$dir/tree/"
done
cd "$dir/tree"
generate
status=0
for name in *; do
	diff -ru "$top/$name" "$name" || status=1
done
[ $status = 0 ] || fail 'generated parts are out of date; run "make generate"'
