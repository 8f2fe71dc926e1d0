// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding things in ipcscope's JSON. */
#include <string.h>

#include "run.h"

json_t *run_json(struct run *r)
{
	json_error_t error;

	if (r->json)
		return r->json;
	r->json = json_loadb(r->out, r->out_len, JSON_REJECT_DUPLICATES, &error);
	if (!r->json)
		sandbox_fail("not JSON, line %d: %s\nstdout: %.300s\nstderr: %.300s",
			     error.line, error.text, r->out, r->err);
	return r->json;
}

json_t *ask_how(struct run *r, const struct how *how, const char *const argv[])
{
	const char *full[64];
	size_t n = 0;

	while (*argv && n < 60)
		full[n++] = *argv++;
	full[n++] = "--json";
	full[n] = NULL;
	run_tool_how(r, how, full);
	run_expect(r, 0);
	return run_json(r);
}

static bool text_is(json_t *object, const char *field, const char *text)
{
	const char *value = json_string_value(json_object_get(object, field));

	return value && strcmp(value, text) == 0;
}

static json_t *find_text(json_t *array, const char *field, const char *text)
{
	json_t *item;
	size_t i;

	json_array_foreach(array, i, item)
		if (text_is(item, field, text))
			return item;
	return NULL;
}

static json_t *objects_of(json_t *root)
{
	json_t *objects = json_object_get(root, "objects");

	if (!json_is_array(objects))
		sandbox_fail("no array \"objects\"");
	return objects;
}

json_t *find_object(json_t *root, const char *ref)
{
	return find_text(objects_of(root), "ref", ref);
}

json_t *need_object(json_t *root, const char *ref)
{
	json_t *object = find_object(root, ref);

	if (!object)
		sandbox_fail("no object %s among %zu", ref,
			     json_array_size(objects_of(root)));
	return object;
}

json_t *find_by(json_t *root, const char *cls, const char *field,
		json_int_t value)
{
	json_t *item, *found;
	size_t i;

	json_array_foreach(objects_of(root), i, item) {
		found = json_object_get(item, field);
		if (text_is(item, "class", cls) && json_is_integer(found) &&
		    json_integer_value(found) == value)
			return item;
	}
	return NULL;
}

/*
 * Another ipcscope, outside the sandbox, enters the network namespaces of all processes, so
 * that for a moment its own netlink socket is listed here, too. None of its users is seen from
 * in here. No socket that a test makes is of that protocol.
 */
bool is_of_observer(json_t *object)
{
	return text_is(object, "class", "netlink") && text_is(object, "protocol", "sock_diag") &&
	       !json_array_size(json_object_get(object, "users"));
}

size_t count_objects(json_t *root, const char *cls)
{
	json_t *item;
	size_t i, n = 0;

	json_array_foreach(objects_of(root), i, item)
		if ((!cls || text_is(item, "class", cls)) && !is_of_observer(item))
			n++;
	return n;
}

json_t *find_user(json_t *object, pid_t pid, size_t n)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(object, "users"), i, item) {
		if (json_integer_value(json_object_get(item, "pid")) != pid)
			continue;
		if (n-- == 0)
			return item;
	}
	return NULL;
}

json_t *need_user(json_t *object, pid_t pid, const char *relation)
{
	json_t *user;
	size_t n = 0;

	while ((user = find_user(object, pid, n++)))
		if (text_is(user, "relation", relation))
			return user;
	sandbox_fail("%s: pid %d has no relation %s", get_text(object, "ref"),
		     pid, relation);
}

size_t count_users(json_t *object)
{
	return json_array_size(json_object_get(object, "users"));
}

bool has_state(json_t *object, const char *word)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(object, "state"), i, item)
		if (json_is_string(item) &&
		    strcmp(json_string_value(item), word) == 0)
			return true;
	return false;
}

bool has_warning(json_t *root, const char *part)
{
	return find_text(json_object_get(root, "warnings"), "part", part);
}

json_int_t get_int(json_t *object, const char *field)
{
	json_t *value = json_object_get(object, field);

	if (!json_is_integer(value))
		sandbox_fail("\"%s\" is not an integer, or not there", field);
	return json_integer_value(value);
}

const char *get_text(json_t *object, const char *field)
{
	json_t *value = json_object_get(object, field);

	if (!json_is_string(value))
		sandbox_fail("\"%s\" is not a string, or not there", field);
	return json_string_value(value);
}

bool is_true(json_t *object, const char *field)
{
	return json_is_true(json_object_get(object, field));
}

bool is_none(json_t *object, const char *field)
{
	json_t *none = json_object_get(object, "none"), *name;
	size_t i;

	json_array_foreach(none, i, name) {
		if (!strcmp(json_string_value(name), field))
			return true;
	}
	return false;
}

bool has_field(json_t *object, const char *field)
{
	return json_object_get(object, field);
}
