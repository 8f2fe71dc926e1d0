// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/ioctl.h>

#include "host.h"

unsigned int host_terminal_width(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}
