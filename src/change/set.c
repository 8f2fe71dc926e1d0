// SPDX-License-Identifier: GPL-2.0-or-later
/* Setting what may be set of an object: what it is now, the deed, and why it may not be:
 * shmctl(2), semctl(2), msgctl(2), chown(2), chmod(2), capabilities(7). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "ipcscope/text.h"

void change_query(struct query *query)
{
	static const enum field_id needed[] = {
		FIELD_KEY, FIELD_NAME, FIELD_PATH, FIELD_UID, FIELD_OWNER,
		FIELD_GID, FIELD_CUID, FIELD_CGID, FIELD_MODE, FIELD_SIZE,
		FIELD_NSEMS, FIELD_QBYTES, FIELD_CPID, FIELD_CTIME,
		FIELD_BTIME,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(needed); i++)
		query_add_field(query, needed[i]);
}

/* The value of one thing; whether it is known. */
static bool set_read_one(const struct removal *rm, const struct target *target,
			 const struct present *now, const struct change *change, uint64_t *num)
{
	const struct host *host = rm->host;
	const bool sysv = target_is_sysv(target);
	uint16_t *values;
	uint32_t value;
	bool known;

	switch (change->what) {
	case CHANGE_OWNER:
		*num = sysv ? now->st.uid : now->file.uid;
		return true;
	case CHANGE_GROUP:
		*num = sysv ? now->st.gid : now->file.gid;
		return true;
	case CHANGE_MODE:
		*num = (sysv ? now->st.mode : now->file.mode) & 0777;
		return true;
	case CHANGE_QBYTES:
		*num = now->st.qbytes;
		return true;
	case CHANGE_LOCKED:
		*num = !!(now->st.mode & HOST_SHM_LOCKED);
		return true;
	case CHANGE_SEM:
		values = mem_zero(target->sysv.nr + 1, sizeof(*values));
		known = change->index < target->sysv.nr &&
			!host->ops->sem_values(host, target->sysv.id, target->sysv.nr, values);
		if (known)
			*num = values[change->index];
		free(values);
		return known;
	case CHANGE_VALUE:
		known = host->ops->peek(host, NULL, target->path->data, &value,
					sizeof(value)) == sizeof(value);
		if (known)
			*num = value;
		return known;
	case NR_CHANGES:
		break;
	}
	return false;
}

static int set_look(const struct removal *rm, const struct target *target,
		    struct changes *changes)
{
	struct present now;
	struct change *change;
	int ret = look_target(rm, target, &now);

	if (ret)
		return ret;
	if (!target_class(target)->family->is_same(target, &now))
		return -ESTALE;
	vec_for_each(change, changes)
		change->knows_before = set_read_one(rm, target, &now, change, &change->before);
	return 0;
}

static bool set_is_attribute(const struct change *change)
{
	return change->what <= CHANGE_QBYTES;
}

/* All that one call sets, and the first change that needs it. */
static struct host_set set_attributes_of(const struct changes *changes,
					 const struct change **first)
{
	static const unsigned int bits[] = {
		[CHANGE_OWNER] = HOST_SET_OWNER, [CHANGE_GROUP] = HOST_SET_GROUP,
		[CHANGE_MODE] = HOST_SET_MODE, [CHANGE_QBYTES] = HOST_SET_LIMIT,
	};
	uint64_t wanted[CHANGE_QBYTES + 1] = { 0 };
	const struct change *change;
	unsigned int what = 0;

	vec_for_each(change, changes) {
		if (!set_is_attribute(change) || change_is_done(change))
			continue;
		if (!what)
			*first = change;
		what |= bits[change->what];
		wanted[change->what] = change->wanted;
	}
	return (struct host_set){
		.what = what, .uid = (uid_t)wanted[CHANGE_OWNER],
		.gid = (gid_t)wanted[CHANGE_GROUP], .mode = (uint32_t)wanted[CHANGE_MODE],
		.qbytes = wanted[CHANGE_QBYTES],
	};
}

static int set_attributes(const struct removal *rm, const struct target *target,
			  const struct changes *changes, const struct change **failed)
{
	const struct change *first = NULL, *change;
	struct host_set set = set_attributes_of(changes, &first);
	unsigned int lost = 0;
	int ret;

	if (!set.what)
		return 0;
	ret = target_class(target)->family->set(rm, target, &set, &lost);
	*failed = first;
	vec_for_each(change, changes) {
		if (lost & LOST_LIMIT && change->what == CHANGE_QBYTES)
			*failed = change;
	}
	return ret;
}

static bool set_owns(const struct target *target)
{
	const uid_t uid = geteuid();

	return uid == target->sysv.uid || uid == target->sysv.cuid;
}

/* include/uapi/linux/capability.h */
enum { CAP_CHOWN = 0, CAP_FOWNER = 3, CAP_IPC_LOCK = 14, CAP_SYS_ADMIN = 21, CAP_SYS_RESOURCE = 24 };

/* The right that others than an owner need for it; -1: none that is known. */
static int set_needs(const struct target *target, const struct change *change, bool owns)
{
	if (change->what == CHANGE_LOCKED)
		return owns ? -1 : CAP_IPC_LOCK;
	if (!set_is_attribute(change))
		return -1;
	if (target_is_sysv(target))
		return owns ? -1 : CAP_SYS_ADMIN;
	if (change->what == CHANGE_MODE)
		return owns ? -1 : CAP_FOWNER;
	return owns && change->what == CHANGE_GROUP ? -1 : CAP_CHOWN;
}

static bool set_is_in_first_user_ns(const struct host *host)
{
	char link[64] = "";

	/* include/linux/proc_ns.h: PROC_USER_INIT_INO */
	return host->ops->read_link(host, NULL, "/proc/self/ns/user", link, sizeof(link) - 1) <= 0 ||
	       !strcmp(link, "user:[4026531837]");
}

int change_check(const struct removal *rm, const struct target *target,
		 const struct changes *changes, const struct change **failed)
{
	const struct host *host = rm->host;
	const uint64_t caps = host_capabilities(host);
	const struct change *change;
	struct buf text = {};
	const char *at;
	uint64_t most;

	vec_for_each(change, changes) {
		const bool owns = target_is_sysv(target) ? set_owns(target) :
				  geteuid() == target->file.uid;
		int needs = change_is_done(change) ? -1 : set_needs(target, change, owns);

		if (needs < 0 && !change_is_done(change) && change->what == CHANGE_QBYTES &&
		    !host->ops->read_file(host, NULL, "/proc/sys/kernel/msgmnb", &text)) {
			at = text.data;
			if (num_u64(&at, &most) && change->wanted > most)
				needs = CAP_SYS_RESOURCE;
		}
		/* That one counts in the first user namespace only. */
		if (needs >= 0 && (!(caps >> needs & 1) ||
				   (needs == CAP_SYS_RESOURCE && !set_is_in_first_user_ns(host)))) {
			*failed = change;
			buf_free(&text);
			return -EPERM;
		}
	}
	buf_free(&text);
	return 0;
}

static int set_value(const struct removal *rm, const struct target *target,
		     const struct change *change)
{
	const struct sysv_stat *st = &target->sysv;
	struct host_place place;
	int ret;

	if (change->what == CHANGE_SEM)
		return rm->ops->sysv->set_value(st->id, st, change->index,
						(uint16_t)change->wanted);
	if (change->what == CHANGE_LOCKED)
		return rm->ops->sysv->lock(st->id, st, change->wanted);
	ret = rm->ops->file->open_place(target->path->data, false, &place);
	if (ret)
		return ret;
	ret = rm->ops->contents->set_psem(&place, &target->file, (uint32_t)change->wanted);
	rm->ops->file->close_place(&place);
	return ret;
}

/* Values first: what gives the object away may take the right to them. SETVAL moves the time of
 * the change, which the next look must not take for somebody else's. */
static int set_others(const struct removal *rm, struct target *target,
		      const struct changes *changes, const struct change **failed)
{
	const struct change *change;
	struct present now = {};
	int ret = 0;

	vec_for_each(change, changes) {
		if (set_is_attribute(change) || change_is_done(change))
			continue;
		*failed = change;
		ret = set_value(rm, target, change);
		if (!ret)
			ret = look_target(rm, target, &now);
		if (ret)
			break;
		if (target_is_sysv(target))
			target->sysv.ctime = now.st.ctime;
	}
	return ret;
}

static int set_change(const struct removal *rm, const struct target *target,
		     struct changes *changes, const struct change **failed)
{
	struct target same = *target;
	struct change *change;
	struct present now;
	int ret = set_others(rm, &same, changes, failed);

	if (!ret)
		ret = set_attributes(rm, &same, changes, failed);
	if (look_target(rm, target, &now))
		return ret;
	vec_for_each(change, changes)
		change->knows_after = set_read_one(rm, target, &now, change, &change->after);
	return ret;
}

struct set_visit {
	const struct removal *rm;
	const struct target *target;
	struct changes *changes;
	const struct change **failed;	/* NULL: it is only looked at */
	int ret;
};

static void set_there(void *arg)
{
	struct set_visit *visit = arg;

	visit->ret = visit->failed ?
		     set_change(visit->rm, visit->target, visit->changes, visit->failed) :
		     set_look(visit->rm, visit->target, visit->changes);
}

static int set_visit(struct set_visit visit)
{
	const struct host *host = visit.rm->host;
	int ret = 0;

	if (visit.target->there)
		ret = host->ops->in_ipc_ns(host, visit.target->there, set_there, &visit);
	else
		set_there(&visit);
	return ret ?: visit.ret;
}

int change_look(const struct removal *rm, const struct target *target, struct changes *changes)
{
	return set_visit((struct set_visit){ rm, target, changes, NULL, 0 });
}

int change_apply(const struct removal *rm, const struct target *target,
		 struct changes *changes, const struct change **failed)
{
	return set_visit((struct set_visit){ rm, target, changes, failed, 0 });
}

/* "only its owner (x) or creator (y) may, or CAP_SYS_ADMIN" */
static void set_put_owners(struct buf *to, const struct removal *rm,
			   const struct target *target, const char *capability)
{
	buf_puts(to, "only its owner (");
	host_put_name(rm->host, false, target->sysv.uid, to);
	buf_puts(to, ") or creator (");
	host_put_name(rm->host, false, target->sysv.cuid, to);
	buf_printf(to, ") may, or who has %s", capability);
}

static void set_sysv_denied(struct buf *to, const struct removal *rm,
			    const struct target *target, const struct change *failed)
{
	if (failed->what == CHANGE_SEM)
		buf_puts(to, "its mode does not let you write: that needs CAP_IPC_OWNER");
	else if (failed->what == CHANGE_LOCKED && set_owns(target))
		buf_puts(to, "RLIMIT_MEMLOCK (ulimit -l) is 0 for you: locking needs CAP_IPC_LOCK then");
	else if (failed->what == CHANGE_LOCKED)
		set_put_owners(to, rm, target, "CAP_IPC_LOCK");
	else if (failed->what == CHANGE_QBYTES &&
		 (set_owns(target) || host_capabilities(rm->host) >> CAP_SYS_ADMIN & 1))
		buf_puts(to, "qbytes above kernel.msgmnb needs CAP_SYS_RESOURCE");
	else
		set_put_owners(to, rm, target, "CAP_SYS_ADMIN");
}

static void set_file_denied(struct buf *to, const struct removal *rm,
			    const struct target *target, const struct change *failed, int err)
{
	if (failed->what == CHANGE_VALUE || err == -EACCES) {
		buf_puts(to, failed->what == CHANGE_VALUE ?
			 "its mode does not let you read and write: that needs CAP_DAC_OVERRIDE" :
			 "its mode does not let you open it: that needs CAP_DAC_OVERRIDE");
	} else if (failed->what == CHANGE_OWNER) {
		buf_puts(to, "giving it to another owner needs CAP_CHOWN");
	} else {
		buf_puts(to, "only its owner (");
		host_put_name(rm->host, false, target->file.uid, to);
		buf_puts(to, failed->what == CHANGE_GROUP ?
			 ") may give it to a group, and only to one of his own; all else needs CAP_CHOWN" :
			 ") may, or who has CAP_FOWNER");
	}
}

void change_explain(struct buf *to, const struct removal *rm,
		    const struct target *target, const struct change *failed, int err)
{
	if (err == -ENOENT || err == -EINVAL || err == -EIDRM)
		buf_puts(to, "it is gone");
	else if (err == -ECANCELED)
		buf_puts(to, rm->fatal);
	else if (err == -ESTALE)
		buf_puts(to, "it was changed or replaced meanwhile");
	else if (failed && (err == -EPERM || err == -EACCES) && target_is_sysv(target))
		set_sysv_denied(to, rm, target, failed);
	else if (failed && (err == -EPERM || err == -EACCES))
		set_file_denied(to, rm, target, failed, err);
	else if (failed && err == -ENOMEM && failed->what == CHANGE_LOCKED)
		buf_puts(to, "more than RLIMIT_MEMLOCK (ulimit -l) lets you lock: that needs CAP_IPC_LOCK");
	else if (err == -E2BIG)
		buf_puts(to, "that is more than 500,000 steps away");
	else if (err == -EBADMSG)
		buf_puts(to, "it is shorter than a semaphore");
	else
		buf_puts(to, strerror(-err));
}
