#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fails when a file includes a header of a room it must not know, when a call
# stands in a room that must not make it, when files or rooms include each other
# in a circle, or when a room or file has grown too large:
#
#	util <- model <- filter <- { class (+host), analyse, render, record }
#	     <- collect, keyfiles <- change <- cli <- { cmd, compat, gen } <- main
#
# Only change may include host/write: what looks cannot reach what destroys.
# Comments and strings do not count.
set -eu

# Which room a public header belongs to, by its name without .h or .def; a header
# below src belongs to the directory it is in.
headers='
util	arena buf json map text threads vec
model	classes edges fields gaps limits model namespaces parts process process_fields query snapshot states thread_ns
filter	filter
host	host
collect	collect
analyse	analyse evidence verdicts
render	formats render
record	record
library	ipcscope
'
# What a room may include besides itself.
layers='
util
model	util
filter	util model
host	util
host/write util host
scan	util model host
class	util model host scan
collect	util model host scan class
keyfiles util model host collect
analyse	util model filter
render	util model
record	util model
change	util model filter host host/write collect keyfiles analyse render
cli	util model filter host class collect keyfiles analyse render record change
cmd	util model filter host class collect keyfiles analyse render record change cli
compat	util model filter host class collect keyfiles analyse render record change cli
gen	util model filter host class collect keyfiles analyse render record change cli
library	util model filter collect analyse render record
main	util model host cli
'
# Where the headers of a library may be included.
libraries='
libproc2	host
libmnl		host
linux		host host/write class
sys/ipc.h	host host/write class
sys/shm.h	host host/write class
sys/sem.h	host host/write class
sys/msg.h	host host/write class
mqueue.h	host host/write
jansson.h	record change
'
# Functions, and the layers or files that may call them ("-" for none).
calls='
src/render src/cli src/cmd src/compat src/gen src/main.c : printf vprintf puts putchar putchar_unlocked putc_unlocked stdout
src/host src/record src/util/outfile.c : open fopen read write close fsync rename unlink fdopen mkstemp stat
src/host src/util/outfile.c : openat mkdirat linkat unlinkat renameat readlinkat fstat fstatat
src/host src/util/outfile.c : fstatfs fcntl
src/host : openat2 creat freopen opendir fdopendir scandir readdir closedir
src/host : pread readv preadv pwrite writev readlink lstat statx
src/host : access faccessat ioctl statfs statvfs renameat2
src/host : socket bind connect send sendto sendmsg recv recvfrom recvmsg
src/host : shmget shmat shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl
src/host : shm_open shm_unlink sem_open sem_unlink mq_open mq_unlink mq_getattr mq_setattr
src/host : syscall setns unshare ptrace process_vm_readv kill pidfd_open
src/main.c src/util/arena.c src/host/helper.c src/cli src/cmd src/compat : exit _exit _Exit quick_exit err errx
- : sscanf fscanf scanf vsscanf vfscanf
'

set --
for file in src/main.c src/*/*.[ch] src/*/*.def src/*/*/*.[ch] include/ipcscope/*.h include/ipcscope/*.def; do
	[ ! -e "$file" ] || set -- "$@" "$file"
done
if [ $# = 0 ]; then
	echo "check-includes: no sources here" >&2
	exit 1
fi

arrows=$(mktemp)
trap 'rm -f "$arrows"' EXIT
bad=0
headers=$headers layers=$layers libraries=$libraries calls=$calls awk -v arrows="$arrows" '
function complain(what) {
	print FILENAME ":" FNR ": " what
	bad = 1
}

function read_tables(	lines, words, i, j, n, m) {
	n = split(ENVIRON["headers"], lines, "\n")
	for (i = 1; i <= n; i++) {
		m = split(lines[i], words)
		for (j = 2; j <= m; j++)
			layer_of[words[j]] = words[1]
	}
	n = split(ENVIRON["layers"], lines, "\n")
	for (i = 1; i <= n; i++) {
		m = split(lines[i], words)
		for (j = 1; j <= m; j++)
			allowed[words[1], words[j]] = 1
	}
	n = split(ENVIRON["libraries"], lines, "\n")
	for (i = 1; i <= n; i++) {
		m = split(lines[i], words)
		if (m)
			restricted[words[1]] = 1
		for (j = 2; j <= m; j++)
			may_use[words[1], words[j]] = 1
	}
	n = split(ENVIRON["calls"], lines, "\n")
	for (i = 1; i <= n; i++) {
		m = split(lines[i], words)
		for (j = 1; j <= m && words[j] != ":"; j++)
			;
		for (j++; j <= m; j++)
			callers[words[j]] = lines[i]
	}
}

# "host/write" of "src/host/write/write.h".
function room_of(name) {
	sub(/^src\//, "", name)
	sub(/\/[^\/]*$/, "", name)
	if (!((name, name) in allowed))
		complain("src/" name " is no room of the table in tests/check-includes.sh")
	return name
}

function file_layer(	path) {
	if (FILENAME == "src/main.c")
		return "main"
	split(FILENAME, path, "/")
	if (path[1] == "src")
		return room_of(FILENAME)
	sub(/\.[a-z]*$/, "", path[3])
	if (!(path[3] in layer_of)) {
		complain("belongs to no layer; add it to the table in tests/check-includes.sh")
		return ""
	}
	return layer_of[path[3]]
}

# "class/unix" of "src/class/unix.c": a file and its header are one.
function unit_of(name) {
	sub(/^src\//, "", name)
	sub(/^include\//, "", name)
	sub(/\.[ch]$/, "", name)
	return name
}

function check_own(name,	room) {
	if (name !~ /\//) {
		name = FILENAME
		sub(/[^\/]*$/, "", name)
		print unit_of(FILENAME), unit_of(name $2) > arrows
		return
	}
	if (name ~ /^ipcscope\//) {
		room = name
		sub(/^ipcscope\//, "", room)
		sub(/\.[a-z]*$/, "", room)
		if (!(room in layer_of)) {
			complain(name " belongs to no room; add it to the table in tests/check-includes.sh")
			return
		}
		room = layer_of[room]
	} else {
		room = room_of("src/" name)
	}
	print unit_of(FILENAME), unit_of(name) > arrows
	if (room != layer)
		print "room:" layer, "room:" room > arrows
	if (!((layer, room) in allowed))
		complain(layer " must not include " name ", which is of " room)
}

function check_library(name,	top) {
	top = name
	sub(/\/.*/, "", top)
	if (name in restricted)
		top = name
	if (layer != "" && (top in restricted) && !((top, layer) in may_use))
		complain(layer " must not include <" name ">")
}

# The line without comments and with nothing left of strings and characters.
function code_of(line,	out, mark) {
	out = ""
	while (line != "") {
		if (in_comment) {
			if (!(mark = index(line, "*/")))
				return out
			line = substr(line, mark + 2)
			in_comment = 0
		}
		if (!match(line, /["\047]|\/\*|\/\//))
			return out line
		out = out substr(line, 1, RSTART - 1)
		line = substr(line, RSTART)
		if (line ~ /^\/\//)
			return out
		if (line ~ /^\/\*/) {
			in_comment = 1
			line = substr(line, 3)
			out = out " "
		} else if (match(line, /^"([^"\\]|\\.)*"/) || match(line, /^\047([^\047\\]|\\.)*\047/)) {
			out = out "\"\""
			line = substr(line, RLENGTH + 1)
		} else {
			return out
		}
	}
	return out
}

function may_call(name,	list, i, n) {
	n = split(callers[name], list)
	for (i = 1; i <= n && list[i] != ":"; i++) {
		if (FILENAME == list[i] || index(FILENAME, list[i] "/") == 1)
			return 1
	}
	return 0
}

# A word before a parenthesis that is no member of a structure; or stdout.
function check_calls(code,	name, before) {
	before = ""
	while (match(code, /[A-Za-z_][A-Za-z_0-9]*/)) {
		name = substr(code, RSTART, RLENGTH)
		before = before substr(code, 1, RSTART - 1)
		code = substr(code, RSTART + RLENGTH)
		if ((name in callers) && (name == "stdout" || code ~ /^[ \t]*\(/) &&
		    before !~ /(->|\.)[ \t]*$/ && !may_call(name))
			complain(name " is not for " (layer == "" ? FILENAME : layer))
		before = before name
	}
}

BEGIN { read_tables() }
FNR == 1 {
	in_comment = 0
	layer = file_layer()
}
!in_comment && /^[ \t]*#[ \t]*include/ {
	if (match($0, /"[^"]*"/))
		check_own($2 = substr($0, RSTART + 1, RLENGTH - 2))
	else if (match($0, /<[^>]*>/))
		check_library(substr($0, RSTART + 1, RLENGTH - 2))
	next
}
{
	code = code_of($0)
	if (code != "" && FILENAME ~ /\.[ch]$/)
		check_calls(code)
}
END { exit bad }
' "$@" || bad=1

# tsort names every file and room of a circle.
if ! circles=$(sort -u "$arrows" | tsort 2>&1 >/dev/null); then
	echo "$circles" | sed 's/^tsort: */circle of includes: /'
	bad=1
fi

lines()	# directory
{
	find "$1" -type f \( -name '*.[ch]' -o -name '*.def' \) -exec cat {} + | wc -l
}

all=$(lines src)
for room in src/*/; do
	if [ $(($(lines "$room") * 5)) -gt "$all" ]; then
		echo "$room: more than a fifth of the lines of src"
		bad=1
	fi
done
# shellcheck disable=SC2044 # no directory of ours has a blank in its name
for dir in $(find src include -type d); do
	if [ "$(find "$dir" -maxdepth 1 -type f | wc -l)" -gt 40 ]; then
		echo "$dir: more than 40 files"
		bad=1
	fi
done
for file in "$@"; do
	if [ "$(wc -l <"$file")" -gt 400 ]; then
		echo "$file: more than 400 lines"
		bad=1
	fi
done
exit $bad
