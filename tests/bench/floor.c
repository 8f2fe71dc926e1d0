// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor: the bare cost of what the kernel must be asked, without anything else.
 *
 *	floor fds [THREADS]	readlink of every descriptor of every process
 *	floor access [THREADS]	the same, and lstat of those that are pipes, which
 *				alone tells how they are open
 *	floor maps [THREADS]	every shared file mapping of every process
 *	floor unix		a dump of every UNIX socket, no attributes
 *	floor shm		SHM_STAT_ANY of every segment
 *	floor start		nothing: what starting a program costs
 *
 * Prints how many it saw.  ipcscope is measured against these times.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_THREADS 64

struct procmap_query {
	uint64_t size, query_flags, query_addr;
	uint64_t vma_start, vma_end, vma_flags, vma_page_size, vma_offset;
	uint64_t inode;
	uint32_t dev_major, dev_minor, vma_name_size, build_id_size;
	uint64_t vma_name_addr, build_id_addr;
};

#define QUERY_MAP _IOWR('f', 17, struct procmap_query)
#define QUERY_SHARED 0x08
#define QUERY_NEXT 0x10
#define QUERY_FILE 0x20

struct linux_dirent {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

static int proc_fd;
static char (*pids)[16];
static size_t pid_count;
static atomic_size_t next_pid;
static atomic_size_t seen;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- over all processes, in threads ---- */

static void list_pids(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t room = 0;

	if (!dir)
		die("/proc");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (pid_count == room) {
			room = room ? 2 * room : 1024;
			pids = realloc(pids, room * sizeof(*pids));
			if (!pids)
				die("realloc");
		}
		snprintf(pids[pid_count++], sizeof(*pids), "%.15s",
			 entry->d_name);
	}
	closedir(dir);
	proc_fd = open("/proc", O_RDONLY | O_DIRECTORY);
}

static bool with_access;

static void ask_access(int dir, const char *name, const char *link)
{
	struct stat st;

	if (with_access && !strncmp(link, "pipe:", 5))
		fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
}

static size_t walk_entries(int dir, const char *buf, long len)
{
	const struct linux_dirent *entry;
	char link[256];
	size_t n = 0;
	long at;

	for (at = 0; at < len; at += entry->reclen) {
		entry = (const struct linux_dirent *)(buf + at);
		if (entry->name[0] == '.' ||
		    readlinkat(dir, entry->name, link, sizeof(link)) <= 0)
			continue;
		n++;
		ask_access(dir, entry->name, link);
	}
	return n;
}

static size_t walk_fds(const char *pid)
{
	static _Thread_local char buf[65536]
		__attribute__((aligned(__alignof__(struct linux_dirent))));
	char path[32];
	size_t n = 0;
	long len;
	int dir;

	snprintf(path, sizeof(path), "%s/fd", pid);
	dir = openat(proc_fd, path, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return 0;
	while ((len = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0)
		n += walk_entries(dir, buf, len);
	close(dir);
	return n;
}

static size_t walk_maps(const char *pid)
{
	struct procmap_query q = { .size = sizeof(q) };
	char path[32], name[256];
	size_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/maps", pid);
	fd = openat(proc_fd, path, O_RDONLY);
	if (fd < 0)
		return 0;
	q.query_flags = QUERY_SHARED | QUERY_NEXT | QUERY_FILE;
	for (;;) {
		q.vma_name_addr = (uintptr_t)name;
		q.vma_name_size = sizeof(name);
		q.build_id_size = 0;
		if (ioctl(fd, QUERY_MAP, &q))
			break;
		q.query_addr = q.vma_end;
		n++;
	}
	close(fd);
	return n;
}

static void *run_thread(void *arg)
{
	size_t (**walk)(const char *) = arg;
	size_t i, n = 0;

	while ((i = atomic_fetch_add(&next_pid, 1)) < pid_count)
		n += (*walk)(pids[i]);
	atomic_fetch_add(&seen, n);
	return NULL;
}

static void walk_all(size_t (*walk)(const char *), int threads)
{
	pthread_t thread[MAX_THREADS];
	int i;

	if (threads < 1 || threads > MAX_THREADS)
		threads = 1;
	list_pids();
	for (i = 1; i < threads; i++)
		if (pthread_create(&thread[i], NULL, run_thread, &walk))
			die("pthread_create");
	run_thread(&walk);
	for (i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
}

/* ---- one question ---- */

static size_t count_messages(const struct nlmsghdr *msg, int len, int *done)
{
	size_t n = 0;

	for (; NLMSG_OK(msg, (unsigned int)len); msg = NLMSG_NEXT(msg, len)) {
		if (msg->nlmsg_type == NLMSG_DONE ||
		    msg->nlmsg_type == NLMSG_ERROR) {
			*done = 1;
			break;
		}
		n++;
	}
	return n;
}

static void dump_unix(void)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req body;
	} request = {
		.head = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.body = { .sdiag_family = AF_UNIX, .udiag_states = ~0U },
	};
	static union {
		struct nlmsghdr head;
		char bytes[32768];
	} buf;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
	int done = 0;
	ssize_t len;

	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0)
		die("sock_diag");
	while (!done && (len = recv(fd, &buf, sizeof(buf), 0)) > 0)
		seen += count_messages(&buf.head, (int)len, &done);
}

static void stat_shm(void)
{
	struct shm_info info;
	struct shmid_ds ds;
	int i, last = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info);

	for (i = 0; i <= last; i++)
		if (shmctl(i, SHM_STAT_ANY, &ds) >= 0)
			seen++;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int threads = argc > 2 ? atoi(argv[2]) : 1;

	with_access = strcmp(what, "access") == 0;
	if (strcmp(what, "fds") == 0 || with_access)
		walk_all(walk_fds, threads);
	else if (strcmp(what, "maps") == 0)
		walk_all(walk_maps, threads);
	else if (strcmp(what, "unix") == 0)
		dump_unix();
	else if (strcmp(what, "shm") == 0)
		stat_shm();
	else if (strcmp(what, "start") != 0)
		return fprintf(stderr, "floor fds|access|maps|unix|shm|start\n"), 2;
	printf("%zu\n", seen);
	return 0;
}
