// SPDX-License-Identifier: GPL-2.0-or-later
/* A line a row for programs: comma-separated, or one word a value. */
#include <string.h>

#include "internal.h"

/* RFC 4180; safe text has no line ends. */
static void csv_cell(struct buf *to, unsigned int column, const char *text, size_t len)
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

static void raw_cell(struct buf *to, unsigned int column, const char *text, size_t len)
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

const struct writer writer_csv = { .exact = true, .cell = csv_cell };
const struct writer writer_raw = { .exact = true, .cell = raw_cell };
