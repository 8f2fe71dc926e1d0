// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON document around rows, and rows a line each. */
#include <errno.h>

#include "internal.h"

static void document_str(struct json *json, const char *key, const struct str *str)
{
	if (str)
		json_str(json, key, str->data, str->len);
}

void render_json_head(struct json *json, const struct snapshot *snap)
{
	json_open(json, NULL, '{');
	json_text(json, "ipcscope", VERSION);
	json_u64(json, "schema", 1);
	json_open(json, "host", '{');
	document_str(json, "hostname", snap->host.hostname);
	document_str(json, "kernel", snap->host.kernel);
	document_str(json, "boot_id", snap->host.boot_id);
	json_i64(json, "taken", snap->host.taken);
	json_close(json, '}');
}

static void document_warning(struct json *json, const struct warning *warning)
{
	const char *name = warning->err ? strerrorname_np(warning->err) : NULL;
	struct buf means = {};

	json_open(json, NULL, '{');
	json_text(json, "part", part_infos[warning->part].name);
	if (name)
		json_text(json, "errno", name);
	json_u64(json, "count", warning->count);
	if (warning->first)
		json_i64(json, "first", warning->first);
	else if (warning->what)
		json_str(json, "first", warning->what->data, warning->what->len);
	if (warning->unsupported) {
		json_bool(json, "unsupported", true);
	} else {
		part_means(&means, warning->part, warning->count);
		json_str(json, "means", means.data, means.len);
		buf_free(&means);
	}
	json_close(json, '}');
}

void render_json_tail(struct json *json, const struct snapshot *snap)
{
	const struct warning *warning;

	buf_puts(json->to, ",\n\"warnings\":[");
	json->comma = false;
	vec_for_each(warning, &snap->warnings)
		document_warning(json, warning);
	json_close(json, ']');
	json_close(json, '}');
	buf_putc(json->to, '\n');
}

static void document_begin(struct buf *to, const struct view *view,
			   const struct sheet *sheet)
{
	struct json json = { .to = to };

	render_json_head(&json, sheet->snap);
	buf_puts(to, sheet->line_each ? ",\n" : ",");
	json.comma = false;
	json_open(&json, sheet->name, '[');
}

static void document_row(struct buf *to, const struct sheet *sheet, uint32_t row)
{
	struct json json = { .to = to };

	buf_puts(to, row ? "," : "");
	buf_puts(to, sheet->line_each ? "\n" : "");
	json_open(&json, NULL, '{');
	sheet->json(&json, sheet, row);
	json_close(&json, '}');
}

static void document_end(struct buf *to, const struct sheet *sheet)
{
	struct json json = { .to = to };

	json_close(&json, ']');
	render_json_tail(&json, sheet->snap);
}

static void document_line(struct buf *to, const struct sheet *sheet, uint32_t row)
{
	struct json json = { .to = to };

	json_open(&json, NULL, '{');
	sheet->json(&json, sheet, row);
	json_close(&json, '}');
	buf_putc(to, '\n');
}

const struct writer writer_json = {
	.nested = true, .begin = document_begin, .row = document_row,
	.end = document_end,
};
const struct writer writer_ndjson = { .nested = true, .row = document_line };
