// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that a careless program prints, parses or cuts wrongly. */
#include <string.h>

#include "make.h"

const struct hostile hostile_names[] = {
	{ "escape", "a\033[31mred" },
	{ "title", "\033]0;evil\007" },
	{ "newline", "a\nshm:0 root" },
	{ "carriage return", "a\rforged" },
	{ "tab", "a\tb\tc" },
	{ "space", " a  b " },
	{ "quotes", "a\"b'c`d" },
	{ "backslash", "a\\n\\x41\\" },
	{ "deleted", "a (deleted)" },
	{ "parentheses", "a) R 1 (b" },
	{ "format", "%s%n%99999d" },
	{ "dash", "--help" },
	{ "comma", "a,b;c|d" },
	{ "braces", "{\"a\":[1]}" },
	{ "invalid UTF-8", "a\xff\xfe\x80z" },
	{ "cut UTF-8", "a\xe2\x82" },
	{ "overlong UTF-8", "a\xc0\xafz" },
	{ "surrogate", "a\xed\xa0\x80z" },
	{ "C1 control", "a\xc2\x9b" "31m" },
	{ "bidi", "a\xe2\x80\xae" "cod.exe" },
	{ "line separator", "a\xe2\x80\xa8z" },
	{ "wide", "\xe6\xbc\xa2\xe5\xad\x97" },
	{ "combining", "e\xcc\x81\xcc\x81\xcc\x81" },
	{ "delete", "a\177b" },
	{ NULL, NULL },
};

const char *long_name(char buf[256], size_t n)
{
	if (n > 255)
		sandbox_fail("a name has 255 bytes at most");
	memset(buf, 'n', n);
	buf[n] = '\0';
	return buf;
}
