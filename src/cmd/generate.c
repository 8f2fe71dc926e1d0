// SPDX-License-Identifier: GPL-2.0-or-later
/* __generate NAME: the files and parts of files that follow from the tables. */
#include <string.h>

#include "hidden.h"

static const struct generated *find(const struct generated *parts,
				    unsigned int nr, const char *name)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(parts[i].name, name))
			return &parts[i];
	}
	return NULL;
}

static int generate_run(const struct request *req)
{
	const char *name = req->args[0];
	const struct generated *part = find(manual_parts, nr_manual_parts, name);
	struct buf out = { .to = stdout };

	if (!part)
		part = find(completion_parts, nr_completion_parts, name);
	if (!part)
		return misused("no generated part '%s'", name);
	part->print(&out);
	return output_finish(&out);
}

const struct command command_generate = {
	.name	 = "__generate",
	.args	 = "NAME",
	.min_args = 1,
	.max_args = 1,
	.run	 = generate_run,
};
