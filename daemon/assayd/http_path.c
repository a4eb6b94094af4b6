/* http_path.c — the path of a request, decoded and clean.
 * SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Take one byte, plain or %XX, off *path; -1 if it may not stand in a path. */
static int
next_byte(struct http_span *path)
{
	bool encoded = path->data[0] == '%';
	size_t n = encoded ? 3 : 1;
	int byte = (unsigned char)path->data[0];

	if (path->n < n)
		return -1;
	if (encoded) {
		int high = hex_digit(path->data[1]), low = hex_digit(path->data[2]);

		byte = high < 0 || low < 0 ? -1 : high * 16 + low;
	}
	path->data += n;
	path->n -= n;
	return byte < ' ' || byte == 0x7f || byte == '\\' || (encoded && byte == '/') ? -1 : byte;
}

/* A slash has come, or the end: was what stands behind the slash before it a segment? */
static bool
segment_is_clean(const char *segment, size_t n, bool last)
{
	if (n == 0)
		return last;
	return !(segment[0] == '.' && (n == 1 || (n == 2 && segment[1] == '.')));
}

bool
http_path_decode(struct http_span path, char *out, size_t room)
{
	size_t n = 0, segment = 1;

	if (path.n == 0 || path.data[0] != '/')
		return false;
	while (path.n > 0) {
		int byte = next_byte(&path);

		if (byte < 0 || n + 1 >= room)
			return false;
		if (byte == '/' && n > 0) {
			if (!segment_is_clean(out + segment, n - segment, false))
				return false;
			segment = n + 1;
		}
		out[n++] = (char)byte;
	}
	out[n] = 0;
	return segment_is_clean(out + segment, n - segment, true);
}
