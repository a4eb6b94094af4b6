/* manager.c — a service manager of one service: its socket, its watch, its word; driven by lines.
 * SPDX-License-Identifier: Apache-2.0
 *
 * manager NOTIFY_SOCKET WATCHDOG_USEC PROGRAM [ARGUMENT…]
 * reads:  start | term | hup | kill            tells:  listening PORT | started PID | notify WORD…
 *         freeze TID: one thread of it alone, by ptrace     | frozen | not frozen
 * The listening socket is made once and passed on with LISTEN_FDS to each start.   | ended CODE */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child, frozen; /* frozen: one thread of the child, 0: none */

static int
fail(const char *what)
{
	perror(what);
	exit(1);
}

static int
listen_on_loopback(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 || listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		fail("listen");
	printf("listening %d\n", ntohs(at.sin_port));
	return fd;
}

static int
hear_on(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(at.sun_path))
		fail("notify");
	strcpy(at.sun_path, path);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		fail("notify");
	return fd;
}

static void
begin(int listening, char **argv)
{
	char pid[16];

	child = fork();
	if (child < 0)
		fail("fork");
	if (child > 0) {
		printf("started %d\n", (int)child);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (listening == 3 ? fcntl(3, F_SETFD, 0) != 0 : dup2(listening, 3) != 3)
		_exit(126);
	setenv("NOTIFY_SOCKET", argv[1], 1);
	setenv("WATCHDOG_USEC", argv[2], 1);
	setenv("WATCHDOG_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 1);
	execv(argv[3], argv + 3);
	_exit(127);
}

/* One line for each line of a message. */
static void
tell_message(int fd)
{
	char text[2048], *rest = text, *line;
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (n <= 0)
		return;
	text[n] = 0;
	while ((line = strsep(&rest, "\n")) != NULL)
		printf("notify %s\n", line);
}

/* Whoever is stopped by ptrace is as stuck as can be; the others of its process go on. */
static void
freeze(pid_t thread)
{
	int status;
	bool done = ptrace(PTRACE_SEIZE, thread, 0, 0) == 0 &&
		    ptrace(PTRACE_INTERRUPT, thread, 0, 0) == 0 &&
		    waitpid(thread, &status, __WALL) == thread;

	frozen = done ? thread : 0;
	printf(done ? "frozen\n" : "not frozen\n");
}

static void
tell_end(void)
{
	int status;

	/* A traced thread's end is for its tracer to see first. */
	if (frozen != 0 && waitpid(frozen, &status, WNOHANG | __WALL) == frozen)
		frozen = 0;
	if (child == 0 || waitpid(child, &status, WNOHANG) != child)
		return;
	printf("ended %d\n", WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
	child = 0;
}

static void
obey(const char *line, int listening, char **argv)
{
	if (strcmp(line, "start\n") == 0 && child == 0)
		begin(listening, argv);
	else if (strcmp(line, "term\n") == 0 && child != 0)
		kill(child, SIGTERM);
	else if (strcmp(line, "hup\n") == 0 && child != 0)
		kill(child, SIGHUP);
	else if (strcmp(line, "kill\n") == 0 && child != 0)
		kill(child, SIGKILL);
	else if (strncmp(line, "freeze ", 7) == 0)
		freeze((pid_t)atoi(line + 7));
}

int
main(int argc, char **argv)
{
	struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.events = POLLIN}};
	int listening;
	char line[64];

	if (argc < 4)
		return 2;
	setvbuf(stdin, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	listening = listen_on_loopback();
	fds[1].fd = hear_on(argv[1]);
	for (;;) {
		if (poll(fds, 2, 20) < 0 && errno != EINTR)
			return 1;
		if (fds[1].revents & POLLIN)
			tell_message(fds[1].fd);
		tell_end();
		if (fds[0].revents & (POLLIN | POLLHUP)) {
			if (fgets(line, sizeof(line), stdin) == NULL)
				break;
			obey(line, listening, argv);
		}
	}
	if (child != 0)
		kill(child, SIGKILL);
	return 0;
}
