// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of how to print. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipcscope/num.h"
#include "session.h"

#define USUAL_WIDTH	80
#define LEAST_WIDTH	20

static int view_format(const struct request *req, enum format *format)
{
	enum format i;

	*format = FORMAT_TABLE;
	for (i = FORMAT_TABLE + 1; i < NR_FORMATS; i++) {
		if (!asked(req, format_option(i)))
			continue;
		if (*format != FORMAT_TABLE)
			return misused("--%s and --%s do not go together",
				       option_specs[format_option(*format)].name,
				       option_specs[format_option(i)].name);
		*format = i;
	}
	return 0;
}

static bool view_colors(bool terminal)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

static unsigned int view_width(void)
{
	const char *columns = getenv("COLUMNS");
	unsigned int width;
	uint64_t num;

	if (columns && num_parse(columns, &num) && num >= LEAST_WIDTH && num <= INT32_MAX)
		return (unsigned int)num;
	width = host_terminal_width(STDOUT_FILENO);
	return width >= LEAST_WIDTH ? width : USUAL_WIDTH;
}

int view_parse(const struct request *req, struct view *view)
{
	enum color_when when = (enum color_when)option_num(req, OPTION_COLOR, COLOR_AUTO);
	int status;

	*view = (struct view){
		.heading = !asked(req, OPTION_NO_HEADING),
		.threads = (unsigned int)req->option[OPTION_THREADS].num,
		.time = (enum time_style)option_num(req, OPTION_TIME, TIME_RELATIVE),
	};
	status = view_format(req, &view->format);
	if (status)
		return status;
	view->terminal = view->format == FORMAT_TABLE && isatty(STDOUT_FILENO);
	if (view->terminal)
		view->width = view_width();
	view->bytes = asked(req, OPTION_BYTES) || format_is_exact(view->format);
	view->color = when == COLOR_ALWAYS ||
		      (when == COLOR_AUTO && view_colors(view->terminal));
	return 0;
}
