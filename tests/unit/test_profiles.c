// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ipcscope/analyse.h"

static void parse(struct profiles *profiles, const char *file, const char *text)
{
	char why[512] = "";

	if (profiles_parse(profiles, file, text, strlen(text), why))
		fail_msg("%s", why);
}

static void test_read(void **state)
{
	struct profiles profiles = {};
	const struct profile *profile;
	const char *text;
	size_t len;

	(void)state;
	parse(&profiles, "x.conf",
	      "# comment\n"
	      "\n"
	      "[loky]\n"
	      "software = joblib\n"
	      "match = class == psem\n"
	      "\tand name ~ \"/loky-*\"\n"
	      "# between\n"
	      "stale-if = pid-gone ^/loky-([0-9]+)-\n"
	      "stale-if = no-process python* pypy*\n"
	      "at-most=suspect\n"
	      "[big.1]\n"
	      "match = size > 1M\n"
	      "software = Big\n"
	      "leave-to = its tool, not us");
	assert_int_equal(profiles.all.nr, 2);
	profile = &profiles.all.at[0];
	assert_string_equal(profile->name, "loky");
	assert_string_equal(profile->file, "x.conf");
	assert_int_equal(profile->line, 3);
	assert_string_equal(profile->expr,
			    "class == psem and name ~ \"/loky-*\"");
	assert_int_equal(profile->classes, A_CLASS(psem));
	assert_int_equal(profile->limit, PROFILE_SUSPECT);
	assert_int_equal(profile->rules.nr, 2);
	assert_int_equal(profile->rules.at[0].test, PROFILE_PID_GONE);
	assert_true(profile_group(&profile->rules.at[0], "/loky-123-x", &text,
				  &len));
	assert_int_equal(len, 3);
	assert_memory_equal(text, "123", 3);
	assert_false(profile_group(&profile->rules.at[0], "/loky-x", &text,
				   &len));
	assert_string_equal(profile->rules.at[1].text, "python* pypy*");
	profile = &profiles.all.at[1];
	assert_int_equal(profile->limit, PROFILE_IDLE);
	assert_string_equal(profile->leave_to, "its tool, not us");
	profiles_free(&profiles);
}

/* The first file to name one wins; what is wrong adds nothing. */
static void test_order(void **state)
{
	struct profiles profiles = {};
	char why[512];
	const char *bad = "[b]\nsoftware = B\nmatch = class == shm\n[c]\n";

	(void)state;
	parse(&profiles, "etc", "[a]\nsoftware = mine\nmatch = class == shm\n");
	parse(&profiles, "shipped", "[a]\nsoftware = theirs\nmatch = class == sem\n"
	      "[z]\nsoftware = Z\nmatch = class == sem\n");
	assert_int_equal(profiles.all.nr, 2);
	assert_string_equal(profiles.all.at[0].software, "mine");
	assert_string_equal(profiles.all.at[1].name, "z");
	assert_int_equal(profiles_parse(&profiles, "bad", bad, strlen(bad), why),
			 -EBADMSG);
	assert_int_equal(profiles.all.nr, 2);
	profiles_free(&profiles);
}

static void test_wrong(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "x = 1\n", "f:1: a section must begin first: [name]" },
		{ "\n[a b]\n", "f:2: a section is [name], of letters, digits, - _ and ." },
		{ "[a\n", "f:1: a section is [name], of letters, digits, - _ and ." },
		{ "[a]\nmatch = class == shm\n", "f:1: profile a does not say of what software" },
		{ "[a]\nsoftware = A\n", "f:1: profile a has no match" },
		{ "[a]\nsoftware = A\nmatch = class = shm\n", "f:3: match: " },
		{ "[a]\nsoftware = A\n\n match = class == shm\n[b]\n", "f:4: a line that goes on, but on which?" },
		{ "[a]\nsoftware\n", "f:2: KEY = VALUE is missing its =" },
		{ "[a]\nsoftware =\n", "f:2: software has no value" },
		{ "[a]\nsoftware = A\nsoftware = B\n", "f:3: software is there twice" },
		{ "[a]\nmatch = size\nmatch = size\n", "f:3: match is there twice" },
		{ "[a]\ncolour = red\n", "f:2: no key 'colour': " },
		{ "[a]\nat-most = dead\n", "f:2: at-most takes stale, suspect or idle, not 'dead'" },
		{ "[a]\nstale-if = old\n", "f:2: stale-if: no test 'old': " },
		{ "[a]\nstale-if = unused x\n", "f:2: stale-if: unused takes nothing" },
		{ "[a]\nstale-if = no-process\n", "f:2: stale-if: no-process takes names of commands" },
		{ "[a]\nstale-if = pid-gone\n", "f:2: stale-if: pid-gone takes a regular expression" },
		{ "[a]\nstale-if = pid-gone (x y\n", "f:2: stale-if: pid-gone takes one regular expression without blanks" },
		{ "[a]\nstale-if = pid-gone (x\n", "f:2: '(x': " },
		{ "[a]\nstale-if = pid-gone x\n", "f:2: 'x' has no group ( ) for pid-gone" },
		{ "[a]\nsoftware = A\nmatch = size\nleave-to = T\nstale-if = unused\n", "f:1: profile a is at most idle: stale-if has no effect" },
		{ "[a]\nsoftware = A\nmatch = size\nat-most = idle\n", "f:1: profile a does not say why it is at most idle" },
		{ "[a]\nsoftware = A\nmatch = size\n[a]\n", "f:4: there are two profiles a" },
		{ "[a]\nsoftware = \x1b[2J\nx\x1b = 1\n", "f:3: no key 'x\\x1b': " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct profiles profiles = {};
		char why[512] = "";

		assert_int_equal(profiles_parse(&profiles, "f", cases[i].text,
						strlen(cases[i].text), why),
				 -EBADMSG);
		if (strncmp(why, cases[i].why, strlen(cases[i].why)))
			fail_msg("'%s' not '%s'", why, cases[i].why);
		assert_int_equal(profiles.all.nr, 0);
		profiles_free(&profiles);
	}
}

static void test_nul(void **state)
{
	struct profiles profiles = {};
	char why[512];

	(void)state;
	assert_int_equal(profiles_parse(&profiles, "f", "[a]\nx\0y = 1\n", 12,
					why), -EBADMSG);
	assert_string_equal(why, "f:2: a byte that is 0");
	profiles_free(&profiles);
}

/* Those that the program comes with are right, and each software is there. */
static void test_shipped(void **state)
{
	static const char *const must[] = {
		"apache-httpd", "postgresql", "pgpool", "oracle", "db2",
		"informix", "ibm-mq", "tuxedo", "sap", "openedge", "yottadb",
		"php", "x11-mit-shm", "qt", "open-mpi", "psm", "nwchem",
		"nccl", "python-multiprocessing", "loky", "joblib", "pytorch",
		"vllm", "sglang", "fast-dds", "fast-dds-lock",
		"fast-dds-mutex", "iceoryx", "boost-interprocess", "ray",
	};
	struct profiles profiles = {};
	char why[512] = "";
	size_t i, k;

	(void)state;
	if (profiles_shipped(&profiles, why))
		fail_msg("%s", why);
	for (i = 0; i < ARRAY_SIZE(must); i++) {
		for (k = 0; k < profiles.all.nr; k++) {
			if (!strcmp(profiles.all.at[k].name, must[i]))
				break;
		}
		if (k == profiles.all.nr)
			fail_msg("no profile %s", must[i]);
	}
	profiles_free(&profiles);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
