/* coding.h — the content codings that published files are made in ahead.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_CODING_H
#define ASSAYD_CODING_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* What we would rather send at equal quality stands first. */
enum coding {
	CODING_BR,
	CODING_GZIP,
	CODING_IDENTITY, /* the file itself */
	CODING__MAX
};

struct coding_info {
	const char *name;   /* in Accept-Encoding and Content-Encoding */
	const char *suffix; /* behind the name of the file it was made of; "" for identity */
};

const struct coding_info *coding_info(enum coding coding);

/* Code n bytes. The same bytes give the same result wherever the same libraries are.
 * Returns new *out of *out_n bytes; false without memory. Not for CODING_IDENTITY. */
bool coding_make(enum coding coding, const void *data, size_t n, void **out, size_t *out_n)
    __attribute__((warn_unused_result));

/* Append what one gzip file of n bytes holds. False if it is damaged, or holds more than max. */
bool coding_gunzip(const void *data, size_t n, size_t max, struct text *out)
    __attribute__((warn_unused_result));

#endif
