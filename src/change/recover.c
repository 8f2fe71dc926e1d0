// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After a run that was killed: what it announced and did not answer is looked
 * up, what it moved aside is moved back, what it half made is taken away.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "read_json.h"

#define TAIL	4096
#define MOST	(64ull << 20)

/* What the run said last of one id. */
struct open_item {
	const char *id;
	json_t *first;		/* "remove" or "undo" */
	int64_t new_id;		/* of "made"; -1 */
	bool answered;
};

struct recovery {
	struct removal *rm;
	struct arena arena;
	struct VEC(struct open_item) items;
	struct map index;
};

static bool same_id(const void *vec, uint32_t index, const void *key)
{
	return !strcmp(((const struct open_item *)vec)[index].id, key);
}

static struct open_item *item_of(struct recovery *rec, const char *id)
{
	uint64_t hash = hash_bytes(id, strlen(id));
	uint32_t i = map_find(&rec->index, hash, same_id, rec->items.at, id);
	struct open_item *item;

	if (i != NO_INDEX)
		return &rec->items.at[i];
	map_add(&rec->index, hash, rec->items.nr);
	item = vec_add(&rec->items);
	item->id = arena_str(&rec->arena, id, strlen(id))->data;
	item->new_id = -1;
	return item;
}

static void take_line(struct recovery *rec, json_t *root)
{
	const char *event = json_text_of(&rec->arena, root, "event");
	const char *id = json_text_of(&rec->arena, root, "id");
	struct open_item *item;

	if (!*id || !strcmp(event, "refused"))
		return;
	item = item_of(rec, id);
	if (!strcmp(event, "remove") || !strcmp(event, "undo")) {
		json_decref(item->first);
		item->first = json_incref(root);
		item->answered = false;
	} else if (!strcmp(event, "made")) {
		item->new_id = json_num_of(root, "new_id");
	} else {
		item->answered = true;
	}
}

static void settle(struct recovery *rec, const struct open_item *item,
		   const char *result, bool drop)
{
	struct removal *rm = rec->rm;
	const char *ref = json_text_of(&rec->arena, item->first, "ref");

	log_settled(rm, item->id, ref, result);
	buf_printf(&rm->report, "%s: an earlier run was cut short: %s\n", ref,
		   result);
	rm->recovered++;
	if (drop)
		save_drop(rm, item->id);
}

static void settle_sysv(struct recovery *rec, const struct open_item *item,
			const struct target *target)
{
	const struct sysv_seen same = {
		.st = target->sysv, .in_use = true,
	};
	enum sysv_kind kind = target_sysv_kind(target->class);
	struct sysv_stat now;
	bool there;

	there = !rec->rm->ops->sysv->look(kind, target->sysv.id, &now) &&
		host_sysv_unchanged(kind, &same, &now);
	settle(rec, item, there ? "not removed" : "removed", there);
}

static bool is_at(struct removal *rm, const struct host_place *place,
		  const char *name, const struct host_stat *same)
{
	struct host_place at = { .dir = place->dir };
	struct host_stat st;

	snprintf(at.name, sizeof(at.name), "%s", name);
	return !rm->ops->file->stat(&at, &st) && host_same_file(&st, same, false);
}

static void settle_file(struct recovery *rec, const struct open_item *item,
			const struct target *target)
{
	const char *aside = json_text_of(&rec->arena, item->first, "aside");
	struct removal *rm = rec->rm;
	struct host_place place;

	if (rm->ops->file->open_place(target->path->data, false, &place)) {
		settle(rec, item, "its directory is gone", false);
		return;
	}
	if (is_at(rm, &place, place.name, &target->file))
		settle(rec, item, "not removed", true);
	else if (!*aside || !is_at(rm, &place, aside, &target->file))
		settle(rec, item, "removed", false);
	else if (rm->ops->file->put_back(&place, aside))
		settle(rec, item, "not removed, but its name was taken again: it is still called as the log says (aside)",
		       true);
	else
		settle(rec, item, "not removed, put back under its name", true);
	rm->ops->file->close_place(&place);
}

static void settle_queue(struct recovery *rec, const struct open_item *item,
			 const struct target *target)
{
	struct removal *rm = rec->rm;
	int fd = rm->ops->mqueue->open(target->path->data, &target->file);

	rm->ops->file->close(fd);
	settle(rec, item, fd < 0 ? "removed" : "not removed", fd >= 0);
}

/* Half made things are open to nobody. Whether it was whole. */
static bool unmake_sysv(struct recovery *rec, const struct open_item *item,
			const struct target *target)
{
	enum sysv_kind kind = target_sysv_kind(target->class);
	struct removal *rm = rec->rm;
	struct sysv_stat now;
	int id = item->new_id >= 0 ? (int)item->new_id : target->sysv.id;

	if (rm->ops->sysv->look(kind, id, &now) || now.key != target->sysv.key)
		return false;
	if (item->new_id >= 0 && now.uid == target->sysv.uid &&
	    !((now.mode ^ target->sysv.mode) & 0777) && now.mode & 0777)
		return true;
	if (!(now.mode & 0777) && target->sysv.mode & 0777 &&
	    (kind != SYSV_SHM || !now.nr))
		rm->ops->sysv->discard(kind, id);
	return false;
}

static void unmake_file(struct recovery *rec, const struct open_item *item,
			const struct target *target)
{
	const char *aside = json_text_of(&rec->arena, item->first, "aside");
	struct removal *rm = rec->rm;
	struct host_place place;

	if (strncmp(aside, ASIDE_PREFIX, strlen(ASIDE_PREFIX)) ||
	    strchr(aside, '/') ||
	    rm->ops->file->open_place(target->path->data, false, &place))
		return;
	rm->ops->file->discard(&place, aside);
	rm->ops->file->close_place(&place);
}

static void unmake(struct recovery *rec, const struct open_item *item)
{
	json_t *saved = saved_load(rec->rm, item->id);
	struct target target;
	bool whole = !saved;

	if (saved && json_target(&rec->arena, saved, &target)) {
		if (target_is_sysv(&target))
			whole = unmake_sysv(rec, item, &target);
		else if (target.class != CLASS_pmsg)
			unmake_file(rec, item, &target);
	}
	settle(rec, item, whole ? "restored" :
	       "not restored; undo can be tried again", whole);
	json_decref(saved);
}

static void settle_item(struct recovery *rec, const struct open_item *item)
{
	struct target target;

	if (!strcmp(json_text_of(&rec->arena, item->first, "event"), "undo"))
		unmake(rec, item);
	else if (!json_target(&rec->arena, item->first, &target))
		settle(rec, item, "its line in the log cannot be understood",
		       false);
	else if (target_is_sysv(&target))
		settle_sysv(rec, item, &target);
	else if (target.class == CLASS_pmsg)
		settle_queue(rec, item, &target);
	else
		settle_file(rec, item, &target);
}

/* Only the last run can be open: the next one settles it. */
static void read_tail(struct recovery *rec, uint64_t size)
{
	uint64_t from = size > MOST ? size - MOST : 0;
	char *line, *end, *save = NULL;
	struct buf text = {};
	json_t *root;

	state_read(rec->rm->paths.log.data, from, size - from, &text);
	for (line = strtok_r(text.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		end = strstr(line, "\"event\":\"end\"");
		root = end ? NULL : json_loads(line, 0, NULL);
		if (root)
			take_line(rec, root);
		json_decref(root);
	}
	buf_free(&text);
}

static bool ended(struct removal *rm, uint64_t size)
{
	uint64_t from = size > TAIL ? size - TAIL : 0;
	struct buf text = {};
	const char *last;
	bool yes;

	state_read(rm->paths.log.data, from, TAIL, &text);
	if (text.len && text.data[text.len - 1] != '\n')
		buf_putc(&rm->lines, '\n');	/* cut off by a full disk */
	if (text.len)
		text.data[--text.len] = '\0';
	last = strrchr(text.data, '\n');
	yes = !text.len || strstr(last ? last : text.data, "\"event\":\"end\"");
	buf_free(&text);
	return yes;
}

void recover(struct removal *rm)
{
	struct recovery rec = { .rm = rm };
	struct open_item *item;
	uint64_t size;
	int64_t mtime;

	if (rm->log < 0 || state_stat(rm->paths.log.data, &size, &mtime) ||
	    ended(rm, size))
		return;
	read_tail(&rec, size);
	vec_for_each(item, &rec.items) {
		if (item->first && !item->answered)
			settle_item(&rec, item);
		json_decref(item->first);
	}
	log_flush(rm, true);
	vec_free(&rec.items);
	map_free(&rec.index);
	arena_free(&rec.arena);
}
