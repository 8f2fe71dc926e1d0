// SPDX-License-Identifier: GPL-2.0-or-later
/* library EXPR: prints the REFs of the POSIX shared memory objects for which EXPR is
 * true. Stands on include/ and libipcscope.a alone. */
#include <ipcscope/ipcscope.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	static const enum field_id columns[] = { FIELD_REF };
	struct view view = { .format = FORMAT_RAW, .columns = columns, .nr_columns = 1 };
	struct query query = { .classes = A_CLASS(pshm) };
	struct fieldset wanted = {};
	struct filter_error error;
	struct snapshot snap = {};
	struct layout layout;
	struct arena arena = {};
	struct buf out = { .to = stdout };
	struct filter *filter;
	enum field_id field;
	uint32_t i;

	filter = filter_parse(argc == 2 ? argv[1] : "", &arena, NULL, NULL, &error);
	if (!filter) {
		fprintf(stderr, "%s\n", error.text);
		arena_free(&arena);
		return 2;
	}
	filter_fields(filter, &wanted);
	query_add_field(&query, FIELD_REF);
	for_each_field(field) {
		if (fieldset_has(&wanted, field))
			query_add_field(&query, field);
	}
	if (collect(&live_host, &query, &layout, &snap, NULL))
		return 1;
	for (i = 0; i < snap.objects.nr; i++) {
		if (filter_match(filter, &snap, &snap.objects.at[i]))
			render_objects(&out, &view, &snap, &i, 1);
	}
	buf_flush(&out);
	buf_free(&out);
	snapshot_free(&snap);
	filter_free(filter);
	arena_free(&arena);
	return 0;
}
