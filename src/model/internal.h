/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_INTERNAL_H
#define MODEL_INTERNAL_H

#include "ipcscope/snapshot.h"

/* A function of fields.def: the value of @field, which the class of @obj has. */
#define DERIVE(name)								\
	struct value derive_##name(const struct snapshot *snap,			\
				   const struct object *obj, enum field_id field)
#define FIELD(id, name, heading, type, source, function, ...)	DERIVE(function);
#include "ipcscope/fields.def"
#undef FIELD

/* Of the index of objects. */
uint64_t object_hash(const struct object_key *key);

/* Whether @parts were read of every process that could have to do with @obj. */
bool object_parts_complete(const struct snapshot *snap, const struct object *obj,
			   uint64_t parts);

/* Whoever has a file by a request alone has opened it. */
#define BY_REQUEST	(NEED(REQUESTS) | NEED(ARMED))
/* Whether only @uid, the owner, and root may open it by now. */
bool object_is_closed(const struct snapshot *snap, const struct object *obj, uint64_t *uid);

/* Attachments to @obj as the kernel counts them: processes that share a memory have one.
 * *@sure: no more than that. */
uint32_t object_attaches_found(const struct snapshot *snap, const struct object *obj,
			       bool *sure);

/* What is known of @from, an object of @snap's layout, is known of @to too. */
void merge_values(const struct snapshot *snap, struct object *to,
		  const struct object *from);

/* What is missing from @from is missing from @snap too. */
void missing_merge(struct snapshot *snap, const struct snapshot *from);
/* Whether a process of that pid could not be looked at; after it is finished. */
bool missing_process(const struct snapshot *snap, pid_t pid);

#endif
