// SPDX-License-Identifier: GPL-2.0-or-later
/* The messages of a netlink dump, as they came from the kernel. */

#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>

#include "host.h"

static void messages_end_early(struct host_dump *dump, int ret)
{
	if (!dump->ret)
		dump->ret = ret;
	dump->each = NULL;
}

/* Both kinds of end begin with an error number, 0 or negative. */
static int messages_take_end(struct host_dump *dump, const struct nlmsghdr *msg)
{
	int err = 0;

	if (mnl_nlmsg_get_payload_len(msg) >= sizeof(err))
		memcpy(&err, mnl_nlmsg_get_payload(msg), sizeof(err));
	else if (msg->nlmsg_type == NLMSG_ERROR)
		return -EBADMSG;
	if (err < 0)
		messages_end_early(dump, err);
	dump->done = true;
	return 0;
}

static int messages_take_message(struct host_dump *dump, const struct nlmsghdr *msg)
{
	int ret;

	if (msg->nlmsg_seq != dump->seq || msg->nlmsg_pid != dump->port)
		return 0;
	if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
		dump->mixed = true;
	if (msg->nlmsg_type == NLMSG_DONE || msg->nlmsg_type == NLMSG_ERROR)
		return messages_take_end(dump, msg);
	if (msg->nlmsg_type < NLMSG_MIN_TYPE || !dump->each)
		return 0;
	ret = dump->each(dump->arg, msg);
	if (ret)
		messages_end_early(dump, ret);
	return 0;
}

/* mnl_nlmsg_ok() takes lengths from 2^31 on for good ones. */
static bool messages_is_whole(const struct nlmsghdr *msg, size_t left)
{
	return left >= sizeof(*msg) && msg->nlmsg_len >= sizeof(*msg) && msg->nlmsg_len <= left;
}

int host_dump_messages(struct host_dump *dump, const void *data, size_t len)
{
	const struct nlmsghdr *msg = data;
	int left, ret;

	if (len > INT32_MAX)
		return -EBADMSG;
	for (left = len; left > 0 && !dump->done; msg = mnl_nlmsg_next(msg, &left)) {
		if (!messages_is_whole(msg, left))
			return -EBADMSG;
		ret = messages_take_message(dump, msg);
		if (ret)
			return ret;
	}
	return 0;
}

int host_dump_result(const struct host_dump *dump)
{
	if (dump->ret)
		return dump->ret;
	return dump->mixed ? -EINTR : 0;
}
