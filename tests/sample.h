/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

/*
 * A small machine, made by hand: objects of many classes with what makes them
 * hard to name or to filter. One process (pid 1, uid 0) could not be read, so
 * that users of objects without a count of their own are not all known.
 */

#include "ipcscope/snapshot.h"

#define SAMPLE_TAKEN	1795231494	/* 2026-11-21 03:24:54 UTC */
#define SAMPLE_IPC_NS	4026531839u
#define SAMPLE_NET_NS	4026531840u
#define SAMPLE_OTHER_NS	4026532777u

struct sample {
	struct layout layout;
	struct snapshot snap;
};

void sample_init(struct sample *sample);
void sample_free(struct sample *sample);

#endif
