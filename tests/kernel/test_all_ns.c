// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects of several IPC namespaces, with equal ids, keys and names. */
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/says.h"
#include "lib/truth.h"

#define KEY	0x05ce1000

static void let_ns(const char *name, pid_t pid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/ipc", (int)pid);
	must(stat(path, &st));
	let(name, "%llu", (unsigned long long)st.st_ino);
}

/* In the IPC namespace of this process: a segment of @size, a set, a queue of each kind. */
static void make_all(size_t size)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 16 };
	int id = (int)must(shmget(KEY, size, IPC_CREAT | 0600));

	must(shmat(id, NULL, 0) == (void *)-1 ? -1 : 0);
	must(semget(KEY, (int)(size / 4096), IPC_CREAT | 0600));
	must(msgget(KEY, IPC_CREAT | 0600));
	must(mq_open("/same", O_CREAT | O_RDWR, 0600, &attr));
}

static void be_elsewhere(void *arg)
{
	must(unshare(CLONE_NEWIPC));
	make_all((size_t)arg);
	sandbox_ready(0);
	sandbox_hold();
}

static void make_twins(void)
{
	struct child *a = sandbox_spawn("ns-a", be_elsewhere, (void *)8192);
	struct child *b = sandbox_spawn("ns-b", be_elsewhere, (void *)12288);

	let("A", "%d", a->pid);
	let("B", "%d", b->pid);
	let_ns("NA", a->pid);
	let_ns("NB", b->pid);
	let_ns("HOME", getpid());
	must(shmget(KEY, 4096, IPC_CREAT | 0600));
}

/* Nobody is in it: a mount keeps it. */
static void make_bound(void)
{
	struct child *a = sandbox_spawn("ns-a", be_elsewhere, (void *)8192);
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/ipc", a->pid);
	let_ns("NA", a->pid);
	must(close((int)must(open("/tmp/kept", O_CREAT | O_WRONLY, 0600))));
	must(mount(path, "/tmp/kept", NULL, MS_BIND, NULL));
	sandbox_kill(a);
}

/* Or a descriptor. */
static void make_held(void)
{
	struct child *a = sandbox_spawn("ns-a", be_elsewhere, (void *)8192);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/ipc", a->pid);
	let_ns("NA", a->pid);
	fd = (int)must(open(path, O_RDONLY));
	let("K", "%d", hold_fd_in("ns-keeper", fd)->pid);
	close(fd);
	sandbox_kill(a);
}

/* What is removed and set in one stays as it was in the others. */
static void make_changed(void)
{
	static const char *const refs[] = { "shm:0", "sem:0", "pmsg:/same", "msg:0" };
	struct child *a = sandbox_spawn("ns-a", be_elsewhere, (void *)8192);
	struct child *b = sandbox_spawn("ns-b", be_elsewhere, (void *)12288);
	char text[4][64], path[64];
	struct stat st;
	struct run r;
	size_t i;

	let("A", "%d", a->pid);
	let_ns("NA", a->pid);
	let_ns("NB", b->pid);
	let_ns("HOME", getpid());
	must(shmget(KEY, 4096, IPC_CREAT | 0600));
	snprintf(path, sizeof(path), "/proc/%d/ns/ipc", b->pid);
	must(stat(path, &st));
	for (i = 0; i < 4; i++)
		snprintf(text[i], sizeof(text[i]), "%s@%llu", refs[i],
			 (unsigned long long)st.st_ino);
	run_tool_how(&r, &state_how, (const char *const[]){
		"rm", "--yes", "--force", text[0], text[1], text[2], NULL });
	run_expect(&r, 0);
	run_free(&r);
	run_tool_how(&r, &state_how, (const char *const[]){ "set", text[3], "mode=0640", NULL });
	run_expect(&r, 0);
	run_free(&r);
}

static pthread_barrier_t there;

static void *be_thread_elsewhere(void *arg)
{
	must(unshare(CLONE_NEWIPC));
	must(shmget(KEY, 8192, IPC_CREAT | 0600));
	*(pid_t *)arg = (pid_t)syscall(SYS_gettid);
	pthread_barrier_wait(&there);
	sandbox_hold();
}

static void be_threaded(void *arg)
{
	pthread_t thread;
	pid_t tid;

	pthread_barrier_init(&there, NULL, 2);
	must(-pthread_create(&thread, NULL, be_thread_elsewhere, &tid));
	pthread_barrier_wait(&there);
	sandbox_ready(tid);
	sandbox_hold();
}

static void make_thread(void)
{
	struct child *a = sandbox_spawn("ns-thread", be_threaded, NULL);

	let("A", "%d", a->pid);
	let("T", "%ld", a->value);
	let_ns("NA", (pid_t)a->value);
}

/* It attached in one namespace and is in another, whose segment of that id is another one. */
static void be_moved(void *arg)
{
	must(unshare(CLONE_NEWIPC));
	make_all(8192);
	sandbox_ready(0);
	sandbox_await_step();
	must(unshare(CLONE_NEWIPC));
	must(shmget(KEY, 12288, IPC_CREAT | 0600));
	sandbox_await_step();
}

/* The first of its namespaces is kept by a mount. */
static void make_moved(void)
{
	struct child *a = sandbox_spawn("ns-moved", be_moved, NULL);
	char path[64];

	let("A", "%d", a->pid);
	snprintf(path, sizeof(path), "/proc/%d/ns/ipc", a->pid);
	let_ns("NB", a->pid);
	must(close((int)must(open("/tmp/kept", O_CREAT | O_WRONLY, 0600))));
	must(mount(path, "/tmp/kept", NULL, MS_BIND, NULL));
	sandbox_step(a);
	let_ns("NA", a->pid);
}

static const struct situation situations[] = {
	{ .name = "equal ids, keys and names in three namespaces", .make = make_twins, .all_ns = true, .truths = {
		{ "list --all-ns shm", "shm:0@$NA", "there size=8192 $A:attached users=1 ipc_ns=$NA complete" },
		{ "list --all-ns shm", "shm:0@$NB", "there size=12288 $B:attached users=1 complete" },
		{ "list --all-ns shm", "shm:0@$HOME", "there size=4096 users=0 count(shm)=3 complete" },
		{ "list --all-ns sem -o all", "sem:0@$NA", "there nsems=2 count(sem)=2" },
		{ "list --all-ns pmsg", "pmsg:/same@$NB", "there $B:open users=1 count(pmsg)=2 ipc_ns=$NB" },
		{ "list --ns $NA sysv pmsg", NULL, "count(shm)=1 count(sem)=1 count(msg)=1 count(pmsg)=1" },
		{ "!list --ns $B --ns $A shm", NULL, "count(shm)=2" },
		{ "list shm", "shm:0", "there size=4096" },
		{ "!show shm:0@$NA pmsg:/same@$NB", "shm:0@$NA", "there size=8192 $A:attached" },
		{ "=show shm:0x05ce1000 --all-ns", NULL, "exit=2 err~say^which" },
		{ "=list shm --all-ns --raw", NULL, "out~shm:0@$NA out~shm:0@$NB out~shm:0@$HOME" },
		{ "=list --ns 4294967295", NULL, "exit=1 err~there^is^no^IPC^namespace" },
	} },
	{ .name = "a namespace that only a mount keeps", .make = make_bound, .all_ns = true, .truths = {
		{ "list --all-ns shm", "shm:0@$NA", "there size=8192 users=0" },
		{ "!list --ns /tmp/kept shm", "shm:0@$NA", "there count(shm)=1" },
		{ "@ns --ndjson", NULL, "out~\"own\":true" },
		{ "=ns --ndjson", NULL, "out~bind:/tmp/kept out~\"ipc_ns\":$NA" },
	} },
	{ .name = "a namespace that only a descriptor keeps", .make = make_held, .all_ns = true, .truths = {
		{ "list --all-ns shm pmsg", "shm:0@$NA", "there size=8192 users=0" },
		{ "list --ns $NA shm pmsg", "pmsg:/same@$NA", "there count(shm)=1 count(pmsg)=1" },
		{ "=ns --ndjson", NULL, "out~fd:$K/ out~\"ipc_ns\":$NA" },
	} },
	{ .name = "a thread that is elsewhere", .make = make_thread, .all_ns = true, .truths = {
		{ "list --all-ns shm", "shm:0@$NA", "there size=8192 users=0" },
		{ "=ns --ndjson", NULL, "out~thread:$A/$T" },
	} },
	{ .name = "removed and set in another namespace", .make = make_changed, .all_ns = true, .truths = {
		{ "list --all-ns sem msg", "sem:0@$NB", "absent count(sem)=1 count(msg)=2" },
		{ "list --all-ns pmsg", "pmsg:/same@$NA", "there $A:open" },
		{ "list --all-ns pmsg", "pmsg:/same@$NB", "absent" },
		{ "list --all-ns shm", "shm:0@$NB", "there state=dest" },
		{ "list --all-ns shm", "shm:0@$NA", "there state!=dest" },
		{ "list --all-ns shm", "shm:0@$HOME", "there state!=dest" },
		{ "list --all-ns msg", "msg:0@$NB", "there mode=0640" },
		{ "list --all-ns msg", "msg:0@$NA", "there mode=0600" },
		{ "=clean --all-ns", NULL, "exit=2 err~--user" },
	} },
	{ .name = "who left its namespace", .make = make_moved, .all_ns = true, .truths = {
		{ "list --all-ns shm", "shm:0@$NA", "there size=12288 users=0 attaches=0" },
		{ "list --all-ns shm", "shm:0@$NB", "there size=8192 attaches=1 $A:attached" },
	} },
};

int main(void)
{
	sandbox_enter();
	return truth_run("IPC namespaces", situations, sizeof(situations) / sizeof(situations[0]));
}
