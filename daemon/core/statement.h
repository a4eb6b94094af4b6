/* statement.h — a signed statement of any kind: open one from outside, make one of our own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_STATEMENT_H
#define ASSAY_STATEMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "envelope.h"
#include "fault.h"
#include "shape.h"
#include "text.h"

enum kind {
	KIND_CONFIG,
	KIND_ENROLMENT,
	KIND_SUBMISSION,
	KIND_KEY,
	KIND_INTENT,
	KIND_RETRACTION,
	KIND_ACT,
	KIND_PRICE,
	KIND_DECISION,
	KIND_WATCH,
	KIND_ALIAS,
	KIND__MAX
};

/* One row a kind. `check` (may be NULL) tests what a shape cannot say; body has passed the shape.
 */
struct kind_info {
	const char *name; /* "submission" */
	const char *type; /* payloadType */
	const struct shape *shape;
	bool (*check)(const json_t *body, struct fault *f);
};

struct statement {
	enum kind kind;
	uint8_t id[SHA256_SIZE]; /* SHA-256 of the PAE */
	uint8_t key[KEY_SIZE];   /* the key that verified */
	uint8_t signature[SIGNATURE_SIZE];
	uint8_t payload_sha256[SHA256_SIZE];
	uint8_t *payload; /* the bytes that verified; NUL-terminated behind payload_n */
	size_t payload_n;
	json_t *body; /* those bytes, parsed */
	int64_t created_at;
};

const struct kind_info *kind_info(enum kind kind);
bool kind_of_type(const char *payload_type, enum kind *out);

/* Return the kind a row belongs to. */
enum kind kind_number(const struct kind_info *info);

/* Return the row of the kind with this short name ("submission"); NULL if there is none. */
const struct kind_info *kind_named(const char *name);

/* Open an envelope: read it, verify the signature with the payload's own key, check the payload's
 * shape and exact forms. Everything that needs no other knowledge than the bytes.
 * out is zeroed first; statement_clear() it in any case.
 * Fails with the faults of envelope_read(), json_read_object(), shape_check() and
 * FAULT_UNKNOWN_KIND, FAULT_SIGNATURE, FAULT_KEY_MISMATCH (another key than the payload's signed
 * it). */
bool statement_open(const char *envelope, size_t n, struct statement *out, struct fault *f)
    __attribute__((warn_unused_result));

/* The same in its three steps, for who measures them: read the envelope up to the payload's key,
 * verify the signature, check the shape. envelope_clear(e) behind them, whatever they say. */
bool statement_read(const char *data, size_t n, struct envelope *e, struct statement *out,
    struct fault *f) __attribute__((warn_unused_result));
bool statement_verify(const struct envelope *e, struct statement *st, struct fault *f)
    __attribute__((warn_unused_result));
bool statement_check(struct statement *st, struct fault *f) __attribute__((warn_unused_result));

/* Open a statement from the bytes of a row that statement_open() had accepted, without verifying it
 * again. Copies payload. */
bool statement_from_row(const char *payload_type, const void *payload, size_t n,
    struct statement *out, struct fault *f) __attribute__((warn_unused_result));

/* Sign body as a statement of this kind: set `key`, and `nonce` and `created_at` if absent, check
 * it as the server would, sign, and append the envelope (one line) to out. Borrows body, changes
 * those members. now: Unix seconds. id may be NULL. */
bool statement_sign(enum kind kind, json_t *body, const struct keypair *key, int64_t now,
    struct text *out, uint8_t id[SHA256_SIZE], struct fault *f) __attribute__((warn_unused_result));

void statement_clear(struct statement *st);

#endif
