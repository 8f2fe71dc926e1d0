// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What another user plants where root writes: symbolic and hard links, FIFOs, directories,
 * copies and logs. Nothing that was there before may change, whatever the run says of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"
#include "sandbox.h"
#include "says.h"

#define VICTIM	"/tmp/victim"
#define SECRET	VICTIM "/shadow"
#define OPEN	"/tmp/open"		/* a directory like /tmp */
#define THEIRS	"/tmp/theirs"
#define OURS	"/tmp/ours"
#define OTHER	LONELY_USER

static void put_text(const char *path, const char *text, uid_t owner, mode_t mode)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file))
		sandbox_fail("%s: %s", path, strerror(errno));
	must(chown(path, owner, owner));
	must(chmod(path, mode));
}

static void make_world(void)
{
	must(mkdir(VICTIM, 0755));
	put_text(SECRET, "root:secret\n", 0, 0600);
	must(mkdir(OPEN, 0777));
	must(chmod(OPEN, 01777));
	must(mkdir(THEIRS, 0755));
	must(chown(THEIRS, OTHER, OTHER));
	must(mkdir(OURS, 0700));
	make_pshm("/box", 4096, 0600);
	make_shm(0x77, 4096, 0600);
}

/* Names, owners, modes and contents of a directory, in no order that matters. */
static uint64_t print_of(const char *dir)
{
	DIR *list = opendir(dir);
	struct dirent *entry;
	uint64_t sum = 0;

	while (list && (entry = readdir(list))) {
		char path[512], text[4600];
		struct stat st;
		size_t i, len;

		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (lstat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		len = (size_t)snprintf(text, sizeof(text), "%s %u %o %llu ", path, st.st_uid,
				       st.st_mode, (unsigned long long)st.st_ino);
		i = (size_t)read_small(path, text + len, sizeof(text) - len);
		len += i + 1 ? i : 0;
		for (i = 0; i < len; i++)
			sum += (sum << 5 ^ (unsigned char)text[i]) + i;
	}
	if (list)
		closedir(list);
	return sum;
}

static uint64_t print_of_all(void)
{
	struct shmid_ds ds;

	return print_of(VICTIM) * 31 + print_of("/dev/shm") +
	       (shmctl(0, IPC_STAT, &ds) ? 1 : 0);
}

static void plant_link(const char *to, const char *at, uid_t owner)
{
	must(symlink(to, at));
	must(lchown(at, owner, owner));
}

/* The snapshot is refused, and what the link leads to stays. */
static void refuses_snapshot(const char *path, const char *why)
{
	const uint64_t before = print_of_all();

	tool_says(1, "", why, "snapshot", path);
	assert_true(print_of_all() == before);
}

static void test_snapshot_follows_no_planted_link(void **state)
{
	struct stat st;

	(void)state;
	sandbox_needs_others();
	make_world();
	plant_link(SECRET, OPEN "/out", OTHER);
	refuses_snapshot(OPEN "/out", "symbolic link");
	/* A hard link to a link of root's would be root's, too. */
	plant_link(SECRET, OPEN "/roots", 0);
	refuses_snapshot(OPEN "/roots", "symbolic link");
	plant_link("nothing-yet", OPEN "/dangling", OTHER);
	refuses_snapshot(OPEN "/dangling", "symbolic link");
	plant_link(VICTIM, OPEN "/dir", OTHER);
	refuses_snapshot(OPEN "/dir/shadow", "symbolic link");
	plant_link(VICTIM, THEIRS "/dir", OTHER);
	refuses_snapshot(THEIRS "/dir/new", "symbolic link");
	plant_link(SECRET, THEIRS "/roots", 0);
	refuses_snapshot(THEIRS "/roots", "symbolic link");
	plant_link(OPEN "/out", OURS "/chain", 0);
	refuses_snapshot(OURS "/chain", "symbolic link");
	plant_link("loop", OURS "/loop", 0);
	refuses_snapshot(OURS "/loop", "symbolic link");
	/* Of a hard link only the name is replaced. */
	must(link(SECRET, OPEN "/hard"));
	tool_says(0, NULL, NULL, "snapshot", OPEN "/hard");
	must(stat(SECRET, &st));
	assert_int_equal(st.st_size, strlen("root:secret\n"));
	/* Ours is followed, and stays one. */
	put_text(OURS "/file", "old", 0, 0644);
	plant_link("file", OURS "/link", 0);
	tool_says(0, NULL, NULL, "snapshot", OURS "/link");
	must(lstat(OURS "/link", &st));
	assert_true(S_ISLNK(st.st_mode));
	must(stat(OURS "/file", &st));
	assert_true(st.st_size > 100);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_fifos_are_not_waited_for(void **state)
{
	struct child *reader;

	(void)state;
	sandbox_needs_others();
	make_world();
	make_fifo(OURS "/fifo", 0600);
	refuses_snapshot(OURS "/fifo", "nobody reads from it");
	tool_says(1, "", "nobody reads from it", "rm", "-y", "--log", OURS "/fifo", "shm:0");
	make_fifo(OPEN "/fifo", 0666);
	must(chown(OPEN "/fifo", OTHER, OTHER));
	reader = fifo_open_in("reader", OPEN "/fifo", O_RDONLY);
	/* It waits for a writer; one who opens it must not stay. */
	refuses_snapshot(OPEN "/fifo", "others may write");
	sandbox_kill(reader);
}

static void test_the_own_output_is_a_file(void **state)
{
	struct stat before, st;
	struct run r, again;

	(void)state;
	make_shm(0x77, 4096, 0600);
	if (symlink("/proc/self/fd/1", "/dev/stdout"))
		assert_int_equal(errno, EEXIST);
	must(lstat("/dev/stdout", &before));
	run_tool(&r, "snapshot", "-");
	run_expect(&r, 0);
	run_tool(&again, "snapshot", "/dev/stdout");
	run_expect(&again, 0);
	assert_true(r.out_len > 100 && again.out_len > r.out_len - 100);
	run_free(&r);
	run_free(&again);
	run_cmd(&r, "sh", "-c", "/tmp/.tool/ipcscope snapshot /dev/stdout | tail -n 1");
	run_expect(&r, 0);
	says(r.out, "\"end\"");
	run_free(&r);
	must(lstat("/dev/stdout", &st));
	assert_int_equal(st.st_ino, before.st_ino);
	run_cmd(&r, "sh", "-c", "/tmp/.tool/ipcscope snapshot /dev/fd/5 5>/tmp/five; wc -l </tmp/five");
	run_expect(&r, 0);
	assert_true(atoi(r.out) > 1);
	run_free(&r);
}

static void refuses_log(const char *path, const char *why)
{
	const uint64_t before = print_of_all();

	tool_says(1, "", why, "rm", "-y", "--log", path, "shm:0");
	assert_true(print_of_all() == before);
}

static void test_log_follows_no_planted_link(void **state)
{
	(void)state;
	sandbox_needs_others();
	make_world();
	plant_link(SECRET, OPEN "/log", OTHER);
	refuses_log(OPEN "/log", "symbolic link");
	plant_link(VICTIM, OPEN "/dir", OTHER);
	refuses_log(OPEN "/dir/log", "symbolic link");
	must(link(SECRET, OPEN "/hard"));
	refuses_log(OPEN "/hard", "hard link");
	put_text(OPEN "/theirs", "", OTHER, 0666);
	refuses_log(OPEN "/theirs", "others may write");
}

/* Directories of our own: no link below the base, whoever made it, and no level of others. */
static void test_state_directories(void **state)
{
	static const struct {
		const char *env, *what;
	} places[] = {
		{ "IPCSCOPE_STATE_DIR=" OPEN "/state", "a link in a directory of all" },
		{ "IPCSCOPE_STATE_DIR=" OURS "/link", "the directory itself is a link" },
		{ "IPCSCOPE_STATE_DIR=" THEIRS "/state", "below a directory of others" },
		{ "IPCSCOPE_STATE_DIR=" OPEN "/theirs", "of others" },
		{ "IPCSCOPE_STATE_DIR=" OURS "/wide", "others may write to it" },
	};
	uint64_t before;
	size_t i;

	(void)state;
	sandbox_needs_others();
	make_world();
	plant_link(VICTIM, OPEN "/state", OTHER);
	plant_link(VICTIM, OURS "/link", 0);
	must(mkdir(OPEN "/theirs", 0700));
	must(chown(OPEN "/theirs", OTHER, OTHER));
	must(mkdir(OURS "/wide", 0700));
	must(chmod(OURS "/wide", 0770));
	before = print_of_all();
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct how how = { .env = places[i].env };
		struct run r;

		run_tool_how(&r, &how, (const char *const[]){ "rm", "-y", "shm:0", NULL });
		if (r.status != 1 || print_of_all() != before)
			sandbox_fail("%s: %d %s", places[i].what, r.status, r.err);
		run_free(&r);
	}
}

static void test_home_may_be_a_link(void **state)
{
	static const struct how how = { .user = "nobody", .env = "HOME=/tmp/home" };
	struct stat st;
	struct run r;

	(void)state;
	sandbox_needs_others();
	must(mkdir("/tmp/real", 0755));
	must(chown("/tmp/real", 65534, 65534));
	must(symlink("/tmp/real", "/tmp/home"));
	/* Root's link, in root's directory. */
	must(chmod("/tmp", 0755));
	run_tool_how(&r, &how, (const char *const[]){ "rm", "-y", "pshm:/none", NULL });
	run_free(&r);
	run_tool_how(&r, &how, (const char *const[]){ "undo", "--last", NULL });
	says(r.err, "nothing is kept");
	run_free(&r);
	must(stat("/tmp/real/.local/state/ipcscope/lock", &st));
	/* Behind it no link is followed. */
	must(rename("/tmp/real/.local/state/ipcscope", "/tmp/real/moved"));
	must(symlink("../../moved", "/tmp/real/.local/state/ipcscope"));
	run_tool_how(&r, &how, (const char *const[]){ "undo", "--last", NULL });
	run_expect(&r, 1);
	says(r.err, "symbolic link");
	run_free(&r);
	must(chmod("/tmp", 01777));
}

/* With rights that its caller does not have the program looks, and does nothing. */
static void only_looks(const char *what)
{
	static const struct how nobody = { .user = "nobody", .env = "IPCSCOPE_STATE_DIR=/tmp/s" };
	static const char *const acts[] = {
		"rm -y --no-log --no-save shm:0", "rm -y --force pshm:/box", "clean --yes",
		"undo --last", "mk pshm:/made", "mk shm size=1", "set shm:0 mode=0666",
		"snapshot /tmp/s/out", "ipcrm -m 0", "mk shm --hold true size=1",
	};
	const uint64_t before = print_of_all();
	char line[128];
	struct run r;
	size_t i;

	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		snprintf(line, sizeof(line), "exec /tmp/p/ipcscope %s", acts[i]);
		run_cmd_how(&r, &nobody, (const char *const[]){ "sh", "-c", line, NULL });
		if (r.status != 1 || !strstr(r.err, "it only looks") || print_of_all() != before)
			sandbox_fail("%s: %s: %d %s", what, acts[i], r.status, r.err);
		run_free(&r);
	}
	run_cmd_how(&r, &nobody, (const char *const[]){ "/tmp/p/ipcscope", "list", NULL });
	run_expect(&r, 0);
	says(r.out, "shm:0");
	run_free(&r);
	run_cmd_how(&r, &nobody, (const char *const[]){ "/tmp/p/ipcscope", "snapshot", "-", NULL });
	run_expect(&r, 0);
	run_free(&r);
	run_cmd_how(&r, &nobody, (const char *const[]){ "ls", "-A", "/tmp/s", NULL });
	assert_string_equal(r.out, "");
	run_free(&r);
}

static void test_borrowed_rights(void **state)
{
	/* vfs_ns_cap_data, version 2: CAP_SYS_PTRACE and CAP_SYS_ADMIN, effective. */
	static const uint32_t caps[] = { 0x02000001, 1 << 19 | 1 << 21, 0, 0, 0 };
	struct run r;

	(void)state;
	sandbox_needs_others();
	/* A sanitizer cannot trace who has rights that its caller lacks. */
	if (*(getenv("SANITIZE") ?: ""))
		return;
	make_world();
	must(mkdir("/tmp/s", 0700));
	must(chown("/tmp/s", 65534, 65534));
	must(mkdir("/tmp/p", 0700));
	must(chown("/tmp/p", 65534, 65534));
	must(mount("none", "/tmp/p", "tmpfs", 0, "mode=0700,uid=65534"));
	run_cmd(&r, "cp", "/tmp/.tool/ipcscope", "/tmp/p/ipcscope");
	run_expect(&r, 0);
	run_free(&r);
	must(chmod("/tmp/p/ipcscope", 04755));
	only_looks("setuid");
	must(chmod("/tmp/p/ipcscope", 02755));
	only_looks("setgid");
	must(chmod("/tmp/p/ipcscope", 0755));
	must(setxattr("/tmp/p/ipcscope", "security.capability", caps, sizeof(caps), 0));
	only_looks("capabilities");
	must(umount("/tmp/p"));
}

/* ---- forged logs ---- */

#define RUN	"20260101-000000-000"
#define ID	RUN ".1"
#define ASIDE	".ipcscope-0123456789abcdef"
#define HEAD(event, id) "{\"event\":\"" event "\",\"seconds\":1,\"run\":\"" RUN "\",\"id\":\"" id "\","
/* %s: dev, ino and the rest of what is called @ASIDE in the directory of the secret. */
#define PSHM	"\"ref\":\"pshm:/x\",\"class\":\"pshm\",%s,"
#define FIFO	"\"ref\":\"fifo:/x\",\"class\":\"fifo\",%s,"

static const char *const forged[] = {
	HEAD("remove", ID) PSHM "\"path\":\"" SECRET "\",\"aside\":\"" ASIDE "\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"" VICTIM "/new\",\"aside\":\"" ASIDE "\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"" VICTIM "/new\",\"aside\":\"shadow\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"/dev/shm/new\",\"aside\":\"../../tmp/victim/shadow\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"/dev/shm/new\",\"aside\":\"" SECRET "\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"/dev/shm/../../tmp/victim/new\",\"aside\":\"shadow\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"victim/new\",\"aside\":\"shadow\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"" VICTIM "/\",\"aside\":\"shadow\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"" VICTIM "/..\",\"aside\":\".\"}\n",
	HEAD("remove", ID) PSHM "\"path\":\"/proc/self/cwd/new\",\"aside\":\"shadow\"}\n",
	HEAD("remove", ID) FIFO "\"path\":\"" VICTIM "/new\",\"aside\":\"" ASIDE "\"}\n",
	HEAD("remove", ID) FIFO "\"path\":\"" SECRET "\",\"aside\":\"\"}\n",
	HEAD("remove", ID) "\"ref\":\"unix:/x\",\"class\":\"unix\",%s,\"path\":\"" SECRET "\",\"aside\":\"" ASIDE "\"}\n",
	HEAD("remove", ID) "\"ref\":\"pmsg:/x\",\"class\":\"pmsg\",%s,\"path\":\"/x\"}\n",
	HEAD("remove", ID) "\"ref\":\"shm:0\",\"class\":\"shm\",%s,\"key\":119,\"id_number\":0}\n",
	HEAD("undo", ID) "\"ref\":\"shm:0\",%s}\n" HEAD("made", ID) "\"new_id\":0}\n",
	HEAD("undo", ID) PSHM "\"path\":\"" SECRET "\",\"aside\":\"" ASIDE "\"}\n",
	HEAD("undo", ID) PSHM "\"path\":\"" VICTIM "/x\",\"aside\":\"shadow\"}\n",
	HEAD("remove", "../../victim/shadow") PSHM "\"path\":\"" VICTIM "/new\",\"aside\":\"shadow\"}\n",
	HEAD("remove", RUN ".1/../../../victim/shadow") PSHM "\"path\":\"/dev/shm/box\",\"aside\":\"x\"}\n",
	HEAD("remove", ".1") PSHM "\"path\":\"" VICTIM "/new\",\"aside\":\"" ASIDE "\"}\n",
	HEAD("remove", "1.") PSHM "\"path\":\"" VICTIM "/new\",\"aside\":\"" ASIDE "\"}\n",
	HEAD("remove", "1.1") PSHM "\"path\":\"" VICTIM "/new\",\"aside\":\"" ASIDE "\"}\n",
	HEAD("remove", ID) PSHM "\"path\":[\"" SECRET "\"],\"aside\":{\"a\":1}}\n",
	HEAD("remove", ID) PSHM "\"path\":null,\"aside\":null}\n",
	"{\"event\":null,\"id\":17,%s}\n", "[[[[[[[[%s", "\n\n\n", "{\"event\":\"remove\"",
};

enum place {
	OF_OTHERS, IN_STICKY, WRITABLE, IN_WRITABLE, IN_GROUPS, BELOW_OTHERS, LINKED, HARD_LINKED,
	NR_PLACES
};

static const char *const place_names[NR_PLACES] = {
	"another's file", "a directory like /tmp", "a file all may write to",
	"a directory all may write to", "a directory its group may write to",
	"below another's directory", "behind a planted link", "a hard link",
};

/* Puts the log of another user there; its name. */
static const char *plant_log(enum place place, const char *text)
{
	switch (place) {
	case OF_OTHERS:
		must(mkdir(OURS "/d", 0755));
		put_text(OURS "/d/log", text, OTHER, 0600);
		return OURS "/d/log";
	case IN_STICKY:
		put_text(OPEN "/log", text, OTHER, 0644);
		return OPEN "/log";
	case WRITABLE:
		must(mkdir(OURS "/d", 0755));
		put_text(OURS "/d/log", text, 0, 0666);
		return OURS "/d/log";
	case IN_WRITABLE:
		must(mkdir(OURS "/d", 0755));
		must(chmod(OURS "/d", 0777));
		put_text(OURS "/d/log", text, OTHER, 0600);
		return OURS "/d/log";
	case IN_GROUPS:
		must(mkdir(OURS "/d", 0755));
		must(chmod(OURS "/d", 0775));
		put_text(OURS "/d/log", text, 0, 0600);
		return OURS "/d/log";
	case BELOW_OTHERS:
		must(mkdir(THEIRS "/d", 0755));
		put_text(THEIRS "/d/log", text, 0, 0600);
		return THEIRS "/d/log";
	case LINKED:
		put_text(THEIRS "/log", text, OTHER, 0644);
		plant_link(THEIRS "/log", OPEN "/log", OTHER);
		return OPEN "/log";
	default:
		put_text(THEIRS "/log", text, OTHER, 0644);
		must(link(THEIRS "/log", OPEN "/log"));
		return OPEN "/log";
	}
}

/* A copy of a segment, as another user would plant it: it must never be restored. */
static void plant_copy(void)
{
	must(mkdir(STATE_DIR, 0700));
	must(mkdir(STATE_DIR "/saved", 0700));
	must(symlink(SECRET, STATE_DIR "/saved/" ID ".json"));
	must(link(SECRET, STATE_DIR "/saved/" ID ".data"));
}

static void forge(enum place place, size_t line)
{
	const char *gap = strstr(forged[line], "%s");
	const int before_gap = gap ? (int)(gap - forged[line]) : (int)strlen(forged[line]);
	char what[256], text[2048];
	struct stat st;
	uint64_t before;
	struct run r;

	make_world();
	plant_copy();
	/* Something that a forged line might move, or unlink. */
	put_text(VICTIM "/" ASIDE, "moved?\n", 0, 0600);
	must(stat(VICTIM "/" ASIDE, &st));
	snprintf(what, sizeof(what), "\"dev\":\"%u:%u\",\"ino\":%llu,\"uid\":0,\"gid\":0,\"mode\":\"0600\",\"size\":%lld,\"mtime\":%lld",
		 (unsigned int)(st.st_dev >> 8), (unsigned int)(st.st_dev & 255),
		 (unsigned long long)st.st_ino, (long long)st.st_size, (long long)st.st_mtime);
	snprintf(text, sizeof(text), "%.*s%s%s", before_gap, forged[line], gap ? what : "",
		 gap ? gap + 2 : "");
	before = print_of_all();
	run_tool_how(&r, &state_how, (const char *const[]){
		"clean", "--yes", "--log", plant_log(place, text), NULL });
	if (print_of_all() != before || r.status > 5)
		sandbox_fail("%s, line %zu: changed (%d): %s", place_names[place], line, r.status,
			     r.err);
	if (place < LINKED && line < 24 && !strstr(r.err, "others can write") &&
	    !strstr(r.err, "others may write"))
		sandbox_fail("%s, line %zu: not said: %s", place_names[place], line, r.err);
	run_free(&r);
	sandbox_reset(NULL);
}

static void test_forged_logs(void **state)
{
	const size_t lines = sizeof(forged) / sizeof(forged[0]);
	enum place place;
	size_t line;

	(void)state;
	sandbox_needs_others();
	assert_true(NR_PLACES * lines >= 200);
	for (place = 0; place < NR_PLACES; place++) {
		for (line = 0; line < lines; line++)
			forge(place, line);
	}
}

#define TEST(f) cmocka_unit_test_teardown(f, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_snapshot_follows_no_planted_link),
		TEST(test_fifos_are_not_waited_for),
		TEST(test_the_own_output_is_a_file),
		TEST(test_log_follows_no_planted_link),
		TEST(test_state_directories),
		TEST(test_home_may_be_a_link),
		TEST(test_borrowed_rights),
		TEST(test_forged_logs),
	};

	sandbox_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
