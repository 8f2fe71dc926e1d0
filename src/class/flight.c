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

static int flight_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Messages of a stream have a byte at least, others may have none. */
int flight_note(void *arg, const struct nlmsghdr *msg)
{
	const struct unix_diag_msg *diag = NLMSG_DATA(msg);
	const struct unix_diag_rqlen *queues;
	struct inodes *quiet = arg;
	size_t len;

	if (msg->nlmsg_len < NLMSG_LENGTH(sizeof(*diag)))
		return 0;
	queues = socket_attr(msg, sizeof(*diag), UNIX_DIAG_RQLEN, sizeof(*queues), &len);
	if (queues && !queues->udiag_rqueue &&
	    (diag->udiag_type == SOCK_STREAM || diag->udiag_state == TCP_LISTEN))
		*vec_add(quiet) = diag->udiag_ino;
	return 0;
}

void flight_find(struct collector *col)
{
	const struct unix_diag_req req = {
		.sdiag_family = AF_UNIX, .udiag_states = ~0u, .udiag_show = UDIAG_SHOW_RQLEN,
	};
	struct net_ns *ns;

	/* What a dump does not tell is looked at one by one. */
	vec_for_each(ns, &col->net_nss) {
		if (!ns->err && !(col->query->parts & NEED(UNIX)))
			col->host->ops->dump(&ns->diag, SOCK_DIAG_BY_FAMILY, &req, sizeof(req),
					     flight_note, &col->quiet);
	}
	if (col->quiet.nr)
		qsort(col->quiet.at, col->quiet.nr, sizeof(col->quiet.at[0]), flight_compare);
}

/* Whether descriptors may be in the queue of the socket; *@is_unix: it is known to be
 * a UNIX one. */
static bool flight_may_carry(struct fd_entry *fd, uint64_t ino, bool *is_unix)
{
	const struct collector *col = fd->scan->col;
	char text[32];
	ssize_t len;

	if (col->quiet.nr && bsearch(&ino, col->quiet.at, col->quiet.nr, sizeof(ino),
				     flight_compare))
		return false;
	len = col->host->ops->sock_protocol(col->host, &fd->scan->fds, fd->name, text,
					    sizeof(text));
	*is_unix = len >= 4 && !memcmp(text, "UNIX", 4);
	return len < 0 || *is_unix;
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
	uint64_t ino, nr;
	bool is_unix;

	if (!link_number(fd->link, &ino) || !flight_may_carry(fd, ino, &is_unix) ||
	    !flight_read(fd))
		return false;
	/* Since Linux 5.6. */
	if (fd_info(fd, "scm_fds", &nr) ? nr > 0 : is_unix)
		scan_gap(fd->scan, PART_FLIGHT, -ENODATA);
	return false;
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
