/* text.h — a growing byte buffer, always NUL-terminated.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEXT_H
#define ASSAY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise. `failed` latches: after a failed allocation all appends do nothing, so that a
 * writer may check once, at the end. */
struct text {
	char *data; /* NULL until the first append */
	size_t n;   /* bytes, without the NUL */
	size_t room;
	bool failed;
};

/* Append; do nothing once t->failed. Borrows the bytes. */
void text_add(struct text *t, const void *data, size_t n);
void text_add_str(struct text *t, const char *s);
void text_addf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Empty it, keeping the memory. */
void text_reset(struct text *t);

/* Return the bytes (new, caller frees) and zero *t; NULL if it had failed. Never NULL otherwise. */
char *text_take(struct text *t);

void text_clear(struct text *t);

/* Read the UTF-8 character that the n bytes begin with (RFC 3629: shortest form, no surrogates, at
 * most U+10FFFF). Returns its bytes, 1 to 4; 0 if there is none, or not a whole one. */
size_t utf8_read(const char *s, size_t n, uint32_t *point);

/* Copy n bytes, as much as fits into room with a NUL, cut between two characters; what is no UTF-8
 * or a control character becomes '?'. What came from outside must neither break the UTF-8 of the
 * text it is quoted in, nor a line of the log, nor steer the terminal it is shown on. */
void utf8_clean(char *out, size_t room, const char *s, size_t n);

#endif
