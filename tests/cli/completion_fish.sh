#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The completion of fish, asked as its own "complete -C" does.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
command -v fish >/dev/null || { echo 'fish is not installed'; exit 77; }

odd_file()	# with blanks and quotes in its name
{
	printf "/dev/shm/ipcscope test 'x' %s" $$
}
trap 'rm -rf "$dir" "$(odd_file)"' EXIT
: >"$(odd_file)"
mkdir "$dir/bin" "$dir/home"
ln -s "$IPCSCOPE" "$dir/bin/ipcscope"
completions=$(cd "$(dirname "$0")/../../completions" && pwd)

# Words offered for the line after the program's name, one a line.
offers()
{
	LINE="ipcscope $1" HOME=$dir/home XDG_CONFIG_HOME=$dir/home \
		PATH="$dir/bin:$PATH" fish --no-config -c "
			source $completions/ipcscope.fish
			complete -C \$LINE" 2>&1 | cut -f 1 | sort -u
}

is 'a command' snapshot "$(offers sna)"
has_line 'a class' packet "$(offers pac)"
has_line 'nothing typed: commands' show "$(offers '')"
has_line 'nothing typed: classes' posix "$(offers '')"
has_no_line 'a command once there is one' show "$(offers 'list ')"
is 'an option' --world-writable "$(offers 'list --wo')"
has_no_line 'no option of another command' --world-writable "$(offers 'ps --wo')"
has_line 'options before the command' --strict "$(offers '--st')"
has_line 'a field' attaches_found "$(offers 'list -o attaches')"
is 'a field in a list' ref,capacity "$(offers 'list -o ref,capa')"
is 'a field with a sign' --sort=-capacity "$(offers 'list --sort=-capa')"
is 'the same in a list' size,-capacity "$(offers 'list -s size,-capa')"
is 'a field behind =' --columns=capacity "$(offers 'list --columns=capa')"
is 'a word of an option' "$(printf 'always\nauto')" "$(offers 'list --color a')"
has_line 'a user' root "$(offers 'list --user roo')"
has_line 'a user in a list' 0,root "$(offers 'list -u 0,roo')"
is 'a topic' where "$(offers 'help whe')"
is 'a limit' shmmni "$(offers 'limits shmmn')"
is 'files' "$dir/file" "$(: >"$dir/file"; offers "snapshot $dir/fi")"
has_line 'a pid' $$ "$(offers "ps $$")"
has_line 'a REF' "pshm:/ipcscope test 'x' $$" "$(offers 'show pshm:/ipcscope')"
has_line 'a REF begun with a blank' "pshm:/ipcscope test 'x' $$" \
	"$(offers 'show pshm:/ipcscope\ te')"
is 'a field to make' size= "$(offers 'mk shm siz')"
is 'a field to change' "$(printf 'mode=')" "$(offers 'set shm:1 mo')"
has_line 'a class that costs more: its name' pipe: "$(offers 'show pip')"

finish
