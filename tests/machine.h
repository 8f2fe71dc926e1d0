/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_MACHINE_H
#define TESTS_MACHINE_H

/*
 * A machine made of text (see fixture.h), and what collect() sees on it. There
 * is the tool itself as pid 9 of root, a /dev/shm, a devpts and no process yet;
 * now is MACHINE_NOW, 10,000 seconds after the start.
 */

#include <sys/sysmacros.h>

#include "architecture.h"
#include "ipcscope/collect.h"
#include "fake/fixture.h"
#include "tell.h"

#define MACHINE_NOW	1700000000
#define MACHINE_IPC_NS	4026531839u
#define MACHINE_NET_NS	4026531840u
#define MACHINE_SHM_DEV	makedev(0, 25)
#define MACHINE_PTS_DEV	makedev(0, 30)
#define MACHINE_MEM_DEV	makedev(0, 1)

struct machine {
	struct buf text;
	struct host *host;
	struct query query;
	struct layout layout;
	struct snapshot snap;
	bool seen;
};

/* The one of the test that runs. */
extern struct machine box;
int machine_setup(void **state);
int machine_teardown(void **state);
#define MACHINE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, machine_setup, machine_teardown)

void machine_init(struct machine *machine);
void machine_free(struct machine *machine);
/* One or more statements; a newline is added. */
void machine_add(struct machine *machine, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The directory of a process and what everyone has, but neither maps nor
 * syscall nor descriptors. It started @pid ticks after the machine. */
void machine_process(struct machine *machine, pid_t pid, uid_t uid,
		     const char *comm);
/* The same without its namespaces. */
void machine_stranger(struct machine *machine, pid_t pid, uid_t uid,
		      const char *comm);
/* What its stat says behind the name is up to @rest: "S 1 ...". */
void machine_stat(struct machine *machine, pid_t pid, const char *comm,
		  char state, unsigned int flags, uint64_t start);

/* Asks for fields of classes; once more for more. FIELD_NONE ends. */
void machine_ask(struct machine *machine, uint64_t classes, ...);
#define ASK(machine, classes, ...) \
	machine_ask(machine, classes, ##__VA_ARGS__, FIELD_NONE)
/* All that `list -o all` would read, or `show`. */
void machine_ask_all(struct machine *machine, uint64_t classes, bool show);
/* Makes the host of the text, without looking. */
void machine_build(struct machine *machine);
/* collect(); fails the test if that does. May be called again. */
void machine_look(struct machine *machine);
/* How often an operation was called since it was built or last looked at. */
#define CALLS_OF(machine, op) \
	(fixture_counts((machine)->host).calls[HOST_OP(op)])

#endif
