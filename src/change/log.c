// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * removed.jsonl: a line before each removal and one after it. The first is on the disk before
 * anything happens; a run that was killed leaves lines without an answer behind, and no line
 * that says it ended. The next run looks up what was announced and not answered: what was moved
 * aside is moved back, what is half made is taken away.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "internal.h"
#include "ipcscope/text.h"
#include "util/outfile.h"

#define TAIL	4096
#define LAST_LINE	"\"event\":\"end\""
#define MOST	(64ull << 20)
#define PIECE	(1 << 20)
#define NAMED	10	/* of what a log leaves open */

void log_time(struct json *json, const struct removal *rm)
{
	time_t now = rm->host->ops->now(rm->host);
	char text[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_text(json, "time", text);
	json_i64(json, "seconds", now);
}

static void log_open_line(struct removal *rm, struct json *json, const char *event,
			  const char *id)
{
	*json = (struct json){ .to = &rm->lines };
	json_open(json, NULL, '{');
	json_text(json, "event", event);
	log_time(json, rm);
	json_text(json, "run", rm->run);
	if (id)
		json_text(json, "id", id);
}

static void log_close_line(struct json *json)
{
	json_close(json, '}');
	buf_putc(json->to, '\n');
}

void log_begin(struct removal *rm, const struct target *target)
{
	struct json json;

	log_open_line(rm, &json, target->outcome == OUTCOME_REFUSED ? "refused" :
		      "remove", target->id);
	json_text(&json, "command", rm->command);
	json_str(&json, "by", rm->by->data, rm->by->len);
	json_u64(&json, "by_uid", rm->by_uid);
	if (rm->login_uid >= 0)
		json_i64(&json, "login_uid", rm->login_uid);
	identity_write(&json, target);
	json_text(&json, "verdict", verdict_infos[target->verdict].word);
	json_str(&json, "why", target->sentence->data, target->sentence->len);
	json_bool(&json, "force", target->force);
	json_bool(&json, "kept", target->kept);
	if (*target->aside)
		json_text(&json, "aside", target->aside);
	if (target->note)
		json_str(&json, "note", target->note->data, target->note->len);
	log_close_line(&json);
}

void log_end(struct removal *rm, const struct target *target)
{
	struct json json;

	log_open_line(rm, &json, outcome_words[target->outcome], target->id);
	json_str(&json, "ref", target->ref->data, target->ref->len);
	if (target->outcome == OUTCOME_REMOVED && target->scan)
		json_u64(&json, "scan_us", (target->scan + 999) / 1000);
	if (target->outcome == OUTCOME_REMOVED)
		json_u64(&json, "window_us", (target->window + 999) / 1000);
	if (target->note)
		json_str(&json, "note", target->note->data, target->note->len);
	log_close_line(&json);
}

void log_undo(struct removal *rm, const char *event, const struct saved *saved,
	      const struct str *path, const char *aside, int64_t new_id)
{
	struct json json;

	log_open_line(rm, &json, event, saved->id);
	json_str(&json, "by", rm->by->data, rm->by->len);
	json_u64(&json, "by_uid", rm->by_uid);
	json_str(&json, "ref", saved->ref, strlen(saved->ref));
	if (path)
		identity_write_path(&json, path);
	if (aside)
		json_text(&json, "aside", aside);
	if (new_id >= 0)
		json_i64(&json, "new_id", new_id);
	log_close_line(&json);
}

int log_flush(struct removal *rm, bool sync)
{
	int ret = 0;

	if (rm->lines.len && rm->log >= 0) {
		ret = state_write(rm->log, rm->lines.data, rm->lines.len);
		rm->logged = true;
	}
	buf_reset(&rm->lines);
	if (!ret && sync && rm->log >= 0)
		ret = state_sync(rm->log);
	if (ret && !*rm->fatal)
		snprintf(rm->fatal, sizeof(rm->fatal),
			 "the log %s cannot be written: %s", rm->paths.log, strerror(-ret));
	return ret;
}

/* That there is room is known before anything is planned to happen. */
int log_open(struct removal *rm, char why[256])
{
	const char *path = rm->paths.log, *dir;
	int ret;

	if (rm->no_log)
		return 0;
	if (!rm->log_path) {
		dir = arena_str(&rm->arena, path, strrchr(path, '/') - path)->data;
		ret = state_dir(dir, rm->paths.base);
		if (ret) {
			snprintf(why, 256, "%s cannot be used for the log: %s", dir,
				 outfile_error(ret));
			return ret;
		}
	}
	rm->log = state_append(path, &rm->log_is_ours);
	if (rm->log >= 0)
		return 0;
	snprintf(why, 256, "the log %s cannot be written: %s (--no-log to do without)",
		 path, outfile_error(rm->log));
	return rm->log;
}

void log_finish(struct removal *rm)
{
	struct json json;

	if (!rm->logged)
		return;
	log_open_line(rm, &json, "end", NULL);
	log_close_line(&json);
	log_flush(rm, true);
}

/* What the run said last of one id. */
struct open_item {
	const char *id;
	json_t *first;		/* "remove" or "undo"; NULL: answered */
	int64_t new_id;		/* of "made"; -1 */
};

struct recovery {
	struct removal *rm;
	struct arena arena;
	struct VEC(struct open_item) items;
	struct map index;
};

static bool log_same_id(const void *vec, uint32_t index, const void *key)
{
	return !strcmp(((const struct open_item *)vec)[index].id, key);
}

static struct open_item *log_item_of(struct recovery *rec, const char *id)
{
	uint64_t hash = hash_bytes(id, strlen(id));
	uint32_t i = map_find(&rec->index, hash, log_same_id, rec->items.at, id);
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
static void log_take_line(struct recovery *rec, json_t *root)
{
	const char *event = json_string_value(json_object_get(root, "event"));
	const char *id = json_string_value(json_object_get(root, "id"));
	struct open_item *item;

	if (!event || !id || !copies_is_id(id) || !strcmp(event, "refused"))
		return;
	item = log_item_of(rec, id);
	if (!strcmp(event, "made")) {
		item->new_id = json_num_of(root, "new_id");
		return;
	}
	json_decref(item->first);
	item->first = strcmp(event, "remove") && strcmp(event, "undo") ? NULL : json_incref(root);
}

static void log_settle(struct recovery *rec, const struct open_item *item,
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

static void log_settle_removal(struct recovery *rec, const struct open_item *item)
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
		log_settle(rec, item, "its line in the log cannot be understood", false);
		return;
	}
	family = target_class(&target)->family;
	if (family->settle)
		settled = family->settle(rec->rm, &target, aside);
	else if (!look_target(rec->rm, &target, &now) && family->is_same(&target, &now))
		settled = SETTLED_NOT_REMOVED;
	log_settle(rec, item, settlements[settled].result, settlements[settled].drop);
	if (settled != SETTLED_REMOVED || json_is_true(json_object_get(item->first, "kept")))
		return;
	target.outcome = OUTCOME_REMOVED;
	snprintf(target.id, sizeof(target.id), "%s", item->id);
	saved_add_lost(rec->rm, &target, 1);
}

static void log_settle_undo(struct recovery *rec, const struct open_item *item)
{
	const char *aside = json_text_of(&rec->arena, item->first, "aside");
	json_t *saved = copies_load(rec->rm, item->id);
	const struct change_family *family;
	struct target target;
	bool whole = !saved;

	if (saved && identity_read(&rec->arena, saved, &target)) {
		family = target_class(&target)->family;
		whole = family->settle_undo(rec->rm, &target, item->new_id, aside,
					    json_num_of(item->first, "seconds"));
	}
	log_settle(rec, item, whole ? "restored" :
		   "not restored; undo can be tried again", whole);
	json_decref(saved);
}

/* Only the last run can be open: the next one settles it. */
static void log_read_tail(struct recovery *rec, uint64_t size)
{
	uint64_t at = size > MOST ? size - MOST : 0, room = PIECE, done;
	char *line, *end, *save = NULL;
	struct buf text = {};

	for (; at < size; at += done) {
		if (state_read_from(rec->rm->log, at, room, &text) || !text.len)
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
				log_take_line(rec, root);
			json_decref(root);
		}
	}
	buf_free(&text);
}

/* Names what a log says that others can have written; nothing of it is done. */
static void log_refuse(struct recovery *rec)
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

static bool log_ended(struct removal *rm, uint64_t size)
{
	uint64_t from = size > TAIL ? size - TAIL : 0;
	struct buf text = {};
	const char *last;
	bool yes;

	state_read_from(rm->log, from, TAIL, &text);
	if (text.len && text.data[text.len - 1] != '\n')
		buf_putc(&rm->lines, '\n');	/* cut off by a full disk */
	if (text.len)
		text.data[--text.len] = '\0';
	last = strrchr(text.data, '\n');
	yes = !text.len || strstr(last ? last : text.data, LAST_LINE);
	buf_free(&text);
	return yes;
}

void log_recover(struct removal *rm)
{
	struct recovery rec = { .rm = rm };
	struct open_item *item;
	const uint64_t size = rm->log < 0 ? 0 : state_size(rm->log);

	if (log_ended(rm, size))
		return;
	log_read_tail(&rec, size);
	/* What others can have written there must move and remove nothing. */
	if (!rm->log_is_ours)
		log_refuse(&rec);
	vec_for_each(item, &rec.items) {
		const char *event = json_text_of(&rec.arena, item->first, "event");

		if (item->first && rm->log_is_ours && !strcmp(event, "undo"))
			log_settle_undo(&rec, item);
		else if (item->first && rm->log_is_ours)
			log_settle_removal(&rec, item);
		json_decref(item->first);
	}
	log_flush(rm, true);
	vec_free(&rec.items);
	map_free(&rec.index);
	arena_free(&rec.arena);
}
