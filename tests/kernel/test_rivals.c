// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same objects through the tools people use today: ipcs, lsipc, stat, ss,
 * lsfd, lsof.  Where they are wrong a comment says how.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define MAX_WORDS 24

static void need_cmd(const char *name)
{
	if (!have_cmd(name))
		skip();
}

/* The words of a line; the line ends up cut.  How many. */
static size_t split(char *line, char *words[MAX_WORDS])
{
	char *save, *word = strtok_r(line, " \t", &save);
	size_t n = 0;

	for (; word && n < MAX_WORDS; word = strtok_r(NULL, " \t", &save))
		words[n++] = word;
	return n;
}

/* The next line of a text; NULL at its end. */
static char *next_line(char **text)
{
	return *text && **text ? strsep(text, "\n") : NULL;
}

static void check_number(json_t *object, const char *field, const char *text)
{
	char *end;
	long long want = strtoll(text, &end, 10);

	assert_int_equal(*end, '\0');
	assert_int_equal(get_int(object, field), want);
}

/* Octal mode without leading zeroes. */
static void check_mode(json_t *object, const char *text)
{
	assert_int_equal(strtol(get_text(object, "mode"), NULL, 8),
			 strtol(text, NULL, 8));
}

/* ---- System V: ipcs, lsipc ---- */

static void make_sysv(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int id = make_shm(0x05ce0001, 3 * page, 0640);

	shm_attach_in("split", id, 0, SHM_SPLIT);
	make_shm(IPC_PRIVATE, 12345, 0604);
	shm_attach_in("ghost", make_shm(0x05ce0002, page, 0600), 0, SHM_PLAIN);
	shm_remove(2);
	make_sem(0x05ce0001, 3, (const unsigned short[]){ 1, 2, 3 }, 0660);
	make_sem(IPC_PRIVATE, 250, NULL, 0600);
	id = make_msg(0x05ce0001, 0622);
	msg_put(id, 1, 77);
	msg_put(id, 2, 23);
	make_msg(IPC_PRIVATE, 0600);
}

struct ipcs {
	const char *option, *cls;
	const char *fields[2];	/* of the columns behind perms */
};

static void check_ipcs(json_t *root, const struct ipcs *kind)
{
	char *text, *line, *words[MAX_WORDS], ref[32];
	struct run r;
	size_t rows = 0, i;

	run_cmd(&r, "ipcs", kind->option);
	run_expect(&r, 0);
	for (text = r.out; (line = next_line(&text)); ) {
		size_t n = split(line, words);
		json_t *object;

		if (n < 5 || strncmp(words[0], "0x", 2))
			continue;
		rows++;
		snprintf(ref, sizeof(ref), "%s:%s", kind->cls, words[1]);
		object = need_object(root, ref);
		assert_string_equal(get_text(object, "key"), words[0]);
		assert_string_equal(get_text(object, "owner"), words[2]);
		check_mode(object, words[3]);
		for (i = 0; i < 2 && kind->fields[i]; i++)
			check_number(object, kind->fields[i], words[4 + i]);
		if (strcmp(kind->cls, "shm") == 0)
			assert_int_equal(n > 6 && strcmp(words[6], "dest") == 0,
					 has_state(object, "dest"));
	}
	assert_int_equal(rows, count_objects(root, kind->cls));
	run_free(&r);
}

static void test_ipcs(void **state)
{
	static const struct ipcs kinds[] = {
		{ "-m", "shm", { "size", "attaches" } },
		{ "-s", "sem", { "nsems", NULL } },
		{ "-q", "msg", { "used", "messages" } },
	};
	struct run r;
	size_t i;

	(void)state;
	need_cmd("ipcs");
	make_sysv();
	ask(&r, "list", "sysv", "-o", "all");
	assert_int_equal(count_objects(run_json(&r), NULL), 7);
	for (i = 0; i < 3; i++)
		check_ipcs(run_json(&r), &kinds[i]);
	run_free(&r);
}

/* Its numbers are strings; what they say is the same. */
static void check_lsipc(json_t *root, const char *cls,
			const char *const *argv, const char *const *fields)
{
	json_t *object, *row;
	struct run r;
	size_t i, j;
	char ref[32];

	run_cmd_how(&r, NULL, argv);
	run_expect(&r, 0);
	row = json_object_iter_value(json_object_iter(run_json(&r)));
	assert_int_equal(json_array_size(row), count_objects(root, cls));
	json_array_foreach(json_object_iter_value(
				json_object_iter(run_json(&r))), i, row) {
		snprintf(ref, sizeof(ref), "%s:%s", cls, get_text(row, "id"));
		object = need_object(root, ref);
		assert_string_equal(get_text(row, "key"),
				    get_text(object, "key"));
		assert_string_equal(get_text(row, "owner"),
				    get_text(object, "owner"));
		for (j = 0; fields[j]; j += 2)
			check_number(object, fields[j + 1],
				     get_text(row, fields[j]));
	}
	run_free(&r);
}

static void test_lsipc(void **state)
{
	struct run r;

	(void)state;
	need_cmd("lsipc");
	make_sysv();
	ask(&r, "list", "sysv", "-o", "all");
	check_lsipc(run_json(&r), "shm",
		    (const char *const[]){ "lsipc", "-m", "-J", "-b", "-o",
			"KEY,ID,OWNER,SIZE,NATTCH,CPID,UID,GID,CUID", NULL },
		    (const char *const[]){ "size", "size", "nattch", "attaches",
			"cpid", "cpid", "uid", "uid", "gid", "gid", "cuid",
			"cuid", NULL });
	check_lsipc(run_json(&r), "sem",
		    (const char *const[]){ "lsipc", "-s", "-J", "-b", "-o",
			"KEY,ID,OWNER,NSEMS", NULL },
		    (const char *const[]){ "nsems", "nsems", NULL });
	check_lsipc(run_json(&r), "msg",
		    (const char *const[]){ "lsipc", "-q", "-J", "-b", "-o",
			"KEY,ID,OWNER,MSGS,USEDBYTES,LSPID", NULL },
		    (const char *const[]){ "msgs", "messages", "usedbytes",
			"used", NULL });
	run_free(&r);
}

/* ---- files: stat ---- */

static void check_stat(json_t *object, const char *path)
{
	char *words[MAX_WORDS], *text;
	struct run r;

	run_cmd(&r, "stat", "-c", "%i %a %u %g %X %Y %Z", path);
	run_expect(&r, 0);
	text = r.out;
	assert_int_equal(split(next_line(&text), words), 7);
	check_number(object, "ino", words[0]);
	check_mode(object, words[1]);
	check_number(object, "uid", words[2]);
	check_number(object, "gid", words[3]);
	check_number(object, "atime", words[4]);
	check_number(object, "mtime", words[5]);
	check_number(object, "ctime", words[6]);
	run_free(&r);
}

static void test_stat(void **state)
{
	struct run r;

	(void)state;
	make_pshm("/dir/mem", 12345, 0604);
	make_psem("/sem", 4, 0640);
	make_pmsg("/mq", 3, 64, 0622);
	pmsg_put("/mq", 10, 1);
	make_fifo("/dev/shm/fifo", 0606);
	sandbox_mount_mqueue();
	ask(&r, "list", "posix", "fifo", "-o", "all");
	check_stat(need_object(run_json(&r), "pshm:/dir/mem"),
		   "/dev/shm/dir/mem");
	check_stat(need_object(run_json(&r), "psem:/sem"), "/dev/shm/sem.sem");
	check_stat(need_object(run_json(&r), "pmsg:/mq"), "/dev/mqueue/mq");
	check_stat(need_object(run_json(&r), "fifo:/dev/shm/fifo"),
		   "/dev/shm/fifo");
	assert_int_equal(count_objects(run_json(&r), NULL), 4);
	run_free(&r);
}

/* ---- sockets: ss ---- */

/* Its peer is an inode, ours a REF: the object that has the inode. */
static void check_peer(json_t *root, json_t *object, const char *inode)
{
	json_t *peers = json_object_get(object, "peers"), *peer;
	json_int_t num = strtoll(inode, NULL, 10);

	/* A client that nobody has accepted has no peer for it. */
	if (!num)
		return;
	peer = find_by(root, "unix", "ino", num);
	assert_non_null(peer);
	assert_int_equal(json_array_size(peers), 1);
	assert_string_equal(json_string_value(json_array_get(peers, 0)),
			    get_text(peer, "ref"));
}

static void check_ss_unix(json_t *root)
{
	char *text, *line, *w[MAX_WORDS];
	size_t rows = 0;
	struct run r;

	run_cmd(&r, "ss", "-H", "-x", "-a", "-n");
	run_expect(&r, 0);
	for (text = r.out; (line = next_line(&text)); rows++) {
		json_t *object;
		bool listens;

		assert_int_equal(split(line, w), 8);
		object = find_by(root, "unix", "ino", strtoll(w[5], NULL, 10));
		if (!object)
			sandbox_fail("ss has a socket %s more", w[5]);
		listens = strcmp(w[1], "LISTEN") == 0;
		assert_int_equal(listens, has_state(object, "listening"));
		/* What it has as sent is memory, of datagrams received the first. */
		check_number(object, listens ? "pending" : strcmp(w[0], "u_dgr") ? "recvq" :
			     "recvnext", w[2]);
		check_number(object, listens ? "backlog" : "sendmem", w[3]);
		if (strcmp(w[4], "*"))
			assert_string_equal(get_text(object, "name"), w[4]);
		else
			assert_false(has_field(object, "name"));
		check_peer(root, object, w[7]);
	}
	assert_int_equal(rows, count_objects(root, "unix"));
	run_free(&r);
}

static const char *word_behind(char *const *words, size_t n, const char *what)
{
	size_t i, len = strlen(what);

	for (i = 0; i < n; i++)
		if (strncmp(words[i], what, len) == 0)
			return words[i] + len;
	sandbox_fail("ss says no %s", what);
}

static void check_ss_inet(json_t *root, const char *option, const char *cls)
{
	const bool udp = strcmp(cls, "udp") == 0;
	char *text, *line, *w[MAX_WORDS];
	size_t rows = 0, n;
	struct run r;

	run_cmd(&r, "ss", "-H", option, "-a", "-n", "-e");
	run_expect(&r, 0);
	for (text = r.out; (line = next_line(&text)); rows++) {
		const char *ino;
		json_t *object;
		bool listens;

		n = split(line, w);
		assert_true(n > 5);
		ino = word_behind(w, n, "ino:");
		object = find_by(root, cls, "ino", strtoll(ino, NULL, 10));
		if (!object)
			sandbox_fail("ss has a socket %s more", ino);
		assert_string_equal(get_text(object, "local"), w[3]);
		if (!is_none(object, "remote"))
			assert_string_equal(get_text(object, "remote"), w[4]);
		listens = strcmp(w[0], "LISTEN") == 0;
		assert_int_equal(listens, has_state(object, "listening"));
		check_number(object, listens ? "pending" : udp ? "recvmem" : "recvq", w[1]);
		check_number(object, listens ? "backlog" : udp ? "sendmem" : "sendq", w[2]);
	}
	assert_int_equal(rows, count_objects(root, cls));
	run_free(&r);
}

static void test_ss(void **state)
{
	int listener, client, server, ends[2], i;
	unsigned short port;
	struct run r;

	(void)state;
	need_cmd("ss");
	listener = unix_listener(SOCK_STREAM, "/tmp/sock", 7);
	unix_connected(SOCK_STREAM, "/tmp/sock");
	client = unix_connected(SOCK_STREAM, "/tmp/sock");
	unix_accepted(listener);
	must(write(client, "hello", 5));
	unix_pair(SOCK_STREAM, ends);
	must(write(ends[0], "four", 4));
	unix_bound(SOCK_DGRAM, "@log");
	unix_connected(SOCK_DGRAM, "@log");
	unix_pair(SOCK_SEQPACKET, ends);
	listener = tcp_listener(AF_INET, &port);
	client = tcp_connected(AF_INET, port);
	server = unix_accepted(listener);
	must(write(server, "five!", 5));
	tcp_listener(AF_INET6, &port);
	udp_bound(AF_INET, &port);
	must(write(udp_connected(AF_INET, port), "hello", 5));
	ask(&r, "list", "unix", "tcp", "udp", "-o", "all");
	assert_true(count_objects(run_json(&r), "unix") >= 9);
	check_ss_unix(run_json(&r));
	check_ss_inet(run_json(&r), "-t", "tcp");
	check_ss_inet(run_json(&r), "-u", "udp");
	run_free(&r);
	for (i = 3; i < 40; i++)
		close(i);
}

/* ---- descriptors: lsfd, lsof ---- */

static int twins[2];

/* Pipes and FIFOs in several processes; two FIFOs of one inode number. */
static void make_held(void)
{
	int ends[2], i;

	make_pipe(ends);
	for (i = 0; i < 5; i++)
		hold_in("heir", ends, 1 + i % 2);
	close(ends[1]);
	make_twin_fifos("/tmp/a", "/tmp/b");
	twins[0] = (int)must(open("/tmp/a/fifo", O_RDWR));
	twins[1] = (int)must(open("/tmp/b/fifo", O_RDONLY | O_NONBLOCK));
	for (i = 0; i < 2; i++) {
		hold_fd_in("twin", twins[i]);
		close(twins[i]);
	}
}

static size_t count_all_users(json_t *root)
{
	json_t *object, *user;
	size_t i, j, n = 0;

	json_array_foreach(json_object_get(root, "objects"), i, object)
		json_array_foreach(json_object_get(object, "users"), j, user)
			n += (size_t)get_int(user, "count");
	return n;
}

/* Whether an object of this inode number is used like this. */
static bool is_used(json_t *root, json_int_t ino, pid_t pid, json_int_t fd,
		    const char *access)
{
	json_t *object, *user;
	size_t i, j;

	json_array_foreach(json_object_get(root, "objects"), i, object) {
		if (get_int(object, "ino") != ino)
			continue;
		json_array_foreach(json_object_get(object, "users"), j, user)
			if (get_int(user, "pid") == pid &&
			    get_int(user, "fd") == fd &&
			    strcmp(get_text(user, "access"), access) == 0)
				return true;
	}
	return false;
}

/*
 * Its rows are right; its ENDPOINTS are not: it knows a FIFO by its inode
 * number alone, so that it takes the twins for the ends of one.
 */
static void test_lsfd(void **state)
{
	json_t *rows, *row;
	struct run r, lsfd;
	size_t i;

	(void)state;
	need_cmd("lsfd");
	make_held();
	ask(&r, "list", "pipe", "fifo");
	run_cmd(&lsfd, "lsfd", "-J", "-o", "PID,INODE,ASSOC,MODE", "-Q",
		"TYPE == 'FIFO'");
	run_expect(&lsfd, 0);
	rows = json_object_get(run_json(&lsfd), "lsfd");
	assert_int_equal(json_array_size(rows), count_all_users(run_json(&r)));
	assert_true(json_array_size(rows) >= 10);
	json_array_foreach(rows, i, row) {
		const char *mode = get_text(row, "mode"), *fd;
		char access[3] = "", *to = access;

		if (mode[0] == 'r')
			*to++ = 'r';
		if (mode[1] == 'w')
			*to++ = 'w';
		*to = '\0';
		fd = get_text(row, "assoc");
		if (!is_used(run_json(&r), get_int(row, "inode"),
			     (pid_t)get_int(row, "pid"),
			     strtoll(fd, NULL, 10), access))
			sandbox_fail("lsfd has pid %lld, fd %s, %s more",
				     get_int(row, "pid"), fd, mode);
	}
	run_free(&lsfd);
	run_free(&r);
	close(3);
}

struct lsof {
	pid_t pid;
	char fd[32], type[32];
	long long ino;
};

/* The next file of "lsof -F pfti": a line a field, p before all of a process. */
static bool next_file(char **text, struct lsof *file)
{
	char *line;
	bool any = false;

	while (*text && **text) {
		if (any && ((*text)[0] == 'p' || (*text)[0] == 'f'))
			return true;
		line = next_line(text);
		switch (line[0]) {
		case 'p':
			file->pid = (pid_t)strtol(line + 1, NULL, 10);
			break;
		case 'f':
			snprintf(file->fd, sizeof(file->fd), "%s", line + 1);
			file->type[0] = '\0';
			file->ino = -1;
			any = true;
			break;
		case 't':
			snprintf(file->type, sizeof(file->type), "%s", line + 1);
			break;
		case 'i':
			file->ino = strtoll(line + 1, NULL, 10);
			break;
		}
	}
	return any;
}

static void run_lsof(struct run *r)
{
	run_cmd(r, "lsof", "-w", "-n", "-P", "-F", "pfti");
	run_expect(r, 0);
}

/* Like lsfd it takes the twins for one FIFO where it looks for endpoints. */
static void test_lsof_pipes(void **state)
{
	struct lsof file = { 0 };
	struct run r, lsof;
	size_t rows = 0;
	char *text;

	(void)state;
	need_cmd("lsof");
	make_held();
	ask(&r, "list", "pipe", "fifo", "-o", "all");
	run_lsof(&lsof);
	for (text = lsof.out; next_file(&text, &file); ) {
		json_int_t fd = strtoll(file.fd, NULL, 10);

		/* It and its child talk through pipes of their own. */
		if (strcmp(file.type, "FIFO") || file.pid >= lsof.pid)
			continue;
		rows++;
		if (!is_used(run_json(&r), file.ino, file.pid, fd, "r") &&
		    !is_used(run_json(&r), file.ino, file.pid, fd, "w") &&
		    !is_used(run_json(&r), file.ino, file.pid, fd, "rw"))
			sandbox_fail("lsof has pid %d, fd %s of %lld more",
				     file.pid, file.fd, file.ino);
	}
	assert_int_equal(rows, count_all_users(run_json(&r)));
	run_free(&lsof);
	run_free(&r);
	close(3);
}

/*
 * Attached segments and mapped objects are "DEL" or "mem" to it, once for a
 * process however often it has them: its count is no attach count.
 */
static void test_lsof_memory(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), found[3] = { 0 };
	struct child *shm, *pshm, *gone;
	struct lsof file = { 0 };
	json_int_t ino, unlinked;
	struct run r, lsof;
	char *text;

	(void)state;
	need_cmd("lsof");
	shm = shm_attach_in("attached", make_shm(1, 3 * page, 0600), 0,
			    SHM_SPLIT);
	ino = (json_int_t)make_pshm("/mem", 8192, 0600);
	pshm = pshm_map_in("mapper", "/mem", PROT_READ);
	unlinked = (json_int_t)make_pshm("/gone", 8192, 0600);
	gone = pshm_map_in("ghost", "/gone", PROT_READ);
	pshm_unlink("/gone");
	ask(&r, "list", "shm", "pshm");
	assert_int_equal(count_objects(run_json(&r), NULL), 3);
	need_user(need_object(run_json(&r), "shm:0"), shm->pid, "attached");
	need_user(need_object(run_json(&r), "pshm:/mem"), pshm->pid,
		  "attached");
	need_user(find_by(run_json(&r), "pshm", "ino", unlinked), gone->pid,
		  "attached");
	run_free(&r);
	run_lsof(&lsof);
	for (text = lsof.out; next_file(&text, &file); ) {
		found[0] += file.pid == shm->pid && file.ino == 0 &&
			    strcmp(file.fd, "DEL") == 0;
		found[1] += file.pid == pshm->pid && file.ino == ino &&
			    strcmp(file.fd, "mem") == 0;
		found[2] += file.pid == gone->pid && file.ino == unlinked &&
			    strcmp(file.fd, "DEL") == 0;
	}
	assert_int_equal(found[0], 1);
	assert_int_equal(found[1], 1);
	assert_int_equal(found[2], 1);
	run_free(&lsof);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_ipcs), TEST(test_lsipc), TEST(test_stat),
		TEST(test_ss), TEST(test_lsfd), TEST(test_lsof_pipes),
		TEST(test_lsof_memory),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("other tools", tests, NULL, NULL);
}
