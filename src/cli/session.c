// SPDX-License-Identifier: GPL-2.0-or-later
/* Leads a command from its words to its exit status. */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ipcscope/text.h"

#define USUAL_WIDTH	80
#define LEAST_WIDTH	20
#define FIRST_AFTER	1000	/* milliseconds */
#define THEN_EVERY	100
#define ERASE_LINE	"\r\033[K"

bool picture_lookup(void *arg, bool group, const char *name, uint32_t *id)
{
	const struct picture *picture = arg;
	const int err = picture->host->ops->name_id(picture->host, group, name, id);

	if (err == -ETIMEDOUT)
		complain("the name service does not answer: '%s' was not looked up", name);
	return !err;
}

/* ---- how far a long run is: one line on the terminal, erased afterwards ---- */

static int64_t session_progress_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_line(struct buf *to, const struct progress *progress)
{
	buf_printf(to, "reading %s: ", progress->what);
	num_grouped(to, progress->done);
	if (progress->total) {
		buf_puts(to, " of ");
		num_grouped(to, progress->total);
	}
	if (!progress->fds)
		return;
	buf_puts(to, ", ");
	num_grouped(to, progress->fds);
	buf_puts(to, " descriptors");
}

static void session_tell_progress(struct progress *progress)
{
	struct progress_meter *meter = (struct progress_meter *)progress;
	int64_t now = session_progress_now();
	struct buf line = { .to = stderr };

	if (now < meter->next)
		return;
	meter->next = now + THEN_EVERY;
	meter->shown = true;
	buf_puts(&line, ERASE_LINE);
	progress_line(&line, progress);
	buf_flush(&line);
	buf_free(&line);
}

struct progress *progress_meter_init(struct progress_meter *meter,
				     const struct request *req)
{
	const char *term = getenv("TERM");

	*meter = (struct progress_meter){ .progress.tell = session_tell_progress };
	if (asked(req, OPTION_NO_PROGRESS) || !isatty(STDERR_FILENO) ||
	    !term || !strcmp(term, "dumb"))
		return NULL;
	meter->next = session_progress_now() + FIRST_AFTER;
	return &meter->progress;
}

void progress_meter_end(struct progress_meter *meter)
{
	if (!meter->shown)
		return;
	fputs(ERASE_LINE, stderr);
	fflush(stderr);
}

/* ---- reading ---- */

int picture_read(struct picture *picture)
{
	struct query *query = &picture->query;
	struct progress_meter meter;
	struct progress *progress;
	int err;

	if (picture->open)
		snapshot_free(&picture->snap);
	query->threads = (unsigned int)picture->req->option[OPTION_THREADS].num;
	query_plan(query);
	if (picture->details)
		query->parts |= NEED(PROCS) | NEED(DETAILS);
	if (!picture->parts)
		picture->parts = query->parts;
	if (picture->parts & OF_PROCESSES)
		picture->parts |= NEED(PROCS);
	picture->parts |= NEED(NAMES);
	if (picture->host) {
		progress = progress_meter_init(&meter, picture->req);
		err = collect(picture->host, query, &picture->layout, &picture->snap, progress);
		if (progress)
			progress_meter_end(&meter);
		if (err)
			complain("cannot read /proc: %s", strerror(-err));
	} else {
		err = picture_load(picture);
	}
	/* A file that is wrong leaves nothing to be freed. */
	picture->open = picture->host || !err;
	if (err)
		return STATUS_FAILED;
	if (asked(picture->req, OPTION_ASSUME_COMPLETE))
		snapshot_assume_complete(&picture->snap);
	return STATUS_OK;
}

void picture_narrow(struct picture *picture, uint64_t classes, const struct rows *rows)
{
	const struct snapshot *snap = &picture->snap;
	uint64_t parts = ~OF_PROCESSES;
	enum class_id class;
	const uint32_t *row;

	for (class = 0; class < NR_CLASSES; class++) {
		if (classes >> class & 1)
			parts |= class_infos[class]->listed_by;
	}
	vec_for_each(row, rows) {
		const struct object *obj = &snap->objects.at[*row];
		const struct class_info *kind = class_infos[obj->class];
		bool unsure;

		object_state(snap, obj, &unsure);
		if (unsure)
			parts |= kind->waits_by;
		if (!object_users_complete(snap, obj))
			parts |= kind->users_by | kind->access_by;
	}
	if (parts & OF_PROCESSES)
		parts |= NEED(PROCS);
	picture->parts &= parts;
}

bool picture_lacks(const struct picture *picture, uint64_t parts)
{
	const struct warning *warning;

	vec_for_each(warning, &picture->snap.warnings) {
		if (parts >> warning->part & 1 && !warning->unsupported)
			return true;
	}
	return false;
}

int picture_check_pid(const struct picture *picture, pid_t pid, bool must_be)
{
	const struct host *host = picture->host;
	struct buf path = {}, text = {};
	const char *at = NULL;
	uint64_t leader = 0;
	int status = STATUS_OK;

	if (!host) {
		if (!must_be || snapshot_find_pid(&picture->snap, pid) != NO_INDEX)
			return STATUS_OK;
		complain("there is no process %d in this snapshot", (int)pid);
		return STATUS_FAILED;
	}
	buf_printf(&path, "/proc/%d/status", (int)pid);
	if (!host->ops->read_file(host, NULL, path.data, &text) && text.len)
		at = strstr(text.data, "\nTgid:\t");
	if (at)
		at += strlen("\nTgid:\t");
	if (at && num_u64(&at, &leader) && (pid_t)leader != pid) {
		complain("%d is a thread of %d", (int)pid, (int)leader);
		status = STATUS_FAILED;
	} else if (!leader && must_be) {
		complain("there is no process %d%s", (int)pid,
			 picture->snap.host.all_processes ? "" : " that can be seen");
		status = STATUS_FAILED;
	}
	buf_free(&path);
	buf_free(&text);
	return status;
}

/* ---- the run ---- */

int output_finish(struct buf *out)
{
	FILE *to = out->to;
	int err = buf_flush(out);

	buf_free(out);
	out->to = to;
	/* Whoever reads has seen enough. */
	if (err && err != -EPIPE)
		complain("standard output: %s", strerror(-err));
	return err ? STATUS_FAILED : STATUS_OK;
}

static void session_complain(void *arg, const char *line)
{
	complain("%s", line);
}

static int session_print(struct session *session)
{
	const struct command *command = session->req->command;
	const struct picture *picture = &session->picture;
	const struct warning *warning;
	uint64_t missing = 0;
	int status = command->print(session) ?: session->missing;
	int failed = output_finish(&session->out);

	if (failed)
		return failed;
	if (command->takes[OPTION_STRICT] && picture->open) {
		vec_for_each(warning, &picture->snap.warnings)
			missing |= UINT64_C(1) << warning->part;
		if (missing & picture->parts)
			render_warnings(&picture->snap, picture->parts,
					session_complain, NULL);
		if (!status && asked(session->req, OPTION_STRICT) &&
		    picture_lacks(picture, picture->parts))
			status = STATUS_INCOMPLETE;
	}
	if (session->foot && command->hint) {
		command->hint(session);
		failed = output_finish(&session->out);
	}
	return failed ? failed : status;
}

static unsigned int session_view_width(void)
{
	const char *columns = getenv("COLUMNS");
	unsigned int width;
	uint64_t num;

	if (columns && num_parse(columns, &num) && num >= LEAST_WIDTH && num <= INT32_MAX)
		return (unsigned int)num;
	width = host_terminal_width(STDOUT_FILENO);
	return width >= LEAST_WIDTH ? width : USUAL_WIDTH;
}

/* The options of how to print; a status. */
static int session_view_parse(const struct request *req, struct view *view)
{
	enum color_when when = (enum color_when)req->option[OPTION_COLOR].num;
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool colors = !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
	enum option_id id = OPTION_JSON, first = id;
	enum format format;

	*view = (struct view){
		.format = FORMAT_TABLE, .heading = !asked(req, OPTION_NO_HEADING),
		.threads = (unsigned int)req->option[OPTION_THREADS].num,
		.time = (enum time_style)req->option[OPTION_TIME].num,
	};
	for (format = FORMAT_JSON; format < NR_FORMATS; format++, id++) {
		if (!asked(req, id))
			continue;
		if (view->format != FORMAT_TABLE)
			return misused("--%s and --%s do not go together",
				       option_specs[first].name, option_specs[id].name);
		view->format = format;
		first = id;
	}
	view->terminal = view->format == FORMAT_TABLE && isatty(STDOUT_FILENO);
	if (view->terminal)
		view->width = session_view_width();
	view->bytes = asked(req, OPTION_BYTES) || format_infos[view->format].exact;
	view->color = when == COLOR_ALWAYS ||
		      (when == COLOR_AUTO && view->terminal && colors);
	return 0;
}

static int session_run(struct session *session, struct request *req)
{
	const struct command *command = req->command;
	struct selection *sel = &session->sel;
	int status = request_values(req) ?: session_view_parse(req, &session->view);
	uint32_t absent = 0;
	const pid_t *pid;

	session->foot = session->view.terminal && !asked(req, OPTION_QUIET);
	if (asked(req, OPTION_LIMIT) && req->option[OPTION_LIMIT].num < UINT32_MAX)
		session->limit = (uint32_t)req->option[OPTION_LIMIT].num;
	if (!status && command->parse)
		status = command->parse(session);
	if (!status && command->plan && !session->no_picture) {
		status = command->plan(session);
		if (!status && sel->refs.nr)
			select_path_ask(sel, &session->picture.query);
		if (!status && (sel->refs.nr || asked(req, OPTION_NS) ||
				asked(req, OPTION_ALL_NS)))
			status = select_ns_ask(sel, &session->picture);
		status = status ?: picture_read(&session->picture);
		if (!status && sel->nss.nr)
			status = select_ns_check(sel, &session->picture);
		if (status)
			return status;
		session->missing = selection_pick(sel, &session->picture, &session->rows);
		/* Other rows are good, but not for a misunderstood REF. */
		if (session->missing == STATUS_USAGE)
			return STATUS_USAGE;
		if (sel->all_nss || sel->nss.nr)
			select_ns_tell(&session->picture, &session->rows,
				       session->view.format != FORMAT_TABLE);
		vec_for_each(pid, &req->option[OPTION_PID].pids)
			absent += picture_check_pid(&session->picture, *pid, true) != STATUS_OK;
		if (absent)
			session->missing |= STATUS_FAILED;
		/* Of nobody there is no table; programs get what they can parse. */
		if (absent && absent == req->option[OPTION_PID].pids.nr &&
		    !format_infos[session->view.format].nested)
			return STATUS_FAILED;
		if (command->analyse)
			status = command->analyse(session);
	}
	return status ?: session_print(session);
}

void session_close(struct session *session)
{
	buf_free(&session->out);
	vec_free(&session->rows);
	vec_free(&session->columns.narrow);
	vec_free(&session->columns.wide);
	if (session->assessment.paths.nr)
		assessment_free(&session->assessment);
	selection_free(&session->sel);
	if (session->picture.open)
		snapshot_free(&session->picture.snap);
	arena_free(&session->arena);
}

int command_run(struct request *req)
{
	const struct command *command = req->command;
	struct session *session = mem_zero(1, command->size ? command->size :
					   sizeof(*session));
	int status;

	session->req = session->picture.req = req;
	session->out.to = stdout;
	session->limit = UINT32_MAX;
	if (!asked(req, OPTION_FROM))
		session->picture.host = &live_host;
	status = session_run(session, req);
	if (command->finish)
		status = command->finish(session, status);
	if (command->close)
		command->close(session);
	session_close(session);
	free(session);
	return status;
}
