/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HOST_FACTS_H
#define HOST_FACTS_H

/* What both hosts must agree on. */

#include "host.h"

/* Whether a /proc file of that name, if empty, was kept from the reader: the
 * kernel opens it for uid 0 without capabilities and then says nothing. */
bool host_never_empty(const char *path);

/* Ends @name of @vma at its len, which " (deleted)" is taken off. */
void host_end_name(struct host_vma *vma, char *name, size_t len);
/* next_vma() and find_vma() of what is in maps->text. */
int host_next_in_text(struct host_maps *maps, struct host_vma *vma);
int host_find_in_text(struct host_maps *maps, uint64_t addr,
		      struct host_vma *vma);

/* Where the next file system of @type in the text of /proc/PID/mountinfo at
 * @*text is mounted; @*text moves on. */
bool host_next_mount(const char **text, const char *end, const char *type,
		     struct buf *path);

/* A dump under way. */
struct host_dump {
	uint32_t seq, port;	/* of the request; other messages are not ours */
	host_diag_fn *each;	/* NULL: what still comes is dropped */
	void *arg;
	bool mixed;		/* something changed while it was listed */
	bool done;
	int ret;		/* what ended it early: @each, or the kernel */
};

/* Takes one datagram of it; 0, or -EBADMSG if that is cut off or nonsense. */
int host_dump_messages(struct host_dump *dump, const void *data, size_t len);
/* What a dump that is done came to. */
int host_dump_result(const struct host_dump *dump);

#endif
