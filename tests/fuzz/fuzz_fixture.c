// SPDX-License-Identifier: GPL-2.0-or-later
/* A text that is hardly a fixture; and what is one must answer every question. */

#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "host/host.h"
#include "fake/fixture.h"

#define DEEPEST	6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct look {
	const struct host *host;
	const struct host_dir *dir;
	unsigned int depth;
};

static void check(bool good)
{
	if (!good)
		abort();
}

static int look_at(void *arg, const char *name, uint64_t ino, unsigned char type);

static void look_inside(const struct host *host, const struct host_dir *at, const char *name,
			unsigned int depth)
{
	struct look look = { .host = host, .depth = depth };
	struct buf scratch = { 0 };
	struct host_dir dir;

	if (depth > DEEPEST || host->ops->open_dir(host, at, name, &dir))
		return;
	look.dir = &dir;
	host->ops->read_dir(&dir, &scratch, look_at, &look);
	host->ops->close_dir(&dir);
	buf_free(&scratch);
}

static int look_at(void *arg, const char *name, uint64_t ino, unsigned char type)
{
	const struct look *look = arg;
	const struct host_ops *ops = look->host->ops;
	struct buf buf = { 0 };
	struct host_stat st;
	struct host_mq mq;
	uint64_t magic;
	char to[16];

	(void)ino, (void)type;
	check(ops->stat(look->host, look->dir, name, HOST_FOLLOW | HOST_BTIME, &st) <= 0);
	check(ops->read_file(look->host, look->dir, name, &buf) <= 0);
	check(ops->read_link(look->host, look->dir, name, to, sizeof(to)) <= (int)sizeof(to));
	check(ops->peek(look->host, look->dir, name, to, sizeof(to)) <= (int)sizeof(to));
	check(ops->sock_protocol(look->host, look->dir, name, to, sizeof(to)) <
	      (int)sizeof(to));
	ops->mq_attr(look->host, look->dir, name, &mq);
	ops->fs_magic(look->host, look->dir, name, &magic);
	buf_free(&buf);
	look_inside(look->host, look->dir, name, look->depth + 1);
	return 0;
}

static void look_at_sysv(const struct host *host)
{
	struct sysv_stat st;
	uint16_t values[16];
	uint32_t used, ncnt, zcnt;
	int kind, max, i;
	pid_t pid;

	for (kind = SYSV_SHM; kind <= SYSV_MSG; kind++) {
		if (host->ops->sysv_max(host, kind, &max, &used))
			continue;
		for (i = 0; i <= max && i < 100; i++) {
			if (host->ops->sysv_stat(host, kind, i, &st) || kind != SYSV_SEM)
				continue;
			host->ops->sem_values(host, st.id, 16, values);
			host->ops->sem_detail(host, st.id, 3, &pid, &ncnt, &zcnt);
		}
	}
}

static int whole_message(void *arg, const struct nlmsghdr *msg)
{
	uint8_t byte = 0;
	uint32_t i;

	(void)arg;
	check(msg->nlmsg_len >= NLMSG_HDRLEN);
	for (i = 0; i < msg->nlmsg_len; i++)
		byte ^= ((const uint8_t *)msg)[i];
	return byte > 255;
}

static void look_at_sockets(const struct host *host)
{
	static const uint8_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET };
	uint8_t req[64];
	struct host_diag diag;
	size_t i;

	if (host->ops->open_diag(host, NULL, NULL, &diag))
		return;
	for (i = 0; i < sizeof(families); i++) {
		memset(req, 0xff, sizeof(req));
		req[0] = families[i];
		req[1] = families[i] == AF_PACKET ? 0 : 6;
		host->ops->dump(&diag, SOCK_DIAG_BY_FAMILY, req, sizeof(req), whole_message,
				NULL);
	}
	host->ops->close_diag(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_dir queues;
	struct host *host;
	char why[256];

	if (size > 20000)
		return 0;
	memset(why, 'x', sizeof(why));
	host = fixture_open((const char *)data, size, why);
	check(memchr(why, '\0', sizeof(why)));
	if (!host) {
		check(!strncmp(why, "line ", 5));
		return 0;
	}
	look_inside(host, NULL, "/", 0);
	if (!host->ops->open_mqueues(host, &queues))
		look_inside(host, &queues, "", 0);
	look_at_sysv(host);
	look_at_sockets(host);
	fixture_close(host);
	return 0;
}
