// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory that several processes have mapped: inherited, or of a file. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "truth.h"

#define COMPLETE " --assume-complete"

/* Names the inode of what is mapped at an address. */
static void let_mapping(const char *name, const void *at)
{
	static char text[65536];
	unsigned long start, major_nr, minor_nr, ino;
	const char *line;

	must(read_small("/proc/self/maps", text, sizeof(text)));
	for (line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (sscanf(line, "%lx-%*x %*s %*x %lx:%lx %lu", &start, &major_nr, &minor_nr,
			   &ino) == 4 && start == (unsigned long)at) {
			let(name, "%lu", ino);
			return;
		}
	}
	sandbox_fail("nothing is mapped there");
}

static void *map_shared(size_t size)
{
	return (void *)must(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				 -1, 0));
}

/* Only the two children have it. */
static void inherited(void)
{
	char *at = map_shared(65536);

	at[0] = 1;
	let_mapping("ino", at);
	let("p", "%d", (int)hold_in("first", NULL, 0)->pid);
	let("q", "%d", (int)hold_in("second", NULL, 0)->pid);
	must(munmap(at, 65536));
}

static void alone(void)
{
	char *at = map_shared(4096);

	let_mapping("ino", at);
	let("p", "%d", (int)hold_in("first", NULL, 0)->pid);
	must(munmap(at, 4096));
}

/* Two processes with one memory. */
static char stack[65536] __attribute__((aligned(16)));

static int stay(void *arg)
{
	pause();
	return 0;
}

static void one_memory_fn(void *arg)
{
	pid_t pid = (pid_t)must(clone(stay, stack + sizeof(stack), CLONE_VM | CLONE_FILES | SIGCHLD,
				      NULL));

	sandbox_ready(pid);
	sandbox_hold();
}

static void one_memory(void)
{
	char *at = map_shared(4096);
	struct child *child;

	let_mapping("ino", at);
	child = sandbox_spawn("shares", one_memory_fn, NULL);
	let("p", "%d", (int)child->pid);
	let("q", "%ld", child->value);
	must(munmap(at, 4096));
}

/* ---- files ---- */

struct map {
	int prot, flags;
	off_t offset;
};

static void map_fn(void *arg)
{
	const struct map *map = arg;
	int fd = (int)must(open("/tmp/data", O_RDWR));

	must(mmap(NULL, 4096, map->prot, map->flags, fd, map->offset));
	close(fd);
	sandbox_ready(0);
	sandbox_hold();
}

static void map_in(const char *name, int prot, int flags, off_t offset)
{
	struct map map = { prot, flags, offset };

	let(name, "%d", (int)sandbox_spawn("mapper", map_fn, &map)->pid);
}

static void make_data(void)
{
	int fd = (int)must(open("/tmp/data", O_RDWR | O_CREAT | O_TRUNC, 0640));
	struct stat st;

	must(ftruncate(fd, 8192));
	must(fstat(fd, &st));
	let("ref", "mapping:%u:%u/%lu", major(st.st_dev), minor(st.st_dev), (unsigned long)st.st_ino);
	close(fd);
}

static void file(void)
{
	make_data();
	map_in("p", PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	map_in("q", PROT_READ, MAP_SHARED, 4096);
	map_in("r", PROT_READ, MAP_PRIVATE, 0);
}

static void unlinked(void)
{
	file();
	must(unlink("/tmp/data"));
}

static void file_once(void)
{
	make_data();
	map_in("p", PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	map_in("r", PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
}

static void only_read(void)
{
	make_data();
	map_in("p", PROT_READ, MAP_SHARED, 0);
	map_in("q", PROT_READ, MAP_SHARED, 0);
}

/* What has a class of its own is not of this. */
static void others(void)
{
	int id = make_shm(1, 4096, 0600), fd = make_memfd("other", 4096);

	let("p", "%d", (int)shm_attach_in("one", id, 0, SHM_PLAIN)->pid);
	shm_attach_in("two", id, 0, SHM_PLAIN);
	make_pshm("/pshm", 4096, 0600);
	pshm_map_in("three", "/pshm", PROT_READ | PROT_WRITE);
	pshm_map_in("four", "/pshm", PROT_READ | PROT_WRITE);
	must(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	let("memfd", "%lu", (unsigned long)fd_inode(fd));
	hold_in("five", NULL, 0);
	close(fd);
}

#define ANON	"mapping:$ino"

static const struct situation situations[] = {
	{ .name = "memory that two inherited", .make = inherited, .truths = {
		{ "list mapping -o all" COMPLETE, ANON,
		  "$p:attached:rw $q:attached:rw users=2 complete type=anonymous path=absent" },
		{ "list -a" COMPLETE, ANON, "$p:attached:rw $q:attached:rw users=2 complete" },
		{ "show " ANON COMPLETE, ANON, "there users=2" },
		{ "ps $p --shared", "pid $p", "+" ANON ":attached" },
		{ "=rm --yes " ANON, NULL, "exit!=0 err~^cannot^be^removed" } } },
	{ .name = "memory that one inherited", .make = alone, .truths = {
		{ "list mapping" COMPLETE, ANON, "absent" },
		{ "list -a" COMPLETE, ANON, "absent" } } },
	{ .name = "two processes with one memory", .make = one_memory, .truths = {
		{ "list mapping" COMPLETE, ANON, "absent" } } },
	{ .name = "a file", .make = file, .truths = {
		{ "list mapping -o all" COMPLETE, "$ref",
		  "$p:attached:rw $q:attached:r !$r: users=2 complete type=file path=/tmp/data" },
		{ "list -a" COMPLETE, "$ref", "$p:attached:rw $q:attached:r !$r: users=2" },
		{ "show $ref" COMPLETE, "$ref", "there" } } },
	{ .name = "an unlinked file", .make = unlinked, .truths = {
		{ "list mapping -o all" COMPLETE, "$ref", "users=2 path~/tmp/data" } } },
	{ .name = "a file that one has, and another for itself", .make = file_once, .truths = {
		{ "list mapping" COMPLETE, "$ref", "absent" } } },
	{ .name = "a file that all only read", .make = only_read, .truths = {
		{ "list mapping" COMPLETE, "$ref", "absent" } } },
	{ .name = "what has a class of its own", .make = others, .truths = {
		{ "list mapping" COMPLETE, NULL, "out!~pshm out!~SYSV out!~memfd" },
		{ "list mapping" COMPLETE, "mapping:0", "absent" },
		{ "list mapping" COMPLETE, "mapping:$memfd", "absent" },
		{ "list -a" COMPLETE, "mapping:$memfd", "absent" } } },
};

int main(void)
{
	sandbox_enter();
	return truth_run("truth: mappings", situations,
			 sizeof(situations) / sizeof(situations[0]));
}
