/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_CLASS_H
#define IPCSCOPE_CLASS_H

/* What a class does: how its objects are listed, and recognised in processes. */

#include "scan/scan.h"

/* One kind of IPC object: all that is special about it is in its file. */
struct ipc_class {
	struct class_info info;

	/* Adds every object the kernel lists, with the fields asked for. What
	 * is missing it says with snapshot_warn(). May be shared by classes
	 * of one table: it is called once. */
	void (*list)(struct collector *col);

	/* Beginning of the links its descriptors have: "pipe:[". NULL: none. */
	const char *link;
	/* Whether the descriptor is of this class; then it added the edge. */
	bool (*fd)(struct fd_entry *fd);
	/* It looks at nothing that was listed. */
	bool fd_alone;
	/* The same for a mapping, which may be private. */
	bool (*vma)(struct scan *scan, const struct host_vma *vma);
	/* The kernel counts them, in FIELD_ATTACHES. */
	bool vma_counted;
	/* Of shared ones alone. */
	bool vma_shared;
	/* Makes relations of the attachments, when all are found. */
	void (*settle)(struct collector *col, struct attachments *attached);

	/* The type of the files in directories that are its objects (S_IFIFO);
	 * 0: none. */
	mode_t file_type;
	/* Adds to @snap the object that the file at @path is, without its name;
	 * NO_INDEX: it is none. */
	uint32_t (*file)(const struct collector *col, struct snapshot *snap,
			 const struct host_stat *st, const char *path, size_t len);
	/* What who connects @from, a socket of the process looked at, to this address (sun_path,
	 * @len bytes of it) would reach; NO_INDEX. */
	uint32_t (*address)(struct scan *scan, uint32_t from, const char *name, size_t len);
	/* What is sent on it goes into another one, which must have room: that one. */
	uint32_t (*receiver)(struct scan *scan, uint32_t object);
	/* It is waited for by futex, in its file. */
	bool futex;

	/* Compares what is listed, of whom processes are known, with what its names lead to
	 * now. */
	void (*locate)(struct collector *col);
	/* Looks closer at one object, for `show`: COST_SHOWN fields. After
	 * snapshot_finish(). */
	void (*look)(struct collector *col, uint32_t object);
};

#define CLASS(name)	extern const struct ipc_class class_##name;
#include "ipcscope/classes.def"
#undef CLASS

/* Who has a file without a descriptor of it. */
#define HELD_UNSEEN	(NEED(FLIGHT) | NEED(REQUESTS))

/* A class that classes.def does not name does not compile. */
#define DEFINE_CLASS(name) \
	_Static_assert(CLASS_##name < NR_CLASSES, "not in classes.def"); \
	const struct ipc_class class_##name

extern const struct ipc_class *const ipc_classes[NR_CLASSES];

/* The class asked for whose objects are files of the type in @mode; NULL: none. */
const struct ipc_class *class_of_file(const struct collector *col, uint32_t mode);

/* For a class's list of fields. */
#define HAS(id)			{ .field = FIELD_##id }
#define HAS_BY(id, parts)	{ .field = FIELD_##id, .needs = (parts) }
#define HAS_ASKED(id)		{ .field = FIELD_##id, .cost = COST_ASKED }
#define HAS_SHOWN(id, parts)	{ .field = FIELD_##id, .needs = (parts), \
				  .cost = COST_SHOWN }
/* Of what has a descriptor and shares its inode with others: fd_open_file(). */
#define FILE_PARTS		(NEED(FDS) | NEED(MEMORIES) | NEED(FLIGHT))
#define FILE_INFO \
	.space = SPACE_FILE, .persistence = PERSISTENCE_PROCESS, .listed_by = NEED(FDS), \
	.users_by = FILE_PARTS, .waits_by = NEED(CALLS) | FILE_PARTS, .polled = true
#define FIELDS(list)		.fields = (list), .nr_fields = ARRAY_SIZE(list)

#endif
