// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysv.h"

#include <errno.h>
#include <limits.h>

#include "ipcscope/text.h"
#include "ipcscope/threads.h"

#define MAX_COLUMNS	24
#define AT_ONCE		8192	/* indexes asked before what was found is kept */
#define AT_FIRST	1024	/* indexes that show whether few are in use */
#define LEAST		1024	/* indexes worth a thread */
#define SPARSE		64	/* indexes per object: reading text is cheaper */

/* Of shm_perm.mode: ipc/shm.c. No other class has such bits. */
#define SHM_DEST_BIT	01000
#define SHM_LOCKED_BIT	02000

/* Fields that all three classes have, by the column they come from. */
static const struct sysv_field sysv_fields[] = {
	{ COLUMN_KEY, FIELD_KEY }, { COLUMN_UID, FIELD_UID }, { COLUMN_GID, FIELD_GID },
	{ COLUMN_CUID, FIELD_CUID }, { COLUMN_CGID, FIELD_CGID },
	{ COLUMN_CTIME, FIELD_CTIME }, { COLUMN_NONE, FIELD_NONE },
};

static void sysv_add(struct collector *col, const struct sysv_table *table,
		     const struct sysv_line *line)
{
	const struct sysv_field *const lists[] = { sysv_fields, table->fields };
	uint64_t mode = line->value[COLUMN_PERMS];
	struct snapshot *snap = col->snap;
	const struct sysv_field *field;
	struct object_key key = {
		.space = class_infos[table->class]->space,
		.ns = col->ipc_ns,
		.id = line->value[COLUMN_ID],
	};
	uint32_t object = snapshot_object(snap, table->class, key);
	size_t i;

	object_set(snap, object, FIELD_IPC_NS, col->ipc_ns);
	object_set(snap, object, FIELD_MODE, mode & 0777);
	object_flag(snap, object, (mode & SHM_DEST_BIT ? IS(DEST) : 0) |
		    (mode & SHM_LOCKED_BIT ? IS(LOCKED) : 0));
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		for (field = lists[i]; field->field != FIELD_NONE; field++) {
			if (line->known & 1u << field->column)
				object_set(snap, object, field->field,
					   line->value[field->column]);
		}
	}
}

/* What is at one index of the kernel's table. */
struct sysv_slot {
	int id;			/* or -errno */
	struct sysv_line line;
};

struct sysv_slots {
	const struct host *host;
	enum sysv_kind kind;
	int from;
	struct sysv_slot *at;	/* of @from and on */
};

static void sysv_stat_slots(void *arg, uint32_t first, uint32_t end)
{
	const struct sysv_slots *slots = arg;
	const struct host *host = slots->host;
	struct sysv_stat st;

	for (; first < end; first++) {
		slots->at[first].id = host->ops->sysv_stat(host, slots->kind,
							   slots->from + (int)first, &st);
		if (slots->at[first].id < 0)
			continue;
		slots->at[first].line = (struct sysv_line){
			.known = ~COLUMNS_OF_TEXT,
			.value = {
				[COLUMN_KEY] = st.key, [COLUMN_ID] = (uint32_t)st.id,
				[COLUMN_PERMS] = st.mode, [COLUMN_SIZE] = st.size,
				[COLUMN_NR] = st.nr, [COLUMN_PID] = (uint64_t)st.pid,
				[COLUMN_PID2] = (uint64_t)st.pid2,
				[COLUMN_UID] = st.uid, [COLUMN_GID] = st.gid,
				[COLUMN_CUID] = st.cuid, [COLUMN_CGID] = st.cgid,
				[COLUMN_ATIME] = (uint64_t)st.atime,
				[COLUMN_DTIME] = (uint64_t)st.dtime,
				[COLUMN_CTIME] = (uint64_t)st.ctime,
				[COLUMN_QBYTES] = st.qbytes,
			},
		};
	}
}

/* How many objects there were, or -errno; -EAGAIN: so few of @max that the text is
 * cheaper, if that @may_be_sparse. */
static int sysv_list_indexes(struct collector *col, const struct sysv_table *table, int max,
			     bool may_be_sparse)
{
	unsigned int threads = threads_wanted(col->query->threads);
	struct sysv_slots slots = { .host = col->host, .kind = table->kind };
	uint32_t left = (uint32_t)max + 1, nr, i;
	int added = 0, sum = 0;

	slots.at = mem_zero(left < AT_ONCE ? left : AT_ONCE, sizeof(*slots.at));
	for (; left && added >= 0; left -= nr) {
		uint32_t most = slots.from ? AT_ONCE : AT_FIRST;

		nr = left < most ? left : most;
		threads_split(sysv_stat_slots, &slots, nr,
			      nr / LEAST < threads ? nr / LEAST + 1 : threads);
		for (i = 0, added = 0; i < nr && added >= 0; i++) {
			if (slots.at[i].id >= 0) {
				sysv_add(col, table, &slots.at[i].line);
				added++;
			} else if (slots.at[i].id != -EINVAL && slots.at[i].id != -EIDRM) {
				added = slots.at[i].id;	/* no hole, nor gone meanwhile */
			}
		}
		slots.from += (int)nr;
		sum += added;
		if (may_be_sparse && added >= 0 && left > nr && added < AT_FIRST / SPARSE)
			added = -EAGAIN;
	}
	free(slots.at);
	return added < 0 ? added : sum;
}

/* What the columns of the text are called in its first line. */
static const struct {
	const char *name;
	enum sysv_column column;
} sysv_columns[] = {
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
static size_t sysv_next_word(const char **text, const char **word)
{
	*word = *text + strspn(*text, " \t");
	*text = *word + strcspn(*word, " \t\n");
	return (size_t)(*text - *word);
}

/* How many columns there are; 0 if those are missing that every object must have. */
static unsigned int sysv_read_head(const char **text, const char *id, enum sysv_column *head)
{
	static const uint32_t needed = 1u << COLUMN_KEY | 1u << COLUMN_ID |
		1u << COLUMN_PERMS | 1u << COLUMN_NR | 1u << COLUMN_UID |
		1u << COLUMN_GID | 1u << COLUMN_CUID | 1u << COLUMN_CGID |
		1u << COLUMN_ATIME | 1u << COLUMN_CTIME;
	unsigned int nr = 0;
	uint32_t known = 0;
	const char *word;
	size_t len, i;

	for (; nr < MAX_COLUMNS && (len = sysv_next_word(text, &word)); nr++) {
		head[nr] = COLUMN_NONE;
		if (strlen(id) == len && !memcmp(id, word, len))
			head[nr] = COLUMN_ID;
		for (i = 0; i < ARRAY_SIZE(sysv_columns); i++) {
			if (strlen(sysv_columns[i].name) == len &&
			    !memcmp(sysv_columns[i].name, word, len))
				head[nr] = sysv_columns[i].column;
		}
		known |= 1u << head[nr];
	}
	return (known & needed) == needed ? nr : 0;
}

static bool sysv_read_number(const char *word, size_t len, enum sysv_column column,
			     uint64_t *num)
{
	const char *at = word;
	int64_t negative;

	if (column == COLUMN_PERMS ? !num_octal(&at, num) : !num_u64(&at, num)) {
		if (column == COLUMN_PERMS || !num_i64(&at, &negative))
			return false;
		*num = column == COLUMN_KEY ? (uint32_t)negative : (uint64_t)negative;
	}
	return at == word + len;
}

static bool sysv_read_line(const char **text, const enum sysv_column *head,
			   unsigned int nr_head, struct sysv_line *line)
{
	unsigned int nr = 0;
	const char *word;
	size_t len;

	for (; (len = sysv_next_word(text, &word)); nr++) {
		if (nr == nr_head ||
		    !sysv_read_number(word, len, head[nr], &line->value[head[nr]]))
			return false;
		line->known |= 1u << head[nr];
	}
	line->value[COLUMN_USED] = line->value[COLUMN_RSS] + line->value[COLUMN_SWAP];
	if (line->known & 1u << COLUMN_RSS && line->known & 1u << COLUMN_SWAP)
		line->known |= 1u << COLUMN_USED;
	return nr == nr_head && line->value[COLUMN_ID] <= INT_MAX;
}

static int sysv_list_text(struct collector *col, const struct sysv_table *table)
{
	enum sysv_column head[MAX_COLUMNS];
	struct buf buf = { 0 };
	unsigned int nr_head;
	const char *text;
	int err = col->host->ops->read_file(col->host, NULL, table->path, &buf);

	if (err < 0) {
		buf_free(&buf);
		return err;
	}
	text = buf.len ? buf.data : "";
	nr_head = sysv_read_head(&text, table->id, head);
	if (buf.len && !nr_head) {
		snapshot_warn(col->snap, PART_SYSV, EBADMSG,
			      "%s: first line not understood", table->path);
		text = "";
	}
	while ((text = strchr(text, '\n')) && *++text) {
		struct sysv_line line = { 0 };

		if (sysv_read_line(&text, head, nr_head, &line))
			sysv_add(col, table, &line);
		else
			snapshot_warn(col->snap, PART_SYSV, EBADMSG,
				      "%s: line not understood", table->path);
	}
	buf_free(&buf);
	return 0;
}

/* Where there are any, but a kernel before 4.17 knows no *_STAT_ANY, all indexes look
 * like holes. */
static int sysv_check_none(const struct collector *col, const struct sysv_table *table)
{
	uint32_t used = 0;
	int max;

	return col->host->ops->sysv_max(col->host, table->kind, &max, &used) || used ? -EINVAL : 0;
}

void sysv_list(struct collector *col, const struct sysv_table *table)
{
	const struct sysv_field *field;
	int text = -EAGAIN, max = -1, err;
	bool by_text, may_be_sparse;
	uint32_t wanted = 0;

	for (field = table->fields; field->field != FIELD_NONE; field++) {
		if (object_wants(col->snap, table->class, field->field))
			wanted |= 1u << field->column;
	}
	by_text = wanted & COLUMNS_OF_TEXT;
	may_be_sparse = !(wanted & 1u << COLUMN_QBYTES);
	if (by_text)
		text = sysv_list_text(col, table);
	if (!text)
		return;
	err = col->host->ops->sysv_max(col->host, table->kind, &max, NULL);
	if (!err)
		err = sysv_list_indexes(col, table, max, may_be_sparse && !by_text);
	if (!err && max >= 0)
		err = sysv_check_none(col, table);
	if (err < 0 && !by_text)
		text = sysv_list_text(col, table);
	if (err == -EAGAIN && text < 0)
		err = sysv_list_indexes(col, table, max, false);
	if (err == -ENOSYS && text == -ENOENT)
		snapshot_unsupported(col->snap, PART_SYSV, "System V IPC");
	else if (!text && err == -EIO && wanted & 1u << COLUMN_QBYTES)
		snapshot_warn(col->snap, PART_SYSV, -err, "limits of queues");
	else if (text && (err < 0 || by_text))
		snapshot_warn(col->snap, PART_SYSV, text == -ENOENT && err < 0 ? -err : -text,
			      "%s", table->path);
}
