// SPDX-License-Identifier: GPL-2.0-or-later
/* All formats but the table: the JSON document around rows, rows a line each, and a
 * table of GitHub's Markdown, to be pasted into an issue. */
#include <ctype.h>
#include <errno.h>

#include "internal.h"
#include "ipcscope/gaps.h"

static void formats_str(struct json *json, const char *key, const struct str *str)
{
	if (str)
		json_str(json, key, str->data, str->len);
}

void render_json_head(struct json *json, const struct snapshot *snap)
{
	json_open(json, NULL, '{');
	json_text(json, "ipcscope", VERSION);
	json_u64(json, "schema", 1);
	if (!snap)
		return;
	json_open(json, "host", '{');
	formats_str(json, "hostname", snap->host.hostname);
	formats_str(json, "kernel", snap->host.kernel);
	formats_str(json, "boot_id", snap->host.boot_id);
	json_i64(json, "taken", snap->host.taken);
	json_close(json, '}');
}

/* What is there and was not asked for: no gap, but good to know. */
static void formats_notes(struct json *json, const struct snapshot *snap)
{
	uint32_t nr;
	pid_t first;

	if (!snap || snap->namespaces.nr || !(snap->parts_read & (NEED(SYSV) | NEED(MQUEUE))))
		return;
	nr = snapshot_other_ipc_nss(snap, &first);
	if (!nr)
		return;
	json_open(json, "notes", '[');
	json_open(json, NULL, '{');
	json_text(json, "id", "other-ipc-namespaces");
	json_u64(json, "count", nr);
	json_i64(json, "first", first);
	json_text(json, "means", "System V objects and queues of other IPC namespaces are not listed");
	json_text(json, "helps", "ipcscope --all-ns");
	json_close(json, '}');
	json_close(json, ']');
}

void render_json_tail(struct json *json, const struct snapshot *snap)
{
	static const struct snapshot none;
	const struct warning *warning;
	struct buf means = {};

	buf_puts(json->to, ",\n\"warnings\":[");
	json->comma = false;
	vec_for_each(warning, &(snap ?: &none)->warnings) {
		const char *name = warning->err ? strerrorname_np(warning->err) : NULL;
		const char *help = warning->unsupported ? NULL : warning_help(warning);
		const enum known_gap gap = warning_gap(warning);

		json_open(json, NULL, '{');
		json_text(json, "id", gap < NR_GAPS ? known_gaps[gap].id :
			  part_infos[warning->part].name);
		json_text(json, "part", part_infos[warning->part].name);
		if (name)
			json_text(json, "errno", name);
		json_u64(json, "count", warning->count);
		if (warning->first)
			json_i64(json, "first", warning->first);
		else
			formats_str(json, "first", warning->what);
		if (warning->unsupported) {
			json_bool(json, "unsupported", true);
		} else {
			buf_reset(&means);
			part_means(&means, warning->part, warning->count);
			json_str(json, "means", means.data, means.len);
		}
		if (help)
			json_text(json, "helps", help);
		json_close(json, '}');
	}
	buf_free(&means);
	json_close(json, ']');
	formats_notes(json, snap);
	json_close(json, '}');
	buf_putc(json->to, '\n');
}

static void formats_begin(struct buf *to, const struct view *view,
			  const struct sheet *sheet)
{
	struct json json = { .to = to };

	render_json_head(&json, sheet->snap);
	buf_puts(to, sheet->line_each ? ",\n" : ",");
	json.comma = false;
	json_open(&json, sheet->name, '[');
}

static void formats_row(struct buf *to, const struct sheet *sheet, uint32_t row)
{
	struct json json = { .to = to };

	buf_puts(to, row ? "," : "");
	buf_puts(to, sheet->line_each ? "\n" : "");
	json_open(&json, NULL, '{');
	sheet->json(&json, sheet, row);
	json_close(&json, '}');
}

static void formats_end(struct buf *to, const struct sheet *sheet)
{
	struct json json = { .to = to };

	json_close(&json, ']');
	render_json_tail(&json, sheet->snap);
}

static void formats_line(struct buf *to, const struct sheet *sheet, uint32_t row)
{
	struct json json = { .to = to };

	json_open(&json, NULL, '{');
	sheet->json(&json, sheet, row);
	json_close(&json, '}');
	buf_putc(to, '\n');
}

const struct writer writer_json = {
	.begin = formats_begin, .row = formats_row, .end = formats_end,
};
const struct writer writer_ndjson = { .row = formats_line };

/* RFC 4180; safe text has no line ends. */
static void formats_csv_cell(struct buf *to, unsigned int column, const char *text, size_t len)
{
	size_t i;

	if (column)
		buf_putc(to, ',');
	if (!memchr(text, ',', len) && !memchr(text, '"', len)) {
		buf_add(to, text, len);
		return;
	}
	buf_putc(to, '"');
	for (i = 0; i < len; i++) {
		if (text[i] == '"')
			buf_putc(to, '"');
		buf_putc(to, text[i]);
	}
	buf_putc(to, '"');
}

static void formats_raw_cell(struct buf *to, unsigned int column, const char *text, size_t len)
{
	const char *blank;

	if (column)
		buf_putc(to, ' ');
	if (!len)
		buf_puts(to, "\"\"");
	while ((blank = memchr(text, ' ', len))) {
		size_t before = (size_t)(blank - text);

		buf_add(to, text, before);
		buf_puts(to, "\\x20");
		text += before + 1;
		len -= before + 1;
	}
	buf_add(to, text, len);
}

const struct writer writer_csv = { .cell = formats_csv_cell };
const struct writer writer_raw = { .cell = formats_raw_cell };

/* Whether text is no more than itself to Markdown: no emphasis, no link (www.
 * begins one), nobody who is called by name. */
static bool formats_is_plain(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (!isascii(c) || (!isalnum(c) && !strchr(" ,.:%+?-", c)) ||
		    (c == '.' && !(i + 1 < len && isdigit((unsigned char)text[i + 1]))))
			return false;
	}
	return true;
}

static void formats_markdown_cell(struct buf *to, unsigned int column, const char *text, size_t len)
{
	const char *quote = formats_is_plain(text, len) ? "" : "`";
	size_t i;

	buf_puts(to, column ? " | " : "| ");
	buf_puts(to, quote);
	for (i = 0; i < len; i++) {
		/* These end the cell, or the quotation. */
		if (text[i] == '|' || text[i] == '`')
			buf_printf(to, "\\x%02x", text[i]);
		else
			buf_putc(to, text[i]);
	}
	buf_puts(to, quote);
}

static void formats_markdown_begin(struct buf *to, const struct view *view,
				   const struct sheet *sheet)
{
	unsigned int c;

	if (!view->heading)
		return;
	writer_headings(to, &writer_markdown, sheet);
	for (c = 0; c < sheet->nr_columns; c++)
		buf_puts(to, sheet->columns[c].align == ALIGN_RIGHT ? "|--:" : "|---");
	buf_puts(to, "|\n");
}

const struct writer writer_markdown = {
	.line_end = " |\n", .begin = formats_markdown_begin, .cell = formats_markdown_cell,
};
