#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What an older version has written stays readable: each directory of
# tests/formats has a snapshot, a log and kept copies as that version made
# them, and stays as it is. The log is that of a run that was killed in the
# middle. What is kept is brought back by tests/kernel/test_formats.c.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

old=tests/formats/0.1.0

# Columns are as wide as the widest value of a newer table may make them.
rows()
{
	printf '%s\n' "$out" | tr -s ' ' | sed 's/^ //; s/ $//'
}

run list --from "$old/snapshot.ndjson" -o ref,owner,amount,state,age,users
is 'list reads it, and says what that version did not look for' "$(cat <<'END'
0 ipcscope: files that only requests of io_uring have: this snapshot has none of it
ipcscope: what only requests of io_uring and aio wait for: this snapshot has none of it
END
)" "$status $err"
is 'its objects, states, ages and users' "$(cat <<'END'
REF OWNER SIZE STATE AGE USERS
shm:0 root 18B unattached 1s -
shm:1 root 64B unattached 1s -
shm:2 root 4K attached 1s holder[52] rw, waiter[53] rw
sem:0 root 3 sem waits 1s waiter[53] waits
msg:0 root 2 msg ? 1s ?
'pshm:/box of 0.1.0\xff' root 15B ? 1s ?
pshm:/cut root 0 ? 1s ?
pmsg:/queue root 0 msg ? 1s ?
END
)" "$(rows)"

run ps --from "$old/snapshot.ndjson"
is 'its processes, and who waits' "$(cat <<'END'
PID USER COMMAND SHARED OBJECTS WAITS ON
1 root bash 2 pipe -
52 root holder 4K 1 shm 3 pipe 3 unix -
53 root waiter 4K 1 shm 1 sem 3 pipe 3 unix sem:0[1]
END
)" "$(rows)"

run stale --all --from "$old/snapshot.ndjson"
is 'its verdicts' "$(cat <<'END'
unknown shm:0
unknown shm:1
unknown msg:0
unknown 'pshm:/box of 0.1.0\xff'
unknown pshm:/cut
unknown pmsg:/queue
in-use shm:2
in-use sem:0
END
)" "$(rows | sed -n "s/^\([a-z-]* \('[^']*'\|[^ ]*\)\) .*/\1/p")"

run show --from "$old/snapshot.ndjson" sem:0
has_line 'values of semaphores, and who was last' '2 9 0 0 51 gone' "$(rows)"

# Copies have the age of their files: of now, in a directory of one's own.
mkdir -m 700 "$dir/state"
cp -R "$old/removed.jsonl" "$old/saved" "$dir/state"
chmod -R go= "$dir/state"
IPCSCOPE_STATE_DIR=$dir/state
export IPCSCOPE_STATE_DIR
run undo --list
is 'undo --list' "0
REF OWNER SIZE BY
shm:0 root 18B rm
sem:0 root 3 sem rm
msg:0 root 2 msg rm
'pshm:/box of 0.1.0\\xff' root 15B rm
pmsg:/queue root 0 msg rm
shm:1 root 64B rm
pshm:/cut root 0 rm" "$status
$(rows | sed 's/^[^ ]* //; s/ [^ ]* \([^ ]*\)$/ \1/')"

finish
