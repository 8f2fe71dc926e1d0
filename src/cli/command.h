/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_COMMAND_H
#define IPCSCOPE_COMMAND_H

/* What a command is, and what commands share. */

#include "host/host.h"
#include "ipcscope/collect.h"
#include "ipcscope/filter.h"
#include "ipcscope/ref.h"
#include "ipcscope/render.h"

/* Exit status: DESIGN.md section 4. */
enum status {
	STATUS_OK	  = 0,
	STATUS_FAILED	  = 1,	/* or a named object does not exist */
	STATUS_USAGE	  = 2,
	STATUS_INCOMPLETE = 3,	/* only with --strict */
	STATUS_FOUND	  = 4,
	STATUS_REFUSED	  = 5,
};

enum option_id {
#define OPTION(id, ...)	OPTION_##id,
#include "options.def"
#undef OPTION
	NR_OPTIONS
};
_Static_assert(NR_OPTIONS <= 64, "a mask of options lacks bits");
#define TAKES(id)	(1ull << OPTION_##id)
/* Options of output formats stand in the order of formats.def. */
static inline enum option_id format_option(enum format format)
{
	return (enum option_id)(OPTION_JSON + format - FORMAT_JSON);
}
/* All of them. */
#define TAKES_FORMATS	(((1ull << (NR_FORMATS - 1)) - 1) << OPTION_JSON)
static inline bool option_among(uint64_t set, enum option_id id)
{
	return set >> id & 1;
}

/* What every command that reads the picture takes. */
#define TAKES_READING	(TAKES(FROM) | TAKES(STRICT) | TAKES(ASSUME_COMPLETE) | \
			 TAKES(THREADS) | TAKES(NO_PROGRESS) | TAKES(QUIET))
/* What every command that prints rows takes. */
#define TAKES_PRINTING	(TAKES(COLUMNS) | TAKES_FORMATS | TAKES(NO_HEADING) | \
			 TAKES(BYTES) | TAKES(TIME) | TAKES(COLOR))
#define TAKES_FILTERS	(TAKES(WHERE) | TAKES(USER) | TAKES(PID) | TAKES(OLDER) | \
			 TAKES(MIN_SIZE) | TAKES(UNATTACHED) | \
			 TAKES(WORLD_WRITABLE))
#define TAKES_ALWAYS	(TAKES(HELP) | TAKES(VERSION))

enum completion {
	COMPLETE_NONE, COMPLETE_CLASSES, COMPLETE_REFS, COMPLETE_FIELDS,
	COMPLETE_FILES, COMPLETE_USERS, COMPLETE_PIDS, COMPLETE_TIMES,
	COMPLETE_COLORS, COMPLETE_WHERE, COMPLETE_COMMANDS, COMPLETE_TOPICS,
	COMPLETE_LIMITS,
	NR_COMPLETIONS
};
#define COMPLETES(what)	(1u << COMPLETE_##what)

struct option_spec {
	char letter;
	const char *name;
	const char *arg;
	enum completion complete;
	const char *help;
};
extern const struct option_spec option_specs[NR_OPTIONS];

/* ", perhaps 'WORD'?" with the nearest, or ""; see text_nearest(). @hint has
 * room for HINT_SIZE. */
#define HINT_SIZE	64
typedef const char *word_fn(const void *arg, size_t i);
const char *hint_nearest(char *hint, const char *typed, word_fn *word,
			 size_t nr);

/* Writes out what is left in @out, a stream to stdout, and frees it; a status,
 * after saying what is wrong. */
int output_finish(struct buf *out);

/* What was asked. */
struct request {
	const struct command *command;
	const char *option[NR_OPTIONS];	/* NULL: not given; "" if no argument */
	char **args;
	int nr_args;
	char *const *rest;	/* behind the CMD of --hold; NULL ends */
};

static inline bool asked(const struct request *req, enum option_id id)
{
	return req->option[id] != NULL;
}

struct example {
	const char *command;	/* "ipcscope list shm" */
	const char *does;
};

#define ANY_NUMBER	UINT32_MAX

struct command {
	const char *name;
	const char *args;	/* "[CLASS|REF]...", for the usage line */
	const char *help;	/* one line, no full stop */
	const char *details;	/* paragraphs of plain text, "\n\n" between */
	const struct example *examples;	/* a NULL command ends */
	uint64_t takes;		/* TAKES(): its options, TAKES_ALWAYS apart */
	unsigned int completes;	/* 1 << COMPLETE_...: its arguments */
	unsigned int min_args, max_args;	/* ANY_NUMBER */
	bool more;		/* seldom wanted: help names it, no more */
	/* Takes all words as they are, with options of its own; argv[0] is its
	 * name. Instead of run(), and then without takes, too. */
	int (*legacy_main)(int argc, char **argv);
	/* A status; messages are out already. */
	int (*run)(const struct request *req);
};

extern const struct command *const commands[];
extern const unsigned int nr_commands;
/* NULL if there is none; also finds those that only scripts call (__...). */
const struct command *command_by_name(const char *name);

/* "ipcscope: ..." on stderr, one line; control bytes and the like in it are
 * escaped, a backslash stays (it is an escape already). */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* By another name than ipcscope; @name stays. */
void complain_as(const char *name);
/* "Try 'NAME --help' for more information." */
void complain_try_help(void);
/* The same as a status 2. */
int misused(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * The one parser: finds the command (list, if there is no word, or the first
 * is a class or REF) and its options anywhere among the words; "--" ends them.
 * --help and --version become the commands of that name. 0, or a status after
 * saying what is wrong. @argv is reordered and must outlive @req.
 */
/* A command with options of its own, if the program is called by its name or
 * that is the first word, which is then argv[0]; NULL if none. */
const struct command *command_legacy(int *argc, char ***argv);
int request_parse(struct request *req, int argc, char **argv);

#endif
