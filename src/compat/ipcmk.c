// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcmk: options and messages are those of util-linux; objects are made as mk does. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "change/change.h"
#include "compat.h"
#include "ipcscope/text.h"

#define USUAL_MODE	0644
#define MODES		07777
#define TRIES		8	/* of random keys that others have */

static const struct option longs[] = {
	{ "shmem",	     required_argument, NULL, 'M' },
	{ "posix-shmem",     required_argument, NULL, 'm' },
	{ "semaphore",	     required_argument, NULL, 'S' },
	{ "posix-semaphore", no_argument, NULL, 's' },
	{ "queue",	     no_argument, NULL, 'Q' },
	{ "posix-mqueue",    no_argument, NULL, 'q' },
	{ "mode",	     required_argument, NULL, 'p' },
	{ "name",	     required_argument, NULL, 'n' },
	{ "version",	     no_argument, NULL, 'V' },
	{ "help",	     no_argument, NULL, 'h' },
	{ NULL,		     0, NULL, 0 },
};

TEXT_OF_FILE(ipcmk_usage, "man/help/ipcmk.txt");

struct ipcmk {
	struct arena arena;
	struct buf out;
	uint64_t classes;
	const char *name;
	uint64_t size;
	int nsems;
	uint32_t mode;
	uint32_t mask;		/* umask(2), which System V does not know */
};

/* In the order in which they are made. */
static const struct ipcmk_kind {
	enum class_id class;
	const char *noun;
	const char *made;
} ipcmk_kinds[] = {
	{ CLASS_shm, "share memory", "Shared memory id" },
	{ CLASS_pshm, "POSIX shared memory", "POSIX shared memory name" },
	{ CLASS_msg, "message queue", "Message queue id" },
	{ CLASS_pmsg, "POSIX message queue", "POSIX message queue name" },
	{ CLASS_sem, "semaphore", "Semaphore id" },
	{ CLASS_psem, "POSIX semaphore", "POSIX semaphore name" },
};

/* "10", "0x10", "64K", "1.5MiB", of 1024, or "2MB", of 1000. */
static int ipcmk_parse_size(const char *text, uint64_t *size)
{
	const size_t len = strlen(text);
	static const char letters[] = "KMGTPE";
	uint64_t power = 1, thousands = 1;
	char digits[32];
	size_t end = len;
	const char *at, *letter;

	if (num_parse(text, size))
		return 0;
	if (len < 3 || len >= sizeof(digits))
		return num_parse_size(text, size) ? 0 : -EINVAL;
	if (toupper((unsigned char)text[len - 1]) == 'B')
		end -= text[len - 2] == 'i' ? 2 : 1;
	memcpy(digits, text, end);
	digits[end] = '\0';
	if (!num_parse_size(digits, size))
		return -EINVAL;
	if (end != len - 1)
		return 0;
	letter = strchr(letters, toupper((unsigned char)digits[end - 1]));
	if (!letter)
		return -EINVAL;
	for (at = letters; at <= letter; at++) {
		power *= 1024;
		thousands *= 1000;
	}
	*size = num_scale(*size, thousands, power);
	return 0;
}

static int ipcmk_parse_mode(const char *text, uint32_t *mode)
{
	uint64_t num;
	const char *at = text;

	if (!num_octal(&at, &num) || *at)
		return compat_not_parsed("mode", text, -EINVAL);
	if (num > MODES)
		return compat_not_parsed("mode", text, -ERANGE);
	*mode = (uint32_t)num;
	return 0;
}

static int ipcmk_add_option(struct ipcmk *ipcmk, int letter)
{
	int err = 0;

	switch (letter) {
	case 'M': case 'm':
		ipcmk->classes |= letter == 'M' ? A_CLASS(shm) : A_CLASS(pshm);
		if (!ipcmk_parse_size(optarg, &ipcmk->size))
			return 0;
		complain("failed to parse size: '%s': %s", optarg, strerror(EINVAL));
		return STATUS_FAILED;
	case 'S':
		ipcmk->classes |= A_CLASS(sem);
		err = compat_id(optarg, &ipcmk->nsems);
		return err ? compat_not_parsed("elements", optarg, err) : 0;
	case 's': ipcmk->classes |= A_CLASS(psem); return 0;
	case 'Q': ipcmk->classes |= A_CLASS(msg); return 0;
	case 'q': ipcmk->classes |= A_CLASS(pmsg); return 0;
	case 'p': return ipcmk_parse_mode(optarg, &ipcmk->mode);
	case 'n':
		ipcmk->name = optarg;
		return 0;
	case 'h':
		buf_puts(&ipcmk->out, ipcmk_usage);
		return STATUS_FOUND;
	case 'V':
		compat_version("ipcmk", &ipcmk->out);
		return STATUS_FOUND;
	default:
		complain_try_help();
		return STATUS_FAILED;
	}
}

static int ipcmk_parse(struct ipcmk *ipcmk, int argc, char **argv)
{
	const uint64_t named = A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(pmsg);
	int letter, status = 0;

	optind = 0;
	while (!status && (letter = getopt_long(argc, argv, "M:m:QqS:sp:n:Vh", longs, NULL)) != -1)
		status = ipcmk_add_option(ipcmk, letter);
	if (status || (ipcmk->classes && (!(ipcmk->classes & named) || ipcmk->name)))
		return status;
	complain("%s", ipcmk->classes ? "name is required for POSIX IPC" : "bad usage");
	complain_try_help();
	return STATUS_FAILED;
}

/* What new queues have: /proc/sys/fs/mqueue/WHAT. */
static uint64_t ipcmk_default(const char *what, uint64_t otherwise)
{
	struct buf text = { 0 };
	const char *at;
	char path[64];
	uint64_t num = otherwise;

	snprintf(path, sizeof(path), "/proc/sys/fs/mqueue/%s", what);
	if (live_host.ops->read_file(&live_host, NULL, path, &text) > 0) {
		at = text.data;
		num_u64(&at, &num);
	}
	buf_free(&text);
	return num;
}

/* 0 or -errno. A key is drawn until one is free. */
static int ipcmk_make(struct making *making)
{
	int ret, tries = 0;

	do {
		ret = make_key(making) ?: make_object(making);
	} while (ret == -EEXIST && !making->path && ++tries < TRIES);
	return ret;
}

static int ipcmk_make_kind(struct ipcmk *ipcmk, const struct ipcmk_kind *kind)
{
	struct making making;
	const struct str *name, *path;
	struct buf slashed = { 0 };
	int ret = 0;

	make_init(&making, kind->class);
	making.st.mode = ipcmk->mode & 0777;
	making.st.size = ipcmk->size;
	making.st.nr = (uint64_t)ipcmk->nsems;
	making.file.mode = S_IFREG | (ipcmk->mode & ~ipcmk->mask);
	making.file.size = kind->class == CLASS_pshm ? ipcmk->size : 0;
	if (ipcmk->name && class_infos[kind->class]->groups & GROUP_POSIX) {
		buf_printf(&slashed, "%s%s", *ipcmk->name == '/' ? "" : "/", ipcmk->name);
		name = arena_str(&ipcmk->arena, slashed.data, slashed.len);
		path = object_path(&ipcmk->arena, kind->class, name);
		making.path = path ? path->data : NULL;
		/* mq_open(3) alone does without no slash. */
		ret = path && (kind->class != CLASS_pmsg || *ipcmk->name == '/') ? 0 : -EINVAL;
	}
	if (kind->class == CLASS_pmsg) {
		making.mq.maxmsg = ipcmk_default("msg_default", 10);
		making.mq.msgsize = ipcmk_default("msgsize_default", 8192);
	}
	make_name(&making);
	ret = ret ?: ipcmk_make(&making);
	if (ret) {
		buf_flush(&ipcmk->out);
		complain("create %s failed: %s", kind->noun, strerror(-ret));
	} else if (making.path) {
		buf_printf(&ipcmk->out, "%s: ", kind->made);
		text_escape(&ipcmk->out, ipcmk->name, strlen(ipcmk->name));
		buf_putc(&ipcmk->out, '\n');
	} else {
		buf_printf(&ipcmk->out, "%s: %d\n", kind->made, making.id);
	}
	make_free(&making);
	buf_free(&slashed);
	return ret ? STATUS_FAILED : 0;
}

static int ipcmk_main(int argc, char **argv)
{
	struct ipcmk ipcmk = { .out = { .to = stdout }, .mode = USUAL_MODE };
	int status = ipcmk_parse(&ipcmk, argc, argv), failed;
	size_t i;

	ipcmk.mask = umask(0);
	umask(ipcmk.mask);
	if (!status && change_forbidden()) {
		complain("nothing made: %s", change_forbidden());
		status = STATUS_FAILED;
	}
	for (i = 0; i < ARRAY_SIZE(ipcmk_kinds) && !status; i++) {
		if (ipcmk.classes & A_CLASS_OF(ipcmk_kinds[i].class))
			status = ipcmk_make_kind(&ipcmk, &ipcmk_kinds[i]);
	}
	arena_free(&ipcmk.arena);
	failed = output_finish(&ipcmk.out);
	return status && status != STATUS_FOUND ? status : failed;
}

const struct command command_ipcmk = {
	.name	 = "ipcmk",
	.args	 = "[OPTION]...",
	.help	 = "the ipcmk of util-linux, for scripts made for it",
	.details = "Takes the options of ipcmk(1) and prints what it prints. What exists "
		"already is refused, where ipcmk opens and resizes a POSIX segment. It is "
		"also what the program is if it is called ipcmk; mk can do more.",
	.examples = {
		{ "ipcscope ipcmk -M 64K -p 600", "a segment; prints its id" },
		{ "ipcscope ipcmk -q -n /jobs", "a POSIX queue of the usual size" },
	},
	.more	 = true,
	.legacy_main	 = ipcmk_main,
};
