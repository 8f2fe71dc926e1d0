// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The directory of copies that are kept for undo: its limits, what is in it, and their
 * checksums. SAVED/ID.data are the contents of an object (if it has any), SAVED/ID.json what it
 * was and the checksum of both, written under another name and moved last: there is a whole
 * copy or none. SAVED/RUN.removed says what a run removed without a copy: saved.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "ipcscope/text.h"
#include "util/outfile.h"

#define MOST_AGE	(30 * 24 * 3600)
#define MOST_JSON	(16 << 20)

/* The finalizer of SplitMix64. */
static uint64_t copies_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/* Zeros count nothing, and neither do order and size of the pieces: a file with holes has the
 * same sum however a file system keeps them. */
uint64_t copies_sum(uint64_t sum, uint64_t offset, const void *data, size_t len)
{
	const char *at = data;
	uint64_t word;

	while (len) {
		size_t take = len < sizeof(word) ? len : sizeof(word);

		word = 0;
		memcpy(&word, at, take);
		if (word)
			sum ^= copies_mix(copies_mix(offset + 1) + word);
		at += take;
		offset += take;
		len -= take;
	}
	return sum;
}

void copies_path(struct buf *to, const struct removal *rm, const char *id, const char *suffix)
{
	buf_reset(to);
	buf_printf(to, "%s/%s%s", rm->paths.saved, id, suffix);
}

int copies_drop(const struct removal *rm, const char *id)
{
	static const char *const suffixes[] = { ".json", ".new", ".data" };
	struct buf path = {};
	int ret = 0, err;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suffixes); i++) {
		copies_path(&path, rm, id, suffixes[i]);
		err = state_unlink(path.data);
		if (!ret && err != -ENOENT)
			ret = err;
	}
	buf_free(&path);
	return ret;
}

struct kept_file {
	char name[64];
	uint64_t used;	/* bytes on the disk: a sparse copy takes little */
	int64_t mtime;
};

struct kept_files {
	const struct removal *rm;
	struct VEC(struct kept_file) all;
	struct buf path;
	uint64_t bytes;
};

static int copies_note_file(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct kept_files *files = arg;
	struct kept_file *file;
	struct host_stat st;
	int ret;

	if (strlen(name) >= sizeof(file->name))
		return 0;
	copies_path(&files->path, files->rm, name, "");
	ret = state_stat(files->path.data, &st);
	if (ret)
		return ret == -ENOENT ? 0 : ret;
	file = vec_add(&files->all);
	strcpy(file->name, name);
	file->used = st.used;
	file->mtime = st.mtime;
	files->bytes += st.used;
	return 0;
}

/* Names begin with the time of their run. */
static int copies_by_name(const void *a, const void *b)
{
	return strcmp(((const struct kept_file *)a)->name, ((const struct kept_file *)b)->name);
}

static int copies_list_files(const struct removal *rm, struct kept_files *files)
{
	int ret;

	*files = (struct kept_files){ .rm = rm };
	ret = state_list(rm->paths.saved, copies_note_file, files);
	if (files->all.nr)
		qsort(files->all.at, files->all.nr, sizeof(files->all.at[0]), copies_by_name);
	return ret;
}

/* "RUN.N" of "RUN.N.json"; its length, 0 if that is none of ours. */
static size_t copies_id_length(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != strchr(name, '.') ? (size_t)(dot - name) : 0;
}

/* Whether all of @name is an id, as removal_open() and act.c make them: it becomes part of a
 * path. */
bool copies_is_id(const char *name)
{
	const char *form = "dddddddd-dddddd-ddd.";
	size_t digits;

	for (; *form; form++, name++) {
		if (*form == 'd' ? *name < '0' || *name > '9' : *name != *form)
			return false;
	}
	digits = strspn(name, "0123456789");
	return digits && digits <= 10 && !name[digits];
}

/* What is too old or too much goes, oldest first, and what a killed run left without a
 * description; never anything of the newest run, which is what undo --last is asked for. */
void copies_prune(struct removal *rm)
{
	int64_t now = rm->host->ops->now(rm->host);
	struct kept_files files;
	const char *newest = "";
	uint32_t i, j;

	/* What could not be read may be the newest, or whole. */
	if (copies_list_files(rm, &files))
		files.all.nr = 0;
	if (files.all.nr)
		newest = files.all.at[files.all.nr - 1].name;
	for (i = 0; i < files.all.nr; i = j) {
		const struct kept_file *file = &files.all.at[i];
		size_t len = copies_id_length(file->name);
		uint64_t bytes = 0;
		bool whole = false;
		char id[64];

		for (j = i; j < files.all.nr && copies_id_length(files.all.at[j].name) == len &&
		     !strncmp(files.all.at[j].name, file->name, len); j++) {
			whole |= !strcmp(files.all.at[j].name + len, ".json");
			bytes += files.all.at[j].used;
		}
		if (!len && saved_is_removed(file->name) && now - file->mtime >= MOST_AGE &&
		    strncmp(file->name, newest, strcspn(newest, ".") + 1)) {
			copies_path(&files.path, rm, file->name, "");
			state_unlink(files.path.data);
		}
		if (!len || (whole && now - file->mtime < MOST_AGE &&
			     files.bytes <= rm->keep_most) ||
		    (whole && !strncmp(file->name, newest, strcspn(newest, ".") + 1)))
			continue;
		memcpy(id, file->name, len);
		id[len] = '\0';
		copies_drop(rm, id);
		files.bytes -= bytes;
	}
	vec_free(&files.all);
	buf_free(&files.path);
}

int copies_open(struct removal *rm, char why[256])
{
	int ret = state_dir(rm->paths.saved, rm->paths.base);

	/* One who keeps nothing would only say so there. */
	if (ret && rm->no_save)
		return 0;
	if (ret)
		snprintf(why, 256, "copies for undo cannot be kept in %s: %s (--no-save to do without)",
			 rm->paths.saved, outfile_error(ret));
	return ret;
}

json_t *copies_load(const struct removal *rm, const char *id)
{
	struct buf path = {}, text = {};
	json_t *root = NULL;
	const char *end, *at;
	uint64_t sum;

	copies_path(&path, rm, id, ".json");
	if (!state_read(path.data, MOST_JSON, &text) &&
	    (end = memchr(text.data, '\n', text.len))) {
		at = ++end;
		if (num_hex(&at, &sum) && sum == copies_sum(0, 0, text.data, end - text.data))
			root = json_loadb(text.data, end - text.data, 0, NULL);
	}
	buf_free(&path);
	buf_free(&text);
	return root;
}

int copies_add_data(void *arg, uint64_t offset, const void *data, size_t len)
{
	struct saving *save = arg;

	save->sum = copies_sum(save->sum, offset, data, len);
	if (offset + len > save->size)
		save->size = offset + len;
	save->err = state_write_sparse(save->fd, offset, data, len);
	return save->err;
}

static bool copies_has_data(const struct target *target)
{
	const enum copy_data data = target_class(target)->data;

	return data == COPY_DATA || (data == COPY_MESSAGES && target->sysv.nr);
}

static int copies_keep_contents(struct saving *save)
{
	const struct change_class *class = target_class(save->target);
	int ret;

	if (!copies_has_data(save->target))
		return class->data == COPY_NO_DATA && class->save ? class->save(save) : 0;
	copies_path(&save->path, save->rm, save->target->id, ".data");
	save->fd = state_create(save->path.data);
	if (save->fd < 0)
		return save->err = save->fd;
	ret = class->save(save);
	if (!ret)
		ret = save->err = state_resize(save->fd, save->size);
	state_close(save->fd);
	return ret;
}

static void copies_describe(const struct saving *save, struct buf *text)
{
	const struct target *target = save->target;
	struct json json = { .to = text };

	json_open(&json, NULL, '{');
	json_u64(&json, "ipcscope_saved", 1);
	json_text(&json, "id", target->id);
	json_text(&json, "command", save->rm->command);
	log_time(&json, save->rm);
	identity_write(&json, target);
	if (save->rm->changes)
		reset_write(&json, save->rm->changes);
	json_u64(&json, "ns", target->ns);
	json_text(&json, "boot_id", save->rm->boot_id->data);
	json_bool(&json, "data", !save->rm->changes && copies_has_data(target));
	json_u64(&json, "data_size", save->size);
	json_begin(&json, "data_sum");
	buf_printf(text, "\"%016llx\"", (unsigned long long)save->sum);
	if (target_class(target)->data == COPY_MESSAGES)
		json_u64(&json, "messages", save->messages);
	json_close(&json, '}');
	buf_putc(text, '\n');
	buf_printf(text, "%016llx\n", (unsigned long long)copies_sum(0, 0, text->data, text->len));
}

static int copies_keep_description(struct saving *save)
{
	struct buf text = {}, final = {};
	int fd, ret;

	copies_describe(save, &text);
	copies_path(&save->path, save->rm, save->target->id, ".new");
	copies_path(&final, save->rm, save->target->id, ".json");
	fd = state_create(save->path.data);
	ret = fd < 0 ? fd : state_write(fd, text.data, text.len);
	state_close(fd);
	if (!ret)
		ret = state_rename(save->path.data, final.data);
	buf_free(&text);
	buf_free(&final);
	return save->err = ret;
}

static void copies_note_failure(struct removal *rm, struct target *target, int err)
{
	if (err == -EIDRM || err == -EINVAL || err == -ENOENT)
		act_note(rm, target, -ENOENT);
	else if (err == -ESTALE || err == -EAGAIN)
		act_note(rm, target, err);
	else if (err == -E2BIG)
		target_note(rm, target, OUTCOME_FAILED, "cannot be kept",
			    "holds more messages than can be kept for undo (--no-save to remove it without)");
	else
		target_note(rm, target, OUTCOME_FAILED, "cannot be kept",
			    "cannot be kept for undo: %s (--no-save to remove it without)",
			    strerror(-err));
}

/*
 * The plan knows seconds, and what a class does not list it does not know at all: what is
 * compared later is as it was when it was kept. What attaching leaves behind must be told from
 * what others do.
 */
void copies_look(struct removal *rm, struct target *target)
{
	const struct change_class *class = target_class(target);
	const struct sysv_seen seen = {
		.st = target->sysv, .in_use = target->force,
	};
	struct present now;
	bool same;
	int ret;

	if (!class->moved && (!target_is_sysv(target) || !target->keep))
		return;
	ret = look_target(rm, target, &now);
	if (!ret && class->moved) {
		same = target->force ? file_is_born_same(target->class, &(struct present)
				{ .file = target->file }, &now) :
		       host_same_file(&target->file, &now.file, true);
		target->file = same ? now.file : target->file;
		target->ns = now.dev;
		ret = same ? 0 : -ESTALE;
	} else if (!ret) {
		ret = host_sysv_unchanged(class->kind, &seen, &now.st) ? 0 : -ESTALE;
		target->sysv.mode |= now.st.mode & HOST_SHM_LOCKED;
	}
	if (ret)
		act_note(rm, target, ret == -EIDRM || ret == -EINVAL ? -ENOENT : ret);
}

void copies_keep(struct removal *rm, struct target *target)
{
	struct saving save = { .rm = rm, .target = target, .fd = -1 };
	int ret = rm->changes ? 0 : copies_keep_contents(&save);

	if (!ret)
		ret = copies_keep_description(&save);
	target->kept = !ret;
	target->sum = save.sum;
	if (ret)
		copies_drop(rm, target->id);
	/* No room to keep this one is none for the next; but one that is larger than a file may
	 * be (EFBIG) is its owner's doing alone. */
	if (save.err == -ENOSPC || save.err == -EDQUOT || save.err == -EIO || save.err == -EROFS)
		snprintf(rm->fatal, sizeof(rm->fatal),
			 "copies for undo cannot be kept in %s: %s (--no-save to do without)",
			 rm->paths.saved, strerror(-save.err));
	else if (ret)
		copies_note_failure(rm, target, ret);
	buf_free(&save.path);
}
