/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_IPCSCOPE_H
#define IPCSCOPE_IPCSCOPE_H

/*
 * The interface of libipcscope.a: say what is asked (query.h), read it from a
 * machine (collect.h) or a file (record.h) into a snapshot, then ask the
 * snapshot (filter.h, analyse.h) and print it (render.h). Nothing of
 * it promises a stable ABI yet.
 */

#include "ipcscope/analyse.h"
#include "ipcscope/collect.h"
#include "ipcscope/filter.h"
#include "ipcscope/record.h"
#include "ipcscope/render.h"

#endif
