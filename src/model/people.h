/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_PEOPLE_H
#define MODEL_PEOPLE_H

#include "ipcscope/snapshot.h"

/* By which a name is in name_index. */
static inline uint64_t name_hash(const struct id_name *name)
{
	return hash_u64(name->id, name->group);
}

#endif
