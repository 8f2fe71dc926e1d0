// SPDX-License-Identifier: GPL-2.0-or-later
/* Bringing back what was removed, from its copy. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#include "ipcscope/text.h"

struct undoing {
	struct removal *rm;
	const struct saved *saved;
	struct arena arena;
	struct target target;
	json_t *root;
	struct buf data;	/* path */
	uint64_t sum;
	unsigned int lost;
	int id;			/* of what was made */
	const struct str *linked;	/* what it is a name of again; or NULL */
	struct buf text;	/* of messages */
	char *why;
};

static int undo_refuse(struct undoing *undo, int err, const char *why)
{
	snprintf(undo->why, 256, "%s", why);
	return err;
}

static int undo_add_sum(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct undoing *undo = arg;

	undo->sum = copies_sum(undo->sum, offset, data, len);
	return 0;
}

static int undo_check_data(struct undoing *undo)
{
	const char *text = json_text_of(&undo->arena, undo->root, "data_sum");
	const struct target *target = &undo->target;
	struct host_stat st;
	uint64_t sum = 0;
	int ret;

	if (!json_is_true(json_object_get(undo->root, "data")))
		return 0;
	copies_path(&undo->data, undo->rm, undo->saved->id, ".data");
	ret = state_stat(undo->data.data, &st);
	if (ret)
		return ret;
	/* What is more than the object would be written behind it. */
	if (target_class(target)->data == COPY_DATA &&
	    st.size > (target_is_sysv(target) ? target->sysv.size : target->file.size))
		return -EBADMSG;
	ret = state_read_to(undo->data.data, undo_add_sum, undo);
	if (!ret && target_class(target)->data == COPY_MESSAGES)
		ret = state_read(undo->data.data, st.size, &undo->text);
	if (ret)
		return ret;
	num_hex(&text, &sum);
	return sum == undo->sum && st.size == (uint64_t)
	       json_num_of(undo->root, "data_size") ? 0 : -EBADMSG;
}

static int undo_load(struct undoing *undo)
{
	int ret;

	undo->root = copies_load(undo->rm, undo->saved->id);
	if (!undo->root)
		return undo_refuse(undo, -EBADMSG, "what was kept is damaged");
	if (!identity_read(&undo->arena, undo->root, &undo->target))
		return undo_refuse(undo, -EBADMSG, "what was kept is not understood");
	ret = undo_check_data(undo);
	if (ret == -EBADMSG)
		return undo_refuse(undo, ret, "what was kept is damaged");
	return ret ? undo_refuse(undo, ret, strerror(-ret)) : 0;
}

/* As sysv.c has kept them: type, length and text of each. */
static int undo_take_messages(struct undoing *undo, struct making *making)
{
	const char *at = undo->text.data;
	const char *end = at ? at + undo->text.len : NULL;
	uint64_t head[2];

	for (; at < end; at += head[1]) {
		if ((size_t)(end - at) < sizeof(head))
			return -EBADMSG;
		memcpy(head, at, sizeof(head));
		at += sizeof(head);
		if (head[1] > (size_t)(end - at))
			return -EBADMSG;
		*vec_add(&making->messages) = (struct make_message){
			.type = (long)head[0], .text = at, .len = head[1],
		};
	}
	return 0;
}

static int undo_restore_data(struct making *making)
{
	const struct undoing *undo = making->arg;

	return state_read_to(undo->data.data, target_class(&undo->target)->restore, making);
}

static void undo_log_made(struct undoing *undo, const char *event, const char *aside, int64_t id)
{
	log_undo(undo->rm, event, undo->saved, undo->target.path, aside, id);
	log_flush(undo->rm, true);
}

static void undo_note_born(struct making *making)
{
	struct undoing *undo = making->arg;

	undo_log_made(undo, "made", NULL, target_is_sysv(&undo->target) ? making->id :
		      (int64_t)making->ino);
}

static int undo_make_object(struct undoing *undo, struct making *making)
{
	const int ret = make_object(making);
	const char *why = strerror(-ret);

	undo->lost = making->lost;
	undo->id = making->id;
	if (!ret)
		return 0;
	if (making->step == MAKE_PLACE)
		why = ret == -ELOOP ?
		      "its directory is behind a symbolic link, which may lead anywhere" :
		      "its directory is gone";
	else if (ret == -EEXIST && making->step != MAKE_FILL)
		why = target_is_sysv(&undo->target) ?
		      "its key is taken again" : "its name is taken again";
	else if (ret == -EAGAIN && making->step == MAKE_FILL)
		why = "it held more than kernel.msgmnb now lets a queue hold: raise that, or have CAP_SYS_RESOURCE";
	return undo_refuse(undo, ret, why);
}

/* A namespace that ends may leave its number to another: it is compared as long as it can be. */
static int undo_check_place(struct undoing *undo)
{
	const struct target *target = &undo->target;
	const char *boot = json_text_of(&undo->arena, undo->root, "boot_id");
	const bool ipc = target_class(target)->family->identity & (IDENTITY_SYSV | IDENTITY_MQ);
	struct host_place place;
	uint64_t ns = undo->rm->ipc_ns;

	if (!target->ns || undo->rm->here)
		return 0;
	if (!ipc && (strcmp(boot, undo->rm->boot_id->data) ||
		     undo->rm->ops->file->open_place(target->path->data, true, &place)))
		return 0;
	if (!ipc) {
		ns = place.dev;
		undo->rm->ops->file->close_place(&place);
	}
	if (!ns || ns == target->ns)
		return 0;
	return undo_refuse(undo, -EXDEV, ipc ?
			   "it was removed from another IPC namespace: --here restores it in this one" :
			   "its directory is on another file system than it was removed from, perhaps of another mount namespace: --here restores it here");
}

/* Links the name to the file that @path leads to if that is the one that had it (@was), or has
 * been made in its place; 1: it is not. */
static int undo_link_to(struct undoing *undo, const struct str *path, const struct host_stat *was)
{
	const struct file_write_ops *ops = undo->rm->ops->file;
	struct host_place from = { .dir = -1 }, place = { .dir = -1 };
	struct present now = {}, birth = {};
	int ret = 1;

	if (was)
		birth.file = *was;
	if (!ops->open_place(path->data, true, &from) &&
	    !ops->stat(&from, &now.file) && S_ISREG(now.file.mode) &&
	    (!was || file_is_born_same(undo->target.class, &birth, &now)))
		ret = ops->open_place(undo->target.path->data, true, &place);
	if (!ret) {
		undo_log_made(undo, "made", NULL, (int64_t)now.file.ino);
		ret = ops->link(&from, &now.file, &place);
		ops->close_place(&place);
		undo->linked = ret || !was ? NULL : path;
		if (ret)
			undo_refuse(undo, ret, ret == -EEXIST ? "its name is taken again" :
				    strerror(-ret));
	}
	ops->close_place(&from);
	return ret;
}

/* A file lives on under its other names: its contents are as they are now. 1: it does not. */
static int undo_link(struct undoing *undo)
{
	const struct target *target = &undo->target;
	const struct remade *remade;
	const char *name = NULL;
	size_t len = 0;
	int ret = 1;

	vec_for_each(remade, &undo->rm->remade) {
		if (ret > 0 && remade->was.dev == target->file.dev &&
		    remade->was.ino == target->file.ino && remade->was.btime == target->file.btime)
			ret = undo_link_to(undo, remade->path, NULL);
	}
	while (ret > 0 && target->names && names_next(target->names, &name, &len)) {
		if (len != target->path->len || memcmp(name, target->path->data, len))
			ret = undo_link_to(undo, arena_str(&undo->arena, name, len), &target->file);
	}
	return ret;
}

static int undo_make_file(struct undoing *undo, struct making *making)
{
	int ret = undo->target.links > 1 ? undo_link(undo) : 1;

	if (ret <= 0)
		return ret;
	ret = undo_make_object(undo, making);
	if (!ret && undo->target.links > 1)
		*vec_add(&undo->rm->remade) = (struct remade){
			undo->target.file,
			arena_str(&undo->rm->arena, undo->target.path->data, undo->target.path->len),
		};
	return ret;
}

static int undo_make(struct undoing *undo)
{
	const struct target *target = &undo->target;
	struct present now;
	struct making making = {
		.ops = undo->rm->ops, .class = target->class,
		.st = target->sysv, .file = target->file,
		.mq = target->mq, .path = target->path ? target->path->data : NULL,
		.strict = true, .values = target->values, .born = undo_note_born,
		.fill = target_class(target)->restore ? undo_restore_data : NULL,
		.arg = undo,
	};
	int ret = undo_take_messages(undo, &making);

	if (ret) {
		make_free(&making);
		return undo_refuse(undo, ret, "what was kept is damaged");
	}
	make_name(&making);
	undo_log_made(undo, "undo", *making.aside ? making.aside : NULL, -1);
	if (*undo->rm->fatal)
		ret = undo_refuse(undo, -EIO, undo->rm->fatal);
	else if (target_is_sysv(target) && !look_target(undo->rm, target, &now) &&
		 target_class(target)->family->is_same(target, &now))
		ret = undo_refuse(undo, -EEXIST, "is still there: it was not removed");
	else
		ret = undo_make_file(undo, &making);
	make_free(&making);
	return ret;
}

static int undo_reset(struct undoing *undo)
{
	const char *boot = json_text_of(&undo->arena, undo->root, "boot_id");

	/* Another object can have its id by now. */
	if (target_class(&undo->target)->family->identity & (IDENTITY_SYSV | IDENTITY_MQ) &&
	    strcmp(boot, undo->rm->boot_id->data))
		return undo_refuse(undo, -ENOENT, "it was of another boot of this machine");
	undo_log_made(undo, "undo", NULL, -1);
	if (*undo->rm->fatal)
		return undo_refuse(undo, -EIO, undo->rm->fatal);
	return reset_undo(undo->rm, undo->root, &undo->target, undo->why);
}

static void undo_tell_lost(struct undoing *undo, struct buf *to)
{
	static const struct {
		unsigned int bit;
		const char *what;
	} losses[] = {
		{ LOST_OWNER,	"its owner" },
		{ LOST_CREATOR,	"its creator" },
		{ LOST_LIMIT,	"its size of queue (above msgmnb)" },
		{ LOST_MODE,	"its mode" },
		{ LOST_TIMES,	"its times" },
		{ LOST_LOCK,	"its lock in memory" },
	};
	size_t i;

	if (undo->lost & LOST_ID)
		buf_printf(to, "its id: it is %s:%d now",
			   class_infos[undo->target.class]->name, undo->id);
	if (undo->linked)
		buf_printf(to, "its contents of then: the file is still there as %s",
			   undo->linked->data);
	for (i = 0; i < ARRAY_SIZE(losses); i++) {
		if (undo->lost & losses[i].bit)
			buf_printf(to, "%s%s", to->len ? ", " : "", losses[i].what);
	}
	if (target_class(&undo->target)->loses_messages && undo->target.mq.messages)
		buf_printf(to, "%sits messages", to->len ? ", " : "");
}

int undo_one(struct removal *rm, const struct saved *saved, struct buf *lost, char why[256])
{
	struct undoing undo = { .rm = rm, .saved = saved, .why = why };
	int ret, drop_err = 0;

	*why = '\0';
	ret = undo_load(&undo);
	if (!ret)
		ret = undo_check_place(&undo);
	if (!ret) {
		ret = reset_is(undo.root) ? undo_reset(&undo) : undo_make(&undo);
		/* What is said to be restored must not be made again: its copy goes first. */
		if (!ret)
			drop_err = copies_drop(rm, saved->id);
		undo_log_made(&undo, ret ? "not restored" : "restored", NULL, -1);
	}
	if (!ret && !saved->changed)
		undo_tell_lost(&undo, lost);
	if (drop_err)
		buf_printf(lost, "%sthat its copy goes (%s): undo would make it again",
			   lost->len ? ", " : "", strerror(-drop_err));
	json_decref(undo.root);
	buf_free(&undo.data);
	buf_free(&undo.text);
	arena_free(&undo.arena);
	return ret;
}
