/* send.c — an answer on its way out: at once if the socket takes it, else buffered or streamed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "send.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "request.h"

/* With its header it fills one allocation of 32 KiB. */
#define PIECE_BYTES (32 * 1024 - 256)

/* Fewer bytes than this in one stall period is no reader but a siege: a megabyte would last hours.
 */
#define MOVED_MIN_BYTES (16 * 1024)

/* The content of an answer that did not go out at once, and who frees it. */
struct content {
	char *owned;
	void (*done)(void *arg);
	void *arg;
};

static void
content_free(const void *data, size_t n, void *arg)
{
	struct content *c = arg;

	(void)data;
	(void)n;
	free(c->owned);
	if (c->done != NULL)
		c->done(c->arg);
	free(c);
}

void
answer_clear(struct answer *a)
{
	text_clear(&a->body);
	if (a->has_file)
		close(a->file);
	a->has_file = false;
	if (a->shared_done != NULL)
		a->shared_done(a->shared_arg);
	a->shared_done = NULL;
}

/* Two system calls less than asking first whether the socket is writable, which it nearly always
 * is. Returns bytes sent, 0 if it is full, -1 if it is broken. */
static ssize_t
send_now(struct sending *s, const struct iovec *pieces, size_t pieces_n)
{
	struct msghdr m = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = pieces_n};
	ssize_t n;

	if (evbuffer_get_length(bufferevent_get_output(s->bev)) > 0)
		return 0;
	do {
		n = sendmsg(bufferevent_getfd(s->bev), &m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : n;
}

static bool
buffer_copy(struct sending *s, const char *data, size_t n)
{
	s->buffered += (int64_t)n;
	return n == 0 || bufferevent_write(s->bev, data, n) == 0;
}

/* Have the rest of the content, from `from` on, sent by the loop. Takes what a owns. */
static bool
buffer_content(struct sending *s, struct answer *a, const char *data, size_t n, size_t from)
{
	struct content *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		answer_clear(a);
		return false;
	}
	c->owned = a->body.data;
	c->done = a->shared_done;
	c->arg = a->shared_arg;
	a->body = (struct text){0};
	a->shared_done = NULL;
	if (evbuffer_add_reference(
		bufferevent_get_output(s->bev), data + from, n - from, content_free, c) != 0) {
		content_free(NULL, 0, c);
		return false;
	}
	s->buffered += (int64_t)(n - from);
	return true;
}

static enum send_result
send_memory(
    struct sending *s, const struct text *head, struct answer *a, const char *data, size_t n)
{
	struct iovec pieces[] = {
	    {.iov_base = head->data, .iov_len = head->n}, {.iov_base = (void *)data, .iov_len = n}};
	ssize_t put = send_now(s, pieces, n > 0 ? 2 : 1);
	size_t sent = put > 0 ? (size_t)put : 0;
	bool done = true;

	if (put < 0 || sent == head->n + n) {
		answer_clear(a);
		return put < 0 ? SEND_FAILED : SEND_DONE;
	}
	if (sent < head->n)
		done = buffer_copy(s, head->data + sent, head->n - sent);
	sent = sent > head->n ? sent - head->n : 0;
	if (n == 0 || !done)
		answer_clear(a);
	else
		done = buffer_content(s, a, data, n, sent);
	return done ? SEND_LATER : SEND_NO_MEMORY;
}

enum send_result
send_answer(struct sending *s, const struct text *head, struct answer *a, bool head_only)
{
	if (head_only || (a->has_file && a->file_n == 0))
		return send_memory(s, head, a, NULL, 0);
	if (a->shared != NULL)
		return send_memory(s, head, a, a->shared, a->shared_n);
	if (!a->has_file)
		return send_memory(s, head, a, a->body.data, a->body.n);
	s->file = a->file;
	s->file_at = 0;
	s->file_left = a->file_n;
	a->has_file = false;
	return buffer_copy(s, head->data, head->n) ? send_more(s) : SEND_NO_MEMORY;
}

enum send_result
send_more(struct sending *s)
{
	struct evbuffer *out = bufferevent_get_output(s->bev);
	struct evbuffer_iovec room;
	ssize_t n;

	if (s->file < 0)
		return SEND_DONE;
	if (evbuffer_reserve_space(out, PIECE_BYTES, &room, 1) != 1)
		return SEND_NO_MEMORY;
	if ((int64_t)room.iov_len > s->file_left)
		room.iov_len = (size_t)s->file_left;
	do {
		n = pread(s->file, room.iov_base, room.iov_len, s->file_at);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return SEND_FILE_FAILED;
	room.iov_len = (size_t)n;
	if (evbuffer_commit_space(out, &room, 1) != 0)
		return SEND_NO_MEMORY;
	s->buffered += n;
	s->file_at += n;
	s->file_left -= n;
	if (s->file_left == 0)
		send_clear(s);
	return SEND_LATER;
}

bool
send_bytes(struct sending *s, const char *data, size_t n)
{
	struct iovec piece = {.iov_base = (void *)data, .iov_len = n};
	ssize_t put = send_now(s, &piece, 1);

	return put >= 0 && buffer_copy(s, data + put, n - (size_t)put);
}

bool
send_moves(struct sending *s)
{
	int64_t waiting = (int64_t)evbuffer_get_length(bufferevent_get_output(s->bev)), before;
	int in_kernel = 0;

	ioctl(bufferevent_getfd(s->bev), SIOCOUTQ, &in_kernel);
	before = s->acknowledged;
	s->acknowledged = s->buffered - waiting - in_kernel;
	return s->acknowledged - before >= MOVED_MIN_BYTES;
}

void
send_clear(struct sending *s)
{
	if (s->file >= 0)
		close(s->file);
	s->file = -1;
}
