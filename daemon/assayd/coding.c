/* coding.c — the content codings that published files are made in ahead.
 * SPDX-License-Identifier: Apache-2.0 */
#include "coding.h"

#include <brotli/encode.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

/* Boards change all the time, and 11 takes a hundred times as long to leave a seventh less. */
#define BROTLI_QUALITY 5
#define GZIP_LEVEL 6

#define GZIP_WINDOW_BITS (15 + 16) /* 16 asks zlib for gzip's frame; its head has no time */
#define GZIP_MEMORY_LEVEL 8

static bool
make_brotli(const void *data, size_t n, uint8_t *out, size_t *out_n)
{
	return BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, n,
		   data, out_n, out) == BROTLI_TRUE;
}

static size_t
brotli_room(size_t n)
{
	return BrotliEncoderMaxCompressedSize(n);
}

static bool
make_gzip(const void *data, size_t n, uint8_t *out, size_t *out_n)
{
	z_stream z = {.next_in = (void *)data,
	    .avail_in = (uInt)n,
	    .next_out = out,
	    .avail_out = (uInt)*out_n};
	bool done;

	if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, GZIP_MEMORY_LEVEL,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	done = deflate(&z, Z_FINISH) == Z_STREAM_END;
	*out_n = z.total_out;
	deflateEnd(&z);
	return done;
}

/* zlib's own bound, and gzip's frame around it. */
static size_t
gzip_room(size_t n)
{
	return compressBound(n) + 18;
}

static const struct coding_row {
	struct coding_info info;
	size_t (*room)(size_t n); /* that n bytes need at most; 0: too many */
	bool (*make)(const void *data, size_t n, uint8_t *out, size_t *out_n);
} rows[CODING__MAX] = {
    [CODING_BR] = {{"br", ".br"}, brotli_room, make_brotli},
    [CODING_GZIP] = {{"gzip", ".gz"}, gzip_room, make_gzip},
    [CODING_IDENTITY] = {{"identity", ""}, NULL, NULL},
};

const struct coding_info *
coding_info(enum coding coding)
{
	return &rows[coding].info;
}

bool
coding_make(enum coding coding, const void *data, size_t n, void **out, size_t *out_n)
{
	*out_n = n < UINT32_MAX / 2 ? rows[coding].room(n) : 0;
	*out = *out_n > 0 ? malloc(*out_n) : NULL;
	if (*out != NULL && rows[coding].make(data, n, *out, out_n))
		return true;
	free(*out);
	*out = NULL;
	return false;
}

bool
coding_gunzip(const void *data, size_t n, size_t max, struct text *out)
{
	z_stream z = {.next_in = (void *)data, .avail_in = (uInt)n};
	char piece[16384];
	int state = inflateInit2(&z, GZIP_WINDOW_BITS);

	text_add(out, "", 0);
	while (state == Z_OK && z.total_out <= max) {
		z.next_out = (void *)piece;
		z.avail_out = sizeof(piece);
		state = inflate(&z, Z_NO_FLUSH);
		text_add(out, piece, sizeof(piece) - z.avail_out);
	}
	inflateEnd(&z);
	return state == Z_STREAM_END && !out->failed;
}
