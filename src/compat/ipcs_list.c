// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcs: tables of all objects of a kind. */
#include <string.h>
#include <time.h>

#include "ipcs.h"
#include "ipcscope/num.h"

#define MODE_DEST	01000	/* SHM_DEST, SHM_LOCKED: linux/shm.h */
#define MODE_LOCKED	02000
#define FULL_TIME	24	/* "Sat Nov 21 08:03:21 2026" */
#define SHORT_TIME	16	/* "Nov 21 08:03:21 " */
#define WEEKDAY		4

/* As util-linux rounds: 1024K, not 1M, for a byte less. */
static void put_human(struct buf *to, uint64_t bytes)
{
	unsigned int shift = 0;
	uint64_t whole, rest, tenth;

	while (shift < 60 && bytes >> shift >= 1024)
		shift += 10;
	whole = bytes >> shift;
	rest = bytes - (whole << shift);
	/* In thousandths, cut off, and then rounded to tenths. */
	rest = shift < 50 ? rest * 1000 >> shift :
			    (rest >> 10) * 1000 >> (shift - 10);
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
		put_human(&text, bytes);
	else
		buf_u64(&text, bytes);
	buf_printf(&ipcs->out, "%*s", width, text.data);
	buf_free(&text);
}

void ipcs_time(struct ipcs *ipcs, int64_t when, unsigned int skip, int width,
	       int most)
{
	char text[64] = "Not set";
	time_t seconds = (time_t)when;

	if (!when)
		skip = 0;
	else if (!ctime_r(&seconds, text))
		snprintf(text, sizeof(text), "%lld", (long long)when);
	text[strcspn(text, "\n")] = '\0';
	/* What is cut off begins with the year. */
	if (skip < strlen(text))
		memmove(text, text + skip, strlen(text + skip) + 1);
	buf_printf(&ipcs->out, "%-*.*s", width, most, text);
}

/* The name of a user or group, or NULL. */
static const char *find_name(struct ipcs *ipcs, bool group, uint32_t id)
{
	const struct host *host = ipcs->host;

	if (ipcs->name_kind != 1 + group || ipcs->name_id != id) {
		ipcs->name_kind = 1 + group;
		ipcs->name_id = id;
		ipcs->name_known = !host->ops->id_name(host, group, id,
						       &ipcs->name);
	}
	return ipcs->name_known ? ipcs->name.data : NULL;
}

static void put_owner(struct ipcs *ipcs, const struct sysv_stat *st)
{
	const char *name = find_name(ipcs, false, st->uid);

	if (name)
		buf_printf(&ipcs->out, " %-10.10s", name);
	else
		buf_printf(&ipcs->out, " %-10u", st->uid);
}

static void put_name(struct ipcs *ipcs, bool group, uint32_t id)
{
	const char *name = find_name(ipcs, group, id);

	if (name)
		buf_printf(&ipcs->out, " %-10s", name);
	else
		buf_printf(&ipcs->out, " %-10u", id);
}

static void put_creators(struct ipcs *ipcs, enum sysv_kind kind,
			 const struct sysv_stat *st)
{
	(void)kind;
	buf_printf(&ipcs->out, "%-10d %-10o", st->id, st->mode & 0777);
	put_name(ipcs, false, st->cuid);
	put_name(ipcs, true, st->cgid);
	put_name(ipcs, false, st->uid);
	put_name(ipcs, true, st->gid);
	buf_putc(&ipcs->out, '\n');
}

/* What the tables of a kind are called, and their columns. */
struct kind_words {
	const char *id;
	const char *objects, *creators, *times, *pids;
	int id_width;		/* in times */
	const char *when[3];
	const char *pid[2];
};

static const struct kind_words words[] = {
	[SYSV_SHM] = {
		.id = "shmid",
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
		.objects = "Semaphore Arrays",
		.creators = "Semaphore Arrays Creators/Owners",
		.times = "Semaphore Operation/Change Times",
	},
	[SYSV_MSG] = {
		.id = "msqid",
		.objects = "Message Queues",
		.creators = "Message Queues Creators/Owners",
		.times = "Message Queues Send/Recv/Change Times",
		.pids = "Message Queues PIDs",
		.id_width = 8,
		.when = { "send", "recv", "change" },
		.pid = { "lspid", "lrpid" },
	},
};

static void put_title(struct ipcs *ipcs, const char *title)
{
	buf_printf(&ipcs->out, "------ %s --------\n", title);
}

/* Columns of ten, and the last of twelve if @wide. */
static void put_columns(struct ipcs *ipcs, const char *const *names, size_t nr,
			bool wide)
{
	size_t i;

	for (i = 0; i < nr; i++)
		buf_printf(&ipcs->out, "%-*s%c", wide && i + 1 == nr ? 12 : 10,
			   names[i], i + 1 == nr ? '\n' : ' ');
}

/* A set has another way to show times, and no pids at all. */
static void head_times(struct ipcs *ipcs, enum sysv_kind kind)
{
	const struct kind_words *w = &words[kind];

	put_title(ipcs, w->times);
	if (kind == SYSV_SEM)
		buf_printf(&ipcs->out, "%-8s %-10s %-26s %-26s\n", w->id,
			   "owner", "last-op", "last-changed");
	else
		buf_printf(&ipcs->out, "%-*s %-10s %-20s %-20s %-20s\n",
			   w->id_width, w->id, "owner", w->when[0], w->when[1],
			   w->when[2]);
}

static void put_times(struct ipcs *ipcs, enum sysv_kind kind,
		      const struct sysv_stat *st)
{
	const int64_t when[] = { st->atime, st->dtime, st->ctime };
	struct buf *out = &ipcs->out;
	size_t i;

	if (kind == SYSV_SEM) {
		buf_printf(out, "%-8d", st->id);
		put_owner(ipcs, st);
		buf_puts(out, "  ");
		ipcs_time(ipcs, st->atime, 0, 26, FULL_TIME);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->ctime, 0, 26, FULL_TIME);
	} else {
		buf_printf(out, "%-*d", words[kind].id_width, st->id);
		put_owner(ipcs, st);
		for (i = 0; i < ARRAY_SIZE(when); i++) {
			buf_putc(out, ' ');
			ipcs_time(ipcs, when[i], WEEKDAY, 20, SHORT_TIME);
		}
	}
	buf_putc(out, '\n');
}

static void head_pids(struct ipcs *ipcs, enum sysv_kind kind)
{
	const struct kind_words *w = &words[kind];
	const char *const names[] = { w->id, "owner", w->pid[0], w->pid[1] };

	if (!w->pids)
		return;
	put_title(ipcs, w->pids);
	put_columns(ipcs, names, ARRAY_SIZE(names), false);
}

static void put_pids(struct ipcs *ipcs, enum sysv_kind kind,
		     const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;

	if (kind == SYSV_SEM)
		return;
	buf_printf(out, "%-*d", words[kind].id_width, st->id);
	put_owner(ipcs, st);
	if (kind == SYSV_MSG)
		buf_printf(out, "  %5d     %5d\n", (int)st->pid, (int)st->pid2);
	else
		buf_printf(out, " %-10u %-10u\n", (unsigned int)st->pid,
			   (unsigned int)st->pid2);
}

static void head_objects(struct ipcs *ipcs, enum sysv_kind kind)
{
	const bool human = ipcs->unit == SIZES_HUMAN;
	const char *const names[] = {
		"key", words[kind].id, "owner", "perms",
		kind == SYSV_SEM ? "nsems" : human ? "size" : "bytes",
		"nattch", "status",
	};

	put_title(ipcs, words[kind].objects);
	if (kind != SYSV_MSG) {
		put_columns(ipcs, names, kind == SYSV_SEM ? 5 : 7,
			    kind == SYSV_SHM);
		return;
	}
	buf_printf(&ipcs->out, "%-10s %-10s %-10s %-10s %-12s %-12s\n", "key",
		   "msqid", "owner", "perms", human ? "size" : "used-bytes",
		   "messages");
}

/* A size of people is to the right, one of programs to the left. */
static void put_size(struct ipcs *ipcs, uint64_t bytes, int width)
{
	bool human = ipcs->unit == SIZES_HUMAN;

	ipcs_size(ipcs, bytes, human, human ? 6 : -width);
	if (human)
		buf_pad(&ipcs->out, ' ', (size_t)width - 6);
	buf_putc(&ipcs->out, ' ');
}

static void put_object(struct ipcs *ipcs, enum sysv_kind kind,
		       const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;

	buf_printf(out, "0x%08x %-10d", st->key, st->id);
	put_owner(ipcs, st);
	buf_printf(out, " %-10o ", st->mode & 0777);
	if (kind == SYSV_SHM) {
		put_size(ipcs, st->size, 10);
		buf_printf(out, "%-10llu %-6s %-6s\n",
			   (unsigned long long)st->nr,
			   st->mode & MODE_DEST ? "dest" : " ",
			   st->mode & MODE_LOCKED ? "locked" : " ");
	} else if (kind == SYSV_MSG) {
		put_size(ipcs, st->size, 12);
		buf_printf(out, "%-12llu\n", (unsigned long long)st->nr);
	} else {
		buf_printf(out, "%-10llu\n", (unsigned long long)st->nr);
	}
}

static void head_creators(struct ipcs *ipcs, enum sysv_kind kind)
{
	const char *const names[] = {
		words[kind].id, "perms", "cuid", "cgid", "uid", "gid",
	};

	put_title(ipcs, words[kind].creators);
	put_columns(ipcs, names, ARRAY_SIZE(names), false);
}

void ipcs_list(struct ipcs *ipcs, enum sysv_kind kind)
{
	static const struct {
		void (*head)(struct ipcs *ipcs, enum sysv_kind kind);
		void (*put)(struct ipcs *ipcs, enum sysv_kind kind,
			    const struct sysv_stat *st);
	} printers[] = {
		[VIEW_OBJECTS]	= { head_objects, put_object },
		[VIEW_CREATORS]	= { head_creators, put_creators },
		[VIEW_TIMES]	= { head_times, put_times },
		[VIEW_PIDS]	= { head_pids, put_pids },
	};
	const struct host *host = ipcs->host;
	int max = -1, i;

	if (host->ops->sysv_max(host, kind, &max, NULL) < 0) {
		buf_puts(&ipcs->out, kind == SYSV_SHM ?
			 "kernel not configured for shared memory\n" :
			 kind == SYSV_MSG ?
			 "kernel not configured for message queues\n" :
			 "kernel not configured for semaphores\n");
		return;
	}
	printers[ipcs->view].head(ipcs, kind);
	for (i = 0; i <= max; i++) {
		struct sysv_stat st;

		if (host->ops->sysv_stat(host, kind, i, &st) >= 0)
			printers[ipcs->view].put(ipcs, kind, &st);
	}
}
