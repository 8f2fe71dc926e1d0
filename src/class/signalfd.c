// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals by a descriptor: signalfd(2), fs/signalfd.c. */
#include "class.h"

static void signalfd_set_mask(struct snapshot *snap, uint32_t object, uint64_t mask)
{
	struct buf names = { 0 };
	unsigned int number;

	for_each_signal(number, mask)
		buf_printf(&names, "%s%s", names.len ? " " : "", signal_name(number) ?: "?");
	object_set_str(snap, object, FIELD_MASK, names.data, names.len);
	buf_free(&names);
}

static bool signalfd_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	uint32_t object = fd_open_file(fd, CLASS_signalfd);
	uint64_t mask;

	if (object != NO_INDEX && object_wants(snap, CLASS_signalfd, FIELD_MASK) &&
	    fd_info_hex(fd, "sigmask", &mask))
		signalfd_set_mask(snap, object, mask);
	return true;
}

static const struct class_field signalfd_fields[] = { HAS_BY(MASK, NEED(FDINFO)) };

DEFINE_CLASS(signalfd) = {
	.info = {
		FILE_INFO,
		.name	= "signalfd",
		.title	= "descriptor of signals",
		.noun	= "signalfd",
		.manual	= "signalfd(2)",
		FIELDS(signalfd_fields),
		.columns = "ref,mask,state,users",
		.wide	= "ref,mask,state,users",
		.refs	= "signalfd:PID/FD",
	},
	.link	= "anon_inode:[signalfd]",
	.fd	= signalfd_fd,
	.fd_alone = true,
};
