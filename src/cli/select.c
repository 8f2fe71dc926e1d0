// SPDX-License-Identifier: GPL-2.0-or-later
/* Which objects the arguments mean: classes and REFs. */
#include "session.h"

#include <string.h>

#include "ipcscope/text.h"

const struct class_info *only_kind(uint64_t classes)
{
	if (!classes || classes & (classes - 1))
		return NULL;
	return class_infos[__builtin_ctzll(classes)];
}

static bool select_is_bare(const struct ref *ref)
{
	return strchr("/@0123456789", *ref->text);
}

static uint64_t select_number_hash(uint64_t number)
{
	return hash_u64(number, REF_NUMBER);
}

static uint64_t select_key_hash(uint64_t key)
{
	return hash_u64((uint32_t)key, REF_KEY);
}

static bool select_same_hash(const void *vec, uint32_t index, const void *key)
{
	const struct ref_use *uses = vec;

	return uses[index].hash == *(const uint64_t *)key;
}

static uint32_t select_find_ref(const struct selection *sel, uint64_t hash)
{
	return map_find(&sel->ref_index, hash, select_same_hash, sel->refs.at, &hash);
}

static int select_add_ref(struct selection *sel, const char *word)
{
	struct ref_use use = { .next = NO_INDEX, .last = NO_INDEX };
	const char *why;
	uint32_t first;

	if (!ref_parse(word, &sel->arena, &use.ref, &why))
		return misused("%s", why);
	sel->classes |= use.ref.classes;
	use.hash = use.ref.form == REF_KEY ? select_key_hash(use.ref.number) :
		   use.ref.name ? hash_bytes(use.ref.name->data, use.ref.name->len) :
		   select_number_hash(use.ref.number);
	first = select_find_ref(sel, use.hash);
	if (first == NO_INDEX) {
		map_add(&sel->ref_index, use.hash, sel->refs.nr);
	} else {
		use.next = sel->refs.at[first].next;
		sel->refs.at[first].next = sel->refs.nr;
	}
	*vec_add(&sel->refs) = use;
	return 0;
}

int selection_args(struct selection *sel, const struct request *req, bool refs_only)
{
	int i, status = 0;

	for (i = 0; i < req->nr_args && !status; i++) {
		const char *word = req->args[i];
		uint64_t classes = refs_only ? 0 : classes_by_word(word, strlen(word));

		sel->named |= classes;
		if (!classes)
			status = select_add_ref(sel, word);
	}
	if (!req->nr_args && !sel->named) {
		sel->by_default = true;
		sel->named = classes_by_word("sysv", strlen("sysv")) |
			     classes_by_word("posix", strlen("posix"));
	}
	sel->classes |= sel->named;
	return status;
}

void selection_settle(struct selection *sel, const struct request *req)
{
	struct filter *const *filter;
	uint64_t possible = ALL_CLASSES;
	const struct ref_use *use;

	vec_for_each(filter, &sel->filters)
		possible &= filter_classes(*filter);

	/* "-w 'class == pipe'" says enough. */
	if (sel->by_default && possible && !(sel->named & possible)) {
		sel->named = possible;
		sel->by_default = false;
	}
	sel->classes = sel->named & possible;
	if (asked(req, OPTION_SORT))
		sel->keys = req->option[OPTION_SORT].order;
	vec_for_each(use, &sel->refs)
		sel->classes |= use->ref.classes;
}

/* Whether processes must be looked at one by one for a field in @sets: one set for each
 * class, or one for all of them. */
static bool select_needs_processes(const struct fieldset *sets, bool of_each)
{
	const uint64_t looked_at = NEED(FDS) | NEED(ACCESS) | NEED(FDINFO) |
				   NEED(MAPS) | NEED(CALLS);
	enum class_id class;
	enum field_id field;
	uint64_t needs;

	for (class = 0; class < NR_CLASSES; class++) {
		for_each_field(field) {
			if (fieldset_has(&sets[of_each ? class : 0], field) &&
			    class_has(class_infos[class], field, &needs) &&
			    needs & looked_at)
				return true;
		}
	}
	return false;
}

/* One process is enough to read if nothing else is to be known of others. */
static void select_narrow_to_pid(struct selection *sel, struct query *query)
{
	struct filter *const *filter;
	pid_t pid = 0;

	if (select_needs_processes(query->fields, true))
		return;
	vec_for_each(filter, &sel->filters) {
		pid_t only = filter_pid(*filter);
		struct fieldset used = {};

		filter_fields(*filter, &used);
		if (only)
			pid = only;
		else if (select_needs_processes(&used, false))
			return;
	}
	if (!pid)
		return;
	*vec_add(&sel->pids) = pid;
	query->pids = sel->pids.at;
	query->nr_pids = 1;
	query->only_pids = true;
}

void selection_query(struct selection *sel, struct query *query)
{
	struct filter *const *filter;
	const struct sort_key *key;
	struct fieldset used = {};
	enum field_id field;

	vec_for_each(key, &sel->keys)
		query_add_field(query, key->field);
	if (!sel->filters.nr)
		return;
	/* Whether a REF exists does not depend on who uses it. */
	if (!sel->refs.nr)
		select_narrow_to_pid(sel, query);
	vec_for_each(filter, &sel->filters)
		filter_fields(*filter, &used);
	for_each_field(field) {
		if (fieldset_has(&used, field))
			query_add_field(query, field);
	}
}

/* The REFs of one hash: those that mean the object note it, once. */
static bool select_note_refs(struct selection *sel, uint64_t hash,
			     const struct snapshot *snap, uint32_t object)
{
	const struct object *obj = &snap->objects.at[object];
	uint32_t i = select_find_ref(sel, hash);
	bool any = false;

	for (; i != NO_INDEX; i = sel->refs.at[i].next) {
		struct ref_use *use = &sel->refs.at[i];

		if (!ref_matches(&use->ref, snap, obj) ||
		    (use->ref.any_ns && !select_ns_means(sel, snap, obj)))
			continue;
		any = true;
		if (use->last == object)
			continue;
		use->last = object;
		if (use->nr < REF_SHOWN)
			use->found[use->nr] = object;
		use->nr++;
	}
	return any;
}

static bool select_note_str(struct selection *sel, const struct snapshot *snap,
			    uint32_t object, enum field_id field)
{
	const struct str *str = object_str(snap, &snap->objects.at[object], field);

	return str && select_note_refs(sel, hash_bytes(str->data, str->len), snap, object);
}

/* Whether a REF means it; every one that does notes it. */
static bool select_is_named(struct selection *sel, const struct snapshot *snap,
			    uint32_t object)
{
	const struct object *obj = &snap->objects.at[object];
	const struct str *names;
	const struct edge *edge;
	const char *name = NULL;
	size_t len = 0;
	uint64_t key;
	uint32_t i;
	bool any;

	any = select_note_refs(sel, select_number_hash(obj->key.id), snap, object);
	for_each_object_edge(edge, i, snap, obj) {
		if (obj->key.space == SPACE_FILE && edge->fd >= 0)
			any |= select_note_refs(sel, select_number_hash((uint64_t)edge->fd), snap,
						object);
	}
	if (object_num(snap, obj, FIELD_KEY, &key))
		any |= select_note_refs(sel, select_key_hash(key), snap, object);
	any |= select_note_str(sel, snap, object, FIELD_NAME);
	any |= select_note_str(sel, snap, object, FIELD_PATH);
	names = object_str(snap, obj, FIELD_NAMES);
	while (names && names_next(names, &name, &len))
		any |= select_note_refs(sel, hash_bytes(name, len), snap, object);
	return any;
}

bool selection_names(const void *arg, const struct snapshot *snap, const struct object *obj)
{
	const struct selection *sel = arg;
	const struct ref_use *use;

	vec_for_each(use, &sel->refs) {
		if (ref_matches(&use->ref, snap, obj))
			return true;
	}
	return false;
}

/* "'32772' could be sem:32772 or msg:32772: say which" */
static int select_say_which(const struct ref_use *use, const struct snapshot *snap)
{
	uint32_t i, shown = use->nr < REF_SHOWN ? use->nr : REF_SHOWN;
	struct buf list = {};
	int status;

	for (i = 0; i < shown; i++) {
		if (i)
			buf_puts(&list, i + 1 == use->nr ? " or " : ", ");
		object_ref(&list, snap, &snap->objects.at[use->found[i]]);
	}
	if (use->nr > shown)
		buf_printf(&list, " or %u more", use->nr - shown);
	status = misused("'%s' could be %s: say which", use->ref.text, list.data);
	buf_free(&list);
	return status;
}

/* What must have been read to find it. */
static uint64_t select_listed_by(const struct ref *ref)
{
	const uint64_t by_holders = NEED(FDS) | NEED(FDINFO) | NEED(MAPS);
	uint64_t parts = 0;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (ref->classes >> class & 1)
			parts |= class_infos[class]->listed_by;
	}
	/* Only what has lost its name is found by who holds it. */
	if (ref->form == REF_NAME && parts & ~by_holders)
		parts &= ~by_holders;
	return parts;
}

/* Nothing is called so; a bare number may be a process. */
static int select_say_missing(const struct ref_use *use, const struct picture *picture)
{
	const uint64_t in_namespace = classes_by_word("sysv", strlen("sysv")) | A_CLASS(pmsg);
	const struct snapshot *snap = &picture->snap;
	const struct ref *ref = &use->ref;
	uint32_t proc = NO_INDEX;
	uint64_t was;

	if (select_is_bare(ref) && ref->form == REF_NUMBER && ref->number <= INT32_MAX)
		proc = snapshot_find_pid(snap, (pid_t)ref->number);
	if (proc != NO_INDEX) {
		const struct str *comm = snap->processes.at[proc].comm;

		return misused("'%s' is no REF; of process %s (%s): ipcscope ps %s",
			       ref->text, ref->text, comm ? comm->data : "?", ref->text);
	}
	if (select_is_bare(ref))
		return misused("'%s' is no REF: they look like shm:5, shm:0x2a, pshm:/name",
			       ref->text);
	was = select_path_was(use, snap);
	if (!was && select_path_say(ref, picture->host))
		return STATUS_FAILED;
	if (ref_is_pattern(ref) && only_kind(ref->classes)) {
		complain("%s does not exist; as a pattern: ipcscope list %s -w 'ref ~ \"%s\"'",
			 ref->text, only_kind(ref->classes)->name, ref->text);
		return STATUS_FAILED;
	}
	if (was)
		complain("%s leads to no socket here; unix:%llu was bound to it", ref->text,
			 (unsigned long long)was);
	else if (ref->ns && select_ns_other(snap, ref->ns))
		complain("%s: %llu is %s namespace; IPC namespaces: ipcscope ns", ref->text,
			 (unsigned long long)ref->ns, select_ns_other(snap, ref->ns));
	else if (!picture->host)
		complain("%s is not in this snapshot", ref->text);
	else if (picture_lacks(picture, select_listed_by(ref)))
		complain("%s does not exist, or could not be seen", ref->text);
	else if (!ref->ns && !(ref->classes & ~in_namespace))
		complain("%s does not exist in this IPC namespace", ref->text);
	else
		complain("%s does not exist", ref->text);
	return STATUS_FAILED;
}

int selection_pick(struct selection *sel, const struct picture *picture, struct rows *rows)
{
	const struct snapshot *snap = &picture->snap;
	/* A file also has paths that a look into directories alone, but for /dev/shm, can
	 * tell of. */
	const bool looked = picture->host || picture->query.parts & NEED(PATHS);
	const bool one_ns = !snap->namespaces.nr && !sel->nss.nr;
	const struct ref_use *use;
	int status = 0;
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		const struct object *obj = &snap->objects.at[i];
		bool meant = sel->refs.nr && select_is_named(sel, snap, i);

		if ((meant || (sel->named >> obj->class & 1 &&
			       (one_ns || select_ns_means(sel, snap, obj)))) &&
		    (looked || obj->nr_edges || !object_is_path(obj) ||
		     obj->key.ns == snap->host.home_dev[CLASS_pshm]) &&
		    (!sel->nameless || object_is_nameless(snap, obj)) &&
		    (!sel->filters.nr || selection_matches(sel, snap, obj)))
			*vec_add(rows) = i;
	}
	if (sel->paths.nr && picture->host)
		select_path_note(sel, snap, rows);
	if (sel->keys.nr)
		rows_sort(rows, snap, sel->keys.at, sel->keys.nr);
	vec_for_each(use, &sel->refs) {
		int wrong = !use->nr ? select_say_missing(use, picture) :
			    use->nr > 1 ? select_say_which(use, snap) : 0;

		if (wrong > status)
			status = wrong;
	}
	return status;
}

void selection_free(struct selection *sel)
{
	struct filter **filter;

	vec_for_each(filter, &sel->filters)
		filter_free(*filter);
	vec_free(&sel->filters);
	vec_free(&sel->refs);
	vec_free(&sel->paths);
	vec_free(&sel->files);
	vec_free(&sel->pids);
	vec_free(&sel->nss);
	vec_free(&sel->read_nss);
	map_free(&sel->ref_index);
	arena_free(&sel->arena);
}
