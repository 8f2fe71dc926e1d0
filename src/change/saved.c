// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What runs have removed: the copies there are, and SAVED/RUN.removed, which says what a run
 * removed without keeping it. That file is there before the run removes anything, so that a run
 * of which nothing is kept is not taken for none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "ipcscope/text.h"

#define REMOVED		".removed"
#define MOST_REMOVED	(64 << 20)

bool saved_is_removed(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot && !strcmp(dot, REMOVED) && dot == name + strspn(name, "0123456789-");
}

static int saved_append(struct removal *rm, const char *run, struct buf *lines)
{
	struct buf path = {};
	bool ours;
	int fd, ret;

	copies_path(&path, rm, run, REMOVED);
	fd = state_append(path.data, &ours);
	ret = fd < 0 ? fd : state_write(fd, lines->data, lines->len);
	state_close(fd);
	buf_free(&path);
	buf_free(lines);
	return ret;
}

int saved_begin(struct removal *rm)
{
	struct buf text = {};
	struct json json = { .to = &text };

	json_open(&json, NULL, '{');
	json_u64(&json, "ipcscope_removed", 1);
	json_text(&json, "command", rm->command);
	log_time(&json, rm);
	json_close(&json, '}');
	buf_putc(&text, '\n');
	return saved_append(rm, rm->run, &text);
}

static void saved_put_why(struct buf *to, const struct removal *rm)
{
	if (rm->best_effort) {
		buf_puts(to, "ipcrm keeps nothing");
	} else if (rm->changes) {
		buf_puts(to, "what it was could not be read");
	} else if (rm->no_save) {
		buf_puts(to, "--no-save");
	} else {
		buf_puts(to, "save limit ");
		num_size(to, rm->save_limit);
		buf_puts(to, " reached");
	}
}

void saved_add_lost(struct removal *rm, const struct target *targets, uint32_t nr)
{
	const char *dot = nr ? strchr(targets->id, '.') : NULL;
	struct buf lines = {}, why = {};
	char run[sizeof(rm->run)] = "";
	uint32_t i;

	saved_put_why(&why, rm);
	for (i = 0; i < nr; i++) {
		const struct target *target = &targets[i];
		struct json json = { .to = &lines };

		if ((target->outcome != OUTCOME_REMOVED &&
		     target->outcome != OUTCOME_CHANGED) || target->kept)
			continue;
		json_open(&json, NULL, '{');
		json_text(&json, "id", target->id);
		json_str(&json, "ref", target->ref->data, target->ref->len);
		json_str(&json, "owner", target->owner->data, target->owner->len);
		json_str(&json, "amount", target->amount->data, target->amount->len);
		json_u64(&json, "bytes", target->bytes);
		json_text(&json, "why", why.data);
		json_close(&json, '}');
		buf_putc(&lines, '\n');
	}
	if (lines.len && dot && (size_t)(dot - targets->id) < sizeof(run)) {
		memcpy(run, targets->id, (size_t)(dot - targets->id));
		saved_append(rm, run, &lines);
		rm->lost_any = true;
	}
	buf_free(&why);
	buf_free(&lines);
}

void saved_finish(struct removal *rm)
{
	struct buf path = {};

	copies_path(&path, rm, rm->run, REMOVED);
	if (!rm->lost_any)
		state_unlink(path.data);
	buf_free(&path);
}

/* RUN.N, RUN-MS.2 before RUN-MS.10. */
static int saved_by_number(const void *a, const void *b)
{
	const char *x = ((const struct saved *)a)->id;
	const char *y = ((const struct saved *)b)->id;
	size_t run = strchr(x, '.') - x;

	if (strncmp(x, y, run + 1))
		return strcmp(x, y);
	if (strlen(x) != strlen(y))
		return strlen(x) < strlen(y) ? -1 : 1;
	return strcmp(x, y);
}

struct saved_reading {
	const struct removal *rm;
	struct saved_list *list;
	struct buf path, text;
};

static struct saved *saved_add(struct saved_reading *reading, const char *id, const json_t *root)
{
	struct arena *arena = &reading->list->arena;
	struct saved *saved = vec_add(&reading->list->all);
	const char *class = json_text_of(arena, root, "class");
	const struct target target = { .class = class_by_name(class, strlen(class)) };

	*saved = (struct saved){
		.id = id, .whole = root,
		.ref = json_text_of(arena, root, "ref"),
		.owner = json_text_of(arena, root, "owner"),
		.amount = json_text_of(arena, root, "amount"),
		.command = json_text_of(arena, root, "command"),
		.time = json_num_of(root, "seconds"),
		.changed = reset_is(root),
		.size = reset_is(root) ? 0 : json_num_of(root, "bytes"),
	};
	if (!saved->changed && target.class != NR_CLASSES && target_class(&target)->loses_messages)
		saved->lost_messages = json_num_of(json_object_get(root, "mq"), "messages");
	return saved;
}

/* The first line says which run, the others what it removed without a copy. */
static void saved_read_removed(struct saved_reading *reading)
{
	struct arena *arena = &reading->list->arena;
	const char *command = "", *id;
	char *line, *save = NULL;
	int64_t time = 0;

	if (state_read(reading->path.data, MOST_REMOVED, &reading->text))
		return;
	for (line = strtok_r(reading->text.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		json_t *root = json_loads(line, 0, NULL);

		id = json_text_of(arena, root, "id");
		if (json_object_get(root, "ipcscope_removed")) {
			command = json_text_of(arena, root, "command");
			time = json_num_of(root, "seconds");
		} else if (copies_is_id(id)) {
			struct saved *saved = saved_add(reading, id, root);

			saved->lost = json_text_of(arena, root, "why");
			saved->command = command;
			saved->time = time;
		}
		json_decref(root);
	}
}

static int saved_note_file(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct saved_reading *reading = arg;
	const char *suffix = strrchr(name, '.'), *id;
	json_t *root;

	copies_path(&reading->path, reading->rm, name, "");
	if (saved_is_removed(name))
		saved_read_removed(reading);
	if (!suffix || strcmp(suffix, ".json"))
		return 0;
	id = arena_str(&reading->list->arena, name, (size_t)(suffix - name))->data;
	if (!copies_is_id(id))
		return 0;
	root = copies_load(reading->rm, id);
	saved_add(reading, id, root);
	json_decref(root);
	return 0;
}

int saved_list(struct removal *rm, struct saved_list *list)
{
	struct saved_reading reading = { .rm = rm, .list = list };
	int ret;

	*list = (struct saved_list){};
	ret = state_list(rm->paths.saved, saved_note_file, &reading);
	if (list->all.nr)
		qsort(list->all.at, list->all.nr, sizeof(list->all.at[0]), saved_by_number);
	buf_free(&reading.path);
	buf_free(&reading.text);
	return ret == -ENOENT ? 0 : ret;
}

void saved_list_free(struct saved_list *list)
{
	vec_free(&list->all);
	arena_free(&list->arena);
}

const char *saved_last_run(struct saved_list *list)
{
	const char *id;

	if (!list->all.nr)
		return NULL;
	id = list->all.at[list->all.nr - 1].id;
	return arena_str(&list->arena, id, strcspn(id, "."))->data;
}
