// SPDX-License-Identifier: GPL-2.0-or-later
/* What this run can and cannot know, and what removes IPC behind one's back. */
#include <errno.h>
#include <string.h>

#include "ipcscope/gaps.h"
#include "ipcscope/json.h"
#include "ipcscope/text.h"
#include "doctor.h"

static const char *const words[] = {
	[FINE] = "ok", [NOTE] = "note", [LACKS] = "lacks",
};

static session_fn doctor_plan, doctor_analyse, doctor_print;
static void doctor_close(struct session *session);

const struct command command_doctor = {
	.name	 = "doctor",
	.args	 = "",
	.help	 = "what a run as this user can know here, and what not",
	.details = "Looks once at everything and says what was missing and why: "
		"capabilities, hidden processes, namespaces, an unmounted "
		"/dev/mqueue, an old kernel; and what removes IPC objects behind "
		"one's back: logind's RemoveIPC, kernel.shm_rmid_forced. State is "
		"ok, note, or lacks where something cannot be seen.",
	.examples = {
		{ "ipcscope doctor", "as this user, on this kernel" },
		{ "sudo ipcscope doctor", "as root" },
	},
	.takes	 = {
		TAKES(JSON), TAKES(NO_HEADING), TAKES(COLOR), TAKES(THREADS),
		TAKES(NO_PROGRESS),
	},
	.more	 = true,
	.size	 = sizeof(struct doctor),
	.plan	 = doctor_plan,
	.analyse = doctor_analyse,
	.print	 = doctor_print,
	.close	 = doctor_close,
};

void doctor_say(struct doctor *doctor, enum state_of state, const char *what,
		const char *text)
{
	*vec_add(&doctor->checks) = (struct doctor_check){
		state, what, arena_str(&doctor->session.arena, text, strlen(text)),
	};
}

static void doctor_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct doctor *doctor = sheet->arg;
	const struct doctor_check *check = &doctor->checks.at[row];

	buf_puts(cells->text, words[check->state]);
	cells_end(cells, check->state == FINE ? NULL : "33");
	cells_text(cells, check->what);
	cells_text(cells, check->says->data);
}

static void doctor_json(struct json *json, const struct sheet *sheet, uint32_t row)
{
	const struct doctor *doctor = sheet->arg;
	const struct doctor_check *check = &doctor->checks.at[row];

	json_text(json, "check", check->what);
	json_text(json, "state", words[check->state]);
	json_str(json, "says", check->says->data, check->says->len);
}

/* ---- who looks ---- */

/* include/uapi/linux/capability.h */
static const struct {
	unsigned int bit;
	const char *name;
	const char *without;
} capabilities[] = {
	{ 19, "CAP_SYS_PTRACE", "descriptors and mappings of other users are not seen: run as root" },
	{ 21, "CAP_SYS_ADMIN", "queues only where /dev/mqueue is mounted; sockets of other network namespaces are not listed: run as root" },
	{ 2, "CAP_DAC_READ_SEARCH", "values of semaphores in files of others, and paths in their directories, are not seen: run as root" },
	{ 15, "CAP_IPC_OWNER", "values of semaphores that others made are not seen: run as root" },
};

/* user:[4026531837] is PROC_USER_INIT_INO, include/linux/proc_ns.h. */
static void doctor_check_user_ns(struct doctor *doctor, struct buf *text)
{
	const struct host *host = doctor->session.picture.host;
	char link[64];
	ssize_t len = host->ops->read_link(host, NULL, "/proc/self/ns/user", link, sizeof(link) - 1);

	link[len > 0 ? len : 0] = '\0';
	if (len > 0 && strcmp(link, "user:[4026531837]") != 0)
		doctor_say(doctor, NOTE, "user namespace", "not the first: capabilities end at its "
			   "border, processes outside it are not read: run outside it");
}

/* Calls and memory, not descriptors and mappings, are what Yama keeps: security/yama. */
static void doctor_check_yama(struct doctor *doctor, struct buf *text)
{
	const struct host *host = doctor->session.picture.host;
	int err = host->ops->read_file(host, NULL, "/proc/sys/kernel/yama/ptrace_scope", text);
	char scope = !err && text->len ? *text->data : '0';

	if (scope == '3')
		doctor_say(doctor, LACKS, "yama", "kernel.yama.ptrace_scope is 3: who waits is not "
			   "seen, not even by root, until the machine is started again without it");
	else if (scope != '0' && !doctor->traces)
		doctor_say(doctor, LACKS, "yama", "kernel.yama.ptrace_scope is not 0: who waits is "
			   "not seen: run as root, or with CAP_SYS_PTRACE");
}

static void doctor_check_capabilities(struct doctor *doctor)
{
	const struct host *host = doctor->session.picture.host;
	struct buf text = {};
	const char *at = NULL;
	uint64_t mask;
	bool known;
	size_t i;

	if (host->ops->read_file(host, NULL, "/proc/self/status", &text) >= 0)
		at = strstr(text.data, "\nCapEff:\t");
	if (at)
		at += strlen("\nCapEff:\t");
	known = at && num_hex(&at, &mask);
	if (!known)
		doctor_say(doctor, LACKS, "capabilities", "/proc/self/status cannot be read");
	for (i = 0; known && i < ARRAY_SIZE(capabilities); i++) {
		bool has = mask >> capabilities[i].bit & 1;

		doctor_say(doctor, has ? FINE : LACKS, capabilities[i].name,
			   has ? "" : capabilities[i].without);
	}
	doctor->traces = known && mask >> capabilities[0].bit & 1;
	doctor_check_user_ns(doctor, &text);
	doctor_check_yama(doctor, &text);
	buf_free(&text);
}

static int doctor_compare_pids(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void doctor_check_processes(struct doctor *doctor)
{
	const struct snapshot *snap = &doctor->session.picture.snap;
	const struct host *host = doctor->session.picture.host;
	const struct warning *warning;
	struct VEC(pid_t) pids = {};
	struct buf text = {};
	struct host_stat st;
	const struct gap *gap;
	bool said = false;
	pid_t first = 0;
	uint32_t i, nr = 0;

	/* Processes of which anything could not be read. */
	vec_for_each(gap, &snap->gaps) {
		if (gap->part != PART_PROCS || gap->err != EBUSY)
			*vec_add(&pids) = gap->pid;
	}
	if (pids.nr)
		qsort(pids.at, pids.nr, sizeof(pids.at[0]), doctor_compare_pids);
	for (i = 0; i < pids.nr; i++)
		nr += !i || pids.at[i] != pids.at[i - 1];
	first = pids.nr ? pids.at[0] : 0;
	vec_free(&pids);

	vec_for_each(warning, &snap->warnings) {
		const char *why = warning->err ? strerror(warning->err) : NULL;
		const char *help = warning_help(warning);

		if (warning->part == PART_PROCS && warning->err == EBUSY) {
			buf_reset(&text);
			buf_printf(&text, "%u ending, not at its end, %d is one: what it has open is not seen: %s",
				   warning->count, (int)warning->first, help);
			doctor_say(doctor, LACKS, "processes", text.data);
			said = true;
		}
		if (warning->unsupported || warning->first || !warning->what ||
		    warning->part == PART_MQUEUE)
			continue;
		buf_reset(&text);
		text_escape(&text, warning->what->data, warning->what->len);
		buf_printf(&text, "%s%s", why ? ": " : "", why ?: "");
		if (help && warning_gap(warning) == NR_GAPS)
			buf_printf(&text, ": %s", help);
		doctor_say(doctor, LACKS, part_infos[warning->part].what, text.data);
		said |= warning->part == PART_PROCS;
	}
	buf_reset(&text);
	if (host->ops->stat(host, NULL, "/proc/sys", 0, &st))
		doctor_say(doctor, LACKS, "/proc",
			   "without sysctls (subset=pid?): limits, the time of the start and the memory of segments are not seen; mount one with them");
	else
		doctor_say(doctor, FINE, "/proc", "");
	if (nr)
		buf_printf(&text, "%u could not be read, %d is one: what they use is not seen: %s",
			   nr, (int)first, !doctor->traces ?
			   part_infos[PART_PROCS].help :
			   "root is refused, too, by a security module or a user namespace");
	if (nr || !said)
		doctor_say(doctor, nr ? LACKS : FINE, "processes", nr ? text.data : "");
	buf_free(&text);
}

/* System V objects and queues of another IPC namespace are not listed. */
static void doctor_check_ipc_nss(struct doctor *doctor)
{
	const struct snapshot *snap = &doctor->session.picture.snap;
	const struct host *host = doctor->session.picture.host;
	const struct process *proc, *first = NULL;
	struct VEC(uint64_t) nss = {};
	struct buf text = {};
	const uint64_t *ns;

	vec_for_each(proc, &snap->processes) {
		char link[64], path[32];
		const char *at = link + strlen("ipc:[");
		uint64_t ino;
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/%d/ns/ipc", (int)proc->pid);
		len = host->ops->read_link(host, NULL, path, link, sizeof(link) - 1);
		if (len <= (ssize_t)strlen("ipc:["))
			continue;
		link[len] = '\0';
		if (!num_u64(&at, &ino) || ino == snap->host.ipc_ns)
			continue;
		vec_for_each(ns, &nss) {
			if (*ns == ino)
				break;
		}
		if (vec_stopped(ns, &nss))
			continue;
		*vec_add(&nss) = ino;
		first = first ?: proc;
	}
	if (first)
		buf_printf(&text, "objects of %u more IPC namespaces are not listed: "
			   "nsenter -i -t %d ipcscope list shows one", nss.nr, (int)first->pid);
	doctor_say(doctor, first ? NOTE : FINE, "IPC namespaces", first ? text.data : "");
	vec_free(&nss);
	buf_free(&text);
}

/* ---- the kernel ---- */

static const struct {
	unsigned int major, minor;
	const char *without;
} kernels[] = {
	{ 4, 17, "objects of others are listed by /proc/sysvipc alone" },
	{ 5, 2,	 "queues only where /dev/mqueue is mounted" },
	{ 6, 9,	 "pidfds cannot be told apart" },
	{ 6, 11, "mappings are read as text, which takes longer" },
};

static void doctor_check_release(struct doctor *doctor)
{
	const struct str *release = doctor->session.picture.snap.host.kernel;
	const char *at = release ? release->data : "";
	uint64_t major = 0, minor = 0;
	bool any = false;
	size_t i;

	if (!num_u64(&at, &major) || *at++ != '.' || !num_u64(&at, &minor)) {
		doctor_say(doctor, NOTE, "kernel", "its release is not understood");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct buf text = {};

		if (major > kernels[i].major || (major == kernels[i].major &&
						 minor >= kernels[i].minor))
			continue;
		any = true;
		buf_printf(&text, "older than %u.%u: %s", kernels[i].major,
			   kernels[i].minor, kernels[i].without);
		doctor_say(doctor, NOTE, "kernel", text.data);
		buf_free(&text);
	}
	if (!any)
		doctor_say(doctor, FINE, "kernel", "");
}

static void doctor_check_kernel(struct doctor *doctor)
{
	const struct host *host = doctor->session.picture.host;
	const struct warning *warning;
	struct host_dir dir;
	struct buf text = {};
	bool lacks, forced;
	int err;

	err = host->ops->open_mqueues(host, &dir);
	if (!err)
		host->ops->close_dir(&dir);
	lacks = err && err != -ENOSYS;
	doctor_say(doctor, lacks ? LACKS : FINE, "message queues", !lacks ? "" :
		   "/dev/mqueue is not mounted here: only queues that somebody has open are seen: run as root, or mount -t mqueue none /dev/mqueue");
	doctor_check_release(doctor);
	vec_for_each(warning, &doctor->session.picture.snap.warnings) {
		if (warning->unsupported)
			doctor_say(doctor, NOTE, part_infos[warning->part].name,
				   "this kernel does not have it");
	}
	forced = host->ops->read_file(host, NULL, "/proc/sys/kernel/shm_rmid_forced",
				      &text) >= 0 && text.len && *text.data == '1';
	doctor_say(doctor, forced ? NOTE : FINE, "shm_rmid_forced", !forced ? "" :
		   "segments without attachment are removed by the kernel when their creator ends");
	buf_free(&text);
}

static int doctor_plan(struct session *session)
{
	struct query *query = &session->picture.query;

	query->classes = ALL_CLASSES;
	query_add_field(query, FIELD_UID);
	query_add_field(query, FIELD_OWNER);
	query_add_field(query, FIELD_USERS);
	return 0;
}

static int doctor_analyse(struct session *session)
{
	struct doctor *doctor = session_of(session, struct doctor, session);

	doctor_check_capabilities(doctor);
	doctor_check_processes(doctor);
	doctor_check_ipc_nss(doctor);
	doctor_check_kernel(doctor);
	doctor_check_logind(doctor);
	return 0;
}

static int doctor_print(struct session *session)
{
	static const struct column columns[] = {
		{ "STATE", ALIGN_LEFT, 0 }, { "CHECK", ALIGN_LEFT, 0 },
		{ "WHAT IT MEANS", ALIGN_WRAP, 0 },
	};
	const struct doctor *doctor = session_of(session, struct doctor, session);
	const struct sheet sheet = {
		.name = "checks", .columns = columns,
		.nr_columns = ARRAY_SIZE(columns), .nr = doctor->checks.nr,
		.row = doctor_row, .json = doctor_json,
		.snap = &session->picture.snap, .arg = doctor,
	};

	render_sheet(&session->out, &session->view, &sheet);
	return 0;
}

static void doctor_close(struct session *session)
{
	vec_free(&session_of(session, struct doctor, session)->checks);
}
