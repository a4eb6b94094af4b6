/* load.c — a load generator: N prepared bodies, M connections, one request in flight on each.
 * SPDX-License-Identifier: Apache-2.0
 *
 * load HOST PORT FILE M [B [RATE]]   sends the lines of FILE, each as one POST /v1/statements, or B
 *                                   of them as one batch, and prints one JSON line; latencies are a
 *                                   request's. With RATE so many lines a second and no more, and a
 *                                   latency begins when its request was due
 * load --verify FILE                times libsodium's verification of the same envelopes' signed
 * bytes
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
#include "lines.h"

#define FILE_MAX_BYTES ((size_t)1 << 30)
#define REQUEST_MAX_BYTES (1024 * 1024 + 512)
#define ANSWER_MAX_BYTES (256 * 1024)

struct client {
	int fd;
	char *request;
	size_t request_n, sent_n;
	size_t lines_n; /* of the request in flight */
	char *answer;
	size_t answer_n;
	int64_t began_ns;
};

struct load {
	struct line *lines;
	size_t lines_n, next, done;
	size_t batch_n; /* lines a request; 1: each alone */
	size_t requests_n;
	size_t created, seen, refused;
	int64_t *latencies_ns;
	double rate; /* lines a second; 0: as fast as they are answered */
	int64_t start_ns;
	struct client **idle; /* with a rate, those that wait for the next request to be due */
	size_t idle_n;
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
		l->lines[l->lines_n++] = (struct line){.s = at, .n = (size_t)(end - at)};
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

		if (!envelope_read(l->lines[i].s, l->lines[i].n, &e, &f)) {
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

/* Whole lines, as they lie in the file. */
static bool
begin(struct load *l, struct client *c)
{
	const struct line *first = &l->lines[l->next], *last;
	size_t n = l->lines_n - l->next < l->batch_n ? l->lines_n - l->next : l->batch_n, bytes;

	if (n == 0)
		return false;
	last = first + n - 1;
	bytes = (size_t)(last->s + last->n - first->s);
	l->next += n;
	c->lines_n = n;
	c->request_n = (size_t)snprintf(c->request, REQUEST_MAX_BYTES,
	    "POST /v1/statements HTTP/1.1\r\nHost: load\r\nContent-Type: application/%s\r\n"
	    "Content-Length: %zu\r\n\r\n%.*s",
	    l->batch_n > 1 ? "x-ndjson" : "json", bytes, (int)bytes, first->s);
	c->sent_n = c->answer_n = 0;
	c->began_ns = now_ns();
	send_more(c);
	return true;
}

/* ---- at a rate ---- */

static int64_t
next_due_ns(const struct load *l)
{
	return l->start_ns + (int64_t)((double)l->next / l->rate * 1e9);
}

/* Begin what is due. Returns for how long to wait for the next, in ms. */
static int
begin_due(struct load *l)
{
	while (l->idle_n > 0 && l->next < l->lines_n) {
		int64_t due = next_due_ns(l), left = due - now_ns();
		struct client *c;

		if (left > 0)
			return (int)(left / 1000000);
		c = l->idle[--l->idle_n];
		(void)!begin(l, c);
		c->began_ns = due;
	}
	return 60000;
}

/* ---- answers ---- */

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
count(struct load *l, int status, const char *told)
{
	l->done++;
	if (status == 201)
		l->created++;
	else if (status == 200)
		l->seen++;
	else if (l->refused++ == 0)
		fprintf(stderr, "load: first refusal: %.2000s\n", told);
}

/* A line of a batch's answer begins with its status, unless it is a refusal. */
static void
count_answer(struct load *l, const struct client *c)
{
	int status = atoi(c->answer + 9);
	const char *at = strstr(c->answer, "\r\n\r\n") + 4;

	l->latencies_ns[l->requests_n++] = now_ns() - c->began_ns;
	for (size_t i = 0; i < c->lines_n; i++) {
		if (l->batch_n > 1 && status == 200) {
			count(l, strncmp(at, "{\"status\":", 10) == 0 ? atoi(at + 10) : 0, at);
			at = strchr(at, '\n') + 1;
		} else {
			count(l, l->batch_n > 1 ? 0 : status, c->answer);
		}
	}
}

/* Read until nothing is left: an edge is told once. */
static void
receive(struct load *l, struct client *c)
{
	for (;;) {
		ssize_t n =
		    recv(c->fd, c->answer + c->answer_n, ANSWER_MAX_BYTES - 1 - c->answer_n, 0);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			die("the server closed a connection");
		c->answer_n += (size_t)n;
		if (!answer_is_whole(c))
			continue;
		count_answer(l, c);
		if (l->rate > 0) {
			l->idle[l->idle_n++] = c;
			return;
		}
		if (!begin(l, c))
			return;
	}
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
	qsort(l->latencies_ns, l->requests_n, sizeof(*l->latencies_ns), by_size);
	printf("{\"created\":%zu,\"seen\":%zu,\"refused\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,"
	       "\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n",
	    l->created, l->seen, l->refused, seconds, (double)l->done / seconds,
	    (double)l->latencies_ns[l->requests_n / 2] / 1e6,
	    (double)l->latencies_ns[l->requests_n * 99 / 100] / 1e6);
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
		struct epoll_event e = {
		    .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &clients[i]};

		clients[i].fd = open_client(host, port);
		clients[i].request = malloc(REQUEST_MAX_BYTES);
		clients[i].answer = malloc(ANSWER_MAX_BYTES);
		if (clients[i].request == NULL || clients[i].answer == NULL)
			die("memory");
		epoll_ctl(ep, EPOLL_CTL_ADD, clients[i].fd, &e);
	}
	l->start_ns = began = now_ns();
	l->idle = calloc((size_t)in_flight, sizeof(*l->idle));
	for (int i = 0; l->idle != NULL && i < in_flight; i++)
		if (l->rate > 0)
			l->idle[l->idle_n++] = &clients[i];
		else
			(void)!begin(l, &clients[i]);
	while (l->done < l->lines_n) {
		int n = epoll_wait(ep, events, 256, l->rate > 0 ? begin_due(l) : 60000);

		if (n < 0 || (n == 0 && l->rate == 0))
			die("no answer in a minute");
		for (int i = 0; i < n; i++) {
			send_more(events[i].data.ptr);
			receive(l, events[i].data.ptr);
		}
	}
	report(l, (double)(now_ns() - began) / 1e9);
}

int
main(int argc, char **argv)
{
	struct load l = {.batch_n = 1};

	if (sodium_init() < 0)
		return 1;
	if (argc == 3 && strcmp(argv[1], "--verify") == 0) {
		read_lines(argv[2], &l);
		verify(&l);
	} else if (argc >= 5 && argc <= 7 && (argc == 5 || atoi(argv[5]) > 0)) {
		l.batch_n = argc > 5 ? (size_t)atoi(argv[5]) : 1;
		l.rate = argc > 6 ? atof(argv[6]) : 0;
		read_lines(argv[3], &l);
		run(&l, argv[1], atoi(argv[2]), atoi(argv[4]));
	} else {
		fprintf(stderr,
		    "usage: load HOST PORT FILE IN_FLIGHT [BATCH [RATE]] | load --verify FILE\n");
		return 2;
	}
	return 0;
}
