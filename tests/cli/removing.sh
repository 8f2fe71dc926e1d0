#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What rm, clean and undo refuse before they look at anything, and the files
# that are shipped for clean. Nothing here may remove an object.
set -eu
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

IPCSCOPE_STATE_DIR=$dir/state
export IPCSCOPE_STATE_DIR

wrong()	# status, message, arguments
{
	want="$1 ipcscope: $2"
	shift 2
	run "$@"
	is "$*" "$want" "$status $(printf '%s\n' "$err" | tail -n 1)"
	is "$*: nothing is said to be done" '' "$out"
}

wrong 2 'rm what? ipcscope rm REF...|-' rm --yes
wrong 2 "no class 'shmm', perhaps 'shm'? All: ipcscope help classes" rm --yes shmm:1
wrong 2 "rm can ask nobody here: nothing was removed; with --yes it removes, with --dry-run it shows what" rm shm:1
wrong 2 '--log and --no-log do not go together' rm --yes --log x --no-log shm:1
wrong 2 '--save and --no-save do not go together' clean --save --no-save
wrong 2 "--save-limit takes bytes (64K, 2M), not 'much'" clean --save-limit much
wrong 2 '--yes and --dry-run do not go together' clean --yes --dry-run
wrong 2 "--max takes a number, not 'few'" clean --max few
wrong 2 "--older takes a time (10m, 6h, 3d), not 'long'" clean --older long
wrong 2 "clean takes classes, not 'shm:1'; for one object: ipcscope rm REF" clean shm:1
wrong 2 '--rules says what to select: nothing else may' clean --rules x --suspect
wrong 1 "$dir/none: No such file or directory" clean --rules "$dir/none"
wrong 2 'undo takes one of --list, --last, or IDs from ipcscope undo --list' undo --list --last
wrong 2 'clean does not take --force; it takes: ipcscope help clean' clean --force
wrong 1 'nothing is kept: there is nothing to bring back' undo --last
wrong 1 "nothing is kept as 'x': ipcscope undo --list" undo x

run undo --list
is 'an empty list' "0 ''" "$status '$out'"

# A line that is wrong: its number, and no plan.
for line in 'colour = red' 'where = (' 'older = soon' 'max = few' 'action = hide' \
	'class = shm:1' 'suspect = maybe' 'nonsense' '[]'; do
	printf '[a]\nolder = 1h\n%s\n' "$line" >"$dir/rules"
	run clean --rules "$dir/rules"
	is "rule: $line" "2 ''" "$status '$out'"
	case $err in
	"ipcscope: $dir/rules:3: "*"ipcscope: $dir/rules:3: the rules cannot be used: nothing was removed") result ok "rule: $line: where" ;;
	*) result 'not ok' "rule: $line: where: $err" ;;
	esac
done

printf '[a]\noldr = 1h\n' >"$dir/rules"
run clean --rules "$dir/rules"
is 'a key that is none' "2 ipcscope: $dir/rules:2: no key 'oldr', perhaps 'older'? All: class suspect action where user older min-size profile max max-bytes
ipcscope: $dir/rules:2: the rules cannot be used: nothing was removed" "$status $err"
printf '[a]\nclass = shm\nwhere = siez > 1M\nolder = 1h\n' >"$dir/rules"
run clean --rules "$dir/rules"
is 'a field that is none' "2 ipcscope: $dir/rules:3: --where: no field 'siez', perhaps 'size'? All: ipcscope help fields
  siez > 1M
  ^^^^
ipcscope: $dir/rules:3: the rules cannot be used: nothing was removed" "$status $err"

# What is shipped can be read; one who plans changes nothing.
run clean --rules contrib/clean.conf
case $status in
0|4)	result ok 'the shipped rules' ;;
*)	result 'not ok' "the shipped rules: $status $err" ;;
esac
: >"$dir/rules"
run clean --yes --rules "$dir/rules"
is 'no rule selects nothing' "0 ''" "$status '$out'"

finish
