// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ipcscope/text.h"
#include "ipcscope/vec.h"

#define MINUTE	60u
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)
#define WEEK	(7 * DAY)
#define YEAR	(365 * DAY)

unsigned int num_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A' + 10);
	return 16;
}

static bool num_digits(const char **text, unsigned int base, uint64_t *num)
{
	const char *at = *text;
	uint64_t sum = 0;
	unsigned int digit;

	for (; (digit = num_digit(*at)) < base; at++) {
		if (__builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return false;
	}
	if (at == *text)
		return false;
	*text = at;
	*num = sum;
	return true;
}

bool num_u64(const char **text, uint64_t *num)
{
	return num_digits(text, 10, num);
}

bool num_hex(const char **text, uint64_t *num)
{
	return num_digits(text, 16, num);
}

bool num_octal(const char **text, uint64_t *num)
{
	return num_digits(text, 8, num);
}

bool num_i64(const char **text, int64_t *num)
{
	bool negative = **text == '-';
	const char *at = *text + negative;
	uint64_t abs;

	if (!num_u64(&at, &abs) || abs > (uint64_t)INT64_MAX + negative)
		return false;
	*num = negative ? (int64_t)-abs : (int64_t)abs;
	*text = at;
	return true;
}

bool num_parse(const char *text, uint64_t *num)
{
	unsigned int base = 10;
	uint64_t value;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1]) {
		base = 8;
		text++;
	}
	if (!num_digits(&text, base, &value) || *text)
		return false;
	*num = value;
	return true;
}

/* "12", "1.5": *@whole and *@part / *@scale, and *@text behind it. */
static bool num_decimal(const char **text, uint64_t *whole, uint64_t *part, uint64_t *scale)
{
	const char *at = *text;

	if (!num_u64(&at, whole))
		return false;
	*part = 0;
	*scale = 1;
	if (*at == '.') {
		at++;
		if (num_digit(*at) >= 10)
			return false;
		for (; num_digit(*at) < 10; at++) {
			if (*scale >= 1000)
				continue;
			*part = *part * 10 + num_digit(*at);
			*scale *= 10;
		}
	}
	*text = at;
	return true;
}

static bool num_times(uint64_t whole, uint64_t part, uint64_t scale,
		      uint64_t unit, uint64_t *num)
{
	uint64_t product, rest;

	/* Up to 1000 * 2^60: in two steps. */
	rest = unit / scale * part + unit % scale * part / scale;
	if (__builtin_mul_overflow(whole, unit, &product) ||
	    __builtin_add_overflow(product, rest, &product))
		return false;
	*num = product;
	return true;
}

bool num_parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "BbKkMmGgTtPpEe";
	uint64_t whole, part, scale;
	const char *unit = units;

	if (!num_decimal(&text, &whole, &part, &scale))
		return false;
	if (*text) {
		unit = strchr(units, *text++);
		if (!unit)
			return false;
	}
	if (unit - units >= 2 && (!strcmp(text, "B") || !strcmp(text, "iB")))
		text = "";
	if (*text || (unit - units < 2 && scale > 1))
		return false;
	return num_times(whole, part, scale, 1ull << (10 * ((unit - units) / 2)), bytes);
}

bool num_parse_age(const char *text, uint64_t *secs)
{
	static const struct {
		char letter;
		uint32_t secs;
	} units[] = {
		{ 's', 1 }, { 'm', MINUTE }, { 'h', HOUR }, { 'd', DAY },
		{ 'w', WEEK }, { 'y', YEAR },
	};
	uint64_t whole, part, scale;
	size_t i;

	if (!num_decimal(&text, &whole, &part, &scale))
		return false;
	if (!*text && scale == 1) {
		*secs = whole;
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (text[0] == units[i].letter && !text[1])
			return num_times(whole, part, scale, units[i].secs, secs);
	}
	return false;
}

void num_size(struct buf *buf, uint64_t bytes)
{
	unsigned int shift = 0;
	uint64_t tenths;

	if (bytes == NUM_TOO_MUCH)
		buf_putc(buf, '>');
	while (bytes >> shift >= 1024)
		shift += 10;
	if (!shift) {
		buf_u64(buf, bytes);
		if (bytes)
			buf_putc(buf, 'B');
		return;
	}
	tenths = (bytes >> shift) * 10 +
		 (((bytes & ((1ull << shift) - 1)) * 10 + (1ull << (shift - 1))) >> shift);
	/* No room for a decimal in "1023.9K". */
	if (tenths >= 10000)
		tenths = (tenths + 5) / 10 * 10;
	if (tenths >= 10240) {
		tenths = 10;
		shift += 10;
	}
	buf_u64(buf, tenths / 10);
	if (tenths % 10) {
		buf_putc(buf, '.');
		buf_u64(buf, tenths % 10);
	}
	buf_putc(buf, "BKMGTPE"[shift / 10]);
}

void num_age(struct buf *buf, uint64_t secs)
{
	static const struct {
		char letter;
		uint32_t secs, below;
	} units[] = {
		{ 's', 1, 100 }, { 'm', MINUTE, 100 }, { 'h', HOUR, 100 },
		{ 'd', DAY, 1000 }, { 'y', YEAR, UINT32_MAX },
	};
	size_t i = 0;

	while (i < ARRAY_SIZE(units) - 1 && secs / units[i].secs >= units[i].below)
		i++;
	buf_u64(buf, secs / units[i].secs);
	buf_putc(buf, units[i].letter);
}

/* Adds to a *@left below @of, and takes @of away where it is reached: 1 then. */
static unsigned int num_carry(uint64_t *left, uint64_t num, uint64_t of)
{
	bool carry = *left >= of - num;

	*left = carry ? *left - (of - num) : *left + num;
	return carry;
}

uint64_t num_scale(uint64_t value, uint64_t by, uint64_t of)
{
	const uint64_t rest = value % of;
	uint64_t whole, part = 0, left = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		part = 2 * part + num_carry(&left, left, of);
		if (by >> bit & 1)
			part += num_carry(&left, rest, of);
	}
	if (__builtin_mul_overflow(value / of, by, &whole) ||
	    __builtin_add_overflow(whole, part, &whole))
		return UINT64_MAX;
	return whole;
}

/* Of two whole parts that are equal, the rests turned upside down tell. */
int num_compare_ratios(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	if (!b || !d)
		return COMPARE(!b, !d);
	if (a / b != c / d)
		return COMPARE(a / b, c / d);
	return num_compare_ratios(d, c % d, b, a % b);
}

void num_grouped(struct buf *buf, uint64_t num)
{
	char text[27];
	char *at = text + sizeof(text);
	unsigned int digits = 0;

	do {
		if (digits && digits % 3 == 0)
			*--at = ',';
		*--at = (char)('0' + num % 10);
		num /= 10;
		digits++;
	} while (num);
	buf_add(buf, at, (size_t)(text + sizeof(text) - at));
}
