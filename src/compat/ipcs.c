// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcs: the options of util-linux's, and what it prints, byte for byte. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "compat.h"
#include "ipcscope/text.h"

enum { LONG_HUMAN = 256 };

static const struct option longs[] = {
	{ "id",		required_argument, NULL, 'i' },
	{ "queues",	no_argument, NULL, 'q' },
	{ "shmems",	no_argument, NULL, 'm' },
	{ "semaphores",	no_argument, NULL, 's' },
	{ "all",	no_argument, NULL, 'a' },
	{ "time",	no_argument, NULL, 't' },
	{ "creator",	no_argument, NULL, 'c' },
	{ "pid",	no_argument, NULL, 'p' },
	{ "limits",	no_argument, NULL, 'l' },
	{ "summary",	no_argument, NULL, 'u' },
	{ "human",	no_argument, NULL, LONG_HUMAN },
	{ "bytes",	no_argument, NULL, 'b' },
	{ "version",	no_argument, NULL, 'V' },
	{ "help",	no_argument, NULL, 'h' },
	{ NULL,		0, NULL, 0 },
};

TEXT_OF_FILE(ipcs_usage, "man/help/ipcs.txt");

void compat_version(const char *name, struct buf *to)
{
	buf_printf(to, "%s from ipcscope %s\n", name, VERSION);
}

int compat_id(const char *text, int *id)
{
	char *end;
	long long num;

	errno = 0;
	num = strtoll(text, &end, 10);
	if (errno)
		return -errno;
	if (end == text || *end)
		return -EINVAL;
	if (num < INT32_MIN || num > INT32_MAX)
		return -ERANGE;
	*id = (int)num;
	return 0;
}

int compat_not_parsed(const char *what, const char *text, int err)
{
	complain("failed to parse %s: '%s'%s%s", what, text,
		 err == -ERANGE ? ": " : "", err == -ERANGE ? strerror(ERANGE) : "");
	return STATUS_FAILED;
}

/* What the options ask for. */
struct ipcs_options {
	bool kinds[3];		/* SYSV_* */
	bool one;
	int id;
};

/* -1: options are read, else the status to end with. */
static int ipcs_parse(struct ipcs *ipcs, struct ipcs_options *options, int argc, char **argv)
{
	int letter, err;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "i:aqmstclupbVh", longs, NULL)) != -1) {
		switch (letter) {
		case 'i':
			options->one = true;
			err = compat_id(optarg, &options->id);
			if (err)
				return compat_not_parsed("id argument", optarg, err);
			break;
		case 'a':
			memset(options->kinds, true, sizeof(options->kinds));
			break;
		case 'q': options->kinds[SYSV_MSG] = true; break;
		case 'm': options->kinds[SYSV_SHM] = true; break;
		case 's': options->kinds[SYSV_SEM] = true; break;
		case 'h':
			buf_puts(&ipcs->out, ipcs_usage);
			return STATUS_OK;
		case 'V':
			compat_version("ipcs", &ipcs->out);
			return STATUS_OK;
		case '?':
			complain_try_help();
			return STATUS_FAILED;
		case 't':	 ipcs->view = VIEW_TIMES; break;
		case 'c':	 ipcs->view = VIEW_CREATORS; break;
		case 'p':	 ipcs->view = VIEW_PIDS; break;
		case 'l':	 ipcs->view = VIEW_LIMITS; break;
		case 'u':	 ipcs->view = VIEW_STATUS; break;
		case 'b':	 ipcs->unit = SIZES_BYTES; break;
		case LONG_HUMAN: ipcs->unit = SIZES_HUMAN; break;
		}
	}
	return -1;
}

static int ipcs_print_all(struct ipcs *ipcs, const struct ipcs_options *options)
{
	static const enum sysv_kind order[] = { SYSV_MSG, SYSV_SHM, SYSV_SEM };
	bool all = !options->kinds[0] && !options->kinds[1] && !options->kinds[2];
	size_t i;

	buf_putc(&ipcs->out, '\n');
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!all && !options->kinds[order[i]])
			continue;
		if (ipcs->view == VIEW_LIMITS)
			ipcs_limits(ipcs, order[i]);
		else if (ipcs->view == VIEW_STATUS)
			ipcs_status(ipcs, order[i]);
		else
			ipcs_list(ipcs, order[i]);
		buf_putc(&ipcs->out, '\n');
	}
	return STATUS_OK;
}

static int ipcs_main(int argc, char **argv)
{
	struct ipcs ipcs = { .host = &live_host, .out = { .to = stdout } };
	struct ipcs_options options = {};
	const bool *kinds = options.kinds;
	int status, failed;

	status = ipcs_parse(&ipcs, &options, argc, argv);
	if (status < 0 && !options.one) {
		status = ipcs_print_all(&ipcs, &options);
	} else if (status < 0 && kinds[0] + kinds[1] + kinds[2] != 1) {
		complain("when using an ID, a single resource must be specified");
		status = STATUS_FAILED;
	} else if (status < 0) {
		status = ipcs_one(&ipcs, kinds[SYSV_MSG] ? SYSV_MSG :
				  kinds[SYSV_SHM] ? SYSV_SHM : SYSV_SEM, options.id);
	}
	buf_free(&ipcs.name);
	failed = output_finish(&ipcs.out);
	return status ? status : failed;
}

const struct command command_ipcs = {
	.name	 = "ipcs",
	.args	 = "[OPTION]...",
	.help	 = "the ipcs of util-linux, for scripts made for it",
	.details = "Takes the options of ipcs(1) and prints what it prints, byte for "
		"byte; ipcscope-ipcs(1) names the few differences, where ipcs is "
		"wrong. It is also what the program is if it is called ipcs. "
		"Other commands show more: who is attached, what is stale.",
	.examples = {
		{ "ipcscope ipcs -m -p", "segments with their creators, as ipcs prints them" },
		{ "ln -s ipcscope ipcs", "called by that name it is ipcs" },
	},
	.more	 = true,
	.legacy_main	 = ipcs_main,
};
