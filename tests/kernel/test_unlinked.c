// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that no name leads to: what `list --unlinked` shows of it, once each and with all
 * who have it, and what fills /dev/shm although ls does not show it.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "truth.h"

#define LIST	"list --unlinked --assume-complete"

static unsigned long inode_of(const char *path)
{
	struct stat st;

	must(stat(path, &st));
	return (unsigned long)st.st_ino;
}

static void write_pages(int fd, int nr)
{
	char page[4096];

	memset(page, 1, sizeof(page));
	while (nr--)
		must(write(fd, page, sizeof(page)) == sizeof(page) ? 0 : -1);
}

/* Two processes have what is unlinked: one open, one mapped. */
static void unlinked_files(void)
{
	int fd = (int)must(open("/dev/shm/gone", O_RDWR | O_CREAT | O_EXCL, 0600));

	write_pages(fd, 3);
	must(ftruncate(fd, 1 << 20));	/* sparse: three pages are used */
	let("gone", "pshm:%lu", inode_of("/dev/shm/gone"));
	close(fd);
	let("map", "%d", (int)pshm_map_in("maps", "/gone", PROT_READ | PROT_WRITE)->pid);
	fd = (int)must(open("/dev/shm/gone", O_RDWR));
	let("open", "%d", (int)hold_fd_in("opens", fd)->pid);
	close(fd);
	pshm_unlink("/gone");
	make_pshm("/named", 8192, 0600);
}

static void segments(void)
{
	int id = make_shm(0x5ca1ab1e, 12288, 0600);
	char *at = shmat(id, NULL, 0);

	*at = 1;
	must(shmdt(at));
	let("dest", "shm:%d", id);
	let("p", "%d", (int)shm_attach_in("attached", id, 0, SHM_PLAIN)->pid);
	shm_remove(id);
	let("kept", "shm:%d", make_shm(0x5ca1ab1f, 4096, 0600));
}

static void memfds(void)
{
	int fd = make_memfd("buffer", 65536);

	let("memfd", "memfd:%lu", (unsigned long)fd_inode(fd));
	let("a", "%d", (int)hold_fd_in("first", fd)->pid);
	let("b", "%d", (int)hold_fd_in("other", fd)->pid);
	close(fd);
}

static void queues(void)
{
	struct child *child;

	make_pmsg("/gone", 2, 64, 0600);
	make_pmsg("/kept", 2, 64, 0600);
	child = pmsg_open_in("holder", "/gone", O_RDONLY);
	let("p", "%d", (int)child->pid);
	must(mq_unlink("/gone"));
}

/* A file that is in flight is in no process: its bytes are told, not whose they are. */
static void account(void)
{
	int fd, ends[2];

	unlinked_files();
	fd = (int)must(open("/dev/shm/flies", O_RDWR | O_CREAT | O_EXCL, 0600));
	write_pages(fd, 5);
	pshm_unlink("/flies");
	unix_pair(SOCK_STREAM, ends);
	unix_send_fd(ends[0], fd);
	close(fd);
	hold_in("carrier", ends, 2);
	close(ends[0]);
	close(ends[1]);
}

static const struct situation situations[] = {
	{ .name = "unlinked files", .make = unlinked_files, .truths = {
		{ LIST, "$gone", "there used=12288 size=1048576 state=unlinked users=2 $map:attached:rw "
		  "$open:open:rw complete" },
		{ LIST, "pshm:/named", "absent" },
		{ LIST, NULL, "count(pshm)=1 quiet" },
		{ "list shm --unlinked", "$gone", "absent" },
		{ LIST " -w size<5", "$gone", "absent" },
		{ "limits", NULL, "out~\"unlinked^memory\" out~\"used\":12288" },
	} },
	{ .name = "what fills /dev/shm", .make = account, .truths = {
		{ "limits /dev/shm --account", NULL, "out~\"what\":\"unlinked\",\"bytes\":12288 "
		  "out~\"what\":\"listed\",\"bytes\":4096 out~\"found\",\"bytes\":16384 "
		  "out~\"not^found\",\"bytes\":20480 out~\"used\",\"bytes\":36864" },
		{ "=limits --account", NULL, "out~12,288 out~opens[$open]" },
		{ "=limits shmmni --account", NULL, "exit=2" },
	} },
	{ .name = "removed segments", .make = segments, .truths = {
		{ LIST, "$dest", "there used=4096 state=dest $p:attached complete" },
		{ LIST, "$kept", "absent" },
	} },
	{ .name = "memfds", .make = memfds, .truths = {
		{ LIST, "$memfd", "there used=4096 $a:open $b:open users=2" },
	} },
	{ .name = "queues", .make = queues, .truths = {
		{ LIST, NULL, "count(pmsg)=1" },
		{ "=" LIST, NULL, "out~holder[$p] out!~kept" },
	} },
};

int main(void)
{
	sandbox_enter();
	return truth_run("unlinked", situations, sizeof(situations) / sizeof(situations[0]));
}
