// SPDX-License-Identifier: GPL-2.0-or-later
#include "ipcscope/derive.h"
#include "missing.h"

#define CLOCK_SLACK	2	/* seconds: whole-second ctime, rounded boot */

static struct value not_known(void)
{
	return (struct value){ .known = KNOWN_NOT };
}

static struct value none(void)
{
	return (struct value){ .known = KNOWN_NONE };
}

static struct value number(uint64_t num)
{
	return (struct value){ .known = KNOWN_YES, .num = num };
}

static struct value word(const char *text)
{
	return (struct value){ .known = KNOWN_YES, .word = text };
}

static struct value string(const struct str *str)
{
	return str ? (struct value){ .known = KNOWN_YES, .str = str } : none();
}

static bool have(const struct snapshot *snap, uint32_t parts)
{
	return (snap->parts_read & parts) == parts;
}

static struct value stored(const struct snapshot *snap,
			   const struct object *obj, enum field_id field)
{
	uint64_t num;

	if (!object_num(snap, obj, field, &num))
		return not_known();
	switch (fields[field].type) {
	case TYPE_STR:
		return string((const struct str *)(uintptr_t)num);
	case TYPE_WORD:
		return word((const char *)(uintptr_t)num);
	case TYPE_SEMS:
		return number(((const struct sems *)(uintptr_t)num)->nr);
	default:
		return number(num);
	}
}

/* Who told @sign of it would have told this too, if there was any. */
static struct value told_with(const struct snapshot *snap,
			      const struct object *obj, enum field_id field,
			      enum field_id sign)
{
	struct value value = stored(snap, obj, field);
	uint64_t num;

	if (value.known == KNOWN_NOT && object_num(snap, obj, sign, &num))
		return none();
	return value;
}

static struct value id_name_of(const struct snapshot *snap,
			       const struct object *obj, enum field_id field,
			       bool group)
{
	const struct str *name;
	uint64_t id;

	if (!object_num(snap, obj, field, &id))
		return not_known();
	name = snapshot_find_name(snap, group, (uint32_t)id);
	return name ? string(name) : not_known();
}

static struct value latest(const struct snapshot *snap,
			   const struct object *obj, uint64_t *when)
{
	const struct class_info *kind = class_infos[obj->class];
	bool any = false;
	unsigned int i;

	*when = 0;
	for (i = 0; i < ARRAY_SIZE(kind->last_use_fields); i++) {
		uint64_t num;

		if (kind->last_use_fields[i] == FIELD_NONE)
			break;
		if (!object_num(snap, obj, kind->last_use_fields[i], &num))
			return not_known();
		any = true;
		if (num > *when)
			*when = num;
	}
	return any ? number(*when) : not_known();
}

static struct value since(const struct snapshot *snap, uint64_t when)
{
	uint64_t now = (uint64_t)snap->host.taken;

	if (!when)
		return number(AGE_NEVER);
	return number(now > when ? now - when : 0);
}

static struct value age(const struct snapshot *snap, const struct object *obj)
{
	uint64_t made;

	if (object_num(snap, obj, FIELD_BTIME, &made) && made)
		return since(snap, made);
	if (object_num(snap, obj, FIELD_CTIME, &made) && made)
		return since(snap, made);
	return not_known();
}

static struct value idle(const struct snapshot *snap, const struct object *obj)
{
	uint64_t when;
	struct value value = latest(snap, obj, &when);

	return value.known == KNOWN_YES ? since(snap, when) : value;
}

struct value process_alive(const struct snapshot *snap,
			   const struct object *obj, pid_t pid, int64_t when)
{
	const struct process *proc;
	int64_t started;
	uint32_t index;

	(void)obj;
	if (pid <= 0 || !have(snap, NEED(PROCS)) || !snap->host.all_processes)
		return not_known();
	index = snapshot_find_pid(snap, pid);
	if (index == NO_INDEX)
		return missing_process(snap, pid) ? not_known() : number(0);
	proc = &snap->processes.at[index];
	if (proc->flags & PROCESS_ZOMBIE)
		return number(0);
	started = snap->host.booted +
		  (int64_t)(proc->start / (snap->host.ticks ?: 100));
	return number(!when || started <= when + CLOCK_SLACK);
}

static struct value creator_alive(const struct snapshot *snap,
				  const struct object *obj)
{
	uint64_t pid, made = 0;

	if (!object_num(snap, obj, FIELD_CPID, &pid))
		return not_known();
	object_num(snap, obj, FIELD_CTIME, &made);
	return process_alive(snap, obj, (pid_t)pid, (int64_t)made);
}

/* The time to which the pid of a field belongs; it never was if that is 0.
 * False: not known. */
static bool time_of_pid(const struct snapshot *snap, const struct object *obj,
			enum field_id field, uint64_t *when)
{
	uint64_t detached;

	switch (field) {
	case FIELD_LPID:
		if (!object_num(snap, obj, FIELD_ATIME, when) ||
		    !object_num(snap, obj, FIELD_DTIME, &detached))
			return false;
		*when = detached > *when ? detached : *when;
		return true;
	case FIELD_LSPID:
		return object_num(snap, obj, FIELD_STIME, when);
	case FIELD_LRPID:
		return object_num(snap, obj, FIELD_RTIME, when);
	default:
		return object_num(snap, obj, FIELD_CTIME, when);
	}
}

/* A pid of 0 with its time 0 means never; else not visible from here. */
static struct value last_pid(const struct snapshot *snap,
			     const struct object *obj, enum field_id field)
{
	uint64_t pid, when;

	if (!object_num(snap, obj, field, &pid))
		return not_known();
	if (pid)
		return number(pid);
	return !time_of_pid(snap, obj, field, &when) || when ? not_known() :
							       none();
}

/* The later of sender and receiver; a segment has only one. */
static struct value last_by(const struct snapshot *snap,
			    const struct object *obj)
{
	uint64_t sent, received;

	if (fieldset_has(&snap->layout->has[obj->class], FIELD_LPID))
		return last_pid(snap, obj, FIELD_LPID);
	if (!time_of_pid(snap, obj, FIELD_LSPID, &sent) ||
	    !time_of_pid(snap, obj, FIELD_LRPID, &received))
		return not_known();
	return last_pid(snap, obj,
			received > sent ? FIELD_LRPID : FIELD_LSPID);
}

static uint32_t count_attached(const struct snapshot *snap,
			       const struct object *obj)
{
	const struct edge *edge;
	uint32_t i, nr = 0;

	for_each_object_edge(edge, i, snap, obj)
		nr += edge->kind == EDGE_ATTACHED;
	return nr;
}

static struct value attaches_found(const struct snapshot *snap,
				   const struct object *obj)
{
	uint64_t attaches;

	if (object_num(snap, obj, FIELD_ATTACHES, &attaches) && !attaches)
		return number(0);
	if (!have(snap, class_infos[obj->class]->users_by))
		return not_known();
	return number(count_attached(snap, obj));
}

/* Whether a process of that gap could use @obj. */
static bool gap_matters(const struct snapshot *snap, const struct object *obj,
			const struct gap *gap)
{
	uint64_t mode, uid;

	if (!class_infos[obj->class]->mode_protects ||
	    !object_num(snap, obj, FIELD_MODE, &mode) || mode & 077 ||
	    !object_num(snap, obj, FIELD_UID, &uid))
		return true;
	return gap->uid == 0 || gap->uid == uid || gap->uid == (uid_t)-1;
}

static bool parts_complete(const struct snapshot *snap,
			   const struct object *obj, uint32_t parts)
{
	const struct gap *gap;

	if (!have(snap, parts) || snap->partial ||
	    !snap->host.first_pid_ns || !snap->host.all_processes)
		return false;
	parts |= NEED(PROCS);
	if (!(parts & snap->gap_parts))
		return true;
	vec_for_each(gap, &snap->gaps) {
		if (parts >> gap->part & 1 && gap_matters(snap, obj, gap))
			return false;
	}
	return true;
}

bool object_users_complete(const struct snapshot *snap,
			   const struct object *obj)
{
	const struct class_info *kind = class_infos[obj->class];
	uint64_t attaches;

	if (fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES)) {
		if (!object_num(snap, obj, FIELD_ATTACHES, &attaches))
			return false;
		return !attaches || (have(snap, kind->users_by) &&
				     count_attached(snap, obj) >= attaches);
	}
	return kind->users_by && parts_complete(snap, obj, kind->users_by);
}

/* Of a removed segment: the kernel forgets it, a mapping's name does not. */
static struct value old_key(const struct snapshot *snap,
			    const struct object *obj)
{
	const struct edge *edge;
	uint64_t flags = 0;
	uint32_t i;

	object_num(snap, obj, FIELD_FLAGS, &flags);
	if (!(flags & IS(DEST)))
		return none();
	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind == EDGE_ATTACHED)
			return edge->key ? number(edge->key) : none();
	}
	return not_known();
}

/* Classes that tell whether anybody has them. */
static bool can_be_unattached(const struct snapshot *snap,
			      const struct object *obj)
{
	return class_infos[obj->class]->groups & GROUP_POSIX ||
	       fieldset_has(&snap->layout->has[obj->class], FIELD_ATTACHES);
}

static uint64_t attached_state(const struct snapshot *snap,
			       const struct object *obj, bool used)
{
	uint64_t attaches;

	if (!can_be_unattached(snap, obj))
		return 0;
	if (object_num(snap, obj, FIELD_ATTACHES, &attaches))
		return attaches ? IS(ATTACHED) : IS(UNATTACHED);
	if (used)
		return IS(ATTACHED);
	return object_users_complete(snap, obj) ? IS(UNATTACHED) : 0;
}

/* What waits for room, not for something to come. */
static bool is_full(const struct object *obj, const struct edge *edge)
{
	if (!(edge->access & ACCESS_WRITE))
		return false;
	if (obj->class == CLASS_fifo)
		return edge->fd >= 0;	/* else it waits to open it */
	return obj->class != CLASS_sem && obj->class != CLASS_psem;
}

uint64_t object_state(const struct snapshot *snap, const struct object *obj,
		      bool *unsure)
{
	const struct class_info *kind = class_infos[obj->class];
	const struct edge *edge;
	bool used = false;
	uint64_t state = 0;
	uint32_t i;

	object_num(snap, obj, FIELD_FLAGS, &state);
	for_each_object_edge(edge, i, snap, obj) {
		used |= edge_is_use(edge);
		if (edge->kind == EDGE_ATTACHED && edge->huge)
			state |= IS(HUGETLB);
		if (edge->kind != EDGE_WAITS)
			continue;
		state |= IS(WAITS);
		if (is_full(obj, edge))
			state |= IS(FULL);
	}
	state |= attached_state(snap, obj, used);
	if (unsure)
		*unsure = (can_be_unattached(snap, obj) &&
			   !(state & (IS(ATTACHED) | IS(UNATTACHED)))) ||
			  (kind->waits_by && !(state & IS(WAITS)) &&
			   !parts_complete(snap, obj, kind->waits_by));
	return state;
}

static struct value state(const struct snapshot *snap,
			  const struct object *obj)
{
	bool unsure;
	uint64_t bits = object_state(snap, obj, &unsure);

	if (bits)
		return number(bits);
	return unsure ? not_known() : none();
}

static struct value waiters(const struct snapshot *snap,
			    const struct object *obj)
{
	const struct edge *edge;
	uint32_t i, nr = 0;

	for_each_object_edge(edge, i, snap, obj)
		nr += edge->kind == EDGE_WAITS;
	if (nr || parts_complete(snap, obj,
				 class_infos[obj->class]->waits_by))
		return number(nr);
	return not_known();
}

/* Processes with @access; 0 only if nobody unseen can have it. */
static struct value count_access(const struct snapshot *snap,
				 const struct object *obj, uint8_t access)
{
	uint32_t last = NO_INDEX, i, nr = 0;
	const struct edge *edge;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind != EDGE_OPEN || !(edge->access & access) ||
		    edge->process == last)
			continue;
		last = edge->process;
		nr++;
	}
	if (nr || object_users_complete(snap, obj))
		return number(nr);
	return not_known();
}

static struct value users(const struct snapshot *snap,
			  const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge_is_use(edge))
			return number(1);
	}
	return object_users_complete(snap, obj) ? none() : not_known();
}

static struct value peers(const struct snapshot *snap,
			  const struct object *obj)
{
	const struct edge *edge;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		if (edge->kind == EDGE_PEER)
			return number(1);
	}
	return none();
}

static struct value peer_users(const struct snapshot *snap,
			       const struct object *obj)
{
	const struct edge *edge;
	bool unknown = false;
	uint32_t i;

	for_each_object_edge(edge, i, snap, obj) {
		struct value value;

		if (edge->kind != EDGE_PEER)
			continue;
		value = users(snap, &snap->objects.at[edge->peer]);
		if (value.known == KNOWN_YES)
			return value;
		unknown |= value.known == KNOWN_NOT;
	}
	return unknown ? not_known() : none();
}

static struct value lives(const struct snapshot *snap,
			  const struct object *obj)
{
	enum persistence persistence = obj->key.space == SPACE_INODE &&
				 obj->class == CLASS_unix ? LIVES_FILESYSTEM :
				 class_infos[obj->class]->persistence;
	uint64_t flags = 0;

	object_num(snap, obj, FIELD_FLAGS, &flags);
	if (flags & (IS(UNLINKED) | IS(DEST)))
		persistence = LIVES_PROCESS;
	return word(persistence_words[persistence]);
}

/* Of UNIX sockets there are live ones, and paths that some left behind. */
static bool applies(const struct snapshot *snap, const struct object *obj,
		    enum field_id field)
{
	bool is_path = obj->key.space == SPACE_INODE;
	uint64_t flags = 0;

	if (obj->class != CLASS_unix)
		return true;
	switch (field) {
	case FIELD_GID:
	case FIELD_GROUP:
	case FIELD_MODE:
	case FIELD_CTIME:
	case FIELD_MTIME:
	case FIELD_BTIME:
	case FIELD_AGE:
		return is_path;
	/* One that listens has connections in its queue, another has bytes. */
	case FIELD_RECVQ:
	case FIELD_SENDQ:
		object_num(snap, obj, FIELD_FLAGS, &flags);
		return !is_path && !(flags & IS(LISTENING));
	case FIELD_PENDING:
	case FIELD_BACKLOG:
		object_num(snap, obj, FIELD_FLAGS, &flags);
		return !is_path && flags & IS(LISTENING);
	case FIELD_NET_NS:
	case FIELD_TYPE:
	case FIELD_PEERS:
	case FIELD_PEER_USERS:
		return !is_path;
	default:
		return true;
	}
}

struct value object_value(const struct snapshot *snap, const struct object *obj,
			  enum field_id field)
{
	const struct class_info *kind = class_infos[obj->class];

	if (!fieldset_has(&snap->layout->has[obj->class], field) ||
	    !applies(snap, obj, field))
		return (struct value){ .known = KNOWN_NOT_APPLICABLE };
	switch (field) {
	case FIELD_CLASS:	return word(kind->name);
	case FIELD_REF:		return (struct value){ .known = KNOWN_YES };
	case FIELD_ID:
	case FIELD_INO:		return number(obj->key.id);
	case FIELD_DEV:
	case FIELD_NET_NS:	return number(obj->key.ns);
	case FIELD_AMOUNT:	return object_value(snap, obj, kind->amount);
	case FIELD_OWNER:	return id_name_of(snap, obj, FIELD_UID, false);
	case FIELD_GROUP:	return id_name_of(snap, obj, FIELD_GID, true);
	case FIELD_CREATOR:	return id_name_of(snap, obj, FIELD_CUID, false);
	case FIELD_ATTACHES_FOUND: return attaches_found(snap, obj);
	case FIELD_LPID:
	case FIELD_LSPID:
	case FIELD_LRPID:	return last_pid(snap, obj, field);
	case FIELD_CPID:
	case FIELD_MADE_BY:	return last_pid(snap, obj, FIELD_CPID);
	case FIELD_REMOTE:	return told_with(snap, obj, field, FIELD_LOCAL);
	case FIELD_OLD_KEY:	return old_key(snap, obj);
	case FIELD_LAST_BY:	return last_by(snap, obj);
	case FIELD_CREATOR_ALIVE: return creator_alive(snap, obj);
	case FIELD_AGE:		return age(snap, obj);
	case FIELD_IDLE:	return idle(snap, obj);
	case FIELD_STATE:	return state(snap, obj);
	case FIELD_PERSISTENCE:	return lives(snap, obj);
	case FIELD_READERS:	return count_access(snap, obj, ACCESS_READ);
	case FIELD_WRITERS:	return count_access(snap, obj, ACCESS_WRITE);
	case FIELD_WAITERS:	return waiters(snap, obj);
	case FIELD_USERS_COMPLETE:
		return number(object_users_complete(snap, obj));
	case FIELD_PID:
	case FIELD_COMMAND:
	case FIELD_USERS:	return users(snap, obj);
	case FIELD_PEERS:	return peers(snap, obj);
	case FIELD_PEER_USERS:	return peer_users(snap, obj);
	default:		return stored(snap, obj, field);
	}
}
