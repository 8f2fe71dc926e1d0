// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "command.h"
#include "hidden.h"

#define COMMAND(name)	extern const struct command command_##name;
#include "commands.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name)	&command_##name,
#include "commands.def"
#undef COMMAND
};
const unsigned int nr_commands = ARRAY_SIZE(commands);

static const struct command *const hidden[] = {
	&command_complete,
};

const struct option_spec option_specs[NR_OPTIONS] = {
#define OPTION(id, letter, name, arg, complete, help) \
	[OPTION_##id] = { letter, name, arg, COMPLETE_##complete, help },
#include "options.def"
#undef OPTION
};

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
	for (i = 0; i < ARRAY_SIZE(hidden); i++) {
		if (!strcmp(hidden[i]->name, name))
			return hidden[i];
	}
	return NULL;
}
