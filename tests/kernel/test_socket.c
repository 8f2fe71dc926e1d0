// SPDX-License-Identifier: GPL-2.0-or-later
/* UNIX, TCP, UDP, raw, netlink and packet sockets as ipcscope shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "make.h"
#include "run.h"

#define ASSUME "--assume-complete"

static const char *ref_of(char ref[64], const char *cls, int fd)
{
	snprintf(ref, 64, "%s:%lu", cls, (unsigned long)fd_inode(fd));
	return ref;
}

static json_t *object_of(struct run *r, const char *cls, int fd)
{
	json_t *object = find_by(run_json(r), cls, "ino",
				 (json_int_t)fd_inode(fd));

	if (!object)
		sandbox_fail("no %s of descriptor %d", cls, fd);
	return object;
}

static bool has_peer(json_t *object, json_t *peer)
{
	const char *ref = get_text(peer, "ref");
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(object, "peers"), i, item)
		if (strcmp(json_string_value(item), ref) == 0)
			return true;
	return false;
}

static size_t nr_peers(json_t *object)
{
	return json_array_size(json_object_get(object, "peers"));
}

static bool has_peer_user(json_t *object, pid_t pid)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(object, "peer_users"), i, item)
		if (get_int(item, "pid") == pid)
			return true;
	return false;
}

static ino_t net_namespace(void)
{
	struct stat st;

	must(stat("/proc/self/ns/net", &st));
	return st.st_ino;
}

/* ---- UNIX sockets ---- */

static void check_pair(int type, const char *word)
{
	struct child *one, *other;
	json_t *a, *b, *user;
	char ref[64];
	struct run r;
	int ends[2];

	unix_pair(type, ends);
	must(write(ends[0], "hello", 5));
	one = hold_fd_in("one", ends[0]);
	other = hold_fd_in("other", ends[1]);
	ask(&r, "list", "unix", "-o", "all", ASSUME);
	a = object_of(&r, "unix", ends[0]);
	b = object_of(&r, "unix", ends[1]);
	assert_string_equal(get_text(a, "ref"), ref_of(ref, "unix", ends[0]));
	assert_string_equal(get_text(a, "type"), word);
	assert_int_equal(get_int(a, "uid"), 0);
	assert_int_equal(get_int(a, "net_ns"), net_namespace());
	assert_false(has_field(a, "name"));
	assert_true(has_state(a, "connected"));
	assert_true(get_int(a, "sendmem") > 5);
	assert_int_equal(get_int(b, "sendmem"), 0);
	assert_int_equal(get_int(b, "sendq"), 0);
	if (type == SOCK_DGRAM) {
		/* There may be more behind it. */
		assert_int_equal(get_int(b, "recvnext"), 5);
		assert_false(has_field(b, "recvq") || has_field(a, "sendq"));
	} else {
		assert_int_equal(get_int(b, "recvq"), 5);
		assert_int_equal(get_int(a, "recvq"), 0);
		assert_int_equal(get_int(a, "sendq"), 5);
		assert_false(has_field(b, "recvnext"));
	}
	assert_true(has_peer(a, b));
	assert_true(has_peer(b, a));
	assert_int_equal(nr_peers(a), 1);
	assert_true(has_peer_user(a, other->pid));
	assert_false(has_peer_user(a, one->pid));
	user = need_user(a, one->pid, "open");
	assert_string_equal(get_text(user, "access"), "rw");
	assert_int_equal(get_int(user, "fd"), ends[0]);
	assert_null(find_user(a, other->pid, 0));
	assert_true(is_true(a, "users_complete"));
	run_free(&r);
	close(ends[0]);
	close(ends[1]);
	sandbox_kill_all();
}

static void test_unix_pairs(void **state)
{
	(void)state;
	check_pair(SOCK_STREAM, "stream");
	check_pair(SOCK_DGRAM, "dgram");
	check_pair(SOCK_SEQPACKET, "seqpacket");
}

static void check_connection(int type, const char *name)
{
	int listener = unix_listener(type, name, 5);
	int client = unix_connected(type, name);
	int server = unix_accepted(listener);
	struct child *far = hold_fd_in("far", client);
	json_t *root, *near, *end;
	char ref[160];
	struct run r;

	root = ask(&r, "list", "unix", "-o", "all");
	snprintf(ref, sizeof(ref), "unix:%s", name);
	near = need_object(root, ref);
	assert_int_equal(get_int(near, "ino"), fd_inode(listener));
	assert_true(has_state(near, "listening"));
	assert_string_equal(get_text(near, "name"), name);
	assert_int_equal(get_int(near, "pending"), 0);
	assert_int_equal(get_int(near, "backlog"), 5);
	assert_int_equal(nr_peers(near), 0);
	need_user(near, getpid(), "listens");
	/* What was accepted has the same address and goes by inode. */
	near = object_of(&r, "unix", server);
	assert_string_equal(get_text(near, "name"), name);
	assert_string_not_equal(get_text(near, "ref"), ref);
	end = object_of(&r, "unix", client);
	assert_true(has_peer(near, end));
	assert_true(has_peer(end, near));
	assert_true(has_peer_user(near, far->pid));
	assert_false(has_state(end, "connecting"));
	run_free(&r);
	assert_int_equal(count_objects(ask(&r, "show", ref), NULL), 1);
	assert_non_null(find_object(run_json(&r), ref));
	run_free(&r);
	close(listener);
	close(client);
	close(server);
	sandbox_kill_all();
}

static void test_unix_names(void **state)
{
	(void)state;
	check_connection(SOCK_STREAM, "/tmp/stream");
	check_connection(SOCK_SEQPACKET, "/tmp/seq packet");
	check_connection(SOCK_STREAM, "@abstract");
	check_connection(SOCK_SEQPACKET, "@with  blanks");
}

static void test_unix_dgram(void **state)
{
	int bound = unix_bound(SOCK_DGRAM, "/tmp/log"), client, autobound;
	json_t *log, *object;
	struct run r;

	(void)state;
	client = unix_connected(SOCK_DGRAM, "/tmp/log");
	autobound = unix_bound(SOCK_DGRAM, NULL);
	must(write(client, "0123456789", 10));
	ask(&r, "list", "unix", "-o", "all");
	log = need_object(run_json(&r), "unix:/tmp/log");
	assert_int_equal(get_int(log, "recvnext"), 10);
	assert_false(has_field(log, "recvq"));
	object = object_of(&r, "unix", client);
	assert_true(has_peer(object, log));
	assert_true(has_peer(log, object));
	object = object_of(&r, "unix", autobound);
	assert_int_equal(get_text(object, "name")[0], '@');
	assert_int_equal(strlen(get_text(object, "name")), 6);
	run_free(&r);
	close(bound);
	close(client);
	close(autobound);
}

/* Clients that nobody has accepted: each with its process. */
static void test_unix_pending(void **state)
{
	int listener = unix_listener(SOCK_STREAM, "/tmp/s", 1), waiting[8];
	struct child *clients[2], *late;
	json_t *listening, *client, *user;
	struct run r;
	size_t n, i;

	(void)state;
	n = unix_fill_backlog(SOCK_STREAM, "/tmp/s", waiting, 8);
	assert_int_equal(n, 2);
	for (i = 0; i < n; i++)
		clients[i] = hold_fd_in("client", waiting[i]);
	late = unix_connect_in("late", SOCK_STREAM, "/tmp/s");
	ask(&r, "list", "unix", "-o", "all");
	listening = need_object(run_json(&r), "unix:/tmp/s");
	assert_int_equal(get_int(listening, "pending"), n);
	assert_int_equal(get_int(listening, "backlog"), 1);
	assert_int_equal(nr_peers(listening), n);
	for (i = 0; i < n; i++) {
		client = object_of(&r, "unix", waiting[i]);
		assert_true(has_state(client, "connecting"));
		assert_true(has_peer(listening, client));
		assert_true(has_peer(client, listening));
		assert_true(has_peer_user(listening, clients[i]->pid));
		assert_true(has_peer_user(client, getpid()));
	}
	assert_true(has_state(listening, "full"));
	assert_true(has_state(listening, "waits"));
	user = need_user(listening, late->pid, "waits");
	assert_string_equal(get_text(user, "access"), "w");
	run_free(&r);
	for (i = 0; i < n; i++)
		close(waiting[i]);
	close(listener);
}

static void test_unix_waiters(void **state)
{
	int listener = unix_listener(SOCK_STREAM, "@listener", 2), ends[2];
	int log = unix_bound(SOCK_DGRAM, "/tmp/log");
	struct child *acceptor, *reader, *writer, *flooder;
	json_t *object, *user;
	struct run r;

	(void)state;
	unix_pair(SOCK_STREAM, ends);
	acceptor = accept_in("acceptor", listener);
	reader = read_in("reader", ends[1]);
	flooder = unix_sendto_in("flooder", "/tmp/log");
	ask(&r, "list", "unix");
	object = need_object(run_json(&r), "unix:@listener");
	assert_true(has_state(object, "waits"));
	assert_false(has_state(object, "full"));
	user = need_user(object, acceptor->pid, "waits");
	assert_string_equal(get_text(user, "access"), "r");
	need_user(object, acceptor->pid, "listens");
	object = object_of(&r, "unix", ends[1]);
	assert_true(has_state(object, "waits"));
	need_user(object, reader->pid, "waits");
	assert_false(has_state(object_of(&r, "unix", ends[0]), "waits"));
	run_free(&r);
	sandbox_kill(reader);
	writer = write_in("writer", ends[0]);
	ask(&r, "list", "unix");
	object = object_of(&r, "unix", ends[0]);
	assert_true(has_state(object, "full"));
	user = need_user(object, writer->pid, "waits");
	assert_string_equal(get_text(user, "access"), "w");
	run_free(&r);
	/* Its socket is not connected: whom it sends to is in the call. */
	ask(&r, "list", "unix");
	object = need_object(run_json(&r), "unix:/tmp/log");
	assert_true(has_state(object, "full"));
	user = need_user(object, flooder->pid, "waits");
	assert_string_equal(get_text(user, "access"), "w");
	run_free(&r);
	close(listener);
	close(log);
	close(ends[0]);
	close(ends[1]);
}

static void test_unix_path_gone(void **state)
{
	int gone = unix_listener(SOCK_STREAM, "/tmp/gone", 1), young;
	int kept = unix_listener(SOCK_STREAM, "/tmp/kept", 1);
	char ref[64];
	struct run r;
	json_t *root;

	(void)state;
	must(unlink("/tmp/gone"));
	ref_of(ref, "unix", gone);
	root = ask(&r, "show", ref, "unix:/tmp/kept");
	assert_int_equal(count_objects(root, NULL), 2);
	assert_true(has_state(object_of(&r, "unix", gone), "path-gone"));
	assert_false(has_state(object_of(&r, "unix", kept), "path-gone"));
	run_free(&r);

	/* Bound again: the path leads to somebody else. */
	young = unix_listener(SOCK_STREAM, "/tmp/gone", 1);
	ask(&r, "show", ref);
	assert_true(has_state(object_of(&r, "unix", gone), "path-gone"));
	run_free(&r);
	ref_of(ref, "unix", young);
	ask(&r, "show", ref);
	assert_false(has_state(object_of(&r, "unix", young), "path-gone"));
	run_free(&r);
	close(gone);
	close(young);
	close(kept);
}

/* Bound, unlinked, bound again: the path is that of the second. */
static void test_unix_same_path(void **state)
{
	int old = unix_listener(SOCK_STREAM, "/tmp/s", 1), young;
	char ref[2][64];
	struct run r;

	(void)state;
	must(unlink("/tmp/s"));
	young = unix_listener(SOCK_STREAM, "/tmp/s", 1);
	ref_of(ref[0], "unix", old);
	ref_of(ref[1], "unix", young);
	ask(&r, "list", "unix");
	assert_string_equal(get_text(object_of(&r, "unix", old), "ref"), ref[0]);
	assert_string_equal(get_text(object_of(&r, "unix", young), "ref"), "unix:/tmp/s");
	assert_string_equal(get_text(object_of(&r, "unix", old), "name"), "/tmp/s");
	run_free(&r);
	assert_non_null(ask(&r, "show", "unix:/tmp/s"));
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	assert_non_null(object_of(&r, "unix", young));
	run_free(&r);
	close(young);
	run_tool(&r, "list", "unix:/tmp/s");
	run_expect(&r, 1);
	assert_non_null(strstr(r.err, ref[0]));
	run_free(&r);
	close(old);
}

/* A socket in no descriptor: it is on its way in another one. */
static void test_unix_in_flight(void **state)
{
	int sent = unix_bound(SOCK_DGRAM, "@sent"), ends[2];
	struct run r;
	json_t *object;

	(void)state;
	unix_pair(SOCK_STREAM, ends);
	unix_send_fd(ends[0], sent);
	close(sent);
	object = need_object(ask(&r, "list", "unix", ASSUME), "unix:@sent");
	assert_int_equal(count_users(object), 0);
	run_free(&r);
	close(ends[0]);
	close(ends[1]);
}

/* ---- network namespaces ---- */

struct elsewhere {
	ino_t net_ns, ino;
	unsigned short port;
};

static void elsewhere_fn(void *arg)
{
	struct elsewhere *there = arg;
	int fd;

	must(unshare(CLONE_NEWNET));
	there->net_ns = net_namespace();
	fd = unix_listener(SOCK_STREAM, "@same", 3);
	there->ino = fd_inode(fd);
	sandbox_ready(fd);
	sandbox_hold();
}

static void test_other_namespace(void **state)
{
	struct elsewhere *there = mmap(NULL, sizeof(*there),
				       PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int here = unix_listener(SOCK_STREAM, "@same", 1);
	struct child *child = sandbox_spawn("there", elsewhere_fn, there);
	json_t *object, *user;
	char ref[64];
	struct run r;

	(void)state;
	ask(&r, "list", "unix", "-o", "all");
	object = need_object(run_json(&r), "unix:@same");
	assert_int_equal(get_int(object, "ino"), fd_inode(here));
	assert_int_equal(get_int(object, "net_ns"), net_namespace());
	assert_null(find_user(object, child->pid, 1));
	object = find_by(run_json(&r), "unix", "ino", (json_int_t)there->ino);
	assert_non_null(object);
	snprintf(ref, sizeof(ref), "unix:%lu", (unsigned long)there->ino);
	assert_string_equal(get_text(object, "ref"), ref);
	assert_string_equal(get_text(object, "name"), "@same");
	assert_int_equal(get_int(object, "net_ns"), there->net_ns);
	assert_int_equal(get_int(object, "backlog"), 3);
	user = need_user(object, child->pid, "listens");
	assert_int_equal(get_int(user, "fd"), child->value);
	assert_int_equal(count_users(object), 1);
	run_free(&r);
	close(here);
	munmap(there, sizeof(*there));
}

/* ---- TCP, UDP, raw ---- */

static void address_of(char text[64], int family, unsigned short port)
{
	snprintf(text, 64, family == AF_INET ? "127.0.0.1:%u" : "[::1]:%u",
		 port);
}

static void check_tcp(int family)
{
	unsigned short port;
	int listener = tcp_listener(family, &port);
	int client = tcp_connected(family, port), server;
	struct child *far;
	json_t *object, *near;
	char text[64];
	struct run r;

	address_of(text, family, port);
	ask(&r, "list", "tcp", "-o", "all");
	object = object_of(&r, "tcp", listener);
	assert_true(has_state(object, "listening"));
	assert_string_equal(get_text(object, "local"), text);
	assert_true(is_none(object, "remote"));
	assert_int_equal(get_int(object, "pending"), 1);
	assert_int_equal(get_int(object, "backlog"), 8);
	need_user(object, getpid(), "listens");
	run_free(&r);

	server = unix_accepted(listener);
	must(write(client, "hello", 5));
	far = hold_fd_in("far", client);
	ask(&r, "list", "tcp", "-o", "all");
	near = object_of(&r, "tcp", server);
	assert_true(has_state(near, "connected"));
	assert_string_equal(get_text(near, "type"),
			    family == AF_INET ? "v4" : "v6");
	assert_string_equal(get_text(near, "local"), text);
	assert_int_equal(get_int(near, "recvq"), 5);
	assert_int_equal(get_int(near, "uid"), 0);
	object = object_of(&r, "tcp", client);
	assert_string_equal(get_text(object, "remote"), text);
	assert_string_equal(get_text(object, "local"),
			    get_text(near, "remote"));
	assert_true(has_peer(near, object));
	assert_true(has_peer(object, near));
	assert_true(has_peer_user(near, far->pid));
	assert_int_equal(get_int(object_of(&r, "tcp", listener), "pending"), 0);
	run_free(&r);
	sandbox_kill(far);
	close(client);
	ask(&r, "list", "tcp", "-o", "all");
	object = object_of(&r, "tcp", server);
	assert_true(has_state(object, "close-wait"));
	/* The end is no byte. */
	assert_int_equal(get_int(object, "recvq"), 5);
	run_free(&r);
	close(listener);
	close(server);
}

static void check_udp(int family)
{
	unsigned short port;
	int bound = udp_bound(family, &port);
	int connected = udp_connected(family, port);
	json_t *object;
	char text[64];
	struct run r;

	must(write(connected, "hello", 5));
	address_of(text, family, port);
	ask(&r, "list", "udp", "-o", "all");
	object = object_of(&r, "udp", bound);
	assert_string_equal(get_text(object, "local"), text);
	assert_true(is_none(object, "remote"));
	assert_true(get_int(object, "recvmem") > 5);
	assert_false(has_field(object, "recvq"));
	assert_string_equal(get_text(object, "protocol"), "udp");
	assert_true(has_state(object, "unconnected"));
	assert_string_equal(get_text(object, "type"),
			    family == AF_INET ? "v4" : "v6");
	need_user(object, getpid(), "open");
	object = object_of(&r, "udp", connected);
	assert_string_equal(get_text(object, "remote"), text);
	assert_true(has_state(object, "connected"));
	run_free(&r);
	close(bound);
	close(connected);
}

static bool have_v6(void)
{
	return access("/proc/net/if_inet6", F_OK) == 0;
}

static void test_inet(void **state)
{
	(void)state;
	check_tcp(AF_INET);
	check_udp(AF_INET);
	if (!have_v6())
		return;
	check_tcp(AF_INET6);
	check_udp(AF_INET6);
}

/* No dump of the kernel has these. */
static void test_inet_unbound(void **state)
{
	int tcp = (int)must(socket(AF_INET, SOCK_STREAM, 0));
	int udp = (int)must(socket(AF_INET, SOCK_DGRAM, 0));
	struct run r;

	(void)state;
	ask(&r, "list", "tcp", "udp");
	need_user(object_of(&r, "tcp", tcp), getpid(), "open");
	need_user(object_of(&r, "udp", udp), getpid(), "open");
	assert_int_equal(count_objects(run_json(&r), NULL), 2);
	run_free(&r);
	close(tcp);
	close(udp);
}

static void test_raw(void **state)
{
	int v4 = raw_socket(AF_INET, IPPROTO_ICMP);
	struct run r;
	json_t *object;
	int v6;

	(void)state;
	ask(&r, "list", "raw", "-o", "all");
	object = object_of(&r, "raw", v4);
	assert_string_equal(get_text(object, "type"), "v4");
	assert_int_equal(get_int(object, "uid"), 0);
	need_user(object, getpid(), "open");
	run_free(&r);
	close(v4);
	if (!have_v6())
		return;
	v6 = raw_socket(AF_INET6, IPPROTO_ICMPV6);
	ask(&r, "list", "raw", "-o", "all");
	object = object_of(&r, "raw", v6);
	assert_string_equal(get_text(object, "type"), "v6");
	run_free(&r);
	close(v6);
}

/* ---- netlink and packet ---- */

static void test_netlink(void **state)
{
	unsigned int port;
	int fd = netlink_bound(0, &port);
	char text[32];
	struct run r;
	json_t *object;

	(void)state;
	ask(&r, "list", "netlink", "-o", "all");
	object = object_of(&r, "netlink", fd);
	assert_string_equal(get_text(object, "protocol"), "route");
	snprintf(text, sizeof(text), "%u", port);
	assert_string_equal(get_text(object, "local"), text);
	need_user(object, getpid(), "open");
	/* Its own are not among them. */
	assert_int_equal(count_objects(run_json(&r), NULL), 1);
	run_free(&r);
	close(fd);
}

static void test_packet(void **state)
{
	int raw = packet_bound(SOCK_RAW), dgram = packet_bound(SOCK_DGRAM);
	struct run r;
	json_t *object;

	(void)state;
	ask(&r, "list", "packet", "-o", "all");
	object = object_of(&r, "packet", raw);
	assert_string_equal(get_text(object, "type"), "raw");
	assert_string_equal(get_text(object, "protocol"), "all");
	assert_int_equal(get_int(object, "uid"), 0);
	need_user(object, getpid(), "open");
	object = object_of(&r, "packet", dgram);
	assert_string_equal(get_text(object, "type"), "dgram");
	run_free(&r);
	close(raw);
	close(dgram);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, sandbox_reset, sandbox_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_unix_pairs), TEST(test_unix_names),
		TEST(test_unix_dgram), TEST(test_unix_pending),
		TEST(test_unix_waiters), TEST(test_unix_path_gone),
		TEST(test_unix_same_path),
		TEST(test_unix_in_flight), TEST(test_other_namespace),
		TEST(test_inet), TEST(test_inet_unbound), TEST(test_raw),
		TEST(test_netlink), TEST(test_packet),
	};

	sandbox_enter();
	return cmocka_run_group_tests_name("sockets", tests, NULL, NULL);
}
