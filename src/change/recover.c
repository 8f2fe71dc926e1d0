// SPDX-License-Identifier: GPL-2.0-or-later
/* After a run that was killed: what it announced and did not answer is looked up, what it moved
 * aside is moved back, what it half made is taken away. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

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

static void recover_take_line(struct recovery *rec, json_t *root)
{
	const char *event = json_text_of(&rec->arena, root, "event");
	const char *id = json_text_of(&rec->arena, root, "id");
	struct open_item *item;

	if (!*id || !strcmp(event, "refused"))
		return;
	item = recover_item_of(rec, id);
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

static void recover_settle(struct recovery *rec, const struct open_item *item,
			   const char *result, bool drop)
{
	struct removal *rm = rec->rm;
	const char *ref = json_text_of(&rec->arena, item->first, "ref");

	log_settled(rm, item->id, ref, result);
	buf_printf(&rm->report, "%s: an earlier run was cut short: %s\n", ref, result);
	if (drop)
		copies_drop(rm, item->id);
}

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
	family = target_class(&target)->family;
	if (family->settle)
		settled = family->settle(rec->rm, &target, aside);
	else if (!look_target(rec->rm, &target, &now) && family->is_same(&target, &now))
		settled = SETTLED_NOT_REMOVED;
	recover_settle(rec, item, settlements[settled].result, settlements[settled].drop);
}

static void recover_settle_undo(struct recovery *rec, const struct open_item *item)
{
	const char *aside = json_text_of(&rec->arena, item->first, "aside");
	json_t *saved = copies_load(rec->rm, item->id);
	const struct change_family *family;
	struct target target;
	bool whole = !saved;

	if (saved && identity_read(&rec->arena, saved, &target)) {
		family = target_class(&target)->family;
		whole = family->settle_undo && family->settle_undo(rec->rm, &target,
								   (int)item->new_id, aside);
	}
	recover_settle(rec, item, whole ? "restored" :
		       "not restored; undo can be tried again", whole);
	json_decref(saved);
}

/* Only the last run can be open: the next one settles it. */
static void recover_read_tail(struct recovery *rec, uint64_t size)
{
	uint64_t from = size > MOST ? size - MOST : 0;
	char *line, *end, *save = NULL;
	struct buf text = {};
	json_t *root;

	state_read(rec->rm->paths.log, from, size - from, &text);
	for (line = strtok_r(text.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		end = strstr(line, "\"event\":\"end\"");
		root = end ? NULL : json_loads(line, 0, NULL);
		if (root)
			recover_take_line(rec, root);
		json_decref(root);
	}
	buf_free(&text);
}

static bool recover_ended(struct removal *rm, uint64_t size)
{
	uint64_t from = size > TAIL ? size - TAIL : 0;
	struct buf text = {};
	const char *last;
	bool yes;

	state_read(rm->paths.log, from, TAIL, &text);
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

	if (rm->log < 0 || state_stat(rm->paths.log, &size, &mtime) || recover_ended(rm, size))
		return;
	recover_read_tail(&rec, size);
	vec_for_each(item, &rec.items) {
		const char *event = json_text_of(&rec.arena, item->first, "event");

		if (item->first && !item->answered && !strcmp(event, "undo"))
			recover_settle_undo(&rec, item);
		else if (item->first && !item->answered)
			recover_settle_removal(&rec, item);
		json_decref(item->first);
	}
	log_flush(rm, true);
	vec_free(&rec.items);
	map_free(&rec.index);
	arena_free(&rec.arena);
}
