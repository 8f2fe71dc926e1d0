// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measure: times several commands fairly.
 *
 *	measure [-r ROUNDS] [-b SECONDS] [-p COMMAND] NAME=COMMAND...
 *
 * Each round runs every command once, beginning with another one each time, so
 * that what else happens on the machine hits all alike.  One round before that
 * is not timed: it warms up and counts the output.  A command that has used up
 * its budget (-b, default 60 s) is left out of the rounds that follow.  A
 * -p is run before each of them, not timed: for commands that use something up.
 * COMMAND is split at blanks, without a shell; a word $NAME is replaced from
 * the environment.  Output goes to /dev/null.
 *
 * One line for each command, tab-separated:
 *	name, median ms, least ms, most ms, peak memory KiB, output bytes,
 *	exit status, rounds, $LOAD_FDS
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 64
#define MAX_ROUNDS 1000

struct contestant {
	const char *name;
	char *argv[MAX_WORDS + 1];
	double *ms;
	int rounds;
	double used_ms;
	long rss_kib;
	long long bytes;
	int status;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void parse_contestant(struct contestant *c, char *text, int rounds)
{
	char *equals = strchr(text, '='), *word, *save;
	int n = 0;

	if (!equals) {
		fprintf(stderr, "measure: %s: not NAME=COMMAND\n", text);
		exit(2);
	}
	*equals = '\0';
	c->name = text;
	c->ms = calloc((size_t)rounds, sizeof(*c->ms));
	if (!c->ms)
		die("calloc");
	for (word = strtok_r(equals + 1, " ", &save); word && n < MAX_WORDS;
	     word = strtok_r(NULL, " ", &save)) {
		if (word[0] == '$' && getenv(word + 1))
			word = getenv(word + 1);
		c->argv[n++] = word;
	}
	if (n == 0) {
		fprintf(stderr, "measure: %s: no command\n", text);
		exit(2);
	}
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Run once with this stdout; returns milliseconds. */
static double run_once(struct contestant *c, int out)
{
	double start = now_ms();
	struct rusage usage;
	pid_t pid = vfork();
	int status;

	if (pid == 0) {
		dup2(out, STDOUT_FILENO);
		execvp(c->argv[0], c->argv);
		_exit(127);
	}
	if (pid < 0)
		die("vfork");
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait4");
	start = now_ms() - start;
	c->status = WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status);
	if (usage.ru_maxrss > c->rss_kib)
		c->rss_kib = usage.ru_maxrss;
	return start;
}

/* Before each run; NULL: nothing. */
static struct contestant *prepare;

static double run_prepared(struct contestant *c, int out)
{
	if (prepare) {
		run_once(prepare, out);
		if (prepare->status) {
			fprintf(stderr, "measure: %s: status %d\n",
				prepare->argv[0], prepare->status);
			exit(1);
		}
	}
	return run_once(c, out);
}

static void warm_up(struct contestant *c)
{
	int out = memfd_create("output", MFD_CLOEXEC);
	struct stat st;

	if (out < 0)
		die("memfd_create");
	run_prepared(c, out);
	if (fstat(out, &st))
		die("fstat");
	c->bytes = (long long)st.st_size;
	close(out);
}

static void run_round(struct contestant *all, int n, int first, int null,
		      double budget_ms)
{
	struct contestant *c;
	double ms;
	int i;

	for (i = 0; i < n; i++) {
		c = &all[(first + i) % n];
		if (c->rounds > 0 && c->used_ms > budget_ms)
			continue;
		ms = run_prepared(c, null);
		c->ms[c->rounds++] = ms;
		c->used_ms += ms;
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_result(struct contestant *c)
{
	const char *fds = getenv("LOAD_FDS");
	int n = c->rounds;
	double median;

	qsort(c->ms, (size_t)n, sizeof(*c->ms), compare);
	median = (c->ms[(n - 1) / 2] + c->ms[n / 2]) / 2;
	printf("%s\t%.3f\t%.3f\t%.3f\t%ld\t%lld\t%d\t%d\t%s\n", c->name, median,
	       c->ms[0], c->ms[n - 1], c->rss_kib, c->bytes, c->status, n,
	       fds ? fds : "0");
}

int main(int argc, char **argv)
{
	int rounds = 7, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	double budget_ms = 60e3;
	struct contestant *all;
	struct contestant preparing = { 0 };
	int option, n, i;
	char text[4096];

	while ((option = getopt(argc, argv, "r:b:p:")) != -1) {
		if (option == 'r')
			rounds = atoi(optarg);
		else if (option == 'b')
			budget_ms = atof(optarg) * 1e3;
		else if (option == 'p') {
			snprintf(text, sizeof(text), "prepare=%s", optarg);
			parse_contestant(&preparing, text, 1);
			prepare = &preparing;
		} else {
			return 2;
		}
	}
	n = argc - optind;
	if (rounds < 1 || rounds > MAX_ROUNDS || n < 1 || null < 0) {
		fprintf(stderr, "measure [-r ROUNDS] [-b SECONDS] [-p COMMAND] NAME=COMMAND...\n");
		return 2;
	}
	dup2(null, STDIN_FILENO);
	all = calloc((size_t)n, sizeof(*all));
	if (!all)
		die("calloc");
	for (i = 0; i < n; i++)
		parse_contestant(&all[i], argv[optind + i], rounds);
	for (i = 0; i < n; i++)
		warm_up(&all[i]);
	for (i = 0; i < rounds; i++)
		run_round(all, n, i % n, null, budget_ms);
	for (i = 0; i < n; i++)
		print_result(&all[i]);
	return 0;
}
