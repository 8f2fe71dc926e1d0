// SPDX-License-Identifier: GPL-2.0-or-later
/* Parts of the manual (mdoc) and of README.md. */
#include <string.h>

#include "cli/hidden.h"
#include "ipcscope/analyse.h"
#include "ipcscope/limits.h"

/* Text, with what roff would read as its own escaped; "\n\n" ends a
 * paragraph. */
static void put_roff(struct buf *to, const char *text)
{
	bool line_start = true;

	for (; *text; text++) {
		if (text[0] == '\n' && text[1] == '\n') {
			buf_puts(to, "\n.Pp\n");
			line_start = true;
			text++;
			continue;
		}
		/* A sentence begins a line. */
		if (*text == ' ' && !line_start && text[-1] == '.' &&
		    text[1] >= 'A' && text[1] <= 'Z') {
			buf_putc(to, '\n');
			line_start = true;
			continue;
		}
		if (line_start && (*text == '.' || *text == '\''))
			buf_puts(to, "\\&");
		if (*text == '\\')
			buf_puts(to, "\\e");
		else if (*text == '-')
			buf_puts(to, "\\-");
		else
			buf_putc(to, *text);
		line_start = *text == '\n';
	}
}

/* The same as the argument of a macro. */
static void put_quoted(struct buf *to, const char *text)
{
	buf_putc(to, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_puts(to, "\\(dq");
		else if (*text == '\\')
			buf_puts(to, "\\e");
		else if (*text == '-')
			buf_puts(to, "\\-");
		else
			buf_putc(to, *text);
	}
	buf_putc(to, '"');
}

static void item(struct buf *to, const char *word, const char *help)
{
	buf_puts(to, ".It Cm ");
	put_quoted(to, word);
	buf_putc(to, '\n');
	put_roff(to, help);
	buf_puts(to, ".\n");
}

/* Of an option: those commands that take it, if not all do. */
static void put_takers(struct buf *to, enum option_id id)
{
	unsigned int i, nr = 0;

	for (i = 0; i < nr_commands; i++)
		nr += command_takes(commands[i], id);
	if (nr == nr_commands)
		return;
	buf_puts(to, " (");
	for (i = 0, nr = 0; i < nr_commands; i++) {
		if (command_takes(commands[i], id))
			buf_printf(to, "%s%s", nr++ ? ", " : "",
				   commands[i]->name);
	}
	buf_putc(to, ')');
}

static void print_synopsis(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, ".Nm\n%s %s\n.Op Ar option ...\n",
			   commands[i] == &command_list ? ".Op Cm" : ".Cm",
			   commands[i]->name);
		if (*commands[i]->args) {
			buf_puts(to, ".Ar ");
			put_quoted(to, commands[i]->args);
			buf_putc(to, '\n');
		}
	}
}

static void print_commands(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, ".It Xo\n.Cm %s\n", commands[i]->name);
		if (*commands[i]->args) {
			buf_puts(to, ".Ar ");
			put_quoted(to, commands[i]->args);
			buf_putc(to, '\n');
		}
		buf_puts(to, ".Xc\n");
		put_roff(to, commands[i]->details);
		buf_putc(to, '\n');
	}
}

static void print_options(struct buf *to)
{
	enum option_id id;

	for (id = 0; id < NR_OPTIONS; id++) {
		const struct option_spec *spec = &option_specs[id];

		buf_puts(to, ".It ");
		if (spec->letter)
			buf_printf(to, "Fl %c , ", spec->letter);
		buf_puts(to, "Fl \\-");
		put_roff(to, spec->name);
		if (spec->arg)
			buf_printf(to, " Ar %s", spec->arg);
		buf_putc(to, '\n');
		put_roff(to, spec->help);
		put_takers(to, id);
		buf_puts(to, ".\n");
	}
}

static void print_fields(struct buf *to)
{
	enum field_id field;

	for_each_field(field) {
		if (fields[field].source != SOURCE_HIDDEN)
			item(to, fields[field].name, fields[field].help);
	}
}

static void print_classes(struct buf *to)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];

		item(to, kind->name, kind->title);
		buf_puts(to, "REFs:\n");
		put_roff(to, kind->refs);
		buf_puts(to, ".\nSee\n");
		put_roff(to, kind->manual);
		buf_puts(to, ".\n");
	}
}

static void print_states(struct buf *to)
{
	enum state state;

	for (state = 0; state < NR_STATES; state++)
		item(to, state_infos[state].word, state_infos[state].help);
}

static void print_verdicts(struct buf *to)
{
	enum verdict verdict;

	for (verdict = 0; verdict < NR_VERDICTS; verdict++)
		item(to, verdict_infos[verdict].word,
		     verdict_infos[verdict].help);
}

static void print_relations(struct buf *to)
{
	enum edge_kind kind;

	for (kind = 0; kind < NR_EDGES; kind++)
		item(to, edge_names[kind], edge_helps[kind]);
}

static void print_parts(struct buf *to)
{
	enum part part;

	for (part = 0; part < NR_PARTS; part++)
		item(to, part_infos[part].name, part_infos[part].what);
}

/* How a limit of that kind runs out. */
static const char *const kind_means[] = {
	[KIND_POOL] = "all share it",
	[KIND_USER] = "each user has as much",
	[KIND_PROCESS] = "each process has its own",
	[KIND_FILL] = "each object is filled up",
	[KIND_SIZE] = "none may be made larger: the use is the largest there is",
	[KIND_VALUE] = "nothing measurable is used up",
};

static void print_limits(struct buf *to)
{
	enum limit_id limit;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		const struct limit_info *info = &limit_infos[limit];

		item(to, info->name, info->what);
		put_roff(to, "Set by ");
		put_roff(to, info->by == BY_KERNEL ? "the kernel" : info->set_by);
		put_roff(to, "; kind ");
		put_roff(to, limit_kind_words[info->kind]);
		buf_puts(to, ".\n");
	}
}

static void print_limit_kinds(struct buf *to)
{
	enum limit_kind kind;

	for (kind = 0; kind <= KIND_VALUE; kind++)
		item(to, limit_kind_words[kind], kind_means[kind]);
}

static void print_exit(struct buf *to)
{
	char number[16];
	unsigned int i;

	for (i = 0; i < nr_exit_meanings; i++) {
		snprintf(number, sizeof(number), "%u", exit_meanings[i].status);
		item(to, number, exit_meanings[i].means);
	}
}

static void print_errors(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_error_causes; i++) {
		buf_printf(to, ".It Li \"%s %s\"\n", error_causes[i].call,
			   error_causes[i].error);
		put_roff(to, error_causes[i].cause);
		buf_puts(to, ".\n");
	}
}

static void print_examples(struct buf *to)
{
	const struct example *example;
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		for (example = commands[i]->examples;
		     example && example->command; example++) {
			buf_puts(to, ".It Li ");
			put_quoted(to, example->command);
			buf_putc(to, '\n');
			put_roff(to, example->does);
			buf_putc(to, '\n');
		}
	}
}

static void print_md_commands(struct buf *to)
{
	unsigned int i;

	buf_puts(to, "| command | shows |\n|---|---|\n");
	for (i = 0; i < nr_commands; i++) {
		const char *arg = commands[i]->args;

		buf_printf(to, "| `ipcscope %s", commands[i]->name);
		if (*arg)
			buf_putc(to, ' ');
		for (; *arg; arg++)
			buf_printf(to, "%s%c", *arg == '|' ? "\\" : "", *arg);
		buf_printf(to, "` | %s |\n", commands[i]->help);
	}
}

static void print_md_classes(struct buf *to)
{
	enum class_id class;

	buf_puts(to, "| class | what |\n|---|---|\n");
	for (class = 0; class < NR_CLASSES; class++)
		buf_printf(to, "| `%s` | %s |\n", class_infos[class]->name,
			   class_infos[class]->title);
}

const struct generated manual_parts[] = {
	{ "man-synopsis",  print_synopsis },
	{ "man-commands",  print_commands },
	{ "man-options",   print_options },
	{ "man-fields",	   print_fields },
	{ "man-classes",   print_classes },
	{ "man-states",	   print_states },
	{ "man-verdicts",  print_verdicts },
	{ "man-relations", print_relations },
	{ "man-parts",	   print_parts },
	{ "man-limits",	   print_limits },
	{ "man-limit-kinds", print_limit_kinds },
	{ "man-exit",	   print_exit },
	{ "man-errors",	   print_errors },
	{ "man-examples",  print_examples },
	{ "md-commands",   print_md_commands },
	{ "md-classes",	   print_md_classes },
};
const unsigned int nr_manual_parts = ARRAY_SIZE(manual_parts);
