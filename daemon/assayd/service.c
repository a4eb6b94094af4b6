/* service.c — the service manager: what it passed on, and what it is told.
 * SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "encode.h"

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */

static bool
read_whole(const char *name, uint64_t *value, struct fault *f)
{
	const char *text = getenv(name);

	*value = 0;
	return text == NULL || whole_parse(text, strlen(text), value) ||
	       fault_set(f, FAULT_OPTION, name, "a whole number", "\"%s\"", text);
}

/* A variable that a parent of ours was meant to read is nothing to us. */
static bool
is_for_us(const char *pid_name)
{
	const char *text = getenv(pid_name);

	return text == NULL || strtol(text, NULL, 10) == (long)getpid();
}

/* A path, or a name that begins with @ in the abstract space. */
static bool
connect_to(const char *path, int fd)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t n = strlen(path);

	if (n < 2 || n >= sizeof(at.sun_path) || (path[0] != '/' && path[0] != '@'))
		return false;
	memcpy(at.sun_path, path, n);
	if (path[0] == '@')
		at.sun_path[0] = 0;
	return connect(fd, (struct sockaddr *)&at,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) == 0;
}

static bool
take_notify(struct service *s, struct fault *f)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path == NULL || *path == 0)
		return true;
	s->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return (s->notify_fd >= 0 && connect_to(path, s->notify_fd)) ||
	       fault_set(f, FAULT_OPTION, "NOTIFY_SOCKET",
		   "the path of a datagram socket, or @ and a name", "\"%s\"", path);
}

static bool
take_watchdog(struct service *s, struct fault *f)
{
	uint64_t us;

	if (!is_for_us("WATCHDOG_PID"))
		return true;
	if (!read_whole("WATCHDOG_USEC", &us, f))
		return false;
	s->watchdog_ms = (int64_t)(us / 1000);
	return true;
}

static bool
is_listening_tcp(int fd)
{
	int domain = 0, type = 0, listening = 0;
	socklen_t n = sizeof(int), m = sizeof(int), k = sizeof(int);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 &&
	       (domain == AF_INET || domain == AF_INET6) &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &m) == 0 && type == SOCK_STREAM &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &k) == 0 && listening;
}

static bool
take_socket(struct service *s, struct fault *f)
{
	uint64_t n;

	if (getenv("LISTEN_FDS") == NULL || !is_for_us("LISTEN_PID"))
		return true;
	if (!read_whole("LISTEN_FDS", &n, f))
		return false;
	if (n == 0)
		return true;
	if (n != 1)
		return fault_set(f, FAULT_OPTION, "LISTEN_FDS",
		    "1: one ListenStream in the socket unit", "%llu", (unsigned long long)n);
	if (!is_listening_tcp(FIRST_FD) || fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(FIRST_FD, F_SETFL, O_NONBLOCK) != 0)
		return fault_set(f, FAULT_OPTION, "LISTEN_FDS",
		    "a listening TCP socket as descriptor 3 (Accept=no)", "something else");
	s->listen_fd = FIRST_FD;
	return true;
}

bool
service_take(struct service *s, struct fault *f)
{
	static const char *const names[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
	    "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"};
	bool done;

	*s = (struct service){.notify_fd = -1, .listen_fd = -1};
	done = take_notify(s, f) && take_watchdog(s, f) && take_socket(s, f);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unsetenv(names[i]);
	return done;
}

void
service_tell(const struct service *s, const char *fmt, ...)
{
	char text[1024];
	va_list args;
	int n;

	if (s->notify_fd < 0)
		return;
	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (n >= (int)sizeof(text))
		n = (int)sizeof(text) - 1;
	/* A manager that does not read must not stop us. */
	(void)!send(s->notify_fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void
service_tell_reloading(const struct service *s)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	service_tell(s, "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=reading the settings again",
	    (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
}

void
service_close(struct service *s)
{
	if (s->notify_fd >= 0)
		close(s->notify_fd);
	s->notify_fd = -1;
}
