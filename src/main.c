// SPDX-License-Identifier: GPL-2.0-or-later
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "host/host.h"

int main(int argc, char **argv)
{
	const struct command *legacy;
	struct request req;
	int status;

	host_guard_outputs();
	/* What tells the time zone must not be waited for: else times are in UTC. */
	if (host_file_answers("/etc/localtime"))
		setenv("TZ", "UTC0", 1);
	/* Only how characters are made of bytes: numbers and words stay as they are. */
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	legacy = command_legacy(&argc, &argv);
	if (legacy)
		return legacy->legacy_main(argc, argv);
	status = request_parse(&req, argc, argv);
	if (!status)
		status = command_run(&req);
	arena_free(&req.arena);
	return status;
}
