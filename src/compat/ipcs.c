// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcs: the options of util-linux's, and what it prints, byte for byte. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "ipcs.h"
#include "ipcscope/num.h"
#include "personality.h"

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

static const char usage[] =
	"\nUsage:\n"
	" ipcs [resource-option...] [output-option]\n"
	" ipcs -m|-q|-s -i <id>\n"
	"\nShow information on IPC facilities.\n"
	"\nOptions:\n"
	" -i, --id <id>  print details on resource identified by <id>\n"
	" -h, --help     display this help\n"
	" -V, --version  display version\n"
	"\nResource options:\n"
	" -m, --shmems      shared memory segments\n"
	" -q, --queues      message queues\n"
	" -s, --semaphores  semaphores\n"
	" -a, --all         all (default)\n"
	"\nOutput options:\n"
	" -t, --time        show attach, detach and change times\n"
	" -p, --pid         show PIDs of creator and last operator\n"
	" -c, --creator     show creator and owner\n"
	" -l, --limits      show resource limits\n"
	" -u, --summary     show status summary\n"
	"     --human       show sizes in human-readable format\n"
	" -b, --bytes       show sizes in bytes\n"
	"\nFor more details see ipcs(1).\n";

struct words {
	bool kinds[3];		/* SYSV_* */
	bool one;
	int id;
};

/* The order in which ipcs prints. */
static const enum sysv_kind order[] = { SYSV_MSG, SYSV_SHM, SYSV_SEM };

static int parse_id(const char *text, struct words *words)
{
	int64_t id;
	int err = personality_number(text, &id);

	words->one = true;
	if (!err && (id < INT32_MIN || id > INT32_MAX))
		err = -ERANGE;
	words->id = (int)id;
	if (!err)
		return 0;
	complain("failed to parse id argument: '%s'%s%s", text,
		 err == -ERANGE ? ": " : "",
		 err == -ERANGE ? strerror(ERANGE) : "");
	return STATUS_FAILED;
}

static void set_view(struct ipcs *ipcs, int letter)
{
	switch (letter) {
	case 't':	 ipcs->view = VIEW_TIMES; break;
	case 'c':	 ipcs->view = VIEW_CREATORS; break;
	case 'p':	 ipcs->view = VIEW_PIDS; break;
	case 'l':	 ipcs->view = VIEW_LIMITS; break;
	case 'u':	 ipcs->view = VIEW_STATUS; break;
	case 'b':	 ipcs->unit = SIZES_BYTES; break;
	case LONG_HUMAN: ipcs->unit = SIZES_HUMAN; break;
	}
}

/* -1: go on; else a status. */
static int parse(struct ipcs *ipcs, struct words *words, int argc, char **argv)
{
	int letter, status;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "i:aqmstclupbVh", longs,
				     NULL)) != -1) {
		switch (letter) {
		case 'i':
			status = parse_id(optarg, words);
			if (status)
				return status;
			break;
		case 'a':
			memset(words->kinds, true, sizeof(words->kinds));
			break;
		case 'q': words->kinds[SYSV_MSG] = true; break;
		case 'm': words->kinds[SYSV_SHM] = true; break;
		case 's': words->kinds[SYSV_SEM] = true; break;
		case 'h':
			buf_puts(&ipcs->out, usage);
			return STATUS_OK;
		case 'V':
			personality_version("ipcs", &ipcs->out);
			return STATUS_OK;
		case '?':
			complain_try_help();
			return STATUS_FAILED;
		default:
			set_view(ipcs, letter);
		}
	}
	return -1;
}

static int print_one(struct ipcs *ipcs, const struct words *words)
{
	enum sysv_kind kind = 0;
	int nr = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!words->kinds[order[i]])
			continue;
		kind = order[i];
		nr++;
	}
	if (nr == 1)
		return ipcs_one(ipcs, kind, words->id);
	complain("when using an ID, a single resource must be specified");
	return STATUS_FAILED;
}

static void print_all(struct ipcs *ipcs, const struct words *words)
{
	bool all = !words->kinds[0] && !words->kinds[1] && !words->kinds[2];
	size_t i;

	buf_putc(&ipcs->out, '\n');
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		if (!all && !words->kinds[order[i]])
			continue;
		if (ipcs->view == VIEW_LIMITS)
			ipcs_limits(ipcs, order[i]);
		else if (ipcs->view == VIEW_STATUS)
			ipcs_status(ipcs, order[i]);
		else
			ipcs_list(ipcs, order[i]);
		buf_putc(&ipcs->out, '\n');
	}
}

static int ipcs_own(int argc, char **argv)
{
	struct ipcs ipcs = { .host = &live_host, .out = { .to = stdout } };
	struct words words = {};
	int status, failed;

	status = parse(&ipcs, &words, argc, argv);
	if (status < 0 && words.one) {
		status = print_one(&ipcs, &words);
	} else if (status < 0) {
		print_all(&ipcs, &words);
		status = STATUS_OK;
	}
	buf_free(&ipcs.name);
	failed = output_finish(&ipcs.out);
	return status ? status : failed;
}

static const struct example examples[] = {
	{ "ipcscope ipcs -m -p", "segments with their creators, as ipcs prints them" },
	{ "ln -s ipcscope ipcs", "called by that name it is ipcs" },
	{ NULL, NULL },
};

const struct command command_ipcs = {
	.name	 = "ipcs",
	.args	 = "[OPTION]...",
	.help	 = "the ipcs of util-linux, for scripts made for it",
	.details =
		"Takes the options of ipcs(1) and prints what it prints, byte for "
		"byte; ipcscope-ipcs(1) names the few differences, where ipcs is "
		"wrong. It is also what the program is if it is called ipcs. "
		"Other commands show more: who is attached, what is stale.",
	.examples = examples,
	.more	 = true,
	.legacy_main	 = ipcs_own,
};
