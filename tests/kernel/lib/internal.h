/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the sandbox library tell each other. */
#ifndef SANDBOX_INTERNAL_H
#define SANDBOX_INTERNAL_H

/* Where the ipcscope under test is found inside, whoever asks. */
#define SANDBOX_TOOL "/tmp/.tool/ipcscope"

/* Make /proc, /dev, /dev/shm, /tmp and SANDBOX_TOOL (mounts.c). */
void sandbox_mounts(void);

/* Block the signals of sandbox_step() in the test program (child.c). */
void child_signals(void);

#endif
