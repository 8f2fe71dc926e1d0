// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/sysmacros.h>
#include <cmocka.h>

#include "ipcscope/filter.h"
#include "ipcscope/snapshot.h"
#include "ipcscope/text.h"
#include "sample.h"

static int setup(void **state)
{
	static struct sample sample;

	sample_init(&sample);
	*state = &sample;
	return 0;
}

static int teardown(void **state)
{
	sample_free(*state);
	return 0;
}

/* The numbers of the objects meant, in order: "163840 163841". */
static void meant(struct buf *buf, const struct sample *sample, const char *text)
{
	struct arena arena = {};
	const struct object *obj;
	const char *why = NULL;
	struct ref ref;

	buf_reset(buf);
	buf_puts(buf, "");
	if (!ref_parse(text, &arena, &ref, &why))
		fail_msg("%s: %s", text, why);
	vec_for_each(obj, &sample->snap.objects) {
		if (!ref_matches(&ref, &sample->snap, obj))
			continue;
		if (buf->len)
			buf_putc(buf, ' ');
		buf_puts(buf, class_infos[obj->class]->name);
		buf_putc(buf, ' ');
		buf_u64(buf, obj->key.id);
	}
	arena_free(&arena);
}

static void finds_what_is_meant(void **state)
{
	static const struct {
		const char *text, *expect;
	} cases[] = {
		{ "shm:163840", "shm 163840" },
		{ "shm:163841", "shm 163841" },
		{ "shm:163841@4026531839", "shm 163841" },
		{ "shm:163841@4026532777", "shm 163841" },
		{ "shm:163841@5", "" },
		{ "shm:0x05ce0001", "shm 163841" },
		{ "shm:0x5CE0001@4026532777", "shm 163841" },
		{ "sem:0x05ce0001", "" },
		{ "0x5ce0004", "sem 32772" },
		{ "sysv:32772", "sem 32772 msg 32772" },
		{ "32772", "sem 32772 msg 32772" },
		{ "48151", "pipe 48151" },
		{ "pshm:/psm_58b99b38", "pshm 2001" },
		{ "pshm:/name@4026531839", "pshm 2003" },
		{ "pshm:/0:25/2025", "pshm 2004" },
		{ "pshm:2025", "pshm 2025" },
		{ "pshm:0:25/2025", "pshm 2025" },
		{ "pshm:0:99/2001", "pshm 2001" },
		{ "pshm:/elsewhere", "" },
		{ "psem:/scen-psem0", "psem 3001" },
		{ "pmsg:/scen-mq", "pmsg 4001" },
		{ "fifo:/run/f", "fifo 77" },
		{ "fifo:/run/g h", "fifo 77" },
		{ "fifo:8:2/77", "fifo 77" },
		{ "fifo:77", "fifo 77 fifo 77" },
		{ "unix:/run/x.sock", "unix 48152" },
		{ "unix:48153", "unix 48153" },
		{ "unix:@abstract", "unix 48156" },
		{ "unix:@abs@123", "unix 48157" },
		{ "unix:@a\\x00b\\\\\\x0a", "unix 48158" },
		{ "unix:48159@4026532777", "unix 48159" },
		{ "unix:48159@4026531840", "" },
		{ "@abstract", "unix 48156" },
		{ "/run/f", "fifo 77" },
		{ "eventfd:17", "eventfd 17" },
		{ "pty:4", "pty 4" },
		{ "pty:0:31/4", "pty 4" },
		{ "shm:999", "" },
	};
	struct buf buf = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		meant(&buf, *state, cases[i].text);
		if (strcmp(buf.data, cases[i].expect))
			fail_msg("%s means '%s', not '%s'", cases[i].text,
				 buf.data, cases[i].expect);
	}
	buf_free(&buf);
}

static void tells_namespaces_and_devices_apart(void **state)
{
	const struct sample *sample = *state;
	struct arena arena = {};
	const struct object *obj;
	const char *why;
	struct ref ref;

	assert_true(ref_parse("shm:163841@4026532777", &arena, &ref, &why));
	vec_for_each(obj, &sample->snap.objects) {
		if (ref_matches(&ref, &sample->snap, obj))
			assert_true(obj->key.ns == SAMPLE_OTHER_NS);
	}
	assert_true(ref_parse("pshm:2025", &arena, &ref, &why));
	vec_for_each(obj, &sample->snap.objects) {
		if (ref_matches(&ref, &sample->snap, obj))
			assert_true(obj->key.ns == makedev(0, 25));
	}
	arena_free(&arena);
}

static void says_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *expect;
	} cases[] = {
		{ "shn:5", "no class 'shn', perhaps 'shm'? All: ipcscope help classes" },
		{ "shn", "no class 'shn', perhaps 'shm'? All: ipcscope help classes" },
		{ "zzzzzz:5", "no class 'zzzzzz'; all: ipcscope help classes" },
		{ "zzzzzz", "'zzzzzz' is no REF: they look like shm:5, shm:0x2a, pshm:/name" },
		{ "", "'' is no REF: they look like shm:5, shm:0x2a, pshm:/name" },
		{ "shm", "'shm' is a class, not a REF: shm:..." },
		{ "pshm:name", "'pshm:name' is no REF, perhaps 'pshm:/name'?" },
		{ "shm:0x0", "key 0 is IPC_PRIVATE: no object can be found by it" },
		{ "\x1b[2J:5", "no class '\\x1b[2J'; all: ipcscope help classes" },
		{ "pshm:/a\\q", "'pshm:/a\\\\q' has a \\ that means nothing: \\xHH and \\\\ do" },
		{ "5x", "'5x' is no REF: they look like shm:5, shm:0x2a, pshm:/name" },
	};
	static const char *const wrong[] = {
		"shm:", "shm:x", "shm:/name", "shm:@x", "shm:5x", "shm:5@",
		"shm:5@x", "shm:5@0", "shm:5@1x", "shm:0x", "shm:0x1ffffffff",
		"shm:18446744073709551616", "shm:0:25/5", "pipe:0x5",
		"pipe:/name", "pipe:5@6", "pshm:0:25", "pshm:0:25/",
		"pshm:0:/5", "pshm:@x", "pshm:5@6", "tcp:/x", ":5", "shm:-5",
		"shm: 5", "unix:", "pshm:0:25/5@6",
	};
	struct arena arena = {};
	const char *why;
	struct ref ref;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_false(ref_parse(cases[i].text, &arena, &ref, &why));
		assert_string_equal(why, cases[i].expect);
	}
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		why = NULL;
		if (ref_parse(wrong[i], &arena, &ref, &why))
			fail_msg("%s was taken", wrong[i]);
		assert_non_null(why);
		assert_null(strchr(why, '\n'));
		if (wrong[i][0] && wrong[i][0] != ':')
			assert_non_null(strstr(why, wrong[i]));
	}
	arena_free(&arena);
}

static void keeps_what_was_typed(void **state)
{
	struct arena arena = {};
	const char *why;
	struct ref ref;

	(void)state;
	assert_true(ref_parse("pshm:0:25/2025", &arena, &ref, &why));
	assert_string_equal(ref.text, "pshm:0:25/2025");
	assert_int_equal(ref.form, REF_DEV_INO);
	assert_int_equal(ref.classes, A_CLASS(pshm));
	assert_true(ref.dev == makedev(0, 25));
	assert_int_equal(ref.number, 2025);
	assert_int_equal(ref.ns, 0);
	assert_true(ref_parse("unix:@a\\x00b", &arena, &ref, &why));
	assert_int_equal(ref.form, REF_ABSTRACT);
	assert_int_equal(ref.name->len, 4);
	assert_memory_equal(ref.name->data, "@a\0b", 4);
	assert_true(ref_parse("0x10", &arena, &ref, &why));
	assert_int_equal(ref.form, REF_KEY);
	assert_int_equal(ref.classes, A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg));
	arena_free(&arena);
}

/* What is printed for an object means that object and no other. */
static void law_printed_refs_are_accepted_back(void **state)
{
	const struct sample *sample = *state;
	const struct object *obj, *other;
	struct arena arena = {};
	struct buf text = {};
	const char *why = NULL;
	struct ref ref;

	vec_for_each(obj, &sample->snap.objects) {
		buf_reset(&text);
		object_ref(&text, &sample->snap, obj);
		if (!ref_parse(text.data, &arena, &ref, &why))
			fail_msg("%s: %s", text.data, why);
		vec_for_each(other, &sample->snap.objects) {
			if (ref_matches(&ref, &sample->snap, other) != (obj == other))
				fail_msg("%s of %llu and %llu", text.data,
					 (unsigned long long)obj->key.id,
					 (unsigned long long)other->key.id);
		}
	}
	buf_free(&text);
	arena_free(&arena);
}

/* The same with names nobody would choose, and after a shell unquoted it. */
static void law_hostile_names_too(void **state)
{
	static const char likely[] = "/@:\\x0a'\"\n\xc2\x80\xe2\x80\xae 5";
	struct sample sample;
	struct arena arena = {};
	struct buf text = {};
	uint32_t seed = 3, i, object;
	size_t len, j;
	const char *why = NULL;
	struct ref ref;
	char name[16] = "/";

	(void)state;
	sample_init(&sample);
	for (i = 0; i < 20000; i++) {
		seed = seed * 1664525 + 1013904223;
		len = 1 + (seed >> 8) % (sizeof(name) - 1);
		for (j = 1; j < len; j++) {
			seed = seed * 1664525 + 1013904223;
			name[j] = likely[(seed >> 8) % (sizeof(likely) - 1)];
		}
		object = snapshot_find(&sample.snap, (struct object_key){
			SPACE_INODE, makedev(0, 25), 2001 });
		assert_true(object != NO_INDEX);
		object_set_str(&sample.snap, object, FIELD_NAME, name, len);
		buf_reset(&text);
		object_ref(&text, &sample.snap, &sample.snap.objects.at[object]);
		if (!ref_parse(text.data, &arena, &ref, &why))
			fail_msg("%s: %s", text.data, why);
		assert_true(ref_matches(&ref, &sample.snap,
					&sample.snap.objects.at[object]));
		assert_int_equal(ref.form, REF_NAME);
		assert_int_equal(ref.name->len, len);
		assert_memory_equal(ref.name->data, name, len);
	}
	sample_free(&sample);
	buf_free(&text);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_meant),
		cmocka_unit_test(tells_namespaces_and_devices_apart),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(keeps_what_was_typed),
		cmocka_unit_test(law_printed_refs_are_accepted_back),
		cmocka_unit_test(law_hostile_names_too),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
