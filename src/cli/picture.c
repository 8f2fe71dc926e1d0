// SPDX-License-Identifier: GPL-2.0-or-later
#include "picture.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ipcscope/record.h"
#include "ipcscope/text.h"

/* Parts read process by process. */
#define OF_PROCESSES	(NEED(PROCS) | NEED(FDS) | NEED(ACCESS) | \
			 NEED(FDINFO) | NEED(MAPS) | NEED(CALLS))
#define FIRST_AFTER	1000	/* milliseconds */
#define THEN_EVERY	100
#define ERASE_LINE	"\r\033[K"

void picture_init(struct picture *picture, const struct request *req)
{
	*picture = (struct picture){ .req = req };
	if (!asked(req, OPTION_FROM))
		picture->host = &live_host;
}

bool picture_lookup(void *arg, bool group, const char *name, uint32_t *id)
{
	const struct picture *picture = arg;

	return !picture->host->ops->name_id(picture->host, group, name, id);
}

/* ---- how far a long run is: one line on the terminal, erased afterwards ---- */

static int64_t picture_progress_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_line(struct buf *to, const struct progress *progress)
{
	buf_printf(to, "reading %s: ", progress->what);
	num_grouped(to, progress->done);
	if (progress->total) {
		buf_puts(to, " of ");
		num_grouped(to, progress->total);
	}
	if (!progress->fds)
		return;
	buf_puts(to, ", ");
	num_grouped(to, progress->fds);
	buf_puts(to, " descriptors");
}

static void picture_progress_meter_tell(struct progress *progress)
{
	struct progress_meter *meter = (struct progress_meter *)progress;
	int64_t now = picture_progress_now();
	struct buf line = { .to = stderr };

	if (now < meter->next)
		return;
	meter->next = now + THEN_EVERY;
	meter->shown = true;
	buf_puts(&line, ERASE_LINE);
	progress_line(&line, progress);
	buf_flush(&line);
	buf_free(&line);
}

struct progress *progress_meter_init(struct progress_meter *meter,
				     const struct request *req)
{
	const char *term = getenv("TERM");

	*meter = (struct progress_meter){ .progress.tell = picture_progress_meter_tell };
	if (asked(req, OPTION_NO_PROGRESS) || !isatty(STDERR_FILENO) ||
	    !term || !strcmp(term, "dumb"))
		return NULL;
	meter->next = picture_progress_now() + FIRST_AFTER;
	return &meter->progress;
}

void progress_meter_end(struct progress_meter *meter)
{
	if (!meter->shown)
		return;
	fputs(ERASE_LINE, stderr);
	fflush(stderr);
}

/* ---- reading ---- */

int picture_read(struct picture *picture)
{
	const char *path = option_text(picture->req, OPTION_FROM);
	struct query *query = &picture->query;
	struct progress_meter meter;
	struct progress *progress;
	char why[256] = "";
	int err;

	picture_free(picture);
	query->threads = (unsigned int)picture->req->option[OPTION_THREADS].num;
	query_plan(query);
	if (picture->details)
		query->parts |= NEED(PROCS) | NEED(DETAILS);
	if (!picture->parts)
		picture->parts = query->parts;
	if (picture->parts & OF_PROCESSES)
		picture->parts |= NEED(PROCS);
	if (picture->host) {
		progress = progress_meter_init(&meter, picture->req);
		err = collect(picture->host, query, &picture->layout, &picture->snap, progress);
		if (progress)
			progress_meter_end(&meter);
		if (err)
			complain("cannot read /proc: %s", strerror(-err));
	} else {
		err = record_load(path, &picture->layout, &picture->snap, why);
		if (err)
			complain("%s: %s", strcmp(path, "-") ? path : "standard input",
				 *why ? why : strerror(-err));
	}
	/* A file that is wrong leaves nothing to be freed. */
	picture->open = picture->host || !err;
	if (err)
		return STATUS_FAILED;
	if (asked(picture->req, OPTION_ASSUME_COMPLETE))
		snapshot_assume_complete(&picture->snap);
	return STATUS_OK;
}

void picture_narrow(struct picture *picture, uint64_t classes, const struct rows *rows)
{
	const struct snapshot *snap = &picture->snap;
	uint32_t parts = ~(uint32_t)OF_PROCESSES;
	enum class_id class;
	const uint32_t *row;

	for (class = 0; class < NR_CLASSES; class++) {
		if (classes >> class & 1)
			parts |= class_infos[class]->listed_by;
	}
	vec_for_each(row, rows) {
		const struct object *obj = &snap->objects.at[*row];
		const struct class_info *kind = class_infos[obj->class];
		bool unsure;

		object_state(snap, obj, &unsure);
		if (unsure)
			parts |= kind->waits_by;
		if (!object_users_complete(snap, obj))
			parts |= kind->users_by | kind->access_by;
	}
	if (parts & OF_PROCESSES)
		parts |= NEED(PROCS);
	picture->parts &= parts;
}

static void picture_complain(void *arg, const char *line)
{
	complain("%s", line);
}

bool picture_lacks(const struct picture *picture, uint32_t parts)
{
	const struct warning *warning;

	vec_for_each(warning, &picture->snap.warnings) {
		if (parts >> warning->part & 1 && !warning->unsupported)
			return true;
	}
	return false;
}

int picture_warn(const struct picture *picture, int status)
{
	const struct warning *warning;
	uint32_t missing = 0;

	vec_for_each(warning, &picture->snap.warnings)
		missing |= 1u << warning->part;
	if (missing & picture->parts)
		render_warnings(&picture->snap, picture->parts, picture_complain, NULL);
	if (!status && asked(picture->req, OPTION_STRICT) &&
	    picture_lacks(picture, picture->parts))
		return STATUS_INCOMPLETE;
	return status;
}

void picture_free(struct picture *picture)
{
	if (picture->open)
		snapshot_free(&picture->snap);
	picture->open = false;
}

int picture_check_pid(const struct picture *picture, pid_t pid, bool must_be)
{
	const struct host *host = picture->host;
	struct buf path = {}, text = {};
	const char *at = NULL;
	uint64_t leader = 0;
	int status = STATUS_OK;

	if (!host)
		return STATUS_OK;
	buf_printf(&path, "/proc/%d/status", (int)pid);
	if (!host->ops->read_file(host, NULL, path.data, &text) && text.len)
		at = strstr(text.data, "\nTgid:\t");
	if (at)
		at += strlen("\nTgid:\t");
	if (at && num_u64(&at, &leader) && (pid_t)leader != pid) {
		complain("%d is a thread of %d", (int)pid, (int)leader);
		status = STATUS_FAILED;
	} else if (!leader && must_be) {
		complain("there is no process %d%s", (int)pid,
			 picture->snap.host.all_processes ? "" : " that can be seen");
		status = STATUS_FAILED;
	}
	buf_free(&path);
	buf_free(&text);
	return status;
}
