#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A program made with include/ and libipcscope.a, and with nothing of src/, reads the
# machine, filters and prints.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

name=ipcscope-test-$$
trap 'rm -rf "$dir" "/dev/shm/$name"' EXIT
printf 'twelve bytes' >"/dev/shm/$name"

cp tests/cli/library.c "$dir"
# shellcheck disable=SC2046,SC2086 # lists of words
"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -Iinclude ${SANITIZE:+-fsanitize=$SANITIZE} -pthread \
	-o "$dir/program" "$dir/library.c" "${IPCSCOPE%/*}/libipcscope.a" \
	$(pkg-config --cflags --libs libproc2 libmnl jansson) >"$dir/err" 2>&1
is 'it compiles' '' "$(cat "$dir/err")"
is 'the object that was asked for' "pshm:/$name" \
	"$("$dir/program" "name == \"/$name\" and size == 12")"
is 'no other' '' "$("$dir/program" "name == \"/$name\" and size > 12")"
"$dir/program" 'size >' 2>"$dir/err"
is 'a wrong expression' 2 $?

finish
