/* frame.c — bounded messages over a socket that may stall: between the server and its signer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "frame.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

int64_t
frame_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
wait_for(int fd, short what, int64_t until_ms)
{
	struct pollfd p = {.fd = fd, .events = what};

	for (;;) {
		int64_t left = until_ms == FRAME_NEVER ? -1 : until_ms - frame_now_ms();
		int n;

		if (until_ms != FRAME_NEVER && left <= 0)
			return false;
		n = poll(&p, 1, (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

bool
frame_wait(int fd, int64_t until_ms)
{
	return wait_for(fd, POLLIN, until_ms);
}

static bool
send_all(int fd, const uint8_t *data, size_t n, int64_t until_ms)
{
	while (n > 0) {
		ssize_t sent;

		if (!wait_for(fd, POLLOUT, until_ms))
			return false;
		sent = send(fd, data, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent > 0) {
			data += sent;
			n -= (size_t)sent;
		}
	}
	return true;
}

static bool
read_all(int fd, uint8_t *data, size_t n, int64_t until_ms)
{
	while (n > 0) {
		ssize_t got;

		if (!frame_wait(fd, until_ms))
			return false;
		got = recv(fd, data, n, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (got > 0) {
			data += got;
			n -= (size_t)got;
		}
	}
	return true;
}

bool
frame_write(int fd, const struct text *message, int64_t until_ms)
{
	uint8_t length[4] = {0, 0, (uint8_t)(message->n >> 8), (uint8_t)message->n};

	return !message->failed && message->n <= FRAME_MAX_BYTES &&
	       send_all(fd, length, sizeof(length), until_ms) &&
	       send_all(fd, (const uint8_t *)message->data, message->n, until_ms);
}

bool
frame_read(int fd, struct text *out, int64_t until_ms)
{
	uint8_t length[4], bytes[FRAME_MAX_BYTES];
	size_t n;

	text_reset(out);
	if (!read_all(fd, length, sizeof(length), until_ms))
		return false;
	n = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
	if (n > sizeof(bytes) || !read_all(fd, bytes, n, until_ms))
		return false;
	text_add(out, bytes, n);
	return !out->failed;
}
