// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who holds something without a descriptor or a shared mapping that shows it:
 * private mappings, programs that are executed, descriptors in flight and
 * those registered with io_uring.
 */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* ---- io_uring ---- */

/* An empty ring holds nothing, and must spoil nothing. */
static void uring_empty_fn(void *arg)
{
	struct io_uring_params params = { 0 };
	int ring = (int)must(syscall(SYS_io_uring_setup, 4, &params));

	(void)arg;
	child_keep(&ring, 1);
	sandbox_ready(ring);
	sandbox_hold();
}

static void uring_empty(void)
{
	left_pshm("/mem", 4096, 0600);
	sandbox_spawn("ring", uring_empty_fn, NULL);
}

/* Bytes only, no descriptors: nothing is in flight. */
static void no_flight(void)
{
	int ends[2];

	left_pshm("/mem", 4096, 0600);
	unix_pair(SOCK_STREAM, ends);
	must(write(ends[0], "x", 1));
	hold_in("sockets", ends, 2);
	close(ends[0]);
	close(ends[1]);
}

#define PSHM	"list pshm -o all" COMPLETE

static const struct situation situations[] = {
	{ .name = "nothing in flight", .make = no_flight, .truths = {
		{ PSHM, "pshm:/mem", "complete state=unattached users=0" },
		{ PSHM, NULL, "quiet" } } },
	{ .name = "io_uring: an empty ring", .make = uring_empty, .truths = {
		{ PSHM, "pshm:/mem", "complete state=unattached" },
		{ PSHM, NULL, "quiet" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: holders", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
