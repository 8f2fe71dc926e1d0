// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets by the text of /proc/net: where the kernel was built without the
 * sock_diag handler of the protocol. proc_pid_net(5), net/ipv4/raw.c. */
#include <errno.h>

#include "inet.h"
#include "ipcscope/num.h"

/* Words of 8 hexadecimal digits, each in the order of the host. */
static bool inet_text_read_address(const char **text, uint32_t *addr, unsigned int words)
{
	unsigned int i, d;

	for (i = 0; i < words; i++) {
		char part[9];
		const char *at = part;
		uint64_t num;

		for (d = 0; d < 8 && (*text)[d]; d++)
			part[d] = (*text)[d];
		part[d] = '\0';
		if (!num_hex(&at, &num) || at != part + 8)
			return false;
		addr[i] = (uint32_t)num;
		*text += 8;
	}
	return true;
}

static bool inet_text_read_end(const char **text, uint32_t *addr, unsigned int words,
			       uint16_t *port)
{
	uint64_t num;

	if (!inet_text_read_address(text, addr, words) || *(*text)++ != ':' ||
	    !num_hex(text, &num) || num > UINT16_MAX || *(*text)++ != ' ')
		return false;
	*port = htons((uint16_t)num);
	return true;
}

static bool inet_text_skip(const char **text, const char *chars)
{
	size_t len = strspn(*text, chars);

	*text += len;
	return len;
}

static bool inet_text_read_rest(const char *at, struct inet_diag_msg *msg)
{
	static const char digits[] = "0123456789abcdefABCDEF:";
	uint64_t state, tx, rx, uid, ino;

	if (!num_hex(&at, &state) || !inet_text_skip(&at, " ") || !num_hex(&at, &tx) ||
	    *at++ != ':' || !num_hex(&at, &rx) || !inet_text_skip(&at, " ") ||
	    !inet_text_skip(&at, digits) || !inet_text_skip(&at, " ") ||	/* tr:tm->when */
	    !inet_text_skip(&at, digits) || !inet_text_skip(&at, " ") ||	/* retrnsmt */
	    !num_u64(&at, &uid) || !inet_text_skip(&at, " ") ||
	    !inet_text_skip(&at, digits) || !inet_text_skip(&at, " ") ||	/* timeout */
	    !num_u64(&at, &ino))
		return false;
	msg->idiag_state = (uint8_t)state;
	msg->idiag_wqueue = (uint32_t)tx;
	msg->idiag_rqueue = (uint32_t)rx;
	msg->idiag_uid = (uint32_t)uid;
	msg->idiag_inode = (uint32_t)ino;
	return true;
}

/* " 43: 00000000:0001 00000000:0000 07 ..." */
static bool inet_text_read_line(const char *at, uint8_t family, struct inet_diag_msg *msg)
{
	unsigned int words = family == AF_INET6 ? 4 : 1;
	uint64_t slot;

	memset(msg, 0, sizeof(*msg));
	msg->idiag_family = family;
	inet_text_skip(&at, " ");
	if (!num_u64(&at, &slot) || *at++ != ':' || *at++ != ' ')
		return false;
	return inet_text_read_end(&at, msg->id.idiag_src, words, &msg->id.idiag_sport) &&
	       inet_text_read_end(&at, msg->id.idiag_dst, words, &msg->id.idiag_dport) &&
	       inet_text_read_rest(at, msg);
}

void inet_text(struct collector *col, pid_t pid, uint8_t family,
	       const char *file, inet_add_fn *add, void *arg)
{
	struct buf path = { 0 }, text = { 0 };
	const char *line;
	int err;

	if (pid)
		buf_i64(&path, pid);
	else
		buf_puts(&path, "self");
	buf_puts(&path, "/net/");
	buf_puts(&path, file);
	err = col->host->ops->read_file(col->host, &col->proc, path.data, &text);
	if (err < 0 && err != -ENOENT && err != -ESRCH)
		snapshot_warn(col->snap, PART_INET, -err, "/proc/%s", path.data);
	line = err < 0 ? NULL : strchr(text.data, '\n');
	while (line && *++line) {
		struct inet_diag_msg msg;

		if (inet_text_read_line(line, family, &msg))
			add(arg, &msg);
		else
			snapshot_warn(col->snap, PART_INET, EBADMSG,
				      "/proc/%s: line not understood",
				      path.data);
		line = strchr(line, '\n');
	}
	buf_free(&path);
	buf_free(&text);
}
