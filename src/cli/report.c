// SPDX-License-Identifier: GPL-2.0-or-later
/* What is said to the user besides the answer. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "ipcscope/text.h"

/* As text_escape(), but a backslash stays: REFs and names come escaped. */
static void report_add_line(struct buf *to, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		size_t plain = text_plain(text, (size_t)(end - text));
		uint32_t code;
		size_t size;

		buf_add(to, text, plain);
		text += plain;
		if (text == end)
			break;
		size = text_decode(text, (size_t)(end - text), &code);
		if (*text == '\\')
			buf_putc(to, '\\');
		else
			text_escape(to, text, size ? size : 1);
		text += size ? size : 1;
	}
}

static const char *called = "ipcscope";

void complain_as(const char *name)
{
	called = name;
}

static const char *in_file;	/* whose line is wrong, or NULL */
static unsigned int in_line;

void complain_in(const char *file, unsigned int line)
{
	in_file = file;
	in_line = line;
}

static void __attribute__((format(printf, 1, 0)))
report_complain_va(const char *fmt, va_list args)
{
	struct buf line = { .to = stderr };
	char *text;
	int len = vasprintf(&text, fmt, args);

	if (len < 0)
		mem_exhausted();
	fflush(stdout);
	buf_printf(&line, "%s: ", called);
	if (in_file) {
		report_add_line(&line, in_file, strlen(in_file));
		buf_printf(&line, ":%u: ", in_line);
	}
	report_add_line(&line, text, (size_t)len);
	buf_putc(&line, '\n');
	buf_flush(&line);
	buf_free(&line);
	free(text);
}

void complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report_complain_va(fmt, args);
	va_end(args);
}

void complain_try_help(void)
{
	fprintf(stderr, "Try '%s --help' for more information.\n", called);
}

int misused(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report_complain_va(fmt, args);
	va_end(args);
	return STATUS_USAGE;
}
