// SPDX-License-Identifier: GPL-2.0-or-later
/* Where namespaces are found: in every thread, and mounted, nsfs(5). */
#include "internal.h"
#include "ipcscope/text.h"

struct places_tasks {
	struct collector *col;
	pid_t pid;
};

static void places_look_at(struct collector *col, pid_t pid, pid_t tid, const char *dir)
{
	if (col->query->parts & SOCKET_PARTS)
		collect_net_ns_of_task(col, tid, dir);
	if (col->query->asks_nss)
		collect_ipc_ns_of_task(col, pid, tid, dir);
}

static int places_each_thread(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	struct places_tasks *tasks = arg;
	const char *at = name;
	char dir[64];
	uint64_t tid;

	if (num_u64(&at, &tid) && !*at && tid <= INT32_MAX && (pid_t)tid != tasks->pid) {
		snprintf(dir, sizeof(dir), "%d/task/%s", (int)tasks->pid, name);
		places_look_at(tasks->col, tasks->pid, (pid_t)tid, dir);
	}
	return 0;
}

void collect_places(struct collector *col)
{
	const struct host *host = col->host;
	struct buf entries = { 0 };
	struct host_dir tasks;
	struct host_stat st;
	const pid_t *pid;
	char path[64];

	vec_for_each(pid, &col->pids) {
		struct places_tasks of = { col, *pid };

		snprintf(path, sizeof(path), "%d", (int)*pid);
		places_look_at(col, *pid, *pid, path);
		snprintf(path, sizeof(path), "%d/task", (int)*pid);
		/* Two links more than threads, each of which may be in another. */
		if (host->ops->stat(host, &col->proc, path, 0, &st) || st.nlink <= 3 ||
		    host->ops->open_dir(host, &col->proc, path, &tasks))
			continue;
		host->ops->read_dir(&tasks, &entries, places_each_thread, &of);
		host->ops->close_dir(&tasks);
	}
	buf_free(&entries);
}

/* "36 35 0:4 net:[4026532288] /run/netns/name rw ... - nsfs nsfs rw". */
void collect_mounted_nss(struct collector *col, pid_t pid, const char *type, mounted_ns_fn *each)
{
	struct buf text = { 0 }, fs = { 0 }, path = { 0 };
	const char *line, *root, *next;
	char word[16], file[32] = "self/mountinfo";
	uint64_t ino;

	if (pid)
		snprintf(file, sizeof(file), "%d/mountinfo", (int)pid);
	snprintf(word, sizeof(word), " %s:[", type);
	if (col->host->ops->read_file(col->host, &col->proc, file, &text) < 0)
		buf_reset(&text);
	for (line = text.data; line && *line; line = *next ? next + 1 : NULL) {
		next = strchrnul(line, '\n');
		root = strstr(line, word);
		if (!root || root > next)
			continue;
		root += strlen(word);
		if (num_u64(&root, &ino) && host_parse_mount(&line, next, &fs, &path) &&
		    !strcmp(fs.data, "nsfs"))
			each(col, pid, ino, path.data);
	}
	buf_free(&text);
	buf_free(&fs);
	buf_free(&path);
}

void collect_each_mount_ns(struct collector *col, void (*each)(struct collector *col, pid_t pid))
{
	struct inodes seen = { 0 };
	const uint64_t *other;
	const pid_t *pid;
	char path[32];
	uint64_t ino;

	*vec_add(&seen) = col->snap->host.mnt_ns;
	vec_for_each(pid, &col->pids) {
		snprintf(path, sizeof(path), "%d/ns/mnt", (int)*pid);
		if (scan_ns(col->host, &col->proc, path, &ino))
			continue;
		vec_for_each(other, &seen) {
			if (*other == ino)
				break;
		}
		if (vec_stopped(other, &seen))
			continue;
		*vec_add(&seen) = ino;
		each(col, *pid);
	}
	vec_free(&seen);
}

static bool places_keep_fd(const struct fd_entry *fd, struct ns_fds *to)
{
	const struct scan *scan = fd->scan;
	struct ns_fd ns = { .pid = scan->thread ?: scan->living, .fd = fd->fd };

	if (!link_number(fd->link, &ns.ino))
		return false;
	*vec_add(to) = ns;
	return true;
}

bool collect_net_ns_fd(struct fd_entry *fd)
{
	return places_keep_fd(fd, &fd->scan->net_ns_fds);
}

bool collect_ipc_ns_fd(struct fd_entry *fd)
{
	return places_keep_fd(fd, &fd->scan->ipc_ns_fds);
}
