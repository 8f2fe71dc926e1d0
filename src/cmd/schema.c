// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/session.h"

static session_fn schema_print;

const struct command command_schema = {
	.name	 = "schema",
	.args	 = "",
	.help	 = "classes, their REFs and fields, for programs",
	.details = "Lists the classes: the form of a REF, the fields of -o that are for "
		   "tables alone, and those of -o, --where and JSON.",
	.takes	 = { TAKES(CSV), TAKES(RAW), TAKES(NO_HEADING) },
	.more	 = true,
	.print	 = schema_print,
};

static void schema_fields(struct cells *cells, uint32_t class, bool public)
{
	enum field_id field;
	uint64_t needs;
	uint32_t nr = 0;

	for_each_field(field) {
		if (fields[field].source != SOURCE_HIDDEN && field_is_public(field) == public &&
		    class_has(class_infos[class], field, &needs))
			buf_printf(cells->text, nr++ ? ",%s" : "%s", fields[field].name);
	}
	cells_end(cells, NULL);
}

static void schema_row(struct cells *cells, const struct sheet *sheet, uint32_t class)
{
	cells_text(cells, class_infos[class]->name);
	cells_text(cells, class_infos[class]->refs);
	schema_fields(cells, class, false);
	schema_fields(cells, class, true);
}

static int schema_print(struct session *session)
{
	static const struct column all[] = { { "CLASS", 0, 0 }, { "REF", 0, 0 },
					      { "TABLES", 0, 0 }, { "FIELDS", 0, 0 } };

	render_sheet(&session->out, &session->view, &(const struct sheet){
		     .columns = all, .nr_columns = ARRAY_SIZE(all), .nr = NR_CLASSES,
		     .row = schema_row });
	return 0;
}
