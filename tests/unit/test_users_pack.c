// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ipcscope/text.h"
#include "shot.h"

struct step {
	unsigned int room;
	const char *text;
};

static void packed(const struct shot *shot, const char *ref, uint32_t without,
		   unsigned int room, struct buf *text)
{
	buf_reset(text);
	buf_puts(text, "");
	render_users(text, &shot->snap, shot_object(shot, ref), without, room);
}

static void check_steps(const char *name, const char *ref,
			const struct step *steps, size_t nr)
{
	struct buf text = {};
	struct shot shot;
	size_t i;

	shot_load(&shot, name);
	for (i = 0; i < nr; i++) {
		packed(&shot, ref, NO_INDEX, steps[i].room, &text);
		assert_string_equal(text.data, steps[i].text);
	}
	buf_free(&text);
	shot_free(&shot);
}

/* Each step at the last room where it holds, and one column below. */
static void two_names(void **state)
{
	static const struct step steps[] = {
		{ 0, "scen-rw[5363] rw, scen-ro[5364] r x2" },
		{ 36, "scen-rw[5363] rw, scen-ro[5364] r x2" },
		{ 35, "scen-rw[5363] rw +1" },
		{ 19, "scen-rw[5363] rw +1" },
		{ 18, "scen-rw[5363] +1" },
		{ 16, "scen-rw[5363] +1" },
		{ 15, "2 users" },
		{ 1, "2 users" },
	};

	(void)state;
	check_steps("look", "shm:163843", steps, ARRAY_SIZE(steps));
}

static void one_name(void **state)
{
	static const struct step steps[] = {
		{ 0, "postgres[5409,5410,5411,5413,5414,5415] rw" },
		{ 41, "postgres[5409 +5] rw" },
		{ 19, "postgres[5409 +5]" },
		{ 16, "6 users" },
	};

	(void)state;
	check_steps("look", "shm:163848", steps, ARRAY_SIZE(steps));
}

static void who_waits_says_so(void **state)
{
	static const struct step steps[] = {
		{ 0, "scen-wait[5349] waits" },
		{ 21, "scen-wait[5349] waits" },
		{ 20, "scen-wait[5349]" },
		{ 14, "1 user" },
	};
	static const struct step also_attached[] = {
		{ 0, "scen-sem[5352] waits" },
	};
	static const struct step also_open[] = {
		{ 0, "'\\xff\\xfe[1]'[5502] listens" },
	};

	(void)state;
	check_steps("look", "sem:32772", steps, ARRAY_SIZE(steps));
	check_steps("look", "psem:/scen-psem0", also_attached, 1);
	check_steps("hostile", "unix:@\\x00abs\\x0atract", also_open, 1);
}

static void what_the_kernel_counts_and_nobody_found(void **state)
{
	static const struct step steps[] = {
		{ 0, "scen[5336,5337,5338,5339] rw, 5 unseen" },
		{ 38, "scen[5336,5337,5338,5339] rw, 5 unseen" },
		{ 37, "scen[5336 +3] rw, 5 unseen" },
		{ 25, "scen[5336 +3], 5 unseen" },
		{ 22, "4 users, 5 unseen" },
	};
	static const struct step nobody[] = {
		{ 0, "3 unseen" }, { 1, "3 unseen" },
	};
	static const struct step none[] = { { 0, "-" } };

	(void)state;
	check_steps("crowd", "shm:5", steps, ARRAY_SIZE(steps));
	check_steps("nobody", "shm:163843", nobody, ARRAY_SIZE(nobody));
	check_steps("nobody", "shm:163841", none, 1);
}

/* 32 processes, of which each but the first has it twice. */
static void many_names(void **state)
{
	static const struct step steps[] = {
		{ 39, "bash[5335] w, scen[5336 +12] w +18" },
		{ 34, "bash[5335] w, scen[5336 +12] w +18" },
		{ 33, "bash[5335] w +31" },
		{ 15, "bash[5335] +31" },
		{ 13, "32 users" },
	};

	(void)state;
	check_steps("crowd", "pipe:5257709", steps, ARRAY_SIZE(steps));
}

/* Whatever the room: it is kept if anything fits, and no process is lost. */
static void law_never_wider_than_the_room(void **state)
{
	static const char *const names[] = { "look", "nobody", "hostile", "crowd" };
	struct buf text = {}, all = {}, least = {};
	size_t n;

	(void)state;
	for (n = 0; n < ARRAY_SIZE(names); n++) {
		const struct object *obj;
		struct shot shot;
		unsigned int room;

		shot_load(&shot, names[n]);
		vec_for_each(obj, &shot.snap.objects) {
			struct buf ref = {};

			object_ref(&ref, &shot.snap, obj);
			packed(&shot, ref.data, NO_INDEX, 0, &all);
			packed(&shot, ref.data, NO_INDEX, 1, &least);
			for (room = 1; room <= all.len; room++) {
				packed(&shot, ref.data, NO_INDEX, room, &text);
				assert_true(text_width(text.data, text.len) <= room ||
					    !strcmp(text.data, least.data));
			}
			packed(&shot, ref.data, NO_INDEX, (unsigned int)all.len, &text);
			assert_string_equal(text.data, all.data);
			buf_free(&ref);
		}
		shot_free(&shot);
	}
	buf_free(&text);
	buf_free(&all);
	buf_free(&least);
}

static void one_can_be_left_out(void **state)
{
	struct buf text = {};
	struct shot shot;

	(void)state;
	shot_load(&shot, "look");
	packed(&shot, "shm:163848", snapshot_find_pid(&shot.snap, 5409), 30, &text);
	assert_string_equal(text.data, "postgres[5410 +4] rw");
	packed(&shot, "pshm:2025", snapshot_find_pid(&shot.snap, 5368), 30, &text);
	assert_string_equal(text.data, "?");	/* pid 1 may have it too */
	packed(&shot, "shm:163840", snapshot_find_pid(&shot.snap, 5351), 30, &text);
	assert_string_equal(text.data, "-");
	buf_free(&text);
	shot_free(&shot);
}

/* A stream writes when it likes: what is taken back must not be out yet. */
static void a_stream_gets_the_same(void **state)
{
	struct buf text = {}, direct = {}, stream = {};
	struct shot shot;
	char *out = NULL;
	size_t len, i;

	(void)state;
	shot_load(&shot, "crowd");
	stream.to = open_memstream(&out, &len);
	for (i = 0; i < 20000; i++) {
		unsigned int room = 1 + i % 40;
		const struct object *obj = shot_object(&shot, "pipe:5257709");

		render_users(&direct, &shot.snap, obj, NO_INDEX, room);
		render_users(&stream, &shot.snap, obj, NO_INDEX, room);
	}
	assert_int_equal(buf_flush(&stream), 0);
	assert_int_equal(fclose(stream.to), 0);
	assert_int_equal(len, direct.len);
	assert_memory_equal(out, direct.data, len);
	free(out);
	buf_free(&text);
	buf_free(&direct);
	buf_free(&stream);
	shot_free(&shot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_names),
		cmocka_unit_test(one_name),
		cmocka_unit_test(who_waits_says_so),
		cmocka_unit_test(what_the_kernel_counts_and_nobody_found),
		cmocka_unit_test(many_names),
		cmocka_unit_test(law_never_wider_than_the_room),
		cmocka_unit_test(one_can_be_left_out),
		cmocka_unit_test(a_stream_gets_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
