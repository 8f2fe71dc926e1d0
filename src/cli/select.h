/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

/* Which objects are meant, and in what order. */

#include "ipcscope/filter.h"
#include "picture.h"

#define REF_SHOWN	4	/* objects an ambiguous REF is explained with */

struct ref_use {
	struct ref ref;
	uint64_t hash;
	uint32_t next;		/* of the same hash */
	uint32_t nr;		/* objects it means */
	uint32_t last;		/* of them; NO_INDEX */
	uint32_t found[REF_SHOWN];
};

struct selection {
	struct arena arena;
	uint64_t named;		/* A_CLASS(): as arguments */
	uint64_t classes;	/* all that can be meant */
	bool by_default;	/* nothing was said about classes */
	struct VEC(struct ref_use) refs;
	struct map ref_index;
	struct VEC(struct filter *) filters;
	struct sort_keys keys;	/* the request's */
	struct VEC(pid_t) pids;	/* the only ones that matter */
};

/* Arguments: classes and REFs, or REFs alone; a status. */
int selection_args(struct selection *sel, const struct request *req, bool refs_only);
/* Filters of the command line; names are looked up in @picture. */
int selection_filters(struct selection *sel, const struct request *req,
		      struct picture *picture);
/* The order, and sel->classes by what the filters can be true for. */
void selection_settle(struct selection *sel, const struct request *req);
/* What filters and order need. After columns_query(). */
void selection_query(struct selection *sel, struct query *query);
/* Whether an argument means it. For query->shown. */
bool selection_names(const void *sel, const struct snapshot *snap,
		     const struct object *obj);
/*
 * The objects, in order. A REF that means none, or several, is complained
 * about: STATUS_FAILED (@rows has the others) or STATUS_USAGE.
 */
int selection_pick(struct selection *sel, const struct picture *picture, struct rows *rows);
void selection_free(struct selection *sel);

/* The filters of @sel, all of them. */
bool selection_matches(const struct selection *sel, const struct snapshot *snap,
		       const struct object *obj);
/* Puts @rows into the order of @keys; the same keep theirs. */
void rows_sort(struct rows *rows, const struct snapshot *snap,
	       const struct sort_key *keys, unsigned int nr_keys);

#endif
