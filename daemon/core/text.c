/* text.c — a growing byte buffer, always NUL-terminated.
 * SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

/* Make room for n more bytes and the NUL. */
static bool
reserve(struct text *t, size_t n)
{
	size_t room = t->room ? t->room : FIRST_ROOM;
	char *data;

	if (t->failed || n > SIZE_MAX / 2 - t->n - 1) {
		t->failed = true;
		return false;
	}
	if (t->data != NULL && t->n + n < t->room)
		return true;
	while (room <= t->n + n)
		room *= 2;
	data = realloc(t->data, room);
	if (data == NULL) {
		t->failed = true;
		return false;
	}
	t->data = data;
	t->room = room;
	return true;
}

void
text_add(struct text *t, const void *data, size_t n)
{
	if (!reserve(t, n))
		return;
	if (n > 0)
		memcpy(t->data + t->n, data, n);
	t->n += n;
	t->data[t->n] = 0;
}

void
text_add_str(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

/* Most of what is formatted fits into what is there: one try first, a second one with room. */
void
text_addf(struct text *t, const char *fmt, ...)
{
	va_list args, again;
	size_t room;
	int n;

	if (!reserve(t, 0))
		return;
	room = t->room - t->n;
	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(t->data + t->n, room, fmt, args);
	va_end(args);
	if (n < 0)
		t->failed = true;
	else if ((size_t)n >= room && reserve(t, (size_t)n))
		vsnprintf(t->data + t->n, (size_t)n + 1, fmt, again);
	va_end(again);
	if (!t->failed)
		t->n += (size_t)n;
	else if (t->data != NULL)
		t->data[t->n] = 0;
}

void
text_reset(struct text *t)
{
	t->n = 0;
	if (t->data != NULL)
		t->data[0] = 0;
}

char *
text_take(struct text *t)
{
	char *data;

	text_add(t, "", 0);
	data = t->failed ? NULL : t->data;
	if (t->failed)
		free(t->data);
	memset(t, 0, sizeof(*t));
	return data;
}

void
text_clear(struct text *t)
{
	free(t->data);
	memset(t, 0, sizeof(*t));
}

size_t
utf8_read(const char *s, size_t n, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *u = (const unsigned char *)s;
	size_t size;

	if (n == 0)
		return 0;
	if (u[0] < 0x80) {
		*point = u[0];
		return 1;
	}
	size = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
	if (u[0] < 0xc2 || u[0] > 0xf4 || size > n)
		return 0;
	*point = u[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (u[i] & 0x3fu);
	}
	if (*point < least[size] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return size;
}

void
utf8_clean(char *out, size_t room, const char *s, size_t n)
{
	size_t at = 0, used = 0;

	while (at < n) {
		uint32_t point;
		size_t size = utf8_read(s + at, n - at, &point);
		bool plain = size != 0 && point >= 0x20 && (point < 0x7f || point > 0x9f);

		if (used + (plain ? size : 1) >= room)
			break;
		if (plain)
			memcpy(out + used, s + at, size);
		else
			out[used] = '?';
		used += plain ? size : 1;
		at += size != 0 ? size : 1;
	}
	out[used] = 0;
}
