// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands there are, and the one parser of their command lines. */
#include <getopt.h>
#include <string.h>

#include "command.h"
#include "ipcscope/text.h"

#define LONG_VALUE	256	/* above it: an option by its long name */

#define COMMAND(name)	extern const struct command command_##name;
#include "commands.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name)	&command_##name,
#include "commands.def"
#undef COMMAND
};
const unsigned int nr_commands = ARRAY_SIZE(commands);

/* What only completions call. */
extern const struct command command_complete;

const struct command *command_legacy(int *argc, char ***argv)
{
	const struct command *command;
	const char *name;
	int i;

	if (!*argc)
		return NULL;
	for (i = 0; i < 2 && i < *argc; i++) {
		name = strrchr((*argv)[i], '/');
		name = name && !i ? name + 1 : (*argv)[i];
		command = command_by_name(name);
		if (!command || !command->legacy_main)
			continue;
		*argc -= i;
		*argv += i;
		**argv = (char *)command->name;
		complain_as(command->name);
		return command;
	}
	return NULL;
}

const struct command *command_by_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_commands; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return !strcmp(command_complete.name, name) ? &command_complete : NULL;
}

static enum option_id options_by_value(int value)
{
	enum option_id id;

	if (value >= LONG_VALUE)
		return (enum option_id)(value - LONG_VALUE);
	for (id = 0; id < NR_OPTIONS; id++) {
		if (option_specs[id].letter == value)
			break;
	}
	return id;
}

static const char *options_name(const void *arg, size_t i)
{
	return option_specs[i].name;
}

/* "--columns or --color" in @text: what begins so and @command takes, or all there is if
 * that is NULL. How many there are. */
static unsigned int options_early(const struct command *command, const char *word, size_t len,
				  char *text, size_t room)
{
	unsigned int nr = 0;
	enum option_id id;

	*text = '\0';
	for (id = 0; id < NR_OPTIONS; id++) {
		size_t used = strlen(text);

		if ((command && !command_takes(command, id)) ||
		    strncmp(option_specs[id].name, word, len) != 0)
			continue;
		snprintf(text + used, room - used, "%s--%s", nr++ ? " or " : "",
			 option_specs[id].name);
	}
	return nr;
}

static int options_unknown_long(const struct command *command, const char *word)
{
	size_t len = strcspn(word, "=");
	char name[64], list[256];
	struct hint hint;

	if (len && options_early(command, word, len, list, sizeof(list)) > 1)
		return misused("'--%.*s' could be %s", (int)len, word, list);
	if (len && options_early(NULL, word, len, list, sizeof(list)))
		return misused("%s does not take %s; it takes: ipcscope help %s",
			       command->name, list, command->name);
	snprintf(list, sizeof(list), "ipcscope help %s", command->name);
	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	text_hint(&hint, name, options_name, NR_OPTIONS, list);
	if (*hint.text == ',')
		return misused("no option '--%s', perhaps '--%s", name,
			       hint.text + strlen(", perhaps '"));
	return misused("no option '--%s'%s", name, hint.text);
}

/* What getopt_long() did not like: @value is what it returned. */
static int options_wrong_option(const struct command *command, int value, const char *word)
{
	const struct option_spec *spec;

	if (value == ':') {
		spec = &option_specs[options_by_value(optopt)];
		return misused("--%s needs an argument: --%s %s", spec->name,
			       spec->name, spec->arg);
	}
	if (optopt >= LONG_VALUE)
		return misused("--%s takes no argument",
			       option_specs[options_by_value(optopt)].name);
	if (optopt)
		return misused("no option '-%c'; all: ipcscope help %s", optopt, command->name);
	return options_unknown_long(command, word + strlen("--"));
}

/* What getopt_long() is to know: every letter, and the long options of @command alone, so
 * that an abbreviation is one of them; all if that is NULL. */
struct getopt_words {
	/* Every option, in order, whatever POSIXLY_CORRECT says ("-"), and a missing
	 * argument told apart (":"). */
	char letters[2 * NR_OPTIONS + 3];
	struct option longs[NR_OPTIONS + 1];
};

static void options_words(struct getopt_words *words, const struct command *command)
{
	char *letter = stpcpy(words->letters, "-:");
	struct option *option = words->longs;
	enum option_id id;

	for (id = 0; id < NR_OPTIONS; id++) {
		const struct option_spec *spec = &option_specs[id];

		if (spec->letter)
			*letter++ = spec->letter;
		if (spec->letter && spec->arg)
			*letter++ = ':';
		if (!command || command_takes(command, id))
			*option++ = (struct option){
				.name	 = spec->name,
				.has_arg = spec->arg ? required_argument : no_argument,
				.val	 = LONG_VALUE + (int)id,
			};
	}
	*letter = '\0';
	*option = (struct option){};
	optind = 0;
	opterr = 0;
}

/* The first word that is no option, or NULL; sure unless an option stands before it that
 * only a command can tell. */
static const char *options_first_arg(int argc, char **argv, bool *sure)
{
	struct getopt_words words;
	int value;

	*sure = true;
	options_words(&words, NULL);
	while ((value = getopt_long(argc, argv, words.letters, words.longs, NULL)) != -1) {
		if (value == 1)
			return optarg;
		*sure &= value != '?' && value != ':';
	}
	return argv[optind];
}

/* Options into @req->option, all else to the front of @argv. */
static int options_split(struct request *req, int argc, char **argv)
{
	const struct option_spec *spec;
	struct getopt_words words;
	enum option_id id;
	int value;

	options_words(&words, req->command);
	req->args = argv;
	while ((value = getopt_long(argc, argv, words.letters, words.longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			return options_wrong_option(req->command, value, argv[optind - 1]);
		if (value == 1) {
			req->args[req->nr_args++] = optarg;
			continue;
		}
		id = options_by_value(value);
		spec = &option_specs[id];
		/* Of two filters none may get lost. */
		if (asked(req, id) && spec->arg && spec->is_filter)
			return id == OPTION_WHERE ?
			       misused("--where is given twice: join the two with 'and'") :
			       misused("--%s is given twice", spec->name);
		if (asked(req, id) && id == OPTION_NS)
			optarg = (char *)arena_printf(&req->arena, "%s\n%s",
						      req->option[id].text, optarg)->data;
		req->option[id].text = spec->arg ? optarg : "";
		/* What follows is the program's. */
		if (id == OPTION_HOLD) {
			req->rest = argv + optind;
			return 0;
		}
	}
	while (optind < argc)
		req->args[req->nr_args++] = argv[optind++];
	return 0;
}

static const char *options_first_word(const void *arg, size_t i)
{
	if (i < nr_commands)
		return commands[i]->name;
	i -= nr_commands;
	if (i < NR_CLASSES)
		return class_infos[i]->name;
	return group_infos[i - NR_CLASSES].name;
}

/* A class or a REF may stand where a command is expected: then it is list. */
static int options_find_command(struct request *req, int argc, char **argv)
{
	bool sure;
	const char *word = options_first_arg(argc, argv, &sure);
	const struct command *command = word ? command_by_name(word) : NULL;
	size_t nr_groups = 0;
	struct hint hint;

	req->command = command ?: &command_list;
	if (command || !word || !sure ||
	    (*word && (classes_by_word(word, strlen(word)) || strchr(word, ':') ||
		       strchr("/@0123456789", *word))))
		return 0;
	while (group_infos[nr_groups].name)
		nr_groups++;
	return misused("no command or class '%s'%s", word,
		       text_hint(&hint, word, options_first_word,
				 nr_commands + NR_CLASSES + nr_groups, "ipcscope help"));
}

bool asked(const struct request *req, enum option_id id)
{
	return req->option[id].text != NULL;
}

uint64_t option_num(const struct request *req, enum option_id id, uint64_t otherwise)
{
	return asked(req, id) ? req->option[id].num : otherwise;
}

bool command_takes(const struct command *command, enum option_id id)
{
	return command->takes[id] || id == OPTION_HELP || id == OPTION_VERSION ||
	       (command->takes_filters && option_specs[id].is_filter);
}

int request_parse(struct request *req, int argc, char **argv)
{
	const struct command *command;
	enum option_id id;
	unsigned int nr;
	int status;

	*req = (struct request){};
	status = options_find_command(req, argc, argv) ?: options_split(req, argc, argv);
	if (status)
		return status;
	if (req->nr_args && command_by_name(req->args[0]) == req->command) {
		req->args++;
		req->nr_args--;
	}
	if (asked(req, OPTION_HELP)) {
		/* "ipcscope show --help" is "ipcscope help show". */
		req->nr_args = req->args != argv && req->command != &command_help;
		req->args = argv;
		argv[0] = (char *)req->command->name;
		req->command = &command_help;
		return 0;
	}
	if (asked(req, OPTION_VERSION)) {
		req->command = &command_version;
		req->nr_args = 0;
		return 0;
	}
	command = req->command;
	for (id = 0; id < NR_OPTIONS; id++) {
		if (asked(req, id) && !command_takes(command, id))
			return misused("%s does not take --%s; it takes: ipcscope help %s",
				       command->name, option_specs[id].name, command->name);
	}
	nr = (unsigned int)req->nr_args;
	if (nr > command->max_args && !command->max_args)
		return misused("%s takes no arguments, '%s' is too much",
			       command->name, req->args[0]);
	if (nr > command->max_args)
		return misused("%s takes %s, '%s' is too much", command->name,
			       command->args, req->args[command->max_args]);
	if (nr < command->min_args)
		return misused("%s what? ipcscope %s %s", command->name,
			       command->name, command->args);
	return 0;
}
