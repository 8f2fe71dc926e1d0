// SPDX-License-Identifier: GPL-2.0-or-later
/* RemoveIPC= of logind.conf(5), and whom it concerns. */
#include <errno.h>
#include <string.h>

#include "ipcscope/text.h"
#include "doctor.h"

/* ---- who removes ---- */

static bool doctor_sets_no(const char *text)
{
	const char *line, *end;
	bool no = false;

	for (line = text; line && *line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (strncmp(line, "RemoveIPC=", strlen("RemoveIPC=")))
			continue;
		line += strlen("RemoveIPC=");
		no = !strncmp(line, "no", 2) || !strncmp(line, "false", 5) ||
		     !strncmp(line, "off", 3) || *line == '0';
	}
	return no;
}

/* Drop-ins in the order of their names are the last word; one that says "no"
 * is found, whatever stands behind it is taken as said. */
static int doctor_each_drop_in(void *arg, const char *name, uint64_t ino,
			       unsigned char type)
{
	struct buf *all = arg;
	struct buf path = {}, text = {};

	buf_printf(&path, "/etc/systemd/logind.conf.d/%s", name);
	if (live_host.ops->read_file(&live_host, NULL, path.data, &text) >= 0 && text.len)
		buf_add(all, text.data, text.len);
	buf_putc(all, '\n');
	buf_free(&path);
	buf_free(&text);
	return 0;
}

static void doctor_read_logind(struct buf *all)
{
	const struct host_ops *ops = live_host.ops;
	struct buf entries = {};
	struct host_dir dir;

	if (ops->read_file(&live_host, NULL, "/etc/systemd/logind.conf", all) < 0)
		buf_reset(all);
	buf_putc(all, '\n');
	if (!ops->open_dir(&live_host, NULL, "/etc/systemd/logind.conf.d", &dir)) {
		ops->read_dir(&dir, &entries, doctor_each_drop_in, all);
		ops->close_dir(&dir);
	}
	buf_free(&entries);
}

/* Objects of users that logind takes for persons. */
static uint32_t doctor_count_of_persons(const struct host *host, const struct snapshot *snap,
					const char **name)
{
	const struct object *obj;
	uint32_t nr = 0;
	uint64_t uid;

	vec_for_each(obj, &snap->objects) {
		const struct str *user;

		if (!(class_infos[obj->class]->groups & (GROUP_SYSV | GROUP_POSIX)) ||
		    !object_num(snap, obj, FIELD_UID, &uid) ||
		    is_system_user(host, (uid_t)uid))
			continue;
		user = snapshot_find_name(snap, false, (uint32_t)uid);
		if (!nr++)
			*name = user ? user->data : "?";
	}
	return nr;
}

void doctor_check_logind(struct doctor *doctor)
{
	const struct host *host = doctor->session.picture.host;
	struct buf conf = {}, text = {}, user = {};
	const char *name = "?";
	struct host_stat st;
	uint32_t nr;

	if (host->ops->stat(host, NULL, "/run/systemd/sessions", 0, &st)) {
		doctor_say(doctor, FINE, "logind", "it does not run here");
		return;
	}
	doctor_read_logind(&conf);
	nr = doctor_count_of_persons(host, &doctor->session.picture.snap, &name);
	text_escape(&user, name, strlen(name));
	if (doctor_sets_no(conf.data)) {
		doctor_say(doctor, FINE, "logind", "RemoveIPC=no");
	} else if (nr) {
		buf_printf(&text, "RemoveIPC is not off: at the last logout of %s, and others, it removes their objects (%u now)",
			   user.data, nr);
		doctor_say(doctor, NOTE, "logind", text.data);
	} else {
		doctor_say(doctor, FINE, "logind",
			   "RemoveIPC is not off, but no user it is meant for has any");
	}
	buf_free(&conf);
	buf_free(&text);
	buf_free(&user);
}
