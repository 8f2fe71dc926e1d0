#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Profiles: listed, replaced by an administrator's, and wrong ones refused
# wherever something is judged.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$dir/d"

run profiles --profile-dir "$dir/d"
is 'no file of one'\''s own' "0 ''" "$status '$err'"
is 'PostgreSQL is known' 1 "$(printf '%s\n' "$out" | grep -c '^postgresql ')"
is 'by name, file, software and test' \
	'loky python.conf joblib and loky pid-gone ^/loky-([0-9]+)-' \
	"$(printf '%s\n' "$out" | grep '^loky ' | tr -s ' ')"

printf '[loky]\nsoftware = mine\nmatch = class == psem\nstale-if = unused\n' >"$dir/d/a.conf"
echo 'not read' >"$dir/d/README"
run profiles --profile-dir "$dir/d"
is 'an own one replaces it' "loky $dir/d/a.conf mine unused" \
	"$(printf '%s\n' "$out" | grep '^loky ' | tr -s ' ')"

printf '[x]\nsoftware = X\nmatch = class == shm\nstale-if = pid-gone (x\n' >"$dir/d/b.conf"
for command in profiles stale 'show shm:1'; do
	# shellcheck disable=SC2086 # the words of a command line
	run $command --profile-dir "$dir/d"
	is "$command: a wrong file, its line" "ipcscope: $dir/d/b.conf:4: " \
		"$(printf '%s\n' "$err" | sed 's/\(b\.conf:4: \).*/\1/')"
	is "$command: nothing is done" "1 ''" "$status '$out'"
done
rm "$dir/d/b.conf"

mkdir "$dir/d/c.conf"
run stale --profile-dir "$dir/d"
is 'a directory is no file' "1 ipcscope: $dir/d/c.conf: Is a directory" "$status $err"
rmdir "$dir/d/c.conf"

run stale --profile-dir "$dir/none"
is 'a directory that is not there' \
	"1 ipcscope: $dir/none: No such file or directory" "$status $err"
run stale --path tmp
is 'a relative place' \
	"2 ipcscope: --path takes directories that begin with /, not 'tmp'" "$status $err"
run stale pipe
is 'what cannot be left behind' \
	"2 ipcscope: stale: pipe lives only as long as a process has it: nothing is left behind" "$status $err"
run help verdicts
is 'help verdicts' 0 "$status"

finish
