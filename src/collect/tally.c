// SPDX-License-Identifier: GPL-2.0-or-later
/* How many descriptors a process has, and may have. */
#include <errno.h>

#include "internal.h"
#include "ipcscope/text.h"

struct process_tally *tally_of(struct snapshot *snap, uint32_t process)
{
	struct process *proc = &snap->processes.at[process];

	if (!proc->tally)
		proc->tally = arena_alloc(&snap->arena, sizeof(*proc->tally));
	return proc->tally;
}

bool find_rlimit(const struct buf *text, const char *name, uint64_t *max)
{
	static const char unlimited[] = "unlimited";
	const size_t len = strlen(name);
	const char *line, *end;

	for (line = text->len ? text->data : NULL; line && *line;
	     line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (strncmp(line, name, len))
			continue;
		line += len;
		line += strspn(line, " ");
		*max = UINT64_MAX;
		return !strncmp(line, unlimited, sizeof(unlimited) - 1) || num_u64(&line, max);
	}
	return false;
}

static int tally_count_entry(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	++*(uint32_t *)arg;
	return 0;
}

/* Before Linux 6.2 the directory did not say how many it has. */
static int tally_count_entries(struct scan *scan, uint32_t *nr)
{
	const struct host *host = scan->col->host;
	struct host_dir fds;
	int err;

	*nr = 0;
	err = host->ops->open_dir(host, &scan->dir, "fd", &fds);
	if (err < 0)
		return err;
	err = host->ops->read_dir(&fds, &scan->entries, tally_count_entry, nr);
	host->ops->close_dir(&fds);
	return err;
}

/* fs/proc/fd.c: proc_fd_getattr(); anybody may know. */
static int tally_count_fds(struct scan *scan, uint32_t *nr)
{
	const struct host *host = scan->col->host;
	struct host_stat st;
	int err;

	err = host->ops->stat(host, &scan->dir, "fd", 0, &st);
	if (err < 0)
		return err;
	*nr = (uint32_t)st.size;
	return *nr ? 0 : tally_count_entries(scan, nr);
}

void scan_tally(struct scan *scan)
{
	const struct host *host = scan->col->host;
	uint32_t nr, index = scan_process(scan);
	struct process_tally *tally;
	int err;

	if (index == NO_INDEX || scan->snap->processes.at[index].flags &
	    (PROCESS_KTHREAD | PROCESS_ZOMBIE))
		return;
	err = tally_count_fds(scan, &nr);
	if (!err)
		err = host->ops->read_file(host, &scan->dir, "limits", &scan->text);
	tally = err ? NULL : tally_of(scan->snap, index);
	if (tally && find_rlimit(&scan->text, RLIMIT_FDS_LINE, &tally->max_fds) &&
	    find_rlimit(&scan->text, RLIMIT_QUEUED_LINE, &tally->max_queued)) {
		tally->fds = nr;
		tally->known |= NEED(COUNTS);
	} else {
		scan_gap(scan, PART_COUNTS, err ?: -EBADMSG);
	}
}
