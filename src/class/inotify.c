// SPDX-License-Identifier: GPL-2.0-or-later
/* Watches of files: inotify(7), fs/notify/fdinfo.c. */
#include "class.h"
#include "ipcscope/text.h"

/* "inotify wd:1 ino:2af sdev:fe00000 mask:...": the file, in the kernel's own dev_t. */
static void inotify_put_file(struct buf *to, const char *line)
{
	const char *at = strstr(line, " ino:"), *dev = strstr(line, " sdev:");
	uint64_t ino, sdev;

	if (!at || !dev)
		return;
	at += strlen(" ino:");
	dev += strlen(" sdev:");
	if (!num_hex(&at, &ino) || !num_hex(&dev, &sdev))
		return;
	buf_printf(to, "%s%u:%u/%llu", to->len ? " " : "", (unsigned int)(sdev >> 20),
		   (unsigned int)sdev & 0xfffff, (unsigned long long)ino);
}

static bool inotify_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	uint32_t object = fd_open_file(fd, CLASS_inotify);
	struct buf files = { 0 };
	const char *line = NULL;

	if (object == NO_INDEX || !(object_wants(snap, CLASS_inotify, FIELD_WATCHES) ||
				    object_wants(snap, CLASS_inotify, FIELD_TARGETS)))
		return false;
	while ((line = fd_info_line(fd, line, "inotify wd:")))
		inotify_put_file(&files, line);
	if (fd_info_text(fd, "pos")) {
		object_set(snap, object, FIELD_WATCHES, fd_info_lines(fd, "inotify wd:"));
		object_set_str(snap, object, FIELD_TARGETS, files.data, files.len);
	}
	buf_free(&files);
	return false;	/* its watches are counted, too */
}

static const struct class_field inotify_fields[] = {
	HAS_BY(WATCHES, NEED(FDINFO)), HAS_BY(TARGETS, NEED(FDINFO)),
};

DEFINE_CLASS(inotify) = {
	.info = {
		FILE_INFO,
		.name	= "inotify",
		.title	= "watch of files",
		.noun	= "inotify instance",
		.manual	= "inotify(7)",
		FIELDS(inotify_fields),
		.columns = "ref,watches,targets,state,users",
		.wide	= "ref,watches,targets,state,users",
		.refs	= "inotify:PID/FD",
	},
	.link	= "anon_inode:inotify",
	.fd	= inotify_fd,
	.fd_alone = true,
};
