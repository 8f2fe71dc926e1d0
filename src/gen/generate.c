// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "gen.h"

static bool generate_part(const struct generated *part, const char *name, struct buf *to)
{
	while (part->name && strcmp(part->name, name) != 0)
		part++;
	if (!part->name)
		return false;
	part->print(to);
	return true;
}

int main(int argc, char **argv)
{
	struct buf out = { .to = stdout };

	if (argc != 2 || !(generate_part(manual_parts, argv[1], &out) ||
			   generate_part(completion_parts, argv[1], &out))) {
		fprintf(stderr, "usage: generate PART\n");
		return STATUS_USAGE;
	}
	return output_finish(&out);
}
