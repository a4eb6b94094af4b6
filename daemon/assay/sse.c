/* sse.c — server-sent events, cut out of bytes as they come.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sse.h"

#include <string.h>

static void
add_data(struct sse *s, const char *value, size_t n)
{
	if (s->has_data)
		text_add(&s->data, "\n", 1);
	text_add(&s->data, value, n);
	s->has_data = true;
	s->failed = s->failed || s->data.failed || s->data.n > SSE_EVENT_MAX_BYTES;
}

/* "NAME: VALUE", "NAME:VALUE" or "NAME"; a line that begins with a colon is a remark. */
static void
end_field(struct sse *s)
{
	const char *line = s->line.data, *colon = memchr(line, ':', s->line.n);
	size_t name_n = colon ? (size_t)(colon - line) : s->line.n;
	size_t at = colon ? name_n + 1 : name_n;

	if (name_n != 4 || memcmp(line, "data", 4) != 0)
		return;
	if (at < s->line.n && line[at] == ' ')
		at++;
	add_data(s, line + at, s->line.n - at);
}

static void
end_line(struct sse *s)
{
	if (s->line.n > 0) {
		end_field(s);
	} else if (s->has_data) {
		text_add(&s->data, "", 0);
		if (!s->failed && !s->data.failed)
			s->event(s->arg, s->data.data, s->data.n);
		s->has_data = false;
		text_reset(&s->data);
	}
	text_reset(&s->line);
}

/* How many bytes stand before the next line end. */
static size_t
to_line_end(const char *bytes, size_t n)
{
	size_t k = 0;

	while (k < n && bytes[k] != '\r' && bytes[k] != '\n')
		k++;
	return k;
}

void
sse_feed(struct sse *s, const char *bytes, size_t n)
{
	while (n > 0 && !s->failed) {
		size_t k = to_line_end(bytes, n);

		if (k > 0) {
			text_add(&s->line, bytes, k);
			s->after_cr = false;
			s->failed = s->line.failed || s->line.n > SSE_EVENT_MAX_BYTES;
		} else {
			if (bytes[0] == '\r' || !s->after_cr)
				end_line(s);
			s->after_cr = bytes[0] == '\r';
			k = 1;
		}
		bytes += k;
		n -= k;
	}
}

void
sse_clear(struct sse *s)
{
	text_clear(&s->line);
	text_clear(&s->data);
	memset(s, 0, sizeof(*s));
}
