// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of ipcrm: those of util-linux, with its messages. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "ipcrm.h"
#include "ipcscope/text.h"

enum { LONG_PSHM = 256, LONG_PMSG, LONG_PSEM };

static const struct option longs[] = {
	{ "shmem-id",	   required_argument, NULL, 'm' },
	{ "shmem-key",	   required_argument, NULL, 'M' },
	{ "queue-id",	   required_argument, NULL, 'q' },
	{ "queue-key",	   required_argument, NULL, 'Q' },
	{ "semaphore-id",  required_argument, NULL, 's' },
	{ "semaphore-key", required_argument, NULL, 'S' },
	{ "posix-shmem",   required_argument, NULL, LONG_PSHM },
	{ "posix-mqueue",  required_argument, NULL, LONG_PMSG },
	{ "posix-semaphore", required_argument, NULL, LONG_PSEM },
	{ "all",	   optional_argument, NULL, 'a' },
	{ "verbose",	   no_argument, NULL, 'v' },
	{ "version",	   no_argument, NULL, 'V' },
	{ "help",	   no_argument, NULL, 'h' },
	{ NULL,		   0, NULL, 0 },
};

TEXT_OF_FILE(ipcrm_usage, "man/help/ipcrm.txt");

/* In the order in which --all removes; the first three are the System V classes. */
static const enum class_id all_classes[] = {
	CLASS_shm, CLASS_sem, CLASS_msg, CLASS_pshm, CLASS_psem, CLASS_pmsg,
};
#define NR_SYSV	3

static int ipcrm_options_misused_argument(const char *what)
{
	complain("unknown argument: %s", what);
	complain_try_help();
	return STATUS_FAILED;
}

static struct selector *ipcrm_options_select(struct ipcrm *ipcrm, enum class_id class)
{
	struct selector *selector = vec_add(&ipcrm->selectors);

	*selector = (struct selector){ .class = class };
	return selector;
}

static int ipcrm_options_add_id(struct ipcrm *ipcrm, enum class_id class, const char *text)
{
	int id, err = compat_id(text, &id);

	if (err)
		return compat_not_parsed("argument", text, err);
	ipcrm_options_select(ipcrm, class)->num = id;
	return 0;
}

/* A key may be decimal, octal or hexadecimal. */
static int ipcrm_options_add_key(struct ipcrm *ipcrm, enum class_id class, const char *text)
{
	struct selector *selector;
	char *end;
	unsigned long key;

	errno = 0;
	key = strtoul(text, &end, 0);
	if (errno || end == text || *end)
		return compat_not_parsed("argument", text, -errno);
	if (!(uint32_t)key) {
		complain("illegal key (%s)", text);
		return STATUS_FAILED;
	}
	selector = ipcrm_options_select(ipcrm, class);
	selector->key = text;
	/* A key above 32 bits matches nothing; it is never truncated. */
	selector->num = key > UINT32_MAX && (long)key > 0 ? -1 : (int64_t)(uint32_t)key;
	return 0;
}

static int ipcrm_options_add_name(struct ipcrm *ipcrm, enum class_id class, const char *name)
{
	ipcrm_options_select(ipcrm, class)->name = name;
	return 0;
}

/* --all without a class means the System V classes. */
static int ipcrm_options_add_all(struct ipcrm *ipcrm, const char *kind)
{
	const size_t nr = kind ? ARRAY_SIZE(all_classes) : NR_SYSV;
	bool any = false;
	size_t i;

	if (kind && *kind == '=')
		kind++;
	for (i = 0; i < nr; i++) {
		if (kind && strcmp(kind, class_infos[all_classes[i]]->name))
			continue;
		ipcrm_options_select(ipcrm, all_classes[i])->all = true;
		any = true;
	}
	if (any)
		return 0;
	complain("unknown argument: %s", kind);
	return STATUS_FAILED;
}

static int ipcrm_options_add_option(struct ipcrm *ipcrm, int letter)
{
	switch (letter) {
	case 'm': return ipcrm_options_add_id(ipcrm, CLASS_shm, optarg);
	case 'q': return ipcrm_options_add_id(ipcrm, CLASS_msg, optarg);
	case 's': return ipcrm_options_add_id(ipcrm, CLASS_sem, optarg);
	case 'M': return ipcrm_options_add_key(ipcrm, CLASS_shm, optarg);
	case 'Q': return ipcrm_options_add_key(ipcrm, CLASS_msg, optarg);
	case 'S': return ipcrm_options_add_key(ipcrm, CLASS_sem, optarg);
	case LONG_PSHM: return ipcrm_options_add_name(ipcrm, CLASS_pshm, optarg);
	case LONG_PMSG: return ipcrm_options_add_name(ipcrm, CLASS_pmsg, optarg);
	case LONG_PSEM: return ipcrm_options_add_name(ipcrm, CLASS_psem, optarg);
	case 'a': return ipcrm_options_add_all(ipcrm, optarg);
	case 'v':
		ipcrm->verbose = true;
		return 0;
	case 'h':
		buf_puts(&ipcrm->out, ipcrm_usage);
		return STATUS_FOUND;
	case 'V':
		compat_version("ipcrm", &ipcrm->out);
		return STATUS_FOUND;
	default:
		complain_try_help();
		return STATUS_FAILED;
	}
}

/* The old form: ipcrm shm|msg|sem ID... */
static int ipcrm_options_parse_old(struct ipcrm *ipcrm, int argc, char **argv, enum class_id class)
{
	int i;

	ipcrm->old = true;
	if (argc < 3) {
		complain("not enough arguments");
		complain_try_help();
		return STATUS_FAILED;
	}
	for (i = 2; i < argc; i++) {
		int id;

		if (compat_id(argv[i], &id)) {
			complain("invalid id: %s", argv[i]);
			ipcrm->failed = true;
		} else {
			ipcrm_options_select(ipcrm, class)->num = id;
		}
	}
	/* Nothing is removed if one argument is wrong. */
	return ipcrm->failed ? STATUS_FAILED : 0;
}

int ipcrm_parse(struct ipcrm *ipcrm, int argc, char **argv)
{
	int letter, status = 0;
	size_t i;

	if (argc == 1) {
		complain("bad usage");
		complain_try_help();
		return STATUS_FAILED;
	}
	for (i = 0; i < NR_SYSV; i++) {
		if (!strcmp(argv[1], class_infos[all_classes[i]]->name))
			return ipcrm_options_parse_old(ipcrm, argc, argv, all_classes[i]);
	}
	optind = 0;
	while (!status && (letter = getopt_long(argc, argv, "m:q:s:M:Q:S:a::vhV",
						longs, NULL)) != -1)
		status = ipcrm_options_add_option(ipcrm, letter);
	return status || optind >= argc ? status : ipcrm_options_misused_argument(argv[optind]);
}
