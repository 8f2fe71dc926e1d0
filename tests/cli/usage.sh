#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Wrong use: one line that says what is wrong, nothing on stdout, status 2.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

wrong()	# message argument...
{
	message=$1
	shift
	run "$@"
	is "ipcscope $*: says" "ipcscope: $message" "$err"
	is "ipcscope $*: status" "2 ''" "$status '$out'"
}

wrong "no command or class 'lsit', perhaps 'list'? All: ipcscope help" lsit
wrong "no option '--jsn', perhaps '--json'? All: ipcscope help list" --jsn
wrong "no option '-x'; all: ipcscope help list" list -x
wrong "'--co' could be --columns or --color" --co auto
wrong "--where needs an argument: --where EXPR" list --where
wrong "--where: no field 'siez', perhaps 'size'? All: ipcscope help fields
  owner == root and siez > 1M
                    ^^^^" list --where 'owner == root and siez > 1M'
wrong "--where: size takes bytes (64K, 2M), '3d' is a time
  size > 3d
         ^^" list --where 'size > 3d'
wrong "--where: ')' missing
  owner == root and (class == shm
                    ^            ^" list --where 'owner == root and (class == shm'
wrong "--columns: no field 'ownr', perhaps 'owner'? All: ipcscope help fields" list -o ref,ownr
wrong "--sort: no field 'agee', perhaps 'age'? All: ipcscope help fields" list --sort -agee
wrong "--user: no user 'nosuchuser'" list --user nosuchuser
wrong "--pid takes process ids, not 'x'" list --pid x
wrong "--older takes a time (10m, 6h, 3d), not '5K'" list --older 5K
wrong "--min-size takes bytes (64K, 2M), not '3d'" list --min-size 3d
wrong "--threads takes a number from 1 to 1024, not '0'" list --threads 0
IPCSCOPE_THREADS=many; export IPCSCOPE_THREADS
wrong "IPCSCOPE_THREADS takes a number from 1 to 1024, not 'many'" list
unset IPCSCOPE_THREADS
wrong "--time takes relative, iso or epoch, not 'now'" list --time now
wrong "--color takes auto, always or never, not 'yes'" list --color yes
wrong "--json and --csv do not go together" list --json --csv
wrong "--by and --sort do not go together" list --by owner --sort size
wrong "show does not take --sort; it takes: ipcscope help show" show --sort size shm:1
wrong "show what? ipcscope show REF..." show
wrong "'shm' is a class, not a REF: shm:..." show shm
wrong "no class 'smh', perhaps 'shm'? All: ipcscope help classes" show smh:5
wrong "'shm:x' is no REF; of this class they are shm:ID or shm:0xKEY" show shm:x
wrong "'shm:*' is a pattern, not a REF: ipcscope list shm -w 'ref ~ \"shm:*\"'" show 'shm:*'
wrong "'--s' could be --sort or --strict" list --s
wrong "values: 40000 is above 32767, the most that a semaphore can be" mk sem values=1,40000
wrong "values takes 2 numbers with commas between, not '1'" mk sem nsems=2 values=1
wrong "'abc' is no process id" ps abc
wrong "'shm:5' is no process id; of an object: ipcscope show shm:5" ps shm:5
wrong "no limit 'shmni', perhaps 'shmmni'? All: ipcscope limits -a" limits shmni
wrong "doctor does not take --from; it takes: ipcscope help doctor" doctor --from x
wrong "--warning takes a percentage from 1 to 100, not '0'" limits --warning 0
wrong "--critical takes a percentage from 1 to 100, not '9x'" limits --critical 9x
wrong "--warning 90 is above --critical 80" limits --warning 90 --critical 80
wrong "snapshot what? ipcscope snapshot FILE|-" snapshot
wrong "no help for 'lst', perhaps 'list'? All: ipcscope help" help lst
# A hostile word does not reach the terminal.
wrong "no command or class '\\x1b[31m\\x0aok'; all: ipcscope help" "$(printf '\033[31m\nok')"

# To a monitoring system 2 would mean that something is critical.
run limits --check --warning 200
is 'a check that is wrong' 3 "$status"

run show shm:2147483647
is 'a REF that does not exist' \
	'1 ipcscope: shm:2147483647 does not exist in this IPC namespace' "$status $err"
run show 'pshm:/no-such-*'
is 'a pattern that no object is called' "1 ipcscope: pshm:/no-such-* does not exist; as a pattern: ipcscope list pshm -w 'ref ~ \"pshm:/no-such-*\"'" "$status $err"
mkfifo "$dir/fifo"
ln -s fifo "$dir/link"
for ref in fifo:/etc/passwd "unix:$dir/fifo" "fifo:$dir" "fifo:$dir/link"; do
	run show "$ref"
	echo "$status $err"
done >"$dir/said"
is 'what is there instead' "1 ipcscope: fifo:/etc/passwd is no FIFO: a file is there
1 ipcscope: unix:$dir/fifo is no socket: a FIFO is there
1 ipcscope: fifo:$dir is no FIFO: a directory is there
1 ipcscope: fifo:$dir/link leads to fifo:$dir/fifo" "$(cat "$dir/said")"
run list "fifo:$dir/fifo" --raw --no-heading -o ref
is 'a FIFO that nobody has open' "fifo:$dir/fifo" "$out"
run ps 4194305
is 'a process that does not exist' '1 ipcscope: there is no process 4194305' "$status $err"
run ps $$
is 'a process that does' 0 "$status"
is 'a process that does not exist is told of behind one that does' \
	'ipcscope: there is no process 4194305' \
	"$("$IPCSCOPE" ps $$ 4194305 2>&1 | grep -v ' are missing: ' | tail -n 1)"
run show $$
is 'a process given to show' \
	"2 ipcscope: '$$' is no REF; of process $$ (sh): ipcscope ps $$" "$status $err"
run list --from "$dir/none"
is 'a snapshot that is not there' \
	"1 ipcscope: $dir/none: No such file or directory" "$status $err"
echo '{"no":"snapshot"}' >"$dir/bad"
run list --from "$dir/bad"
is 'a file that is no snapshot' 1 "$status"

wrong "--limit takes a number, not 'x'" list --limit x
wrong "--by and --limit do not go together" list --by owner --limit 1
wrong "ps does not take --limit; it takes: ipcscope help ps" ps --limit 1
look=${0%/*}/../snapshots/look.ndjson
for command in list stale; do
	for limit in 0 1 2; do
		run $command -a --from "$look" --limit $limit --no-heading --raw
		is "$command --limit $limit" $limit "$(wc -l <"$dir/out")"
	done
	run $command -a --from "$look" --raw --sort -size
	first=$(sed -n 2p "$dir/out")
	run $command -a --from "$look" --raw --sort -size --limit 1
	is "$command --limit: the first of the order" "$first" "$(sed -n 2p "$dir/out")"
	run $command -a --from "$look" --raw
	all=$out
	run $command -a --from "$look" --raw --limit 9999
	is "$command --limit of more than there are" "$all" "$out"
done

finish
