#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The completion of zsh: keys are typed into one on a terminal of its own.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
command -v zsh >/dev/null || { echo 'zsh is not installed'; exit 77; }

odd_file()	# with blanks and quotes in its name
{
	printf "/dev/shm/ipcscope test 'x' %s" $$
}
trap 'rm -rf "$dir" "$(odd_file)"' EXIT
: >"$(odd_file)"
mkdir "$dir/bin" "$dir/functions"
ln -s "$IPCSCOPE" "$dir/bin/ipcscope"
cp "$(dirname "$0")/../../completions/_ipcscope" "$dir/functions/"

# Runs in the zsh that is tested. ^T completes the line up to where it is
# unambiguous, ^P prints it and all that would be offered.
cat >"$dir/.zshrc" <<'EOF'
PS1= PS2= RPS1=
unsetopt zle_bracketed_paste beep list_beep prompt_cr prompt_sp 2>/dev/null
unset zle_bracketed_paste
path=($ZDOTDIR/bin $path)
fpath=($ZDOTDIR/functions $fpath)
autoload -Uz compinit
compinit -u -D
setopt no_list_beep no_auto_menu no_auto_list
LISTMAX=10000

# What compadd is given and would take goes to a file.
compadd()
{
	local -a taken
	[[ ${@[1,(i)(-|--)]} == *-(O|A|D)* ]] || {
		builtin compadd -O taken "$@"
		((${#taken})) && print -rl -- ${IPREFIX}${^taken} >>$ZDOTDIR/offered
	}
	builtin compadd "$@"
}
complete-and-tell()
{
	: >$ZDOTDIR/offered
	zle complete-word
	print -r -- "$BUFFER" >$ZDOTDIR/buffer
	BUFFER=
	zle reset-prompt
	print -r -- done >$ZDOTDIR/told
}
zle -N complete-and-tell
bindkey '^T' complete-and-tell
: >$ZDOTDIR/ready
EOF

# The typist: waits for the shell to be ready, then a line of stdin at a time.
cat >"$dir/typist" <<'EOF'
zmodload zsh/zpty zsh/zselect zsh/datetime
await()
{
	local -F end=$((EPOCHREALTIME + 120))
	until [[ -e $1 ]]; do
		((EPOCHREALTIME < end)) || exit 1
		zpty -r -t shell rest 2>/dev/null || zselect -t 1
	done
}
zpty -b shell "ZDOTDIR=$1 TERM=vt100 zsh -d -i"
await $1/ready
while IFS= read -r line; do
	rm -f $1/told
	zpty -w -n shell "$line"$'\x14'
	await $1/told
	print -r -- "= $(<$1/buffer)"
	sort -u $1/offered
done
zpty -d shell
EOF

# "= the line as it is completed", then the words offered.
offers()
{
	printf 'ipcscope %s\n' "$1" | TERM=vt100 timeout 300 zsh -f "$dir/typist" "$dir" 2>&1
	rm -f "$dir/ready"
}

is 'a command' "$(printf '= ipcscope snapshot \nsnapshot')" "$(offers sna)"
has_line 'a class' packet "$(offers pac)"
out=$(offers '')
has_line 'nothing typed: commands' show "$out"
has_line 'nothing typed: classes' posix "$out"
has_no_line 'a command once there is one' show "$(offers 'list ')"
has_line 'an option' '= ipcscope list --world-writable ' "$(offers 'list --wo')"
has_line 'no option of another command' '= ipcscope ps --wo' "$(offers 'ps --wo')"
has_line 'options before the command' '= ipcscope --strict ' "$(offers '--st')"
has_line 'a field' attaches_found "$(offers 'list -o attaches')"
has_line 'a field in a list' '= ipcscope list -o ref,capacity' "$(offers 'list -o ref,capa')"
has_line 'a field with a sign' '= ipcscope list --sort -capacity' "$(offers 'list --sort -capa')"
has_line 'a field behind =' '= ipcscope list --columns=capacity' "$(offers 'list --columns=capa')"
has_line 'words of an option' always "$(offers 'list --color a')"
has_line 'a user' root "$(offers 'list --user roo')"
has_line 'a user in a list' 0,root "$(offers 'list -u 0,roo')"
has_line 'a topic' '= ipcscope help where ' "$(offers 'help whe')"
has_line 'a limit' '= ipcscope limits shmmni ' "$(offers 'limits shmmn')"
has_line 'files' "= ipcscope snapshot $dir/file " "$(: >"$dir/file"; offers "snapshot $dir/fi")"
has_line 'a pid' $$ "$(offers "ps $$")"
has_line 'a REF, quoted' "= ipcscope show pshm:/ipcscope\\ test\\ \\'x\\'\\ $$" \
	"$(offers "show pshm:/ipcscope\\ test\\ \\'x\\'\\ $$" | sed 's/ $//')"
has_line 'a REF' "pshm:/ipcscope test 'x' $$" "$(offers 'show pshm:/ipcsc')"
has_line 'a class that costs more: its name' pipe: "$(offers 'show pip')"

finish
