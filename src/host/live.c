// SPDX-License-Identifier: GPL-2.0-or-later
#include "live.h"

static const struct host_ops live_ops = {
	.open_dir	= live_open_dir,
	.close_dir	= live_close_dir,
	.read_dir	= live_read_dir,
	.read_file	= live_read_file,
	.read_link	= live_read_link,
	.stat		= live_stat,
	.fs_magic	= live_fs_magic,
	.fs_space	= live_fs_space,
	.peek		= live_peek,
	.open_maps	= live_open_maps,
	.next_vma	= live_next_vma,
	.find_vma	= live_find_vma,
	.close_maps	= live_close_maps,
	.read_memory	= live_read_memory,
	.sysv_max	= live_sysv_max,
	.sysv_stat	= live_sysv_stat,
	.sem_values	= live_sem_values,
	.sem_detail	= live_sem_detail,
	.open_mqueues	= live_open_mqueues,
	.mq_attr	= live_mq_attr,
	.open_diag	= live_open_diag,
	.dump		= live_dump,
	.close_diag	= live_close_diag,
	.sock_protocol	= live_sock_protocol,
	.pipe_fill	= live_pipe_fill,
	.connect_test	= live_connect_test,
	.id_name	= live_id_name,
	.name_id	= live_name_id,
	.memory_devs	= live_memory_devs,
	.process	= live_process,
	.now		= live_now,
	.identity	= live_identity,
};

const struct host live_host = { .ops = &live_ops };
