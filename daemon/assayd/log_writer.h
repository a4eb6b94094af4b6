/* log_writer.h — lines on their way to stderr, so that a slow reader holds up nobody.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LOG_WRITER_H
#define ASSAYD_LOG_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX_BYTES 4096 /* as much as a pipe takes whole (PIPE_BUF) */

/* Start the thread that writes. Before it and behind log_writer_stop() lines are written at once.
 */
bool log_writer_start(void) __attribute__((warn_unused_result));

/* Write what waits, as long as it moves at least a little each second, and end the thread. Harmless
 * without one. No other thread may log meanwhile. */
void log_writer_stop(void);

/* Hand over one whole line, from any thread; never waits for stderr while the thread runs. Without
 * room it is dropped and counted; a line log_lost says so once there is room again. */
void log_writer_put(const char *line, size_t n);

/* Lines dropped since the start. */
int64_t log_lost_n(void);

#endif
