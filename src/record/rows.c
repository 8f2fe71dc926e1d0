// SPDX-License-Identifier: GPL-2.0-or-later
/* What the lines of a snapshot file are made of. */
#include <limits.h>

#include "rows.h"

/* Times and clock ticks stay so small that sums of them are numbers still. */
#define MAX_TIME	((int64_t)1 << 48)
#define MAX_START	((uint64_t)1 << 60)

/* In the order of enum process_flag. */
static const char *const flag_words[] = { "kthread", "zombie", "detailed", "compat", "uncompared" };
static const char *const name_words[] = { "user", "group" };
static const char *const limit_words[] = {
#define LIMIT(id, ...)	#id,
#include "ipcscope/limits.def"
#undef LIMIT
};

#define WORDS(list, count, text, unknown)				\
	static const char *rows_##list(unsigned int n) { return text; }	\
	static const struct record_words list = { rows_##list, count, unknown }

WORDS(parts, NR_PARTS, part_infos[n].name, NULL);
WORDS(states, NR_STATES, state_infos[n].word, NULL);
WORDS(field_names, NR_FIELDS, fields[n].name, NULL);
WORDS(flags, ARRAY_SIZE(flag_words), flag_words[n], NULL);
WORDS(classes, NR_CLASSES, class_infos[n]->name, NULL);
WORDS(object_classes, NR_CLASSES, class_infos[n]->name,
      "an object of a class that is not known here");
WORDS(edges, NR_EDGES, edge_names[n], "an edge of a kind that is not known here");
WORDS(limits, NR_LIMITS, limit_words[n], NULL);
WORDS(signals, NR_SIGNALS, signal_name(n + 1), NULL);
WORDS(names, ARRAY_SIZE(name_words), name_words[n],
      "the name of neither a user nor a group");

#define MEMBER(of, member)						\
	.offset = offsetof(struct of, member),				\
	.size = sizeof(((struct of *)NULL)->member)
#define UNSIGNED(most, ...)						\
	.type = RECORD_UNSIGNED, .max = (most), MEMBER(__VA_ARGS__)
#define SIGNED(least, most, ...)					\
	.type = RECORD_SIGNED, .min = (least), .max = (most), MEMBER(__VA_ARGS__)
#define U64(...)	UNSIGNED(UINT64_MAX, __VA_ARGS__)
#define U32(...)	UNSIGNED(UINT32_MAX, __VA_ARGS__)
#define PROC_ID(...)	SIGNED(0, INT_MAX, __VA_ARGS__)
#define TIME(...)	SIGNED(-MAX_TIME, MAX_TIME, __VA_ARGS__)
#define BOOL(...)	.type = RECORD_BOOL, MEMBER(__VA_ARGS__)
#define STR(...)	.type = RECORD_STR, MEMBER(__VA_ARGS__)
#define ERRNO(...)	.type = RECORD_ERRNO, .max = 4095, MEMBER(__VA_ARGS__)
#define WORD(list, ...)	.type = RECORD_WORD, .words = &(list), MEMBER(__VA_ARGS__)
#define BITS(list, ...)	.type = RECORD_BITS, .words = &(list), MEMBER(__VA_ARGS__)
#define ALWAYS		.always = true

static const struct record_row head_rows[] = {
	{ "hostname", STR(snapshot, host.hostname) },
	{ "kernel", STR(snapshot, host.kernel) },
	{ "boot_id", STR(snapshot, host.boot_id) },
	{ "taken", TIME(snapshot, host.taken), ALWAYS },
	{ "booted", TIME(snapshot, host.booted), ALWAYS },
	{ "booted_part", UNSIGNED(1 << 20, snapshot, host.booted_part) },
	{ "steady_since", TIME(snapshot, host.steady_since) },
	{ "ticks", U32(snapshot, host.ticks), ALWAYS },
	{ "page_size", U32(snapshot, host.page_size), ALWAYS },
	{ "uid", U32(snapshot, host.uid), ALWAYS },
	{ "pid", PROC_ID(snapshot, host.pid), ALWAYS },
	{ "ipc_ns", U64(snapshot, host.ipc_ns), ALWAYS },
	{ "net_ns", U64(snapshot, host.net_ns), ALWAYS },
	{ "pid_ns", U64(snapshot, host.pid_ns), ALWAYS },
	{ "mnt_ns", U64(snapshot, host.mnt_ns), ALWAYS },
	{ "first_pid_ns", BOOL(snapshot, host.first_pid_ns), ALWAYS },
	{ "all_processes", BOOL(snapshot, host.all_processes), ALWAYS },
	{ "partial", BOOL(snapshot, partial), ALWAYS },
	{ "home_dev", RECORD_BY_CLASS, ALWAYS, MEMBER(snapshot, host.home_dev) },
	{ "have", BITS(parts, snapshot, parts_read), ALWAYS },
	{},
};

static const struct record_row class_rows[] = {
	{ "class", WORD(classes, record_class, class), ALWAYS },
	{ "wanted", BITS(field_names, record_class, wanted), ALWAYS },
	{},
};

static const struct record_row name_rows[] = {
	{ "name", WORD(names, id_name, group), ALWAYS },
	{ "id", U32(id_name, id), ALWAYS },
	{ "text", STR(id_name, name) },
	{},
};

static const struct record_row process_rows[] = {
	{ "process", PROC_ID(process, pid), ALWAYS },
	{ "start", UNSIGNED(MAX_START, process, start), ALWAYS },
	{ "ppid", PROC_ID(process, ppid) },
	{ "group", PROC_ID(process, group) },
	{ "session", PROC_ID(process, session) },
	{ "own_pid", PROC_ID(process, own_pid) },
	{ "uid", U32(process, uid), ALWAYS },
	{ "uid2", U32(process, others[0]) }, { "uid3", U32(process, others[1]) },
	{ "uid4", U32(process, others[2]) }, { "uid5", U32(process, others[3]) },
	{ "ipc_ns", U64(process, ipc_ns) },
	{ "net_ns", U64(process, net_ns) },
	{ "memory", PROC_ID(process, memory) },
	{ "flags", BITS(flags, process, flags) },
	{ "comm", STR(process, comm) },
	{ "cmdline", STR(process, cmdline) },
	{ "unit", STR(process, unit) },
	{},
};

static const struct record_row object_rows[] = {
	{ "object", WORD(object_classes, record_object, class), ALWAYS },
	{ "ns", U64(record_object, ns), ALWAYS },
	{ "id", U64(record_object, id), ALWAYS },
	{ "inode", BOOL(record_object, inode) },
	{},
};

static const struct record_row edge_rows[] = {
	{ "edge", WORD(edges, edge, kind), ALWAYS },
	{ "object", U32(edge, object), ALWAYS, .usual = NO_INDEX },
	{ "process", U32(edge, process), .usual = NO_INDEX },
	{ "other", U32(edge, other), .usual = NO_INDEX },
	{ "tid", PROC_ID(edge, tid) },
	{ "fd", PROC_ID(edge, fd), .usual = UINT64_MAX },
	{ "access", UNSIGNED(ACCESS_PATH * 2 - 1, edge, access) },
	{ "op", SIGNED(INT16_MIN, INT16_MAX, edge, op) },
	{ "address", U64(edge, address) },
	{ "offset", U64(edge, offset) },
	{ "length", U64(edge, length) },
	{},
};

static const struct record_row gap_rows[] = {
	{ "gap", WORD(parts, gap, part), ALWAYS },
	{ "errno", ERRNO(gap, err) },
	{ "pid", PROC_ID(gap, pid), ALWAYS },
	{ "uid", U32(gap, uid), ALWAYS },
	{ "ipc_ns", U64(gap, ipc_ns) },
	{},
};

static const struct record_row warning_rows[] = {
	{ "warning", WORD(parts, warning, part), ALWAYS },
	{ "errno", ERRNO(warning, err) },
	{ "count", U32(warning, count), ALWAYS },
	{ "unsupported", BOOL(warning, unsupported) },
	{ "what", STR(warning, what) },
	{},
};

static const struct record_row place_rows[] = {
	{ "place", STR(record_place, path), ALWAYS },
	{},
};

static const struct record_row namespace_rows[] = {
	{ "namespace", U64(namespace, ino), ALWAYS },
	{ "ns_id", U64(namespace, id) },
	{ "user_ns", U64(namespace, user_ns) },
	{ "owner", U32(namespace, owner), .usual = (uid_t)-1 },
	{ "errno", ERRNO(namespace, err) },
	{ "listed", BOOL(namespace, listed) },
	{ "mqueue_dev", U64(namespace, mqueue_dev) },
	{ "shm_dev", U64(namespace, shm_dev) },
	{ "runtime", STR(namespace, runtime) },
	{ "container", STR(namespace, container) },
	{ "called", STR(namespace, name) },
	{},
};

static const struct record_row keeper_rows[] = {
	{ "keeper", STR(keeper, how), ALWAYS },
	{ "of", U64(keeper, ns), ALWAYS },
	{},
};

static const struct record_row limit_rows[] = {
	{ "limit", WORD(limits, record_limit, limit), ALWAYS },
	{ "of", U64(record_limit, ns) },
	{ "known", BOOL(record_limit, value.known) },
	{ "absent", BOOL(record_limit, value.absent) },
	{ "has_used", BOOL(record_limit, value.has_used) },
	{ "max", U64(record_limit, value.max) },
	{ "used", U64(record_limit, value.used) },
	{},
};

static const struct record_row tally_rows[] = {
	{ "tally", U32(record_tally, process), ALWAYS },
	{ "parts", BITS(parts, record_tally, tally.known), ALWAYS },
	{ "fds", U32(record_tally, tally.fds) },
	{ "max_fds", U64(record_tally, tally.max_fds) },
	{ "max_queued", U64(record_tally, tally.max_queued) },
	{ "inotifies", U64(record_tally, tally.watched[WATCHED_INOTIFIES]) },
	{ "inotify_watches", U64(record_tally, tally.watched[WATCHED_BY_INOTIFY]) },
	{ "epoll_watches", U64(record_tally, tally.watched[WATCHED_BY_EPOLL]) },
	{ "inotifies_doubtful", U64(record_tally, tally.doubtful[WATCHED_INOTIFIES]) },
	{ "inotify_watches_doubtful", U64(record_tally, tally.doubtful[WATCHED_BY_INOTIFY]) },
	{ "epoll_watches_doubtful", U64(record_tally, tally.doubtful[WATCHED_BY_EPOLL]) },
	{ "inotifies_maybe", U64(record_tally, tally.maybe[WATCHED_INOTIFIES]) },
	{ "inotify_watches_maybe", U64(record_tally, tally.maybe[WATCHED_BY_INOTIFY]) },
	{ "epoll_watches_maybe", U64(record_tally, tally.maybe[WATCHED_BY_EPOLL]) },
	{},
};

static const struct record_row signal_rows[] = {
	{ "signals", U32(record_signals, process), ALWAYS },
	{ "compared", BOOL(record_signals, compared) },
	{ "pending_process", BITS(signals, record_signals, signals.set[SIGNALS_PENDING_PROCESS]) },
	{ "pending_thread", BITS(signals, record_signals, signals.set[SIGNALS_PENDING_THREAD]) },
	{ "blocked", BITS(signals, record_signals, signals.set[SIGNALS_BLOCKED]) },
	{ "ignored", BITS(signals, record_signals, signals.set[SIGNALS_IGNORED]) },
	{ "caught", BITS(signals, record_signals, signals.set[SIGNALS_CAUGHT]) },
	{ "queue", U64(record_signals, signals.queued) },
	{ "queue_limit", U64(record_signals, signals.max_queued) },
	{},
};

static const struct record_row thread_rows[] = {
	{ "thread", U32(record_thread, process), ALWAYS },
	{ "tid", PROC_ID(record_thread, thread.tid), ALWAYS },
	{ "own_fds", BOOL(record_thread, thread.own_fds) },
#define THREAD_NS(id, name, key)	{ key, U64(record_thread, thread.ns[THREAD_NS_##id]) },
#include "ipcscope/thread_ns.def"
#undef THREAD_NS
	{ "pending", BITS(signals, record_thread, thread.pending) },
	{ "blocked", BITS(signals, record_thread, thread.blocked) },
	{ "comm", STR(record_thread, thread.comm) },
	{},
};

const struct record_kind record_kinds[NR_LINES] = {
	[LINE_NAME] = { "name", name_rows },
	[LINE_PROCESS] = { "process", process_rows },
	[LINE_OBJECT] = { "object", object_rows },
	[LINE_EDGE] = { "edge", edge_rows },
	[LINE_GAP] = { "gap", gap_rows },
	[LINE_WARNING] = { "warning", warning_rows },
	[LINE_PLACE] = { "place", place_rows },
	[LINE_LIMIT] = { "limit", limit_rows },
	[LINE_TALLY] = { "tally", tally_rows },
	[LINE_NAMESPACE] = { "namespace", namespace_rows },
	[LINE_KEEPER] = { "keeper", keeper_rows },
	[LINE_SIGNALS] = { "signals", signal_rows },
	[LINE_THREAD] = { "thread", thread_rows },
	[LINE_HEAD] = { "ipcscope", head_rows },
	[LINE_CLASS] = { "class", class_rows },
};

struct record_row record_field(enum field_id field)
{
	static const struct record_row of_type[] = {
		[TYPE_KEY]  = { .max = UINT32_MAX },
		[TYPE_UID]  = { .max = UINT32_MAX },
		[TYPE_GID]  = { .max = UINT32_MAX },
		[TYPE_PID]  = { .max = INT_MAX },
		[TYPE_MODE] = { .max = 0177777 },
		[TYPE_TIME] = { .type = RECORD_SIGNED, .min = -MAX_TIME, .max = MAX_TIME },
		[TYPE_STR]  = { .type = RECORD_STR },
		[TYPE_NAMES] = { .type = RECORD_STR },
		[TYPE_LIST] = { .type = RECORD_STR },
		[TYPE_REFS] = { .type = RECORD_STR },
		[TYPE_WORD] = { .type = RECORD_TEXT },
		[TYPE_SEMS] = { .type = RECORD_SEMS },
		[TYPE_PROC] = {},
	};
	struct record_row row = of_type[fields[field].type];

	row.key = fields[field].name;
	row.size = sizeof(uint64_t);
	row.always = true;
	row.max = row.max ?: UINT64_MAX;
	if (field == FIELD_FLAGS) {
		row.type = RECORD_BITS;
		row.words = &states;
	}
	return row;
}
