# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the tests of the command line share: each check is a TAP case.

: "${IPCSCOPE:=$PWD/build/ipcscope}"
LC_ALL=C.UTF-8
export IPCSCOPE LC_ALL
unset NO_COLOR COLUMNS POSIXLY_CORRECT

nr_cases=0 nr_failed=0
dir=$(mktemp -d)
# shellcheck disable=SC2154 # set by the trap itself
trap 'rm -rf "$dir"' EXIT

result()	# "ok" or "not ok", what
{
	nr_cases=$((nr_cases + 1))
	printf '%s %d - %s\n' "$1" "$nr_cases" "$2"
	[ "$1" = ok ] || nr_failed=$((nr_failed + 1))
}

is()	# what expected actual
{
	if [ "$2" = "$3" ]; then
		result ok "$1"
	else
		result 'not ok' "$1"
		printf 'expected:\n%s\ngot:\n%s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

has_line()	# what line text
{
	if printf '%s\n' "$3" | grep -qxF -e "$2"; then
		result ok "$1"
	else
		result 'not ok' "$1"
		printf 'no line:\n%s\nin:\n%s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

has_no_line()	# what line text
{
	if printf '%s\n' "$3" | grep -qxF -e "$2"; then
		result 'not ok' "$1"
		printf 'line:\n%s\nin:\n%s\n' "$2" "$3" | sed 's/^/# /'
	else
		result ok "$1"
	fi
}

# Runs the program; $out, $err and $status are what came of it.
run()
{
	# shellcheck disable=SC2034 # for the caller
	status=0
	# shellcheck disable=SC2034
	"$IPCSCOPE" "$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
	# shellcheck disable=SC2034 # for the caller
	out=$(cat "$dir/out") err=$(cat "$dir/err")
}

finish()
{
	echo "1..$nr_cases"
	[ "$nr_failed" = 0 ]
	exit
}
