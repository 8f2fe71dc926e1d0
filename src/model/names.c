// SPDX-License-Identifier: GPL-2.0-or-later
/* What an object is called by, which may be one of several names (hard links). */
#include "internal.h"

const struct str *object_called(const struct snapshot *snap, const struct object *obj)
{
	const struct class_info *info = class_infos[obj->class];

	return info->called ? info->called(snap, obj) : NULL;
}

bool names_next(const struct str *names, const char **name, size_t *len)
{
	const char *end = names->data + names->len;
	const char *at = *name ? *name + *len + 1 : names->data;

	if (at >= end)
		return false;
	*name = at;
	/* No name has an empty part. */
	at = memmem(at, (size_t)(end - at), "//", 2) ?: end;
	*len = (size_t)(at - *name);
	return true;
}

bool list_next(const struct str *list, const char **word, size_t *len)
{
	const char *end = list->data + list->len;
	const char *at = *word ? *word + *len : list->data;

	at += at < end && *at == ' ';
	if (at >= end)
		return false;
	*word = at;
	for (*len = 0; at + *len < end && at[*len] != ' '; ++*len)
		;
	return true;
}

bool object_is_called(const struct snapshot *snap, const struct object *obj,
		      const struct str *called)
{
	const struct str *own = object_called(snap, obj);
	const struct str *names = own ? object_str(snap, obj, FIELD_NAMES) : NULL;
	const char *name = NULL;
	size_t len = 0;

	if (str_same(own, called))
		return true;
	while (names && names_next(names, &name, &len)) {
		if (len == called->len && !memcmp(name, called->data, len))
			return true;
	}
	return false;
}
