// SPDX-License-Identifier: GPL-2.0-or-later
/* Creates an object. */
#include "change/change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/assign.h"
#include "cli/session.h"
#include "ipcscope/text.h"

#define NOT_FOUND	127	/* as shells have it */
#define NOT_RUN		126
#define USUAL_SIZE	4096
#define USUAL_MODE	0600
#define MOST_SEM	32767	/* SEMVMX */

#define NAMED	(A_CLASS(pshm) | A_CLASS(psem) | A_CLASS(pmsg) | A_CLASS(fifo))
#define SYSV	(A_CLASS(shm) | A_CLASS(sem) | A_CLASS(msg))

struct mk {
	struct session session;
	struct arena arena;
	struct making making;
	const struct str *name;	/* exact bytes; NULL: it has a key */
	struct assignments fields;
	struct buf ref;		/* what it is called: escaped, not quoted */
};

static session_fn mk_parse, mk_print;
static void mk_close(struct session *session);

const struct command command_mk = {
	.name	 = "mk",
	.args	 = "CLASS|REF [FIELD=VALUE]...",
	.help	 = "create an object",
	.details = "Creates an object that outlives its processes and prints its REF: "
		"shm, sem, msg (a key may be given: shm:0x2a), pshm:/NAME, "
		"psem:/NAME, pmsg:/NAME or fifo:/PATH. Its FIELDs are said in man 1 "
		"ipcscope-mk. Without mode it is 0600; the umask is not applied.\n\n"
		"All of it is made or nothing: it is open to nobody, or has no name, "
		"until it is as asked. What exists already is never touched. Errors "
		"name the limit that was hit, or who has the key or name.\n\n"
		"--hold runs CMD with IPCSCOPE_REF and IPCSCOPE_ID, IPCSCOPE_KEY or "
		"IPCSCOPE_NAME in its environment, hands signals on to it, removes "
		"the object when it has ended and exits with its status. All words "
		"behind --hold are CMD's.",
	.examples = {
		{ "ipcscope mk shm size=64K", "a segment without key; prints its REF" },
		{ "ipcscope mk sem:0x05ce0004 values=1,0,5 mode=0660", "a set of three, by key" },
		{ "ipcscope mk msg message=hello message[7]=world", "a queue with two messages" },
		{ "ipcscope mk pmsg:/jobs maxmsg=10 msgsize=1K", "a POSIX queue" },
		{ "ipcscope mk shm size=1M --hold sh -c 'ipcs -m -i $IPCSCOPE_ID'", "only while a program runs" },
	},
	.takes	 = { TAKES(HOLD), TAKES(JSON) },
	.completes = COMPLETES(CLASSES) | COMPLETES(MADE),
	.min_args = 1,
	.max_args = ANY_NUMBER,
	.more	 = true,
	.size	 = sizeof(struct mk),
	.parse	 = mk_parse,
	.print	 = mk_print,
	.close	 = mk_close,
};

static uint64_t mk_number_of(const struct mk *mk, enum assign_id what, uint64_t otherwise)
{
	const struct assignment *assign = assign_find(&mk->fields, what);

	return assign ? assign->num : otherwise;
}

/* A class, whose object has no name, or the REF it is to have. */
static int mk_parse_what(struct mk *mk, const char *word)
{
	uint64_t classes = classes_by_word(word, strlen(word));
	const struct class_info *kind;
	const char *why;
	struct ref ref = {};

	if (!classes && !ref_parse(word, &mk->arena, &ref, &why))
		return misused("%s", why);
	if (!classes && strchr("/@0123456789", *word))
		return misused("of which class? mk CLASS:%s", word);
	if (!classes)
		classes = ref.classes;
	if (classes & ~(NAMED | SYSV) || classes & (classes - 1))
		return misused("mk makes shm, sem, msg, pshm, psem, pmsg and fifo, not '%s'",
			       word);
	make_init(&mk->making, (enum class_id)__builtin_ctzll(classes));
	kind = class_infos[mk->making.class];
	if (!strcmp(word, kind->name))
		return classes & SYSV ? 0 : misused("which name? mk %s:/NAME", word);
	if (ref.ns)
		return misused("mk makes objects in this IPC namespace only, not @%llu",
			       (unsigned long long)ref.ns);
	if (ref.form == REF_KEY)
		mk->making.st.key = (uint32_t)ref.number;
	else if (ref.form != REF_NAME)
		return misused("'%s' is a number that the kernel gives; mk takes %s",
			       word, classes & SYSV ? "a key (shm:0x2a) or a class" :
			       "a name");
	else
		mk->name = ref.name;
	return 0;
}

static int mk_check_name(struct mk *mk)
{
	enum class_id class = mk->making.class;
	const struct str *name = mk->name, *path;

	if (!name)
		return 0;
	if (class == CLASS_pshm && !strncmp(name->data, "/sem.", 5))
		return misused("/dev/shm/sem.* are named semaphores: mk psem:/%s",
			       name->data + 5);
	if ((class == CLASS_psem || class == CLASS_pmsg) && strchr(name->data + 1, '/'))
		return misused("the name of a %s has no second '/'",
			       class_infos[class]->title);
	path = object_path(&mk->arena, class, name);
	if (!path || !name->data[1])
		return misused("'%s' is no name", mk->session.req->args[0]);
	mk->making.path = path->data;
	return 0;
}

/* "3,0,5" */
static int mk_parse_values(uint16_t *values, uint64_t nr, const struct assignment *list)
{
	uint64_t i, num;
	const char *at = list->text;

	for (i = 0; i < nr; i++) {
		if ((i && *at++ != ',') || !num_u64(&at, &num))
			break;
		if (num > MOST_SEM)
			return misused("values: %llu is above %d, the most that a semaphore can be",
				       (unsigned long long)num, MOST_SEM);
		values[i] = (uint16_t)num;
	}
	return i == nr && !*at ? 0 :
	       misused("values takes %llu number%s with commas between, not '%s'",
		       (unsigned long long)nr, nr == 1 ? "" : "s", list->text);
}

static int mk_parse_set(struct mk *mk)
{
	const struct assignment *list = assign_find(&mk->fields, ASSIGN_VALUES);
	struct sysv_stat *st = &mk->making.st;
	const struct assignment *assign;
	const char *at = list ? list->text : "";
	uint16_t *values;
	uint64_t nr = 1;
	int status = 0;

	for (; *at; at++)
		nr += *at == ',';
	st->nr = mk_number_of(mk, ASSIGN_NSEMS, nr);
	if (st->nr > UINT16_MAX)
		return 0;	/* the kernel will say by how much */
	values = arena_alloc(&mk->arena, (st->nr + 1) * sizeof(*values));
	mk->making.values = values;
	if (list)
		status = mk_parse_values(values, st->nr, list);
	vec_for_each(assign, &mk->fields) {
		if (status || assign->what != ASSIGN_SEM)
			continue;
		if (assign->index >= st->nr)
			return misused("sem[%u]: the set has %llu", assign->index,
				       (unsigned long long)st->nr);
		values[assign->index] = (uint16_t)assign->num;
	}
	return status;
}

/* Owners that were not named: whoever makes it. */
static int mk_settle(struct mk *mk)
{
	struct making *making = &mk->making;
	struct sysv_stat *st = &making->st;
	uint32_t mode = (uint32_t)mk_number_of(mk, ASSIGN_MODE, USUAL_MODE);
	bool sysv = making->class == CLASS_msg;
	const struct assignment *assign;

	making->file = (struct host_stat){
		.mode = (making->class == CLASS_fifo ? S_IFIFO : S_IFREG) | mode,
		.uid = (uid_t)mk_number_of(mk, ASSIGN_OWNER, making->file.uid),
		.gid = (gid_t)mk_number_of(mk, ASSIGN_GROUP, making->file.gid),
		.size = mk_number_of(mk, ASSIGN_SIZE, 0),
	};
	making->mq = (struct host_mq){
		.maxmsg	 = mk_number_of(mk, ASSIGN_MAXMSG, 10),
		.msgsize = mk_number_of(mk, ASSIGN_MSGSIZE, 8192),
	};
	st->mode = mode;
	st->uid = (uid_t)mk_number_of(mk, ASSIGN_OWNER, st->cuid);
	st->gid = (gid_t)mk_number_of(mk, ASSIGN_GROUP, st->cgid);
	st->size = mk_number_of(mk, ASSIGN_SIZE, USUAL_SIZE);
	st->qbytes = mk_number_of(mk, ASSIGN_QBYTES, 0);
	making->value = (uint32_t)mk_number_of(mk, ASSIGN_VALUE, 0);
	vec_for_each(assign, &mk->fields) {
		if (assign->what == ASSIGN_MESSAGE)
			*vec_add(&making->messages) = (struct make_message){
				.type = sysv && !assign->index ? 1 : assign->index,
				.text = assign->text, .len = strlen(assign->text),
			};
	}
	if (!st->qbytes && assign_find(&mk->fields, ASSIGN_QBYTES))
		return misused("qbytes takes at least 1 byte");
	return making->class == CLASS_sem ? mk_parse_set(mk) : 0;
}

static int mk_parse(struct session *session)
{
	struct mk *mk = session_of(session, struct mk, session);
	struct sysv_stat *st = &mk->making.st;
	const struct request *req = session->req;
	const struct assignment *key;
	int i, status;

	if (asked(req, OPTION_HOLD) && asked(req, OPTION_JSON))
		return misused("--hold and --json do not go together");
	status = mk_parse_what(mk, req->args[0]);
	for (i = 1; !status && i < req->nr_args; i++)
		status = assign_parse(req->args[i], mk->making.class, true, &mk->fields);
	status = status ?: mk_check_name(mk);
	key = assign_find(&mk->fields, ASSIGN_KEY);
	if (!status && key && st->key && st->key != key->num)
		return misused("two keys: '%s' and key=%s", req->args[0], key->text);
	if (key)
		st->key = (uint32_t)key->num;
	return status ?: mk_settle(mk);
}

static void mk_name_it(struct mk *mk, struct buf *to)
{
	const struct making *making = &mk->making;

	buf_printf(to, "%s:", class_infos[making->class]->name);
	if (mk->name)
		text_escape(to, mk->name->data, mk->name->len);
	else
		buf_i64(to, making->id);
}

static int mk_complain_making(const struct mk *mk, int err)
{
	const char *word = mk->session.req->args[0];
	struct buf why = {};

	make_explain(&why, &live_host, &mk->making, err);
	complain("%s not made: %s", strchr(word, ':') ? word :
		 class_infos[mk->making.class]->title, why.data);
	buf_free(&why);
	return STATUS_FAILED;
}

/* What the program is told. */
static void mk_tell_program(struct making *making)
{
	struct mk *mk = making->arg;
	char text[16];

	mk_name_it(mk, &mk->ref);
	setenv("IPCSCOPE_REF", mk->ref.data, 1);
	if (mk->name) {
		setenv("IPCSCOPE_NAME", mk->name->data, 1);
		return;
	}
	snprintf(text, sizeof(text), "%d", making->id);
	setenv("IPCSCOPE_ID", text, 1);
	snprintf(text, sizeof(text), "0x%08x", making->st.key);
	setenv("IPCSCOPE_KEY", text, 1);
}

static int mk_make_with_program(struct mk *mk)
{
	const struct request *req = mk->session.req;
	struct make_hold hold = { .ready = mk_tell_program };
	size_t nr = 0;
	char **argv;
	int ret;

	while (req->rest[nr])
		nr++;
	hold.argv = argv = mem_zero(nr + 2, sizeof(*argv));
	argv[0] = (char *)req->option[OPTION_HOLD].text;
	memcpy(argv + 1, req->rest, nr * sizeof(*argv));
	ret = make_held(&mk->making, &hold);
	if (!ret && hold.status < 0)
		complain("%s not run: %s", argv[0], text_error(hold.status));
	free(argv);
	if (ret)
		return mk_complain_making(mk, ret);
	if (hold.removed)
		complain("%s not removed: %s", mk->ref.data, strerror(-hold.removed));
	if (hold.status < 0)
		return hold.status == -ENOENT ? NOT_FOUND : NOT_RUN;
	return !hold.status && hold.removed ? STATUS_FAILED : hold.status;
}

static int mk_print(struct session *session)
{
	struct mk *mk = session_of(session, struct mk, session);
	struct buf *out = &session->out;
	/* As list has it, so that there is but one JSON of an object. */
	struct request list = {
		.command = &command_list, .args = (char *[]){ NULL, NULL }, .nr_args = 1,
		.option[OPTION_JSON].text = "",
	};
	int ret;

	if (change_forbidden()) {
		complain("%s not made: %s", session->req->args[0], change_forbidden());
		return STATUS_FAILED;
	}
	make_name(&mk->making);
	mk->making.arg = mk;
	if (asked(session->req, OPTION_HOLD))
		return mk_make_with_program(mk);
	ret = make_object(&mk->making);
	if (ret)
		return mk_complain_making(mk, ret);
	mk_name_it(mk, &mk->ref);
	list.args[0] = mk->ref.data;
	if (asked(session->req, OPTION_JSON))
		return command_run(&list);
	if (isatty(STDOUT_FILENO))
		text_shell(out, mk->ref.data, mk->ref.len);
	else
		buf_add(out, mk->ref.data, mk->ref.len);
	buf_putc(out, '\n');
	ret = output_finish(out);
	if (ret)
		complain("%s was made all the same", mk->ref.data);
	return ret;
}

static void mk_close(struct session *session)
{
	struct mk *mk = session_of(session, struct mk, session);

	make_free(&mk->making);
	vec_free(&mk->fields);
	buf_free(&mk->ref);
	arena_free(&mk->arena);
}
