// SPDX-License-Identifier: GPL-2.0-or-later
/* Where log, lock and saved copies are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define ROOT_LOG	"/var/log/ipcscope"
#define ROOT_STATE	"/var/lib/ipcscope"

/* Other users': the XDG base directory specification. */
static int home_state(struct buf *state, char why[256])
{
	const char *xdg = secure_getenv("XDG_STATE_HOME");
	const char *home = secure_getenv("HOME");

	if (xdg && *xdg == '/') {
		buf_printf(state, "%s/ipcscope", xdg);
		return 0;
	}
	if (home && *home == '/') {
		buf_printf(state, "%s/.local/state/ipcscope", home);
		return 0;
	}
	snprintf(why, 256, "neither XDG_STATE_HOME nor HOME says where to keep the log");
	return -ENOENT;
}

static void set_path(struct buf *to, const char *dir, const char *name)
{
	buf_reset(to);
	buf_printf(to, "%s/%s", dir, name);
}

int removal_paths(struct removal *rm, char why[256])
{
	const char *set = secure_getenv("IPCSCOPE_STATE_DIR");
	struct buf state = {}, hostname = {}, kernel = {};
	const char *log_dir;
	uint32_t ticks, page;
	uid_t uid = (uid_t)-1;
	pid_t pid;
	int ret = 0;

	if (rm->paths.state.len)
		return 0;
	rm->host->ops->identity(rm->host, &hostname, &kernel, &uid, &pid,
				&ticks, &page);
	buf_free(&hostname);
	buf_free(&kernel);
	if (set && *set == '/')
		buf_puts(&state, set);
	else if (!uid)
		buf_puts(&state, ROOT_STATE);
	else
		ret = home_state(&state, why);
	if (!ret) {
		log_dir = !uid && !(set && *set == '/') ? ROOT_LOG : state.data;
		if (rm->log_path)
			buf_puts(&rm->paths.log, rm->log_path);
		else
			set_path(&rm->paths.log, log_dir, "removed.jsonl");
		set_path(&rm->paths.saved, state.data, "saved");
		set_path(&rm->paths.lock, state.data, "lock");
		buf_puts(&rm->paths.state, state.data);
	}
	rm->by_uid = uid;
	buf_free(&state);
	return ret;
}
