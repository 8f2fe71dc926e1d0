#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# packages.sh [--check] make|build|test|ci
#
# Sees to it that the Debian packages needed to build, test or examine ipcscope
# are there: as root it installs the missing ones, otherwise (or with --check)
# it names them and fails. Each set contains the ones before it. When nothing
# is missing it says nothing, needs no root and does not call apt.
set -eu

# set, package, how to see that it is there: cmd:PROGRAM, pc:PKG-CONFIG-NAME, deb:
table='
make	make			cmd:make
build	gcc			cmd:cc
build	libc6-dev		deb:
build	pkg-config		cmd:pkg-config
build	libproc2-dev		pc:libproc2
build	libmnl-dev		pc:libmnl
build	libjansson-dev		pc:jansson
test	libcmocka-dev		pc:cmocka
test	bash-completion		deb:
test	fish			cmd:fish
test	iproute2		cmd:ss
test	jq			cmd:jq
test	lsof			cmd:lsof
test	mandoc			cmd:mandoc
test	procps			cmd:ps
test	strace			cmd:strace
test	tmux			cmd:tmux
test	util-linux		cmd:lsipc
test	util-linux-extra	cmd:lsfd
test	zsh			cmd:zsh
ci	clang			cmd:clang
ci	clang-tidy		cmd:clang-tidy
ci	cppcheck		cmd:cppcheck
ci	gcc-i686-linux-gnu	cmd:i686-linux-gnu-gcc
ci	libc6-dev-i386-cross	deb:
ci	gcc-s390x-linux-gnu	cmd:s390x-linux-gnu-gcc
ci	libc6-dev-s390x-cross	deb:
ci	qemu-user		cmd:qemu-s390x
ci	libclang-rt-dev		deb:
ci	llvm			cmd:llvm-symbolizer
ci	shellcheck		cmd:shellcheck
ci	valgrind		cmd:valgrind
'
sets='make build test ci'

# A system without dpkg is taken to have what only dpkg could tell.
is_installed()
{
	command -v dpkg-query >/dev/null || return 0
	case $(dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null) in
	*'ok installed'*) return 0 ;;
	esac
	return 1
}

is_there()	# package probe
{
	case $2 in
	cmd:*)	command -v "${2#cmd:}" >/dev/null ;;
	pc:*)	if command -v pkg-config >/dev/null; then
			pkg-config --exists "${2#pc:}"
		else
			is_installed "$1"
		fi ;;
	deb:)	is_installed "$1" ;;
	esac
}

missing()	# set
{
	wanted=${sets%%"$1"*}$1
	echo "$table" | while read -r set package probe; do
		case " $wanted " in
		*" $set "*) [ -z "$set" ] || is_there "$package" "$probe" || echo "$package" ;;
		esac
	done | tr '\n' ' '
}

apt()
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 \
		-o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1 </dev/null
}

have_lists()
{
	[ -n "$(find /var/lib/apt/lists -name '*_Packages*' -print -quit 2>/dev/null)" ]
}

# Lists that are old name versions the archive no longer has: then fetch them
# and try once more. A broken source that is not ours must not stop us, so
# what counts is whether the packages are there afterwards.
install_packages()
{
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	if have_lists && apt install --no-install-recommends "$@"; then
		return 0
	fi
	apt update || :
	apt install --no-install-recommends "$@"
}

check_only=
if [ "${1-}" = --check ]; then
	check_only=1
	shift
fi
case " $sets " in
*" ${1-none} "*) ;;
*)	echo "usage: packages.sh [--check] make|build|test|ci" >&2
	exit 2 ;;
esac

packages=$(missing "$1")
packages=${packages% }
[ -n "$packages" ] || exit 0

if [ -n "$check_only" ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "missing Debian packages; install them with: sudo apt-get install $packages" >&2
	exit 1
fi
echo "installing missing packages: $packages"
# shellcheck disable=SC2086 # a list of words
if ! install_packages $packages || [ -n "$(missing "$1")" ]; then
	tail -n 20 "$log" >&2
	echo "could not install: $(missing "$1")" >&2
	exit 1
fi
