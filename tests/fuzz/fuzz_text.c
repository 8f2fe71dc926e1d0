// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "ipcscope/json.h"
#include "ipcscope/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Safe text is ASCII-clean UTF-8, and means what it was made from. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct buf safe = {}, back = {}, shown = {};
	struct json json = { .to = &shown };
	size_t i;

	text_escape(&safe, text, size);
	must(text_is_utf8(safe.data, safe.len));
	must(text_is_unsafe(text, size) ==
	     (safe.len != size || (size && memcmp(safe.data, text, size))));
	for (i = 0; i < safe.len; i++)
		must((unsigned char)safe.data[i] >= ' ' && safe.data[i] != 0x7f);
	must(text_unescape(&back, safe.data, safe.len));
	must(back.len == size && (!size || !memcmp(back.data, text, size)));

	buf_reset(&back);
	must(text_unescape(&back, text, size) || !back.len);
	must(text_width(text, size) <= 2 * size);
	text_shell(&shown, safe.data, safe.len);
	json_str(&json, "name", text, size);
	must(text_is_utf8(shown.data, shown.len));

	buf_free(&safe);
	buf_free(&back);
	buf_free(&shown);
	return 0;
}
