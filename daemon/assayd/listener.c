/* listener.c — one listening socket; accepted descriptors go round the workers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "listener.h"

#include <errno.h>
#include <event2/event.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "log.h"
#include "metrics.h"
#include "request.h"
#include "server.h"
#include "worker.h"

#define PAUSE_MS 100
#define COMPLAINT_PAUSE_MS 1000

/* The main loop's other events get their turn after so many. */
#define ACCEPTS_MAX_N 64

struct listener {
	struct server *server;
	struct worker *workers;
	int workers_n, next;
	int fd;
	struct event *readable, *resume;
	struct text full;        /* the whole answer to one connection too many */
	int64_t refused_n;       /* since the last complaint about it */
	int64_t full_told_at_ms; /* monotonic, as is the next */
	int64_t pause_told_at_ms;
};

/* ---- binding ---- */

/* getaddrinfo() would take 65616 for 80. */
static bool
is_port(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n <= 5 && s[n] == 0 && atoi(s) <= 65535;
}

/* Cut "ADDRESS:PORT" or "[IPV6]:PORT" in two. */
static bool
split(const char *listen_on, char *host, size_t room, const char **port)
{
	const char *colon = strrchr(listen_on, ':');
	size_t n;

	if (colon == NULL || !is_port(colon + 1))
		return false;
	*port = colon + 1;
	n = (size_t)(colon - listen_on);
	if (n >= 2 && listen_on[0] == '[' && listen_on[n - 1] == ']') {
		listen_on++;
		n -= 2;
	} else if (memchr(listen_on, ':', n) != NULL) {
		return false;
	}
	if (n == 0 || n >= room)
		return false;
	memcpy(host, listen_on, n);
	host[n] = 0;
	return true;
}

/* Returns the descriptor, or -1 with errno. */
static int
open_socket(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1,
	    error;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
listener_bind(const char *listen, char where[80], struct fault *f)
{
	static const char expected[] = "a free ADDRESS:PORT or [IPV6]:PORT of this machine";
	const struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	const char *port;
	char host[256];
	int error, fd;

	if (!split(listen, host, sizeof(host), &port)) {
		fault_set(f, FAULT_OPTION, "listen", expected, "\"%s\"", listen);
		return -1;
	}
	error = getaddrinfo(host, port, &hints, &found);
	if (error != 0) {
		fault_set(
		    f, FAULT_OPTION, "listen", expected, "\"%s\": %s", listen, gai_strerror(error));
		return -1;
	}
	fd = open_socket(found);
	if (fd < 0)
		fault_set(
		    f, FAULT_OPTION, "listen", expected, "\"%s\": %s", listen, strerror(errno));
	else
		address_print_local(fd, where, 80);
	freeaddrinfo(found);
	return fd;
}

void
listener_where(int fd, char where[80])
{
	address_print_local(fd, where, 80);
}

/* ---- accepting ---- */

/* A condition that lasts is told once a second. */
static bool
is_due(int64_t *told_at_ms)
{
	struct timespec now;
	int64_t now_ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (*told_at_ms != 0 && now_ms - *told_at_ms < COMPLAINT_PAUSE_MS)
		return false;
	*told_at_ms = now_ms;
	return true;
}

/* What the client has sent is read first, once: closing over unread bytes would send a reset, which
 * may overtake the answer. */
static void
refuse(struct listener *l, int fd)
{
	char unread[4096];

	(void)!send(fd, l->full.data, l->full.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(fd, SHUT_WR);
	(void)!recv(fd, unread, sizeof(unread), MSG_DONTWAIT);
	close(fd);
	l->refused_n++;
	metric_add(l->server->metrics, METRIC_CONNECTIONS_FULL, 0, 1);
	if (!is_due(&l->full_told_at_ms))
		return;
	log_event(LOG_LEVEL_WARN, "connections_full", "connections_max_n=%lld refused=%lld",
	    (long long)l->server->options->connections_max_n, (long long)l->refused_n);
	l->refused_n = 0;
}

static void
take(struct listener *l, int fd)
{
	int on = 1;

	if (atomic_fetch_add(&l->server->connections_n, 1) >=
	    l->server->options->connections_max_n) {
		atomic_fetch_sub(&l->server->connections_n, 1);
		refuse(l, fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	worker_give(&l->workers[l->next], fd);
	l->next = (l->next + 1) % l->workers_n;
}

/* The queue stays readable while we can take nothing from it: without a pause the loop would spin.
 */
static void
pause_accepting(struct listener *l, int error)
{
	struct timeval t = {.tv_usec = PAUSE_MS * 1000};

	metric_add(l->server->metrics, METRIC_ACCEPT_PAUSES, 0, 1);
	event_del(l->readable);
	evtimer_add(l->resume, &t);
	if (is_due(&l->pause_told_at_ms))
		log_event(
		    LOG_LEVEL_ERROR, "accept_paused", "errno=%d pause_ms=%d", error, PAUSE_MS);
}

static void
on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)fd;
	(void)what;
	event_add(l->readable, NULL);
}

static void
on_readable(evutil_socket_t listening, short what, void *arg)
{
	struct listener *l = arg;

	(void)what;
	for (int i = 0; i < ACCEPTS_MAX_N; i++) {
		int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			take(l, fd);
			continue;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			pause_accepting(l, errno);
			return;
		}
		/* Anything else was the end of that one connection: the next may be well. */
	}
}

/* ---- beginning and end ---- */

static void
print_full(struct text *out)
{
	struct text body = {0};
	struct fault f = {0};

	fault_set(&f, FAULT_TOO_MANY_CONNECTIONS, NULL, NULL, "%s", "");
	problem_print(&f, NULL, 0, &body);
	text_addf(out,
	    "HTTP/1.1 503 %s\r\nContent-Type: application/problem+json\r\nContent-Length: %zu\r\n"
	    "Cache-Control: no-store\r\nRetry-After: 5\r\nX-Content-Type-Options: nosniff\r\n"
	    "Connection: close\r\n\r\n",
	    http_reason(503), body.n);
	text_add(out, body.data, body.n);
	out->failed |= body.failed;
	text_clear(&body);
}

struct listener *
listener_new(
    struct event_base *base, int fd, struct server *server, struct worker *workers, int workers_n)
{
	struct listener *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		close(fd);
		return NULL;
	}
	l->server = server;
	l->workers = workers;
	l->workers_n = workers_n;
	l->fd = fd;
	l->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, l);
	l->resume = evtimer_new(base, on_resume, l);
	print_full(&l->full);
	if (l->readable == NULL || l->resume == NULL || l->full.failed ||
	    event_add(l->readable, NULL) != 0) {
		listener_free(l);
		return NULL;
	}
	return l;
}

void
listener_free(struct listener *l)
{
	if (l == NULL)
		return;
	if (l->readable != NULL)
		event_free(l->readable);
	if (l->resume != NULL)
		event_free(l->resume);
	text_clear(&l->full);
	close(l->fd);
	free(l);
}
