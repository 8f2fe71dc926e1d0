// SPDX-License-Identifier: GPL-2.0-or-later
/* Timers by a descriptor: timerfd_create(2), fs/timerfd.c: timerfd_show(). */
#include <time.h>

#include "class.h"
#include "ipcscope/text.h"

static const char *const timerfd_clocks[] = {
	[CLOCK_REALTIME] = "realtime", [CLOCK_MONOTONIC] = "monotonic",
	[CLOCK_BOOTTIME] = "boottime", [CLOCK_REALTIME_ALARM] = "realtime-alarm",
	[CLOCK_BOOTTIME_ALARM] = "boottime-alarm",
};

/* "(4, 999876543)": seconds and nanoseconds until it expires, 0 of both if it will not. */
static bool timerfd_left(struct fd_entry *fd, uint64_t *seconds, uint64_t *nanoseconds)
{
	const char *at = fd_info_text(fd, "it_value");

	return at && *at++ == '(' && num_u64(&at, seconds) && *at++ == ',' && *at++ == ' ' &&
	       num_u64(&at, nanoseconds);
}

static bool timerfd_fd(struct fd_entry *fd)
{
	const struct host *host = fd->scan->col->host;
	struct snapshot *snap = fd->scan->snap;
	uint32_t object = fd_open_file(fd, CLASS_timerfd);
	uint64_t clock, ticks, seconds, nanoseconds;

	if (object == NO_INDEX || !(object_wants(snap, CLASS_timerfd, FIELD_CLOCK) ||
				    object_wants(snap, CLASS_timerfd, FIELD_COUNT) ||
				    object_wants(snap, CLASS_timerfd, FIELD_NEXT)))
		return true;
	if (fd_info(fd, "clockid", &clock) && clock < ARRAY_SIZE(timerfd_clocks) &&
	    timerfd_clocks[clock])
		object_set_word(snap, object, FIELD_CLOCK, timerfd_clocks[clock]);
	if (fd_info(fd, "ticks", &ticks))
		object_set(snap, object, FIELD_COUNT, ticks);
	if (timerfd_left(fd, &seconds, &nanoseconds))
		object_set(snap, object, FIELD_NEXT, !seconds && !nanoseconds ? 0 :
			   (uint64_t)host->ops->now(host) + seconds + (nanoseconds >= 500000000));
	return true;
}

static const struct class_field timerfd_fields[] = {
	HAS_BY(CLOCK, NEED(FDINFO)), HAS_BY(NEXT, NEED(FDINFO)), HAS_BY(COUNT, NEED(FDINFO)),
};

DEFINE_CLASS(timerfd) = {
	.info = {
		FILE_INFO,
		.name	= "timerfd",
		.title	= "descriptor of a timer",
		.noun	= "timerfd",
		.manual	= "timerfd_create(2)",
		FIELDS(timerfd_fields),
		.columns = "ref,clock,next,count,state,users",
		.wide	= "ref,clock,next,count,state,users",
		.refs	= "timerfd:PID/FD",
	},
	.link	= "anon_inode:[timerfd]",
	.fd	= timerfd_fd,
	.fd_alone = true,
};
