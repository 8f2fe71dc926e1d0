// SPDX-License-Identifier: GPL-2.0-or-later
/* Leads a command from its words to its exit status. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipcscope/text.h"
#include "session.h"

#define USUAL_WIDTH	80
#define LEAST_WIDTH	20

static int session_print(struct session *session)
{
	const struct command *command = session->req->command;
	int status = command->print(session);
	int failed = output_finish(&session->out);

	if (failed)
		return failed;
	if (!status)
		status = session->missing;
	if (command->takes[OPTION_STRICT] && session->picture.open)
		status = picture_warn(&session->picture, status);
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
	enum color_when when = (enum color_when)option_num(req, OPTION_COLOR, COLOR_AUTO);
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool colors = !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
	enum format i;

	*view = (struct view){
		.format = FORMAT_TABLE, .heading = !asked(req, OPTION_NO_HEADING),
		.threads = (unsigned int)req->option[OPTION_THREADS].num,
		.time = (enum time_style)option_num(req, OPTION_TIME, TIME_RELATIVE),
	};
	for (i = FORMAT_TABLE + 1; i < NR_FORMATS; i++) {
		if (!asked(req, format_option(i)))
			continue;
		if (view->format != FORMAT_TABLE)
			return misused("--%s and --%s do not go together",
				       option_specs[format_option(view->format)].name,
				       option_specs[format_option(i)].name);
		view->format = i;
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
	int status = request_values(req) ?: session_view_parse(req, &session->view);
	const pid_t *pid;

	session->foot = session->view.terminal && !asked(req, OPTION_QUIET);
	if (!status && command->parse)
		status = command->parse(session);
	if (!status && command->plan && !session->no_picture) {
		status = command->plan(session) ?: picture_read(&session->picture);
		if (status)
			return status;
		session->missing = selection_pick(&session->sel, &session->picture,
						  &session->rows);
		/* Other rows are good, but not for a misunderstood REF. */
		if (session->missing == STATUS_USAGE)
			return STATUS_USAGE;
		vec_for_each(pid, &req->option[OPTION_PID].pids)
			session->missing |= picture_check_pid(&session->picture, *pid, true);
		if (command->analyse)
			status = command->analyse(session);
	}
	return status ?: session_print(session);
}

void session_open(struct session *session, const struct request *req)
{
	session->req = req;
	session->out.to = stdout;
	picture_init(&session->picture, req);
}

void session_close(struct session *session)
{
	buf_free(&session->out);
	vec_free(&session->rows);
	vec_free(&session->columns.narrow);
	vec_free(&session->columns.wide);
	assessment_free(&session->assessment);
	selection_free(&session->sel);
	picture_free(&session->picture);
	arena_free(&session->arena);
}

int command_run(struct request *req)
{
	const struct command *command = req->command;
	struct session *session = mem_zero(1, command->size ? command->size :
					   sizeof(*session));
	int status;

	session_open(session, req);
	status = session_run(session, req);
	if (command->finish)
		status = command->finish(session, status);
	if (command->close)
		command->close(session);
	session_close(session);
	free(session);
	return status;
}
