// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON contract, as a reader of it sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "shot.h"

struct doc {
	struct shot shot;
	json_t *root;
};

static void doc_load(struct doc *doc, const char *name, size_t flags)
{
	struct buf text;

	shot_load(&doc->shot, name);
	shot_render(&doc->shot, FORMAT_JSON, 0, &text);
	/* jansson's integers are signed: the largest sizes are none to it. */
	doc->root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES |
			       JSON_ALLOW_NUL | flags, NULL);
	assert_non_null(doc->root);
	buf_free(&text);
}

static void doc_free(struct doc *doc)
{
	json_decref(doc->root);
	shot_free(&doc->shot);
}

static const json_t *doc_object(const struct doc *doc, const char *ref)
{
	const json_t *objects = json_object_get(doc->root, "objects");
	size_t i;

	for (i = 0; i < json_array_size(objects); i++) {
		const json_t *obj = json_array_get(objects, i);

		if (!strcmp(json_string_value(json_object_get(obj, "ref")), ref))
			return obj;
	}
	fail_msg("no object %s", ref);
	return NULL;
}

/* @expected is JSON; NULL: the key must not be there. */
static void check(const json_t *obj, const char *key, const char *expected)
{
	const json_t *value = json_object_get(obj, key);
	json_t *wanted;

	if (!expected) {
		assert_null(value);
		return;
	}
	wanted = json_loads(expected, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	assert_non_null(wanted);
	if (!value || !json_equal(value, wanted))
		fail_msg("%s is %s, not %s", key,
			 value ? json_dumps(value, JSON_ENCODE_ANY) : "not there",
			 expected);
	json_decref(wanted);
}

static void a_segment(void **state)
{
	const json_t *obj;
	struct doc doc;

	(void)state;
	doc_load(&doc, "look", 0);
	check(doc.root, "schema", "1");
	check(json_object_get(doc.root, "host"), "hostname", "\"look\"");
	check(json_object_get(doc.root, "host"), "taken", "1795233084");

	obj = doc_object(&doc, "shm:163843");
	check(obj, "class", "\"shm\"");
	check(obj, "id", "163843");
	check(obj, "key", "\"0x05ce0000\"");
	check(obj, "ipc_ns", "4026531839");
	check(obj, "uid", "0");
	check(obj, "owner", "\"root\"");
	check(obj, "mode", "\"0640\"");
	check(obj, "size", "8192");
	check(obj, "attaches", "3");
	check(obj, "attaches_found", "3");
	check(obj, "cpid", "5336");
	check(obj, "creator_alive", "true");
	check(obj, "ctime", "1795231494");
	check(obj, "dtime", "0");
	check(obj, "state", "[\"attached\"]");
	check(obj, "persistence", "\"kernel\"");
	check(obj, "users_complete", "true");
	check(obj, "users",
	      "[{\"pid\":5363,\"start\":526572,\"command\":\"scen-rw\",\"uid\":0,"
	      "\"relation\":\"attached\",\"access\":\"rw\",\"address\":\"0x7fb4360b6000\","
	      "\"offset\":0,\"size\":8192,\"count\":1},"
	      "{\"pid\":5364,\"start\":526572,\"command\":\"scen-ro\",\"uid\":0,"
	      "\"relation\":\"attached\",\"access\":\"r\",\"attachments\":["
	      "{\"access\":\"r\",\"address\":\"0x7fb4360b4000\",\"offset\":0,\"size\":8192},"
	      "{\"access\":\"r\",\"address\":\"0x7fb4360b6000\",\"offset\":0,\"size\":8192}],"
	      "\"count\":2}]");
	/* Not of this class, for people only, or the program's own. */
	check(obj, "nsems", NULL);
	check(obj, "amount", NULL);
	check(obj, "made_by", NULL);
	check(obj, "flags", NULL);
	check(obj, "pid", NULL);

	obj = doc_object(&doc, "shm:163841");
	check(obj, "creator_alive", "false");
	check(obj, "lpid", NULL);
	check(obj, "idle", NULL);
	check(obj, "none", "[\"old_key\",\"lpid\",\"idle\"]");
	check(obj, "users", "[]");
	doc_free(&doc);
}

static void what_is_not_known_is_not_there(void **state)
{
	const json_t *obj;
	struct doc doc;

	(void)state;
	doc_load(&doc, "nobody", 0);
	obj = doc_object(&doc, "psem:/scen-psem0");
	check(obj, "values", NULL);
	check(obj, "state", NULL);
	check(obj, "users", "[]");
	check(obj, "users_complete", "false");
	obj = doc_object(&doc, "shm:163843");
	check(obj, "attaches", "3");
	check(obj, "attaches_found", "0");
	check(obj, "users_complete", "false");
	check(doc.root, "warnings",
	      "[{\"id\":\"fds\",\"part\":\"fds\",\"errno\":\"EACCES\",\"count\":47,\"first\":1,"
	      "\"means\":\"files open in 47 processes are missing\","
	      "\"helps\":\"run as root, or with CAP_SYS_PTRACE\"},"
	      "{\"id\":\"maps\",\"part\":\"maps\",\"errno\":\"EACCES\",\"count\":47,\"first\":1,"
	      "\"means\":\"memory attached in 47 processes is missing\","
	      "\"helps\":\"run as root, or with CAP_SYS_PTRACE\"},"
	      "{\"id\":\"calls\",\"part\":\"calls\",\"errno\":\"EACCES\",\"count\":47,\"first\":1,"
	      "\"means\":\"waiters in 47 processes are missing\","
	      "\"helps\":\"run as root, or with CAP_SYS_PTRACE\"},"
	      "{\"id\":\"semfile\",\"part\":\"semfile\",\"errno\":\"EACCES\",\"count\":2,\"first\":\"/dev/shm/sem.scen-psem0\","
	      "\"means\":\"values of POSIX semaphores are missing\","
	      "\"helps\":\"run as root, or with CAP_DAC_READ_SEARCH\"},"
	      "{\"id\":\"mqueue\",\"part\":\"mqueue\",\"count\":1,\"first\":\"/dev/mqueue is not mounted\","
	      "\"means\":\"POSIX queues are missing\"}]");
	doc_free(&doc);
}

static void semaphores_and_waiters(void **state)
{
	const json_t *obj;
	struct doc doc;

	(void)state;
	doc_load(&doc, "look", 0);
	obj = doc_object(&doc, "sem:32772");
	check(obj, "values", "[0,5,0]");
	check(obj, "sems",
	      "[{\"num\":0,\"value\":0,\"ncnt\":1,\"zcnt\":0},"
	      "{\"num\":1,\"value\":5,\"pid\":5342,\"ncnt\":0,\"zcnt\":0},"
	      "{\"num\":2,\"value\":0,\"ncnt\":0,\"zcnt\":0}]");
	check(obj, "waiters", "1");
	check(obj, "users",
	      "[{\"pid\":5349,\"start\":526572,\"tid\":5349,\"command\":\"scen-wait\",\"uid\":0,"
	      "\"relation\":\"waits\",\"access\":\"w\",\"num\":0,\"op\":-1,\"count\":1}]");
	obj = doc_object(&doc, "sem:32773");
	check(obj, "values", "[1]");
	check(obj, "sems", NULL);
	check(obj, "key", "\"0x00000000\"");
	obj = doc_object(&doc, "psem:/scen-psem3");
	check(obj, "values", "[3]");
	check(obj, "dev", "\"0:25\"");
	check(obj, "ino", "2014");
	doc_free(&doc);
}

static void names_are_exact_or_also_in_hexadecimal(void **state)
{
	const json_t *obj;
	struct doc doc;

	(void)state;
	doc_load(&doc, "hostile", JSON_DECODE_INT_AS_REAL);
	obj = doc_object(&doc, "pshm:/\\xff\\xfe\\x80bad");
	check(obj, "name", "\"/\\\\xff\\\\xfe\\\\x80bad\"");
	check(obj, "name_hex", "\"2ffffe80626164\"");
	obj = json_array_get(json_object_get(obj, "users"), 0);
	check(obj, "command", "\"\\\\xff\\\\xfe[1]\"");
	check(obj, "command_hex", "\"fffe5b315d\"");
	obj = doc_object(&doc, "pshm:/scen-\\x1b[31mred\\x0aline");
	check(obj, "name", "\"/scen-\\u001b[31mred\\nline\"");
	check(obj, "name_hex", NULL);
	obj = doc_object(&doc, "unix:@\\x00abs\\x0atract");
	check(obj, "name", "\"@\\u0000abs\\ntract\"");
	check(doc_object(&doc, "unix:201"), "peers", "[\"unix:202\"]");
	check(doc_object(&doc, "unix:201"), "name", NULL);
	doc_free(&doc);
}

/* Whatever -o says, an object can be told from others. */
static void identity_is_always_there(void **state)
{
	static const struct fieldset none[NR_CLASSES];
	struct shot shot;
	struct buf text;

	(void)state;
	shot_load(&shot, "look");
	shot.view.json_fields = none;
	shot_class(&shot, CLASS_psem);
	shot_render(&shot, FORMAT_NDJSON, 0, &text);
	assert_string_equal(text.data,
		"{\"class\":\"psem\",\"ref\":\"psem:/scen-psem0\",\"id\":2013,\"name\":\"/scen-psem0\",\"dev\":\"0:25\",\"ino\":2013}\n"
		"{\"class\":\"psem\",\"ref\":\"psem:/scen-psem3\",\"id\":2014,\"name\":\"/scen-psem3\",\"dev\":\"0:25\",\"ino\":2014}\n");
	buf_free(&text);
	shot_class(&shot, CLASS_msg);
	shot_render(&shot, FORMAT_NDJSON, 0, &text);
	assert_string_equal(text.data,
		"{\"class\":\"msg\",\"ref\":\"msg:32772\",\"id\":32772,\"key\":\"0x05ce0002\",\"ipc_ns\":4026531839}\n");
	buf_free(&text);
	shot_class(&shot, CLASS_tcp);
	shot_render(&shot, FORMAT_JSON, 0, &text);
	assert_non_null(strstr(text.data, "\"objects\":[]"));
	buf_free(&text);
	shot_free(&shot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_segment),
		cmocka_unit_test(what_is_not_known_is_not_there),
		cmocka_unit_test(semaphores_and_waiters),
		cmocka_unit_test(names_are_exact_or_also_in_hexadecimal),
		cmocka_unit_test(identity_is_always_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
