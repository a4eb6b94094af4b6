/* test_confine.c — what a confined process may still do, what it is denied, and what kills it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "file.h"
#include "unit.h"

static char folder[64];

/* What a child ended with: its own word, or the signal that killed it, or "nothing of the kind". */
enum { DONE = 0, WAS_DENIED = 10, NO_SUCH_KERNEL = 20, ODD = 30, KILLED = 100 };

static int
denied_by(int got)
{
	return got == EPERM || got == EACCES ? WAS_DENIED : ODD;
}

static int
own_file(void)
{
	struct fault f = {0};
	char path[128], *data;
	size_t n;

	snprintf(path, sizeof(path), "%s/state", folder);
	if (!file_write(path, "one", 3, 0600, &f) || !file_write(path, "two", 3, 0600, &f) ||
	    !file_read(path, 16, &data, &n, &f))
		return ODD;
	free(data);
	return n == 3 ? DONE : ODD;
}

static int
foreign_file(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 ? DONE : denied_by(errno);
}

static int
foreign_folder(void)
{
	return open("/tmp/assay-confine-not-mine", O_WRONLY | O_CREAT, 0600) >= 0
		   ? DONE
		   : denied_by(errno);
}

static int
code_in_memory(void)
{
	void *p = mmap(
	    NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? DONE : denied_by(errno);
}

static int
data_in_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
		       MAP_FAILED
		   ? DONE
		   : ODD;
}

/* A call that stands in no table. */
static int
unknown_call(void)
{
	return chroot(folder) == 0 ? DONE : denied_by(errno);
}

static int
signal_to_parent(void)
{
	return kill(getppid(), 0) == 0 ? DONE : denied_by(errno);
}

static int
program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return denied_by(errno);
}

static int
process(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0 ? DONE : denied_by(errno);
}

static int
network(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? DONE : denied_by(errno);
}

static int
try_in_child(int (*what)(void), bool needs_landlock)
{
	struct confined got;
	struct fault f = {0};
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		if (!confine(folder, &got, &f))
			_exit(ODD);
		if (needs_landlock ? got.landlock_abi == 0 : !got.system_calls)
			_exit(NO_SUCH_KERNEL);
		_exit(what());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? KILLED + WTERMSIG(status) : WEXITSTATUS(status);
}

/* A kernel without the means says so, and the test too. */
static void
expect(int (*what)(void), bool needs_landlock, int outcome)
{
	int got = try_in_child(what, needs_landlock);

	if (got == NO_SUCH_KERNEL) {
		print_message("this kernel has no %s\n", needs_landlock ? "Landlock" : "seccomp");
		skip();
	}
	assert_int_equal(got, outcome);
}

static void
test_needed(void **state)
{
	(void)state;
	expect(own_file, false, DONE);
	expect(data_in_memory, false, DONE);
}

static void
test_denied(void **state)
{
	(void)state;
	expect(code_in_memory, false, WAS_DENIED);
	expect(unknown_call, false, WAS_DENIED);
	expect(signal_to_parent, false, WAS_DENIED);
}

static void
test_files_denied(void **state)
{
	(void)state;
	expect(foreign_file, true, WAS_DENIED);
	expect(foreign_folder, true, WAS_DENIED);
}

static void
test_killed(void **state)
{
	(void)state;
	expect(program, false, KILLED + SIGSYS);
	expect(process, false, KILLED + SIGSYS);
	expect(network, false, KILLED + SIGSYS);
}

static void
test_no_folder(void **state)
{
	struct confined got;
	struct fault f = {0};

	(void)state;
	assert_false(confine("/nonexistent/folder", &got, &f));
	assert_int_equal(f.code, FAULT_FILE);
	assert_string_equal(f.path, "/nonexistent/folder");
}

static int
make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/assay-confine-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/state", folder);
	unlink(path);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_needed),
	    cmocka_unit_test(test_denied),
	    cmocka_unit_test(test_files_denied),
	    cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_no_folder),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
