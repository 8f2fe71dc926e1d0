#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Slurm epilog: what the job's user left behind on this node, if none of their
# jobs runs here any more. Runs as root. Never fails the job.
set -eu

[ -n "${SLURM_JOB_UID-}" ] && [ "$SLURM_JOB_UID" -ge 1000 ] || exit 0
# Other jobs of the same user may share the node, and their segments; those that
# are suspended or stopped have them, too. Where that cannot be known, nothing is
# removed.
states=running,suspended,stopped,completing,configuring,resizing,signaling,stage_out
# shellcheck disable=SC2153 # both are set by Slurm
if ! jobs=$(squeue --noheader --format=%A --node="$(hostname -s)" \
	--user="$SLURM_JOB_UID" --states="$states"); then
	logger -t ipcscope "squeue failed: nothing cleaned for uid $SLURM_JOB_UID" || :
	exit 0
fi
# shellcheck disable=SC2153 # set by Slurm
if printf '%s\n' "$jobs" | tr -d ' ' | grep -v '^$' | grep -qvx "$SLURM_JOB_ID"; then
	exit 0
fi
# 5 is "something was left alone".
ipcscope clean --yes --quiet --suspect --older 0s --user "$SLURM_JOB_UID" ||
	[ $? = 5 ] ||
	logger -t ipcscope "clean failed for uid $SLURM_JOB_UID" || :
