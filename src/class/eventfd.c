// SPDX-License-Identifier: GPL-2.0-or-later
/* Event counters: eventfd(2), fs/eventfd.c. All share one inode; what tells
 * them apart is the eventfd-id in fdinfo. */
#include "class.h"

static bool eventfd_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	struct object_key key = { .space = SPACE_EVENTFD };
	uint64_t count;
	uint32_t object;

	if (!fd_info(fd, "eventfd-id", &key.id))
		return false;
	object = snapshot_object(snap, CLASS_eventfd, key);
	if (fd_info_hex(fd, "eventfd-count", &count))
		object_set(snap, object, FIELD_COUNT, count);
	fd_edge_both(fd, object);
	return true;
}

static const struct class_field eventfd_fields[] = {
	HAS_BY(COUNT, NEED(FDINFO)),
};

DEFINE_CLASS(eventfd) = {
	.info = {
		.name	= "eventfd",
		.title	= "event counter",
		.noun	= "eventfd",
		.manual	= "eventfd(2)",
		.space	= SPACE_EVENTFD,
		.persistence	= PERSISTENCE_PROCESS,
		FIELDS(eventfd_fields),
		.listed_by = NEED(FDS) | NEED(FDINFO),
		.users_by  = NEED(FDS) | NEED(FDINFO) | NEED(FLIGHT),
		.waits_by  = NEED(CALLS) | NEED(FDS) | NEED(FDINFO),
		.amount	= FIELD_COUNT,
		.unit	= "count",
		.polled	= true,
		.columns = "ref,count,users",
		.wide	= "ref,count,users",
		.refs	= "eventfd:ID",
	},
	.link	= "anon_inode:[eventfd]",
	.fd	= eventfd_fd,
	.fd_alone = true,
};
