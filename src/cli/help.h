/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_HELP_H
#define CLI_HELP_H

/* What help and manual share. */

#include "command.h"

struct topic {
	const char *name;
	const char *help;
	const char *head;
	void (*print)(struct buf *to);
	const char *foot;
};
extern const struct topic topics[];
extern const unsigned int nr_topics;

/* Text broken into lines of the help at blanks, each behind @indent blanks;
 * the first goes on where @column is. Paragraphs are kept. */
void help_wrap(struct buf *to, const char *text, unsigned int column, unsigned int indent);
/* "  WORD      text", wrapped. */
void help_row(struct buf *to, const char *word, unsigned int width, const char *text);

struct exit_meaning {
	unsigned int status;
	const char *means;
};
extern const struct exit_meaning exit_meanings[];
extern const unsigned int nr_exit_meanings;

/* An error that IPC calls return, and where to look. */
struct error_cause {
	const char *call;
	const char *error;
	const char *cause;
};
extern const struct error_cause error_causes[];
extern const unsigned int nr_error_causes;

#endif
