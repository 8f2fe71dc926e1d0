// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>

#include "ipcscope/record.h"

const char *record_library(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "jansson %s", jansson_version_str());
	return text;
}
