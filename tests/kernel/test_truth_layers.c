// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that are used through an overlay only: what is below one of its layers is another file
 * there, so that neither its device nor a connection tells that somebody has it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"
#define IN_TMP	" unix fifo --path /tmp" COMPLETE
#define CLEAN	"!clean --yes --suspect --older 0s --user root,12345" IN_TMP

/* On @over, of /tmp/low and @upper, which are made; false if that cannot be. */
static bool overlay_on(const char *over, const char *upper, const char *work)
{
	char options[256], escaped[64] = "";
	const char *at;

	/* What is left is another user's, who runs nothing; and root has a log to write. */
	if (!sandbox_is_root()) {
		truth_cannot("no user who runs nothing in a user namespace");
		return false;
	}
	mkdir("/tmp/low", 0755);
	must(mkdir(over, 0755));
	must(mkdir(upper, 0755));
	must(mkdir(work, 0755));
	for (at = upper; *at; at++)
		snprintf(escaped + strlen(escaped), sizeof(escaped) - strlen(escaped),
			 strchr(",:\\", *at) ? "\\%c" : "%c", *at);
	snprintf(options, sizeof(options), "lowerdir=/tmp/low,upperdir=%s,workdir=%s", escaped,
		 work);
	if (!mount("overlay", over, "overlay", 0, options))
		return true;
	truth_cannot("overlay: %s", strerror(errno));
	return false;
}

/* A socket and a FIFO of somebody who runs nothing. */
static void open_in(const char *dir, int fds[2])
{
	char path[64];

	snprintf(path, sizeof(path), "%s/sock", dir);
	fds[0] = unix_listener(SOCK_STREAM, path, 1);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	left_fifo(path, 0600);
	fds[1] = (int)must(open(path, O_RDWR));
}

static void use_in(const char *dir)
{
	int fds[2];

	open_in(dir, fds);
	hold_in("holder", fds, 2);
	close(fds[0]);
	close(fds[1]);
}

static void upper(void)
{
	if (!overlay_on("/tmp/over", "/tmp/up", "/tmp/work"))
		return;
	use_in("/tmp/over");
	unix_stale(SOCK_STREAM, "/tmp/dead");
	left_fifo("/tmp/left", 0600);
}

static void odd_names(void)
{
	if (!overlay_on("/tmp/over", "/tmp/u p,x", "/tmp/work"))
		return;
	must(mkdir("/tmp/over/sub", 0755));
	use_in("/tmp/over/sub");
}

/* Of a copy in the upper layer the overlay goes on to tell the number of the first. */
static void copied(void)
{
	int fd;

	must(mkdir("/tmp/low", 0755));
	make_fifo("/tmp/low/fifo", 0600);
	if (!overlay_on("/tmp/over", "/tmp/up", "/tmp/work"))
		return;
	must(chown("/tmp/over/fifo", LEFT_BY, LEFT_BY));
	fd = (int)must(open("/tmp/over/fifo", O_RDWR));
	hold_fd_in("holder", fd);
	close(fd);
}

static void lower(void)
{
	int fd;

	must(mkdir("/tmp/low", 0755));
	left_fifo("/tmp/low/fifo", 0600);
	if (!overlay_on("/tmp/over", "/tmp/up", "/tmp/work"))
		return;
	fd = (int)must(open("/tmp/over/fifo", O_RDWR));
	hold_fd_in("holder", fd);
	close(fd);
}

/* No mount tells of it any more. */
static void detached(void)
{
	if (!overlay_on("/tmp/over", "/tmp/up", "/tmp/work"))
		return;
	use_in("/tmp/over");
	must(umount2("/tmp/over", MNT_DETACH));
}

static void elsewhere_fn(void *arg)
{
	int fds[2];

	(void)arg;
	must(unshare(CLONE_NEWNS | CLONE_NEWNET));
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (!overlay_on("/tmp/over", "/tmp/up", "/tmp/work"))
		sandbox_fail("overlay: %s", strerror(errno));
	open_in("/tmp/over", fds);
	child_keep(fds, 2);
	sandbox_ready(0);
	sandbox_hold();
}

static void elsewhere(void)
{
	if (!overlay_on("/tmp/try", "/tmp/try.up", "/tmp/try.work"))
		return;
	must(umount("/tmp/try"));
	sandbox_spawn("there", elsewhere_fn, NULL);
}

/* Nothing of it is live: it is not known who may use it, but only what is in a layer. */
static void dead(void)
{
	if (!overlay_on("/tmp/over", "/tmp/up", "/tmp/work"))
		return;
	unix_stale(SOCK_STREAM, "/tmp/over/sock");
	unix_stale(SOCK_STREAM, "/tmp/upper");
}

static void memory(void)
{
	int fd;

	if (!overlay_on("/tmp/over", "/dev/shm/up", "/dev/shm/work"))
		return;
	fd = (int)must(open("/tmp/over/mem", O_CREAT | O_RDWR, 0600));
	must(fchown(fd, LEFT_BY, LEFT_BY));
	must(ftruncate(fd, 4096));
	hold_fd_in("holder", fd);
	close(fd);
}

#define UPPER_LIVES \
	{ "!stale -a" IN_TMP, "unix:/tmp/up/sock", "verdict=unknown" }, \
	{ "!stale -a" IN_TMP, "fifo:/tmp/up/fifo", "verdict=unknown incomplete" }, \
	{ "!rm --yes unix:/tmp/up/sock fifo:/tmp/up/fifo" COMPLETE, NULL, "exit=5" }, \
	{ CLEAN, NULL, "out!~removed^unix:/tmp/up/ out!~removed^fifo:/tmp/up/ exit=0" }, \
	{ "!stale -a" IN_TMP, "unix:/tmp/up/sock", "there" }, \
	{ "!stale -a" IN_TMP, "fifo:/tmp/up/fifo", "there" }

static const struct situation situations[] = {
	{ .name = "in the upper layer", .make = upper, .truths = {
		{ "!stale -a" IN_TMP, "unix:/tmp/dead", "verdict=stale" },
		{ "!stale -a" IN_TMP, "fifo:/tmp/left", "verdict=suspect complete" },
		{ "!stale -a unix fifo --path /tmp/over" COMPLETE, "fifo:/tmp/over/fifo", "verdict=in-use" },
		UPPER_LIVES } },
	{ .name = "below a layer of an odd name", .make = odd_names, .truths = {
		{ "!stale -a" IN_TMP, NULL, "out~p,x/sub/sock out!~\"verdict\":\"stale\" out!~\"verdict\":\"suspect\"" } } },
	{ .name = "copied up", .make = copied, .truths = {
		{ "!stale -a" IN_TMP, "fifo:/tmp/up/fifo", "verdict=unknown incomplete" } } },
	{ .name = "in the lower layer", .make = lower, .truths = {
		{ "!stale -a" IN_TMP, "fifo:/tmp/low/fifo", "verdict=unknown incomplete" },
		{ CLEAN, NULL, "out!~removed^fifo:/tmp/low/ exit=0" } } },
	{ .name = "an overlay that is unmounted", .make = detached, .truths = { UPPER_LIVES } },
	{ .name = "an overlay of another mount and network namespace", .make = elsewhere,
	  .truths = { UPPER_LIVES } },
	{ .name = "a dead path in a layer, and beside", .make = dead, .truths = {
		{ "!stale -a" IN_TMP, "unix:/tmp/up/sock", "verdict=unknown" },
		{ "!stale -a" IN_TMP, "unix:/tmp/upper", "verdict=stale" },
		{ "!stale -a unix fifo --path /tmp/over" COMPLETE, "unix:/tmp/over/sock", "verdict=stale" } } },
	{ .name = "memory in a layer", .make = memory, .truths = {
		{ "list pshm -o all" COMPLETE, "pshm:/up/mem", "incomplete state!=unattached" },
		{ "stale -a pshm" COMPLETE, "pshm:/up/mem", "verdict=unknown" },
		{ "!clean --yes --suspect --older 0s --user root,12345 pshm" COMPLETE, NULL, "out!~removed^pshm exit=0" },
		{ "!list pshm" COMPLETE, "pshm:/up/mem", "there" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: layers", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
