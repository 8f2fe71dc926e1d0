// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that nothing has but a request that is not done: of io_uring(7), also where its ring has
 * no descriptor, and of aio (io_submit(2)).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"
#define FIFOS	"!stale -a fifo --path /tmp" COMPLETE
#define PSHM	"stale -a pshm" COMPLETE
#define CLEAN	"!clean --yes --suspect --older 0s --user root,12345 --path /tmp" COMPLETE

struct uring {
	int fd;
	struct io_uring_params params;
	char *rings;
	struct io_uring_sqe *sqes;
};

static unsigned int *uring_word(const struct uring *ring, unsigned int offset)
{
	return (unsigned int *)(void *)(ring->rings + offset);
}

static void uring_open(struct uring *ring, unsigned int flags)
{
	*ring = (struct uring){ .params.flags = flags };
	ring->fd = (int)must(syscall(SYS_io_uring_setup, 4, &ring->params));
	ring->rings = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
			   IORING_OFF_SQ_RING);
	ring->sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
			  IORING_OFF_SQES);
	if (ring->rings == MAP_FAILED || ring->sqes == MAP_FAILED)
		sandbox_fail("a ring cannot be mapped");
}

static void uring_submit(struct uring *ring, struct io_uring_sqe sqe)
{
	unsigned int *tail = uring_word(ring, ring->params.sq_off.tail), at = *tail & 3;

	ring->sqes[at] = sqe;
	uring_word(ring, ring->params.sq_off.array)[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	must(syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0));
}

/* What becomes of the ring, whose requests are not done. */
enum left { LEFT_OPEN, LEFT_MAPPED, LEFT_REGISTERED };

struct asked {
	const char *path;
	uint8_t op;
	unsigned int flags;
	enum left left;
	bool lonely;
};

static char buffer[64];

static void uring_fn(void *arg)
{
	const struct asked *asked = arg;
	struct uring ring;
	int fd = asked->path ? (int)must(open(asked->path, O_RDWR)) : -1;

	if (asked->lonely)
		sandbox_be_lonely();
	uring_open(&ring, asked->flags);
	uring_submit(&ring, (struct io_uring_sqe){
		.opcode = asked->op, .fd = fd, .off = (uint64_t)-1, .len = sizeof(buffer),
		.addr = (uintptr_t)buffer,
	});
	if (asked->left == LEFT_REGISTERED) {
		struct io_uring_rsrc_update update = { .offset = (uint32_t)-1, .data = (uint32_t)ring.fd };

		must(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_RING_FDS, &update, 1));
	}
	child_keep(&ring.fd, asked->left == LEFT_OPEN);
	sandbox_ready(0);
	sandbox_hold();
}

static bool can_be_made(unsigned int flags)
{
	struct io_uring_params params = { .flags = flags };
	int fd;

	if (!sandbox_is_root()) {
		truth_cannot("no user who runs nothing in a user namespace");
		return false;
	}
	fd = (int)syscall(SYS_io_uring_setup, 4, &params);
	if (fd < 0)
		truth_cannot("io_uring: %s", strerror(errno));
	else
		close(fd);
	return fd >= 0;
}

static void ask_for(struct asked asked)
{
	if (!can_be_made(asked.flags))
		return;
	left_fifo("/tmp/fifo", 0644);
	left_pshm("/mem", 4096, 0644);
	sandbox_spawn("ring", uring_fn, &asked);
}

static void reads(void)
{
	ask_for((struct asked){ .path = "/tmp/fifo", .op = IORING_OP_READ });
}

static void reads_mapped(void)
{
	ask_for((struct asked){ .path = "/tmp/fifo", .op = IORING_OP_READ, .left = LEFT_MAPPED });
}

static void reads_registered(void)
{
	ask_for((struct asked){ .path = "/tmp/fifo", .op = IORING_OP_READ, .left = LEFT_REGISTERED });
}

/* It is done, but that is told only when its thread asks. */
static void reads_memory(void)
{
	ask_for((struct asked){
		.path = "/dev/shm/mem", .op = IORING_OP_READ,
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
	});
}

static void idle(void)
{
	ask_for((struct asked){ .op = IORING_OP_NOP });
}

/* A user who could not have opened what only its owner may. */
static void of_another(void)
{
	left_fifo("/tmp/own", 0600);
	make_fifo("/tmp/mine", 0666);
	ask_for((struct asked){ .path = "/tmp/mine", .op = IORING_OP_READ, .lonely = true });
}

static void of_another_alone(void)
{
	struct asked asked = { .path = "/tmp/mine", .op = IORING_OP_READ, .lonely = true };

	if (!can_be_made(0))
		return;
	left_fifo("/tmp/own", 0600);
	make_fifo("/tmp/mine", 0666);
	sandbox_spawn("ring", uring_fn, &asked);
	must(unlink("/tmp/mine"));
}

/* By one queue only: of one end. */
static void aio_fn(void *arg)
{
	int fd = (int)must(open("/tmp/fifo", O_RDONLY | O_NONBLOCK));
	struct iocb iocb = {
		.aio_lio_opcode = IOCB_CMD_POLL, .aio_fildes = (uint32_t)fd, .aio_buf = POLLIN,
	}, *iocbs = &iocb;
	aio_context_t context = 0;

	(void)arg;
	must(syscall(SYS_io_setup, 4, &context));
	must(syscall(SYS_io_submit, context, 1, &iocbs));
	child_keep(NULL, 0);
	sandbox_ready(0);
	sandbox_hold();
}

static void aio(void)
{
	if (!sandbox_is_root())
		return truth_cannot("no user who runs nothing in a user namespace");
	if (syscall(SYS_io_setup, 0, NULL) && errno == ENOSYS)
		return truth_cannot("aio: %s", strerror(errno));
	left_fifo("/tmp/fifo", 0644);
	left_pshm("/mem", 4096, 0644);
	sandbox_spawn("aio", aio_fn, NULL);
}

#define FIFO_KEPT \
	{ FIFOS, "fifo:/tmp/fifo", "verdict=unknown incomplete warns" }, \
	{ CLEAN " fifo", NULL, "out!~removed^fifo exit=0" }, \
	{ "!rm --yes fifo:/tmp/fifo" COMPLETE, NULL, "exit=5" }
#define PSHM_FREE	{ PSHM, "pshm:/mem", "verdict=suspect complete" }

static const struct situation situations[] = {
	{ .name = "io_uring reads", .make = reads, .truths = { FIFO_KEPT, PSHM_FREE } },
	{ .name = "a ring that is mapped only", .make = reads_mapped, .truths = {
		FIFO_KEPT,
		{ PSHM, "pshm:/mem", "verdict=unknown incomplete" } } },
	{ .name = "a ring that is registered", .make = reads_registered, .truths = { FIFO_KEPT } },
	{ .name = "io_uring has read memory", .make = reads_memory, .truths = {
		{ PSHM, "pshm:/mem", "verdict=unknown incomplete" },
		{ CLEAN " pshm", NULL, "out!~removed^pshm exit=5" } } },
	{ .name = "an idle ring", .make = idle, .truths = {
		{ FIFOS, "fifo:/tmp/fifo", "verdict=suspect complete quiet" }, PSHM_FREE } },
	{ .name = "a ring of another user", .make = of_another, .truths = {
		{ FIFOS, "fifo:/tmp/own", "verdict=suspect complete" },
		{ FIFOS, "fifo:/tmp/fifo", "verdict=unknown incomplete" }, PSHM_FREE } },
	{ .name = "a ring of another user, and nothing that it can have", .make = of_another_alone,
	  .truths = { { FIFOS, "fifo:/tmp/own", "verdict=suspect complete quiet" } } },
	{ .name = "aio polls", .make = aio, .truths = { FIFO_KEPT, PSHM_FREE } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: requests", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
