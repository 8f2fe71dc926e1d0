// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcrm: the options and messages of util-linux's; what is removed goes the way
 * of rm, with its second look and its log. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "personality.h"
#include "ipcscope/text.h"
#include "cli/removal_session.h"

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

static const char usage[] =
	"\nUsage:\n"
	" ipcrm [options]\n"
	" ipcrm shm|msg|sem <id>...\n"
	"\nRemove certain IPC resources.\n"
	"\nOptions:\n"
	" -m, --shmem-id <id>        remove shared memory segment by id\n"
	" -M, --shmem-key <key>      remove shared memory segment by key\n"
	" -q, --queue-id <id>        remove message queue by id\n"
	" -Q, --queue-key <key>      remove message queue by key\n"
	" -s, --semaphore-id <id>    remove semaphore by id\n"
	" -S, --semaphore-key <key>  remove semaphore by key\n"
	"     --posix-shmem <name>       remove POSIX shared memory by name\n"
	"     --posix-mqueue <name>      remove POSIX message queue by name\n"
	"     --posix-semaphore <name>   remove POSIX semaphore by name\n"
	" -a, --all[=shm|msg|sem|pshm|pmsg|psem]\n"
	"                            remove all (in the specified category)\n"
	" -v, --verbose              explain what is being done\n"
	"\n"
	" -h, --help                 display this help\n"
	" -V, --version              display version\n"
	"\nFor more details see ipcrm(1).\n";

/* What one argument wants to be gone. */
struct selector {
	enum class_id class;
	const char *key;	/* the text of one; NULL */
	const char *name;	/* of a POSIX object; NULL */
	int64_t num;		/* the id, or the key */
	bool all;
	bool found;
};

struct ipcrm {
	struct VEC(struct selector) wishes;
	struct removal_session session;
	struct VEC(uint32_t) of;	/* wish of each target */
	struct buf out;
	bool verbose;
	bool old;		/* ipcrm shm ID... */
	bool failed;
};

static const char *const nouns[NR_CLASSES] = {
	[CLASS_shm] = "shared memory segment", [CLASS_msg] = "message queue",
	[CLASS_sem] = "semaphore", [CLASS_pshm] = "POSIX shared memory",
	[CLASS_pmsg] = "POSIX message queue", [CLASS_psem] = "POSIX semaphore",
};

static struct selector *add_wish(struct ipcrm *ipcrm, enum class_id class)
{
	struct selector *selector = vec_add(&ipcrm->wishes);

	*selector = (struct selector){ .class = class };
	return selector;
}

static int not_parsed(const char *text, int err)
{
	complain("failed to parse argument: '%s'%s%s", text,
		 err == -ERANGE ? ": " : "",
		 err == -ERANGE ? strerror(ERANGE) : "");
	return STATUS_FAILED;
}

static int add_id(struct ipcrm *ipcrm, enum class_id class, const char *text)
{
	struct selector *selector;
	int64_t id;
	int err = personality_number(text, &id);

	if (!err && (id < INT32_MIN || id > INT32_MAX))
		err = -ERANGE;
	if (err)
		return not_parsed(text, err);
	selector = add_wish(ipcrm, class);
	selector->num = id;
	return 0;
}

/* In decimal, octal or hexadecimal. */
static int add_key(struct ipcrm *ipcrm, enum class_id class, const char *text)
{
	struct selector *selector;
	char *end;
	unsigned long key;

	errno = 0;
	key = strtoul(text, &end, 0);
	if (errno || end == text || *end)
		return not_parsed(text, -errno);
	if (!(uint32_t)key) {
		complain("illegal key (%s)", text);
		return STATUS_FAILED;
	}
	selector = add_wish(ipcrm, class);
	selector->key = text;
	/* A number that is none names nothing, whatever is left of it. */
	selector->num = key > UINT32_MAX && (long)key > 0 ? -1 :
						       (int64_t)(uint32_t)key;
	return 0;
}

static int add_name(struct ipcrm *ipcrm, enum class_id class, const char *name)
{
	add_wish(ipcrm, class)->name = name;
	return 0;
}

/* Without a kind those that ipcrm always meant: the System V ones. */
static int add_all(struct ipcrm *ipcrm, const char *kind)
{
	static const enum class_id kinds[] = {
		CLASS_shm, CLASS_sem, CLASS_msg, CLASS_pshm, CLASS_psem,
		CLASS_pmsg,
	};
	const size_t nr = kind ? ARRAY_SIZE(kinds) : 3;
	bool any = false;
	size_t i;

	if (kind && *kind == '=')
		kind++;
	for (i = 0; i < nr; i++) {
		if (kind && strcmp(kind, class_infos[kinds[i]]->name))
			continue;
		add_wish(ipcrm, kinds[i])->all = true;
		any = true;
	}
	if (any)
		return 0;
	complain("unknown argument: %s", kind);
	complain_try_help();
	return STATUS_FAILED;
}

static int add_option(struct ipcrm *ipcrm, int letter)
{
	switch (letter) {
	case 'm': return add_id(ipcrm, CLASS_shm, optarg);
	case 'q': return add_id(ipcrm, CLASS_msg, optarg);
	case 's': return add_id(ipcrm, CLASS_sem, optarg);
	case 'M': return add_key(ipcrm, CLASS_shm, optarg);
	case 'Q': return add_key(ipcrm, CLASS_msg, optarg);
	case 'S': return add_key(ipcrm, CLASS_sem, optarg);
	case LONG_PSHM: return add_name(ipcrm, CLASS_pshm, optarg);
	case LONG_PMSG: return add_name(ipcrm, CLASS_pmsg, optarg);
	case LONG_PSEM: return add_name(ipcrm, CLASS_psem, optarg);
	case 'a': return add_all(ipcrm, optarg);
	case 'v':
		ipcrm->verbose = true;
		return 0;
	case 'h':
		buf_puts(&ipcrm->out, usage);
		return STATUS_FOUND;
	case 'V':
		personality_version("ipcrm", &ipcrm->out);
		return STATUS_FOUND;
	default:
		complain_try_help();
		return STATUS_FAILED;
	}
}

/* ipcrm shm|msg|sem ID... */
static int parse_old(struct ipcrm *ipcrm, int argc, char **argv,
		     enum class_id class)
{
	int i;

	ipcrm->old = true;
	if (argc < 3) {
		complain("not enough arguments");
		complain_try_help();
		return STATUS_FAILED;
	}
	for (i = 2; i < argc; i++) {
		struct selector *selector;
		int64_t id;

		if (personality_number(argv[i], &id) || id < INT32_MIN ||
		    id > INT32_MAX) {
			complain("invalid id: %s", argv[i]);
			ipcrm->failed = true;
			continue;
		}
		selector = add_wish(ipcrm, class);
		selector->num = id;
	}
	/* All or nothing. */
	return ipcrm->failed ? STATUS_FAILED : 0;
}

/* 0, or the status to end with; STATUS_FOUND: it was help. */
static int parse(struct ipcrm *ipcrm, int argc, char **argv)
{
	static const enum class_id olds[] = { CLASS_shm, CLASS_msg, CLASS_sem };
	int letter, status = 0;
	size_t i;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(olds); i++) {
		if (!strcmp(argv[1], class_infos[olds[i]]->name))
			return parse_old(ipcrm, argc, argv, olds[i]);
	}
	optind = 0;
	while (!status && (letter = getopt_long(argc, argv, "m:q:s:M:Q:S:a::vhV",
						longs, NULL)) != -1)
		status = add_option(ipcrm, letter);
	if (status || optind >= argc)
		return status;
	complain("unknown argument: %s", argv[optind]);
	complain_try_help();
	return STATUS_FAILED;
}

/* The identity of each is all that must be known. */
static void ask(struct ipcrm *ipcrm)
{
	static const enum field_id needed[] = {
		FIELD_KEY, FIELD_NAME, FIELD_PATH, FIELD_UID, FIELD_GID,
		FIELD_CUID, FIELD_CGID, FIELD_MODE, FIELD_SIZE, FIELD_USED,
		FIELD_NSEMS, FIELD_MESSAGES, FIELD_MAXMSG, FIELD_MSGSIZE,
		FIELD_QBYTES, FIELD_ATTACHES, FIELD_CPID, FIELD_LPID,
		FIELD_LSPID, FIELD_LRPID, FIELD_CTIME, FIELD_ATIME,
		FIELD_DTIME, FIELD_OTIME, FIELD_STIME, FIELD_RTIME,
		FIELD_MTIME, FIELD_BTIME, FIELD_OWNER, FIELD_AMOUNT,
	};
	struct query *query = &ipcrm->session.picture.query;
	const struct selector *selector;
	size_t i;

	vec_for_each(selector, &ipcrm->wishes)
		query->classes |= A_CLASS_OF(selector->class);
	for (i = 0; i < ARRAY_SIZE(needed); i++)
		query_add_field(query, needed[i]);
	ipcrm->session.rm.query = query;
}

static bool same_name(const struct str *name, const char *wanted)
{
	if (!name)
		return false;
	wanted += *wanted == '/';
	return name->len == strlen(wanted) + 1 && name->data[0] == '/' &&
	       !memcmp(name->data + 1, wanted, name->len - 1);
}

static bool is_meant(const struct snapshot *snap, const struct object *obj,
		     const struct selector *selector)
{
	uint64_t key, flags = 0;

	if (obj->class != selector->class)
		return false;
	object_num(snap, obj, FIELD_FLAGS, &flags);
	if (selector->name || (selector->all && class_infos[obj->class]->groups &
			       GROUP_POSIX))
		return !(flags & IS(UNLINKED)) && (selector->all ||
			same_name(object_str(snap, obj, FIELD_NAME),
				  selector->name));
	if (obj->key.ns != snap->host.ipc_ns)
		return false;
	if (selector->all)
		return true;
	if (selector->key)
		return object_num(snap, obj, FIELD_KEY, &key) &&
		       (int64_t)key == selector->num;
	return (int64_t)obj->key.id == selector->num;
}

/* NULL if it goes by an id. */
static const char *name_of(const struct ipcrm *ipcrm,
			   const struct target *target)
{
	const struct snapshot *snap = &ipcrm->session.picture.snap;
	const struct str *name = object_str(snap,
					    &snap->objects.at[target->object], FIELD_NAME);

	return name ? name->data : NULL;
}

/* What "id (5)", "key (0x5)" or "name (/x)" is called. */
static void put_wish(struct buf *to, const struct ipcrm *ipcrm,
		     const struct selector *selector, const struct target *target)
{
	if (selector->name)
		buf_printf(to, "name (%s)", selector->name);
	else if (selector->key)
		buf_printf(to, "key (%s)", selector->key);
	else if (target && name_of(ipcrm, target))
		buf_printf(to, "name (%s)", name_of(ipcrm, target));
	else
		buf_printf(to, "id (%lld)", target ?
			   (long long)target->key.id : (long long)selector->num);
}

static void fail(struct ipcrm *ipcrm, const char *what, const struct selector *selector,
		 const struct target *target)
{
	struct buf text = {};

	put_wish(&text, ipcrm, selector, target);
	buf_flush(&ipcrm->out);
	complain("%s %s", what, text.data);
	buf_free(&text);
	ipcrm->failed = true;
}

static void explain(struct ipcrm *ipcrm, enum class_id class,
		    const struct selector *selector, const struct target *target)
{
	struct buf *out = &ipcrm->out;

	if (!ipcrm->verbose)
		return;
	buf_printf(out, "removing %s ", nouns[class]);
	if (target && name_of(ipcrm, target)) {
		const char *name = name_of(ipcrm, target);

		buf_puts(out, "name `");
		text_escape(out, name, strlen(name));
		buf_puts(out, "'\n");
		return;
	}
	buf_printf(out, "id `%lld'\n", target ?
		   (long long)target->key.id : (long long)selector->num);
}

/* All that @wish means, as targets. */
static void plan_wish(struct ipcrm *ipcrm, uint32_t index)
{
	const struct snapshot *snap = &ipcrm->session.picture.snap;
	struct selector *selector = &ipcrm->wishes.at[index];
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		struct target *target;

		if (!is_meant(snap, &snap->objects.at[i], selector))
			continue;
		selector->found = true;
		target = removal_add(&ipcrm->session.rm, snap, i, NULL);
		target->force = true;
		*vec_add(&ipcrm->of) = index;
		if (target_impossible(target, snap)) {
			target->outcome = OUTCOME_REPORTED;
			fail(ipcrm, target_impossible(target, snap), selector,
			     target);
		}
	}
	if (selector->found || selector->all)
		return;
	/* It is said to be removed even if it is not there. */
	if (!selector->key && !selector->name)
		explain(ipcrm, selector->class, selector, NULL);
	fail(ipcrm, selector->name ? "no such" : "invalid", selector, NULL);
}

static void tell(void *arg, const struct target *target)
{
	struct ipcrm *ipcrm = arg;
	size_t i = (size_t)(target - ipcrm->session.rm.targets.at);
	const struct selector *selector = &ipcrm->wishes.at[ipcrm->of.at[i]];

	if (target->outcome == OUTCOME_REPORTED)
		return;
	explain(ipcrm, target->class, selector, target);
	if (target->outcome == OUTCOME_REMOVED)
		return;
	if (target->outcome == OUTCOME_GONE)
		fail(ipcrm, "already removed", selector, target);
	else if (target->err == -EPERM || target->err == -EACCES)
		fail(ipcrm, "permission denied for", selector, target);
	else
		fail(ipcrm, target->note ? target->note->data : "not removed:",
		     selector, target);
}

static int remove_all(struct ipcrm *ipcrm)
{
	struct removal_session *session = &ipcrm->session;
	int status;
	uint32_t i;

	session->rm.no_save = true;
	session->rm.best_effort = true;
	ask(ipcrm);
	status = picture_run(&session->picture);
	if (status)
		return status;
	for (i = 0; i < ipcrm->wishes.nr; i++)
		plan_wish(ipcrm, i);
	if (session->rm.targets.nr) {
		status = removal_session_open(session);
		if (!status) {
			removal_run(&session->rm, tell, ipcrm);
			removal_close(&session->rm);
		}
	}
	return status ? status : ipcrm->failed ? STATUS_FAILED : STATUS_OK;
}

static int ipcrm_own(int argc, char **argv)
{
	const struct request req = { .command = &command_ipcrm };
	struct ipcrm ipcrm = { .out = { .to = stdout } };
	int status, failed;

	status = parse(&ipcrm, argc, argv);
	if (!status && ipcrm.wishes.nr) {
		status = removal_session_init(&ipcrm.session, &req);
		if (!status)
			status = remove_all(&ipcrm);
		removal_session_free(&ipcrm.session);
		if (!status && ipcrm.old)
			buf_puts(&ipcrm.out, "resource(s) deleted\n");
	}
	vec_free(&ipcrm.wishes);
	vec_free(&ipcrm.of);
	failed = output_finish(&ipcrm.out);
	if (status == STATUS_FOUND)
		status = STATUS_OK;
	return status ? status : failed;
}

static const struct example examples[] = {
	{ "ipcscope ipcrm -m 32768 -M 0x05ce0000", "a segment by its id, one by its key" },
	{ "ipcscope ipcrm --all=msg", "every queue that this user may remove" },
	{ NULL, NULL },
};

const struct command command_ipcrm = {
	.name	 = "ipcrm",
	.args	 = "[OPTION]...",
	.help	 = "the ipcrm of util-linux, for scripts made for it",
	.details =
		"Takes the options of ipcrm(1), removes what they say whoever uses "
		"it, and says what ipcrm says; ipcscope-ipcs(1) names the "
		"differences: nothing is removed before all arguments were "
		"understood, and whatever could not be removed is named. Removals "
		"are logged as those of rm; contents are not kept. It is also "
		"what the program is if it is called ipcrm.",
	.examples = examples,
	.more	 = true,
	.legacy_main	 = ipcrm_own,
};
