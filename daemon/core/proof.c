/* proof.c — a receipt: proof that an entry is in a log, for offline use (C2SP tlog-proof).
 * SPDX-License-Identifier: Apache-2.0 */
#include "proof.h"

#include "encode.h"

#define PROOF_WORD "c2sp.org/tlog-proof@v1"
#define EXTRA_MAX_BYTES 1024

void
path_print(const struct merkle_proof *path, struct text *out)
{
	for (size_t i = 0; i < path->n; i++) {
		base64_print(path->hash[i], SHA256_SIZE, out);
		text_add_str(out, "\n");
	}
	text_add_str(out, "\n");
}

bool
path_read(struct lines *in, struct merkle_proof *out)
{
	struct line line;
	size_t got;

	for (out->n = 0; line_next(in, &line); out->n++) {
		if (line.n == 0)
			return true;
		if (out->n == MERKLE_PROOF_MAX ||
		    !base64_parse(line.s, line.n, out->hash[out->n], SHA256_SIZE, &got) ||
		    got != SHA256_SIZE)
			return false;
	}
	return false;
}

void
proof_print(const struct log_proof *proof, struct text *out)
{
	text_addf(out, PROOF_WORD "\nindex %llu\n", (unsigned long long)proof->index);
	path_print(&proof->path, out);
	text_add(out, proof->note, proof->note_n);
}

static bool
refuse(const char *path, const char *expected, struct line got, struct fault *f)
{
	return fault_set(
	    f, FAULT_LOG_PROOF, path, expected, "\"%.*s\"", got.n < 100 ? (int)got.n : 100, got.s);
}

/* Skip the one line that may stand before the index; its form still counts. */
static bool
skip_extra(struct lines *in, struct line *line, struct fault *f)
{
	uint8_t extra[EXTRA_MAX_BYTES];
	struct line rest = *line;
	size_t n;

	if (!line_skip(&rest, "extra "))
		return true;
	if (!base64_parse(rest.s, rest.n, extra, sizeof(extra), &n) || !line_next(in, line))
		return refuse("line 2", "at most 1024 bytes in base64, and an index", rest, f);
	return true;
}

bool
proof_read(const char *data, size_t n, struct log_proof *out, struct fault *f)
{
	struct lines in = {data, n};
	struct line line = {"", 0};

	if (n > PROOF_MAX_BYTES)
		return fault_set(f, FAULT_LOG_PROOF, "", "at most 136 KiB", "%zu bytes", n);
	if (!line_next(&in, &line) || !line_is(line, PROOF_WORD))
		return refuse("line 1", PROOF_WORD, line, f);
	if (!line_next(&in, &line) || !skip_extra(&in, &line, f) || !line_skip(&line, "index ") ||
	    !whole_parse(line.s, line.n, &out->index))
		return refuse("index", "`index` and a number below 2^53", line, f);
	if (!path_read(&in, &out->path))
		return refuse("path", "lines of 32 bytes in base64, then an empty one",
		    (struct line){in.at, in.n}, f);
	out->note = in.at;
	out->note_n = in.n;
	return true;
}

bool
proof_verify(const struct log_proof *proof, const uint8_t leaf[SHA256_SIZE], const char *origin,
    const uint8_t key[KEY_SIZE], struct checkpoint *out, struct fault *f)
{
	if (!checkpoint_open(proof->note, proof->note_n, origin, key, out, f))
		return false;
	return merkle_verify_inclusion(proof->index, leaf, out->size, out->root, &proof->path) ||
	       fault_set(f, FAULT_LOG_PROOF, "path", "a path from this statement to the root",
		   "another root, or an index beyond size %llu", (unsigned long long)out->size);
}
