// SPDX-License-Identifier: GPL-2.0-or-later
/* A table of GitHub's Markdown, to be pasted into an issue. */
#include <ctype.h>
#include <string.h>

#include "internal.h"

/* Whether text is no more than itself to Markdown: no emphasis, no link (www.
 * begins one), nobody who is called by name. */
static bool markdown_is_plain(const char *text, size_t len)
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

static void markdown_cell(struct buf *to, unsigned int column, const char *text, size_t len)
{
	const char *quote = markdown_is_plain(text, len) ? "" : "`";
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

static void markdown_begin(struct buf *to, const struct view *view,
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
	.line_end = " |\n", .begin = markdown_begin, .cell = markdown_cell,
};
