/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_BUF_H
#define IPCSCOPE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ipcscope/arena.h"

#define BUF_STREAM	((size_t)64 << 10)

/*
 * Bytes to be printed or parsed. With @to set it is a stream: whenever 64 KiB
 * have come together they are written there, so that memory stays constant;
 * the first failure is kept in @err (errno) and what follows is dropped.
 * Without, it only grows. data[len] is always NUL once anything was added.
 * All zero is an empty one.
 */
struct buf {
	char *data;
	size_t len;
	size_t room;
	FILE *to;
	int err;
};

char *buf_grow(struct buf *buf, size_t more);
/* Room for @more bytes behind data + len; returns data + len. */
static inline char *buf_room(struct buf *buf, size_t more)
{
	/* What a stream holds beyond its 64 KiB is written by buf_grow(). */
	if (more < buf->room - buf->len && (!buf->to || buf->len < BUF_STREAM))
		return buf->data + buf->len;
	return buf_grow(buf, more);
}
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_pad(struct buf *buf, char c, size_t nr);
void buf_str(struct buf *buf, const struct str *str);
void buf_u64(struct buf *buf, uint64_t num);
void buf_i64(struct buf *buf, int64_t num);
/* At least @digits lower case hexadecimal digits, no 0x. */
void buf_hex(struct buf *buf, uint64_t num, unsigned int digits);
void buf_octal(struct buf *buf, uint64_t num, unsigned int digits);
void buf_printf(struct buf *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Empties it, keeps its memory. */
void buf_reset(struct buf *buf);
/* Writes out what a stream still holds, fflush() included; 0 or -errno. */
int buf_flush(struct buf *buf);
void buf_free(struct buf *buf);

#endif
