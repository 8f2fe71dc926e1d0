#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fails when a file includes a header of a layer it must not know, when a header
# is in no layer, or when a call stands in a layer that must not make it:
#
#	util <- model <- { class (+host), analyse, render, record } <- collect <- remove <- cmd <- main
#
# Only remove may know host_remove.h: what looks cannot reach what destroys.
#
# Comments and strings do not count.
set -eu

# Which layer a header or a list belongs to, by its name without .h or .def.
headers='
util	arena buf hash json map num str text threads time util vec
model	classes derive edges field fields filter ftok limits model parts query ref snapshot states
host	host fixture
hostremove	host_remove
class	class
collect	collect keyfiles
analyse	analyse analyses pressure profile verdicts
render	render
record	record
remove	make remove set
cmd	command commands options
'
# What a layer may include besides itself.
layers='
util
model	util
host	util hostremove
hostremove	util host
class	util model host
collect	util model host class
analyse	util model
render	util model
record	util model
remove	util model host hostremove collect analyse render
cmd	util model host class collect analyse render record remove
main	util model host class collect analyse render record remove cmd
'
# Where the headers of a library may be included.
libraries='
libproc2	host
libmnl		host
linux		host class
sys/ipc.h	host class
sys/shm.h	host class
sys/sem.h	host class
sys/msg.h	host class
mqueue.h	host
jansson.h	record remove
'
# Functions, and the layers or files that may call them ("-" for none).
calls='
src/render src/cmd src/main.c : printf vprintf puts putchar putchar_unlocked putc_unlocked stdout
src/host src/record : open fopen read write close fsync rename unlink fdopen mkstemp stat
src/host : openat openat2 creat freopen opendir fdopendir scandir readdir closedir
src/host : pread readv preadv pwrite writev readlink readlinkat lstat fstat fstatat statx
src/host : access faccessat ioctl fcntl fstatfs statfs statvfs unlinkat renameat renameat2
src/host : socket bind connect send sendto sendmsg recv recvfrom recvmsg
src/host : shmget shmat shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl
src/host : shm_open shm_unlink sem_open sem_unlink mq_open mq_unlink mq_getattr mq_setattr
src/host : syscall setns unshare ptrace process_vm_readv kill pidfd_open
src/main.c src/util/arena.c src/cmd : exit _exit _Exit quick_exit err errx
- : sscanf fscanf scanf vsscanf vfscanf
'

set --
for file in src/main.c src/*/*.c src/*/*.h src/*/*.def include/ipcscope/*.h include/ipcscope/*.def; do
	[ ! -e "$file" ] || set -- "$@" "$file"
done
if [ $# = 0 ]; then
	echo "check-includes: no sources here" >&2
	exit 1
fi

headers=$headers layers=$layers libraries=$libraries calls=$calls awk '
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

function file_layer(	path) {
	if (FILENAME == "src/main.c")
		return "main"
	split(FILENAME, path, "/")
	if (path[1] == "src") {
		if (!((path[2], path[2]) in allowed))
			complain("src/" path[2] " is no layer")
		return path[2]
	}
	sub(/\.[a-z]*$/, "", path[3])
	if (!(path[3] in layer_of)) {
		complain("belongs to no layer; add it to the table in tests/check-includes.sh")
		return ""
	}
	return layer_of[path[3]]
}

function check_own(name) {
	if (name !~ /^ipcscope\//) {
		if (name ~ /\//)
			complain(layer ": " name " is another directory\047s own")
		return
	}
	sub(/^ipcscope\//, "", name)
	sub(/\.[a-z]*$/, "", name)
	if (!(name in layer_of))
		complain(name " belongs to no layer; add it to the table in tests/check-includes.sh")
	else if (!((layer, layer_of[name]) in allowed))
		complain(layer " must not include " name ", which is of " layer_of[name])
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
		check_own(substr($0, RSTART + 1, RLENGTH - 2))
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
' "$@"
