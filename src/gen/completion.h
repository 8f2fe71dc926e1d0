/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

/* What the completions of all shells are made of. */

#include "cli/hidden.h"

/* The word by which a script knows what to offer: "fields". */
extern const char *const complete_words[];

/* Words with a blank before each: " list show". */
void words_commands(struct buf *to);
void words_topics(struct buf *to);
void words_classes(struct buf *to);
void words_fields(struct buf *to);
/* Those that are one word. */
void words_limits(struct buf *to);
/* Options that take an argument, by letter and name. */
void words_with_argument(struct buf *to);
/* What the arguments of @command complete to. */
void words_completes(struct buf *to, const struct command *command);

/* @text between single quotes, for any shell. */
void put_shell_quoted(struct buf *to, const char *text);

void print_bash(struct buf *to);
void print_zsh(struct buf *to);
void print_fish(struct buf *to);

#endif
