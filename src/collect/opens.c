// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who waits to open a FIFO: fs/pipe.c, fifo_open(). There is no descriptor yet,
 * only the path in memory, which may have been written over, and may lead
 * elsewhere by now. That a thread waits for the other end of some FIFO the
 * kernel says itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "calls.h"

/* include/uapi/linux/openat2.h */
#define RESOLVE_IN_ROOT	0x10

/* Whether it is the open of a FIFO: 1, 0, or -1 if the kernel does not tell. */
static int opens_fifo(struct blocked *blocked)
{
	const char *wchan = calls_wchan(blocked);

	if (!calls_sleep_is_told(blocked))
		return -1;
	return !strncmp(wchan, "wait_for_partner", 16) || !strncmp(wchan, "fifo_open", 9);
}

/* Which FIFO cannot be said: any of them may be it. */
static void opens_untold(struct blocked *blocked, int err)
{
	if (calls_still(blocked))
		scan_gap(blocked->scan, PART_OPENS,
			 err == -ENOENT || err == -ESRCH ? -ESTALE : err);
}

static void opens_path(struct blocked *blocked, int dir, uint64_t addr, uint64_t flags,
		       unsigned int how)
{
	struct scan *scan = blocked->scan;
	const struct ipc_class *class = class_of_file(scan->col, S_IFIFO);
	const struct host *host = scan->col->host;
	struct buf where = { 0 };
	struct host_stat st;
	uint32_t object;
	char path[4096];
	int err, fifo;

	fifo = class ? opens_fifo(blocked) : 0;
	if (!fifo)
		return;
	err = -EFAULT;
	if (scan_read_string(scan, addr, path, sizeof(path)))
		err = host->ops->find_file(host, blocked->tid, dir, how, path, &where, &st);
	if (!err && S_ISFIFO(st.mode)) {
		object = class->file(scan->col, scan->snap, &st, where.data, where.len);
		if (where.len)
			object_set_first(scan->snap, object, FIELD_NAME, where.data, where.len);
		if (!calls_wait(blocked, object, (flags & O_ACCMODE) == O_WRONLY ?
				ACCESS_WRITE : ACCESS_READ))
			opens_untold(blocked, -ESTALE);
	} else if (err || fifo > 0) {
		opens_untold(blocked, err ?: -ESTALE);
	}
	buf_free(&where);
}

void opens_openat(struct blocked *blocked, const struct call *call)
{
	opens_path(blocked, (int)blocked->arg[0], blocked->arg[1], blocked->arg[2], 0);
}

void opens_openat2(struct blocked *blocked, const struct call *call)
{
	const struct host *host = blocked->scan->col->host;
	struct { uint64_t flags, mode, resolve; } how;

	if (!opens_fifo(blocked))
		return;
	if (host->ops->read_memory(host, blocked->scan->living, blocked->arg[2], &how,
				   sizeof(how)) < 0) {
		opens_any(blocked, call);
		return;
	}
	/* Whatever else is restricted, the open did not fail by it. */
	opens_path(blocked, (int)blocked->arg[0], blocked->arg[1], how.flags,
		   how.resolve & RESOLVE_IN_ROOT ? HOST_IN_ROOT : 0);
}

/* open(PATH, FLAGS), or creat(PATH) */
void opens_open(struct blocked *blocked, const struct call *call)
{
	opens_path(blocked, AT_FDCWD, blocked->arg[0],
		   call->access ? O_WRONLY : blocked->arg[1], 0);
}

void opens_any(struct blocked *blocked, const struct call *call)
{
	if (class_of_file(blocked->scan->col, S_IFIFO) && opens_fifo(blocked) > 0)
		opens_untold(blocked, -EOPNOTSUPP);
}
