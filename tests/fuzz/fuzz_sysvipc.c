// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/sysvipc as no kernel writes it: a letter for the table, then its text. */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ipcscope/filter.h"
#include "ipcscope/snapshot.h"
#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct host_ops *still;
static struct host_ops fuzzed;
static const uint8_t *text;
static size_t len;

static void check(bool good)
{
	if (!good)
		abort();
}

static int read_table(const struct host *host, const struct host_dir *at, const char *path,
		      struct buf *buf)
{
	if (strncmp(path, "/proc/sysvipc/", 14) != 0)
		return still->read_file(host, at, path, buf);
	buf_reset(buf);
	buf_add(buf, text, len);
	return 0;
}

static int no_index(const struct host *host, enum sysv_kind kind, int *max, uint32_t *used)
{
	(void)host, (void)kind, (void)max, (void)used;
	return -EPERM;
}

static void start(void)
{
	machine_init(&box);
	machine_build(&box);
	still = box.host->ops;
	fuzzed = *still;
	fuzzed.read_file = read_table;
	fuzzed.sysv_max = no_index;
	box.host->ops = &fuzzed;
}

static void check_object(struct snapshot *snap, const struct object *obj)
{
	struct buf shown = { 0 };
	const char *why = NULL;
	enum field_id field;
	struct ref ref;

	check(obj->key.id <= INT_MAX && obj->key.ns == MACHINE_IPC_NS);
	for_each_field(field)
		object_value(snap, obj, field);
	object_ref(&shown, snap, obj);
	check(ref_parse(shown.data, &snap->arena, &ref, &why));
	check(ref_matches(&ref, snap, obj));
	buf_free(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct warning *warning;
	const struct object *obj;
	uint32_t lines = 1, i;

	if (!size || size > 20000)
		return 0;
	if (!still)
		start();
	text = data + 1;
	len = size - 1;
	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	memset(&box.query, 0, sizeof(box.query));
	ASK(&box, *data % 3 == 0 ? A_CLASS(shm) : *data % 3 == 1 ? A_CLASS(sem) : A_CLASS(msg),
	    FIELD_RSS, FIELD_SIZE, FIELD_NSEMS, FIELD_ATTACHES, FIELD_MESSAGES, FIELD_STATE,
	    FIELD_AGE, FIELD_IDLE, FIELD_CPID, FIELD_LPID, FIELD_LSPID, FIELD_OWNER,
	    FIELD_CREATOR_ALIVE);
	machine_look(&box);
	i = box.snap.objects.nr;
	vec_for_each(warning, &box.snap.warnings)
		i += warning->count;
	check(i <= lines);
	vec_for_each(obj, &box.snap.objects)
		check_object(&box.snap, obj);
	return 0;
}
