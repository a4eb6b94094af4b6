/* checkpoint.c — the log's signed tree head (C2SP tlog-checkpoint).
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint.h"

#include <string.h>

#include "encode.h"
#include "lines.h"

void
checkpoint_print(const struct checkpoint *c, struct text *out)
{
	text_addf(out, "%s\n%llu\n", c->origin, (unsigned long long)c->size);
	base64_print(c->root, SHA256_SIZE, out);
	text_add_str(out, "\n");
}

static bool
refuse(const char *path, const char *expected, struct line got, struct fault *f)
{
	return fault_set(
	    f, FAULT_CHECKPOINT, path, expected, "\"%.*s\"", got.n < 100 ? (int)got.n : 100, got.s);
}

bool
checkpoint_read(const char *body, size_t n, struct checkpoint *out, struct fault *f)
{
	struct lines in = {body, n};
	struct line line = {"", 0};
	size_t got;

	if (!line_next(&in, &line) || !line_copy(line, out->origin, sizeof(out->origin)) ||
	    !origin_is_sound(out->origin))
		return refuse("line 1", "the log's origin", line, f);
	if (!line_next(&in, &line) || !whole_parse(line.s, line.n, &out->size))
		return refuse("line 2", "the tree's size below 2^53 in decimal", line, f);
	if (!line_next(&in, &line) || !base64_parse(line.s, line.n, out->root, SHA256_SIZE, &got) ||
	    got != SHA256_SIZE)
		return refuse("line 3", "the tree's root, 32 bytes in base64", line, f);
	return in.n == 0 || refuse("line 4", "three lines", (struct line){in.at, in.n}, f);
}

void
checkpoint_sign(const struct checkpoint *c, const struct keypair *key, struct text *out)
{
	struct text body = {0};

	checkpoint_print(c, &body);
	note_sign(&body, c->origin, key, out);
	text_clear(&body);
}

bool
checkpoint_open(const char *note, size_t n, const char *origin, const uint8_t key[KEY_SIZE],
    struct checkpoint *out, struct fault *f)
{
	size_t body_n;

	if (!note_open(note, n, origin, key, &body_n, f) || !checkpoint_read(note, body_n, out, f))
		return false;
	return strcmp(out->origin, origin) == 0 ||
	       fault_set(f, FAULT_CHECKPOINT, "line 1", origin, "\"%s\"", out->origin);
}
