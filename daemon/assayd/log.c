/* log.c — one line per event on stderr: time, level, event word, key=value pairs (logfmt).
 * SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "log_writer.h"

static const char *const level_names[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_ERROR] = "error",
};

static _Atomic int lowest = LOG_LEVEL_INFO;

bool
log_set_level(const char *name)
{
	for (int i = LOG_LEVEL_DEBUG; i <= LOG_LEVEL_ERROR; i++)
		if (strcmp(level_names[i], name) == 0) {
			atomic_store(&lowest, i);
			return true;
		}
	return false;
}

bool
log_enabled(enum log_level level)
{
	return (int)level >= atomic_load_explicit(&lowest, memory_order_relaxed);
}

/* Breaking a time into date and hour costs more than the rest of a line: each thread does it once a
 * second. */
static size_t
print_time(char *out, size_t room)
{
	static _Thread_local time_t known_at = -1;
	static _Thread_local char known[24];
	struct timespec now;
	struct tm parts;

	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec != known_at) {
		gmtime_r(&now.tv_sec, &parts);
		strftime(known, sizeof(known), "%Y-%m-%dT%H:%M:%S", &parts);
		known_at = now.tv_sec;
	}
	return (size_t)snprintf(out, room, "%s.%03ldZ ", known, now.tv_nsec / 1000000);
}

void
log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	char line[LOG_LINE_MAX_BYTES];
	size_t n;
	va_list args;
	int more;

	if (!log_enabled(level))
		return;
	n = print_time(line, sizeof(line));
	n += (size_t)snprintf(line + n, sizeof(line) - n, "%s %s ", level_names[level], event);
	va_start(args, fmt);
	more = vsnprintf(line + n, sizeof(line) - n, fmt, args);
	va_end(args);
	if (more > 0)
		n += (size_t)more;
	if (n > sizeof(line) - 1)
		n = sizeof(line) - 1;
	while (line[n - 1] == ' ')
		n--;
	line[n++] = '\n';
	log_writer_put(line, n);
}

static bool
is_plain(const char *s)
{
	if (*s == 0)
		return false;
	for (; *s != 0; s++)
		if ((unsigned char)*s <= ' ' || *s == '"' || *s == '=' || *s == '\\' || *s == 0x7f)
			return false;
	return true;
}

/* Write c as it stands between quotes to out; returns its length. */
static unsigned
escape(unsigned char c, char out[5])
{
	static const char digits[] = "0123456789abcdef";

	if (c == '"' || c == '\\') {
		out[0] = '\\';
		out[1] = (char)c;
		return 2;
	}
	if (c == '\n') {
		memcpy(out, "\\n", 2);
		return 2;
	}
	if (c < ' ' || c == 0x7f) {
		memcpy(out, "\\x", 2);
		out[2] = digits[c >> 4];
		out[3] = digits[c & 15];
		return 4;
	}
	out[0] = (char)c;
	return 1;
}

const char *
log_quote(const char *s, char *buf, unsigned room)
{
	unsigned n = 0;
	bool plain = is_plain(s);
	char piece[5];

	if (room < 4) {
		if (room > 0)
			buf[0] = 0;
		return buf;
	}
	if (plain) {
		snprintf(buf, room, "%s", s);
		return buf;
	}
	buf[n++] = '"';
	for (; *s != 0; s++) {
		unsigned more = escape((unsigned char)*s, piece);

		if (n + more + 2 > room)
			break;
		memcpy(buf + n, piece, more);
		n += more;
	}
	buf[n++] = '"';
	buf[n] = 0;
	return buf;
}

void
log_fault(enum log_level level, const char *event, const struct fault *f)
{
	char path[300], expected[300], got[300];

	log_event(level, event, "code=%s path=%s expected=%s got=%s", fault_info(f->code)->name,
	    log_quote(f->path, path, sizeof(path)),
	    log_quote(f->expected, expected, sizeof(expected)),
	    log_quote(f->got, got, sizeof(got)));
}
