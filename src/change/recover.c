// SPDX-License-Identifier: GPL-2.0-or-later
/* Settles what a run that was killed left open: what its log announced and did not answer is
 * looked up. What was moved aside is moved back, what is half made is taken away. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "ipcscope/text.h"

#define TAIL	4096
#define LAST_LINE	"\"event\":\"end\""
#define MOST	(64ull << 20)
#define PIECE	(1 << 20)
#define NAMED	10	/* of what a log leaves open */

/* What the run said last of one id. */
struct open_item {
	const char *id;
	json_t *first;		/* "remove", "set" or "undo"; NULL: answered */
	int64_t new_id;		/* of "made"; -1 */
};

struct recovery {
	struct removal *rm;
	int log;
	struct arena arena;
	struct VEC(struct open_item) items;
	struct map index;
};

static bool recover_same_id(const void *vec, uint32_t index, const void *key)
{
	return !strcmp(((const struct open_item *)vec)[index].id, key);
}

static struct open_item *recover_item_of(struct recovery *rec, const char *id)
{
	uint64_t hash = hash_bytes(id, strlen(id));
	uint32_t i = map_find(&rec->index, hash, recover_same_id, rec->items.at, id);
	struct open_item *item;

	if (i != NO_INDEX)
		return &rec->items.at[i];
	map_add(&rec->index, hash, rec->items.nr);
	item = vec_add(&rec->items);
	item->id = arena_str(&rec->arena, id, strlen(id))->data;
	item->new_id = -1;
	return item;
}

/* What is answered is forgotten: a log may be long. */
static void recover_take_line(struct recovery *rec, json_t *root)
{
	const char *event = json_string_value(json_object_get(root, "event"));
	const char *id = json_string_value(json_object_get(root, "id"));
	struct open_item *item;

	if (!event || !id || !copies_is_id(id) || !strcmp(event, "refused"))
		return;
	item = recover_item_of(rec, id);
	if (!strcmp(event, "made")) {
		item->new_id = json_num_of(root, "new_id");
		return;
	}
	json_decref(item->first);
	item->first = strcmp(event, "remove") && strcmp(event, "set") && strcmp(event, "undo") ?
		      NULL : json_incref(root);
}

static void recover_settle(struct recovery *rec, const struct open_item *item,
			   const char *result, bool drop)
{
	struct removal *rm = rec->rm;
	const char *ref = json_text_of(&rec->arena, item->first, "ref");
	struct json json;

	log_open_line(rm, &json, "settled", item->id);
	json_str(&json, "ref", ref, strlen(ref));
	json_text(&json, "note", result);
	log_close_line(&json);
	buf_printf(&rm->report, "%s: an earlier run was cut short: %s\n", ref, result);
	if (drop)
		copies_drop(rm, item->id);
}

#define RECOVER_ELSEWHERE	"not known whether it was done: it is of another IPC namespace"

static void recover_settle_removal(struct recovery *rec, const struct open_item *item)
{
	/* A copy of what is still there is dropped. */
	static const struct {
		const char *result;
		bool drop;
	} settlements[] = {
		[SETTLED_REMOVED]	= { "removed", false },
		[SETTLED_NOT_REMOVED]	= { "not removed", true },
		[SETTLED_PUT_BACK]	= { "not removed, put back under its name", true },
		[SETTLED_ASIDE]		= { "not removed, but its name was taken again: it is still called as the log says (aside)", true },
		[SETTLED_NO_DIRECTORY]	= { "its directory is gone", false },
	};
	const char *aside = json_text_of(&rec->arena, item->first, "aside");
	enum settlement settled = SETTLED_REMOVED;
	const struct change_family *family;
	struct target target;
	struct present now;

	if (!identity_read(&rec->arena, item->first, &target)) {
		recover_settle(rec, item, "its line in the log cannot be understood", false);
		return;
	}
	/* What is called so here is another object. */
	if (target_is_elsewhere(rec->rm, &target)) {
		recover_settle(rec, item, RECOVER_ELSEWHERE, false);
		return;
	}
	family = target_class(&target)->family;
	if (family->settle)
		settled = family->settle(rec->rm, &target, aside);
	else if (!look_target(rec->rm, &target, &now) && family->is_same(&target, &now))
		settled = SETTLED_NOT_REMOVED;
	recover_settle(rec, item, settlements[settled].result, settlements[settled].drop);
	if (settled != SETTLED_REMOVED || json_is_true(json_object_get(item->first, "kept")))
		return;
	target.outcome = OUTCOME_REMOVED;
	target.id = item->id;
	saved_add_lost(rec->rm, &target, 1);
}

static void recover_settle_set(struct recovery *rec, const struct open_item *item)
{
	struct target target;
	int ret = -EBADMSG;

	if (identity_read(&rec->arena, item->first, &target)) {
		if (target_is_elsewhere(rec->rm, &target)) {
			recover_settle(rec, item, RECOVER_ELSEWHERE, false);
			return;
		}
		ret = reset_look(rec->rm, item->first, &target);
	}
	recover_settle(rec, item, !ret ? "not set" : ret > 0 ? "set, or a part of it" :
		   "not known whether it was set: it is gone or was changed since", !ret);
}

static void recover_settle_undo(struct recovery *rec, const struct open_item *item)
{
	const char *aside = json_text_of(&rec->arena, item->first, "aside");
	json_t *saved = copies_load(rec->rm, item->id);
	const struct change_family *family;
	struct target target;
	bool whole = !saved;

	if (reset_is(saved)) {
		whole = identity_read(&rec->arena, saved, &target) &&
			!reset_look(rec->rm, saved, &target);
	} else if (saved && identity_read(&rec->arena, saved, &target)) {
		family = target_class(&target)->family;
		whole = family->settle_undo(rec->rm, &target, item->new_id, aside,
					    json_num_of(item->first, "seconds"));
	}
	recover_settle(rec, item, whole ? "restored" :
		       "not restored; undo can be tried again", whole);
	json_decref(saved);
}

/* Only the last run can be open: the next one settles it. */
static void recover_read_tail(struct recovery *rec, uint64_t size)
{
	uint64_t at = size > MOST ? size - MOST : 0, room = PIECE, done;
	char *line, *end, *save = NULL;
	struct buf text = {};

	for (; at < size; at += done) {
		if (state_read_from(rec->log, at, room, &text) || !text.len)
			break;
		end = memrchr(text.data, '\n', text.len);
		if (!end && text.len < room)
			break;		/* cut off by a full disk */
		done = end ? (uint64_t)(end + 1 - text.data) : 0;
		room = end ? PIECE : 2 * room;
		text.data[done] = '\0';
		for (line = strtok_r(text.data, "\n", &save); line && done;
		     line = strtok_r(NULL, "\n", &save)) {
			json_t *root = strstr(line, LAST_LINE) ? NULL : json_loads(line, 0, NULL);

			if (root)
				recover_take_line(rec, root);
			json_decref(root);
		}
	}
	buf_free(&text);
}

/* Names what a log says that others can have written; nothing of it is done. */
static void recover_refuse(struct recovery *rec)
{
	struct buf *to = &rec->rm->report;
	const struct open_item *item;
	uint32_t nr = 0;

	vec_for_each(item, &rec->items) {
		const char *ref = item->first ? json_text_of(&rec->arena, item->first, "ref") : "";
		const char *aside = item->first ?
				    json_text_of(&rec->arena, item->first, "aside") : "";

		if (!item->first || nr++ >= NAMED)
			continue;
		text_escape(to, ref, strlen(ref));
		buf_puts(to, ": not known what came of it");
		if (*aside) {
			buf_puts(to, "; it may be called ");
			text_escape(to, aside, strlen(aside));
			buf_puts(to, " in its directory, to be moved back");
		}
		buf_putc(to, '\n');
	}
	if (nr > NAMED)
		buf_printf(to, "%u more like these: the log has them\n", nr - NAMED);
	if (!nr)
		buf_printf(to, "%s: an earlier run may have been cut short, but others can write to this log or to its directory: nothing of it is settled\n",
			   rec->rm->paths.log);
	else
		snprintf(rec->rm->fatal, sizeof(rec->rm->fatal),
			 "an earlier run was cut short, but others can write to this log or to its directory: nothing is settled or done. Look at what is named, then move the log away");
}

static bool recover_ended(struct removal *rm, int log, uint64_t size)
{
	uint64_t from = size > TAIL ? size - TAIL : 0;
	struct buf text = {};
	const char *last;
	bool yes;

	state_read_from(log, from, TAIL, &text);
	if (text.len && text.data[text.len - 1] != '\n' && log == rm->log)
		buf_putc(&rm->lines, '\n');	/* cut off by a full disk */
	if (text.len)
		text.data[--text.len] = '\0';
	last = strrchr(text.data, '\n');
	yes = !text.len || strstr(last ? last : text.data, LAST_LINE);
	buf_free(&text);
	return yes;
}

static void recover_from(struct removal *rm, int log, bool ours)
{
	struct recovery rec = { .rm = rm, .log = log };
	struct open_item *item;
	const uint64_t size = log < 0 ? 0 : state_size(log);

	if (recover_ended(rm, log, size))
		return;
	recover_read_tail(&rec, size);
	/* What others can have written there must move and remove nothing. */
	if (!ours)
		recover_refuse(&rec);
	vec_for_each(item, &rec.items) {
		const char *event = json_text_of(&rec.arena, item->first, "event");

		if (item->first && ours && !strcmp(event, "undo"))
			recover_settle_undo(&rec, item);
		else if (item->first && ours && !strcmp(event, "set"))
			recover_settle_set(&rec, item);
		else if (item->first && ours)
			recover_settle_removal(&rec, item);
		json_decref(item->first);
	}
	log_flush(rm, true);
	vec_free(&rec.items);
	map_free(&rec.index);
	arena_free(&rec.arena);
}

/* STATE/open stands there while a run has its log open, and says which file that is: it may have
 * been rotated, or another than the usual one. */
static void recover_open_path(struct buf *to, const struct removal *rm)
{
	buf_reset(to);
	buf_printf(to, "%s/open", rm->paths.state);
}

struct recover_file {
	uint64_t ino;
	char name[256];
};

static int recover_note_name(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct recover_file *file = arg;

	if (ino == file->ino)
		snprintf(file->name, sizeof(file->name), "%s", name);
	return 0;
}

/* The log of a run that was killed, where it is no longer the one in use; -1. */
static int recover_open_log(struct removal *rm, bool *ours)
{
	struct buf path = {}, text = {};
	struct recover_file file = {};
	const char *log, *end;
	uint64_t size = 0;
	json_t *root;
	int fd = -1;

	recover_open_path(&path, rm);
	if (rm->log < 0 || state_read(path.data, TAIL, &text)) {
		buf_free(&path);
		return -1;
	}
	root = json_loads(text.data, 0, NULL);
	log = json_text_of(&rm->arena, root, "log");
	file.ino = (uint64_t)json_num_of(root, "ino");
	end = strrchr(log, '/');
	if (end && file.ino != state_inode(rm->log) &&
	    !state_list(arena_str(&rm->arena, log, (size_t)(end - log) + 1)->data,
			recover_note_name, &file) && *file.name) {
		buf_reset(&path);
		buf_add(&path, log, (size_t)(end - log) + 1);
		buf_puts(&path, file.name);
		fd = state_append(path.data, ours);
	}
	if (fd >= 0 || file.ino == state_inode(rm->log))
		size = state_size(fd >= 0 ? fd : rm->log);
	if (end && size < (uint64_t)json_num_of(root, "size"))
		buf_printf(&rm->report, "%s: this log was moved away or emptied before the next run, and an earlier run was cut short: files called " ASIDE_PREFIX "* are what it had put aside\n",
			   log);
	json_decref(root);
	buf_free(&path);
	buf_free(&text);
	return fd;
}

static void recover_note_open(struct removal *rm)
{
	struct buf path = {}, text = {};
	struct json json = { .to = &text };
	int fd;

	json_open(&json, NULL, '{');
	json_text(&json, "log", rm->paths.log);
	json_u64(&json, "ino", state_inode(rm->log));
	json_u64(&json, "size", state_size(rm->log));
	json_close(&json, '}');
	recover_open_path(&path, rm);
	state_unlink(path.data);
	fd = state_create(path.data);
	rm->noted_open = fd >= 0 && !state_write(fd, text.data, text.len);
	state_close(fd);
	buf_free(&path);
	buf_free(&text);
}

void log_forget_open(struct removal *rm)
{
	struct buf path = {};

	recover_open_path(&path, rm);
	if (rm->noted_open)
		state_unlink(path.data);
	buf_free(&path);
	rm->noted_open = false;
}

void log_recover(struct removal *rm)
{
	bool ours = false;
	int log = recover_open_log(rm, &ours);

	if (log >= 0)
		recover_from(rm, log, ours);
	state_close(log);
	recover_from(rm, rm->log, rm->log_is_ours);
	if (!*rm->fatal && rm->log >= 0)
		recover_note_open(rm);
}
