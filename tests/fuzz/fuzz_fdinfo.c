// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What /proc says of one process, each part behind a NUL: where a descriptor
 * leads to, its fdinfo, stat, syscall, auxv and wchan.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ipcscope/snapshot.h"
#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINK, FDINFO, STAT, SYSCALL, AUXV, WCHAN, NR_TEXTS };

static const char *const names[NR_TEXTS] = {
	[FDINFO] = "fdinfo/3", [STAT] = "stat", [SYSCALL] = "syscall", [AUXV] = "auxv",
	[WCHAN] = "wchan",
};

static const struct host_ops *still;
static struct host_ops fuzzed;
static struct { const char *at; size_t len; } texts[NR_TEXTS];

static void check(bool good)
{
	if (!good)
		abort();
}

static int read_fuzzed(const struct host *host, const struct host_dir *at, const char *path,
		       struct buf *buf)
{
	int i;

	for (i = FDINFO; at && i < NR_TEXTS; i++) {
		if (strcmp(path, names[i]) != 0)
			continue;
		buf_reset(buf);
		buf_add(buf, texts[i].at, texts[i].len);
		return buf->len || i == FDINFO || i >= AUXV ? 0 : -EACCES;
	}
	return still->read_file(host, at, path, buf);
}

static ssize_t link_fuzzed(const struct host *host, const struct host_dir *at,
			   const char *path, char *to, size_t size)
{
	size_t len = texts[LINK].len < size ? texts[LINK].len : size;

	if (strcmp(path, "3") != 0)
		return still->read_link(host, at, path, to, size);
	memcpy(to, texts[LINK].at, len);
	if (len < size)
		to[len] = '\0';
	return (ssize_t)len;
}

static void start(void)
{
	machine_init(&box);
	machine_add(&box, "sem id=4 key=4 values=1,0\nmsg id=5 key=5\n"
		    "diag unix type=1 state=10 ino=50 name=/run/x");
	machine_process(&box, 20, 1000, "fuzzed");
	machine_add(&box, "link /proc/20/fd/3 -> pipe:[7] lmode=0500 dev=0:25 ino=7 size=80 rdev=5:2 mode=0100600\n"
		    "file /proc/20/maps text=\"1000-2000 rw-s 00000000 00:19 7 /dev/shm/sem.x\\x0a\"\n"
		    "mem 20 0x1000 01002f72756e2f7800000000\n"
		    "link /proc/20/cwd -> /\nfile /proc/20/root/run/x mode=010600");
	machine_ask_all(&box, ALL_CLASSES, false);
	machine_build(&box);
	still = box.host->ops;
	fuzzed = *still;
	fuzzed.read_file = read_fuzzed;
	fuzzed.read_link = link_fuzzed;
	box.host->ops = &fuzzed;
}

static void check_edges(const struct snapshot *snap)
{
	const struct edge *edge;

	vec_for_each(edge, &snap->edges) {
		check(edge->object < snap->objects.nr && edge->kind < NR_EDGES);
		check(edge->process == NO_INDEX || edge->process < snap->processes.nr);
		check(edge->access < 16);
		check(edge->kind != EDGE_WAITS || edge->tid == 20);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size, *nul;
	const struct object *obj;
	enum field_id field;
	int i;

	if (size > 20000)
		return 0;
	if (!still)
		start();
	for (i = 0; i < NR_TEXTS; i++) {
		nul = at < end && i < NR_TEXTS - 1 ? memchr(at, '\0', (size_t)(end - at)) : NULL;
		texts[i].at = size ? at : "";
		texts[i].len = (size_t)((nul ?: end) - at);
		at = nul ? nul + 1 : end;
	}
	machine_look(&box);
	check_edges(&box.snap);
	vec_for_each(obj, &box.snap.objects) {
		for_each_field(field)
			object_value(&box.snap, obj, field);
	}
	return 0;
}
