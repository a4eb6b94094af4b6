/* faulty_files.c — preloaded into assayd: the n-th change of a file below one folder fails.
 * SPDX-License-Identifier: Apache-2.0
 *
 * ASSAY_FAULTY_FOLDER names the folder, ASSAY_FAULTY_CONTROL a file with a struct control in it,
 * through which the test says what is to fail while the daemon runs. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum mode { MODE_OFF, MODE_NTH, MODE_ALL };

/* What happens to the call that is struck, beside plain error numbers. */
enum { STRIKE_TORN = -1, STRIKE_KILLED = -2 };

/* Four native 32-bit integers; struck_n is the daemon's, the others the test's. */
struct control {
	_Atomic int mode;
	_Atomic int left; /* calls until one is struck, for MODE_NTH */
	_Atomic int what; /* an errno or a STRIKE_ */
	_Atomic int struck_n;
};

static struct control off, *control = &off;
static const char *folder = "";

int mkostemp(char *template, int flags);
int fsync(int fd);
int rename(const char *from, const char *to);
ssize_t write(int fd, const void *data, size_t n);

__attribute__((constructor)) static void
start(void)
{
	const char *path = getenv("ASSAY_FAULTY_CONTROL");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map;

	if (fd < 0)
		return;
	map = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return;
	folder = getenv("ASSAY_FAULTY_FOLDER");
	control = map;
}

static bool
is_struck(const char *path)
{
	if (control->mode == MODE_OFF || strncmp(path, folder, strlen(folder)) != 0)
		return false;
	if (control->mode == MODE_NTH && atomic_fetch_sub(&control->left, 1) != 1)
		return false;
	control->struck_n++;
	if (control->what == STRIKE_KILLED)
		raise(SIGKILL);
	return true;
}

static bool
is_fd_struck(int fd)
{
	char link[40], path[4096];
	ssize_t n;

	if (control->mode == MODE_OFF)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = 0;
	return is_struck(path);
}

static int
failure(void)
{
	errno = control->what > 0 ? control->what : ENOSPC;
	return -1;
}

ssize_t
write(int fd, const void *data, size_t n)
{
	if (!is_fd_struck(fd))
		return syscall(SYS_write, fd, data, n);
	if (control->what != STRIKE_TORN || n < 2)
		return failure();
	/* Half of it is written, the rest does not fit. */
	control->left = 1;
	return syscall(SYS_write, fd, data, n / 2);
}

int
fsync(int fd)
{
	return is_fd_struck(fd) ? failure() : (int)syscall(SYS_fsync, fd);
}

int
rename(const char *from, const char *to)
{
	return is_struck(to) ? failure() : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int
mkostemp(char *template, int flags)
{
	return is_struck(template) ? failure() : mkostemps(template, 0, flags);
}
