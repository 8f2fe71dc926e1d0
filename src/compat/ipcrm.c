// SPDX-License-Identifier: GPL-2.0-or-later
/* ipcrm: options and messages are those of util-linux; objects are removed as rm does,
 * with a second look and the log. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "ipcrm.h"
#include "ipcscope/text.h"

static const char *const nouns[NR_CLASSES] = {
	[CLASS_shm] = "shared memory segment", [CLASS_msg] = "message queue",
	[CLASS_sem] = "semaphore", [CLASS_pshm] = "POSIX shared memory",
	[CLASS_pmsg] = "POSIX message queue", [CLASS_psem] = "POSIX semaphore",
};

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
	int status, all;
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
	for (all = 0; all <= 1; all++) {
		for (i = 0; i < ipcrm->selectors.nr; i++) {
			if (ipcrm->selectors.at[i].all == all)
				ipcrm_plan(ipcrm, i);
		}
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
