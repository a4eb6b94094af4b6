/* frame.h — bounded messages over a socket that may stall: between the server and its signer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_FRAME_H
#define ASSAYD_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define FRAME_MAX_BYTES 16384
#define FRAME_NEVER INT64_MAX

/* Return the monotonic clock in ms, by which deadlines here are told. */
int64_t frame_now_ms(void);

/* Send a message: its length as four bytes, most significant first, and its bytes. Never raises
 * SIGPIPE. False if it is too large, the other side is gone, or until_ms has passed. */
bool frame_write(int fd, const struct text *message, int64_t until_ms)
    __attribute__((warn_unused_result));

/* Read one message into *out, which is emptied first. False if it would be too large, the other
 * side is gone, or until_ms has passed; the connection is then good for nothing more. */
bool frame_read(int fd, struct text *out, int64_t until_ms) __attribute__((warn_unused_result));

/* Wait until something can be read, or the other side is gone; FRAME_NEVER waits for ever. */
bool frame_wait(int fd, int64_t until_ms) __attribute__((warn_unused_result));

#endif
