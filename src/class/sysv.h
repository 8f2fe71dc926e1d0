/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLASS_SYSV_H
#define CLASS_SYSV_H

/* What the three System V classes share. */

#include "class.h"

/* One object as either source tells it. */
struct sysv_line {
	struct sysv_stat st;
	uint64_t rss, swap;
	bool has_rss;		/* only the text knows */
};

struct sysv_table {
	enum class_id class;
	enum sysv_kind kind;
	const char *path;	/* /proc/sysvipc/... */
	const char *id;		/* the id's column there */
	/* Fields that only the text has; FIELD_NONE ends. */
	enum field_id text_only[3];
	/* Whether the text lacks a field that is wanted. */
	enum field_id stat_only;
	/* Sets what is special about the class. */
	void (*fill)(struct snapshot *snap, uint32_t object,
		     const struct sysv_line *line);
};

/*
 * Adds one object for each in the table: by *_STAT_ANY, or by the text of
 * /proc/sysvipc if only that has what is asked or few ids of many are in use.
 */
void sysv_list(struct collector *col, const struct sysv_table *table);

#endif
