// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose namespace it is: the control group of a process in it names the container or unit. Who is
 * in a container may make groups below its own, so the outermost one that says so counts.
 */
#include <errno.h>

#include "internal.h"
#include "ipcscope/text.h"

#define ID_LEN	64	/* hexadecimal digits */

/* What stands before an id or name in the path of a control group. */
static const struct {
	const char *prefix, *runtime;
	bool named;		/* by a name, not by digits */
} container_kinds[] = {
	{ "docker-", "docker", false }, { "docker/", "docker", false },
	{ "libpod-", "podman", false }, { "cri-containerd-", "containerd", false },
	{ "crio-", "cri-o", false }, { "lxc.payload.", "lxc", true }, { "lxc/", "lxc", true },
	{ "machine-", "systemd-nspawn", true },
};

static const struct str *container_str(struct collector *col, const char *text, size_t len)
{
	return arena_str(&col->snap->arena, text, len);
}

/* The text between quotation marks behind @key, which follows @from; NULL. */
static const struct str *container_quoted(struct collector *col, const char *from, const char *key)
{
	const char *at = from ? strstr(from, key) : NULL;

	if (!at)
		return NULL;
	at += strlen(key);
	at += *at == '/';
	return container_str(col, at, strcspn(at, "\""));
}

/* As a file of the runtime tells. */
static void container_find_name(struct collector *col, struct namespace *ns)
{
	const struct host *host = col->host;
	struct buf text = { 0 };
	char path[128];

	if (!strcmp(ns->runtime->data, "docker")) {
		snprintf(path, sizeof(path), "/var/lib/docker/containers/%s/config.v2.json",
			 ns->container->data);
		if (host->ops->read_file(host, NULL, path, &text) >= 0 && text.len)
			ns->name = container_quoted(col, text.data, "\"Name\":\"");
	} else if (!strcmp(ns->runtime->data, "podman")) {
		snprintf(path, sizeof(path), "%s",
			 "/var/lib/containers/storage/overlay-containers/containers.json");
		if (host->ops->read_file(host, NULL, path, &text) >= 0 && text.len)
			ns->name = container_quoted(col, strstr(text.data, ns->container->data),
						    "\"names\":[\"");
	}
	buf_free(&text);
}

/* The last part of a path of systemd's, if it is a unit: "/system.slice/x.service". */
static void container_find_unit(struct collector *col, struct namespace *ns, const char *path,
				size_t len)
{
	static const char *const ends[] = { ".service", ".scope" };
	size_t i, end;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		const char *at = memmem(path, len, ends[i], strlen(ends[i])), *start = at;

		while (start && start > path && start[-1] != '/')
			start--;
		end = at ? (size_t)(at - start) + strlen(ends[i]) : 0;
		if (!at || ns->runtime)
			continue;
		ns->runtime = container_str(col, "systemd", strlen("systemd"));
		ns->container = container_str(col, start, end);
	}
}

static void container_parse(struct collector *col, struct namespace *ns, const char *path,
			    size_t len)
{
	const char *best = NULL, *at;
	size_t i, n = 0, kind = 0;

	for (i = 0; i < ARRAY_SIZE(container_kinds); i++) {
		const size_t prefix = strlen(container_kinds[i].prefix);

		at = memmem(path, len, container_kinds[i].prefix, prefix);
		if (!at || at == path || at[-1] != '/' || (best && best < at))
			continue;
		at += prefix;
		n = container_kinds[i].named ? strcspn(at, "/\n") :
		    strspn(at, "0123456789abcdef");
		if (n && (container_kinds[i].named || n == ID_LEN)) {
			best = at;
			kind = i;
		}
	}
	if (!best) {
		container_find_unit(col, ns, path, len);
		return;
	}
	n = container_kinds[kind].named ? strcspn(best, "/\n") : ID_LEN;
	ns->runtime = container_str(col, container_kinds[kind].runtime,
				    strlen(container_kinds[kind].runtime));
	ns->container = container_str(col, best, n);
	if (container_kinds[kind].named)
		ns->name = ns->container;
	else
		container_find_name(col, ns);
}

/* "0::/system.slice/docker-ID.scope", "4:memory:/docker/ID". */
void collect_container(struct collector *col, struct namespace *ns, const char *dir)
{
	struct buf text = { 0 };
	const char *line, *path;
	char file[80];

	snprintf(file, sizeof(file), "%s/cgroup", dir);
	if (col->host->ops->read_file(col->host, &col->proc, file, &text) < 0)
		buf_reset(&text);
	for (line = text.len ? text.data : NULL; line && *line && !ns->runtime; ) {
		path = strchr(line, '/');
		line = strchrnul(line, '\n');
		if (path && path < line)
			container_parse(col, ns, path, (size_t)(line - path));
		line += *line == '\n';
	}
	buf_free(&text);
}
