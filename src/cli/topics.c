// SPDX-License-Identifier: GPL-2.0-or-later
/* What `help` explains besides commands: texts, with lists made from the tables. */
#include <string.h>

#include "help.h"
#include "ipcscope/analyse.h"
#include "ipcscope/text.h"

#define WORD_WIDTH	14
#define REFS_WIDTH	11
#define CALL_WIDTH	24

TEXT_OF_FILE(topics_text_where, "man/help/where.txt");
TEXT_OF_FILE(topics_text_refs, "man/help/refs.txt");
TEXT_OF_FILE(topics_text_verdicts, "man/help/verdicts.txt");

static void topics_put_classes(struct buf *to, uint64_t classes)
{
	enum class_id class;
	unsigned int nr = 0;

	for (class = 0; class < NR_CLASSES; class++) {
		if (classes >> class & 1)
			buf_printf(to, "%s%s", nr++ ? " " : "", class_infos[class]->name);
	}
}

static void topics_classes(struct buf *to)
{
	const struct group_info *group;
	struct buf list = {};
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++)
		help_row(to, class_infos[class]->name, WORD_WIDTH,
			 class_infos[class]->title);
	buf_puts(to, "\nWords for several of them:\n\n");
	for (group = group_infos; group->name; group++) {
		uint64_t classes = classes_by_word(group->name, strlen(group->name));

		buf_reset(&list);
		if (classes == ALL_CLASSES)
			buf_puts(&list, "every class");
		else
			topics_put_classes(&list, classes);
		help_row(to, group->name, WORD_WIDTH, list.data);
	}
	buf_free(&list);
}

static uint64_t topics_classes_with(enum field_id field)
{
	uint64_t classes = 0;
	uint32_t needs;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (class_has(class_infos[class], field, &needs))
			classes |= A_CLASS_OF(class);
	}
	return classes;
}

static void topics_fields(struct buf *to)
{
	struct buf text = {};
	enum field_id field;

	for_each_field(field) {
		uint64_t classes = topics_classes_with(field);

		if (fields[field].source == SOURCE_HIDDEN || !classes)
			continue;
		buf_reset(&text);
		buf_puts(&text, fields[field].help);
		if (classes != ALL_CLASSES) {
			buf_puts(&text, " (");
			topics_put_classes(&text, classes);
			buf_putc(&text, ')');
		}
		if (fields[field].source == SOURCE_DISPLAY)
			buf_puts(&text, "; for tables only");
		help_row(to, fields[field].name, WORD_WIDTH, text.data);
	}
	buf_free(&text);
}

static void topics_states(struct buf *to)
{
	enum state state;

	for (state = 0; state < NR_STATES; state++)
		help_row(to, state_infos[state].word, WORD_WIDTH, state_infos[state].help);
}

static void topics_refs(struct buf *to)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++)
		help_row(to, class_infos[class]->name, REFS_WIDTH,
			 class_infos[class]->refs);
}

static void topics_verdicts(struct buf *to)
{
	enum verdict verdict;

	for (verdict = 0; verdict < NR_VERDICTS; verdict++)
		help_row(to, verdict_infos[verdict].word, WORD_WIDTH,
			 verdict_infos[verdict].help);
}

static void topics_errors(struct buf *to)
{
	struct buf word = {};
	unsigned int i;

	for (i = 0; i < nr_error_causes; i++) {
		buf_reset(&word);
		buf_printf(&word, "%s %s", error_causes[i].call, error_causes[i].error);
		help_row(to, word.data, CALL_WIDTH, error_causes[i].cause);
	}
	buf_free(&word);
}

static void topics_exit(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_exit_meanings; i++)
		buf_printf(to, "  %u  %s\n", exit_meanings[i].status,
			   exit_meanings[i].means);
}

const struct exit_meaning exit_meanings[] = {
	{ STATUS_OK,	     "done; an object that vanished meanwhile is no failure" },
	{ STATUS_FAILED,     "failed, or an object or process named does not exist" },
	{ STATUS_USAGE,	     "wrong use: nothing was done" },
	{ STATUS_INCOMPLETE, "something could not be seen (with --strict)" },
	{ STATUS_FOUND,	     "something was found (stale --check), or planned (clean, rm -n)" },
	{ STATUS_REFUSED,    "rm, clean or undo refused or skipped something" },
};
const unsigned int nr_exit_meanings = ARRAY_SIZE(exit_meanings);

const struct topic topics[] = {
	{ "classes", "kinds of objects",
	  "Kinds of IPC objects, wherever CLASS stands:\n\n", topics_classes,
	  "\nA class with its fields: ipcscope help CLASS\n" },
	{ "fields", "what is known of an object",
	  "Fields: columns of -o, words of --where and --sort, keys of JSON.\n"
	  "Behind some: the classes that have it, if not all.\n\n", topics_fields, "" },
	{ "where", "expressions that select objects",
	  topics_text_where, topics_states, "\nFields: ipcscope help fields\n" },
	{ "refs", "names of objects", topics_text_refs, topics_refs, "" },
	{ "verdicts", "what is left behind, and how we know",
	  "What stale and show say of an object:\n\n", topics_verdicts,
	  topics_text_verdicts },
	{ "errors", "what IPC calls mean by their errors",
	  "What IPC calls mean by their errors:\n\n", topics_errors,
	  "\nHow much of each limit is used, and by whom: ipcscope limits\n" },
	{ "exit", "exit status", "Exit status:\n\n", topics_exit,
	  "\nlimits --check alone: 0 ok, 1 warning, 2 critical, 3 unknown.\n" },
};
const unsigned int nr_topics = ARRAY_SIZE(topics);
