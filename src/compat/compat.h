/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMPAT_COMPAT_H
#define COMPAT_COMPAT_H

/* ipcs, ipcrm and ipcmk as util-linux has them: what their files share. */

#include "cli/command.h"
#include "host/host.h"

extern const struct command command_ipcs, command_ipcrm, command_ipcmk;

/* "ipcs from ipcscope 0.1.0" */
void compat_version(const char *name, struct buf *to);
/* All of @text as a decimal number of 32 bits; -EINVAL, -ERANGE. */
int compat_id(const char *text, int *id);
/* Says that @what ("id argument") could not be parsed; a status. */
int compat_not_parsed(const char *what, const char *text, int err);

enum ipcs_sizes { SIZES_DEFAULT, SIZES_BYTES, SIZES_HUMAN };
enum ipcs_view {
	VIEW_OBJECTS, VIEW_CREATORS, VIEW_LIMITS, VIEW_STATUS, VIEW_TIMES,
	VIEW_PIDS,
};

struct ipcs {
	const struct host *host;
	struct buf out;
	enum ipcs_view view;
	enum ipcs_sizes unit;
	/* The name asked for last, and of whom. */
	struct buf name;
	uint32_t name_id;
	int name_kind;		/* 0: none, 1: user, 2: group */
	bool name_known;
};

/* All of a kind, as ipcs->view says. */
void ipcs_list(struct ipcs *ipcs, enum sysv_kind kind);
void ipcs_limits(struct ipcs *ipcs, enum sysv_kind kind);
void ipcs_status(struct ipcs *ipcs, enum sysv_kind kind);
/* The details of one; a status, complaints are out. */
int ipcs_one(struct ipcs *ipcs, enum sysv_kind kind, int id);

/* "12.1K" or the bytes in @width columns (negative: to the left). */
void ipcs_size(struct ipcs *ipcs, uint64_t bytes, bool human, int width);
/* ctime(3) without its newline from @skip on, "Not set" for 0, in @width
 * columns of which @most are used. */
void ipcs_time(struct ipcs *ipcs, int64_t when, unsigned int skip, int width, int most);

#endif
