// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes that use an object, in as many columns as there are. */
#include "ipcscope/text.h"
#include "internal.h"

/* Groups a process is compared with, so that many names stay linear. */
#define LOOK_BACK	64

/* One process, with all it does taken together. */
struct holder {
	uint32_t process;
	uint32_t next;		/* of its group, or NO_INDEX */
	enum edge_kind kind;	/* what matters most */
	uint8_t access;
	uint32_t count;		/* mappings, or threads that wait; 0: of no matter */
};

/* Processes of one name that use it in the same way. */
struct holder_group {
	uint32_t first, last;	/* holders */
	uint32_t nr;
};

struct pack {
	const struct snapshot *snap;
	struct VEC(struct holder) holders;
	struct VEC(struct holder_group) groups;
	uint64_t unseen;
};

/* What of a process is told, of several: the heaviest. */
static const uint8_t weights[NR_EDGES] = {
	[EDGE_WAITS] = 4, [EDGE_LISTENS] = 3, [EDGE_HOLDS] = 2, [EDGE_POLLS] = 1,
};

static void users_add_object(struct pack *pack, const struct object *obj, uint32_t without)
{
	struct holder *holder = pack->holders.nr ? &pack->holders.at[pack->holders.nr - 1] : NULL;
	struct users users = {};
	uint64_t attaches, found = 0;
	struct user *user;

	object_users(pack->snap, obj, &users);
	vec_for_each(user, &users) {
		uint32_t counted = user->kind == EDGE_OPEN ||
				   user->kind == EDGE_LISTENS ? 0 : user->count;
		bool new = !holder || holder->process != user->process;

		if (user->kind == EDGE_ATTACHED)
			found += user->count;
		if (user->process == without)
			continue;
		if (new)
			holder = vec_add(&pack->holders);
		if (new || weights[holder->kind] < weights[user->kind]) {
			holder->process = user->process;
			holder->kind = user->kind;
			holder->access = user->access;
			holder->count = counted;
		} else if (weights[holder->kind] == weights[user->kind]) {
			holder->access |= user->access;
			holder->count += counted;
		}
	}
	vec_free(&users);
	if (object_num(pack->snap, obj, FIELD_ATTACHES, &attaches) && found < attaches)
		pack->unseen += attaches - found;
}

static bool users_same_group(const struct pack *pack, const struct holder *a,
			     const struct holder *b, bool by_how)
{
	const struct process *procs = pack->snap->processes.at;
	const struct str *x = procs[a->process].comm, *y = procs[b->process].comm;

	return (x == y || str_same(x, y)) &&
	       (!by_how || (a->kind == b->kind && a->access == b->access &&
			    a->count == b->count));
}

static void users_group_holders(struct pack *pack, bool by_how)
{
	uint32_t i, g;

	pack->groups.nr = 0;
	for (i = 0; i < pack->holders.nr; i++) {
		struct holder *holder = &pack->holders.at[i];
		struct holder_group *group = NULL;

		holder->next = NO_INDEX;
		for (g = 0; g < pack->groups.nr && g < LOOK_BACK; g++) {
			group = &pack->groups.at[pack->groups.nr - 1 - g];
			if (users_same_group(pack, &pack->holders.at[group->first],
					     holder, by_how))
				break;
			group = NULL;
		}
		if (group) {
			pack->holders.at[group->last].next = i;
		} else {
			group = vec_add(&pack->groups);
			group->first = i;
		}
		group->last = i;
		group->nr++;
	}
}

static void users_put_group(struct buf *to, const struct pack *pack,
			    const struct holder_group *group, bool folded, bool how)
{
	const struct process *procs = pack->snap->processes.at;
	const struct holder *first = &pack->holders.at[group->first];
	const char *access = access_words[first->access];
	uint32_t i;

	render_process(to, &procs[first->process]);
	if (group->nr > 1) {
		to->len--;	/* the bracket */
		if (folded) {
			buf_puts(to, " +");
			buf_u64(to, group->nr - 1);
		}
		for (i = first->next; !folded && i != NO_INDEX;
		     i = pack->holders.at[i].next) {
			buf_putc(to, ',');
			buf_i64(to, procs[pack->holders.at[i].process].pid);
		}
		buf_putc(to, ']');
	}
	if (!how)
		return;
	if (weights[first->kind] || access[0]) {
		buf_putc(to, ' ');
		buf_puts(to, weights[first->kind] ? edge_names[first->kind] : access);
	}
	if (first->count > 1) {
		buf_puts(to, " x");
		buf_u64(to, first->count);
	}
}

/* What the kernel counts and nobody could be found for. */
static void users_put_unseen(struct buf *to, const struct pack *pack)
{
	if (pack->holders.nr)
		buf_puts(to, ", ");
	buf_u64(to, pack->unseen);
	buf_puts(to, " unseen");
}

static void users_put_all(struct buf *to, const struct pack *pack, bool folded)
{
	const struct holder_group *group;

	vec_for_each(group, &pack->groups) {
		if (group != pack->groups.at)
			buf_puts(to, ", ");
		users_put_group(to, pack, group, folded, true);
	}
	if (pack->unseen)
		users_put_unseen(to, pack);
}

static void users_put_rest(struct buf *to, const struct pack *pack, uint32_t rest)
{
	if (rest) {
		buf_puts(to, " +");
		buf_u64(to, rest);
	}
	if (pack->unseen)
		users_put_unseen(to, pack);
}

static bool users_fits(const struct buf *to, size_t start, unsigned int room)
{
	return text_width(to->data + start, to->len - start) <= room;
}

/* As many groups as fit, then how many more processes; false if not one. */
static bool users_put_first(struct buf *to, const struct pack *pack, bool how,
			    unsigned int room)
{
	uint32_t rest = pack->holders.nr;
	size_t start = to->len, good = start;
	const struct holder_group *group;

	vec_for_each(group, &pack->groups) {
		size_t end;

		if (good != start)
			buf_puts(to, ", ");
		users_put_group(to, pack, group, true, how);
		end = to->len;
		users_put_rest(to, pack, rest - group->nr);
		if (!users_fits(to, start, room))
			break;
		to->len = good = end;
		rest -= group->nr;
	}
	to->len = good;
	if (good == start)
		return false;
	users_put_rest(to, pack, rest);
	return true;
}

static void users_put_packed(struct buf *to, struct pack *pack, unsigned int room)
{
	size_t start = to->len;

	users_group_holders(pack, true);
	users_put_all(to, pack, false);
	if (!room || users_fits(to, start, room))
		return;
	to->len = start;
	users_put_all(to, pack, true);
	if (users_fits(to, start, room))
		return;
	to->len = start;
	if (users_put_first(to, pack, true, room))
		return;
	users_group_holders(pack, false);
	if (users_put_first(to, pack, false, room))
		return;
	if (pack->holders.nr) {
		buf_u64(to, pack->holders.nr);
		buf_puts(to, pack->holders.nr == 1 ? " user" : " users");
	}
	if (pack->unseen)
		users_put_unseen(to, pack);
}

void render_process(struct buf *to, const struct process *proc)
{
	render_name(to, proc->comm);
	buf_putc(to, '[');
	buf_i64(to, proc->pid);
	buf_putc(to, ']');
}

void render_owner(struct buf *to, const struct snapshot *snap, bool group, uint32_t id)
{
	const struct str *name = snapshot_find_name(snap, group, id);

	if (name)
		text_escape(to, name->data, name->len);
	else if (id == (uint32_t)-1)
		buf_putc(to, '?');
	else
		buf_u64(to, id);
}

void users_put(struct buf *to, const struct packed *packed, unsigned int room)
{
	const struct snapshot *snap = packed->context;
	const struct object *obj = packed->item;
	struct pack pack = { .snap = snap };
	struct buf text = {};
	bool complete = object_value(snap, obj, FIELD_PEERS).known != KNOWN_NOT;
	uint64_t needs;
	uint32_t i;

	if (!class_has(class_infos[obj->class], packed->field, &needs))
		return;
	if (packed->field != FIELD_PEER_USERS) {
		users_add_object(&pack, obj, packed->without);
		complete = object_users_complete(snap, obj);
	}
	for (i = 0; packed->field == FIELD_PEER_USERS && i < obj->nr_edges; i++) {
		const struct edge *edge = &snap->edges.at[obj->first_edge + i];
		const struct object *peer;

		if (edge->kind != EDGE_PEER)
			continue;
		peer = &snap->objects.at[edge->peer];
		users_add_object(&pack, peer, NO_INDEX);
		complete &= object_users_complete(snap, peer);
	}
	if (pack.holders.nr || pack.unseen) {
		/* What did not fit is taken back, which a stream cannot do. */
		users_put_packed(to->to ? &text : to, &pack, room);
		if (text.len)
			buf_add(to, text.data, text.len);
		buf_free(&text);
	} else {
		buf_putc(to, complete ? '-' : '?');
	}
	vec_free(&pack.holders);
	vec_free(&pack.groups);
}

void render_users(struct buf *to, const struct snapshot *snap,
		  const struct object *obj, uint32_t without, unsigned int room)
{
	const struct packed packed = {
		.context = snap, .item = obj, .without = without, .field = FIELD_USERS,
	};

	users_put(to, &packed, room);
}
