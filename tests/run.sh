#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh SUITE...
#
# Runs every test program of the suites, all of them whatever fails, and ends
# with the failed ones and a line "N passed, N failed, N skipped". A program
# that speaks TAP (cmocka ones do) counts as its cases, any other as one; cases
# that were planned but did not come, and an exit status that the cases do not
# explain, are failures, and so is a suite without programs. Exit status 77 is a skip of
# the whole program.
#
#   B		build directory; IPCSCOPE, the program under test, is set from it
#   T		run only programs whose path contains this
#   WRAP	command before each unit test program (valgrind)
#   SANITIZE	what was built in
#   IPCSCOPE_NO_SKIP	a skip is a failure
set -u

B=${B:-build}
case $B in
/*) ;;
*) B=$PWD/$B ;;
esac
IPCSCOPE=$B/ipcscope
GENERATE=$B/generate
LC_ALL=C.UTF-8
CMOCKA_MESSAGE_OUTPUT=TAP
export IPCSCOPE GENERATE LC_ALL CMOCKA_MESSAGE_OUTPUT
unset NO_COLOR COLUMNS LINES

passed=0 failed=0 skipped=0 failures=
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Reports of sanitizers go to files, where a test that expects a failure, or
# looks away from stderr, cannot lose them; processes of other users write too.
reports=$dir/reports
mkdir "$reports"
chmod 711 "$dir"
chmod 1777 "$reports"
options="halt_on_error=1:exitcode=99:log_path=$reports/report"
ASAN_OPTIONS=$options:allocator_may_return_null=1:${ASAN_OPTIONS-}
UBSAN_OPTIONS=$options:print_stacktrace=1:${UBSAN_OPTIONS-}
TSAN_OPTIONS=$options:${TSAN_OPTIONS-}
export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS

# The shadow memory of the thread sanitizer does not fit all random layouts.
fixed_layout=
case ${SANITIZE-} in
*thread*) setarch -R true 2>/dev/null && fixed_layout='setarch -R' ;;
esac

programs()	# suite
{
	case $1 in
	static)	set -- tests/check-*.sh ;;
	cli)	set -- tests/cli/*.sh ;;
	docs)	set -- tests/docs/*.sh tests/check-generated.sh tests/check-man.sh ;;
	unit|kernel) set -- "tests/$1"/test_*.c ;;
	*)	echo "run.sh: no suite $1" >&2
		exit 2 ;;
	esac
	for file in "$@"; do
		case $file in
		*/lib.sh|*/lib-*.sh) continue ;;	# sourced by others
		*"${T-}"*) ;;
		*) continue ;;
		esac
		[ ! -e "$file" ] || echo "$file"
	done
}

run_program()	# file
{
	# shellcheck disable=SC2046,SC2086 # lists of words
	case $1 in
	tests/unit/*)	set -- $fixed_layout ${WRAP-} "$B/${1%.c}" ;;
	tests/kernel/*)	set -- $fixed_layout "$B/${1%.c}" ;;
	*)	set -- $fixed_layout $(sed -n '1s/^#! *//p' "$1") "$1" ;;
	esac
	timeout -k 10 "${TEST_TIMEOUT:-1200}" "$@" </dev/null >"$dir/out" 2>&1
}

# Adds what sanitizers found to the output; fails when there is nothing.
collect_reports()
{
	grep -lsE 'ERROR: |runtime error: |WARNING: ThreadSanitizer' "$reports"/* >"$dir/found" &&
		xargs cat <"$dir/found" >>"$dir/out"
	found=$?
	rm -f "$reports"/*
	return $found
}

# Prints "passed failed skipped" of what the program wrote and its exit status.
count_cases()	# status
{
	awk -v status="$1" '
	/^1\.\.[0-9]+$/ { planned += substr($0, 4); tap = 1 }
	/^(not )?ok [0-9]+ .*# SKIP|^(not )?ok [0-9]+ # SKIP/ { skip++; next }
	/^ok [0-9]+/ { pass++ }
	/^not ok [0-9]+/ { fail++ }
	END {
		if (!tap) {
			pass = (status == 0)
			skip = (status == 77)
			fail = (!pass && !skip)
		} else {
			if (planned > pass + fail + skip)
				fail = planned - pass - skip
			if (status != 0 && status != 77 && !fail)
				fail = 1
		}
		print pass + 0, fail + 0, skip + 0
	}' "$dir/out"
}

report()	# word name passed failed skipped
{
	detail="$3 passed"
	[ "$4" = 0 ] || detail="$detail, $4 failed"
	[ "$5" = 0 ] || detail="$detail, $5 skipped"
	printf '%-5s %s (%s)\n' "$1" "$2" "$detail"
}

run_one()	# file
{
	run_program "$1"
	status=$?
	! collect_reports || status=99
	read -r pass fail skip <<-EOT
	$(count_cases $status)
	EOT
	if [ -n "${IPCSCOPE_NO_SKIP-}" ]; then
		fail=$((fail + skip))
		skip=0
	fi
	passed=$((passed + pass)) failed=$((failed + fail)) skipped=$((skipped + skip))
	if [ "$fail" != 0 ]; then
		report FAIL "$1" "$pass" "$fail" "$skip"
		[ $status != 124 ] || echo "	timed out"
		tail -n 100 "$dir/out" | sed 's/^/	/'
		failures="$failures $1"
	elif [ "$skip" != 0 ]; then
		report skip "$1" "$pass" "$fail" "$skip"
		if [ $status = 77 ]; then
			tail -n 1 "$dir/out"
		else
			grep '# SKIP' "$dir/out"
		fi | sed 's/^/	/'
	else
		report ok "$1" "$pass" "$fail" "$skip"
	fi
}

for suite in "$@"; do
	programs "$suite" >"$dir/programs" || exit
	if [ ! -s "$dir/programs" ] && [ -z "${T-}" ]; then
		echo "FAIL  suite $suite has no test"
		failed=$((failed + 1)) failures="$failures suite:$suite"
	fi
	while read -r file <&3; do
		run_one "$file"
	done 3<"$dir/programs"
done

if [ -n "$failures" ]; then
	echo
	echo "failed:"
	for name in $failures; do
		echo "	$name"
	done
fi
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ $((passed + skipped)) != 0 ]
