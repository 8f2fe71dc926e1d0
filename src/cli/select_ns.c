// SPDX-License-Identifier: GPL-2.0-or-later
/* Which IPC namespaces are meant: --all-ns, --ns and what REFs have behind an @. */
#include "session.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "ipcscope/text.h"

#define ALL	"IPC namespaces: ipcscope ns"

static const struct {
	unsigned int type;
	const char *word;
} select_ns_types[] = {
	{ CLONE_NEWNET, "a network" }, { CLONE_NEWNS, "a mount" }, { CLONE_NEWPID, "a PID" },
	{ CLONE_NEWUTS, "a UTS" }, { CLONE_NEWUSER, "a user" }, { CLONE_NEWCGROUP, "a cgroup" },
	{ 0x80, "a time" },
};

static int select_ns_of_path(const struct host *host, const char *path, uint64_t *ino)
{
	struct host_ns ns;
	int err = host->ops->open_ipc_ns(host, 0, NULL, path, &ns);
	size_t i;

	*ino = ns.ino;
	for (i = 0; err == -EINVAL && i < ARRAY_SIZE(select_ns_types); i++) {
		if (ns.type == select_ns_types[i].type) {
			complain("%s is %s namespace; " ALL, path, select_ns_types[i].word);
			return STATUS_FAILED;
		}
	}
	if (err)
		complain("%s: %s", path, err == -EINVAL ? "no namespace" : strerror(-err));
	return err ? STATUS_FAILED : STATUS_OK;
}

static int select_ns_of_pid(const struct host *host, uint64_t pid, uint64_t *ino)
{
	char path[48], link[64] = "";
	const char *at;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%llu/ns/ipc", (unsigned long long)pid);
	len = host->ops->read_link(host, NULL, path, link, sizeof(link) - 1);
	at = strchr(link, '[');
	if (len > 0 && at && at++ && num_u64(&at, ino))
		return STATUS_OK;
	if (len == -ENOENT)
		complain("--ns: there is no process %llu", (unsigned long long)pid);
	else
		complain("--ns: the namespace of process %llu cannot be read: %s",
			 (unsigned long long)pid, strerror(len < 0 ? (int)-len : EINVAL));
	return STATUS_FAILED;
}

/* @word: a process, an inode or a path. */
static int select_ns_resolve(const struct picture *picture, const char *word, uint64_t *ino)
{
	const struct host *host = picture->host;

	if (strchr(word, '/')) {
		if (host)
			return select_ns_of_path(host, word, ino);
		return misused("--ns %s: with --from it takes a process or an inode", word);
	}
	if (!num_parse(word, ino) || !*ino)
		return misused("--ns takes a process, an inode or a path, not '%s'", word);
	/* Of a file, that is told when it is read. */
	return *ino >= LEAST_NS || !host ? STATUS_OK : select_ns_of_pid(host, *ino, ino);
}

int select_ns_ask(struct selection *sel, struct picture *picture)
{
	const struct request *req = picture->req;
	struct query *query = &picture->query;
	const char *const *word;
	struct ref_use *use;
	const uint64_t *ns;
	uint64_t ino = 0;
	int status;

	sel->all_nss = asked(req, OPTION_ALL_NS);
	if (asked(req, OPTION_NS) && sel->all_nss)
		return misused("--ns and --all-ns do not go together");
	vec_for_each(word, &req->option[OPTION_NS].words) {
		status = select_ns_resolve(picture, *word, &ino);
		if (status)
			return status;
		*vec_add(&sel->nss) = ino;
	}
	vec_for_each(ns, &sel->nss)
		*vec_add(&sel->read_nss) = *ns;
	vec_for_each(use, &sel->refs) {
		use->ref.any_ns = !use->ref.ns && (sel->all_nss || sel->nss.nr);
		if (use->ref.ns >= LEAST_NS)
			*vec_add(&sel->read_nss) = use->ref.ns;
	}
	query->all_nss |= sel->all_nss;
	query->nss = sel->read_nss.at;
	query->nr_nss = sel->read_nss.nr;
	return STATUS_OK;
}

const char *select_ns_other(const struct snapshot *snap, uint64_t ino)
{
	const struct process *proc;

	vec_for_each(proc, &snap->processes) {
		if (proc->net_ns == ino)
			return select_ns_types[0].word;
	}
	return ino == snap->host.net_ns ? select_ns_types[0].word :
	       ino == snap->host.mnt_ns ? select_ns_types[1].word :
	       ino == snap->host.pid_ns ? select_ns_types[2].word : NULL;
}

int select_ns_check(const struct selection *sel, struct picture *picture)
{
	const struct snapshot *snap = &picture->snap;
	const char *other;
	uint32_t process;
	uint64_t *ns;

	vec_for_each(ns, &sel->nss) {
		if (*ns < LEAST_NS) {
			process = snapshot_find_pid(snap, (pid_t)*ns);
			*ns = process == NO_INDEX ? 0 : snap->processes.at[process].ipc_ns;
		}
		if (*ns == snap->host.ipc_ns || snapshot_namespace(snap, *ns))
			continue;
		other = select_ns_other(snap, *ns);
		if (other)
			complain("%llu is %s namespace; " ALL, (unsigned long long)*ns, other);
		else
			complain("there is no IPC namespace %llu%s; " ALL, (unsigned long long)*ns,
				 picture->host ? "" : " in this snapshot");
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

static bool select_ns_is_used_in(const struct snapshot *snap, const struct object *obj,
				 uint64_t ns)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge->process != NO_INDEX && snap->processes.at[edge->process].ipc_ns == ns)
			return true;
	}
	return false;
}

bool select_ns_means(const struct selection *sel, const struct snapshot *snap,
		     const struct object *obj)
{
	const uint64_t ns = object_ipc_ns(snap, obj);
	const struct namespace *of;
	const uint64_t *meant;

	if (sel->all_nss)
		return true;
	of = snapshot_namespace(snap, ns);
	/* Of the others those are found that somebody uses. */
	if (!sel->nss.nr)
		return !of || !of->listed || obj->nr_edges || ns == snap->host.ipc_ns;
	vec_for_each(meant, &sel->nss) {
		of = snapshot_namespace(snap, *meant);
		if (ns ? ns == *meant :
		    (of && of->shm_dev && obj->key.space == SPACE_INODE &&
		     obj->key.ns == of->shm_dev) || select_ns_is_used_in(snap, obj, *meant))
			return true;
	}
	return false;
}

void select_ns_tell(struct picture *picture, const struct rows *rows, bool exact)
{
	struct snapshot *snap = &picture->snap;
	uint64_t first = 0;
	const uint32_t *row;

	snap->tells_ns = exact;
	vec_for_each(row, rows) {
		const uint64_t ns = object_ipc_ns(snap, &snap->objects.at[*row]);

		first = first ?: ns;
		snap->tells_ns |= ns && ns != first;
	}
}
