// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <strings.h>

#include "ipcscope/text.h"

#define WORD_MAX	32u	/* longer ones are no typing errors of ours */

static bool nearest_same_letter(char a, char b)
{
	if (a >= 'A' && a <= 'Z')
		a += 'a' - 'A';
	if (b >= 'A' && b <= 'Z')
		b += 'a' - 'A';
	return a == b;
}

static unsigned int nearest_least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Damerau and Levenshtein's, no part edited twice. */
static unsigned int nearest_word_distance(const char *a, size_t len_a, const char *b, size_t len_b)
{
	unsigned int rows[3][WORD_MAX + 1];
	unsigned int *before = rows[0], *last = rows[1], *row = rows[2];
	unsigned int *free_row;
	size_t i, j;

	for (j = 0; j <= len_b; j++)
		last[j] = (unsigned int)j;
	for (i = 1; i <= len_a; i++) {
		row[0] = (unsigned int)i;
		for (j = 1; j <= len_b; j++) {
			row[j] = last[j - 1] + !nearest_same_letter(a[i - 1], b[j - 1]);
			row[j] = nearest_least(row[j], nearest_least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && nearest_same_letter(a[i - 1], b[j - 2]) &&
			    nearest_same_letter(a[i - 2], b[j - 1]))
				row[j] = nearest_least(row[j], before[j - 2] + 1);
		}
		free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[len_b];
}

const char *text_nearest(const char *text, const char *(*word)(const void *arg, size_t i),
			 const void *arg, size_t nr)
{
	size_t len = strlen(text);
	unsigned int limit = len < 2 ? 0 : len < 6 ? 1 : len < 9 ? 2 : 3;
	unsigned int best = limit + 1;
	const char *found = NULL;
	const char *candidate;
	unsigned int distance;
	size_t i;

	if (!len || len > WORD_MAX)
		return NULL;
	for (i = 0; i < nr; i++) {
		candidate = word(arg, i);
		if (!candidate || strlen(candidate) > WORD_MAX)
			continue;
		distance = nearest_word_distance(text, len, candidate, strlen(candidate));
		/* Only begun, but unmistakably. */
		if (len >= 3 && !strncasecmp(text, candidate, len))
			distance = nearest_least(distance, limit);
		if (distance < best) {
			best = distance;
			found = candidate;
		}
	}
	return found;
}
