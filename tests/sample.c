// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "sample.h"

#define MINUTES(nr)	(SAMPLE_TAKEN - 60 * (nr))

static uint32_t add(struct sample *sample, enum class_id class, uint64_t ns,
		    uint64_t id, const char *name, size_t len)
{
	const struct object_key key = {
		.space = class_infos[class]->space,
		.ns = ns,
		.id = id,
	};
	uint32_t object = snapshot_object(&sample->snap, class, key);

	if (class_infos[class]->groups & GROUP_SYSV)
		object_set(&sample->snap, object, FIELD_IPC_NS, ns);
	if (name)
		object_set_str(&sample->snap, object, FIELD_NAME, name, len);
	return object;
}
#define NAMED(sample, class, ns, id, name) \
	add(sample, class, ns, id, name, sizeof(name) - 1)
#define UNNAMED(sample, class, ns, id) \
	add(sample, class, ns, id, NULL, 0)

static void owned(struct sample *sample, uint32_t object, uint32_t id,
		  uint32_t mode)
{
	object_set(&sample->snap, object, FIELD_UID, id);
	object_set(&sample->snap, object, FIELD_GID, id);
	object_set(&sample->snap, object, FIELD_CUID, id);
	object_set(&sample->snap, object, FIELD_CGID, id);
	object_set(&sample->snap, object, FIELD_MODE, mode);
}

static void used_by(struct sample *sample, uint32_t object, pid_t pid,
		    const char *comm, enum edge_kind kind, uint8_t access)
{
	uint32_t process = snapshot_process(&sample->snap, pid, 500000);
	struct process *proc = &sample->snap.processes.at[process];
	struct edge *edge;

	proc->comm = arena_str(&sample->snap.arena, comm, strlen(comm));
	edge = snapshot_edge(&sample->snap, kind, process, object);
	edge->access = access;
}

static void add_segments(struct sample *sample)
{
	struct snapshot *snap = &sample->snap;
	uint32_t dest = UNNAMED(sample, CLASS_shm, SAMPLE_IPC_NS, 163840);
	uint32_t keyed = UNNAMED(sample, CLASS_shm, SAMPLE_IPC_NS, 163841);
	uint32_t large = UNNAMED(sample, CLASS_shm, SAMPLE_IPC_NS, 163849);
	uint32_t foreign = UNNAMED(sample, CLASS_shm, SAMPLE_OTHER_NS, 163841);

	/* Of this one only the mapping was seen: no size, no owner. */
	used_by(sample, UNNAMED(sample, CLASS_shm, SAMPLE_IPC_NS, 7), 77,
		"seen", EDGE_ATTACHED, ACCESS_READ);

	owned(sample, dest, 0, 0600);
	object_set(snap, dest, FIELD_KEY, 0);
	object_set(snap, dest, FIELD_SIZE, 1 << 20);
	object_set(snap, dest, FIELD_ATTACHES, 1);
	object_set(snap, dest, FIELD_CTIME, MINUTES(26));
	object_set(snap, dest, FIELD_ATIME, MINUTES(26));
	object_set(snap, dest, FIELD_DTIME, 0);
	object_flag(snap, dest, IS(DEST));
	used_by(sample, dest, 5351, "scen-dest", EDGE_ATTACHED,
		ACCESS_READ | ACCESS_WRITE);

	owned(sample, keyed, 0, 0640);
	object_set(snap, keyed, FIELD_KEY, 0x05ce0001);
	object_set(snap, keyed, FIELD_SIZE, 12390);
	object_set(snap, keyed, FIELD_ATTACHES, 0);
	object_set(snap, keyed, FIELD_CPID, 5348);
	object_set(snap, keyed, FIELD_CTIME, MINUTES(26));
	object_set(snap, keyed, FIELD_ATIME, 0);
	object_set(snap, keyed, FIELD_DTIME, 0);

	owned(sample, large, 33, 0666);
	object_set(snap, large, FIELD_KEY, 0x950412de);
	object_set(snap, large, FIELD_SIZE, 16 << 20);
	object_set(snap, large, FIELD_ATTACHES, 0);
	object_set(snap, large, FIELD_CTIME, MINUTES(3 * 24 * 60 + 1));

	owned(sample, foreign, 1000, 0600);
	object_set(snap, foreign, FIELD_KEY, 0x05ce0001);
	object_set(snap, foreign, FIELD_SIZE, 4096);
	object_set(snap, foreign, FIELD_ATTACHES, 0);
}

static void add_sets_and_queues(struct sample *sample)
{
	struct snapshot *snap = &sample->snap;
	uint32_t sem = UNNAMED(sample, CLASS_sem, SAMPLE_IPC_NS, 32772);
	uint32_t msg = UNNAMED(sample, CLASS_msg, SAMPLE_IPC_NS, 32772);
	struct sems *sems = arena_alloc(&snap->arena, sizeof(*sems) +
					3 * sizeof(sems->sem[0]));

	sems->nr = 3;
	sems->sem[1].value = 5;
	owned(sample, sem, 0, 0600);
	object_set(snap, sem, FIELD_KEY, 0x05ce0004);
	object_set(snap, sem, FIELD_NSEMS, 3);
	object_set_sems(snap, sem, sems);
	used_by(sample, sem, 5349, "scen-wait", EDGE_WAITS, ACCESS_WRITE);

	owned(sample, msg, 0, 0600);
	object_set(snap, msg, FIELD_KEY, 0x05ce0002);
	object_set(snap, msg, FIELD_MESSAGES, 16);
	object_set(snap, msg, FIELD_USED, 16000);
	object_set(snap, msg, FIELD_QBYTES, 16384);
	used_by(sample, msg, 5347, "scen-snd", EDGE_WAITS, ACCESS_WRITE);
}

static void add_files(struct sample *sample)
{
	struct snapshot *snap = &sample->snap;
	uint64_t shm = makedev(0, 25), other = makedev(0, 99);
	uint32_t plain, hostile, unlinked;

	plain = NAMED(sample, CLASS_pshm, shm, 2001, "/psm_58b99b38");
	owned(sample, plain, 65534, 0600);
	object_set(snap, plain, FIELD_SIZE, 48 << 20);
	hostile = NAMED(sample, CLASS_pshm, shm, 2002,
			"/scen-\x1b[31mred\nline\\x0a'\xff\u202e");
	owned(sample, hostile, 0, 0666);
	object_set(snap, hostile, FIELD_SIZE, 0);
	used_by(sample, hostile, 5501, "ev\x1b[2Jil)\n1 R", EDGE_ATTACHED,
		ACCESS_READ | ACCESS_WRITE);
	unlinked = NAMED(sample, CLASS_pshm, shm, 2025, "/psm_58b99b38");
	owned(sample, unlinked, 0, 0600);
	object_set(snap, unlinked, FIELD_SIZE, 64 << 20);
	object_flag(snap, unlinked, IS(UNLINKED));
	used_by(sample, unlinked, 5368, "scen-ghost", EDGE_OPEN, ACCESS_READ);
	NAMED(sample, CLASS_pshm, shm, 2003, "/name@4026531839");
	NAMED(sample, CLASS_pshm, shm, 2004, "/0:25/2025");
	/* Another /dev/shm with the same numbers and names. */
	NAMED(sample, CLASS_pshm, other, 2025, "/elsewhere");
	NAMED(sample, CLASS_pshm, other, 2001, "/psm_58b99b38");

	NAMED(sample, CLASS_psem, shm, 3001, "/scen-psem0");
	NAMED(sample, CLASS_pmsg, makedev(0, 20), 4001, "/scen-mq");
	NAMED(sample, CLASS_fifo, makedev(8, 1), 77, "/run/f");
	NAMED(sample, CLASS_fifo, makedev(8, 2), 77, "/run/g h");
	UNNAMED(sample, CLASS_fifo, makedev(8, 3), 78);
	UNNAMED(sample, CLASS_memfd, makedev(0, 1), 4124);
	UNNAMED(sample, CLASS_eventfd, 0, 17);
	UNNAMED(sample, CLASS_pty, makedev(0, 30), 4);
	UNNAMED(sample, CLASS_pty, makedev(0, 31), 4);
}

static void add_sockets(struct sample *sample)
{
	struct snapshot *snap = &sample->snap;
	uint32_t listener, accepted, client, relative;
	uint32_t pipe = UNNAMED(sample, CLASS_pipe, makedev(0, 14), 48151);

	used_by(sample, pipe, 5335, "bash", EDGE_OPEN, ACCESS_WRITE);
	used_by(sample, pipe, 5336, "scen", EDGE_OPEN, ACCESS_READ);
	used_by(sample, pipe, 5336, "scen", EDGE_OPEN, ACCESS_WRITE);

	listener = NAMED(sample, CLASS_unix, SAMPLE_NET_NS, 48152, "/run/x.sock");
	object_set_word(snap, listener, FIELD_TYPE, "stream");
	object_flag(snap, listener, IS(LISTENING));
	accepted = NAMED(sample, CLASS_unix, SAMPLE_NET_NS, 48153, "/run/x.sock");
	object_set_word(snap, accepted, FIELD_TYPE, "stream");
	object_flag(snap, accepted, IS(CONNECTED));
	client = UNNAMED(sample, CLASS_unix, SAMPLE_NET_NS, 48154);
	object_set_word(snap, client, FIELD_TYPE, "stream");
	object_flag(snap, client, IS(CONNECTED));
	snapshot_edge(snap, EDGE_PEER, NO_INDEX, accepted)->peer = client;
	snapshot_edge(snap, EDGE_PEER, NO_INDEX, client)->peer = accepted;
	used_by(sample, client, 5355, "scen-cli", EDGE_OPEN,
		ACCESS_READ | ACCESS_WRITE);
	relative = NAMED(sample, CLASS_unix, SAMPLE_NET_NS, 48155, "y.sock");
	object_flag(snap, relative, IS(LISTENING));
	object_flag(snap, NAMED(sample, CLASS_unix, SAMPLE_NET_NS, 48156,
				"@abstract"), IS(LISTENING));
	object_flag(snap, NAMED(sample, CLASS_unix, SAMPLE_NET_NS, 48157,
				"@abs@123"), IS(LISTENING));
	object_flag(snap, NAMED(sample, CLASS_unix, SAMPLE_NET_NS, 48158,
				"@a\0b\\\n"), IS(LISTENING));
	object_flag(snap, NAMED(sample, CLASS_unix, SAMPLE_OTHER_NS, 48159,
				"@abstract"), IS(LISTENING));
	UNNAMED(sample, CLASS_tcp, SAMPLE_NET_NS, 48160);
}

void sample_init(struct sample *sample)
{
	struct snapshot *snap = &sample->snap;
	struct fieldset wanted[NR_CLASSES];
	struct host_facts *host = &snap->host;

	memset(wanted, 0xff, sizeof(wanted));
	layout_init(&sample->layout, wanted);
	*snap = (struct snapshot){ .layout = &sample->layout };
	snap->parts_read = (uint32_t)((1ull << NR_PARTS) - 1);
	host->taken = SAMPLE_TAKEN;
	host->booted = SAMPLE_TAKEN - 3600;
	host->ticks = 100;
	host->ipc_ns = SAMPLE_IPC_NS;
	host->net_ns = SAMPLE_NET_NS;
	host->first_pid_ns = host->all_processes = true;
	host->steady_since = 1;
	host->home_dev[CLASS_pshm] = makedev(0, 25);
	host->home_dev[CLASS_psem] = makedev(0, 25);
	host->home_dev[CLASS_pmsg] = makedev(0, 20);
	host->home_dev[CLASS_pty] = makedev(0, 30);
	snapshot_name(snap, false, 0, arena_str(&snap->arena, "root", 4));
	snapshot_name(snap, true, 0, arena_str(&snap->arena, "root", 4));
	snapshot_name(snap, false, 33, arena_str(&snap->arena, "www-data", 8));
	snapshot_name(snap, true, 33, arena_str(&snap->arena, "www-data", 8));
	add_segments(sample);
	add_sets_and_queues(sample);
	add_files(sample);
	add_sockets(sample);
	snapshot_gap(snap, PART_FDS, EACCES, 1, 0, 0);
	snapshot_finish(snap);
}

void sample_free(struct sample *sample)
{
	snapshot_free(&sample->snap);
}
