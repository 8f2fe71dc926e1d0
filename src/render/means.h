/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RENDER_MEANS_H
#define RENDER_MEANS_H

#include "ipcscope/render.h"

/* What it means that @part is missing of @nr processes. */
void part_means(struct buf *to, enum part part, uint32_t nr);

#endif
