/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_INET_H
#define CLASS_INET_H

#include <arpa/inet.h>
#include <linux/inet_diag.h>

#include "class.h"

typedef void inet_add_fn(void *arg, const struct inet_diag_msg *msg);

/* Calls @add for each line of /proc/@pid/net/@file (0: the tool's own). */
void inet_text(struct collector *col, pid_t pid, uint8_t family,
	       const char *file, inet_add_fn *add, void *arg);

#endif
