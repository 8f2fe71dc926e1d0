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
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make.h"
#include "run.h"

static const char *const words[] = { "stale", "suspect", "unknown", "idle", "dest", "in-use" };
#define NR_WORDS	(sizeof(words) / sizeof(words[0]))

enum { AS_ROOT, IN_CONTAINER, AS_NOBODY, NR_EYES };

struct labelled {
	const char *ref;
	const char *verdict[NR_EYES];
};

static void sysv_of_dead(void *arg)
{
	static const unsigned short one = 1;
	const key_t key = *(const key_t *)arg;
	struct sembuf up = { .sem_num = 0, .sem_op = 1 };
	int id;

	sandbox_be_lonely();
	make_shm(key, 4096, 0600);
	id = make_shm(key ? key + 1 : key, 8192, 0666);
	must(shmdt((void *)must(shmat(id, NULL, 0))));
	make_sem(key, 1, &one, 0600);
	id = make_sem(key ? key + 1 : key, 1, &one, 0666);
	must(semop(id, &up, 1));
	make_msg(key, 0600);
	id = make_msg(key ? key + 1 : key, 0666);
	msg_put(id, 1, 10);
	sandbox_ready(0);
}

static void left(const char *path, size_t size, uid_t uid)
{
	int fd = (int)must(open(path, O_CREAT | O_RDWR, 0600));

	must(ftruncate(fd, (off_t)size));
	must(fchown(fd, uid, uid));
	close(fd);
}

static const char *const names[] = {
	"plain", "psm_1a2b", "torch_999983_1", "joblib_memm_x_999983_1", "nccl-abcdef",
	"vader_segment.h.4711.1a.0", "vader_segment.h.4712.1a.0", "open_mpi.0000",
	"PostgreSQL.77", "iox2_x", "boost_x", "qipc_x", "fastrtps_00", "cmx1",
	"plasmaX", "sem.plain", "sem.mp-x", "sem.loky-999983-x", "sem.fastrtps_port1_mutex",
};
#define NR_NAMES	(sizeof(names) / sizeof(names[0]))

static void make_corpus(void)
{
	static const key_t keys[] = { IPC_PRIVATE, 0x100, 0x200 };
	char path[128];
	size_t i;
	int id;

	sandbox_join(sandbox_spawn("maker", sysv_of_dead, (void *)&keys[0]));
	sandbox_join(sandbox_spawn("maker", sysv_of_dead, (void *)&keys[1]));
	for (i = 0; i < NR_NAMES; i++) {
		snprintf(path, sizeof(path), "/dev/shm/%s", names[i]);
		left(path, 4096, 4711);
	}
	/* Of root, who runs this. */
	id = make_shm(0x300, 4096, 0600);
	shm_attach_in("attached", id, 0, SHM_PLAIN);
	make_shm(0x301, 4096, 0644);
	sem_wait_in("waiter", make_sem(0x302, 1, NULL, 0600), 0, -1);
	msg_receive_in("receiver", make_msg(0x303, 0600), 0);
	left("/dev/shm/nccl-000000", 4096, 0);
	left("/dev/shm/psm_root", 4096, 0);
	left("/dev/shm/nccl-111111", 4096, 0);
	pshm_map_in("mapper", "/nccl-111111", PROT_READ);
	left("/dev/shm/torch_999983_2", 4096, 4711);
	pshm_open_in("opener", "/torch_999983_2", O_RDONLY);
	unix_stale(SOCK_STREAM, "/tmp/dead");
	unix_stale(SOCK_DGRAM, "/tmp/dead-dgram");
	make_fifo("/tmp/fifo", 0600);
}

static size_t rank_of(const char *verdict)
{
	size_t i;

	for (i = 0; i < NR_WORDS && strcmp(words[i], verdict); i++)
		;
	return i;
}

/* Verdicts as root, in a container, as nobody. */
static const struct labelled corpus[] = {
	{ "fifo:/tmp/fifo", { "idle", "unknown", "unknown" } },
	{ "msg:0", { "suspect", "unknown", "unknown" } },
	{ "msg:1", { "idle", "unknown", "unknown" } },
	{ "msg:2", { "suspect", "unknown", "unknown" } },
	{ "msg:3", { "idle", "unknown", "unknown" } },
	{ "msg:4", { "in-use", "in-use", "unknown" } },
	{ "psem:/fastrtps_port1_mutex", { "idle", "unknown", "unknown" } },
	{ "psem:/loky-999983-x", { "stale", "unknown", "unknown" } },
	{ "psem:/mp-x", { "stale", "unknown", "unknown" } },
	{ "psem:/plain", { "suspect", "unknown", "unknown" } },
	{ "pshm:/PostgreSQL.77", { "idle", "unknown", "unknown" } },
	{ "pshm:/boost_x", { "idle", "unknown", "unknown" } },
	{ "pshm:/cmx1", { "stale", "unknown", "unknown" } },
	{ "pshm:/fastrtps_00", { "idle", "unknown", "unknown" } },
	{ "pshm:/iox2_x", { "idle", "unknown", "unknown" } },
	{ "pshm:/joblib_memm_x_999983_1", { "stale", "unknown", "unknown" } },
	{ "pshm:/nccl-000000", { "stale", "unknown", "unknown" } },
	{ "pshm:/nccl-111111", { "in-use", "in-use", "unknown" } },
	{ "pshm:/nccl-abcdef", { "stale", "unknown", "unknown" } },
	{ "pshm:/open_mpi.0000", { "stale", "unknown", "unknown" } },
	{ "pshm:/plain", { "suspect", "unknown", "unknown" } },
	{ "pshm:/plasmaX", { "idle", "unknown", "unknown" } },
	{ "pshm:/psm_1a2b", { "stale", "unknown", "unknown" } },
	{ "pshm:/psm_root", { "stale", "unknown", "unknown" } },
	{ "pshm:/qipc_x", { "stale", "unknown", "unknown" } },
	{ "pshm:/torch_999983_1", { "stale", "unknown", "unknown" } },
	{ "pshm:/torch_999983_2", { "in-use", "in-use", "unknown" } },
	{ "pshm:/vader_segment.h.4711.1a.0", { "stale", "unknown", "unknown" } },
	{ "pshm:/vader_segment.h.4712.1a.0", { "idle", "unknown", "unknown" } },
	{ "sem:0", { "suspect", "unknown", "unknown" } },
	{ "sem:1", { "suspect", "unknown", "suspect" } },
	{ "sem:2", { "suspect", "unknown", "unknown" } },
	{ "sem:3", { "suspect", "unknown", "suspect" } },
	{ "sem:4", { "in-use", "in-use", "unknown" } },
	{ "shm:0", { "stale", "unknown", "stale" } },
	{ "shm:1", { "stale", "unknown", "stale" } },
	{ "shm:2", { "suspect", "unknown", "suspect" } },
	{ "shm:3", { "suspect", "unknown", "suspect" } },
	{ "shm:4", { "in-use", "in-use", "in-use" } },
	{ "shm:5", { "idle", "idle", "idle" } },
	{ "unix:/tmp/dead", { "stale", "stale", "unknown" } },
	{ "unix:/tmp/dead-dgram", { "stale", "stale", "unknown" } },
};

#define NR_LABELLED	(sizeof(corpus) / sizeof(corpus[0]))

static void check(size_t eyes)
{
	static const struct how how[NR_EYES] = { [AS_NOBODY] = { .user = "nobody" } };
	const char *const argv[] = { "stale", "-a", "--json",
				     eyes == IN_CONTAINER ? NULL : "--assume-complete", NULL };
	bool wrong = false;
	struct run r;
	json_t *root;
	size_t i;

	run_tool_how(&r, &how[eyes], argv);
	run_expect(&r, 0);
	root = run_json(&r);
	for (i = 0; i < NR_LABELLED; i++) {
		json_t *object = find_object(root, corpus[i].ref);
		const char *verdict = !object ? "absent" :
			get_text(json_object_get(object, "stale"), "verdict");

		if (rank_of(verdict) <= 1 && rank_of(verdict) < rank_of(corpus[i].verdict[AS_ROOT]))
			sandbox_fail("%s is %s, worse than for root: %s", corpus[i].ref, verdict,
				     corpus[i].verdict[AS_ROOT]);
		if (!strcmp(verdict, corpus[i].verdict[eyes]))
			continue;
		print_error("%zu: %s is %s, not %s\n", eyes, corpus[i].ref, verdict,
			    corpus[i].verdict[eyes]);
		wrong = true;
	}
	run_free(&r);
	assert_false(wrong);
}

static void test_corpus(void **state)
{
	size_t eyes;

	(void)state;
	sandbox_needs_others();
	sandbox_mount_mqueue();
	make_corpus();
	for (eyes = 0; eyes < NR_EYES; eyes++)
		check(eyes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_corpus, sandbox_reset, sandbox_reset),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
