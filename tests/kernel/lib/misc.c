// SPDX-License-Identifier: GPL-2.0-or-later
/* Makers: memfd, eventfd, pty. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "make.h"

int make_memfd(const char *name, size_t size)
{
	int fd = (int)must(memfd_create(name, 0));

	must(ftruncate(fd, (off_t)size));
	if (size > 0)
		must(pwrite(fd, "x", 1, 0));
	return fd;
}

int make_eventfd(unsigned int value, int flags)
{
	return (int)must(eventfd(value, flags));
}

long eventfd_id(int fd)
{
	static const char label[] = "eventfd-id:";
	char path[64], text[512];
	const char *at;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	must(read_small(path, text, sizeof(text)));
	at = strstr(text, label);
	if (!at)
		sandbox_fail("no %s in %s", label, path);
	return strtol(at + strlen(label), NULL, 10);
}

int make_pty(const char *dir, int fds[2])
{
	char path[PATH_MAX];
	int unlocked = 0, index;

	snprintf(path, sizeof(path), "%s/ptmx", dir);
	fds[0] = (int)must(open(path, O_RDWR | O_NOCTTY));
	must(ioctl(fds[0], TIOCSPTLCK, &unlocked));
	must(ioctl(fds[0], TIOCGPTN, &index));
	snprintf(path, sizeof(path), "%s/%d", dir, index);
	fds[1] = (int)must(open(path, O_RDWR | O_NOCTTY));
	return index;
}
