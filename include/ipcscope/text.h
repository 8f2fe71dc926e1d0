/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_TEXT_H
#define IPCSCOPE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipcscope/buf.h"

/*
 * Text that others chose (object names, comm, paths) on its way to a person
 * or a program. What could move a cursor, forge a line or hide something -
 * C0 and C1 controls, DEL, invalid UTF-8, bidi controls, line and paragraph
 * separators, zero-width and other unassigned-looking format characters - is
 * written as \xHH a byte; a backslash as \\.
 */
void text_escape(struct buf *buf, const char *data, size_t len);
/* Whether text_escape() would write @data otherwise than it is. */
bool text_is_unsafe(const char *data, size_t len);
bool text_is_utf8(const char *data, size_t len);
/* How many bytes from the start text_escape() would write as they are. */
size_t text_plain(const char *data, size_t len);
/* Length of the UTF-8 character @data starts with, and its *@code; 0: none. */
size_t text_decode(const char *data, size_t len, uint32_t *code);

/* Undoes text_escape(); false, with nothing added, if @text has a bad escape. */
bool text_unescape(struct buf *buf, const char *text, size_t len);

/* Terminal columns of UTF-8 text that is safe. */
size_t text_width(const char *data, size_t len);

/*
 * Appends @text (already safe) as a shell would need it quoted: as it is, or
 * in single quotes if a shell would read it otherwise.
 */
void text_shell(struct buf *buf, const char *text, size_t len);

/*
 * The nearest of @nr words got by @word(@arg, i) to a mistyped @text (case
 * ignored, transpositions count once); NULL if none is near enough to be
 * meant. @word may return NULL: skipped.
 */
typedef const char *word_fn(const void *arg, size_t i);
const char *text_nearest(const char *text, word_fn *word, const void *arg, size_t nr);

/* What helps behind "no THING 'TYPED'": ", perhaps 'WORD'? All: LIST" with the nearest,
 * or "; all: LIST". @list is the command that shows all of them. Returns @hint's text. */
struct hint {
	char text[192];
};
const char *text_hint(struct hint *hint, const char *typed, word_fn *word, size_t nr,
		      const char *list);

/* What a file is by its st_mode: "directory". */
const char *text_file_type(uint32_t mode);

/* Makes the file @path, seen from the top of the tree, a string called @name. Who uses
 * it says so in the Makefile. */
#define TEXT_OF_FILE(name, path)					\
	__asm__(".section .rodata\n"					\
		".global " #name "\n"					\
		#name ":\n"						\
		".incbin \"" path "\"\n"				\
		".byte 0\n"						\
		".previous\n");						\
	extern const char name[]

/*
 * Numbers in kernel text. Each takes what it understood off *@text and
 * returns true, or leaves *@text alone and returns false: no digits, or more
 * than fits. No leading space or sign is taken, but for num_i64 a '-'.
 */
bool num_u64(const char **text, uint64_t *num);
bool num_i64(const char **text, int64_t *num);
bool num_hex(const char **text, uint64_t *num);
bool num_octal(const char **text, uint64_t *num);

/* The value of a digit, hexadecimal too; 16 if it is none. */
unsigned int num_digit(char c);

/* Numbers as people type them; the whole of @text, or false. */
bool num_parse(const char *text, uint64_t *num);	/* 10, 0x1f, 017 */
bool num_parse_size(const char *text, uint64_t *bytes);	/* 64K 2M 1.5G 10 */
bool num_parse_age(const char *text, uint64_t *secs);	/* 90s 10m 6h 3d 2w 1y */

/* What num_add() makes of a sum that 64 bits do not hold: more than can be told. */
#define NUM_TOO_MUCH	UINT64_MAX

static inline void num_add(uint64_t *sum, uint64_t num)
{
	if (__builtin_add_overflow(*sum, num, sum))
		*sum = NUM_TOO_MUCH;
}

/* @value * @by / @of, rounded down, whatever the product; UINT64_MAX: that or more. */
uint64_t num_scale(uint64_t value, uint64_t by, uint64_t of);
/* Of a / b and c / d: less than, equal to or more than 0. By 0 is more than all else. */
int num_compare_ratios(uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* Numbers as people read them: 56B 12.1K 16M 1.5G, at most 6 columns; ">16E" of
 * NUM_TOO_MUCH. */
void num_size(struct buf *buf, uint64_t bytes);
/* 0s 90s 81m 47h 13d 3y: the largest unit that keeps two digits. */
void num_age(struct buf *buf, uint64_t secs);
/* "41,200" */
void num_grouped(struct buf *buf, uint64_t num);

/* strerror(), of -errno; -ETIMEDOUT is a file system that does not answer. */
const char *text_error(int err);

#endif
