// SPDX-License-Identifier: GPL-2.0-or-later
#include "set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"

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

static int look(const struct removal *rm, const struct target *target,
		struct present *now)
{
	return present_look(rm->ops, target->class, target->sysv.id,
			    target->path ? target->path->data : NULL, now);
}

static bool is_same(const struct target *target, const struct present *now)
{
	const struct sysv_seen same = {
		.st = target->sysv, .in_use = true,
	};

	return target_is_sysv(target) ?
	       host_sysv_unchanged(target_sysv_kind(target->class), &same,
				   &now->st) :
	       host_same_inode(&target->file, &now->file);
}

static bool read_sem(const struct removal *rm, const struct target *target,
		     uint32_t index, uint64_t *num)
{
	uint16_t *values = mem_zero(target->sysv.nr + 1, sizeof(*values));
	bool known;

	known = index < target->sysv.nr &&
		!rm->host->ops->sem_values(rm->host, target->sysv.id,
					   target->sysv.nr, values);
	if (known)
		*num = values[index];
	free(values);
	return known;
}

static bool read_value(const struct removal *rm, const struct target *target,
		       uint64_t *num)
{
	uint32_t value;
	ssize_t len = rm->host->ops->peek(rm->host, NULL, target->path->data,
					  &value, sizeof(value));

	*num = value;
	return len == sizeof(value);
}

/* The value of one thing; whether it is known. */
static bool read_one(const struct removal *rm, const struct target *target,
		     const struct present *now, const struct change *change,
		     uint64_t *num)
{
	bool sysv = target_is_sysv(target);

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
		return read_sem(rm, target, change->index, num);
	case CHANGE_VALUE:
		return read_value(rm, target, num);
	}
	return false;
}

int change_look(const struct removal *rm, const struct target *target,
		struct changes *changes)
{
	struct present now;
	struct change *change;
	int ret = look(rm, target, &now);

	if (ret)
		return ret;
	if (!is_same(target, &now))
		return -ESTALE;
	vec_for_each(change, changes)
		change->knows_before = read_one(rm, target, &now, change,
						&change->before);
	return 0;
}

static const unsigned int bits[] = {
	[CHANGE_OWNER] = HOST_SET_OWNER, [CHANGE_GROUP] = HOST_SET_GROUP,
	[CHANGE_MODE] = HOST_SET_MODE, [CHANGE_QBYTES] = HOST_SET_LIMIT,
};

static bool is_attribute(const struct change *change)
{
	return change->what <= CHANGE_QBYTES;
}

/* All that one call sets. */
static struct host_set attributes_of(const struct changes *changes,
				     const struct change **first)
{
	struct host_set set = { 0 };
	const struct change *change;

	vec_for_each(change, changes) {
		if (!is_attribute(change) || change_is_done(change))
			continue;
		if (!set.what)
			*first = change;
		set.what |= bits[change->what];
		switch (change->what) {
		case CHANGE_OWNER: set.uid = (uid_t)change->wanted; break;
		case CHANGE_GROUP: set.gid = (gid_t)change->wanted; break;
		case CHANGE_MODE: set.mode = (uint32_t)change->wanted; break;
		default: set.qbytes = change->wanted; break;
		}
	}
	return set;
}

/* In the place of a file. */
static int in_place(const struct removal *rm, const struct target *target,
		    const struct host_set *set, const struct change *value)
{
	struct host_place place;
	int ret;

	ret = rm->ops->file->open_place(target->path->data, false, &place);
	if (ret)
		return ret;
	ret = set ? rm->ops->file->set(&place, &target->file, set) :
	      rm->ops->contents->set_psem(&place, &target->file, (uint32_t)value->wanted);
	rm->ops->file->close_place(&place);
	return ret;
}

static int set_attributes(const struct removal *rm, const struct target *target,
			  const struct changes *changes,
			  const struct change **failed)
{
	const struct change *first = NULL, *change;
	struct host_set set = attributes_of(changes, &first);
	unsigned int lost = 0;
	int ret;

	if (!set.what)
		return 0;
	if (target->class == CLASS_pmsg)
		ret = rm->ops->mqueue->set(target->path->data, &target->file, &set);
	else if (!target_is_sysv(target))
		ret = in_place(rm, target, &set, NULL);
	else
		ret = rm->ops->sysv->set(target_sysv_kind(target->class),
					target->sysv.id, &target->sysv, &set,
					&lost);
	*failed = first;
	vec_for_each(change, changes) {
		if (lost & LOST_LIMIT && change->what == CHANGE_QBYTES)
			*failed = change;
	}
	return ret;
}

static int set_one(const struct removal *rm, const struct target *target,
		   const struct sysv_stat *same, const struct change *change)
{
	switch (change->what) {
	case CHANGE_SEM:
		return rm->ops->sysv->set_value(target->sysv.id, same, change->index,
					(uint16_t)change->wanted);
	case CHANGE_LOCKED:
		return rm->ops->sysv->lock(target->sysv.id, same,
					 change->wanted);
	case CHANGE_VALUE:
		return in_place(rm, target, NULL, change);
	default:
		return 0;
	}
}

/*
 * Values first: what gives the object away may take the right to them. SETVAL
 * moves the time of the change, which the next look must not take for somebody
 * else's.
 */
static int set_others(const struct removal *rm, struct target *target,
		      const struct changes *changes,
		      const struct change **failed)
{
	const struct change *change;
	struct present now = {};
	int ret = 0;

	vec_for_each(change, changes) {
		if (is_attribute(change) || change_is_done(change))
			continue;
		*failed = change;
		ret = set_one(rm, target, &target->sysv, change);
		if (!ret)
			ret = look(rm, target, &now);
		if (ret)
			break;
		target->sysv.ctime = now.st.ctime;
	}
	return ret;
}

int change_apply(const struct removal *rm, const struct target *target,
		 struct changes *changes, const struct change **failed)
{
	struct target same = *target;
	struct change *change;
	struct present now;
	int ret;

	ret = set_others(rm, &same, changes, failed);
	if (!ret)
		ret = set_attributes(rm, &same, changes, failed);
	if (look(rm, target, &now))
		return ret;
	vec_for_each(change, changes)
		change->knows_after = read_one(rm, target, &now, change,
					       &change->after);
	return ret;
}
