// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers and names: what is counted, in which unit, and under which name;
 * and that a file tells as much as the live host.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* ---- numbers ---- */

static void huge_file(void)
{
	int fd;

	make_pshm("/huge", 1, 0600);
	fd = (int)must(open("/dev/shm/huge", O_RDWR));
	must(ftruncate(fd, 1L << 62));
	close(fd);
}

static void full_eventfd(void)
{
	int fd = make_eventfd(0, 0);
	uint64_t most = ~0ULL - 1;

	must(write(fd, &most, sizeof(most)));
	hold_fd_in("holder", fd);
	close(fd);
}

/* ---- names ---- */

/* A /dev of its own for the process that looks. */
static void own_dev(void)
{
	must(unshare(CLONE_NEWNS));
	must(mount("dev", "/dev", "tmpfs", 0, "mode=755"));
}

static void inside_missing(void)
{
	own_dev();
}

static void nothing(void)
{
}

static const struct situation situations[] = {
	{ .name = "a file of 4 EiB", .make = huge_file, .truths = {
		{ "list pshm -o all" COMPLETE, "pshm:/huge", "size=4611686018427387904 used=4096" } } },
	{ .name = "an eventfd at its most", .make = full_eventfd, .truths = {
		{ "=list eventfd --raw" COMPLETE, NULL, "out~18446744073709551614" },
		{ "=snapshot -q /tmp/full", NULL, "exit=0" },
		{ "=list eventfd --raw --from /tmp/full", NULL, "exit=0 out~18446744073709551614" } } },
	{ .name = "/dev/shm is missing", .make = nothing, .truths = {
		{ "list pshm -o all" COMPLETE, NULL, "warns" } },
	  .inside = inside_missing },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: values", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
