// SPDX-License-Identifier: GPL-2.0-or-later
/* What is known of an object, a line each; values as exact as they are. */
#include <string.h>

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
	uint64_t needs;

	return class_has(show->kind, field, &needs) &&
	       object_value(show->snap, show->obj, field).known != KNOWN_NOT_APPLICABLE;
}

void show_str(struct buf *text, const struct str *str)
{
	text_escape(text, str->data, str->len);
}

/* "8192 bytes (8K)" */
static void show_bytes(struct buf *text, uint64_t bytes)
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
	if (!text->len)
		return;
	buf_printf(show->to, "  %-*s ", LABEL_WIDTH, label);
	buf_add(show->to, text->data, text->len);
	buf_putc(show->to, '\n');
}

/* Unless the REF says it already. */
static bool show_called(const struct show_context *show, struct buf *text, enum field_id field)
{
	struct buf ref = {}, name = {};
	struct value value;

	if (!show_get(show, field, &value))
		return false;
	show_str(&name, value.str);
	object_ref(&ref, show->snap, show->obj);
	if (name.len && (ref.len < name.len ||
			 memcmp(ref.data + ref.len - name.len, name.data, name.len) != 0))
		buf_add(text, name.data, name.len);
	buf_free(&ref);
	buf_free(&name);
	return text->len;
}

static void show_name(const struct show_context *show, struct buf *text)
{
	uint64_t flags = 0;

	object_num(show->snap, show->obj, FIELD_FLAGS, &flags);
	if (!show_called(show, text, FIELD_NAME))
		return;
	if (flags & IS(PATH_GONE))
		buf_puts(text, " (no longer leads to it)");
	else if (flags & IS_PATH_AWAY)
		buf_puts(text, " (does not lead to it from here)");
}

static void show_names(const struct show_context *show, struct buf *text)
{
	if (object_str(show->snap, show->obj, FIELD_NAMES))
		render_cell(text, show->view, show->snap, show->obj, FIELD_NAMES);
}

static void show_path(const struct show_context *show, struct buf *text)
{
	show_called(show, text, FIELD_PATH);
}

static void show_key(const struct show_context *show, struct buf *text)
{
	struct value key, old;

	if (object_value(show->snap, show->obj, FIELD_KEY).known == KNOWN_NOT)
		show_unknown(show, text, FIELD_KEY);
	else if (show_get(show, FIELD_KEY, &key) && key.num)
		buf_printf(text, "0x%08x (%d)", (uint32_t)key.num, (int32_t)key.num);
	else if (show_get(show, FIELD_OLD_KEY, &old) && old.num)
		buf_printf(text, "none any more; it was 0x%08x", (uint32_t)old.num);
	else
		buf_puts(text, "none (IPC_PRIVATE)");
}

static void show_rows_put_id(const struct show_context *show, struct buf *text,
			     enum field_id id, bool group)
{
	struct value value;
	const struct str *name;

	if (!show_get(show, id, &value)) {
		buf_putc(text, '?');
		return;
	}
	name = snapshot_find_name(show->snap, group, (uint32_t)value.num);
	if (name)
		show_str(text, name);
	else
		buf_u64(text, value.num);
}

static void show_owner(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (!show_get(show, FIELD_UID, &value)) {
		show_unknown(show, text, FIELD_UID);
		return;
	}
	show_rows_put_id(show, text, FIELD_UID, false);
	if (show_has(show, FIELD_GID)) {
		buf_putc(text, ':');
		show_rows_put_id(show, text, FIELD_GID, true);
	}
	if (!show_has(show, FIELD_CUID))
		return;
	buf_puts(text, ", made by ");
	show_rows_put_id(show, text, FIELD_CUID, false);
	if (show_has(show, FIELD_CGID)) {
		buf_putc(text, ':');
		show_rows_put_id(show, text, FIELD_CGID, true);
	}
}

/* ", 0 in memory" */
static void show_rows_put_part(const struct show_context *show, struct buf *text,
			       enum field_id field, const char *what)
{
	struct value value;

	if (!show_has(show, field))
		return;
	buf_puts(text, ", ");
	if (!show_get(show, field, &value))
		buf_putc(text, '?');
	else if (!value.num)
		buf_putc(text, '0');
	else
		num_size(text, value.num);
	buf_puts(text, what);
}

static void show_size(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (show_get(show, FIELD_SIZE, &value))
		show_bytes(text, value.num);
	else
		show_unknown(show, text, FIELD_SIZE);
	show_rows_put_part(show, text, FIELD_RSS, " in memory");
	show_rows_put_part(show, text, FIELD_SWAP, " swapped");
	if (!show_has(show, FIELD_RSS))
		show_rows_put_part(show, text, FIELD_USED, " allocated");
}

/* "2 of 10 messages"; @most FIELD_NONE or not known: "2 messages". */
static void show_rows_put_of(const struct show_context *show, struct buf *text,
			     enum field_id field, enum field_id most, const char *noun)
{
	struct value value, limit;

	if (text->len)
		buf_puts(text, ", ");
	if (show_get(show, field, &value))
		num_grouped(text, value.num);
	else
		buf_putc(text, '?');
	if (most != FIELD_NONE && show_get(show, most, &limit)) {
		buf_puts(text, " of ");
		num_grouped(text, limit.num);
		value.num = limit.num;
	}
	buf_printf(text, " %s%s", noun, value.num == 1 ? "" : "s");
}

static void show_queue(const struct show_context *show, struct buf *text)
{
	struct value value;

	show_rows_put_of(show, text, FIELD_MESSAGES,
	       show_has(show, FIELD_MAXMSG) ? FIELD_MAXMSG : FIELD_NONE, "message");
	if (show_get(show, FIELD_MSGSIZE, &value)) {
		buf_puts(text, " of at most ");
		render_count(text, value.num, "byte", "s");
	}
	if (show_has(show, FIELD_USED) && show_has(show, FIELD_QBYTES))
		show_rows_put_of(show, text, FIELD_USED, FIELD_QBYTES, "byte");
	else if (show_has(show, FIELD_USED))
		show_rows_put_of(show, text, FIELD_USED, FIELD_NONE, "byte");
}

static void show_fill(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (show_get(show, FIELD_USED, &value) || show_get(show, FIELD_CAPACITY, &value)) {
		show_rows_put_of(show, text, FIELD_USED, FIELD_CAPACITY, "byte");
		buf_puts(text, " unread");
	} else {
		show_unknown(show, text, FIELD_CAPACITY);
	}
}

static void show_backlog(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (!show_get(show, FIELD_PENDING, &value) &&
	    !show_get(show, FIELD_BACKLOG, &value))
		return;
	show_rows_put_of(show, text, FIELD_PENDING, FIELD_BACKLOG, "connection");
	buf_puts(text, " not yet accepted");
}

/* Only where the kernel counts and there is no table to say it. */
static void show_rows_put_attachments(const struct show_context *show, struct buf *text)
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
static void show_rows_put_nothing(const struct show_context *show, struct buf *text)
{
}

#define END	FIELD_NONE
static const struct show_field show_fields[] = {
	{ "name",	 { FIELD_NAME, END }, show_name },
	{ "names",	 { FIELD_NAMES, END }, show_names },
	{ "path",	 { FIELD_PATH, END }, show_path },
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
			   FIELD_VALUES, END }, show_rows_put_nothing },
	{ "changed",	 { FIELD_CTIME, END }, NULL },
	{ "made",	 { FIELD_BTIME, END }, NULL },
	{ "namespace",	 { FIELD_IPC_NS, FIELD_NET_NS, END }, show_namespace },
	{ "file",	 { FIELD_DEV, FIELD_INO, FIELD_LINKS, END }, show_file },
	{ "lives",	 { FIELD_PERSISTENCE, END }, show_lives },
	{ "attachments", { FIELD_ATTACHES, END }, show_rows_put_attachments },
};

static void show_rows_put_plain(const struct show_context *show, struct buf *text,
				enum field_id field)
{
	struct value value = object_value(show->snap, show->obj, field);

	if (fields[field].type == TYPE_TIME)
		show_moment(show, text, field);
	else if (value.known == KNOWN_NOT)
		show_unknown(show, text, field);
	else if (value.known == KNOWN_NONE)
		buf_puts(text, "none");
	else if (value.known == KNOWN_YES && fields[field].type == TYPE_SIZE)
		show_bytes(text, value.num);
	else
		render_cell(text, show->view, show->snap, show->obj, field);
}

/* What a class has and no row of its own tells. */
static void show_others(const struct show_context *show)
{
	struct fieldset told = {};
	struct buf text = {};
	unsigned int i;
	size_t r;

	for (r = 0; r < ARRAY_SIZE(show_fields); r++) {
		for (i = 0; show_fields[r].fields[i] != END; i++)
			fieldset_add(&told, show_fields[r].fields[i]);
	}
	for (i = 0; i < show->kind->nr_fields; i++) {
		enum field_id field = show->kind->fields[i].field;

		if (fieldset_has(&told, field) || fields[field].source == SOURCE_HIDDEN ||
		    fields[field].type == TYPE_USERS)
			continue;
		buf_reset(&text);
		show_rows_put_plain(show, &text, field);
		show_row(show, fields[field].name, &text);
	}
	buf_free(&text);
}

void show_rows(const struct show_context *show)
{
	const struct show_field *row;
	struct buf text = {};
	unsigned int i;

	for (row = show_fields; row < show_fields + ARRAY_SIZE(show_fields); row++) {
		/* What has no row of its own stands before where it lives. */
		if (row->fields[0] == FIELD_CTIME)
			show_others(show);
		for (i = 0; row->fields[i] != END && !show_has(show, row->fields[i]); i++)
			;
		/* Of SIZE and USED, one row says both. */
		if (row->fields[i] == END || (row->fields[0] == FIELD_USED &&
		    (show_has(show, FIELD_SIZE) || show_has(show, FIELD_MESSAGES) ||
		     show_has(show, FIELD_CAPACITY))))
			continue;
		buf_reset(&text);
		if (row->put)
			row->put(show, &text);
		else
			show_rows_put_plain(show, &text, row->fields[0]);
		show_row(show, row->label, &text);
	}
	buf_free(&text);
}
