/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_TEXT_H
#define IPCSCOPE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

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
const char *text_nearest(const char *text, const char *(*word)(const void *arg, size_t i),
			 const void *arg, size_t nr);

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

#endif
