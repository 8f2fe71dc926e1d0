// SPDX-License-Identifier: GPL-2.0-or-later
/* Parts of the manual (mdoc) and of README.md. */
#include <string.h>

#include "gen.h"
#include "ipcscope/analyse.h"
#include "ipcscope/model.h"

static void manual_char(struct buf *to, char c)
{
	if (c == '\\')
		buf_puts(to, "\\e");
	else if (c == '-')
		buf_puts(to, "\\-");
	else
		buf_putc(to, c);
}

/* Text, with what roff would read as its own escaped; "\n\n" ends a paragraph,
 * and a sentence begins a line. */
static void manual_text(struct buf *to, const char *text)
{
	bool line_start = true;

	for (; *text; text++) {
		if (text[0] == '\n' && text[1] == '\n') {
			buf_puts(to, "\n.Pp\n");
			line_start = true;
			text++;
		} else if (*text == ' ' && !line_start && text[-1] == '.' &&
			   text[1] >= 'A' && text[1] <= 'Z') {
			buf_putc(to, '\n');
			line_start = true;
		} else {
			if (line_start && (*text == '.' || *text == '\''))
				buf_puts(to, "\\&");
			manual_char(to, *text);
			line_start = *text == '\n';
		}
	}
}

/* A macro with one argument, on a line. */
static void manual_macro(struct buf *to, const char *macro, const char *arg)
{
	buf_printf(to, "%s \"", macro);
	for (; *arg; arg++) {
		if (*arg == '"')
			buf_puts(to, "\\(dq");
		else
			manual_char(to, *arg);
	}
	buf_puts(to, "\"\n");
}

static void manual_item(struct buf *to, const char *word, const char *help)
{
	manual_macro(to, ".It Cm", word);
	manual_text(to, help);
	buf_puts(to, ".\n");
}

/* The commands that take an option, if not all do. */
static void manual_takers(struct buf *to, enum option_id id)
{
	unsigned int i, nr = 0;

	for (i = 0; i < nr_commands; i++)
		nr += command_takes(commands[i], id);
	if (nr == nr_commands)
		return;
	buf_puts(to, " (");
	for (i = 0, nr = 0; i < nr_commands; i++) {
		if (command_takes(commands[i], id))
			buf_printf(to, "%s%s", nr++ ? ", " : "", commands[i]->name);
	}
	buf_putc(to, ')');
}

static void manual_synopsis(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, ".Nm\n%s %s\n.Op Ar option ...\n",
			   commands[i] == &command_list ? ".Op Cm" : ".Cm",
			   commands[i]->name);
		if (*commands[i]->args)
			manual_macro(to, ".Ar", commands[i]->args);
	}
}

static void manual_commands(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		buf_printf(to, ".It Xo\n.Cm %s\n", commands[i]->name);
		if (*commands[i]->args)
			manual_macro(to, ".Ar", commands[i]->args);
		buf_puts(to, ".Xc\n");
		manual_text(to, commands[i]->details);
		buf_putc(to, '\n');
	}
}

static void manual_options(struct buf *to)
{
	enum option_id id;

	for (id = 0; id < NR_OPTIONS; id++) {
		const struct option_spec *spec = &option_specs[id];

		buf_puts(to, ".It ");
		if (spec->letter)
			buf_printf(to, "Fl %c , ", spec->letter);
		buf_puts(to, "Fl \\-");
		manual_text(to, spec->name);
		if (spec->arg)
			buf_printf(to, " Ar %s", spec->arg);
		buf_putc(to, '\n');
		manual_text(to, spec->help);
		manual_takers(to, id);
		buf_puts(to, ".\n");
	}
}

static void manual_fields(struct buf *to)
{
	enum field_id field;

	for_each_field(field) {
		if (fields[field].source != SOURCE_HIDDEN)
			manual_item(to, fields[field].name, fields[field].help);
	}
}

static void manual_classes(struct buf *to)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		const struct class_info *kind = class_infos[class];

		manual_item(to, kind->name, kind->title);
		buf_puts(to, "REFs:\n");
		manual_text(to, kind->refs);
		buf_puts(to, ".\nSee\n");
		manual_text(to, kind->manual);
		buf_puts(to, ".\n");
	}
}

static void manual_states(struct buf *to)
{
	enum state state;

	for (state = 0; state < NR_STATES; state++)
		manual_item(to, state_infos[state].word, state_infos[state].help);
}

static void manual_verdicts(struct buf *to)
{
	enum verdict verdict;

	for (verdict = 0; verdict < NR_VERDICTS; verdict++)
		manual_item(to, verdict_infos[verdict].word, verdict_infos[verdict].help);
}

static void manual_relations(struct buf *to)
{
	enum edge_kind kind;

	for (kind = 0; kind < NR_EDGES; kind++)
		manual_item(to, edge_names[kind], edge_helps[kind]);
}

static void manual_input(struct buf *to)
{
	enum part part;

	for (part = 0; part < NR_PARTS; part++)
		manual_item(to, part_infos[part].name, part_infos[part].what);
}

static void manual_limits(struct buf *to)
{
	enum limit_id limit;

	for (limit = 0; limit < NR_LIMITS; limit++) {
		const struct limit_info *info = &limit_infos[limit];

		manual_item(to, info->name, info->what);
		manual_text(to, "Set by ");
		manual_text(to, info->by == BY_KERNEL ? "the kernel" : info->set_by);
		manual_text(to, "; kind ");
		manual_text(to, limit_kind_words[info->kind]);
		buf_puts(to, ".\n");
	}
}

static void manual_exit(struct buf *to)
{
	char number[16];
	unsigned int i;

	for (i = 0; i < nr_exit_meanings; i++) {
		snprintf(number, sizeof(number), "%u", exit_meanings[i].status);
		manual_item(to, number, exit_meanings[i].means);
	}
}

static void manual_errors(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_error_causes; i++) {
		buf_printf(to, ".It Li \"%s %s\"\n", error_causes[i].call,
			   error_causes[i].error);
		manual_text(to, error_causes[i].cause);
		buf_puts(to, ".\n");
	}
}

static void manual_examples(struct buf *to)
{
	const struct example *example;
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		for (example = commands[i]->examples; example->command; example++) {
			manual_macro(to, ".It Li", example->command);
			manual_text(to, example->does);
			buf_putc(to, '\n');
		}
	}
}

static void manual_md_commands(struct buf *to)
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

static void manual_md_classes(struct buf *to)
{
	enum class_id class;

	buf_puts(to, "| class | what |\n|---|---|\n");
	for (class = 0; class < NR_CLASSES; class++)
		buf_printf(to, "| `%s` | %s |\n", class_infos[class]->name,
			   class_infos[class]->title);
}

const struct generated manual_parts[] = {
	{ "man-synopsis",  manual_synopsis },
	{ "man-commands",  manual_commands },
	{ "man-options",   manual_options },
	{ "man-fields",	   manual_fields },
	{ "man-classes",   manual_classes },
	{ "man-states",	   manual_states },
	{ "man-verdicts",  manual_verdicts },
	{ "man-relations", manual_relations },
	{ "man-parts",	   manual_input },
	{ "man-limits",	   manual_limits },
	{ "man-exit",	   manual_exit },
	{ "man-errors",	   manual_errors },
	{ "man-examples",  manual_examples },
	{ "md-commands",   manual_md_commands },
	{ "md-classes",	   manual_md_classes },
	{ NULL,		   NULL },
};
