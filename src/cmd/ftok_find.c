// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose key is that? */
#include <string.h>
#include <sys/stat.h>

#include "ftok.h"
#include "keyfiles/ftok.h"
#include "ipcscope/json.h"
#include "keyfiles/keyfiles.h"
#include "ipcscope/text.h"

#define MOST_ENTRIES	5000000
#define MOST_SKIPPED	3	/* file systems that are named */

struct ftok_listing {
	const struct ftok *ftok;
	const struct key_search *search;
};

static void ftok_add_pid(struct pids *pids, pid_t pid)
{
	const pid_t *known;

	vec_for_each(known, pids) {
		if (*known == pid)
			return;
	}
	*vec_add(pids) = pid;
}

/* A pid that an object names, if that is still the same process. */
static void ftok_add_named(struct pids *pids, const struct snapshot *snap,
			   const struct object *obj, enum field_id field,
			   enum field_id when)
{
	uint64_t pid, since = 0;
	struct value alive;

	if (!object_num(snap, obj, field, &pid) || !pid)
		return;
	object_num(snap, obj, when, &since);
	alive = process_alive(snap, (pid_t)pid, (int64_t)since);
	if (alive.known == KNOWN_YES && alive.num)
		ftok_add_pid(pids, (pid_t)pid);
}

/* Whoever made the objects, then who uses them or did. */
static void ftok_find_pids(const struct ftok *ftok, struct pids *pids)
{
	const struct snapshot *snap = &ftok->session.picture.snap;
	const struct sems *sems;
	const struct edge *edge;
	const uint32_t *row;
	uint32_t i;

	vec_for_each(row, &ftok->session.rows) {
		const struct object *obj = &snap->objects.at[*row];

		ftok_add_named(pids, snap, obj, FIELD_CPID, FIELD_CTIME);
		for_each_object_edge(edge, i, snap, obj) {
			if (edge->process != NO_INDEX)
				ftok_add_pid(pids, snap->processes.at[edge->process].pid);
		}
		ftok_add_named(pids, snap, obj, FIELD_LPID, FIELD_DTIME);
		ftok_add_named(pids, snap, obj, FIELD_LSPID, FIELD_STIME);
		ftok_add_named(pids, snap, obj, FIELD_LRPID, FIELD_RTIME);
		sems = object_sems(snap, obj);
		for (i = 0; sems && i < sems->nr; i++) {
			if (sems->sem[i].detailed && sems->sem[i].pid)
				ftok_add_pid(pids, sems->sem[i].pid);
		}
	}
}

static void ftok_put_why(struct buf *to, const struct ftok *ftok,
			 const struct key_file *file)
{
	const struct snapshot *snap = &ftok->session.picture.snap;
	uint32_t process = snapshot_find_pid(snap, file->pid);
	bool named = file->near == NEAR_USED || file->near == NEAR_USER;

	if (named)
		buf_puts(to, file->near == NEAR_USED ? "in use by " : "near ");
	if (named && process != NO_INDEX)
		render_process(to, &snap->processes.at[process]);
	else if (named)
		buf_printf(to, "?[%d]", file->pid);
	if (file->younger)
		buf_printf(to, "%syounger than the object", to->len ? "; " : "");
	if (!to->len)
		buf_putc(to, '-');
}

static void ftok_file_row(struct cells *cells, const struct sheet *sheet, uint32_t row)
{
	const struct ftok_listing *listing = sheet->arg;
	const struct key_file *file = &listing->search->files.at[row];
	struct buf why = {};

	cells_text(cells, text_file_type(file->st.mode));
	host_put_name(&live_host, false, file->st.uid, cells->text);
	cells_end(cells, NULL);
	ftok_put_why(&why, listing->ftok, file);
	cells_text(cells, why.data);
	render_name(cells->text, file->path);
	cells_end(cells, NULL);
	buf_free(&why);
}

static void ftok_print_files(struct buf *out, const struct ftok *ftok,
			     const struct key_search *search)
{
	static const struct column columns[] = {
		{ "TYPE", ALIGN_LEFT, 0 }, { "OWNER", ALIGN_LEFT, 0 },
		{ "WHY", ALIGN_LEFT, 0 }, { "PATH", ALIGN_LEFT, 0 },
	};
	const struct ftok_listing listing = { ftok, search };
	const struct sheet sheet = {
		.columns = columns, .nr_columns = ARRAY_SIZE(columns),
		.nr = search->files.nr, .row = ftok_file_row, .arg = &listing,
	};

	render_sheet(out, &ftok->session.view, &sheet);
}

static void ftok_print_json(struct buf *out, const struct ftok *ftok,
			    const struct key_search *search)
{
	static const char *const near[] = {
		[NEAR_USED] = "used", [NEAR_GIVEN] = "given",
		[NEAR_USER] = "user", [NEAR_ROOT] = "root",
	};
	struct json json = { .to = out };
	const struct key_file *file;

	ftok_json_begin(&json, ftok);
	json_u64(&json, "project", ftok_id(ftok->key));
	json_open(&json, "files", '[');
	vec_for_each(file, &search->files) {
		json_open(&json, NULL, '{');
		json_bytes(&json, "path", file->path->data, file->path->len);
		ftok_json_stat(&json, &file->st);
		json_text(&json, "type", text_file_type(file->st.mode));
		json_u64(&json, "uid", file->st.uid);
		json_text(&json, "near", near[file->near]);
		if (file->pid)
			json_i64(&json, "pid", file->pid);
		json_bool(&json, "younger", file->younger);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_bool(&json, "complete", !search->stopped && !search->unread &&
		  !search->skipped.nr);
	ftok_json_end(&json, ftok);
}

/* What was not looked at. */
static void ftok_warn(const struct key_search *search)
{
	struct buf list = {};
	uint32_t i;

	for (i = 0; i < search->skipped.nr && i < MOST_SKIPPED; i++) {
		const struct key_skipped *skipped = &search->skipped.at[i];

		buf_puts(&list, i ? ", " : "");
		text_escape(&list, skipped->path->data, skipped->path->len);
		buf_printf(&list, " (%s)", skipped->type->data);
	}
	if (search->skipped.nr > i)
		buf_printf(&list, " and %u more", search->skipped.nr - i);
	if (list.len)
		complain("not searched: %s", list.data);
	buf_reset(&list);
	if (search->unread) {
		text_escape(&list, search->first_unread->data, search->first_unread->len);
		complain("%u %s could not be read, first %s: %s",
			 search->unread, search->unread == 1 ? "directory" :
			 "directories", list.data, strerror(search->unread_err));
	}
	if (search->stopped) {
		buf_reset(&list);
		num_grouped(&list, search->most);
		complain("stopped after %s entries: name a directory to search", list.data);
	}
	buf_free(&list);
}

static void ftok_print_text(struct buf *out, const struct ftok *ftok,
			    const struct key_search *search)
{
	uint8_t id = ftok_id(ftok->key);

	buf_printf(out, "0x%08x: id %u", ftok->key, id);
	if (id > ' ' && id < 0x7f)
		buf_printf(out, " ('%c')", id);
	buf_printf(out, ", device ...%02x, inode ...%04x\n",
		   ftok_dev(ftok->key), ftok_ino(ftok->key));
	ftok_objects(out, ftok);
	if (ftok->session.rows.nr && search->files.nr)
		buf_putc(out, '\n');
	if (search->files.nr)
		ftok_print_files(out, ftok, search);
}

int ftok_find(struct ftok *ftok)
{
	const struct request *req = ftok->session.req;
	const struct snapshot *snap = &ftok->session.picture.snap;
	struct buf *out = &ftok->session.out;
	struct progress_meter meter;
	struct key_search search = {
		.host = &live_host, .most = MOST_ENTRIES, .key = ftok->key,
		.dirs = (const char *const *)req->args,
		.nr_dirs = (uint32_t)req->nr_args,
		.progress = progress_meter_init(&meter, req),
	};
	struct pids pids = {};
	const uint32_t *row;
	int status;

	/* No file that is younger than all of them gave the key to any. */
	vec_for_each(row, &ftok->session.rows) {
		uint64_t ctime;

		if (object_num(snap, &snap->objects.at[*row], FIELD_CTIME, &ctime) &&
		    (int64_t)ctime > search.since)
			search.since = (int64_t)ctime;
	}
	ftok_find_pids(ftok, &pids);
	search.pids = pids.at;
	search.nr_pids = pids.nr;
	key_search_run(&search);
	if (search.progress)
		progress_meter_end(&meter);
	if (ftok->session.view.format == FORMAT_JSON)
		ftok_print_json(out, ftok, &search);
	else
		ftok_print_text(out, ftok, &search);
	status = output_finish(out);
	ftok_warn(&search);
	if (!status && !search.files.nr) {
		complain("no file found that can have given 0x%08x: it may be gone, or the key a number that a program chose",
			 ftok->key);
		status = STATUS_FAILED;
	}
	key_search_free(&search);
	vec_free(&pids);
	return status;
}
