// SPDX-License-Identifier: GPL-2.0-or-later
/* What is known of an object, a line each; values as exact as they are. */
#include <string.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"
#include "show.h"

#define LABEL_WIDTH	11

struct show_field {
	const char *label;
	enum field_id fields[7];	/* told by it; FIELD_NONE ends */
	show_row_fn *put;
};

bool show_get(const struct show_context *show, enum field_id field, struct value *value)
{
	*value = object_value(show->snap, show->obj, field);
	return value->known == KNOWN_YES;
}

bool show_has(const struct show_context *show, enum field_id field)
{
	uint32_t needs;

	return class_has(show->kind, field, &needs) &&
	       object_value(show->snap, show->obj, field).known !=
	       KNOWN_NOT_APPLICABLE;
}

void show_str(struct buf *text, const struct str *str)
{
	text_escape(text, str->data, str->len);
}

/* "8192 bytes (8K)" */
void show_bytes(struct buf *text, uint64_t bytes)
{
	render_count(text, bytes, "byte", "s");
	if (bytes < 1024)
		return;
	buf_puts(text, " (");
	num_size(text, bytes);
	buf_putc(text, ')');
}

void show_row(const struct show_context *show, const char *label, const struct buf *text)
{
	size_t len = strlen(label);

	if (!text->len)
		return;
	buf_puts(show->to, "  ");
	buf_puts(show->to, label);
	buf_pad(show->to, ' ', len < LABEL_WIDTH ? LABEL_WIDTH - len + 1 : 1);
	buf_add(show->to, text->data, text->len);
	buf_putc(show->to, '\n');
}

/* Only where the kernel counts and there is no table to say it. */
static void put_attachments(const struct show_context *show, struct buf *text)
{
	struct value value, found;

	if (!show_get(show, FIELD_ATTACHES, &value)) {
		show_unknown(show, text, FIELD_ATTACHES);
	} else if (!value.num) {
		buf_puts(text, "none (counted by the kernel)");
	} else if (!show_get(show, FIELD_ATTACHES_FOUND, &found) || !found.num) {
		num_grouped(text, value.num);
		buf_puts(text, " unseen (counted by the kernel)");
	}
}

/* Told elsewhere on the screen. */
static void put_nothing(const struct show_context *show, struct buf *text)
{
}

#define END	FIELD_NONE
static const struct show_field show_fields[] = {
	{ "name",	 { FIELD_NAME, END }, show_name },
	{ "key",	 { FIELD_KEY, FIELD_OLD_KEY, END }, show_key },
	{ "owner",	 { FIELD_UID, FIELD_GID, FIELD_CUID, FIELD_CGID, END },
	  show_owner },
	{ "mode",	 { FIELD_MODE, END }, NULL },
	{ "size",	 { FIELD_SIZE, FIELD_RSS, FIELD_SWAP, END }, show_size },
	{ "queue",	 { FIELD_MESSAGES, FIELD_MAXMSG, FIELD_MSGSIZE,
			   FIELD_QBYTES, END }, show_queue },
	{ "contents",	 { FIELD_CAPACITY, END }, show_fill },
	{ "used",	 { FIELD_USED, END }, NULL },
	{ "waiting",	 { FIELD_PENDING, FIELD_BACKLOG, END }, show_backlog },
	{ "peer",	 { FIELD_PEERS, FIELD_PEER_USERS, END }, show_peers },
	{ "creator",	 { FIELD_CPID, END }, show_creator },
	{ "last used",	 { FIELD_ATIME, FIELD_DTIME, FIELD_OTIME, FIELD_STIME,
			   FIELD_RTIME, FIELD_MTIME, END }, show_last_used },
	{ "",		 { FIELD_LPID, FIELD_LSPID, FIELD_LRPID, FIELD_NSEMS,
			   FIELD_VALUES, END }, put_nothing },
	{ "changed",	 { FIELD_CTIME, END }, show_changed },
	{ "made",	 { FIELD_BTIME, END }, show_made },
	{ "namespace",	 { FIELD_IPC_NS, FIELD_NET_NS, END }, show_namespace },
	{ "file",	 { FIELD_DEV, FIELD_INO, FIELD_LINKS, END }, show_file },
	{ "lives",	 { FIELD_PERSISTENCE, END }, show_lives },
	{ "attachments", { FIELD_ATTACHES, END }, put_attachments },
};

static void put_plain(const struct show_context *show, struct buf *text,
		      enum field_id field)
{
	struct value value = object_value(show->snap, show->obj, field);

	if (value.known == KNOWN_NOT)
		show_unknown(show, text, field);
	else if (value.known == KNOWN_NONE)
		buf_puts(text, "none");
	else if (value.known == KNOWN_YES && fields[field].type == TYPE_SIZE)
		show_bytes(text, value.num);
	else
		render_cell(text, show->view, show->snap, show->obj, field);
}

static bool any_is_had(const struct show_context *show, const struct show_field *row)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row->fields) && row->fields[i] != END; i++) {
		if (show_has(show, row->fields[i]))
			return true;
	}
	return false;
}

/* Of SIZE and USED, one row says both. */
static bool is_said_before(const struct show_context *show, const struct show_field *row)
{
	return row->fields[0] == FIELD_USED &&
	       (show_has(show, FIELD_SIZE) || show_has(show, FIELD_MESSAGES) ||
		show_has(show, FIELD_CAPACITY));
}

static void mark_told(struct fieldset *told)
{
	size_t r, i;

	for (r = 0; r < ARRAY_SIZE(show_fields); r++) {
		const enum field_id *list = show_fields[r].fields;

		for (i = 0; i < ARRAY_SIZE(show_fields[r].fields) && list[i] != END;
		     i++)
			fieldset_add(told, list[i]);
	}
}

/* What a class has and no row above tells. */
static void show_others(const struct show_context *show)
{
	struct fieldset told = {};
	struct buf text = {};
	unsigned int i;

	mark_told(&told);
	for (i = 0; i < show->kind->nr_fields; i++) {
		enum field_id field = show->kind->fields[i].field;

		if (fieldset_has(&told, field) || fields[field].source == SOURCE_HIDDEN ||
		    fields[field].type == TYPE_USERS)
			continue;
		buf_reset(&text);
		put_plain(show, &text, field);
		show_row(show, fields[field].name, &text);
	}
	buf_free(&text);
}

void show_rows(const struct show_context *show)
{
	struct buf text = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(show_fields); i++) {
		const struct show_field *row = &show_fields[i];

		/* What no class has a row for stands before where it lives. */
		if (row->fields[0] == FIELD_CTIME)
			show_others(show);
		if (!any_is_had(show, row) || is_said_before(show, row))
			continue;
		buf_reset(&text);
		if (row->put)
			row->put(show, &text);
		else
			put_plain(show, &text, row->fields[0]);
		show_row(show, row->label, &text);
	}
	buf_free(&text);
}
