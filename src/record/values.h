/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORD_VALUES_H
#define RECORD_VALUES_H

#include <jansson.h>

#include "names.h"

/* A file being read. */
struct reader {
	FILE *from;
	struct buf text;	/* of the line */
	uint64_t line;
	char *why;		/* what is wrong with it; 256 bytes */
	struct snapshot *snap;
	struct layout *layout;
	struct fieldset wanted[NR_CLASSES];
	bool laid_out;
	bool ended;
	uint64_t nr[NR_LINES];
};

/* Says what is wrong with the line; returns false. */
bool reader_fail(struct reader *reader, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Members of an object. False if it is there and is not what it must be; if
 * it is not there at all the result stays as it is.
 */
bool get_u64(struct reader *reader, const json_t *in, const char *key,
	     uint64_t max, uint64_t *num);
bool get_u32(struct reader *reader, const json_t *in, const char *key,
	     uint32_t max, uint32_t *num);
bool get_i64(struct reader *reader, const json_t *in, const char *key,
	     int64_t min, int64_t max, int64_t *num);
bool get_pid(struct reader *reader, const json_t *in, const char *key,
	     pid_t *pid);
bool get_bool(struct reader *reader, const json_t *in, const char *key,
	      bool *yes);
/* Text, or bytes as hexadecimal digits in KEY_hex; in the arena. */
bool get_str(struct reader *reader, const json_t *in, const char *key,
	     const struct str **str);
/* A word as the program itself has them; NULL if it is not there. */
bool get_word(struct reader *reader, const json_t *in, const char *key,
	      const char **word);
/* An array, or NULL. */
bool get_array(struct reader *reader, const json_t *in, const char *key,
	       const json_t **array);
bool get_errno(struct reader *reader, const json_t *in, int *err);

/* One line of a kind that is counted. */
bool read_object(struct reader *reader, const json_t *line);
bool read_edge(struct reader *reader, const json_t *line);

/* Times and clock ticks stay so small that sums of them are numbers still. */
#define MAX_TIME	((int64_t)1 << 48)
#define MAX_START	((uint64_t)1 << 60)

#endif
