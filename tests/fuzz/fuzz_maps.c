// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/maps and mountinfo as no kernel writes them. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* Every line is answered for, and nothing of what it says is impossible. */
static void fuzz_lines(const char *text, const char *end)
{
	const char *at = text, *before;
	struct host_vma vma;
	int ret;

	do {
		before = at;
		ret = host_parse_vma(&at, end, &vma);
		check(ret == 1 || ret == 0 || ret == -EBADMSG);
		check(ret == 0 ? at == end : at > before && at <= end);
		if (ret != 1)
			continue;
		check(vma.start < vma.end && vma.access < 8);
		check(vma.name >= before && vma.name + vma.len < at);
		check(!memchr(vma.name, '\n', vma.len));
	} while (ret);
}

static void check_name(const struct host_maps *maps, const struct host_vma *vma)
{
	check(vma->name == maps->name && vma->len < sizeof(maps->name));
	check(vma->name[vma->len] == '\0');
}

static void fuzz_maps(struct host_maps *maps)
{
	struct host_vma vma, found;
	int ret;

	while ((ret = host_next_in_text(maps, &vma))) {
		if (ret < 0)
			continue;
		check_name(maps, &vma);
		check(vma.shared);
		if (host_find_in_text(maps, vma.start, &found) > 0) {
			check_name(maps, &found);
			check(found.start <= vma.start && vma.start < found.end);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_maps *maps = mem_zero(1, sizeof(*maps));
	char *text = mem_resize(NULL, size + !size, 1);
	const char *at = text;
	struct buf path = { 0 };

	/* Of exactly that size, for a read beyond it to be seen. */
	if (size)
		memcpy(text, data, size);
	fuzz_lines(text, text + size);
	while (host_next_mount(&at, text + size, "mqueue", &path))
		check(path.len < size);
	if (size < 4096) {
		buf_add(&maps->text, data, size);
		fuzz_maps(maps);
	}
	buf_free(&path);
	buf_free(&maps->text);
	free(maps);
	free(text);
	return 0;
}
