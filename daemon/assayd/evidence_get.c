/* evidence_get.c — serve a raw log or transcript that a submission names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "evidence_get.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "accept.h"
#include "crypto.h"
#include "db.h"
#include "encode.h"
#include "evidence_put.h"
#include "request.h"
#include "slices.h"
#include "worker.h"

#define PIECE_BYTES (256 * 1024) /* made in one turn of the loop */
#define GZIP_WINDOW_BITS (15 + 16)

/* Bytes on their way to a client; they outlive the request. */
struct parcel {
	struct worker *worker;
	uint8_t *data;
	size_t n, room;
};

/* The request's state. */
struct download {
	struct request *request;
	struct slice slice;
	struct parcel *parcel;
	uint8_t *gzip;
	size_t gzip_n;
	z_stream z;
};

static void
parcel_free(void *arg)
{
	struct parcel *p = arg;

	if (p == NULL)
		return;
	p->worker->bodies_bytes -= p->room;
	free(p->data);
	free(p);
}

static void
download_free(void *state)
{
	struct download *d = state;

	inflateEnd(&d->z);
	parcel_free(d->parcel);
	free(d->gzip);
	free(d);
}

bool
evidence_get_check(struct request *r, struct fault *f)
{
	uint8_t digest[SHA256_SIZE];
	struct download *d;

	if (strlen(r->argument) != 2 * SHA256_SIZE || !hex_parse(r->argument, digest, SHA256_SIZE))
		return fault_set(f, FAULT_EVIDENCE_NOT_FOUND, "",
		    "the SHA-256 of evidence, 64 hex digits", "\"%.70s\"", r->argument);
	if (!request_take_room(r, EVIDENCE_MAX_BYTES, f))
		return false;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return fault_set(f, FAULT_BUSY, "", "memory for evidence", "none");
	d->request = r;
	r->state = d;
	r->state_free = download_free;
	return true;
}

static void
refuse(struct download *d, enum fault_code code, const char *expected)
{
	struct fault f = {0};

	fault_set(&f, code, "", expected, "%s", d->request->argument);
	request_fault(d->request, &f);
}

static void
answer(struct download *d, bool coded)
{
	struct parcel *p = d->parcel;
	char name[128];
	struct answer a = {.status = 200,
	    .content_type = "application/octet-stream",
	    .fields = {{"Content-Disposition", name}, {"Vary", "Accept-Encoding"},
		{"Cache-Control", "public, max-age=3600"}, {"Content-Encoding", "gzip"}},
	    .shared = p->data,
	    .shared_n = p->n,
	    .shared_done = parcel_free,
	    .shared_arg = p};

	snprintf(name, sizeof(name), "attachment; filename=\"%s\"", d->request->argument);
	if (!coded)
		a.fields[3] = (struct answer_field){NULL, NULL};
	p->room = p->n;
	p->worker->bodies_bytes += p->room; /* for as long as it takes; the request's own go */
	d->parcel = NULL;
	request_answer(d->request, &a);
}

static bool
on_turn(void *arg)
{
	struct download *d = arg;
	struct parcel *p = d->parcel;
	size_t left = p->n - d->z.total_out;
	int result;

	d->z.next_out = p->data + d->z.total_out;
	d->z.avail_out = (uInt)(left < PIECE_BYTES ? left : PIECE_BYTES);
	result = inflate(&d->z, Z_NO_FLUSH);
	if (result == Z_OK && d->z.total_out < p->n)
		return true;
	if ((result == Z_OK || result == Z_STREAM_END) && d->z.total_out == p->n)
		answer(d, false);
	else
		refuse(d, FAULT_INTERNAL, "gzip of as many bytes as the database says");
	return false;
}

static void
begin_inflate(struct download *d)
{
	d->z.next_in = d->gzip;
	d->z.avail_in = (uInt)d->gzip_n;
	d->parcel->data = malloc(d->parcel->n + 1);
	if (d->parcel->data == NULL || inflateInit2(&d->z, GZIP_WINDOW_BITS) != Z_OK) {
		refuse(d, FAULT_BUSY, "memory for evidence");
		return;
	}
	d->slice = (struct slice){.piece = on_turn, .arg = d};
	slices_add(d->request->worker->slices, &d->slice);
}

static bool
takes_gzip(const struct request *r)
{
	enum coding order[CODING__MAX];
	size_t n = accept_codings(&r->parsed, order);

	for (size_t i = 0; i < n && order[i] != CODING_IDENTITY; i++)
		if (order[i] == CODING_GZIP)
			return true;
	return false;
}

enum { BYTES, GZIP, NAMED, LIVE }; /* columns of QUERY_EVIDENCE */

static void
send_found(struct download *d, const struct db_rows *rows)
{
	d->parcel = calloc(1, sizeof(*d->parcel));
	d->gzip = db_blob(rows, 0, GZIP, &d->gzip_n);
	if (d->parcel == NULL || d->gzip == NULL) {
		refuse(d, FAULT_BUSY, "memory for evidence");
		return;
	}
	d->parcel->worker = d->request->worker;
	if (!takes_gzip(d->request)) {
		d->parcel->n = (size_t)db_whole(rows, 0, BYTES);
		begin_inflate(d);
		return;
	}
	d->parcel->data = d->gzip;
	d->parcel->n = d->gzip_n;
	d->gzip = NULL;
	answer(d, true);
}

static void
on_found(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct download *d = arg;

	if (fault != NULL)
		request_fault(d->request, fault);
	else if (!db_null(rows, 0, GZIP))
		send_found(d, rows);
	else if (db_bool(rows, 0, NAMED) && !db_bool(rows, 0, LIVE))
		refuse(d, FAULT_EVIDENCE_WITHHELD, "evidence of a submission that is not withheld");
	else
		refuse(d, FAULT_EVIDENCE_NOT_FOUND, "evidence that was sent here");
}

void
evidence_get_proceed(struct request *r)
{
	uint8_t digest[SHA256_SIZE];
	struct db_param params[] = {{.data = digest, .n = sizeof(digest), .binary = true}};
	struct fault f = {0};

	(void)!hex_parse(r->argument, digest, SHA256_SIZE);
	if (!db_ask(r->worker->db, QUERY_EVIDENCE, params, on_found, r->state, &f))
		request_fault(r, &f);
}
