// SPDX-License-Identifier: GPL-2.0-or-later
/* Waits for any of several descriptors: epoll(7). Which these are is told when all that they
 * may be is found: collect/targets.c. */
#include "class.h"

static bool epoll_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	uint32_t object = fd_open_file(fd, CLASS_epoll);

	if (object != NO_INDEX && object_wants(snap, CLASS_epoll, FIELD_WATCHES) &&
	    fd_info_text(fd, "pos"))
		object_set(snap, object, FIELD_WATCHES, fd_info_lines(fd, "tfd:"));
	return false;	/* its targets are counted, too */
}

static const struct class_field epoll_fields[] = {
	HAS_BY(WATCHES, NEED(FDINFO)), HAS_BY(TARGETS, NEED(FDINFO)),
};

DEFINE_CLASS(epoll) = {
	.info = {
		FILE_INFO,
		.name	= "epoll",
		.title	= "wait for several descriptors",
		.noun	= "epoll instance",
		.manual	= "epoll(7)",
		FIELDS(epoll_fields),
		.columns = "ref,watches,targets,state,users",
		.wide	= "ref,watches,targets,state,users",
		.refs	= "epoll:PID/FD",
	},
	.link	= "anon_inode:[eventpoll]",
	.fd	= epoll_fd,
	.fd_alone = true,
};
