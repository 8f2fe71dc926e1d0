/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GEN_GEN_H
#define GEN_GEN_H

/* A program of the build: prints the parts of completions/ and of documents that
 * follow from the tables of the program, for tests/check-generated.sh. */

#include "cli/help.h"

struct generated {
	const char *name;	/* in the marker "generated: NAME"; NULL ends */
	void (*print)(struct buf *to);
};
extern const struct generated completion_parts[], manual_parts[];

#endif
