// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcrm: options and messages are those of util-linux; objects are removed as rm does,
 * with a second look and the log. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "cli/removal_session.h"
#include "compat.h"
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

/* The objects that one argument names: all of a class, or one by key, name or id. */
struct selector {
	enum class_id class;
	const char *key;	/* as typed; NULL: not by key */
	const char *name;	/* of a POSIX object; NULL: not by name */
	int64_t num;		/* the id or key */
	bool all;
	bool found;		/* it named an object */
};

struct ipcrm {
	struct VEC(struct selector) selectors;
	struct removal_session removal;
	struct VEC(uint32_t) of;	/* for each target the index of its selector */
	struct buf out;
	bool verbose;
	bool old;		/* the form "ipcrm shm ID..." */
	bool failed;
};

static const char *const nouns[NR_CLASSES] = {
	[CLASS_shm] = "shared memory segment", [CLASS_msg] = "message queue",
	[CLASS_sem] = "semaphore", [CLASS_pshm] = "POSIX shared memory",
	[CLASS_pmsg] = "POSIX message queue", [CLASS_psem] = "POSIX semaphore",
};

/* In the order in which --all removes; the first three are the System V classes. */
static const enum class_id all_classes[] = {
	CLASS_shm, CLASS_sem, CLASS_msg, CLASS_pshm, CLASS_psem, CLASS_pmsg,
};
#define NR_SYSV	3

static int ipcrm_misused_argument(const char *what)
{
	complain("unknown argument: %s", what);
	complain_try_help();
	return STATUS_FAILED;
}

static struct selector *ipcrm_select(struct ipcrm *ipcrm, enum class_id class)
{
	struct selector *selector = vec_add(&ipcrm->selectors);

	*selector = (struct selector){ .class = class };
	return selector;
}

static int ipcrm_add_id(struct ipcrm *ipcrm, enum class_id class, const char *text)
{
	int id, err = compat_id(text, &id);

	if (err)
		return compat_not_parsed("argument", text, err);
	ipcrm_select(ipcrm, class)->num = id;
	return 0;
}

/* A key may be decimal, octal or hexadecimal. */
static int ipcrm_add_key(struct ipcrm *ipcrm, enum class_id class, const char *text)
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
	selector = ipcrm_select(ipcrm, class);
	selector->key = text;
	/* A key above 32 bits matches nothing; it is never truncated. */
	selector->num = key > UINT32_MAX && (long)key > 0 ? -1 : (int64_t)(uint32_t)key;
	return 0;
}

static int ipcrm_add_name(struct ipcrm *ipcrm, enum class_id class, const char *name)
{
	ipcrm_select(ipcrm, class)->name = name;
	return 0;
}

/* --all without a class means the System V classes. */
static int ipcrm_add_all(struct ipcrm *ipcrm, const char *kind)
{
	const size_t nr = kind ? ARRAY_SIZE(all_classes) : NR_SYSV;
	bool any = false;
	size_t i;

	if (kind && *kind == '=')
		kind++;
	for (i = 0; i < nr; i++) {
		if (kind && strcmp(kind, class_infos[all_classes[i]]->name))
			continue;
		ipcrm_select(ipcrm, all_classes[i])->all = true;
		any = true;
	}
	if (any)
		return 0;
	complain("unknown argument: %s", kind);
	return STATUS_FAILED;
}

static int ipcrm_add_option(struct ipcrm *ipcrm, int letter)
{
	switch (letter) {
	case 'm': return ipcrm_add_id(ipcrm, CLASS_shm, optarg);
	case 'q': return ipcrm_add_id(ipcrm, CLASS_msg, optarg);
	case 's': return ipcrm_add_id(ipcrm, CLASS_sem, optarg);
	case 'M': return ipcrm_add_key(ipcrm, CLASS_shm, optarg);
	case 'Q': return ipcrm_add_key(ipcrm, CLASS_msg, optarg);
	case 'S': return ipcrm_add_key(ipcrm, CLASS_sem, optarg);
	case LONG_PSHM: return ipcrm_add_name(ipcrm, CLASS_pshm, optarg);
	case LONG_PMSG: return ipcrm_add_name(ipcrm, CLASS_pmsg, optarg);
	case LONG_PSEM: return ipcrm_add_name(ipcrm, CLASS_psem, optarg);
	case 'a': return ipcrm_add_all(ipcrm, optarg);
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
static int ipcrm_parse_old(struct ipcrm *ipcrm, int argc, char **argv, enum class_id class)
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
			ipcrm_select(ipcrm, class)->num = id;
		}
	}
	/* Nothing is removed if one argument is wrong. */
	return ipcrm->failed ? STATUS_FAILED : 0;
}

/* 0, or the status to end with; STATUS_FOUND after --help and --version. */
static int ipcrm_parse(struct ipcrm *ipcrm, int argc, char **argv)
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
			return ipcrm_parse_old(ipcrm, argc, argv, all_classes[i]);
	}
	optind = 0;
	while (!status && (letter = getopt_long(argc, argv, "m:q:s:M:Q:S:a::vhV",
						longs, NULL)) != -1)
		status = ipcrm_add_option(ipcrm, letter);
	return status || optind >= argc ? status : ipcrm_misused_argument(argv[optind]);
}

/* The slash of a POSIX name may be left out. */
static const char *ipcrm_bare(const char *name)
{
	return name + (*name == '/');
}

static bool ipcrm_is_meant(const struct snapshot *snap, const struct object *obj,
			   const struct selector *selector)
{
	const struct str *name = object_str(snap, obj, FIELD_NAME);
	uint64_t key, flags = 0;

	/* The file of a named semaphore, named as such. */
	if (selector->class == CLASS_pshm && obj->class == CLASS_psem && selector->name && name)
		return !strncmp(ipcrm_bare(selector->name), "sem.", 4) &&
		       !strcmp(name->data + 1, ipcrm_bare(selector->name) + 4);
	if (obj->class != selector->class)
		return false;
	object_num(snap, obj, FIELD_FLAGS, &flags);
	if (class_infos[obj->class]->groups & GROUP_POSIX)
		return !(flags & IS(UNLINKED)) && (selector->all ||
			(name && name->data[0] == '/' &&
			 !strcmp(name->data + 1, ipcrm_bare(selector->name))));
	if (obj->key.ns != snap->host.ipc_ns)
		return false;
	if (selector->all)
		return true;
	if (selector->key)
		return object_num(snap, obj, FIELD_KEY, &key) &&
		       (int64_t)key == selector->num;
	return (int64_t)obj->key.id == selector->num;
}

/* The name of a POSIX object; NULL for a System V object. */
static const char *ipcrm_name_of(const struct ipcrm *ipcrm, const struct target *target)
{
	const struct snapshot *snap = &ipcrm->removal.session.picture.snap;
	const struct str *name = object_str(snap, &snap->objects.at[target->object],
					    FIELD_NAME);

	return name ? name->data : NULL;
}

/* "WHAT id (5)", "WHAT key (0x5)" or "WHAT name `/x'"; @target may be NULL. */
static void ipcrm_fail(struct ipcrm *ipcrm, const char *what, const struct selector *selector,
		       const struct target *target)
{
	const long long id = target ? (long long)target->key.id : selector->num;
	const char *name = selector->name ?: target ? ipcrm_name_of(ipcrm, target) : NULL;

	buf_flush(&ipcrm->out);
	if (selector->key)
		complain("%s key (%s)", what, selector->key);
	else if (name)
		complain("%s name `%s'", what, name);
	else
		complain("%s id (%lld)", what, id);
	ipcrm->failed = true;
}

/* Of none. */
static void ipcrm_fail_name(struct ipcrm *ipcrm, const char *name)
{
	buf_flush(&ipcrm->out);
	complain("name `%s' %s", name, strlen(ipcrm_bare(name)) > NAME_MAX ? "too long" : "not found");
	ipcrm->failed = true;
}

/* --verbose: "removing message queue id `5'" and, of a POSIX object, "removing POSIX
 * semaphore `/x'"; @target may be NULL. */
static void ipcrm_explain(struct ipcrm *ipcrm, const struct selector *selector,
			  const struct target *target)
{
	const long long id = target ? (long long)target->key.id : selector->num;
	const char *name = selector->name ?: target ? ipcrm_name_of(ipcrm, target) : NULL;
	struct buf *out = &ipcrm->out;

	if (!ipcrm->verbose)
		return;
	buf_printf(out, "removing %s ", nouns[selector->class]);
	if (name) {
		buf_putc(out, '`');
		text_escape(out, name, strlen(name));
		buf_puts(out, "'\n");
	} else {
		buf_printf(out, "id `%lld'\n", id);
	}
}

/* Of "all" nothing is left that was named before. */
static bool ipcrm_is_planned(const struct ipcrm *ipcrm, uint32_t object)
{
	const struct target *target;

	vec_for_each(target, &ipcrm->removal.rm.targets) {
		if (target->object == object)
			return true;
	}
	return false;
}

/* Makes targets of the objects a selector names. */
static void ipcrm_plan(struct ipcrm *ipcrm, uint32_t index)
{
	const struct snapshot *snap = &ipcrm->removal.session.picture.snap;
	struct selector *selector = &ipcrm->selectors.at[index];
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		const char *impossible;
		struct target *target;

		if (!ipcrm_is_meant(snap, &snap->objects.at[i], selector) ||
		    (selector->all && ipcrm_is_planned(ipcrm, i)))
			continue;
		selector->found = true;
		target = removal_add(&ipcrm->removal.rm, snap, i, NULL);
		target->force = true;
		*vec_add(&ipcrm->of) = index;
		impossible = target_impossible(target, snap);
		if (impossible) {
			target->outcome = OUTCOME_REPORTED;
			ipcrm_fail(ipcrm, impossible, selector, target);
		}
	}
	if (selector->found || selector->all)
		return;
	/* util-linux says that it removes an id or name before the kernel knows of none. */
	if (!selector->key)
		ipcrm_explain(ipcrm, selector, NULL);
	if (selector->name)
		ipcrm_fail_name(ipcrm, selector->name);
	else
		ipcrm_fail(ipcrm, "invalid", selector, NULL);
}

static void ipcrm_tell(void *arg, const struct target *target)
{
	struct ipcrm *ipcrm = arg;
	size_t i = (size_t)(target - ipcrm->removal.rm.targets.at);
	const struct selector *selector = &ipcrm->selectors.at[ipcrm->of.at[i]];

	if (target->outcome == OUTCOME_REPORTED)
		return;
	ipcrm_explain(ipcrm, selector, target);
	if (target->outcome == OUTCOME_REMOVED)
		return;
	ipcrm_fail(ipcrm, target->outcome == OUTCOME_GONE ? "invalid" :
		   target->err == -EPERM || target->err == -EACCES ? "permission denied for" :
		   target->note ? target->note->data : "not removed:", selector, target);
}

static int ipcrm_remove_all(struct ipcrm *ipcrm)
{
	struct removal_session *removal = &ipcrm->removal;
	struct query *query = &removal->session.picture.query;
	const struct selector *selector;
	const struct target *target;
	int status;
	uint32_t i;

	/* ipcrm removes whoever uses an object, so that users are not read; and without
	 * a lock or log all the same, as scripts expect. */
	removal->rm.no_save = true;
	removal->rm.best_effort = true;
	removal->rm.query = query;
	vec_for_each(selector, &ipcrm->selectors)
		query->classes |= A_CLASS_OF(selector->class) |
				  (selector->class == CLASS_pshm && selector->name ? A_CLASS(psem) : 0);
	target_query(query);
	status = picture_read(&removal->session.picture);
	if (status)
		return status;
	/* All that are left come last, wherever --all stands. */
	for (i = 0; i < 2 * ipcrm->selectors.nr; i++) {
		if (ipcrm->selectors.at[i % ipcrm->selectors.nr].all == (i >= ipcrm->selectors.nr))
			ipcrm_plan(ipcrm, i % ipcrm->selectors.nr);
	}
	if (removal->rm.targets.nr)
		status = removal_session_run(removal, ipcrm_tell, ipcrm);
	vec_for_each(target, &removal->rm.targets) {
		if (target->outcome != OUTCOME_REMOVED || !removal->rm.unlogged)
			continue;
		complain("removed, but not logged: %s", removal->rm.unlogged->data);
		break;
	}
	return status ? status : ipcrm->failed ? STATUS_FAILED : STATUS_OK;
}

static int ipcrm_main(int argc, char **argv)
{
	const struct request req = { .command = &command_ipcrm };
	struct ipcrm ipcrm = { .out = { .to = stdout } };
	int status, failed;

	status = ipcrm_parse(&ipcrm, argc, argv);
	if (!status && ipcrm.selectors.nr) {
		ipcrm.removal.session = (struct session){
			.req = &req, .picture = { .req = &req, .host = &live_host },
		};
		status = removal_session_parse(&ipcrm.removal);
		if (!status)
			status = ipcrm_remove_all(&ipcrm);
		removal_session_free(&ipcrm.removal);
		session_close(&ipcrm.removal.session);
		if (!status && ipcrm.old)
			buf_puts(&ipcrm.out, "resource(s) deleted\n");
	}
	vec_free(&ipcrm.selectors);
	vec_free(&ipcrm.of);
	failed = output_finish(&ipcrm.out);
	return status && status != STATUS_FOUND ? status : failed;
}

const struct command command_ipcrm = {
	.name	 = "ipcrm",
	.args	 = "[OPTION]...",
	.help	 = "the ipcrm of util-linux, for scripts made for it",
	.details = "Takes the options of ipcrm(1), removes what they say whoever uses "
		"it, and says what ipcrm says; ipcscope-ipcs(1) names the "
		"differences: nothing is removed before all arguments were "
		"understood, and whatever could not be removed is named. Removals "
		"are logged as those of rm, and where that cannot be it is said and "
		"they are done all the same; contents are not kept. It is also "
		"what the program is if it is called ipcrm.",
	.examples = {
		{ "ipcscope ipcrm -m 32768 -M 0x05ce0000", "a segment by its id, one by its key" },
		{ "ipcscope ipcrm --all=msg", "every queue that this user may remove" },
	},
	.more	 = true,
	.legacy_main	 = ipcrm_main,
};
