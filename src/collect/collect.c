// SPDX-License-Identifier: GPL-2.0-or-later
#include "class/socket.h"
#include "internal.h"

void collect_add_fd_hook(struct collector *col, const char *link,
			 bool (*fd)(struct fd_entry *fd), bool alone)
{
	unsigned int i;

	for (i = 0; i < col->nr_fd_hooks; i++) {
		if (col->fd_hooks[i].fd == fd)
			return;
	}
	col->fd_hooks[col->nr_fd_hooks++] = (struct fd_hook){
		.link = link, .len = strlen(link), .fd = fd, .alone = alone,
	};
}

static void collect_find_hooks(struct collector *col)
{
	enum class_id class;
	unsigned int i;

	col->vmas_counted = true;
	col->flight = col->query->parts & NEED(FLIGHT) && !col->query->only_pids;
	if (col->flight) {
		if (!(col->query->parts & SOCKET_PARTS))
			collect_add_fd_hook(col, "socket:[", flight_socket, true);
		if (col->query->parts & NEED(RUNNING) && col->query->parts & NEED(MAPS)) {
			col->vma_hooks[col->nr_vma_hooks++] = flight_vma;
			col->vmas_counted = false;
		}
	}
	for (class = 0; class < NR_CLASSES; class++) {
		const struct ipc_class *c = ipc_classes[class];

		if (!(col->query->classes & A_CLASS_OF(class)))
			continue;
		if (c->vma && !c->vma_counted)
			col->vmas_counted = false;
		if (c->vma && !c->vma_counted && !c->vma_shared)
			col->vmas_private = true;
		col->locates |= c->locate != NULL;
		if (c->list)
			col->lists |= A_CLASS_OF(class);
		if (c->fd)
			collect_add_fd_hook(col, c->link, c->fd, c->fd_alone);
		for (i = 0; i < col->nr_vma_hooks && col->vma_hooks[i] != c->vma; i++)
			;
		if (c->vma && i == col->nr_vma_hooks)
			col->vma_hooks[col->nr_vma_hooks++] = c->vma;
	}
	if (col->flight)
		collect_add_fd_hook(col, "anon_inode:[io_uring]", flight_ring, true);
	if (col->query->parts & SOCKET_PARTS)
		collect_add_fd_hook(col, "net:[", collect_net_ns_fd, true);
	if (col->query->asks_nss)
		collect_add_fd_hook(col, "ipc:[", collect_ipc_ns_fd, true);
	if (!(col->query->parts & NEED(WATCHES)))
		return;
	collect_add_fd_hook(col, "anon_inode:inotify", watchers_inotify, false);
	collect_add_fd_hook(col, "anon_inode:[eventpoll]", watchers_epoll, false);
}

/* Classes of one table share their list(): it runs once. */
static void collect_list_classes(struct collector *col)
{
	enum class_id class, other;

	for (class = 0; class < NR_CLASSES; class++) {
		if (!(col->lists & A_CLASS_OF(class)))
			continue;
		for (other = 0; other < class; other++) {
			if (col->lists & A_CLASS_OF(other) &&
			    ipc_classes[other]->list == ipc_classes[class]->list)
				break;
		}
		if (other == class)
			ipc_classes[class]->list(col);
	}
}

void collect_list_of(struct collector *col, uint64_t classes)
{
	const uint64_t lists = col->lists;

	col->lists &= classes;
	collect_list_classes(col);
	col->lists = lists;
}

void collect_list_sockets(struct collector *col)
{
	uint64_t classes = 0;
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (class_infos[class]->space == SPACE_SOCKET)
			classes |= A_CLASS_OF(class);
	}
	collect_list_of(col, classes);
}

static void collect_locate(struct collector *col)
{
	enum class_id class;

	for (class = 0; class < NR_CLASSES; class++) {
		if (col->query->classes & A_CLASS_OF(class) && ipc_classes[class]->locate)
			ipc_classes[class]->locate(col);
	}
}

static void collect_look_closer(struct collector *col)
{
	const struct query *query = col->query;
	struct snapshot *snap = col->snap;
	uint32_t i;

	for (i = 0; i < snap->objects.nr; i++) {
		const struct object *obj = &snap->objects.at[i];
		const struct ipc_class *class = ipc_classes[obj->class];

		if (class->look && (!query->look_at ||
				    query->look_at(query->look_at_arg, snap, obj)))
			class->look(col, i);
	}
}

int collect(const struct host *host, const struct query *query,
	    struct layout *layout, struct snapshot *snap,
	    struct progress *progress)
{
	struct collector col = { .host = host, .query = query, .snap = snap };
	struct scan_pool *pool = NULL;
	struct net_ns *ns;
	int err;

	layout_init(layout, query->fields);
	*snap = (struct snapshot){ .layout = layout };
	err = collect_facts(&col);
	if (err < 0)
		return err;
	col.ipc_ns = snap->host.ipc_ns;
	snap->parts_read = query->parts;
	if (query->limits)
		collect_limits(&col, query->limits);
	collect_find_hooks(&col);
	if (query->parts & (SOCKET_PARTS | PROCESS_PARTS) || query->asks_nss)
		err = collect_pids(&col);
	if (query->only_pids && col.lists)
		collect_probe(&col);
	if (query->parts & SOCKET_PARTS)
		collect_own_net_ns(&col);
	if (query->parts & SOCKET_PARTS || query->asks_nss)
		collect_places(&col);
	if (query->parts & PROCESS_PARTS)
		pool = scan_pool_start(&col, progress);
	if (query->parts & SOCKET_PARTS && !pool)
		collect_mounted_net_nss(&col);
	collect_list_classes(&col);
	if (query->asks_nss)
		collect_ipc_nss(&col);
	/* Most sockets of no class that is asked for are UNIX ones. */
	vec_for_each(ns, &col.net_nss) {
		if (col.flight && !(query->parts & NEED(UNIX)))
			flight_list(&col, ns);
	}
	if (pool)
		scan_pool_finish(pool);
	/* Whose sockets the paths are, those of namespaces without a process, too, is known. */
	if (query->parts & NEED(PATHS))
		collect_paths(&col);
	if (query->parts & NEED(RUNNING) && !(query->parts & NEED(SIGNALS)) && !col.owned)
		collect_late_users(&col);
	if (query->parts & NEED(PROCS))
		collect_named(&col);
	if (col.locates)
		collect_locate(&col);
	if (query->parts & (NEED(PATHS) | NEED(SHMFS)))
		collect_layers(&col);
	collect_names(&col);
	snapshot_finish(snap);
	if (query->parts & NEED(DETAILS))
		collect_details(&col);
	if (query->only_show)
		collect_look_closer(&col);
	host->ops->close_dir(&col.proc);
	vec_free(&col.pids);
	vec_for_each(ns, &col.net_nss)
		host->ops->close_diag(&ns->diag);
	vec_free(&col.net_nss);
	vec_free(&col.sockets);
	vec_free(&col.receivers);
	vec_free(&col.quiet);
	map_free(&col.quiet_index);
	map_free(&col.unix_names);
	map_free(&col.bound_files);
	vec_free(&col.bound_devs);
	vec_free(&col.pairs);
	vec_free(&col.bound);
	buf_free(&col.scratch);
	return err < 0 ? err : 0;
}
