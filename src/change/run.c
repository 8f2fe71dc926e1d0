// SPDX-License-Identifier: GPL-2.0-or-later
/* A run from its lock to its last line: where its files are, who runs it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "internal.h"
#include "ipcscope/text.h"
#include "util/outfile.h"

#define ROOT_LOG	"/var/log/ipcscope"
#define ROOT_STATE	"/var/lib/ipcscope"
#define ROOT_BASE	strlen("/var/lib")	/* as long as that of the log */

int removal_paths(struct removal *rm, char why[256])
{
	const char *state = secure_getenv("IPCSCOPE_STATE_DIR"), *log = NULL;
	const char *xdg = secure_getenv("XDG_STATE_HOME"), *home = secure_getenv("HOME");
	struct buf hostname = {}, kernel = {};
	size_t base = 0;
	uint32_t ticks, page;
	uid_t uid = (uid_t)-1;
	pid_t pid;

	if (rm->paths.state)
		return 0;
	rm->host->ops->identity(rm->host, &hostname, &kernel, &uid, &pid, &ticks, &page);
	buf_free(&hostname);
	buf_free(&kernel);
	rm->by_uid = uid;
	if ((!state || *state != '/') && !uid) {
		log = ROOT_LOG;
		state = ROOT_STATE;
		base = ROOT_BASE;
	} else if (!state || *state != '/') {
		/* Of other users: the XDG base directory specification. */
		state = NULL;
		if (xdg && *xdg == '/')
			state = arena_printf(&rm->arena, "%s/ipcscope", xdg)->data;
		else if (home && *home == '/')
			state = arena_printf(&rm->arena, "%s/.local/state/ipcscope", home)->data;
		base = state ? strlen(xdg && *xdg == '/' ? xdg : home) : 0;
	} else {
		base = (size_t)(strrchr(state, '/') - state);
	}
	if (!state) {
		snprintf(why, 256, "neither XDG_STATE_HOME nor HOME says where to keep the log");
		return -ENOENT;
	}
	rm->paths = (struct removal_paths){
		.log = rm->log_path ? rm->log_path :
		       arena_printf(&rm->arena, "%s/removed.jsonl", log ? log : state)->data,
		.saved = arena_printf(&rm->arena, "%s/saved", state)->data,
		.lock = arena_printf(&rm->arena, "%s/lock", state)->data,
		.state = arena_printf(&rm->arena, "%s", state)->data,
		.base = base,
	};
	return 0;
}

static int run_take_lock(struct removal *rm, char why[256])
{
	pid_t holder;
	int ret = state_dir(rm->paths.state, rm->paths.base);

	if (ret) {
		snprintf(why, 256, "%s cannot be used: %s", rm->paths.state,
			 outfile_error(ret));
		return ret;
	}
	rm->lock = state_lock(rm->paths.lock, rm->best_effort, &holder);
	if (rm->lock >= 0)
		return 0;
	if (rm->lock == -EWOULDBLOCK)
		snprintf(why, 256, "process %d is removing or restoring objects just now: nothing was done",
			 holder);
	else
		snprintf(why, 256, "%s: %s", rm->paths.lock, outfile_error(rm->lock));
	return rm->lock;
}

/* Where it runs: what undo will compare. */
static void run_find_place(struct removal *rm)
{
	const struct host *host = rm->host;
	struct buf text = {};
	char link[64] = "";
	const char *at;

	host->ops->read_file(host, NULL, "/proc/sys/kernel/random/boot_id", &text);
	rm->boot_id = arena_str(&rm->arena, text.data ? text.data : "",
				text.data ? strcspn(text.data, "\n") : 0);
	buf_free(&text);
	if (host->ops->read_link(host, NULL, "/proc/self/ns/ipc", link, sizeof(link) - 1) <= 0)
		return;
	at = link + strcspn(link, "[");
	at += *at == '[';
	num_u64(&at, &rm->ipc_ns);
}

/* Who is behind sudo, su and cron: audit's login uid. */
static void run_find_user(struct removal *rm)
{
	const struct host *host = rm->host;
	struct buf text = {};
	const char *at;
	uint64_t num;

	rm->login_uid = -1;
	if (!host->ops->read_file(host, NULL, "/proc/self/loginuid", &text)) {
		at = text.data;
		if (num_u64(&at, &num) && num < UINT32_MAX)
			rm->login_uid = (int64_t)num;
	}
	buf_reset(&text);
	if (host->ops->id_name(host, false, rm->by_uid, &text)) {
		buf_reset(&text);
		buf_u64(&text, rm->by_uid);
	}
	rm->by = arena_str(&rm->arena, text.data, text.len);
	buf_free(&text);
}

const char *change_forbidden(void)
{
	return state_is_borrowed() ?
	       "this program runs with rights that its caller does not have (setuid, setgid or file capabilities): it only looks" :
	       NULL;
}

int removal_open(struct removal *rm, char why[256])
{
	struct timespec now;
	struct tm tm;
	size_t len;
	int ret;

	*why = '\0';
	if (change_forbidden()) {
		snprintf(why, 256, "%s", change_forbidden());
		return -EPERM;
	}
	ret = removal_paths(rm, why);
	if (!ret)
		ret = run_take_lock(rm, why);
	if (ret && !rm->best_effort)
		return ret;
	if (ret && !rm->no_log)
		rm->unlogged = arena_str(&rm->arena, why, strlen(why));
	rm->no_log |= ret != 0;
	/* Sent when somebody opens what we have a lease on. */
	signal(SIGIO, SIG_IGN);
	rm->host->ops->clock_note(rm->host);
	/* Named by the moment: the lock keeps others from having the same. */
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	len = strftime(rm->run, sizeof(rm->run), "%Y%m%d-%H%M%S", &tm);
	snprintf(rm->run + len, sizeof(rm->run) - len, "-%03u",
		 (unsigned int)(now.tv_nsec / 1000000 % 1000));
	run_find_place(rm);
	run_find_user(rm);
	ret = log_open(rm, why);
	if (ret && rm->best_effort && !rm->no_log) {
		rm->unlogged = arena_str(&rm->arena, why, strlen(why));
		rm->no_log = true;
		ret = log_open(rm, why);
	}
	if (!ret && rm->lock >= 0)
		ret = copies_open(rm, why);
	if (ret)
		return ret;
	if (rm->lock >= 0)
		log_recover(rm);
	if (!*rm->fatal)
		return 0;
	snprintf(why, 256, "%s", rm->fatal);
	return -EIO;
}

void log_journal(const struct removal *rm, const struct target *target)
{
	struct buf line = {};

	if (rm->no_log)
		return;
	buf_puts(&line, outcome_words[target->outcome]);
	buf_putc(&line, ' ');
	buf_str(&line, target->ref);
	buf_puts(&line, " of ");
	buf_str(&line, target->owner);
	buf_puts(&line, " (");
	/* Reasons have names in them that others chose. */
	if (rm->changes)
		buf_str(&line, target->amount);
	else
		buf_printf(&line, "%s: ", verdict_infos[target->verdict].word);
	if (!rm->changes)
		text_escape(&line, target->sentence->data, target->sentence->len);
	buf_puts(&line, ")");
	if (target->note) {
		buf_puts(&line, ": ");
		text_escape(&line, target->note->data, target->note->len);
	}
	buf_printf(&line, "; by %s (uid %u) with ipcscope %s, id %s",
		   rm->by->data, rm->by_uid, rm->command, target->id);
	state_syslog(target->outcome == OUTCOME_REMOVED ||
		     target->outcome == OUTCOME_CHANGED ? LOG_NOTICE : LOG_WARNING, line.data);
	buf_free(&line);
}

void removal_close(struct removal *rm)
{
	if (*rm->run && rm->log >= 0)
		log_finish(rm);
	log_forget_open(rm);
	state_close(rm->log);
	state_close(rm->lock);
	rm->log = rm->lock = -1;
}

void removal_free(struct removal *rm)
{
	state_close(rm->log);
	state_close(rm->lock);
	vec_free(&rm->targets);
	vec_free(&rm->remade);
	buf_free(&rm->lines);
	buf_free(&rm->report);
	arena_free(&rm->arena);
}
