// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <cmocka.h>

#include "ipcscope/filter.h"
#include "ipcscope/snapshot.h"
#include "sample.h"

static int setup(void **state)
{
	static struct sample sample;

	setenv("TZ", "UTC", 1);
	sample_init(&sample);
	*state = &sample;
	return 0;
}

static int teardown(void **state)
{
	sample_free(*state);
	return 0;
}

static bool lookup(void *arg, bool group, const char *name, uint32_t *id)
{
	(void)arg;
	(void)group;
	if (strcmp(name, "www-data"))
		return false;
	*id = 33;
	return true;
}

static const struct object *the_object(const struct sample *sample,
				       enum class_id class, uint64_t ns,
				       uint64_t id)
{
	const struct object_key key = { class_infos[class]->space, ns, id };
	uint32_t object = snapshot_find(&sample->snap, key);

	assert_true(object != NO_INDEX);
	return &sample->snap.objects.at[object];
}

static struct filter *parse(const char *expr, struct arena *arena,
			    filter_lookup_fn *look)
{
	struct filter_error error;
	struct filter *filter = filter_parse(expr, arena, look, NULL, &error);

	if (!filter)
		fail_msg("%s: %s (at %zu)", expr, error.text, error.at);
	return filter;
}

static bool selects_by(const char *expr, filter_lookup_fn *look,
		       const struct sample *sample, const struct object *obj)
{
	struct arena arena = {};
	struct filter *filter = parse(expr, &arena, look);
	bool yes = filter_match(filter, &sample->snap, obj);
	struct filter_bound bound;
	uint64_t num;

	/* Nothing is selected of a class that the filter says it cannot be. */
	if (yes && !(filter_classes(filter) >> obj->class & 1))
		fail_msg("%s: %s ruled out", expr, class_infos[obj->class]->name);
	/* Nor what is out of its range. */
	if (yes && filter_bound(filter, &bound) &&
	    (!filter_bound_value(&bound, &sample->snap, obj, &num) || num < bound.least ||
	     num > bound.most))
		fail_msg("%s: out of its range", expr);
	filter_free(filter);
	arena_free(&arena);
	return yes;
}

struct claim {
	const char *expr;
	char truth;	/* 'y', 'n', or '?': neither it nor its negation */
};

static void assert_claims(const struct claim *claims, size_t nr,
			  const struct sample *sample, const struct object *obj)
{
	struct buf negated = {};
	size_t i;

	for (i = 0; i < nr; i++) {
		bool yes = selects_by(claims[i].expr, NULL, sample, obj);
		bool no;

		buf_reset(&negated);
		buf_printf(&negated, "not (%s)", claims[i].expr);
		no = selects_by(negated.data, NULL, sample, obj);
		if (yes != (claims[i].truth == 'y') ||
		    no != (claims[i].truth == 'n'))
			fail_msg("%s is %s, not %c", claims[i].expr,
				 yes ? "true" : no ? "false" : "unknown",
				 claims[i].truth);
	}
	buf_free(&negated);
}
#define CLAIMS(sample, obj, ...)					\
	do {								\
		static const struct claim claims_[] = { __VA_ARGS__ };	\
		assert_claims(claims_, ARRAY_SIZE(claims_), sample, obj); \
	} while (0)

static void expect_bound(const char *expr, enum field_id field, uint64_t least, uint64_t most)
{
	struct arena arena = {};
	struct filter *filter = parse(expr, &arena, NULL);
	struct filter_bound bound = { .field = FIELD_NONE };

	assert_int_equal(filter_bound(filter, &bound), field != FIELD_NONE);
	assert_int_equal(bound.field, field);
	if (field) {
		assert_true(bound.least == least);
		assert_true(bound.most == most);
	}
	filter_free(filter);
	arena_free(&arena);
}

static void tells_the_range_it_can_be_true_in(void **state)
{
	expect_bound("size == 4096", FIELD_SIZE, 4096, 4096);
	expect_bound("size > 1K and key == 5", FIELD_KEY, 5, 5);
	expect_bound("size >= 1K and owner == root", FIELD_SIZE, 1024, UINT64_MAX);
	expect_bound("nsems in (3, 9, 5)", FIELD_NSEMS, 3, 9);
	expect_bound("name == \"/ab\"", FIELD_NAME, 0x2f61620000000000, 0x2f61620000000000);
	expect_bound("name ~ \"/ab*\"", FIELD_NAME, 0x2f61620000000000, 0x2f6162ffffffffff);
	expect_bound("size == 1 or key == 5", FIELD_NONE, 0, 0);
	expect_bound("not size == 1", FIELD_NONE, 0, 0);
	expect_bound("name =~ \"^/a\"", FIELD_NONE, 0, 0);
	expect_bound("owner == root", FIELD_NONE, 0, 0);
}

static void numbers_and_sizes(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163841),
	       { "size == 12390", 'y' }, { "size != 12390", 'n' },
	       { "size > 12K", 'y' }, { "size >= 12390", 'y' },
	       { "size > 12390", 'n' }, { "size < 12390", 'n' },
	       { "size <= 12390", 'y' }, { "size < 1M", 'y' },
	       { "size>12K", 'y' }, { "size in (1, 12390)", 'y' },
	       { "size in (1, 2)", 'n' }, { "size not in (1, 2)", 'y' },
	       { "size not in (12390)", 'n' }, { "size", 'y' },
	       { "attaches == 0", 'y' }, { "attaches", 'n' },
	       { "id == 163841", 'y' }, { "id == 0x28001", 'y' },
	       { "cpid == 5348", 'y' }, { "ipc_ns == 4026531839", 'y' },
	       { "nsems == 3", '?' }, { "nsems", 'n' });
}

static void keys_modes_and_bits(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163841),
	       { "key == 0x05ce0001", 'y' }, { "key == 97386497", 'y' },
	       { "key != 0x5CE0001", 'n' }, { "key == 0", 'n' },
	       { "key", 'y' }, { "key in (1, 0x05ce0001)", 'y' },
	       { "mode == 0640", 'y' }, { "mode == 640", 'y' },
	       { "mode & 0022", 'n' }, { "mode & 0022 == 0", 'y' },
	       { "mode & 0040", 'y' }, { "mode & 0777 == 0640", 'y' },
	       { "mode & 0777 != 0640", 'n' }, { "mode", 'y' },
	       { "mode & 0600 in (0600, 0)", 'y' });
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163849),
	       { "mode & 0002", 'y' }, { "mode & 0002 and size > 1M", 'y' });
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163840),
	       { "key", 'n' }, { "key == 0", 'y' });
}

static void ages_and_times(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163849),
	       { "age > 3d", 'y' }, { "age > 4d", 'n' }, { "age >= 72h", 'y' },
	       { "age < 1w", 'y' }, { "age", 'y' });
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163841),
	       { "age > 10m", 'y' }, { "age == 1560", 'y' },
	       { "idle > 1y", 'y' }, { "idle == never", 'y' },
	       { "idle", 'n' }, { "atime == never", 'y' }, { "atime", 'n' },
	       { "ctime == 1795229934", 'y' }, { "ctime > 1795229934", 'n' },
	       { "ctime == 2026-11-21", 'y' }, { "ctime > 2026-11-21", 'n' },
	       { "ctime >= 2026-11-21", 'y' }, { "ctime <= 2026-11-21", 'y' },
	       { "ctime < 2026-11-21", 'n' }, { "ctime > 2026-11-20", 'y' },
	       { "ctime < 2026-11-22", 'y' },
	       { "ctime == 2026-11-21T02:58:54", 'y' },
	       { "ctime == 2026-11-21T02:58:54Z", 'y' },
	       { "ctime == '2026-11-21 02:58:54'", 'y' },
	       { "ctime < 2026-11-21T02:58", 'n' });
}

static void users_and_groups(void **state)
{
	const struct object *obj = the_object(*state, CLASS_shm, SAMPLE_IPC_NS,
					      163849);

	CLAIMS(*state, obj,
	       { "owner == www-data", 'y' }, { "owner != www-data", 'n' },
	       { "owner == root", 'n' }, { "owner == 33", 'y' },
	       { "uid == 33", 'y' }, { "uid == www-data", 'y' },
	       { "uid == 0", 'n' }, { "uid >= 30", 'y' }, { "uid > 33", 'n' },
	       { "group == www-data", 'y' }, { "gid in (0, 33)", 'y' },
	       { "owner in (root, www-data)", 'y' }, { "owner ~ 'www*'", 'y' },
	       { "owner =~ ^r", 'n' }, { "owner", 'y' }, { "uid", 'y' },
	       { "creator == www-data", 'y' }, { "cgid == 33", 'y' });
	assert_true(selects_by("owner == www-data", lookup, *state, obj));
	/* uid 1000 has no name here: with a name, nobody can tell. */
	obj = the_object(*state, CLASS_shm, SAMPLE_OTHER_NS, 163841);
	CLAIMS(*state, obj,
	       { "owner == bob", '?' }, { "owner == 1000", 'y' },
	       { "owner == root", 'n' }, { "owner in (bob, 1000)", 'y' },
	       { "owner in (bob, root)", '?' },
	       { "uid != 33", 'y' }, { "owner ~ '*'", '?' },
	       { "owner", '?' });
	assert_false(selects_by("owner == www-data", lookup, *state, obj));
	assert_true(selects_by("owner != www-data", lookup, *state, obj));
}

/* An unknown value makes a comparison false, and its negation too. */
static void unknown_is_neither(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 7),
	       { "size > 1M", '?' }, { "not size > 1M", '?' },
	       { "not not size > 1M", '?' }, { "size != 5", '?' },
	       { "size", '?' }, { "owner == root", '?' }, { "uid != 0", '?' },
	       { "size in (1, 2)", '?' }, { "mode & 0022", '?' },
	       { "class == shm and size > 1M", '?' },
	       { "class == sem and size > 1M", 'n' },
	       { "size > 1M and class == sem", 'n' },
	       { "class == shm or size > 1M", 'y' },
	       { "size > 1M or class == shm", 'y' },
	       { "size > 1M or class == sem", '?' },
	       { "size > 1M or not size > 1M", '?' },
	       { "size > 1 and id == 7 and class == sem", 'n' },
	       { "idle > 1d", '?' }, { "key == 1", '?' });
}

static void classes_and_words(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163840),
	       { "class == shm", 'y' }, { "class == sysv", 'y' },
	       { "class == posix", 'n' }, { "class == all", 'y' },
	       { "class != sysv", 'n' }, { "class in (sem, shm)", 'y' },
	       { "class in (posix, socket)", 'n' }, { "class ~ 's*'", 'y' },
	       { "class =~ hm$", 'y' }, { "class ~ p*", 'n' },
	       { "class", 'y' }, { "persistence == process", 'y' },
	       { "persistence == kernel", 'n' },
	       { "ref == shm:163840", 'y' }, { "ref == shm:5", 'n' },
	       { "ref in (shm:5, shm:163840)", 'y' },
	       { "ref ~ 'shm:*'", 'y' }, { "ref =~ '^sem'", 'n' });
	CLAIMS(*state, the_object(*state, CLASS_unix, SAMPLE_NET_NS, 48152),
	       { "type == stream", 'y' }, { "type != dgram", 'y' },
	       { "class == socket", 'y' }, { "net_ns == 4026531840", 'y' });
	CLAIMS(*state, the_object(*state, CLASS_pshm, makedev(0, 99), 2025),
	       { "dev == 0:99", 'y' }, { "dev != 0:25", 'y' },
	       { "ino == 2025", 'y' });
}

static void states_are_sets(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163840),
	       { "state == dest", 'y' }, { "state == attached", 'y' },
	       { "state != dest", 'n' }, { "state == unattached", 'n' },
	       { "state in (full, dest)", 'y' }, { "state != unattached", 'y' },
	       { "state", 'y' });
	CLAIMS(*state, the_object(*state, CLASS_msg, SAMPLE_IPC_NS, 32772),
	       { "state == full", 'y' }, { "state == waits", 'y' },
	       { "state in (dest, unlinked)", 'n' });
	/* pid 1 could not be read: nobody found is not nobody. */
	CLAIMS(*state, the_object(*state, CLASS_psem, makedev(0, 25), 3001),
	       { "state == attached", '?' }, { "state == unattached", '?' },
	       { "state == unlinked", 'n' });
}

static void users_are_sets(void **state)
{
	/* All known: the kernel counts attachments. */
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163840),
	       { "pid == 5351", 'y' }, { "pid != 5351", 'n' },
	       { "pid == 1", 'n' }, { "pid != 1", 'y' }, { "pid > 5000", 'y' },
	       { "pid in (1, 2)", 'n' }, { "command == scen-dest", 'y' },
	       { "command ~ 'scen*'", 'y' }, { "command =~ '^x'", 'n' },
	       { "users == scen-dest", 'y' }, { "users == 5351", 'y' },
	       { "users", 'y' }, { "users_complete", 'y' },
	       { "users_complete == false", 'n' }, { "pid", 'y' });
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163841),
	       { "users", 'n' }, { "pid == 1", 'n' }, { "command ~ '*'", 'n' });
	/* Not all known. */
	CLAIMS(*state, the_object(*state, CLASS_pipe, makedev(0, 14), 48151),
	       { "pid == 5335", 'y' }, { "pid != 5335", 'n' },
	       { "pid == 1", '?' }, { "pid != 1", '?' },
	       { "command == bash", 'y' }, { "command == init", '?' },
	       { "command != init", '?' }, { "users == 5336", 'y' },
	       { "users_complete", 'n' });
	CLAIMS(*state, the_object(*state, CLASS_psem, makedev(0, 25), 3001),
	       { "users", '?' }, { "pid", '?' });
	CLAIMS(*state, the_object(*state, CLASS_sem, SAMPLE_IPC_NS, 32772),
	       { "values == 5", 'y' }, { "values != 5", 'n' },
	       { "values == 6", 'n' }, { "values > 4", 'y' },
	       { "values", 'y' });
}

static void peers_are_sets(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_unix, SAMPLE_NET_NS, 48153),
	       { "peers == unix:48154", 'y' }, { "peers == unix:48152", 'n' },
	       { "peers ~ 'unix:4815*'", 'y' }, { "peers", 'y' },
	       { "peer_users == scen-cli", 'y' }, { "peer_users == 5355", 'y' },
	       { "peer_users == other", '?' });
	CLAIMS(*state, the_object(*state, CLASS_unix, SAMPLE_NET_NS, 48152),
	       { "peers == unix:48154", 'n' }, { "peers", 'n' });
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163840),
	       { "peers == unix:48154", '?' }, { "peers", 'n' });
}

static void names_of_any_bytes(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_pshm, makedev(0, 25), 2002),
	       { "name == '/scen-\\x1b[31mred\\x0aline\\\\x0a\\x27\\xff\\xe2\\x80\\xae'", 'y' },
	       { "name == \"/scen-\\x1b[31mred\\x0aline\\\\x0a'\\xff\\xe2\\x80\\xae\"", 'y' },
	       { "name == /scen-\\x1b[31mred\\x0aline\\\\x0a\\x27\\xff\\xe2\\x80\\xae", 'y' },
	       { "name == /scen", 'n' }, { "name ~ '/scen-\\x1b*'", 'y' },
	       { "name ~ '*\\x0aline*'", 'y' }, { "name ~ '*\\x5b31m*'", 'y' },
	       { "name =~ '\\x1b\\[31mred\\x0a'", 'y' },
	       { "name =~ 'red\\x2e'", 'n' }, { "name =~ 'red.line'", 'y' },
	       { "command =~ '\\x1b'", 'y' });
	CLAIMS(*state, the_object(*state, CLASS_unix, SAMPLE_NET_NS, 48158),
	       { "name == '@a\\x00b\\\\\\x0a'", 'y' }, { "name == @a", 'n' },
	       { "name ~ '@a'", 'n' }, { "name ~ '@a?b*'", 'y' },
	       { "name =~ '^@a.b'", 'y' }, { "name =~ '^@a$'", 'n' });
	CLAIMS(*state, the_object(*state, CLASS_pshm, makedev(0, 25), 2001),
	       { "name ~ /psm_*", 'y' }, { "name ~ '/psm_[0-5]*'", 'y' },
	       { "name ~ '*'", 'y' }, { "name ~ 'psm*'", 'n' },
	       { "name =~ ^/psm_[0-9a-f]+$", 'y' }, { "name", 'y' },
	       { "name in (/a, /psm_58b99b38)", 'y' });
	CLAIMS(*state, the_object(*state, CLASS_pipe, makedev(0, 14), 48151),
	       { "name", 'n' }, { "name == x", '?' });
}

static void operators_bind_as_usual(void **state)
{
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163840),
	       { "class == shm or class == sem and size > 1T", 'y' },
	       { "(class == shm or class == sem) and size > 1T", 'n' },
	       { "not class == sem and class == shm", 'y' },
	       { "not (class == sem and class == shm)", 'y' },
	       { "not class == shm or class == shm", 'y' },
	       { "((((class == shm))))", 'y' },
	       { "\tclass==shm\nand(size>0)", 'y' });
}

/* Messages, and where they point. */
static void errors_say_what_and_where(void **state)
{
	static const struct {
		const char *expr, *text;
		size_t at, len;
		int also;	/* -1: no */
	} cases[] = {
		{ "owner == root and siez > 1M",
		  "no field 'siez', perhaps 'size'? All: ipcscope help fields", 18, 4, -1 },
		{ "size > 3d", "size takes bytes (64K, 2M), '3d' is a time",
		  7, 2, -1 },
		{ "owner == root and (class == shm", "')' missing", 31, 1, 18 },
		{ "age > 64K", "age takes a time (10m, 6h, 3d) or never, '64K' is bytes",
		  6, 3, -1 },
		{ "size > big", "size takes bytes (64K, 2M), not 'big'", 7, 3, -1 },
		{ "xyzzy == 1", "no field 'xyzzy'; all: ipcscope help fields", 0, 5, -1 },
		{ "", "a comparison is missing here", 0, 1, -1 },
		{ "size >", "a value is missing here", 6, 1, -1 },
		{ "size > and", "a value should stand here, not 'and'", 7, 3, -1 },
		{ "size = 1", "'=' is no operator, perhaps '=='?", 5, 1, -1 },
		{ "size && uid", "'&&' is no operator, perhaps 'and'?", 5, 2, -1 },
		{ "!size", "'!' is no operator, perhaps 'not'?", 0, 1, -1 },
		{ "size > 1 uid", "and or or should stand here, not 'uid'", 9, 3, -1 },
		{ "size > 1)", "')' without '('", 8, 1, -1 },
		{ "(size > 1 uid)", "and, or or ')' should stand here, not 'uid'",
		  10, 3, -1 },
		{ "name == 'abc", "closing ' missing", 12, 1, 8 },
		{ "class == shn", "no class 'shn', perhaps 'shm'? All: ipcscope help classes", 9, 3, -1 },
		{ "class == sysc", "no class 'sysc', perhaps 'sysv'? All: ipcscope help classes", 9, 4, -1 },
		{ "state == atached", "no state 'atached', perhaps 'attached'? All: ipcscope help where",
		  9, 7, -1 },
		{ "state == 'waits\\x00'", "no state 'waits\\x00'; all: ipcscope help where",
		  9, 11, -1 },
		{ "persistence == kernal",
		  "no persistence 'kernal', perhaps 'kernel'? All: kernel process filesystem", 15, 6, -1 },
		{ "name < 5", "name has no order: it takes == != in ~ =~", 5, 1, -1 },
		{ "state > dest", "state has no order: it takes == != in", 6, 1, -1 },
		{ "size ~ 5", "size is no text: it takes == != in < <= > >=", 5, 1, -1 },
		{ "size & 3", "size has no bits to test", 5, 1, -1 },
		{ "mode == 0689", "mode takes octal digits (0640), not '0689'",
		  8, 4, -1 },
		{ "dev == 25", "dev takes a device (0:25), not '25'", 7, 2, -1 },
		{ "creator_alive == maybe",
		  "creator_alive takes true or false, not 'maybe'", 17, 5, -1 },
		{ "ctime > 2026-02-30",
		  "ctime takes a date (2026-11-21, 2026-11-21T03:24:54), epoch seconds or never, not '2026-02-30'",
		  8, 10, -1 },
		{ "size in 5", "'(' missing behind in", 8, 1, -1 },
		{ "size in (5", "')' missing", 10, 1, 8 },
		{ "size in ()", "a value should stand here, not ')'", 9, 1, -1 },
		{ "name == 'a\\q'", "'a\\q' has a \\ that means nothing: \\xHH and \\\\ do",
		  8, 5, -1 },
		{ "name =~ '('", "'(' is no pattern: Unmatched ( or \\(", 8, 3, -1 },
		{ "name =~ '(a)\\1'", "a pattern has no back-references", 8, 7, -1 },
		{ "name =~ 'a{9}{9}{9}{9}{9}{9}{9}'", "the pattern repeats too much",
		  8, 24, -1 },
		{ "amount > 5", "'amount' is only for tables", 0, 6, -1 },
		{ "flags == 5", "no field 'flags'; all: ipcscope help fields", 0, 5, -1 },
		{ "and size", "a field should stand here, not 'and'", 0, 3, -1 },
		{ "'size' > 1", "a field should stand here, not 'size'", 0, 6, -1 },
		{ "ref == shn:5", "no class 'shn', perhaps 'shm'? All: ipcscope help classes", 7, 5, -1 },
		{ "key == 0x100000000", "key takes a key (0x05ce0001), not '0x100000000'",
		  7, 11, -1 },
		{ "size > 'a\x1b[2J\n'", "size takes bytes (64K, 2M), not 'a\\x1b[2J\\x0a'",
		  7, 8, -1 },
	};
	struct filter_error error;
	struct arena arena = {};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (filter_parse(cases[i].expr, &arena, NULL, NULL, &error))
			fail_msg("%s was taken", cases[i].expr);
		assert_string_equal(error.text, cases[i].text);
		if (error.at != cases[i].at || error.len != cases[i].len)
			fail_msg("%s points at %zu, %zu", cases[i].expr,
				 error.at, error.len);
		assert_int_equal(error.has_also, cases[i].also >= 0);
		if (error.has_also)
			assert_int_equal(error.also, cases[i].also);
	}
	assert_null(filter_parse("uid == bob", &arena, lookup, NULL, &error));
	assert_string_equal(error.text, "no user 'bob'");
	assert_null(filter_parse("group == bob", &arena, lookup, NULL, &error));
	assert_string_equal(error.text, "no group 'bob'");
	arena_free(&arena);
}

/* Long ones are no matter, deep ones an error and not a crash. */
static void length_and_depth(void **state)
{
	struct buf expr = {};
	struct filter_error error;
	struct arena arena = {};
	size_t i;

	buf_pad(&expr, '(', 100000);
	assert_null(filter_parse(expr.data, &arena, NULL, NULL, &error));
	assert_string_equal(error.text, "more than 100 brackets and nots in each other");
	assert_int_equal(error.at, 100);
	buf_reset(&expr);
	for (i = 0; i < 100000; i++)
		buf_puts(&expr, "not ");
	assert_null(filter_parse(expr.data, &arena, NULL, NULL, &error));
	buf_reset(&expr);
	for (i = 0; i < 100000; i++)
		buf_printf(&expr, "(id == %zu) or ", i);
	buf_puts(&expr, "id == 163840");
	CLAIMS(*state, the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163840),
	       { "class == shm", 'y' });
	assert_true(selects_by(expr.data, NULL, *state,
			       the_object(*state, CLASS_shm, SAMPLE_IPC_NS, 163840)));
	buf_reset(&expr);
	buf_puts(&expr, "size > ");
	buf_pad(&expr, 'x', 100000);
	assert_null(filter_parse(expr.data, &arena, NULL, NULL, &error));
	assert_string_equal(error.text, "size takes bytes (64K, 2M), not 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'");
	buf_free(&expr);
	arena_free(&arena);
}

static uint64_t classes_of(const char *expr)
{
	struct arena arena = {};
	struct filter *filter = parse(expr, &arena, NULL);
	uint64_t classes = filter_classes(filter);

	filter_free(filter);
	arena_free(&arena);
	return classes;
}

static void tells_the_classes_it_can_be(void **state)
{
	const uint64_t sysv = A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg);

	(void)state;
	assert_int_equal(classes_of("class == shm"), A_CLASS(shm));
	assert_int_equal(classes_of("class == sysv"), sysv);
	assert_int_equal(classes_of("class != shm"), ALL_CLASSES & ~A_CLASS(shm));
	assert_int_equal(classes_of("class in (shm, pipe)"),
			 A_CLASS(shm) | A_CLASS(pipe));
	assert_int_equal(classes_of("class == shm and class == sem"), 0);
	assert_int_equal(classes_of("class == shm or class == sem"),
			 A_CLASS(shm) | A_CLASS(sem));
	assert_int_equal(classes_of("not (class == shm or class == sem)"),
			 ALL_CLASSES & ~(A_CLASS(shm) | A_CLASS(sem)));
	assert_int_equal(classes_of("class == all"), ALL_CLASSES);
	assert_int_equal(classes_of("class"), ALL_CLASSES);
	assert_int_equal(classes_of("not class"), 0);
	assert_int_equal(classes_of("class ~ 's*m'"),
			 A_CLASS(shm) | A_CLASS(sem) | A_CLASS(secretmem));
	/* Fields only some classes have. */
	assert_int_equal(classes_of("key == 5"), sysv);
	assert_int_equal(classes_of("key != 5"), sysv);
	assert_int_equal(classes_of("not (key == 5)"), sysv);
	assert_int_equal(classes_of("key"), sysv);
	assert_int_equal(classes_of("not key"), ALL_CLASSES);
	assert_int_equal(classes_of("key == 5 and class == pipe"), 0);
	assert_int_equal(classes_of("key == 5 or class == pipe"),
			 sysv | A_CLASS(pipe));
	assert_int_equal(classes_of("attaches > 0"), A_CLASS(shm));
	assert_int_equal(classes_of("state == dest"), ALL_CLASSES);
}

static pid_t pid_of(const char *expr)
{
	struct arena arena = {};
	struct filter *filter = parse(expr, &arena, NULL);
	pid_t pid = filter_pid(filter);

	filter_free(filter);
	arena_free(&arena);
	return pid;
}

static void tells_the_one_process(void **state)
{
	(void)state;
	assert_int_equal(pid_of("pid == 5"), 5);
	assert_int_equal(pid_of("pid in (5)"), 5);
	assert_int_equal(pid_of("pid == 5 and size > 1M"), 5);
	assert_int_equal(pid_of("size > 1M and (uid == 0 and pid == 5)"), 5);
	assert_int_equal(pid_of("pid == 5 and size > 1 or pid == 5 and uid == 0"), 5);
	assert_int_equal(pid_of("pid == 5 or size > 1M"), 0);
	assert_int_equal(pid_of("pid == 5 or pid == 6"), 0);
	assert_int_equal(pid_of("pid == 5 and pid == 6"), 0);
	assert_int_equal(pid_of("pid in (5, 6)"), 0);
	assert_int_equal(pid_of("not pid == 5"), 0);
	assert_int_equal(pid_of("pid != 5"), 0);
	assert_int_equal(pid_of("pid > 5"), 0);
	assert_int_equal(pid_of("pid"), 0);
	assert_int_equal(pid_of("size > 1"), 0);
	/* The others are needed for these. */
	assert_int_equal(pid_of("pid == 5 and command == x"), 0);
	assert_int_equal(pid_of("pid == 5 and readers > 1"), 0);
	assert_int_equal(pid_of("pid == 5 and state == unattached"), 0);
}

static void tells_the_fields_it_looks_at(void **state)
{
	struct arena arena = {};
	struct filter *filter;
	struct fieldset set = {}, expect = {};

	(void)state;
	filter = parse("size > 1 and (not mode & 0022 or owner == 33) "
		       "and creator ~ 'w*' and command == x", &arena, NULL);
	filter_fields(filter, &set);
	fieldset_add(&expect, FIELD_SIZE);
	fieldset_add(&expect, FIELD_MODE);
	fieldset_add(&expect, FIELD_UID);
	fieldset_add(&expect, FIELD_CUID);
	fieldset_add(&expect, FIELD_CREATOR);
	fieldset_add(&expect, FIELD_COMMAND);
	assert_memory_equal(&set, &expect, sizeof(set));
	filter_free(filter);

	memset(&set, 0, sizeof(set));
	filter = parse("uid == www-data", &arena, lookup);
	filter_fields(filter, &set);
	assert_true(fieldset_has(&set, FIELD_UID));
	assert_false(fieldset_has(&set, FIELD_OWNER));
	filter_free(filter);

	memset(&set, 0, sizeof(set));
	filter = parse("uid == www-data", &arena, NULL);
	filter_fields(filter, &set);
	assert_true(fieldset_has(&set, FIELD_OWNER));
	filter_free(filter);
	arena_free(&arena);
}

/* Every field that a filter may name can be asked about, alone at least, and
 * of every object, without trouble. */
static void every_field_alone(void **state)
{
	const struct sample *sample = *state;
	const struct object *obj;
	enum field_id field;

	for_each_field(field) {
		if (!field_is_public(field))
			continue;
		vec_for_each(obj, &sample->snap.objects) {
			bool yes = selects_by(fields[field].name, NULL, sample, obj);
			struct value value = object_value(&sample->snap, obj, field);

			if (yes)
				assert_int_equal(value.known, KNOWN_YES);
		}
	}
}

static bool selects_process(const char *expr, const struct snapshot *snap,
			    const struct process *proc)
{
	struct arena arena = {};
	struct filter_error error;
	struct filter *filter = filter_parse_processes(expr, &arena, NULL, NULL, &error);
	bool yes;

	if (!filter)
		fail_msg("%s: %s", expr, error.text);
	yes = filter_match_process(filter, snap, proc);
	filter_free(filter);
	arena_free(&arena);
	return yes;
}

static void processes_by_fields_of_their_own(void **state)
{
	static const struct claim claims[] = {
		{ "pending_process =~ TERM", 'y' }, { "pending_process == SIGTERM", 'y' },
		{ "pending_process =~ ^SIGTERM$", 'y' }, { "pending_process ~ RTMIN+?", 'y' },
		{ "pending_process == 15", 'y' }, { "pending_process in (HUP, RTMIN+3)", 'y' },
		{ "pending_process =~ ^IG", 'n' }, { "pending_process == HUP", 'n' },
		{ "pending_process", 'y' }, { "caught", 'n' }, { "caught == HUP", 'n' },
		{ "pid == 7 and ppid == 1", 'y' }, { "command ~ da*", 'y' },
		{ "user == 5", 'y' }, { "uid in (4, 6)", 'n' }, { "unit", '?' },
		{ "cmdline =~ x", '?' }, { "queue > 2 and queue_limit", 'n' },
		{ "queue > 2", 'y' }, { "age >= 90s and age < 91s", 'y' }, { "started == 110", 'y' },
	};
	static const struct fieldset none[NR_CLASSES];
	const struct process_signals signals = {
		.set[SIGNALS_PENDING_PROCESS] = signal_bit("TERM") | signal_bit("RTMIN+3"),
		.queued = 3, .max_queued = UINT64_MAX,
	};
	struct layout layout;
	struct snapshot snap = { .layout = &layout, .host = { .taken = 200, .booted = 100, .ticks = 10 } };
	struct process *proc;
	struct buf not = {};
	uint32_t index;
	size_t i;

	(void)state;
	layout_init(&layout, none);
	index = snapshot_process(&snap, 7, 100);
	proc = &snap.processes.at[index];
	proc->ppid = 1;
	proc->uid = 5;
	proc->comm = arena_str(&snap.arena, "daemon", 6);
	proc->signals = &signals;
	for (i = 0; i < ARRAY_SIZE(claims); i++) {
		buf_reset(&not);
		buf_printf(&not, "not (%s)", claims[i].expr);
		if (selects_process(claims[i].expr, &snap, proc) != (claims[i].truth == 'y') ||
		    selects_process(not.data, &snap, proc) != (claims[i].truth == 'n'))
			fail_msg("%s is not '%c'", claims[i].expr, claims[i].truth);
	}
	/* Nothing is known of what was not read. */
	proc->signals = NULL;
	assert_false(selects_process("caught", &snap, proc));
	assert_false(selects_process("not caught == HUP", &snap, proc));
	buf_free(&not);
	snapshot_free(&snap);
}

static void objects_and_processes_have_fields_of_their_own(void **state)
{
	struct arena arena = {};
	struct filter_error error;

	(void)state;
	assert_null(filter_parse("pending_process == TERM", &arena, NULL, NULL, &error));
	assert_non_null(strstr(error.text, "no field 'pending_process'"));
	assert_null(filter_parse_processes("size > 5", &arena, NULL, NULL, &error));
	assert_non_null(strstr(error.text, "ipcscope help processes"));
	assert_null(filter_parse_processes("caught == NONE", &arena, NULL, NULL, &error));
	assert_non_null(strstr(error.text, "caught takes a signal (TERM, RTMIN+3, 15), not 'NONE'"));
	assert_null(filter_parse_processes("caught == 65", &arena, NULL, NULL, &error));
	assert_null(filter_parse_processes("blocked == 0", &arena, NULL, NULL, &error));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_range_it_can_be_true_in),
		cmocka_unit_test(numbers_and_sizes),
		cmocka_unit_test(keys_modes_and_bits),
		cmocka_unit_test(ages_and_times),
		cmocka_unit_test(users_and_groups),
		cmocka_unit_test(unknown_is_neither),
		cmocka_unit_test(classes_and_words),
		cmocka_unit_test(states_are_sets),
		cmocka_unit_test(users_are_sets),
		cmocka_unit_test(peers_are_sets),
		cmocka_unit_test(names_of_any_bytes),
		cmocka_unit_test(operators_bind_as_usual),
		cmocka_unit_test(errors_say_what_and_where),
		cmocka_unit_test(length_and_depth),
		cmocka_unit_test(tells_the_classes_it_can_be),
		cmocka_unit_test(tells_the_one_process),
		cmocka_unit_test(tells_the_fields_it_looks_at),
		cmocka_unit_test(every_field_alone),
		cmocka_unit_test(processes_by_fields_of_their_own),
		cmocka_unit_test(objects_and_processes_have_fields_of_their_own),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
