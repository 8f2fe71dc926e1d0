// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine.h"

static const char bare[] =
	"host hostname=box kernel=6.9 uid=0 pid=9 now=1700000000\n"
	"user 0 root\nuser 1000 alice\ngroup 0 root\ngroup 1000 users\n"
	"memory_dev 0:1 0:11\n"
	"file /proc/uptime text=\"10000.00 20000.00\\x0a\"\n"
	"file /proc/sys/kernel/random/boot_id text=b007\\x0a\n"
	"link /proc/self -> 9\n"
	"link /proc/9/ns/ipc -> ipc:[4026531839]\n"
	"link /proc/9/ns/net -> net:[4026531840]\n"
	"link /proc/9/ns/pid -> pid:[4026531836]\n"
	"link /proc/9/ns/mnt -> mnt:[4026531841]\n"
	"dir /dev/shm dev=0:25 mode=01777\n"
	"dir /dev/pts dev=0:30\n";

struct machine box;

int machine_setup(void **state)
{
	(void)state;
	machine_init(&box);
	return 0;
}

int machine_teardown(void **state)
{
	(void)state;
	machine_free(&box);
	return 0;
}

void machine_init(struct machine *machine)
{
	memset(machine, 0, sizeof(*machine));
	buf_puts(&machine->text, bare);
	/* Calls can be counted then: several do what comes, when it comes. */
	machine->query.threads = 1;
}

static void forget(struct machine *machine)
{
	if (machine->seen)
		snapshot_free(&machine->snap);
	machine->seen = false;
}

void machine_free(struct machine *machine)
{
	forget(machine);
	if (machine->host)
		fixture_close(machine->host);
	buf_free(&machine->text);
}

void machine_add(struct machine *machine, const char *fmt, ...)
{
	char text[16384];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	assert_in_range(len, 0, sizeof(text) - 1);
	buf_add(&machine->text, text, (size_t)len);
	buf_putc(&machine->text, '\n');
}

void machine_stat(struct machine *machine, pid_t pid, const char *comm,
		  char state, unsigned int flags, uint64_t start)
{
	machine_add(machine,
		    "file /proc/%d/stat text=\"%d (%s) %c 1 1 1 0 -1 %u"
		    " 0 0 0 0 0 0 0 0 20 0 1 0 %llu 0 0\\x0a\"",
		    pid, pid, comm, state, flags, (unsigned long long)start);
}

void machine_stranger(struct machine *machine, pid_t pid, uid_t uid,
		      const char *comm)
{
	machine_add(machine, "dir /proc/%d uid=%u gid=%u", pid, uid, uid);
	machine_stat(machine, pid, comm, 'S', 0, (uint64_t)pid);
	machine_add(machine, "dir /proc/%d/fd", pid);
	machine_add(machine, "dir /proc/%d/task nlink=3", pid);
}

void machine_process(struct machine *machine, pid_t pid, uid_t uid,
		     const char *comm)
{
	machine_stranger(machine, pid, uid, comm);
	machine_add(machine, "link /proc/%d/ns/ipc -> ipc:[%u]", pid,
		    MACHINE_IPC_NS);
	machine_add(machine, "link /proc/%d/ns/net -> net:[%u]", pid,
		    MACHINE_NET_NS);
}

void machine_ask(struct machine *machine, uint64_t classes, ...)
{
	struct query *query = &machine->query;
	enum field_id field;
	va_list args;

	query->classes = classes;
	va_start(args, classes);
	while ((field = va_arg(args, enum field_id)) != FIELD_NONE)
		query_add_field(query, field);
	va_end(args);
	query_plan(query);
}

void machine_ask_all(struct machine *machine, uint64_t classes, bool show)
{
	enum field_id field;

	machine->query.classes = classes;
	machine->query.only_show = show;
	for_each_field(field)
		query_add_field(&machine->query, field);
	query_plan(&machine->query);
}

void machine_build(struct machine *machine)
{
	char why[256];

	machine->host = fixture_open(machine->text.data, machine->text.len,
				     why);
	if (!machine->host)
		fail_msg("%s", why);
}

void machine_look(struct machine *machine)
{
	forget(machine);
	if (!machine->host)
		machine_build(machine);
	fixture_reset_counts(machine->host);
	machine->seen = true;
	assert_int_equal(collect(machine->host, &machine->query,
				 &machine->layout, &machine->snap, NULL), 0);
}
