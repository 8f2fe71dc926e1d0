/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

/*
 * One run of a command, from its words to its exit status. command_run() leads
 * every command the same way: parse, plan, read and pick, analyse, print; what
 * a command does at each step are the functions of its struct command.
 */

#include "command.h"
#include "host/host.h"
#include "ipcscope/analyse.h"
#include "ipcscope/collect.h"
#include "ipcscope/filter.h"

struct json;

/* ---- the picture: where it comes from, and what was read ---- */

/* Numbers of objects, in the order they are shown. */
struct rows VEC(uint32_t);

struct picture {
	const struct request *req;
	const struct host *host;	/* NULL: from a file */
	struct query query;
	uint64_t parts;			/* whose gaps concern the user */
	bool details;			/* of processes: command lines and so on */
	struct layout layout;
	struct snapshot snap;
	bool open;
};

/* Parts read process by process. */
#define OF_PROCESSES	(NEED(PROCS) | NEED(FDS) | NEED(ACCESS) | \
			 NEED(FDINFO) | NEED(MAPS) | NEED(CALLS))
/* Plans picture->query and reads, in place of what was read before; a status, messages
 * are out. */
int picture_read(struct picture *picture);
/* The picture that the file of --from holds; 0 or -errno, messages are out. */
int picture_load(struct picture *picture);
/*
 * Leaves in picture->parts what could matter to a list of @rows: processes
 * that could not be read do not, if the kernel's own counts prove that all was
 * found and nothing is listed by looking into processes alone.
 */
void picture_narrow(struct picture *picture, uint64_t classes, const struct rows *rows);
/* Whether something of @parts could not be read. */
bool picture_lacks(const struct picture *picture, uint64_t parts);
/* Complains of @pid if it is that of a thread or, when it @must_be there, of nobody on the
 * live host; a status. */
int picture_check_pid(const struct picture *picture, pid_t pid, bool must_be);
/* A filter_lookup_fn; @arg is a picture. */
bool picture_lookup(void *arg, bool group, const char *name, uint32_t *id);

/* Shown while reading, on a terminal. */
struct progress_meter {
	struct progress progress;
	int64_t next;		/* milliseconds */
	bool shown;
};
/* NULL if nothing is to be shown. */
struct progress *progress_meter_init(struct progress_meter *meter,
				     const struct request *req);
/* Erases the line. */
void progress_meter_end(struct progress_meter *meter);
/* The line, without an end. */
void progress_line(struct buf *to, const struct progress *progress);

/* ---- the selection: which objects are meant, and in what order ---- */

#define REF_SHOWN	4	/* objects an ambiguous REF is explained with */

struct ref_use {
	struct ref ref;
	uint64_t hash;
	uint32_t next;		/* of the same hash */
	uint32_t nr;		/* objects it means */
	uint32_t last;		/* of them; NO_INDEX */
	uint32_t found[REF_SHOWN];
};

struct selection {
	struct arena arena;
	uint64_t named;		/* A_CLASS(): as arguments */
	uint64_t classes;	/* all that can be meant */
	bool by_default;	/* nothing was said about classes */
	struct VEC(struct ref_use) refs;
	struct map ref_index;
	struct VEC(struct path_ref) paths;	/* REFs by path, of what may be a socket */
	struct VEC(const char *) files;		/* and of what may be a FIFO */
	struct VEC(struct filter *) filters;
	bool nameless;		/* only those, as object_is_nameless() tells */
	struct sort_keys keys;	/* the request's */
	struct VEC(pid_t) pids;	/* the only ones that matter */
	bool all_nss;		/* objects of all IPC namespaces are meant */
	struct VEC(uint64_t) nss;	/* or of these; none: the tool's own */
	struct VEC(uint64_t) read_nss;	/* these, and those of REFs */
};

/* Arguments: classes and REFs, or REFs alone; a status. */
int selection_args(struct selection *sel, const struct request *req, bool refs_only);
/* Filters of the command line, if req->filtered; names are looked up in @picture. */
int selection_filters(struct selection *sel, const struct request *req,
		      struct picture *picture);
/* The order, and sel->classes by what the filters can be true for. */
void selection_settle(struct selection *sel, const struct request *req);
/* The IPC namespaces of --ns, --all-ns and REFs (select_ns.c), before and after reading; a
 * status. */
int select_ns_ask(struct selection *sel, struct picture *picture);
int select_ns_check(const struct selection *sel, struct picture *picture);
/* "a network", if the namespace of that inode is none of IPC; NULL. */
const char *select_ns_other(const struct snapshot *snap, uint64_t ino);
/* Whether an object is of those that are meant. */
bool select_ns_means(const struct selection *sel, const struct snapshot *snap,
		     const struct object *obj);
/* How the REFs of @rows are printed if several are meant: with their namespaces, or not. */
void select_ns_tell(struct picture *picture, const struct rows *rows, bool exact);
/* Asks which sockets the paths among the REFs lead to (select_path.c). */
void select_path_ask(struct selection *sel, struct query *query);
/* One socket may be asked for by several paths, of which it is called by one: it is what the
 * others mean, too. */
void select_path_note(struct selection *sel, const struct snapshot *snap, struct rows *rows);
/* Complains of a REF that means nothing, if a file is where it leads to. */
bool select_path_say(const struct ref *ref, const struct host *host);
/* By number, a socket that was bound to the path of a REF but is not reached by it; 0: none. */
uint64_t select_path_was(const struct ref_use *use, const struct snapshot *snap);
/* What filters and order need. After columns_query(). */
void selection_query(struct selection *sel, struct query *query);
/* Whether an argument means it. For query->shown. */
bool selection_names(const void *sel, const struct snapshot *snap,
		     const struct object *obj);
/*
 * The objects, in order. A REF that means none, or several, is complained
 * about: STATUS_FAILED (@rows has the others) or STATUS_USAGE.
 */
int selection_pick(struct selection *sel, const struct picture *picture, struct rows *rows);
void selection_free(struct selection *sel);

/* The filters of @sel, all of them. */
bool selection_matches(const struct selection *sel, const struct snapshot *snap,
		       const struct object *obj);
/* Puts @rows into the order of @keys; the same keep theirs. */
void rows_sort(struct rows *rows, const struct snapshot *snap,
	       const struct sort_key *keys, unsigned int nr_keys);
/* The class @classes has, if it is but one; else NULL. */
const struct class_info *only_kind(uint64_t classes);

/* ---- the assessment: what may be left behind ---- */

struct assessment {
	struct arena arena;
	struct profiles profiles;
	struct VEC(const char *) paths;
	struct findings findings;
};

/* Takes the options, and reads the profiles if any of @classes can be left
 * behind; @assessment is all zero. A status, complaints are out. A profile that
 * is wrong is STATUS_FAILED: nothing may be removed. */
int assessment_open(struct assessment *assessment, const struct request *req,
		    uint64_t classes);
/* Adds what must be known of query->classes. REFs of paths in @sel are looked
 * at wherever they are. Before picture_read(). */
void assessment_query(struct assessment *assessment, const struct selection *sel,
		      struct query *query);
/* Fills assessment->findings: of each row, in that order. @test: tries to
 * connect to socket paths that no live socket is bound to, if @picture is live. */
void assessment_run(struct assessment *assessment, struct picture *picture,
		    const struct rows *rows, bool test);
/* Tries to connect to socket paths among @rows that no live socket is bound to. */
void assessment_test(struct picture *picture, const struct rows *rows);
/* How many of them may be left behind: stale or suspect. */
uint32_t assessment_left(const struct assessment *assessment);
void assessment_free(struct assessment *assessment);

/* The profiles of /etc or --profile-dir, and those that come with the program; a status. */
int profiles_load(const struct request *req, struct profiles *profiles);

/* "stale":{...} of the JSON contract. */
void assessment_json(struct json *json, const struct finding *finding);
/* The ids of what is on one side. */
void assessment_json_ids(struct json *json, const char *key, const struct finding *finding,
			 enum evidence_side side);
/* Colour of a verdict, or NULL. */
const char *verdict_color(enum verdict verdict);

/* ---- the session ---- */

/* What is shown of each object: columns, and fields of JSON. */
struct columns {
	struct field_list narrow;
	struct field_list wide;
	struct fieldset json[NR_CLASSES];
};

/* A command's own state begins with one; all zero at first, but for the request,
 * and where to read from and to print to. */
struct session {
	const struct request *req;
	struct view view;		/* as the options say, before parse */
	bool foot;			/* summaries and hints are wanted */
	uint32_t limit;			/* rows that --limit lets through */
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

/* --where, of processes; a status. */
int filter_of_processes(struct session *session, struct filter **filter);

/* The state of a command that @session is the member @name of. */
#define session_of(session, type, name) \
	((type *)((char *)(session) - offsetof(type, name)))

/* For a command with a main of its own: frees what @session has, not itself. */
void session_close(struct session *session);

/*
 * Columns as -o has them, or by default @narrow, and @wide (or NULL) if there is
 * room; without @narrow those of the selection's classes. Puts them into the view;
 * fields of JSON only if it is asked for.
 */
void columns_parse(struct session *session, const char *narrow, const char *wide);
/* Adds what must be read for them to the query of the picture. */
void columns_query(struct session *session);

#endif
