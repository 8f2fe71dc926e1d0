# bash completion for ipcscope
# Made by "make generate" from the tables of the program; do not edit.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

_ipcscope_commands='list show ps rm clean undo stale limits ns profiles mk set ftok snapshot doctor schema ipcs ipcrm ipcmk help version'
_ipcscope_topics='classes fields where processes refs verdicts errors exit'
_ipcscope_limits='shmmni semmni semmsl msgmni msgmnb semmns shmmax shmall mqueue/queues_max mqueue/msg_max mqueue/msgsize_max mq_maxmsg RLIMIT_MSGQUEUE pipe-user-pages-soft pipe-user-pages-hard RLIMIT_NOFILE file-max inotify/instances inotify/watches epoll/watches msgmax semopm shmmin somaxconn semvmx max_dgram_qlen pipe-max-size nr_open inotify/queued_events'
_ipcscope_classes='shm sem msg pshm psem pmsg pipe fifo unix tcp udp raw netlink packet vsock xdp sock memfd secretmem eventfd pidfd pty mapping epoll inotify signalfd timerfd io_uring sysv posix socket all'
_ipcscope_fields='class ref id key old_key name names path dev ino ipc_ns net_ns uid owner gid group cuid creator cgid mode amount size used rss swap nsems values messages maxmsg msgsize qbytes capacity fill attaches attaches_found links type protocol local remote recvq sendq recvmem sendmem recvnext groups pending backlog peers peer_users count watches files targets mask clock next index target cpid lpid lspid lrpid creator_alive made_by last_by ctime atime dtime otime stime rtime mtime btime age idle unchanged state persistence readers writers waiters pollers users_complete pid command users'

_ipcscope_option()
{
	case $1 in
	-w|--where) _ipcscope_kind='where' ;;
	--ns) _ipcscope_kind='files' ;;
	--warning) _ipcscope_kind='nothing' ;;
	--critical) _ipcscope_kind='nothing' ;;
	--profile-dir) _ipcscope_kind='files' ;;
	-o|--columns) _ipcscope_kind='fields' ;;
	-s|--sort) _ipcscope_kind='fields' ;;
	--limit) _ipcscope_kind='nothing' ;;
	--by) _ipcscope_kind='fields' ;;
	-u|--user) _ipcscope_kind='users' ;;
	-p|--pid) _ipcscope_kind='pids' ;;
	--older) _ipcscope_kind='nothing' ;;
	--min-size) _ipcscope_kind='nothing' ;;
	--time) _ipcscope_kind='times' ;;
	--color) _ipcscope_kind='colors' ;;
	-f|--from) _ipcscope_kind='files' ;;
	--threads) _ipcscope_kind='nothing' ;;
	--path) _ipcscope_kind='files' ;;
	--profile) _ipcscope_kind='nothing' ;;
	--max) _ipcscope_kind='nothing' ;;
	--max-bytes) _ipcscope_kind='nothing' ;;
	--rules) _ipcscope_kind='files' ;;
	--log) _ipcscope_kind='files' ;;
	--save-limit) _ipcscope_kind='nothing' ;;
	--hold) _ipcscope_kind='nothing' ;;
	--find) _ipcscope_kind='nothing' ;;
	*) _ipcscope_kind='' ;;
	esac
}

_ipcscope_options()
{
	case $1 in
	list) REPLY='--all --where --all-ns --ns --columns --sort --limit --by --unlinked --user --pid --older --min-size --unattached --world-writable --json --ndjson --csv --raw --markdown --no-heading --bytes --time --color --from --quiet --strict --assume-complete --threads --no-progress --help --version ' ;;
	show) REPLY='--all-ns --ns --profile-dir --json --ndjson --bytes --color --from --quiet --strict --assume-complete --threads --no-progress --help --version ' ;;
	ps) REPLY='--all --where --all-ns --ns --shared --json --ndjson --csv --raw --markdown --no-heading --bytes --color --from --quiet --strict --assume-complete --threads --no-progress --help --version ' ;;
	rm) REPLY='--all-ns --ns --profile-dir --color --quiet --assume-complete --threads --no-progress --dry-run --yes --force --path --log --no-log --save --no-save --save-limit --help --version ' ;;
	clean) REPLY='--where --all-ns --ns --profile-dir --by --user --older --min-size --json --color --quiet --assume-complete --threads --no-progress --dry-run --yes --suspect --path --profile --max --max-bytes --rules --log --no-log --save --no-save --save-limit --help --version ' ;;
	undo) REPLY='--json --color --quiet --dry-run --log --no-log --last --here --list --help --version ' ;;
	stale) REPLY='--all --where --all-ns --ns --check --profile-dir --columns --sort --limit --by --user --pid --older --min-size --unattached --world-writable --json --ndjson --csv --raw --markdown --no-heading --bytes --time --color --from --quiet --strict --assume-complete --threads --no-progress --path --help --version ' ;;
	limits) REPLY='--all --all-ns --ns --check --exact --account --warning --critical --json --ndjson --csv --raw --markdown --no-heading --bytes --color --from --quiet --strict --assume-complete --threads --no-progress --help --version ' ;;
	ns) REPLY='--json --ndjson --csv --raw --markdown --no-heading --bytes --color --from --quiet --strict --assume-complete --threads --no-progress --help --version ' ;;
	profiles) REPLY='--all --profile-dir --json --no-heading --color --from --quiet --strict --assume-complete --threads --no-progress --path --help --version ' ;;
	mk) REPLY='--json --hold --help --version ' ;;
	set) REPLY='--all-ns --ns --threads --no-progress --dry-run --log --no-log --help --version ' ;;
	ftok) REPLY='--json --no-heading --bytes --color --quiet --threads --no-progress --find --help --version ' ;;
	snapshot) REPLY='--all-ns --ns --quiet --strict --assume-complete --threads --no-progress --help --version ' ;;
	doctor) REPLY='--json --no-heading --color --threads --no-progress --help --version ' ;;
	schema) REPLY='--csv --raw --no-heading --help --version ' ;;
	ipcs) REPLY='--help --version ' ;;
	ipcrm) REPLY='--help --version ' ;;
	ipcmk) REPLY='--help --version ' ;;
	help) REPLY='--help --version ' ;;
	version) REPLY='--help --version ' ;;
	esac
}

_ipcscope_arguments()
{
	case $1 in
	list) REPLY=' classes refs' ;;
	show) REPLY=' refs' ;;
	ps) REPLY=' pids' ;;
	rm) REPLY=' refs' ;;
	clean) REPLY=' classes' ;;
	undo) REPLY=' kept' ;;
	stale) REPLY=' classes refs' ;;
	limits) REPLY=' limits' ;;
	ns) REPLY='' ;;
	profiles) REPLY=' refs' ;;
	mk) REPLY=' classes made' ;;
	set) REPLY=' refs changed' ;;
	ftok) REPLY=' files' ;;
	snapshot) REPLY=' files' ;;
	doctor) REPLY='' ;;
	schema) REPLY='' ;;
	ipcs) REPLY='' ;;
	ipcrm) REPLY='' ;;
	ipcmk) REPLY='' ;;
	help) REPLY=' commands topics' ;;
	version) REPLY='' ;;
	esac
}

# The words up to the cursor, put together again where bash took them apart at
# : or =.
_ipcscope_split()
{
	local rest=${COMP_LINE:0:COMP_POINT} blanks word i

	_ipcscope_line=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		blanks=${rest%%[![:blank:]]*}
		rest=${rest#"$blanks"}
		((i < COMP_CWORD)) || word=$rest
		rest=${rest#"$word"}
		if [[ $i == 0 || -n $blanks ]]; then
			_ipcscope_line+=("$word")
		else
			_ipcscope_line[-1]+=$word
		fi
	done
}

# A word without its quotes in _ipcscope_word; an open one in _ipcscope_quote.
# Fails behind a quote that is closed again.
_ipcscope_unquote()
{
	local rest=$1 char

	_ipcscope_word='' _ipcscope_quote=''
	if [[ $rest == [\'\"]* ]]; then
		_ipcscope_quote=${rest:0:1}
		rest=${rest:1}
	fi
	while [[ $_ipcscope_quote != \' && $rest == *\\* ]]; do
		char=${rest#*\\}
		_ipcscope_word+=${rest%%\\*}
		[[ -z $_ipcscope_quote || $char == [\\\"\$\`]* ]] || _ipcscope_word+=\\
		_ipcscope_word+=${char:0:1}
		rest=${char:1}
	done
	_ipcscope_word+=$rest
	[[ -z $_ipcscope_quote || $rest != *"$_ipcscope_quote"* ]]
}

# A word as it stands behind the quote that is open; fails if it cannot.
_ipcscope_requote()
{
	REPLY=$1
	case $_ipcscope_quote in
	'')	[[ $1 != *[!a-zA-Z0-9_./:@%+,=-]* ]] || printf -v REPLY %q "$1" ;;
	\')	[[ $1 != *\'* ]] ;;
	*)	[[ $1 != *!* ]] || return	# of the history, whatever is before it
		REPLY=${REPLY//\\/\\\\}
		REPLY=${REPLY//\"/\\\"}
		REPLY=${REPLY//\$/\\\$}
		REPLY=${REPLY//\`/\\\`} ;;
	esac
}

# Takes lines "word<tab>description"; offers the words that begin with $2, with
# $1 before them.
_ipcscope_offer()
{
	local word REPLY

	while IFS=$'\t' read -r word _; do
		[[ -n $word && $word == "$2"* ]] || continue
		[[ $word != *[:=] ]] || compopt -o nospace 2>/dev/null
		! _ipcscope_requote "$1$word" || COMPREPLY+=("$_ipcscope_quote$REPLY")
	done
}

# The last of a list with commas; a sign may stand before each.
_ipcscope_offer_list()
{
	local before=$1 word=$2

	if [[ $word == *,* ]]; then
		before+=${word%,*},
		word=${word##*,}
	fi
	if [[ $word == [+-]* ]]; then
		before+=${word:0:1}
		word=${word:1}
	fi
	compopt -o nospace 2>/dev/null
	_ipcscope_offer "$before" "$word"
}

# Not by compopt -o filenames, which quotes once more what is quoted.
_ipcscope_offer_files()	# before word
{
	local file before=$1

	while IFS= read -r file; do
		_ipcscope_requote "$file" || continue
		[[ $file != \~/* || -n $_ipcscope_quote ]] || REPLY=${REPLY#\\}
		if [[ -d ${file/#\~\//$HOME/} ]]; then
			REPLY+=/
			compopt -o nospace 2>/dev/null
		fi
		COMPREPLY+=("$_ipcscope_quote$before$REPLY")
	done < <(compgen -f -- "$2")
}

_ipcscope_live()	# kind prefix
{
	"$_ipcscope_program" __complete --no-progress -- "$1" "$2" 2>/dev/null
}

_ipcscope_offer_kind()	# kind before word
{
	case $1 in
	refs)	_ipcscope_offer "$2" "$3" < <(_ipcscope_live refs "$3") ;;
	made|changed|kept) _ipcscope_offer "$2" "$3" < <(_ipcscope_live "$1" "$3") ;;
	users|pids) _ipcscope_offer_list "$2" "$3" < <(_ipcscope_live "$1" "${3##*,}") ;;
	fields)	_ipcscope_offer_list "$2" "$3" <<<"${_ipcscope_fields// /$'\n'}" ;;
	where)	compopt -o nospace 2>/dev/null
		_ipcscope_offer "$2" "$3" <<<"${_ipcscope_fields// /$'\n'}" ;;
	classes) _ipcscope_offer "$2" "$3" <<<"${_ipcscope_classes// /$'\n'}" ;;
	commands) _ipcscope_offer "$2" "$3" <<<"${_ipcscope_commands// /$'\n'}" ;;
	limits)	_ipcscope_offer "$2" "$3" <<<"${_ipcscope_limits// /$'\n'}" ;;
	topics)	_ipcscope_offer "$2" "$3" <<<"${_ipcscope_topics// /$'\n'}" ;;
	times)	_ipcscope_offer "$2" "$3" <<<$'relative\niso\nepoch' ;;
	colors)	_ipcscope_offer "$2" "$3" <<<$'auto\nalways\nnever' ;;
	files)	_ipcscope_offer_files "$2" "$3" ;;
	esac
}

# The command in the words before the last; list if none was named.
_ipcscope_find_command()
{
	local i word

	_ipcscope_command=list _ipcscope_named=
	for ((i = 1; i < ${#_ipcscope_line[@]} - 1; i++)); do
		word=${_ipcscope_line[i]}
		if [[ $word == -?* ]]; then
			_ipcscope_option "$word"
			[[ -z $_ipcscope_kind ]] || ((i++))
			continue
		fi
		_ipcscope_named=yes
		if [[ " $_ipcscope_commands " == *" $word "* ]]; then
			_ipcscope_command=$word
		fi
		return
	done
}

# What bash replaces begins behind the last : or =.
_ipcscope_trim()	# word as it was typed
{
	local breaks='' before i

	[[ $COMP_WORDBREAKS != *:* ]] || breaks+=:
	[[ $COMP_WORDBREAKS != *=* ]] || breaks+='='
	[[ -n $breaks && -z $_ipcscope_quote && $1 == *["$breaks"]* ]] || return
	before=${1%"${1##*["$breaks"]}"}
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=${COMPREPLY[i]#"$before"}
	done
}

_ipcscope()
{
	local _ipcscope_program=${1/#\~/$HOME} _ipcscope_line _ipcscope_word
	local _ipcscope_quote _ipcscope_kind='' _ipcscope_command _ipcscope_named
	local kind REPLY

	COMPREPLY=()
	_ipcscope_split
	_ipcscope_find_command
	_ipcscope_unquote "${_ipcscope_line[-1]}" || return 0
	_ipcscope_kind=''
	[[ ${_ipcscope_line[-2]-} != -?* ]] || _ipcscope_option "${_ipcscope_line[-2]}"
	if [[ -n $_ipcscope_kind ]]; then
		_ipcscope_offer_kind "$_ipcscope_kind" '' "$_ipcscope_word"
	elif [[ $_ipcscope_word == --*=* ]]; then
		_ipcscope_option "${_ipcscope_word%%=*}"
		_ipcscope_offer_kind "$_ipcscope_kind" "${_ipcscope_word%%=*}=" \
			"${_ipcscope_word#*=}"
	elif [[ $_ipcscope_word == -* ]]; then
		_ipcscope_options "$_ipcscope_command"
		_ipcscope_offer '' "$_ipcscope_word" <<<"${REPLY// /$'\n'}"
	else
		[[ -n $_ipcscope_named ]] || _ipcscope_offer_kind commands '' "$_ipcscope_word"
		_ipcscope_arguments "$_ipcscope_command"
		for kind in $REPLY; do
			_ipcscope_offer_kind "$kind" '' "$_ipcscope_word"
		done
	fi
	_ipcscope_trim "${_ipcscope_line[-1]}"
}

complete -F _ipcscope ipcscope
