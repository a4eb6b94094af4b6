/* gguf.c — what the head of a GGUF file says of its model.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gguf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "GGUF"
#define NAME_SIZE 128 /* longer names are none that we look for */
#define DIMENSIONS_MAX 4

/* Bytes of one block of a tensor type, and the weights in it; by the type's number. */
static const struct block {
	uint16_t weights_n, bytes;
} blocks[] = {
    [0] = {1, 4},
    [1] = {1, 2},
    [2] = {32, 18},
    [3] = {32, 20},
    [6] = {32, 22},
    [7] = {32, 24},
    [8] = {32, 34},
    [9] = {32, 36},
    [10] = {256, 84},
    [11] = {256, 110},
    [12] = {256, 144},
    [13] = {256, 176},
    [14] = {256, 210},
    [15] = {256, 292},
    [16] = {256, 66},
    [17] = {256, 74},
    [18] = {256, 98},
    [19] = {256, 50},
    [20] = {32, 18},
    [21] = {256, 110},
    [22] = {256, 82},
    [23] = {256, 136},
    [24] = {1, 1},
    [25] = {1, 2},
    [26] = {1, 4},
    [27] = {1, 8},
    [28] = {1, 8},
    [29] = {256, 56},
    [30] = {1, 2},
    [34] = {256, 54},
    [35] = {256, 66},
    [39] = {32, 17},
    [40] = {64, 36},
    [41] = {128, 18},
};

/* general.file_type as llama.cpp prints it. */
static const char *const file_types[] = {
    [0] = "all F32",
    [1] = "F16",
    [2] = "Q4_0",
    [3] = "Q4_1",
    [7] = "Q8_0",
    [8] = "Q5_0",
    [9] = "Q5_1",
    [10] = "Q2_K - Medium",
    [11] = "Q3_K - Small",
    [12] = "Q3_K - Medium",
    [13] = "Q3_K - Large",
    [14] = "Q4_K - Small",
    [15] = "Q4_K - Medium",
    [16] = "Q5_K - Small",
    [17] = "Q5_K - Medium",
    [18] = "Q6_K",
    [21] = "Q2_K - Small",
    [32] = "BF16",
    [38] = "MXFP4 MoE",
};

enum value_type { VALUE_TEXT = 8, VALUE_ARRAY = 9, VALUE__MAX = 13 };

/* Bytes of a value by its type; 0 where they stand in front of it. */
static const uint8_t value_bytes[VALUE__MAX] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

/* `failed` latches: then everything read is 0. */
struct reader {
	FILE *file;
	uint64_t left; /* bytes to the end of the file */
	bool failed;
};

/* Running sums that only the whole list of tensors settles. */
struct sums {
	uint64_t embedding_n, embedding_bytes; /* the token embedding but for one row */
	bool has_output;
};

static void
take(struct reader *r, void *out, size_t n)
{
	memset(out, 0, n);
	r->failed = r->failed || n > r->left || fread(out, 1, n, r->file) != n;
	if (!r->failed)
		r->left -= n;
}

static void
skip(struct reader *r, uint64_t n)
{
	char chunk[4096];

	r->failed = r->failed || n > r->left;
	if (n > sizeof(chunk) && !r->failed) {
		r->failed = fseeko(r->file, (off_t)n, SEEK_CUR) != 0;
		r->left -= n;
	} else if (!r->failed) {
		take(r, chunk, (size_t)n);
	}
}

/* Read a little-endian number of up to eight bytes. */
static uint64_t
take_whole(struct reader *r, size_t n)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	take(r, bytes, n);
	while (n-- > 0)
		value = value << 8 | bytes[n];
	return r->failed ? 0 : value;
}

/* Read a text; one that does not fit becomes "". */
static void
take_text(struct reader *r, char *out, size_t size)
{
	uint64_t n = take_whole(r, 8);

	out[0] = 0;
	if (n >= size) {
		skip(r, n);
		return;
	}
	take(r, out, (size_t)n);
	out[r->failed ? 0 : n] = 0;
}

static void
skip_array(struct reader *r)
{
	uint64_t type = take_whole(r, 4), n = take_whole(r, 8);

	if (type >= VALUE__MAX || type == VALUE_ARRAY || n > r->left) {
		r->failed = true;
	} else if (type == VALUE_TEXT) {
		for (uint64_t k = 0; k < n && !r->failed; k++)
			skip(r, take_whole(r, 8));
	} else {
		r->failed = r->failed || n > r->left / value_bytes[type];
		skip(r, n * value_bytes[type]);
	}
}

static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), end_n = strlen(end);

	return n >= end_n && strcmp(text + n - end_n, end) == 0;
}

static void
keep_whole(struct gguf *g, const char *key, uint64_t value)
{
	const char *type = NULL;

	if (strcmp(key, "general.file_type") == 0) {
		if (value < sizeof(file_types) / sizeof(file_types[0]))
			type = file_types[value];
		snprintf(g->quantization, sizeof(g->quantization), "%s", type ? type : "");
	} else if (strcmp(key, "split.count") == 0) {
		g->split_n = value;
	} else if (ends_in(key, ".expert_count")) {
		g->experts_n = value;
	} else if (ends_in(key, ".expert_used_count")) {
		g->experts_used_n = value;
	}
}

static void
read_pair(struct reader *r, struct gguf *g)
{
	char key[NAME_SIZE];
	uint64_t type;

	take_text(r, key, sizeof(key));
	type = take_whole(r, 4);
	if (type >= VALUE__MAX)
		r->failed = true;
	else if (type == VALUE_ARRAY)
		skip_array(r);
	else if (type == VALUE_TEXT && strcmp(key, "general.architecture") == 0)
		take_text(r, g->architecture, sizeof(g->architecture));
	else if (type == VALUE_TEXT)
		skip(r, take_whole(r, 8));
	else
		keep_whole(g, key, take_whole(r, value_bytes[type]));
}

/* The share of expert tensors that one token meets, rounded up; without overflow. */
static uint64_t
chosen(const struct gguf *g, uint64_t n)
{
	return n / g->experts_n * g->experts_used_n +
	       (n % g->experts_n * g->experts_used_n + g->experts_n - 1) / g->experts_n;
}

static void
add_tensor(struct gguf *g, struct sums *s, const char *name, uint64_t n, uint64_t row_n,
    const struct block *b)
{
	uint64_t bytes = n / b->weights_n * b->bytes;
	bool of_experts = g->experts_used_n > 0 && strstr(name, "_exps.") != NULL;

	g->parameters += n;
	g->size_bytes += bytes;
	g->active_parameters += of_experts ? chosen(g, n) : n;
	g->token_bytes += of_experts ? chosen(g, bytes) : bytes;
	if (strcmp(name, "token_embd.weight") == 0) {
		s->embedding_n = n - row_n;
		s->embedding_bytes = bytes - row_n / b->weights_n * b->bytes;
	}
	s->has_output = s->has_output || strcmp(name, "output.weight") == 0;
}

static void
read_tensor(struct reader *r, uint64_t size_bytes, struct gguf *g, struct sums *s)
{
	char name[NAME_SIZE];
	uint64_t dimensions_n, type, n = 1, row_n = 0;

	take_text(r, name, sizeof(name));
	dimensions_n = take_whole(r, 4);
	r->failed = r->failed || dimensions_n == 0 || dimensions_n > DIMENSIONS_MAX;
	for (uint64_t k = 0; k < dimensions_n && !r->failed; k++) {
		uint64_t size = take_whole(r, 8);

		row_n = k == 0 ? size : row_n;
		/* No type has more than eight weights in a byte. */
		r->failed = r->failed || size == 0 || size > size_bytes * 8 / n;
		n = r->failed ? 1 : n * size;
	}
	type = take_whole(r, 4);
	(void)take_whole(r, 8); /* where it begins */
	if (type >= sizeof(blocks) / sizeof(blocks[0]) || blocks[type].weights_n == 0 ||
	    row_n % blocks[type].weights_n != 0 ||
	    n / blocks[type].weights_n > (size_bytes - g->size_bytes) / blocks[type].bytes)
		r->failed = true;
	if (!r->failed)
		add_tensor(g, s, name, n, row_n, &blocks[type]);
}

static void
read_head(struct reader *r, uint64_t size_bytes, struct gguf *g)
{
	struct sums s = {0};
	uint64_t pairs_n;

	g->tensors_n = take_whole(r, 8);
	pairs_n = take_whole(r, 8);
	for (uint64_t k = 0; k < pairs_n && !r->failed; k++)
		read_pair(r, g);
	if (g->experts_n > UINT16_MAX || g->experts_used_n > g->experts_n)
		r->failed = true;
	for (uint64_t k = 0; k < g->tensors_n && !r->failed; k++)
		read_tensor(r, size_bytes, g, &s);
	if (s.has_output) {
		g->active_parameters -= s.embedding_n;
		g->token_bytes -= s.embedding_bytes;
	}
	if (g->parameters > 0)
		g->bits_per_weight = (double)g->size_bytes * 8 / (double)g->parameters;
}

static bool
not_gguf(const char *path, struct fault *f)
{
	return fault_set(f, FAULT_FILE_FORMAT, path, "a GGUF file, which begins with \"GGUF\"",
	    "a file that begins otherwise");
}

static bool
begins_well(FILE *file, const char *path, struct fault *f)
{
	char magic[sizeof(MAGIC) - 1];
	size_t n;

	errno = 0;
	n = fread(magic, 1, sizeof(magic), file);
	if (ferror(file))
		return fault_set(
		    f, FAULT_FILE, path, "a file that can be read", "%s", strerror(errno));
	rewind(file);
	return (n == sizeof(magic) && memcmp(magic, MAGIC, sizeof(magic)) == 0) ||
	       not_gguf(path, f);
}

FILE *
gguf_open(const char *path, uint64_t *bytes, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = fd >= 0 ? fdopen(fd, "rb") : NULL;
	struct stat st;

	if (file == NULL) {
		fault_set(f, FAULT_FILE, path, "a file that can be read", "%s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		fault_set(f, FAULT_FILE, path, "a regular file", "something else");
	else if (begins_well(file, path, f)) {
		*bytes = (uint64_t)st.st_size;
		return file;
	}
	fclose(file);
	return NULL;
}

bool
gguf_read_stream(FILE *file, uint64_t size_bytes, struct gguf *out, struct fault *f)
{
	struct reader r = {.file = file, .left = size_bytes};
	char magic[4];
	uint64_t version;

	memset(out, 0, sizeof(*out));
	take(&r, magic, sizeof(magic));
	if (r.failed || memcmp(magic, MAGIC, sizeof(magic)) != 0)
		return not_gguf("", f);
	version = take_whole(&r, 4);
	if (!r.failed && (version < 2 || version > 3))
		return fault_set(f, FAULT_FILE_FORMAT, "",
		    "a GGUF file of version 2 or 3, little-endian", "version %llu",
		    (unsigned long long)version);
	/* A bound that keeps all sums below from overflowing. */
	if (size_bytes < UINT64_C(1) << 53)
		read_head(&r, size_bytes, out);
	if (!r.failed && size_bytes < UINT64_C(1) << 53)
		return true;
	memset(out, 0, sizeof(*out));
	return fault_set(f, FAULT_FILE_FORMAT, "", "a whole GGUF head of known types",
	    "one that is cut, contradicts itself or is newer, %llu bytes before the end",
	    (unsigned long long)r.left);
}

bool
gguf_read(const char *path, struct gguf *out, struct fault *f)
{
	uint64_t bytes;
	FILE *file = gguf_open(path, &bytes, f);
	struct fault local = {0};
	bool done;

	if (file == NULL)
		return false;
	done = gguf_read_stream(file, bytes, out, &local);
	fclose(file);
	return done || fault_set(f, local.code, path, local.expected, "%s", local.got);
}
