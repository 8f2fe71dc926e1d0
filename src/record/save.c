// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipcscope/record.h"

/* Everything, out of our hands; takes @file, NULL if errno says why. */
static int save_write(FILE *file, const struct snapshot *snap, bool sync)
{
	struct buf to = { .to = file };
	int err;

	if (!file)
		return -errno;
	record_write(&to, snap);
	err = buf_flush(&to);
	buf_free(&to);
	if (!err && sync && fsync(fileno(file)))
		err = -errno;
	if (fclose(file) && !err)
		err = -errno;
	return err;
}

/* The new name must be on the disk too; some file systems cannot. */
static int save_sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct buf name = {};
	int err = 0, fd;

	if (slash)
		buf_add(&name, path, (size_t)(slash - path) + 1);
	else
		buf_puts(&name, ".");
	fd = open(name.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buf_free(&name);
	if (fd < 0)
		return 0;	/* may be written to but not read */
	if (fsync(fd) && errno != EINVAL && errno != EROFS)
		err = -errno;
	close(fd);
	return err;
}

static int save_beside(const char *path, const struct snapshot *snap)
{
	struct buf name = {};
	int fd, err;

	buf_puts(&name, path);
	buf_puts(&name, ".XXXXXX");
	fd = mkostemp(name.data, O_CLOEXEC);	/* mode 0600 */
	err = fd < 0 ? -errno : save_write(fdopen(fd, "w"), snap, true);
	if (!err && rename(name.data, path))
		err = -errno;
	if (err && fd >= 0)
		unlink(name.data);
	buf_free(&name);
	return err ?: save_sync_directory(path);
}

int record_save(const char *path, const struct snapshot *snap)
{
	char *real = realpath(path, NULL);
	struct stat st;
	int err;

	/* A device or pipe is written to; of a link, what it leads to is replaced. */
	if (real && !stat(real, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		err = save_write(fopen(real, "we"), snap, false);
	else
		err = save_beside(real ?: path, snap);
	free(real);
	return err;
}
