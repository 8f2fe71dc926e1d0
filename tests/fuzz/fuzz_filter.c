// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "ipcscope/filter.h"
#include "ipcscope/text.h"
#include "sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool lookup(void *arg, bool group, const char *name, uint32_t *id)
{
	(void)arg;
	(void)group;
	*id = (unsigned char)name[0];
	return *id & 1;
}

/* One of the two at most, and nothing of a class that was ruled out. */
static void match_all(const struct sample *sample, const struct filter *filter,
		      const struct filter *negated)
{
	uint64_t classes = filter_classes(filter);
	const struct object *obj;

	vec_for_each(obj, &sample->snap.objects) {
		bool yes = filter_match(filter, &sample->snap, obj);

		must(!yes || classes >> obj->class & 1);
		must(!negated || !yes ||
		     !filter_match(negated, &sample->snap, obj));
	}
}

static void check_error(const struct filter_error *error, size_t len)
{
	size_t text = strlen(error->text);

	must(text > 0 && text < sizeof(error->text));
	must(!memchr(error->text, '\n', text));
	must(!memchr(error->text, '\x1b', text));
	must(error->at <= len && error->len > 0);
	must(error->at + error->len <= len + 1);
	must(!error->has_also || error->also < len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sample sample;
	struct filter *filter, *negated;
	struct filter_error error;
	struct arena arena = {};
	struct fieldset set = {};
	struct buf expr = {};

	if (!sample.snap.finished)
		sample_init(&sample);
	buf_add(&expr, data, size);
	filter = filter_parse(expr.data, &arena, size & 1 ? lookup : NULL, NULL,
			      &error);
	if (!filter) {
		check_error(&error, strlen(expr.data));
	} else {
		filter_fields(filter, &set);
		must(filter_pid(filter) >= 0);
		buf_reset(&expr);
		buf_puts(&expr, "not (");
		buf_add(&expr, data, strnlen((const char *)data, size));
		buf_puts(&expr, ")");
		negated = filter_parse(expr.data, &arena,
				       size & 1 ? lookup : NULL, NULL, &error);
		match_all(&sample, filter, negated);
		filter_free(negated);
		filter_free(filter);
	}
	buf_free(&expr);
	arena_free(&arena);
	return 0;
}
