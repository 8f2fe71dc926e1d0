// SPDX-License-Identifier: GPL-2.0-or-later
/* What rm and clean keep for undo, what undo says of it, and how faithful it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define MIB	(1u << 20)

static bool shm_there(int id)
{
	struct shmid_ds ds;

	return !shmctl(id, IPC_STAT, &ds);
}

/* Three of 4 MiB, of which a limit of 6 MiB keeps one. */
static void three_segments(void)
{
	int i;

	for (i = 0; i < 3; i++)
		make_shm(IPC_PRIVATE, 4 * MIB, 0600);
}

#define RM_THREE	"rm", "--yes", "--save-limit", "6M", "shm:0", "shm:1", "shm:2"

static void plan_and_deed_say_what_is_kept(void **state)
{
	(void)state;
	three_segments();
	tool_says(4, "kept for undo: 1 of 3, 4M of 6M; to keep all: --save-limit 12M", NULL, "rm",
		  "-n", "--save-limit", "6M", "shm:0", "shm:1", "shm:2");
	tool_says(0, "kept for undo: 1 of 3, 4M of 6M; to keep all: --save-limit 12M", NULL,
		  RM_THREE);
	tool_says(0, "shm:0 +2  12M 1 (4M) root", NULL, "undo");
	tool_says(0, "shm:0", NULL, "undo", "--list");
	tool_says(5, "restored shm:0\nnot kept shm:1 4M (save limit 6M reached)\n"
		  "not kept shm:2 4M (save limit 6M reached)\n", NULL, "undo", "--last");
	assert_true(shm_there(0));
	tool_says(0, "shm:1 +1   8M none root", NULL, "undo");
}

static void what_is_said_to_be_enough_is(void **state)
{
	(void)state;
	three_segments();
	tool_says(0, "removed shm:2", NULL, "rm", "--yes", "--save-limit", "12M", "shm:0", "shm:1",
		  "shm:2");
	tool_says(0, "restored shm:2", NULL, "undo", "--last");
}

/* Never an older run in its place. */
static void last_is_the_last_run_whether_kept_or_not(void **state)
{
	(void)state;
	make_shm(IPC_PRIVATE, 4096, 0600);
	make_shm(IPC_PRIVATE, 4096, 0600);
	tool_says(0, "removed shm:0", NULL, "rm", "--yes", "shm:0");
	tool_says(0, "kept for undo: nothing (--no-save)", NULL, "rm", "--yes", "--no-save",
		  "shm:1");
	tool_says(5, "not kept shm:1 4K (--no-save)", "nothing is kept", "undo", "--last");
	tool_says(5, "not kept shm:1 4K (--no-save)", NULL, "undo", "--dry-run", "--last");
	assert_false(shm_there(0));
	tool_says(0, "all", NULL, "undo");
	make_shm(IPC_PRIVATE, 4096, 0600);
	tool_says(0, NULL, NULL, "ipcrm", "-m", "2");
	tool_says(5, "(ipcrm keeps nothing)", NULL, "undo", "--last");
}

/* One that was refused or skipped is no run to bring back. */
static void a_run_that_removed_nothing_is_none(void **state)
{
	(void)state;
	make_shm(IPC_PRIVATE, 4096, 0600);
	make_shm(IPC_PRIVATE, 4096, 0600);
	shm_attach_in("holder", 1, 0, SHM_PLAIN);
	tool_says(0, "removed shm:0", NULL, "rm", "--yes", "shm:0");
	tool_says(5, NULL, "in use", "rm", "--yes", "shm:1");
	tool_says(0, "restored shm:0", NULL, "undo", "--last");
}

/* What was never written to takes nothing, neither of memory nor of the disk. */
static void holes_stay_holes(void **state)
{
	const long page = sysconf(_SC_PAGESIZE);
	char path[] = STATE_DIR "/saved", command[128];
	int id = make_shm(0x77, 512 * MIB, 0600);
	struct shm_info info;
	char *at = shmat(id, NULL, 0);

	(void)state;
	at[100 * MIB] = 'x';
	memset(at + 200 * MIB, 0, 2 * (size_t)page);
	must(shmdt(at));
	tool_says(0, "removed shm:0", NULL, "rm", "--yes", "--save-limit", "1G", "shm:0");
	snprintf(command, sizeof(command), "test $(du -sk %s | cut -f 1) -lt 64", path);
	assert_int_equal(system(command), 0);
	tool_says(0, "restored shm:0\n", NULL, "undo", "--last");
	assert_true(shmctl(0, SHM_INFO, (struct shmid_ds *)&info) >= 0);
	assert_true(info.shm_rss + info.shm_swp < 16);
	at = shmat(shmget(0x77, 0, 0), NULL, SHM_RDONLY);
	assert_int_equal(at[100 * MIB], 'x');
	assert_int_equal(at[100 * MIB + 1] | at[512 * MIB - 1], 0);
	must(shmdt(at));
}

/* A file that is larger than any file here may be is its owner's doing. */
static void a_file_of_2_to_the_62_is_kept(void **state)
{
	const off_t size = (off_t)1 << 62, far = size - 4096;
	char byte = 0;
	struct stat st;
	int fd;

	(void)state;
	make_pshm("/a-huge", 1, 0600);
	make_pshm("/b-small", 4096, 0600);
	must(truncate("/dev/shm/a-huge", size));
	tool_says(0, "removed pshm:/b-small", NULL, "rm", "--yes", "pshm:/a-huge",
		  "pshm:/b-small");
	tool_says(0, "restored pshm:/a-huge", NULL, "undo", "--last");
	must(stat("/dev/shm/a-huge", &st));
	assert_int_equal(st.st_size, size);
	/* With data where no copy of it can have any: that one stays, the other goes. */
	fd = must(open("/dev/shm/a-huge", O_RDWR | O_CLOEXEC));
	assert_int_equal(pwrite(fd, "x", 1, far), 1);
	close(fd);
	must(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1 << 30, RLIM_INFINITY }));
	tool_says(1, "removed pshm:/b-small", "cannot be kept for undo", "rm", "--yes",
		  "pshm:/a-huge", "pshm:/b-small");
	must(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY }));
	fd = must(open("/dev/shm/a-huge", O_RDONLY | O_CLOEXEC));
	assert_int_equal(pread(fd, &byte, 1, far), 1);
	assert_int_equal(byte, 'x');
	close(fd);
}

static void times_come_back_to_the_nanosecond(void **state)
{
	const struct timespec times[] = {
		{ .tv_sec = 1000000000, .tv_nsec = 123456789 },
		{ .tv_sec = 1100000000, .tv_nsec = 987654321 },
	};
	struct stat st;

	(void)state;
	make_pshm("/box", 4096, 0640);
	must(utimensat(AT_FDCWD, "/dev/shm/box", times, 0));
	tool_says(0, "removed", NULL, "rm", "--yes", "pshm:/box");
	tool_says(0, "restored pshm:/box\n", NULL, "undo", "--last");
	must(stat("/dev/shm/box", &st));
	assert_int_equal(st.st_mtim.tv_sec, times[1].tv_sec);
	assert_int_equal(st.st_mtim.tv_nsec, times[1].tv_nsec);
	assert_int_equal(st.st_atim.tv_nsec, times[0].tv_nsec);
}

/* What is removed whoever uses it is removed while somebody writes to it. */
static void force_takes_what_is_written_to(void **state)
{
	int fd;

	(void)state;
	make_pshm("/box", 4096, 0600);
	fd = must(open("/dev/shm/box", O_RDWR | O_CLOEXEC));
	hold_in("holder", &fd, 1);
	close(fd);
	tool_says(5, NULL, "in use", "rm", "--yes", "pshm:/box");
	tool_says(0, "removed pshm:/box", NULL, "rm", "--yes", "--force", "pshm:/box");
}

static void be_another_and_bind(void *arg)
{
	(void)arg;
	must(setresgid(4712, 4712, 4712));
	must(setresuid(4711, 4711, 4711));
	unix_stale(SOCK_STREAM, "/tmp/left.sock");
	sandbox_ready(0);
}

/* Its group is compared and kept as it is, not as 0. */
static void the_group_of_a_socket_path_is_known(void **state)
{
	struct stat st;

	(void)state;
	sandbox_needs_others();
	must(chmod("/tmp", 01777));
	sandbox_join(sandbox_spawn("server", be_another_and_bind, NULL));
	tool_says(0, "removed unix:/tmp/left.sock", NULL, "rm", "--yes", "unix:/tmp/left.sock");
	tool_says(0, "restored unix:/tmp/left.sock\n", NULL, "undo", "--last");
	must(stat("/tmp/left.sock", &st));
	assert_int_equal(st.st_uid, 4711);
	assert_int_equal(st.st_gid, 4712);
	must(unlink("/tmp/left.sock"));
}

static void a_locked_segment_is_locked_again(void **state)
{
	int id = make_shm(0x77, 4096, 0600);
	struct shmid_ds ds;

	(void)state;
	must(shmctl(id, SHM_LOCK, NULL));
	tool_says(0, "removed shm:0", NULL, "rm", "--yes", "shm:0");
	tool_says(0, "restored shm:0\n", NULL, "undo", "--last");
	must(shmctl(id, IPC_STAT, &ds));
	assert_true(ds.shm_perm.mode & SHM_LOCKED);
}

static void set_msgmnb(const char *bytes)
{
	int fd = must(open("/proc/sys/kernel/msgmnb", O_WRONLY | O_CLOEXEC));

	assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
	close(fd);
}

/* Where more than kernel.msgmnb is not allowed, nothing is lost. */
static void a_queue_above_msgmnb_comes_back_or_says_why(void **state)
{
	int id = make_msg(0x77, 0600);
	struct msqid_ds ds;
	struct run r;

	(void)state;
	msg_put(id, 1, 8000);
	msg_put(id, 2, 8000);
	tool_says(0, "removed msg:0", NULL, "rm", "--yes", "--force", "msg:0");
	set_msgmnb("10000");
	run_tool_how(&r, &state_how, (const char *const[]){ "undo", "--last", NULL });
	if (r.status) {
		assert_int_equal(r.status, 5);
		assert_non_null(strstr(r.err, "kernel.msgmnb"));
		assert_int_equal(msgget(0x77, 0), -1);
		set_msgmnb("16384");
		tool_says(0, "restored msg:0", NULL, "undo", "--last");
	}
	run_free(&r);
	must(msgctl(msgget(0x77, 0), IPC_STAT, &ds));
	assert_int_equal(ds.msg_qnum, 2);
	assert_int_equal(ds.msg_qbytes, 16384);
	set_msgmnb("16384");
}

static void undo_elsewhere(void *arg)
{
	(void)arg;
	must(unshare(CLONE_NEWIPC));
	tool_says(5, NULL, "another IPC namespace: --here", "undo", "--last");
	tool_says(0, "restored shm:0", NULL, "undo", "--last", "--here");
	assert_true(shmget(0x77, 0, 0) >= 0);
	sandbox_ready(0);
}

static void another_namespace_is_refused_unless_told(void **state)
{
	(void)state;
	make_shm(0x77, 4096, 0600);
	tool_says(0, "removed shm:0", NULL, "rm", "--yes", "shm:0");
	sandbox_join(sandbox_spawn("elsewhere", undo_elsewhere, NULL));
	assert_int_equal(shmget(0x77, 0, 0), -1);
	make_pshm("/box", 4096, 0600);
	tool_says(0, "removed pshm:/box", NULL, "rm", "--yes", "pshm:/box");
	must(mount("none", "/dev/shm", "tmpfs", 0, NULL));
	tool_says(5, NULL, "another file system", "undo", "--last");
	must(umount("/dev/shm"));
	tool_says(0, "restored pshm:/box", NULL, "undo", "--last");
}

static ino_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_ino;
}

/* Of several names those are removed that were asked for; while one is left, so is the file,
 * and undo makes the others lead to it. When all come back, they are of one file again. */
static void each_name_of_a_file_goes_and_comes_back(void **state)
{
	ino_t ino;

	(void)state;
	make_pshm("/first", 4096, 0600);
	ino = inode_of("/dev/shm/first");
	must(link("/dev/shm/first", "/dev/shm/second"));
	must(link("/dev/shm/first", "/dev/shm/third"));
	tool_says(0, "removed pshm:/second: its contents stay under 2 more names", NULL, "rm",
		  "--yes", "pshm:/second", "pshm:/second");
	assert_int_equal(inode_of("/dev/shm/second"), 0);
	assert_int_equal(inode_of("/dev/shm/first"), ino);
	tool_says(0, "restored pshm:/second; could not be restored: its contents of then: the "
		  "file is still there as /dev/shm/first\n", NULL, "undo", "--last");
	assert_int_equal(inode_of("/dev/shm/second"), ino);
	tool_says(0, "removed pshm:/first: its contents stay under 2 more names (hard links)\n"
		  "removed pshm:/third: its contents stay under 1 more name (hard links)\n"
		  "removed pshm:/second\n", NULL, "rm", "--yes", "pshm:/first", "pshm:/third",
		  "pshm:/second");
	tool_says(0, "restored pshm:/first\nrestored pshm:/third\nrestored pshm:/second\n", NULL,
		  "undo", "--last");
	assert_int_not_equal(inode_of("/dev/shm/first"), 0);
	assert_int_equal(inode_of("/dev/shm/second"), inode_of("/dev/shm/first"));
	assert_int_equal(inode_of("/dev/shm/third"), inode_of("/dev/shm/first"));
}

/* What a queue of messages held is gone with it. */
static void messages_of_posix_queues_are_not_said_to_be_kept(void **state)
{
	(void)state;
	sandbox_mount_mqueue();
	make_pmsg("/q", 3, 10, 0600);
	pmsg_put("/q", 4, 0);
	tool_says(4, "kept for undo: 1 of 1; not kept: 1 message of POSIX queues", NULL, "rm", "-n",
		  "--force", "pmsg:/q");
	tool_says(0, "not kept: 1 message of POSIX queues", NULL, "rm", "-y", "--force", "pmsg:/q");
	tool_says(0, "all but 1 message", NULL, "undo");
	tool_says(0, "\"kept\":true,\"lost_messages\":1", NULL, "undo", "--json");
	tool_says(0, "could not be restored: its messages", NULL, "undo", "--last");
	make_pmsg("/empty", 3, 10, 0600);
	tool_says(0, "removed pmsg:/empty\n", NULL, "rm", "-y", "--force", "pmsg:/empty");
}

/* Who may not read all of it has nothing to compare with. */
static void what_cannot_be_read_whole_is_refused(void **state)
{
	static const struct how nobody = {
		.user = "nobody", .env = "IPCSCOPE_STATE_DIR=/tmp/nobody",
	};
	struct stat st;
	struct run r;

	(void)state;
	sandbox_needs_others();
	sandbox_mount_mqueue();
	make_pmsg("/mine", 3, 10, 0);
	must(chown("/dev/mqueue/mine", 65534, 65534));
	run_tool_how(&r, &nobody, (const char *const[]){ "rm", "-y", "pmsg:/mine", NULL });
	run_expect(&r, 5);
	says(r.err, "could not be read whole");
	run_free(&r);
	must(stat("/dev/mqueue/mine", &st));
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(plan_and_deed_say_what_is_kept),
		TEST(what_is_said_to_be_enough_is),
		TEST(last_is_the_last_run_whether_kept_or_not),
		TEST(a_run_that_removed_nothing_is_none),
		TEST(holes_stay_holes),
		TEST(messages_of_posix_queues_are_not_said_to_be_kept),
		TEST(what_cannot_be_read_whole_is_refused),
		TEST(a_file_of_2_to_the_62_is_kept),
		TEST(times_come_back_to_the_nanosecond),
		TEST(force_takes_what_is_written_to),
		TEST(the_group_of_a_socket_path_is_known),
		TEST(a_locked_segment_is_locked_again),
		TEST(a_queue_above_msgmnb_comes_back_or_says_why),
		TEST(another_namespace_is_refused_unless_told),
		TEST(each_name_of_a_file_goes_and_comes_back),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
