// SPDX-License-Identifier: GPL-2.0-or-later
/* Facts for and against a verdict, and the words for who and what. */
#include "judge.h"

#include "ipcscope/text.h"

/* The one scale of weights. */
enum weight {
	WEIGHT_MINOR,		/* worth a sentence */
	WEIGHT_WEAK,
	WEIGHT_FAIR,
	WEIGHT_MIDDLE,
	WEIGHT_STRONG,
	WEIGHT_DECISIVE,
};

static const struct {
	const char *id;
	enum side side;
	enum weight weight;
	const char *brief, *clause, *sentence;
} facts[NR_FACTS] = {
#define EVIDENCE(name, id, side, weight, brief, clause, sentence) \
	[FACT_##name] = { id, SIDE_##side, WEIGHT_##weight, brief, clause, sentence },
#include "ipcscope/evidence.def"
#undef EVIDENCE
};

static bool evidence_same_constant(const void *vec, uint32_t index, const void *key)
{
	return ((const struct constant *)vec)[index].text == key;
}

/* One str for all objects that it is said of. */
static const struct str *evidence_constant(struct judge *judge, const char *text)
{
	uint64_t hash = hash_u64((uintptr_t)text, 0);
	uint32_t index = map_find(&judge->constant_index, hash, evidence_same_constant,
				  judge->constants.at, text);
	struct constant *constant;

	if (index != NO_INDEX)
		return judge->constants.at[index].str;
	map_add(&judge->constant_index, hash, judge->constants.nr);
	constant = vec_add(&judge->constants);
	constant->text = text;
	constant->str = arena_str(judge->arena, text, strlen(text));
	return constant->str;
}

static const char *evidence_keep(struct judge *judge)
{
	return arena_str_once(judge->arena, &judge->texts, judge->scratch.data,
			      judge->scratch.len)->data;
}

/* Fills in what stands in braces; the result is in the scratch buffer. */
static void evidence_fill(struct judge *judge, const char *text, const char *const *words)
{
	struct buf *to = &judge->scratch;
	size_t len;

	buf_reset(to);
	for (;;) {
		len = strcspn(text, "{");
		buf_add(to, text, len);
		text += len;
		if (!*text++)
			return;
		len = strcspn(text, "}");
		if (*text >= '1' && *text <= '9')
			buf_puts(to, words[*text - '0']);
		else if (strcmp(words[1], "1"))
			buf_add(to, text, len);		/* the plural */
		text += len + 1;
	}
}

static const struct str *evidence_text(struct judge *judge, const char *text,
				       const char *const *words)
{
	if (!text || !strchr(text, '{'))
		return text ? evidence_constant(judge, text) : NULL;
	/* Alone it is a sentence of struct judge: the same for all objects. */
	if (!strcmp(text, "{1}"))
		return evidence_constant(judge, words[1]);
	evidence_fill(judge, text, words);
	return arena_str_once(judge->arena, &judge->texts, judge->scratch.data,
			      judge->scratch.len);
}

void evidence_add_fact(struct verdict_state *state, enum fact fact,
		       const char *const *words)
{
	struct side_list *list = &state->sides[facts[fact].side];
	struct judge *judge = state->judge;
	struct evidence *evidence;
	char *blank;

	if (list->nr == MAX_EVIDENCE)
		return;
	evidence = &list->at[list->nr++];
	evidence->id = facts[fact].id;
	if (strchr(evidence->id, '{')) {
		evidence_fill(judge, evidence->id, words);
		while ((blank = strchr(judge->scratch.data, ' ')))
			*blank = '-';
		evidence->id = evidence_keep(judge);
	}
	evidence->brief = evidence_text(judge, facts[fact].brief, words);
	evidence->clause = evidence_text(judge, facts[fact].clause, words);
	evidence->sentence = facts[fact].sentence ?
		evidence_text(judge, facts[fact].sentence, words) : evidence->clause;
	evidence->weight = facts[fact].weight;
}

const char *evidence_number(struct judge *judge, uint64_t number)
{
	buf_reset(&judge->scratch);
	buf_u64(&judge->scratch, number);
	return evidence_keep(judge);
}

const char *evidence_escaped(struct judge *judge, const char *text, size_t len)
{
	buf_reset(&judge->scratch);
	text_escape(&judge->scratch, text, len);
	return evidence_keep(judge);
}

const char *evidence_age(struct judge *judge, uint64_t from, uint64_t to)
{
	buf_reset(&judge->scratch);
	num_age(&judge->scratch, to > from ? to - from : 0);
	return evidence_keep(judge);
}

const char *evidence_user(struct judge *judge, uid_t uid)
{
	const struct str *name = snapshot_find_name(judge->snap, false, uid);

	return name ? evidence_escaped(judge, name->data, name->len) :
		      evidence_number(judge, uid);
}

const char *evidence_process(struct judge *judge, uint32_t process)
{
	const struct process *proc = &judge->snap->processes.at[process];

	buf_reset(&judge->scratch);
	if (proc->comm)
		text_escape(&judge->scratch, proc->comm->data, proc->comm->len);
	else
		buf_putc(&judge->scratch, '?');
	buf_printf(&judge->scratch, "[%d]", (int)proc->pid);
	return evidence_keep(judge);
}

/* The heaviest evidence with a brief that comes after @last; NULL. */
static const struct evidence *evidence_next(const struct finding *finding,
					    enum evidence_side side,
					    const struct evidence *last)
{
	const struct evidence *e, *best = NULL;

	vec_for_each(e, &finding->evidence[side]) {
		bool later = !last || e->weight < last->weight ||
			     (e->weight == last->weight && e > last);

		if (e->brief && later && (!best || e->weight > best->weight))
			best = e;
	}
	return best;
}

/* Briefs that fit, the strongest first. */
static void evidence_add_briefs(struct buf *to, const struct finding *finding,
				const enum evidence_side *order, unsigned int room)
{
	unsigned int used = 0, s;

	for (s = 0; s < NR_EVIDENCE_SIDES; s++) {
		const struct evidence *e = NULL;

		while ((e = evidence_next(finding, order[s], e))) {
			unsigned int width = (unsigned int)text_width(e->brief->data,
								      e->brief->len);

			if (used && used + 2 + width > room)
				continue;
			buf_puts(to, used ? ", " : "");
			buf_str(to, e->brief);
			used += width + (used ? 2 : 0);
		}
	}
}

void finding_why(struct buf *to, const struct finding *finding, unsigned int room)
{
	static const enum evidence_side usual[] = {
		EVIDENCE_FOR, EVIDENCE_AGAINST, EVIDENCE_UNKNOWN,
	}, idle[] = {
		EVIDENCE_AGAINST, EVIDENCE_FOR, EVIDENCE_UNKNOWN,
	}, unknown[] = {
		EVIDENCE_UNKNOWN, EVIDENCE_AGAINST, EVIDENCE_FOR,
	};
	static const enum evidence_side told[] = {
		EVIDENCE_FOR, EVIDENCE_UNKNOWN, EVIDENCE_AGAINST,
	};
	const struct evidence *e;
	struct buf clauses = {};
	bool but = false;
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(told); s++) {
		if (finding->verdict == VERDICT_UNKNOWN && told[s] == EVIDENCE_FOR)
			continue;
		vec_for_each(e, &finding->evidence[told[s]]) {
			if (!e->clause)
				continue;
			buf_puts(&clauses, clauses.len ? "; " : "");
			if (told[s] == EVIDENCE_AGAINST && clauses.len && !but) {
				buf_puts(&clauses, "but ");
				but = true;
			}
			buf_str(&clauses, e->clause);
		}
	}
	if (clauses.len && (!room || text_width(clauses.data, clauses.len) <= room))
		buf_add(to, clauses.data, clauses.len);
	else
		evidence_add_briefs(to, finding, finding->verdict == VERDICT_IDLE ? idle :
				    finding->verdict == VERDICT_UNKNOWN ? unknown : usual,
				    room > WHY_BRIEF ? room : WHY_BRIEF);
	buf_free(&clauses);
}
