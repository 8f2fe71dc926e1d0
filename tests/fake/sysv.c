// SPDX-License-Identifier: GPL-2.0-or-later
/* System V objects of a fixture. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define INDEX_MOST	(1u << 24)	/* of a kernel with ipcmni_extend */
#define INDEX_OF(id)	((uint64_t)(id) % 32768)

/* A line: the words of all three kinds, and what only sets have. */
struct row {
	struct sysv_stat st;
	uint64_t index;
	struct word values, pids, ncnt, zcnt;
	uint64_t err;
	uint64_t ns;
};

enum { HAS_ID, HAS_INDEX, HAS_CUID, HAS_CGID };

#define COMMON_VALUES							\
	[HAS_ID]    = VALUE("id", VALUE_NUM, struct row, st.id),	\
	[HAS_INDEX] = VALUE("index", VALUE_NUM, struct row, index),	\
	[HAS_CUID]  = VALUE("cuid", VALUE_NUM, struct row, st.cuid),	\
	[HAS_CGID]  = VALUE("cgid", VALUE_NUM, struct row, st.cgid),	\
	VALUE("uid", VALUE_NUM, struct row, st.uid),			\
	VALUE("gid", VALUE_NUM, struct row, st.gid),			\
	VALUE("key", VALUE_NUM, struct row, st.key),			\
	VALUE("mode", VALUE_NUM, struct row, st.mode),			\
	VALUE("ctime", VALUE_SIGNED, struct row, st.ctime),		\
	VALUE("ns", VALUE_NUM, struct row, ns)

static const struct value shm_values[] = {
	COMMON_VALUES,
	VALUE("size", VALUE_NUM, struct row, st.size),
	VALUE("nattch", VALUE_NUM, struct row, st.nr),
	VALUE("cpid", VALUE_NUM, struct row, st.pid),
	VALUE("lpid", VALUE_NUM, struct row, st.pid2),
	VALUE("atime", VALUE_SIGNED, struct row, st.atime),
	VALUE("dtime", VALUE_SIGNED, struct row, st.dtime),
};

static const struct value sem_values[] = {
	COMMON_VALUES,
	VALUE("nsems", VALUE_NUM, struct row, st.nr),
	VALUE("otime", VALUE_SIGNED, struct row, st.atime),
	VALUE("values", VALUE_WORD, struct row, values),
	VALUE("pids", VALUE_WORD, struct row, pids),
	VALUE("ncnt", VALUE_WORD, struct row, ncnt),
	VALUE("zcnt", VALUE_WORD, struct row, zcnt),
	VALUE("error", VALUE_ERRNO, struct row, err),
};

static const struct value msg_values[] = {
	COMMON_VALUES,
	VALUE("bytes", VALUE_NUM, struct row, st.size),
	VALUE("messages", VALUE_NUM, struct row, st.nr),
	VALUE("qbytes", VALUE_NUM, struct row, st.qbytes),
	VALUE("lspid", VALUE_NUM, struct row, st.pid),
	VALUE("lrpid", VALUE_NUM, struct row, st.pid2),
	VALUE("stime", VALUE_SIGNED, struct row, st.atime),
	VALUE("rtime", VALUE_SIGNED, struct row, st.dtime),
};

static const struct {
	const struct value *values;
	size_t nr;
} words_of[] = {
	[SYSV_SHM] = { shm_values, ARRAY_SIZE(shm_values) },
	[SYSV_SEM] = { sem_values, ARRAY_SIZE(sem_values) },
	[SYSV_MSG] = { msg_values, ARRAY_SIZE(msg_values) },
};

static bool put_in_table(struct statement *st, struct table *table,
			 const struct row *row)
{
	uint32_t *slot;

	if (row->index >= INDEX_MOST)
		return statement_wrong(st, "index is too large");
	while (table->by_index.nr <= row->index)
		*vec_add(&table->by_index) = NO_INDEX;
	slot = &table->by_index.at[row->index];
	if (*slot != NO_INDEX)
		return statement_wrong(st, "index is taken; give index=N");
	*slot = table->rows.nr;
	*vec_add(&table->rows) = row->st;
	return true;
}

static bool same_id(const void *vec, uint32_t index, const void *key)
{
	const struct sem_row *row = &((const struct sem_row *)vec)[index], *wanted = key;

	return row->id == wanted->id && row->ns == wanted->ns;
}

static struct ns_tables *tables_of(struct fixture *fx, uint64_t ns)
{
	struct ns_tables *tables;

	vec_for_each(tables, &fx->ipc_nss) {
		if (tables->ns == ns)
			return tables;
	}
	return NULL;
}

static void add_sems(struct fixture *fx, const struct row *row)
{
	struct sem_row *sems = vec_add(&fx->sems);

	*sems = (struct sem_row){
		.ns = row->ns, .id = row->st.id, .values = row->values, .pids = row->pids,
		.ncnt = row->ncnt, .zcnt = row->zcnt, .err = row->err,
	};
	map_add(&fx->sems_by_id, hash_u64(sems->id, sems->ns), fx->sems.nr - 1);
}

bool fixture_parse_sysv(struct statement *st, enum sysv_kind kind)
{
	struct row row = { 0 };
	uint64_t known;

	if (!statement_values(st, words_of[kind].values, words_of[kind].nr, &row,
			      &known))
		return false;
	if (!(known & 1 << HAS_ID) || row.st.id < 0)
		return statement_wrong(st, "no id");
	if (!(known & 1 << HAS_INDEX))
		row.index = INDEX_OF(row.st.id);
	if (!(known & 1 << HAS_CUID))
		row.st.cuid = row.st.uid;
	if (!(known & 1 << HAS_CGID))
		row.st.cgid = row.st.gid;
	if (kind == SYSV_SEM) {
		if (!row.st.nr)
			row.st.nr = word_list_len(&row.values);
		add_sems(st->fx, &row);
	}
	if (!tables_of(st->fx, row.ns))
		*vec_add(&st->fx->ipc_nss) = (struct ns_tables){ .ns = row.ns };
	return put_in_table(st, &tables_of(st->fx, row.ns)->sysv[kind], &row);
}

int fixture_open_ipc_ns(const struct host *host, pid_t tid, const struct host_dir *at,
			const char *path, struct host_ns *ns)
{
	struct fixture *fx = fixture_of(host);
	char name[4096], link[64];
	struct word target;
	ssize_t len;
	int ret;

	*ns = (struct host_ns){ .owner = (uid_t)-1 };
	ret = fixture_enter(fx, HOST_OP(open_ipc_ns));
	if (ret)
		return ret;
	snprintf(name, sizeof(name), "/proc/%d/root%s", (int)tid, path);
	len = fixture_read_link(host, tid ? NULL : at, tid ? name : path, link, sizeof(link));
	target = (struct word){ link, len > 0 ? (size_t)len : 0 };
	if (len <= 0 || !fixture_bracket_ino(&target, "ipc:[", &ns->ino))
		return len == -EACCES ? -EPERM : -EINVAL;
	return 0;
}

int fixture_in_ipc_ns(const struct host *host, uint64_t ino, void (*work)(void *arg), void *arg)
{
	struct fixture *fx = fixture_of(host);
	int ret = fixture_enter(fx, HOST_OP(in_ipc_ns));

	if (ret)
		return ret;
	fx->in_ns = ino;
	work(arg);
	fx->in_ns = 0;
	return 0;
}

/* Of the namespace that is visited. */
static const struct table *table_of(struct fixture *fx, enum sysv_kind kind)
{
	static const struct table none;
	const struct ns_tables *tables = tables_of(fx, fx->in_ns);

	return tables ? &tables->sysv[kind] : &none;
}

int fixture_sysv_max(const struct host *host, enum sysv_kind kind, int *max,
		     uint32_t *used)
{
	struct fixture *fx = fixture_of(host);

	*max = (int)table_of(fx, kind)->by_index.nr - 1;
	if (used)
		*used = table_of(fx, kind)->rows.nr;
	return fixture_enter(fx, HOST_OP(sysv_max));
}

int fixture_sysv_stat(const struct host *host, enum sysv_kind kind, int index,
		      struct sysv_stat *st)
{
	struct fixture *fx = fixture_of(host);
	const struct table *table = table_of(fx, kind);
	int ret;

	ret = fixture_enter(fx, HOST_OP(sysv_stat));
	if (ret)
		return ret;
	if (index < 0 || (uint32_t)index >= table->by_index.nr ||
	    table->by_index.at[index] == NO_INDEX)
		return -EINVAL;
	*st = table->rows.at[table->by_index.at[index]];
	return 0;
}

static const struct sem_row *find_sems(struct fixture *fx, int id, int *err)
{
	const struct sem_row key = { .id = (uint32_t)id, .ns = fx->in_ns };
	const struct sem_row *sems;
	uint32_t i;

	*err = -EINVAL;
	i = map_find(&fx->sems_by_id, hash_u64(key.id, key.ns), same_id, fx->sems.at,
		     &key);
	if (i == NO_INDEX)
		return NULL;
	sems = &fx->sems.at[i];
	*err = -(int)sems->err;
	return *err ? NULL : sems;
}

static uint32_t list_num(const struct word *list, uint32_t i)
{
	const char *at = list->at;
	uint64_t num = 0;

	do {
		if (!at || !word_list_next(&at, &num))
			return 0;
	} while (i--);
	return num;
}

static void copy_values(const struct word *list, uint32_t nr, uint16_t *values)
{
	const char *at = list->at;
	uint64_t num;
	uint32_t i;

	memset(values, 0, nr * sizeof(*values));
	for (i = 0; i < nr && at && word_list_next(&at, &num); i++)
		values[i] = num;
}

int fixture_sem_values(const struct host *host, int id, uint32_t nr,
		       uint16_t *values)
{
	struct fixture *fx = fixture_of(host);
	const struct sem_row *sems;
	int err;

	err = fixture_enter(fx, HOST_OP(sem_values));
	if (err)
		return err;
	sems = find_sems(fx, id, &err);
	if (sems)
		copy_values(&sems->values, nr, values);
	return err;
}

int fixture_sem_detail(const struct host *host, int id, uint32_t num,
		       pid_t *pid, uint32_t *ncnt, uint32_t *zcnt)
{
	struct fixture *fx = fixture_of(host);
	const struct sem_row *sems;
	int err;

	err = fixture_enter(fx, HOST_OP(sem_detail));
	if (err)
		return err;
	sems = find_sems(fx, id, &err);
	if (!sems)
		return err;
	*pid = list_num(&sems->pids, num);
	*ncnt = list_num(&sems->ncnt, num);
	if (zcnt)
		*zcnt = list_num(&sems->zcnt, num);
	return 0;
}

/* No page is ever swapped there. */
int fixture_sysv_totals(const struct host *host, enum sysv_kind kind,
			struct sysv_totals *totals)
{
	struct fixture *fx = fixture_of(host);
	const struct sysv_stat *row;

	*totals = (struct sysv_totals){ .objects = table_of(fx, kind)->rows.nr };
	vec_for_each(row, &table_of(fx, kind)->rows) {
		if (kind == SYSV_SHM)
			totals->parts += (row->size + fx->page_size - 1) /
					 (fx->page_size ?: 4096);
		else
			totals->parts += row->nr;
		if (kind == SYSV_MSG)
			totals->bytes += row->size;
	}
	return fixture_enter(fx, HOST_OP(sysv_totals));
}
