/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORD_ROWS_H
#define RECORD_ROWS_H

/* The keys of each kind of line: one table, by which it is written and read. */

#include <jansson.h>

#include "ipcscope/record.h"

#define RECORD_VERSION	1

/* The kinds of lines; the counted ones come first, in their order in a file. */
enum record_line {
	LINE_NAME, LINE_PROCESS, LINE_OBJECT, LINE_EDGE, LINE_GAP,
	LINE_WARNING, LINE_PLACE, LINE_LIMIT, LINE_TALLY, LINE_SIGNALS, LINE_THREAD,
	LINE_NAMESPACE, LINE_KEEPER,
	NR_COUNTED,
	LINE_HEAD = NR_COUNTED, LINE_CLASS,
	NR_LINES
};

enum record_type {
	RECORD_UNSIGNED,	/* above INT64_MAX as decimal text */
	RECORD_SIGNED,
	RECORD_BOOL,
	RECORD_STR,		/* a str; bytes that are no text go as KEY_hex */
	RECORD_TEXT,		/* const char *: one of the program's words */
	RECORD_WORD,		/* one of words, by its number */
	RECORD_BITS,		/* a list of words; unknown ones are left out */
	RECORD_ERRNO,		/* its name */
	RECORD_SEMS,		/* struct sems: a list of values, or of 4 numbers */
	RECORD_BY_CLASS,	/* an object: a number above 0 of each class */
};

/* Words with a number each; NULL: the number means nothing. */
struct record_words {
	const char *(*word)(unsigned int number);
	unsigned int nr;
	/* What to say of a WORD that is none of them; NULL: it is of a newer
	 * version, and read as nr. */
	const char *unknown;
};

/* One key, and the member of a struct that holds its value. */
struct record_row {
	const char *key;
	enum record_type type;
	bool always;		/* written even if it is as usual */
	uint16_t offset;
	uint16_t size;		/* bytes of the member */
	int64_t min;
	uint64_t max;
	uint64_t usual;		/* what the member is without the key */
	const struct record_words *words;
};

struct record_kind {
	const char *word;	/* a key that no other kind has */
	const struct record_row *rows;	/* a NULL key ends */
};
extern const struct record_kind record_kinds[NR_LINES];

/* What the rows of some kinds are members of; the other kinds have the structs of a
 * snapshot, LINE_HEAD has struct snapshot itself. */
struct record_object {
	enum class_id class;
	bool inode;		/* in SPACE_INODE, whatever its class: a socket's path */
	uint64_t ns, id;
};

struct record_place {
	const struct str *path;
};

struct record_limit {
	enum limit_id limit;
	uint64_t ns;		/* the IPC namespace it is of; 0: the tool's own */
	struct limit_value value;
};

struct record_tally {
	uint32_t process;	/* its number in the file */
	struct process_tally tally;
};

struct record_signals {
	uint32_t process;	/* its number in the file */
	bool compared;
	struct process_signals signals;
};

/* Of the process whose signals came before. */
struct record_thread {
	uint32_t process;
	struct thread thread;
};

struct record_class {
	enum class_id class;
	struct fieldset wanted;
};

/* A field of an object, as object_num() tells and object_set() takes it. */
struct record_row record_field(enum field_id field);

/* A file being read. */
struct reader {
	FILE *from;
	struct buf text;	/* of the line */
	uint64_t line;		/* its number */
	const json_t *in;	/* its object */
	char *why;		/* what is wrong with it; 256 bytes */
	struct snapshot *snap;
	struct layout *layout;
	struct fieldset wanted[NR_CLASSES];
	bool laid_out;
	bool ended;
	uint64_t nr[NR_COUNTED];
};

/* Says what is wrong with the line; returns false. */
bool read_fail(struct reader *reader, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* One value of the JSON object @in, or all of a line: stored as it is usual if
 * it is not there. False, with read_fail(), if it is not what it must be. */
bool read_row(struct reader *reader, const json_t *in, const struct record_row *row,
	      void *line);
bool read_rows(struct reader *reader, const json_t *in, enum record_line kind, void *line);

#endif
