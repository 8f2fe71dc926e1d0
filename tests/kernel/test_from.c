// SPDX-License-Identifier: GPL-2.0-or-later
/* Of a snapshot every command says what it says of the live host right before, byte for
 * byte but for times that are counted from now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/pidfd.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define SNAPSHOT "/tmp/snap"
#define TRIES	30

static struct child *holder;

/* Objects of every kind that somebody uses. */
static void make_used(void)
{
	int fds[40], nr = 0, pair[2], i;
	unsigned short port;

	shm_attach_in("attached", make_shm(1, 3 * 4096, 0600), 0, SHM_SPLIT);
	shm_attach_in("dest", make_shm(2, 4096, 0600), SHM_RDONLY, SHM_TWICE);
	shm_remove(1);
	sem_wait_in("sem", make_sem(3, 3, (const unsigned short[]){ 0, 7, 1 }, 0640), 0, -1);
	msg_receive_in("msg", make_msg(4, 0600), 7);
	make_pshm("/open", 8192, 0600);
	pshm_open_in("pshm", "/open", O_RDWR);
	pshm_map_in("mapper", "/open", PROT_READ);
	make_pshm("/unlinked", 4096, 0600);
	pshm_map_in("ghost", "/unlinked", PROT_READ | PROT_WRITE);
	pshm_unlink("/unlinked");
	make_psem("/zero", 0, 0600);
	psem_wait_in("psem", "/zero");
	make_pmsg("/mq", 3, 100, 0600);
	pmsg_receive_in("mq", "/mq");
	make_fifo("/tmp/fifo", 0600);
	fifo_open_in("opener", "/tmp/fifo", O_RDONLY);
	make_pipe(fds);
	unix_pair(SOCK_STREAM, fds + 2);
	fds[4] = unix_listener(SOCK_STREAM, "/tmp/listener", 5);
	fds[5] = unix_connected(SOCK_STREAM, "/tmp/listener");
	fds[6] = unix_bound(SOCK_DGRAM, "@abstract");
	fds[7] = unix_connected(SOCK_DGRAM, "@abstract");
	fds[8] = tcp_listener(AF_INET, &port);
	fds[9] = tcp_connected(AF_INET, port);
	fds[10] = udp_bound(AF_INET6, &port);
	fds[11] = udp_connected(AF_INET6, port);
	fds[12] = raw_socket(AF_INET, 1);
	fds[13] = netlink_bound(0, NULL);
	fds[14] = packet_bound(SOCK_RAW);
	fds[15] = make_memfd("me\xffm", 4096);
	fds[16] = make_eventfd(5, EFD_CLOEXEC);
	fds[17] = (int)must(pidfd_open(getpid(), 0));
	make_pty("/dev/pts", fds + 18);
	fds[20] = (int)must(inotify_init1(0));
	must(inotify_add_watch(fds[20], "/tmp", IN_CREATE));
	nr = 21;
	for (i = 0; i < 3; i++)
		fds[nr++] = (int)must(dup(fds[i]));
	holder = hold_in("hold\x1b[2Jer", fds, (size_t)nr);
	read_in("reader", fds[0]);
	for (i = 0; i < nr; i++)
		close(fds[i]);
	make_pipe(pair);
	write_in("writer", pair[1]);
	close(pair[0]);
	close(pair[1]);
}

static void leave(void *arg)
{
	(void)arg;
	make_shm(IPC_PRIVATE, 4096, 0600);
	make_shm(0x77, 4096, 0600);
	make_sem(IPC_PRIVATE, 1, NULL, 0600);
	msg_put(make_msg(IPC_PRIVATE, 0600), 1, 10);
	make_pshm("/torch_4711_1", 4096, 0600);
	make_pshm("/empty", 0, 0600);
	make_psem("/left", 1, 0600);
	make_pmsg("/left", 1, 1, 0600);
	make_fifo("/tmp/left", 0600);
	make_fifo("/dev/shm/left", 0600);
	unix_stale(SOCK_STREAM, "/tmp/stale");
	unix_stale(SOCK_DGRAM, "/tmp/stale-dgram");
	sandbox_ready(0);
}

static void be_alone_and_leave(void *arg)
{
	sandbox_be_lonely();
	leave(arg);
}

static void make_left(void)
{
	sandbox_join(sandbox_spawn("left", be_alone_and_leave, NULL));
}

/* "3s" and "1m" become "T"; the numbers of what is counted in seconds, too. */
static char *without_now(const char *text)
{
	static const char *const keys[] = {
		"\"taken\":", "\"age\":", "\"idle\":", "\"read_at\":",
	};
	char *to = malloc(strlen(text) * 2 + 1), *at = to;
	size_t k;

	assert_non_null(to);
	while (*text) {
		size_t digits = strspn(text, "0123456789");
		char before = at > to ? at[-1] : ' ';

		if (digits && strchr("smhd", text[digits]) && text[digits] &&
		    !isalnum((unsigned char)text[digits + 1]) && strchr(" (\"", before)) {
			*at++ = 'T';
			text += digits + 1;
			/* Columns are as wide as their cells. */
			text += strspn(text, " ");
			while (at > to + 1 && at[-2] == ' ') {
				at--;
				at[-1] = 'T';
			}
			continue;
		}
		for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			size_t len = strlen(keys[k]);

			if (strncmp(text, keys[k], len))
				continue;
			text += len;
			text += strspn(text, "0123456789");
			break;
		}
		if (k == sizeof(keys) / sizeof(keys[0]))
			*at++ = *text++;
	}
	*at = '\0';
	return to;
}

static bool same(const char *command, const char *what, const char *live, const char *saved,
		 bool quiet)
{
	char *a = without_now(live), *b = without_now(saved), *x = a, *y = b;
	bool same = !strcmp(a, b);

	for (; *x && *x == *y; x++, y++)
		;
	if (!same && !quiet) {
		size_t before = x - a > 200 ? 200 : (size_t)(x - a);

		print_error("%s, %s\nlive:  %.600s\nsaved: %.600s\n", command, what,
			    x - before, y - before);
	}
	free(a);
	free(b);
	return same;
}

static void take_snapshot(const struct how *how)
{
	struct run r;

	run_tool_how(&r, how, (const char *const[]){ "snapshot", SNAPSHOT, "-q", NULL });
	run_expect(&r, 0);
	run_free(&r);
}

/* Whether "COMMAND" and "COMMAND --from FILE" say the same, with so many threads. */
static bool check_once(const char *command, const char *threads, const struct how *how,
		       bool quiet)
{
	char text[512], *at = text, *word;
	const char *argv[20] = { NULL };
	struct run live, saved;
	size_t n = 0;
	bool ok;

	snprintf(text, sizeof(text), "%s", command);
	while ((word = strtok_r(at, " ", &at)))
		argv[n++] = word;
	argv[n++] = "--threads";
	argv[n++] = threads;
	run_tool_how(&live, how, argv);
	argv[n++] = "--from";
	argv[n] = SNAPSHOT;
	run_tool_how(&saved, NULL, argv);
	ok = same(command, "rows", live.out, saved.out, quiet);
	/* Of one that does not exist it is said where it was looked for. */
	if (!strstr(saved.err, "in this snapshot"))
		ok &= same(command, "messages", live.err, saved.err, quiet);
	if (live.status != saved.status) {
		print_error("%s: status %d, saved %d\n%s\n", command, live.status, saved.status,
			    saved.err);
		ok = false;
	}
	run_free(&live);
	run_free(&saved);
	return ok;
}

/* Another ipcscope outside the sandbox may look into its network namespace meanwhile, so that
 * a netlink socket of its own comes and goes: is_of_observer(). */
static bool check_command(const char *command, const char *threads, const struct how *how)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		if (check_once(command, threads, how, i < TRIES - 1))
			return true;
		take_snapshot(how);
	}
	return false;
}

static void check_commands(const struct how *how)
{
	static const char *const commands[] = {
		"list", "list -a --json", "list -a -o all --json",
		"list -a --csv -o ref,key,mode,size,cpid,lpid,atime,users,peers,state,readers",
		"list shm", "list unix", "list --by class,owner",
		"list -a --raw -w readers>0 -o ref,readers", "list sysv --json -o all",
		"ps", "ps --json", "ps -a --raw",
		"stale", "stale -a", "stale -a --json", "stale shm pshm fifo unix -a --csv -o ref,ctime",
		"stale -a --assume-complete", "stale -a --assume-complete --json",
		"limits shmmni semmni msgmni msgmnb msg_max pipe-user-pages-soft",
		"limits RLIMIT_NOFILE max_user_instances max_user_watches --json",
		"limits queues_max semmns RLIMIT_MSGQUEUE --json",
		"show pshm:/open --json", "show pshm:/open", "show sem:0 --json", "show shm:0 --json",
		"show unix:/tmp/listener",
		"show pmsg:/mq psem:/zero", "show shm:0x77 --json", "show msg:0 --json",
		"show pshm:/nobody", "ps 999999", "--strict list -a", "stale --strict",
	};
	char one[64];
	bool ok = true;
	size_t i, t;

	take_snapshot(how);
	for (t = 0; t < 3; t++) {
		const char *threads = (const char *const[]){ "1", "2", "8" }[t];

		/* All with one thread; with more those that say everything. */
		for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
			if (!t || strstr(commands[i], "-a --json") ||
			    !strcmp(commands[i], "ps --json"))
				ok &= check_command(commands[i], threads, how);
		}
		for (i = 0; !t && i < 4; i++) {
			static const char *const ways[] = { "", "--shared", "--json", "-a --raw" };

			snprintf(one, sizeof(one), "ps %d %s", (int)holder->pid, ways[i]);
			ok &= check_command(one, threads, how);
		}
	}
	assert_true(ok);
}

static void what_is_used(void **state)
{
	(void)state;
	make_used();
	check_commands(NULL);
}

static void what_is_used_and_what_is_left(void **state)
{
	(void)state;
	sandbox_needs_others();
	make_left();
	make_used();
	check_commands(NULL);
}

static void as_nobody(void **state)
{
	static const struct how nobody = { .user = "nobody" };

	(void)state;
	sandbox_needs_others();
	make_left();
	make_used();
	check_commands(&nobody);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_is_used), TEST(what_is_used_and_what_is_left), TEST(as_nobody),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("snapshots and live", tests, NULL, NULL);
}
