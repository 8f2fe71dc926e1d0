// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of show: what an object is, and how big and full. */
#include <string.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"
#include "show.h"

void show_name(const struct show_context *show, struct buf *text)
{
	struct buf ref = {}, name = {};
	struct value value;

	if (!show_get(show, FIELD_NAME, &value))
		return;
	show_str(&name, value.str);
	object_ref(&ref, show->snap, show->obj);
	/* Said by the REF already. */
	if (name.len && (ref.len < name.len ||
			 memcmp(ref.data + ref.len - name.len, name.data, name.len) != 0))
		buf_add(text, name.data, name.len);
	buf_free(&ref);
	buf_free(&name);
}

void show_key(const struct show_context *show, struct buf *text)
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

static void put_id(const struct show_context *show, struct buf *text,
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

void show_owner(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (!show_get(show, FIELD_UID, &value)) {
		show_unknown(show, text, FIELD_UID);
		return;
	}
	put_id(show, text, FIELD_UID, false);
	if (show_has(show, FIELD_GID)) {
		buf_putc(text, ':');
		put_id(show, text, FIELD_GID, true);
	}
	if (!show_has(show, FIELD_CUID))
		return;
	buf_puts(text, ", made by ");
	put_id(show, text, FIELD_CUID, false);
	if (show_has(show, FIELD_CGID)) {
		buf_putc(text, ':');
		put_id(show, text, FIELD_CGID, true);
	}
}

/* ", 0 in memory" */
static void put_part(const struct show_context *show, struct buf *text,
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

void show_size(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (show_get(show, FIELD_SIZE, &value))
		show_bytes(text, value.num);
	else
		show_unknown(show, text, FIELD_SIZE);
	put_part(show, text, FIELD_RSS, " in memory");
	put_part(show, text, FIELD_SWAP, " swapped");
	if (!show_has(show, FIELD_RSS))
		put_part(show, text, FIELD_USED, " allocated");
}

/* "2 of 10 messages"; @most FIELD_NONE or not known: "2 messages". */
static void put_of(const struct show_context *show, struct buf *text,
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

void show_queue(const struct show_context *show, struct buf *text)
{
	struct value value;

	put_of(show, text, FIELD_MESSAGES,
	       show_has(show, FIELD_MAXMSG) ? FIELD_MAXMSG : FIELD_NONE, "message");
	if (show_get(show, FIELD_MSGSIZE, &value)) {
		buf_puts(text, " of at most ");
		render_count(text, value.num, "byte", "s");
	}
	if (show_has(show, FIELD_USED) && show_has(show, FIELD_QBYTES))
		put_of(show, text, FIELD_USED, FIELD_QBYTES, "byte");
	else if (show_has(show, FIELD_USED))
		put_of(show, text, FIELD_USED, FIELD_NONE, "byte");
}

void show_fill(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (show_get(show, FIELD_USED, &value) || show_get(show, FIELD_CAPACITY, &value)) {
		put_of(show, text, FIELD_USED, FIELD_CAPACITY, "byte");
		buf_puts(text, " unread");
	} else {
		show_unknown(show, text, FIELD_CAPACITY);
	}
}

void show_backlog(const struct show_context *show, struct buf *text)
{
	struct value value;

	if (!show_get(show, FIELD_PENDING, &value) &&
	    !show_get(show, FIELD_BACKLOG, &value))
		return;
	put_of(show, text, FIELD_PENDING, FIELD_BACKLOG, "connection");
	buf_puts(text, " not yet accepted");
}
