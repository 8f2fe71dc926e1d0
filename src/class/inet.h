/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_INET_H
#define CLASS_INET_H

#include "ipcscope/class.h"

/* Adds the sockets of one IP protocol (IPPROTO_TCP ...), v4 and v6, in all
 * network namespaces, and joins both ends of connections. */
void inet_list(struct collector *col, enum class_id class, uint8_t protocol,
	       const char *what);

#endif
