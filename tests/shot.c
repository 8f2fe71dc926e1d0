// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shot.h"

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static unsigned int parse_columns(const char *text, enum field_id *columns)
{
	unsigned int nr = 0;
	char name[32];

	while (*text) {
		size_t len = strcspn(text, ",");

		must(len < sizeof(name), text);
		memcpy(name, text, len);
		name[len] = '\0';
		columns[nr] = field_by_name(name);
		must(columns[nr++] != FIELD_NONE, name);
		text += len + (text[len] == ',');
	}
	return nr;
}

static void use_columns(struct shot *shot, const char *columns,
			const char *wide)
{
	shot->view.nr_columns = parse_columns(columns, shot->columns);
	shot->view.nr_wide = parse_columns(wide, shot->wide);
	shot->view.columns = shot->columns;
	shot->view.wide = shot->wide;
}

void shot_load(struct shot *shot, const char *name)
{
	char path[128], why[256] = "";
	uint32_t i;

	memset(shot, 0, sizeof(*shot));
	snprintf(path, sizeof(path), "tests/snapshots/%s.ndjson", name);
	must(!record_load(path, &shot->layout, &shot->snap, why),
	     why[0] ? why : path);
	memset(shot->all, 0xff, sizeof(shot->all));
	shot->view.json_fields = shot->all;
	shot->view.details = true;
	shot->view.heading = true;
	use_columns(shot, "ref,owner,amount,state,age,users",
		    "ref,key,owner,mode,amount,state,age,idle,users");
	shot->nr = shot->snap.objects.nr;
	shot->objects = mem_zero(shot->nr, sizeof(uint32_t));
	for (i = 0; i < shot->nr; i++)
		shot->objects[i] = i;
}

void shot_free(struct shot *shot)
{
	snapshot_free(&shot->snap);
	free(shot->objects);
}

void shot_class(struct shot *shot, enum class_id class)
{
	const struct class_info *kind = class_infos[class];
	uint32_t i;

	shot->nr = 0;
	for (i = 0; i < shot->snap.objects.nr; i++) {
		if (shot->snap.objects.at[i].class == class)
			shot->objects[shot->nr++] = i;
	}
	use_columns(shot, kind->columns, kind->wide);
	shot->view.states_told = kind->states_told;
}

void shot_render(struct shot *shot, enum format format, unsigned int width,
		 struct buf *text)
{
	struct view view = shot->view;

	view.format = format;
	view.terminal = width > 0;
	view.width = width;
	memset(text, 0, sizeof(*text));
	render_objects(text, &view, &shot->snap, shot->objects, shot->nr);
}

const struct object *shot_object(const struct shot *shot, const char *ref)
{
	struct buf text = {};
	uint32_t i;

	for (i = 0; i < shot->snap.objects.nr; i++) {
		buf_reset(&text);
		object_ref(&text, &shot->snap, &shot->snap.objects.at[i]);
		if (!strcmp(text.data, ref))
			break;
	}
	must(i < shot->snap.objects.nr, ref);
	buf_free(&text);
	return &shot->snap.objects.at[i];
}

void read_file(const char *path, struct buf *text)
{
	FILE *file = fopen(path, "re");
	size_t nr;

	must(file, path);
	memset(text, 0, sizeof(*text));
	do {
		char *at = buf_room(text, 4096);

		nr = fread(at, 1, 4096, file);
		text->len += nr;
		text->data[text->len] = '\0';
	} while (nr);
	must(!ferror(file), path);
	fclose(file);
}
