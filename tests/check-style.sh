#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the kernel's coding style wants and a pattern can see: a licence line in
# every source, tabs, no blanks at the end of a line, no structure hidden in a
# typedef; and no test that waits by the clock.
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
exit $bad
