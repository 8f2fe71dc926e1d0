// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paths of UNIX sockets: a name that was given once, and what leads to the socket now.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"
#define UNIX	"list unix -o all" COMPLETE
/* A snapshot knows no paths but those that sockets were bound to. */
#define AT(path)	"!list unix:" path " -o all" COMPLETE

/* A child that has the socket; its inode is called @ino. */
static void keep(const char *ino, int fd)
{
	char pid[32];

	let(ino, "%lu", (unsigned long)fd_inode(fd));
	snprintf(pid, sizeof(pid), "p%s", ino);
	let(pid, "%d", (int)hold_fd_in(ino, fd)->pid);
	close(fd);
}

static void renamed(void)
{
	keep("a", unix_listener(SOCK_STREAM, "/tmp/a", 4));
	must(rename("/tmp/a", "/tmp/b"));
}

static void rebound(void)
{
	renamed();
	keep("b", unix_listener(SOCK_STREAM, "/tmp/a", 4));
}

static void exchanged(void)
{
	keep("a", unix_listener(SOCK_STREAM, "/tmp/a", 4));
	keep("b", unix_listener(SOCK_STREAM, "/tmp/b", 4));
	must(syscall(SYS_renameat2, AT_FDCWD, "/tmp/a", AT_FDCWD, "/tmp/b", 2 /* EXCHANGE */));
}

static void linked(void)
{
	keep("a", unix_listener(SOCK_STREAM, "/tmp/a", 4));
	must(link("/tmp/a", "/tmp/b"));
	must(symlink("/tmp/b", "/tmp/soft"));
}

static void linked_and_unlinked(void)
{
	linked();
	must(unlink("/tmp/a"));
}

static void replaced(void)
{
	keep("a", unix_listener(SOCK_STREAM, "/tmp/a", 4));
	must(unlink("/tmp/a"));
	close((int)must(open("/tmp/a", O_CREAT | O_WRONLY, 0600)));
}

static void closed_and_renamed(void)
{
	unix_stale(SOCK_STREAM, "/tmp/a");
	keep("b", unix_listener(SOCK_STREAM, "/tmp/b", 4));
	must(rename("/tmp/b", "/tmp/c"));
	must(rename("/tmp/a", "/tmp/b"));
}

static void receiver_renamed(void)
{
	int fd = unix_bound(SOCK_DGRAM, "/tmp/a"), from = unix_connected(SOCK_DGRAM, "/tmp/a");

	keep("a", fd);
	keep("from", from);
	must(rename("/tmp/a", "/tmp/b"));
}

static void covered(void)
{
	must(mkdir("/tmp/dir", 0700));
	keep("a", unix_listener(SOCK_STREAM, "/tmp/dir/s", 4));
	sandbox_mount_tmpfs("/tmp/dir");
	keep("b", unix_listener(SOCK_STREAM, "/tmp/dir/s", 4));
}

/* Two of one name, each in a directory of its own; the third has left it. */
static void relative_fn(void *arg)
{
	int fd;

	must(chdir(arg));
	fd = unix_listener(SOCK_STREAM, "s", 0);
	child_keep(&fd, 1);
	if (!strcmp(arg, "/tmp/left"))
		must(chdir("/"));
	sandbox_ready((long)fd_inode(fd));
	sandbox_hold();
}

static void relative_in(const char *ino, const char *dir)
{
	must(mkdir(dir, 0700));
	let(ino, "%ld", sandbox_spawn(ino, relative_fn, (void *)(uintptr_t)dir)->value);
}

static void relative(void)
{
	relative_in("a", "/tmp/x");
	relative_in("b", "/tmp/y");
	relative_in("c", "/tmp/left");
}

/* Connects until it is blocked. */
struct client {
	const char *root, *dir, *to;
	int type;
};

static void client_fn(void *arg)
{
	const struct client *client = arg;
	struct sockaddr_un addr;
	socklen_t len = unix_address(&addr, client->to, 0);
	char text[16] = "x";
	int fd;

	if (client->root)
		must(chroot(client->root));
	must(chdir(client->dir));
	sandbox_ready(0);
	if (client->type == SOCK_DGRAM) {
		fd = socket(AF_UNIX, SOCK_DGRAM, 0);
		while (sendto(fd, text, sizeof(text), 0, (struct sockaddr *)&addr, len) >= 0)
			;
	} else {
		do
			fd = socket(AF_UNIX, SOCK_STREAM, 0);
		while (!connect(fd, (struct sockaddr *)&addr, len));
	}
	sandbox_hold();
}

static void client(const char *pid, struct client client)
{
	struct child *child = sandbox_spawn(pid, client_fn, &client);

	wait_blocked(child->pid, 0, SYS_connect, SYS_sendto);
	let(pid, "%d", (int)child->pid);
}

static void relative_clients(void)
{
	relative();
	client("ca", (struct client){ .dir = "/tmp/x", .to = "s" });
	client("cb", (struct client){ .dir = "/tmp", .to = "x/../y//./s" });
	must(symlink("/tmp/left", "/tmp/link"));
	client("cc", (struct client){ .dir = "/", .to = "/tmp/link/s" });
}

static void jailed_fn(void *arg)
{
	int fd;

	must(chroot("/tmp/jail"));
	must(chdir("/"));
	fd = unix_bound(*(int *)arg, "/tmp/s");
	if (*(int *)arg == SOCK_STREAM)
		must(listen(fd, 0));
	child_keep(&fd, 1);
	sandbox_ready((long)fd_inode(fd));
	sandbox_hold();
}

static void jailed(int type)
{
	must(mkdir("/tmp/jail", 0700));
	must(mkdir("/tmp/jail/tmp", 0700));
	let("a", "%ld", sandbox_spawn("jailed", jailed_fn, &type)->value);
}

static void jailed_alone(void)
{
	jailed(SOCK_STREAM);
}

static void jailed_beside(void)
{
	jailed(SOCK_STREAM);
	keep("b", unix_listener(SOCK_STREAM, "/tmp/s", 0));
	client("ca", (struct client){ .root = "/tmp/jail", .dir = "/", .to = "/tmp/s" });
	client("cb", (struct client){ .dir = "/", .to = "/tmp/s" });
}

static void jailed_datagrams(void)
{
	jailed(SOCK_DGRAM);
	client("ca", (struct client){ .root = "/tmp/jail", .dir = "/tmp", .to = "s",
				      .type = SOCK_DGRAM });
}

/* In a mount namespace and a network namespace of its own. */
static void elsewhere_fn(void *arg)
{
	int fd;

	must(unshare(CLONE_NEWNS | CLONE_NEWNET));
	sandbox_mount_tmpfs("/tmp/dir");
	fd = unix_listener(SOCK_STREAM, "/tmp/dir/s", 4);
	child_keep(&fd, 1);
	sandbox_ready((long)fd_inode(fd));
	sandbox_hold();
}

static void elsewhere(void)
{
	must(mkdir("/tmp/dir", 0700));
	let("a", "%ld", sandbox_spawn("there", elsewhere_fn, NULL)->value);
	keep("b", unix_listener(SOCK_STREAM, "/tmp/dir/s", 4));
}

/* By a path one reaches the sockets of another network namespace. */
static void other_net_fn(void *arg)
{
	int fds[2];

	must(unshare(CLONE_NEWNET));
	fds[0] = unix_bound(SOCK_DGRAM, "/tmp/log");
	fds[1] = unix_listener(SOCK_STREAM, "/tmp/s", 4);
	child_keep(fds, 2);
	let("log", "%lu", (unsigned long)fd_inode(fds[0]));
	sandbox_ready((long)fd_inode(fds[1]));
	sandbox_hold();
}

static void across(void)
{
	struct child *child = sandbox_spawn("there", other_net_fn, NULL);

	let("a", "%ld", child->value);
	let("pa", "%d", (int)child->pid);
	keep("from", unix_connected(SOCK_DGRAM, "/tmp/log"));
	keep("client", unix_connected(SOCK_STREAM, "/tmp/s"));
	client("cs", (struct client){ .dir = "/tmp", .to = "log", .type = SOCK_DGRAM });
}

/* Where statx(2) tells another device or inode than the kernel has. */
static void in_overlay(void)
{
	must(mkdir("/tmp/up", 0700));
	must(mkdir("/tmp/low", 0700));
	must(mkdir("/tmp/over", 0700));
	sandbox_mount_tmpfs("/tmp/up");
	must(mkdir("/tmp/up/upper", 0700));
	must(mkdir("/tmp/up/work", 0700));
	if (mount("overlay", "/tmp/over", "overlay", 0,
		  "lowerdir=/tmp/low,upperdir=/tmp/up/upper,workdir=/tmp/up/work")) {
		truth_cannot("overlay: %s", strerror(errno));
		return;
	}
	keep("a", unix_listener(SOCK_STREAM, "/tmp/over/a", 4));
	must(rename("/tmp/over/a", "/tmp/over/b"));
	keep("c", unix_listener(SOCK_STREAM, "/tmp/over/c", 4));
	keep("d", unix_listener(SOCK_STREAM, "/tmp/over/a", 4));
	unix_stale(SOCK_STREAM, "/tmp/over/stale");
}

#define NOT_STALE(path) \
	{ "!stale unix --path /tmp" COMPLETE, NULL, "out!~\"" path "\"" }, \
	{ "!rm --yes unix:" path COMPLETE, NULL, "exit!=0" }, \
	{ "!list unix:" path " -o all" COMPLETE, NULL, "exit=0" }

static const struct situation situations[] = {
	{ .name = "renamed", .make = renamed, .truths = {
		{ UNIX, "unix:$a", "there state=path-gone state=listening name=/tmp/a" },
		{ AT("/tmp/b"), "unix:/tmp/b", "there id=$a path=/tmp/b name=/tmp/a state=path-gone" },
		{ "!list unix:/tmp/a" COMPLETE, NULL, "exit=1 err~unix:$a" },
		{ "=show unix:/tmp/b" COMPLETE, NULL, "out~/tmp/a^(no^longer^leads^to^it)" },
		NOT_STALE("/tmp/b") } },
	{ .name = "renamed, and its path bound again", .make = rebound, .truths = {
		{ UNIX, "unix:$a", "there state=path-gone" },
		{ UNIX, "unix:/tmp/a", "there id=$b state!=path-gone path=/tmp/a" },
		{ AT("/tmp/a"), "unix:/tmp/a", "id=$b" },
		{ AT("/tmp/b"), "unix:/tmp/b", "id=$a" },
		{ "!list unix:/tmp/b unix:/tmp/a -o all" COMPLETE, NULL, "count(unix)=2" },
		NOT_STALE("/tmp/b") } },
	{ .name = "two paths exchanged", .make = exchanged, .truths = {
		{ UNIX, "unix:$a", "there state=path-gone" },
		{ UNIX, "unix:$b", "there state=path-gone" },
		{ AT("/tmp/a"), "unix:/tmp/a", "id=$b" },
		{ AT("/tmp/b"), "unix:/tmp/b", "id=$a" },
		NOT_STALE("/tmp/a") } },
	{ .name = "hard link and symbolic link", .make = linked, .truths = {
		{ UNIX, "unix:/tmp/a", "there id=$a state!=path-gone" },
		{ AT("/tmp/b"), NULL, "out~\"id\":$a" },
		{ AT("/tmp/soft"), NULL, "out~\"id\":$a" },
		{ AT("/tmp//../tmp/b"), NULL, "out~\"id\":$a" },
		{ "!list unix:/tmp/a unix:/tmp/b unix:/tmp/soft -o all" COMPLETE, NULL, "count(unix)=1" },
		NOT_STALE("/tmp/b") } },
	{ .name = "the other of two hard links", .make = linked_and_unlinked, .truths = {
		{ UNIX, "unix:$a", "there state=path-gone" },
		{ AT("/tmp/b"), NULL, "out~\"id\":$a" },
		NOT_STALE("/tmp/b") } },
	{ .name = "another file at the path", .make = replaced, .truths = {
		{ UNIX, "unix:$a", "there state=path-gone" },
		{ "!show unix:/tmp/a" COMPLETE, NULL, "exit=1" } } },
	{ .name = "a dead path where a live socket was", .make = closed_and_renamed, .truths = {
		{ UNIX, "unix:$b", "there state=path-gone" },
		{ "!list unix:/tmp/b" COMPLETE, NULL, "exit=1" },
		{ "!stale unix -a --path /tmp" COMPLETE, "unix:/tmp/b", "verdict=stale" },
		NOT_STALE("/tmp/c"),
		{ "!rm -n unix:/tmp/b" COMPLETE, NULL, "exit=4" } } },
	{ .name = "a receiver of datagrams renamed", .make = receiver_renamed, .truths = {
		{ UNIX, "unix:$a", "there state=path-gone peers~unix:$from" },
		{ AT("/tmp/b"), NULL, "out~\"id\":$a" },
		NOT_STALE("/tmp/b") } },
	{ .name = "covered by a mount", .make = covered, .truths = {
		{ UNIX, "unix:$a", "there state=path-gone" },
		{ UNIX, "unix:/tmp/dir/s", "there id=$b" },
		{ AT("/tmp/dir/s"), NULL, "count(unix)=1 out~\"id\":$b" } } },
	{ .name = "relative paths", .make = relative, .truths = {
		{ UNIX, "unix:/tmp/x/s", "there id=$a name=s path=/tmp/x/s" },
		{ UNIX, "unix:/tmp/y/s", "there id=$b name=s path=/tmp/y/s" },
		{ UNIX, "unix:$c", "there name=s state!=path-gone" },
		{ AT("/tmp/y/s"), NULL, "count(unix)=1 out~\"id\":$b" },
		{ AT("/tmp/left/s"), NULL, "count(unix)=1 out~\"id\":$c" },
		NOT_STALE("/tmp/left/s") } },
	{ .name = "connect by a relative path or a link", .make = relative_clients, .truths = {
		{ UNIX, "unix:/tmp/x/s", "$ca:waits !$cb:waits !$cc:waits" },
		{ UNIX, "unix:/tmp/y/s", "$cb:waits !$ca:waits !$cc:waits" },
		{ UNIX, "unix:$c", "$cc:waits !$ca:waits !$cb:waits" } } },
	{ .name = "bound in a chroot", .make = jailed_alone, .truths = {
		{ UNIX, "unix:/tmp/jail/tmp/s", "there id=$a name=/tmp/s state=path-elsewhere state!=path-gone" },
		{ AT("/tmp/jail/tmp/s"), NULL, "out~\"id\":$a" },
		{ "!list unix:/tmp/s" COMPLETE, NULL, "exit=1" },
		NOT_STALE("/tmp/jail/tmp/s") } },
	{ .name = "the same path in a chroot and outside", .make = jailed_beside, .truths = {
		{ UNIX, "unix:/tmp/jail/tmp/s", "there id=$a $ca:waits !$cb:waits" },
		{ UNIX, "unix:/tmp/s", "there id=$b $cb:waits !$ca:waits" },
		{ AT("/tmp/s"), NULL, "count(unix)=1 out~\"id\":$b" } } },
	{ .name = "datagrams in a chroot", .make = jailed_datagrams, .truths = {
		{ UNIX, "unix:/tmp/jail/tmp/s", "there id=$a $ca:waits" } } },
	{ .name = "the same path in two mount namespaces", .make = elsewhere, .truths = {
		{ UNIX, "unix:$a", "there name=/tmp/dir/s state=path-elsewhere" },
		{ UNIX, "unix:/tmp/dir/s", "there id=$b" },
		{ AT("/tmp/dir/s"), NULL, "count(unix)=1 out~\"id\":$b" } } },
	{ .name = "a path to another network namespace", .make = across, .truths = {
		{ UNIX, "unix:/tmp/s", "there id=$a $pa:listens peers~unix:$client" },
		{ UNIX, "unix:$client", "there peers~unix:/tmp/s peer_users~\"pid\":$pa" },
		{ UNIX, "unix:/tmp/log", "there peers~unix:$from $cs:waits" },
		{ UNIX, "unix:$from", "there peers~unix:/tmp/log" },
		NOT_STALE("/tmp/s") } },
	{ .name = "in an overlay", .make = in_overlay, .truths = {
		{ UNIX, "unix:$a", "there state=path-gone" },
		{ UNIX, "unix:/tmp/over/c", "there id=$c state!=path-gone" },
		{ UNIX, "unix:/tmp/over/a", "there id=$d" },
		{ AT("/tmp/over/b"), NULL, "out~\"id\":$a" },
		{ "!stale unix -a --path /tmp --path /tmp/over" COMPLETE, "unix:/tmp/over/stale", "verdict=stale" },
		{ "!stale unix --path /tmp --path /tmp/over" COMPLETE, NULL, "out!~over/a out!~over/b out!~over/c" },
		NOT_STALE("/tmp/over/b") } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: paths", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
