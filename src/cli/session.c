// SPDX-License-Identifier: GPL-2.0-or-later
/* Leads a command from its words to its exit status. */
#include "session.h"

int session_read(struct session *session)
{
	picture_free(&session->picture);
	return picture_read(&session->picture);
}

/* What the command is about; a status. */
static int session_look(struct session *session)
{
	const struct command *command = session->req->command;
	int status = command->plan(session);

	if (!status)
		status = session_read(session);
	if (status)
		return status;
	session->missing = selection_pick(&session->sel, &session->picture, &session->rows);
	/* Other rows are good, but not for a misunderstood REF. */
	if (session->missing == STATUS_USAGE)
		return STATUS_USAGE;
	return command->analyse ? command->analyse(session) : 0;
}

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

static int session_run(struct session *session, struct request *req)
{
	const struct command *command = req->command;
	int status = request_values(req);

	if (!status)
		status = view_parse(req, &session->view);
	session->foot = session->view.terminal && !asked(req, OPTION_QUIET);
	if (!status && command->parse)
		status = command->parse(session);
	if (!status && command->plan && !session->no_picture)
		status = session_look(session);
	return status ? status : session_print(session);
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
