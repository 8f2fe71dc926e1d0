// SPDX-License-Identifier: GPL-2.0-or-later
/* What has a name in a file system: files below /dev/shm (shm_overview(7), sem_overview(7)),
 * FIFOs, and paths that sockets are bound to. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"

static const char *file_socket_impossible(const struct target *target,
					  const struct snapshot *snap)
{
	if (target->key.space != SPACE_INODE)
		return "is a live socket: it goes with its processes";
	return target->path ? NULL : "has no path to reach it by";
}

bool file_is_same(const struct target *target, const struct present *now)
{
	return host_same_inode(&target->file, &now->file);
}

bool file_is_born_same(enum class_id class, const struct present *birth,
		       const struct present *now)
{
	const struct host_stat *a = &birth->file, *b = &now->file;

	return a->dev == b->dev && a->ino == b->ino && a->btime == b->btime;
}

static int file_look(const struct write_ops *ops, enum class_id class, int id,
		     const char *path, struct present *now)
{
	struct host_place place;
	int ret = ops->file->open_place(path, false, &place);

	if (ret)
		return ret;
	ret = ops->file->stat(&place, &now->file);
	now->dev = place.dev;
	ops->file->close_place(&place);
	return ret;
}

/* Under a lease, where one can be had, nobody writes to it meanwhile. */
static int file_save(struct saving *save)
{
	const struct write_ops *ops = save->rm->ops;
	const struct target *target = save->target;
	struct host_place place;
	int ret = ops->file->open_place(target->path->data, false, &place), fd;

	if (ret)
		return ret;
	fd = ops->file->open(&place, &target->file);
	ret = fd < 0 ? fd : 0;
	if (!ret && !target->force && ops->file->lease(fd) == -EAGAIN)
		ret = -EAGAIN;
	if (!ret)
		ret = ops->contents->read_file(fd, copies_add_data, save);
	ops->file->close(fd);
	ops->file->close_place(&place);
	return ret;
}

static int file_add_sum(void *arg, uint64_t offset, const void *data, size_t len)
{
	uint64_t *sum = arg;

	*sum = copies_sum(*sum, offset, data, len);
	return 0;
}

/* Who mapped it wrote to it without a trace in its times. */
static int file_compare(const struct removal *rm, const struct target *target, int fd)
{
	uint64_t sum = 0;
	int ret;

	if (!target->kept || fd < 0)
		return 0;
	ret = rm->ops->contents->read_file(fd, file_add_sum, &sum);
	return ret ? ret : sum == target->sum ? 0 : -ESTALE;
}

/* Who opened it before it was moved, and was not seen yet, is then. */
static int file_take_away(const struct removal *rm, struct target *target,
			  struct host_place *place)
{
	int ret = rm->ops->file->take(place, target->aside, &target->file, false);

	target->away = !ret;
	target->away_dir = place->dir;
	place->dir = ret ? place->dir : -1;
	return ret ?: -ERESTART;
}

static int file_remove_regular(struct removal *rm, struct target *target,
			       struct host_place *place)
{
	const struct file_write_ops *ops = rm->ops->file;
	int fd = -1, lease = -1, ret = 0;

	if (!target->force) {
		fd = ops->open(place, &target->file);
		ret = act_prove_unused(rm, target, fd, &lease);
		if (!ret)
			ret = file_compare(rm, target, fd);
	}
	if (!ret)
		ret = lease < 0 && !target->force ? file_take_away(rm, target, place) :
		      ops->remove(place, target->aside, &target->file, target->force, lease);
	ops->close(fd);
	return ret;
}

/* That a name went changed the time of the file, which others of the targets may be, too. */
static void file_expect(struct removal *rm, const struct target *done)
{
	struct target *target;

	vec_for_each(target, &rm->targets) {
		struct present now = {};

		if (done->links < 2 || target->outcome != OUTCOME_PLANNED ||
		    target->key.space != SPACE_INODE || target->key.ns != done->key.ns ||
		    target->key.id != done->key.id ||
		    file_look(rm->ops, target->class, 0, target->path->data, &now) ||
		    !host_same_file(&now.file, &target->file, false))
			continue;
		target->file.ctime = now.file.ctime;
		target->file.ctime_ns = now.file.ctime_ns;
	}
}

static void file_note(struct removal *rm, struct target *target, int ret)
{
	if (ret == -ENOTUNIQ)
		target_note(rm, target, OUTCOME_FAILED, "put aside",
			    "it could not get its name back, which may be taken again: it is now called %s",
			    target->aside);
	else
		act_note(rm, target, ret);
	if (target->outcome == OUTCOME_REMOVED)
		file_expect(rm, target);
}

void file_finish(struct removal *rm, struct target *target)
{
	const struct file_write_ops *ops = rm->ops->file;
	const bool unlinks = target->outcome == OUTCOME_PLANNED && !*rm->fatal;
	struct host_place place = { .dir = target->away_dir };
	int ret = unlinks ? ops->discard(&place, target->aside) : 0;

	target->away = false;
	snprintf(place.name, sizeof(place.name), "%s", strrchr(target->path->data, '/') + 1);
	if ((!unlinks || ret) && ops->put_back(&place, target->aside))
		ret = -ENOTUNIQ;
	ops->close_place(&place);
	if (unlinks || ret)
		file_note(rm, target, ret);
}

static void file_act(struct removal *rm, struct target *target)
{
	struct host_place place;
	int ret = rm->ops->file->open_place(target->path->data, false, &place);

	if (ret) {
		act_note(rm, target, ret);
		return;
	}
	if (S_ISSOCK(target->file.mode) && !target->force)
		ret = rm->host->ops->connect_test(rm->host, target->path->data, &target->file);
	if (ret)
		ret = ret > 0 ? -EBUSY : ret;
	else if (S_ISREG(target->file.mode))
		ret = file_remove_regular(rm, target, &place);
	else if (S_ISFIFO(target->file.mode) && !target->force)
		ret = file_take_away(rm, target, &place);
	else
		ret = rm->ops->file->remove(&place, target->aside, &target->file,
					    target->force, -1);
	rm->ops->file->close_place(&place);
	file_note(rm, target, ret);
}

static int file_make_in(struct making *making, const struct host_place *place)
{
	const struct file_write_ops *ops = making->ops->file;
	struct object_spec spec = make_spec(making);
	struct host_place aside = { .dir = place->dir };
	struct host_stat st;
	int ret;

	making->step = MAKE_CREATE;
	if (!ops->stat(place, &st))
		return -EEXIST;
	making->fd = ops->create(place, making->aside, &spec);
	if (!make_reach(making, making->fd, MAKE_FILL))
		return making->fd;
	snprintf(aside.name, sizeof(aside.name), "%s", making->aside);
	if (making->born && !ops->stat(&aside, &st)) {
		making->ino = st.ino;
		making->born(making);
	}
	ret = S_ISREG(spec.file.mode) ? make_fill(making) : 0;
	spec = make_spec(making);
	if (make_reach(making, ret, MAKE_FINISH))
		ret = ops->finish(place, making->aside, making->fd, &spec, &making->lost);
	if (ret)
		ops->discard(place, making->aside);
	ops->close(making->fd);
	return ret;
}

static int file_make(struct making *making)
{
	struct host_place place;
	int ret;

	making->step = MAKE_PLACE;
	ret = making->ops->file->open_place(making->path, making->strict, &place);
	if (ret)
		return ret;
	ret = file_make_in(making, &place);
	making->ops->file->close_place(&place);
	return ret;
}

static int file_unmake(const struct making *making, const struct present *now)
{
	const struct file_write_ops *ops = making->ops->file;
	struct host_place place;
	int ret = ops->open_place(making->path, making->strict, &place);

	if (ret)
		return ret;
	ret = ops->remove(&place, making->aside, &now->file, true, -1);
	ops->close_place(&place);
	return ret;
}

/* A new semaphore with its value. */
static int file_fill_psem(struct making *making)
{
	char image[64];
	ssize_t len = host_psem_image(making->value, image, sizeof(image));

	if (len < 0)
		return (int)len;
	making->file.size = (uint64_t)len;
	return making->ops->file->write(making->fd, 0, image, (size_t)len);
}

static int file_restore(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct making *making = arg;

	return making->ops->file->write(making->fd, offset, data, len);
}

static int file_change(const struct removal *rm, const struct target *target,
		       const struct host_set *set, unsigned int *lost)
{
	struct host_place place;
	int ret = rm->ops->file->open_place(target->path->data, false, &place);

	if (ret)
		return ret;
	ret = rm->ops->file->set(&place, &target->file, set);
	rm->ops->file->close_place(&place);
	return ret;
}

static bool file_is_at(struct removal *rm, const struct host_place *place,
		       const char *name, const struct host_stat *same)
{
	struct host_place at = { .dir = place->dir };
	struct host_stat st;

	snprintf(at.name, sizeof(at.name), "%s", name);
	/* Whoever had it open may have written to it, or set its owner, since. */
	return !rm->ops->file->stat(&at, &st) && st.dev == same->dev && st.ino == same->ino &&
	       (st.mode & S_IFMT) == (same->mode & S_IFMT) &&
	       (!st.btime || !same->btime || st.btime == same->btime) &&
	       (!st.btime_ns || !same->btime_ns || st.btime_ns == same->btime_ns);
}

/* As act.c makes them. */
static bool file_is_aside(const char *aside)
{
	const size_t prefix = strlen(ASIDE_PREFIX);

	return !strncmp(aside, ASIDE_PREFIX, prefix) && strlen(aside) == prefix + 16 &&
	       strspn(aside + prefix, "0123456789abcdef") == 16;
}

static enum settlement file_settle(struct removal *rm, const struct target *target,
				   const char *aside)
{
	enum settlement settled = SETTLED_REMOVED;
	struct host_place place;

	if (rm->ops->file->open_place(target->path->data, false, &place))
		return SETTLED_NO_DIRECTORY;
	if (file_is_at(rm, &place, place.name, &target->file))
		settled = SETTLED_NOT_REMOVED;
	else if (file_is_aside(aside) && file_is_at(rm, &place, aside, &target->file))
		settled = rm->ops->file->put_back(&place, aside) ?
			  SETTLED_ASIDE : SETTLED_PUT_BACK;
	rm->ops->file->close_place(&place);
	return settled;
}

/* It gets its name last: what has that is whole. */
static bool file_settle_undo(struct removal *rm, const struct target *target,
			     int64_t new_id, const char *aside, int64_t since)
{
	struct host_place place;
	struct host_stat now;
	bool whole;

	if (!file_is_aside(aside) ||
	    rm->ops->file->open_place(target->path->data, true, &place))
		return false;
	whole = new_id >= 0 && !rm->ops->file->stat(&place, &now) && now.ino == (uint64_t)new_id;
	if (!whole)
		rm->ops->file->discard(&place, aside);
	rm->ops->file->close_place(&place);
	return whole;
}

static const struct change_family file_family = {
	.identity	= IDENTITY_FILE,
	.look		= file_look,
	.is_same	= file_is_same,
	.is_born_same	= file_is_born_same,
	.make		= file_make,
	.unmake		= file_unmake,
	.set		= file_change,
	.settle		= file_settle,
	.settle_undo	= file_settle_undo,
};

const struct change_class change_pshm = {
	.family		= &file_family,
	.type		= S_IFREG,
	.directory	= "/dev/shm/",
	.leased		= true,
	.moved		= true,
	.data		= COPY_DATA,
	.kept		= "contents",
	.impossible	= plan_name_impossible,
	.bytes		= FIELD_USED,
	.effect		= "the name is free at once, memory when nobody has it mapped or open",
	.save		= file_save,
	.act		= file_act,
	.restore	= file_restore,
};

const struct change_class change_psem = {
	.family		= &file_family,
	.type		= S_IFREG,
	.directory	= "/dev/shm/sem.",
	.leased		= true,
	.moved		= true,
	.data		= COPY_DATA,
	.kept		= "value",
	.impossible	= plan_name_impossible,
	.bytes		= FIELD_USED,
	.effect		= "the name is free at once, who has it open keeps it",
	.save		= file_save,
	.act		= file_act,
	.fill		= file_fill_psem,
	.restore	= file_restore,
};

const struct change_class change_fifo = {
	.family		= &file_family,
	.type		= S_IFIFO,
	.directory	= "/",
	.moved		= true,
	.kept		= "owner and mode",
	.impossible	= plan_name_impossible,
	.effect		= "the name is free at once, who has it open keeps it",
	.act		= file_act,
};

const struct change_class change_unix = {
	.family		= &file_family,
	.type		= S_IFSOCK,
	.directory	= "/",
	.moved		= true,
	.kept		= "owner and mode",
	.impossible	= file_socket_impossible,
	.effect		= "the path is free at once, for a server to bind to",
	.act		= file_act,
};
