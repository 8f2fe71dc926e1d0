/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_TELL_H
#define TESTS_TELL_H

/* What is in a snapshot, in so few words that a test can say them too. The
 * texts live as long as the snapshot. */

#include "ipcscope/snapshot.h"

/* REFs of the objects of @classes, in their order: "shm:5 pipe:7". */
const char *tell_refs(struct snapshot *snap, uint64_t classes);
/* "42 open rw fd3; 42/43 waits w #1 op-1; peer unix:5" */
const char *tell_edges(struct snapshot *snap, const struct object *obj);
/* "n/a", "-", "?", or the value: states and semaphores between commas, times,
 * modes and keys as plain numbers. */
const char *tell(struct snapshot *snap, const struct object *obj,
		 enum field_id field);
/* "fds EACCES 2 pid 42; sysv EBADMSG 1 what; mqueue unsupported what" */
const char *tell_warnings(struct snapshot *snap);
/* All of it: record_write(). */
const char *tell_all(struct snapshot *snap);

/* The one object of that class and id; fails the test if there is none, or
 * more than one. */
const struct object *the_object(const struct snapshot *snap,
				enum class_id class, uint64_t id);
/* How many of that class and id there are. */
uint32_t count_objects(const struct snapshot *snap, enum class_id class,
		       uint64_t id);

#define assert_told(snap, class, id, field, expect)			\
	assert_string_equal(tell(snap, the_object(snap, CLASS_##class, id), \
				 FIELD_##field), expect)
#define assert_edges(snap, class, id, expect)				\
	assert_string_equal(tell_edges(snap, the_object(snap,		\
							CLASS_##class, id)), expect)

#endif
