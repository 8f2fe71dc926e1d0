// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcs: limits, sums, and all about one object. */
#include <errno.h>
#include <string.h>

#include "ipcs.h"
#include "ipcscope/num.h"

#define SEM_MOST	32767	/* SEMVMX, uapi/linux/sem.h */
#define FULL_WIDTH	26
#define FULL_TIME	24

/* The @nr-th number of a file in /proc/sys/kernel. */
static bool sysctl(const struct ipcs *ipcs, const char *name, unsigned int nr,
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
static void put_limit(struct ipcs *ipcs, const char *what, uint64_t bytes)
{
	bool human = ipcs->unit == SIZES_HUMAN;

	buf_printf(&ipcs->out, "%s%s = ", what, human ? "" : " (bytes)");
	ipcs_size(ipcs, bytes, human, 0);
	buf_putc(&ipcs->out, '\n');
}

/* @nr units of @size bytes; what is too large stays a multiple. */
static uint64_t times(uint64_t nr, uint64_t size)
{
	uint64_t product;

	if (__builtin_mul_overflow(nr, size, &product))
		return UINT64_MAX - UINT64_MAX % size;
	return product;
}

static void limits_msg(struct ipcs *ipcs)
{
	uint64_t queues, message, queue;

	buf_puts(&ipcs->out, "------ Messages Limits --------\n");
	if (!sysctl(ipcs, "msgmni", 0, &queues) ||
	    !sysctl(ipcs, "msgmax", 0, &message) ||
	    !sysctl(ipcs, "msgmnb", 0, &queue))
		return;
	buf_printf(&ipcs->out, "max queues system wide = %llu\n",
		   (unsigned long long)queues);
	put_limit(ipcs, "max size of message", message);
	put_limit(ipcs, "default max size of queue", queue);
}

static uint32_t page_size(const struct host *host)
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

static void limits_shm(struct ipcs *ipcs)
{
	uint64_t segments, size, pages;
	uint32_t page = page_size(ipcs->host);

	buf_puts(&ipcs->out, "------ Shared Memory Limits --------\n");
	if (!sysctl(ipcs, "shmmni", 0, &segments) ||
	    !sysctl(ipcs, "shmmax", 0, &size) ||
	    !sysctl(ipcs, "shmall", 0, &pages))
		return;
	buf_printf(&ipcs->out, "max number of segments = %llu\n",
		   (unsigned long long)segments);
	if (ipcs->unit == SIZES_DEFAULT) {
		buf_printf(&ipcs->out, "max seg size (kbytes) = %llu\n",
			   (unsigned long long)(size / 1024));
		buf_printf(&ipcs->out, "max total shared memory (kbytes) = %llu\n",
			   (unsigned long long)times(pages, page / 1024));
	} else {
		put_limit(ipcs, "max seg size", size);
		put_limit(ipcs, "max total shared memory", times(pages, page));
	}
	put_limit(ipcs, "min seg size", 1);
}

static void limits_sem(struct ipcs *ipcs)
{
	static const char *const what[] = {
		"max number of arrays", "max semaphores per array",
		"max semaphores system wide", "max ops per semop call",
	};
	static const unsigned int place[] = { 3, 0, 1, 2 };	/* in kernel.sem */
	uint64_t num;
	size_t i;

	buf_puts(&ipcs->out, "------ Semaphore Limits --------\n");
	for (i = 0; i < ARRAY_SIZE(what); i++) {
		if (!sysctl(ipcs, "sem", place[i], &num))
			return;
		buf_printf(&ipcs->out, "%s = %llu\n", what[i],
			   (unsigned long long)num);
	}
	buf_printf(&ipcs->out, "semaphore max value = %u\n", SEM_MOST);
}

void ipcs_limits(struct ipcs *ipcs, enum sysv_kind kind)
{
	static void (*const print[])(struct ipcs *ipcs) = {
		[SYSV_SHM] = limits_shm, [SYSV_SEM] = limits_sem,
		[SYSV_MSG] = limits_msg,
	};

	print[kind](ipcs);
}

static void status_shm(struct ipcs *ipcs, const struct sysv_totals *totals)
{
	buf_puts(&ipcs->out, "------ Shared Memory Status --------\n");
	buf_printf(&ipcs->out, "segments allocated %llu\n"
		   "pages allocated %llu\n"
		   "pages resident  %llu\n"
		   "pages swapped   %llu\n"
		   "Swap performance: %llu attempts\t %llu successes\n",
		   (unsigned long long)totals->objects,
		   (unsigned long long)totals->parts,
		   (unsigned long long)totals->resident,
		   (unsigned long long)totals->swapped,
		   (unsigned long long)totals->swap_attempts,
		   (unsigned long long)totals->swap_successes);
}

static void status_msg(struct ipcs *ipcs, const struct sysv_totals *totals)
{
	buf_puts(&ipcs->out, "------ Messages Status --------\n");
	buf_printf(&ipcs->out, "allocated queues = %llu\n"
		   "used headers = %llu\n",
		   (unsigned long long)totals->objects,
		   (unsigned long long)totals->parts);
	if (ipcs->unit == SIZES_DEFAULT)
		buf_printf(&ipcs->out, "used space = %llu bytes\n",
			   (unsigned long long)totals->bytes);
	else
		put_limit(ipcs, "used space", totals->bytes);
}

static void status_sem(struct ipcs *ipcs, const struct sysv_totals *totals)
{
	buf_puts(&ipcs->out, "------ Semaphore Status --------\n");
	buf_printf(&ipcs->out, "used arrays = %llu\n"
		   "allocated semaphores = %llu\n",
		   (unsigned long long)totals->objects,
		   (unsigned long long)totals->parts);
}

void ipcs_status(struct ipcs *ipcs, enum sysv_kind kind)
{
	static void (*const print[])(struct ipcs *ipcs,
				     const struct sysv_totals *totals) = {
		[SYSV_SHM] = status_shm, [SYSV_SEM] = status_sem,
		[SYSV_MSG] = status_msg,
	};
	const struct host *host = ipcs->host;
	struct sysv_totals totals;

	if (!host->ops->sysv_totals(host, kind, &totals))
		print[kind](ipcs, &totals);
}

/* ---- one ---- */

static void put_when(struct ipcs *ipcs, const char *what, int64_t when)
{
	buf_puts(&ipcs->out, what);
	ipcs_time(ipcs, when, 0, FULL_WIDTH, FULL_TIME);
	buf_putc(&ipcs->out, '\n');
}

static int one_shm(struct ipcs *ipcs, const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;
	bool human = ipcs->unit == SIZES_HUMAN;

	buf_printf(out, "\nShared memory Segment shmid=%d\n", st->id);
	buf_printf(out, "uid=%u\tgid=%u\tcuid=%u\tcgid=%u\n", st->uid, st->gid,
		   st->cuid, st->cgid);
	buf_printf(out, "mode=%#o\taccess_perms=%#o\n", st->mode,
		   st->mode & 0777);
	buf_puts(out, human ? "size=" : "bytes=");
	ipcs_size(ipcs, st->size, human, 0);
	buf_printf(out, "\tlpid=%u\tcpid=%u\tnattch=%llu\n",
		   (unsigned int)st->pid2, (unsigned int)st->pid,
		   (unsigned long long)st->nr);
	put_when(ipcs, "att_time=", st->atime);
	put_when(ipcs, "det_time=", st->dtime);
	put_when(ipcs, "change_time=", st->ctime);
	buf_putc(out, '\n');
	return STATUS_OK;
}

static int one_msg(struct ipcs *ipcs, const struct sysv_stat *st)
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
	put_when(ipcs, "send_time=", st->atime);
	put_when(ipcs, "rcv_time=", st->dtime);
	put_when(ipcs, "change_time=", st->ctime);
	buf_putc(out, '\n');
	return STATUS_OK;
}

static int put_values(struct ipcs *ipcs, const struct sysv_stat *st)
{
	const struct host *host = ipcs->host;
	uint16_t *values = mem_zero(st->nr ?: 1, sizeof(*values));
	uint32_t num, waits, waits_zero;
	int err;

	err = host->ops->sem_values(host, st->id, (uint32_t)st->nr, values);
	for (num = 0; num < st->nr && !err; num++) {
		pid_t pid;

		err = host->ops->sem_detail(host, st->id, num, &pid, &waits,
					    &waits_zero);
		if (!err)
			buf_printf(&ipcs->out, "%-10u %-10u %-10u %-10u %-10d\n",
				   num, values[num], waits, waits_zero, (int)pid);
	}
	free(values);
	return err;
}

static int one_sem(struct ipcs *ipcs, const struct sysv_stat *st)
{
	struct buf *out = &ipcs->out;
	int err;

	buf_printf(out, "\nSemaphore Array semid=%d\n", st->id);
	buf_printf(out, "uid=%u\t gid=%u\t cuid=%u\t cgid=%u\n", st->uid,
		   st->gid, st->cuid, st->cgid);
	buf_printf(out, "mode=%#o, access_perms=%#o\n", st->mode,
		   st->mode & 0777);
	buf_printf(out, "nsems = %llu\n", (unsigned long long)st->nr);
	put_when(ipcs, "otime = ", st->atime);
	put_when(ipcs, "ctime = ", st->ctime);
	buf_printf(out, "%-10s %-10s %-10s %-10s %-10s\n", "semnum", "value",
		   "ncount", "zcount", "pid");
	err = put_values(ipcs, st);
	buf_putc(out, '\n');
	if (!err)
		return STATUS_OK;
	complain("the values of semid %d cannot be read: %s", st->id,
		 strerror(-err));
	return STATUS_FAILED;
}

int ipcs_one(struct ipcs *ipcs, enum sysv_kind kind, int id)
{
	static int (*const print[])(struct ipcs *ipcs,
				    const struct sysv_stat *st) = {
		[SYSV_SHM] = one_shm, [SYSV_SEM] = one_sem, [SYSV_MSG] = one_msg,
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
