// SPDX-License-Identifier: GPL-2.0-or-later
/* holder SHMID SOCKET: a user for the examples: has a segment attached, listens on a
 * socket and holds both ends of a pipe until it is killed. Prints the inode of the pipe
 * when all is there. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;
	int fd[2], sock = socket(AF_UNIX, SOCK_STREAM, 0);

	if (argc != 3)
		return 2;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", argv[2]);
	if (shmat(atoi(argv[1]), NULL, 0) == (void *)-1 ||
	    bind(sock, (struct sockaddr *)&addr, sizeof(addr)) || listen(sock, 1) ||
	    pipe(fd) || fstat(fd[0], &st)) {
		perror("holder");
		return 1;
	}
	printf("%ju\n", (uintmax_t)st.st_ino);
	fflush(stdout);
	for (;;)
		pause();
}
