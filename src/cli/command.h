/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_COMMAND_H
#define IPCSCOPE_COMMAND_H

/* What a command is, how its command line is declared and read, and what
 * commands say besides their answer. */

#include "ipcscope/render.h"

/* Exit status: what each means is said in topics.c, for help and manual. */
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
#define FILTER(id, ...)	OPTION_##id,
#include "options.def"
	NR_OPTIONS
};

/* Members of command.takes. */
#define TAKES(id)	[OPTION_##id] = true
/* What every command that reads the machine takes, and from a file, too. */
#define TAKES_LIVE	TAKES(STRICT), TAKES(ASSUME_COMPLETE), TAKES(THREADS), \
			TAKES(NO_PROGRESS), TAKES(QUIET)
#define TAKES_READING	TAKES(FROM), TAKES_LIVE
/* Options of output formats stand in the order of formats.def. */
#define TAKES_FORMATS	[OPTION_JSON ... OPTION_JSON + NR_FORMATS - 2] = true
/* What every command that prints rows takes. */
#define TAKES_PRINTING	TAKES(COLUMNS), TAKES_FORMATS, TAKES(NO_HEADING), \
			TAKES(BYTES), TAKES(TIME), TAKES(COLOR)
/* What reads other IPC namespaces, too. */
#define TAKES_NS	TAKES(ALL_NS), TAKES(NS)
/* What every command that tells what is left behind takes. */
#define TAKES_ASSESSING	TAKES(PATH), TAKES(PROFILE_DIR)

enum completion {
	COMPLETE_NONE, COMPLETE_CLASSES, COMPLETE_REFS, COMPLETE_FIELDS,
	COMPLETE_FILES, COMPLETE_USERS, COMPLETE_PIDS, COMPLETE_TIMES,
	COMPLETE_COLORS, COMPLETE_WHERE, COMPLETE_COMMANDS, COMPLETE_TOPICS,
	COMPLETE_LIMITS, COMPLETE_MADE, COMPLETE_CHANGED, COMPLETE_KEPT,
	NR_COMPLETIONS
};
#define COMPLETES(what)	(1u << COMPLETE_##what)

struct word_list VEC(const char *);
struct field_list VEC(enum field_id);
struct sort_key {
	enum field_id field;
	bool down;
};
struct sort_keys VEC(struct sort_key);
struct pids VEC(pid_t);

/* An option on the command line. Lists belong to the arena of the request. */
struct option_value {
	const char *text;	/* as typed, "" without argument; NULL: not given */
	union {
		uint64_t num;	/* size, age (seconds), count, percent, threads, key,
				 * times (enum time_style), colors (enum color_when) */
		struct word_list words;		/* words, users, dirs */
		struct field_list fields;	/* fields, columns: ALL_FIELDS is "all" */
		struct sort_keys order;
		struct pids pids;
	};
};
#define ALL_FIELDS	NR_FIELDS

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct request;
/* Works out value->text; a status. */
typedef int value_parse_fn(struct request *req, enum option_id id,
			   struct option_value *value);

struct option_spec {
	char letter;
	const char *name;
	const char *arg;
	value_parse_fn *parse;
	enum completion complete;
	bool is_filter;
	const char *help;
};
extern const struct option_spec option_specs[NR_OPTIONS];

/* What was asked. */
struct request {
	const struct command *command;
	struct option_value option[NR_OPTIONS];
	bool filtered;		/* an option of them is a filter; by request_option() */
	char **args;
	int nr_args;
	char *const *rest;	/* behind the CMD of --hold; NULL ends */
	struct arena arena;	/* lists of options */
};

/* Whether the option is given. */
bool asked(const struct request *req, enum option_id id);
/* The number of an option, or @otherwise if it is not given. */
uint64_t option_num(const struct request *req, enum option_id id, uint64_t otherwise);

struct example {
	const char *command;	/* "ipcscope list shm" */
	const char *does;
};

#define ANY_NUMBER	UINT32_MAX
#define MOST_EXAMPLES	9

struct session;
typedef int session_fn(struct session *session);

/* A command is one of these, in src/cmd/NAME.c, and a line in commands.def. */
struct command {
	const char *name;
	const char *args;	/* "[CLASS|REF]...", for the usage line */
	const char *help;	/* one line, no full stop; NULL: for scripts only */
	const char *details;	/* paragraphs of plain text, "\n\n" between */
	struct example examples[MOST_EXAMPLES + 1];	/* a NULL command ends */
	bool takes[NR_OPTIONS];	/* its options; --help and --version apart */
	bool takes_filters;	/* and every FILTER() */
	unsigned int completes;	/* 1 << COMPLETE_...: its arguments */
	unsigned int min_args, max_args;	/* ANY_NUMBER */
	bool more;		/* seldom wanted: help names it, no more */
	/* Takes all words as they are, with options of its own; argv[0] is its
	 * name. Instead of what follows, and then without takes, too. */
	int (*legacy_main)(int argc, char **argv);

	/*
	 * What it does, in this order; each may be NULL and returns a status,
	 * messages are out already, and one that is not 0 ends the command.
	 * See session.h.
	 */
	size_t size;		/* of its state, which begins with a session */
	session_fn *parse;	/* the command line */
	session_fn *plan;	/* what must be read, if anything */
	session_fn *analyse;	/* what was read, and picked by the selection */
	session_fn *print;	/* into session->out */
	session_fn *hint;	/* on a terminal, below warnings */
	/* What to exit with, after whatever came first. */
	int (*finish)(struct session *session, int status);
	void (*close)(struct session *session);	/* frees its state */
};

extern const struct command *const commands[];
extern const unsigned int nr_commands;
extern const struct command command_list, command_help, command_version;
/* NULL if there is none; also finds those that only scripts call (__...). */
const struct command *command_by_name(const char *name);
/* A command with options of its own, if the program is called by its name or
 * that is the first word, which is then argv[0]; NULL if none. */
const struct command *command_legacy(int *argc, char ***argv);
/* Whether @command takes the option, those of all commands included. */
bool command_takes(const struct command *command, enum option_id id);
/* Works out the options and does what was asked; a status. */
int command_run(struct request *req);

/*
 * The one parser: finds the command (list, if there is no word, or the first
 * is a class or REF) and its options anywhere among the words; "--" ends them.
 * --help and --version become the commands of that name. 0, or a status after
 * saying what is wrong. @argv is reordered and must outlive @req. Options are
 * text until request_values() has worked them out.
 */
int request_parse(struct request *req, int argc, char **argv);
int request_values(struct request *req);
/* Gives an option @text and works it out; a status. */
int request_option(struct request *req, enum option_id id, const char *text);

/* "ref, -size" one by one, without blanks. */
struct word_list words_split(struct arena *arena, const char *list);
/* The fields called so, or a status after complaining for @option. */
int fields_parse(struct arena *arena, enum option_id option,
		 const struct word_list *words, struct field_list *fields);

/* "ipcscope: ..." on stderr, one line; control bytes and the like in it are
 * escaped, a backslash stays (it is an escape already). */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* By another name than ipcscope; @name stays. */
void complain_as(const char *name);
/* With "FILE:LINE: " before what is wrong, until @file is NULL; @file stays. */
void complain_in(const char *file, unsigned int line);
/* "Try 'NAME --help' for more information." */
void complain_try_help(void);
/* The same as a status 2. */
int misused(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Writes out what is left in @out, a stream to stdout, and empties it; a status,
 * after saying what is wrong. */
int output_finish(struct buf *out);

#endif
