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

	while (shift < 60 && bytes >> (shift + 10))
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

static void put_creators(struct ipcs *ipcs, const struct sysv_stat *st)
{
	buf_printf(&ipcs->out, "%-10d %-10o", st->id, st->mode & 0777);
	put_name(ipcs, false, st->cuid);
	put_name(ipcs, true, st->cgid);
	put_name(ipcs, false, st->uid);
	put_name(ipcs, true, st->gid);
	buf_putc(&ipcs->out, '\n');
}

static void put_msg(struct ipcs *ipcs, const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;

	switch (ipcs->view) {
	case VIEW_CREATORS:
		put_creators(ipcs, st);
		return;
	case VIEW_TIMES:
		buf_printf(out, "%-8d", st->id);
		put_owner(ipcs, st);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->atime, WEEKDAY, 20, SHORT_TIME);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->dtime, WEEKDAY, 20, SHORT_TIME);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->ctime, WEEKDAY, 20, SHORT_TIME);
		buf_putc(out, '\n');
		return;
	case VIEW_PIDS:
		buf_printf(out, "%-8d", st->id);
		put_owner(ipcs, st);
		buf_printf(out, "  %5d     %5d\n", (int)st->pid, (int)st->pid2);
		return;
	default:
		buf_printf(out, "0x%08x %-10d", st->key, st->id);
		put_owner(ipcs, st);
		buf_printf(out, " %-10o ", st->mode & 0777);
		if (ipcs->unit == SIZES_HUMAN)
			ipcs_size(ipcs, st->size, true, 6);
		else
			ipcs_size(ipcs, st->size, false, -12);
		buf_printf(out, "%s %-12llu\n",
			   ipcs->unit == SIZES_HUMAN ? "      " : "",
			   (unsigned long long)st->nr);
	}
}

static void put_shm(struct ipcs *ipcs, const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;

	switch (ipcs->view) {
	case VIEW_CREATORS:
		put_creators(ipcs, st);
		return;
	case VIEW_TIMES:
		buf_printf(out, "%-10d", st->id);
		put_owner(ipcs, st);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->atime, WEEKDAY, 20, SHORT_TIME);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->dtime, WEEKDAY, 20, SHORT_TIME);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->ctime, WEEKDAY, 20, SHORT_TIME);
		buf_putc(out, '\n');
		return;
	case VIEW_PIDS:
		buf_printf(out, "%-10d", st->id);
		put_owner(ipcs, st);
		buf_printf(out, " %-10u %-10u\n", (unsigned int)st->pid,
			   (unsigned int)st->pid2);
		return;
	default:
		buf_printf(out, "0x%08x %-10d", st->key, st->id);
		put_owner(ipcs, st);
		buf_printf(out, " %-10o ", st->mode & 0777);
		if (ipcs->unit == SIZES_HUMAN)
			ipcs_size(ipcs, st->size, true, 6);
		else
			ipcs_size(ipcs, st->size, false, -10);
		buf_printf(out, "%s %-10llu %-6s %-6s\n",
			   ipcs->unit == SIZES_HUMAN ? "    " : "",
			   (unsigned long long)st->nr,
			   st->mode & MODE_DEST ? "dest" : " ",
			   st->mode & MODE_LOCKED ? "locked" : " ");
	}
}

static void put_sem(struct ipcs *ipcs, const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;

	switch (ipcs->view) {
	case VIEW_CREATORS:
		put_creators(ipcs, st);
		return;
	case VIEW_TIMES:
		buf_printf(out, "%-8d", st->id);
		put_owner(ipcs, st);
		buf_puts(out, "  ");
		ipcs_time(ipcs, st->atime, 0, 26, FULL_TIME);
		buf_putc(out, ' ');
		ipcs_time(ipcs, st->ctime, 0, 26, FULL_TIME);
		buf_putc(out, '\n');
		return;
	case VIEW_PIDS:
		return;		/* a set has none */
	default:
		buf_printf(out, "0x%08x %-10d", st->key, st->id);
		put_owner(ipcs, st);
		buf_printf(out, " %-10o %-10llu\n", st->mode & 0777,
			   (unsigned long long)st->nr);
	}
}

static const char *const sizes[] = {
	[SIZES_DEFAULT] = "bytes", [SIZES_BYTES] = "bytes", [SIZES_HUMAN] = "size",
};

static void head_msg(struct ipcs *ipcs)
{
	struct buf *out = &ipcs->out;

	switch (ipcs->view) {
	case VIEW_CREATORS:
		buf_puts(out, "------ Message Queues Creators/Owners --------\n");
		buf_printf(out, "%-10s %-10s %-10s %-10s %-10s %-10s\n",
			   "msqid", "perms", "cuid", "cgid", "uid", "gid");
		return;
	case VIEW_TIMES:
		buf_puts(out, "------ Message Queues Send/Recv/Change Times --------\n");
		buf_printf(out, "%-8s %-10s %-20s %-20s %-20s\n", "msqid",
			   "owner", "send", "recv", "change");
		return;
	case VIEW_PIDS:
		buf_puts(out, "------ Message Queues PIDs --------\n");
		buf_printf(out, "%-10s %-10s %-10s %-10s\n", "msqid", "owner",
			   "lspid", "lrpid");
		return;
	default:
		buf_puts(out, "------ Message Queues --------\n");
		buf_printf(out, "%-10s %-10s %-10s %-10s %-12s %-12s\n", "key",
			   "msqid", "owner", "perms",
			   ipcs->unit == SIZES_HUMAN ? "size" : "used-bytes",
			   "messages");
	}
}

static void head_shm(struct ipcs *ipcs)
{
	struct buf *out = &ipcs->out;

	switch (ipcs->view) {
	case VIEW_CREATORS:
		buf_puts(out, "------ Shared Memory Segment Creators/Owners --------\n");
		buf_printf(out, "%-10s %-10s %-10s %-10s %-10s %-10s\n",
			   "shmid", "perms", "cuid", "cgid", "uid", "gid");
		return;
	case VIEW_TIMES:
		buf_puts(out, "------ Shared Memory Attach/Detach/Change Times --------\n");
		buf_printf(out, "%-10s %-10s %-20s %-20s %-20s\n", "shmid",
			   "owner", "attached", "detached", "changed");
		return;
	case VIEW_PIDS:
		buf_puts(out, "------ Shared Memory Creator/Last-op PIDs --------\n");
		buf_printf(out, "%-10s %-10s %-10s %-10s\n", "shmid", "owner",
			   "cpid", "lpid");
		return;
	default:
		buf_puts(out, "------ Shared Memory Segments --------\n");
		buf_printf(out, "%-10s %-10s %-10s %-10s %-10s %-10s %-12s\n",
			   "key", "shmid", "owner", "perms", sizes[ipcs->unit],
			   "nattch", "status");
	}
}

static void head_sem(struct ipcs *ipcs)
{
	struct buf *out = &ipcs->out;

	switch (ipcs->view) {
	case VIEW_CREATORS:
		buf_puts(out, "------ Semaphore Arrays Creators/Owners --------\n");
		buf_printf(out, "%-10s %-10s %-10s %-10s %-10s %-10s\n",
			   "semid", "perms", "cuid", "cgid", "uid", "gid");
		return;
	case VIEW_TIMES:
		buf_puts(out, "------ Semaphore Operation/Change Times --------\n");
		buf_printf(out, "%-8s %-10s %-26s %-26s\n", "semid", "owner",
			   "last-op", "last-changed");
		return;
	case VIEW_PIDS:
		return;
	default:
		buf_puts(out, "------ Semaphore Arrays --------\n");
		buf_printf(out, "%-10s %-10s %-10s %-10s %-10s\n", "key",
			   "semid", "owner", "perms", "nsems");
	}
}

void ipcs_list(struct ipcs *ipcs, enum sysv_kind kind)
{
	static const struct {
		void (*head)(struct ipcs *ipcs);
		void (*put)(struct ipcs *ipcs, const struct sysv_stat *st);
	} printers[] = {
		[SYSV_SHM] = { head_shm, put_shm },
		[SYSV_SEM] = { head_sem, put_sem },
		[SYSV_MSG] = { head_msg, put_msg },
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
	printers[kind].head(ipcs);
	for (i = 0; i <= max; i++) {
		struct sysv_stat st;

		if (host->ops->sysv_stat(host, kind, i, &st) >= 0)
			printers[kind].put(ipcs, &st);
	}
}
