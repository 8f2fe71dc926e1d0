// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/session.h"

static session_fn schema_print;

const struct command command_schema = {
	.name	 = "schema",
	.args	 = "",
	.help	 = "classes, their REFs and fields, for programs",
	.details = "Lists the classes: the form of a REF, and the fields of -o, --where and JSON.",
	.takes	 = { TAKES(CSV), TAKES(RAW), TAKES(NO_HEADING) },
	.more	 = true,
	.print	 = schema_print,
};

static void schema_row(struct cells *cells, const struct sheet *sheet, uint32_t class)
{
	enum field_id field;
	uint32_t needs, nr = 0;

	cells_text(cells, class_infos[class]->name);
	cells_text(cells, class_infos[class]->refs);
	for_each_field(field) {
		if (field_is_public(field) && class_has(class_infos[class], field, &needs))
			buf_printf(cells->text, nr++ ? ",%s" : "%s", fields[field].name);
	}
	cells_end(cells, NULL);
}

static int schema_print(struct session *session)
{
	static const struct column all[] = { { "CLASS", 0, 0 }, { "REF", 0, 0 }, { "FIELDS", 0, 0 } };

	render_sheet(&session->out, &session->view, &(const struct sheet){
		     .columns = all, .nr_columns = ARRAY_SIZE(all), .nr = NR_CLASSES,
		     .row = schema_row });
	return 0;
}
