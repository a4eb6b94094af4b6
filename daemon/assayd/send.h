/* send.h — an answer on its way out: at once if the socket takes it, else buffered or streamed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SEND_H
#define ASSAYD_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct answer;
struct bufferevent;
struct text;

/* What is left to be sent of one answer; zero-initialise with file = -1. Memory is bounded: bytes
 * in memory are referred to, not copied, and a file is read in pieces. */
struct sending {
	struct bufferevent *bev; /* borrowed */
	int file;                /* the rest of the answer, -1: none */
	int64_t file_at, file_left;
	int64_t buffered;     /* bytes ever put into bev's output */
	int64_t acknowledged; /* at the last look of send_moves() */
};

enum send_result {
	SEND_DONE,        /* all of it is in the kernel */
	SEND_LATER,       /* call send_more() when bev's output has drained */
	SEND_FAILED,      /* the socket */
	SEND_FILE_FAILED, /* the file is shorter than promised, or cannot be read */
	SEND_NO_MEMORY,
};

/* Begin to send head, then a's content unless head_only. Takes what a owns, in any case. */
enum send_result send_answer(
    struct sending *s, const struct text *head, struct answer *a, bool head_only);

/* Go on after bev's output has drained. */
enum send_result send_more(struct sending *s);

/* Send a few bytes before any answer. */
bool send_bytes(struct sending *s, const char *data, size_t n);

/* Tell whether the client took a reasonable number of bytes since the last call. What it
 * acknowledged counts, not what the kernel holds for it. */
bool send_moves(struct sending *s);

/* Give up what is left. */
void send_clear(struct sending *s);

/* Release what an answer owns without sending it. */
void answer_clear(struct answer *a);

#endif
