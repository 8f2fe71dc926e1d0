/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the load programs share: failing, and options of the form --WHAT=N. */
#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct amount {
	const char *name;
	const char *help;
	long n;
};

/* Leave with status 1 and errno's text if rc is -1, else return rc. */
static inline long must(long rc, const char *what)
{
	if (rc == -1) {
		fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
		_exit(1);
	}
	return rc;
}

static inline void usage_amounts(const char *program,
				 const struct amount *amounts, size_t count)
{
	size_t i;

	fprintf(stderr, "%s [--WHAT=N]... -- COMMAND [ARGUMENT]...\n", program);
	for (i = 0; i < count; i++)
		fprintf(stderr, "  --%-10s %s\n", amounts[i].name,
			amounts[i].help);
	exit(2);
}

static inline int parse_amount(struct amount *amounts, size_t count,
			       const char *arg)
{
	const char *equals = strchr(arg, '=');
	size_t i, len;

	if (strncmp(arg, "--", 2) || !equals)
		return -1;
	len = (size_t)(equals - arg - 2);
	for (i = 0; i < count; i++) {
		if (strncmp(amounts[i].name, arg + 2, len) ||
		    amounts[i].name[len])
			continue;
		amounts[i].n = strtol(equals + 1, NULL, 10);
		return 0;
	}
	return -1;
}

/* Read the options; returns the command behind "--". */
static inline char **parse_amounts(struct amount *amounts, size_t count,
				   char **argv)
{
	const char *program = *argv++;

	for (; *argv && strcmp(*argv, "--"); argv++)
		if (parse_amount(amounts, count, *argv))
			usage_amounts(program, amounts, count);
	if (!argv[0] || !argv[1])
		usage_amounts(program, amounts, count);
	return argv + 1;
}

#endif
