// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcscope clean on real objects: what it takes, and what it must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define NOW	"--older", "0s", "--user", "4711"
#define DO	"clean", "--yes", "--assume-complete", NOW

static bool shm_there(int id)
{
	struct shmid_ds ds;

	return !shmctl(id, IPC_STAT, &ds);
}

struct made {
	key_t key;
	size_t size;
};

static void make_and_end(void *arg)
{
	const struct made *made = arg;

	sandbox_be_lonely();
	sandbox_ready(make_shm(made->key, made->size, 0600));
}

/* A segment whose creator is gone. */
static int stale_shm(key_t key, size_t size)
{
	struct made made = { key, size };
	struct child *child = sandbox_spawn("maker", make_and_end, &made);
	int id = (int)child->value;

	sandbox_join(child);
	return id;
}

static void test_nothing_is_silent(void **state)
{
	(void)state;
	tool_says(0, "", NULL, "clean");
	tool_says(0, "", NULL, DO);
	make_shm(IPC_PRIVATE, 4096, 0600);	/* we run */
	tool_says(0, "", NULL, DO);
	assert_true(shm_there(0));
}

static void test_plan_and_deed(void **state)
{
	int stale = stale_shm(IPC_PRIVATE, 5000);
	int keyed = stale_shm(0x77, 4096);

	(void)state;
	sandbox_needs_others();
	tool_says(0, "", NULL, "clean");	/* too young, and root's */
	tool_says(0, "", NULL, "clean", "--older", "0s");
	tool_says(0, "", NULL, "clean", "--user", "root");
	tool_says(4, "remove shm:0", NULL, "clean", "--assume-complete", NOW);
	tool_says(4, "would remove 1 object", NULL, "clean",
		  "--assume-complete", NOW);
	assert_true(shm_there(stale));
	tool_says(0, "removed 1 object: 4.9K", NULL, DO);
	assert_false(shm_there(stale));
	assert_true(shm_there(keyed));
	tool_says(0, "removed shm:1", NULL, DO, "--suspect");
	assert_false(shm_there(keyed));
	tool_says(0, "restored shm:1", NULL, "undo", "--last");
	tool_says(0, "restored shm:0", NULL, "undo", "--last");
	assert_true(shm_there(stale));
	assert_true(shm_there(keyed));
}

static void test_what_is_not_kept(void **state)
{
	int i;

	(void)state;
	sandbox_needs_others();
	for (i = 0; i < 3; i++)
		stale_shm(IPC_PRIVATE, 4 << 20);
	tool_says(4, "stale   no   nobody", NULL, "clean", "--assume-complete", NOW,
		  "--save-limit", "6M");
	tool_says(4, "kept for undo: 1 of 3, 4M of 6M; to keep all: --save-limit 12M", NULL,
		  "clean", "--assume-complete", NOW, "--save-limit", "6M");
	tool_says(0, "kept for undo: 1 of 3, 4M of 6M; to keep all: --save-limit 12M", NULL,
		  DO, "--save-limit", "6M");
	tool_says(5, "restored shm:0", NULL, "undo", "--last");
}

static void test_attached_is_left(void **state)
{
	int id = stale_shm(IPC_PRIVATE, 4096);

	(void)state;
	shm_attach_in("holder", id, 0, SHM_PLAIN);
	tool_says(0, "", NULL, DO, "--suspect");
	assert_true(shm_there(id));
}

static void test_caps(void **state)
{
	int i;

	(void)state;
	sandbox_needs_others();
	for (i = 0; i < 5; i++)
		stale_shm(IPC_PRIVATE, 4096);
	tool_says(0, "removed 2 objects", NULL, DO, "--max", "2");
	tool_says(0, "removed 1 object: 4K", NULL, DO, "--max-bytes", "5K");
	tool_says(4, "would remove 2 objects", NULL, "clean",
		  "--assume-complete", NOW);
	tool_says(0, "", NULL, DO, "--max", "0");
}

static void test_where(void **state)
{
	int small = stale_shm(IPC_PRIVATE, 4096);
	int large = stale_shm(IPC_PRIVATE, 1 << 20);

	(void)state;
	sandbox_needs_others();
	tool_says(0, "removed 1 object: 1M", NULL, DO, "-w", "size > 64K");
	assert_true(shm_there(small));
	assert_false(shm_there(large));
	tool_says(0, "", NULL, DO, "sem");
	tool_says(2, NULL, "no field", DO, "-w", "siez > 1");
	tool_says(2, NULL, "ipcscope rm", DO, "shm:0");
	assert_true(shm_there(small));
}

static void write_rules(const char *text)
{
	FILE *file = fopen("/tmp/rules", "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_rules(void **state)
{
	int small = stale_shm(IPC_PRIVATE, 4096);
	int large = stale_shm(IPC_PRIVATE, 1 << 20);

	(void)state;
	sandbox_needs_others();
	write_rules("# ours\n[large]\nclass = shm\nwhere = size > 64K\n"
		    "user = 4711\nolder = 0s\n\n[rest]\nuser = 4711\n"
		    "older = 0s\naction = report\n");
	tool_says(0, "report", NULL, "clean", "--yes", "--assume-complete",
		  "--rules", "/tmp/rules");
	assert_true(shm_there(small));
	assert_false(shm_there(large));
	write_rules("[x]\nuser = 4711\nolder = 0s\n[y]\nwhere = (\n");
	tool_says(2, "", "/tmp/rules:5:", "clean", "--yes", "--rules",
		  "/tmp/rules");
	write_rules("[x]\nuser = 4711\nolder = 0s\nwhat\n");
	tool_says(2, "", "/tmp/rules:4:", "clean", "--yes", "--rules",
		  "/tmp/rules");
	write_rules("[x]\nuser = 4711\nolder = 0s\ncolour = red\n");
	tool_says(2, "", "/tmp/rules:4:", "clean", "--yes", "--rules",
		  "/tmp/rules");
	write_rules("[x]\nuser = 4711\nolder = 30d\nolder = 0s\n");
	tool_says(2, "", "older is there twice", "clean", "--yes", "--rules", "/tmp/rules");
	write_rules("[x]\nuser = 4711\n[y]\n[x]\nolder = 0s\n");
	tool_says(2, "", "[x] is there twice", "clean", "--yes", "--rules", "/tmp/rules");
	write_rules("[x]\nclass = pipe\nuser = 4711\nolder = 0s\n");
	tool_says(2, "", "clean takes no pipe", "clean", "--yes", "--rules", "/tmp/rules");
	/* All commented out: nothing, not everything. */
	write_rules("# [x]\n# user = 4711\n");
	tool_says(0, "", "", "clean", "--yes", "--assume-complete", "--rules", "/tmp/rules");
	/* The first that fits counts, whatever it holds back. */
	write_rules("[keep]\nwhere = size < 64K\naction = report\nuser = 4711\nolder = 0s\n"
		    "[old]\nclass = shm\nuser = 4711\nolder = 1d\n"
		    "[young]\nclass = shm\nuser = 4711\nolder = 0s\n");
	tool_says(0, NULL, NULL, "clean", "--yes", "--assume-complete", "--rules", "/tmp/rules");
	assert_true(shm_there(small));
	write_rules("[old]\nclass = shm\nuser = 4711\nolder = 1d\n"
		    "[young]\nclass = shm\nuser = 4711\nolder = 0s\n");
	tool_says(0, NULL, NULL, "clean", "--yes", "--assume-complete", "--rules", "/tmp/rules");
	assert_true(shm_there(small));
	tool_says(2, "", "no profile is called 'pytroch'", DO, "--profile", "pytroch");
	must(mkdir("/tmp/profiles", 0755));
	must(close((int)must(open("/tmp/profiles/x.conf", O_CREAT | O_WRONLY, 0600))));
	must(chmod("/tmp/profiles/x.conf", 0666));
	tool_says(2, "", "others may write", DO, "--profile-dir", "/tmp/profiles");
	must(chmod("/tmp/rules", 0666));
	tool_says(2, "", "others may write", "clean", "--yes", "--rules", "/tmp/rules");
	must(chmod("/tmp/rules", 0644));
	/* Nor may others put another in its place, by its directory or a link. */
	must(chmod("/tmp/profiles", 0777));
	must(rename("/tmp/rules", "/tmp/profiles/rules"));
	tool_says(2, "", "or to its directory", "clean", "--yes", "--rules", "/tmp/profiles/rules");
	must(chmod("/tmp/profiles", 0755));
	must(symlink("/tmp/profiles/rules", "/tmp/rules"));
	must(lchown("/tmp/rules", 4711, 4711));
	tool_says(2, "", "others may write", "clean", "--yes", "--rules", "/tmp/rules");
	tool_says(0, "", NULL, "clean", "--yes", "--rules", "/tmp/profiles/rules");
	tool_says(1, "", "/tmp/none", "clean", "--yes", "--rules", "/tmp/none");
	assert_true(shm_there(small));
}

static void test_lock(void **state)
{
	int id = stale_shm(IPC_PRIVATE, 4096), fd;

	(void)state;
	sandbox_needs_others();
	must(mkdir(STATE_DIR, 0700));
	fd = must(open(STATE_DIR "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	must(flock(fd, LOCK_EX));
	tool_says(1, "", "just now", DO);
	tool_says(1, NULL, "just now", "rm", "-y", "--assume-complete", "shm:0");
	assert_true(shm_there(id));
	close(fd);
	tool_says(0, "removed shm:0", NULL, DO);
}

/* In flight in a socket: in no process's table. */
static void test_in_flight(void **state)
{
	int ends[2], fd;
	struct stat st;

	(void)state;
	make_pshm("/flying", 4096, 0600);
	unix_pair(SOCK_STREAM, ends);
	fd = must(open("/dev/shm/flying", O_RDWR | O_CLOEXEC));
	unix_send_fd(ends[0], fd);
	close(fd);
	hold_in("receiver", ends, 2);
	close(ends[0]);
	close(ends[1]);
	tool_says(0, "", NULL, DO, "--suspect");
	must(stat("/dev/shm/flying", &st));
	tool_says(5, NULL, NULL, "rm", "-y", "pshm:/flying");
	must(stat("/dev/shm/flying", &st));
}

/* Whatever does not go stands in the plan, with its reason. */
static void test_held_back(void **state)
{
	struct run r;
	json_t *root, *plan;

	(void)state;
	sandbox_needs_others();
	stale_shm(IPC_PRIVATE, 4096);
	stale_shm(0x78, 4096);
	stale_shm(IPC_PRIVATE, 1 << 20);
	tool_says(4, "held back: 1 suspect (shm:1): --suspect\n           1 over --max",
		  NULL, "clean", "--assume-complete", NOW, "--max", "1");
	tool_says(0, "", "nothing to remove: 2 too young, or used since (shm:0, shm:2): --older",
		  "clean", "--assume-complete");
	tool_says(0, "", "nothing to remove: 3 of 4711, who is not named",
		  "clean", "--assume-complete", "--older", "0s", "-u", "root");
	tool_says(0, "", "", "clean", "-q", "--assume-complete");
	tool_says(0, "", "", "clean", "--yes", "--assume-complete");
	tool_says(0, "", "(shm:2): --assume-complete", "clean", NOW, "-w", "size > 64K");
	/* Who was last is of no PID namespace seen from here: no word of the user tells. */
	make_sem(IPC_PRIVATE, 1, NULL, 0600);
	tool_says(0, "", "(sem:0): ipcscope show REF", "clean", "-u", "root", "sem");
	tool_says(4, "4711      2   1M     0", NULL, "clean", "--assume-complete", NOW,
		  "--by", "owner");
	tool_says(0, "4711      3   1M     0", NULL, "stale", "--assume-complete", "shm",
		  "--by", "owner");
	run_tool_how(&r, &state_how, (const char *const[]){
		"clean", "--assume-complete", NOW, "--json", "--save-limit", "64K", NULL });
	run_expect(&r, 4);
	root = run_json(&r);
	plan = json_object_get(root, "plan");
	assert_int_equal(json_array_size(plan), 2);
	assert_true(json_is_true(json_object_get(json_array_get(plan, 0), "kept")));
	assert_true(json_is_false(json_object_get(json_array_get(plan, 1), "kept")));
	assert_string_equal(get_text(json_array_get(json_object_get(root, "held_back"), 0), "by"),
			    "suspect");
	says(r.out, "\"because\":[\"never-attached\",\"creator-gone\",\"owner-runs-nothing\",\"no-key\"]");
	says(r.out, "\"done\":false");
	run_free(&r);
	tool_says(0, "\"ids\":{\"for\":[\"never-attached\",\"creator-gone\"", NULL, "show", "--json",
		  "--assume-complete", "shm:0");
	tool_says(0, "\"outcome\":\"removed\"", NULL, DO, "--json", "--max", "1");
	tool_says(0, "\"removed\":1", NULL, "undo", "--json");
	tool_says(0, "\"kept\":[\n{\"id\"", NULL, "undo", "--list", "--json");
	tool_says(0, "\"state\":\"planned\"", NULL, "undo", "-n", "--last", "--json");
	tool_says(0, "\"state\":\"restored\"", NULL, "undo", "--last", "--json");
	tool_says(0, "\"profile\":\"pytorch\"", NULL, "profiles", "--json");
	tool_says(0, "\"matches\":[{\"ref\":\"shm:0\",\"stale\"", NULL, "profiles", "--json", "shm:0");
}

/* A run that was killed while it had a file put aside. */
static void test_recovery(void **state)
{
	char text[4096], path[128], line[8192];
	struct stat st;
	char *aside, *end;
	FILE *log;

	(void)state;
	make_pshm("/box", 4096, 0600);
	must(stat("/dev/shm/box", &st));
	tool_says(0, "removed", NULL, "rm", "-y", "pshm:/box");
	assert_true(read_small(STATE_DIR "/removed.jsonl", text, sizeof(text)) > 0);
	end = strchr(text, '\n');
	end[1] = '\0';
	tool_says(0, "restored", NULL, "undo", "--last");
	/* The first line again, for the file that is there now. */
	aside = strstr(text, "\"aside\":\"") + strlen("\"aside\":\"");
	snprintf(path, sizeof(path), "/dev/shm/%.*s",
		 (int)strcspn(aside, "\""), aside);
	end = strstr(text, "\"ino\":");
	must(stat("/dev/shm/box", &st));
	snprintf(line, sizeof(line), "%.*s\"ino\":%llu%s", (int)(end - text),
		 text, (unsigned long long)st.st_ino,
		 end + strlen("\"ino\":") + strspn(end + strlen("\"ino\":"),
						   "0123456789"));
	assert_non_null(strstr(line, "\"btime\":"));
	/* It was made anew: the time of the first, to the nanosecond, is not known. */
	end = strstr(line, "\"btime_ns\":");
	assert_non_null(end);
	end[1] = 'x';
	log = fopen(STATE_DIR "/removed.jsonl", "w");
	fputs(line, log);
	fclose(log);
	must(rename("/dev/shm/box", path));
	tool_says(0, "", "put back", "clean", "--yes");
	must(stat("/dev/shm/box", &st));
	tool_says(0, "", NULL, "clean", "--yes");
}

static void make_as(void *arg)
{
	const uid_t uid = *(const uid_t *)arg;

	must(setresuid(uid, uid, uid));
	sandbox_ready(make_shm(IPC_PRIVATE, 4096, 0600));
}

/* Puts a file over one of /etc, in this mount namespace. */
static void cover(const char *path, const char *text)
{
	const char *file = strrchr(path, '/') + 1;
	char mine[64];

	snprintf(mine, sizeof(mine), "/tmp/%s", file);
	must(close((int)must(open(mine, O_CREAT | O_WRONLY, 0644))));
	must(write_small(mine, text));
	must(mount(mine, path, NULL, MS_BIND, NULL));
}

/* nobody, services and containers are no people; a name that looks like a uid is none. */
static void test_whose(void **state)
{
	static const uid_t others[] = { 4711, 65534, 61200, 600000, 700000, 100500 };
	const size_t nr = sizeof(others) / sizeof(others[0]);
	const char *const refs[] = { "remove shm:0", "remove shm:1", "remove shm:2",
				     "remove shm:3", "remove shm:4", "remove shm:5" };
	struct run r;
	const bool subuid = !access("/etc/subuid", F_OK);
	size_t i;

	(void)state;
	sandbox_needs_others();
	cover("/etc/passwd", "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"
	      "far:x:700000:100::/:/bin/sh\n2001:x:4711:100::/:/bin/sh\n");
	if (subuid)
		cover("/etc/subuid", "# a comment\nfar:200000:5\nroot:100000:65536\n");
	for (i = 0; i < nr; i++)
		sandbox_join(sandbox_spawn("maker", make_as, (void *)&others[i]));
	run_tool_how(&r, &state_how, (const char *const[]){
		"clean", "--assume-complete", "--older", "0s", NULL });
	for (i = 0; i < nr; i++) {
		if (!strstr(r.out, refs[i]) != (i != 0 && i != 4 && (i != 5 || subuid)))
			sandbox_fail("%s, uid %u: %s%s", refs[i], others[i], r.out, r.err);
	}
	run_free(&r);
	tool_says(2, "", "which is meant, 4711 or +2001?", "list", "-u", "2001");
	tool_says(0, "shm:0", NULL, "list", "-u", "4711");
	tool_says(0, "", NULL, "list", "-q", "--no-heading", "-u", "+2001");
	tool_says(2, "", "+N", "mk", "shm", "size=1", "owner=2001");
	must(umount("/etc/passwd"));
	if (subuid)
		must(umount("/etc/subuid"));
}

/* A line of a log that anybody could have written must move nothing. */
static void test_forged_log(void **state)
{
	char text[4096];
	struct stat st;
	size_t len;
	FILE *log;
	char *end;

	(void)state;
	make_pshm("/box", 4096, 0600);
	must(mkdir("/tmp/open", 0777));
	must(chmod("/tmp/open", 0777));
	tool_says(0, "removed", NULL, "rm", "-y", "--log", "/tmp/open/log", "pshm:/box");
	len = (size_t)read_small("/tmp/open/log", text, sizeof(text));
	assert_true(len > 0);
	end = strchr(text, '\n');
	end[1] = '\0';
	log = fopen("/tmp/open/log", "w");
	fputs(text, log);
	fclose(log);
	make_pshm("/other", 4096, 0600);
	tool_says(1, "", "others can write to this log", "rm", "-y", "--log",
		  "/tmp/open/log", "pshm:/other");
	tool_says(1, "", "pshm:/box: not known what came of it; it may be called .ipcscope-", "rm",
		  "-y", "--log", "/tmp/open/log", "pshm:/other");
	/* In a directory of ours alone it is believed. */
	must(chmod("/tmp/open", 0700));
	log = fopen("/tmp/open/log", "w");
	fputs(text, log);
	fclose(log);
	tool_says(0, NULL, "cut short: removed", "rm", "-y", "--log",
		  "/tmp/open/log", "pshm:/other");
	/* A file that all may write to is not. */
	log = fopen("/tmp/open/log", "w");
	fputs(text, log);
	fclose(log);
	must(chmod("/tmp/open/log", 0666));
	make_pshm("/other", 4096, 0600);
	tool_says(1, "", "others can write to this log", "rm", "-y", "--log",
		  "/tmp/open/log", "pshm:/other");
	must(stat("/dev/shm/other", &st));
}

/* A link that somebody put where all may is not followed, nor is it by its lock. */
static void test_planted_state(void **state)
{
	struct stat st;
	int id = make_shm(IPC_PRIVATE, 4096, 0600);

	(void)state;
	must(mkdir("/tmp/victim", 0700));
	must(symlink("/tmp/victim", STATE_DIR));
	tool_says(1, NULL, "cannot be used", "rm", "-y", "shm:0");
	assert_int_equal(stat("/tmp/victim/lock", &st), -1);
	must(unlink(STATE_DIR));
	must(mkdir(STATE_DIR, 0700));
	must(close((int)must(open("/tmp/victim/file", O_CREAT | O_WRONLY, 0600))));
	must(truncate("/tmp/victim/file", 10));
	must(link("/tmp/victim/file", STATE_DIR "/lock"));
	tool_says(1, NULL, NULL, "rm", "-y", "shm:0");
	must(stat("/tmp/victim/file", &st));
	assert_int_equal(st.st_size, 10);
	assert_true(shm_there(id));
}

/* Killed after it removed an attached segment, before it said so. */
static void test_recovery_of_attached(void **state)
{
	int id = make_shm(IPC_PRIVATE, 4096, 0600);
	struct child *child = shm_attach_in("holder", id, 0, SHM_PLAIN);
	char text[4096];
	FILE *log;

	(void)state;
	tool_says(0, "removed shm:0", NULL, "rm", "-y", "--force", "shm:0");
	assert_true(read_small(STATE_DIR "/removed.jsonl", text, sizeof(text)) > 0);
	strchr(text, '\n')[1] = '\0';
	log = fopen(STATE_DIR "/removed.jsonl", "w");
	fputs(text, log);
	fclose(log);
	tool_says(0, "restored shm:0", "cut short: removed", "undo", "--last");
	sandbox_kill(child);
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_nothing_is_silent),
		TEST(test_plan_and_deed),
		TEST(test_what_is_not_kept),
		TEST(test_attached_is_left),
		TEST(test_caps),
		TEST(test_where),
		TEST(test_rules),
		TEST(test_held_back),
		TEST(test_lock),
		TEST(test_in_flight),
		TEST(test_recovery),
		TEST(test_whose),
		TEST(test_forged_log),
		TEST(test_planted_state),
		TEST(test_recovery_of_attached),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
