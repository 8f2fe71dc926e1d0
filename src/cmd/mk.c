// SPDX-License-Identifier: GPL-2.0-or-later
#include "mk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipcscope/text.h"

#define NOT_FOUND	127	/* as shells have it */
#define NOT_RUN		126

static void name_it(struct mk *mk, struct buf *to)
{
	const struct making *making = &mk->making;

	buf_printf(to, "%s:", class_infos[making->class]->name);
	if (mk->name)
		text_escape(to, mk->name->data, mk->name->len);
	else
		buf_i64(to, making->id);
}

static int complain_making(const struct mk *mk, int err)
{
	const struct class_info *kind = class_infos[mk->making.class];
	struct buf why = {};

	make_explain(&why, &live_host, &mk->making, err);
	if (strchr(mk->req->args[0], ':'))
		complain("%s not made: %s", mk->req->args[0], why.data);
	else
		complain("%s not made: %s", kind->title, why.data);
	buf_free(&why);
	return STATUS_FAILED;
}

/* What the program is told. */
static void tell_program(struct making *making)
{
	struct mk *mk = making->arg;
	char text[16];

	name_it(mk, &mk->ref);
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

static char **program_of(const struct request *req)
{
	size_t nr = 0;
	char **argv;

	while (req->rest[nr])
		nr++;
	argv = mem_zero(nr + 2, sizeof(*argv));
	argv[0] = (char *)req->option[OPTION_HOLD];
	memcpy(argv + 1, req->rest, nr * sizeof(*argv));
	return argv;
}

static int make_with_program(struct mk *mk)
{
	char **argv = program_of(mk->req);
	struct make_hold hold = { .argv = argv, .ready = tell_program };
	int ret;

	ret = make_held(&mk->making, &hold);
	if (!ret && hold.status < 0)
		complain("%s not run: %s", argv[0], strerror(-hold.status));
	free(argv);
	if (ret)
		return complain_making(mk, ret);
	if (hold.removed)
		complain("%s not removed: %s", mk->ref.data,
			 strerror(-hold.removed));
	if (hold.status < 0)
		return hold.status == -ENOENT ? NOT_FOUND : NOT_RUN;
	return !hold.status && hold.removed ? STATUS_FAILED : hold.status;
}

/* As list has it, so that there is but one JSON of an object. */
static int print_json(const struct mk *mk)
{
	const struct command *list = command_by_name("list");
	char *args[] = { mk->ref.data, NULL };
	const struct request req = {
		.command = list, .args = args, .nr_args = 1,
		.option[OPTION_JSON] = "",
	};

	return list->run(&req);
}

static int print(const struct mk *mk)
{
	struct buf out = { .to = stdout };
	int failed;

	if (asked(mk->req, OPTION_JSON))
		return print_json(mk);
	if (isatty(STDOUT_FILENO))
		text_shell(&out, mk->ref.data, mk->ref.len);
	else
		buf_add(&out, mk->ref.data, mk->ref.len);
	buf_putc(&out, '\n');
	failed = output_finish(&out);
	if (failed)
		complain("%s was made all the same", mk->ref.data);
	return failed;
}

static int make_it(struct mk *mk)
{
	int ret;

	make_name(&mk->making);
	mk->making.arg = mk;
	if (asked(mk->req, OPTION_HOLD))
		return make_with_program(mk);
	ret = make_object(&mk->making);
	if (ret)
		return complain_making(mk, ret);
	name_it(mk, &mk->ref);
	return print(mk);
}

static int mk_run(const struct request *req)
{
	struct mk mk = { .req = req };
	int status;

	if (asked(req, OPTION_HOLD) && asked(req, OPTION_JSON))
		return misused("--hold and --json do not go together");
	status = mk_parse(&mk);
	if (!status)
		status = make_it(&mk);
	make_free(&mk.making);
	vec_free(&mk.fields);
	buf_free(&mk.ref);
	arena_free(&mk.arena);
	return status;
}

static const struct example examples[] = {
	{ "ipcscope mk shm size=64K", "a segment without key; prints its REF" },
	{ "ipcscope mk sem:0x05ce0004 values=1,0,5 mode=0660", "a set of three, by key" },
	{ "ipcscope mk msg message=hello message[7]=world", "a queue with two messages" },
	{ "ipcscope mk pmsg:/jobs maxmsg=10 msgsize=1K", "a POSIX queue" },
	{ "ipcscope mk shm size=1M --hold sh -c 'ipcs -m -i $IPCSCOPE_ID'", "only while a program runs" },
	{ NULL, NULL },
};

const struct command command_mk = {
	.name	 = "mk",
	.args	 = "CLASS|REF [FIELD=VALUE]...",
	.help	 = "create an object",
	.details =
		"Creates an object that outlives its processes and prints its REF: "
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
	.examples = examples,
	.takes	 = TAKES(HOLD) | TAKES(JSON),
	.completes = COMPLETES(CLASSES),
	.min_args = 1,
	.max_args = ANY_NUMBER,
	.more	 = true,
	.run	 = mk_run,
};
