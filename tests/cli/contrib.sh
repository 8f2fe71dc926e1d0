#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Slurm epilog cleans only when the user's last job on the node ended. Slurm
# and ipcscope are stand-ins that say what they were asked.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

epilog=$(dirname "$0")/../../contrib/slurm/epilog.sh
# shellcheck disable=SC2154 # lib.sh sets it
mkdir "$dir/bin"
# shellcheck disable=SC2016 # for the stand-ins
{
	printf '#!/bin/sh\necho "ipcscope $*"\nexit "${CLEAN:-0}"\n' >"$dir/bin/ipcscope"
	# Job 9 is suspended: it is listed only if asked for.
	printf '#!/bin/sh\nprintf "$JOBS"\ncase $* in *suspended*) printf "${SUSPENDED-}" ;; esac\nexit "${SQUEUE:-0}"\n' >"$dir/bin/squeue"
	printf '#!/bin/sh\necho "log: $3"\n' >"$dir/bin/logger"
}
chmod +x "$dir/bin/"*

after()	# jobs uid
{
	JOBS=$1 SLURM_JOB_UID=$2 SLURM_JOB_ID=7 PATH="$dir/bin:$PATH" \
		sh "$epilog" 2>&1
	echo "status $?"
}

cleans='ipcscope clean --yes --quiet --suspect --older 0s --user 1234
status 0'
is 'the last job' "$cleans" "$(after '7\n' 1234)"
is 'no job is listed any more' "$cleans" "$(after '' 1234)"
is 'another job of the user' 'status 0' "$(after '7\n8\n' 1234)"
is 'only another job' 'status 0' "$(after '  8\n' 1234)"
SUSPENDED='9\n'
export SUSPENDED
is 'a suspended job of the user' 'status 0' "$(after '7\n' 1234)"
unset SUSPENDED
is 'a system user' 'status 0' "$(after '7\n' 33)"
SQUEUE=1
export SQUEUE
is 'what runs is not known' 'log: squeue failed: nothing cleaned for uid 1234
status 0' "$(after '' 1234)"
SQUEUE=0
CLEAN=1
export CLEAN
is 'a clean that failed' 'ipcscope clean --yes --quiet --suspect --older 0s --user 1234
log: clean failed for uid 1234
status 0' "$(after '7\n' 1234)"

finish
