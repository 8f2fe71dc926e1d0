/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPAT_IPCRM_H
#define COMPAT_IPCRM_H

/* What ipcrm was told to remove. */

#include "cli/removal_session.h"
#include "compat.h"

/* The objects that one argument names: all of a class, or one by key, name or id. */
struct selector {
	enum class_id class;
	const char *key;	/* as typed; NULL: not by key */
	const char *name;	/* of a POSIX object; NULL: not by name */
	int64_t num;		/* the id or key */
	bool all;
	bool found;		/* it named an object */
};

struct ipcrm {
	struct VEC(struct selector) selectors;
	struct removal_session removal;
	struct VEC(uint32_t) of;	/* for each target the index of its selector */
	struct buf out;
	bool verbose;
	bool old;		/* the form "ipcrm shm ID..." */
	bool failed;
};

/* 0, or the status to end with; STATUS_FOUND after --help and --version. */
int ipcrm_parse(struct ipcrm *ipcrm, int argc, char **argv);

#endif
