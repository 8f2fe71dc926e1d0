/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_MERGE_H
#define MODEL_MERGE_H

#include "ipcscope/snapshot.h"

/* What is known of @from, an object of @snap's layout, is known of @to too. */
void merge_values(const struct snapshot *snap, struct object *to,
		  const struct object *from);

#endif
