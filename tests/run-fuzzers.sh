#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs every fuzzer of build directory B for its share of SECONDS_IN_ALL, as
# many at a time as there are processors. tests/fuzz/corpus/NAME holds inputs
# to start from and tests/fuzz/NAME.dict words; what a fuzzer finds by itself
# is kept in B/corpus/NAME, inputs that broke something in B/.
set -eu

B=${B:-build-fuzz}
: "${SECONDS_IN_ALL:=60}"

at_once=$(nproc)
set -- tests/fuzz/fuzz_*.c
if [ ! -e "$1" ]; then
	echo "no fuzzers"
	exit 0
fi
share=$((SECONDS_IN_ALL * at_once / $#))
[ $share -gt 0 ] || share=1
[ $share -le "$SECONDS_IN_ALL" ] || share=$SECONDS_IN_ALL

run_one()	# name seconds
{
	name=$1 seconds=$2
	set -- "$B/corpus/$name"
	mkdir -p "$1"
	[ ! -d "tests/fuzz/corpus/$name" ] || set -- "$@" "tests/fuzz/corpus/$name"
	[ ! -e "tests/fuzz/$name.dict" ] || set -- "$@" "-dict=tests/fuzz/$name.dict"
	if "$B/tests/fuzz/$name" "$@" -max_total_time="$seconds" -timeout=10 \
			-artifact_prefix="$B/$name-" -verbosity=0 \
			-print_final_stats=1 </dev/null >"$B/$name.log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$B/$name.log")
		echo "ok    $name (${runs:-0} runs)"
	else
		echo "FAIL  $name"
		tail -n 60 "$B/$name.log" | sed 's/^/	/'
		echo "$name" >>"$B/failed"
	fi
}

rm -f "$B/failed"
echo "fuzzers: $#, $share s each, $at_once at a time"
running=0
for file in "$@"; do
	run_one "$(basename "$file" .c)" "$share" &
	running=$((running + 1))
	if [ $running = "$at_once" ]; then
		wait
		running=0
	fi
done
wait
[ ! -e "$B/failed" ]
