// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers of sock_diag as no kernel sends them. The first byte is the family,
 * then each message behind a byte that is its length.
 */

#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ipcscope/filter.h"
#include "ipcscope/snapshot.h"
#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct host_ops *still;
static struct host_ops fuzzed;
static const uint8_t *messages, *end;
static uint8_t family;

static void check(bool good)
{
	if (!good)
		abort();
}

/* Of exactly that size, for a read beyond it to be seen. */
static int send_one(const uint8_t *payload, uint8_t len, host_diag_fn *each, void *arg)
{
	struct nlmsghdr *msg = mem_zero(1, NLMSG_LENGTH(len));
	int ret;

	msg->nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
	msg->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	memcpy(NLMSG_DATA(msg), payload, len);
	ret = each(arg, msg);
	free(msg);
	return ret;
}

static int dump_fuzzed(struct host_diag *diag, uint16_t type, const void *req, size_t len,
		       host_diag_fn *each, void *arg)
{
	const uint8_t *at = messages;
	int ret = 0;

	(void)diag, (void)type;
	check(len >= sizeof(struct sock_diag_req));
	if (((const struct sock_diag_req *)req)->sdiag_family != family)
		return 0;
	while (!ret && at < end && *at <= end - at - 1) {
		ret = send_one(at + 1, *at, each, arg);
		at += 1 + *at;
	}
	return ret;
}

static void start(void)
{
	machine_init(&box);
	machine_process(&box, 20, 1000, "holder");
	machine_add(&box, "link /proc/20/fd/3 -> socket:[50] proto=UNIX\n"
		    "link /proc/20/fd/4 -> socket:[51] proto=TCP");
	machine_ask_all(&box, classes_by_word("socket", 6), true);
	machine_build(&box);
	still = box.host->ops;
	fuzzed = *still;
	fuzzed.dump = dump_fuzzed;
	box.host->ops = &fuzzed;
}

static void check_object(struct snapshot *snap, const struct object *obj)
{
	struct buf shown = { 0 };
	const char *why = NULL;
	const struct edge *edge;
	enum field_id field;
	struct ref ref;
	uint32_t i;

	for_each_field(field)
		object_value(snap, obj, field);
	for_each_object_edge(edge, i, snap, obj)
		check(edge->kind != EDGE_PEER || edge->peer < snap->objects.nr);
	object_ref(&shown, snap, obj);
	check(ref_parse(shown.data, &snap->arena, &ref, &why));
	check(ref_matches(&ref, snap, obj));
	buf_free(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t families[] = {
		AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET,
	};
	const struct object *obj;

	if (!size || size > 20000)
		return 0;
	if (!still)
		start();
	family = families[*data % sizeof(families)];
	messages = data + 1;
	end = data + size;
	machine_look(&box);
	vec_for_each(obj, &box.snap.objects)
		check_object(&box.snap, obj);
	return 0;
}
