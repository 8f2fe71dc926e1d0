/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_REF_H
#define IPCSCOPE_REF_H

/* REFs as people type them: shm:5, shm:0x05ce0000, pshm:/name, unix:@x ... */

#include "ipcscope/buf.h"
#include "ipcscope/snapshot.h"

enum ref_form { REF_NUMBER, REF_KEY, REF_NAME, REF_ABSTRACT, REF_DEV_INO };

struct ref {
	const char *text;	/* as it was typed */
	uint64_t classes;	/* one bit, or several if none was named */
	enum ref_form form;
	uint64_t number;	/* id, inode or key */
	uint64_t dev;
	uint64_t ns;		/* behind @; 0: this one */
	const struct str *name;	/* exact bytes */
};

/* Whether @text is a REF at all, and if so what it means (names in @arena).
 * A wrong one sets *@why to what is wrong with it, one line. */
bool ref_parse(const char *text, struct arena *arena, struct ref *ref, const char **why);
bool ref_matches(const struct ref *ref, const struct snapshot *snap,
		 const struct object *obj);

#endif
