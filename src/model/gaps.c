// SPDX-License-Identifier: GPL-2.0-or-later
/* What keeps processes and namespaces from being seen, and what helps. */
#include <errno.h>

#include "internal.h"
#include "ipcscope/gaps.h"

const struct known_gap_info known_gaps[NR_GAPS] = {
#define GAP(id, ...)	[GAP_##id] = { __VA_ARGS__ },
#include "ipcscope/gaps.def"
#undef GAP
};

enum known_gap warning_gap(const struct warning *warning)
{
	enum known_gap gap = 0;

	if (warning->part != PART_PROCS || warning->err || !warning->what)
		return NR_GAPS;
	while (gap < NR_GAPS && strcmp(warning->what->data, known_gaps[gap].what) != 0)
		gap++;
	return gap;
}

const char *warning_help(const struct warning *warning)
{
	const enum known_gap gap = warning_gap(warning);

	if (gap < NR_GAPS)
		return known_gaps[gap].help;
	if (warning->part == PART_PROCS && warning->err == EBUSY)
		return "end the mount or device that it waits for, see its /proc/PID/stack";
	if (warning->err == EACCES || warning->err == EPERM)
		return part_infos[warning->part].help;
	if (warning->err == ENOENT && (warning->part == PART_LIMITS || warning->part == PART_SYSV))
		return "mount a /proc with sysctls (without subset=pid)";
	return warning->err == ETIMEDOUT ? "end the mount that does not answer" : NULL;
}

static int gaps_compare_nss(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return COMPARE(*x, *y);
}

uint32_t snapshot_other_ipc_nss(const struct snapshot *snap, pid_t *first)
{
	struct VEC(uint64_t) nss = { 0 };
	const struct process *proc;
	uint32_t i, nr = 0;

	*first = 0;
	vec_for_each(proc, &snap->processes) {
		if (!proc->ipc_ns || proc->ipc_ns == snap->host.ipc_ns)
			continue;
		*first = *first ?: proc->pid;
		*vec_add(&nss) = proc->ipc_ns;
	}
	if (nss.nr)
		qsort(nss.at, nss.nr, sizeof(nss.at[0]), gaps_compare_nss);
	for (i = 0; i < nss.nr; i++)
		nr += !i || nss.at[i] != nss.at[i - 1];
	vec_free(&nss);
	return nr;
}
