/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

/*
 * One run of a command, from its words to its exit status. command_run() leads
 * every command the same way: parse, plan, read and pick, analyse, print; what
 * a command does at each step are the functions of its struct command.
 */

#include "assessment.h"

/* What is shown of each object: columns, and fields of JSON. */
struct columns {
	struct field_list narrow;
	struct field_list wide;
	struct fieldset json[NR_CLASSES];
};

/* A command's own state begins with one; all zero but for @req at first. */
struct session {
	const struct request *req;
	struct view view;		/* as the options say, before parse */
	bool foot;			/* summaries and hints are wanted */
	struct arena arena;
	struct selection sel;		/* picks @rows out of what was read */
	struct columns columns;
	struct picture picture;
	bool no_picture;		/* parse found that nothing is to be read */
	struct assessment assessment;
	struct rows rows;
	int missing;			/* STATUS_FAILED: a REF means nothing */
	struct buf out;			/* to stdout; written out after print */
};

/* The state of a command that @session is the member @name of. */
#define session_of(session, type, name) \
	((type *)((char *)(session) - offsetof(type, name)))

/* For a command with a main of its own; @session is all zero. */
void session_open(struct session *session, const struct request *req);
void session_close(struct session *session);

/* How many of @nr rows --limit lets through. */
static inline uint32_t session_limit(const struct session *session, uint32_t nr)
{
	uint64_t limit = option_num(session->req, OPTION_LIMIT, nr);

	return limit < nr ? (uint32_t)limit : nr;
}

/*
 * Columns as -o has them, or as they are by default for the classes of the
 * selection, and puts them into the view; fields of JSON only if it is asked for.
 */
void columns_parse(struct session *session);
/* The same with other columns by default, @wide if there is room or NULL. */
void columns_parse_as(struct session *session, const char *narrow, const char *wide);
/* Adds what must be read for them to the query of the picture. */
void columns_query(struct session *session);

#endif
