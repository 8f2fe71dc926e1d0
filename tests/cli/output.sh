#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What becomes of the output: help, full disks, closed pipes, saved snapshots.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run help
is 'help' 0 "$status"
is 'help fits a terminal' yes "$([ "$(wc -l <"$dir/out")" -le 24 ] && echo yes)"
cp "$dir/out" "$dir/help"
is 'help fits 80 columns' '' "$(awk 'length > 80' "$dir/out")"
run --help
is '--help is help' "$(cat "$dir/help")" "$out"
# Whatever help names can be asked for.
for word in $(sed -n 's/^ipcscope help //p' "$dir/help" | tr '|' ' ') list show shm; do
	case $word in
	COMMAND|CLASS) continue ;;
	esac
	run help "$word"
	is "help $word" "0 ''" "$status '$err'"
	is "help $word fits 80 columns" '' "$(awk 'length > 80' "$dir/out")"
done
run show --help
"$IPCSCOPE" help show >"$dir/help"
is 'show --help is help show' "$(cat "$dir/help")" "$out"
run --version
is '--version' 'ipcscope 0.1.0' "$(head -n 1 "$dir/out")"

run schema --raw --no-heading
is 'schema: every class has a REF and fields' '' "$(awk 'NF < 3 || $NF !~ /^class,ref,/' "$dir/out")"
is 'schema: the fields of a class' yes "$(grep -q '^pshm .*,size,' "$dir/out" && echo yes)"
is 'schema: -o takes each of them' 0 "$(
	"$IPCSCOPE" list shm -o "$(sed -n 's/^shm .* //p' "$dir/out")" >/dev/null 2>&1; echo $?)"

if [ -c /dev/full ]; then
	for words in help list 'list --json' 'list --csv' ps 'ps --json' 'snapshot -' version; do
		status=0
		# shellcheck disable=SC2086 # words
		"$IPCSCOPE" $words >/dev/full 2>"$dir/err" || status=$?
		is "$words on a full disk" \
			'1 ipcscope: standard output: No space left on device' \
			"$status $(grep standard "$dir/err")"
	done
fi

# The reader goes away: no word about it, neither with SIGPIPE nor without.
"$IPCSCOPE" help fields 2>"$dir/err" | head -n 1 >/dev/null
is 'closed pipe' '' "$(cat "$dir/err")"
(trap '' PIPE; "$IPCSCOPE" list -aq --json 2>"$dir/err" | :)
is 'closed pipe without SIGPIPE' '' "$(grep -v 'could not be\|missing' "$dir/err")"

# A snapshot replaces its file when all is written, or not at all.
run snapshot "$dir/snap"
is 'snapshot' 0 "$status"
is 'only for its owner' 600 "$(stat -c %a "$dir/snap")"
is 'nothing on stdout' '' "$out"
cp "$dir/snap" "$dir/before"
(trap '' XFSZ; ulimit -f 1; exec "$IPCSCOPE" snapshot "$dir/snap") >"$dir/out" 2>"$dir/err"
is 'no room for it' '1 File too large' "$? $(sed -n "s|^ipcscope: $dir/snap: ||p" "$dir/err")"
is 'the old one is whole' yes "$(cmp -s "$dir/snap" "$dir/before" && echo yes)"
is 'no temporary is left' 'before err help out snap' "$(cd "$dir" && echo *)"

run list -a --from "$dir/snap"
is 'list of a file' 0 "$status"
"$IPCSCOPE" list -a --from - <"$dir/snap" >"$dir/piped" 2>/dev/null
is 'list of stdin' "$out" "$(cat "$dir/piped")"
run ps --from "$dir/snap"
is 'ps of a file' 0 "$status"
"$IPCSCOPE" snapshot - 2>/dev/null | "$IPCSCOPE" list -q --from - >/dev/null 2>&1
is 'from one to the other' 0 $?

run list --json -q
is 'JSON' true "$(jq '.schema == 1 and (.objects | type) == "array" and (.warnings | type) == "array"' "$dir/out")"
run ps --json $$
is 'JSON of a process' $$ "$(jq '.processes[0].pid' "$dir/out")"
# A process asked for is there, though it has nothing. (Its own shell closes
# what it was given.)
for words in 'ps' 'ps --shared'; do
	# shellcheck disable=SC2016 # for that shell
	bash -c 'for fd in /dev/fd/*; do
			fd=${fd##*/}
			[ "$fd" -gt 2 ] && eval "exec $fd>&-"
		done
		"$1" $2 --json $$ >"$3" 2>&1' _ "$IPCSCOPE" "$words" "$dir/out" \
		</dev/null >/dev/null 2>&1
	is "JSON of a process that has nothing: $words" '[1,0]' \
		"$(jq -c '.processes | [length, (.[0].objects | length)]' "$dir/out")"
done
run doctor
is 'doctor' 0 "$status"
is 'doctor: what it looks at' 'CAP_SYS_PTRACE kernel logind ' \
	"$(awk '$2 ~ /^(CAP_SYS_PTRACE|kernel|logind)$/ { printf "%s ", $2 }' "$dir/out")"
run doctor --json
is 'JSON of doctor' 'true' \
	"$(jq '[.checks[].state] | all(. == "ok" or . == "note" or . == "lacks")' "$dir/out")"

# What has rows has every format: in raw a word a value, in CSV a value between
# two commas.
from='--from tests/snapshots/hostile.ndjson'
for words in "list -a $from" "list -a --by class,owner $from" "stale -a $from" \
	"ps $from" "ps --shared $from" limits 'limits -a'; do
	# shellcheck disable=SC2086 # words
	run $words --raw
	is "$words --raw" '0 1' "$status $(awk '{ print NF }' "$dir/out" | sort -u | wc -l)"
done
run limits shmmni --markdown
is 'a limit for an issue' '| LIMIT | USED | MAX | USE% | MOST USED BY | SET BY | WHAT |' \
	"$(head -n 1 "$dir/out")"
run ps --csv --from tests/snapshots/look.ndjson 5409
is 'CSV of one process' 'PID,USER,COMMAND,SHARED,OBJECTS,WAITS ON 5409' \
	"$(head -n 1 "$dir/out") $(sed -n '2s/,.*//p' "$dir/out")"
run ps --from tests/snapshots/hostile.ndjson
is 'a name that is not known is no name' '?' "$(awk '$1 == 5506 { print $3 }' "$dir/out")"
for ref in shm:163840 sem:32772 msg:32772; do
	run show "$ref" --json --from tests/snapshots/look.ndjson
	cp "$dir/out" "$dir/show"
	run list "$ref" --json -o all --from tests/snapshots/look.ndjson
	is "JSON of show $ref has all that a list can have" '[]' "$(jq -cs \
		'(.[1].objects[0] | keys) - (.[0].objects[0] | keys)' "$dir/show" "$dir/out")"
done
run list --by owner --csv --from tests/snapshots/look.ndjson
is 'CSV of totals' OWNER,COUNT,SIZE,USERS "$(head -n 1 "$dir/out")"
run limits shmmni --csv
is 'CSV of a limit' 'LIMIT,USED,MAX,USE%,MOST USED BY,SET BY,WHAT shmmni' \
	"$(head -n 1 "$dir/out") $(sed -n '2s/,.*//p' "$dir/out")"
run list --by class --json -a
is 'JSON of totals' array "$(jq -r '.totals | type' "$dir/out")"

finish
