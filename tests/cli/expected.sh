#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the program makes of recorded snapshots is what the renderers made of
# them in tests/unit/test_render.c.
set -eu

: "${IPCSCOPE:?is the program under test}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# Compares standard output with a file that is expected.
check()		# expected argument...
{
	want=$1
	shift
	status=0
	"$IPCSCOPE" "$@" >"$dir/out" 2>"$dir/err" || status=$?
	if [ $status != 0 ] || ! diff -u "$want" "$dir/out"; then
		echo "not as expected (status $status): ipcscope $*"
		cat "$dir/err"
		failed=1
	fi
}

narrow=ref,owner,amount,state,age,users
wide=ref,key,owner,mode,amount,state,age,idle,users
for snapshot in tests/snapshots/*.ndjson; do
	name=$(basename "$snapshot" .ndjson)
	expected=tests/expected/$name
	check "$expected.pipe.txt" --from "$snapshot" list -a -o $wide
	check "$expected.csv" --from "$snapshot" list -a -o $narrow --csv
	check "$expected.raw" --from "$snapshot" list -a -o $narrow --raw
	tail -n +2 "$expected.raw" >"$dir/rows"
	check "$dir/rows" --from "$snapshot" list -a -o $narrow --raw --no-heading
	check "$expected.raw" --from - list -a -o $narrow --raw <"$snapshot"
done

# Read with other tools: every object on a line, and all of them in one.
for snapshot in tests/snapshots/*.ndjson; do
	"$IPCSCOPE" --from "$snapshot" list -a --json -o all >"$dir/json" 2>"$dir/err"
	"$IPCSCOPE" --from "$snapshot" list -a --ndjson -o all >"$dir/ndjson" 2>"$dir/err"
	jq -c '.objects[]' "$dir/json" >"$dir/from-json"
	jq -c . "$dir/ndjson" >"$dir/from-ndjson"
	cmp "$dir/from-json" "$dir/from-ndjson" || failed=1
	[ "$(wc -l <"$dir/from-json")" = "$(grep -c '^{"object":' "$snapshot")" ] || {
		echo "$snapshot: objects are missing from its JSON"
		failed=1
	}
done

# A snapshot that is broken is refused, whatever is asked.
head -n 30 tests/snapshots/look.ndjson >"$dir/short"
status=0
"$IPCSCOPE" --from "$dir/short" list >"$dir/out" 2>"$dir/err" || status=$?
if [ $status != 1 ] || [ -s "$dir/out" ] || ! grep -q 'cut short after line 30' "$dir/err"; then
	echo "a snapshot cut short: status $status"
	cat "$dir/out" "$dir/err"
	failed=1
fi
exit $failed
