// SPDX-License-Identifier: GPL-2.0-or-later
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#include "cli/command.h"

/* Only how characters are made of bytes: numbers and words stay as they are. */
static void use_utf8(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, char **argv)
{
	const struct command *own;
	struct request req;
	int status;

	use_utf8();
	own = command_legacy(&argc, &argv);
	if (own)
		return own->legacy_main(argc, argv);
	status = request_parse(&req, argc, argv);
	return status ? status : req.command->run(&req);
}
