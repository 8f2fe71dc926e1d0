// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that are written where other users may have put something: see outfile.h. */
#include "ipcscope/text.h"
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MOST_LINKS	40
#define PROC_MAGIC	0x9fa0	/* linux/magic.h */

struct walk {
	struct outfile_place *place;
	char rest[2 * PATH_MAX];
	size_t strict;		/* when this little is left, no link is followed */
	bool make;		/* missing directories are made, the last is entered too */
	unsigned int links;
	uid_t root;
	struct stat dir;	/* of place->dir */
};

static bool outfile_is_trusted(const struct walk *walk, const struct stat *st)
{
	return st->st_uid == geteuid() || !st->st_uid || st->st_uid == walk->root;
}

/* Others can put names there, or exchange them. */
static bool outfile_is_shared(const struct walk *walk)
{
	return walk->dir.st_mode & (S_IWOTH | S_ISVTX) || !outfile_is_trusted(walk, &walk->dir);
}

/* Takes the new directory, or its error. */
static int outfile_enter(struct walk *walk, int dir)
{
	if (dir < 0)
		return -errno;
	close(walk->place->dir);
	walk->place->dir = dir;
	if (fstat(dir, &walk->dir))
		return -errno;
	/* In a directory that all may write to, a sticky one, what is ours stays ours. */
	if (!outfile_is_trusted(walk, &walk->dir) ||
	    (walk->dir.st_mode & S_IWOTH && !(walk->dir.st_mode & S_ISVTX)))
		walk->place->safe = false;
	return 0;
}

/* Of procfs: its links lead where their text does not say. The last may be a descriptor of ours,
 * which cannot be opened again if it is a pipe. */
static int outfile_follow_proc(struct walk *walk)
{
	struct outfile_place *place = walk->place;
	struct stat there, here;
	char *end;
	long fd;

	if (*walk->rest)
		return outfile_enter(walk, openat(place->dir, place->name,
						  O_PATH | O_DIRECTORY | O_CLOEXEC));
	fd = strtol(place->name, &end, 10);
	if (*end || fd < 0 || fd > INT_MAX || fstat((int)fd, &here) ||
	    fstatat(place->dir, place->name, &there, 0) ||
	    here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return -ELOOP;
	place->own = fcntl((int)fd, F_DUPFD_CLOEXEC, 0);
	return place->own < 0 ? -errno : 0;
}

static int outfile_follow(struct walk *walk, const struct stat *link)
{
	struct outfile_place *place = walk->place;
	char text[PATH_MAX];
	size_t left = strlen(walk->rest);
	struct statfs fs;
	ssize_t len;

	if (++walk->links > MOST_LINKS || left < walk->strict ||
	    !outfile_is_trusted(walk, link) || outfile_is_shared(walk))
		return -ELOOP;
	if (!fstatfs(place->dir, &fs) && fs.f_type == PROC_MAGIC)
		return outfile_follow_proc(walk);
	len = readlinkat(place->dir, place->name, text, sizeof(text) - 2);
	if (len < 0)
		return -errno;
	if (left)
		text[len++] = '/';
	if (len + left >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	memmove(walk->rest + len, walk->rest, left + 1);
	memcpy(walk->rest, text, (size_t)len);
	return *text == '/' ? outfile_enter(walk, open("/", O_PATH | O_CLOEXEC)) : 0;
}

/* Takes the next name off the path; false: there is none. */
static bool outfile_next(struct walk *walk, int *err)
{
	const char *at = walk->rest + strspn(walk->rest, "/");
	size_t len = strcspn(at, "/");

	*err = len >= sizeof(walk->place->name) ? -ENAMETOOLONG : 0;
	if (!len || *err)
		return false;
	memcpy(walk->place->name, at, len);
	walk->place->name[len] = '\0';
	at += len;
	/* "name/" is a directory. */
	if (at[strspn(at, "/")])
		at += strspn(at, "/");
	memmove(walk->rest, at, strlen(at) + 1);
	return true;
}

static int outfile_walk_on(struct walk *walk)
{
	struct outfile_place *place = walk->place;
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	struct stat st;
	int err;

	while (outfile_next(walk, &err)) {
		const bool last = !*walk->rest, dots = !strcmp(place->name, "..");
		const bool enter = !last || walk->make;

		if (last && !walk->make && (dots || !strcmp(place->name, ".")))
			return -EISDIR;
		if (enter && walk->make && !dots &&
		    mkdirat(place->dir, place->name, last ? 0700 : 0755) && errno != EEXIST)
			err = -errno;
		if (fstatat(place->dir, place->name, &st, AT_SYMLINK_NOFOLLOW))
			return errno == ENOENT && !enter ? 0 : err ?: -errno;
		/* A directory that may not be made may be there for all that. */
		err = S_ISLNK(st.st_mode) ? outfile_follow(walk, &st) :
		      !enter ? S_ISDIR(st.st_mode) ? -EISDIR : 0 :
		      outfile_enter(walk, openat(place->dir, place->name, flags));
		if (err || (last && !S_ISLNK(st.st_mode)) || place->own >= 0)
			return err;
	}
	return err ?: walk->make ? 0 : -EISDIR;
}

static void outfile_release(struct outfile_place *place)
{
	if (place->dir >= 0)
		close(place->dir);
	if (place->own >= 0)
		close(place->own);
	place->dir = place->own = -1;
}

static int outfile_walk(struct walk *walk, const char *path, struct outfile_place *place)
{
	char here[PATH_MAX] = "";
	struct stat st;
	int ret;

	*place = (struct outfile_place){ .dir = -1, .own = -1, .safe = true };
	walk->place = place;
	if (!*path)
		return -ENOENT;
	if (*path != '/' && !getcwd(here, sizeof(here)))
		return -errno;
	if ((size_t)snprintf(walk->rest, sizeof(walk->rest), "%s/%s", here, path) >=
	    sizeof(walk->rest))
		return -ENAMETOOLONG;
	/* In a user namespace root's directories are nobody's. */
	walk->root = stat("/", &st) ? 0 : st.st_uid;
	ret = outfile_enter(walk, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
	if (!ret)
		ret = outfile_walk_on(walk);
	if (ret)
		outfile_release(place);
	return ret;
}

int outfile_make_dir(const char *path, size_t base)
{
	struct walk walk = {
		.make = true, .strict = strlen(path + base + strspn(path + base, "/")),
	};
	struct outfile_place place;
	int ret = outfile_walk(&walk, path, &place);

	if (!ret && (!place.safe || walk.dir.st_mode & 0022))
		ret = -EPERM;
	outfile_release(&place);
	return ret;
}

/* Opens what has that name, and is no directory, to write to it. */
static int outfile_open_there(const struct walk *walk, mode_t type, int flags)
{
	const struct outfile_place *place = walk->place;
	int fd = openat(place->dir, place->name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
			O_CLOEXEC), err = 0;
	struct stat st;

	/* -EPERM means what is said below. */
	if (fd < 0)
		return errno == EPERM ? -EACCES : -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if ((st.st_mode & S_IFMT) != type)
		err = -ESTALE;
	else if (S_ISREG(type) && st.st_nlink != 1)
		err = -EMLINK;
	else if ((S_ISREG(type) || S_ISFIFO(type)) && !outfile_is_trusted(walk, &st) &&
		 outfile_is_shared(walk))
		err = -EPERM;
	/* Only the open must not wait. */
	if (!err && fcntl(fd, F_SETFL, flags & O_APPEND))
		err = -errno;
	if (err)
		close(fd);
	return err ?: fd;
}

int outfile_append(const char *path, bool *ours)
{
	struct outfile_place place;
	struct walk walk = {};
	struct stat st;
	int fd = outfile_walk(&walk, path, &place);

	*ours = false;
	if (fd)
		return fd;
	if (place.own >= 0) {
		close(place.dir);
		return place.own;
	}
	fd = openat(place.dir, place.name, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW |
		    O_CLOEXEC, 0600);
	if (fd < 0 && ((errno != EEXIST && errno != EISDIR) ||
		       fstatat(place.dir, place.name, &st, AT_SYMLINK_NOFOLLOW)))
		fd = -errno;
	else if (fd < 0)
		fd = outfile_open_there(&walk, st.st_mode & S_IFMT, O_APPEND |
					(S_ISREG(st.st_mode) ? O_RDWR : O_WRONLY));
	if (fd >= 0)
		*ours = place.safe && !(walk.dir.st_mode & 0022) && !fstat(fd, &st) &&
			S_ISREG(st.st_mode) && outfile_is_trusted(&walk, &st) &&
			!(st.st_mode & 0022);
	outfile_release(&place);
	return fd;
}

/* A file without a name if the file system has such, so that nothing of it stays after a signal;
 * else under a name of its own. */
static int outfile_create(struct outfile *out)
{
	const int dir = out->place.dir;
	uint64_t random = (uint64_t)getpid();
	int fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	(void)!getrandom(&random, sizeof(random), 0);
	snprintf(out->temporary, sizeof(out->temporary), ".ipcscope-%016llx",
		 (unsigned long long)random);
	out->replaces = true;
	out->named = fd < 0;
	if (fd < 0)
		fd = openat(dir, out->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
			    O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

int outfile_open(struct outfile *out, const char *path)
{
	struct walk walk = {};
	struct stat st;
	int ret, fd;

	*out = (struct outfile){};
	ret = outfile_walk(&walk, path, &out->place);
	if (ret)
		return ret;
	if (out->place.own >= 0) {
		fd = out->place.own;
		out->place.own = -1;
	} else if (fstatat(out->place.dir, out->place.name, &st, AT_SYMLINK_NOFOLLOW) ||
		   S_ISREG(st.st_mode)) {
		fd = outfile_create(out);
	} else {
		fd = outfile_open_there(&walk, st.st_mode & S_IFMT, O_WRONLY);
	}
	if (fd < 0) {
		outfile_release(&out->place);
		return fd;
	}
	out->to = fdopen(fd, "w");
	return out->to ? 0 : outfile_close(out, -errno);
}

/* Synced, too: some file systems cannot, and a directory may be written to but not read. */
static int outfile_name(struct outfile *out)
{
	const struct outfile_place *place = &out->place;
	const int file = fileno(out->to);
	char self[32];
	int err = 0, fd;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", file);
	if (fsync(file))
		err = -errno;
	if (!err && !out->named) {
		if (linkat(AT_FDCWD, self, place->dir, out->temporary, AT_SYMLINK_FOLLOW) &&
		    linkat(file, "", place->dir, out->temporary, AT_EMPTY_PATH))
			return -errno;
		out->named = true;
	}
	if (!err && renameat(place->dir, out->temporary, place->dir, place->name))
		err = -errno;
	if (err)
		return err;
	out->named = false;
	fd = openat(place->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && fsync(fd) && errno != EINVAL && errno != EROFS)
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

int outfile_close(struct outfile *out, int err)
{
	if (!err && fflush(out->to))
		err = -errno;
	if (!err && out->replaces)
		err = outfile_name(out);
	if (out->named)
		unlinkat(out->place.dir, out->temporary, 0);
	if (out->to && fclose(out->to) && !err)
		err = -errno;
	outfile_release(&out->place);
	return err;
}

const char *outfile_error(int err)
{
	switch (err) {
	case -ELOOP:
		return "a symbolic link on the way to it is another user's, or stands where others could have put it";
	case -EMLINK:
		return "the file has another name, too (a hard link)";
	case -ENXIO:
		return "nobody reads from it";
	case -EPERM:
		return "others may write to it, or to a directory above it";
	default:
		return text_error(err);
	}
}
