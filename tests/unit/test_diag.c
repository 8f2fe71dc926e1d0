// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "architecture.h"
#include "host/host.h"
#include "fake/fixture.h"
#include "ipcscope/vec.h"

/* What a kernel sent, show 0x57: a connected pair with "hello" in it, and a
 * listener on @rec; then the end. Port 438, sequence 1. */
static const char recorded[] =
	"440000001400020001000000b601000001010100dd9f27001f9b03000000000008000200"
	"dc9f27000c00040005000000000000000500060000000000080007000000000044000000"
	"1400020001000000b601000001010100dc9f2700209b03000000000008000200dd9f2700"
	"0c0004000000000000030000050006000000000008000700000000004400000014000200"
	"01000000b601000001010a00de9f2700219b03000000000008000000007265630c000400"
	"000000000500000005000600000000000800070000000000"
	"140000000300020001000000b601000000000000";
#define PORT	438
#define LEN	224
#define END	204		/* where the last message begins */

static uint8_t *message(size_t len)
{
	/* Of exactly that size, for a read beyond it to be seen. */
	uint8_t *data = malloc(len ?: 1);
	unsigned int byte;
	char digits[3] = "";
	size_t i;

	assert_non_null(data);
	for (i = 0; i < len; i++) {
		memcpy(digits, recorded + 2 * i, 2);
		byte = strtoul(digits, NULL, 16);
		data[i] = byte;
	}
	return data;
}

struct seen {
	uint32_t nr;
	uint32_t stop_at;	/* 0: never */
	uint32_t inos[8];
};

static int see(void *arg, const struct nlmsghdr *msg)
{
	const struct unix_diag_msg *body = mnl_nlmsg_get_payload(msg);
	struct seen *seen = arg;

	assert_in_range(mnl_nlmsg_get_payload_len(msg), sizeof(*body), 1000);
	if (seen->nr < ARRAY_SIZE(seen->inos))
		seen->inos[seen->nr] = body->udiag_ino;
	return ++seen->nr == seen->stop_at ? -ECANCELED : 0;
}

static struct host_dump begin(struct seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	return (struct host_dump){ .seq = 1, .port = PORT, .each = see, .arg = seen };
}

static void test_recorded(void **state)
{
	uint8_t *data = message(LEN);
	struct seen seen;
	struct host_dump dump = begin(&seen);

	(void)state;
	SKIP_IF_BIG_ENDIAN();
	assert_int_equal(host_dump_messages(&dump, data, LEN), 0);
	assert_true(dump.done);
	assert_int_equal(host_dump_result(&dump), 0);
	assert_int_equal(seen.nr, 3);
	assert_int_equal(seen.inos[0], 0x279fdd);
	assert_int_equal(seen.inos[2], 0x279fde);
	free(data);
}

static void test_truncated(void **state)
{
	struct host_dump dump;
	struct seen seen;
	uint8_t *data;
	size_t len;
	int ret;

	(void)state;
	SKIP_IF_BIG_ENDIAN();
	for (len = 0; len < LEN; len++) {
		data = message(len);
		dump = begin(&seen);
		ret = host_dump_messages(&dump, data, len);
		assert_int_equal(ret, len % 68 && len < END + 20 ? -EBADMSG : 0);
		assert_int_equal(seen.nr, len / 68 < 3 ? len / 68 : 3);
		assert_false(dump.done);
		free(data);
	}
}

static void test_bad_length(void **state)
{
	static const uint32_t lengths[] = { 0, 15, 205, 0x7fffffff, 0xffffffff };
	struct host_dump dump;
	struct seen seen;
	uint8_t *data;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		data = message(END);
		memcpy(data, &lengths[i], 4);
		dump = begin(&seen);
		assert_int_equal(host_dump_messages(&dump, data, END), -EBADMSG);
		assert_int_equal(seen.nr, 0);
		free(data);
	}
}

/* The kernel says at the end that it has no such handler. */
static void test_error_at_the_end(void **state)
{
	const int err = -ENOENT;
	uint8_t *data = message(LEN);
	struct seen seen;
	struct host_dump dump = begin(&seen);

	(void)state;
	SKIP_IF_BIG_ENDIAN();
	memcpy(data + END + 16, &err, sizeof(err));
	assert_int_equal(host_dump_messages(&dump, data, LEN), 0);
	assert_true(dump.done);
	assert_int_equal(host_dump_result(&dump), -ENOENT);
	free(data);
}

static void test_error_instead(void **state)
{
	const uint16_t type = NLMSG_ERROR;
	const int err = -EINVAL;
	uint8_t *data = message(LEN);
	struct seen seen;
	struct host_dump dump = begin(&seen);

	(void)state;
	SKIP_IF_BIG_ENDIAN();
	memcpy(data + END + 4, &type, sizeof(type));
	memcpy(data + END + 16, &err, sizeof(err));
	assert_int_equal(host_dump_messages(&dump, data + END, LEN - END), 0);
	assert_true(dump.done);
	assert_int_equal(host_dump_result(&dump), -EINVAL);
	free(data);
}

static void test_mixture(void **state)
{
	const uint16_t flags = NLM_F_MULTI | NLM_F_DUMP_INTR;
	uint8_t *data = message(LEN);
	struct seen seen;
	struct host_dump dump = begin(&seen);

	(void)state;
	SKIP_IF_BIG_ENDIAN();
	memcpy(data + 68 + 6, &flags, sizeof(flags));
	assert_int_equal(host_dump_messages(&dump, data, LEN), 0);
	assert_int_equal(seen.nr, 3);
	assert_int_equal(host_dump_result(&dump), -EINTR);
	free(data);
}

static void test_not_ours(void **state)
{
	uint8_t *data = message(LEN);
	struct seen seen;
	struct host_dump dump = begin(&seen);

	(void)state;
	SKIP_IF_BIG_ENDIAN();
	dump.seq = 2;
	assert_int_equal(host_dump_messages(&dump, data, LEN), 0);
	dump.seq = 1;
	dump.port = 1;
	assert_int_equal(host_dump_messages(&dump, data, LEN), 0);
	assert_false(dump.done);
	assert_int_equal(seen.nr, 0);
	free(data);
}

static void test_ends_early(void **state)
{
	uint8_t *data = message(LEN);
	struct seen seen;
	struct host_dump dump = begin(&seen);

	(void)state;
	SKIP_IF_BIG_ENDIAN();
	seen.stop_at = 2;
	assert_int_equal(host_dump_messages(&dump, data, LEN), 0);
	assert_int_equal(seen.nr, 2);
	assert_true(dump.done);
	assert_int_equal(host_dump_result(&dump), -ECANCELED);
	free(data);
}

static const struct unix_diag_req all_unix = {
	.sdiag_family = AF_UNIX, .udiag_states = -1,
	.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN,
};

struct wanted {
	uint32_t ino;
	uint32_t nr;
};

static int count_ino(void *arg, const struct nlmsghdr *msg)
{
	const struct unix_diag_msg *body = mnl_nlmsg_get_payload(msg);
	struct wanted *wanted = arg;

	wanted->nr += body->udiag_ino == wanted->ino;
	return 0;
}

static uint32_t ino_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

static uint32_t times_seen(struct host_diag *diag, uint32_t ino)
{
	struct wanted wanted = { .ino = ino };

	assert_int_equal(live_host.ops->dump(diag, SOCK_DIAG_BY_FAMILY, &all_unix,
					     sizeof(all_unix), count_ino, &wanted), 0);
	return wanted.nr;
}

static int stop(void *arg, const struct nlmsghdr *msg)
{
	(void)msg;
	++*(int *)arg;
	return -ECANCELED;
}

static void test_live(void **state)
{
	const struct host_ops *ops = live_host.ops;
	struct host_diag diag;
	char to[32];
	struct host_dir fds;
	char name[16];
	int pair[2], calls = 0;

	(void)state;
	SKIP_IF_EMULATED();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(ops->open_diag(&live_host, NULL, NULL, &diag), 0);
	assert_int_equal(times_seen(&diag, ino_of(pair[0])), 1);
	/* What an early end leaves unread does not disturb the next. */
	assert_int_equal(ops->dump(&diag, SOCK_DIAG_BY_FAMILY, &all_unix, sizeof(all_unix),
				   stop, &calls), -ECANCELED);
	assert_int_equal(calls, 1);
	assert_int_equal(times_seen(&diag, ino_of(pair[1])), 1);
	assert_true(ops->dump(&diag, SOCK_DIAG_BY_FAMILY, "\xfe\0\0", 3, stop, &calls) < 0);
	assert_int_equal(calls, 1);
	ops->close_diag(&diag);

	assert_int_equal(ops->open_dir(&live_host, NULL, "/proc/self/fd", &fds), 0);
	snprintf(name, sizeof(name), "%d", pair[0]);
	assert_int_equal(ops->sock_protocol(&live_host, &fds, name, to, sizeof(to)), 11);
	assert_string_equal(to, "UNIX-STREAM");
	ops->close_dir(&fds);
	close(pair[0]);
	close(pair[1]);
}

/* A child with a socket in a network namespace of its own; its number is sent
 * up when it is there, 0 if it may not have one. */
static pid_t child_elsewhere(uint32_t *ino)
{
	int pipe_fds[2], sock;
	pid_t pid;

	assert_int_equal(pipe(pipe_fds), 0);
	pid = fork();
	if (!pid) {
		*ino = 0;
		if (!unshare(CLONE_NEWNET)) {
			sock = socket(AF_UNIX, SOCK_DGRAM, 0);
			*ino = ino_of(sock);
		}
		if (write(pipe_fds[1], ino, sizeof(*ino)) != sizeof(*ino))
			_exit(1);
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(read(pipe_fds[0], ino, sizeof(*ino)), sizeof(*ino));
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	return pid;
}

static void look_elsewhere(const char *proc_path, uint32_t ino)
{
	const struct host_ops *ops = live_host.ops;
	char before[64] = "", after[64] = "";
	struct host_diag diag;
	struct host_dir proc;
	int mine = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(ops->open_dir(&live_host, NULL, proc_path, &proc), 0);
	assert_true(readlink("/proc/thread-self/ns/net", before, sizeof(before) - 1) > 0);
	assert_int_equal(ops->open_diag(&live_host, &proc, "ns/net", &diag), 0);
	assert_int_equal(times_seen(&diag, ino), 1);
	assert_int_equal(times_seen(&diag, ino_of(mine)), 0);
	ops->close_diag(&diag);
	assert_true(readlink("/proc/thread-self/ns/net", after, sizeof(after) - 1) > 0);
	assert_string_equal(before, after);
	ops->close_dir(&proc);
	close(mine);
}

static void test_other_namespace(void **state)
{
	char path[32];
	uint32_t ino;
	pid_t pid;

	(void)state;
	SKIP_IF_EMULATED();
	pid = child_elsewhere(&ino);
	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (ino)
		look_elsewhere(path, ino);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (!ino)
		skip();
}

static const char sockets[] =
	"link /proc/self/ns/net -> net:[1]\n"
	"link /proc/5/ns/net -> net:[2]\n"
	"link /proc/6/ns/net -> net:[1]\n"
	"diag unix type=1 state=1 ino=10 peer=11 rqueue=5\n"
	"diag unix type=1 state=10 ino=12 name=\\x00rec icons=13,14 vfs_ino=9 vfs_dev=0:26\n"
	"diag unix type=2 state=7 ino=15 name=/run/x uid=3 netns=2\n"
	"diag tcp src=127.0.0.1:80 dst=10.0.0.1:4242 state=1 ino=20 uid=33 rqueue=7\n"
	"diag tcp src=[::1]:443 state=10 ino=21\n"
	"diag udp src=0.0.0.0:53 state=7 ino=22\n"
	"diag netlink protocol=15 state=0 portid=900 groups=5 ino=30\n"
	"diag packet type=3 num=3 ino=31 ifindex=2 uid=4\n"
	"message unix 01\n"
	"diag raw error=ENOENT\n"
	"diag udp error=EINTR times=1\n";

static struct host *open_sockets(void)
{
	char why[256];
	struct host *host = fixture_open(sockets, sizeof(sockets) - 1, why);

	if (!host)
		fail_msg("%s", why);
	return host;
}

struct kept {
	uint32_t nr;
	uint32_t len[8];
	char data[8][256] __attribute__((aligned(4)));
};

static int keep(void *arg, const struct nlmsghdr *msg)
{
	struct kept *kept = arg;

	assert_int_equal(msg->nlmsg_type, SOCK_DIAG_BY_FAMILY);
	assert_in_range(msg->nlmsg_len, NLMSG_HDRLEN, 256);
	kept->len[kept->nr] = msg->nlmsg_len;
	memcpy(kept->data[kept->nr++], msg, msg->nlmsg_len);
	return 0;
}

static int dump_all(struct host *host, const char *of, uint16_t type, const void *req,
		    size_t len, struct kept *kept)
{
	const struct host_ops *ops = host->ops;
	struct host_diag diag;
	struct host_dir proc;
	int ret;

	memset(kept, 0, sizeof(*kept));
	if (of)
		assert_int_equal(ops->open_dir(host, NULL, of, &proc), 0);
	assert_int_equal(ops->open_diag(host, of ? &proc : NULL, of ? "ns/net" : NULL, &diag), 0);
	if (of)
		ops->close_dir(&proc);
	ret = ops->dump(&diag, type, req, len, keep, kept);
	ops->close_diag(&diag);
	return ret;
}

static const struct nlattr *attribute(const struct kept *kept, uint32_t i, size_t body,
				      uint16_t type)
{
	const struct nlmsghdr *msg = (const struct nlmsghdr *)kept->data[i];
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, body) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

#define UNIX_ATTR(i, type)	attribute(&kept, i, sizeof(struct unix_diag_msg), type)

static void test_fixture_unix(void **state)
{
	struct unix_diag_req req = { .sdiag_family = AF_UNIX, .udiag_states = -1,
				     .udiag_show = 0x7f };
	struct host *host = open_sockets();
	const struct unix_diag_vfs *vfs;
	const uint32_t *icons;
	struct kept kept;

	(void)state;
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &req, sizeof(req), &kept), 0);
	assert_int_equal(kept.nr, 3);
	assert_int_equal(kept.len[2], NLMSG_HDRLEN + 1);
	assert_int_equal(mnl_attr_get_u32(UNIX_ATTR(0, UNIX_DIAG_PEER)), 11);
	assert_null(UNIX_ATTR(0, UNIX_DIAG_NAME));
	assert_null(UNIX_ATTR(1, UNIX_DIAG_PEER));
	assert_int_equal(mnl_attr_get_payload_len(UNIX_ATTR(1, UNIX_DIAG_NAME)), 4);
	assert_memory_equal(mnl_attr_get_payload(UNIX_ATTR(1, UNIX_DIAG_NAME)), "\0rec", 4);
	icons = mnl_attr_get_payload(UNIX_ATTR(1, UNIX_DIAG_ICONS));
	assert_int_equal(mnl_attr_get_payload_len(UNIX_ATTR(1, UNIX_DIAG_ICONS)), 8);
	assert_int_equal(icons[1], 14);
	vfs = mnl_attr_get_payload(UNIX_ATTR(1, UNIX_DIAG_VFS));
	assert_int_equal(vfs->udiag_vfs_dev, 26);
	req.udiag_states = 1 << 10;
	req.udiag_show = 0;
	assert_int_equal(dump_all(host, "/proc/6", SOCK_DIAG_BY_FAMILY, &req, sizeof(req),
				  &kept), 0);
	assert_int_equal(kept.nr, 2);
	assert_null(UNIX_ATTR(0, UNIX_DIAG_NAME));
	assert_non_null(UNIX_ATTR(0, UNIX_DIAG_SHUTDOWN));
	fixture_close(host);
}

static void test_fixture_namespace(void **state)
{
	struct host *host = open_sockets();
	struct host_diag diag;
	struct host_dir proc;
	struct kept kept;

	(void)state;
	assert_int_equal(dump_all(host, "/proc/5", SOCK_DIAG_BY_FAMILY, &all_unix,
				  sizeof(all_unix), &kept), 0);
	assert_int_equal(kept.nr, 1);
	/* A path is sent with its NUL. */
	assert_int_equal(mnl_attr_get_payload_len(UNIX_ATTR(0, UNIX_DIAG_NAME)), 7);
	assert_int_equal(host->ops->open_dir(host, NULL, "/proc", &proc), 0);
	assert_int_equal(host->ops->open_diag(host, &proc, "ns/net", &diag), -EPERM);
	host->ops->close_dir(&proc);
	fixture_close(host);
}

static void test_fixture_inet(void **state)
{
	struct inet_diag_req_v2 req = { .sdiag_family = AF_INET,
					.sdiag_protocol = IPPROTO_TCP, .idiag_states = -1 };
	const struct inet_diag_req old = { .idiag_states = -1 };
	struct host *host = open_sockets();
	const struct inet_diag_msg *body;
	struct kept kept;

	(void)state;
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &req, sizeof(req), &kept), 0);
	assert_int_equal(kept.nr, 1);
	body = mnl_nlmsg_get_payload((struct nlmsghdr *)kept.data[0]);
	assert_int_equal(body->id.idiag_sport, htons(80));
	assert_int_equal(body->id.idiag_dst[0], inet_addr("10.0.0.1"));
	assert_int_equal(body->idiag_inode, 20);
	assert_int_equal(body->idiag_rqueue, 7);
	assert_int_equal(body->idiag_uid, 33);
	req.sdiag_family = AF_INET6;
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &req, sizeof(req), &kept), 0);
	assert_int_equal(kept.nr, 1);
	assert_int_equal(dump_all(host, NULL, TCPDIAG_GETSOCK, &old, sizeof(old), &kept), 0);
	assert_int_equal(kept.nr, 2);
	req.sdiag_protocol = IPPROTO_RAW;
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &req, sizeof(req), &kept),
			 -ENOENT);
	req.sdiag_family = AF_INET;
	req.sdiag_protocol = IPPROTO_UDP;
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &req, sizeof(req), &kept),
			 -EINTR);
	assert_int_equal(kept.nr, 1);
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &req, sizeof(req), &kept), 0);
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &req, 3, &kept), -EINVAL);
	fixture_close(host);
}

static void test_fixture_others(void **state)
{
	const struct netlink_diag_req netlink = { .sdiag_family = AF_NETLINK,
		.sdiag_protocol = NDIAG_PROTO_ALL, .ndiag_show = NDIAG_SHOW_GROUPS };
	const struct packet_diag_req packet = { .sdiag_family = AF_PACKET,
		.pdiag_show = PACKET_SHOW_INFO };
	const struct netlink_diag_msg *body;
	struct host *host = open_sockets();
	const struct nlattr *attr;
	unsigned long groups;
	struct kept kept;

	(void)state;
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &netlink, sizeof(netlink),
				  &kept), 0);
	assert_int_equal(kept.nr, 1);
	body = mnl_nlmsg_get_payload((struct nlmsghdr *)kept.data[0]);
	assert_int_equal(body->ndiag_protocol, 15);
	assert_int_equal(body->ndiag_portid, 900);
	attr = attribute(&kept, 0, sizeof(*body), NETLINK_DIAG_GROUPS);
	memcpy(&groups, mnl_attr_get_payload(attr), sizeof(groups));
	assert_int_equal(groups, 5);
	assert_int_equal(dump_all(host, NULL, SOCK_DIAG_BY_FAMILY, &packet, sizeof(packet),
				  &kept), 0);
	attr = attribute(&kept, 0, sizeof(struct packet_diag_msg), PACKET_DIAG_UID);
	assert_int_equal(mnl_attr_get_u32(attr), 4);
	fixture_close(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_bad_length),
		cmocka_unit_test(test_error_at_the_end),
		cmocka_unit_test(test_error_instead),
		cmocka_unit_test(test_mixture),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_ends_early),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_other_namespace),
		cmocka_unit_test(test_fixture_unix),
		cmocka_unit_test(test_fixture_namespace),
		cmocka_unit_test(test_fixture_inet),
		cmocka_unit_test(test_fixture_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
