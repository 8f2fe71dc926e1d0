// SPDX-License-Identifier: GPL-2.0-or-later
/* Many questions to the helper process at once: on a busy machine the way there and back
 * takes longer than the answer. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipcscope/vec.h"
#include "live.h"

static int batch_ask_one(struct helper_call *call, struct helper_item *item)
{
	struct stat st;
	int fd;

	if (item->fd == AT_FDCWD)
		return live_find_vfs(call, &item->number);
	call->addr = item->number;
	fd = live_copy_socket_ns(call);
	if (fd < 0)
		return fd;
	item->number = fstat(fd, &st) ? 0 : st.st_ino;
	close(fd);
	return item->number ? 0 : -EBADF;
}

/* In the helper. */
static int batch_work(struct helper_call *call)
{
	const char *path = call->paths;
	uint32_t i;

	for (i = 0; i < call->nr; i++) {
		struct helper_item *item = &call->items[i];

		call->pid = item->tid;
		call->at = item->fd;
		strcpy(call->path, path);
		path += strlen(path) + 1;
		item->err = batch_ask_one(call, item);
	}
	return 0;
}

/* As many as fit in one call; how many that were. */
static uint32_t batch_send(struct host_ask *asks, uint32_t nr)
{
	struct helper_call call = { 0 };
	size_t room = sizeof(call.paths), len;
	char *to = call.paths;
	uint32_t i;
	int err;

	for (i = 0; i < nr && i < ARRAY_SIZE(call.items); i++) {
		const char *path = asks[i].path ?: "";

		len = strlen(path) + 1;
		if (len > sizeof(call.path)) {
			path = "";
			len = 1;
		}
		if (len > room)
			break;
		memcpy(to, path, len);
		to += len;
		room -= len;
		call.items[i] = (struct helper_item){
			.tid = asks[i].tid, .fd = asks[i].path ? AT_FDCWD : asks[i].fd,
			.number = asks[i].number,
		};
	}
	call.nr = i;
	err = helper_ask(batch_work, &call, NULL);
	/* Which of them does not answer is told by asking one at a time. */
	if (err == -ETIMEDOUT && call.nr > 1) {
		for (i = 0; i < call.nr; i++)
			batch_send(&asks[i], 1);
		return call.nr;
	}
	for (i = 0; i < call.nr; i++) {
		asks[i].number = call.items[i].number;
		asks[i].err = err ?: call.items[i].err;
	}
	return call.nr;
}

void live_ask_all(const struct host *host, struct host_ask *asks, uint32_t nr)
{
	uint32_t done;

	for (done = 0; done < nr;)
		done += batch_send(&asks[done], nr - done);
}
