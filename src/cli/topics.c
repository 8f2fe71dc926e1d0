// SPDX-License-Identifier: GPL-2.0-or-later
/* What `help` explains besides commands. */
#include <string.h>

#include "hidden.h"
#include "ipcscope/analyse.h"

#define WORD_WIDTH	14
#define REFS_WIDTH	11
#define CALL_WIDTH	24

static void put_classes(struct buf *to, uint64_t classes)
{
	enum class_id class;
	unsigned int nr = 0;

	for (class = 0; class < NR_CLASSES; class++) {
		if (classes >> class & 1)
			buf_printf(to, "%s%s", nr++ ? " " : "",
				   class_infos[class]->name);
	}
}

static void print_classes(struct buf *to)
{
	const struct group_info *group;
	struct buf list = {};
	enum class_id class;

	buf_puts(to, "Kinds of IPC objects, wherever CLASS stands:\n\n");
	for (class = 0; class < NR_CLASSES; class++)
		help_row(to, class_infos[class]->name, WORD_WIDTH,
			 class_infos[class]->title);
	buf_puts(to, "\nWords for several of them:\n\n");
	for (group = group_infos; group->name; group++) {
		uint64_t classes = classes_by_word(group->name,
						   strlen(group->name));

		buf_reset(&list);
		if (classes == ALL_CLASSES)
			buf_puts(&list, "every class");
		else
			put_classes(&list, classes);
		help_row(to, group->name, WORD_WIDTH, list.data);
	}
	buf_free(&list);
	buf_puts(to, "\nA class with its fields: ipcscope help CLASS\n");
}

static uint64_t classes_with(enum field_id field)
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

static void print_fields(struct buf *to)
{
	struct buf text = {};
	enum field_id field;

	buf_puts(to, "Fields: columns of -o, words of --where and --sort, keys of JSON.\n"
		 "Behind some: the classes that have it, if not all.\n\n");
	for_each_field(field) {
		uint64_t classes = classes_with(field);

		if (fields[field].source == SOURCE_HIDDEN || !classes)
			continue;
		buf_reset(&text);
		buf_puts(&text, fields[field].help);
		if (classes != ALL_CLASSES) {
			buf_puts(&text, " (");
			put_classes(&text, classes);
			buf_putc(&text, ')');
		}
		if (fields[field].source == SOURCE_DISPLAY)
			buf_puts(&text, "; for tables only");
		help_row(to, fields[field].name, WORD_WIDTH, text.data);
	}
	buf_free(&text);
}

static void print_states(struct buf *to)
{
	enum state state;

	for (state = 0; state < NR_STATES; state++)
		help_row(to, state_infos[state].word, WORD_WIDTH,
			 state_infos[state].help);
}

static void print_where(struct buf *to)
{
	buf_puts(to,
		 "--where EXPR shows only the objects for which EXPR is true.\n\n"
		 "  field == value   also != < <= > >=\n"
		 "  field ~ glob     'pshm:/psm_*'        field =~ 'regular expression'\n"
		 "  field in (a, b)  one of these         not in (a, b)\n"
		 "  mode & 0022      any of these bits\n"
		 "  field            known, and not empty\n"
		 "  and  or  not  ( )\n\n"
		 "Values: sizes 64K 2M 1.5G, ages 90s 10m 6h 3d (age > 3d), never, dates\n"
"2026-11-21 and 2026-11-21T03:24:54, names or numbers of users and groups, keys\n"
		 "0x05ce0000, modes 0640. Quotes around what has blanks or brackets.\n"
"Of a value that is not known neither a comparison nor its negation is true.\n\n"
		 "  -w 'owner == www-data and age > 1h'\n"
		 "  -w 'size >= 1M and not users'\n"
		 "  -w 'command ~ \"postgres*\" or state in (full, waits)'\n\n"
		 "States:\n\n");
	print_states(to);
	buf_puts(to, "\nFields: ipcscope help fields\n");
}

static void print_refs(struct buf *to)
{
	enum class_id class;

	help_wrap(to,
		  "A REF names one object, in every command; it is what list prints "
		  "in its first column.\n\n"
		  "Behind the class stands a name or path (/...), a key (0x...), an "
		  "abstract name (@...), or a number: the id, or the inode where "
		  "there is no other name. @NS at the end is the inode of an IPC "
		  "namespace, 0:25/ before an inode its device. Names are printed "
		  "with \\xHH for bytes that could do harm, and taken so.\n", 0, 0);
	for (class = 0; class < NR_CLASSES; class++)
		help_row(to, class_infos[class]->name, REFS_WIDTH,
			 class_infos[class]->refs);
}

static void print_verdicts(struct buf *to)
{
	enum verdict verdict;

	buf_puts(to, "What stale and show say of an object:\n\n");
	for (verdict = 0; verdict < NR_VERDICTS; verdict++)
		help_row(to, verdict_infos[verdict].word, WORD_WIDTH,
			 verdict_infos[verdict].help);
	buf_putc(to, '\n');
	help_wrap(to,
		  "A process that has it attached, mapped or open, or waits on it, "
		  "proves use, whatever else is said. Gone is a process only if "
		  "there is none of its number, or if that one started later. "
		  "Whatever could not be seen - processes that may not be read, a "
		  "PID namespace that is not the first, descriptors on their way "
		  "through a socket, a clock that was set - makes unknown what "
		  "depends on it.\n\n"
		  "A segment without key that nobody has, and whose creator and "
		  "last user are gone, is stale; with a key it is suspect: somebody "
		  "may know the key. Of semaphores and queues the kernel keeps no "
		  "list of users: they are suspect at most, and only if their owner "
		  "runs nothing; a queue that holds messages is idle. POSIX objects "
		  "and FIFOs have a name: suspect at most, unless a profile of known "
		  "software proves more (ipcscope profiles). The path of a UNIX "
		  "socket is stale if a connection is refused.\n\n"
		  "All the evidence: ipcscope show REF\n", 0, 0);
}

static void print_errors(struct buf *to)
{
	struct buf word = {};
	unsigned int i;

	buf_puts(to, "What IPC calls mean by their errors:\n\n");
	for (i = 0; i < nr_error_causes; i++) {
		buf_reset(&word);
		buf_printf(&word, "%s %s", error_causes[i].call,
			   error_causes[i].error);
		help_row(to, word.data, CALL_WIDTH, error_causes[i].cause);
	}
	buf_puts(to, "\nHow much of each limit is used, and by whom: ipcscope limits\n");
	buf_free(&word);
}

static void print_exit(struct buf *to)
{
	unsigned int i;

	buf_puts(to, "Exit status:\n\n");
	for (i = 0; i < nr_exit_meanings; i++)
		buf_printf(to, "  %u  %s\n", exit_meanings[i].status,
			   exit_meanings[i].means);
	buf_puts(to, "\nlimits --check alone: 0 ok, 1 warning, 2 critical, 3 unknown.\n");
}

void help_class(struct buf *to, const struct class_info *kind)
{
	enum field_id field;
	uint32_t needs;

	buf_printf(to, "%s: %s\n\n", kind->name, kind->title);
	help_row(to, "REF", REFS_WIDTH, kind->refs);
	help_row(to, "see also", REFS_WIDTH, kind->manual);
	help_row(to, "lives", REFS_WIDTH, persistence_words[kind->persistence]);
	help_row(to, "columns", REFS_WIDTH, kind->columns);
	buf_puts(to, "\nFields:\n\n");
	for_each_field(field) {
		struct buf text = {};

		if (fields[field].source == SOURCE_HIDDEN ||
		    !class_has(kind, field, &needs))
			continue;
		buf_puts(&text, fields[field].help);
		if (class_field_cost(kind, field) == COST_SHOWN)
			buf_puts(&text, "; in show only");
		help_row(to, fields[field].name, WORD_WIDTH, text.data);
		buf_free(&text);
	}
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
	{ "classes", "kinds of objects",		print_classes },
	{ "fields",  "what is known of an object",	print_fields },
	{ "where",   "expressions that select objects",	print_where },
	{ "refs",    "names of objects",		print_refs },
	{ "verdicts", "what is left behind, and how we know", print_verdicts },
	{ "errors",  "what IPC calls mean by their errors", print_errors },
	{ "exit",    "exit status",			print_exit },
};
const unsigned int nr_topics = ARRAY_SIZE(topics);
