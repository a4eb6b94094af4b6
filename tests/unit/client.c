/* client.c — an HTTP client of raw bytes, for tests.
 * SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "front.h"
#include "unit.h"

#define PATIENCE_S 20

void
sleep_ms(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

long
now_in_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
client_open(const struct front *front)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)front->port)};
	struct timeval patience = {.tv_sec = PATIENCE_S};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

void
client_send(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t put = send(fd, data, n, MSG_NOSIGNAL);

		if (put <= 0)
			fail_msg("send: %s", strerror(errno));
		data += put;
		n -= (size_t)put;
	}
}

void
client_say(int fd, const char *text)
{
	client_send(fd, text, strlen(text));
}

/* Returns 1, or the status of a reply that did not come. */
static int
read_bytes(int fd, char *out, size_t n)
{
	while (n > 0) {
		ssize_t got = recv(fd, out, n, 0);

		if (got == 0)
			return 0;
		if (got < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? -2 : -1;
		out += got;
		n -= (size_t)got;
	}
	return 1;
}

const char *
reply_field(const struct reply *r, const char *name)
{
	static char value[512];
	const char *line = strstr(r->head, "\r\n");

	for (; line != NULL && line[2] != '\r'; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, strlen(name)) == 0 &&
		    line[2 + strlen(name)] == ':') {
			snprintf(value, sizeof(value), "%s", line + strlen(name) + 4);
			value[strcspn(value, "\r")] = 0;
			return value;
		}
	return NULL;
}

struct reply
client_read(int fd, bool head_only)
{
	struct reply r = {0};
	size_t n = 0;
	int result = 1;

	while (result == 1 && n + 1 < sizeof(r.head) && strstr(r.head, "\r\n\r\n") == NULL)
		result = read_bytes(fd, r.head + n++, 1);
	if (result != 1) {
		r.status = result;
		return r;
	}
	assert_int_equal(strncmp(r.head, "HTTP/1.1 ", 9), 0);
	r.status = atoi(r.head + 9);
	if (!head_only && r.status != 304 && r.status >= 200) {
		assert_non_null(reply_field(&r, "Content-Length"));
		r.body_n = (size_t)atol(reply_field(&r, "Content-Length"));
	}
	r.body = calloc(1, r.body_n + 1);
	result = read_bytes(fd, r.body, r.body_n);
	if (result != 1)
		r.status = result;
	return r;
}

void
reply_clear(struct reply *r)
{
	free(r->body);
	r->body = NULL;
}

void
client_expect(int fd, int status)
{
	struct reply r = client_read(fd, false);

	if (r.status != status)
		fail_msg(
		    "expected %d, got %d:\n%s%s", status, r.status, r.head, r.body ? r.body : "");
	reply_clear(&r);
}

void
client_expect_end(int fd)
{
	char byte;
	int result = read_bytes(fd, &byte, 1);

	if (result != 0)
		fail_msg("expected the end, got %s", result == 1    ? "a byte"
						     : result == -1 ? "a reset"
								    : "nothing");
	close(fd);
}
