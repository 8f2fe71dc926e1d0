/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPCSCOPE_HOST_H
#define IPCSCOPE_HOST_H

/* What collect() reads from; src/host/host.h says what it can be asked. */
struct host;

/* The machine this runs on. */
extern const struct host live_host;

#endif
