// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers in an expression, as the type of their field has them. */
#include <sys/sysmacros.h>
#include <time.h>

#include "internal.h"
#include "ipcscope/num.h"

static bool two_digits(const char **text, char before, int *num)
{
	const char *at = *text;

	if (before && *at++ != before)
		return false;
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return false;
	*num = (at[0] - '0') * 10 + at[1] - '0';
	*text = at + 2;
	return true;
}

/* A day, or a second of it; in Coordinated Universal Time with a Z. */
static bool parse_date(const char *text, uint64_t *num, uint64_t *last)
{
	struct tm tm = { .tm_isdst = -1 };
	struct tm given;
	uint64_t year;
	bool whole_day = true;
	time_t when;

	if (!num_u64(&text, &year) || year < 1970 || year > 9999 ||
	    !two_digits(&text, '-', &tm.tm_mon) || !two_digits(&text, '-', &tm.tm_mday))
		return false;
	if (*text == 'T' || *text == ' ') {
		whole_day = false;
		if (!two_digits(&text, *text, &tm.tm_hour) ||
		    !two_digits(&text, ':', &tm.tm_min))
			return false;
		if (*text == ':' && !two_digits(&text, ':', &tm.tm_sec))
			return false;
	}
	tm.tm_year = (int)year - 1900;
	tm.tm_mon--;
	given = tm;
	when = *text == 'Z' ? timegm(&tm) : mktime(&tm);
	text += *text == 'Z';
	/* Normalized if it was no date: the 30th of February. */
	if (*text || when < 0 || tm.tm_mon != given.tm_mon ||
	    tm.tm_mday != given.tm_mday || given.tm_hour > 23 ||
	    given.tm_min > 59 || given.tm_sec > 60)
		return false;
	*num = (uint64_t)when;
	*last = *num + (whole_day ? 24 * 60 * 60 - 1 : 0);
	return true;
}

static bool parse_time(const char *text, struct operand *value)
{
	if (!strcmp(text, "never"))
		return true;
	if (parse_date(text, &value->num, &value->last))
		return true;
	if (!num_u64(&text, &value->num) || *text)
		return false;
	value->last = value->num;
	return true;
}

static bool parse_bool(const char *text, uint64_t *num)
{
	*num = !strcmp(text, "true") || !strcmp(text, "yes");
	return *num || !strcmp(text, "false") || !strcmp(text, "no");
}

static bool parse_dev(const char *text, uint64_t *num)
{
	uint64_t major_nr, minor_nr;

	if (!num_u64(&text, &major_nr) || *text++ != ':' ||
	    !num_u64(&text, &minor_nr) || *text ||
	    major_nr > UINT32_MAX || minor_nr > UINT32_MAX)
		return false;
	*num = makedev((unsigned int)major_nr, (unsigned int)minor_nr);
	return true;
}

bool filter_number(enum field_type type, const char *text, struct operand *value)
{
	uint64_t *num = &value->num;
	bool good;

	switch (type) {
	case TYPE_SIZE:
		good = num_parse_size(text, num);
		break;
	case TYPE_TIME:
		return parse_time(text, value);
	case TYPE_AGE:
		good = num_parse_age(text, num);
		if (!strcmp(text, "never")) {
			*num = AGE_NEVER;
			good = true;
		}
		break;
	case TYPE_MODE:
		good = num_octal(&text, num) && !*text;
		break;
	case TYPE_DEV:
		good = parse_dev(text, num);
		break;
	case TYPE_BOOL:
		good = parse_bool(text, num);
		break;
	case TYPE_KEY:
		good = num_parse(text, num) && *num <= UINT32_MAX;
		break;
	default:
		good = num_parse(text, num);
	}
	value->last = value->num;
	return good;
}
