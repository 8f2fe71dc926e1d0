// SPDX-License-Identifier: GPL-2.0-or-later
/* A program of the build: prints the files and parts of files that follow from
 * the tables. */
#include <string.h>

#include "cli/hidden.h"

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

int main(int argc, char **argv)
{
	const struct generated *part = NULL;
	struct buf out = { .to = stdout };

	if (argc == 2)
		part = find(manual_parts, nr_manual_parts, argv[1]);
	if (argc == 2 && !part)
		part = find(completion_parts, nr_completion_parts, argv[1]);
	if (!part) {
		fprintf(stderr, "usage: generate PART\n");
		return STATUS_USAGE;
	}
	part->print(&out);
	return output_finish(&out);
}
