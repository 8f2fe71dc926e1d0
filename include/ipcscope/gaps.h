/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_GAPS_H
#define IPCSCOPE_GAPS_H

/* What keeps processes and namespaces from being seen, and what helps. */

#include "ipcscope/snapshot.h"

/* What keeps many processes from being seen: a warning of PROCS. */
enum known_gap {
#define GAP(id, ...)	GAP_##id,
#include "ipcscope/gaps.def"
#undef GAP
	NR_GAPS
};
struct known_gap_info {
	const char *id, *what, *help;
};
extern const struct known_gap_info known_gaps[NR_GAPS];
/* The gap that @warning is of; NR_GAPS: none of these. */
enum known_gap warning_gap(const struct warning *warning);
/* What helps against what it says; NULL: nothing is known to. */
const char *warning_help(const struct warning *warning);
/* IPC namespaces, other than that of who looked, that processes were seen in; the pid of
 * the first in one of them. Their objects are not listed. */
uint32_t snapshot_other_ipc_nss(const struct snapshot *snap, pid_t *first);

#endif
