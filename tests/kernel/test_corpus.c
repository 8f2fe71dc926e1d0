// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects of all kinds, live and dead, with the verdict each must have: as root who knows that
 * nobody is outside this PID namespace, as root of a container who does not, and as nobody. Less
 * may be seen there, so that nothing may ever be worse there than it is for root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "make.h"
#include "run.h"

static const char *const words[] = { "stale", "suspect", "unknown", "idle", "dest", "in-use" };
#define NR_WORDS	(sizeof(words) / sizeof(words[0]))

enum { AS_ROOT, IN_CONTAINER, AS_NOBODY, NR_EYES };

#define DEAD	LONELY_USER	/* who runs nothing */
#define RUNS	4712		/* who runs something else */
#define ROOT	0		/* who runs this test */

/* What its maker does with it, or another then. */
enum use {
	NEVER, ONCE, STAYS, STAYS_AFTER, GIVEN,
	HELD, HELD_READ, HELD_SPLIT, HELD_HOLE, HELD_TWICE, HELD_BY_HEIR, HELD_BY_THREAD,
	HELD_BELOW, HELD_AWAY, MADE_BELOW, REMOVED, LAST_USER_STAYS, LOCKED,
	WAITED, WAITED_ZERO, UNDONE, UNREAD, FULL, TAKEN, RECEIVED, SENT,
	OPENED, OPENED_PATH, OPENED_WRITE, MAPPED, MAPPED_PRIVATE, EMPTY, LINKED, WRITTEN,
	NOTIFIED, BOUND, LISTENS, LISTENS_AWAY, RENAMED, OPENING,
};

struct situation {
	const char *class;
	const char *name;	/* of what has one */
	uid_t uid;
	enum use use;
	key_t key;		/* or type of a socket */
	int mode;		/* 0: 0600; 01000: none for anybody */
	int nr;			/* of semaphores, or of pages */
	const char *verdict[NR_EYES];	/* "absent": no path by that name is judged */
};

#define ALL(v)			{ v, v, v }
#define SEEN(v)			{ v, v, "unknown" }
#define ROOT_ONLY(v)		{ v, "unknown", "unknown" }
#define COUNTED(v)		{ v, "unknown", v }

static const struct situation corpus[] = {
	/* Segments: of the dead, of those who run, attached in every way. */
	{ "shm", NULL, DEAD, NEVER, .verdict = COUNTED("stale") },
	{ "shm", NULL, DEAD, ONCE, .verdict = COUNTED("stale") },
	{ "shm", NULL, DEAD, NEVER, .key = 0x101, .verdict = COUNTED("suspect") },
	{ "shm", NULL, DEAD, ONCE, .key = 0x102, .verdict = COUNTED("suspect") },
	{ "shm", NULL, DEAD, NEVER, .mode = 01000, .verdict = COUNTED("stale") },
	{ "shm", NULL, DEAD, ONCE, .mode = 0666, .verdict = COUNTED("suspect") },
	{ "shm", NULL, DEAD, NEVER, .key = 0x103, .mode = 0640, .verdict = COUNTED("suspect") },
	{ "shm", NULL, DEAD, NEVER, .key = -2, .verdict = COUNTED("suspect") },
	{ "shm", NULL, DEAD, NEVER, .nr = 1, .verdict = COUNTED("stale") },
	{ "shm", NULL, DEAD, NEVER, .nr = 65536, .verdict = COUNTED("stale") },
	{ "shm", NULL, DEAD, ONCE, .key = 0x104, .nr = 65536, .verdict = COUNTED("suspect") },
	{ "shm", NULL, RUNS, NEVER, .verdict = COUNTED("idle") },
	{ "shm", NULL, RUNS, ONCE, .verdict = COUNTED("idle") },
	{ "shm", NULL, RUNS, NEVER, .key = 0x105, .verdict = COUNTED("idle") },
	{ "shm", NULL, RUNS, ONCE, .key = 0x106, .mode = 0666, .verdict = COUNTED("idle") },
	{ "shm", NULL, ROOT, NEVER, .verdict = COUNTED("idle") },
	{ "shm", NULL, ROOT, ONCE, .key = 0x107, .verdict = COUNTED("idle") },
	{ "shm", NULL, ROOT, GIVEN, .verdict = COUNTED("idle") },
	{ "shm", NULL, ROOT, GIVEN, .key = 0x108, .verdict = COUNTED("idle") },
	{ "shm", NULL, RUNS, STAYS, .verdict = ALL("idle") },
	{ "shm", NULL, RUNS, STAYS_AFTER, .verdict = ALL("idle") },
	{ "shm", NULL, ROOT, STAYS, .key = 0x109, .verdict = ALL("idle") },
	{ "shm", NULL, ROOT, MADE_BELOW, .verdict = ALL("idle") },
	{ "shm", NULL, DEAD, HELD, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD, .key = 0x10a, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD_READ, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD_READ, .mode = 0400, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD_SPLIT, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD_HOLE, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD_TWICE, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD_BY_HEIR, .verdict = ALL("in-use") },
	{ "shm", NULL, ROOT, HELD_BY_THREAD, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD_BELOW, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, HELD_AWAY, .verdict = ALL("in-use") },
	{ "shm", NULL, DEAD, REMOVED, .verdict = ALL("dest") },
	{ "shm", NULL, DEAD, REMOVED, .key = 0x10b, .verdict = ALL("dest") },
	{ "shm", NULL, DEAD, LAST_USER_STAYS, .verdict = ALL("idle") },
	{ "shm", NULL, DEAD, LAST_USER_STAYS, .key = 0x10c, .verdict = ALL("idle") },
	{ "shm", NULL, ROOT, LOCKED, .verdict = COUNTED("idle") },
	/* Sets of semaphores. */
	{ "sem", NULL, DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "sem", NULL, DEAD, ONCE, .verdict = ROOT_ONLY("suspect") },
	{ "sem", NULL, DEAD, NEVER, .key = 0x10d, .verdict = ROOT_ONLY("suspect") },
	{ "sem", NULL, DEAD, ONCE, .key = 0x10e, .verdict = ROOT_ONLY("suspect") },
	{ "sem", NULL, DEAD, ONCE, .mode = 0666, .verdict = COUNTED("suspect") },
	{ "sem", NULL, DEAD, ONCE, .mode = 0644, .nr = 3, .verdict = COUNTED("suspect") },
	{ "sem", NULL, DEAD, ONCE, .nr = 250, .verdict = ROOT_ONLY("suspect") },
	{ "sem", NULL, RUNS, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "sem", NULL, RUNS, ONCE, .key = 0x10f, .verdict = ROOT_ONLY("idle") },
	{ "sem", NULL, ROOT, ONCE, .verdict = ROOT_ONLY("idle") },
	{ "sem", NULL, RUNS, STAYS_AFTER, .mode = 0666, .verdict = ALL("idle") },
	{ "sem", NULL, DEAD, WAITED, .verdict = SEEN("in-use") },
	{ "sem", NULL, DEAD, WAITED, .mode = 0666, .verdict = ALL("in-use") },
	{ "sem", NULL, DEAD, WAITED_ZERO, .verdict = SEEN("in-use") },
	{ "sem", NULL, ROOT, WAITED, .key = 0x110, .nr = 5, .verdict = SEEN("in-use") },
	{ "sem", NULL, DEAD, UNDONE, .verdict = SEEN("idle") },
	{ "sem", NULL, ROOT, UNDONE, .mode = 0666, .verdict = ALL("idle") },
	/* Queues of messages. */
	{ "msg", NULL, DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "msg", NULL, DEAD, NEVER, .key = 0x111, .verdict = ROOT_ONLY("suspect") },
	{ "msg", NULL, DEAD, UNREAD, .verdict = ROOT_ONLY("idle") },
	{ "msg", NULL, DEAD, UNREAD, .key = 0x112, .mode = 0666, .verdict = ROOT_ONLY("idle") },
	{ "msg", NULL, DEAD, FULL, .verdict = ROOT_ONLY("idle") },
	{ "msg", NULL, DEAD, TAKEN, .verdict = ROOT_ONLY("suspect") },
	{ "msg", NULL, DEAD, TAKEN, .key = 0x113, .mode = 0622, .verdict = ROOT_ONLY("suspect") },
	{ "msg", NULL, RUNS, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "msg", NULL, RUNS, TAKEN, .key = 0x114, .verdict = ROOT_ONLY("idle") },
	{ "msg", NULL, ROOT, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "msg", NULL, RUNS, STAYS_AFTER, .verdict = ROOT_ONLY("idle") },
	{ "msg", NULL, DEAD, RECEIVED, .verdict = SEEN("in-use") },
	{ "msg", NULL, DEAD, RECEIVED, .mode = 0666, .verdict = SEEN("in-use") },
	{ "msg", NULL, DEAD, SENT, .verdict = SEEN("in-use") },
	{ "msg", NULL, RUNS, SENT, .key = 0x115, .verdict = SEEN("in-use") },
	/* POSIX shared memory, by the names that programs give. */
	{ "pshm", "/plain", DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "pshm", "/psm_1a2b", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/wnsm_1a2b", DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "pshm", "/torch_999983_1", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/torch_999983_1_2", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/joblib_memm_x_999983_1", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/nccl-abcdef", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/vader_segment.h.4711.1a.0", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/vader_segment.h.4712.1a.0", DEAD, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/sm_segment.h.4711.1a.0", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/open_mpi.0000", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/PostgreSQL.77", DEAD, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/iox2_x", DEAD, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/boost_x", DEAD, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/qipc_x", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/fastrtps_00", DEAD, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/fastrtps_11", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/fastrtps_11_el", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/cmx1", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/plasmaX", DEAD, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/sgl_shm_x_999983_a", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/vllm_offload_x", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/mono.999983", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/pulse-shm-1", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/org.chromium.Chromium.shmem.1", DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "pshm", "/.org.chromium.Chromium.a", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/lock.x", DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "pshm", "/of-root", ROOT, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/of-runs", RUNS, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/psm_root", ROOT, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "pshm", "/psm_runs", RUNS, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "pshm", "/nccl-root00", ROOT, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/nccl-runs00", RUNS, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/torch_999983_9", RUNS, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/nccl-open00", DEAD, OPENED, .verdict = SEEN("in-use") },
	{ "pshm", "/nccl-write0", DEAD, OPENED_WRITE, .verdict = SEEN("in-use") },
	{ "pshm", "/nccl-path00", DEAD, OPENED_PATH, .verdict = SEEN("in-use") },
	{ "pshm", "/nccl-map000", DEAD, MAPPED, .verdict = SEEN("in-use") },
	{ "pshm", "/nccl-privat", DEAD, MAPPED_PRIVATE, .verdict = SEEN("in-use") },
	{ "pshm", "/torch_999983_2", DEAD, OPENED, .verdict = SEEN("in-use") },
	{ "pshm", "/psm_open", DEAD, MAPPED, .verdict = SEEN("in-use") },
	{ "pshm", "/nccl-empty0", DEAD, EMPTY, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/empty", DEAD, EMPTY, .verdict = ROOT_ONLY("idle") },
	{ "pshm", "/nccl-all000", DEAD, NEVER, .mode = 0666, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/nccl-linked", DEAD, LINKED, .verdict = ROOT_ONLY("stale") },
	{ "pshm", "/none", DEAD, NEVER, .mode = 01000, .verdict = ROOT_ONLY("suspect") },
	{ "pshm", "/sub", RUNS, OPENED, .verdict = SEEN("in-use") },
	/* POSIX semaphores. */
	{ "psem", "/plain", DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "psem", "/mp-x", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "psem", "/loky-999983-x", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "psem", "/fastrtps_port1_mutex", DEAD, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "psem", "/root", ROOT, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "psem", "/runs", RUNS, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "psem", "/mp-root", ROOT, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "psem", "/mp-runs", RUNS, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "psem", "/zzo-sema-999983.x", DEAD, NEVER, .verdict = ROOT_ONLY("stale") },
	{ "psem", "/mp-open", DEAD, OPENED, .verdict = SEEN("in-use") },
	{ "psem", "/waited", DEAD, WAITED, .verdict = SEEN("in-use") },
	{ "psem", "/all", DEAD, NEVER, .mode = 0666, .verdict = ROOT_ONLY("suspect") },
	/* POSIX queues of messages. */
	{ "pmsg", "/dead", DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "pmsg", "/unread", DEAD, UNREAD, .verdict = ROOT_ONLY("idle") },
	{ "pmsg", "/full", DEAD, FULL, .verdict = ROOT_ONLY("idle") },
	{ "pmsg", "/all", DEAD, NEVER, .mode = 0666, .verdict = ROOT_ONLY("suspect") },
	{ "pmsg", "/root", ROOT, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pmsg", "/runs", RUNS, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "pmsg", "/open", DEAD, OPENED, .verdict = SEEN("in-use") },
	{ "pmsg", "/write", DEAD, OPENED_WRITE, .verdict = SEEN("in-use") },
	{ "pmsg", "/received", DEAD, RECEIVED, .verdict = SEEN("in-use") },
	{ "pmsg", "/sent", DEAD, SENT, .verdict = SEEN("in-use") },
	{ "pmsg", "/notified", DEAD, NOTIFIED, .verdict = SEEN("in-use") },
	/* Paths of FIFOs and of sockets. */
	{ "fifo", "/tmp/fifo", ROOT, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "fifo", "/tmp/fifo-dead", DEAD, NEVER, .verdict = ROOT_ONLY("suspect") },
	{ "fifo", "/tmp/fifo-all", DEAD, NEVER, .mode = 0666, .verdict = ROOT_ONLY("suspect") },
	{ "fifo", "/tmp/fifo-runs", RUNS, NEVER, .verdict = ROOT_ONLY("idle") },
	{ "fifo", "/tmp/fifo-read", DEAD, OPENED, .verdict = SEEN("in-use") },
	{ "fifo", "/tmp/fifo-both", DEAD, OPENED_WRITE, .verdict = SEEN("in-use") },
	{ "fifo", "/tmp/fifo-path", DEAD, OPENED_PATH, .verdict = SEEN("in-use") },
	{ "fifo", "/tmp/apart/opening", DEAD, OPENING, .verdict = SEEN("in-use") },
	{ "fifo", "/tmp/apart/beside", DEAD, NEVER, .verdict = ALL("unknown") },
	{ "unix", "/tmp/dead", ROOT, NEVER, .verdict = SEEN("stale") },
	{ "unix", "/tmp/dead-dgram", ROOT, NEVER, .key = SOCK_DGRAM, .verdict = SEEN("stale") },
	{ "unix", "/tmp/dead-seq", DEAD, NEVER, .key = SOCK_SEQPACKET, .verdict = SEEN("stale") },
	{ "unix", "/tmp/dead-runs", RUNS, NEVER, .verdict = SEEN("stale") },
	{ "unix", "/tmp/apart/dead", DEAD, NEVER, .verdict = SEEN("stale") },
	{ "unix", "/tmp/live", DEAD, LISTENS, .verdict = ALL("in-use") },
	{ "unix", "/tmp/live-seq", ROOT, LISTENS, .key = SOCK_SEQPACKET, .verdict = ALL("in-use") },
	{ "unix", "/tmp/bound", ROOT, BOUND, .key = SOCK_DGRAM, .verdict = ALL("absent") },
	{ "unix", "/tmp/renamed", ROOT, RENAMED, .verdict = ALL("absent") },
	{ "unix", "/tmp/away", ROOT, LISTENS_AWAY, .verdict = SEEN("in-use") },
};

#define NR_SITUATIONS	(sizeof(corpus) / sizeof(corpus[0]))

_Static_assert(NR_SITUATIONS >= 120, "fewer situations than there were");

static char refs[NR_SITUATIONS][80];

/* ---- making ---- */

static int make_one(const struct situation *s)
{
	static const unsigned short ones[256] = { [0 ... 255] = 1 };
	const int mode = s->mode ?: 0600;
	int id;

	if (!strcmp(s->class, "shm"))
		return make_shm(s->key, (size_t)(s->nr ?: 3) * 4096, mode & 07777);
	if (!strcmp(s->class, "msg"))
		return make_msg(s->key, mode & 0777);
	id = make_sem(s->key, s->nr ?: 1, s->use == WAITED || s->use == NEVER ? NULL : ones,
		      mode & 0777);
	/* Else the kernel notes nobody, as of one whom a stranger used. */
	if (s->use == NEVER)
		must(semctl(id, 0, SETVAL, 0));
	return id;
}

static void use_once(const struct situation *s, int id)
{
	struct sembuf up = { .sem_op = 1 };
	char room[100];

	if (!strcmp(s->class, "shm"))
		must(shmdt((void *)must(shmat(id, NULL, 0))));
	else if (!strcmp(s->class, "sem"))
		must(semop(id, &up, 1));
	else
		msg_put(id, 1, 10);
	if (s->use == TAKEN)
		must(msgrcv(id, room, 10, 0, 0));
}

static void *wait_forever(void *arg)
{
	sandbox_ready(*(int *)arg);
	sandbox_hold();
}

static void make_and_use(void *arg)
{
	const struct situation *s = arg;
	static int id;
	pthread_t thread;
	int status;
	pid_t pid;

	if (s->use == MADE_BELOW) {
		must(unshare(CLONE_NEWPID));
		pid = (pid_t)must(fork());
		if (pid) {
			sandbox_not_ready();
			waitpid(pid, &status, 0);
			return;
		}
	}
	if (s->uid)
		must(setresuid(s->uid, s->uid, s->uid));
	id = make_one(s);
	switch (s->use) {
	case ONCE: case STAYS_AFTER: case UNREAD: case TAKEN:
		use_once(s, id);
		break;
	case FULL: case SENT:
		msg_fill(id, 1000);
		break;
	case LOCKED:
		must(shmctl(id, SHM_LOCK, NULL));
		break;
	case HELD_BY_THREAD:
		must(shmat(id, NULL, 0));
		must(pthread_create(&thread, NULL, wait_forever, &id));
		pthread_exit(NULL);
	default:
		break;
	}
	sandbox_ready(id);
	if (s->use == STAYS || s->use == STAYS_AFTER || s->use == MADE_BELOW)
		sandbox_hold();
}

/* In a PID namespace below, or attached before it went to another IPC namespace. */
static void hold_elsewhere(void *arg)
{
	const int id = *(int *)arg & 0xffff, below = *(int *)arg >> 16;
	int status;
	pid_t pid;

	if (!below) {
		must(shmat(id, NULL, 0));
		must(unshare(CLONE_NEWIPC));
		sandbox_ready(0);
		sandbox_hold();
	}
	must(unshare(CLONE_NEWPID));
	pid = (pid_t)must(fork());
	if (pid) {
		sandbox_not_ready();
		waitpid(pid, &status, 0);
		return;
	}
	must(shmat(id, NULL, 0));
	sandbox_ready(0);
	sandbox_hold();
}

static void hold_by_heir(void *arg)
{
	must(shmat(*(int *)arg, NULL, 0));
	if (must(fork())) {
		sandbox_not_ready();
		_exit(0);
	}
	sandbox_ready(0);
	sandbox_hold();
}

static void use_and_stay(void *arg)
{
	must(shmdt((void *)must(shmat(*(int *)arg, NULL, 0))));
	sandbox_ready(0);
	sandbox_hold();
}

static void use_of_others(const struct situation *s, int id)
{
	struct shmid_ds ds;
	int there;

	switch (s->use) {
	case HELD:
		shm_attach_in("holder", id, 0, SHM_PLAIN);
		break;
	case HELD_READ:
		shm_attach_in("reader", id, SHM_RDONLY, SHM_PLAIN);
		break;
	case HELD_SPLIT:
		shm_attach_in("split", id, 0, SHM_SPLIT);
		break;
	case HELD_HOLE:
		shm_attach_in("hole", id, 0, SHM_HOLE);
		break;
	case HELD_TWICE:
		shm_attach_in("twice", id, 0, SHM_TWICE);
		break;
	case HELD_BY_HEIR:
		sandbox_spawn("heir", hold_by_heir, &id);
		break;
	case HELD_BELOW: case HELD_AWAY:
		there = id | (s->use == HELD_BELOW) << 16;
		sandbox_spawn("elsewhere", hold_elsewhere, &there);
		break;
	case REMOVED:
		shm_attach_in("holder", id, 0, SHM_PLAIN);
		shm_remove(id);
		break;
	case LAST_USER_STAYS:
		sandbox_spawn("user", use_and_stay, &id);
		break;
	case GIVEN:
		must(shmctl(id, IPC_STAT, &ds));
		ds.shm_perm.uid = DEAD;
		must(shmctl(id, IPC_SET, &ds));
		break;
	case WAITED:
		sem_wait_in("waiter", id, 0, -1);
		break;
	case WAITED_ZERO:
		sem_wait_in("waiter", id, 0, 0);
		break;
	case UNDONE:
		sem_undo_in("undoer", id, 0, -1);
		break;
	case RECEIVED:
		msg_receive_in("receiver", id, 0);
		break;
	case SENT:
		msg_send_in("sender", id, 1, 1000);
		break;
	default:
		break;
	}
}

static void make_sysv(const struct situation *s, char *ref)
{
	struct child *child = sandbox_spawn("maker", make_and_use, (void *)(uintptr_t)s);
	const int id = (int)child->value;

	if (s->use != STAYS && s->use != STAYS_AFTER && s->use != MADE_BELOW &&
	    s->use != HELD_BY_THREAD)
		sandbox_join(child);
	use_of_others(s, id);
	snprintf(ref, sizeof(refs[0]), "%s:%d", s->class, id);
}

static void map_and_stay(void *arg)
{
	const int fd = (int)must(open(arg, O_RDWR));

	must(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
	close(fd);
	sandbox_ready(0);
	sandbox_hold();
}

static void make_shm_file(const struct situation *s, const char *path)
{
	const int fd = (int)must(open(path, O_CREAT | O_EXCL | O_RDWR, s->mode ?: 0600));
	char other[140];

	must(fchmod(fd, (mode_t)(s->mode ?: 0600)));
	must(ftruncate(fd, s->use == EMPTY ? 0 : 4096));
	must(fchown(fd, s->uid, s->uid));
	close(fd);
	snprintf(other, sizeof(other), "%s.link", path);
	if (s->use == LINKED)
		must(link(path, other));
	if (s->use == OPENED)
		pshm_open_in("opener", s->name, O_RDONLY);
	else if (s->use == OPENED_WRITE)
		pshm_open_in("writer", s->name, O_WRONLY);
	else if (s->use == OPENED_PATH)
		pshm_open_in("path", s->name, O_PATH);
	else if (s->use == MAPPED)
		pshm_map_in("mapper", s->name, PROT_READ);
	else if (s->use == MAPPED_PRIVATE)
		sandbox_spawn("private", map_and_stay, (void *)(uintptr_t)path);
}

static void notify_and_stay(void *arg)
{
	const mqd_t mq = (mqd_t)must(mq_open(arg, O_RDONLY));
	struct sigevent event = { .sigev_notify = SIGEV_NONE };

	must(mq_notify(mq, &event));
	sandbox_ready(0);
	sandbox_hold();
}

static void make_queue(const struct situation *s)
{
	char path[128];

	make_pmsg(s->name, 4, 16, (mode_t)(s->mode ?: 0600));
	snprintf(path, sizeof(path), "/dev/mqueue%s", s->name);
	must(chown(path, s->uid, s->uid));
	if (s->use == UNREAD)
		pmsg_put(s->name, 5, 0);
	else if (s->use == FULL || s->use == SENT)
		pmsg_fill(s->name, 16);
	if (s->use == SENT)
		pmsg_send_in("sender", s->name, 16);
	else if (s->use == RECEIVED)
		pmsg_receive_in("receiver", s->name);
	else if (s->use == OPENED)
		pmsg_open_in("opener", s->name, O_RDONLY);
	else if (s->use == OPENED_WRITE)
		pmsg_open_in("writer", s->name, O_WRONLY);
	else if (s->use == NOTIFIED)
		sandbox_spawn("notified", notify_and_stay, (void *)(uintptr_t)s->name);
}

static void make_path(const struct situation *s)
{
	int fd;

	make_fifo(s->name, (mode_t)(s->mode ?: 0600));
	must(chown(s->name, s->uid, s->uid));
	if (s->use == OPENING) {
		fifo_open_in("opening", s->name, O_WRONLY);
	} else if (s->use == OPENED || s->use == OPENED_WRITE || s->use == OPENED_PATH) {
		fd = (int)must(open(s->name, s->use == OPENED ? O_RDONLY | O_NONBLOCK :
				    s->use == OPENED_PATH ? O_PATH : O_RDWR));
		hold_fd_in("holder", fd);
		close(fd);
	}
}

static void listen_away(void *arg)
{
	must(unshare(CLONE_NEWNET));
	unix_listener(SOCK_STREAM, arg, 1);
	sandbox_ready(0);
	sandbox_hold();
}

static void make_socket(const struct situation *s)
{
	const int type = s->key ?: SOCK_STREAM;
	int fd;

	if (s->use == LISTENS_AWAY) {
		sandbox_spawn("away", listen_away, (void *)(uintptr_t)s->name);
	} else if (s->use == NEVER) {
		unix_stale(type, s->name);
	} else {
		fd = s->use == BOUND ? unix_bound(type, s->name) :
		     unix_listener(type, s->use == RENAMED ? "/tmp/before" : s->name, 1);
		if (s->use == RENAMED)
			must(rename("/tmp/before", s->name));
		hold_fd_in("bound", fd);
		close(fd);
	}
	must(chown(s->name, s->uid, s->uid));
}

static void make_situation(const struct situation *s, char *ref)
{
	char path[128];

	snprintf(ref, sizeof(refs[0]), "%s:%s", s->class, s->name);
	if (!s->name) {
		make_sysv(s, ref);
	} else if (!strcmp(s->class, "pshm")) {
		snprintf(path, sizeof(path), "/dev/shm%s", s->name);
		make_shm_file(s, path);
	} else if (!strcmp(s->class, "psem")) {
		make_psem(s->name, s->use == WAITED ? 0 : 1, (mode_t)(s->mode ?: 0600));
		snprintf(path, sizeof(path), "/dev/shm/sem.%s", s->name + 1);
		must(chown(path, s->uid, s->uid));
		if (s->use == OPENED)
			psem_open_in("user", s->name);
		else if (s->use == WAITED)
			psem_wait_in("waiter", s->name);
	} else if (!strcmp(s->class, "pmsg")) {
		make_queue(s);
	} else if (!strcmp(s->class, "fifo")) {
		make_path(s);
	} else {
		make_socket(s);
	}
}

static void run_as_other(void *arg)
{
	(void)arg;
	must(setresuid(RUNS, RUNS, RUNS));
	sandbox_ready(0);
	sandbox_hold();
}

/* ---- judging ---- */

static size_t rank_of(const char *verdict)
{
	size_t i;

	for (i = 0; i < NR_WORDS && strcmp(words[i], verdict); i++)
		;
	return i;
}

static unsigned int check(size_t eyes)
{
	static const struct how how[NR_EYES] = { [AS_NOBODY] = { .user = "nobody" } };
	const char *const argv[] = { "stale", "-a", "--json", "--path", "/tmp/apart",
				     eyes == IN_CONTAINER ? NULL : "--assume-complete", NULL };
	unsigned int wrong = 0;
	struct run r;
	json_t *root;
	size_t i;

	run_tool_how(&r, &how[eyes], argv);
	run_expect(&r, 0);
	root = run_json(&r);
	for (i = 0; i < NR_SITUATIONS; i++) {
		const char *const *expected = corpus[i].verdict;
		json_t *object = find_object(root, refs[i]);
		const char *verdict = !object ? "absent" :
			get_text(json_object_get(object, "stale"), "verdict");

		if (rank_of(verdict) <= 1 && rank_of(verdict) < rank_of(expected[AS_ROOT]))
			print_error("%s is worse than for root:\n", refs[i]);
		if (!strcmp(verdict, expected[eyes]))
			continue;
		print_error("%zu, %zu: %s is %s, not %s\n", eyes, i, refs[i], verdict,
			    expected[eyes]);
		wrong++;
	}
	run_free(&r);
	return wrong;
}

static void each_has_its_verdict_and_no_stronger_one_where_less_is_seen(void **state)
{
	unsigned int wrong = 0;
	size_t eyes, i;

	(void)state;
	sandbox_needs_others();
	sandbox_mount_mqueue();
	sandbox_mount_tmpfs("/tmp/apart");
	must(chmod("/tmp/apart", 0755));
	sandbox_spawn("daemon", run_as_other, NULL);
	for (i = 0; i < NR_SITUATIONS; i++)
		make_situation(&corpus[i], refs[i]);
	for (eyes = 0; eyes < NR_EYES; eyes++)
		wrong += check(eyes);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_has_its_verdict_and_no_stronger_one_where_less_is_seen,
			sandbox_reset, sandbox_reset),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
