// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * removed.jsonl: a line before each removal and one after it. The first is on
 * the disk before anything happens; a run that was killed leaves lines without
 * an answer behind, and no line that says it ended.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "internal.h"

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

static void put_sysv(struct json *json, const struct sysv_stat *st)
{
	json_open(json, "sysv", '{');
	json_i64(json, "id", st->id);
	json_u64(json, "key", st->key);
	json_u64(json, "uid", st->uid);
	json_u64(json, "gid", st->gid);
	json_u64(json, "cuid", st->cuid);
	json_u64(json, "cgid", st->cgid);
	json_u64(json, "mode", st->mode);
	json_u64(json, "size", st->size);
	json_u64(json, "nr", st->nr);
	json_u64(json, "qbytes", st->qbytes);
	json_i64(json, "pid", st->pid);
	json_i64(json, "pid2", st->pid2);
	json_i64(json, "ctime", st->ctime);
	json_i64(json, "atime", st->atime);
	json_i64(json, "dtime", st->dtime);
	json_close(json, '}');
}

static void put_file(struct json *json, const struct host_stat *st)
{
	json_open(json, "file", '{');
	json_u64(json, "dev", st->dev);
	json_u64(json, "ino", st->ino);
	json_u64(json, "mode", st->mode);
	json_u64(json, "uid", st->uid);
	json_u64(json, "gid", st->gid);
	json_u64(json, "size", st->size);
	json_u64(json, "used", st->used);
	json_i64(json, "atime", st->atime);
	json_i64(json, "mtime", st->mtime);
	json_i64(json, "ctime", st->ctime);
	json_i64(json, "btime", st->btime);
	json_close(json, '}');
}

/* Exactly, whatever bytes somebody chose. */
static void put_path(struct json *json, const struct str *path)
{
	uint32_t i;

	json_str(json, "path", path->data, path->len);
	json_begin(json, "path_hex");
	buf_putc(json->to, '"');
	for (i = 0; i < path->len; i++)
		buf_hex(json->to, (unsigned char)path->data[i], 2);
	buf_putc(json->to, '"');
}

static void put_values(struct json *json, const struct target *target)
{
	uint32_t i;

	json_open(json, "values", '[');
	for (i = 0; i < target->sysv.nr; i++)
		json_u64(json, NULL, target->values[i]);
	json_close(json, ']');
}

void log_identity(struct json *json, const struct target *target)
{
	json_text(json, "class", class_infos[target->class]->name);
	json_str(json, "ref", target->ref->data, target->ref->len);
	json_str(json, "owner", target->owner->data, target->owner->len);
	json_str(json, "amount", target->amount->data, target->amount->len);
	json_u64(json, "uid", target->uid);
	json_u64(json, "bytes", target->bytes);
	if (target->path)
		put_path(json, target->path);
	if (target_is_sysv(target))
		put_sysv(json, &target->sysv);
	else
		put_file(json, &target->file);
	if (target->values && target->sysv.nr)
		put_values(json, target);
	if (target->class != CLASS_pmsg)
		return;
	json_open(json, "mq", '{');
	json_u64(json, "maxmsg", target->mq.maxmsg);
	json_u64(json, "msgsize", target->mq.msgsize);
	json_u64(json, "messages", target->mq.messages);
	json_close(json, '}');
}

static void open_line(struct removal *rm, struct json *json, const char *event,
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

static void close_line(struct json *json)
{
	json_close(json, '}');
	buf_putc(json->to, '\n');
}

void log_begin(struct removal *rm, const struct target *target)
{
	struct json json;

	if (rm->log < 0)
		return;
	open_line(rm, &json, target->outcome == OUTCOME_REFUSED ? "refused" :
		  "remove", target->id);
	json_text(&json, "command", rm->command);
	json_str(&json, "by", rm->by->data, rm->by->len);
	json_u64(&json, "by_uid", rm->by_uid);
	if (rm->login_uid >= 0)
		json_i64(&json, "login_uid", rm->login_uid);
	log_identity(&json, target);
	json_text(&json, "verdict", verdict_infos[target->verdict].word);
	json_str(&json, "why", target->sentence->data, target->sentence->len);
	json_bool(&json, "force", target->force);
	json_bool(&json, "kept", target->kept);
	if (*target->aside)
		json_text(&json, "aside", target->aside);
	if (target->note)
		json_str(&json, "note", target->note->data, target->note->len);
	close_line(&json);
}

void log_end(struct removal *rm, const struct target *target)
{
	struct json json;

	if (rm->log < 0)
		return;
	open_line(rm, &json, outcome_words[target->outcome], target->id);
	json_str(&json, "ref", target->ref->data, target->ref->len);
	if (target->note)
		json_str(&json, "note", target->note->data, target->note->len);
	close_line(&json);
}

void log_undo(struct removal *rm, const char *event, const char *id,
	      const char *ref, const char *path, const char *aside, int new_id)
{
	struct json json;

	if (rm->log < 0)
		return;
	open_line(rm, &json, event, id);
	json_str(&json, "by", rm->by->data, rm->by->len);
	json_u64(&json, "by_uid", rm->by_uid);
	json_str(&json, "ref", ref, strlen(ref));
	if (path) {
		struct arena arena = {};

		put_path(&json, arena_str(&arena, path, strlen(path)));
		arena_free(&arena);
	}
	if (aside)
		json_text(&json, "aside", aside);
	if (new_id >= 0)
		json_i64(&json, "new_id", new_id);
	close_line(&json);
}

void log_settled(struct removal *rm, const char *id, const char *ref,
		 const char *result)
{
	struct json json;

	open_line(rm, &json, "settled", id);
	json_str(&json, "ref", ref, strlen(ref));
	json_text(&json, "note", result);
	close_line(&json);
}

int log_flush(struct removal *rm, bool sync)
{
	int ret = 0;

	if (rm->log < 0)
		return 0;
	if (rm->lines.len) {
		ret = state_write(rm->log, rm->lines.data, rm->lines.len);
		rm->logged = true;
	}
	buf_reset(&rm->lines);
	if (!ret && sync)
		ret = state_sync(rm->log);
	if (ret && !*rm->fatal)
		snprintf(rm->fatal, sizeof(rm->fatal),
			 "the log %s cannot be written: %s", rm->paths.log.data,
			 strerror(-ret));
	return ret;
}

/* That there is room is known before anything is planned to happen. */
int log_open(struct removal *rm, char why[256])
{
	if (rm->no_log)
		return 0;
	rm->log = state_append(rm->paths.log.data);
	if (rm->log >= 0)
		return 0;
	snprintf(why, 256, "the log %s cannot be written: %s (--no-log to do without)",
		 rm->paths.log.data, strerror(-rm->log));
	return rm->log;
}

void log_finish(struct removal *rm)
{
	struct json json;

	if (rm->log < 0 || !rm->logged)
		return;
	open_line(rm, &json, "end", NULL);
	close_line(&json);
	log_flush(rm, true);
}
