// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of how to print. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/host.h"
#include "ipcscope/num.h"
#include "picture.h"

#define USUAL_WIDTH	80
#define LEAST_WIDTH	20

static const char *const times[] = {
	[TIME_RELATIVE] = "relative", [TIME_ISO] = "iso", [TIME_EPOCH] = "epoch",
};

static const char *const colors[] = { "auto", "always", "never" };

static int parse_format(const struct request *req, enum format *format)
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

/* One of @nr words for an option; its number, or -1 after complaining. */
static int parse_word(const struct request *req, enum option_id id,
		      const char *const *words, int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(words[i], req->option[id]))
			return i;
	}
	misused("--%s takes %s, %s or %s, not '%s'", option_specs[id].name,
		words[0], words[1], words[2], req->option[id]);
	return -1;
}

static bool wants_color(bool terminal)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return terminal && !(no_color && *no_color) && term &&
	       strcmp(term, "dumb") != 0;
}

static int parse_color(const struct request *req, struct view *view)
{
	int when;

	view->color = wants_color(view->terminal);
	if (!asked(req, OPTION_COLOR))
		return 0;
	when = parse_word(req, OPTION_COLOR, colors, ARRAY_SIZE(colors));
	if (when > 0)
		view->color = when == 1;
	return when < 0 ? STATUS_USAGE : 0;
}

static int parse_time(const struct request *req, struct view *view)
{
	int style;

	if (!asked(req, OPTION_TIME))
		return 0;
	style = parse_word(req, OPTION_TIME, times, ARRAY_SIZE(times));
	if (style < 0)
		return STATUS_USAGE;
	view->time = (enum time_style)style;
	return 0;
}

static unsigned int find_width(void)
{
	const char *columns = getenv("COLUMNS");
	unsigned int width;
	uint64_t num;

	if (columns && num_parse(columns, &num) && num >= LEAST_WIDTH &&
	    num <= INT32_MAX)
		return (unsigned int)num;
	width = host_terminal_width(STDOUT_FILENO);
	return width >= LEAST_WIDTH ? width : USUAL_WIDTH;
}

int printing_parse(const struct request *req, struct view *view)
{
	int status;

	*view = (struct view){ .heading = !asked(req, OPTION_NO_HEADING) };
	status = parse_format(req, &view->format);
	if (status)
		return status;
	view->terminal = view->format == FORMAT_TABLE && isatty(STDOUT_FILENO);
	if (view->terminal)
		view->width = find_width();
	view->bytes = asked(req, OPTION_BYTES) || format_is_exact(view->format);
	status = parse_threads(req, &view->threads);
	if (!status)
		status = parse_time(req, view);
	return status ? status : parse_color(req, view);
}

bool printing_foot(const struct request *req, const struct view *view)
{
	return view->terminal && !asked(req, OPTION_QUIET);
}
