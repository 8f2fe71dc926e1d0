#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs every example of README.md and of the manual pages, each in namespaces and file
# systems of its own where the objects it names are real, and fails if one does not end
# with the status the documents promise.
#
# examples.sh --in-sandbox EXAMPLE is how it calls itself there.
# shellcheck disable=SC2016 # backquotes and dollars are those of the documents
set -u
: "${IPCSCOPE:=$PWD/build/ipcscope}"

# ---- in the sandbox ----

make_file_systems()	# for the program and the places it uses
{
	mount -t tmpfs run /run
	mkdir -p /run/bin /run/work/profiles.d /run/lock
	cp "$IPCSCOPE" /run/bin/ipcscope
	cp "$HOLDER" /run/bin/holder
	cp contrib/profiles/*.conf /run/work/profiles.d
	cp contrib/clean.conf /run/work
	for dir in /tmp /var/log /var/lib /srv /dev/shm; do
		mount -t tmpfs tmp "$dir"
	done
	mkdir -p /srv/app/run
	{
		cat /etc/passwd
		echo www-data:x:33:33::/:/bin/sh
		echo postgres:x:5432:5432::/:/bin/sh
	} >/run/passwd
	{
		cat /etc/group
		echo postgres:x:5432:
	} >/run/group
	mount --bind /run/passwd /etc/passwd
	mount --bind /run/group /etc/group
}

# What an example calls that is not ipcscope.
make_programs()
{
	printf '#!/bin/sh\nexec "$@"\n' >/run/bin/sudo
	printf '#!/bin/sh\nshift\nexec "$@"\n' >/run/bin/ssh
	printf '#!/bin/sh\ntest -n "$IPCSCOPE_REF"\n' >/run/work/test.sh
	cp /run/work/test.sh /run/work/test-jobs
	chmod +x /run/bin/* /run/work/test*
	PATH=/run/bin:$PATH
	export PATH
}

quietly()
{
	"$@" >/dev/null
}

# The objects that examples name, except the one this example makes.
make_objects()
{
	unused=$(ipcscope mk shm)
	used=$(ipcscope mk shm)
	queue=$(ipcscope mk msg)
	: >/srv/app/file
	key=$(ipcscope ftok -q /srv/app/file 5)
	quietly ipcscope mk "shm:$key"
	for key_made in 0x05ce0000 0x05ce0001; do
		case $1 in
		*" mk shm:$key_made"*) ;;
		*) quietly ipcscope mk "shm:$key_made" ;;
		esac
	done
	case $1 in
	*' mk sem:0x05ce0004'*) ;;
	*) quietly ipcscope mk sem:0x05ce0004 values=1,0,5 ;;
	esac
	for ref in pshm:/psm_58b99b38 psem:/jobs pmsg:/queue; do
		quietly ipcscope mk "$ref"
	done
	mkfifo /run/holder
	holder "${used#shm:}" /run/x.sock >/run/holder &
	pid=$!
	read -r pipe </run/holder
}

# Capital words stand for something, as do the numbers that a kernel chose.
fill_in()	# example
{
	ns=$(readlink /proc/self/ns/ipc | tr -dc 0-9)
	printf '%s\n' "$1" | sed "
		s|pipe:48151|pipe:$pipe|; s| 5414| $pid|; s| PID\$| $pid|; s|4026532970|$ns|
		s| --shared 6\$| --shared $pid|
		s|shm:0\\([^x]\\)|$used\\1|; s|shm:0\$|$used|; s|shm:163843|$used|
		s|shm:163841|$unused|; s|-m 32768|-m ${unused#shm:}|; s|msg:32772|$queue|
		s|sem:ID|sem:0x05ce0004|; s|shm:ID|$unused|; s|shm:0xKEY|shm:0x05ce0000|
		s|set REF FIELD=VALUE|set $unused mode=0640|
		s|snapshot FILE|snapshot /tmp/file|
		s|ftok --find KEY \\[DIR\\]...|ftok --find $key /srv|
		s|ftok --find 0x05ce0001|ftok --find $key|
		s|ftok PATH \\[ID\\]|ftok /etc/passwd 1|
		s|ps PID|ps $pid|"
}

in_sandbox()	# example
{
	set -e
	make_file_systems
	make_programs
	make_objects "$1"
	example=$(fill_in "$1")
	cd /run/work
	touch -a /tmp/file
	case $example in
	*'--from /tmp/before') ipcscope snapshot /tmp/before ;;
	'ipcscope undo --last') quietly ipcscope rm --yes "$unused" ;;
	esac
	set +e
	case $example in
	*' rm '*--*) sh -c "$example" </dev/null ;;
	*' rm '*) yes | head -n 2 | script -qec "$example" /dev/null ;;
	*) sh -c "$example" </dev/null ;;
	esac
}

if [ "${1-}" = --in-sandbox ]; then
	in_sandbox "$2"
	exit
fi

# ---- outside ----

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
[ "$(id -u)" = 0 ] || { echo 'needs root for file systems of its own'; exit 77; }

from_readme()
{
	sed -n 's/^    [#$] \(ipcscope.*\)/\1/p; s/^    \(ipcscope .*\)/\1/p' README.md |
		sed 's/   *#.*//'
	grep -v '^    ' README.md | sed 's/\\|/\\174/g' | grep -o '`ipcscope[^`]*`' | tr -d '`'
	grep -o '`mk [a-z][^`]*`' README.md | sed 's/`mk/ipcscope mk/; s/`//'
}

from_manual()
{
	sed -n 's/^\.It Li "\(.*\)"$/\1/p; s/^\.Dl //p; s/^\$ //p' man/*.[15] |
		sed 's/\\-/-/g; s/\\(dq/"/g; s/\\(ti/~/g; s/\\e/\\/g' |
		grep -E '^(ipcscope|ssh|sudo|ln) ?'
}

expected()	# example: the exit status that the documents name, 0 unless said here
{
	case $1 in
	*' limits --check '*' 95') echo 3 ;;		# counts of users outside are unknown
	*' rm --dry-run sem:'*|*' rm shm:0') echo 5 ;;	# refused
	*' set '*' --dry-run') echo 4 ;;		# something would change
	*' stale --check '*) echo 0 ;;			# who runs outside is unknown
	*) echo 0 ;;
	esac
}

HOLDER=$dir/holder
export HOLDER
cc -o "$HOLDER" tests/docs/holder.c
{
	from_readme
	from_manual
} | sort -u >"$dir/examples"

while IFS= read -r example; do
	status=0
	unshare --mount --ipc --pid --net --uts --fork --kill-child --mount-proc \
		sh "$0" --in-sandbox "$example" >"$dir/out" 2>&1 </dev/null || status=$?
	is "$example" "$(expected "$example")" "$status"
	[ "$status" = "$(expected "$example")" ] || sed 's/^/# /' "$dir/out"
done <"$dir/examples"

finish
