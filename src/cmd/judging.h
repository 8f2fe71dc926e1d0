/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_JUDGING_H
#define CMD_JUDGING_H

/* What the commands share that judge what is left behind. */

#include "ipcscope/analyse.h"
#include "select.h"

#define TAKES_JUDGING	(TAKES(PATH) | TAKES(PROFILE_DIR))

struct json;

struct judging {
	struct arena arena;
	struct profiles profiles;
	struct VEC(const char *) paths;
	struct findings findings;
};

/* Reads the profiles and takes the options; a status, complaints are out. A
 * profile that is wrong is STATUS_FAILED: nothing may be removed. */
int judging_open(struct judging *judging, const struct request *req);
/* Adds what must be known of reading->query.classes. REFs of paths (@sel may
 * be NULL) are looked at wherever they are. Before reading_run(). */
void judging_query(struct judging *judging, const struct selection *sel,
		   struct query *query);
/* Fills judging->findings: of each row, in that order. @test: tries to connect
 * to socket paths that no live socket is bound to, if @reading is live. */
void judging_run(struct judging *judging, struct reading *reading,
		 const struct rows *rows, bool test);
/* How many of them may be left behind: stale or suspect. */
uint32_t judging_left(const struct judging *judging);
void judging_free(struct judging *judging);

/* The profiles of /etc or --profile-dir, and those that come with the program; a
 * status. */
int profiles_load(const struct request *req, struct profiles *profiles);

/* How many of each verdict, and what could be got back, by owner. */
void stale_foot(struct buf *to, const struct view *view,
		const struct snapshot *snap, const struct findings *findings,
		const uint32_t count[NR_VERDICTS]);
/* "stale":{...} of the JSON contract. */
void judging_json(struct json *json, const struct finding *finding);
/* Colour of a verdict, or NULL. */
const char *verdict_color(enum verdict verdict);

#endif
