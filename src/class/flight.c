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

#define RING_TRIES	4

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
	char name[32] = "fdinfo/", path[SCAN_PATH_ROOM];
	int err;

	memcpy(name + 7, fd->name, strlen(fd->name) + 1);
	scan_path(scan, name, path, sizeof(path));
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

/* Lines that belong to the one that begins with @word. */
static uint32_t flight_count(struct fd_entry *fd, const char *word)
{
	const char *line = fd_info_text(fd, word);
	uint32_t nr = 0;

	while (line && (line = strchr(line, '\n')) && *++line == ' ')
		nr++;
	return nr;
}

/* Requests that were taken from the ring and have not come back. Those that come back more than
 * once, or not at all, make that too few or too many; to be in flight, all but those that are
 * polled must have been taken for others. */
static bool flight_in_flight(struct fd_entry *fd, uint32_t polled)
{
	uint64_t taken, back;

	if (!fd_info(fd, "CachedSqHead", &taken) && !fd_info(fd, "SqHead", &taken))
		return true;
	if (!fd_info(fd, "CachedCqTail", &back) && !fd_info(fd, "CqTail", &back))
		return true;
	return (uint32_t)(taken - back) != polled + flight_count(fd, "CqOverflowList");
}

/* io_uring/fdinfo.c: nothing, or not the table, is told while the ring is busy; the table may
 * have holes. */
bool flight_ring(struct fd_entry *fd)
{
	uint64_t files = 0, tries = 0;
	uint32_t polled;
	bool told;

	if (!fd_stat(fd))
		*vec_add(&fd->scan->rings) = (struct ring){ .ino = fd->st.ino };
	do {
		if (!flight_read(fd))
			return true;
		told = fd_info(fd, "UserFiles", &files);
	} while (++tries < RING_TRIES && (!told || (files && !flight_count(fd, "UserFiles"))));
	if (!told || flight_count(fd, "UserFiles")) {
		scan_gap(fd->scan, PART_FLIGHT, -ENODATA);
		return true;
	}
	/* Files in memory cannot be polled. */
	polled = flight_count(fd, "PollList");
	if (polled)
		scan_gap(fd->scan, PART_ARMED, -ENODATA);
	if (flight_in_flight(fd, polled))
		scan_gap(fd->scan, PART_REQUESTS, -ENODATA);
	return true;
}

/* A ring that is mapped need have no descriptor. Of requests of aio that poll nothing tells
 * (fs/aio.c); others are done at once, but with devices. */
bool flight_vma(struct scan *scan, const struct host_vma *vma)
{
	static const char ring[] = "anon_inode:[io_uring]", aio[] = "/[aio]";

	if (vma->len == strlen(ring) && !memcmp(vma->name, ring, vma->len)) {
		*vec_add(&scan->rings) = (struct ring){
			.ino = vma->ino, .pid = scan->pid, .uid = scan->uid,
		};
		return true;
	}
	if (vma->len != strlen(aio) || !vma->deleted || memcmp(vma->name, aio, vma->len) != 0)
		return false;
	scan_gap(scan, PART_ARMED, -ENODATA);
	return true;
}
