// SPDX-License-Identifier: GPL-2.0-or-later
/* The file systems of the sandbox, and bringing them back to empty. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "sandbox.h"

#define NEW_DEV "/tmp/dev"

static bool mqueue_mounted;
/* Whether /tmp and /dev/shm are the sandbox's, made by this program or who forked it. */
static bool mounts_are_ours;

static void mount_or_cannot(const char *from, const char *to, const char *type,
			    unsigned long flags, const char *data)
{
	if (mount(from, to, type, flags, data))
		sandbox_cannot(to, errno);
}

static void dir_or_cannot(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		sandbox_cannot(path, errno);
}

static void file_or_cannot(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		sandbox_cannot(path, errno);
	close(fd);
}

/* Device nodes cannot be made in a user namespace, but bound there. */
static void bind_devices(void)
{
	static const char *const names[] = { "null", "zero", "full", "random",
					     "urandom", "tty" };
	char from[64], to[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(from, sizeof(from), "/dev/%s", names[i]);
		snprintf(to, sizeof(to), NEW_DEV "/%s", names[i]);
		if (access(from, F_OK))
			continue;
		file_or_cannot(to);
		mount_or_cannot(from, to, NULL, MS_BIND, NULL);
	}
}

static void make_dev(void)
{
	dir_or_cannot(NEW_DEV);
	mount_or_cannot("dev", NEW_DEV, "tmpfs", MS_NOSUID, "mode=0755");
	bind_devices();
	dir_or_cannot(NEW_DEV "/pts");
	mount_or_cannot("devpts", NEW_DEV "/pts", "devpts",
			MS_NOSUID | MS_NOEXEC,
			"newinstance,ptmxmode=0666,mode=0620");
	dir_or_cannot(NEW_DEV "/shm");
	mount_or_cannot("shm", NEW_DEV "/shm", "tmpfs", MS_NOSUID | MS_NODEV,
			"mode=1777");
	if (symlink("pts/ptmx", NEW_DEV "/ptmx") ||
	    symlink("/proc/self/fd", NEW_DEV "/fd"))
		sandbox_cannot(NEW_DEV, errno);
	mount_or_cannot(NEW_DEV, "/dev", NULL, MS_MOVE, NULL);
	if (rmdir(NEW_DEV))
		sandbox_cannot(NEW_DEV, errno);
}

/*
 * The tool is bound to a fixed place, so that it can be run by a user who may
 * not enter the directory it was built in, and from under /tmp.
 */
static int open_tool(void)
{
	const char *path = getenv("IPCSCOPE");

	return open(path ? path : "build/ipcscope", O_PATH | O_CLOEXEC);
}

static void bind_tool(int fd)
{
	char from[64];

	dir_or_cannot("/tmp/.tool");
	if (fd < 0)
		return;		/* run_tool() says so, if it comes to that */
	file_or_cannot(SANDBOX_TOOL);
	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	mount_or_cannot(from, SANDBOX_TOOL, NULL, MS_BIND, NULL);
	close(fd);
}

void sandbox_mounts(void)
{
	int tool;

	mount_or_cannot(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	tool = open_tool();
	mount_or_cannot("proc", "/proc", "proc",
			MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount_or_cannot("tmp", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV,
			"mode=1777");
	bind_tool(tool);
	make_dev();
	mounts_are_ours = true;
}

/* ---- for tests ---- */

static void make_dir(const char *dir)
{
	if (mkdir(dir, 0755) && errno != EEXIST)
		sandbox_fail("mkdir %s: %s", dir, strerror(errno));
}

void sandbox_mount_tmpfs(const char *dir)
{
	make_dir(dir);
	must(mount("tmpfs", dir, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"));
}

void sandbox_mount_devpts(const char *dir)
{
	make_dir(dir);
	must(mount("devpts", dir, "devpts", MS_NOSUID | MS_NOEXEC,
		   "newinstance,ptmxmode=0666,mode=0620"));
}

void sandbox_mount_mqueue(void)
{
	make_dir("/dev/mqueue");
	if (mqueue_mounted)
		must(umount2("/dev/mqueue", MNT_DETACH));
	must(mount("mqueue", "/dev/mqueue", "mqueue",
		   MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	mqueue_mounted = true;
}

void sandbox_unmount_mqueue(void)
{
	if (!mqueue_mounted)
		return;
	must(umount2("/dev/mqueue", MNT_DETACH));
	must(rmdir("/dev/mqueue"));
	mqueue_mounted = false;
}

void sandbox_fresh_ipc(void)
{
	must(unshare(CLONE_NEWIPC));
	if (mqueue_mounted)
		sandbox_mount_mqueue();
}

void sandbox_next_pid(pid_t pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", pid - 1);
	must(write_small("/proc/sys/kernel/ns_last_pid", text));
}

/* mountinfo writes blanks, newlines and backslashes as \ and three digits. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3') {
			*to++ = (char)((text[1] - '0') * 64 +
				       (text[2] - '0') * 8 + text[3] - '0');
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* The last (that is, uppermost) mount below a directory, but not the tool's. */
static bool last_mount_below(const char *dir, char found[PATH_MAX])
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	size_t len = strlen(dir);
	char line[2 * PATH_MAX], *at, *save;
	int i;

	found[0] = '\0';
	while (file && fgets(line, sizeof(line), file)) {
		at = strtok_r(line, " ", &save);
		for (i = 0; i < 4; i++)
			at = strtok_r(NULL, " ", &save);
		if (!at || strncmp(at, dir, len) || at[len] != '/' ||
		    strcmp(at, SANDBOX_TOOL) == 0)
			continue;
		unescape(at);
		strcpy(found, at);
	}
	if (file)
		fclose(file);
	return found[0];
}

static int remove_one(const char *path, const struct stat *st, int what,
		      struct FTW *ftw)
{
	size_t keep = strlen("/tmp/.tool");

	(void)st;
	(void)what;
	if (ftw->level == 0 || strncmp(path, SANDBOX_TOOL, keep) == 0)
		return 0;
	return remove(path);
}

static void make_empty(const char *dir)
{
	char path[PATH_MAX];

	while (last_mount_below(dir, path))
		must(umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW));
	if (nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		sandbox_fail("cannot empty %s: %s", dir, strerror(errno));
}

int sandbox_reset(void **state)
{
	(void)state;
	/* A program that forgot sandbox_enter() would empty those of the machine. */
	if (!mounts_are_ours) {
		fprintf(stderr, "sandbox_reset() outside the sandbox: sandbox_enter() was not called\n");
		_exit(1);
	}
	sandbox_kill_all();
	make_empty("/dev/shm");
	make_empty("/tmp");
	sandbox_unmount_mqueue();
	sandbox_fresh_ipc();
	return 0;
}
