/* zip.c — members of a ZIP archive in memory: stored and deflated ones, nothing that lies.
 * SPDX-License-Identifier: Apache-2.0 */
#include "zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define END_BYTES 22
#define COMMENT_MAX_BYTES 65535
#define ENTRY_BYTES 46
#define LOCAL_BYTES 30
#define NAME_MAX_BYTES 512
#define FLAG_ENCRYPTED 0x1
#define FLAG_SIZES_BEHIND 0x8 /* in a descriptor behind the data */

static unsigned int
two(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (unsigned int)(b[0] | b[1] << 8);
}

static uint32_t
four(const char *p)
{
	return (uint32_t)two(p) | (uint32_t)two(p + 2) << 16;
}

static bool
fault_in(const struct zip_member *m, const char *expected, const char *got, struct fault *f)
{
	char where[120] = "";

	if (m != NULL)
		snprintf(where, sizeof(where), "member %.*s",
		    (int)(m->name_n < 80 ? m->name_n : 80), m->name);
	return fault_set(f, FAULT_FILE_FORMAT, where, expected, "%s", got);
}

bool
zip_begins(const char *bytes, size_t n)
{
	return n >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

/* The record at the end, whose comment must reach just to the end of the file. */
static const char *
find_end(const char *bytes, size_t n)
{
	size_t least = n > END_BYTES + COMMENT_MAX_BYTES ? n - END_BYTES - COMMENT_MAX_BYTES : 0;

	if (n < END_BYTES)
		return NULL;
	for (size_t at = n - END_BYTES + 1; at-- > least;)
		if (memcmp(bytes + at, "PK\5\6", 4) == 0 &&
		    two(bytes + at + 20) == n - at - END_BYTES)
			return bytes + at;
	return NULL;
}

/* Read one entry of the directory and step behind it. */
static bool
read_entry(const struct zip *z, size_t *at, size_t end, struct zip_member *m, struct fault *f)
{
	const char *p = z->bytes + *at;
	size_t whole;

	if (end - *at < ENTRY_BYTES || memcmp(p, "PK\1\2", 4) != 0)
		return fault_in(NULL, "an entry of the archive's directory", "other bytes", f);
	m->name_n = two(p + 28);
	whole = ENTRY_BYTES + m->name_n + two(p + 30) + two(p + 32);
	if (end - *at < whole || m->name_n == 0 || m->name_n > NAME_MAX_BYTES)
		return fault_in(NULL, "names of 1 to 512 bytes inside the directory", "another", f);
	m->name = p + ENTRY_BYTES;
	m->encrypted = two(p + 8) & FLAG_ENCRYPTED;
	m->method = two(p + 10);
	m->crc = four(p + 16);
	m->packed_n = four(p + 20);
	m->size = four(p + 24);
	m->begin = four(p + 42);
	*at += whole;
	if (m->packed_n == UINT32_MAX || m->size == UINT32_MAX || m->begin == UINT32_MAX)
		return fault_in(m, "an archive below 4 GiB", "ZIP64", f);
	return true;
}

/* The header before a member's bytes must say what the directory says. */
static bool
check_local(const struct zip *z, size_t directory, struct zip_member *m, struct fault *f)
{
	const char *p = z->bytes + m->begin;
	bool behind;

	if (m->begin > directory || directory - m->begin < LOCAL_BYTES ||
	    memcmp(p, "PK\3\4", 4) != 0)
		return fault_in(m, "a header where the directory says", "none", f);
	m->data = m->begin + LOCAL_BYTES + two(p + 26) + two(p + 28);
	if (m->data > directory || directory - m->data < m->packed_n)
		return fault_in(m, "bytes before the directory", "more than there are", f);
	behind = two(p + 6) & FLAG_SIZES_BEHIND;
	if (two(p + 26) != m->name_n || memcmp(p + LOCAL_BYTES, m->name, m->name_n) != 0 ||
	    two(p + 8) != m->method)
		return fault_in(m, "the name and method of the directory", "others", f);
	if (!behind && (four(p + 18) != m->packed_n || four(p + 22) != m->size))
		return fault_in(m, "the sizes of the directory", "others in its own header", f);
	return true;
}

static int
by_place(const void *a, const void *b)
{
	const struct zip_member *x = *(const struct zip_member *const *)a,
				*y = *(const struct zip_member *const *)b;

	return (x->begin > y->begin) - (x->begin < y->begin);
}

static int
by_name(const void *a, const void *b)
{
	const struct zip_member *x = *(const struct zip_member *const *)a,
				*y = *(const struct zip_member *const *)b;
	size_t n = x->name_n < y->name_n ? x->name_n : y->name_n;
	int order = memcmp(x->name, y->name, n);

	return order ? order : (x->name_n > y->name_n) - (x->name_n < y->name_n);
}

static bool
check_apart(const struct zip *z, struct fault *f)
{
	const struct zip_member **list = calloc(z->members_n + 1, sizeof(struct zip_member *));
	bool done = list != NULL;

	if (!done)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for an archive", "none");
	for (size_t k = 0; k < z->members_n; k++)
		list[k] = &z->members[k];
	qsort(list, z->members_n, sizeof(struct zip_member *), by_place);
	for (size_t k = 1; done && k < z->members_n; k++)
		if (list[k]->begin < list[k - 1]->data + list[k - 1]->packed_n)
			done = fault_in(list[k], "members that lie apart", "one inside another", f);
	qsort(list, z->members_n, sizeof(struct zip_member *), by_name);
	for (size_t k = 1; done && k < z->members_n; k++)
		if (by_name(&list[k - 1], &list[k]) == 0)
			done = fault_in(list[k], "each name once", "a second", f);
	free(list);
	return done;
}

static bool
read_directory(struct zip *z, const char *end, struct fault *f)
{
	size_t stop = (size_t)(end - z->bytes), at = four(end + 16), listed = two(end + 10);
	size_t directory = at;

	if (two(end + 4) != 0 || two(end + 6) != 0 || two(end + 8) != listed)
		return fault_in(NULL, "an archive in one piece", "a part of one", f);
	if (listed == UINT16_MAX || at == UINT32_MAX)
		return fault_in(NULL, "an archive below 4 GiB and 65,535 members", "ZIP64", f);
	if (at > stop || stop - at != four(end + 12))
		return fault_in(NULL, "a directory before the archive's end", "another place", f);
	z->members = calloc(listed + 1, sizeof(*z->members));
	if (z->members == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for an archive", "none");
	for (; z->members_n < listed; z->members_n++)
		if (!read_entry(z, &at, stop, &z->members[z->members_n], f) ||
		    !check_local(z, directory, &z->members[z->members_n], f))
			return false;
	return at == stop || fault_in(NULL, "just the entries it counts", "more bytes", f);
}

bool
zip_open(const char *bytes, size_t n, struct zip *out, struct fault *f)
{
	const char *end = find_end(bytes, n);

	memset(out, 0, sizeof(*out));
	out->bytes = bytes;
	out->n = n;
	out->left = ZIP_TOTAL_MAX_BYTES;
	if (end == NULL)
		return fault_in(
		    NULL, "a whole ZIP archive", "no end of one: the file was cut off", f);
	return read_directory(out, end, f) && check_apart(out, f);
}

void
zip_clear(struct zip *z)
{
	free(z->members);
	memset(z, 0, sizeof(*z));
}

const struct zip_member *
zip_find(const struct zip *z, const char *name)
{
	size_t n = strlen(name);

	for (size_t k = 0; k < z->members_n; k++)
		if (z->members[k].name_n == n && memcmp(z->members[k].name, name, n) == 0)
			return &z->members[k];
	return NULL;
}

/* Unpack into just the room that its size says; what needs more or less is refused. */
static bool
inflate_all(const struct zip *z, const struct zip_member *m, char *out, struct fault *f)
{
	z_stream s = {.next_in = (unsigned char *)z->bytes + m->data,
	    .avail_in = (unsigned int)m->packed_n,
	    .next_out = (unsigned char *)out,
	    .avail_out = (unsigned int)m->size + 1};
	int end;

	if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for unpacking", "none");
	end = inflate(&s, Z_FINISH);
	inflateEnd(&s);
	if (end != Z_STREAM_END || s.total_out != m->size || s.avail_in != 0)
		return fault_in(m, "deflated bytes of the size that its header tells",
		    s.total_out > m->size ? "more" : "others", f);
	return true;
}

static bool
check_member(const struct zip *z, const struct zip_member *m, struct fault *f)
{
	if (m->encrypted)
		return fault_in(m, "a member that is not encrypted", "an encrypted one", f);
	if (m->method == ZIP_ZSTANDARD)
		return fault_in(m,
		    "deflate; `inspect log dump FILE > log.json` makes a log that "
		    "can be read",
		    "Zstandard (method 93), as inspect_ai 0.3.206 and later pack", f);
	if (m->method != ZIP_STORED && m->method != ZIP_DEFLATED)
		return fault_in(m, "a stored or deflated member", "another method", f);
	if (m->size > ZIP_MEMBER_MAX_BYTES || m->size > z->left)
		return fault_in(m, "at most 64 MiB unpacked, 256 MiB of all", "more", f);
	if (m->method == ZIP_STORED && m->size != m->packed_n)
		return fault_in(m, "a stored member of its packed size", "another size", f);
	return true;
}

bool
zip_read(struct zip *z, const struct zip_member *m, char **data, size_t *n, struct fault *f)
{
	char *out;
	bool done = true;

	*data = NULL;
	*n = 0;
	if (!check_member(z, m, f))
		return false;
	out = malloc(m->size + 1);
	if (out == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for unpacking", "none");
	z->left -= m->size;
	if (m->method == ZIP_DEFLATED)
		done = inflate_all(z, m, out, f);
	else
		memcpy(out, z->bytes + m->data, m->size);
	if (done && crc32(0, (unsigned char *)out, (unsigned int)m->size) != m->crc)
		done = fault_in(m, "the checksum that its header tells", "another", f);
	if (!done) {
		free(out);
		return false;
	}
	out[m->size] = 0;
	*data = out;
	*n = m->size;
	return true;
}
