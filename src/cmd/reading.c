// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipcscope/num.h"
#include "ipcscope/record.h"

void reading_init(struct reading *reading, const struct request *req)
{
	*reading = (struct reading){ .req = req };
	if (!asked(req, OPTION_FROM))
		reading->host = &live_host;
}

bool reading_lookup(void *arg, bool group, const char *name, uint32_t *id)
{
	const struct reading *reading = arg;

	return !reading->host->ops->name_id(reading->host, group, name, id);
}

static int read_file(struct reading *reading)
{
	const char *path = reading->req->option[OPTION_FROM];
	char why[256] = "";
	int ret;

	ret = record_load(path, &reading->layout, &reading->snap, why);
	if (!ret) {
		reading->open = true;
		return STATUS_OK;
	}
	if (!strcmp(path, "-"))
		path = "standard input";
	complain("%s: %s", path, *why ? why : strerror(-ret));
	return STATUS_FAILED;
}

static int read_host(struct reading *reading)
{
	struct teller teller;
	struct progress *progress = teller_init(&teller, reading->req);
	int ret;

	ret = collect(reading->host, &reading->query, &reading->layout,
		      &reading->snap, progress);
	if (progress)
		teller_end(&teller);
	reading->open = true;
	if (!ret)
		return STATUS_OK;
	complain("cannot read /proc: %s", strerror(-ret));
	return STATUS_FAILED;
}

int parse_threads(const struct request *req, unsigned int *threads)
{
	const char *text = req->option[OPTION_THREADS];
	const char *name = "--threads";
	uint64_t nr;

	*threads = 0;
	if (!text) {
		name = "IPCSCOPE_THREADS";
		text = getenv(name);
	}
	if (!text || !*text)
		return 0;
	if (!num_parse(text, &nr) || !nr || nr > 1024)
		return misused("%s takes a number from 1 to 1024, not '%s'",
			       name, text);
	*threads = (unsigned int)nr;
	return 0;
}

int reading_run(struct reading *reading)
{
	int status = parse_threads(reading->req, &reading->query.threads);

	if (status)
		return status;
	query_plan(&reading->query);
	if (reading->details)
		reading->query.parts |= NEED(PROCS) | NEED(DETAILS);
	if (!reading->parts)
		reading->parts = reading->query.parts;
	status = reading->host ? read_host(reading) : read_file(reading);
	if (!status && asked(reading->req, OPTION_ASSUME_COMPLETE))
		reading->snap.host.first_pid_ns = true;
	return status;
}

/* Parts read process by process. */
#define OF_PROCESSES	(NEED(PROCS) | NEED(FDS) | NEED(ACCESS) | \
			 NEED(FDINFO) | NEED(MAPS) | NEED(CALLS))

static uint32_t parts_in_doubt(const struct snapshot *snap,
			       const struct object *obj)
{
	const struct object_kind *kind = object_kinds[obj->class];
	uint32_t parts = 0;
	bool unsure;

	object_state(snap, obj, &unsure);
	if (unsure)
		parts |= kind->waits_by;
	if (!object_users_complete(snap, obj))
		parts |= kind->users_by | kind->access_by;
	return parts;
}

void reading_narrow(struct reading *reading, uint32_t classes,
		    const struct rows *rows)
{
	const struct snapshot *snap = &reading->snap;
	uint32_t parts = ~(uint32_t)OF_PROCESSES;
	enum class_id class;
	const uint32_t *row;

	for (class = 0; class < NR_CLASSES; class++) {
		if (classes >> class & 1)
			parts |= object_kinds[class]->listed_by;
	}
	vec_for_each(row, rows)
		parts |= parts_in_doubt(snap, &snap->objects.at[*row]);
	if (parts & OF_PROCESSES)
		parts |= NEED(PROCS);
	reading->parts &= parts;
}

static void warn(void *arg, const char *line)
{
	(void)arg;
	complain("%s", line);
}

bool reading_lacks(const struct reading *reading, uint32_t parts)
{
	const struct warning *warning;

	vec_for_each(warning, &reading->snap.warnings) {
		if (parts >> warning->part & 1 && !warning->unsupported)
			return true;
	}
	return false;
}

int reading_warn(const struct reading *reading, int status)
{
	render_warnings(&reading->snap, reading->parts, warn, NULL);
	if (!status && asked(reading->req, OPTION_STRICT) &&
	    reading_lacks(reading, reading->parts))
		return STATUS_INCOMPLETE;
	return status;
}

void reading_free(struct reading *reading)
{
	if (reading->open)
		snapshot_free(&reading->snap);
	reading->open = false;
}
