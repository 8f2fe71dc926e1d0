// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel's errors mean where something is made: shmget(2), semget(2),
 * msgget(2), mq_open(3); the limits as this IPC namespace has them.
 */
#include <errno.h>
#include <string.h>

#include "explain.h"
#include "ipcscope/num.h"
#include "ipcscope/text.h"

bool explain_limit(const struct explaining *ex, const char *name,
		   unsigned int nr, uint64_t *num)
{
	struct buf path = {}, text = {};
	const char *at;
	bool known;

	buf_printf(&path, "/proc/sys/%s", name);
	known = !ex->host->ops->read_file(ex->host, NULL, path.data, &text);
	at = text.data;
	for (; known; nr--) {
		at += strspn(at, " \t");
		known = num_u64(&at, num);
		if (!nr)
			break;
	}
	buf_free(&path);
	buf_free(&text);
	return known;
}

void explain_use(const struct explaining *ex, const char *limit,
		 uint64_t used, uint64_t most, const char *what)
{
	buf_printf(ex->to, "%s: ", limit);
	num_grouped(ex->to, used);
	buf_puts(ex->to, " of ");
	num_grouped(ex->to, most);
	buf_printf(ex->to, " %s", what);
}

void explain_above(const struct explaining *ex, const char *what,
		   uint64_t num, const char *limit, uint64_t most)
{
	buf_printf(ex->to, "%s ", what);
	num_grouped(ex->to, num);
	buf_printf(ex->to, " is above %s, which is ", limit);
	num_grouped(ex->to, most);
}

void explain_owner(const struct explaining *ex, uid_t uid)
{
	buf_puts(ex->to, " of ");
	host_put_name(ex->host, false, uid, ex->to);
}

static bool no_msg_space(const struct explaining *ex)
{
	buf_puts(ex->to, ex->making->class == CLASS_msg ?
		 "its messages do not fit in qbytes" :
		 "its messages are more than maxmsg");
	return true;
}

static bool long_message(const struct explaining *ex)
{
	uint64_t most;

	if (ex->making->class == CLASS_pmsg) {
		buf_puts(ex->to, "a message is longer than msgsize, which is ");
		num_grouped(ex->to, ex->making->mq.msgsize);
		return true;
	}
	if (!explain_limit(ex, "kernel/msgmax", 0, &most))
		return false;
	buf_puts(ex->to, "a message is longer than kernel.msgmax, which is ");
	num_grouped(ex->to, most);
	return true;
}

static bool not_allowed(const struct explaining *ex)
{
	unsigned int lost = ex->making->lost;
	uint64_t most;

	if (lost & LOST_LIMIT && explain_limit(ex, "kernel/msgmnb", 0, &most)) {
		explain_above(ex, "qbytes", ex->making->st.qbytes,
			      "kernel.msgmnb", most);
		buf_puts(ex->to, ": that needs CAP_SYS_RESOURCE");
		return true;
	}
	if (lost & LOST_OWNER) {
		buf_puts(ex->to, "giving it to another owner or group needs CAP_CHOWN");
		return true;
	}
	return false;
}

static bool no_memory(const struct explaining *ex)
{
	(void)ex;
	buf_puts(ex->to, "not enough memory (or more than may be promised: vm.overcommit_memory)");
	return true;
}

static bool no_directory(const struct explaining *ex)
{
	const char *slash = strrchr(ex->making->path, '/');

	if (ex->making->step != MAKE_PLACE)
		return false;
	buf_puts(ex->to, "its directory ");
	text_escape(ex->to, ex->making->path,
		    slash > ex->making->path ?
		    (size_t)(slash - ex->making->path) : 1);
	buf_printf(ex->to, ": %s", strerror(-ex->err));
	return true;
}

#define FILES	(A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(fifo))
#define SYSV	(A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg))

static const struct {
	uint64_t classes;
	enum make_step step;
	int err;
	explain_fn *explain;
} causes[] = {
	{ A_CLASS(shm),		MAKE_CREATE, -ENOSPC, explain_segment_room },
	{ A_CLASS(sem),		MAKE_CREATE, -ENOSPC, explain_set_room },
	{ A_CLASS(msg),		MAKE_CREATE, -ENOSPC, explain_queue_room },
	{ A_CLASS(shm),		MAKE_CREATE, -EINVAL, explain_segment },
	{ A_CLASS(sem),		MAKE_CREATE, -EINVAL, explain_set },
	{ SYSV,			MAKE_CREATE, -EEXIST, explain_key_taken },
	{ SYSV,			MAKE_CREATE, -ENOMEM, no_memory },
	{ A_CLASS(msg),		MAKE_FILL,   -EAGAIN, no_msg_space },
	{ A_CLASS(msg),		MAKE_FILL,   -EINVAL, long_message },
	{ A_CLASS(pmsg),	MAKE_CREATE, -EEXIST, explain_name_taken },
	{ A_CLASS(pmsg),	MAKE_CREATE, -ENOSPC, explain_pmsg_room },
	{ A_CLASS(pmsg),	MAKE_CREATE, -EMFILE, explain_pmsg_bytes },
	{ A_CLASS(pmsg),	MAKE_CREATE, -EINVAL, explain_pmsg },
	{ A_CLASS(pmsg),	MAKE_FILL,   -EAGAIN, no_msg_space },
	{ A_CLASS(pmsg),	MAKE_FILL,   -EMSGSIZE, long_message },
	{ FILES,		MAKE_CREATE, -EEXIST, explain_name_taken },
	{ FILES,		MAKE_FINISH, -EEXIST, explain_name_taken },
	{ FILES,		MAKE_CREATE, -ENOSPC, explain_file_room },
	{ FILES,		MAKE_FILL,   -ENOSPC, explain_file_room },
};

void make_explain(struct buf *to, const struct host *host,
		  const struct making *making, int err)
{
	const struct explaining ex = { to, host, making, err };
	size_t i;

	if (making->step == MAKE_PLACE && making->path && no_directory(&ex))
		return;
	if (err == -EPERM && not_allowed(&ex))
		return;
	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		if (causes[i].classes >> making->class & 1 &&
		    causes[i].step == making->step && causes[i].err == err &&
		    causes[i].explain(&ex))
			return;
	}
	buf_puts(to, strerror(-err));
}
