// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Other namespaces: a thread of its own enters one, does what is to be done there, and ends.
 * namespaces(7), ioctl_nsfs(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "live.h"

/* linux/nsfs.h */
#ifndef NS_GET_USERNS
#define NS_GET_USERNS		_IO(0xb7, 0x1)
#endif
#ifndef NS_GET_NSTYPE
#define NS_GET_NSTYPE		_IO(0xb7, 0x3)
#endif
#ifndef NS_GET_OWNER_UID
#define NS_GET_OWNER_UID	_IO(0xb7, 0x4)
#endif
#define GET_ID			_IOR(0xb7, 13, uint64_t)	/* since Linux 6.18 */

/* As long as one is open its inode is not given to another. */
struct ipc_ns {
	uint64_t ino;
	int fd;
};

static struct VEC(struct ipc_ns) ipc_ns_open;

struct visit {
	int ns, type;
	void (*work)(void *arg);
	void *arg;
	int err;
};

_Thread_local bool live_is_away;

static void *ipc_ns_enter(void *arg)
{
	struct visit *visit = arg;

	visit->err = setns(visit->ns, visit->type) ? -errno : 0;
	live_is_away = true;
	if (!visit->err)
		visit->work(visit->arg);
	return NULL;
}

int live_visit(int ns, int type, void (*work)(void *arg), void *arg)
{
	struct visit visit = { .ns = ns, .type = type, .work = work, .arg = arg };
	sigset_t all, before;
	pthread_t thread;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread, NULL, ipc_ns_enter, &visit);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return -err;
	pthread_join(thread, NULL);
	return visit.err;
}

int live_open_ns(pid_t tid, const struct host_dir *at, const char *path, uint64_t *ino)
{
	struct host_stat st = { 0 }, own;
	int ns, found;

	if (tid)
		found = foreign_open_as(tid, path);
	else if (at)
		found = openat(at->fd, path, O_PATH | O_CLOEXEC);
	else
		found = foreign_open(NULL, path, true, &st);
	if (found == -1)
		found = -errno;
	if (found < 0)
		return found == -EACCES ? -EPERM : found;
	/* Whatever else is there by now must not be opened, nor asked what it is. */
	if (live_stat(&live_host, NULL, "/proc/self/ns/net", HOST_FOLLOW, &own) ||
	    live_stat(&live_host, &(struct host_dir){ .fd = found }, "", 0, &st) ||
	    st.dev != own.dev)
		ns = -EINVAL;
	else
		ns = live_reopen(found, O_RDONLY);
	close(found);
	*ino = st.ino;
	return ns;
}

static void ipc_ns_ask(int fd, struct host_ns *ns)
{
	int user = ioctl(fd, NS_GET_USERNS);
	struct stat st;

	if (ioctl(fd, GET_ID, &ns->id))
		ns->id = 0;
	if (user < 0)
		return;
	if (!fstat(user, &st))
		ns->user_ns = st.st_ino;
	if (ioctl(user, NS_GET_OWNER_UID, &ns->owner))
		ns->owner = (uid_t)-1;
	close(user);
}

static int ipc_ns_find(uint64_t ino)
{
	const struct ipc_ns *open;

	vec_for_each(open, &ipc_ns_open) {
		if (open->ino == ino)
			return open->fd;
	}
	return -1;
}

int live_open_ipc_ns(const struct host *host, pid_t tid, const struct host_dir *at,
		     const char *path, struct host_ns *ns)
{
	int fd;

	*ns = (struct host_ns){ .owner = (uid_t)-1 };
	fd = live_open_ns(tid, at, path, &ns->ino);
	if (fd < 0)
		return fd;
	ns->type = (uint32_t)ioctl(fd, NS_GET_NSTYPE);
	if (ns->type != CLONE_NEWIPC) {
		close(fd);
		return -EINVAL;
	}
	ipc_ns_ask(fd, ns);
	if (ipc_ns_find(ns->ino) >= 0)
		close(fd);
	else
		*vec_add(&ipc_ns_open) = (struct ipc_ns){ ns->ino, fd };
	return 0;
}

int live_in_ipc_ns(const struct host *host, uint64_t ino, void (*work)(void *arg), void *arg)
{
	const int fd = ino ? ipc_ns_find(ino) : -1;

	if (ino && fd < 0)
		return -ENOENT;
	if (ino)
		return live_visit(fd, CLONE_NEWIPC, work, arg);
	work(arg);
	return 0;
}
