#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fails when mandoc has something to say about a manual page.
set -eu

status=0
for page in man/*.[15]; do
	[ -e "$page" ] || continue
	mandoc -T lint -W warning "$page" || status=1
done
exit $status
