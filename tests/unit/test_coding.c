/* test_coding.c — what was coded ahead decodes to what it was, and is the same every time.
 * SPDX-License-Identifier: Apache-2.0 */
#include <brotli/decode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "coding.h"
#include "unit.h"

#define LARGE_N ((size_t)3 * 1024 * 1024)

static size_t
decode_gzip(const void *coded, size_t n, void *out, size_t room)
{
	z_stream z = {.next_in = (void *)coded,
	    .avail_in = (uInt)n,
	    .next_out = out,
	    .avail_out = (uInt)room};

	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	inflateEnd(&z);
	return z.total_out;
}

static size_t
decode_brotli(const void *coded, size_t n, void *out, size_t room)
{
	assert_int_equal(
	    BrotliDecoderDecompress(n, coded, &room, out), BROTLI_DECODER_RESULT_SUCCESS);
	return room;
}

static size_t (*const decoders[])(const void *, size_t, void *, size_t) = {
    [CODING_BR] = decode_brotli, [CODING_GZIP] = decode_gzip};

/* Returns the coded length. */
static size_t
check(enum coding coding, const char *data, size_t n)
{
	char *back = malloc(n + 1);
	void *once, *again;
	size_t once_n, again_n;

	assert_non_null(back);
	assert_true(coding_make(coding, data, n, &once, &once_n));
	assert_true(coding_make(coding, data, n, &again, &again_n));
	assert_int_equal(once_n, again_n);
	assert_memory_equal(once, again, once_n);
	assert_int_equal(decoders[coding](once, once_n, back, n + 1), n);
	assert_memory_equal(back, data, n);
	free(back);
	free(once);
	free(again);
	return once_n;
}

static void
test_round_trip(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 1000, 65535, 65536, 65537, LARGE_N};
	char *text = malloc(LARGE_N), *noise = malloc(LARGE_N);
	uint32_t z = 1;

	(void)state;
	for (size_t i = 0; i < LARGE_N; i++) {
		text[i] = "{\"value\": 1.25, \"metric\": \"decode\"}, "[i % 37];
		z = z * 1664525 + 1013904223;
		noise[i] = (char)(z >> 24);
	}
	for (int c = 0; c < CODING_IDENTITY; c++)
		for (size_t i = 0; i < COUNT(sizes); i++) {
			size_t n = check((enum coding)c, text, sizes[i]);

			if (sizes[i] >= 1000)
				assert_true(n < sizes[i] / 5);
			/* What cannot shrink grows by next to nothing. */
			n = check((enum coding)c, noise, sizes[i]);
			assert_true(n <= sizes[i] + sizes[i] / 1000 + 32);
		}
	free(text);
	free(noise);
}

/* RFC 1952 §2.3.1: no name, no time. */
static void
test_gzip_has_no_time(void **state)
{
	static const unsigned char head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0};
	void *out;
	size_t n;

	(void)state;
	assert_true(coding_make(CODING_GZIP, "text", 4, &out, &n));
	assert_memory_equal(out, head, sizeof(head));
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_gzip_has_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
