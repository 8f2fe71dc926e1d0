// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * removed.jsonl: a line before each removal and one after it. The first is on the disk before
 * anything happens; a run that was killed leaves lines without an answer behind, and no line
 * that says it ended: recover.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "internal.h"
#include "ipcscope/text.h"
#include "util/outfile.h"

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

void log_open_line(struct removal *rm, struct json *json, const char *event,
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

void log_close_line(struct json *json)
{
	json_close(json, '}');
	buf_putc(json->to, '\n');
}

void log_begin(struct removal *rm, const struct target *target)
{
	struct json json;

	log_open_line(rm, &json, rm->changes ? "set" :
		      target->outcome == OUTCOME_REFUSED ? "refused" : "remove", target->id);
	json_text(&json, "command", rm->command);
	json_str(&json, "by", rm->by->data, rm->by->len);
	json_u64(&json, "by_uid", rm->by_uid);
	if (rm->login_uid >= 0)
		json_i64(&json, "login_uid", rm->login_uid);
	identity_write(&json, target);
	if (rm->changes) {
		reset_write(&json, rm->changes);
	} else {
		json_text(&json, "verdict", verdict_infos[target->verdict].word);
		json_str(&json, "why", target->sentence->data, target->sentence->len);
		json_bool(&json, "force", target->force);
	}
	json_bool(&json, "kept", target->kept);
	if (target->aside)
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
