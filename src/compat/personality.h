/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PERSONALITY_H
#define CMD_PERSONALITY_H

/* What ipcs and ipcrm share: the ways of util-linux. */

#include "cli/command.h"

extern const struct command command_ipcrm;

/* "ipcs from ipcscope 0.1.0" */
void personality_version(const char *name, struct buf *to);
/* A decimal number as strtol(3) takes it, the whole of @text; -EINVAL, -ERANGE. */
int personality_number(const char *text, int64_t *num);

#endif
