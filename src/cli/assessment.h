/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_ASSESSMENT_H
#define CLI_ASSESSMENT_H

/* What the commands share that judge what is left behind. */

#include "ipcscope/analyse.h"
#include "select.h"

struct json;

struct assessment {
	struct arena arena;
	struct profiles profiles;
	struct VEC(const char *) paths;
	struct findings findings;
};

/* Takes the options, and reads the profiles if any of @classes can be left
 * behind; @assessment is all zero. A status, complaints are out. A profile that
 * is wrong is STATUS_FAILED: nothing may be removed. */
int assessment_open(struct assessment *assessment, const struct request *req,
		    uint64_t classes);
/* Adds what must be known of query->classes. REFs of paths in @sel are looked
 * at wherever they are. Before picture_read(). */
void assessment_query(struct assessment *assessment, const struct selection *sel,
		      struct query *query);
/* Fills assessment->findings: of each row, in that order. @test: tries to
 * connect to socket paths that no live socket is bound to, if @picture is live. */
void assessment_run(struct assessment *assessment, struct picture *picture,
		    const struct rows *rows, bool test);
/* How many of them may be left behind: stale or suspect. */
uint32_t assessment_left(const struct assessment *assessment);
void assessment_free(struct assessment *assessment);

/* The profiles of /etc or --profile-dir, and those that come with the program; a status. */
int profiles_load(const struct request *req, struct profiles *profiles);

/* "stale":{...} of the JSON contract. */
void assessment_json(struct json *json, const struct finding *finding);
/* Colour of a verdict, or NULL. */
const char *verdict_color(enum verdict verdict);

#endif
