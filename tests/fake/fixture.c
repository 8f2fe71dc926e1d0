// SPDX-License-Identifier: GPL-2.0-or-later
/* A host that answers from a text: its frame, and what is no file. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "ipcscope/text.h"
#include "internal.h"

static bool fails_now(struct failure *failure)
{
	return !failure->times ||
	       __atomic_fetch_add(&failure->seen, 1, __ATOMIC_RELAXED) <
	       failure->times;
}

int fixture_fails(struct failure *failure)
{
	return failure->err && fails_now(failure) ? -(int)failure->err : 0;
}

int fixture_enter(struct fixture *fx, size_t op)
{
	const uint32_t failure = fx->op_failures[op];

	__atomic_fetch_add(&fx->counts.calls[op], 1, __ATOMIC_RELAXED);
	return failure ? fixture_fails(&fx->failures.at[failure - 1]) : 0;
}

/* A closed door can still be seen from outside. */
#define CLOSED	(~OP_BIT(HOST_OP(stat)))

int fixture_node_fails(struct fixture *fx, const struct node *node, size_t op)
{
	struct failure *failure;

	if (node->failure == NO_INDEX)
		return 0;
	failure = &fx->failures.at[node->failure];
	if (!((failure->ops ?: CLOSED) & OP_BIT(op)))
		return 0;
	return fixture_fails(failure);
}

/* By /proc/uptime: "12345.67 ..." */
int64_t fixture_clock_boot(const struct host *host, int64_t *steady)
{
	struct fixture *fx = fixture_of(host);
	struct buf text = { 0 };
	uint64_t secs = 0;
	const char *at;

	fixture_enter(fx, HOST_OP(clock_boot));
	*steady = fx->clock_set ? 0 : 1;
	if (!host->ops->read_file(host, NULL, "/proc/uptime", &text) && (at = text.data))
		num_u64(&at, &secs);
	buf_free(&text);
	return (fx->now - (int64_t)secs) * 100;
}

void fixture_clock_note(const struct host *host)
{
	fixture_enter(fixture_of(host), HOST_OP(clock_note));
}

static uint64_t shared_by(const struct fixture *fx, enum host_shared what, pid_t tid)
{
	const struct shared_row *row;

	vec_for_each(row, &fx->shared) {
		if (row->what == what && row->tid == (uint64_t)tid)
			return row->number;
	}
	return what == HOST_FILES ? 0 : (uint64_t)tid;
}

int fixture_compare(const struct host *host, enum host_shared what, pid_t a, pid_t b)
{
	struct fixture *fx = fixture_of(host);
	uint64_t x = shared_by(fx, what, a), y = shared_by(fx, what, b);

	return fixture_enter(fx, HOST_OP(compare)) ?:
	       (x == y ? 0 : x < y ? HOST_BEFORE : HOST_AFTER);
}

/* What leads to the same by the same inode is the same; a target is what its number leads to. */
int fixture_compare_fds(const struct host *host, pid_t a, int a_fd, pid_t b, int b_fd, int slot)
{
	int ret = fixture_enter(fixture_of(host), HOST_OP(compare_fds)), order, i;
	struct host_stat st[2] = { { 0 }, { 0 } };
	char link[2][128] = { "", "" }, path[64];

	for (i = 0; i < 2 && !ret; i++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", i && slot < 0 ? b : a,
			 i && slot < 0 ? b_fd : a_fd);
		if (fixture_read_link(host, NULL, path, link[i], sizeof(link[i])) < 0)
			ret = -EBADF;
		fixture_stat(host, NULL, path, HOST_FOLLOW, &st[i]);
	}
	if (ret)
		return ret;
	order = strcmp(link[0], link[1]);
	if (!order)
		order = (st[0].ino > st[1].ino) - (st[0].ino < st[1].ino);
	return !order ? 0 : order < 0 ? HOST_BEFORE : HOST_AFTER;
}

int fixture_read_memory(const struct host *host, pid_t pid, uint64_t addr,
		       void *to, size_t size)
{
	struct fixture *fx = fixture_of(host);
	const struct memory *mem;
	int ret;

	ret = fixture_enter(fx, HOST_OP(read_memory));
	if (ret)
		return ret;
	vec_for_each(mem, &fx->memory) {
		if (mem->pid != (uint64_t)pid || addr < mem->addr ||
		    addr - mem->addr > mem->data.len ||
		    mem->data.len - (addr - mem->addr) < size)
			continue;
		memcpy(to, mem->data.at + (addr - mem->addr), size);
		return 0;
	}
	return -EFAULT;
}

int fixture_id_name(const struct host *host, bool group, uint32_t id,
		   struct buf *buf)
{
	struct fixture *fx = fixture_of(host);
	const struct name_row *name;
	int ret;

	ret = fixture_enter(fx, HOST_OP(id_name));
	if (ret)
		return ret;
	buf_reset(buf);
	vec_for_each(name, &fx->names) {
		if (name->group == group && name->id == id) {
			buf_add(buf, name->name.at, name->name.len);
			return 0;
		}
	}
	return -ENOENT;
}

int fixture_name_id(const struct host *host, bool group, const char *text,
		   uint32_t *id)
{
	struct fixture *fx = fixture_of(host);
	const struct name_row *name;
	int ret;

	ret = fixture_enter(fx, HOST_OP(name_id));
	if (ret)
		return ret;
	vec_for_each(name, &fx->names) {
		if (name->group == group && !strcmp(name->name.at, text)) {
			*id = name->id;
			return 0;
		}
	}
	return -ENOENT;
}

int fixture_memory_devs(const struct host *host, uint64_t *devs, int room)
{
	struct fixture *fx = fixture_of(host);
	int i, ret;

	ret = fixture_enter(fx, HOST_OP(memory_devs));
	if (ret)
		return ret;
	for (i = 0; i < room && i < (int)fx->memory_devs.nr; i++)
		devs[i] = fx->memory_devs.at[i];
	return i;
}

static bool same_pid(const void *vec, uint32_t index, const void *key)
{
	return ((const struct process_row *)vec)[index].pid ==
	       *(const uint64_t *)key;
}

static void copy_word(const struct word *word, char *to, size_t size)
{
	const size_t len = word->len < size ? word->len : size - 1;

	if (len)
		memcpy(to, word->at, len);
	to[len] = '\0';
}

int fixture_process(const struct host *host, pid_t pid,
		   struct host_process *proc)
{
	struct fixture *fx = fixture_of(host);
	const uint64_t key = pid;
	const struct process_row *row;
	uint32_t i;
	int ret;

	ret = fixture_enter(fx, HOST_OP(process));
	if (ret)
		return ret;
	i = map_find(&fx->by_pid, hash_u64(key, 0), same_pid, fx->processes.at,
		     &key);
	if (i == NO_INDEX)
		return -ESRCH;
	row = &fx->processes.at[i];
	*proc = (struct host_process){
		.start		= row->start,
	};
	copy_word(&row->unit, proc->unit, sizeof(proc->unit));
	return 0;
}

void fixture_wait(const struct host *host, unsigned int milliseconds)
{
	fixture_enter(fixture_of(host), HOST_OP(wait));
}

int64_t fixture_now(const struct host *host)
{
	struct fixture *fx = fixture_of(host);

	fixture_enter(fx, HOST_OP(now));
	return fx->now;
}

int fixture_identity(const struct host *host, struct buf *hostname,
		    struct buf *kernel, uid_t *uid, pid_t *pid,
		    uint32_t *ticks, uint32_t *page_size)
{
	struct fixture *fx = fixture_of(host);
	int ret;

	ret = fixture_enter(fx, HOST_OP(identity));
	if (ret)
		return ret;
	buf_reset(hostname);
	buf_add(hostname, fx->hostname.at, fx->hostname.len);
	buf_reset(kernel);
	buf_add(kernel, fx->kernel.at, fx->kernel.len);
	*uid = fx->uid;
	*pid = fx->pid;
	*ticks = fx->ticks;
	*page_size = fx->page_size;
	return 0;
}

static const struct host_ops fixture_ops = {
#define OP(type, name, args)	.name = fixture_##name,
#include "host/ops.def"
#undef OP
};

static struct fixture *new_fixture(const char *text, size_t len)
{
	struct fixture *fx = mem_zero(1, sizeof(*fx));

	fx->host.ops = &fixture_ops;
	fx->text = mem_resize(NULL, len + 1, 1);
	if (len)
		memcpy(fx->text, text, len);
	fx->text[len] = '\0';
	fx->hostname = word_of("fixture");
	fx->kernel = word_of("6.1.0");
	fx->pid = 1;
	fx->ticks = 100;
	fx->page_size = 4096;
	fixture_plant(fx);
	return fx;
}

struct host *fixture_open(const char *text, size_t len, char why[256])
{
	struct fixture *fx = new_fixture(text, len);
	struct statement st = {
		.fx = fx, .rest = fx->text, .end = fx->text + len, .why = why,
	};
	bool good;

	why[0] = '\0';
	good = fixture_parse(&st);
	vec_free(&st.words);
	buf_free(&st.scratch);
	if (!good) {
		fixture_close(&fx->host);
		return NULL;
	}
	if (!fx->memory_devs.nr)
		*vec_add(&fx->memory_devs) = makedev(0, 1);
	return &fx->host;
}

void fixture_close(struct host *host)
{
	struct fixture *fx = fixture_of(host);
	struct ns_tables *tables;
	int i;

	vec_for_each(tables, &fx->ipc_nss) {
		for (i = 0; i < 3; i++) {
			vec_free(&tables->sysv[i].rows);
			vec_free(&tables->sysv[i].by_index);
		}
	}
	vec_free(&fx->nodes);
	vec_free(&fx->facts);
	vec_free(&fx->failures);
	vec_free(&fx->sems);
	vec_free(&fx->socks);
	vec_free(&fx->dump_ends);
	vec_free(&fx->names);
	vec_free(&fx->memory);
	vec_free(&fx->shared);
	vec_free(&fx->ipc_nss);
	vec_free(&fx->processes);
	vec_free(&fx->memory_devs);
	map_free(&fx->by_name);
	map_free(&fx->sems_by_id);
	map_free(&fx->by_pid);
	free(fx->text);
	free(fx);
}

struct host_counts fixture_counts(const struct host *host)
{
	return fixture_of(host)->counts;
}

void fixture_reset_counts(struct host *host)
{
	memset(&fixture_of(host)->counts, 0, sizeof(struct host_counts));
}
