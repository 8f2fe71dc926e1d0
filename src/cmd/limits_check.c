// SPDX-License-Identifier: GPL-2.0-or-later
/* One line for monitoring: Nagios and its like. */
#include "limits.h"

#include <string.h>

static bool is_judged(const struct limit_pressure *p)
{
	enum limit_kind kind = limit_infos[p->limit].kind;

	return kind != KIND_VALUE && kind != KIND_SIZE;
}

static bool is_unknown(const struct limit_pressure *p)
{
	return is_judged(p) && (!p->max_known || (p->has_max && !p->known));
}

static bool any_reaches(const struct limits *limits, unsigned int percent)
{
	const struct limit_pressure *p;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (limit_pressure_reaches(p, percent))
			return true;
	}
	return false;
}

enum check_status limits_check(const struct limits *limits)
{
	const struct limit_pressure *p;

	if (any_reaches(limits, limits->critical))
		return CHECK_CRITICAL;
	vec_for_each(p, &limits->limit_pressures.all) {
		if (is_unknown(p))
			return CHECK_UNKNOWN;
	}
	return any_reaches(limits, limits->warning) ? CHECK_WARNING : CHECK_OK;
}

/* "msgmnb 97.7% (msg:32772)"; a bar would end the text. */
static void put_one(struct buf *to, const struct limits *limits,
		    const struct limit_pressure *p)
{
	struct buf who = {};
	size_t i;

	buf_printf(to, "%s ", limit_infos[p->limit].name);
	limits_percent(to, p);
	if (p->nr_holders)
		limits_holders(&who, limits, p, 40);
	if (who.len)
		buf_puts(to, " (");
	for (i = 0; i < who.len; i++) {
		if (who.data[i] == '|')
			buf_puts(to, "\\x7c");
		else
			buf_putc(to, who.data[i]);
	}
	if (who.len)
		buf_putc(to, ')');
	buf_free(&who);
}

static void put_reaching(struct buf *to, const struct limits *limits, unsigned int percent)
{
	const struct limit_pressure *p;
	const char *gap = "";

	vec_for_each(p, &limits->limit_pressures.all) {
		if (!limit_pressure_reaches(p, percent))
			continue;
		buf_puts(to, gap);
		put_one(to, limits, p);
		gap = ", ";
	}
}

static void put_unknown(struct buf *to, const struct limits *limits)
{
	const char *gap = "not known: ";
	const struct limit_pressure *p;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (!is_unknown(p))
			continue;
		buf_printf(to, "%s%s", gap, limit_infos[p->limit].name);
		gap = ", ";
	}
}

static void put_fullest(struct buf *to, const struct limits *limits)
{
	const struct limit_pressure *p;

	vec_for_each(p, &limits->limit_pressures.all) {
		if (!is_judged(p) || !p->known || !p->has_max)
			continue;
		buf_puts(to, "fullest: ");
		put_one(to, limits, p);
		return;
	}
	buf_puts(to, "no limit that is used up");
}

/* 'label'=value[UOM];warn;crit;min;max */
static void put_data(struct buf *to, const struct limits *limits,
		     const struct limit_pressure *p)
{
	const struct limit_info *info = &limit_infos[p->limit];
	const char *quote = strchr(info->name, ' ') ? "'" : "";

	buf_printf(to, " %s%s%s=", quote, info->name, quote);
	if (!p->known) {
		buf_putc(to, 'U');
		return;
	}
	buf_u64(to, p->used);
	buf_puts(to, limit_is_bytes(p->limit) ? "B;" : ";");
	if (p->has_max && is_judged(p))
		buf_u64(to, (uint64_t)((unsigned __int128)p->max * limits->warning / 100));
	buf_putc(to, ';');
	if (p->has_max && is_judged(p))
		buf_u64(to, (uint64_t)((unsigned __int128)p->max * limits->critical / 100));
	buf_puts(to, ";0;");
	if (p->has_max)
		buf_u64(to, p->max);
}

/* In an order that stays. */
static void put_all_data(struct buf *to, const struct limits *limits)
{
	const struct limit_pressure *p;
	enum limit_id limit;

	buf_puts(to, " |");
	for (limit = 0; limit < NR_LIMITS; limit++) {
		vec_for_each(p, &limits->limit_pressures.all) {
			if (p->limit == limit && limit_infos[limit].kind != KIND_VALUE)
				put_data(to, limits, p);
		}
	}
	buf_putc(to, '\n');
}

void limits_check_line(struct buf *to, const struct limits *limits)
{
	static const char *const words[] = {
		[CHECK_OK] = "OK", [CHECK_WARNING] = "WARNING",
		[CHECK_CRITICAL] = "CRITICAL", [CHECK_UNKNOWN] = "UNKNOWN",
	};
	enum check_status status = limits_check(limits);

	buf_printf(to, "IPC %s - ", words[status]);
	if (status == CHECK_UNKNOWN)
		put_unknown(to, limits);
	else if (status == CHECK_OK)
		put_fullest(to, limits);
	else
		put_reaching(to, limits, status == CHECK_CRITICAL ?
			     limits->critical : limits->warning);
	put_all_data(to, limits);
}
