// SPDX-License-Identifier: GPL-2.0-or-later
/* Fields of processes, and the names of signals. */
#include <signal.h>

#include "internal.h"
#include "ipcscope/text.h"

const struct field process_fields[] = {
#define FIELD(id, name_, type_, help_, ...)					\
	[FIELD_PROCESS_##id - FIRST_PROCESS_FIELD] = {				\
		.name = name_, .type = TYPE_##type_, .help = help_, ##__VA_ARGS__ \
	},
#include "ipcscope/process_fields.def"
#undef FIELD
};

const struct thread_ns_info thread_ns_infos[NR_THREAD_NS] = {
#define THREAD_NS(id, ...)	[THREAD_NS_##id] = { __VA_ARGS__ },
#include "ipcscope/thread_ns.def"
#undef THREAD_NS
};

/* Signals behind the classic ones are named from SIGRTMIN on; some before it the C library
 * keeps for itself: signal(7). */
const char *signal_name(unsigned int number)
{
	static const char *const real_time[] = {
#define FROM(n)	"RTMIN+" #n
		"RTMIN", FROM(1), FROM(2), FROM(3), FROM(4), FROM(5), FROM(6), FROM(7), FROM(8),
		FROM(9), FROM(10), FROM(11), FROM(12), FROM(13), FROM(14), FROM(15), FROM(16),
		FROM(17), FROM(18), FROM(19), FROM(20), FROM(21), FROM(22), FROM(23), FROM(24),
		FROM(25), FROM(26), FROM(27), FROM(28), FROM(29), FROM(30), FROM(31), FROM(32),
#undef FROM
	};
	static const char *const kept[] = { "32", "33", "34" };
	const unsigned int first = (unsigned int)SIGRTMIN;

	if (number >= first)
		return number - first < ARRAY_SIZE(real_time) && number <= NR_SIGNALS ?
		       real_time[number - first] : NULL;
	return number >= 32 ? kept[number - 32] : sigabbrev_np((int)number);
}

uint64_t signal_bit(const char *name)
{
	unsigned int number;
	uint64_t given;

	if (num_parse(name, &given))
		return given && given <= NR_SIGNALS ? 1ull << (given - 1) : 0;
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (number = 1; number <= NR_SIGNALS; number++) {
		const char *known = signal_name(number);

		if (known && !strcmp(known, name))
			return 1ull << (number - 1);
	}
	return !strcmp(name, "IO") ? 1ull << (SIGIO - 1) :
	       !strcmp(name, "RTMAX") ? 1ull << (SIGRTMAX - 1) : 0;
}

static struct value process_str(const struct process *proc, const struct str *str)
{
	/* What was read and is empty there is not. */
	return (struct value){
		.known = str && str->len ? KNOWN_YES :
			 str || proc->flags & PROCESS_DETAILED ? KNOWN_NONE : KNOWN_NOT,
		.str = str,
	};
}

static struct value process_number(bool known, uint64_t num)
{
	return (struct value){ .known = known ? KNOWN_YES : KNOWN_NOT, .num = num };
}

struct value process_value(const struct snapshot *snap, const struct process *proc,
			   enum field_id field)
{
	const struct process_signals *signals = proc->signals;
	const bool booted = snap->host.booted;
	const int64_t since = booted ? process_since(snap, proc) : 0;

	switch ((unsigned int)field) {
	case FIELD_PROCESS_PID:
		return process_number(true, (uint64_t)proc->pid);
	case FIELD_PROCESS_PPID:
		return process_number(proc->ppid > 0, (uint64_t)proc->ppid);
	case FIELD_PROCESS_COMMAND:
		return process_str(proc, proc->comm);
	case FIELD_PROCESS_CMDLINE:
		return process_str(proc, proc->cmdline);
	case FIELD_PROCESS_UNIT:
		return process_str(proc, proc->unit);
	case FIELD_PROCESS_UID:
		return process_number(proc->uid != (uid_t)-1, proc->uid);
	case FIELD_PROCESS_USER:
		return process_str(proc, snapshot_find_name(snap, false, proc->uid));
	case FIELD_PROCESS_STARTED:
		return process_number(booted, (uint64_t)since);
	case FIELD_PROCESS_AGE:
		return process_number(booted, since < snap->host.taken ?
				      (uint64_t)(snap->host.taken - since) : 0);
	case FIELD_PROCESS_QUEUE:
		return process_number(signals, signals ? signals->queued : 0);
	case FIELD_PROCESS_QUEUE_LIMIT:
		if (signals && signals->max_queued == UINT64_MAX)
			return (struct value){ .known = KNOWN_NONE };
		return process_number(signals, signals ? signals->max_queued : 0);
	default:
		return process_number(signals, signals ?
				      signals->set[field - FIELD_PROCESS_PENDING_PROCESS] : 0);
	}
}
