// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of /proc/net/raw, icmp and udplite, which sock_diag need not know: proc_pid_net(5),
 * net/ipv4/raw.c. */
#include "inet.h"
#include "ipcscope/text.h"

/* Words of 8 hexadecimal digits, each in the order of the host. */
static bool inet_text_address(const char **text, uint32_t *addr, unsigned int words)
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

static bool inet_text_end(const char **text, uint32_t *addr, unsigned int words,
			  uint16_t *port)
{
	uint64_t num;

	if (!inet_text_address(text, addr, words) || *(*text)++ != ':' ||
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

static bool inet_text_rest(const char *at, struct inet_diag_msg *msg)
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

bool inet_text_line(const char *at, uint8_t family, struct inet_diag_msg *msg)
{
	unsigned int words = family == AF_INET6 ? 4 : 1;
	uint64_t slot;

	memset(msg, 0, sizeof(*msg));
	msg->idiag_family = family;
	inet_text_skip(&at, " ");
	if (!num_u64(&at, &slot) || *at++ != ':' || *at++ != ' ')
		return false;
	return inet_text_end(&at, msg->id.idiag_src, words, &msg->id.idiag_sport) &&
	       inet_text_end(&at, msg->id.idiag_dst, words, &msg->id.idiag_dport) &&
	       inet_text_rest(at, msg);
}
