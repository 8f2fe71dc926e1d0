// SPDX-License-Identifier: GPL-2.0-or-later
/* Rings of requests: io_uring(7), io_uring/fdinfo.c. Those of Linux before 5.16 share one
 * inode. Files that are registered with one stay open without a descriptor. */
#include "class.h"
#include "ipcscope/text.h"

/* "    3: /tmp/file", a line for each; blanks in names are octal. Not all of them are told
 * while the ring is busy. */
static void io_uring_set_files(struct snapshot *snap, uint32_t object, const char *lines,
			       uint64_t nr)
{
	struct buf files = { 0 };
	uint64_t slot, told = 0;

	while ((lines = strchr(lines, '\n')) && *++lines == ' ') {
		const char *at = lines + strspn(lines, " ");
		size_t len;

		if (!num_u64(&at, &slot) || *at++ != ':' || *at++ != ' ')
			break;
		buf_puts(&files, files.len ? " " : "");
		len = strcspn(at, "\n");
		/* "pipe:[4711]" is pipe:4711. */
		if (len > 7 && !strncmp(at, "pipe:[", 6) && at[len - 1] == ']') {
			buf_puts(&files, "pipe:");
			at += 6;
			len -= 7;
		}
		buf_add(&files, at, len);
		told++;
	}
	if (told || !nr)
		object_set_str(snap, object, FIELD_TARGETS, files.data, files.len);
	buf_free(&files);
}

static bool io_uring_fd(struct fd_entry *fd)
{
	struct snapshot *snap = fd->scan->snap;
	uint32_t object = fd_open_file(fd, CLASS_io_uring);
	const char *line;
	uint64_t nr;

	if (object == NO_INDEX || !(object_wants(snap, CLASS_io_uring, FIELD_FILES) ||
				    object_wants(snap, CLASS_io_uring, FIELD_TARGETS)))
		return false;
	line = fd_info_text(fd, "UserFiles");
	if (line && num_u64(&line, &nr)) {
		object_set(snap, object, FIELD_FILES, nr);
		io_uring_set_files(snap, object, line, nr);
	}
	return false;	/* what is registered with it is looked at, too */
}

static const struct class_field io_uring_fields[] = {
	HAS_BY(FILES, NEED(FDINFO)), HAS_BY(TARGETS, NEED(FDINFO)),
};

DEFINE_CLASS(io_uring) = {
	.info = {
		FILE_INFO,
		.name	= "io_uring",
		.title	= "ring of requests",
		.noun	= "ring",
		.manual	= "io_uring_setup(2)",
		FIELDS(io_uring_fields),
		.columns = "ref,files,targets,state,users",
		.wide	= "ref,files,targets,state,users",
		.refs	= "io_uring:PID/FD",
	},
	.link	= "anon_inode:[io_uring]",
	.fd	= io_uring_fd,
	.fd_alone = true,
};
