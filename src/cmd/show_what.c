// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of show: what an object is, and how big and full. */
#include <string.h>

#include "ipcscope/num.h"
#include "ipcscope/text.h"
#include "show.h"

void show_name(const struct shown *shown, struct buf *text)
{
	struct buf ref = {}, name = {};
	struct value value;

	if (!show_get(shown, FIELD_NAME, &value))
		return;
	show_str(&name, value.str);
	object_ref(&ref, shown->snap, shown->obj);
	/* Said by the REF already. */
	if (name.len && (ref.len < name.len ||
			 memcmp(ref.data + ref.len - name.len, name.data,
				name.len) != 0))
		buf_add(text, name.data, name.len);
	buf_free(&ref);
	buf_free(&name);
}

void show_key(const struct shown *shown, struct buf *text)
{
	struct value key, old;

	if (object_value(shown->snap, shown->obj, FIELD_KEY).known == KNOWN_NOT)
		show_unknown(shown, text, FIELD_KEY);
	else if (show_get(shown, FIELD_KEY, &key) && key.num)
		buf_printf(text, "0x%08x (%d)", (uint32_t)key.num,
			   (int32_t)key.num);
	else if (show_get(shown, FIELD_OLD_KEY, &old) && old.num)
		buf_printf(text, "none any more; it was 0x%08x", (uint32_t)old.num);
	else
		buf_puts(text, "none (IPC_PRIVATE)");
}

static void put_id(const struct shown *shown, struct buf *text,
		   enum field_id id, bool group)
{
	struct value value;
	const struct str *name;

	if (!show_get(shown, id, &value)) {
		buf_putc(text, '?');
		return;
	}
	name = snapshot_find_name(shown->snap, group, (uint32_t)value.num);
	if (name)
		show_str(text, name);
	else
		buf_u64(text, value.num);
}

void show_owner(const struct shown *shown, struct buf *text)
{
	struct value value;

	if (!show_get(shown, FIELD_UID, &value)) {
		show_unknown(shown, text, FIELD_UID);
		return;
	}
	put_id(shown, text, FIELD_UID, false);
	if (show_has(shown, FIELD_GID)) {
		buf_putc(text, ':');
		put_id(shown, text, FIELD_GID, true);
	}
	if (!show_has(shown, FIELD_CUID))
		return;
	buf_puts(text, ", made by ");
	put_id(shown, text, FIELD_CUID, false);
	if (show_has(shown, FIELD_CGID)) {
		buf_putc(text, ':');
		put_id(shown, text, FIELD_CGID, true);
	}
}

/* ", 0 in memory" */
static void put_part(const struct shown *shown, struct buf *text,
		     enum field_id field, const char *what)
{
	struct value value;

	if (!show_has(shown, field))
		return;
	buf_puts(text, ", ");
	if (!show_get(shown, field, &value))
		buf_putc(text, '?');
	else if (!value.num)
		buf_putc(text, '0');
	else
		num_size(text, value.num);
	buf_puts(text, what);
}

void show_size(const struct shown *shown, struct buf *text)
{
	struct value value;

	if (show_get(shown, FIELD_SIZE, &value))
		show_bytes(text, value.num);
	else
		show_unknown(shown, text, FIELD_SIZE);
	put_part(shown, text, FIELD_RSS, " in memory");
	put_part(shown, text, FIELD_SWAP, " swapped");
	if (!show_has(shown, FIELD_RSS))
		put_part(shown, text, FIELD_USED, " allocated");
}

/* "2 of 10 messages"; @most NR_FIELDS or not known: "2 messages". */
static void put_of(const struct shown *shown, struct buf *text,
		   enum field_id field, enum field_id most, const char *noun)
{
	struct value value, limit;

	if (text->len)
		buf_puts(text, ", ");
	if (show_get(shown, field, &value))
		num_grouped(text, value.num);
	else
		buf_putc(text, '?');
	if (most < NR_FIELDS && show_get(shown, most, &limit)) {
		buf_puts(text, " of ");
		num_grouped(text, limit.num);
		value.num = limit.num;
	}
	buf_printf(text, " %s%s", noun, value.num == 1 ? "" : "s");
}

void show_queue(const struct shown *shown, struct buf *text)
{
	struct value value;

	put_of(shown, text, FIELD_MESSAGES,
	       show_has(shown, FIELD_MAXMSG) ? FIELD_MAXMSG : NR_FIELDS, "message");
	if (show_get(shown, FIELD_MSGSIZE, &value)) {
		buf_puts(text, " of at most ");
		put_count(text, value.num, "byte", "s");
	}
	if (show_has(shown, FIELD_USED) && show_has(shown, FIELD_QBYTES))
		put_of(shown, text, FIELD_USED, FIELD_QBYTES, "byte");
	else if (show_has(shown, FIELD_USED))
		put_of(shown, text, FIELD_USED, NR_FIELDS, "byte");
}

void show_fill(const struct shown *shown, struct buf *text)
{
	struct value value;

	if (show_get(shown, FIELD_USED, &value) || show_get(shown, FIELD_CAPACITY, &value)) {
		put_of(shown, text, FIELD_USED, FIELD_CAPACITY, "byte");
		buf_puts(text, " unread");
	} else {
		show_unknown(shown, text, FIELD_CAPACITY);
	}
}

void show_backlog(const struct shown *shown, struct buf *text)
{
	struct value value;

	if (!show_get(shown, FIELD_PENDING, &value) &&
	    !show_get(shown, FIELD_BACKLOG, &value))
		return;
	put_of(shown, text, FIELD_PENDING, FIELD_BACKLOG, "connection");
	buf_puts(text, " not yet accepted");
}
