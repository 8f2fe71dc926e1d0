// SPDX-License-Identifier: GPL-2.0-or-later
/* The engine that removes, on operations that only pretend to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/write/write.h"
#include "change/change.h"
#include "machine.h"

#define NR_FAKES	8

/* What the pretended kernel says of the segment with that id, and was told. */
static struct fake {
	int remove_ret;
	int read_ret;
	uint64_t nattch;
	uint32_t waiters;
	uint32_t messages;
	uint64_t nattch_before;	/* when it is looked at */
	bool asked;		/* to remove it */
	bool announced;		/* the log had it by then */
} fakes[NR_FAKES];

static char dir[] = "/tmp/ipcscope-remove-XXXXXX";
static struct sysv_write_ops sysv;
static struct contents_ops contents;
static struct file_write_ops file;
static struct mqueue_write_ops mqueue;
static const struct write_ops ops = {
	.sysv = &sysv, .file = &file, .mqueue = &mqueue, .contents = &contents,
};
static int lease_ret, queues_removed;
static uint64_t queue_messages;
static struct query query;

static const struct str *str(struct removal *rm, const char *text)
{
	return arena_str(&rm->arena, text, strlen(text));
}

static void drop_copies(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -f %s/saved/*", dir);
	assert_int_equal(system(command), 0);
}

static char *read_log(void)
{
	static char text[65536];
	char path[64];
	FILE *log;

	snprintf(path, sizeof(path), "%s/removed.jsonl", dir);
	log = fopen(path, "r");
	text[log ? fread(text, 1, sizeof(text) - 1, log) : 0] = '\0';
	if (log)
		fclose(log);
	return text;
}

static int fake_look(enum sysv_kind kind, int id, struct sysv_stat *st)
{
	(void)kind;
	*st = (struct sysv_stat){ .id = id, .size = 100, .nr = fakes[id].nattch_before };
	return fakes[id].asked && !fakes[id].remove_ret ? -EINVAL : 0;
}

static int fake_remove(enum sysv_kind kind, int id,
		       const struct sysv_seen *same, struct sysv_stat *now,
		       uint32_t *waiters)
{
	char ref[32];

	(void)kind;
	snprintf(ref, sizeof(ref), "\"shm:%d\"", id);
	fakes[id].asked = true;
	fakes[id].announced = strstr(read_log(), ref);
	*now = same->st;
	now->nr = fakes[id].nattch;
	*waiters = fakes[id].waiters;
	return fakes[id].remove_ret;
}

static int fake_read(int id, uint64_t size, const struct segment_mapping *seen,
		     host_sink_fn *sink, void *arg, bool *attached)
{
	static const char zeros[100];

	(void)seen;
	*attached = true;
	return fakes[id].read_ret ? fakes[id].read_ret :
	       sink(arg, 0, zeros, size);
}

static ssize_t fake_peek(int id, uint32_t index, long *type, void *to, size_t room)
{
	assert_true(room >= 3);
	if (index >= fakes[id].messages)
		return -ENOMSG;
	*type = index + 1;
	memcpy(to, "abc", 3);
	return 3;
}

static int fake_open_queue(const char *name, const struct host_stat *same)
{
	(void)name;
	(void)same;
	return 1000;
}

static int fake_remove_queue(const char *name, int fd)
{
	(void)name;
	assert_int_equal(fd, 1000);
	queues_removed++;
	return 0;
}

static int fake_attributes(int fd, struct host_mq *mq)
{
	assert_int_equal(fd, 1000);
	*mq = (struct host_mq){ .messages = queue_messages };
	return 0;
}

static int fake_lease(int fd)
{
	assert_int_equal(fd, 1000);
	return lease_ret;
}

static void fake_close(int fd)
{
	assert_int_equal(fd, 1000);
}

static struct target *add(struct removal *rm, int id)
{
	struct target *target = vec_add(&rm->targets);
	char ref[32];

	snprintf(ref, sizeof(ref), "shm:%d", id);
	target->class = CLASS_shm;
	target->ref = str(rm, ref);
	target->owner = str(rm, "somebody");
	target->amount = str(rm, "100B");
	target->brief = target->sentence = str(rm, "why \"\x1b[2J");
	target->sysv = (struct sysv_stat){ .id = id, .size = 100 };
	target->bytes = target->memory = 100;
	target->verdict = VERDICT_STALE;
	return target;
}

static void begin(struct removal *rm)
{
	char path[64];

	memset(fakes, 0, sizeof(fakes));
	snprintf(path, sizeof(path), "%s/removed.jsonl", dir);
	unlink(path);
	sysv.look = fake_look;
	sysv.remove = fake_remove;
	contents.read_segment = fake_read;
	contents.peek = fake_peek;
	file.lease = fake_lease;
	file.close = fake_close;
	mqueue.open = fake_open_queue;
	mqueue.remove = fake_remove_queue;
	mqueue.attributes = fake_attributes;
	removal_init(rm, "test");
	rm->ops = &ops;
	rm->query = &query;
}

static void count(void *arg, const struct target *target)
{
	(void)target;
	++*(int *)arg;
}

static int run(struct removal *rm)
{
	char why[256];
	int told = 0;

	removal_plan_keep(rm);
	assert_int_equal(removal_open(rm, why), 0);
	removal_run(rm, count, &told);
	removal_close(rm);
	return told;
}

static void test_announced_before(void **state)
{
	struct removal rm;
	int i;

	(void)state;
	begin(&rm);
	for (i = 0; i < 3; i++)
		add(&rm, i);
	assert_int_equal(run(&rm), 3);
	for (i = 0; i < 3; i++) {
		assert_true(fakes[i].asked && fakes[i].announced);
		assert_int_equal(rm.targets.at[i].outcome, OUTCOME_REMOVED);
	}
	assert_true(rm.kept_any);
	removal_free(&rm);
}

static bool is_kept(const char *id, const char *suffix)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/saved/%s%s", dir, id, suffix);
	return !access(path, F_OK);
}

static void test_outcomes(void **state)
{
	static const struct {
		int ret;
		uint64_t nattch;
		uint32_t waiters;
		enum outcome outcome;
		const char *note;
	} cases[] = {
		{ -EINVAL, 0, 0, OUTCOME_GONE, "gone already" },
		{ -EIDRM, 0, 0, OUTCOME_GONE, "gone already" },
		{ -ESTALE, 2, 0, OUTCOME_SKIPPED, "planned at 0 attachments, now 2" },
		{ -ESTALE, 0, 1, OUTCOME_SKIPPED, "nobody waited when it was planned, now 1 thread does" },
		{ -ESTALE, 0, 0, OUTCOME_SKIPPED, "used since the plan" },
		{ -EPERM, 0, 0, OUTCOME_FAILED, "Operation not permitted" },
		{ 0, 0, 0, OUTCOME_REMOVED, NULL },
	};
	const int nr = sizeof(cases) / sizeof(cases[0]);
	struct removal rm;
	int i;

	(void)state;
	begin(&rm);
	for (i = 0; i < nr; i++) {
		add(&rm, i);
		fakes[i].remove_ret = cases[i].ret;
		fakes[i].nattch = cases[i].nattch;
		fakes[i].waiters = cases[i].waiters;
	}
	assert_int_equal(run(&rm), nr);
	for (i = 0; i < nr; i++) {
		const struct target *target = &rm.targets.at[i];

		assert_int_equal(target->outcome, cases[i].outcome);
		assert_true(is_kept(target->id, ".json") ==
			    (target->outcome == OUTCOME_REMOVED));
		if (cases[i].note)
			assert_string_equal(target->note->data, cases[i].note);
		else
			assert_null(target->note);
	}
	removal_free(&rm);
}

/* What cannot be kept is not removed, the rest is. */
static void test_unreadable(void **state)
{
	struct removal rm;

	(void)state;
	begin(&rm);
	add(&rm, 0);
	add(&rm, 1);
	fakes[0].read_ret = -EACCES;
	run(&rm);
	assert_false(fakes[0].asked);
	assert_int_equal(rm.targets.at[0].outcome, OUTCOME_FAILED);
	assert_int_equal(rm.targets.at[1].outcome, OUTCOME_REMOVED);
	removal_free(&rm);
}

static void test_limit(void **state)
{
	struct removal rm;
	struct buf text = {};
	int i;

	(void)state;
	begin(&rm);
	rm.save_limit = 250;
	for (i = 0; i < 3; i++)
		add(&rm, i);
	removal_plan_keep(&rm);
	assert_true(rm.targets.at[0].keep && rm.targets.at[1].keep);
	assert_false(rm.targets.at[2].keep);
	rm.save_limit = 300;	/* all of it may be used */
	removal_plan_keep(&rm);
	assert_true(rm.targets.at[2].keep);
	rm.save_limit = 200;	/* what is refused takes nothing of it */
	rm.targets.at[0].outcome = OUTCOME_REFUSED;
	removal_plan_keep(&rm);
	assert_true(rm.targets.at[2].keep);
	rm.save_limit = 100;
	removal_plan_keep(&rm);
	assert_false(rm.targets.at[2].keep);
	target_keeping(&text, &rm, &rm.targets.at[2]);
	assert_non_null(strstr(text.data, "--save-limit"));
	buf_free(&text);
	removal_free(&rm);
}

/* Refused and reported ones are never touched. */
static void test_not_planned(void **state)
{
	struct removal rm;

	(void)state;
	begin(&rm);
	add(&rm, 0)->outcome = OUTCOME_REFUSED;
	add(&rm, 1)->outcome = OUTCOME_REPORTED;
	rm.targets.at[0].note = str(&rm, "in use");
	run(&rm);
	assert_false(fakes[0].asked || fakes[1].asked);
	assert_non_null(strstr(read_log(), "\"event\":\"refused\""));
	assert_null(strstr(read_log(), "shm:1"));
	removal_free(&rm);
}

static void test_lines_are_json(void **state)
{
	char *line, *save = NULL;
	struct removal rm;
	int nr = 0;

	(void)state;
	begin(&rm);
	add(&rm, 0)->owner = str(&rm, "a\"b\\c\n\xff");
	run(&rm);
	for (line = strtok_r(read_log(), "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		json_t *root = json_loads(line, 0, NULL);

		assert_non_null(root);
		assert_null(strchr(line, '\x1b'));
		json_decref(root);
		nr++;
	}
	assert_int_equal(nr, 3);
	removal_free(&rm);
}

static void check_effect(enum class_id class, const struct sysv_stat *st,
			 const char *want)
{
	const struct target target = { .class = class, .sysv = *st };
	struct buf text = {};

	target_effect(&text, &target);
	assert_string_equal(text.data, want);
	buf_free(&text);
}

static void test_effects(void **state)
{
	const struct sysv_stat keyed = { .key = 0x5ce0001 };
	const struct sysv_stat private = { .nr = 0 };
	const struct sysv_stat attached = { .nr = 3 };
	const struct sysv_stat used = { .nr = 1, .key = 7 };

	(void)state;
	check_effect(CLASS_shm, &private, "memory is free at once");
	check_effect(CLASS_shm, &keyed,
		     "memory and key 0x05ce0001 are free at once");
	check_effect(CLASS_shm, &attached,
		     "memory is free when 3 attachments end");
	check_effect(CLASS_shm, &used,
		     "memory is free when 1 attachment ends; key 0x00000007 at once: the next program to ask for it gets a new, empty segment");
	check_effect(CLASS_msg, &attached,
		     "3 messages go with it; whoever waits or comes back gets an error");
	check_effect(CLASS_sem, &attached,
		     "whoever waits or comes back gets an error");
}

static void test_locked(void **state)
{
	struct removal first, second;
	char why[256];

	(void)state;
	begin(&first);
	assert_int_equal(removal_open(&first, why), 0);
	removal_init(&second, "test");
	assert_int_equal(removal_open(&second, why), -EWOULDBLOCK);
	assert_non_null(strstr(why, "just now"));
	removal_close(&first);
	removal_free(&first);
	removal_free(&second);
}

/* ---- the second look ---- */

static struct query set_query;

/* A set of ann's, of whom another process runs if @other does; planned as
 * @verdict. What came of its removal. */
static enum outcome remove_set(enum verdict planned, bool other, const char *line)
{
	struct removal rm;
	struct target *target;
	enum outcome outcome;

	machine_add(&box, "user 1000 ann\nsem id=0 key=1 uid=1000 gid=1000 mode=0600 ctime=%d %s",
		    MACHINE_NOW - 3600, line);
	if (other)
		machine_process(&box, 60, 1000, "php");
	machine_build(&box);
	begin(&rm);
	set_query = (struct query){ .classes = A_CLASS(sem) };
	removal_query(&set_query);
	stale_query(&set_query, NULL);
	query_plan(&set_query);
	rm.host = box.host;
	rm.query = &set_query;
	rm.no_save = true;
	target = add(&rm, 0);
	target->class = CLASS_sem;
	target->key = (struct object_key){ SPACE_SEM, MACHINE_IPC_NS, 0 };
	target->verdict = planned;
	run(&rm);
	outcome = target->outcome;
	assert_true(fakes[0].asked == (outcome == OUTCOME_REMOVED));
	removal_free(&rm);
	return outcome;
}

#define UNUSED	"values=0 pids=5434 ncnt=0 zcnt=0"

static int looks;
static bool announced_at_look, kept_at_look;
static int (*sysv_max)(const struct host *host, enum sysv_kind kind, int *max, uint32_t *used);

static int look_at_sets(const struct host *host, enum sysv_kind kind, int *max, uint32_t *used)
{
	char command[128];

	if (!looks++) {
		announced_at_look = strstr(read_log(), "\"event\":\"remove\"");
		snprintf(command, sizeof(command), "ls %s/saved | grep -q json", dir);
		kept_at_look = !system(command);
	}
	return sysv_max(host, kind, max, used);
}

/* What takes long comes before the last look, not between it and the removal. */
static void the_last_look_comes_after_keeping_and_logging(void **state)
{
	struct host_ops watched;
	struct host *host;
	struct removal rm;
	struct target *target;
	uint16_t values[] = { 0 };

	(void)state;
	machine_add(&box, "user 1000 ann\nsem id=0 key=1 uid=1000 gid=1000 mode=0600 ctime=%d "
		    "values=0 pids=5434 ncnt=0 zcnt=0", MACHINE_NOW - 3600);
	machine_build(&box);
	host = (struct host *)box.host;
	watched = *host->ops;
	sysv_max = watched.sysv_max;
	watched.sysv_max = look_at_sets;
	begin(&rm);
	drop_copies();
	set_query = (struct query){ .classes = A_CLASS(sem) };
	removal_query(&set_query);
	stale_query(&set_query, NULL);
	query_plan(&set_query);
	rm.host = host;
	rm.query = &set_query;
	target = add(&rm, 0);
	target->class = CLASS_sem;
	target->key = (struct object_key){ SPACE_SEM, MACHINE_IPC_NS, 0 };
	target->verdict = VERDICT_SUSPECT;
	target->values = values;
	target->sysv.nr = 1;
	fakes[0].nattch_before = 1;	/* a set of one */
	host->ops = &watched;
	looks = 0;
	run(&rm);
	assert_int_equal(target->outcome, OUTCOME_REMOVED);
	assert_true(looks > 0);
	assert_true(announced_at_look && kept_at_look);
	assert_non_null(strstr(read_log(), "\"window_us\":"));
	removal_free(&rm);
}

static void a_set_that_is_still_suspect_is_removed(void **state)
{
	(void)state;
	assert_int_equal(remove_set(VERDICT_SUSPECT, false, UNUSED), OUTCOME_REMOVED);
}

static void a_second_look_that_finds_idle_stops_a_removal(void **state)
{
	(void)state;
	assert_int_equal(remove_set(VERDICT_SUSPECT, true, UNUSED), OUTCOME_SKIPPED);
}

static void a_second_look_that_finds_suspect_stops_what_was_stale(void **state)
{
	(void)state;
	assert_int_equal(remove_set(VERDICT_STALE, false, UNUSED), OUTCOME_SKIPPED);
}

static void what_was_idle_when_agreed_to_is_removed(void **state)
{
	(void)state;
	assert_int_equal(remove_set(VERDICT_IDLE, true, UNUSED), OUTCOME_REMOVED);
}

static void what_was_unknown_when_agreed_to_is_removed(void **state)
{
	(void)state;
	assert_int_equal(remove_set(VERDICT_UNKNOWN, false, "values=0 error=EACCES"),
			 OUTCOME_REMOVED);
}

static void a_second_look_that_finds_a_waiter_stops_a_removal(void **state)
{
	(void)state;
	assert_int_equal(remove_set(VERDICT_IDLE, true, "values=0 pids=5434 ncnt=1 zcnt=0"),
			 OUTCOME_SKIPPED);
}

static void a_second_look_that_cannot_tell_stops_a_removal(void **state)
{
	(void)state;
	assert_int_equal(remove_set(VERDICT_IDLE, false, "values=0 error=EACCES"),
			 OUTCOME_SKIPPED);
}

/* ---- messages ---- */

/* Of a queue planned with 2 messages that has @now. */
static enum outcome remove_queue(uint32_t now)
{
	struct target *target;
	enum outcome outcome;
	struct removal rm;

	begin(&rm);
	target = add(&rm, 0);
	target->class = CLASS_msg;
	target->sysv.nr = 2;
	target->force = true;
	fakes[0].messages = now;
	run(&rm);
	outcome = target->outcome;
	assert_true(fakes[0].asked == (outcome == OUTCOME_REMOVED));
	assert_true(rm.kept_any == (outcome == OUTCOME_REMOVED));
	removal_free(&rm);
	return outcome;
}

static void a_queue_is_removed_when_all_its_messages_are_kept(void **state)
{
	(void)state;
	assert_int_equal(remove_queue(2), OUTCOME_REMOVED);
}

static void a_queue_with_fewer_or_more_messages_than_planned_stays(void **state)
{
	(void)state;
	assert_int_equal(remove_queue(1), OUTCOME_SKIPPED);
	assert_int_equal(remove_queue(0), OUTCOME_SKIPPED);
	assert_int_equal(remove_queue(3), OUTCOME_SKIPPED);
}

static void a_queue_with_too_many_messages_to_keep_stays(void **state)
{
	struct target *target;
	struct removal rm;

	(void)state;
	begin(&rm);
	target = add(&rm, 0);
	target->class = CLASS_msg;
	target->sysv.nr = fakes[0].messages = 2001;
	target->force = true;
	run(&rm);
	assert_false(fakes[0].asked);
	assert_int_equal(target->outcome, OUTCOME_FAILED);
	assert_non_null(strstr(target->note->data, "more messages"));
	removal_free(&rm);
}

/* ---- what was used before it was read ---- */

static void a_segment_attached_since_the_plan_is_not_read(void **state)
{
	struct removal rm;

	(void)state;
	begin(&rm);
	add(&rm, 0);
	fakes[0].nattch_before = 1;
	fakes[0].read_ret = -EIO;	/* would be told */
	run(&rm);
	assert_false(fakes[0].asked);
	assert_int_equal(rm.targets.at[0].outcome, OUTCOME_SKIPPED);
	removal_free(&rm);
}

/* ---- leases ---- */

/* What came of a queue for which only a lease could tell, or that nobody had at
 * the second look. */
static enum outcome remove_leased(bool must, int ret)
{
	struct removal rm;
	struct target *target;
	enum outcome outcome;

	if (!box.host)
		machine_build(&box);
	begin(&rm);
	rm.host = box.host;
	rm.no_save = true;
	lease_ret = ret;
	queues_removed = 0;
	target = add(&rm, 0);
	target->class = CLASS_pmsg;
	target->path = str(&rm, "/queue");
	target->lease = must;
	run(&rm);
	outcome = target->outcome;
	assert_int_equal(queues_removed, outcome == OUTCOME_REMOVED);
	removal_free(&rm);
	return outcome;
}

static void only_a_lease_that_is_granted_proves_that_nobody_has_it(void **state)
{
	(void)state;
	assert_int_equal(remove_leased(true, 0), OUTCOME_REMOVED);
	assert_int_equal(remove_leased(true, -EACCES), OUTCOME_FAILED);
	assert_int_equal(remove_leased(true, -EAGAIN), OUTCOME_SKIPPED);
	assert_int_equal(remove_leased(false, -EACCES), OUTCOME_REMOVED);
	assert_int_equal(remove_leased(false, -EAGAIN), OUTCOME_SKIPPED);
}

static void a_message_that_came_within_a_second_stops_a_removal(void **state)
{
	(void)state;
	queue_messages = 1;
	assert_int_equal(remove_leased(true, 0), OUTCOME_SKIPPED);
	queue_messages = 0;
	assert_int_equal(remove_leased(true, 0), OUTCOME_REMOVED);
}

/* ---- copies ---- */

/* Removes segment 0 with a copy, and what is kept of it. */
static const struct saved *keep_one(struct removal *rm, struct saved_list *list)
{
	char why[256];

	begin(rm);
	add(rm, 0);
	run(rm);
	assert_int_equal(rm->targets.at[0].outcome, OUTCOME_REMOVED);
	assert_int_equal(removal_open(rm, why), 0);
	assert_int_equal(saved_list(rm, list), 0);
	assert_true(list->all.nr > 0);
	return &list->all.at[list->all.nr - 1];
}

static void a_copy_whose_data_was_changed_is_not_restored(void **state)
{
	struct saved_list list;
	const struct saved *saved;
	struct buf lost = {};
	struct removal rm;
	char path[128], why[256];
	FILE *data;

	(void)state;
	saved = keep_one(&rm, &list);
	snprintf(path, sizeof(path), "%s/saved/%s.data", dir, saved->id);
	data = fopen(path, "r+");
	assert_non_null(data);
	fputc('x', data);
	fclose(data);
	assert_int_equal(undo_one(&rm, saved, &lost, why), -EBADMSG);
	assert_string_equal(why, "what was kept is damaged");
	assert_true(is_kept(saved->id, ".json"));
	saved_list_free(&list);
	removal_close(&rm);
	removal_free(&rm);
}

static void what_is_still_there_is_not_restored(void **state)
{
	struct saved_list list;
	const struct saved *saved;
	struct buf lost = {};
	struct removal rm;
	char why[256];

	(void)state;
	saved = keep_one(&rm, &list);
	fakes[0].asked = false;		/* it was not removed after all */
	assert_int_equal(undo_one(&rm, saved, &lost, why), -EEXIST);
	assert_string_equal(why, "is still there: it was not removed");
	assert_true(is_kept(saved->id, ".json"));
	saved_list_free(&list);
	removal_close(&rm);
	removal_free(&rm);
}

static void leave_copy(const char *id, const char *suffix, time_t days)
{
	const struct timespec times[] = {
		{ .tv_sec = time(NULL) - days * 86400 }, { .tv_sec = time(NULL) - days * 86400 },
	};
	char path[128];
	FILE *copy;

	snprintf(path, sizeof(path), "%s/saved/%s%s", dir, id, suffix);
	copy = fopen(path, "w");
	assert_non_null(copy);
	fclose(copy);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void copies_that_are_old_or_were_never_finished_are_dropped(void **state)
{
	struct removal rm;
	char why[256];

	(void)state;
	begin(&rm);
	assert_int_equal(removal_open(&rm, why), 0);
	removal_close(&rm);
	drop_copies();
	leave_copy("20200101-000000-000.1", ".json", 31);
	leave_copy("20200101-000000-000.1", ".data", 31);
	leave_copy("20200101-000000-000.2", ".json", 29);
	leave_copy("20200101-000000-000.2", ".data", 29);
	leave_copy("20200101-000000-000.3", ".data", 0);
	leave_copy("20210101-000000-000.1", ".json", 40);
	assert_int_equal(removal_open(&rm, why), 0);
	/* What is asked for next may be to bring it back. */
	assert_true(is_kept("20200101-000000-000.1", ".json"));
	removal_run(&rm, count, NULL);
	removal_close(&rm);
	assert_false(is_kept("20200101-000000-000.1", ".json"));
	assert_false(is_kept("20200101-000000-000.1", ".data"));
	assert_true(is_kept("20200101-000000-000.2", ".json"));
	assert_true(is_kept("20200101-000000-000.2", ".data"));
	assert_false(is_kept("20200101-000000-000.3", ".data"));
	/* However old, undo --last is asked for the newest run. */
	assert_true(is_kept("20210101-000000-000.1", ".json"));
	drop_copies();
	removal_free(&rm);
}

/* Blocks count, not sizes, and the oldest goes first. */
static void copies_beyond_the_most_are_dropped_oldest_first(void **state)
{
	static const char *const ids[] = {
		"20200101-000000-000.1", "20200102-000000-000.1", "20200103-000000-000.1",
	};
	struct removal rm;
	char path[128] = "", why[256];
	size_t i;

	(void)state;
	begin(&rm);
	assert_int_equal(removal_open(&rm, why), 0);
	drop_copies();
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		leave_copy(ids[i], ".json", 1);
		leave_copy(ids[i], ".data", 1);
		snprintf(path, sizeof(path), "%s/saved/%s.data", dir, ids[i]);
		assert_int_equal(truncate(path, 2ll << 30), 0);
	}
	rm.keep_most = 1 << 20;
	removal_run(&rm, count, NULL);
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		assert_true(is_kept(ids[i], ".data"));
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/saved/%s.data", dir, ids[i]);
		fd = open(path, O_WRONLY | O_TRUNC);
		assert_int_equal(write(fd, path, sizeof(path)), sizeof(path));
		close(fd);
	}
	rm.keep_most = 8192;
	removal_run(&rm, count, NULL);
	assert_false(is_kept(ids[0], ".data"));
	assert_true(is_kept(ids[1], ".data"));
	rm.keep_most = 0;
	removal_run(&rm, count, NULL);
	assert_false(is_kept(ids[1], ".data"));
	assert_true(is_kept(ids[2], ".data"));
	removal_close(&rm);
	drop_copies();
	removal_free(&rm);
}

/* ---- recovery ---- */

static void write_log(const char *text, size_t len)
{
	char path[64];
	FILE *log;

	snprintf(path, sizeof(path), "%s/removed.jsonl", dir);
	log = fopen(path, "w");
	assert_non_null(log);
	fwrite(text, 1, len, log);
	fclose(log);
}

/* Reports of the run after one that was killed with its first @lines written. */
static void recover_after(int lines, const char *report)
{
	struct removal rm, next;
	char why[256], *end;

	begin(&rm);
	add(&rm, 0);
	run(&rm);
	removal_free(&rm);
	for (end = read_log(); lines; lines--)
		end = strchr(end, '\n') + 1;
	write_log(read_log(), (size_t)(end - read_log()));
	removal_init(&next, "test");
	next.ops = &ops;
	assert_int_equal(removal_open(&next, why), 0);
	assert_string_equal(next.report.len ? next.report.data : "", report);
	removal_close(&next);
	removal_free(&next);
}

static void only_what_was_not_answered_is_recovered(void **state)
{
	(void)state;
	recover_after(1, "shm:0: an earlier run was cut short: removed\n");
	recover_after(2, "");
	recover_after(3, "");
}

static int make_dir(void **state)
{
	(void)state;
	return !mkdtemp(dir) || setenv("IPCSCOPE_STATE_DIR", dir, 1);
}

static int drop_dir(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_announced_before),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_not_planned),
		cmocka_unit_test(test_lines_are_json),
		cmocka_unit_test(test_effects),
		cmocka_unit_test(test_locked),
		MACHINE_TEST(the_last_look_comes_after_keeping_and_logging),
		MACHINE_TEST(a_set_that_is_still_suspect_is_removed),
		MACHINE_TEST(a_second_look_that_finds_idle_stops_a_removal),
		MACHINE_TEST(a_second_look_that_finds_suspect_stops_what_was_stale),
		MACHINE_TEST(what_was_idle_when_agreed_to_is_removed),
		MACHINE_TEST(what_was_unknown_when_agreed_to_is_removed),
		MACHINE_TEST(a_second_look_that_finds_a_waiter_stops_a_removal),
		MACHINE_TEST(a_second_look_that_cannot_tell_stops_a_removal),
		cmocka_unit_test(a_queue_is_removed_when_all_its_messages_are_kept),
		cmocka_unit_test(a_queue_with_fewer_or_more_messages_than_planned_stays),
		cmocka_unit_test(a_queue_with_too_many_messages_to_keep_stays),
		cmocka_unit_test(a_segment_attached_since_the_plan_is_not_read),
		MACHINE_TEST(only_a_lease_that_is_granted_proves_that_nobody_has_it),
		MACHINE_TEST(a_message_that_came_within_a_second_stops_a_removal),
		cmocka_unit_test(a_copy_whose_data_was_changed_is_not_restored),
		cmocka_unit_test(what_is_still_there_is_not_restored),
		cmocka_unit_test(copies_that_are_old_or_were_never_finished_are_dropped),
		cmocka_unit_test(copies_beyond_the_most_are_dropped_oldest_first),
		cmocka_unit_test(only_what_was_not_answered_is_recovered),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
