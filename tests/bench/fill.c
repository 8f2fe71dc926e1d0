// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fill: makes objects that outlive processes, then becomes a command.  To be
 * run by enter, in which they end.
 *
 *	fill [--WHAT=N]... -- COMMAND [ARGUMENT]...
 */
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "bench.h"

static void make_shm(const char *name)
{
	(void)name;
	must(shmget(IPC_PRIVATE, 4096, 0600), "shmget");
}

static void make_sem(const char *name)
{
	(void)name;
	must(semget(IPC_PRIVATE, 3, 0600), "semget");
}

static void make_msg(const char *name)
{
	(void)name;
	must(msgget(IPC_PRIVATE, 0600), "msgget");
}

static void make_pshm(const char *name)
{
	close((int)must(shm_open(name, O_CREAT | O_RDWR, 0600), "shm_open"));
}

static void make_psem(const char *name)
{
	sem_t *sem = sem_open(name, O_CREAT, 0600, 1);

	if (sem == SEM_FAILED)
		must(-1, "sem_open");
	sem_close(sem);
}

static void make_pmsg(const char *name)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };

	mq_close((mqd_t)must(mq_open(name, O_CREAT | O_RDWR, 0600, &attr),
			     "mq_open"));
}

static struct amount amounts[] = {
	{ "shm", "System V segments", 0 },
	{ "sem", "System V semaphore sets of 3", 0 },
	{ "msg", "System V queues", 0 },
	{ "pshm", "POSIX shared memory objects", 0 },
	{ "psem", "named semaphores", 0 },
	{ "pmsg", "POSIX queues", 0 },
	{ "user", "the user, by number, who makes them", 0 },
};

static void (*const makers[])(const char *name) = {
	make_shm, make_sem, make_msg, make_pshm, make_psem, make_pmsg,
};

#define COUNT (sizeof(makers) / sizeof(makers[0]))

int main(int argc, char **argv)
{
	char **command = parse_amounts(amounts, COUNT + 1, argv);
	char name[32];
	size_t i;
	long n;

	(void)argc;
	if (amounts[COUNT].n)
		must(seteuid((uid_t)amounts[COUNT].n), "seteuid");
	for (i = 0; i < COUNT; i++) {
		for (n = 0; n < amounts[i].n; n++) {
			snprintf(name, sizeof(name), "/load-%ld", n);
			makers[i](name);
		}
	}
	must(seteuid(getuid()), "seteuid");
	must(execvp(command[0], command), command[0]);
	return 1;
}
