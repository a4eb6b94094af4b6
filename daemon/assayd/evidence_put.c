/* evidence_put.c — take a raw log or transcript that a submission names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "evidence_put.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "crypto.h"
#include "db.h"
#include "encode.h"
#include "options.h"
#include "request.h"
#include "server.h"
#include "slices.h"
#include "worker.h"

/* Hashed and compressed in one turn of the loop: some milliseconds. */
#define PIECE_BYTES (64 * 1024)

#define GZIP_WINDOW_BITS (15 + 16) /* 16 asks zlib for gzip's frame */
#define GZIP_MEMORY_LEVEL 8

/* The request's state. */
struct upload {
	struct request *request;
	struct slice slice;
	uint8_t digest[SHA256_SIZE]; /* what the path names */
	struct sha256 hash;
	size_t done_n; /* of the body, hashed and compressed */
	bool seen;     /* stored before: it is hashed only */
	z_stream z;
	uint8_t *gzip;
	size_t gzip_room;
};

static void
upload_free(void *state)
{
	struct upload *u = state;

	deflateEnd(&u->z);
	free(u->gzip);
	free(u);
}

bool
evidence_put_check(struct request *r, struct fault *f)
{
	struct upload *u;
	uint8_t digest[SHA256_SIZE];

	if (strlen(r->argument) != 2 * SHA256_SIZE || !hex_parse(r->argument, digest, SHA256_SIZE))
		return fault_set(f, FAULT_EVIDENCE_NOT_NAMED, "",
		    "the SHA-256 of evidence, 64 hex digits", "\"%.70s\"", r->argument);
	u = calloc(1, sizeof(*u));
	if (u == NULL)
		return fault_set(f, FAULT_BUSY, "", "memory for evidence", "none");
	memcpy(u->digest, digest, SHA256_SIZE);
	u->request = r;
	r->state = u;
	r->state_free = upload_free;
	return true;
}

/* ---- the end ---- */

static void
refuse(struct upload *u, enum fault_code code, const char *expected)
{
	struct fault f = {0};

	fault_set(
	    &f, code, "", expected, "%zu bytes for %s", u->request->body_n, u->request->argument);
	request_fault(u->request, &f);
}

static void
answer(struct upload *u, bool seen)
{
	struct request *r = u->request;
	struct answer a = {.status = seen ? 200 : 201, .content_type = "application/json"};

	a.fields[0] = (struct answer_field){"Location", r->path};
	text_addf(&a.body, "{\"sha256\":\"%s\",\"bytes\":%zu,\"seen\":%s}\n", r->argument,
	    r->body_n, seen ? "true" : "false");
	request_answer(r, &a);
}

/* What assay.evidence_put() says. */
static const struct {
	const char *word;
	enum fault_code code;
	const char *expected;
} refusals[] = {
    {"not_named", FAULT_EVIDENCE_NOT_NAMED, "digest and length that a submission names"},
    {"withheld", FAULT_EVIDENCE_WITHHELD, "evidence of a submission that is not withheld"},
    {"submission_full", FAULT_EVIDENCE_SUBMISSION_FULL,
	"no more than evidence_submission_max_bytes of one submission"},
    {"day_full", FAULT_EVIDENCE_DAY_FULL,
	"no more than evidence_day_max_bytes of a submitter in 24 hours"},
    {"full", FAULT_EVIDENCE_FULL, "no more than evidence_max_bytes of all evidence"},
};

static void
on_put(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct upload *u = arg;
	const char *word = fault == NULL ? db_text(rows, 0, 0) : "";

	if (fault != NULL) {
		request_fault(u->request, fault);
		return;
	}
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(word, refusals[i].word) == 0) {
			refuse(u, refusals[i].code, refusals[i].expected);
			return;
		}
	answer(u, strcmp(word, "seen") == 0);
}

static void
put(struct upload *u)
{
	const struct options *o = u->request->worker->server->options;
	char bytes[24], submission_max[24], day_max[24], total_max[24];
	struct db_param params[] = {
	    {.data = u->digest, .n = SHA256_SIZE, .binary = true},
	    {.data = bytes, .n = (size_t)sprintf(bytes, "%zu", u->request->body_n)},
	    {.data = u->gzip, .n = u->z.total_out, .binary = true},
	    {.data = submission_max,
		.n = (size_t)sprintf(
		    submission_max, "%lld", (long long)o->evidence_submission_max_bytes)},
	    {.data = day_max,
		.n = (size_t)sprintf(day_max, "%lld", (long long)o->evidence_day_max_bytes)},
	    {.data = total_max,
		.n = (size_t)sprintf(total_max, "%lld", (long long)o->evidence_max_bytes)},
	};
	struct fault f = {0};

	if (!db_ask(u->request->worker->db, QUERY_EVIDENCE_PUT, params, on_put, u, &f))
		request_fault(u->request, &f);
}

static void
finish(struct upload *u)
{
	uint8_t got[SHA256_SIZE];
	char hex[HEX32_SIZE];
	struct fault f = {0};

	sha256_end(&u->hash, got);
	hex_print(got, SHA256_SIZE, hex);
	if (memcmp(got, u->digest, SHA256_SIZE) != 0) {
		fault_set(&f, FAULT_EVIDENCE_DIFFERS, "", u->request->argument, "%s", hex);
		request_fault(u->request, &f);
	} else if (u->seen) {
		answer(u, true);
	} else {
		put(u);
	}
}

/* ---- the turns ---- */

/* Its room is deflateBound()'s, so the output never waits for room. */
static void
compress_piece(struct upload *u, const uint8_t *data, size_t n, bool last)
{
	u->z.next_in = (uint8_t *)data;
	u->z.avail_in = (uInt)n;
	u->z.next_out = u->gzip + u->z.total_out;
	u->z.avail_out = (uInt)(u->gzip_room - u->z.total_out);
	deflate(&u->z, last ? Z_FINISH : Z_NO_FLUSH);
}

static bool
on_turn(void *arg)
{
	struct upload *u = arg;
	const uint8_t *data = u->request->body + u->done_n;
	size_t left = u->request->body_n - u->done_n;
	size_t n = left < PIECE_BYTES ? left : PIECE_BYTES;

	sha256_add(&u->hash, data, n);
	if (!u->seen)
		compress_piece(u, data, n, n == left);
	u->done_n += n;
	if (n < left)
		return true;
	finish(u);
	return false;
}

static bool
make_gzip(struct upload *u)
{
	if (deflateInit2(&u->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW_BITS,
		GZIP_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	u->gzip_room = deflateBound(&u->z, u->request->body_n);
	u->gzip = malloc(u->gzip_room);
	return u->gzip != NULL;
}

enum { LIVE, NAMED, SEEN }; /* columns of QUERY_EVIDENCE_NAMED */

static void
on_named(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct upload *u = arg;

	if (fault != NULL) {
		request_fault(u->request, fault);
	} else if (!db_bool(rows, 0, LIVE)) {
		size_t i = db_bool(rows, 0, NAMED) ? 1 : 0;

		refuse(u, refusals[i].code, refusals[i].expected);
	} else if (u->seen = db_bool(rows, 0, SEEN), !u->seen && !make_gzip(u)) {
		refuse(u, FAULT_BUSY, "memory for evidence");
	} else {
		sha256_start(&u->hash);
		u->slice = (struct slice){.piece = on_turn, .arg = u};
		slices_add(u->request->worker->slices, &u->slice);
	}
}

/* First the question, then the work: bytes that nobody names cost no more than their way here. */
void
evidence_put_proceed(struct request *r)
{
	struct upload *u = r->state;
	char bytes[24];
	struct db_param params[] = {
	    {.data = u->digest, .n = SHA256_SIZE, .binary = true},
	    {.data = bytes, .n = (size_t)sprintf(bytes, "%zu", r->body_n)},
	};
	struct fault f = {0};

	if (!db_ask(r->worker->db, QUERY_EVIDENCE_NAMED, params, on_named, u, &f))
		request_fault(r, &f);
}
