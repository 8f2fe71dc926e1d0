// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ipcscope/buf.h"

#define BUF_MIN		((size_t)256)
#define DIGITS_MAX	22	/* of 64 bits, in octal */

static void buf_write(struct buf *buf)
{
	if (!buf->err && buf->len && fwrite(buf->data, 1, buf->len, buf->to) != buf->len)
		buf->err = errno ? errno : EIO;
	buf->len = 0;
}

char *buf_grow(struct buf *buf, size_t more)
{
	size_t room;

	if (buf->to && buf->len >= BUF_STREAM)
		buf_write(buf);
	if (more < buf->room - buf->len)
		return buf->data + buf->len;
	if (more >= SIZE_MAX / 4)
		mem_exhausted();
	room = buf->room;
	if (!room)
		room = buf->to ? BUF_STREAM + BUF_MIN : BUF_MIN;
	while (room - buf->len <= more)
		room *= 2;
	buf->data = mem_resize(buf->data, room, 1);
	buf->room = room;
	return buf->data + buf->len;
}

static void buf_took(struct buf *buf, size_t len)
{
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	char *at = buf_room(buf, len);

	if (len)
		memcpy(at, data, len);
	buf_took(buf, len);
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
	*buf_room(buf, 1) = c;
	buf_took(buf, 1);
}

void buf_pad(struct buf *buf, char c, size_t nr)
{
	memset(buf_room(buf, nr), c, nr);
	buf_took(buf, nr);
}

void buf_str(struct buf *buf, const struct str *str)
{
	buf_add(buf, str->data, str->len);
}

void buf_u64(struct buf *buf, uint64_t num)
{
	char text[DIGITS_MAX];
	char *at = text + sizeof(text);

	do {
		*--at = (char)('0' + num % 10);
		num /= 10;
	} while (num);
	buf_add(buf, at, (size_t)(text + sizeof(text) - at));
}

/* In digits of @bits each. */
static void buf_digits(struct buf *buf, uint64_t num, unsigned int bits,
		       unsigned int digits)
{
	char text[DIGITS_MAX];
	char *at = text + sizeof(text);
	size_t len;

	do {
		*--at = "0123456789abcdef"[num & ((1u << bits) - 1)];
		num >>= bits;
	} while (num);
	len = (size_t)(text + sizeof(text) - at);
	if (len < digits)
		buf_pad(buf, '0', digits - len);
	buf_add(buf, at, len);
}

void buf_i64(struct buf *buf, int64_t num)
{
	if (num < 0)
		buf_putc(buf, '-');
	buf_u64(buf, num < 0 ? -(uint64_t)num : (uint64_t)num);
}

void buf_hex(struct buf *buf, uint64_t num, unsigned int digits)
{
	buf_digits(buf, num, 4, digits);
}

void buf_octal(struct buf *buf, uint64_t num, unsigned int digits)
{
	buf_digits(buf, num, 3, digits);
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	size_t room = BUF_MIN;
	va_list args;
	int len;

	for (;;) {
		char *at = buf_room(buf, room);

		va_start(args, fmt);
		len = vsnprintf(at, room, fmt, args);
		va_end(args);
		if (len < 0)
			mem_exhausted();
		if ((size_t)len < room)
			break;
		room = (size_t)len + 1;
	}
	buf_took(buf, (size_t)len);
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

int buf_flush(struct buf *buf)
{
	if (!buf->to)
		return 0;
	buf_write(buf);
	if (!buf->err && fflush(buf->to))
		buf->err = errno ? errno : EIO;
	return -buf->err;
}

void buf_free(struct buf *buf)
{
	free(buf->data);
	memset(buf, 0, sizeof(*buf));
}
