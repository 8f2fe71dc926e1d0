// SPDX-License-Identifier: GPL-2.0-or-later
/* The profiles of contrib/profiles, put into the program as they stand. */
#include "ipcscope/profile.h"

#define SHIPPED(name)							\
	__asm__(".section .rodata\n"					\
		".global shipped_" #name "\n"				\
		".global shipped_" #name "_end\n"			\
		"shipped_" #name ":\n"					\
		".incbin \"contrib/profiles/" #name ".conf\"\n"		\
		"shipped_" #name "_end:\n"				\
		".byte 0\n"						\
		".previous\n");						\
	extern const char shipped_##name[], shipped_##name##_end[]

SHIPPED(web);
SHIPPED(databases);
SHIPPED(hpc);
SHIPPED(python);
SHIPPED(robotics);
SHIPPED(desktop);

#define FILE_OF(name)	{ #name ".conf", shipped_##name, shipped_##name##_end }

static const struct {
	const char *file;
	const char *text, *end;
} shipped[] = {
	FILE_OF(web), FILE_OF(databases), FILE_OF(hpc), FILE_OF(python),
	FILE_OF(robotics), FILE_OF(desktop),
};

int profiles_shipped(struct profiles *profiles, char why[512])
{
	int err = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shipped) && !err; i++)
		err = profiles_parse(profiles, shipped[i].file, shipped[i].text,
				     (size_t)(shipped[i].end - shipped[i].text),
				     why);
	return err;
}
