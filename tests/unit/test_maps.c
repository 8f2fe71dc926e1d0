// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/host.h"
#include "ipcscope/vec.h"

static int parse(const char *text, struct host_vma *vma)
{
	const char *at = text;

	return host_parse_vma(&at, text + strlen(text), vma);
}

static void test_line(void **state)
{
	struct host_vma vma;

	(void)state;
	assert_int_equal(parse("7f12a0000000-7f12a0001000 rw-s 00002000 00:01 32792"
			       "      /SYSV05ce0000 (deleted)\n", &vma), 1);
	assert_int_equal(vma.start, 0x7f12a0000000);
	assert_int_equal(vma.end, 0x7f12a0001000);
	assert_int_equal(vma.offset, 0x2000);
	assert_int_equal(vma.dev, makedev(0, 1));
	assert_int_equal(vma.ino, 32792);
	assert_int_equal(vma.access, 3);
	assert_true(vma.shared);
	assert_true(vma.deleted);
	assert_int_equal(vma.len, strlen("/SYSV05ce0000"));
	assert_memory_equal(vma.name, "/SYSV05ce0000", vma.len);
	assert_int_equal(vma.page_size, 0);
}

static void test_other_lines(void **state)
{
	struct host_vma vma;

	(void)state;
	assert_int_equal(parse("1000-2000 --xp 00000000 fe:103 7\n", &vma), 1);
	assert_int_equal(vma.dev, makedev(0xfe, 0x103));
	assert_int_equal(vma.access, 4);
	assert_false(vma.shared);
	assert_int_equal(vma.len, 0);
	assert_int_equal(parse("1000-2000 r--p 00000000 00:00 0    [stack]\n", &vma), 1);
	assert_int_equal(vma.len, 7);
	assert_int_equal(parse("1000-2000 r--p 00000000 00:00 5    /a (deleted)  \n", &vma), 1);
	assert_false(vma.deleted);
	assert_int_equal(parse("1000-2000 r--p 00000000 00:00 5     (deleted)\n", &vma), 1);
	assert_int_equal(vma.len, strlen("(deleted)"));
}

static void test_malformed(void **state)
{
	static const char *const lines[] = {
		"\n", "1000-2000\n", "1000 2000 rw-s 0 00:01 5\n",
		"1000-2000 rw-q 0 00:01 5\n", "1000-2000 wr-s 0 00:01 5\n",
		"1000-2000 rw-s 0 00:01 x\n", "1000-2000 rw-s 0 0001 5\n",
		"1000-2000 rw-s 0 00:01 5x\n", "2000-1000 rw-s 0 00:01 5\n",
		"1000-1000 rw-s 0 00:01 5\n", "1000-2000 rw-s 0 00:100000000 5\n",
		"10000000000000000-2 rw-s 0 00:01 5\n", "-2000 rw-s 0 00:01 5\n",
		" 1000-2000 rw-s 0 00:01 5\n", "1000-2000  rw-s 0 00:01 5\n",
		"1000-2000 rw-s 0 00:01 -5\n",
		"1000-2000 rw-s 0 00:01 99999999999999999999\n",
		"1000-2000 rw-s 0 00:01 5 /cut off",
	};
	struct host_vma vma;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (parse(lines[i], &vma) != -EBADMSG)
			fail_msg("taken for a mapping: %s", lines[i]);
	}
	assert_int_equal(parse("", &vma), 0);
}

static void test_nul_in_line(void **state)
{
	static const char text[] = "1000-2000 rw-s 0 00:01 5 /a\0b\n";
	const char *at = text;
	struct host_vma vma;

	(void)state;
	assert_int_equal(host_parse_vma(&at, text + sizeof(text) - 1, &vma), -EBADMSG);
	assert_ptr_equal(at, text + sizeof(text) - 1);
}

/* What is malformed costs its own line, not the next. */
static void test_goes_on(void **state)
{
	static const char text[] = "rubbish\n1000-2000 rw-s 0 00:01 5 /a\n";
	const char *at = text, *end = text + sizeof(text) - 1;
	struct host_vma vma;

	(void)state;
	assert_int_equal(host_parse_vma(&at, end, &vma), -EBADMSG);
	assert_int_equal(host_parse_vma(&at, end, &vma), 1);
	assert_int_equal(vma.ino, 5);
	assert_int_equal(host_parse_vma(&at, end, &vma), 0);
}

#define NAME_ROOM	512

struct mapping {
	struct host_vma vma;
	char name[NAME_ROOM];
};

struct mappings VEC(struct mapping);

static void keep(struct mappings *all, const struct host_vma *vma)
{
	struct mapping *one = vec_add(all);

	one->vma = *vma;
	assert_true(vma->len < NAME_ROOM);
	assert_int_equal(vma->name[vma->len], '\0');
	memcpy(one->name, vma->name, vma->len);
}

static void open_own(struct host_dir *proc, struct host_maps *maps)
{
	const struct host_ops *ops = live_host.ops;

	assert_int_equal(ops->open_dir(&live_host, NULL, "/proc/self", proc), 0);
	assert_int_equal(ops->open_maps(proc, maps), 0);
}

/* All of them one way: by asking, or by the text. */
static void list_own(bool query, struct mappings *all)
{
	const struct host_ops *ops = live_host.ops;
	struct host_maps maps;
	struct host_vma vma;
	struct host_dir proc;
	int ret;

	open_own(&proc, &maps);
	if (!query)
		maps.query = false;
	while ((ret = ops->next_vma(&maps, &vma)) > 0)
		keep(all, &vma);
	assert_int_equal(ret, 0);
	ops->close_maps(&maps);
	ops->close_dir(&proc);
}

static void assert_same(const struct mapping *a, const struct mapping *b)
{
	assert_int_equal(a->vma.start, b->vma.start);
	assert_int_equal(a->vma.end, b->vma.end);
	assert_int_equal(a->vma.offset, b->vma.offset);
	assert_int_equal(a->vma.dev, b->vma.dev);
	assert_int_equal(a->vma.ino, b->vma.ino);
	assert_int_equal(a->vma.access, b->vma.access);
	assert_int_equal(a->vma.shared, b->vma.shared);
	assert_int_equal(a->vma.len, b->vma.len);
	assert_int_equal(a->vma.deleted, b->vma.deleted);
	assert_string_equal(a->name, b->name);
}

struct own {
	char dir[64];
	char path[96];
	int file;
	int memfd;
	char *at[4];
	size_t page;
};

static void map_one(struct own *own, int i, int fd, int prot, size_t offset)
{
	own->at[i] = mmap(NULL, own->page, prot, MAP_SHARED, fd, offset);
	assert_true(own->at[i] != MAP_FAILED);
}

/* A file of an odd name, a memfd, a deleted file, and shared memory of none. */
static void make_own(struct own *own)
{
	own->page = sysconf(_SC_PAGESIZE);
	strcpy(own->dir, "/tmp/ipcscope-maps-XXXXXX");
	assert_non_null(mkdtemp(own->dir));
	snprintf(own->path, sizeof(own->path), "%s/a \n b\\c\xff", own->dir);
	own->file = open(own->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(own->file >= 0);
	assert_int_equal(ftruncate(own->file, 4 * own->page), 0);
	own->memfd = memfd_create("test", MFD_CLOEXEC);
	assert_int_equal(ftruncate(own->memfd, own->page), 0);
	map_one(own, 0, own->file, PROT_READ | PROT_WRITE, own->page);
	map_one(own, 1, own->file, PROT_READ, 0);
	map_one(own, 2, own->memfd, PROT_READ | PROT_WRITE, 0);
	own->at[3] = mmap(NULL, own->page, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(own->at[3] != MAP_FAILED);
}

static void drop_own(struct own *own)
{
	int i;

	for (i = 0; i < 4; i++)
		munmap(own->at[i], own->page);
	close(own->file);
	close(own->memfd);
	unlink(own->path);
	rmdir(own->dir);
}

static const struct mapping *find(const struct mappings *all, const char *at)
{
	const struct mapping *one;

	vec_for_each(one, all) {
		if (one->vma.start == (uintptr_t)at)
			return one;
	}
	fail_msg("mapping at %p not listed", (const void *)at);
	return NULL;
}

static void check_own(const struct own *own, const struct mappings *all)
{
	const struct mapping *one;
	struct stat st;

	assert_int_equal(stat(own->path, &st), 0);
	one = find(all, own->at[0]);
	assert_string_equal(one->name, own->path);
	assert_int_equal(one->vma.ino, st.st_ino);
	assert_int_equal(one->vma.dev, st.st_dev);
	assert_int_equal(one->vma.offset, own->page);
	assert_int_equal(one->vma.end, (uintptr_t)own->at[0] + own->page);
	assert_int_equal(one->vma.access, 3);
	assert_int_equal(find(all, own->at[1])->vma.access, 1);
	one = find(all, own->at[2]);
	assert_string_equal(one->name, "/memfd:test");
	assert_true(one->vma.deleted);
	assert_string_equal(find(all, own->at[3])->name, "/dev/zero");
}

static void test_query_is_text(void **state)
{
	struct mappings asked = { 0 }, read = { 0 };
	struct own own;
	uint32_t i;

	(void)state;
	make_own(&own);
	list_own(true, &asked);
	list_own(false, &read);
	assert_int_equal(asked.nr, read.nr);
	for (i = 0; i < asked.nr; i++)
		assert_same(&asked.at[i], &read.at[i]);
	check_own(&own, &asked);
	check_own(&own, &read);
	drop_own(&own);
	vec_free(&asked);
	vec_free(&read);
}

static void find_both(const void *addr, int expected)
{
	const struct host_ops *ops = live_host.ops;
	struct mappings all = { 0 };
	struct host_maps maps;
	struct host_vma vma;
	struct host_dir proc;
	int query, ret;

	for (query = 1; query >= 0; query--) {
		open_own(&proc, &maps);
		maps.query &= query;
		ret = ops->find_vma(&maps, (uintptr_t)addr, &vma);
		assert_int_equal(ret, expected);
		if (ret > 0) {
			assert_in_range((uintptr_t)addr, vma.start, vma.end - 1);
			keep(&all, &vma);
		}
		/* Looking for one does not move the list. */
		assert_int_equal(ops->find_vma(&maps, (uintptr_t)addr, &vma), expected);
		ops->close_maps(&maps);
		ops->close_dir(&proc);
	}
	if (expected)
		assert_same(&all.at[0], &all.at[1]);
	vec_free(&all);
}

static void test_find(void **state)
{
	struct own own;

	(void)state;
	make_own(&own);
	find_both(own.at[0], 1);
	find_both(own.at[0] + own.page - 1, 1);
	find_both(own.at[3], 1);
	find_both((const void *)(uintptr_t)test_find, 1);
	find_both(&own, 1);
	find_both(NULL, 0);
	find_both((const void *)UINTPTR_MAX, 0);
	drop_own(&own);
	find_both(own.at[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_other_lines),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_nul_in_line),
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_query_is_text),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
