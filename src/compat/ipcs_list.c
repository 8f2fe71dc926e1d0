// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcs: tables of all objects of a kind. */
#include <limits.h>
#include <string.h>
#include <time.h>

#include "compat.h"
#include "ipcscope/text.h"

#define MODE_DEST	01000	/* SHM_DEST, SHM_LOCKED: linux/shm.h */
#define MODE_LOCKED	02000
#define FULL_TIME	24	/* "Sat Nov 21 08:03:21 2026" */
#define SHORT_TIME	16	/* "Nov 21 08:03:21 " */
#define WEEKDAY		4

/* As util-linux rounds: 1024K, not 1M, for a byte less. */
static void ipcs_put_human(struct buf *to, uint64_t bytes)
{
	unsigned int shift = 0;
	uint64_t whole, rest, tenth;

	while (shift < 60 && bytes >> shift >= 1024)
		shift += 10;
	whole = bytes >> shift;
	rest = bytes - (whole << shift);
	/* Thousandths are cut off, and then rounded to tenths. */
	rest = shift < 50 ? rest * 1000 >> shift : (rest >> 10) * 1000 >> (shift - 10);
	tenth = (rest + 50) / 100;
	if (tenth == 10) {
		whole++;
		tenth = 0;
	}
	buf_u64(to, whole);
	if (tenth)
		buf_printf(to, ".%u", (unsigned int)tenth);
	buf_putc(to, "BKMGTPE"[shift / 10]);
}

void ipcs_size(struct ipcs *ipcs, uint64_t bytes, bool human, int width)
{
	struct buf text = {};

	if (human)
		ipcs_put_human(&text, bytes);
	else
		buf_u64(&text, bytes);
	buf_printf(&ipcs->out, "%*s", width, text.data);
	buf_free(&text);
}

void ipcs_time(struct ipcs *ipcs, int64_t when, unsigned int skip, int width, int most)
{
	char text[64] = "Not set";
	time_t seconds = (time_t)when;

	if (!when)
		skip = 0;
	else if (!ctime_r(&seconds, text))
		snprintf(text, sizeof(text), "%lld", (long long)when);
	text[strcspn(text, "\n")] = '\0';
	/* What @most cuts off begins with the year. */
	if (skip < strlen(text))
		memmove(text, text + skip, strlen(text + skip) + 1);
	buf_printf(&ipcs->out, "%-*.*s", width, most, text);
}

/* The name of a user or group cut to @most bytes, or the number. The name asked for last
 * is kept: most objects of a table have one owner. */
static void ipcs_put_name(struct ipcs *ipcs, bool group, uint32_t id, int most)
{
	const struct host *host = ipcs->host;

	if (ipcs->name_kind != 1 + group || ipcs->name_id != id) {
		ipcs->name_kind = 1 + group;
		ipcs->name_id = id;
		ipcs->name_known = !host->ops->id_name(host, group, id, &ipcs->name);
	}
	if (ipcs->name_known)
		buf_printf(&ipcs->out, " %-10.*s", most, ipcs->name.data);
	else
		buf_printf(&ipcs->out, " %-10u", id);
}

static void ipcs_put_owner(struct ipcs *ipcs, const struct sysv_stat *st)
{
	ipcs_put_name(ipcs, false, st->uid, 10);
}

static void ipcs_put_creators(struct ipcs *ipcs, enum sysv_kind kind,
			      const struct sysv_stat *st)
{
	buf_printf(&ipcs->out, "%-10d %-10o", st->id, st->mode & 0777);
	ipcs_put_name(ipcs, false, st->cuid, INT_MAX);
	ipcs_put_name(ipcs, true, st->cgid, INT_MAX);
	ipcs_put_name(ipcs, false, st->uid, INT_MAX);
	ipcs_put_name(ipcs, true, st->gid, INT_MAX);
	buf_putc(&ipcs->out, '\n');
}

/* What the tables of a kind are called, and their columns. */
struct kind_words {
	const char *id;
	const char *feature;	/* of the kernel */
	const char *objects, *creators, *times, *pids;
	int id_width;		/* in times */
	const char *when[3];
	const char *pid[2];
};

static const struct kind_words words[] = {
	[SYSV_SHM] = {
		.id = "shmid",
		.feature = "shared memory",
		.objects = "Shared Memory Segments",
		.creators = "Shared Memory Segment Creators/Owners",
		.times = "Shared Memory Attach/Detach/Change Times",
		.pids = "Shared Memory Creator/Last-op PIDs",
		.id_width = 10,
		.when = { "attached", "detached", "changed" },
		.pid = { "cpid", "lpid" },
	},
	[SYSV_SEM] = {
		.id = "semid",
		.feature = "semaphores",
		.objects = "Semaphore Arrays",
		.creators = "Semaphore Arrays Creators/Owners",
		.times = "Semaphore Operation/Change Times",
	},
	[SYSV_MSG] = {
		.id = "msqid",
		.feature = "message queues",
		.objects = "Message Queues",
		.creators = "Message Queues Creators/Owners",
		.times = "Message Queues Send/Recv/Change Times",
		.pids = "Message Queues PIDs",
		.id_width = 8,
		.when = { "send", "recv", "change" },
		.pid = { "lspid", "lrpid" },
	},
};

static void ipcs_put_title(struct ipcs *ipcs, const char *title)
{
	buf_printf(&ipcs->out, "------ %s --------\n", title);
}

/* Columns of ten, the last @nr_wide of twelve. */
static void ipcs_put_columns(struct ipcs *ipcs, const char *const *names, size_t nr,
			     size_t nr_wide)
{
	size_t i;

	for (i = 0; i < nr; i++)
		buf_printf(&ipcs->out, "%-*s%c", i + nr_wide < nr ? 10 : 12,
			   names[i], i + 1 == nr ? '\n' : ' ');
}

/* Semaphore sets show times in another way, and no pids. */
static void ipcs_head_times(struct ipcs *ipcs, enum sysv_kind kind)
{
	const struct kind_words *w = &words[kind];

	ipcs_put_title(ipcs, w->times);
	if (kind == SYSV_SEM)
		buf_printf(&ipcs->out, "%-8s %-10s %-26s %-26s\n", w->id,
			   "owner", "last-op", "last-changed");
	else
		buf_printf(&ipcs->out, "%-*s %-10s %-20s %-20s %-20s\n",
			   w->id_width, w->id, "owner", w->when[0], w->when[1], w->when[2]);
}

static void ipcs_put_times(struct ipcs *ipcs, enum sysv_kind kind,
			   const struct sysv_stat *st)
{
	const int64_t when[] = { st->atime, st->dtime, st->ctime };
	struct buf *out = &ipcs->out;
	size_t i;

	if (kind == SYSV_SEM) {
		buf_printf(out, "%-8d", st->id);
		ipcs_put_owner(ipcs, st);
		buf_puts(out, "  ");
		ipcs_time(ipcs, st->atime, 0, 26, FULL_TIME);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->ctime, 0, 26, FULL_TIME);
	} else {
		buf_printf(out, "%-*d", words[kind].id_width, st->id);
		ipcs_put_owner(ipcs, st);
		for (i = 0; i < ARRAY_SIZE(when); i++) {
			buf_putc(out, ' ');
			ipcs_time(ipcs, when[i], WEEKDAY, 20, SHORT_TIME);
		}
	}
	buf_putc(out, '\n');
}

static void ipcs_head_pids(struct ipcs *ipcs, enum sysv_kind kind)
{
	const struct kind_words *w = &words[kind];
	const char *const names[] = { w->id, "owner", w->pid[0], w->pid[1] };

	if (!w->pids)
		return;
	ipcs_put_title(ipcs, w->pids);
	ipcs_put_columns(ipcs, names, ARRAY_SIZE(names), 0);
}

static void ipcs_put_pids(struct ipcs *ipcs, enum sysv_kind kind,
			  const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;

	if (kind == SYSV_SEM)
		return;
	buf_printf(out, "%-*d", words[kind].id_width, st->id);
	ipcs_put_owner(ipcs, st);
	if (kind == SYSV_MSG)
		buf_printf(out, "  %5d     %5d\n", (int)st->pid, (int)st->pid2);
	else
		buf_printf(out, " %-10u %-10u\n", (unsigned int)st->pid,
			   (unsigned int)st->pid2);
}

static void ipcs_head_objects(struct ipcs *ipcs, enum sysv_kind kind)
{
	static const size_t nr[] = { [SYSV_SHM] = 7, [SYSV_MSG] = 6, [SYSV_SEM] = 5 };
	static const size_t nr_wide[] = { [SYSV_SHM] = 1, [SYSV_MSG] = 2, [SYSV_SEM] = 0 };
	const char *const names[] = {
		"key", words[kind].id, "owner", "perms",
		kind == SYSV_SEM ? "nsems" : ipcs->unit == SIZES_HUMAN ? "size" :
		kind == SYSV_MSG ? "used-bytes" : "bytes",
		kind == SYSV_MSG ? "messages" : "nattch",
		"status",
	};

	ipcs_put_title(ipcs, words[kind].objects);
	ipcs_put_columns(ipcs, names, nr[kind], nr_wide[kind]);
}

/* A size for people is to the right, one for programs to the left. */
static void ipcs_put_size(struct ipcs *ipcs, uint64_t bytes, int width)
{
	bool human = ipcs->unit == SIZES_HUMAN;

	ipcs_size(ipcs, bytes, human, human ? 6 : -width);
	if (human)
		buf_pad(&ipcs->out, ' ', (size_t)width - 6);
	buf_putc(&ipcs->out, ' ');
}

static void ipcs_put_object(struct ipcs *ipcs, enum sysv_kind kind,
			    const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;

	buf_printf(out, "0x%08x %-10d", st->key, st->id);
	ipcs_put_owner(ipcs, st);
	buf_printf(out, " %-10o ", st->mode & 0777);
	if (kind == SYSV_SHM) {
		ipcs_put_size(ipcs, st->size, 10);
		buf_printf(out, "%-10llu %-6s %-6s\n", (unsigned long long)st->nr,
			   st->mode & MODE_DEST ? "dest" : " ",
			   st->mode & MODE_LOCKED ? "locked" : " ");
	} else if (kind == SYSV_MSG) {
		ipcs_put_size(ipcs, st->size, 12);
		buf_printf(out, "%-12llu\n", (unsigned long long)st->nr);
	} else {
		buf_printf(out, "%-10llu\n", (unsigned long long)st->nr);
	}
}

static void ipcs_head_creators(struct ipcs *ipcs, enum sysv_kind kind)
{
	const char *const names[] = {
		words[kind].id, "perms", "cuid", "cgid", "uid", "gid",
	};

	ipcs_put_title(ipcs, words[kind].creators);
	ipcs_put_columns(ipcs, names, ARRAY_SIZE(names), 0);
}

void ipcs_list(struct ipcs *ipcs, enum sysv_kind kind)
{
	static const struct {
		void (*head)(struct ipcs *ipcs, enum sysv_kind kind);
		void (*put)(struct ipcs *ipcs, enum sysv_kind kind,
			    const struct sysv_stat *st);
	} printers[] = {
		[VIEW_OBJECTS]	= { ipcs_head_objects, ipcs_put_object },
		[VIEW_CREATORS]	= { ipcs_head_creators, ipcs_put_creators },
		[VIEW_TIMES]	= { ipcs_head_times, ipcs_put_times },
		[VIEW_PIDS]	= { ipcs_head_pids, ipcs_put_pids },
	};
	const struct host *host = ipcs->host;
	int max = -1, i;

	if (host->ops->sysv_max(host, kind, &max, NULL) < 0) {
		buf_printf(&ipcs->out, "kernel not configured for %s\n",
			   words[kind].feature);
		return;
	}
	printers[ipcs->view].head(ipcs, kind);
	for (i = 0; i <= max; i++) {
		struct sysv_stat st;

		if (host->ops->sysv_stat(host, kind, i, &st) >= 0)
			printers[ipcs->view].put(ipcs, kind, &st);
	}
}
