// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/sysmacros.h>

#include "ipcscope/filter.h"
#include "ipcscope/snapshot.h"
#include "ipcscope/text.h"

/* What somebody typed, escapes as they were, fit to be printed. */
static const char *ref_shown(struct arena *arena, const char *text, size_t len)
{
	struct buf exact = {}, safe = {};
	const struct str *str;

	if (text_unescape(&exact, text, len))
		text_escape(&safe, exact.data, exact.len);
	else
		text_escape(&safe, text, len);
	str = arena_str(arena, safe.data, safe.len);
	buf_free(&exact);
	buf_free(&safe);
	return str->data;
}

bool ref_is_pattern(const struct ref *ref)
{
	return strpbrk(ref->text, "*?[") && !strpbrk(ref->text, "'\"\\");
}

static bool ref_takes_form(const struct class_info *kind, enum ref_form form)
{
	switch (form) {
	case REF_KEY:
		return kind->groups & GROUP_SYSV;
	case REF_NAME:
		return kind->called;
	case REF_ABSTRACT:
		return kind->abstract_names;
	case REF_DEV_INO:
		return kind->space == SPACE_INODE || kind->space == SPACE_PTY;
	case REF_PID_FD:
		return kind->space == SPACE_FILE;
	default:
		return kind->space != SPACE_FILE;
	}
}

static uint64_t ref_classes_for(const struct ref *ref)
{
	uint64_t classes = 0;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];

		if (ref_takes_form(kind, ref->form) &&
		    (!ref->ns || kind->space == SPACE_SOCKET || class_field(kind, FIELD_IPC_NS)))
			classes |= A_CLASS_OF(class);
	}
	return classes;
}

static const char *ref_class_word(const void *arg, size_t i)
{
	return class_infos[i]->name;
}

/* Up to the ':' a class is named; without any, all that could be meant. */
static bool ref_parse_class(const char **text, struct arena *arena,
			    struct ref *ref, const char **why)
{
	const char *colon = strchr(*text, ':');
	size_t len = colon ? (size_t)(colon - *text) : strlen(*text);
	const char *word;
	struct hint hint;

	if (strchr("/@0123456789", **text) && **text) {
		ref->classes = ALL_CLASSES;
		return true;
	}
	ref->classes = classes_by_word(*text, len);
	if (colon && ref->classes) {
		*text = colon + 1;
		return true;
	}
	word = ref_shown(arena, *text, len);
	if (ref->classes)
		*why = arena_printf(arena, "'%s' is a class, not a REF: %s:...",
				    word, word)->data;
	else if (colon || text_nearest(word, ref_class_word, NULL, NR_CLASSES))
		*why = arena_printf(arena, "no class '%s'%s", word,
				    text_hint(&hint, word, ref_class_word, NR_CLASSES,
					      "ipcscope help classes"))->data;
	else
		*why = arena_printf(arena, "'%s' is no REF: they look like shm:5, shm:0x2a, pshm:/name",
				    word)->data;
	return false;
}

/* "25", "0x5ce0000", "0:25/2025", "5325/7"; behind it "@4026531839". */
static bool ref_parse_number(const char *text, struct ref *ref)
{
	uint64_t major_nr, minor_nr;

	ref->form = REF_NUMBER;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		text += 2;
		ref->form = REF_KEY;
		if (!num_hex(&text, &ref->number) || ref->number > UINT32_MAX)
			return false;
	} else if (!num_u64(&text, &ref->number)) {
		return false;
	}
	if (ref->form == REF_NUMBER && *text == ':') {
		text++;
		major_nr = ref->number;
		ref->form = REF_DEV_INO;
		if (!num_u64(&text, &minor_nr) || *text++ != '/' ||
		    !num_u64(&text, &ref->number) ||
		    major_nr > UINT32_MAX || minor_nr > UINT32_MAX)
			return false;
		ref->dev = makedev((unsigned int)major_nr, (unsigned int)minor_nr);
	} else if (ref->form == REF_NUMBER && *text == '/') {
		text++;
		ref->form = REF_PID_FD;
		ref->dev = ref->number;
		if (!num_u64(&text, &ref->number))
			return false;
	}
	if (*text == '@') {
		text++;
		if (!num_u64(&text, &ref->ns) || !ref->ns)
			return false;
	}
	return !*text;
}

/* One class was named, but what comes behind it is nothing it goes by. */
static const char *ref_why_not(struct arena *arena, const struct ref *ref, const char *behind)
{
	const char *typed = ref_shown(arena, ref->text, strlen(ref->text));
	const struct class_info *kind;

	if (!ref->classes || ref->classes & (ref->classes - 1))
		return arena_printf(arena, "'%s' is no REF: they look like shm:5, shm:0x2a, pshm:/name",
				    typed)->data;
	kind = class_infos[__builtin_ctzll(ref->classes)];
	if (ref_is_pattern(ref))
		return arena_printf(arena, "'%s' is a pattern, not a REF: ipcscope list %s -w 'ref ~ \"%s\"'",
				    typed, kind->name, typed)->data;
	if (kind->groups & GROUP_POSIX && *behind && !strchr("@0123456789", *behind))
		return arena_printf(arena, "'%s' is no REF, perhaps '%s:/%s'?",
				    typed, kind->name,
				    ref_shown(arena, behind, strlen(behind)))->data;
	return arena_printf(arena, "'%s' is no REF; of this class they are %s",
			    typed, kind->refs)->data;
}

bool ref_parse(const char *text, struct arena *arena, struct ref *ref, const char **why)
{
	struct buf name = {};
	uint64_t named;
	size_t len;

	*ref = (struct ref){ .text = text };
	if (!ref_parse_class(&text, arena, ref, why))
		return false;
	named = ref->classes;
	if (*text == '/' || *text == '@') {
		ref->form = *text == '/' ? REF_NAME : REF_ABSTRACT;
		len = strlen(text);
		/* A file may be called so. */
		if (named == A_CLASS(pmsg))
			len = ref_without_ns(text, len, &ref->ns);
		if (text_unescape(&name, text, len))
			ref->name = arena_str(arena, name.data, name.len);
		buf_free(&name);
		if (!ref->name) {
			*why = arena_printf(arena, "'%s' has a \\ that means nothing: \\xHH and \\\\ do",
					    ref_shown(arena, ref->text, strlen(ref->text)))->data;
			return false;
		}
	} else if (!ref_parse_number(text, ref)) {
		*why = ref_why_not(arena, ref, text);
		return false;
	}
	if (ref->form == REF_KEY && !ref->number) {
		*why = "key 0 is IPC_PRIVATE: no object can be found by it";
		return false;
	}
	ref->classes &= ref_classes_for(ref);
	if (ref->classes)
		return true;
	ref->classes = named;
	*why = ref_why_not(arena, ref, text);
	return false;
}

static bool ref_in_namespace(const struct ref *ref, const struct snapshot *snap,
			     const struct object *obj)
{
	const bool socket = class_infos[obj->class]->space == SPACE_SOCKET;
	const uint64_t ns = socket ? obj->key.ns : object_ipc_ns(snap, obj);

	if (ref->ns)
		return ns == ref->ns;
	return !ns || socket || ref->any_ns || ref->form == REF_DEV_INO ||
	       ns == snap->host.ipc_ns;
}

/* Whoever has it calls it by a descriptor of its own. */
static bool ref_is_descriptor(const struct ref *ref, const struct snapshot *snap,
			      const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind == EDGE_OPEN && (uint64_t)edge->fd == ref->number && ref->dev ==
		    (uint64_t)(edge->tid ?: snap->processes.at[edge->process].pid))
			return true;
	}
	return obj->key.ns == ref->dev && obj->key.id == ref->number;
}

bool ref_matches(const struct ref *ref, const struct snapshot *snap,
		 const struct object *obj)
{
	const uint64_t home = snap->host.home_dev[obj->class];
	uint64_t key;

	if (!(ref->classes >> obj->class & 1))
		return false;
	switch (ref->form) {
	case REF_NUMBER:
		/* Without its device it means one where such objects usually are. */
		return obj->key.id == ref->number && ref_in_namespace(ref, snap, obj) &&
		       (ref->ns || (ref->any_ns && object_ipc_ns(snap, obj)) || !home || obj->key.ns == home ||
			class_infos[obj->class]->space == SPACE_SOCKET);
	case REF_KEY:
		return object_num(snap, obj, FIELD_KEY, &key) &&
		       (uint32_t)key == ref->number && ref_in_namespace(ref, snap, obj);
	case REF_DEV_INO:
		return obj->key.id == ref->number && obj->key.ns == ref->dev &&
		       ref_in_namespace(ref, snap, obj);
	case REF_PID_FD:
		return ref_is_descriptor(ref, snap, obj);
	default:
		/* Several may be called that: they are printed by number. */
		return object_is_called(snap, obj, ref->name) && ref_in_namespace(ref, snap, obj);
	}
}
