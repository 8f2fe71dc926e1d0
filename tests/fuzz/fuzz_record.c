// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "ipcscope/record.h"
#include "ipcscope/render.h"
#include "ipcscope/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static int load(const void *data, size_t size, struct layout *layout,
		struct snapshot *snap, char why[256])
{
	FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
	int err;

	must(file);
	err = record_read(file, layout, snap, why);
	fclose(file);
	return err;
}

/* What any file makes us print is clean text. */
static void render_all(const struct snapshot *snap)
{
	static const enum field_id columns[] = {
		FIELD_REF, FIELD_KEY, FIELD_OWNER, FIELD_MODE, FIELD_AMOUNT,
		FIELD_NAME, FIELD_TYPE, FIELD_STATE, FIELD_AGE, FIELD_IDLE,
		FIELD_CTIME, FIELD_MADE_BY, FIELD_LAST_BY, FIELD_VALUES,
		FIELD_PEERS, FIELD_PEER_USERS, FIELD_COMMAND, FIELD_USERS,
	};
	static struct fieldset all[NR_CLASSES];
	struct view view = {
		.heading = true, .width = 80, .columns = columns,
		.nr_columns = ARRAY_SIZE(columns), .json_fields = all,
	};
	uint32_t *objects = mem_zero(snap->objects.nr, sizeof(*objects));
	struct buf text = {};
	uint32_t i;
	size_t at;

	memset(all, 0xff, sizeof(all));
	for (i = 0; i < snap->objects.nr; i++)
		objects[i] = i;
	for (view.format = FORMAT_TABLE; view.format < NR_FORMATS; view.format++) {
		view.terminal = !view.terminal;
		view.time = view.terminal ? TIME_RELATIVE : TIME_ISO;
		render_objects(&text, &view, snap, objects, snap->objects.nr);
	}
	for (at = 0; at < text.len; at++)
		must(text.data[at] == '\n' || text.data[at] & 0xe0);
	must(!text.len || text_is_utf8(text.data, text.len));
	buf_free(&text);
	free(objects);
}

static void ignore(void *arg, const char *line)
{
	(void)arg;
	must(!text_is_unsafe(line, strlen(line)) || strchr(line, '\\'));
}

/* A file is refused with a sentence, or loads, prints, and saves the same
 * twice. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = {}, twice = {};
	struct layout layout;
	struct snapshot snap;
	char why[256];

	if (!size)
		return 0;
	if (load(data, size, &layout, &snap, why)) {
		must(why[0]);
		return 0;
	}
	render_all(&snap);
	render_warnings(&snap, ~0u, ignore, NULL);
	record_write(&once, &snap);
	snapshot_free(&snap);
	must(!load(once.data, once.len, &layout, &snap, why));
	record_write(&twice, &snap);
	snapshot_free(&snap);
	must(once.len == twice.len && !memcmp(once.data, twice.data, once.len));
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
