// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel's errors mean where something is made: shmget(2), semget(2), msgget(2),
 * mq_open(3); the limits as this IPC namespace has them. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#include "ipcscope/text.h"

struct explaining {
	struct buf *to;
	const struct host *host;
	const struct making *making;
	int err;
};

/* The @nr-th number behind @label in a file. */
static bool explain_number(const struct explaining *ex, const char *path,
			   const char *label, unsigned int nr, uint64_t *num)
{
	struct buf text = {};
	const char *at = NULL;
	bool known;

	if (!ex->host->ops->read_file(ex->host, NULL, path, &text) && text.data)
		at = strstr(text.data, label);
	known = at;
	if (at)
		at += strlen(label);
	for (; known; nr--) {
		at += strspn(at, " \t");
		known = num_u64(&at, num);
		if (!nr)
			break;
	}
	buf_free(&text);
	return known;
}

/* "kernel.shmmni: 4,096 of 4,096 segments exist" */
static void explain_use(const struct explaining *ex, const char *limit,
			uint64_t used, uint64_t most, const char *what)
{
	buf_printf(ex->to, "%s: ", limit);
	num_grouped(ex->to, used);
	buf_puts(ex->to, " of ");
	num_grouped(ex->to, most);
	buf_printf(ex->to, " %s", what);
}

/* Whether @num is above the limit, and said so. */
static bool explain_above(const struct explaining *ex, const char *what,
			  uint64_t num, const char *limit, const char *file)
{
	uint64_t most;

	if (!explain_number(ex, file, "", 0, &most) || num <= most)
		return false;
	buf_printf(ex->to, "%s ", what);
	num_grouped(ex->to, num);
	buf_printf(ex->to, " is above %s, which is ", limit);
	num_grouped(ex->to, most);
	return true;
}

static bool explain_owner(const struct explaining *ex, uid_t uid, uint32_t mode)
{
	buf_puts(ex->to, " of ");
	host_put_name(ex->host, false, uid, ex->to);
	buf_printf(ex->to, ", mode 0%03o", mode & 0777);
	return true;
}

static uint64_t explain_pages(const struct explaining *ex, uint64_t bytes)
{
	struct buf hostname = {}, kernel = {};
	uint32_t ticks, page = 4096;
	uid_t uid;
	pid_t pid;

	ex->host->ops->identity(ex->host, &hostname, &kernel, &uid, &pid, &ticks, &page);
	buf_free(&hostname);
	buf_free(&kernel);
	return bytes / page + !!(bytes % page);
}

/* The limits of all objects of a kind together. */
static const struct explain_pool {
	const char *objects, *objects_file, *objects_what;
	unsigned int objects_nr;
	const char *parts, *parts_file, *parts_what;
	unsigned int parts_nr;
} explain_pools[] = {
	[SYSV_SHM] = { "kernel.shmmni", "/proc/sys/kernel/shmmni", "segments exist", 0,
		       "kernel.shmall", "/proc/sys/kernel/shmall",
		       "pages are used, and it needs ", 0 },
	[SYSV_SEM] = { "semmni (kernel.sem[4])", "/proc/sys/kernel/sem", "sets exist", 3,
		       "semmns (kernel.sem[2])", "/proc/sys/kernel/sem",
		       "semaphores exist, and it needs ", 1 },
	[SYSV_MSG] = { "kernel.msgmni", "/proc/sys/kernel/msgmni", "queues exist", 0,
		       NULL, NULL, NULL, 0 },
};

static bool explain_room(const struct explaining *ex)
{
	const enum sysv_kind kind = change_classes[ex->making->class]->kind;
	const struct explain_pool *pool = &explain_pools[kind];
	const struct sysv_stat *st = &ex->making->st;
	uint64_t most, sum = 0;
	struct sysv_stat other;
	uint32_t used;
	int max, i;

	if (ex->host->ops->sysv_max(ex->host, kind, &max, &used))
		return false;
	if (explain_number(ex, pool->objects_file, "", pool->objects_nr, &most) &&
	    (used >= most || !pool->parts)) {
		explain_use(ex, pool->objects, used, most, pool->objects_what);
		return true;
	}
	if (!pool->parts || !explain_number(ex, pool->parts_file, "", pool->parts_nr, &most))
		return false;
	for (i = 0; i <= max; i++) {
		if (!ex->host->ops->sysv_stat(ex->host, kind, i, &other))
			num_add(&sum, kind == SYSV_SHM ? explain_pages(ex, other.size) :
				other.nr);
	}
	explain_use(ex, pool->parts, sum, most, pool->parts_what);
	num_grouped(ex->to, kind == SYSV_SHM ? explain_pages(ex, st->size) : st->nr);
	return true;
}

static bool explain_segment(const struct explaining *ex)
{
	const uint64_t size = ex->making->st.size;

	if (size)
		return explain_above(ex, "size", size, "kernel.shmmax", "/proc/sys/kernel/shmmax");
	buf_puts(ex->to, "a segment has at least 1 byte (SHMMIN)");
	return true;
}

static bool explain_set(const struct explaining *ex)
{
	const uint64_t nr = ex->making->st.nr;

	if (nr)
		return explain_above(ex, "the number of semaphores", nr,
				     "semmsl (kernel.sem[1])", "/proc/sys/kernel/sem");
	buf_puts(ex->to, "a set has at least 1 semaphore");
	return true;
}

static bool explain_key_taken(const struct explaining *ex)
{
	const enum sysv_kind kind = change_classes[ex->making->class]->kind;
	const uint32_t key = ex->making->st.key;
	struct sysv_stat st;
	uint32_t used;
	int max, i;

	if (ex->host->ops->sysv_max(ex->host, kind, &max, &used))
		return false;
	for (i = 0; i <= max; i++) {
		if (ex->host->ops->sysv_stat(ex->host, kind, i, &st) || st.key != key)
			continue;
		buf_printf(ex->to, "key 0x%08x is that of %s:%d", key,
			   class_infos[ex->making->class]->name, st.id);
		return explain_owner(ex, st.uid, st.mode);
	}
	return false;
}

static bool explain_name_taken(const struct explaining *ex)
{
	struct present there;

	if (look_made(ex->making, &there)) {
		buf_puts(ex->to, "its name is taken");
		return true;
	}
	buf_printf(ex->to, "its name is that of a %s", change_classes[ex->making->class]->moved ?
		   text_file_type(there.file.mode) : "queue");
	return explain_owner(ex, there.file.uid, there.file.mode);
}

static bool explain_long_pmsg_message(const struct explaining *ex)
{
	buf_puts(ex->to, "a message is longer than msgsize, which is ");
	num_grouped(ex->to, ex->making->mq.msgsize);
	return true;
}

static bool explain_pmsg_bytes(const struct explaining *ex)
{
	const struct host_mq *mq = &ex->making->mq;
	uint64_t most;

	if (!explain_number(ex, "/proc/self/limits", "Max msgqueue size", 0, &most))
		return false;
	buf_puts(ex->to, "RLIMIT_MSGQUEUE: all queues of this user may take ");
	num_grouped(ex->to, most);
	buf_puts(ex->to, " bytes (ulimit -q), and it needs ");
	num_grouped(ex->to, mq->maxmsg * mq->msgsize);
	buf_puts(ex->to, " and some for each message");
	return true;
}

static bool explain_pmsg(const struct explaining *ex)
{
	const struct host_mq *mq = &ex->making->mq;

	return explain_above(ex, "maxmsg", mq->maxmsg, "fs.mqueue.msg_max",
			     "/proc/sys/fs/mqueue/msg_max") ||
	       explain_above(ex, "msgsize", mq->msgsize, "fs.mqueue.msgsize_max",
			     "/proc/sys/fs/mqueue/msgsize_max");
}

static bool explain_not_allowed(const struct explaining *ex)
{
	const unsigned int lost = ex->making->lost;

	if (lost & LOST_LIMIT &&
	    explain_above(ex, "qbytes", ex->making->st.qbytes, "kernel.msgmnb",
			  "/proc/sys/kernel/msgmnb"))
		buf_puts(ex->to, ": that needs CAP_SYS_RESOURCE");
	else if (lost & LOST_OWNER)
		buf_puts(ex->to, "giving it to another owner or group needs CAP_CHOWN");
	else
		return false;
	return true;
}

#define SHM_FILES	(A_CLASS(pshm) | A_CLASS(psem))
#define FILES		(SHM_FILES | A_CLASS(fifo))
#define SYSV		(A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg))
#define FULL_SHM	"/dev/shm is full, or has no inode left: unlinked objects count too"

#define LIMIT(classes, step, err, text, limit, rest) \
	{ classes, MAKE_##step, -err, NULL, text, limit, rest }
#define TEXT(classes, step, err, text)	LIMIT(classes, step, err, text, NULL, NULL)
#define CALL(classes, step, err, call) \
	{ classes, MAKE_##step, -err, call, NULL, NULL, NULL }

/* The first that says why counts: a text, with a limit and @rest behind it if there is one, or
 * a function. */
static const struct explain_cause {
	uint64_t classes;
	enum make_step step;
	int err;
	bool (*explain)(const struct explaining *ex);
	const char *text, *limit, *rest;
} explain_causes[] = {
	CALL(SYSV,	    CREATE, ENOSPC, explain_room),
	CALL(A_CLASS(shm),  CREATE, EINVAL, explain_segment),
	CALL(A_CLASS(sem),  CREATE, EINVAL, explain_set),
	CALL(SYSV,	    CREATE, EEXIST, explain_key_taken),
	TEXT(SYSV,	    CREATE, ENOMEM, "not enough memory (or more than may be promised: vm.overcommit_memory)"),
	TEXT(A_CLASS(msg),  FILL, EAGAIN, "its messages do not fit in qbytes"),
	LIMIT(A_CLASS(msg), FILL, EINVAL, "a message is longer than kernel.msgmax, which is ",
	      "/proc/sys/kernel/msgmax", ""),
	CALL(FILES,	    CREATE, EEXIST, explain_name_taken),
	CALL(FILES,	    FINISH, EEXIST, explain_name_taken),
	TEXT(SHM_FILES,	    CREATE, ENOSPC, FULL_SHM),
	TEXT(SHM_FILES,	    FILL, ENOSPC, FULL_SHM),
	TEXT(A_CLASS(fifo), CREATE, ENOSPC, "its file system has no space or inode left"),
	CALL(A_CLASS(pmsg), CREATE, EEXIST, explain_name_taken),
	LIMIT(A_CLASS(pmsg), CREATE, ENOSPC, "fs.mqueue.queues_max: ",
	      "/proc/sys/fs/mqueue/queues_max", " queues exist (more only with CAP_SYS_RESOURCE)"),
	CALL(A_CLASS(pmsg), CREATE, EMFILE, explain_pmsg_bytes),
	CALL(A_CLASS(pmsg), CREATE, EINVAL, explain_pmsg),
	TEXT(A_CLASS(pmsg), FILL, EAGAIN, "its messages are more than maxmsg"),
	CALL(A_CLASS(pmsg), FILL, EMSGSIZE, explain_long_pmsg_message),
};

void make_explain(struct buf *to, const struct host *host, const struct making *making, int err)
{
	const struct explaining ex = { to, host, making, err };
	const char *path = making->path, *slash = path ? strrchr(path, '/') : NULL;
	uint64_t most = 0;
	size_t i;

	if (making->step == MAKE_PLACE && path) {
		buf_puts(to, "its directory ");
		text_escape(to, path, slash > path ? (size_t)(slash - path) : 1);
		buf_printf(to, ": %s", text_error(err));
		return;
	}
	if (err == -EPERM && explain_not_allowed(&ex))
		return;
	for (i = 0; i < ARRAY_SIZE(explain_causes); i++) {
		const struct explain_cause *cause = &explain_causes[i];

		if (!(cause->classes >> making->class & 1) || cause->step != making->step ||
		    cause->err != err)
			continue;
		if (cause->explain) {
			if (cause->explain(&ex))
				return;
		} else if (!cause->limit || explain_number(&ex, cause->limit, "", 0, &most)) {
			buf_puts(to, cause->text);
			if (cause->limit) {
				num_grouped(to, most);
				buf_puts(to, cause->rest);
			}
			return;
		}
	}
	buf_puts(to, text_error(err));
}
