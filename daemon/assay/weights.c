/* weights.c — the digest of the weights that were measured.
 * SPDX-License-Identifier: Apache-2.0 */
#include "weights.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "gguf.h"
#include "importer.h"
#include "term.h"
#include "text.h"

#define CHUNK_BYTES (1024 * 1024)
#define PARTS_MAX 9999

/* The name of one part of several: "-00001-of-00003.gguf" at its end. */
struct parts {
	int stem_n; /* bytes of the path before it */
	int n;      /* of parts; 0: the file stands alone */
};

static struct parts
parts_of(const char *path)
{
	static const char pattern[] = "-00000-of-00000.gguf";
	size_t n = strlen(path), tail_n = strlen(pattern);
	const char *tail = path + n - tail_n;
	struct parts parts = {0};

	if (n <= tail_n)
		return parts;
	for (size_t i = 0; i < tail_n; i++) {
		bool digit = tail[i] >= '0' && tail[i] <= '9';

		if (pattern[i] == '0' ? !digit : tail[i] != pattern[i])
			return parts;
	}
	parts.stem_n = (int)(n - tail_n);
	parts.n = atoi(tail + strlen("-00000-of-"));
	return parts;
}

static bool
hash_stream(FILE *file, const char *path, struct progress *bar, uint8_t out[SHA256_SIZE],
    uint64_t *bytes, struct fault *f)
{
	char *chunk = malloc(CHUNK_BYTES);
	struct sha256 h;
	size_t got;

	*bytes = 0;
	if (chunk == NULL)
		return fault_set(f, FAULT_NO_MEMORY, path, "memory to hash", "none");
	sha256_start(&h);
	while ((got = fread(chunk, 1, CHUNK_BYTES, file)) > 0) {
		sha256_add(&h, chunk, got);
		*bytes += got;
		progress_show(bar, *bytes);
	}
	sha256_end(&h, out);
	free(chunk);
	return !ferror(file) ||
	       fault_set(f, FAULT_FILE, path, "a file that can be read", "%s", strerror(errno));
}

static bool
hash_file(const char *path, uint8_t out[SHA256_SIZE], uint64_t *bytes, struct fault *f)
{
	struct progress bar = {.label = "hashing weights", .unit = "bytes"};
	FILE *file = gguf_open(path, &bar.total, f);
	bool done;

	if (file == NULL)
		return false;
	done = hash_stream(file, path, &bar, out, bytes, f);
	progress_end(&bar);
	fclose(file);
	return done;
}

/* The names differ only in the part's number, so their order is that of the numbers. */
static bool
hash_parts(const char *path, struct parts parts, uint8_t out[SHA256_SIZE], uint64_t *bytes,
    struct fault *f)
{
	struct text lines = {0}, name = {0};
	bool done = parts.n <= PARTS_MAX;

	*bytes = 0;
	for (int i = 1; done && i <= parts.n; i++) {
		uint8_t digest[SHA256_SIZE];
		char hex[HEX32_SIZE];
		uint64_t part_bytes;

		text_reset(&name);
		text_addf(&name, "%.*s-%05d-of-%05d.gguf", parts.stem_n, path, i, parts.n);
		done = !name.failed && hash_file(name.data, digest, &part_bytes, f);
		if (!done)
			break;
		hex_print(digest, SHA256_SIZE, hex);
		text_addf(&lines, "%s  %s\n", hex, base_name(name.data));
		*bytes += part_bytes;
	}
	done = done && !lines.failed;
	if (done)
		sha256_of(lines.data, lines.n, out);
	else
		fault_set(f, FAULT_NO_MEMORY, path, "memory for the names of all parts", "none");
	text_clear(&lines);
	text_clear(&name);
	return done;
}

bool
weights_digest(const char *path, char hex[HEX32_SIZE], uint64_t *bytes, struct fault *f)
{
	struct parts parts = parts_of(path);
	uint8_t digest[SHA256_SIZE];
	bool done = parts.n > 0 ? hash_parts(path, parts, digest, bytes, f)
				: hash_file(path, digest, bytes, f);

	if (done)
		hex_print(digest, SHA256_SIZE, hex);
	return done;
}
