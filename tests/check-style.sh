#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the kernel's coding style wants and a pattern can see: a licence line in
# every source, tabs, no blanks at the end of a line, no structure hidden in a
# typedef; no test that waits by the clock; no comment that points to a file that is
# not here; names of static functions that a backtrace and grep can tell apart.
set -eu

sources()
{
	find src include tests -type f \( -name '*.c' -o -name '*.h' -o -name '*.def' \)
}

scripts()
{
	find tests contrib .ci -type f \( -name '*.sh' -o -path '.ci/run' \) 2>/dev/null || :
}

bad=0
# Prints what a pattern finds and remembers that it did.
forbid()	# what pattern file...
{
	what=$1 pattern=$2
	shift 2
	for file in "$@"; do
		if found=$(grep -nE -- "$pattern" "$file"); then
			echo "$found" | sed "s|^|$file:|; s|\$|	<- $what|"
			bad=1
		fi
	done
}

tab=$(printf '\t')
# shellcheck disable=SC2046 # no file of ours has a blank in its name
for file in $(sources | grep -v '\.def$') $(scripts); do
	if ! sed -n 1,2p "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later'; then
		echo "$file: no SPDX-License-Identifier: GPL-2.0-or-later in its first two lines"
		bad=1
	fi
done
# shellcheck disable=SC2046
forbid 'blank at the end of the line' "[ $tab]\$" $(sources) $(scripts)
# shellcheck disable=SC2046
forbid 'blanks instead of a tab' '^        ' $(sources)
# shellcheck disable=SC2046
forbid 'typedef of a structure' '^typedef (struct|union|enum)' $(sources)
# shellcheck disable=SC2046
forbid 'waiting by the clock' '(^|[^a-z_])(sleep|usleep|nanosleep)[ ]*\(' \
	$(find tests/unit tests/kernel -name '*.c' 2>/dev/null || :)

# A name of a file without directory, or in a directory of this tree, must be in the
# tree; others (linux/shm.h, fs/proc/fd.c) are files of the kernel and of libraries.
# shellcheck disable=SC2046
find . -name .git -prune -o -name 'build*' -prune -o -type f -print | sed 's|.*/||' |
	awk '
	FNR == NR { known[$0] = 1; next }
	/^[ \t]*#[ \t]*include/ { next }
	{
		rest = $0
		while (match(rest, /[A-Za-z_0-9.\/-]*[A-Za-z_0-9]\.(md|def|[ch])([^A-Za-z_0-9.(]|$)/)) {
			name = substr(rest, RSTART, RLENGTH)
			rest = substr(rest, RSTART + RLENGTH)
			sub(/[^A-Za-z_0-9]$/, "", name)
			base = name
			sub(/.*\//, "", base)
			if (base in known || base ~ /^NAME\./ ||
			    (name ~ /\// && name !~ /^(src|tests|man|contrib|include\/ipcscope)\//))
				continue
			print FILENAME ":" FNR ": " name " is not in the tree"
			bad = 1
		}
	}
	END { exit bad }' - $(sources) README.md CONTRIBUTING.md || bad=1

# Static functions carry the name of their file, or its part before the first "_", and
# no two of the tree share a name.
static_functions()
{
	find src -name '*.c' -exec awk '
	/^static [^=;]*\(/ && !/;$/ {
		name = $0
		gsub(/__attribute__\(\(.*\)\) */, "", name)
		sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name)
		# Behind an attribute the name stands on a line of its own.
		if (name == "" && /__attribute__/ && (getline name) > 0)
			sub(/\(.*/, "", name)
		if (name != "")
			print FILENAME, name
	}' {} +
}
static_functions | awk '
{
	file = $1
	sub(/.*\//, "", file)
	sub(/\.c$/, "", file)
	first = file
	sub(/_.*/, "", first)
	if (index($2 "_", file "_") != 1 && index($2 "_", first "_") != 1) {
		print $1 ": static " $2 "() lacks the prefix " file "_"
		bad = 1
	}
	if ($2 in seen && seen[$2] != $1) {
		print $1 ": static " $2 "() is also in " seen[$2]
		bad = 1
	}
	seen[$2] = $1
}
END { exit bad }' || bad=1
exit $bad
