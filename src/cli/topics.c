// SPDX-License-Identifier: GPL-2.0-or-later
/* What `help` explains besides commands: texts, with lists made from the tables. */
#include <string.h>

#include "help.h"
#include "ipcscope/analyse.h"
#include "ipcscope/text.h"

#define WORD_WIDTH	14
#define PROCESS_WIDTH	17
#define REFS_WIDTH	11
#define CALL_WIDTH	24

TEXT_OF_FILE(topics_text_where, "man/help/where.txt");
TEXT_OF_FILE(topics_text_refs, "man/help/refs.txt");
TEXT_OF_FILE(topics_text_verdicts, "man/help/verdicts.txt");

/* Errors of IPC calls that do not say what they mean: section 2 manual pages. A limit
 * is named as in limits.def. */
const struct error_cause error_causes[] = {
	{ "shmget", "ENOSPC", "kernel.shmmni segments exist already, or kernel.shmall pages are used up; the disk has nothing to do with it" },
	{ "shmget", "EINVAL", "larger than kernel.shmmax, of size 0, or larger than the segment that has the key" },
	{ "shmget", "ENOMEM", "no memory to be promised: /proc/meminfo; with SHM_HUGETLB: no huge pages" },
	{ "shmget", "EPERM", "SHM_HUGETLB, and the group is not vm.hugetlb_shm_group" },
	{ "shmget", "EEXIST", "the key is taken (IPC_EXCL): ipcscope show shm:0xKEY" },
	{ "shmget", "ENOENT", "no segment has the key, in this IPC namespace" },
	{ "shmat", "EIDRM", "the segment is removed (dest)" },
	{ "shmat", "EINVAL", "no such id here: removed, or of another IPC namespace" },
	{ "semget", "ENOSPC", "kernel.sem[4] sets or kernel.sem[2] semaphores exist already; the disk has nothing to do with it" },
	{ "semget", "EINVAL", "more semaphores than kernel.sem[1], or than the set that has the key" },
	{ "semop", "E2BIG", "more operations than kernel.sem[3] in one call" },
	{ "semop", "EAGAIN", "it would have to wait (IPC_NOWAIT), or the time is over (semtimedop)" },
	{ "semop", "EFBIG", "no semaphore of that number in the set" },
	{ "semop", "ERANGE", "the value would be above 32767 (semvmx)" },
	{ "semop", "EIDRM", "the set was removed while it waited" },
	{ "semop", "EINVAL", "no such id here: somebody removed the set, or it is of another IPC namespace" },
	{ "semctl", "ERANGE", "a value above 32767 (semvmx), or below 0" },
	{ "msgget", "ENOSPC", "kernel.msgmni queues exist already" },
	{ "msgsnd", "EAGAIN", "the queue is full and IPC_NOWAIT was given: qbytes bytes, or as many messages, are in it; new queues get kernel.msgmnb" },
	{ "msgsnd", "EINVAL", "longer than kernel.msgmax, a type below 1, or no such id" },
	{ "msgsnd", "EIDRM", "the queue was removed while it waited" },
	{ "msgrcv", "E2BIG", "the message is longer than the buffer (MSG_NOERROR cuts it)" },
	{ "msgctl", "EPERM", "IPC_SET of qbytes above kernel.msgmnb needs CAP_SYS_RESOURCE" },
	{ "mq_open", "EMFILE", "RLIMIT_MSGQUEUE bytes of this user are used up, unlinked queues included, more often than RLIMIT_NOFILE descriptors of this process" },
	{ "mq_open", "ENOSPC", "fs.mqueue.queues_max queues exist already, unlinked ones included" },
	{ "mq_open", "EINVAL", "mq_maxmsg is above fs.mqueue.msg_max, or mq_msgsize above fs.mqueue.msgsize_max" },
	{ "mq_send", "EMSGSIZE", "longer than the mq_msgsize of the queue" },
	{ "mq_send", "EAGAIN", "the queue is full (mq_maxmsg) and O_NONBLOCK is set" },
	{ "shm_open", "ENOSPC", "/dev/shm has no inode left: unlinked objects count too" },
	{ "shm_open", "EMFILE", "RLIMIT_NOFILE descriptors of this process are open" },
	{ "sem_open", "ENOSPC", "/dev/shm has no room or no inode left: unlinked objects count too" },
	{ "SIGBUS", "on access", "/dev/shm is full (ftruncate succeeded all the same), or the object is shorter than the mapping" },
	{ "pipe", "EMFILE", "RLIMIT_NOFILE descriptors of this process are open" },
	{ "pipe", "ENFILE", "fs.file-max files of the machine are open, or fs.pipe-user-pages-hard pages of this user are used up" },
	{ "F_SETPIPE_SZ", "EPERM", "above fs.pipe-max-size, or this user has fs.pipe-user-pages-soft pages" },
	{ "write", "blocks", "the pipe is full; above fs.pipe-user-pages-soft pages of the user new pipes hold a page or two, not 16" },
	{ "write", "EAGAIN", "the pipe or socket is full and O_NONBLOCK is set" },
	{ "write", "EPIPE", "no reader of the pipe, FIFO or socket is left" },
	{ "open", "ENXIO", "a FIFO without reader, for writing with O_NONBLOCK" },
	{ "open", "EMFILE", "RLIMIT_NOFILE descriptors of this process are open; it can be set up to fs.nr_open" },
	{ "open", "ENFILE", "fs.file-max files of the machine are open" },
	{ "connect", "ECONNREFUSED", "the path is there, but no socket is bound to it any more" },
	{ "connect", "EAGAIN", "the backlog of the listening UNIX socket is full: what listen() was given, net.core.somaxconn at most" },
	{ "sendto", "EAGAIN", "net.unix.max_dgram_qlen datagrams wait at the UNIX socket" },
	{ "bind", "EADDRINUSE", "the path exists: nothing removes it but unlink" },
	{ "inotify_init", "EMFILE", "fs.inotify.max_user_instances of this user, or RLIMIT_NOFILE of this process" },
	{ "inotify_add_watch", "ENOSPC", "fs.inotify.max_user_watches of this user; the disk has nothing to do with it" },
	{ "epoll_ctl", "ENOSPC", "fs.epoll.max_user_watches of this user" },
};
const unsigned int nr_error_causes = ARRAY_SIZE(error_causes);

static void topics_put_classes(struct buf *to, uint64_t classes)
{
	enum class_id class;
	unsigned int nr = 0;

	for (class = 0; class < NR_CLASSES; class++) {
		if (classes >> class & 1)
			buf_printf(to, "%s%s", nr++ ? " " : "", class_infos[class]->name);
	}
}

static void topics_classes(struct buf *to)
{
	const struct group_info *group;
	struct buf list = {};
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++)
		help_row(to, class_infos[class]->name, WORD_WIDTH,
			 class_infos[class]->title);
	buf_puts(to, "\nWords for several of them:\n\n");
	for (group = group_infos; group->name; group++) {
		uint64_t classes = classes_by_word(group->name, strlen(group->name));

		buf_reset(&list);
		if (classes == ALL_CLASSES)
			buf_puts(&list, "every class");
		else
			topics_put_classes(&list, classes);
		help_row(to, group->name, WORD_WIDTH, list.data);
	}
	buf_free(&list);
}

static void topics_fields(struct buf *to)
{
	struct buf text = {};
	enum class_id class;
	enum field_id field;
	uint64_t needs;

	for_each_field(field) {
		uint64_t classes = 0;

		for (class = 0; class < NR_CLASSES; class++) {
			if (class_has(class_infos[class], field, &needs))
				classes |= A_CLASS_OF(class);
		}

		if (fields[field].source == SOURCE_HIDDEN || !classes)
			continue;
		buf_reset(&text);
		buf_puts(&text, fields[field].help);
		if (classes != ALL_CLASSES) {
			buf_puts(&text, " (");
			topics_put_classes(&text, classes);
			buf_putc(&text, ')');
		}
		if (fields[field].source == SOURCE_DISPLAY)
			buf_puts(&text, "; for tables only");
		help_row(to, fields[field].name, WORD_WIDTH, text.data);
	}
	buf_free(&text);
}

static void topics_processes(struct buf *to)
{
	enum field_id field;

	for_each_process_field(field)
		help_row(to, field_info(field)->name, PROCESS_WIDTH, field_info(field)->help);
}

static void topics_states(struct buf *to)
{
	enum state state;

	for (state = 0; state < NR_STATES; state++)
		help_row(to, state_infos[state].word, WORD_WIDTH, state_infos[state].help);
}

static void topics_refs(struct buf *to)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++)
		help_row(to, class_infos[class]->name, REFS_WIDTH,
			 class_infos[class]->refs);
}

static void topics_verdicts(struct buf *to)
{
	enum verdict verdict;

	for (verdict = 0; verdict < NR_VERDICTS; verdict++)
		help_row(to, verdict_infos[verdict].word, WORD_WIDTH,
			 verdict_infos[verdict].help);
}

static void topics_errors(struct buf *to)
{
	struct buf word = {};
	unsigned int i;

	for (i = 0; i < nr_error_causes; i++) {
		buf_reset(&word);
		buf_printf(&word, "%s %s", error_causes[i].call, error_causes[i].error);
		help_row(to, word.data, CALL_WIDTH, error_causes[i].cause);
	}
	buf_free(&word);
}

static void topics_exit(struct buf *to)
{
	unsigned int i;

	for (i = 0; i < nr_exit_meanings; i++)
		buf_printf(to, "  %u  %s\n", exit_meanings[i].status,
			   exit_meanings[i].means);
}

const struct exit_meaning exit_meanings[] = {
	{ STATUS_OK,	     "done; an object that vanished meanwhile is no failure" },
	{ STATUS_FAILED,     "failed, or an object or process named does not exist" },
	{ STATUS_USAGE,	     "wrong use: nothing was done" },
	{ STATUS_INCOMPLETE, "something could not be seen (with --strict)" },
	{ STATUS_FOUND,	     "something was found (stale --check), or planned (clean, rm -n)" },
	{ STATUS_REFUSED,    "rm, clean or undo refused or skipped something" },
};
const unsigned int nr_exit_meanings = ARRAY_SIZE(exit_meanings);

const struct topic topics[] = {
	{ "classes", "kinds of objects",
	  "Kinds of IPC objects, wherever CLASS stands:\n\n", topics_classes,
	  "\nA class with its fields: ipcscope help CLASS\n" },
	{ "fields", "what is known of an object",
	  "Fields: columns of -o, words of --where and --sort, keys of JSON.\n"
	  "Behind some: the classes that have it, if not all.\n\n", topics_fields, "" },
	{ "where", "expressions that select objects",
	  topics_text_where, topics_states, "\nFields: ipcscope help fields\n" },
	{ "processes", "what is known of a process",
	  "What `ps --where` selects processes by, and JSON calls it:\n\n", topics_processes,
	  "\nSignals go by name (TERM, SIGTERM, RTMIN+3) or number; == and in hold if the\n"
	  "signal is among them: ipcscope ps -w 'pending_process == TERM'\n" },
	{ "refs", "names of objects", topics_text_refs, topics_refs, "" },
	{ "verdicts", "what is left behind, and how we know",
	  "What stale and show say of an object:\n\n", topics_verdicts,
	  topics_text_verdicts },
	{ "errors", "what IPC calls mean by their errors",
	  "What IPC calls mean by their errors:\n\n", topics_errors,
	  "\nHow much of each limit is used, and by whom: ipcscope limits\n" },
	{ "exit", "exit status", "Exit status:\n\n", topics_exit,
	  "\nlimits --check alone: 0 ok, 1 warning, 2 critical, 3 unknown.\n" },
};
const unsigned int nr_topics = ARRAY_SIZE(topics);
