// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles, places to look at, and the one question that is put to the
 * kernel about a single object: whether a socket path is dead. */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ipcscope/json.h"

#define PROFILE_DIR	"/etc/ipcscope/profiles.d"

struct loading {
	struct arena arena;
	struct VEC(const char *) names;
};

static int assessment_add_name(void *arg, const char *name, uint64_t ino,
			       unsigned char type)
{
	struct loading *loading = arg;
	size_t len = strlen(name);

	if (len > 5 && name[0] != '.' && !strcmp(name + len - 5, ".conf"))
		/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
		*vec_add(&loading->names) = arena_str(&loading->arena, name, len)->data;
	return 0;
}

static int assessment_compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int assessment_load_file(struct profiles *profiles, const struct host_dir *dir,
				const char *path, const char *name)
{
	struct buf text = {};
	char why[512], file[300];
	int err;

	snprintf(file, sizeof(file), "%s/%s", path, name);
	err = host_trusts(file);
	if (err == -EPERM) {
		complain("%s: others may write to it, or to its directory: its profiles are not read", file);
		return STATUS_USAGE;
	}
	if (!err)
		err = live_host.ops->read_file(&live_host, dir, name, &text);
	if (err)
		complain("%s: %s", file, strerror(-err));
	else if ((err = profiles_parse(profiles, file, text.data, text.len, why)))
		complain("%s", why);
	buf_free(&text);
	return err ? STATUS_FAILED : STATUS_OK;
}

static int assessment_load_dir(struct profiles *profiles, const char *path, bool must)
{
	const struct host *host = &live_host;
	struct loading loading = {};
	struct buf entries = {};
	struct host_dir dir;
	int err, status = STATUS_OK;
	uint32_t i;

	err = host->ops->open_dir(host, NULL, path, &dir);
	if (err == -ENOENT && !must)
		return STATUS_OK;
	if (!err) {
		err = host->ops->read_dir(&dir, &entries, assessment_add_name, &loading);
		if (loading.names.nr)
			qsort(loading.names.at, loading.names.nr,
			      sizeof(loading.names.at[0]), assessment_compare_names);
		for (i = 0; !err && !status && i < loading.names.nr; i++)
			status = assessment_load_file(profiles, &dir, path,
						      loading.names.at[i]);
		host->ops->close_dir(&dir);
	}
	vec_free(&loading.names);
	arena_free(&loading.arena);
	buf_free(&entries);
	if (err)
		complain("%s: %s", path, strerror(-err));
	return err ? STATUS_FAILED : status;
}

int profiles_load(const struct request *req, struct profiles *profiles)
{
	bool named = asked(req, OPTION_PROFILE_DIR);
	char why[512];
	int status;

	status = assessment_load_dir(profiles, named ? req->option[OPTION_PROFILE_DIR].text :
				     PROFILE_DIR, named);
	if (!status && profiles_shipped(profiles, why)) {
		complain("%s", why);
		status = STATUS_FAILED;
	}
	return status;
}

static void assessment_add_path(struct assessment *assessment, const char *path)
{
	/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
	*vec_add(&assessment->paths) = arena_str(&assessment->arena, path,
						 strlen(path))->data;
}

int assessment_open(struct assessment *assessment, const struct request *req,
		    uint64_t classes)
{
	static const char *const places[] = { "/run", "/tmp", "/var/run" };
	const char *const *path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		assessment_add_path(assessment, places[i]);
	if (asked(req, OPTION_PATH)) {
		vec_for_each(path, &req->option[OPTION_PATH].words)
			assessment_add_path(assessment, *path);
	}
	return classes & stale_classes() ? profiles_load(req, &assessment->profiles) : 0;
}

void assessment_query(struct assessment *assessment, const struct selection *sel,
		      struct query *query)
{
	const struct ref_use *use;

	vec_for_each(use, &sel->refs) {
		if (use->ref.form == REF_NAME && use->ref.name &&
		    use->ref.classes & (A_CLASS(fifo) | A_CLASS(unix)))
			assessment_add_path(assessment, use->ref.name->data);
	}
	query->paths = assessment->paths.at;
	query->nr_paths = assessment->paths.nr;
	stale_query(query, &assessment->profiles);
}

void assessment_test(struct picture *picture, const struct rows *rows)
{
	const struct host *host = picture->host;
	struct snapshot *snap = &picture->snap;
	struct stale_paths paths = {};
	const uint32_t *path;

	stale_untested(snap, rows->at, rows->nr, &paths);
	vec_for_each(path, &paths) {
		const struct object *obj = &snap->objects.at[*path];
		const struct host_stat st = { .dev = obj->key.ns, .ino = obj->key.id };
		int ret = host->ops->connect_test(host, object_str(snap, obj, FIELD_NAME)->data,
						  &st);

		if (ret >= 0)
			object_flag(snap, *path, ret ? IS(ANSWERS) : IS(REFUSED));
	}
	vec_free(&paths);
}

void assessment_run(struct assessment *assessment, struct picture *picture,
		    const struct rows *rows, bool test)
{
	if (test && picture->host)
		assessment_test(picture, rows);
	stale_judge(&picture->snap, &assessment->profiles, rows->at, rows->nr, false,
		    &assessment->findings);
}

uint32_t assessment_left(const struct assessment *assessment)
{
	const struct finding *finding;
	uint32_t nr = 0;

	vec_for_each(finding, &assessment->findings.findings)
		nr += finding->verdict <= VERDICT_SUSPECT;
	return nr;
}

void assessment_free(struct assessment *assessment)
{
	findings_free(&assessment->findings);
	profiles_free(&assessment->profiles);
	vec_free(&assessment->paths);
	arena_free(&assessment->arena);
}

void assessment_json_ids(struct json *json, const char *key, const struct finding *finding,
			 enum evidence_side side)
{
	const struct evidence *e;

	json_open(json, key, '[');
	vec_for_each(e, &finding->evidence[side])
		json_str(json, NULL, e->id, strlen(e->id));
	json_close(json, ']');
}

void assessment_json(struct json *json, const struct finding *finding)
{
	static const char *const keys[NR_EVIDENCE_SIDES] = {
		[EVIDENCE_FOR] = "for", [EVIDENCE_AGAINST] = "against",
		[EVIDENCE_UNKNOWN] = "unknown",
	};
	enum evidence_side side;

	json_open(json, "stale", '{');
	json_text(json, "verdict", verdict_infos[finding->verdict].word);
	for (side = 0; side < NR_EVIDENCE_SIDES; side++) {
		const struct evidence *e;

		json_open(json, keys[side], '[');
		vec_for_each(e, &finding->evidence[side])
			json_str(json, NULL, e->sentence->data, e->sentence->len);
		json_close(json, ']');
	}
	json_open(json, "ids", '{');
	for (side = 0; side < NR_EVIDENCE_SIDES; side++)
		assessment_json_ids(json, keys[side], finding, side);
	json_close(json, '}');
	if (finding->profile)
		json_text(json, "profile", finding->profile->name);
	json_close(json, '}');
}

const char *verdict_color(enum verdict verdict)
{
	return verdict_infos[verdict].mood == MOOD_ODD ? "33" :
	       verdict == VERDICT_UNKNOWN ? "2" : NULL;
}
