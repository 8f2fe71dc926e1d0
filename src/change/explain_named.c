// SPDX-License-Identifier: GPL-2.0-or-later
/* What has a name: mq_overview(7), shm_overview(7). */
#include <string.h>
#include <sys/stat.h>

#include "explain.h"
#include "ipcscope/num.h"

bool explain_name_taken(const struct explaining *ex)
{
	struct present there;
	const char *what;

	if (present_made(ex->making, &there)) {
		buf_puts(ex->to, "its name is taken");
		return true;
	}
	what = S_ISDIR(there.file.mode) ? "directory" :
	       S_ISFIFO(there.file.mode) ? "FIFO" :
	       S_ISLNK(there.file.mode) ? "symbolic link" :
	       ex->making->class == CLASS_pmsg ? "queue" : "file";
	buf_printf(ex->to, "its name is that of a %s", what);
	explain_owner(ex, there.file.uid);
	buf_printf(ex->to, ", mode 0%03o", there.file.mode & 0777);
	return true;
}

bool explain_pmsg_room(const struct explaining *ex)
{
	uint64_t most;

	if (!explain_limit(ex, "fs/mqueue/queues_max", 0, &most))
		return false;
	buf_puts(ex->to, "fs.mqueue.queues_max: ");
	num_grouped(ex->to, most);
	buf_puts(ex->to, " queues exist (more only with CAP_SYS_RESOURCE)");
	return true;
}

/* The second word of its line is the soft limit. */
static bool queue_bytes(const struct explaining *ex, uint64_t *most)
{
	struct buf text = {};
	const char *at = NULL;
	bool known = false;

	if (!ex->host->ops->read_file(ex->host, NULL, "/proc/self/limits",
				      &text))
		at = strstr(text.data, "Max msgqueue size");
	if (at) {
		at += strlen("Max msgqueue size");
		at += strspn(at, " ");
		known = num_u64(&at, most);
	}
	buf_free(&text);
	return known;
}

bool explain_pmsg_bytes(const struct explaining *ex)
{
	const struct host_mq *mq = &ex->making->mq;
	uint64_t most;

	if (!queue_bytes(ex, &most))
		return false;
	buf_puts(ex->to, "RLIMIT_MSGQUEUE: all queues of this user may take ");
	num_grouped(ex->to, most);
	buf_puts(ex->to, " bytes (ulimit -q), and it needs ");
	num_grouped(ex->to, mq->maxmsg * mq->msgsize);
	buf_puts(ex->to, " and some for each message");
	return true;
}

bool explain_pmsg(const struct explaining *ex)
{
	const struct host_mq *mq = &ex->making->mq;
	uint64_t most;

	if (explain_limit(ex, "fs/mqueue/msg_max", 0, &most) && mq->maxmsg > most) {
		explain_above(ex, "maxmsg", mq->maxmsg, "fs.mqueue.msg_max", most);
		return true;
	}
	if (explain_limit(ex, "fs/mqueue/msgsize_max", 0, &most) &&
	    mq->msgsize > most) {
		explain_above(ex, "msgsize", mq->msgsize, "fs.mqueue.msgsize_max",
			      most);
		return true;
	}
	return false;
}

bool explain_file_room(const struct explaining *ex)
{
	buf_puts(ex->to, ex->making->class == CLASS_fifo ?
		 "its file system has no space or inode left" :
		 "/dev/shm is full, or has no inode left: unlinked objects count too");
	return true;
}
