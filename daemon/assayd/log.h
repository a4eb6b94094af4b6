/* log.h — one line per event on stderr: time, level, event word, key=value pairs (logfmt).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LOG_H
#define ASSAYD_LOG_H

#include <stdbool.h>

#include "fault.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Set the lowest level that is written; false for an unknown name. Call before any thread. */
bool log_set_level(const char *name);

/* Tell whether lines of this level are written, before costly pairs are made for one. */
bool log_enabled(enum log_level level);

/* Write one line, from any thread; while serving through log_writer.h, which never blocks. fmt
 * gives the pairs, e.g. "listen=%s workers=%d"; outside text goes through log_quote(). */
void log_event(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Write a fault as one line: code, path, expected, got. */
void log_fault(enum log_level level, const char *event, const struct fault *f);

/* Copy s into buf as a logfmt value: quoted if it holds blanks, quotes, '=' or control characters,
 * those escaped; cut to room. Returns buf. */
const char *log_quote(const char *s, char *buf, unsigned room);

#endif
