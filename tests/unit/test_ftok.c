// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys, and the search for the files they come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyfiles/ftok.h"
#include "keyfiles/keyfiles.h"
#include "machine.h"

static void test_arithmetic(void **state)
{
	(void)state;
	assert_int_equal(ftok_key(makedev(8, 0x103), 0x1234abcd, 0x52),
			 0x5203abcd);
	assert_true(ftok_fits(0x5203abcd, makedev(99, 0x203), 0xabcd));
	assert_false(ftok_fits(0x5203abcd, makedev(8, 2), 0x1234abcd));
	assert_false(ftok_fits(0x5203abcd, makedev(8, 3), 0x1234abce));
}

/* The C library has the last word. */
static void test_as_the_library(void **state)
{
	char path[] = "/tmp/ipcscope-ftok-XXXXXX";
	struct stat st;
	int id, fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	for (id = 0; id < 256; id++)
		assert_int_equal(ftok_key(st.st_dev, st.st_ino, (uint8_t)id),
				 (uint32_t)ftok(path, id));
	close(fd);
	unlink(path);
}

static void test_ids(void **state)
{
	static const struct { const char *text; int id; } good[] = {
		{ "1", 1 }, { "255", 255 }, { "0x52", 0x52 }, { "R", 'R' },
		{ "'1'", '1' }, { "'", '\'' }, { "\xe4", 0xe4 }, { "0", 0 },
	};
	static const char *const bad[] = { "", "256", "-1", "RR", "'12'", "1x" };
	uint8_t id;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(ftok_parse_id(good[i].text, &id));
		assert_int_equal(id, good[i].id);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(ftok_parse_id(bad[i], &id));
}

static void test_keys(void **state)
{
	static const struct { const char *text; uint32_t key; } good[] = {
		{ "0x05ce0001", 0x05ce0001 }, { "97386497", 0x05ce0001 },
		{ "-2", 0xfffffffe }, { "-2147483648", 0x80000000 },
		{ "0xffffffff", 0xffffffff },
	};
	static const char *const bad[] = {
		"", "-", "0x", "0x100000000", "-2147483649", "5 ", "key",
	};
	uint32_t key;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(ftok_parse_key(good[i].text, &key));
		assert_int_equal(key, good[i].key);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(ftok_parse_key(bad[i], &key));
}

/* ---- the search ---- */

#define KEY	0x0103abcdu

static struct key_search search;

static void run(const char *const *dirs, uint32_t nr_dirs, const pid_t *pids,
		uint32_t nr_pids)
{
	machine_build(&box);
	search.host = box.host;
	search.key = KEY;
	search.dirs = dirs;
	search.nr_dirs = nr_dirs;
	search.pids = pids;
	search.nr_pids = nr_pids;
	if (!search.most)
		search.most = 1000;
	key_search_run(&search);
}

/* "path near pid younger; ..." */
static void expect(const char *text)
{
	const struct key_file *file;
	struct buf found = {};

	vec_for_each(file, &search.files) {
		if (found.len)
			buf_puts(&found, "; ");
		buf_str(&found, file->path);
		buf_printf(&found, " %d", file->near);
		if (file->pid)
			buf_printf(&found, " %d", file->pid);
		if (file->younger)
			buf_puts(&found, " younger");
	}
	assert_string_equal(found.data ? found.data : "", text);
	buf_free(&found);
}

static int setup(void **state)
{
	search = (struct key_search){};
	return machine_setup(state);
}

static int teardown(void **state)
{
	key_search_free(&search);
	return machine_teardown(state);
}

/* Mounts as on most machines; the root is 8:3. */
static void usual_mounts(const char *more)
{
	machine_add(&box, "file /proc/9/mountinfo <<END\n"
		    "20 1 8:3 / / rw - ext4 /dev/a rw\n"
		    "21 20 0:4 / /proc rw - proc proc rw\n"
		    "22 20 0:5 / /sys rw - sysfs sysfs rw\n%sEND", more);
	machine_add(&box, "dir / dev=8:3 ino=2\ndir /proc dev=0:4 ino=1\n"
		    "dir /sys dev=0:5 ino=1");
}

/* Where the inode fits, and the device: not a link, not one in /sys. */
static void test_everywhere(void **state)
{
	(void)state;
	usual_mounts("");
	machine_add(&box, "dir /opt/deep/er ino=77");
	machine_add(&box, "file /opt/deep/er/file ino=0x3abcd");
	machine_add(&box, "file /etc/a ino=0xabcd");
	machine_add(&box, "file /etc/b ino=0xabce");
	machine_add(&box, "dir /srv/dir ino=0x1abcd");
	machine_add(&box, "link /etc/link -> /etc/none ino=0x2abcd");
	machine_add(&box, "file /etc/foreign dev=8:4 ino=0xabcd");
	machine_add(&box, "file /sys/file dev=0:3 ino=0xabcd");
	run(NULL, 0, NULL, 0);
	expect("/etc/a 3; /srv/dir 3; /opt/deep/er/file 3");
	assert_false(search.stopped);
}

static void test_given(void **state)
{
	static const char *const dirs[] = { "/srv", "/opt" };

	(void)state;
	usual_mounts("");
	machine_add(&box, "file /etc/a ino=0xabcd");
	machine_add(&box, "file /opt/one ino=0xabcd\nfile /srv/x/two ino=0x1abcd");
	run(dirs, 2, NULL, 0);
	expect("/opt/one 1; /srv/x/two 1");
}

/* What a user of the object has comes first, wherever it is. */
static void test_processes(void **state)
{
	static const pid_t pids[] = { 42, 43 };

	(void)state;
	usual_mounts("");
	machine_add(&box, "file /etc/a ino=0xabcd");
	machine_add(&box, "file /data/x ino=0x1abcd\nfile /job/near ino=0x2abcd");
	machine_add(&box, "file /data/prog/run ino=4\nfile /data/prog/conf ino=0x3abcd");
	machine_add(&box, "link /proc/42/exe -> /data/prog/run");
	machine_add(&box, "link /proc/42/cwd -> /job");
	machine_add(&box, "link /proc/42/fd/3 -> /data/x");
	machine_add(&box, "link /proc/42/fd/4 -> pipe:[17]");
	run(NULL, 0, pids, 2);	/* 43 is gone */
	expect("/data/x 0 42; /job/near 2 42; /data/prog/conf 2 42; /etc/a 3");
}

/* Local ones are entered, others named; a file can be mounted on, too. */
static void test_mounts(void **state)
{
	(void)state;
	usual_mounts("23 20 8:259 / /mnt/disk rw - xfs /dev/b rw\n"
		     "24 20 0:51 / /mnt/net rw - nfs4 host:/ rw\n"
		     "25 20 8:3 / /etc/hosts rw - ext4 /dev/a rw\n");
	machine_add(&box, "dir /mnt/disk dev=8:259 ino=2\nfile /mnt/disk/f ino=0xabcd");
	machine_add(&box, "dir /mnt/net dev=0:51 ino=2\nfile /mnt/net/f dev=0:3 ino=0xabcd");
	machine_add(&box, "file /etc/hosts ino=0x1abcd");
	run(NULL, 0, NULL, 0);
	expect("/etc/hosts 3; /mnt/disk/f 3");
	assert_int_equal(search.skipped.nr, 1);
	assert_string_equal(search.skipped.at[0].path->data, "/mnt/net");
	assert_string_equal(search.skipped.at[0].type->data, "nfs4");
}

/* A network file system that was named is searched. */
static void test_named_mount(void **state)
{
	static const char *const dirs[] = { "/mnt/net" };

	(void)state;
	usual_mounts("24 20 0:51 / /mnt/net rw - nfs4 host:/ rw\n");
	machine_add(&box, "dir /mnt/net dev=0:3 ino=2\nfile /mnt/net/f ino=0xabcd");
	run(dirs, 1, NULL, 0);
	expect("/mnt/net/f 1");
}

static void test_younger_last(void **state)
{
	(void)state;
	usual_mounts("");
	machine_add(&box, "file /a ino=0xabcd btime=500");
	machine_add(&box, "file /etc/long/name ino=0x1abcd btime=400");
	search.since = 450;
	run(NULL, 0, NULL, 0);
	expect("/etc/long/name 3; /a 3 younger");
}

static void test_bound(void **state)
{
	static const char *const dirs[] = { "/many" };
	int i;

	(void)state;
	usual_mounts("");
	for (i = 0; i < 20; i++)
		machine_add(&box, "file /many/%02d ino=%d", i, i);
	machine_add(&box, "file /many/zz ino=0xabcd");
	search.most = 10;
	run(dirs, 1, NULL, 0);
	expect("");
	assert_true(search.stopped);
	assert_int_equal(search.entries, 11);
}

static void test_unread(void **state)
{
	static const char *const dirs[] = { "/d" };

	(void)state;
	usual_mounts("");
	machine_add(&box, "file /d/a/file ino=0xabcd\nfile /d/b/file ino=0x1abcd");
	machine_add(&box, "error /d/a EACCES open_dir");
	run(dirs, 1, NULL, 0);
	expect("/d/b/file 1");
	assert_int_equal(search.unread, 1);
	assert_string_equal(search.first_unread->data, "/d/a");
}

/* Only what can fit costs a look at its inode. */
static void test_cost(void **state)
{
	static const char *const dirs[] = { "/many" };
	uint64_t looks;
	int i;

	(void)state;
	usual_mounts("");
	for (i = 0; i < 200; i++)
		machine_add(&box, "file /many/%02d ino=%d", i, i + 1000);
	machine_add(&box, "file /many/zz ino=0xabcd");
	run(dirs, 1, NULL, 0);
	expect("/many/zz 1");
	looks = CALLS_OF(&box, stat);
	assert_in_range(looks, 1, 20);
}

#define SEARCH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_as_the_library),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_keys),
		SEARCH(test_everywhere),
		SEARCH(test_given),
		SEARCH(test_processes),
		SEARCH(test_mounts),
		SEARCH(test_named_mount),
		SEARCH(test_younger_last),
		SEARCH(test_bound),
		SEARCH(test_unread),
		SEARCH(test_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
