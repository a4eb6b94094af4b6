/* statement_get.c — show one stored statement: envelope, place in the log, state.
 * SPDX-License-Identifier: Apache-2.0 */
#include "statement_get.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "encode.h"
#include "envelope.h"
#include "json.h"
#include "log_files.h"
#include "request.h"
#include "statement.h"
#include "worker.h"

/* Columns of QUERY_STATEMENT. */
enum {
	KIND,
	PAYLOAD,
	KEY,
	SIGNATURE,
	ACCEPTED_AT_MS,
	INDEX,
	STATE,
	REASON,
	POINTER,
	SUBMITTER,
	NAME,
	VERDICT
};

static bool
not_found(struct fault *f, const char *got)
{
	return fault_set(f, FAULT_STATEMENT_NOT_FOUND, "",
	    "the id of an accepted statement, 64 hex digits", "\"%.70s\"", got);
}

bool
statement_get_check(struct request *r, struct fault *f)
{
	uint8_t id[SHA256_SIZE];

	if (strlen(r->argument) == 2 * SHA256_SIZE && hex_parse(r->argument, id, SHA256_SIZE))
		return true;
	return not_found(f, r->argument);
}

/* The envelope is made again from raw bytes; the payload is the one that verified. */
static void
add_envelope(const struct db_rows *rows, struct text *out)
{
	uint8_t key[KEY_SIZE], signature[SIGNATURE_SIZE];
	size_t n = 0;
	uint8_t *payload = db_blob(rows, 0, PAYLOAD, &n);
	const struct kind_info *kind = kind_named(db_text(rows, 0, KIND));

	if (payload != NULL && kind != NULL && db_bytes(rows, 0, KEY, key, KEY_SIZE) &&
	    db_bytes(rows, 0, SIGNATURE, signature, SIGNATURE_SIZE))
		envelope_print(kind->type, payload, n, key, signature, out);
	else
		text_add_str(out, "null");
	free(payload);
}

static void
add_member(struct text *out, const char *name, const char *value)
{
	if (value[0] == 0)
		return;
	text_addf(out, ",\"%s\":", name);
	json_print_string(value, strlen(value), out);
}

/* What the checks said of a submission when it was settled, whatever became of it since. */
static void
add_verdict(const struct db_rows *rows, struct text *out)
{
	if (strcmp(db_text(rows, 0, KIND), "submission") != 0 ||
	    strcmp(db_text(rows, 0, STATE), "void") == 0)
		return;
	text_addf(out, ",\"verdict\":%s",
	    db_null(rows, 0, VERDICT) ? "{\"plausible\":true}" : db_text(rows, 0, VERDICT));
}

/* What log order settled; before that, "pending". */
static void
add_place(const struct db_rows *rows, struct text *out)
{
	const char *submitter = db_text(rows, 0, SUBMITTER);

	if (db_null(rows, 0, INDEX)) {
		add_member(out, "state", "pending");
		return;
	}
	text_addf(out, ",\"index\":%s", db_text(rows, 0, INDEX));
	add_member(out, "state", db_text(rows, 0, STATE));
	add_member(out, "reason", db_text(rows, 0, REASON));
	add_member(out, "pointer", db_text(rows, 0, POINTER));
	add_verdict(rows, out);
	if (submitter[0] == 0)
		return;
	text_addf(out, ",\"submitter\":{\"id\":\"%s\",\"name\":", submitter + 2);
	json_print_string(db_text(rows, 0, NAME), strlen(db_text(rows, 0, NAME)), out);
	text_add_str(out, "}");
}

/* The receipt, once a checkpoint that covers the leaf is published here. */
static void
add_proof(const struct request *r, const struct db_rows *rows, struct text *out)
{
	struct text proof = {0};

	if (!db_null(rows, 0, INDEX) &&
	    log_files_prove(r->worker->server, (uint64_t)db_whole(rows, 0, INDEX), &proof))
		add_member(out, "proof", proof.data);
	text_clear(&proof);
}

static void
on_statement(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct request *r = arg;
	struct answer a = {.status = 200, .content_type = "application/json"};
	struct fault f = {0};
	char at[TIME_SIZE];

	if (fault != NULL) {
		request_fault(r, fault);
		return;
	}
	if (db_rows_n(rows) == 0) {
		not_found(&f, r->argument);
		request_fault(r, &f);
		return;
	}
	time_print(db_whole(rows, 0, ACCEPTED_AT_MS) / 1000, at);
	text_addf(&a.body, "{\"id\":\"%s\"", r->argument);
	add_member(&a.body, "kind", db_text(rows, 0, KIND));
	add_member(&a.body, "accepted_at", at);
	text_addf(&a.body, ",\"accepted_at_ms\":%s", db_text(rows, 0, ACCEPTED_AT_MS));
	add_place(rows, &a.body);
	text_add_str(&a.body, ",\"envelope\":");
	add_envelope(rows, &a.body);
	add_proof(r, rows, &a.body);
	text_add_str(&a.body, "}\n");
	request_answer(r, &a);
}

void
statement_get_proceed(struct request *r)
{
	uint8_t id[SHA256_SIZE];
	struct db_param params[] = {{.data = id, .n = sizeof(id), .binary = true}};
	struct fault f = {0};

	(void)!hex_parse(r->argument, id, SHA256_SIZE);
	if (!db_ask(r->worker->db, QUERY_STATEMENT, params, on_statement, r, &f))
		request_fault(r, &f);
}
