// SPDX-License-Identifier: GPL-2.0-or-later
/* What is said of one limit. */
#include "limits.h"

#include <string.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"

#define MOST_PROCESSES	3	/* named of a limit that many share */

const char *limits_set_by(const struct limit_info *info)
{
	return info->by == BY_KERNEL ? "the kernel" : info->set_by;
}

void limits_amount(struct buf *to, const struct limits *limits,
		   enum limit_id limit, uint64_t amount)
{
	if (limit_is_bytes(limit) && !limits->session.view.bytes)
		num_size(to, amount);
	else
		buf_u64(to, amount);
}

void limits_used(struct buf *to, const struct limits *limits,
		 const struct limit_pressure *p)
{
	if (limit_infos[p->limit].kind == KIND_VALUE)
		return;
	if (!p->known) {
		buf_putc(to, '?');
		return;
	}
	buf_puts(to, p->estimated ? "~" : "");
	limits_amount(to, limits, p->limit, p->used);
}

void limits_percent(struct buf *to, const struct limit_pressure *p)
{
	uint64_t tenths;

	if (limit_infos[p->limit].kind == KIND_VALUE)
		return;
	if (!p->has_max || !p->known) {
		buf_putc(to, p->has_max || !p->max_known ? '?' : '-');
		return;
	}
	tenths = limit_pressure_permille(p);
	buf_puts(to, p->estimated ? "~" : "");
	buf_u64(to, tenths / 10);
	if (tenths != 1000)
		buf_printf(to, ".%u", (unsigned int)(tenths % 10));
	buf_putc(to, '%');
}

/* ---- who ---- */

/* The process that keeps what has no name any more; its REF if none does. */
static void put_unlinked(struct buf *to, const struct limits *limits,
			 const struct limit_pressure *p, const struct holder *holder)
{
	const struct snapshot *snap = &limits->session.picture.snap;
	const struct object *obj = &snap->objects.at[holder->index];

	if (obj->nr_edges && object_edge(snap, obj, 0)->process != NO_INDEX)
		render_process(to, &snap->processes.at[object_edge(snap, obj, 0)->process]);
	else
		render_ref(to, snap, obj);
	buf_putc(to, ' ');
	limits_amount(to, limits, p->limit, holder->used);
	buf_puts(to, " unlinked");
}

static void put_object(struct buf *to, const struct limits *limits,
		       const struct limit_pressure *p, const struct holder *holder)
{
	const struct snapshot *snap = &limits->session.picture.snap;

	if (limit_infos[p->limit].kind == KIND_POOL) {
		put_unlinked(to, limits, p, holder);
		return;
	}
	render_ref(to, snap, &snap->objects.at[holder->index]);
	if (holder->waiter == NO_INDEX)
		return;
	buf_puts(to, ": ");
	render_process(to, &snap->processes.at[holder->waiter]);
	buf_puts(to, " waits");
}

/* "root: 3 queues" */
static void put_user_objects(struct buf *to, const struct limits *limits,
			     const struct limit_pressure *p, const struct holder *holder)
{
	uint64_t classes = limit_infos[p->limit].classes;

	render_owner(to, &limits->session.picture.snap, false, holder->index);
	buf_puts(to, ": ");
	render_count(to, holder->nr, class_infos[__builtin_ctzll(classes)]->noun, "s");
}

static void put_holder(struct buf *to, const struct limits *limits,
		       const struct limit_pressure *p, const struct holder *holder)
{
	const struct snapshot *snap = &limits->session.picture.snap;
	enum limit_kind kind = limit_infos[p->limit].kind;

	if (holder->kind == HOLDER_OBJECT) {
		put_object(to, limits, p, holder);
		return;
	}
	if (holder->kind == HOLDER_USER && kind == KIND_USER) {
		put_user_objects(to, limits, p, holder);
		return;
	}
	if (holder->kind == HOLDER_PROCESS)
		render_process(to, &snap->processes.at[holder->index]);
	else
		render_owner(to, snap, false, holder->index);
	if (kind == KIND_PROCESS)
		return;
	buf_putc(to, ' ');
	limits_amount(to, limits, p->limit, holder->used);
}

/* Which are told, and how many at most. */
static const struct holder *told(const struct limit_pressure *p, uint32_t *nr,
				 uint32_t *most)
{
	const struct holder *first = p->holders;
	enum limit_kind kind = limit_infos[p->limit].kind;
	uint32_t i;

	*nr = p->nr_holders;
	*most = UINT32_MAX;
	if (kind == KIND_FILL || kind == KIND_SIZE || kind == KIND_PROCESS) {
		*nr = *nr ? 1 : 0;
		return first;
	}
	/* The nearest user's processes say more than the next user. */
	for (i = 0; i < *nr && first[i].kind != HOLDER_PROCESS; i++)
		;
	if (i == *nr)
		return first;
	*nr -= i;
	*most = MOST_PROCESSES;
	return first + i;
}

void limits_holders(struct buf *to, const struct limits *limits,
		    const struct limit_pressure *p, size_t room)
{
	size_t start = to->len;
	struct buf one = {};
	uint32_t nr, most, i;
	const struct holder *holders = told(p, &nr, &most);

	if (nr && holders != p->holders) {
		render_owner(to, &limits->session.picture.snap, false, p->holders[0].index);
		buf_puts(to, ": ");
	}
	for (i = 0; i < nr && i < most; i++) {
		size_t rest = i + 1 < nr ? strlen(" +99") : 0;

		buf_reset(&one);
		buf_puts(&one, i ? ", " : "");
		put_holder(&one, limits, p, &holders[i]);
		if (i && room && text_width(to->data + start, to->len - start) +
		    text_width(one.data, one.len) + rest > room)
			break;
		buf_add(to, one.data, one.len);
	}
	if (i < nr)
		buf_printf(to, " +%u", nr - i);
	if (!nr && limit_infos[p->limit].kind != KIND_VALUE)
		buf_putc(to, p->known ? '-' : '?');
	buf_free(&one);
}
