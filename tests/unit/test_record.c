// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "shot.h"

static const char *const names[] = { "look", "nobody", "hostile", "crowd" };

static void saved(const struct snapshot *snap, struct buf *text)
{
	memset(text, 0, sizeof(*text));
	record_write(text, snap);
}

/* Loads @text; 0 or what record_read() said. */
static int load(const char *text, size_t len, struct layout *layout,
		struct snapshot *snap, char why[256])
{
	FILE *file = len ? fmemopen((void *)(uintptr_t)text, len, "r") :
		     fopen("/dev/null", "re");
	int err;

	assert_non_null(file);
	err = record_read(file, layout, snap, why);
	fclose(file);
	return err;
}

static void law_what_was_saved_is_loaded(void **state)
{
	size_t n;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(names); n++) {
		struct buf file, once, twice;
		struct layout layout;
		struct snapshot snap;
		char path[64], why[256];
		struct shot shot;

		shot_load(&shot, names[n]);
		saved(&shot.snap, &once);
		snprintf(path, sizeof(path), "tests/snapshots/%s.ndjson", names[n]);
		read_file(path, &file);
		/* But for the version of who wrote it. */
		assert_string_equal(strchr(once.data, '\n'),
				    strchr(file.data, '\n'));

		assert_int_equal(load(once.data, once.len, &layout, &snap, why), 0);
		saved(&snap, &twice);
		assert_string_equal(once.data, twice.data);
		snapshot_free(&snap);
		buf_free(&file);
		buf_free(&once);
		buf_free(&twice);
		shot_free(&shot);
	}
}

#define HEAD	"{\"ipcscope\":\"x\",\"snapshot\":1,\"taken\":5}\n"

static void signals_and_threads_are_kept(void **state)
{
	static const char text[] = HEAD
		"{\"process\":7,\"start\":1,\"uid\":0}\n"
		"{\"process\":8,\"start\":2,\"uid\":0}\n"
		"{\"signals\":1,\"compared\":true,\"pending_process\":[\"TERM\",\"RTMIN+3\"],"
		"\"blocked\":[\"TERM\"],\"queue\":3,\"queue_limit\":\"18446744073709551615\"}\n"
		"{\"thread\":1,\"tid\":9,\"own_fds\":true,\"comm\":\"a\"}\n"
		"{\"thread\":1,\"tid\":10,\"ipc_ns\":5,\"pending\":[\"HUP\"]}\n"
		"{\"thread\":1,\"tid\":11,\"uts_ns\":6}\n"
		"{\"end\":{\"process\":2,\"signals\":1,\"thread\":3}}\n";
	static const char *const wrong[] = {
		HEAD "{\"signals\":0}\n", "line 2: signals of no process",
		HEAD "{\"process\":7,\"start\":1,\"uid\":0}\n{\"thread\":0,\"tid\":1}\n",
		"line 3: a thread of no process",
	};
	const char *from = strstr(text, "{\"signals\":1,"), *end = strstr(text, "{\"end\"");
	const struct process *proc;
	struct layout layout;
	struct snapshot snap;
	struct buf again;
	char why[256];
	size_t i;

	(void)state;
	assert_int_equal(load(text, strlen(text), &layout, &snap, why), 0);
	proc = &snap.processes.at[1];
	assert_null(snap.processes.at[0].signals);
	assert_true(proc->signals->set[SIGNALS_PENDING_PROCESS] ==
		    (signal_bit("TERM") | signal_bit("SIGRTMIN+3")));
	assert_true(proc->signals->max_queued == UINT64_MAX);
	assert_int_equal(proc->threads->nr, 3);
	assert_int_equal(proc->threads->at[0].tid, 9);
	assert_int_equal(proc->threads->at[1].ns[THREAD_NS_IPC], 5);
	saved(&snap, &again);
	assert_non_null(memmem(again.data, again.len, from, (size_t)(end - from)));
	snapshot_free(&snap);
	buf_free(&again);
	for (i = 0; i < ARRAY_SIZE(wrong); i += 2) {
		assert_int_equal(load(wrong[i], strlen(wrong[i]), &layout, &snap, why), -EBADMSG);
		assert_string_equal(why, wrong[i + 1]);
	}
}

/* Of what the pictures above have none. */
static void limits_places_and_paths_of_sockets_are_kept(void **state)
{
	static const char *const lines[] = {
		"{\"place\":\"/run\"}",
		"{\"limit\":\"SHM_BYTES\",\"known\":true,\"has_used\":true,\"max\":\"18446744073709551615\"",
		"{\"limit\":\"MSGMNI\",\"absent\":true}",
		"{\"tally\":0,\"parts\":[\"counts\"],\"fds\":3,\"max_fds\":1024}",
		"{\"object\":\"unix\",\"ns\":9,\"id\":4,\"inode\":true,",
		"\"place\":1,\"limit\":2,\"tally\":1}}",
	};
	static const char text[] =
		"{\"ipcscope\":\"x\",\"snapshot\":1,\"taken\":5}\n"
		"{\"class\":\"unix\",\"wanted\":[\"name\"]}\n"
		"{\"place\":\"/run\"}\n"
		"{\"limit\":\"SHM_BYTES\",\"known\":true,\"has_used\":true,"
		"\"max\":\"18446744073709551615\",\"used\":7}\n"
		"{\"limit\":\"MSGMNI\",\"absent\":true}\n"
		"{\"limit\":\"OF_A_NEWER_VERSION\"}\n"
		"{\"process\":7,\"start\":1,\"uid\":0}\n"
		"{\"tally\":0,\"parts\":[\"counts\"],\"fds\":3,\"max_fds\":1024}\n"
		"{\"object\":\"unix\",\"ns\":9,\"id\":4,\"inode\":true,\"fields\":{\"name\":\"/run/x\"}}\n"
		"{\"end\":{\"process\":1,\"object\":1,\"place\":1,\"limit\":3,\"tally\":1}}\n";
	struct layout layout;
	struct snapshot snap;
	struct buf again;
	char why[256];
	size_t i;

	(void)state;
	assert_int_equal(load(text, strlen(text), &layout, &snap, why), 0);
	assert_int_equal(snap.objects.at[0].key.space, SPACE_INODE);
	assert_int_equal(snap.processes.at[0].tally->fds, 3);
	assert_true(snap.limits[LIMIT_MSGMNI].absent);
	saved(&snap, &again);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		assert_non_null(strstr(again.data, lines[i]));
	snapshot_free(&snap);
	buf_free(&again);
	assert_int_equal(load(HEAD "{\"tally\":0,\"parts\":[]}\n", strlen(HEAD) + 24, &layout,
			      &snap, why), -EBADMSG);
	assert_string_equal(why, "line 2: a tally of no process");
}

static void law_what_is_cut_short_is_noticed(void **state)
{
	struct layout layout;
	struct snapshot snap;
	struct shot shot;
	struct buf text;
	char why[256];
	size_t len;

	(void)state;
	shot_load(&shot, "hostile");
	saved(&shot.snap, &text);
	for (len = 0; len < text.len; len++) {
		assert_int_equal(load(text.data, len, &layout, &snap, why),
				 -EBADMSG);
		assert_true(why[0]);
	}
	assert_int_equal(load(text.data, len, &layout, &snap, why), 0);
	snapshot_free(&snap);
	buf_free(&text);
	shot_free(&shot);
}

#define FIELDS	"{\"class\":\"shm\",\"wanted\":[\"size\",\"ctime\",\"no such\"]}\n"
#define PROC	"{\"process\":7,\"start\":1,\"uid\":0,\"comm\":\"a\"}\n"
#define OBJECT	"{\"object\":\"shm\",\"ns\":1,\"id\":2,\"fields\":{\"size\":4096}}\n"
#define EDGE	"{\"edge\":\"attached\",\"object\":0,\"process\":0,\"access\":1}\n"
#define ONE_OF_EACH "{\"end\":{\"process\":1,\"object\":1,\"edge\":1}}\n"
#define GOOD	HEAD FIELDS PROC OBJECT EDGE

static void broken_lines_are_named(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "it is empty" },
		{ "\n", "line 1: not an object of JSON" },
		{ "{}\n", "line 1: this is no snapshot of ipcscope" },
		{ "{\"objects\":[]}\n", "line 1: this is no snapshot of ipcscope" },
		{ "{\"ipcscope\":\"9\",\"snapshot\":2}\n",
		  "line 1: a snapshot of version 2, this ipcscope reads version 1" },
		{ HEAD, "cut short after line 1" },
		{ HEAD "{\"end\":{}}", "cut short after line 1" },
		{ GOOD ONE_OF_EACH "{}\n", "line 7: something behind the end" },
		{ GOOD "{\"end\":{\"process\":1,\"object\":2,\"edge\":1}}\n",
		  "line 6: 2 lines \"object\" were written, 1 are there" },
		{ GOOD "[]\n", "line 6: not an object of JSON" },
		{ GOOD "{\"process\":7,\"process\":8}\n", "line 6: not an object of JSON" },
		{ GOOD FIELDS, "line 6: fields of a class behind what has them" },
		{ GOOD PROC, "line 6: a process that was there before" },
		{ GOOD OBJECT, "line 6: an object that was there before" },
		{ GOOD "{\"object\":\"spoon\",\"ns\":1,\"id\":9}\n",
		  "line 6: an object of a class that is not known here" },
		{ GOOD "{\"object\":\"shm\",\"ns\":-1,\"id\":9}\n",
		  "line 6: ns is no number that fits" },
		{ GOOD "{\"object\":\"shm\",\"ns\":1,\"id\":9,\"fields\":{\"size\":\"5\"}}\n",
		  "line 6: size is no number that fits" },
		{ GOOD "{\"object\":\"shm\",\"ns\":1,\"id\":9,\"fields\":{\"uid\":4294967296}}\n",
		  "line 6: uid is no number that fits" },
		{ GOOD "{\"object\":\"shm\",\"ns\":1,\"id\":9,\"fields\":{\"ctime\":9223372036854775807}}\n",
		  "line 6: ctime is no number that fits" },
		{ GOOD "{\"object\":\"pshm\",\"ns\":1,\"id\":9,\"fields\":{\"name\":5}}\n",
		  "line 6: name is no text" },
		{ GOOD "{\"object\":\"pshm\",\"ns\":1,\"id\":9,\"fields\":{\"name_hex\":\"fg\"}}\n",
		  "line 6: name_hex is not in hexadecimal" },
		{ GOOD "{\"object\":\"pshm\",\"ns\":1,\"id\":9,\"fields\":{\"name_hex\":\"abc\"}}\n",
		  "line 6: name_hex is not in hexadecimal" },
		{ GOOD "{\"edge\":\"eats\",\"object\":0,\"process\":0}\n",
		  "line 6: an edge of a kind that is not known here" },
		{ GOOD "{\"edge\":\"open\",\"object\":1,\"process\":0}\n",
		  "line 6: an edge that leads nowhere" },
		{ GOOD "{\"edge\":\"open\",\"object\":0,\"process\":1}\n",
		  "line 6: an edge that leads nowhere" },
		{ GOOD "{\"edge\":\"open\",\"object\":0}\n",
		  "line 6: an edge that leads nowhere" },
		{ GOOD "{\"edge\":\"peer\",\"object\":0,\"other\":1}\n",
		  "line 6: an edge that leads nowhere" },
		{ GOOD "{\"edge\":\"open\",\"object\":0,\"process\":0,\"access\":16}\n",
		  "line 6: access is no number that fits" },
		{ GOOD "{\"gap\":\"fds\",\"errno\":\"EWHAT\",\"pid\":1}\n",
		  "line 6: errno is none that is known here" },
		{ GOOD "{\"gap\":\"fds\",\"errno\":\"EIO\"}\n",
		  "line 6: a gap without the pid of its process" },
		{ GOOD "{\"warning\":\"f\\u001bds\"}\n", "line 6: warning is no word" },
		{ GOOD "{\"edge\":\"peer\",\"object\":0,\"process\":0,\"other\":0}\n",
		  "line 6: an edge that leads nowhere" },
		{ GOOD "{\"name\":\"user\",\"id\":1}\n{\"name\":\"user\",\"id\":1}\n",
		  "line 7: a name that was there before" },
		{ GOOD "{\"gap\":\"abcdefghijklmnopqrstuvwxyzabcdefg\",\"pid\":1}\n",
		  "line 6: gap is no word" },
		{ GOOD "{\"name\":\"cat\",\"id\":1}\n",
		  "line 6: the name of neither a user nor a group" },
	};
	struct layout layout;
	struct snapshot snap;
	char why[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(load(cases[i].text, strlen(cases[i].text),
				      &layout, &snap, why), -EBADMSG);
		assert_string_equal(why, cases[i].why);
		assert_int_equal(snap.objects.nr, 0);
	}
}

/* A file of a newer version that only has more is read. */
static void what_is_not_known_here_is_left_out(void **state)
{
	static const char text[] = GOOD
		"{\"smell\":\"fishy\"}\n"
		"{\"gap\":\"dreams\",\"errno\":\"EIO\",\"pid\":1}\n"
		"{\"end\":{\"process\":1,\"object\":1,\"edge\":1,\"gap\":1}}\n";
	const struct object *obj;
	struct layout layout;
	struct snapshot snap;
	uint64_t size;
	char why[256];

	(void)state;
	assert_int_equal(load(text, sizeof(text) - 1, &layout, &snap, why), 0);
	assert_int_equal(snap.objects.nr, 1);
	obj = &snap.objects.at[0];
	assert_true(object_num(&snap, obj, FIELD_SIZE, &size));
	assert_int_equal(size, 4096);
	assert_false(object_num(&snap, obj, FIELD_CTIME, &size));
	assert_int_equal(obj->nr_edges, 1);
	assert_int_equal(snap.gaps.nr, 0);
	snapshot_free(&snap);
}

static void files_that_cannot_be_read(void **state)
{
	struct layout layout;
	struct snapshot snap;
	char why[256];

	(void)state;
	assert_int_equal(record_load("/nonexistent/x", &layout, &snap, why), -ENOENT);
	assert_string_equal(why, "");
	assert_int_equal(record_load("/", &layout, &snap, why), -EISDIR);
	assert_string_equal(why, "Is a directory");
	assert_int_equal(record_load("/dev/null", &layout, &snap, why), -EBADMSG);
	assert_string_equal(why, "it is empty");
}

struct place {
	char dir[64];
	char path[80];
	struct shot shot;
};

static int setup(void **state)
{
	static struct place place;

	snprintf(place.dir, sizeof(place.dir), "/tmp/ipcscope-record-XXXXXX");
	if (!mkdtemp(place.dir))
		return -1;
	snprintf(place.path, sizeof(place.path), "%s/snap", place.dir);
	shot_load(&place.shot, "hostile");
	*state = &place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	unlink(place->path);
	shot_free(&place->shot);
	return rmdir(place->dir);
}

/* Entries in the directory but "." and "..". */
static int files_in(const char *dir)
{
	DIR *handle = opendir(dir);
	int nr = 0;

	assert_non_null(handle);
	while (readdir(handle))
		nr++;
	closedir(handle);
	return nr - 2;
}

static void put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void assert_is_saved(const struct place *place)
{
	struct buf text, expected;

	read_file(place->path, &text);
	saved(&place->shot.snap, &expected);
	assert_string_equal(text.data, expected.data);
	buf_free(&text);
	buf_free(&expected);
}

static void saves_beside_and_renames(void **state)
{
	struct place *place = *state;
	struct stat before, st;

	put_file(place->path, "old");
	assert_int_equal(chmod(place->path, 0644), 0);
	assert_int_equal(stat(place->path, &before), 0);
	umask(0);
	assert_int_equal(record_save(place->path, &place->shot.snap), 0);
	umask(022);
	assert_int_equal(stat(place->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_not_equal(st.st_ino, before.st_ino);
	assert_is_saved(place);
	assert_int_equal(files_in(place->dir), 1);
}

static void a_link_stays_one(void **state)
{
	struct place *place = *state;
	char link[96];
	struct stat st;

	snprintf(link, sizeof(link), "%s/link", place->dir);
	put_file(place->path, "old");
	assert_int_equal(symlink("snap", link), 0);
	assert_int_equal(record_save(link, &place->shot.snap), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_is_saved(place);
	assert_int_equal(unlink(link), 0);
}

/* No room left, as far as a test can have that without a disk of its own. */
static void a_failure_leaves_the_old_file(void **state)
{
	struct rlimit small = { .rlim_cur = 1000 }, before;
	struct place *place = *state;
	struct buf text;
	int err;

	put_file(place->path, "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	err = record_save(place->path, &place->shot.snap);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(err, -EFBIG);
	read_file(place->path, &text);
	assert_string_equal(text.data, "old");
	buf_free(&text);
	assert_int_equal(files_in(place->dir), 1);

	assert_int_equal(record_save("/nonexistent/x", &place->shot.snap),
			 -ENOENT);
	assert_int_equal(record_save(place->dir, &place->shot.snap), -EISDIR);
	assert_int_equal(files_in(place->dir), 1);
}

static void a_device_is_written_to_and_not_replaced(void **state)
{
	struct place *place = *state;
	struct stat st;

	assert_int_equal(record_save("/dev/full", &place->shot.snap), -ENOSPC);
	assert_int_equal(record_save("/dev/null", &place->shot.snap), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_what_was_saved_is_loaded),
		cmocka_unit_test(limits_places_and_paths_of_sockets_are_kept),
		cmocka_unit_test(signals_and_threads_are_kept),
		cmocka_unit_test(law_what_is_cut_short_is_noticed),
		cmocka_unit_test(broken_lines_are_named),
		cmocka_unit_test(what_is_not_known_here_is_left_out),
		cmocka_unit_test(files_that_cannot_be_read),
		cmocka_unit_test_setup_teardown(saves_beside_and_renames, setup, teardown),
		cmocka_unit_test_setup_teardown(a_link_stays_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failure_leaves_the_old_file, setup, teardown),
		cmocka_unit_test_setup_teardown(a_device_is_written_to_and_not_replaced,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
