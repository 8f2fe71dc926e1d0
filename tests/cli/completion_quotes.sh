#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Names that others chose are completed in bash, zsh and fish on terminals of
# their own, with and without an open quote: the line that comes of it, run,
# does nothing but what was typed, and has the object's name or nothing.
set -u
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
command -v zsh >/dev/null || { echo 'zsh is not installed'; exit 77; }

completions=$(cd "$(dirname "$0")/../../completions" && pwd)
mine=/dev/shm/ipcscope-$$
# shellcheck disable=SC2154 # lib.sh sets it
trap 'rm -rf "$dir" "$mine"*' EXIT
mkdir "$dir/bin" "$dir/functions" "$dir/home" "$dir/run"
cp "$completions/_ipcscope" "$dir/functions/"

# Completes with the program under test; all else is what it was told.
cat >"$dir/bin/ipcscope" <<EOF2
#!/bin/sh
[ "\$1" = __complete ] && exec "$IPCSCOPE" "\$@"
printf '%s\n' "\$@" >"$dir/args"
EOF2
chmod +x "$dir/bin/ipcscope"

# Numbered, so that each is the only one that begins so.
cat >"$dir/names" <<'EOF2'
";touch OWNED;: "x
';touch OWNED;: 'x
$(touch OWNED)
`touch OWNED`
;touch OWNED;
\";touch OWNED;: \"x
\';touch OWNED;: \'x
"$(touch OWNED)"
'$(touch OWNED)'
'"'"';touch OWNED;'"'"'
& touch OWNED &
| touch OWNED
> OWNED
(touch OWNED)
<(touch OWNED)
{a,b} *? [a-z] ~ #x =ls %1 ^x
!! !t !$ !:1
$HOME ${HOME} $'\x41'
\
x\
x"
x'
two  blanks  in it
EOF2
i=10
while IFS= read -r name; do
	: >"$mine-$i$name"
	: >"$dir/$i$name"
	i=$((i + 1))
done <"$dir/names"
last=$i

# Each shell completes with ^T and writes its line to a file with ^P.
cat >"$dir/bashrc" <<EOF2
PS1= PS2=
bind 'set bell-style none'
bind 'set show-all-if-ambiguous off'
bind '"\C-t": complete'
tell() { printf '%s' "\$READLINE_LINE" >$dir/buffer; READLINE_LINE= READLINE_POINT=0; : >$dir/told; }
bind -x '"\C-p": tell'
PATH=$dir/bin:\$PATH
. $completions/ipcscope.bash
set -H
: >$dir/ready
EOF2
cat >"$dir/.zshrc" <<'EOF2'
PS1= PS2= RPS1=
unsetopt beep list_beep prompt_cr prompt_sp
unset zle_bracketed_paste
path=($ZDOTDIR/bin $path)
fpath=($ZDOTDIR/functions $fpath)
autoload -Uz compinit
compinit -u -D
setopt no_list_beep no_auto_menu no_auto_list
tell() { print -rn -- "$BUFFER" >$ZDOTDIR/buffer; BUFFER= ; : >$ZDOTDIR/told }
zle -N tell
bindkey '^T' complete-word
bindkey '^P' tell
: >$ZDOTDIR/ready
EOF2
cat >"$dir/config.fish" <<EOF2
function fish_prompt; end
function fish_greeting; end
set -g fish_autosuggestion_enabled 0
set -x PATH $dir/bin \$PATH
source $completions/ipcscope.fish
function tell
	commandline | string collect >$dir/buffer
	commandline ''
	echo >$dir/told
end
bind \ct complete
bind \cp tell
echo >$dir/ready
EOF2

# Waits for the shell to be ready, then a line of stdin at a time.
cat >"$dir/typist" <<'EOF2'
zmodload zsh/zpty zsh/zselect zsh/datetime
await()
{
	local -F end=$((EPOCHREALTIME + 120))
	until [[ -e $1 ]]; do
		((EPOCHREALTIME < end)) || { print -u2 "no $1"; exit 1; }
		zpty -r -t shell rest 2>/dev/null || zselect -t 1
	done
	rm -f $1
}
zpty -b shell "cd $1/run; exec $2"
await $1/ready
while IFS= read -r line; do
	zpty -w -n shell "$line"$'\x14'$'\x10'
	await $1/told
	print -r -- "$(<$1/buffer)"
done
zpty -d shell
EOF2

typed()	# what is typed, a line each
{
	for quote in '' '"' "'"; do
		i=10
		while [ "$i" -lt "$last" ]; do
			printf 'ipcscope show %spshm:/ipcscope-%s-%s\n' "$quote" $$ "$i"
			i=$((i + 1))
		done
		i=10
		while [ "$i" -lt "$last" ]; do
			printf 'ipcscope snapshot %s%s/%s\n' "$quote" "$dir" "$i"
			i=$((i + 1))
		done
	done
}
typed >"$dir/typed"
"$IPCSCOPE" __complete refs "pshm:/ipcscope-$$" | cut -f 1 >"$dir/refs"

completed=0
run_line()	# shell line
{
	cd "$dir/run" || exit
	PATH=$dir/bin:$PATH HOME=$dir/home
	case $1 in
	bash)	exec bash -c "$2" ;;
	zsh)	exec zsh -f -c "$2" ;;
	fish)	exec fish --no-config -c "$2" ;;
	esac
}

run_lines()	# shell
{
	nr=0
	while IFS= read -r line && IFS= read -r typed <&3; do
		nr=$((nr + 1))
		rm -f "$dir/args"
		# In double quotes zsh takes the backslash off before it reads the line.
		case $1$typed in
		zsh*\"*) line=$(printf '%s\n' "$line" | sed 's/\\!/!/g') ;;
		esac
		(run_line "$1" "$line") >/dev/null 2>&1
		if [ -n "$(ls -A "$dir/run")" ]; then
			result 'not ok' "$1 ran something else: $line"
			rm -rf "$dir/run/"*
		fi
		[ -e "$dir/args" ] || continue
		{ IFS= read -r command; IFS= read -r name; } <"$dir/args"
		# Not completed: as it was typed.
		[ "ipcscope $command $name" != "$typed" ] || continue
		completed=$((completed + 1))
		[ "$command" = show ] || [ -e "$name" ] ||
			result 'not ok' "$1: not the file's own name: $line"
		[ "$command" = snapshot ] || grep -qxF -e "$name" "$dir/refs" ||
			result 'not ok' "$1: not the object's own name: $line"
	done <"$dir/lines" 3<"$dir/typed"
	is "$1: every line was completed, or left" "$(wc -l <"$dir/typed")" "$nr"
}

try()	# shell command
{
	command -v "$1" >/dev/null || { echo "$1 is not installed"; exit 77; }
	ZDOTDIR=$dir HOME=$dir/home XDG_CONFIG_HOME=$dir/home TERM=vt100 timeout 900 \
		zsh -f "$dir/typist" "$dir" "$2" <"$dir/typed" >"$dir/lines"
	run_lines "$1"
}

try bash "bash --rcfile $dir/bashrc -i"
try zsh "zsh -d -i"
try fish "fish --no-config -C 'source $dir/config.fish'"
is 'most are completed' yes "$([ $completed -gt 300 ] && echo yes || echo "$completed")"

finish
