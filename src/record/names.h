/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORD_NAMES_H
#define RECORD_NAMES_H

#include "ipcscope/record.h"

#define RECORD_VERSION	1
/* Longest line read: a semaphore set may have 32000 members. */
#define RECORD_LINE	((size_t)64 << 20)

/* Words for the bits of a process; NULL ends. */
struct flag_name {
	uint32_t flag;
	const char *name;
};
extern const struct flag_name record_flags[];

/* The kinds of counted lines, in the order they stand in a file. */
enum record_line {
	LINE_NAME, LINE_PROCESS, LINE_OBJECT, LINE_EDGE, LINE_GAP,
	LINE_WARNING,
	NR_LINES
};
extern const char *const record_lines[NR_LINES];

/* Numbers beyond what jansson reads go as decimal text. */
static inline bool record_is_big(uint64_t num)
{
	return num > INT64_MAX;
}

/* Fields a file holds values of. */
static inline bool record_has(enum field_id field)
{
	return fields[field].source == SOURCE_STORED ||
	       fields[field].source == SOURCE_HIDDEN;
}

#endif
