/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_FIFO_H
#define CLASS_FIFO_H

#include "class.h"

/* Unread bytes and capacity of a pipe or FIFO, by one of its ends. */
void pipe_look(struct collector *col, uint32_t object);

#endif
