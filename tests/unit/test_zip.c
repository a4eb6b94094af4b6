/* test_zip.c — archives that are right, that lie, and that are cut off at every byte.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "text.h"
#include "unit.h"
#include "zip.h"

/* One member to be written; what is not 0 replaces what would be true. */
struct entry {
	const char *name, *data;
	unsigned int method;
	size_t size, local_size, crc, begin, flags;
	const char *local_name;
};

static void
put(struct text *out, uint64_t value, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		char byte = k < 8 ? (char)(value >> (8 * k)) : 0;

		text_add(out, &byte, 1);
	}
}

/* The fields that both headers have, from flags to the length of the extra field. */
static void
put_common(struct text *out, const struct entry *e, size_t packed, size_t size, const char *name)
{
	uLong crc = crc32(0, (const unsigned char *)e->data, (unsigned int)strlen(e->data));

	put(out, e->flags, 2);
	put(out, e->method, 2);
	put(out, 0, 4);
	put(out, e->crc ? e->crc : crc, 4);
	put(out, packed, 4);
	put(out, size, 4);
	put(out, strlen(name), 2);
	put(out, 0, 2);
}

static size_t
pack(const struct entry *e, unsigned char *out, size_t room)
{
	z_stream s = {.next_in = (unsigned char *)(uintptr_t)e->data,
	    .avail_in = (unsigned int)strlen(e->data),
	    .next_out = out,
	    .avail_out = (unsigned int)room};

	if (e->method != ZIP_DEFLATED) {
		memcpy(out, e->data, strlen(e->data));
		return strlen(e->data);
	}
	assert_int_equal(deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
	deflateEnd(&s);
	return s.total_out;
}

static void
archive(const struct entry *list, size_t n, struct text *out)
{
	static unsigned char packed[1 << 16];
	struct text directory = {0};
	size_t begin;

	memset(out, 0, sizeof(*out));
	for (size_t k = 0; k < n; k++) {
		const struct entry *e = &list[k];
		const char *local_name = e->local_name ? e->local_name : e->name;
		size_t size = e->size ? e->size : strlen(e->data), packed_n;

		begin = e->begin ? e->begin - 1 : out->n;
		packed_n = pack(e, packed, sizeof(packed));
		text_add(out, "PK\3\4\24\0", 6);
		put_common(out, e, packed_n, e->local_size ? e->local_size : size, local_name);
		text_add_str(out, local_name);
		text_add(out, packed, packed_n);
		text_add(&directory, "PK\1\2\24\0\24\0", 8);
		put_common(&directory, e, packed_n, size, e->name);
		put(&directory, 0, 10);
		put(&directory, begin, 4);
		text_add_str(&directory, e->name);
	}
	begin = out->n;
	text_add(out, directory.data, directory.n);
	text_add(out, "PK\5\6\0\0\0\0", 8);
	put(out, n, 2);
	put(out, n, 2);
	put(out, directory.n, 4);
	put(out, begin, 4);
	put(out, 0, 2);
	text_clear(&directory);
}

/* Open and read all members; tell what the first fault expected. */
static const char *
outcome(const char *bytes, size_t n, struct fault *f)
{
	struct zip z;
	bool done = zip_open(bytes, n, &z, f);

	for (size_t k = 0; done && k < z.members_n; k++) {
		char *data;
		size_t size;

		done = zip_read(&z, &z.members[k], &data, &size, f);
		free(data);
	}
	zip_clear(&z);
	return done ? NULL : f->expected;
}

static const struct entry right[] = {
    {.name = "header.json", .data = "{\"status\": \"success\"}", .method = ZIP_DEFLATED},
    {.name = "a/b", .data = "stored as it is", .method = ZIP_STORED},
    {.name = "empty", .data = "", .method = ZIP_DEFLATED},
};

static void
reads_what_was_packed(void **state)
{
	struct text bytes;
	struct zip z;
	struct fault f = {0};
	char *data;
	size_t n;

	(void)state;
	archive(right, 3, &bytes);
	assert_true(zip_begins(bytes.data, bytes.n));
	assert_true(zip_open(bytes.data, bytes.n, &z, &f));
	assert_int_equal(z.members_n, 3);
	for (size_t k = 0; k < 3; k++) {
		assert_true(zip_read(&z, zip_find(&z, right[k].name), &data, &n, &f));
		assert_int_equal(n, strlen(right[k].data));
		assert_string_equal(data, right[k].data);
		free(data);
	}
	assert_null(zip_find(&z, "header"));
	zip_clear(&z);
	text_clear(&bytes);
}

static void
lies_are_told(void **state)
{
	static const struct {
		struct entry list[2];
		size_t n;
		const char *expected;
	} rows[] = {
	    {{{.name = "a", .data = "four", .method = ZIP_DEFLATED, .size = 3}}, 1,
		"deflated bytes of the size that its header tells"},
	    {{{.name = "a", .data = "four", .method = ZIP_DEFLATED, .size = 5}}, 1,
		"deflated bytes of the size that its header tells"},
	    {{{.name = "a", .data = "four", .method = ZIP_STORED, .size = 5}}, 1,
		"a stored member of its packed size"},
	    {{{.name = "a", .data = "four", .method = ZIP_STORED, .size = 0x7fffffff}}, 1,
		"at most 64 MiB unpacked, 256 MiB of all"},
	    {{{.name = "a", .data = "four", .method = ZIP_DEFLATED, .local_size = 9}}, 1,
		"the sizes of the directory"},
	    {{{.name = "a", .data = "four", .method = ZIP_DEFLATED, .crc = 1}}, 1,
		"the checksum that its header tells"},
	    {{{.name = "a", .data = "four", .local_name = "b"}}, 1,
		"the name and method of the directory"},
	    {{{.name = "a", .data = "four", .flags = 1}}, 1, "a member that is not encrypted"},
	    {{{.name = "a", .data = "four", .method = 12}}, 1, "a stored or deflated member"},
	    {{{.name = "a", .data = "four", .begin = 0x10000000}}, 1,
		"a header where the directory says"},
	    {{{.name = "a", .data = "four"}, {.name = "a", .data = "five"}}, 2, "each name once"},
	    {{{.name = "a", .data = "four"}, {.name = "a", .data = "five", .begin = 1}}, 2,
		"members that lie apart"},
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct fault f = {0};
		struct text bytes;
		const char *expected;

		archive(rows[k].list, rows[k].n, &bytes);
		expected = outcome(bytes.data, bytes.n, &f);
		assert_non_null(expected);
		assert_string_equal(expected, rows[k].expected);
		assert_int_equal(f.code, FAULT_FILE_FORMAT);
		text_clear(&bytes);
	}
}

static void
zstandard_is_named_with_the_way_out(void **state)
{
	static const struct entry list[] = {
	    {.name = "header.json", .data = "{}", .method = ZIP_ZSTANDARD}};
	struct fault f = {0};
	struct text bytes;

	(void)state;
	archive(list, 1, &bytes);
	assert_non_null(outcome(bytes.data, bytes.n, &f));
	assert_non_null(strstr(f.expected, "inspect log dump"));
	assert_non_null(strstr(f.got, "Zstandard"));
	assert_string_equal(f.path, "member header.json");
	text_clear(&bytes);
}

/* Members are read one after the other; all of them together have a bound too. */
static void
bombs_are_bounded(void **state)
{
	static char blanks[60000];
	const struct entry list[] = {{.name = "a", .data = blanks, .method = ZIP_DEFLATED}};
	struct text bytes;
	struct zip z;
	struct fault f = {0};
	size_t read = 0, n;
	char *data;

	(void)state;
	memset(blanks, ' ', sizeof(blanks) - 1);
	archive(list, 1, &bytes);
	assert_true(zip_open(bytes.data, bytes.n, &z, &f));
	z.left = 3 * (sizeof(blanks) - 1) + 7;
	while (zip_read(&z, &z.members[0], &data, &n, &f)) {
		free(data);
		read += n;
	}
	assert_int_equal(read, 3 * (sizeof(blanks) - 1));
	assert_string_equal(f.expected, "at most 64 MiB unpacked, 256 MiB of all");
	zip_clear(&z);
	text_clear(&bytes);
}

static void
every_cut_is_refused(void **state)
{
	struct text bytes;

	(void)state;
	archive(right, 3, &bytes);
	for (size_t n = 0; n < bytes.n; n++) {
		struct fault f = {0};
		char *piece = malloc(n + 1);

		memcpy(piece, bytes.data, n);
		assert_non_null(outcome(piece, n, &f));
		assert_int_equal(f.code, FAULT_FILE_FORMAT);
		free(piece);
	}
	text_clear(&bytes);
}

/* A changed byte is noticed, or changes nothing that is read. */
static void
every_changed_byte_holds(void **state)
{
	struct text bytes;

	(void)state;
	archive(right, 3, &bytes);
	for (size_t k = 0; k < bytes.n; k++)
		for (int bit = 0; bit < 8; bit++) {
			struct fault f = {0};

			bytes.data[k] ^= (char)(1 << bit);
			if (outcome(bytes.data, bytes.n, &f) != NULL)
				assert_int_equal(f.code, FAULT_FILE_FORMAT);
			bytes.data[k] ^= (char)(1 << bit);
		}
	text_clear(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_what_was_packed),
	    cmocka_unit_test(lies_are_told),
	    cmocka_unit_test(zstandard_is_named_with_the_way_out),
	    cmocka_unit_test(bombs_are_bounded),
	    cmocka_unit_test(every_cut_is_refused),
	    cmocka_unit_test(every_changed_byte_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
