// SPDX-License-Identifier: GPL-2.0-or-later
/* What the processes that use an object have open, and where they are. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* Of a link of /proc: its target; the length, 0 if it cannot be read. */
static size_t target_of(const struct searching *ing, const char *link, char to[4096])
{
	const struct host *host = ing->search->host;
	ssize_t len = host->ops->read_link(host, NULL, link, to, 4096);

	if (len <= 0 || len >= 4096 || to[0] != '/')
		return 0;
	to[len] = '\0';
	return (size_t)len;
}

static void look_at(struct searching *ing, const char *link)
{
	const struct host *host = ing->search->host;
	struct host_stat st;
	char target[4096];
	size_t len = target_of(ing, link, target);

	if (len && !host->ops->stat(host, NULL, link, HOST_FOLLOW | HOST_BTIME, &st))
		key_file_found(ing, target, len, &st);
}

struct fds {
	struct searching *ing;
	pid_t pid;
};

static int look_at_fd(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct fds *fds = arg;
	char link[64];

	snprintf(link, sizeof(link), "/proc/%d/fd/%.16s", fds->pid, name);
	look_at(fds->ing, link);
	return 0;
}

static void look_at_process(struct searching *ing, pid_t pid)
{
	const struct host *host = ing->search->host;
	struct fds fds = { ing, pid };
	struct buf entries = {};
	struct host_dir dir;
	char path[64];

	ing->pid = pid;
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	look_at(ing, path);
	snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	look_at(ing, path);
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if (host->ops->open_dir(host, NULL, path, &dir))
		return;
	host->ops->read_dir(&dir, &entries, look_at_fd, &fds);
	host->ops->close_dir(&dir);
	buf_free(&entries);
}

void key_procs_look(struct searching *ing)
{
	uint32_t i;

	ing->near = NEAR_USED;
	for (i = 0; i < ing->search->nr_pids; i++)
		look_at_process(ing, ing->search->pids[i]);
	ing->pid = 0;
}

/* The directory of the program: not one with all programs in it. */
static void walk_program(struct searching *ing, const char *link)
{
	char target[4096];
	size_t len = target_of(ing, link, target);
	char *slash = len ? strrchr(target, '/') : NULL;

	if (!slash || slash == target)
		return;
	*slash = '\0';
	if (strcmp(slash - 4 >= target ? slash - 4 : target, "/bin") != 0 &&
	    strcmp(slash - 5 >= target ? slash - 5 : target, "/sbin") != 0)
		key_walk(ing, target, NULL);
}

void key_procs_walk(struct searching *ing)
{
	char link[64], target[4096];
	uint32_t i;

	ing->near = NEAR_USER;
	for (i = 0; i < ing->search->nr_pids; i++) {
		ing->pid = ing->search->pids[i];
		snprintf(link, sizeof(link), "/proc/%d/cwd", ing->pid);
		/* Daemons work in the root, which is where all is. */
		if (target_of(ing, link, target) > 1)
			key_walk(ing, link, target);
		snprintf(link, sizeof(link), "/proc/%d/exe", ing->pid);
		walk_program(ing, link);
	}
	ing->pid = 0;
}
