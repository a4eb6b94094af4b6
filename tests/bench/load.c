/* load.c — a load generator: N prepared bodies, M connections, one request in flight on each.
 * SPDX-License-Identifier: Apache-2.0
 *
 * load HOST PORT FILE M   sends every line of FILE as one POST /v1/statements, prints one JSON line
 * load --verify FILE      times libsodium's verification of the same envelopes' signed bytes
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "envelope.h"
#include "file.h"

#define FILE_MAX_BYTES ((size_t)1 << 30)

struct line {
	const char *data;
	size_t n;
};

struct client {
	int fd;
	char request[ENVELOPE_MAX_BYTES + 512];
	size_t request_n, sent_n;
	char answer[8192];
	size_t answer_n;
	int64_t began_ns;
};

struct load {
	struct line *lines;
	size_t lines_n, next, done;
	size_t created, seen, refused;
	int64_t *latencies_ns;
};

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
read_lines(const char *path, struct load *l)
{
	struct fault f = {0};
	char *data, *at, *end;
	size_t n;

	if (!file_read(path, FILE_MAX_BYTES, &data, &n, &f)) {
		fprintf(stderr, "load: %s: %s\n", f.path, f.got);
		exit(1);
	}
	for (at = data; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		if (l->lines_n % 1024 == 0)
			l->lines = realloc(l->lines, (l->lines_n + 1024) * sizeof(*l->lines));
		if (l->lines == NULL)
			die("memory");
		l->lines[l->lines_n++] = (struct line){.data = at, .n = (size_t)(end - at)};
	}
	l->latencies_ns = calloc(l->lines_n + 1, sizeof(*l->latencies_ns));
}

/* ---- verification alone ---- */

static void
verify(struct load *l)
{
	int64_t spent = 0;
	size_t bytes = 0;

	for (size_t i = 0; i < l->lines_n; i++) {
		struct text pae = {0};
		struct envelope e;
		struct fault f = {0};
		int64_t before;

		if (!envelope_read(l->lines[i].data, l->lines[i].n, &e, &f)) {
			fprintf(stderr, "load: line %zu is no envelope\n", i + 1);
			exit(1);
		}
		envelope_pae(e.type, e.payload, e.payload_n, &pae);
		before = now_ns();
		if (crypto_sign_verify_detached(
			e.signature, (unsigned char *)pae.data, pae.n, e.keyid) != 0) {
			fprintf(stderr, "load: line %zu does not verify\n", i + 1);
			exit(1);
		}
		spent += now_ns() - before;
		bytes += l->lines[i].n;
		text_clear(&pae);
		envelope_clear(&e);
	}
	printf("{\"n\":%zu,\"verify_us\":%.2f,\"envelope_bytes\":%zu}\n", l->lines_n,
	    (double)spent / 1e3 / (double)l->lines_n, bytes / l->lines_n);
}

/* ---- load ---- */

static void
send_more(struct client *c)
{
	while (c->sent_n < c->request_n) {
		ssize_t n =
		    send(c->fd, c->request + c->sent_n, c->request_n - c->sent_n, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			die("send");
		c->sent_n += (size_t)n;
	}
}

static bool
begin(struct load *l, struct client *c)
{
	const struct line *line;

	if (l->next == l->lines_n)
		return false;
	line = &l->lines[l->next++];
	c->request_n = (size_t)snprintf(c->request, sizeof(c->request),
	    "POST /v1/statements HTTP/1.1\r\nHost: load\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n%.*s",
	    line->n, (int)line->n, line->data);
	c->sent_n = c->answer_n = 0;
	c->began_ns = now_ns();
	send_more(c);
	return true;
}

/* True once a whole answer has come. */
static bool
answer_is_whole(struct client *c)
{
	char *end, *length;

	c->answer[c->answer_n] = 0;
	end = strstr(c->answer, "\r\n\r\n");
	length = end ? strcasestr(c->answer, "content-length:") : NULL;
	return length != NULL &&
	       c->answer_n >= (size_t)(end + 4 - c->answer) + strtoul(length + 15, NULL, 10);
}

static void
count(struct load *l, const struct client *c)
{
	int status = atoi(c->answer + 9);

	l->latencies_ns[l->done++] = now_ns() - c->began_ns;
	if (status == 201)
		l->created++;
	else if (status == 200)
		l->seen++;
	else if (l->refused++ == 0)
		fprintf(stderr, "load: first refusal: %s\n", c->answer);
}

static void
receive(struct load *l, struct client *c)
{
	ssize_t n = recv(c->fd, c->answer + c->answer_n, sizeof(c->answer) - 1 - c->answer_n, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		die("the server closed a connection");
	c->answer_n += (size_t)n;
	if (!answer_is_whole(c))
		return;
	count(l, c);
	(void)!begin(l, c);
}

static int
open_client(const char *host, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (fd < 0 || inet_pton(AF_INET, host, &to.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
report(struct load *l, double seconds)
{
	qsort(l->latencies_ns, l->done, sizeof(*l->latencies_ns), by_size);
	printf("{\"created\":%zu,\"seen\":%zu,\"refused\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,"
	       "\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n",
	    l->created, l->seen, l->refused, seconds, (double)l->done / seconds,
	    (double)l->latencies_ns[l->done / 2] / 1e6,
	    (double)l->latencies_ns[l->done * 99 / 100] / 1e6);
}

static void
run(struct load *l, const char *host, int port, int in_flight)
{
	struct client *clients = calloc((size_t)in_flight, sizeof(*clients));
	struct epoll_event events[256];
	int64_t began;
	int ep = epoll_create1(0);

	if (clients == NULL || ep < 0)
		die("set-up");
	for (int i = 0; i < in_flight; i++) {
		struct epoll_event e = {.events = EPOLLIN, .data.ptr = &clients[i]};

		clients[i].fd = open_client(host, port);
		epoll_ctl(ep, EPOLL_CTL_ADD, clients[i].fd, &e);
	}
	began = now_ns();
	for (int i = 0; i < in_flight; i++)
		(void)!begin(l, &clients[i]);
	while (l->done < l->lines_n) {
		int n = epoll_wait(ep, events, 256, 60000);

		if (n <= 0)
			die("no answer in a minute");
		for (int i = 0; i < n; i++)
			receive(l, events[i].data.ptr);
	}
	report(l, (double)(now_ns() - began) / 1e9);
}

int
main(int argc, char **argv)
{
	struct load l = {0};

	if (sodium_init() < 0)
		return 1;
	if (argc == 3 && strcmp(argv[1], "--verify") == 0) {
		read_lines(argv[2], &l);
		verify(&l);
	} else if (argc == 5) {
		read_lines(argv[3], &l);
		run(&l, argv[1], atoi(argv[2]), atoi(argv[4]));
	} else {
		fprintf(stderr, "usage: load HOST PORT FILE IN_FLIGHT | load --verify FILE\n");
		return 2;
	}
	return 0;
}
