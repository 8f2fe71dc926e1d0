/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_MISSING_H
#define MODEL_MISSING_H

#include "ipcscope/snapshot.h"

/* What is missing from @from is missing from @snap too. */
void missing_merge(struct snapshot *snap, const struct snapshot *from);
/* Puts the gaps in order, each once, and makes a warning of each part and
 * error among them. */
void missing_finish(struct snapshot *snap);

/* Whether a process of that pid could not be looked at; after it is finished. */
bool missing_process(const struct snapshot *snap, pid_t pid);

#endif
