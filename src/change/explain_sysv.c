// SPDX-License-Identifier: GPL-2.0-or-later
/* shmget(2), semget(2), msgget(2). */
#include "explain.h"
#include "ipcscope/num.h"

static uint64_t pages_of(const struct explaining *ex, uint64_t bytes)
{
	struct buf hostname = {}, kernel = {};
	uint32_t ticks, page = 4096;
	uid_t uid;
	pid_t pid;

	ex->host->ops->identity(ex->host, &hostname, &kernel, &uid, &pid,
				&ticks, &page);
	buf_free(&hostname);
	buf_free(&kernel);
	return bytes / page + !!(bytes % page);
}

/* How many objects there are, and their pages or semaphores in all. */
static bool count_sysv(const struct explaining *ex, enum sysv_kind kind,
		       uint64_t *objects, uint64_t *sum)
{
	uint32_t used;
	int max, i;

	if (ex->host->ops->sysv_max(ex->host, kind, &max, &used))
		return false;
	*objects = used;
	*sum = 0;
	for (i = 0; i <= max; i++) {
		struct sysv_stat st;

		if (!ex->host->ops->sysv_stat(ex->host, kind, i, &st))
			*sum += kind == SYSV_SHM ? pages_of(ex, st.size) : st.nr;
	}
	return true;
}

bool explain_segment_room(const struct explaining *ex)
{
	uint64_t used, most, sum, all;

	if (!count_sysv(ex, SYSV_SHM, &used, &sum))
		return false;
	if (explain_limit(ex, "kernel/shmmni", 0, &most) && used >= most) {
		explain_use(ex, "kernel.shmmni", used, most, "segments exist");
		return true;
	}
	if (!explain_limit(ex, "kernel/shmall", 0, &all))
		return false;
	explain_use(ex, "kernel.shmall", sum, all, "pages are used, and it needs ");
	num_grouped(ex->to, pages_of(ex, ex->making->st.size));
	return true;
}

bool explain_set_room(const struct explaining *ex)
{
	uint64_t used, most, sum, all;

	if (!count_sysv(ex, SYSV_SEM, &used, &sum))
		return false;
	if (explain_limit(ex, "kernel/sem", 3, &most) && used >= most) {
		explain_use(ex, "semmni (kernel.sem[4])", used, most, "sets exist");
		return true;
	}
	if (!explain_limit(ex, "kernel/sem", 1, &all))
		return false;
	explain_use(ex, "semmns (kernel.sem[2])", sum, all,
		    "semaphores exist, and it needs ");
	num_grouped(ex->to, ex->making->st.nr);
	return true;
}

bool explain_queue_room(const struct explaining *ex)
{
	uint64_t used, most, sum;

	if (!count_sysv(ex, SYSV_MSG, &used, &sum) ||
	    !explain_limit(ex, "kernel/msgmni", 0, &most))
		return false;
	explain_use(ex, "kernel.msgmni", used, most, "queues exist");
	return true;
}

bool explain_segment(const struct explaining *ex)
{
	uint64_t size = ex->making->st.size, most;

	if (!size) {
		buf_puts(ex->to, "a segment has at least 1 byte (SHMMIN)");
		return true;
	}
	if (!explain_limit(ex, "kernel/shmmax", 0, &most))
		return false;
	if (size > most)
		explain_above(ex, "size", size, "kernel.shmmax", most);
	return size > most;
}

bool explain_set(const struct explaining *ex)
{
	uint64_t nr = ex->making->st.nr, most;

	if (!nr) {
		buf_puts(ex->to, "a set has at least 1 semaphore");
		return true;
	}
	if (!explain_limit(ex, "kernel/sem", 0, &most))
		return false;
	explain_above(ex, "the number of semaphores", nr, "semmsl (kernel.sem[1])",
		      most);
	return true;
}

bool explain_key_taken(const struct explaining *ex)
{
	enum sysv_kind kind = target_sysv_kind(ex->making->class);
	uint32_t used, key = ex->making->st.key;
	struct sysv_stat st;
	int max, i;

	if (ex->host->ops->sysv_max(ex->host, kind, &max, &used))
		return false;
	for (i = 0; i <= max; i++) {
		if (ex->host->ops->sysv_stat(ex->host, kind, i, &st) ||
		    st.key != key)
			continue;
		buf_printf(ex->to, "key 0x%08x is that of %s:%d", key,
			   class_infos[ex->making->class]->name, st.id);
		explain_owner(ex, st.uid);
		buf_printf(ex->to, ", mode 0%03o", st.mode & 0777);
		return true;
	}
	return false;
}
