// SPDX-License-Identifier: GPL-2.0-or-later
/* Making an object, and holding it while a program runs. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "internal.h"

void make_init(struct making *making, enum class_id class)
{
	*making = (struct making){
		.ops = &live_write_ops, .class = class, .fresh = true,
		.st = { .id = -1, .uid = geteuid(), .gid = getegid() },
		.file = { .uid = (uid_t)-1, .gid = (gid_t)-1 },
	};
	making->st.cuid = making->st.uid;
	making->st.cgid = making->st.gid;
}

void make_free(struct making *making)
{
	vec_free(&making->messages);
}

int make_key(struct making *making)
{
	uint64_t random = 0;
	int ret = state_random(&random);

	making->st.key = (uint32_t)random ?: 1;
	return ret;
}

void make_name(struct making *making)
{
	uint64_t random = 0;

	if (!change_classes[making->class]->moved || state_random(&random))
		return;
	snprintf(making->aside, sizeof(making->aside), ASIDE_PREFIX "%016llx",
		 (unsigned long long)random);
}

struct object_spec make_spec(const struct making *making)
{
	return (struct object_spec){
		.st = making->st, .file = making->file, .fresh = making->fresh,
	};
}

bool make_reach(struct making *making, int ret, enum make_step step)
{
	if (ret >= 0)
		making->step = step;
	return ret >= 0;
}

int make_fill(struct making *making)
{
	const struct change_class *class = change_classes[making->class];
	const struct make_message *msg;
	int ret = 0;

	if (making->fill)
		return making->fill(making);
	if (class->fill)
		ret = class->fill(making);
	vec_for_each(msg, &making->messages) {
		if (!ret)
			ret = class->send(making, msg);
	}
	return ret;
}

int make_object(struct making *making)
{
	return change_classes[making->class]->family->make(making);
}

struct make_visit {
	const struct removal *rm;
	const struct target *target;
	struct present *now;
	int ret;
};

static void make_there(void *arg)
{
	struct make_visit *visit = arg;
	const struct target *target = visit->target;

	visit->ret = target_class(target)->family->look(visit->rm->ops, target->class,
			target->sysv.id, target->path ? target->path->data : NULL, visit->now);
}

int look_target(const struct removal *rm, const struct target *target, struct present *now)
{
	struct make_visit visit = { .rm = rm, .target = target, .now = now };
	int ret = 0;

	if (target->there)
		ret = rm->host->ops->in_ipc_ns(rm->host, target->there, make_there, &visit);
	else
		make_there(&visit);
	return ret ?: visit.ret;
}

int look_made(const struct making *making, struct present *now)
{
	const struct change_family *family = change_classes[making->class]->family;

	return family->look(making->ops, making->class, making->id, making->path, now);
}

int make_held(struct making *making, struct make_hold *hold)
{
	const struct change_family *family = change_classes[making->class]->family;
	struct present birth = {}, now = {};
	struct host_hold holding;
	int ret;

	hold_begin(&holding);
	making->held = true;
	ret = make_object(making);
	if (ret)
		return ret;
	ret = family->unmake_held ? 0 : look_made(making, &birth);
	if (ret) {
		/* As it is, nobody has seen it. */
		family->unmake(making, &now);
		return ret;
	}
	hold->ready(making);
	hold->status = hold_run(&holding, hold->argv);
	now = birth;
	ret = family->unmake_held ? family->unmake_held(making) : look_made(making, &now);
	if (family->unmake_held) {
		hold->removed = ret == -ENOENT || ret == -ESTALE ? 0 : ret;
		return 0;
	}
	/* Another object of that name or id by now is left alone. */
	if (!ret && family->is_born_same(making->class, &birth, &now))
		ret = family->unmake(making, &now);
	hold->removed = ret == -ENOENT || ret == -EINVAL || ret == -EIDRM ? 0 : ret;
	return 0;
}
