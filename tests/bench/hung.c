// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hung: mounts a FUSE file system at /mnt that answers nothing, and becomes a command.  To be run
 * by enter, with which it all ends.
 *
 *	hung COMMAND [ARGUMENT]...
 */
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "bench.h"

static char request[1 << 17] __attribute__((aligned(8)));

static void serve(int fuse)
{
	const struct fuse_in_header *in = (const void *)request;
	struct {
		struct fuse_out_header head;
		struct fuse_init_out init;
	} answer = {
		.head = { .len = sizeof(answer) },
		.init = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
			  .max_write = 4096, .max_background = 16 },
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	must(read(fuse, request, sizeof(request)), "read /dev/fuse");
	answer.head.unique = in->unique;
	must(write(fuse, &answer, sizeof(answer)), "write /dev/fuse");
	for (;;)
		must(read(fuse, request, sizeof(request)), "read /dev/fuse");
}

int main(int argc, char **argv)
{
	int fuse = (int)must(open("/dev/fuse", O_RDWR | O_CLOEXEC), "/dev/fuse");
	char options[128];

	if (argc < 2)
		return fprintf(stderr, "hung COMMAND [ARGUMENT]...\n"), 2;
	/* What is noted of it is nobody else's business. */
	must(mount("run", "/run", "tmpfs", 0, "mode=755"), "mount /run");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	must(mount("hung", "/mnt", "fuse.hung", MS_NOSUID | MS_NODEV, options), "mount /mnt");
	if (!must(fork(), "fork"))
		serve(fuse);
	close(fuse);
	must(execvp(argv[1], argv + 1), argv[1]);
	return 1;
}
