// SPDX-License-Identifier: GPL-2.0-or-later
/* What is said of one limit. */
#include "limits.h"

#include <string.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"

#define MOST_PROCESSES	3	/* named of a limit that many share */

void limits_amount(struct buf *to, const struct limits *limits,
		   enum limit_id limit, uint64_t amount)
{
	if (limit_is_bytes(limit) && !limits->session.view.bytes)
		num_size(to, amount);
	else
		buf_u64(to, amount);
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

static void limits_put_object(struct buf *to, const struct limits *limits,
			      const struct limit_pressure *p, const struct holder *holder)
{
	const struct snapshot *snap = &limits->session.picture.snap;
	const struct object *obj = &snap->objects.at[holder->index];
	const struct edge *edge = obj->nr_edges ? object_edge(snap, obj, 0) : NULL;
	bool unlinked = limit_infos[p->limit].kind == KIND_POOL;

	/* The process that keeps what has no name any more; its REF if none does. */
	if (unlinked && edge && edge->process != NO_INDEX)
		render_process(to, &snap->processes.at[edge->process]);
	else
		render_ref(to, snap, obj);
	if (unlinked) {
		buf_putc(to, ' ');
		limits_amount(to, limits, p->limit, holder->used);
		buf_puts(to, " unlinked");
	} else if (holder->waiter != NO_INDEX) {
		buf_puts(to, ": ");
		render_process(to, &snap->processes.at[holder->waiter]);
		buf_puts(to, " waits");
	}
}

static void limits_cells_put_holder(struct buf *to, const struct limits *limits,
		       const struct limit_pressure *p, const struct holder *holder)
{
	const struct snapshot *snap = &limits->session.picture.snap;
	enum limit_kind kind = limit_infos[p->limit].kind;

	if (holder->kind == HOLDER_OBJECT) {
		limits_put_object(to, limits, p, holder);
		return;
	}
	if (holder->kind == HOLDER_PROCESS)
		render_process(to, &snap->processes.at[holder->index]);
	else
		render_owner(to, snap, false, holder->index);
	if (holder->kind == HOLDER_USER && kind == KIND_USER) {
		/* "root: 3 queues" */
		buf_puts(to, ": ");
		render_count(to, holder->nr, class_infos[__builtin_ctzll(
			     limit_infos[p->limit].classes)]->noun, "s");
	} else if (kind != KIND_PROCESS) {
		buf_putc(to, ' ');
		limits_amount(to, limits, p->limit, holder->used);
	}
}

/* Which are told, and how many at most. */
static const struct holder *limits_cells_told(const struct limit_pressure *p, uint32_t *nr,
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
	const struct holder *holders = limits_cells_told(p, &nr, &most);

	if (nr && holders != p->holders) {
		render_owner(to, &limits->session.picture.snap, false, p->holders[0].index);
		buf_puts(to, ": ");
	}
	for (i = 0; i < nr && i < most; i++) {
		size_t rest = i + 1 < nr ? strlen(" +99") : 0;

		buf_reset(&one);
		buf_puts(&one, i ? ", " : "");
		limits_cells_put_holder(&one, limits, p, &holders[i]);
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
