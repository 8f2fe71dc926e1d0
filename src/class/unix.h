/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_UNIX_H
#define CLASS_UNIX_H

#include "socket.h"

/* Notes that a socket is bound to @name. Accepted sockets have the path of
 * their listener: any of them counts. */
void unix_note_bound(struct collector *col, const struct nlmsghdr *msg,
		     const struct str *name);

#endif
