/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_JUDGING_H
#define CMD_JUDGING_H

/* What the commands share that judge what is left behind. */

#include "ipcscope/analyse.h"
#include "select.h"

#define TAKES_JUDGING	(TAKES(PATH) | TAKES(PROFILE_DIR))

struct json;

struct assessment {
	struct arena arena;
	struct profiles profiles;
	struct VEC(const char *) paths;
	struct findings findings;
};

/* Reads the profiles and takes the options; a status, complaints are out. A
 * profile that is wrong is STATUS_FAILED: nothing may be removed. */
int assessment_open(struct assessment *assessment, const struct request *req);
/* Adds what must be known of reading->query.classes. REFs of paths (@sel may
 * be NULL) are looked at wherever they are. Before reading_run(). */
void assessment_query(struct assessment *assessment, const struct selection *sel,
		      struct query *query);
/* Fills judging->findings: of each row, in that order. @test: tries to connect
 * to socket paths that no live socket is bound to, if @reading is live. */
void assessment_run(struct assessment *assessment, struct picture *picture,
		    const struct rows *rows, bool test);
/* How many of them may be left behind: stale or suspect. */
uint32_t assessment_left(const struct assessment *assessment);
void assessment_free(struct assessment *assessment);

/* The profiles of /etc or --profile-dir, and those that come with the program; a
 * status. */
int profiles_load(const struct request *req, struct profiles *profiles);

/* How many of each verdict, and what could be got back, by owner. */
void stale_foot(struct buf *to, const struct view *view,
		const struct snapshot *snap, const struct findings *findings,
		const uint32_t count[NR_VERDICTS]);
/* "stale":{...} of the JSON contract. */
void assessment_json(struct json *json, const struct finding *finding);
/* Colour of a verdict, or NULL. */
const char *verdict_color(enum verdict verdict);

#endif
