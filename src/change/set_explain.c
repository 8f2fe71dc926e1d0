// SPDX-License-Identifier: GPL-2.0-or-later
/* What a change does to others, and what it takes: shmctl(2), semctl(2),
 * msgctl(2), chown(2), chmod(2), capabilities(7). */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "set.h"

const char *change_effect(const struct change *change)
{
	switch (change->what) {
	case CHANGE_SEM:
		return "SEM_UNDO entries of all processes for it are cleared, who can go on is woken, ctime becomes now";
	case CHANGE_VALUE:
		return "by single steps, as its users do it: who can go on is woken";
	case CHANGE_QBYTES:
		return "who waits to send is woken, ctime becomes now";
	case CHANGE_LOCKED:
		return change->wanted ?
		       "its pages stay in memory, as they come to be used, and count against RLIMIT_MEMLOCK" :
		       "its pages can be swapped out again";
	default:
		return "who uses it now goes on, ctime becomes now";
	}
}

/* "only its owner (x) or creator (y) may, or CAP_SYS_ADMIN" */
static void put_owners(struct buf *to, const struct removal *rm,
		       const struct target *target, const char *capability)
{
	buf_puts(to, "only its owner (");
	host_put_name(rm->host, false, target->sysv.uid, to);
	buf_puts(to, ") or creator (");
	host_put_name(rm->host, false, target->sysv.cuid, to);
	buf_printf(to, ") may, or who has %s", capability);
}

static bool owns(const struct target *target)
{
	const uid_t uid = geteuid();

	return uid == target->sysv.uid || uid == target->sysv.cuid;
}

static void sysv_denied(struct buf *to, const struct removal *rm,
			const struct target *target,
			const struct change *failed)
{
	if (failed->what == CHANGE_SEM)
		buf_puts(to, "its mode does not let you write: that needs CAP_IPC_OWNER");
	else if (failed->what == CHANGE_LOCKED && owns(target))
		buf_puts(to, "RLIMIT_MEMLOCK (ulimit -l) is 0 for you: locking needs CAP_IPC_LOCK then");
	else if (failed->what == CHANGE_LOCKED)
		put_owners(to, rm, target, "CAP_IPC_LOCK");
	else if (failed->what == CHANGE_QBYTES && owns(target))
		buf_puts(to, "qbytes above kernel.msgmnb needs CAP_SYS_RESOURCE");
	else
		put_owners(to, rm, target, "CAP_SYS_ADMIN");
}

static void file_denied(struct buf *to, const struct removal *rm,
			const struct target *target,
			const struct change *failed, int err)
{
	if (failed->what == CHANGE_VALUE || err == -EACCES) {
		buf_puts(to, failed->what == CHANGE_VALUE ?
			 "its mode does not let you read and write: that needs CAP_DAC_OVERRIDE" :
			 "its mode does not let you open it: that needs CAP_DAC_OVERRIDE");
	} else if (failed->what == CHANGE_OWNER) {
		buf_puts(to, "giving it to another owner needs CAP_CHOWN");
	} else if (failed->what == CHANGE_GROUP) {
		buf_puts(to, "only its owner (");
		host_put_name(rm->host, false, target->file.uid, to);
		buf_puts(to, ") may give it to a group, and only to one of his own; all else needs CAP_CHOWN");
	} else {
		buf_puts(to, "only its owner (");
		host_put_name(rm->host, false, target->file.uid, to);
		buf_puts(to, ") may, or who has CAP_FOWNER");
	}
}

void change_explain(struct buf *to, const struct removal *rm,
		    const struct target *target, const struct change *failed,
		    int err)
{
	if (err == -ENOENT || err == -EINVAL || err == -EIDRM)
		buf_puts(to, "it is gone");
	else if (err == -ESTALE)
		buf_puts(to, "it was changed or replaced meanwhile");
	else if (failed && (err == -EPERM || err == -EACCES) &&
		 target_is_sysv(target))
		sysv_denied(to, rm, target, failed);
	else if (failed && (err == -EPERM || err == -EACCES))
		file_denied(to, rm, target, failed, err);
	else if (failed && err == -ENOMEM && failed->what == CHANGE_LOCKED)
		buf_puts(to, "more than RLIMIT_MEMLOCK (ulimit -l) lets you lock: that needs CAP_IPC_LOCK");
	else if (err == -E2BIG)
		buf_puts(to, "that is more than 500,000 steps away");
	else if (err == -EBADMSG)
		buf_puts(to, "it is shorter than a semaphore");
	else
		buf_puts(to, strerror(-err));
}
