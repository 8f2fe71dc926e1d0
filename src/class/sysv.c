// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysv.h"

#include <errno.h>
#include <limits.h>

#include "ipcscope/num.h"
#include "ipcscope/threads.h"

#define MAX_COLUMNS	24
#define AT_ONCE		8192	/* indexes asked before what was found is kept */
#define AT_FIRST	1024	/* indexes that show whether few are in use */
#define LEAST		1024	/* indexes worth a thread */
#define SPARSE		64	/* indexes per object: reading text is cheaper */

static void add_object(struct collector *col, const struct sysv_table *table,
		       const struct sysv_line *line)
{
	const struct sysv_stat *st = &line->st;
	struct snapshot *snap = col->snap;
	struct object_key key = {
		.space = class_infos[table->class]->space,
		.ns = snap->host.ipc_ns,
		.id = (uint32_t)st->id,
	};
	uint32_t object = snapshot_object(snap, table->class, key);

	object_set(snap, object, FIELD_KEY, st->key);
	object_set(snap, object, FIELD_IPC_NS, snap->host.ipc_ns);
	object_set(snap, object, FIELD_UID, st->uid);
	object_set(snap, object, FIELD_GID, st->gid);
	object_set(snap, object, FIELD_CUID, st->cuid);
	object_set(snap, object, FIELD_CGID, st->cgid);
	object_set(snap, object, FIELD_MODE, st->mode & 0777);
	object_set(snap, object, FIELD_CTIME, (uint64_t)st->ctime);
	table->fill(snap, object, line);
}

struct found {
	int id;			/* or -errno */
	struct sysv_stat st;
};

struct indexes {
	const struct host *host;
	enum sysv_kind kind;
	int from;
	struct found *found;	/* of @from and on */
};

static void stat_some(void *arg, uint32_t first, uint32_t end)
{
	const struct indexes *indexes = arg;
	const struct host *host = indexes->host;

	for (; first < end; first++) {
		struct found *found = &indexes->found[first];

		found->id = host->ops->sysv_stat(host, indexes->kind,
						 indexes->from + (int)first,
						 &found->st);
	}
}

/* How many, or -errno. */
static int add_found(struct collector *col, const struct sysv_table *table,
		     const struct found *found, uint32_t nr)
{
	int added = 0;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		struct sysv_line line = { .st = found[i].st };

		if (found[i].id == -EINVAL || found[i].id == -EIDRM)
			continue;	/* a hole, or gone meanwhile */
		if (found[i].id < 0)
			return found[i].id;
		add_object(col, table, &line);
		added++;
	}
	return added;
}

/* 1: so few are in use that the text is cheaper. */
static int list_by_index(struct collector *col, const struct sysv_table *table,
			 int max)
{
	unsigned int threads = threads_wanted(col->query->threads);
	struct indexes indexes = { .host = col->host, .kind = table->kind };
	bool may_be_sparse = table->stat_only == FIELD_NONE, sparse = false;
	uint32_t left = (uint32_t)max + 1, nr;
	int added = 0;

	indexes.found = mem_zero(left < AT_ONCE ? left : AT_ONCE,
				 sizeof(*indexes.found));
	for (; left && added >= 0 && !sparse; left -= nr) {
		uint32_t most = indexes.from ? AT_ONCE : AT_FIRST;

		nr = left < most ? left : most;
		threads_split(stat_some, &indexes, nr,
			      nr / LEAST < threads ? nr / LEAST + 1 : threads);
		added = add_found(col, table, indexes.found, nr);
		indexes.from += (int)nr;
		sparse = may_be_sparse && added >= 0 && left > nr &&
			 added < AT_FIRST / SPARSE;
	}
	free(indexes.found);
	return added < 0 ? added : sparse;
}

/* What each column of the text is, by its name in the first line. */
enum column {
	COLUMN_NONE, COLUMN_KEY, COLUMN_ID, COLUMN_PERMS, COLUMN_SIZE,
	COLUMN_NR, COLUMN_PID, COLUMN_PID2, COLUMN_UID, COLUMN_GID,
	COLUMN_CUID, COLUMN_CGID, COLUMN_ATIME, COLUMN_DTIME, COLUMN_CTIME,
	COLUMN_RSS, COLUMN_SWAP,
};

static const struct {
	const char *name;
	enum column column;
} columns[] = {
	{ "key", COLUMN_KEY }, { "perms", COLUMN_PERMS },
	{ "size", COLUMN_SIZE }, { "cbytes", COLUMN_SIZE },
	{ "nattch", COLUMN_NR }, { "nsems", COLUMN_NR }, { "qnum", COLUMN_NR },
	{ "cpid", COLUMN_PID }, { "lspid", COLUMN_PID },
	{ "lpid", COLUMN_PID2 }, { "lrpid", COLUMN_PID2 },
	{ "uid", COLUMN_UID }, { "gid", COLUMN_GID },
	{ "cuid", COLUMN_CUID }, { "cgid", COLUMN_CGID },
	{ "atime", COLUMN_ATIME }, { "otime", COLUMN_ATIME },
	{ "stime", COLUMN_ATIME }, { "dtime", COLUMN_DTIME },
	{ "rtime", COLUMN_DTIME }, { "ctime", COLUMN_CTIME },
	{ "rss", COLUMN_RSS }, { "swap", COLUMN_SWAP },
};

/* The next word of the line; its length, 0 at the end of the line. */
static size_t next_word(const char **text, const char **word)
{
	const char *at = *text;

	while (*at == ' ' || *at == '\t')
		at++;
	*word = at;
	while (*at && *at != ' ' && *at != '\t' && *at != '\n')
		at++;
	*text = at;
	return (size_t)(at - *word);
}

static enum column column_of(const char *word, size_t len, const char *id)
{
	size_t i;

	if (strlen(id) == len && !memcmp(id, word, len))
		return COLUMN_ID;
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (strlen(columns[i].name) == len &&
		    !memcmp(columns[i].name, word, len))
			return columns[i].column;
	}
	return COLUMN_NONE;
}

static unsigned int read_head(const char **text, const char *id,
			      enum column *head)
{
	unsigned int nr = 0;
	const char *word;
	size_t len;

	while (nr < MAX_COLUMNS && (len = next_word(text, &word)))
		head[nr++] = column_of(word, len, id);
	return nr;
}

/* Without these a 0 would pass for a fact. */
static bool head_is_whole(const enum column *head, unsigned int nr)
{
	static const enum column every[] = {
		COLUMN_KEY, COLUMN_ID, COLUMN_PERMS, COLUMN_NR, COLUMN_UID,
		COLUMN_GID, COLUMN_CUID, COLUMN_CGID, COLUMN_ATIME,
		COLUMN_CTIME,
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(every); i++) {
		for (k = 0; k < nr && head[k] != every[i]; k++)
			;
		if (k == nr)
			return false;
	}
	return true;
}

static void set_column(struct sysv_line *line, enum column column, int64_t num)
{
	struct sysv_stat *st = &line->st;

	switch (column) {
	case COLUMN_NONE:	break;
	case COLUMN_KEY:	st->key = (uint32_t)num; break;
	case COLUMN_ID:		st->id = (int)num; break;
	case COLUMN_PERMS:	st->mode = (uint32_t)num; break;
	case COLUMN_SIZE:	st->size = (uint64_t)num; break;
	case COLUMN_NR:		st->nr = (uint64_t)num; break;
	case COLUMN_PID:	st->pid = (pid_t)num; break;
	case COLUMN_PID2:	st->pid2 = (pid_t)num; break;
	case COLUMN_UID:	st->uid = (uid_t)num; break;
	case COLUMN_GID:	st->gid = (gid_t)num; break;
	case COLUMN_CUID:	st->cuid = (uid_t)num; break;
	case COLUMN_CGID:	st->cgid = (gid_t)num; break;
	case COLUMN_ATIME:	st->atime = num; break;
	case COLUMN_DTIME:	st->dtime = num; break;
	case COLUMN_CTIME:	st->ctime = num; break;
	case COLUMN_RSS:	line->rss = (uint64_t)num;
				line->has_rss = true; break;
	case COLUMN_SWAP:	line->swap = (uint64_t)num; break;
	}
}

static bool read_number(const char *word, size_t len, enum column column,
			int64_t *num)
{
	const char *at = word;
	uint64_t octal;

	if (column == COLUMN_PERMS) {
		if (!num_octal(&at, &octal))
			return false;
		*num = (int64_t)octal;
	} else if (!num_i64(&at, num)) {
		uint64_t big;	/* a size beyond 2^63 */

		if (!num_u64(&at, &big))
			return false;
		*num = (int64_t)big;
	}
	return at == word + len;
}

static bool read_line(const char **text, const enum column *head,
		      unsigned int nr_head, struct sysv_line *line)
{
	unsigned int nr = 0;
	const char *word;
	size_t len;

	while ((len = next_word(text, &word))) {
		int64_t num;

		if (nr == nr_head || !read_number(word, len, head[nr], &num) ||
		    (head[nr] == COLUMN_ID && num > INT_MAX))
			return false;
		set_column(line, head[nr++], num);
	}
	return nr == nr_head && line->st.id >= 0;
}

static int list_by_text(struct collector *col, const struct sysv_table *table)
{
	enum column head[MAX_COLUMNS];
	struct buf buf = { 0 };
	unsigned int nr_head;
	const char *text;
	int err;

	err = col->host->ops->read_file(col->host, NULL, table->path, &buf);
	if (err < 0) {
		buf_free(&buf);
		return err;
	}
	text = buf.len ? buf.data : "";
	nr_head = read_head(&text, table->id, head);
	if (buf.len && !head_is_whole(head, nr_head)) {
		snapshot_warn(col->snap, PART_SYSV, EBADMSG,
			      "%s: first line not understood", table->path);
		text = "";
	}
	while ((text = strchr(text, '\n')) && *++text) {
		struct sysv_line line = { .st.id = -1 };

		if (read_line(&text, head, nr_head, &line))
			add_object(col, table, &line);
		else
			snapshot_warn(col->snap, PART_SYSV, EBADMSG,
				      "%s: line not understood", table->path);
	}
	buf_free(&buf);
	return 0;
}

static bool wants_text(const struct collector *col,
		       const struct sysv_table *table)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table->text_only); i++) {
		if (table->text_only[i] == FIELD_NONE)
			break;
		if (object_wants(col->snap, table->class, table->text_only[i]))
			return true;
	}
	return false;
}

void sysv_list(struct collector *col, const struct sysv_table *table)
{
	const struct host *host = col->host;
	bool by_text = wants_text(col, table);
	int max = -1, err;

	if (!by_text) {
		err = host->ops->sysv_max(host, table->kind, &max, NULL);
		if (err == -ENOSYS) {
			snapshot_unsupported(col->snap, PART_SYSV,
					     "System V IPC");
			return;
		}
		by_text = err < 0;
	}
	if (!by_text) {
		err = list_by_index(col, table, max);
		by_text = err > 0;
	}
	if (by_text)
		err = list_by_text(col, table);
	if (by_text && err == -ENOENT)
		snapshot_unsupported(col->snap, PART_SYSV, "System V IPC");
	else if (err < 0)
		snapshot_warn(col->snap, PART_SYSV, -err, "%s", table->path);
}
