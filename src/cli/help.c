// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "help.h"
#include "ipcscope/text.h"
#include "session.h"

#define LINE_WIDTH	79
#define OPTION_WIDTH	24
#define USAGE_WIDTH	28
#define REFS_WIDTH	11
#define FIELD_WIDTH	14

void help_wrap(struct buf *to, const char *text, unsigned int column, unsigned int indent)
{
	while (*text) {
		size_t len = strcspn(text, " \n");

		if (column > indent && column + 1 + len > LINE_WIDTH) {
			buf_putc(to, '\n');
			column = 0;
		} else if (column > indent) {
			buf_putc(to, ' ');
			column++;
		}
		if (column < indent) {
			buf_pad(to, ' ', indent - column);
			column = indent;
		}
		buf_add(to, text, len);
		column += (unsigned int)len;
		text += len;
		if (*text == '\n') {
			buf_puts(to, text[1] == '\n' ? "\n\n" : "\n");
			text += text[1] == '\n';
			column = 0;
		}
		text += *text != '\0';
	}
	buf_putc(to, '\n');
}

void help_row(struct buf *to, const char *word, unsigned int width, const char *text)
{
	size_t len = strlen(word);

	buf_puts(to, "  ");
	buf_puts(to, word);
	if (len > width) {
		buf_putc(to, '\n');
		help_wrap(to, text, 0, width + 3);
		return;
	}
	buf_pad(to, ' ', width - len + 1);
	help_wrap(to, text, width + 3, width + 3);
}

static void help_options(struct buf *to, const struct command *command)
{
	struct buf usage = {};
	enum option_id id;

	buf_puts(to, "\nOptions:\n");
	for (id = 0; id < NR_OPTIONS; id++) {
		const struct option_spec *spec = &option_specs[id];

		if (!command_takes(command, id))
			continue;
		buf_reset(&usage);
		if (spec->letter)
			buf_printf(&usage, "-%c, ", spec->letter);
		else
			buf_puts(&usage, "    ");
		buf_printf(&usage, "--%s", spec->name);
		if (spec->arg)
			buf_printf(&usage, " %s", spec->arg);
		help_row(to, usage.data, OPTION_WIDTH, spec->help);
	}
	buf_free(&usage);
}

static void help_command(struct buf *to, const struct command *command)
{
	const struct example *example = command->examples;

	buf_printf(to, "ipcscope %s%s%s\n\n", command->name,
		   *command->args ? " " : "", command->args);
	help_wrap(to, command->details, 0, 0);
	help_options(to, command);
	if (example->command)
		buf_puts(to, "\nExamples:\n");
	for (; example->command; example++)
		buf_printf(to, "  %s\n      %s\n", example->command, example->does);
}

static void help_class(struct buf *to, const struct class_info *kind)
{
	enum field_id field;
	uint64_t needs;

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
		help_row(to, fields[field].name, FIELD_WIDTH, text.data);
		buf_free(&text);
	}
}

static void help_overview(struct buf *to)
{
	struct buf usage = {};
	unsigned int i;

	buf_puts(to, "ipcscope shows the IPC objects of this machine and who uses them.\n\n");
	help_row(to, "ipcscope", USAGE_WIDTH, "shared memory, semaphores, message queues");
	help_row(to, "ipcscope -a", USAGE_WIDTH,
		 "pipes, sockets and everything else as well");
	for (i = 0; i < nr_commands; i++) {
		if (commands[i]->more)
			continue;
		buf_reset(&usage);
		buf_printf(&usage, "ipcscope %s %s", commands[i]->name, commands[i]->args);
		help_row(to, usage.data, USAGE_WIDTH, commands[i]->help);
	}
	buf_free(&usage);
	buf_puts(to, "  more:");
	for (i = 0; i < nr_commands; i++) {
		if (commands[i]->more)
			buf_printf(to, " %s", commands[i]->name);
	}
	buf_putc(to, '\n');
	buf_puts(to, "\n"
		 "  -w EXPR      only these: -w 'owner == www-data and age > 1h'\n"
		"  -o +F,F      more columns      --sort -F  order      --json --csv --raw\n"
		 "  --from FILE  read a snapshot instead of the kernel\n\n"
		 "ipcscope help COMMAND|CLASS\nipcscope help ");
	for (i = 0; i < nr_topics; i++)
		buf_printf(to, "%s%s", i ? "|" : "", topics[i].name);
	buf_putc(to, '\n');
}

static const char *help_word(const void *arg, size_t i)
{
	if (i < nr_topics)
		return topics[i].name;
	i -= nr_topics;
	if (i < nr_commands)
		return commands[i]->name;
	return class_infos[i - nr_commands]->name;
}

static int help_about(struct buf *to, const char *word)
{
	const struct command *command = command_by_name(word);
	const struct topic *topic = topics;
	enum class_id class = class_by_name(word, strlen(word));
	struct hint hint;

	while (topic < topics + nr_topics && strcmp(topic->name, word))
		topic++;
	if (command && command->help) {
		help_command(to, command);
	} else if (topic < topics + nr_topics) {
		buf_puts(to, topic->head);
		topic->print(to);
		buf_puts(to, topic->foot);
	} else if (class < NR_CLASSES) {
		help_class(to, class_infos[class]);
	} else {
		return misused("no help for '%s'%s", word,
			       text_hint(&hint, word, help_word, nr_topics + nr_commands +
					 NR_CLASSES, "ipcscope help"));
	}
	return STATUS_OK;
}

static int help_print(struct session *session)
{
	if (session->req->nr_args)
		return help_about(&session->out, session->req->args[0]);
	help_overview(&session->out);
	return 0;
}

const struct command command_help = {
	.name	 = "help",
	.args	 = "[TOPIC]",
	.help	 = "about a command, a class or a topic",
	.details = "Explains a command, a class of objects or a topic; without "
		   "any, shows what there is.",
	.examples = {
		{ "ipcscope help list", "a command with its options" },
		{ "ipcscope help where", "how to say which objects" },
		{ "ipcscope help shm", "a class with its fields" },
	},
	.completes = COMPLETES(COMMANDS) | COMPLETES(TOPICS),
	.max_args = 1,
	.print	 = help_print,
};
