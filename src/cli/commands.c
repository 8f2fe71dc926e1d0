// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "command.h"

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
