// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcs: limits, sums, and all about one object. */
#include <errno.h>
#include <string.h>

#include "compat.h"
#include "ipcscope/text.h"

#define SEM_MOST	32767	/* SEMVMX, uapi/linux/sem.h */
#define FULL_WIDTH	26
#define FULL_TIME	24

static const char *const sum_titles[] = {
	[SYSV_SHM] = "Shared Memory", [SYSV_SEM] = "Semaphore", [SYSV_MSG] = "Messages",
};

/* The @nr-th number of a file in /proc/sys/kernel. */
static bool ipcs_sysctl(const struct ipcs *ipcs, const char *name, unsigned int nr,
			uint64_t *num)
{
	const struct host *host = ipcs->host;
	struct buf path = {}, text = {};
	const char *at;
	bool ok;

	buf_printf(&path, "/proc/sys/kernel/%s", name);
	ok = host->ops->read_file(host, NULL, path.data, &text) >= 0 && text.len;
	at = text.data;
	for (; ok && nr; nr--) {
		ok = num_u64(&at, num);
		at += strspn(at, " \t");
	}
	ok = ok && num_u64(&at, num);
	buf_free(&path);
	buf_free(&text);
	return ok;
}

/* "what (bytes) = 8192", or "what = 8K". */
static void ipcs_put_size_line(struct ipcs *ipcs, const char *what, uint64_t bytes)
{
	bool human = ipcs->unit == SIZES_HUMAN;

	buf_printf(&ipcs->out, "%s%s = ", what, human ? "" : " (bytes)");
	ipcs_size(ipcs, bytes, human, 0);
	buf_putc(&ipcs->out, '\n');
}

/* @nr units of @size bytes; a product that is too large becomes the largest multiple. */
static uint64_t ipcs_times(uint64_t nr, uint64_t size)
{
	uint64_t product;

	if (__builtin_mul_overflow(nr, size, &product))
		return UINT64_MAX - UINT64_MAX % size;
	return product;
}

static uint32_t ipcs_page_size(const struct host *host)
{
	struct buf hostname = {}, kernel = {};
	uint32_t ticks, size = 0;
	uid_t uid;
	pid_t pid;

	host->ops->identity(host, &hostname, &kernel, &uid, &pid, &ticks, &size);
	buf_free(&hostname);
	buf_free(&kernel);
	return size ?: 4096;
}

enum limit_style {
	LIMIT_NUMBER,
	LIMIT_SIZE,		/* in bytes */
	LIMIT_KBYTES,		/* in bytes; in kilobytes without --bytes and --human */
	LIMIT_KPAGES,		/* the same of a number of pages */
};

/* The lines of ipcs --limits: the @nr-th number of a file, or the number itself. */
static const struct limit_line {
	enum sysv_kind kind;
	const char *what;
	const char *file;	/* below /proc/sys/kernel; or NULL */
	unsigned int nr;
	enum limit_style style;
} limit_lines[] = {
	{ SYSV_MSG, "max queues system wide", "msgmni", 0, LIMIT_NUMBER },
	{ SYSV_MSG, "max size of message", "msgmax", 0, LIMIT_SIZE },
	{ SYSV_MSG, "default max size of queue", "msgmnb", 0, LIMIT_SIZE },
	{ SYSV_SHM, "max number of segments", "shmmni", 0, LIMIT_NUMBER },
	{ SYSV_SHM, "max seg size", "shmmax", 0, LIMIT_KBYTES },
	{ SYSV_SHM, "max total shared memory", "shmall", 0, LIMIT_KPAGES },
	{ SYSV_SHM, "min seg size", NULL, 1, LIMIT_SIZE },
	{ SYSV_SEM, "max number of arrays", "sem", 3, LIMIT_NUMBER },
	{ SYSV_SEM, "max semaphores per array", "sem", 0, LIMIT_NUMBER },
	{ SYSV_SEM, "max semaphores system wide", "sem", 1, LIMIT_NUMBER },
	{ SYSV_SEM, "max ops per semop call", "sem", 2, LIMIT_NUMBER },
	{ SYSV_SEM, "semaphore max value", NULL, SEM_MOST, LIMIT_NUMBER },
};

static void ipcs_put_limit_line(struct ipcs *ipcs, const struct limit_line *line, uint64_t num)
{
	const bool pages = line->style == LIMIT_KPAGES;
	uint32_t page = pages ? ipcs_page_size(ipcs->host) : 0;

	if (line->style >= LIMIT_KBYTES && ipcs->unit == SIZES_DEFAULT) {
		buf_printf(&ipcs->out, "%s (kbytes) = ", line->what);
		buf_u64(&ipcs->out, pages ? ipcs_times(num, page / 1024) : num / 1024);
		buf_putc(&ipcs->out, '\n');
	} else if (line->style != LIMIT_NUMBER) {
		ipcs_put_size_line(ipcs, line->what, pages ? ipcs_times(num, page) : num);
	} else {
		buf_printf(&ipcs->out, "%s = %llu\n", line->what, (unsigned long long)num);
	}
}

void ipcs_limits(struct ipcs *ipcs, enum sysv_kind kind)
{
	const struct limit_line *line;

	buf_printf(&ipcs->out, "------ %s Limits --------\n", sum_titles[kind]);
	for (line = limit_lines; line < limit_lines + ARRAY_SIZE(limit_lines); line++) {
		uint64_t num = line->nr;

		if (line->kind != kind)
			continue;
		if (line->file && !ipcs_sysctl(ipcs, line->file, line->nr, &num))
			return;
		ipcs_put_limit_line(ipcs, line, num);
	}
}

void ipcs_status(struct ipcs *ipcs, enum sysv_kind kind)
{
#define TOTAL(member)	offsetof(struct sysv_totals, member)
	static const struct {
		enum sysv_kind kind;
		const char *what;
		size_t total;
	} lines[] = {
		{ SYSV_SHM, "segments allocated ", TOTAL(objects) },
		{ SYSV_SHM, "pages allocated ", TOTAL(parts) },
		{ SYSV_SHM, "pages resident  ", TOTAL(resident) },
		{ SYSV_SHM, "pages swapped   ", TOTAL(swapped) },
		{ SYSV_MSG, "allocated queues = ", TOTAL(objects) },
		{ SYSV_MSG, "used headers = ", TOTAL(parts) },
		{ SYSV_SEM, "used arrays = ", TOTAL(objects) },
		{ SYSV_SEM, "allocated semaphores = ", TOTAL(parts) },
	};
#undef TOTAL
	struct buf *out = &ipcs->out;
	struct sysv_totals totals;
	size_t i;

	if (ipcs->host->ops->sysv_totals(ipcs->host, kind, &totals))
		return;
	buf_printf(out, "------ %s Status --------\n", sum_titles[kind]);
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (lines[i].kind != kind)
			continue;
		buf_puts(out, lines[i].what);
		buf_u64(out, *(const uint64_t *)((const char *)&totals + lines[i].total));
		buf_putc(out, '\n');
	}
	if (kind == SYSV_SHM)
		buf_printf(out, "Swap performance: %llu attempts\t %llu successes\n",
			   (unsigned long long)totals.swap_attempts,
			   (unsigned long long)totals.swap_successes);
	else if (kind == SYSV_MSG && ipcs->unit == SIZES_DEFAULT)
		buf_printf(out, "used space = %llu bytes\n",
			   (unsigned long long)totals.bytes);
	else if (kind == SYSV_MSG)
		ipcs_put_size_line(ipcs, "used space", totals.bytes);
}

static void ipcs_put_when(struct ipcs *ipcs, const char *what, int64_t when)
{
	buf_puts(&ipcs->out, what);
	ipcs_time(ipcs, when, 0, FULL_WIDTH, FULL_TIME);
	buf_putc(&ipcs->out, '\n');
}

static int ipcs_one_shm(struct ipcs *ipcs, const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;
	bool human = ipcs->unit == SIZES_HUMAN;

	buf_printf(out, "\nShared memory Segment shmid=%d\n", st->id);
	buf_printf(out, "uid=%u\tgid=%u\tcuid=%u\tcgid=%u\n", st->uid, st->gid,
		   st->cuid, st->cgid);
	buf_printf(out, "mode=%#o\taccess_perms=%#o\n", st->mode, st->mode & 0777);
	buf_puts(out, human ? "size=" : "bytes=");
	ipcs_size(ipcs, st->size, human, 0);
	buf_printf(out, "\tlpid=%u\tcpid=%u\tnattch=%llu\n",
		   (unsigned int)st->pid2, (unsigned int)st->pid,
		   (unsigned long long)st->nr);
	ipcs_put_when(ipcs, "att_time=", st->atime);
	ipcs_put_when(ipcs, "det_time=", st->dtime);
	ipcs_put_when(ipcs, "change_time=", st->ctime);
	buf_putc(out, '\n');
	return STATUS_OK;
}

static int ipcs_one_msg(struct ipcs *ipcs, const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;
	bool human = ipcs->unit == SIZES_HUMAN;

	buf_printf(out, "\nMessage Queue msqid=%d\n", st->id);
	buf_printf(out, "uid=%u\tgid=%u\tcuid=%u\tcgid=%u\tmode=%#o\n", st->uid,
		   st->gid, st->cuid, st->cgid, st->mode);
	buf_puts(out, human ? "csize=" : "cbytes=");
	ipcs_size(ipcs, st->size, human, 0);
	buf_puts(out, human ? "\tqsize=" : "\tqbytes=");
	ipcs_size(ipcs, st->qbytes, human, 0);
	buf_printf(out, "\tqnum=%llu\tlspid=%d\tlrpid=%d\n",
		   (unsigned long long)st->nr, (int)st->pid, (int)st->pid2);
	ipcs_put_when(ipcs, "send_time=", st->atime);
	ipcs_put_when(ipcs, "rcv_time=", st->dtime);
	ipcs_put_when(ipcs, "change_time=", st->ctime);
	buf_putc(out, '\n');
	return STATUS_OK;
}

static int ipcs_put_values(struct ipcs *ipcs, const struct sysv_stat *st)
{
	const struct host *host = ipcs->host;
	uint16_t *values = mem_zero(st->nr ?: 1, sizeof(*values));
	uint32_t num, waits, waits_zero;
	int err;

	err = host->ops->sem_values(host, st->id, (uint32_t)st->nr, values);
	for (num = 0; num < st->nr && !err; num++) {
		pid_t pid;

		err = host->ops->sem_detail(host, st->id, num, &pid, &waits, &waits_zero);
		if (!err)
			buf_printf(&ipcs->out, "%-10u %-10u %-10u %-10u %-10d\n",
				   num, values[num], waits, waits_zero, (int)pid);
	}
	free(values);
	return err;
}

static int ipcs_one_sem(struct ipcs *ipcs, const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;
	int err;

	buf_printf(out, "\nSemaphore Array semid=%d\n", st->id);
	buf_printf(out, "uid=%u\t gid=%u\t cuid=%u\t cgid=%u\n", st->uid,
		   st->gid, st->cuid, st->cgid);
	buf_printf(out, "mode=%#o, access_perms=%#o\n", st->mode, st->mode & 0777);
	buf_printf(out, "nsems = %llu\n", (unsigned long long)st->nr);
	ipcs_put_when(ipcs, "otime = ", st->atime);
	ipcs_put_when(ipcs, "ctime = ", st->ctime);
	buf_printf(out, "%-10s %-10s %-10s %-10s %-10s\n", "semnum", "value",
		   "ncount", "zcount", "pid");
	err = ipcs_put_values(ipcs, st);
	buf_putc(out, '\n');
	if (!err)
		return STATUS_OK;
	complain("the values of semid %d cannot be read: %s", st->id, strerror(-err));
	return STATUS_FAILED;
}

int ipcs_one(struct ipcs *ipcs, enum sysv_kind kind, int id)
{
	static int (*const print[])(struct ipcs *ipcs, const struct sysv_stat *st) = {
		[SYSV_SHM] = ipcs_one_shm, [SYSV_SEM] = ipcs_one_sem, [SYSV_MSG] = ipcs_one_msg,
	};
	const struct host *host = ipcs->host;
	struct sysv_stat st;
	int max = -1, i;

	if (host->ops->sysv_max(host, kind, &max, NULL) < 0)
		max = -1;
	for (i = 0; i <= max; i++) {
		if (host->ops->sysv_stat(host, kind, i, &st) >= 0 && st.id == id)
			return print[kind](ipcs, &st);
	}
	complain("id %d not found", id);
	return STATUS_FAILED;
}
