// SPDX-License-Identifier: GPL-2.0-or-later
/* Saying things, and the words that are used for who and what. */
#include "judge.h"

#include "ipcscope/text.h"

static bool same_constant(const void *vec, uint32_t index, const void *key)
{
	return ((const struct constant *)vec)[index].text == key;
}

const struct str *fixed(struct judge *judge, const char *text)
{
	uint64_t hash = hash_u64((uintptr_t)text, 0);
	struct constant *constant;
	uint32_t index;

	if (!text)
		return NULL;
	index = map_find(&judge->constant_index, hash, same_constant,
			 judge->constants.at, text);
	if (index != NO_INDEX)
		return judge->constants.at[index].str;
	map_add(&judge->constant_index, hash, judge->constants.nr);
	constant = vec_add(&judge->constants);
	constant->text = text;
	constant->str = arena_str(judge->arena, text, strlen(text));
	return constant->str;
}

void say(struct verdict_state *op, enum side side, uint8_t weight,
	 const struct str *brief, const struct str *clause,
	 const struct str *sentence)
{
	struct side_list *list = &op->sides[side];

	if (list->nr == MAX_EVIDENCE)
		return;
	list->at[list->nr++] = (struct evidence){
		.brief = brief, .clause = clause, .sentence = sentence,
		.weight = weight,
	};
}

void say_fixed(struct verdict_state *op, enum side side, uint8_t weight,
	       const char *brief, const char *clause, const char *sentence)
{
	say(op, side, weight, fixed(op->judge, brief), fixed(op->judge, clause),
	    fixed(op->judge, sentence));
}

uint64_t number_of(const struct verdict_state *op, enum field_id field)
{
	uint64_t num = 0;

	object_num(op->judge->snap, op->obj, field, &num);
	return num;
}

const char *noun_of(const struct verdict_state *op)
{
	switch (op->obj->class) {
	case CLASS_pshm:	return "file";
	case CLASS_psem:	return "semaphore";
	case CLASS_unix:	return "path";
	default:		return op->kind->noun;
	}
}

static const char *keep(struct judge *judge)
{
	return arena_str(judge->arena, judge->scratch.data,
			 judge->scratch.len)->data;
}

const char *user_name(struct judge *judge, uid_t uid)
{
	const struct str *name = snapshot_find_name(judge->snap, false, uid);

	buf_reset(&judge->scratch);
	if (name)
		text_escape(&judge->scratch, name->data, name->len);
	else
		buf_u64(&judge->scratch, uid);
	return keep(judge);
}

const char *process_name(struct judge *judge, const struct process *proc)
{
	buf_reset(&judge->scratch);
	if (proc->comm)
		text_escape(&judge->scratch, proc->comm->data, proc->comm->len);
	else
		buf_putc(&judge->scratch, '?');
	buf_printf(&judge->scratch, "[%d]", (int)proc->pid);
	return keep(judge);
}

/* Briefs that fit, the strongest first. */
static void add_briefs(struct buf *to, const struct finding *finding,
		       const enum evidence_side *order, unsigned int room)
{
	unsigned int nr = 0, used = 0, s;

	for (s = 0; s < NR_EVIDENCE_SIDES; s++) {
		const struct evidence *e, *last = NULL;

		for (;;) {
			const struct evidence *best = NULL;
			unsigned int width;

			vec_for_each(e, &finding->evidence[order[s]]) {
				bool later = !last || e->weight < last->weight ||
					     (e->weight == last->weight &&
					      e > last);

				if (e->brief && later &&
				    (!best || e->weight > best->weight))
					best = e;
			}
			if (!best)
				break;
			last = best;
			width = (unsigned int)text_width(best->brief->data,
							 best->brief->len);
			if (nr && used + 2 + width > room)
				continue;
			if (nr++) {
				buf_puts(to, ", ");
				used += 2;
			}
			buf_str(to, best->brief);
			used += width;
		}
	}
}

static void add_clauses(struct buf *to, const struct finding *finding)
{
	static const enum evidence_side told[] = {
		EVIDENCE_FOR, EVIDENCE_UNKNOWN, EVIDENCE_AGAINST,
	};
	bool any = false, but = false;
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(told); s++) {
		const struct evidence *e;

		if (finding->verdict == VERDICT_UNKNOWN &&
		    told[s] == EVIDENCE_FOR)
			continue;
		vec_for_each(e, &finding->evidence[told[s]]) {
			if (!e->clause)
				continue;
			if (any)
				buf_puts(to, "; ");
			if (told[s] == EVIDENCE_AGAINST && any && !but) {
				buf_puts(to, "but ");
				but = true;
			}
			buf_str(to, e->clause);
			any = true;
		}
	}
}

void finding_why(struct buf *to, const struct finding *finding,
		 unsigned int room)
{
	static const enum evidence_side usual[] = {
		EVIDENCE_FOR, EVIDENCE_AGAINST, EVIDENCE_UNKNOWN,
	}, idle[] = {
		EVIDENCE_AGAINST, EVIDENCE_FOR, EVIDENCE_UNKNOWN,
	}, unknown[] = {
		EVIDENCE_UNKNOWN, EVIDENCE_AGAINST, EVIDENCE_FOR,
	};
	struct buf clauses = {};

	add_clauses(&clauses, finding);
	if (clauses.len && (!room || text_width(clauses.data, clauses.len) <= room))
		buf_add(to, clauses.data, clauses.len);
	else
		add_briefs(to, finding,
			   finding->verdict == VERDICT_IDLE ? idle :
			   finding->verdict == VERDICT_UNKNOWN ? unknown : usual,
			   room > WHY_BRIEF ? room : WHY_BRIEF);
	buf_free(&clauses);
}
