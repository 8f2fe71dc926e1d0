# fish completion for ipcscope
# Made by "make generate" from the tables of the program; do not edit.
# SPDX-License-Identifier: GPL-2.0-or-later

set -g __ipcscope_commands list show ps rm clean undo stale limits ns profiles mk set ftok snapshot doctor schema ipcs ipcrm ipcmk help version
set -g __ipcscope_topics classes fields where processes refs verdicts errors exit
set -g __ipcscope_limits shmmni semmni semmsl msgmni msgmnb semmns shmmax shmall mqueue/queues_max mqueue/msg_max mqueue/msgsize_max mq_maxmsg RLIMIT_MSGQUEUE pipe-user-pages-soft pipe-user-pages-hard RLIMIT_NOFILE file-max inotify/instances inotify/watches epoll/watches msgmax semopm shmmin somaxconn semvmx max_dgram_qlen pipe-max-size nr_open inotify/queued_events
set -g __ipcscope_classes shm sem msg pshm psem pmsg pipe fifo unix tcp udp raw netlink packet vsock xdp sock memfd secretmem eventfd pidfd pty mapping epoll inotify signalfd timerfd io_uring sysv posix socket all
set -g __ipcscope_fields class ref id key old_key name names path dev ino ipc_ns net_ns uid owner gid group cuid creator cgid mode amount size used rss swap nsems values messages maxmsg msgsize qbytes capacity fill attaches attaches_found links type protocol local remote recvq sendq recvmem sendmem recvnext groups pending backlog peers peer_users count watches files targets mask clock next index target cpid lpid lspid lrpid creator_alive made_by last_by ctime atime dtime otime stime rtime mtime btime age idle unchanged state persistence readers writers waiters pollers users_complete pid command users
set -g __ipcscope_with_argument -w --where --ns --warning --critical --profile-dir -o --columns -s --sort --limit --by -u --user -p --pid --older --min-size --time --color -f --from --threads --path --profile --max --max-bytes --rules --log --save-limit --hold --find

# The command in the words before this one; list if none was named.
function __ipcscope_command
	set -l skip 0
	for word in (commandline -opc)[2..-1]
		if test $skip = 1
			set skip 0
		else if string match -qr -- '^-.' $word
			contains -- $word $__ipcscope_with_argument; and set skip 1
		else
			if contains -- $word $__ipcscope_commands
				echo $word
			else
				echo list
			end
			return 0
		end
	end
	echo list
	return 1
end

function __ipcscope_is
	contains -- (__ipcscope_command) $argv
end

function __ipcscope_no_command
	not __ipcscope_command >/dev/null
end

function __ipcscope_live
	set -l words (commandline -opc)
	$words[1] __complete --no-progress -- $argv[1] $argv[2] 2>/dev/null
end

function __ipcscope_word
	set -l word (string unescape -- (commandline -ct))
	or set word (commandline -ct)
	string replace -r -- '^--[a-z-]+=' '' $word
end

function __ipcscope_refs
	__ipcscope_live refs (__ipcscope_word)
end

# The last of a list with commas, a sign before it.
function __ipcscope_before
	string match -r -- '^(?:.*,)?[+-]?' (__ipcscope_word)
end

function __ipcscope_live_list
	set -l before (__ipcscope_before)
	__ipcscope_live $argv[1] (string replace -- "$before" '' (__ipcscope_word)) | string replace -r -- '^' "$before"
end

function __ipcscope_field_list
	printf '%s\n' (__ipcscope_before)$__ipcscope_fields
end

complete -c ipcscope -f
complete -c ipcscope -n __ipcscope_no_command -a "$__ipcscope_commands"
complete -c ipcscope -n '__ipcscope_is list' -a "$__ipcscope_classes"
complete -c ipcscope -n '__ipcscope_is list' -a '(__ipcscope_refs)'
complete -c ipcscope -n '__ipcscope_is show' -a '(__ipcscope_refs)'
complete -c ipcscope -n '__ipcscope_is ps' -a '(__ipcscope_live_list pids)'
complete -c ipcscope -n '__ipcscope_is rm' -a '(__ipcscope_refs)'
complete -c ipcscope -n '__ipcscope_is clean' -a "$__ipcscope_classes"
complete -c ipcscope -n '__ipcscope_is undo' -a '(__ipcscope_live kept (__ipcscope_word))'
complete -c ipcscope -n '__ipcscope_is stale' -a "$__ipcscope_classes"
complete -c ipcscope -n '__ipcscope_is stale' -a '(__ipcscope_refs)'
complete -c ipcscope -n '__ipcscope_is limits' -a "$__ipcscope_limits"
complete -c ipcscope -n '__ipcscope_is profiles' -a '(__ipcscope_refs)'
complete -c ipcscope -n '__ipcscope_is mk' -a "$__ipcscope_classes"
complete -c ipcscope -n '__ipcscope_is mk' -a '(__ipcscope_live made (__ipcscope_word))'
complete -c ipcscope -n '__ipcscope_is set' -a '(__ipcscope_refs)'
complete -c ipcscope -n '__ipcscope_is set' -a '(__ipcscope_live changed (__ipcscope_word))'
complete -c ipcscope -n '__ipcscope_is ftok' -F
complete -c ipcscope -n '__ipcscope_is snapshot' -F
complete -c ipcscope -n '__ipcscope_is help' -a "$__ipcscope_commands"
complete -c ipcscope -n '__ipcscope_is help' -a "$__ipcscope_topics"
complete -c ipcscope -n '__ipcscope_is list ps stale limits profiles' -s a -l all -d 'all classes, or all there is'
complete -c ipcscope -n '__ipcscope_is list ps clean stale' -s w -l where -x -a "$__ipcscope_fields" -d 'only what EXPR is true for: help where'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean stale limits set snapshot' -l all-ns -d 'objects of all IPC namespaces, each REF with its @NS'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean stale limits set snapshot' -l ns -r -F -d 'objects of this IPC namespace: PID of one in it, INODE or PATH; may be repeated'
complete -c ipcscope -n '__ipcscope_is stale limits' -l check -d 'exit 4 if anything is stale or suspect; of limits: a line and an exit status for monitoring'
complete -c ipcscope -n '__ipcscope_is limits' -l exact -d 'ask each pipe for its size, doubling one end for a microsecond'
complete -c ipcscope -n '__ipcscope_is limits' -l account -d 'what fills /dev/shm, to the byte'
complete -c ipcscope -n '__ipcscope_is limits' -l warning -x -d 'what uses N percent of its limit is a warning (80)'
complete -c ipcscope -n '__ipcscope_is limits' -l critical -x -d 'and N percent critical (95)'
complete -c ipcscope -n '__ipcscope_is show rm clean stale profiles' -l profile-dir -r -F -d 'read profiles in DIR, not in /etc/ipcscope/profiles.d'
complete -c ipcscope -n '__ipcscope_is list stale' -s o -l columns -x -a '(__ipcscope_field_list)' -d 'fields to show; +LIST adds, all is every one'
complete -c ipcscope -n '__ipcscope_is list stale' -s s -l sort -x -a '(__ipcscope_field_list)' -d 'order by these fields; -FIELD: largest first'
complete -c ipcscope -n '__ipcscope_is list stale' -l limit -x -d 'show only the first N rows'
complete -c ipcscope -n '__ipcscope_is list clean stale' -l by -x -a '(__ipcscope_field_list)' -d 'totals for each value of these fields, not rows'
complete -c ipcscope -n '__ipcscope_is list' -l unlinked -d 'only memory and queues without a name: unlinked, removed, memfds'
complete -c ipcscope -n '__ipcscope_is list clean stale' -s u -l user -x -a '(__ipcscope_live_list users)' -d 'only objects of these owners (names or numbers)'
complete -c ipcscope -n '__ipcscope_is list stale' -s p -l pid -x -a '(__ipcscope_live_list pids)' -d 'only objects these processes use'
complete -c ipcscope -n '__ipcscope_is list clean stale' -l older -x -d 'only objects neither made nor used since AGE (10m 6h 3d)'
complete -c ipcscope -n '__ipcscope_is list clean stale' -l min-size -x -d 'only objects of at least SIZE (64K 2M)'
complete -c ipcscope -n '__ipcscope_is list stale' -l unattached -d 'only objects that no process has'
complete -c ipcscope -n '__ipcscope_is list stale' -l world-writable -d 'only objects that anybody may write to'
complete -c ipcscope -n '__ipcscope_is ps' -l shared -d 'also who shares its objects: reads every process'
complete -c ipcscope -n '__ipcscope_is list show ps clean undo stale limits ns profiles mk ftok doctor' -s j -l json -d 'print JSON'
complete -c ipcscope -n '__ipcscope_is list show ps stale limits ns' -l ndjson -d 'print JSON, an object a line'
complete -c ipcscope -n '__ipcscope_is list ps stale limits ns schema' -l csv -d 'print comma-separated values'
complete -c ipcscope -n '__ipcscope_is list ps stale limits ns schema' -l raw -d 'print a line a row, one space between escaped values'
complete -c ipcscope -n '__ipcscope_is list ps stale limits ns' -l markdown -d 'print a Markdown table, for an issue or a page'
complete -c ipcscope -n '__ipcscope_is list ps stale limits ns profiles ftok doctor schema' -l no-heading -d 'no line of headings'
complete -c ipcscope -n '__ipcscope_is list show ps stale limits ns ftok' -s b -l bytes -d 'exact bytes, not 12.1K'
complete -c ipcscope -n '__ipcscope_is list stale' -l time -x -a 'relative iso epoch' -d 'times as relative, iso or epoch'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean undo stale limits ns profiles ftok doctor' -l color -x -a 'auto always never' -d 'colour auto, always or never'
complete -c ipcscope -n '__ipcscope_is list show ps stale limits ns profiles' -s f -l from -r -F -d 'read a snapshot instead of the kernel; - is stdin'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean undo stale limits ns profiles ftok snapshot' -s q -l quiet -d 'no summary and no hints below the table'
complete -c ipcscope -n '__ipcscope_is list show ps stale limits ns profiles snapshot' -l strict -d 'exit 3 if anything could not be seen'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean stale limits ns profiles snapshot' -l assume-complete -d 'trust that no user is outside this PID namespace'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean stale limits ns profiles set ftok snapshot doctor' -l threads -x -d 'read processes with N threads'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean stale limits ns profiles set ftok snapshot doctor' -l no-progress -d 'do not show how far a long run is'
complete -c ipcscope -n '__ipcscope_is rm clean undo set' -s n -l dry-run -d 'only show what would be done'
complete -c ipcscope -n '__ipcscope_is rm clean' -s y -l yes -d 'do it, without asking'
complete -c ipcscope -n '__ipcscope_is rm' -l force -d 'also what is in use, or may be'
complete -c ipcscope -n '__ipcscope_is clean' -l suspect -d 'also what is suspect, not only what is stale'
complete -c ipcscope -n '__ipcscope_is rm clean stale profiles' -l path -r -F -d 'look for FIFOs and socket paths in these directories too'
complete -c ipcscope -n '__ipcscope_is clean' -l profile -x -d 'only objects of this known software'
complete -c ipcscope -n '__ipcscope_is clean' -l max -x -d 'remove no more than N objects'
complete -c ipcscope -n '__ipcscope_is clean' -l max-bytes -x -d 'remove no more than SIZE of memory'
complete -c ipcscope -n '__ipcscope_is clean' -l rules -r -F -d 'select by the rules in FILE'
complete -c ipcscope -n '__ipcscope_is rm clean undo set' -l log -r -F -d 'log removals to FILE'
complete -c ipcscope -n '__ipcscope_is rm clean undo set' -l no-log -d 'log no removals, not to syslog either'
complete -c ipcscope -n '__ipcscope_is rm clean' -l save -d 'keep what is removed, for undo (the default)'
complete -c ipcscope -n '__ipcscope_is rm clean' -l no-save -d 'keep nothing of what is removed'
complete -c ipcscope -n '__ipcscope_is rm clean' -l save-limit -x -d 'keep at most SIZE of contents a run (64M)'
complete -c ipcscope -n '__ipcscope_is undo' -l last -d 'everything the last run removed'
complete -c ipcscope -n '__ipcscope_is undo' -l here -d 'restore it also where it was not removed from'
complete -c ipcscope -n '__ipcscope_is mk' -l hold -x -d 'run CMD with the object there, then remove it'
complete -c ipcscope -n '__ipcscope_is ftok' -l find -x -d 'which files can have given KEY'
complete -c ipcscope -n '__ipcscope_is undo' -s l -l list -d 'show what is kept'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean undo stale limits ns profiles mk set ftok snapshot doctor schema ipcs ipcrm ipcmk help version' -s h -l help -d 'show help and exit'
complete -c ipcscope -n '__ipcscope_is list show ps rm clean undo stale limits ns profiles mk set ftok snapshot doctor schema ipcs ipcrm ipcmk help version' -s V -l version -d 'show the version and exit'
