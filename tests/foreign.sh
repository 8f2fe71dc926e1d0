#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# foreign.sh i386|s390x
#
# Builds ipcscope for another architecture and runs its unit tests there: 32 bits
# and the other byte order are as good as this machine's. The libraries come from
# Debian's packages of that architecture, unpacked below the build directory
# (build-ARCHITECTURE): nothing foreign is installed. Programs of i386 run on the
# processor, others in qemu-user, which does not know all calls: what needs those
# is skipped. Exit status 77 where the archive does not have the parts.
set -eu

arch=${1-}
case $arch in
i386)	gnu=i686-linux-gnu multiarch=i386-linux-gnu
	run=/usr/$gnu/lib/ld-linux.so.2 IPCSCOPE_EMULATED= ;;
s390x)	gnu=s390x-linux-gnu multiarch=$gnu
	run="qemu-s390x /usr/$gnu/lib/ld64.so.1" IPCSCOPE_EMULATED=1 ;;
*)	echo "usage: foreign.sh i386|s390x" >&2
	exit 2 ;;
esac
B=$PWD/build-$arch
sysroot=$B/sysroot

# The last line is what the libraries of the first ones need to run.
libraries='libproc2-dev libproc2-0 libmnl-dev libmnl0 libjansson-dev libjansson4
	libcmocka-dev libcmocka0 libc-bin
	libsystemd0 libcap2 libgcrypt20 libgpg-error0 liblz4-1 liblzma5 libzstd1'

apt()
{
	apt-get -qq -o APT::Architectures="$(dpkg --print-architecture),$arch" \
		-o Dir::State::lists="$B/lists" -o Dir::Cache="$B/cache" -o APT::Sandbox::User=root "$@"
}

# What counts is whether the packages come: a source that is broken may be
# one that is not needed.
fetch()
{
	mkdir -p "$B/lists/partial" "$B/packages" "$B/cache/archives/partial" "$sysroot"
	apt update >"$B/apt.log" 2>&1 || :
	# shellcheck disable=SC2046,SC2086 # a list of words
	set -- $(printf "%s:$arch " $libraries)
	(cd "$B/packages" && apt download "$@") >>"$B/apt.log" 2>&1 || return 1
	for package in "$B"/packages/*.deb; do
		dpkg-deb -x "$package" "$sysroot"
	done
	find "$sysroot" -lname '/*' | while read -r link; do
		ln -sfn "$sysroot$(readlink "$link")" "$link"
	done
	touch "$sysroot/complete"
}

if [ ! -e "$sysroot/complete" ] && ! fetch; then
	tail -n 5 "$B/apt.log"
	echo "the archive does not have the libraries of $arch now"
	exit 77
fi

PKG_CONFIG_LIBDIR=$sysroot/usr/lib/$multiarch/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$sysroot
export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
paths=$sysroot/usr/lib/$multiarch:$sysroot/lib/$multiarch
make -s -j"$(nproc)" B="$B" CC="$gnu-gcc" WERROR=1 CPPFLAGS="-Wno-pointer-to-int-cast -Wno-psabi" \
	LDFLAGS="-L$sysroot/usr/lib/$multiarch -Wl,-rpath-link,$paths" unit-programs

export IPCSCOPE_EMULATED
LOCPATH=$sysroot/usr/lib/locale B=$B WRAP="$run --library-path /usr/$gnu/lib:$paths" \
	sh tests/run.sh unit
