// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The network namespace of a socket, and what only another mount namespace has a path to:
 * in the helper process, which keeps the namespace open in a descriptor of its own, as both
 * might block: a path on a dead file system, a close() that turns out to be the last one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD	O_EXCL		/* since Linux 6.9 */
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif

/* Whoever copies a socket gives it the class of its own control group, if groups of version 1
 * have one: net/core/scm.c, __receive_sock(). */
static bool socket_ns_marks(void)
{
	struct buf text = { 0 };
	bool marks = live_read_file(&live_host, NULL, "/proc/self/cgroup", &text) < 0 ||
		     strstr(text.data, "net_cls") || strstr(text.data, "net_prio");

	buf_free(&text);
	return marks;
}

/* Whether @copy is of our own namespace, for who may not ask for another. */
static bool socket_ns_is_own(int copy)
{
	int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t ours = 0, theirs = 1;
	socklen_t len = sizeof(ours);
	bool own;

	own = sock >= 0 && !getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &ours, &len) &&
	      !getsockopt(copy, SOL_SOCKET, SO_NETNS_COOKIE, &theirs, &len) && ours == theirs;
	if (sock >= 0)
		close(sock);
	return own;
}

/* A descriptor of the namespace, or -errno. A socket that lingers is closed at once, as its
 * owner may have closed it meanwhile. */
static int socket_ns_ask(struct helper_call *call, int copy)
{
	struct linger linger = { .l_onoff = 1 };
	socklen_t len = sizeof(linger);
	struct stat st;
	int ns, err;

	if (fstat(copy, &st) || st.st_ino != call->addr)
		return -ESTALE;
	if (getsockopt(copy, SOL_SOCKET, SO_LINGER, &linger, &len) || linger.l_onoff)
		return -EBUSY;
	ns = ioctl(copy, SIOCGSKNS);
	err = ns < 0 ? errno : 0;
	if (err && socket_ns_is_own(copy))
		ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return ns < 0 ? -err : ns;
}

/* Linux before 6.9 has no descriptors of threads but the first, -ENOSYS. */
static int socket_ns_copy(pid_t tid, int fd)
{
	int thread = (int)syscall(SYS_pidfd_open, tid, PIDFD_THREAD), copy;

	if (thread < 0 && errno == EINVAL)
		thread = (int)syscall(SYS_pidfd_open, tid, 0);
	if (thread < 0)
		return errno == EINVAL ? -ENOSYS : -errno;
	copy = (int)syscall(SYS_pidfd_getfd, thread, fd, 0);
	if (copy < 0)
		copy = -errno;
	close(thread);
	return copy;
}

/* SO_LINGER is known of the copy only; whatever signal comes, it is closed before. */
int live_copy_socket_ns(struct helper_call *call)
{
	sigset_t all, before;
	static int marks = -1;
	int copy, ns;
	pid_t tid;

	if (marks < 0)
		marks = socket_ns_marks();
	if (marks)
		return -EOPNOTSUPP;
	ns = helper_enter(call, -(uint64_t)call->pid);
	if (ns)
		return ns;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	copy = socket_ns_copy(call->pid, call->at);
	if (copy == -EBADF || copy == -ESRCH) {
		tid = lookup_living(call->pid);
		copy = tid ? socket_ns_copy(tid, call->at) : -ESRCH;
	}
	ns = copy < 0 ? copy : socket_ns_ask(call, copy);
	if (copy >= 0)
		close(copy);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ns;
}

static int socket_ns_find(struct helper_call *call)
{
	static int kept = -1;

	if (kept >= 0)
		close(kept);
	kept = *call->path ? lookup_place(call) : live_copy_socket_ns(call);
	call->at = kept;
	return kept < 0 ? kept : 0;
}

int live_open_diag_of(const struct host *host, pid_t tid, const char *path, int fd,
		      uint64_t socket, struct host_diag *diag)
{
	struct helper_call call = { .pid = tid, .at = path ? AT_FDCWD : fd, .addr = socket };
	char kept[48];
	int err;

	*diag = (struct host_diag){ .host = host, .fd = -1 };
	if (path && strlen(path) >= sizeof(call.path))
		return -ENAMETOOLONG;
	strcpy(call.path, path ?: "");
	err = helper_ask(socket_ns_find, &call, NULL);
	if (err)
		return err;
	snprintf(kept, sizeof(kept), "/proc/%d/fd/%d", (int)host_helper, call.at);
	return live_open_diag(host, NULL, kept, diag);
}
