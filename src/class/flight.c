// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Descriptors that no process has: in the queues of UNIX sockets (SCM_RIGHTS, unix(7)),
 * and registered with io_uring (io_uring_register(2)). The kernel tells how many there
 * are, not of what: whoever can be reached by a descriptor may be among them.
 */
#include <errno.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "ipcscope/text.h"
#include "socket.h"

static bool flight_same(const void *vec, uint32_t index, const void *ino)
{
	return ((const uint64_t *)vec)[index] == *(const uint64_t *)ino;
}

/* Messages of a stream have a byte at least, others may have none. */
int flight_note(void *arg, const struct nlmsghdr *msg)
{
	const struct unix_diag_msg *diag = NLMSG_DATA(msg);
	const struct unix_diag_rqlen *queues;
	struct collector *col = arg;
	size_t len;

	if (msg->nlmsg_len < NLMSG_LENGTH(sizeof(*diag)))
		return 0;
	queues = socket_attr(msg, sizeof(*diag), UNIX_DIAG_RQLEN, sizeof(*queues), &len);
	if (queues && !queues->udiag_rqueue &&
	    (diag->udiag_type == SOCK_STREAM || diag->udiag_state == TCP_LISTEN)) {
		map_add(&col->quiet_index, hash_u64(diag->udiag_ino, 0), col->quiet.nr);
		*vec_add(&col->quiet) = diag->udiag_ino;
	}
	return 0;
}

void flight_list(struct collector *col, struct net_ns *ns)
{
	const struct unix_diag_req req = {
		.sdiag_family = AF_UNIX, .udiag_states = ~0u, .udiag_show = UDIAG_SHOW_RQLEN,
	};

	/* What a dump does not tell is looked at one by one. */
	if (!ns->err)
		col->host->ops->dump(&ns->diag, SOCK_DIAG_BY_FAMILY, &req, sizeof(req),
				     flight_note, col);
}

bool flight_is_quiet(const struct collector *col, uint64_t ino)
{
	return map_find(&col->quiet_index, hash_u64(ino, 0), flight_same, col->quiet.at,
			&ino) != NO_INDEX;
}

/* Reads the details of the descriptor: a process that ended or closed it has none. */
static bool flight_read(struct fd_entry *fd)
{
	struct scan *scan = fd->scan;
	char path[32] = "fdinfo/";
	int err;

	memcpy(path + 7, fd->name, strlen(fd->name) + 1);
	err = scan->col->host->ops->read_file(scan->col->host, &scan->dir, path, &scan->info);
	if (err < 0)
		scan_gap(scan, PART_FLIGHT, err);
	else
		fd->has_info = true;
	return err >= 0;
}

bool flight_socket(struct fd_entry *fd)
{
	struct scan *scan = fd->scan;
	struct held_socket socket = { .pid = scan->pid, .thread = scan->thread, .fd = fd->fd };

	if (link_number(fd->link, &socket.ino))
		*vec_add(&scan->held) = socket;
	return false;
}

void flight_look(struct fd_entry *fd)
{
	const struct host *host = fd->scan->col->host;
	char text[32];
	bool is_unix;
	ssize_t len;
	uint64_t nr;

	len = host->ops->sock_protocol(host, &fd->scan->fds, fd->name, text, sizeof(text));
	is_unix = len >= 4 && !memcmp(text, "UNIX", 4);
	if ((len >= 0 && !is_unix) || !flight_read(fd))
		return;
	/* Since Linux 5.6; of a listener those of connections not accepted yet, too. */
	if (fd_info(fd, "scm_fds", &nr) ? nr > 0 : is_unix)
		scan_gap(fd->scan, PART_FLIGHT, -ENODATA);
}

/* io_uring/fdinfo.c: the table may have holes, and is not told while the ring is busy. */
bool flight_ring(struct fd_entry *fd)
{
	const char *line;
	uint64_t nr;

	if (!flight_read(fd))
		return true;
	line = fd_info_text(fd, "UserFiles");
	if (line && num_u64(&line, &nr) && (!nr || !strchr(line, '\n') ||
					    strchr(line, '\n')[1] != ' '))
		return true;
	scan_gap(fd->scan, PART_FLIGHT, -ENODATA);
	return true;
}
