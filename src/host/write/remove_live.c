// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include "internal.h"

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

const struct host_remove_ops live_remove_ops = {
	.sysv_look	= remove_sysv_look,
	.sysv_remove	= remove_sysv,
	.shm_read	= remove_shm_read,
	.msg_peek	= remove_msg_peek,
	.place_open	= remove_place_open,
	.place_close	= remove_place_close,
	.place_stat	= remove_place_stat,
	.file_open	= remove_file_open,
	.file_read	= remove_file_read,
	.lease		= remove_lease,
	.file_remove	= remove_file,
	.file_put_back	= remove_put_back,
	.mq_open	= remove_mq_open,
	.mq_attributes	= remove_mq_attributes,
	.mq_remove	= remove_mq,
	.close		= close_fd,
	.sysv_make	= remake_sysv,
	.sysv_finish	= remake_sysv_finish,
	.sysv_unmake	= remove_sysv_now,
	.shm_write	= remake_shm_write,
	.sem_write	= remake_sem_write,
	.msg_write	= remake_msg_write,
	.file_make	= remake_file,
	.file_write	= state_write_at,
	.file_finish	= remake_file_finish,
	.file_unmake	= remake_file_unmake,
	.mq_make	= remake_mq,
	.mq_write	= remake_mq_write,
	.mq_finish	= remake_mq_finish,
	.mq_unmake	= remake_mq_unmake,
	.caller		= set_caller,
	.sysv_set	= set_sysv,
	.sem_set	= set_sem_value,
	.shm_lock	= set_shm_lock,
	.file_set	= set_file,
	.psem_set	= set_psem,
	.mq_set		= set_mq,
	.mq_look	= set_mq_look,
	.hold_begin	= hold_begin,
	.hold_run	= hold_run,
};
