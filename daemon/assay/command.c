/* command.c — the output of another program: no shell, bounded in size and time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_BYTES 4096
#define LOOK_EVERY_MS 250
#define COMMAND_NOT_FOUND 127 /* as shells say it */

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
child(const char *const argv[], int to)
{
	int nothing = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0 ||
	    dup2(nothing, STDERR_FILENO) < 0)
		_exit(COMMAND_NOT_FOUND);
	setenv("LC_ALL", "C", 1);
	execvp(argv[0], (char *const *)argv);
	_exit(COMMAND_NOT_FOUND);
}

/* Read until the end; false at the end of the time, and when it is too much. */
static bool
drain(int from, size_t max_bytes, int64_t until_ms, struct text *out)
{
	size_t before = out->n;

	for (;;) {
		struct pollfd p = {.fd = from, .events = POLLIN};
		int64_t left_ms = until_ms - clock_ms();
		char chunk[CHUNK_BYTES];
		ssize_t got;

		if (left_ms <= 0)
			return false;
		if (poll(&p, 1, (int)left_ms) <= 0)
			continue;
		got = read(from, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		if (out->n - before + (size_t)got > max_bytes)
			return false;
		text_add(out, chunk, (size_t)got);
	}
}

/* Wait for the end of a program that may have closed its output and stayed. */
static bool
reap(pid_t pid, int64_t until_ms, int *status)
{
	const struct timespec nap = {.tv_nsec = 5000000};

	while (waitpid(pid, status, WNOHANG) == 0) {
		if (clock_ms() >= until_ms)
			return false;
		nanosleep(&nap, NULL);
	}
	return true;
}

bool
command_output(const char *const argv[], size_t max_bytes, int64_t timeout_ms, struct text *out)
{
	int64_t until_ms = clock_ms() + timeout_ms;
	int ends[2], status = -1;
	bool ended;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	pid = fork();
	if (pid == 0)
		child(argv, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	setpgid(pid, pid); /* whoever comes first, so that the kill below finds the group */
	ended = drain(ends[0], max_bytes, until_ms, out) && reap(pid, until_ms, &status);
	close(ends[0]);
	if (!ended) {
		kill(-pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0 && !out->failed;
}

bool
command_found(const char *program)
{
	const char *path = getenv("PATH");
	bool found = false;

	if (strchr(program, '/') != NULL || path == NULL)
		return access(program, X_OK) == 0;
	while (!found && *path != 0) {
		size_t n = strcspn(path, ":");
		struct text full = {0};

		text_addf(&full, "%.*s/%s", (int)n, path, program);
		found = full.data != NULL && access(full.data, X_OK) == 0;
		text_clear(&full);
		path += n + (path[n] == ':');
	}
	return found;
}

/* Both outcomes and the interruption come as signals that are taken one by one: none is missed
 * between a look and a wait. */
static enum command_end
wait_end(pid_t pid, const sigset_t *awaited, const struct command_watch *watch, int *status)
{
	const struct timespec look_after = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
	enum command_end end = COMMAND_ENDED;
	int raw = 0;

	while (waitpid(pid, &raw, WNOHANG) == 0) {
		int signal_n = watch != NULL ? sigtimedwait(awaited, NULL, &look_after)
					     : sigwaitinfo(awaited, NULL);

		if (signal_n == SIGINT || signal_n == SIGTERM) {
			end = COMMAND_INTERRUPTED;
			kill(pid, SIGKILL);
		} else if (watch != NULL) {
			watch->look(watch->arg);
		}
	}
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
	return end;
}

enum command_end
command_run(
    const char *const argv[], int to, int err_to, const struct command_watch *watch, int *status)
{
	enum command_end end = COMMAND_NOT_STARTED;
	sigset_t awaited, before;
	pid_t pid;

	sigemptyset(&awaited);
	sigaddset(&awaited, SIGINT);
	sigaddset(&awaited, SIGTERM);
	sigaddset(&awaited, SIGCHLD);
	sigprocmask(SIG_BLOCK, &awaited, &before);
	pid = fork();
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		if (dup2(to, STDOUT_FILENO) >= 0 && dup2(err_to, STDERR_FILENO) >= 0)
			execvp(argv[0], (char *const *)argv);
		_exit(COMMAND_NOT_FOUND);
	}
	if (pid > 0)
		end = wait_end(pid, &awaited, watch, status);
	if (pid > 0 && *status == COMMAND_NOT_FOUND)
		end = COMMAND_NOT_STARTED;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return end;
}
